/* One session with a server of any protocol, from its name to the sign-in: what a check needs. Blocks: worker
 * threads and commands. One thread owns a session. */
#ifndef FBK_FLOW_SESSION_H
#define FBK_FLOW_SESSION_H

#include "net/imap.h"
#include "net/pop.h"
#include "net/smtp.h"

/* One of the three is there, as the server's protocol says; NULL all when it could not be opened. */
typedef struct {
  FbkImap *imap;
  FbkPop *pop;
  FbkSmtp *smtp;
} FbkSession;

/* Steps up to CAPABILITY. */
gboolean fbk_session_open(const FbkNet *net, const FbkServer *server, FbkSteps *steps,
                          GCancellable *cancellable, FbkSession *out, GError **err);

/* One try; AUTH when it is refused. */
gboolean fbk_session_sign_in(FbkSession *session, const char *user, const FbkSecret *password,
                             FbkSteps *steps, GError **err);

/* What the server can, one a line, in its own words; g_free. */
char *fbk_session_capabilities(const FbkSession *session);

void fbk_session_clear(FbkSession *session);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FbkSession, fbk_session_clear)

#endif
