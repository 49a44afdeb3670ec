/* Draws a page. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/reader_draw.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "mail/wrap.h"

#define BAR_ROWS_MAX 3
#define MARGIN 1

/* --- the bar --- */

char *fbk_reader_verdict_text(const FbkVerdict *verdict)
{
  /* A sign and a word: colour alone would not reach everybody. */
  const char *sign = verdict->severity >= 3 ? "\xe2\x9c\x97" : "!";
  return g_strdup_printf("%s %s  %s", sign, fbk_link_class_word(verdict->class_), verdict->sentence);
}

static GArray *wrap_verdict(const FbkPage *page, int columns, char **text_out)
{
  const FbkPageLink *link = page->links->pdata[page->worst];
  g_autofree char *raw = fbk_reader_verdict_text(link->verdict);
  *text_out = fbk_text_gate(raw, -1, FBK_GATE_LINE);
  return fbk_wrap(*text_out, strlen(*text_out), columns - 2 * MARGIN, columns - 2 * MARGIN);
}

int fbk_reader_bar_rows(const FbkPage *page, int columns)
{
  if (page->worst < 0)
    return 1;
  g_autofree char *text = NULL;
  g_autoptr(GArray) lines = wrap_verdict(page, columns, &text);
  return MIN((int)lines->len, BAR_ROWS_MAX);
}

static int draw_alarm(FbkCanvas *canvas, int top, const FbkPage *page)
{
  int columns = fbk_canvas_columns(canvas);
  g_autofree char *text = NULL;
  g_autoptr(GArray) lines = wrap_verdict(page, columns, &text);
  int rows = MIN((int)lines->len, BAR_ROWS_MAX);
  for (int i = 0; i < rows; i++) {
    const FbkWrapLine *line = &g_array_index(lines, FbkWrapLine, i);
    gboolean is_cut = i == rows - 1 && (int)lines->len > rows;
    gsize len = is_cut ? strlen(text + line->start) : line->end - line->start;
    g_autofree char *part = g_strndup(text + line->start, len);
    g_autofree char *shown = fbk_text_ellipsize(part, columns - 2 * MARGIN);
    fbk_canvas_fill(canvas, top + i, 0, columns, FBK_LOOK_ALARM);
    fbk_canvas_text(canvas, top + i, MARGIN, columns - 2 * MARGIN, FBK_LOOK_ALARM, shown);
  }
  return rows;
}

int fbk_reader_draw_bar(FbkCanvas *canvas, int top, const FbkPage *page, int percent)
{
  if (page->worst >= 0)
    return draw_alarm(canvas, top, page);
  int columns = fbk_canvas_columns(canvas);
  guint count = page->links->len;
  g_autofree char *links =
      count ? g_strdup_printf(g_dngettext(NULL, " %u link, no alarm ", " %u links, no alarm ", count), count)
            : NULL;
  g_autofree char *place = g_strdup_printf(" %d%% ", percent);
  fbk_canvas_rule(canvas, top, 0, columns, FBK_LOOK_DIM);
  if (links)
    fbk_canvas_text(canvas, top, 2, columns - 12, FBK_LOOK_DIM, links);
  fbk_canvas_text(canvas, top, columns - 2 - fbk_text_width(place), 8, FBK_LOOK_DIM, place);
  return 1;
}

/* --- the text --- */

static FbkLook look_of(FbkStyle style)
{
  switch (style) {
  case FBK_STYLE_HEADER_NAME:
  case FBK_STYLE_DIM:
    return FBK_LOOK_DIM;
  case FBK_STYLE_QUOTE:
    return FBK_LOOK_QUOTE;
  case FBK_STYLE_HEADING:
    return FBK_LOOK_HEADING;
  case FBK_STYLE_STRONG:
    return FBK_LOOK_UNREAD;
  case FBK_STYLE_LINK:
    return FBK_LOOK_LINK;
  case FBK_STYLE_LINK_BAD:
    return FBK_LOOK_ALARM;
  case FBK_STYLE_NOTICE:
    return FBK_LOOK_NOTICE;
  default:
    return FBK_LOOK_NORMAL;
  }
}

void fbk_reader_draw_lines(FbkCanvas *canvas, int top, int rows, const FbkPage *page, guint first_line)
{
  int end = fbk_canvas_columns(canvas);
  for (int row = 0; row < rows && first_line + (guint)row < page->count; row++) {
    const FbkLine *line = &page->lines[first_line + (guint)row];
    int column = MARGIN;
    for (guint i = 0; i < line->count && column < end; i++) {
      const FbkSpan *span = &line->spans[i];
      column += fbk_canvas_text(canvas, top + row, column, end - column, look_of(span->style), span->text);
    }
  }
  fbk_canvas_cursor(canvas, top, 0);
}

/* --- the place, in any layout: counted in what is not a blank --- */

static gsize inked_bytes(const FbkLine *line)
{
  gsize count = 0;
  for (guint i = 0; i < line->count; i++)
    for (const char *at = line->spans[i].text; *at; at++)
      count += *at != ' ';
  return count;
}

gsize fbk_reader_place(const FbkPage *page, guint n)
{
  gsize before = 0;
  for (guint i = 0; i < n && i < page->count; i++)
    before += inked_bytes(&page->lines[i]);
  return before;
}

guint fbk_reader_line_at(const FbkPage *page, gsize place)
{
  gsize passed = 0;
  guint line = 0;
  while (place && line + 1 < page->count && (passed += inked_bytes(&page->lines[line])) <= place)
    line++;
  return line;
}
