/* The gate for foreign text, and cell widths. SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <string.h>
#include <wchar.h>

#define MARKS_CAP 8          /* combining marks kept on one character */
#define JOINS_CAP 3          /* emoji joined into one: a family of four */
#define DOTTED_CIRCLE 0x25cc /* what a combining mark without a character of its own is shown on */
#define ZWJ 0x200d
#define REGIONAL_FIRST 0x1f1e6
#define REGIONAL_LAST 0x1f1ff

static int ambiguous_cells = 1; /* atomic */

void fbk_text_set_ambiguous(int cells)
{
  g_atomic_int_set(&ambiguous_cells, cells == 2 ? 2 : 1);
}

static gboolean is_emoji(gunichar character)
{
  return (character >= 0x2190 && character <= 0x2bff) || (character >= 0x1f000 && character <= 0x1faff);
}

static gboolean is_regional(gunichar character)
{
  return character >= REGIONAL_FIRST && character <= REGIONAL_LAST;
}

static gboolean is_tone(gunichar character)
{
  return character >= 0x1f3fb && character <= 0x1f3ff;
}

static gboolean is_mark_type(gunichar character)
{
  GUnicodeType type = g_unichar_type(character);
  return type == G_UNICODE_NON_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK ||
         type == G_UNICODE_SPACING_MARK;
}

int fbk_text_char_width(gunichar character)
{
  if (character < 0x7f)
    return character == 0 ? 0 : 1;
  int cells = wcwidth((wchar_t)character);
  if (cells < 0) /* not a UTF-8 locale, or newer than the C library */
    cells = g_unichar_iszerowidth(character) ? 0 : g_unichar_iswide(character) ? 2 : 1;
  if (cells == 1 && g_unichar_iswide_cjk(character) && !g_unichar_iswide(character))
    return g_atomic_int_get(&ambiguous_cells);
  return cells;
}

/* The bytes of the first character of utf8 with all that is drawn on it; its cells are added to *cells. */
static gsize cluster_length(const char *utf8, int *cells)
{
  gunichar character = g_utf8_get_char(utf8);
  const char *at = g_utf8_next_char(utf8);
  int joins = 0;
  *cells += fbk_text_char_width(character);
  while (*at != '\0') {
    gunichar next = g_utf8_get_char(at);
    gboolean joined = character == ZWJ && is_emoji(next) && joins < JOINS_CAP;
    gboolean flag = joins == 0 && is_regional(character) && is_regional(next); /* two letters, no more */
    gboolean toned = is_tone(next) && is_emoji(character) && !is_tone(character);
    if (joined || flag)
      joins++;
    else if (!toned && (next < 0x80 || (fbk_text_char_width(next) != 0 && !is_mark_type(next))))
      break;
    *cells += fbk_text_char_width(next);
    character = next;
    at = g_utf8_next_char(at);
  }
  return (gsize)(at - utf8);
}

int fbk_text_width(const char *utf8)
{
  int cells = 0;
  for (; *utf8 != '\0'; utf8 = g_utf8_next_char(utf8))
    cells += fbk_text_char_width(g_utf8_get_char(utf8));
  return cells;
}

gsize fbk_text_fit(const char *utf8, int cells, int *cells_out)
{
  gsize fitting = 0;
  int used = 0;
  while (utf8[fitting] != '\0') {
    int after = used;
    gsize length = cluster_length(utf8 + fitting, &after);
    if (after > cells)
      break;
    fitting += length;
    used = after;
  }
  if (cells_out != NULL)
    *cells_out = used;
  return fitting;
}

char *fbk_text_ellipsize(const char *utf8, int cells)
{
  static const char ellipsis[] = "\xe2\x80\xa6";
  gsize fitting = fbk_text_fit(utf8, cells, NULL);
  if (utf8[fitting] == '\0')
    return g_strdup(utf8);
  int room = cells - fbk_text_width(ellipsis);
  if (room < 0)
    return g_strdup("");
  g_autofree char *head = g_strndup(utf8, fbk_text_fit(utf8, room, NULL));
  return g_strconcat(head, ellipsis, NULL);
}

/* What the gate knows while it walks. */
typedef struct {
  GString *out;
  FbkGate kind;
  int column;          /* cells since the start of the line */
  gunichar previous;   /* last character let through; 0 at the start of a line and after a mark */
  guint marks;         /* combining ones on it */
  gboolean has_locale; /* wcwidth knows Unicode */
} Gate;

