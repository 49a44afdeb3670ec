/* The OpenSSL door: one client session over a connected, non-blocking socket. TLS 1.2 or newer, security
 * level 2 (no 1024-bit keys, no SHA-1), no renegotiation; the chain and the host name (subjectAltName only,
 * RFC 9525) must hold, and there is no way round. Never waits: it says what to wait for. One thread owns a
 * session; the context behind it is made once per CA file and shared. */
#ifndef FBK_NET_TLS_H
#define FBK_NET_TLS_H

#include <glib.h>

typedef struct FbkTls FbkTls;

typedef enum {
  FBK_TLS_DONE,
  FBK_TLS_WANT_READ,  /* call again when the socket can be read */
  FBK_TLS_WANT_WRITE, /* or written */
  FBK_TLS_ENDED,      /* the server said goodbye (close_notify) */
  FBK_TLS_FAILED      /* *err is set; only fbk_tls_free may follow */
} FbkTlsResult;

/* fd stays the caller's. cafile NULL: the system's authorities. CERT when the CA file cannot be used. */
FbkTls *fbk_tls_new(int fd, const char *host, const char *cafile, GError **err);

/* CERT with one sentence about what is wrong with the certificate or the encryption; its fingerprint goes to
 * the log. PROTOCOL when no TLS is spoken there. */
FbkTlsResult fbk_tls_handshake(FbkTls *tls, GError **err);

/* After a failed handshake: whether the certificate was its reason. */
gboolean fbk_tls_refused_certificate(const FbkTls *tls);

/* And whether that reason was that its time has not come yet: this computer's clock may be behind. */
gboolean fbk_tls_not_yet_valid(const FbkTls *tls);

/* When the server's certificate ends, seconds since 1970, after the handshake; 0 when it cannot be told. */
gint64 fbk_tls_valid_until(const FbkTls *tls);

/* "TLSv1.3 (TLS_AES_256_GCM_SHA384)", and "valid until 2027-03-31, issued by ...", after the handshake;
 * g_free.
 */
char *fbk_tls_describe(const FbkTls *tls);
char *fbk_tls_describe_certificate(const FbkTls *tls);

/* DONE with *got_out > 0 bytes. An end without close_notify is FAILED: somebody may have cut the stream. */
FbkTlsResult fbk_tls_read(FbkTls *tls, void *buffer, gsize len, gsize *got_out, GError **err);

/* DONE with *put_out > 0 bytes written. After WANT_* the same bytes must be offered again. */
FbkTlsResult fbk_tls_write(FbkTls *tls, const void *bytes, gsize len, gsize *put_out, GError **err);

/* Says goodbye if the session is sound; does not wait. */
void fbk_tls_free(FbkTls *tls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkTls, fbk_tls_free)

#endif
