/* Puts blocks on the lines of a page. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/layout.h"

#include <string.h>
#include "base/text.h"
#include "mail/columns.h"
#include "mail/flat.h"
#include "mail/sheet.h"

#define TEXT_LEAST 12 /* cells that a prefix leaves for the text */

typedef struct {
  const FbkDoc *doc;
  const FbkLinkSign *signs;
  FbkPage *page;
  int width;
} Layout;

static int put_prefix(Layout *layout, const char *prefix, FbkStyle style)
{
  int cells;
  gsize len = fbk_text_fit(prefix, layout->width - TEXT_LEAST, &cells);
  fbk_sheet_span(layout->page, prefix, len, style, 0);
  return cells;
}

static int prefix_cells(const Layout *layout, const char *prefix)
{
  int cells;
  fbk_text_fit(prefix, layout->width - TEXT_LEAST, &cells);
  return cells;
}

/* Blank lines between two blocks of one quotation belong to it. */
static gboolean put_gap(Layout *layout, const FbkBlock *before, const FbkBlock *block)
{
  gsize shared = 0;
  if (before != NULL)
    while (before->rest[shared] != '\0' && before->rest[shared] == block->rest[shared])
      shared++;
  while (shared > 0 && block->rest[shared - 1] != '>')
    shared--;
  for (guint i = 0; before != NULL && i < block->gap; i++) {
    gsize len = MIN(shared, fbk_text_fit(block->rest, layout->width - TEXT_LEAST, NULL));
    fbk_sheet_span(layout->page, block->rest, len, FBK_STYLE_QUOTE, 0);
    if (!fbk_sheet_end_line(layout->page))
      return FALSE;
  }
  return TRUE;
}

static gboolean put_text(Layout *layout, const FbkBlock *block)
{
  g_autoptr(FbkFlat) flat = fbk_flat_new(layout->doc, block->run, block->run_count, layout->signs);
  int first = layout->width - prefix_cells(layout, block->first);
  int rest = layout->width - prefix_cells(layout, block->rest);
  g_autoptr(GArray) lines = fbk_wrap(flat->text->str, flat->text->len, first, rest);
  for (guint i = 0; i < lines->len; i++) {
    put_prefix(layout, i == 0 ? block->first : block->rest, block->prefix_style);
    fbk_flat_write(flat, &g_array_index(lines, FbkWrapLine, i), layout->page);
    if (!fbk_sheet_end_line(layout->page))
      return FALSE;
  }
  return TRUE;
}

static gboolean put_rule(Layout *layout, const FbkBlock *block)
{
  int left = layout->width - put_prefix(layout, block->first, block->prefix_style);
  g_autofree char *rule = g_strnfill((gsize)left, '-');
  fbk_sheet_span(layout->page, rule, strlen(rule), FBK_STYLE_DIM, 0);
  return fbk_sheet_end_line(layout->page);
}

static gboolean put_table(Layout *layout, const FbkBlock *block)
{
  FbkColumns columns = {.doc = layout->doc, .signs = layout->signs, .page = layout->page, .block = block};
  const char *prefix = block->rest;
  columns.prefix_len = fbk_text_fit(prefix, layout->width - TEXT_LEAST, NULL);
  columns.width = layout->width - prefix_cells(layout, prefix);
  return fbk_columns_put(&columns);
}

gboolean fbk_layout_doc(const FbkDoc *doc, const FbkLinkSign *signs, int width, FbkPage *page)
{
  Layout layout = {.doc = doc, .signs = signs, .page = page, .width = MAX(width, 20)};
  const FbkBlock *before = NULL;
  gboolean room = TRUE;
  for (guint i = 0; i < doc->blocks->len && room; i++) {
    const FbkBlock *block = &g_array_index(doc->blocks, FbkBlock, i);
    room = put_gap(&layout, before, block);
    if (room && block->kind == FBK_BLOCK_TABLE)
      room = put_table(&layout, block);
    else if (room && block->kind == FBK_BLOCK_RULE)
      room = put_rule(&layout, block);
    else if (room)
      room = put_text(&layout, block);
    before = block;
  }
  return room;
}
