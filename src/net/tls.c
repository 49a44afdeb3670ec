/* TLS sessions by OpenSSL. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/tls.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include "base/err.h"
#include "base/log.h"
#include "net/cert.h"

/* How much one call may take from the socket. A server that sends nothing but handshake messages would keep
 * SSL_read busy for ever; after this much it comes back, so that deadlines and cancel are looked at. */
#define TAKE_MAX (256 * 1024)

struct FbkTls {
  SSL *ssl;
  int fd;
  char *host;
  gsize may_take;
  gboolean ended; /* recv said 0 */
  int errnum;     /* of the last failed recv or send */
  guchar head[8]; /* the first bytes that came: they tell HTTP from TLS */
  gsize head_len;
  gboolean established; /* the handshake was completed */
  gboolean sound;       /* and nothing has broken since: a goodbye is in order */
  long fault;           /* the first verification fault, and whose it is */
  X509 *bad;
};

/* OpenSSL's socket BIO writes with write(), which raises SIGPIPE; ours does not, and remembers errno. */
static int door_write(BIO *bio, const char *bytes, int len)
{
  FbkTls *tls = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  ssize_t put = send(tls->fd, bytes, (size_t)len, MSG_NOSIGNAL);
  if (put >= 0)
    return (int)put;
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
    BIO_set_retry_write(bio);
  else
    tls->errnum = errno;
  return -1;
}

static int door_read(BIO *bio, char *buffer, int len)
{
  FbkTls *tls = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  if (tls->may_take == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  ssize_t got = recv(tls->fd, buffer, MIN((size_t)len, tls->may_take), 0);
  if (got > 0) {
    tls->may_take -= (gsize)got;
    gsize keep = MIN((gsize)got, sizeof tls->head - tls->head_len);
    memcpy(tls->head + tls->head_len, buffer, keep);
    tls->head_len += keep;
    return (int)got;
  }
  if (got == 0)
    tls->ended = TRUE;
  else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
    BIO_set_retry_read(bio);
  else
    tls->errnum = errno;
  return (int)got;
}

static long door_control(BIO *bio, int command, long number, void *pointer)
{
  (void)number;
  (void)pointer;
  switch (command) {
  case BIO_CTRL_FLUSH:
    return 1;
  case BIO_CTRL_EOF:
    return ((FbkTls *)BIO_get_data(bio))->ended;
  default:
    return 0;
  }
}

static BIO_METHOD *door_method(void)
{
  static gsize method = 0;
  if (g_once_init_enter(&method)) {
    BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "fubako socket");
    if (made == NULL)
      g_error("no memory for TLS");
    BIO_meth_set_write(made, door_write);
    BIO_meth_set_read(made, door_read);
    BIO_meth_set_ctrl(made, door_control);
    g_once_init_leave(&method, (gsize)made);
  }
  return (BIO_METHOD *)method;
}

static int session_index(void)
{
  static gsize index = 0; /* plus one: GOnce wants no zero */
  if (g_once_init_enter(&index))
    g_once_init_leave(&index, (gsize)SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL) + 1);
  return (int)(index - 1);
}

/* Remembers the first fault and its certificate; decides nothing itself. */
static int verified(int fine, X509_STORE_CTX *context)
{
  SSL *ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());
  FbkTls *tls = SSL_get_ex_data(ssl, session_index());
  if (!fine && tls->fault == X509_V_OK) {
    tls->fault = X509_STORE_CTX_get_error(context);
    tls->bad = X509_STORE_CTX_get_current_cert(context);
    if (tls->bad != NULL)
      X509_up_ref(tls->bad);
  }
  return fine;
}

static SSL_CTX *context_new(const char *cafile, GError **err)
{
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  if (context == NULL) {
    fbk_error_set(err, FBK_ERR_BUG, "%s", _("OpenSSL cannot be used."));
    return NULL;
  }
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_security_level(context, 2);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CLEANSE_PLAINTEXT);
  SSL_CTX_set_cipher_list(context, "HIGH:!aNULL:!eNULL:!MD5:!RC4:!3DES:!PSK:!SRP:!CAMELLIA:!ARIA");
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, verified);
  int loaded =
      cafile != NULL ? SSL_CTX_load_verify_file(context, cafile) : SSL_CTX_set_default_verify_paths(context);
  if (loaded == 1)
    return context;
  SSL_CTX_free(context);
  if (cafile != NULL)
    fbk_error_set(err, FBK_ERR_CERT, _("%s holds no certificates that can be read."), cafile);
  else
    fbk_error_set(err, FBK_ERR_CERT, "%s", _("This computer has no list of certificate authorities."));
  return NULL;
}

