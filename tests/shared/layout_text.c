/* Documents and pages as plain text. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/shared/layout_text.h"

#include "base/text.h"
#include "mail/layout.h"
#include "mail/sheet.h"

char *page_text(const FbkPage *page, int width)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < page->count; i++) {
    g_autofree char *line = fbk_page_line_text(page, i);
    g_autofree char *gated = fbk_text_gate(line, -1, FBK_GATE_LINE);
    g_assert_cmpstr(gated, ==, line);
    g_assert_cmpint(fbk_text_width(line), <=, width);
    g_string_append_printf(text, "%s\n", line);
  }
  return g_strdup(text->str);
}

char *layout_text(const FbkDoc *doc, int width)
{
  g_autoptr(GStringChunk) marks = g_string_chunk_new(1024);
  g_autoptr(GArray) signs = g_array_new(FALSE, TRUE, sizeof(FbkLinkSign));
  for (guint i = 0; i < doc->links->len; i++) {
    g_autofree char *mark = g_strdup_printf("[%u]", i + 1);
    FbkLinkSign sign = {.mark = g_string_chunk_insert(marks, mark)};
    g_array_append_val(signs, sign);
  }
  FbkPage *page = fbk_sheet_new();
  fbk_layout_doc(doc, (const FbkLinkSign *)(void *)signs->data, width, page);
  fbk_sheet_finish(page);
  char *text = page_text(page, width);
  page->links = g_ptr_array_new();
  page->notices = g_ptr_array_new();
  page->parts = g_ptr_array_new();
  fbk_page_free(page);
  return text;
}
