/* The head of a message as blocks: a few fields in a fixed layout, or all of them as they came. */
#ifndef FBK_MAIL_PAGE_HEAD_H
#define FBK_MAIL_PAGE_HEAD_H

#include "mail/block.h"

/* From, To, Cc, Reply-To (where it differs), Date, Subject: names aligned on the left. */
void fbk_head_usual(FbkDoc *doc, const FbkEnvelope *envelope);

/* headers: FbkHeader *, all of them in order. */
void fbk_head_full(FbkDoc *doc, const GPtrArray *headers);

#endif
