/* Lays a message out for a width. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/page.h"

#include <glib/gi18n.h>
#include <string.h>
#include "base/text.h"
#include "mail/layout.h"
#include "mail/page_body.h"
#include "mail/page_head.h"
#include "mail/page_links.h"
#include "mail/sheet.h"

#define WIDTH_LEAST 20
#define NOTICE_LINES 1000 /* kept for notices when the text fills the page */

static void part_free(gpointer data)
{
  FbkPagePart *part = data;
  g_free(part->type);
  g_free(part->name);
  g_free(part);
}

static GPtrArray *list_parts(const FbkMessage *message)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func(part_free);
  for (guint i = 0; message->leaves != NULL && i < message->leaves->len; i++) {
    const FbkPart *leaf = message->leaves->pdata[i];
    FbkPagePart *part = g_new0(FbkPagePart, 1);
    part->number = leaf->number;
    part->type = fbk_text_gate(leaf->type, -1, FBK_GATE_LINE);
    part->name = fbk_text_gate(leaf->name, -1, FBK_GATE_LINE);
    part->size = leaf->size;
    part->attachment = leaf->attachment;
    g_ptr_array_add(parts, part);
  }
  return parts;
}

static void copy_notices(const FbkMessage *message, GPtrArray *notices)
{
  for (guint i = 0; message->notices != NULL && i < message->notices->len; i++)
    g_ptr_array_add(notices, fbk_text_gate(message->notices->pdata[i], -1, FBK_GATE_LINE));
}

static void put_head(const FbkMessage *message, const FbkReadStyle *style, FbkPage *page)
{
  g_autoptr(FbkDoc) head = fbk_doc_new();
  if (style->full_headers)
    fbk_head_full(head, message->headers);
  else
    fbk_head_usual(head, message->envelope);
  fbk_layout_doc(head, NULL, style->width, page);
  page->header_lines = page->line_array->len;
  fbk_sheet_end_line(page);
}

static void put_notices(FbkPage *page, int width)
{
  g_autoptr(FbkDoc) doc = fbk_doc_new();
  for (guint i = 0; i < page->notices->len; i++) {
    const char *notice = page->notices->pdata[i];
    fbk_doc_block(doc, FBK_BLOCK_TEXT, 0, NULL, NULL);
    fbk_doc_add(doc, notice, strlen(notice), FBK_STYLE_NOTICE, 0);
  }
  fbk_layout_doc(doc, NULL, width, page);
  if (page->notices->len > 0)
    fbk_sheet_end_line(page);
}

static void put_last(FbkPage *page, int width, const char *notice)
{
  g_ptr_array_add(page->notices, g_strdup(notice));
  g_autoptr(FbkDoc) doc = fbk_doc_new();
  fbk_doc_notice(doc, FBK_STYLE_NOTICE, notice);
  fbk_sheet_end_line(page);
  fbk_layout_doc(doc, NULL, width, page);
}

static void put_cut(FbkPage *page, int width)
{
  put_last(page, width,
           _("The rest of this message is not shown here: it is too long. Save it to read it all."));
}

static void put_source(const FbkMessage *message, int width, FbkPage *page)
{
  gboolean cut = FALSE;
  g_autoptr(GError) err = NULL;
  g_autofree char *source = fbk_message_source(message, FBK_DOC_TEXT_MAX, &cut, &err);
  g_autoptr(FbkDoc) doc = fbk_doc_new();
  if (source == NULL)
    fbk_doc_notice(doc, FBK_STYLE_NOTICE, err != NULL ? err->message : _("The source cannot be read."));
  for (const char *at = source; at != NULL && *at != '\0';) {
    gsize length = strcspn(at, "\n");
    gsize shown = length > 0 && at[length - 1] == '\r' ? length - 1 : length;
    fbk_doc_block(doc, FBK_BLOCK_TEXT, 0, NULL, NULL);
    fbk_doc_add(doc, at, shown, FBK_STYLE_PLAIN, 0);
    at += length + (at[length] == '\n');
  }
  gboolean room = fbk_layout_doc(doc, NULL, width, page);
  if (!room)
    fbk_sheet_drop(page, NOTICE_LINES);
  if (cut || doc->cut || !room)
    put_cut(page, width);
}

static void put_body(const FbkMessage *message, const FbkReadStyle *style, FbkPage *page)
{
  const char *subject = message->envelope->subject;
  g_autoptr(FbkBody) body = fbk_body_new(message, style->charset);
  fbk_page_links_judge(body->doc, subject, style->guard, page->links);
  fbk_page_links_judge_unread(body->unread, subject, style->guard, page->links);
  page->worst = fbk_page_links_worst(page->links);
  g_autoptr(GArray) signs = fbk_page_links_signs(page->links, page->arena);
  const FbkLinkSign *first = (const FbkLinkSign *)(void *)signs->data;
  gboolean room = fbk_layout_doc(body->doc, first, style->width, page);
  if (!room)
    fbk_sheet_drop(page, NOTICE_LINES);
  g_autoptr(FbkDoc) told = fbk_doc_new();
  fbk_page_links_tell(body->doc, page->links, signs, told);
  if (told->blocks->len > 0)
    fbk_sheet_end_line(page);
  fbk_layout_doc(told, first, style->width, page);
  if (body->links_cut)
    put_last(
        page, style->width,
        _("This message has too many links to check them all; those without a number were not checked."));
  if (body->cut || !room)
    put_cut(page, style->width);
}

FbkPage *fbk_page_make(const FbkMessage *message, const FbkReadStyle *given)
{
  FbkReadStyle style = *given;
  style.width = MAX(style.width, WIDTH_LEAST);
  FbkPage *page = fbk_sheet_new();
  page->links = g_ptr_array_new_with_free_func(fbk_page_link_free);
  page->notices = g_ptr_array_new_with_free_func(g_free);
  page->parts = list_parts(message);
  copy_notices(message, page->notices);
  gboolean raw = style.raw || message->root == NULL;
  if (!style.raw)
    put_head(message, &style, page);
  put_notices(page, style.width);
  if (raw)
    put_source(message, style.width, page);
  else
    put_body(message, &style, page);
  fbk_sheet_finish(page);
  return page;
}

GPtrArray *fbk_page_links(const FbkMessage *message, const FbkGuard *guard)
{
  GPtrArray *links = g_ptr_array_new_with_free_func(fbk_page_link_free);
  g_autoptr(FbkBody) body = fbk_body_new(message, NULL);
  fbk_page_links_judge(body->doc, message->envelope->subject, guard, links);
  fbk_page_links_judge_unread(body->unread, message->envelope->subject, guard, links);
  return links;
}

char *fbk_page_line_text(const FbkPage *page, guint n)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; n < page->count && i < page->lines[n].count; i++)
    g_string_append(text, page->lines[n].spans[i].text);
  return g_strdup(text->str);
}

void fbk_page_free(FbkPage *page)
{
  if (page == NULL)
    return;
  g_ptr_array_free(page->links, TRUE);
  g_ptr_array_free(page->notices, TRUE);
  g_ptr_array_free(page->parts, TRUE);
  g_string_chunk_free(page->arena);
  g_array_free(page->line_array, TRUE);
  g_array_free(page->span_array, TRUE);
  g_free(page);
}
