/* A scripted server on loopback. SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* POLLRDHUP, accept4 */
#include "tests/shared/mock_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

struct MockServer {
  const MockStep *script;
  GThread *thread;
  int listener, wake;
  guint16 port;
  /* The thread sanitizer does not know GLib's locks. */
  pthread_mutex_t lock; /* guards all below */
  pthread_cond_t gone_changed;
  guint gone;
  GString *heard, *heard_clear;
  char *complaint;
  guint64 sent, cut_after;
  gboolean cut_notify;
};

struct MockPeer {
  MockServer *server;
  int fd;
  SSL *ssl;
  SSL_CTX *context;
  GString *unread; /* heard, but no line yet */
  char *tag;
  guint64 may_send;
  gboolean cut_notify;
  gboolean over; /* no more steps for this one */
};

/* FALSE when the test ends, or (with milliseconds >= 0) when the time is up. */
static gboolean peer_wait(MockPeer *peer, short events, int milliseconds)
{
  struct pollfd polls[2] = {{.fd = peer->fd, .events = events}, {.fd = peer->server->wake, .events = POLLIN}};
  int ready = poll(polls, 2, milliseconds);
  if (ready < 0 && errno == EINTR)
    return peer_wait(peer, events, milliseconds);
  if (polls[1].revents != 0)
    peer->over = TRUE;
  return ready > 0 && !peer->over;
}

void mock_peer_complain(MockPeer *peer, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  char *text = g_strdup_vprintf(format, args);
  va_end(args);
  pthread_mutex_lock(&peer->server->lock);
  if (peer->server->complaint == NULL)
    peer->server->complaint = g_steal_pointer(&text);
  pthread_mutex_unlock(&peer->server->lock);
  g_free(text);
  peer->over = TRUE;
}

static void record(MockPeer *peer, const char *bytes, gsize len)
{
  MockServer *server = peer->server;
  pthread_mutex_lock(&server->lock);
  for (gsize i = 0; i < len; i++) {
    char shown = bytes[i] != '\0' ? bytes[i] : '\1';
    g_string_append_c(server->heard, shown);
    if (peer->ssl == NULL)
      g_string_append_c(server->heard_clear, shown);
  }
  pthread_mutex_unlock(&server->lock);
}

/* Whether an SSL call that gave result may be tried again, after waiting. */
static gboolean ssl_again(MockPeer *peer, int result)
{
  int reason = SSL_get_error(peer->ssl, result);
  ERR_clear_error();
  if (reason == SSL_ERROR_WANT_READ)
    return peer_wait(peer, POLLIN, -1);
  return reason == SSL_ERROR_WANT_WRITE && peer_wait(peer, POLLOUT, -1);
}

/* Some bytes into unread and the record; FALSE when the client has gone. */
static gboolean peer_hear(MockPeer *peer, gsize most)
{
  char buffer[4096];
  gsize len = MIN(most, sizeof buffer);
  for (;;) {
    gssize got;
    if (peer->ssl != NULL) {
      got = SSL_read(peer->ssl, buffer, (int)len);
      if (got <= 0 && !ssl_again(peer, (int)got))
        return FALSE;
    } else {
      got = recv(peer->fd, buffer, len, 0);
      if (got == 0 || (got < 0 && errno != EAGAIN))
        return FALSE;
      if (got < 0 && !peer_wait(peer, POLLIN, -1))
        return FALSE;
    }
    if (got > 0) {
      record(peer, buffer, (gsize)got);
      g_string_append_len(peer->unread, buffer, got);
      return TRUE;
    }
  }
}

static void peer_sink(MockPeer *peer)
{
  while (!peer->over && peer_hear(peer, 4096))
    g_string_truncate(peer->unread, 0);
  peer->over = TRUE;
}