static void put(Gate *gate, gunichar character)
{
  g_string_append_unichar(gate->out, character);
  gate->column += fbk_text_char_width(character);
  gate->previous = character;
  gate->marks = 0;
}

static void put_mark(Gate *gate)
{
  put(gate, 0xfffd);
  gate->previous = 0;
}

static void put_tab(Gate *gate)
{
  do
    put(gate, ' ');
  while (gate->kind == FBK_GATE_LINES && gate->column % 8 != 0);
}

static void put_line_feed(Gate *gate)
{
  if (gate->kind == FBK_GATE_LINE) {
    put(gate, ' ');
    return;
  }
  g_string_append_c(gate->out, '\n');
  gate->column = 0;
  gate->previous = 0;
  gate->marks = 0;
}

/* C0 and DEL; returns how many bytes were used, CR LF being one line break. */
static gsize put_control(Gate *gate, const char *at, const char *end)
{
  gboolean pair = *at == '\r' && at + 1 < end && at[1] == '\n';
  if (*at == '\n' || pair || (*at == '\r' && gate->kind == FBK_GATE_LINE))
    put_line_feed(gate);
  else if (*at == '\t')
    put_tab(gate);
  else
    put_mark(gate);
  return pair ? 2 : 1;
}

/* Draws nothing, or draws what others see differently: never as it is. All format characters are (direction
 * controls, zero-width ones, tags, interlinear notes), and the letters that are blank. */
static gboolean is_hidden(const Gate *gate, gunichar character)
{
  switch (g_unichar_type(character)) {
  case G_UNICODE_CONTROL:
  case G_UNICODE_FORMAT:
  case G_UNICODE_SURROGATE:
  case G_UNICODE_UNASSIGNED:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
    return TRUE;
  default:
    break;
  }
  if (character == 0x115f || character == 0x1160 || character == 0x3164 || character == 0xffa0 ||
      character == 0x034f || character == 0x2800)
    return TRUE;
  /* What the C library does not know, ncurses cannot place. */
  return gate->has_locale && wcwidth((wchar_t)character) < 0;
}

static void put_combining(Gate *gate, gunichar character)
{
  /* Without a character of its own it would be drawn on whatever stands to the left: a frame, a label. */
  if (gate->previous == 0)
    put(gate, DOTTED_CIRCLE);
  if (gate->marks >= MARKS_CAP)
    return;
  g_string_append_unichar(gate->out, character);
  gate->column += fbk_text_char_width(character);
  gate->marks++;
}

static void put_character(Gate *gate, gunichar character, gunichar next, gboolean first)
{
  if (character == 0x200b || character == 0xad || (first && character == 0xfeff))
    return; /* places where a line may break, and the byte order mark, say nothing to the eye */
  if (character == ZWJ && is_emoji(gate->previous) && is_emoji(next)) {
    /* Counted as one more mark, so that nothing can be piled up with joiners either. */
    put_combining(gate, character);
    return;
  }
  if (is_hidden(gate, character))
    put_mark(gate);
  else if (fbk_text_char_width(character) == 0 || is_mark_type(character))
    put_combining(gate, character);
  else
    put(gate, character);
}

char *fbk_text_gate(const char *bytes, gssize len, FbkGate kind)
{
  if (bytes == NULL)
    return g_strdup("");
  const char *end = bytes + (len < 0 ? (gssize)strlen(bytes) : len);
  Gate gate = {.out = g_string_sized_new((gsize)(end - bytes)), .kind = kind};
  gate.has_locale = wcwidth(0x3042) == 2;
  for (const char *at = bytes; at < end;) {
    guchar byte = (guchar)*at;
    if (byte < 0x20 || byte == 0x7f) {
      at += put_control(&gate, at, end);
      continue;
    }
    if (byte < 0x7f) {
      put(&gate, byte);
      at++;
      continue;
    }
    gunichar character = g_utf8_get_char_validated(at, end - at);
    if (character >= (gunichar)-2) {
      put_mark(&gate);
      at++;
      continue;
    }
    const char *following = g_utf8_next_char(at);
    gunichar next = following < end && (guchar)*following >= 0x80
                        ? g_utf8_get_char_validated(following, end - following)
                        : 0;
    put_character(&gate, character, next, at == bytes);
    at = following;
  }
  return g_string_free(gate.out, FALSE);
}
