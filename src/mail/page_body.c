/* Chooses the parts to read and makes blocks of them. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/page_body.h"

#include <glib/gi18n.h>
#include <string.h>
#include "mail/html.h"
#include "mail/page_head.h"
#include "mail/plain.h"
#include "mail/tame.h"

#define HTML_CAP (12 * 1024 * 1024) /* bytes of HTML in one message, all parts together */
#define POINTER_CAP 400             /* bytes of a text that may only say "see the HTML version" */

typedef struct {
  FbkBody *body;
  const char *charset;
  gsize html_left, text_left;
  gboolean after_attachment; /* the last block is one, too */
} Reader;

static void read_part(Reader *reader, const FbkPart *part);

static gboolean is_type(const FbkPart *part, const char *type)
{
  return strcmp(part->type, type) == 0;
}

/* Text that is shown in the message. */
static gboolean is_readable(const FbkPart *part)
{
  if (part->children != NULL || part->attachment || is_type(part, "text/calendar") ||
      is_type(part, "text/rtf"))
    return FALSE;
  return g_str_has_prefix(part->type, "text/") || is_type(part, "message/delivery-status");
}

static void part_into(Reader *reader, const FbkPart *part, FbkDoc *doc)
{
  gboolean html = is_type(part, "text/html"), cut = FALSE;
  gsize *left = html ? &reader->html_left : &reader->text_left;
  gsize cap = html ? MIN(*left, (gsize)FBK_TAME_INPUT_MAX + 1) : *left;
  g_autofree char *text = fbk_part_text(part, reader->charset, cap, &cut);
  gsize len = strlen(text);
  *left -= MIN(len, *left);
  reader->body->cut |= cut && !html; /* html says so itself */
  if (html)
    fbk_html_to_doc(text, len, doc);
  else
    fbk_plain_to_doc(text, len, part->flowed, part->delsp, doc);
}

static char *size_words(guint64 size)
{
  if (size < 1024)
    return g_strdup_printf("%" G_GUINT64_FORMAT " B", size);
  if (size < 1024 * 1024)
    return g_strdup_printf("%" G_GUINT64_FORMAT " KB", (size + 512) / 1024);
  return g_strdup_printf("%.1f MB", (double)size / (1024.0 * 1024.0));
}

static void name_part(Reader *reader, const FbkPart *part)
{
  FbkDoc *doc = reader->body->doc;
  g_autofree char *size = size_words(part->size);
  const char *name = *part->name != '\0' ? part->name : _("(no name)");
  g_autofree char *line = g_strdup_printf("[%u] %s  %s  %s", part->number, name, part->type, size);
  fbk_doc_block(doc, FBK_BLOCK_TEXT, reader->after_attachment ? 0 : 1, NULL, "    ");
  g_strdelimit(line, "\r\n\t", ' ');
  fbk_doc_add(doc, line, strlen(line), FBK_STYLE_DIM, 0);
  reader->after_attachment = TRUE;
}

/* The first text of this type at or below part, not looking into messages inside. */
static const FbkPart *find_text(const FbkPart *part, const char *type)
{
  if (is_readable(part) && is_type(part, type))
    return part;
  if (part->children == NULL || part->envelope != NULL)
    return NULL;
  for (guint i = 0; i < part->children->len; i++) {
    const FbkPart *found = find_text(part->children->pdata[i], type);
    if (found != NULL)
      return found;
  }
  return NULL;
}

/* "This mail is HTML; please view it in a program that can." */
static gboolean only_points_to_html(const char *text)
{
  if (strlen(text) > POINTER_CAP)
    return FALSE;
  g_autofree char *lower = g_ascii_strdown(text, -1);
  return strstr(lower, "html") != NULL || strstr(lower, "view this email in") != NULL ||
         strstr(lower, "view this message in") != NULL || strstr(lower, "in your browser") != NULL;
}

/* TRUE when the plain version says what there is to say. */
static gboolean plain_is_enough(Reader *reader, const FbkPart *plain)
{
  g_autofree char *text = fbk_part_text(plain, reader->charset, FBK_DOC_TEXT_MAX, NULL);
  g_autoptr(FbkDoc) doc = fbk_doc_new();
  gsize head = MIN(strlen(text), (gsize)100000);
  fbk_doc_add(doc, text, head, FBK_STYLE_PLAIN, 0);
  return !fbk_doc_is_blank(doc) && !only_points_to_html(text);
}

