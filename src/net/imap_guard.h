/* The inbound guard: reads every byte an IMAP server sends before libetpan's parser does, and lets through
 * only what that parser is known to survive. A pure state machine; one per connection; no I/O.
 *
 * Checked: a line starts with "* ", "+" or digits and a space; response codes are on a list and well-formed;
 * at most 64 levels of parentheses; a literal at most what the running command allows, below 2^31, none in
 * status lines; a line at most 1 MiB; no NUL outside literals; the connection's byte budget is the stream's
 * business. */
#ifndef FBK_NET_IMAP_GUARD_H
#define FBK_NET_IMAP_GUARD_H

#include <glib.h>

typedef struct FbkImapGuard FbkImapGuard;

FbkImapGuard *fbk_imap_guard_new(void);

/* The largest literal that the commands in flight may be answered with. 64 KiB at start. */
void fbk_imap_guard_allow_literal(FbkImapGuard *guard, guint64 bytes);

/* FALSE, with *err PROTOCOL, at the first byte that may not pass; then the connection must be dropped. */
gboolean fbk_imap_guard_check(FbkImapGuard *guard, const char *bytes, gsize len, GError **err);

void fbk_imap_guard_free(FbkImapGuard *guard);

#endif
