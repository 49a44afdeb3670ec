/* The one-line editor. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/line.h"

#include <string.h>

#include "base/text.h"

#define CONTROL(letter) ((letter) - 'A' + 1)

struct FbkLineEditor {
  GString *text; /* nothing in it that the gate would change */
  gsize cursor;  /* in bytes, always between what is drawn as one */
};

FbkLineEditor *fbk_line_new(const char *initial)
{
  FbkLineEditor *line = g_new0(FbkLineEditor, 1);
  line->text = g_string_new(NULL);
  fbk_line_set(line, initial);
  return line;
}

void fbk_line_free(FbkLineEditor *line)
{
  if (!line)
    return;
  g_string_free(line->text, TRUE);
  g_free(line);
}

const char *fbk_line_text(const FbkLineEditor *line)
{
  return line->text->str;
}

void fbk_line_set(FbkLineEditor *line, const char *text)
{
  g_autofree char *clean = fbk_text_gate(text, -1, FBK_GATE_LINE);
  g_string_truncate(line->text, 0);
  if (strlen(clean) <= FBK_LINE_MAX)
    g_string_append(line->text, clean);
  line->cursor = line->text->len;
}

/* The end of what is drawn as one character at `from`. */
static gsize next_stop(const FbkLineEditor *line, gsize from)
{
  const char *at = line->text->str + from;
  gsize len = 0;
  for (int cells = 0; *at && !len && cells < 64; cells++)
    len = fbk_text_fit(at, cells, NULL);
  return from + len;
}

static gsize stop_before(const FbkLineEditor *line, gsize until)
{
  gsize stop = 0;
  for (;;) {
    gsize next = next_stop(line, stop);
    if (next >= until || next == stop)
      return stop;
    stop = next;
  }
}

static gsize word_before(const FbkLineEditor *line)
{
  const char *text = line->text->str;
  gsize at = line->cursor;
  while (at > 0 && text[at - 1] == ' ')
    at--;
  while (at > 0 && text[at - 1] != ' ')
    at--;
  return at;
}

static void erase(FbkLineEditor *line, gsize from, gsize until)
{
  g_string_erase(line->text, (gssize)from, (gssize)(until - from));
  line->cursor = from;
}

gboolean fbk_key_is_text(FbkKey key)
{
  return key >= 32 && key != 127 && key < FBK_KEY_BASE && g_unichar_validate(key);
}

/* Taken only when the whole still passes the gate unchanged. */
static void insert(FbkLineEditor *line, FbkKey key)
{
  char bytes[8];
  int len = g_unichar_to_utf8(key, bytes);
  if (line->text->len + (gsize)len > FBK_LINE_MAX)
    return;
  g_string_insert_len(line->text, (gssize)line->cursor, bytes, len);
  g_autofree char *clean = fbk_text_gate(line->text->str, -1, FBK_GATE_LINE);
  if (g_str_equal(clean, line->text->str))
    line->cursor += (gsize)len;
  else
    g_string_erase(line->text, (gssize)line->cursor, len);
}

gboolean fbk_line_key(FbkLineEditor *line, FbkKey key)
{
  gsize len = line->text->len;
  switch (key) {
  case FBK_KEY_LEFT:
  case CONTROL('B'):
    line->cursor = stop_before(line, line->cursor);
    return TRUE;
  case FBK_KEY_RIGHT:
  case CONTROL('F'):
    line->cursor = next_stop(line, line->cursor);
    return TRUE;
  case FBK_KEY_HOME:
  case CONTROL('A'):
    line->cursor = 0;
    return TRUE;
  case FBK_KEY_END:
  case CONTROL('E'):
    line->cursor = len;
    return TRUE;
  case FBK_KEY_BACKSPACE:
    erase(line, stop_before(line, line->cursor), line->cursor);
    return TRUE;
  case FBK_KEY_DELETE:
  case CONTROL('D'):
    erase(line, line->cursor, next_stop(line, line->cursor));
    return TRUE;
  case CONTROL('U'):
    erase(line, 0, line->cursor);
    return TRUE;
  case CONTROL('K'):
    erase(line, line->cursor, len);
    return TRUE;
  case CONTROL('W'):
    erase(line, word_before(line), line->cursor);
    return TRUE;
  default:
    if (!fbk_key_is_text(key))
      return FALSE;
    insert(line, key);
    return TRUE;
  }
}

/* Where drawing starts, so that the cursor's cell is among the `cells` shown. */
static gsize first_shown(const FbkLineEditor *line, int cells)
{
  gsize first = 0;
  for (;;) {
    g_autofree char *before = g_strndup(line->text->str + first, line->cursor - first);
    if (fbk_text_width(before) < cells || first >= line->cursor)
      return first;
    first = next_stop(line, first);
  }
}

void fbk_line_draw(const FbkLineEditor *line, FbkCanvas *canvas, int row, int column, int cells,
                   gboolean focused)
{
  if (cells < 1)
    return;
  gsize first = focused ? first_shown(line, cells) : 0;
  fbk_canvas_field(canvas, row, column, cells, FBK_LOOK_INPUT, line->text->str + first);
  if (!focused)
    return;
  g_autofree char *before = g_strndup(line->text->str + first, line->cursor - first);
  fbk_canvas_cursor(canvas, row, column + fbk_text_width(before));
}