/* The version, a child of an alternative, that holds text of this type; or NULL. */
static const FbkPart *find_version(const FbkPart *alternative, const char *type)
{
  for (guint i = 0; i < alternative->children->len; i++)
    if (find_text(alternative->children->pdata[i], type) != NULL)
      return alternative->children->pdata[i];
  return NULL;
}

/* The versions that are not read still have links, and many readers would show those; what is no text in them
 * is named. */
static void pass_over(Reader *reader, const FbkPart *part)
{
  if (part->children == NULL) {
    if (!is_readable(part))
      name_part(reader, part);
    else if (is_type(part, "text/html") || is_type(part, "text/plain"))
      part_into(reader, part, reader->body->unread);
    return;
  }
  for (guint i = 0; i < part->children->len; i++)
    pass_over(reader, part->children->pdata[i]);
}

static const FbkPart *choose_version(Reader *reader, const FbkPart *part)
{
  const FbkPart *plain = find_version(part, "text/plain");
  const FbkPart *html = find_version(part, "text/html");
  if (plain != NULL &&
      (html == NULL || html == plain || plain_is_enough(reader, find_text(plain, "text/plain"))))
    return plain;
  if (html != NULL)
    return html;
  /* nothing known: the last one is the sender's best (RFC 2046 5.1.4) */
  return part->children->len > 0 ? part->children->pdata[part->children->len - 1] : NULL;
}

static void read_alternative(Reader *reader, const FbkPart *part)
{
  const FbkPart *chosen = choose_version(reader, part);
  if (chosen != NULL)
    read_part(reader, chosen);
  for (guint i = 0; i < part->children->len; i++)
    if (part->children->pdata[i] != chosen)
      pass_over(reader, part->children->pdata[i]);
}

static void read_message(Reader *reader, const FbkPart *part)
{
  FbkDoc *doc = reader->body->doc;
  fbk_doc_block(doc, FBK_BLOCK_RULE, 1, NULL, NULL);
  if (part->envelope != NULL)
    fbk_head_usual(doc, part->envelope);
  reader->after_attachment = FALSE;
  guint first = doc->blocks->len;
  for (guint i = 0; part->children != NULL && i < part->children->len; i++)
    read_part(reader, part->children->pdata[i]);
  if (doc->blocks->len > first) {
    FbkBlock *block = &g_array_index(doc->blocks, FbkBlock, first);
    block->gap = MAX(block->gap, 1);
  }
  fbk_doc_block(doc, FBK_BLOCK_RULE, 1, NULL, NULL);
}

static void read_text(Reader *reader, const FbkPart *part)
{
  FbkDoc *doc = reader->body->doc;
  guint first = doc->blocks->len;
  part_into(reader, part, doc);
  if (first > 0 && doc->blocks->len > first) {
    FbkBlock *block = &g_array_index(doc->blocks, FbkBlock, first);
    block->gap = MAX(block->gap, 1);
  }
  reader->after_attachment = FALSE;
}

static void read_part(Reader *reader, const FbkPart *part)
{
  if (is_type(part, "message/rfc822") && part->children != NULL) {
    read_message(reader, part);
  } else if (part->children == NULL) {
    if (is_readable(part))
      read_text(reader, part);
    else
      name_part(reader, part);
  } else if (is_type(part, "multipart/alternative")) {
    read_alternative(reader, part);
  } else {
    for (guint i = 0; i < part->children->len; i++)
      read_part(reader, part->children->pdata[i]);
  }
}

FbkBody *fbk_body_new(const FbkMessage *message, const char *charset)
{
  FbkBody *body = g_new0(FbkBody, 1);
  body->doc = fbk_doc_new();
  body->unread = fbk_doc_new();
  Reader reader = {.body = body, .charset = charset, .html_left = HTML_CAP, .text_left = FBK_DOC_TEXT_MAX};
  if (message->root != NULL)
    read_part(&reader, message->root);
  body->cut |= body->doc->cut;
  body->links_cut = body->doc->links_cut || body->unread->links_cut;
  return body;
}

void fbk_body_free(FbkBody *body)
{
  if (body == NULL)
    return;
  fbk_doc_free(body->doc);
  fbk_doc_free(body->unread);
  g_free(body);
}