/* One per CA file, kept for the life of the process; SSL_CTX itself may be used by many threads. */
static SSL_CTX *context_get(const char *cafile, GError **err)
{
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* GLib's are unknown to the thread sanitizer */
  static GHashTable *contexts = NULL;
  const char *key = cafile != NULL ? cafile : "";
  pthread_mutex_lock(&lock);
  if (contexts == NULL)
    contexts = g_hash_table_new(g_str_hash, g_str_equal);
  SSL_CTX *context = g_hash_table_lookup(contexts, key);
  if (context == NULL) {
    context = context_new(cafile, err);
    if (context != NULL)
      g_hash_table_insert(contexts, g_strdup(key), context);
  }
  pthread_mutex_unlock(&lock);
  return context;
}

static gboolean expect_host(SSL *ssl, const char *host)
{
  if (g_hostname_is_ip_address(host))
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
  g_autofree char *ascii = g_hostname_to_ascii(host);
  if (ascii == NULL)
    return FALSE;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  return SSL_set1_host(ssl, ascii) == 1 && SSL_set_tlsext_host_name(ssl, ascii) == 1;
}

FbkTls *fbk_tls_new(int fd, const char *host, const char *cafile, GError **err)
{
  SSL_CTX *context = context_get(cafile, err);
  if (context == NULL)
    return NULL;
  g_autoptr(FbkTls) tls = g_new0(FbkTls, 1);
  tls->fd = fd;
  tls->host = g_strdup(host);
  tls->ssl = SSL_new(context);
  BIO *door = BIO_new(door_method());
  if (tls->ssl == NULL || door == NULL)
    g_error("no memory for TLS");
  BIO_set_data(door, tls);
  BIO_set_init(door, 1);
  SSL_set_bio(tls->ssl, door, door);
  SSL_set_ex_data(tls->ssl, session_index(), tls);
  SSL_set_connect_state(tls->ssl);
  if (!expect_host(tls->ssl, host)) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("\"%s\" cannot be the name of a server."), host);
    return NULL;
  }
  return g_steal_pointer(&tls);
}

static void log_certificate(const FbkTls *tls, const char *verdict)
{
  X509 *leaf = SSL_get0_peer_certificate(tls->ssl);
  if (leaf == NULL)
    leaf = tls->bad;
  g_autofree char *print = leaf != NULL ? fbk_cert_fingerprint(leaf) : g_strdup("none");
  fbk_log("net", "%s: certificate %s: SHA-256 %s", tls->host, verdict, print);
}

/* What OpenSSL's own reason means for the person. */
static void explain_reason(const FbkTls *tls, unsigned long reason, GError **err)
{
  switch (ERR_GET_REASON(reason)) {
  case SSL_R_UNEXPECTED_EOF_WHILE_READING:
    if (!tls->established)
      fbk_error_set(err, FBK_ERR_PROTOCOL, _("%s closed the connection while it was being encrypted."),
                    tls->host);
    else
      fbk_error_set(err, FBK_ERR_PROTOCOL,
                    _("The connection to %s was cut off: what came last may be incomplete."), tls->host);
    break;
  case SSL_R_UNSUPPORTED_PROTOCOL:
  case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    fbk_error_set(err, FBK_ERR_CERT, _("%s offers only outdated encryption (older than TLS 1.2)."),
                  tls->host);
    break;
  case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
  case SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY:
  case SSL_R_DH_KEY_TOO_SMALL:
  case SSL_R_EE_KEY_TOO_SMALL:
  case SSL_R_CA_KEY_TOO_SMALL:
  case SSL_R_CA_MD_TOO_WEAK:
  case SSL_R_WRONG_SIGNATURE_TYPE:
  case SSL_R_WRONG_CIPHER_RETURNED:
  case SSL_R_NO_CIPHERS_AVAILABLE:
  case SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED:
    fbk_error_set(err, FBK_ERR_CERT, _("%s offers no encryption that is safe enough."), tls->host);
    break;
  case SSL_R_WRONG_VERSION_NUMBER:
  case SSL_R_PACKET_LENGTH_TOO_LONG:
  case SSL_R_HTTP_REQUEST:
    fbk_error_set(err, FBK_ERR_PROTOCOL,
                  _("%s does not speak TLS on this port: check the port and the kind of encryption."),
                  tls->host);
    break;
  default:
    fbk_error_set(err, FBK_ERR_PROTOCOL, _("The encrypted connection to %s broke down."), tls->host);
  }
}

