/* The document between parsing and layout. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/block.h"

#include <string.h>
#include "base/text.h"

#define CONTEXT_CAP 2000 /* bytes around a link; less where there are many */
#define CONTEXT_LEAST 200
#define CONTEXT_ALL (4 << 20) /* bytes for all links together, about */
#define CONTEXT_RUNS 200      /* empty runs count too */
#define LINK_TEXT_CAP 4096    /* bytes */
#define RUN_CAP 1000000       /* a run of one letter costs more than its letter */

static void link_free(gpointer data)
{
  FbkDocLink *link = data;
  g_free(link->base);
  g_free(link->href);
  g_string_free(link->text, TRUE);
  g_free(link);
}

FbkDoc *fbk_doc_new(void)
{
  FbkDoc *doc = g_new0(FbkDoc, 1);
  doc->text = g_string_new(NULL);
  doc->runs = g_array_new(FALSE, TRUE, sizeof(FbkRun));
  doc->blocks = g_array_new(FALSE, TRUE, sizeof(FbkBlock));
  doc->cells = g_array_new(FALSE, TRUE, sizeof(FbkCell));
  doc->links = g_ptr_array_new_with_free_func(link_free);
  doc->prefixes = g_string_chunk_new(256);
  return doc;
}

void fbk_doc_free(FbkDoc *doc)
{
  if (doc == NULL)
    return;
  g_string_free(doc->text, TRUE);
  g_array_free(doc->runs, TRUE);
  g_array_free(doc->blocks, TRUE);
  g_array_free(doc->cells, TRUE);
  g_ptr_array_free(doc->links, TRUE);
  g_string_chunk_free(doc->prefixes);
  g_free(doc);
}

static const char *keep_prefix(FbkDoc *doc, const char *prefix)
{
  if (prefix == NULL || *prefix == '\0')
    return "";
  g_autofree char *gated = fbk_text_gate(prefix, -1, FBK_GATE_LINE);
  return g_string_chunk_insert_const(doc->prefixes, gated);
}

static FbkBlock *last_block(FbkDoc *doc)
{
  if (doc->blocks->len == 0)
    fbk_doc_block(doc, FBK_BLOCK_TEXT, 0, NULL, NULL);
  return &g_array_index(doc->blocks, FbkBlock, doc->blocks->len - 1);
}

void fbk_doc_block(FbkDoc *doc, FbkBlockKind kind, guint gap, const char *first, const char *rest)
{
  if (doc->blocks->len >= FBK_DOC_BLOCK_MAX) {
    doc->cut = TRUE;
    return;
  }
  FbkBlock block = {.kind = kind, .gap = gap, .run = doc->runs->len, .cell = doc->cells->len};
  block.first = keep_prefix(doc, first);
  block.rest = keep_prefix(doc, rest);
  block.prefix_style = strchr(block.rest, '>') != NULL ? FBK_STYLE_QUOTE : FBK_STYLE_PLAIN;
  g_array_append_val(doc->blocks, block);
  doc->joinable = doc->runs->len;
}

static gboolean is_full(FbkDoc *doc)
{
  if (!doc->cut && (doc->text->len >= FBK_DOC_TEXT_MAX || doc->runs->len >= RUN_CAP))
    doc->cut = TRUE;
  return doc->cut;
}

/* Marks come even when the document is full: a bad link must not lose its sign. */
static void add_run(FbkDoc *doc, const FbkRun *run)
{
  FbkBlock *block = last_block(doc);
  g_array_append_vals(doc->runs, run, 1);
  block->run_count++;
}

static void add_line(FbkDoc *doc, const char *gated, gsize len, FbkStyle style, guint link)
{
  FbkRun run = {.start = doc->text->len, .len = (guint)len, .style = style, .link = link};
  if (len == 0)
    return;
  g_string_append_len(doc->text, gated, (gssize)len);
  if (doc->runs->len > doc->joinable) {
    FbkRun *before = &g_array_index(doc->runs, FbkRun, doc->runs->len - 1);
    if (before->kind == FBK_RUN_TEXT && before->style == style && before->link == link &&
        before->start + before->len == run.start) {
      before->len += run.len;
      return;
    }
  }
  add_run(doc, &run);
}

void fbk_doc_add(FbkDoc *doc, const char *text, gsize len, FbkStyle style, guint link)
{
  if (is_full(doc))
    return;
  len = MIN(len, (gsize)FBK_DOC_TEXT_MAX); /* a character cut in two becomes a mark */
  g_autofree char *gated = fbk_text_gate(text, (gssize)len, FBK_GATE_LINES);
  for (const char *at = gated;;) {
    const char *end = strchr(at, '\n');
    gsize length = end != NULL ? (gsize)(end - at) : strlen(at);
    add_line(doc, at, length, style, link);
    if (end == NULL || is_full(doc))
      return;
    fbk_doc_break(doc);
    at = end + 1;
  }
}