static void peer_end(MockPeer *peer, gboolean notify)
{
  if (peer->ssl != NULL && notify)
    SSL_shutdown(peer->ssl);
  ERR_clear_error();
  /* Only our half: closing with unread bytes would be a reset, and lose what we sent. */
  shutdown(peer->fd, SHUT_WR);
  peer_sink(peer);
}

char *mock_peer_read_line(MockPeer *peer)
{
  char *end;
  while ((end = memchr(peer->unread->str, '\n', peer->unread->len)) == NULL)
    if (!peer_hear(peer, 4096))
      return NULL;
  gsize len = (gsize)(end - peer->unread->str);
  char *line = g_strndup(peer->unread->str, len > 0 && end[-1] == '\r' ? len - 1 : len);
  g_string_erase(peer->unread, 0, (gssize)len + 1);
  return line;
}

gboolean mock_peer_read(MockPeer *peer, guint64 len)
{
  while (len > 0) {
    if (peer->unread->len == 0 && !peer_hear(peer, 4096))
      return FALSE;
    gsize now = MIN(peer->unread->len, len);
    g_string_erase(peer->unread, 0, (gssize)now);
    len -= now;
  }
  return TRUE;
}

/* Some of the bytes; 0 when the client has gone. */
static gsize peer_send_some(MockPeer *peer, const char *bytes, gsize len)
{
  for (;;) {
    gssize put;
    if (peer->ssl != NULL) {
      put = SSL_write(peer->ssl, bytes, (int)MIN(len, 1 << 20));
      if (put <= 0 && !ssl_again(peer, (int)put))
        return 0;
    } else {
      put = send(peer->fd, bytes, len, MSG_NOSIGNAL);
      if (put < 0 && (errno != EAGAIN || !peer_wait(peer, POLLOUT, -1)))
        return 0;
    }
    if (put > 0)
      return (gsize)put;
  }
}

gboolean mock_peer_send(MockPeer *peer, const char *bytes, gsize len)
{
  gboolean cut = len > peer->may_send;
  gsize left = cut ? peer->may_send : len;
  while (left > 0 && !peer->over) {
    gsize put = peer_send_some(peer, bytes, left);
    if (put == 0)
      return FALSE;
    bytes += put;
    left -= put;
    peer->may_send -= put;
    pthread_mutex_lock(&peer->server->lock);
    peer->server->sent += put;
    pthread_mutex_unlock(&peer->server->lock);
  }
  if (cut)
    peer_end(peer, peer->cut_notify);
  return !peer->over;
}

gboolean mock_peer_printf(MockPeer *peer, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  return mock_peer_send(peer, text, strlen(text));
}

static void play_send(MockPeer *peer, const MockStep *step)
{
  if (step->len > 0 || strstr(step->text, "$TAG") == NULL) {
    mock_peer_send(peer, step->text, step->len > 0 ? step->len : strlen(step->text));
    return;
  }
  GString *text = g_string_new(step->text);
  g_string_replace(text, "$TAG", peer->tag != NULL ? peer->tag : "", 0);
  mock_peer_send(peer, text->str, text->len);
  g_string_free(text, TRUE);
}

static void play_expect(MockPeer *peer, const MockStep *step)
{
  g_autofree char *line = mock_peer_read_line(peer);
  if (line == NULL) {
    if (!peer->over)
      mock_peer_complain(peer, "the client went away where \"%s\" was expected", step->text);
    return;
  }
  g_autofree char *folded = g_ascii_strdown(line, -1);
  g_autofree char *wanted = g_ascii_strdown(step->text, -1);
  g_autofree char *glob = g_strconcat(wanted, "*", NULL);
  if (!g_pattern_match_simple(glob, folded))
    mock_peer_complain(peer, "\"%s\" was expected, \"%s\" came", step->text, line);
  g_free(peer->tag);
  peer->tag = g_strndup(line, strcspn(line, " "));
}

