/* Which parts of a message are read, and in what order; their text as blocks. */
#ifndef FBK_MAIL_PAGE_BODY_H
#define FBK_MAIL_PAGE_BODY_H

#include "mail/block.h"

typedef struct {
  FbkDoc *doc;        /* what is read */
  FbkDoc *unread;     /* the other versions of it (multipart/alternative): only for their links */
  gboolean cut;       /* not all text was read */
  gboolean links_cut; /* not all links */
} FbkBody;

/* charset: overrides every label, or NULL. */
FbkBody *fbk_body_new(const FbkMessage *message, const char *charset);
void fbk_body_free(FbkBody *body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkBody, fbk_body_free)

#endif
