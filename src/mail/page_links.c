/* Judges, numbers and tells links. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/page_links.h"

#include <glib/gi18n.h>
#include <string.h>
#include "base/text.h"

#define TOLD_CAP 50      /* alarms listed under the text */
#define SUBJECT_CAP 1000 /* bytes of the subject that count as words around a link */
#define SHOWN_CAP 2000   /* bytes of an address shown there */

static FbkPageLink *judge(const FbkDoc *doc, const FbkDocLink *link, const char *subject,
                          const FbkGuard *guard)
{
  g_autofree char *around = fbk_doc_context(doc, link);
  g_autofree char *context = g_strdup_printf("%.*s\n%s", SUBJECT_CAP, subject, around);
  FbkLinkInput input = {.kind = link->kind, .base = link->base, .context = context, .href = link->href};
  input.text = link->text->str;
  FbkPageLink *page_link = g_new0(FbkPageLink, 1);
  page_link->kind = link->kind;
  page_link->text = fbk_text_gate(link->text->str, -1, FBK_GATE_LINE);
  page_link->href = fbk_text_gate(link->href, -1, FBK_GATE_LINE);
  page_link->raw_href = g_strdup(link->href);
  page_link->verdict = fbk_link_judge(guard, &input);
  return page_link;
}

void fbk_page_link_free(gpointer data)
{
  FbkPageLink *link = data;
  g_free(link->text);
  g_free(link->href);
  g_free(link->raw_href);
  fbk_verdict_free(link->verdict);
  g_free(link);
}

void fbk_page_links_judge(const FbkDoc *doc, const char *subject, const FbkGuard *guard, GPtrArray *links)
{
  for (guint i = 0; i < doc->links->len; i++)
    g_ptr_array_add(links, judge(doc, doc->links->pdata[i], subject, guard));
}

void fbk_page_links_judge_unread(const FbkDoc *doc, const char *subject, const FbkGuard *guard,
                                 GPtrArray *links)
{
  g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < links->len; i++) {
    const FbkPageLink *link = links->pdata[i];
    g_hash_table_add(known, g_strdup_printf("%d %s", link->verdict->class_, link->raw_href));
  }
  for (guint i = 0; i < doc->links->len; i++) {
    FbkPageLink *link = judge(doc, doc->links->pdata[i], subject, guard);
    char *key = g_strdup_printf("%d %s", link->verdict->class_, link->raw_href);
    if (g_hash_table_add(known, key))
      g_ptr_array_add(links, link);
    else
      fbk_page_link_free(link);
  }
}

GArray *fbk_page_links_signs(const GPtrArray *links, GStringChunk *marks)
{
  GArray *signs = g_array_sized_new(FALSE, TRUE, sizeof(FbkLinkSign), links->len);
  for (guint i = 0; i < links->len; i++) {
    const FbkVerdict *verdict = ((FbkPageLink *)links->pdata[i])->verdict;
    gboolean bad = fbk_link_is_alarm(verdict->class_);
    g_autofree char *mark =
        bad ? g_strdup_printf("[%u \xe2\x9c\x97 %s]", i + 1, fbk_link_class_word(verdict->class_))
            : g_strdup_printf("[%u]", i + 1);
    FbkLinkSign sign = {.mark = g_string_chunk_insert(marks, mark), .bad = bad};
    g_array_append_val(signs, sign);
  }
  return signs;
}

int fbk_page_links_worst(const GPtrArray *links)
{
  int worst = -1;
  const FbkVerdict *before = NULL;
  for (guint i = 0; i < links->len; i++) {
    const FbkVerdict *verdict = ((FbkPageLink *)links->pdata[i])->verdict;
    if (!fbk_link_is_alarm(verdict->class_))
      continue;
    if (before == NULL || verdict->severity > before->severity ||
        (verdict->severity == before->severity && verdict->class_ > before->class_)) {
      worst = (int)i;
      before = verdict;
    }
  }
  return worst;
}

static gboolean is_told_in_text(const FbkDoc *shown, guint index)
{
  if (index >= shown->links->len)
    return FALSE;
  const FbkDocLink *link = shown->links->pdata[index];
  return link->marked;
}

static void tell_one(FbkDoc *doc, const FbkPageLink *link, const char *mark)
{
  fbk_doc_block(doc, FBK_BLOCK_TEXT, 0, NULL, "    ");
  g_autofree char *text = fbk_text_ellipsize(link->text, 200);
  g_autofree char *href = fbk_text_ellipsize(link->href, SHOWN_CAP);
  g_autofree char *line = *text != '\0' && strcmp(text, href) != 0
                              ? g_strdup_printf("%s %s: %s", mark, text, href)
                              : g_strdup_printf("%s %s", mark, href);
  fbk_doc_add(doc, line, strlen(line), FBK_STYLE_LINK_BAD, 0);
}

void fbk_page_links_tell(const FbkDoc *shown, const GPtrArray *links, const GArray *signs, FbkDoc *doc)
{
  guint told = 0;
  for (guint i = 0; i < links->len; i++) {
    const FbkLinkSign *sign = &g_array_index(signs, FbkLinkSign, i);
    if (!sign->bad || is_told_in_text(shown, i))
      continue;
    if (told == 0)
      fbk_doc_notice(doc, FBK_STYLE_NOTICE,
                     _("Dangerous links in parts of this message that are not shown here:"));
    if (++told <= TOLD_CAP)
      tell_one(doc, links->pdata[i], sign->mark);
  }
  if (told > TOLD_CAP) {
    g_autofree char *more =
        g_strdup_printf(ngettext("and %u more", "and %u more", told - TOLD_CAP), told - TOLD_CAP);
    fbk_doc_block(doc, FBK_BLOCK_TEXT, 0, NULL, NULL);
    fbk_doc_add(doc, more, strlen(more), FBK_STYLE_NOTICE, 0);
  }
}
