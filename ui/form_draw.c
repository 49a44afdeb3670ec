/* Forms: laying out, scrolling, drawing. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/text.h"
#include "mail/wrap.h"
#include "ui/form_inner.h"

#define INDENT 2
#define FIELD_INDENT 4
#define FIELD_CELLS_MAX 56
#define POINTER "\xe2\x96\xb8" /* U+25B8 */
#define MARK "*"

/* Where lines of the form go; lines out of sight get row -1, which the canvas drops. */
typedef struct {
  FbkCanvas *canvas;
  int top, rows, scroll, columns;
  int label_cells; /* of the widest choice */
  int line;        /* the next one */
} Painter;

static int row_of(const Painter *painter, int line)
{
  int row = line - painter->scroll;
  return row >= 0 && row < painter->rows ? painter->top + row : -1;
}

static void put_wrapped(Painter *painter, int indent, FbkLook look, const char *utf8)
{
  g_autofree char *clean = fbk_text_gate(utf8, -1, FBK_GATE_LINES);
  int cells = MAX(10, painter->columns - indent - 2);
  g_autoptr(GArray) lines = fbk_wrap(clean, strlen(clean), cells, cells);
  for (guint i = 0; i < lines->len; i++) {
    const FbkWrapLine *line = &g_array_index(lines, FbkWrapLine, i);
    g_autofree char *text = g_strndup(clean + line->start, line->end - line->start);
    fbk_canvas_text(painter->canvas, row_of(painter, painter->line++), indent, cells, look, text);
  }
}

static void put_choice(Painter *painter, const FbkFormItem *item, gboolean focused)
{
  int first = row_of(painter, painter->line);
  int detail_cells = fbk_text_width(item->detail);
  int beside = FIELD_INDENT + painter->label_cells + 3;
  gboolean fits = beside + detail_cells + 1 <= painter->columns;
  if (focused)
    fbk_canvas_text(painter->canvas, first, INDENT, 1, FBK_LOOK_KEY, POINTER);
  put_wrapped(painter, FIELD_INDENT, focused ? FBK_LOOK_SELECTED : FBK_LOOK_NORMAL, item->text);
  if (fits)
    fbk_canvas_text(painter->canvas, first, beside, detail_cells, FBK_LOOK_DIM, item->detail);
  else if (detail_cells)
    put_wrapped(painter, FIELD_INDENT + 2, FBK_LOOK_DIM, item->detail);
  if (focused)
    fbk_canvas_cursor(painter->canvas, first, FIELD_INDENT);
}

static void put_secret(const Painter *painter, const FbkFormItem *item, int row, int cells, gboolean focused)
{
  int count = (int)g_utf8_strlen(fbk_secret_peek(item->secret, NULL), -1);
  int shown = MIN(count, cells - 1);
  fbk_canvas_fill(painter->canvas, row, FIELD_INDENT, cells, FBK_LOOK_INPUT);
  for (int i = 0; i < shown; i++)
    fbk_canvas_text(painter->canvas, row, FIELD_INDENT + i, 1, FBK_LOOK_INPUT, MARK);
  if (focused)
    fbk_canvas_cursor(painter->canvas, row, FIELD_INDENT + shown);
}

static void put_setting(const Painter *painter, const FbkFormItem *item, int row, gboolean focused)
{
  /* The signs say that left and right change it. */
  g_autofree char *value = g_strconcat("< ", item->values[item->chosen], " >", NULL);
  fbk_canvas_text(painter->canvas, row, FIELD_INDENT, painter->columns - FIELD_INDENT - 1,
                  focused ? FBK_LOOK_SELECTED : FBK_LOOK_NORMAL, value);
  if (focused)
    fbk_canvas_cursor(painter->canvas, row, FIELD_INDENT);
}

static void put_input(Painter *painter, const FbkFormItem *item, gboolean focused)
{
  if (focused)
    fbk_canvas_text(painter->canvas, row_of(painter, painter->line), 0, 1, FBK_LOOK_KEY, POINTER);
  put_wrapped(painter, INDENT, focused ? FBK_LOOK_HEADING : FBK_LOOK_NORMAL, item->text);
  int row = row_of(painter, painter->line++);
  int cells = MIN(FIELD_CELLS_MAX, painter->columns - FIELD_INDENT - 2);
  if (item->kind == FBK_ITEM_FIELD)
    fbk_line_draw(item->line, painter->canvas, row, FIELD_INDENT, cells, focused);
  else if (item->kind == FBK_ITEM_SECRET)
    put_secret(painter, item, row, cells, focused);
  else
    put_setting(painter, item, row, focused);
}

static void put_item(Painter *painter, const FbkFormItem *item, gboolean focused)
{
  if (item->kind == FBK_ITEM_TEXT)
    put_wrapped(painter, INDENT, item->look, item->text);
  else if (item->kind == FBK_ITEM_CHOICE)
    put_choice(painter, item, focused);
  else
    put_input(painter, item, focused);
}

/* Scrolls as little as brings lines start..end-1 in sight, and what explains them where there is room. */
static void scroll_to(FbkForm *form, int start, int end, int explained)
{
  if (explained - start <= form->rows)
    end = explained;
  if (end - form->scroll > form->rows)
    form->scroll = end - form->rows;
  if (start < form->scroll)
    form->scroll = start;
}

/* Measures all lines by painting out of sight, then scrolls to the focus. */
static void measure(FbkForm *form, Painter painter)
{
  int first_start = -1, start = 0, end = 0, explained = 0;
  gboolean follows = FALSE; /* the focus, or text right below it */
  painter.rows = 0;
  for (guint i = 0; i < form->items->len; i++) {
    const FbkFormItem *item = form->items->pdata[i];
    gboolean focused = i + 1 == form->focus;
    if (first_start < 0 && item->kind != FBK_ITEM_TEXT)
      first_start = painter.line;
    if (focused)
      start = painter.line;
    put_item(&painter, item, FALSE);
    if (focused)
      end = painter.line;
    follows = focused || (follows && item->kind == FBK_ITEM_TEXT);
    if (follows)
      explained = painter.line;
  }
  form->total = painter.line;
  if (!form->is_scrolled && form->focus) {
    if (start == first_start && end <= form->rows)
      start = 0; /* what stands above the first field introduces it */
    scroll_to(form, start, end, explained);
  }
  form->scroll = CLAMP(form->scroll, 0, MAX(0, form->total - form->rows));
}

void fbk_form_draw(FbkForm *form, FbkCanvas *canvas, int top, int rows)
{
  Painter painter = {.canvas = canvas, .top = top, .rows = rows, .columns = fbk_canvas_columns(canvas)};
  for (guint i = 0; i < form->items->len; i++) {
    const FbkFormItem *item = form->items->pdata[i];
    if (item->kind == FBK_ITEM_CHOICE)
      painter.label_cells = MAX(painter.label_cells, fbk_text_width(item->text));
  }
  form->rows = rows;
  measure(form, painter);
  painter.scroll = form->scroll;
  for (guint i = 0; i < form->items->len; i++)
    put_item(&painter, form->items->pdata[i], i + 1 == form->focus);
  if (form->scroll > 0)
    fbk_canvas_text(canvas, top, painter.columns - 1, 1, FBK_LOOK_KEY, "^");
  if (form->scroll + rows < form->total)
    fbk_canvas_text(canvas, top + rows - 1, painter.columns - 1, 1, FBK_LOOK_KEY, "v");
}
