/* A connection: TCP, then TLS (OpenSSL 1.2 or newer, chain and host name verified), with deadlines and
 * cancel. Non-blocking below; waits only in g_socket_condition_timed_wait with the caller's GCancellable.
 *
 * One thread owns a stream. Every error is sticky: after one, every call fails with the same code, and the
 * stream can only be freed. The end of the stream is an error, never a 0. While it waits to write it drains
 * what arrives into a bounded buffer (16 MiB), so that pipelining cannot deadlock. */
#ifndef FBK_NET_STREAM_H
#define FBK_NET_STREAM_H

#include "net/net.h"
#include "base/secret.h"

typedef struct FbkStream FbkStream;

#define FBK_STREAM_LINE_MAX (1024 * 1024)

/* Resolves (net's overrides first) and connects, trying the next address when one does not answer within a
 * part of the deadline. Steps NAME and TCP. cancellable (may be NULL) stays with the stream for every later
 * wait. */
FbkStream *fbk_stream_connect(const FbkNet *net, const char *host, guint16 port, FbkSteps *steps,
                              GCancellable *cancellable, GError **err);

/* Steps TLS and CERT. Refused (PROTOCOL) when bytes that came before the handshake are unread anywhere: those
 * are an attack (injection before STARTTLS). CERT errors say in one sentence what is wrong with the
 * certificate. */
gboolean fbk_stream_start_tls(FbkStream *stream, FbkSteps *steps, GError **err);
gboolean fbk_stream_is_tls(const FbkStream *stream);

/* Another cancellable for what follows (a job's own); NULL for none. */
void fbk_stream_set_cancellable(FbkStream *stream, GCancellable *cancellable);

/* A budget for what arrives until the next call: PROTOCOL after more bytes. Also restarts a total deadline:
 * TIMEOUT when the budget's work takes longer than seconds in all (0: only the idle limit holds). */
void fbk_stream_set_budget(FbkStream *stream, guint64 bytes, guint seconds);

/* At least one byte, at most len; -1 with *err. */
gssize fbk_stream_read(FbkStream *stream, void *buffer, gsize len, GError **err);

/* Waits for at least one byte, then shows all that has arrived, without taking it; valid until the next call.
 */
gboolean fbk_stream_peek(FbkStream *stream, const char **bytes_out, gsize *len_out, GError **err);
void fbk_stream_skip(FbkStream *stream, gsize len); /* takes the first len of the bytes shown */

/* One line into line (cleared first), without its CR LF or LF. Over cap bytes, or with a NUL: PROTOCOL. */
gboolean fbk_stream_read_line(FbkStream *stream, GString *line, gsize cap, GError **err);

/* All of it. */
gboolean fbk_stream_write(FbkStream *stream, const void *bytes, gsize len, GError **err);
gboolean fbk_stream_printf(FbkStream *stream, GError **err, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Waits until something can be read: TRUE; FALSE with TIMEOUT (not sticky) after seconds, or another error.
 */
gboolean fbk_stream_wait(FbkStream *stream, guint seconds, GError **err);

/* For protocol codecs: the server said line, which has no place here. Logs it; *err becomes PROTOCOL, with a
 * sentence of its own for a web server that answers instead (captive portal); the error is sticky. Always
 * FALSE. */
gboolean fbk_stream_reject(FbkStream *stream, const char *line, GError **err);

const char *fbk_stream_host(const FbkStream *stream); /* for sentences */

/* Closes without ceremony beyond a TLS close_notify that is not waited for. NULL is fine. */
void fbk_stream_free(FbkStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkStream, fbk_stream_free)

#endif
