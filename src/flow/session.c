/* One session, whatever the protocol. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/session.h"

gboolean fbk_session_open(const FbkNet *net, const FbkServer *server, FbkSteps *steps,
                          GCancellable *cancellable, FbkSession *out, GError **err)
{
  *out = (FbkSession){NULL, NULL, NULL};
  switch (server->protocol) {
  case FBK_PROTOCOL_IMAP:
    out->imap = fbk_imap_connect(net, server, steps, cancellable, err);
    break;
  case FBK_PROTOCOL_POP:
    out->pop = fbk_pop_connect(net, server, steps, cancellable, err);
    break;
  case FBK_PROTOCOL_SMTP:
    out->smtp = fbk_smtp_connect(net, server, steps, cancellable, err);
    break;
  }
  return out->imap || out->pop || out->smtp;
}

gboolean fbk_session_sign_in(FbkSession *session, const char *user, const FbkSecret *password,
                             FbkSteps *steps, GError **err)
{
  if (session->imap)
    return fbk_imap_sign_in(session->imap, user, password, steps, err);
  if (session->pop)
    return fbk_pop_sign_in(session->pop, user, password, steps, err);
  return fbk_smtp_sign_in(session->smtp, user, password, steps, err);
}

char *fbk_session_capabilities(const FbkSession *session)
{
  if (session->imap)
    return fbk_imap_capabilities(session->imap);
  return g_strdup(session->pop ? fbk_pop_capabilities(session->pop) : fbk_smtp_capabilities(session->smtp));
}

void fbk_session_clear(FbkSession *session)
{
  g_clear_pointer(&session->imap, fbk_imap_free);
  g_clear_pointer(&session->pop, fbk_pop_free);
  g_clear_pointer(&session->smtp, fbk_smtp_free);
}
