/* Collects the lines of a page. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/sheet.h"

#include <string.h>

FbkPage *fbk_sheet_new(void)
{
  FbkPage *page = g_new0(FbkPage, 1);
  page->arena = g_string_chunk_new(4096);
  page->line_array = g_array_new(FALSE, TRUE, sizeof(FbkLine));
  page->span_array = g_array_new(FALSE, TRUE, sizeof(FbkSpan));
  page->worst = -1;
  return page;
}

/* How many spans the finished lines have; kept in `count`, which only fbk_sheet_finish gives its meaning. */
static guint finished_spans(const FbkPage *page)
{
  return page->count;
}

void fbk_sheet_span(FbkPage *page, const char *text, gsize len, FbkStyle style, guint link)
{
  if (len == 0 || page->line_array->len >= FBK_SHEET_LINE_MAX)
    return;
  FbkSpan span = {.style = style, .link = link};
  span.text = g_string_chunk_insert_len(page->arena, text, (gssize)len);
  g_array_append_val(page->span_array, span);
}

gboolean fbk_sheet_end_line(FbkPage *page)
{
  if (page->line_array->len >= FBK_SHEET_LINE_MAX)
    return FALSE;
  FbkLine line = {.count = page->span_array->len - finished_spans(page)};
  g_array_append_val(page->line_array, line);
  page->count = page->span_array->len;
  return TRUE;
}

void fbk_sheet_drop(FbkPage *page, guint lines)
{
  for (; lines > 0 && page->line_array->len > 0; lines--) {
    guint last = page->line_array->len - 1;
    page->count -= g_array_index(page->line_array, FbkLine, last).count;
    g_array_set_size(page->line_array, last);
  }
  g_array_set_size(page->span_array, page->count);
}

void fbk_sheet_finish(FbkPage *page)
{
  FbkSpan *spans = (FbkSpan *)(void *)page->span_array->data;
  page->lines = (FbkLine *)(void *)page->line_array->data;
  page->count = page->line_array->len;
  for (guint i = 0; i < page->count; i++) {
    page->lines[i].spans = spans;
    spans += page->lines[i].count;
  }
}
