/* The inbound guard: reads every byte an IMAP server sends before libetpan's parser does, and lets through
 * only what that parser is known to survive. A pure state machine; one per connection; no I/O.
 *
 * Checked: a line starts with "* ", "+" or digits and a space; response codes are well-formed, those we know
 * by their own syntax, the others by their brackets; at most 64 levels of parentheses, all closed; quoted
 * strings end in their line; a literal at most what the running command allows, below 2^31, none in status
 * lines; message numbers, UIDs and sizes below 2^32; a line at most 1 MiB; no NUL outside literals, no lone
 * CR; no NAMESPACE. Strict on structure, not on vocabulary. The connection's byte budget is the stream's
 * business. */
#ifndef FBK_NET_IMAP_GUARD_H
#define FBK_NET_IMAP_GUARD_H

#include <glib.h>

typedef struct FbkImapGuard FbkImapGuard;

FbkImapGuard *fbk_imap_guard_new(void);

/* The largest literal that the commands in flight may be answered with. FBK_IMAP_GUARD_LITERAL at start. */
#define FBK_IMAP_GUARD_LITERAL (64 * 1024)
void fbk_imap_guard_allow_literal(FbkImapGuard *guard, guint64 bytes);

/* FALSE, with *err PROTOCOL, at the first byte that may not pass; then the connection must be dropped. */
gboolean fbk_imap_guard_check(FbkImapGuard *guard, const char *bytes, gsize len, GError **err);

/* TRUE after a line that goes on with a literal, until that is complete: *left_out bytes are still to come
 * (0 for an empty one, before the first byte after it). */
gboolean fbk_imap_guard_in_literal(const FbkImapGuard *guard, guint64 *left_out);

void fbk_imap_guard_free(FbkImapGuard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkImapGuard, fbk_imap_guard_free)

#endif