static SSL_CTX *server_context(const TestCert *cert, guint64 version)
{
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_security_level(context, 0); /* its certificates may be weak on purpose */
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context, (int)version);
  if (version != 0 && version < TLS1_2_VERSION)
    SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
  BIO *chain = BIO_new_mem_buf(cert->chain, -1), *key = BIO_new_mem_buf(cert->key, -1);
  X509 *leaf = PEM_read_bio_X509(chain, NULL, NULL, NULL), *above;
  SSL_CTX_use_certificate(context, leaf);
  while ((above = PEM_read_bio_X509(chain, NULL, NULL, NULL)) != NULL)
    SSL_CTX_add0_chain_cert(context, above);
  EVP_PKEY *private_key = PEM_read_bio_PrivateKey(key, NULL, NULL, NULL);
  SSL_CTX_use_PrivateKey(context, private_key);
  g_assert(SSL_CTX_check_private_key(context) == 1);
  EVP_PKEY_free(private_key);
  X509_free(leaf);
  BIO_free(chain);
  BIO_free(key);
  ERR_clear_error();
  return context;
}

static void play_tls(MockPeer *peer, const MockStep *step)
{
  if (peer->unread->len > 0) {
    mock_peer_complain(peer, "the client went on in clear before TLS");
    return;
  }
  peer->context = server_context(step->cert, step->number);
  peer->ssl = SSL_new(peer->context);
  SSL_set_fd(peer->ssl, peer->fd);
  int result;
  while ((result = SSL_accept(peer->ssl)) != 1) {
    if (!ssl_again(peer, result)) {
      peer->over = TRUE;
      return;
    }
  }
}

static void play(MockPeer *peer, const MockStep *step)
{
  switch (step->kind) {
  case MOCK_SEND:
    play_send(peer, step);
    break;
  case MOCK_EXPECT:
    play_expect(peer, step);
    break;
  case MOCK_TLS:
    play_tls(peer, step);
    break;
  case MOCK_DRIBBLE:
    for (const char *c = step->text; *c != '\0' && !peer->over; c++)
      if (!mock_peer_send(peer, c, 1) || peer_wait(peer, POLLHUP, (int)step->number))
        return;
    break;
  case MOCK_FLOOD:
    for (guint64 sent = 0; step->number == 0 || sent < step->number; sent += strlen(step->text))
      if (!mock_peer_send(peer, step->text, strlen(step->text)))
        return;
    break;
  case MOCK_STALL:
    peer_wait(peer, POLLRDHUP, -1);
    break;
  case MOCK_READ:
    if (!mock_peer_read(peer, step->number) && !peer->over)
      mock_peer_complain(peer, "the client went away where bytes were expected");
    break;
  case MOCK_CLOSE:
  case MOCK_NOTIFY:
    peer_end(peer, step->kind == MOCK_NOTIFY);
    break;
  case MOCK_RUN:
    if (!step->run(peer, step->data))
      peer->over = TRUE;
    break;
  case MOCK_SINK:
  case MOCK_END:
    peer_sink(peer);
    break;
  }
}

static void serve(MockServer *server, int fd)
{
  MockPeer peer = {.server = server, .fd = fd, .unread = g_string_new(NULL)};
  pthread_mutex_lock(&server->lock);
  peer.may_send = server->cut_after;
  peer.cut_notify = server->cut_notify;
  pthread_mutex_unlock(&server->lock);
  int one = 1; /* else small answers wait for the kernel's delayed acknowledgements */
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  for (const MockStep *step = server->script; !peer.over; step++)
    play(&peer, step);
  SSL_free(peer.ssl);
  SSL_CTX_free(peer.context);
  ERR_clear_error();
  close(fd);
  g_string_free(peer.unread, TRUE);
  g_free(peer.tag);
  pthread_mutex_lock(&server->lock);
  server->gone++;
  pthread_cond_broadcast(&server->gone_changed);
  pthread_mutex_unlock(&server->lock);
}

