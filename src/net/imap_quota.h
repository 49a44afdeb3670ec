/* How much of the person's quota is used (RFC 9208; RFC 2087 before it). Our own reading of "* QUOTA": whole
 * responses that the guard has passed, 64-bit numbers. */
#ifndef FBK_NET_IMAP_QUOTA_H
#define FBK_NET_IMAP_QUOTA_H

#include "net/imap.h"

typedef struct {
  gboolean has_storage, has_messages;
  guint64 storage_used, storage_limit; /* bytes */
  guint64 messages_used, messages_limit;
} FbkImapQuota;

/* Of the inbox, after sign-in, where fbk_imap_has(imap, "QUOTA"). Of several roots the fullest counts. A
 * server that tells no quota leaves both FALSE; one whose answer cannot be read is PROTOCOL, and the session
 * is over. REFUSED (NO) leaves the session as it was. */
gboolean fbk_imap_quota(FbkImap *imap, FbkImapQuota *out, GError **err);

/* One response, "* QUOTA root (STORAGE 10 512)", merged into out; FALSE when it is not of this form. Pure. */
gboolean fbk_imap_quota_parse(const char *line, gsize len, FbkImapQuota *out);

#endif