void fbk_doc_break(FbkDoc *doc)
{
  FbkRun run = {.start = doc->text->len, .kind = FBK_RUN_BREAK};
  if (!is_full(doc))
    add_run(doc, &run);
}

void fbk_doc_notice(FbkDoc *doc, FbkStyle style, const char *sentence)
{
  fbk_doc_block(doc, FBK_BLOCK_TEXT, 1, NULL, NULL);
  fbk_doc_add(doc, sentence, strlen(sentence), style, 0);
}

guint fbk_doc_link(FbkDoc *doc, FbkLinkKind kind, const char *base, const char *href, gboolean hidden)
{
  if (doc->links->len >= FBK_DOC_LINK_MAX) {
    doc->links_cut = TRUE;
    return 0;
  }
  FbkDocLink *link = g_new0(FbkDocLink, 1);
  link->kind = kind;
  link->base = g_strdup(base);
  link->href = g_strdup(href != NULL ? href : "");
  link->text = g_string_new(NULL);
  link->hidden = hidden;
  g_ptr_array_add(doc->links, link);
  return doc->links->len;
}

void fbk_doc_link_text(FbkDoc *doc, guint number, const char *text, gsize len)
{
  if (number == 0)
    return;
  FbkDocLink *link = doc->links->pdata[number - 1];
  gsize room = LINK_TEXT_CAP - MIN(link->text->len, (gsize)LINK_TEXT_CAP);
  if (len > room) {
    len = room;
    while (len > 0 && ((guchar)text[len] & 0xc0) == 0x80)
      len--;
  }
  g_string_append_len(link->text, text, (gssize)len);
}

void fbk_doc_mark(FbkDoc *doc, guint number)
{
  if (number == 0)
    return;
  FbkRun run = {.start = doc->text->len, .kind = FBK_RUN_MARK, .style = FBK_STYLE_DIM, .link = number};
  add_run(doc, &run);
  FbkDocLink *link = doc->links->pdata[number - 1];
  link->block = doc->blocks->len - 1;
  link->run = doc->runs->len - 1;
  link->marked = TRUE;
}

void fbk_doc_cell_begin(FbkDoc *doc, guint row, guint column, guint span)
{
  FbkBlock *block = last_block(doc);
  FbkCell cell = {.row = row, .column = column, .span = span, .run = doc->runs->len};
  g_array_append_val(doc->cells, cell);
  doc->joinable = doc->runs->len;
  block->cell_count++;
}

void fbk_doc_cell_end(FbkDoc *doc)
{
  FbkCell *cell = &g_array_index(doc->cells, FbkCell, doc->cells->len - 1);
  cell->run_count = doc->runs->len - cell->run;
  doc->joinable = doc->runs->len;
}

gboolean fbk_doc_is_blank(const FbkDoc *doc)
{
  for (const char *at = doc->text->str; *at != '\0'; at = g_utf8_next_char(at))
    if (!g_unichar_isspace(g_utf8_get_char(at)))
      return FALSE;
  return TRUE;
}

/* Whole runs before and after the mark, as many as are near. */
static void near_runs(const FbkDoc *doc, const FbkBlock *block, guint mark, gsize half, guint *from_out,
                      guint *to_out)
{
  guint from = mark, to = mark + 1;
  gsize bytes = 0;
  while (from > block->run && mark - from < CONTEXT_RUNS && bytes < half)
    bytes += g_array_index(doc->runs, FbkRun, --from).len;
  bytes = 0;
  while (to < block->run + block->run_count && to - mark < CONTEXT_RUNS && bytes < half)
    bytes += g_array_index(doc->runs, FbkRun, to++).len;
  *from_out = from;
  *to_out = to;
}

char *fbk_doc_context(const FbkDoc *doc, const FbkDocLink *link)
{
  if (!link->marked)
    return g_strdup("");
  const FbkBlock *block = &g_array_index(doc->blocks, FbkBlock, link->block);
  g_autoptr(GString) words = g_string_new(NULL);
  gsize half = CLAMP(CONTEXT_ALL / doc->links->len, CONTEXT_LEAST, CONTEXT_CAP) / 2;
  guint from, to;
  near_runs(doc, block, link->run, half, &from, &to);
  gsize mark = 0;
  for (guint i = from; i < to; i++) {
    const FbkRun *run = &g_array_index(doc->runs, FbkRun, i);
    if (i == link->run)
      mark = words->len;
    if (run->kind == FBK_RUN_BREAK)
      g_string_append_c(words, '\n');
    else if (run->kind == FBK_RUN_TEXT)
      g_string_append_len(words, doc->text->str + run->start, run->len);
  }
  gsize start = mark > half ? mark - half : 0;
  gsize end = MIN(words->len, mark + half);
  return g_utf8_make_valid(words->str + start, (gssize)(end - start));
}
