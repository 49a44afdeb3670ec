/* SMTP submission (RFC 6409, STARTTLS RFC 3207, AUTH RFC 4954): connect and sign in, as the setup's check
 * needs it. Our own codec on FbkStream: bounded replies (1,000 lines, 64 KiB), one thread. EHLO says
 * [127.0.0.1], never this host's name. */
#ifndef FBK_NET_SMTP_H
#define FBK_NET_SMTP_H

#include "net/stream.h"

typedef struct FbkSmtp FbkSmtp;

/* Connects by server's security; EHLO again after STARTTLS, nothing kept from before. Steps up to CAPABILITY.
 */
FbkSmtp *fbk_smtp_connect(const FbkNet *net, const FbkServer *server, FbkSteps *steps,
                          GCancellable *cancellable, GError **err);

/* One try, with the first of the server's mechanisms that server->auth allows (LOGIN, PLAIN). AUTH on
 * refusal. */
gboolean fbk_smtp_sign_in(FbkSmtp *smtp, const char *user, const FbkSecret *password, FbkSteps *steps,
                          GError **err);

/* What the last EHLO said, one a line, as the server wrote it. */
const char *fbk_smtp_capabilities(const FbkSmtp *smtp);
guint64 fbk_smtp_size_limit(const FbkSmtp *smtp); /* SIZE (RFC 1870), 0 when not said */
void fbk_smtp_free(FbkSmtp *smtp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkSmtp, fbk_smtp_free)

#endif
