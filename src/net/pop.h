/* POP3 (RFC 1939, CAPA RFC 2449, STLS RFC 2595), as much as reading a mailbox needs. Our own codec on
 * FbkStream: bounded lines, one thread, every protocol error ends the session. Nothing here deletes. */
#ifndef FBK_NET_POP_H
#define FBK_NET_POP_H

#include "net/stream.h"

typedef struct FbkPop FbkPop;

typedef struct {
  guint number; /* in this session, 1-based */
  guint64 size;
  char *uidl; /* printable ASCII of at most 70 characters as RFC 1939 wants it */
} FbkPopMessage;

/* Connects by server's security: TLS at once, or STLS, which must be offered. Steps up to CAPABILITY. */
FbkPop *fbk_pop_connect(const FbkNet *net, const FbkServer *server, FbkSteps *steps,
                        GCancellable *cancellable, GError **err);

/* One try: AUTH PLAIN where offered, else USER and PASS. AUTH on refusal; the server's words go to the log.
 */
gboolean fbk_pop_sign_in(FbkPop *pop, const char *user, const FbkSecret *password, FbkSteps *steps,
                         GError **err);

/* What the last CAPA said, one a line, as the server wrote it; "" when there was no answer. */
const char *fbk_pop_capabilities(const FbkPop *pop);

/* All messages in LIST's order with size (the server's word, which may be a lie) and UIDL, at most 1,000,000;
 * FbkPopMessage *. REFUSED where the server has no UIDL or gives one that is not as below. Two messages may
 * have the same one: RFC 1939 lets copies share it. */
GPtrArray *fbk_pop_list(FbkPop *pop, GError **err);

/* The messages' bytes (dot-unstuffed, CR LF kept) in order, pipelined where the server says so. write gets
 * each piece; done each end; absent each message that the server does not hand out (deleted meanwhile, or it
 * cannot). Any returning FALSE (with *err) ends the session. */
typedef struct {
  gboolean (*write)(gpointer data, guint index, const char *bytes, gsize len, GError **err);
  gboolean (*done)(gpointer data, guint index, GError **err);
  gboolean (*absent)(gpointer data, guint index, GError **err);
  gpointer data;
} FbkPopSink;
gboolean fbk_pop_retrieve(FbkPop *pop, FbkPopMessage *const *messages, guint count, const FbkPopSink *sink,
                          GError **err);

void fbk_pop_message_free(FbkPopMessage *message);
void fbk_pop_free(FbkPop *pop); /* QUIT is sent when the session is sound, and not waited for long */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkPop, fbk_pop_free)

#endif
