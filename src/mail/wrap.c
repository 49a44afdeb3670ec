/* Line breaking by cells. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/wrap.h"

#include <string.h>
#include <unigbrk.h>
#include <unilbrk.h>
#include "base/text.h"

/* The full-width tilde, which Japanese text uses where the rules expect the wave dash: it begins no line
 * either. */
#define TILDE "\xef\xbd\x9e"
#define JOINER "\xe2\x80\x8d"

typedef struct {
  const char *text;
  gsize len;
  char *breaks;   /* UC_BREAK_* before each byte */
  char *clusters; /* 1 where a grapheme begins */
  int rest;
  GArray *lines;
} Wrap;

/* One line being filled. */
typedef struct {
  gsize start;
  gsize end;        /* after the last character that is not a space */
  gsize break_end;  /* the same at the last place to break; 0: none yet */
  gsize break_next; /* where the next line would begin */
  int cells, end_cells, break_cells, break_next_cells;
  int width;
} Line;

static gsize character_length(const char *at)
{
  return (gsize)(g_utf8_next_char(at) - at);
}

static gboolean may_break(const Wrap *wrap, gsize at)
{
  if (wrap->breaks[at] != UC_BREAK_POSSIBLE && wrap->breaks[at] != UC_BREAK_HYPHENATION)
    return FALSE;
  const char *next = wrap->text + at;
  /* Inside a word or an address: what stands together is read, and copied, together. */
  if ((guchar)*next < 0x80 && (guchar)next[-1] < 0x80 && next[-1] != ' ')
    return FALSE;
  return strncmp(next, TILDE, MIN(strlen(TILDE), wrap->len - at)) != 0;
}

static void put_line(Wrap *wrap, gsize start, gsize end, int cells)
{
  FbkWrapLine line = {.start = start, .end = MAX(start, end), .cells = cells};
  g_array_append_val(wrap->lines, line);
}

static void restart(Line *line, gsize at, int width)
{
  memset(line, 0, sizeof *line);
  line->start = line->end = at;
  line->width = width;
}

/* What begins at `from` does not fit: ends the line at its last break, or right here. Leading spaces that
 * leave no room for the first word are given up. */
static void overflow(Wrap *wrap, Line *line, gsize from)
{
  Line full = *line;
  gsize next = full.break_next > full.start ? full.break_next : from;
  gboolean broken = next == full.break_next;
  gsize end = broken ? full.break_end : full.end;
  if (end > full.start)
    put_line(wrap, full.start, end, broken ? full.break_cells : full.end_cells);
  restart(line, next, wrap->rest);
  if (!broken)
    return;
  line->cells = full.cells - full.break_next_cells;
  if (full.end > next) {
    line->end = full.end;
    line->end_cells = full.end_cells - full.break_next_cells;
  }
}

static int cluster_cells(const char *text, gsize from, gsize to)
{
  int cells = 0;
  for (const char *at = text + from; at < text + to; at = g_utf8_next_char(at))
    cells += fbk_text_char_width(g_utf8_get_char(at));
  return cells;
}

static gsize cluster_end(const Wrap *wrap, gsize from)
{
  gsize to = from + character_length(wrap->text + from);
  while (to < wrap->len && !wrap->clusters[to])
    to += character_length(wrap->text + to);
  return MIN(to, wrap->len);
}

static void place(Wrap *wrap, Line *line, gsize from, gsize to)
{
  int cells = cluster_cells(wrap->text, from, to);
  gboolean space = wrap->text[from] == ' ';
  if (from > line->start && may_break(wrap, from)) {
    line->break_end = line->end;
    line->break_cells = line->end_cells;
    line->break_next = from;
    line->break_next_cells = line->cells;
  }
  /* Spaces hang past the width, and are dropped there. */
  if (!space)
    while (line->cells + cells > line->width && from > line->start)
      overflow(wrap, line, from);
  line->cells += cells;
  /* A joiner alone is what is left of a cluster that had to be cut. */
  if (!space && !(to - from == strlen(JOINER) && strncmp(wrap->text + from, JOINER, to - from) == 0)) {
    line->end = to;
    line->end_cells = line->cells;
  }
}

/* A cluster wider than a line (joined emoji) is placed character by character. */
static void place_cluster(Wrap *wrap, Line *line, gsize from, gsize to)
{
  if (cluster_cells(wrap->text, from, to) <= MIN(line->width, wrap->rest)) {
    place(wrap, line, from, to);
    return;
  }
  for (gsize at = from; at < to;) {
    gsize next = at + character_length(wrap->text + at);
    place(wrap, line, at, next);
    at = next;
  }
}

GArray *fbk_wrap(const char *text, gsize len, int first, int rest)
{
  Wrap wrap = {.text = text, .len = len, .rest = MAX(rest, 2)};
  wrap.lines = g_array_new(FALSE, TRUE, sizeof(FbkWrapLine));
  wrap.breaks = g_malloc(len + 1);
  wrap.clusters = g_malloc(len + 1);
  u8_possible_linebreaks((const uint8_t *)text, len, "UTF-8", wrap.breaks);
  u8_grapheme_breaks((const uint8_t *)text, len, wrap.clusters);
  Line line;
  restart(&line, 0, MAX(first, 2));
  for (gsize at = 0; at < len;) {
    if (text[at] == '\n') {
      put_line(&wrap, line.start, line.end, line.end_cells);
      restart(&line, ++at, wrap.rest);
      continue;
    }
    gsize to = cluster_end(&wrap, at);
    place_cluster(&wrap, &line, at, to);
    at = to;
  }
  put_line(&wrap, line.start, line.end, line.end_cells);
  g_free(wrap.breaks);
  g_free(wrap.clusters);
  return wrap.lines;
}
