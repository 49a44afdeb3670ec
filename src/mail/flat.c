/* Runs joined into text with marks. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/flat.h"

#include <string.h>
#include "mail/sheet.h"

typedef struct {
  gsize end;
  FbkStyle style;
  guint link;
  gboolean mark;
} Piece;

#define NO_BREAK_SPACE "\xc2\xa0"

static void add_piece(FbkFlat *flat, const char *text, gsize len, FbkStyle style, guint link, gboolean mark)
{
  g_string_append_len(flat->text, text, (gssize)len);
  Piece piece = {.end = flat->text->len, .style = style, .link = link, .mark = mark};
  g_array_append_val(flat->pieces, piece);
}

FbkFlat *fbk_flat_new(const FbkDoc *doc, guint run, guint run_count, const FbkLinkSign *signs)
{
  FbkFlat *flat = g_new0(FbkFlat, 1);
  flat->text = g_string_new(NULL);
  flat->pieces = g_array_new(FALSE, TRUE, sizeof(Piece));
  for (guint i = run; i < run + run_count; i++) {
    const FbkRun *from = &g_array_index(doc->runs, FbkRun, i);
    gboolean bad = from->link != 0 && signs[from->link - 1].bad;
    FbkStyle style = bad ? FBK_STYLE_LINK_BAD : from->style;
    if (from->kind == FBK_RUN_TEXT) {
      add_piece(flat, doc->text->str + from->start, from->len, style, from->link, FALSE);
    } else if (from->kind == FBK_RUN_BREAK) {
      add_piece(flat, "\n", 1, FBK_STYLE_PLAIN, 0, FALSE);
    } else {
      g_auto(GStrv) words = g_strsplit(signs[from->link - 1].mark, " ", -1);
      g_autofree char *mark = g_strjoinv(NO_BREAK_SPACE, words); /* one piece on one line */
      add_piece(flat, " ", 1, style, from->link, FALSE);
      add_piece(flat, mark, strlen(mark), style, from->link, TRUE);
    }
  }
  /* The end of a block ends its last line: a break before it adds nothing. */
  if (flat->text->len > 0 && flat->text->str[flat->text->len - 1] == '\n')
    g_string_truncate(flat->text, flat->text->len - 1);
  return flat;
}

void fbk_flat_free(FbkFlat *flat)
{
  if (flat == NULL)
    return;
  g_string_free(flat->text, TRUE);
  g_array_free(flat->pieces, TRUE);
  g_free(flat);
}

void fbk_flat_write(FbkFlat *flat, const FbkWrapLine *line, FbkPage *page)
{
  gsize at = line->start;
  while (at < line->end && flat->piece < flat->pieces->len) {
    const Piece *piece = &g_array_index(flat->pieces, Piece, flat->piece);
    if (piece->end <= at) {
      flat->piece++;
      continue;
    }
    gsize end = MIN(piece->end, line->end);
    g_autofree char *text = g_strndup(flat->text->str + at, end - at);
    if (piece->mark) {
      g_auto(GStrv) words = g_strsplit(text, NO_BREAK_SPACE, -1);
      g_free(text);
      text = g_strjoinv(" ", words);
    }
    fbk_sheet_span(page, text, strlen(text), piece->style, piece->link);
    at = end;
  }
}
