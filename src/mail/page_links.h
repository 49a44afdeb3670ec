/* The links of a message: judged, numbered, and told. */
#ifndef FBK_MAIL_PAGE_LINKS_H
#define FBK_MAIL_PAGE_LINKS_H

#include "mail/layout.h"

/* Judges the links of doc with the words around them and the subject, and appends them to links (FbkPageLink
 * *), which then hold link n of doc at offset + n - 1. */
void fbk_page_links_judge(const FbkDoc *doc, const char *subject, const FbkGuard *guard, GPtrArray *links);

/* The same for a version that is not shown: only what links do not hold already. */
void fbk_page_links_judge_unread(const FbkDoc *doc, const char *subject, const FbkGuard *guard,
                                 GPtrArray *links);

/* FbkLinkSign for each of links; marks live in the chunk. */
GArray *fbk_page_links_signs(const GPtrArray *links, GStringChunk *marks);

/* Index of the worst alarm, or -1. */
int fbk_page_links_worst(const GPtrArray *links);

/* Appends to doc a list of the alarms that have no mark in the text of shown. */
void fbk_page_links_tell(const FbkDoc *shown, const GPtrArray *links, const GArray *signs, FbkDoc *doc);

void fbk_page_link_free(gpointer link);

#endif