static gpointer run(gpointer data)
{
  MockServer *server = data;
  sigset_t pipe_signal; /* OpenSSL writes with write() */
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, NULL);
  for (;;) {
    struct pollfd polls[2] = {{.fd = server->listener, .events = POLLIN},
                              {.fd = server->wake, .events = POLLIN}};
    if (poll(polls, 2, -1) < 0)
      continue;
    if (polls[1].revents != 0)
      return NULL;
    int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
      serve(server, fd);
  }
}

MockServer *mock_server_start(const MockStep *script)
{
  MockServer *server = g_new0(MockServer, 1);
  server->script = script;
  pthread_mutex_init(&server->lock, NULL);
  pthread_cond_init(&server->gone_changed, NULL);
  server->cut_after = G_MAXUINT64;
  server->heard = g_string_new(NULL);
  server->heard_clear = g_string_new(NULL);
  server->wake = eventfd(0, EFD_CLOEXEC);
  server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof address;
  g_assert_cmpint(bind(server->listener, (struct sockaddr *)&address, len), ==, 0);
  g_assert_cmpint(listen(server->listener, 8), ==, 0);
  g_assert_cmpint(getsockname(server->listener, (struct sockaddr *)&address, &len), ==, 0);
  server->port = ntohs(address.sin_port);
  server->thread = g_thread_new("mock", run, server);
  return server;
}

guint16 mock_server_port(const MockServer *server)
{
  return server->port;
}

FbkNet *mock_server_net(const MockServer *server, const char *host, guint16 host_port)
{
  FbkNet *net = fbk_net_new();
  net->connect_seconds = 5;
  net->idle_seconds = 5;
  net->cafile = g_strdup(test_certs_cafile());
  g_autofree char *spec = g_strdup_printf("%s:%u:127.0.0.1:%u", host, host_port, server->port);
  g_assert_true(fbk_net_add_resolve(net, spec, NULL));
  return net;
}

void mock_server_cut_after(MockServer *server, guint64 bytes, gboolean notify)
{
  pthread_mutex_lock(&server->lock);
  server->cut_after = bytes;
  server->cut_notify = notify;
  pthread_mutex_unlock(&server->lock);
}

gboolean mock_server_wait(MockServer *server, guint clients)
{
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 10;
  gboolean in_time = TRUE;
  pthread_mutex_lock(&server->lock);
  while (server->gone < clients && in_time)
    in_time = pthread_cond_timedwait(&server->gone_changed, &server->lock, &until) == 0;
  in_time = server->gone >= clients;
  pthread_mutex_unlock(&server->lock);
  return in_time;
}

static char *copy_locked(MockServer *server, char *const *text, GString *const *string)
{
  pthread_mutex_lock(&server->lock);
  char *copy = g_strdup(text != NULL ? *text : (*string)->str);
  pthread_mutex_unlock(&server->lock);
  return copy;
}

char *mock_server_heard(MockServer *server)
{
  return copy_locked(server, NULL, &server->heard);
}

char *mock_server_heard_clear(MockServer *server)
{
  return copy_locked(server, NULL, &server->heard_clear);
}

char *mock_server_complaint(MockServer *server)
{
  return copy_locked(server, &server->complaint, NULL);
}

guint64 mock_server_sent(MockServer *server)
{
  pthread_mutex_lock(&server->lock);
  guint64 sent = server->sent;
  pthread_mutex_unlock(&server->lock);
  return sent;
}

void mock_server_free(MockServer *server)
{
  if (server == NULL)
    return;
  guint64 one = 1;
  g_assert_cmpint(write(server->wake, &one, sizeof one), ==, sizeof one);
  g_thread_join(server->thread);
  close(server->wake);
  close(server->listener);
  g_string_free(server->heard, TRUE);
  g_string_free(server->heard_clear, TRUE);
  g_free(server->complaint);
  pthread_mutex_destroy(&server->lock);
  pthread_cond_destroy(&server->gone_changed);
  g_free(server);
}