static FbkTlsResult fail(FbkTls *tls, GError **err)
{
  unsigned long reason = ERR_peek_error();
  const char *text = reason != 0 ? ERR_reason_error_string(reason) : NULL;
  tls->sound = FALSE;
  fbk_log("net", "%s: TLS failed: %s", tls->host, text != NULL ? text : g_strerror(tls->errnum));
  if (tls->fault != X509_V_OK) {
    log_certificate(tls, "refused");
    X509 *leaf = SSL_get0_peer_certificate(tls->ssl);
    fbk_cert_explain(tls->fault, tls->bad, leaf != NULL ? leaf : tls->bad, tls->host, err);
  } else if (tls->head_len >= 5 && memcmp(tls->head, "HTTP/", 5) == 0) {
    fbk_error_set(err, FBK_ERR_PROTOCOL,
                  _("A web server answers in place of %s: sign in to this network in a browser first."),
                  tls->host);
  } else if (reason == 0 && tls->errnum != 0) {
    fbk_error_set_errno(err, tls->errnum, _("The connection to %s was lost"), tls->host);
  } else {
    explain_reason(tls, reason, err);
  }
  ERR_clear_error();
  return FBK_TLS_FAILED;
}

static void begin(FbkTls *tls)
{
  ERR_clear_error();
  tls->may_take = TAKE_MAX;
}

static FbkTlsResult judge(FbkTls *tls, int result, GError **err)
{
  switch (SSL_get_error(tls->ssl, result)) {
  case SSL_ERROR_NONE:
    return FBK_TLS_DONE;
  case SSL_ERROR_WANT_READ:
    return FBK_TLS_WANT_READ;
  case SSL_ERROR_WANT_WRITE:
    return FBK_TLS_WANT_WRITE;
  case SSL_ERROR_ZERO_RETURN:
    return FBK_TLS_ENDED;
  default:
    return fail(tls, err);
  }
}

FbkTlsResult fbk_tls_handshake(FbkTls *tls, GError **err)
{
  begin(tls);
  FbkTlsResult result = judge(tls, SSL_do_handshake(tls->ssl), err);
  if (result != FBK_TLS_DONE)
    return result;
  if (SSL_get_verify_result(tls->ssl) != X509_V_OK || SSL_get0_peer_certificate(tls->ssl) == NULL) {
    fbk_error_set(err, FBK_ERR_CERT, _("%s showed no certificate that can be trusted."), tls->host);
    return FBK_TLS_FAILED;
  }
  tls->established = tls->sound = TRUE;
  log_certificate(tls, "accepted");
  return FBK_TLS_DONE;
}

gboolean fbk_tls_refused_certificate(const FbkTls *tls)
{
  return tls->fault != X509_V_OK;
}

gboolean fbk_tls_not_yet_valid(const FbkTls *tls)
{
  return tls->fault == X509_V_ERR_CERT_NOT_YET_VALID;
}

gint64 fbk_tls_valid_until(const FbkTls *tls)
{
  return fbk_cert_valid_until(SSL_get0_peer_certificate(tls->ssl));
}

char *fbk_tls_describe(const FbkTls *tls)
{
  return g_strdup_printf("%s (%s)", SSL_get_version(tls->ssl), SSL_get_cipher_name(tls->ssl));
}

char *fbk_tls_describe_certificate(const FbkTls *tls)
{
  X509 *leaf = SSL_get0_peer_certificate(tls->ssl);
  g_autofree char *until = fbk_cert_ends_on(leaf);
  g_autofree char *issuer = fbk_cert_issuer(leaf);
  return g_strdup_printf(_("valid until %s, issued by %s"), until, issuer);
}

FbkTlsResult fbk_tls_read(FbkTls *tls, void *buffer, gsize len, gsize *got_out, GError **err)
{
  begin(tls);
  return judge(tls, SSL_read_ex(tls->ssl, buffer, len, got_out), err);
}

FbkTlsResult fbk_tls_write(FbkTls *tls, const void *bytes, gsize len, gsize *put_out, GError **err)
{
  begin(tls);
  return judge(tls, SSL_write_ex(tls->ssl, bytes, len, put_out), err);
}

void fbk_tls_free(FbkTls *tls)
{
  if (tls == NULL)
    return;
  if (tls->sound) {
    begin(tls);
    SSL_shutdown(tls->ssl);
    ERR_clear_error();
  }
  SSL_free(tls->ssl);
  X509_free(tls->bad);
  g_free(tls->host);
  g_free(tls);
}
