/* Buffered connections with deadlines. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/stream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <glib/gi18n.h>
#include "base/err.h"
#include "base/log.h"
#include "net/dial.h"
#include "net/tls.h"

#define CHUNK (16 * 1024)
#define SPILL_MAX (16 * 1024 * 1024)

struct FbkStream {
  GSocket *socket;
  FbkTls *tls;
  char *host, *cafile;
  guint16 port;
  guint connect_seconds, idle_seconds;
  GCancellable *cancellable;
  GByteArray *arrived; /* read ahead, or drained while a write waited; consumed from `start` */
  gsize start;
  gboolean spoke;  /* something was read or written before TLS: what is unread now was injected */
  gboolean secure; /* the handshake is done and the certificate accepted */
  guint64 budget;  /* bytes that may still arrive */
  gint64 deadline; /* of the budget's work, monotonic; 0: none */
  guint deadline_seconds;
  GError *dead; /* the first error: every later call fails with it */
};

static gboolean refuse_dead(const FbkStream *stream, GError **err)
{
  if (stream->dead == NULL)
    return FALSE;
  g_propagate_error(err, g_error_copy(stream->dead));
  return TRUE;
}

/* Makes failure the stream's last word; always FALSE. */
static gboolean die(FbkStream *stream, GError *failure, GError **err)
{
  if (stream->dead == NULL)
    stream->dead = failure;
  else
    g_error_free(failure);
  refuse_dead(stream, err);
  return FALSE;
}

static gboolean die_of(FbkStream *stream, FbkErr code, GError **err, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
static gboolean die_of(FbkStream *stream, FbkErr code, GError **err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *sentence = g_strdup_vprintf(format, args);
  va_end(args);
  GError *failure = NULL;
  fbk_error_set(&failure, code, "%s", sentence);
  return die(stream, failure, err);
}

static gboolean die_of_silence(FbkStream *stream, guint seconds, GError **err)
{
  return die_of(stream, FBK_ERR_TIMEOUT, err, _("%s did not answer within %u seconds."), stream->host,
                seconds);
}

static gboolean die_of_cancel(FbkStream *stream, GError **err)
{
  GError *failure = NULL;
  fbk_cancelled(stream->cancellable, &failure);
  return die(stream, failure, err);
}

static gboolean die_of_web_server(FbkStream *stream, GError **err)
{
  return die_of(stream, FBK_ERR_PROTOCOL, err,
                _("A web server answers in place of %s: sign in to this network in a browser first."),
                stream->host);
}

static gboolean is_web_server(const char *bytes, gsize len)
{
  return (len >= 5 && memcmp(bytes, "HTTP/", 5) == 0) ||
         (len >= 5 && g_ascii_strncasecmp(bytes, "<html", 5) == 0) ||
         (len >= 9 && g_ascii_strncasecmp(bytes, "<!doctype", 9) == 0);
}

gboolean fbk_stream_reject(FbkStream *stream, const char *line, GError **err)
{
  fbk_log("net", "%s said out of place: %s", stream->host, line);
  if (is_web_server(line, strlen(line)))
    return die_of_web_server(stream, err);
  return die_of(stream, FBK_ERR_PROTOCOL, err, _("%s said something that a mail server may not say here."),
                stream->host);
}

FbkStream *fbk_stream_connect(const FbkNet *net, const char *host, guint16 port, FbkSteps *steps,
                              GCancellable *cancellable, GError **err)
{
  g_autoptr(GPtrArray) addresses = fbk_dial_resolve(net, host, port, steps, cancellable, err);
  if (addresses == NULL)
    return NULL;
  GSocket *socket = fbk_dial_connect(net, addresses, host, port, steps, cancellable, err);
  if (socket == NULL)
    return NULL;
  FbkStream *stream = g_new0(FbkStream, 1);
  stream->socket = socket;
  stream->host = g_strdup(host);
  stream->cafile = g_strdup(net->cafile);
  stream->port = port;
  stream->connect_seconds = net->connect_seconds;
  stream->idle_seconds = net->idle_seconds;
  stream->arrived = g_byte_array_sized_new(CHUNK);
  stream->budget = G_MAXUINT64;
  fbk_stream_set_cancellable(stream, cancellable);
  return stream;
}

/* Sleeps until condition holds. FALSE (and dead, but for a passing TIMEOUT the caller asks for) otherwise. */
static gboolean wait_for(FbkStream *stream, GIOCondition condition, gint64 until, gboolean *late_out,
                         GError **err)
{
  *late_out = FALSE;
  gint64 limit = stream->deadline != 0 ? MIN(until, stream->deadline) : until;
  gint64 left = limit - g_get_monotonic_time();
  GError *failure = NULL;
  if (g_cancellable_is_cancelled(stream->cancellable))
    return die_of_cancel(stream, err);
  if (left > 0 &&
      g_socket_condition_timed_wait(stream->socket, condition, left, stream->cancellable, &failure))
    return TRUE;
  if (left <= 0 || g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) {
    g_clear_error(&failure);
    if (stream->deadline != 0 && limit == stream->deadline)
      return die_of_silence(stream, stream->deadline_seconds, err);
    *late_out = TRUE;
    return FALSE;
  }
  if (g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_clear_error(&failure);
    return die_of_cancel(stream, err);
  }
  GError *ours = NULL;
  fbk_error_take(&ours, failure, _("The connection to %s was lost"), stream->host);
  return die(stream, ours, err);
}

/* Waits, and lets silence until `until` end the stream. */
static gboolean await(FbkStream *stream, GIOCondition condition, gint64 until, guint seconds, GError **err)
{
  gboolean late;
  if (wait_for(stream, condition, until, &late, err))
    return TRUE;
  return late ? die_of_silence(stream, seconds, err) : FALSE;
}

static FbkTlsResult plain_result(FbkStream *stream, ssize_t moved, FbkTlsResult again, GError **err)
{
  if (moved > 0)
    return FBK_TLS_DONE;
  if (moved == 0)
    return FBK_TLS_ENDED;
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
    return again;
  fbk_error_set_errno(err, errno, _("The connection to %s was lost"), stream->host);
  return FBK_TLS_FAILED;
}

static FbkTlsResult take(FbkStream *stream, void *buffer, gsize len, gsize *got_out, GError **err)
{
  if (stream->tls != NULL)
    return fbk_tls_read(stream->tls, buffer, len, got_out, err);
  ssize_t got = recv(g_socket_get_fd(stream->socket), buffer, len, 0);
  *got_out = (gsize)MAX(got, 0);
  return plain_result(stream, got, FBK_TLS_WANT_READ, err);
}

static FbkTlsResult give(FbkStream *stream, const void *bytes, gsize len, gsize *put_out, GError **err)
{
  if (stream->tls != NULL)
    return fbk_tls_write(stream->tls, bytes, len, put_out, err);
  ssize_t put = send(g_socket_get_fd(stream->socket), bytes, len, MSG_NOSIGNAL);
  *put_out = (gsize)MAX(put, 0);
  return plain_result(stream, put, FBK_TLS_WANT_WRITE, err);
}

/* Takes what has come, without waiting, into `arrived`. DONE when there was something; WANT_* when not;
 * FAILED (the stream is dead then) otherwise. */
static FbkTlsResult fill(FbkStream *stream, GError **err)
{
  GError *failure = NULL;
  if (stream->start > 0) { /* make room by moving down what is left, which is less than a line as a rule */
    g_byte_array_remove_range(stream->arrived, 0, (guint)stream->start);
    stream->start = 0;
  }
  guint8 chunk[CHUNK];
  gsize got = 0;
  FbkTlsResult result = take(stream, chunk, sizeof chunk, &got, &failure);
  if (result == FBK_TLS_FAILED) {
    die(stream, failure, err);
  } else if (result == FBK_TLS_ENDED) {
    die_of(stream, FBK_ERR_PROTOCOL, err, _("%s closed the connection."), stream->host);
    result = FBK_TLS_FAILED;
  } else if (result == FBK_TLS_DONE) {
    if (got > stream->budget || stream->arrived->len + got > SPILL_MAX) {
      die_of(stream, FBK_ERR_PROTOCOL, err, _("%s sends more than it was asked for."), stream->host);
      return FBK_TLS_FAILED;
    }
    stream->budget -= got;
    stream->spoke = TRUE;
    g_byte_array_append(stream->arrived, chunk, (guint)got);
  }
  return result;
}

static GIOCondition condition_of(FbkTlsResult result)
{
  return result == FBK_TLS_WANT_WRITE ? G_IO_OUT : G_IO_IN;
}

/* Waits until something has arrived. */
static gboolean fill_waiting(FbkStream *stream, GError **err)
{
  gint64 until = g_get_monotonic_time() + stream->idle_seconds * G_TIME_SPAN_SECOND;
  for (;;) {
    /* Also looked at where nothing has to be waited for: a flood must not outrun the clock. */
    if (stream->deadline != 0 && g_get_monotonic_time() > stream->deadline)
      return die_of_silence(stream, stream->deadline_seconds, err);
    FbkTlsResult result = fill(stream, err);
    if (result == FBK_TLS_DONE)
      return TRUE;
    if (result == FBK_TLS_FAILED || !await(stream, condition_of(result), until, stream->idle_seconds, err))
      return FALSE;
  }
}

static gboolean alive(FbkStream *stream, GError **err)
{
  if (refuse_dead(stream, err))
    return FALSE;
  return g_cancellable_is_cancelled(stream->cancellable) ? die_of_cancel(stream, err) : TRUE;
}

static gsize held(const FbkStream *stream)
{
  return stream->arrived->len - stream->start;
}

gboolean fbk_stream_peek(FbkStream *stream, const char **bytes_out, gsize *len_out, GError **err)
{
  if (!alive(stream, err) || (held(stream) == 0 && !fill_waiting(stream, err)))
    return FALSE;
  *bytes_out = (const char *)stream->arrived->data + stream->start;
  *len_out = held(stream);
  return TRUE;
}

void fbk_stream_skip(FbkStream *stream, gsize len)
{
  g_assert(len <= held(stream));
  stream->start += len;
}

gssize fbk_stream_read(FbkStream *stream, void *buffer, gsize len, GError **err)
{
  g_assert(len > 0);
  const char *bytes;
  gsize shown;
  if (!fbk_stream_peek(stream, &bytes, &shown, err))
    return -1;
  gsize got = MIN(shown, len);
  memcpy(buffer, bytes, got);
  fbk_stream_skip(stream, got);
  return (gssize)got;
}

gboolean fbk_stream_read_line(FbkStream *stream, GString *line, gsize cap, GError **err)
{
  g_string_truncate(line, 0);
  if (!alive(stream, err))
    return FALSE;
  gsize searched = 0;
  const guint8 *end = NULL;
  for (;;) {
    const guint8 *from = stream->arrived->data + stream->start;
    gsize len = held(stream);
    if (len > searched)
      end = memchr(from + searched, '\n', len - searched);
    if ((end != NULL ? (gsize)(end - from) : len) > cap + 1) /* one for the CR */
      return die_of(stream, FBK_ERR_PROTOCOL, err, _("%s sends a line that does not end."), stream->host);
    if (end != NULL)
      break;
    searched = len;
    if (!fill_waiting(stream, err))
      return FALSE;
  }
  const guint8 *from = stream->arrived->data + stream->start;
  gsize len = (gsize)(end - from);
  stream->start += len + 1;
  if (len > 0 && from[len - 1] == '\r')
    len--;
  if (len > cap || (len > 0 && memchr(from, '\0', len) != NULL))
    return die_of(stream, FBK_ERR_PROTOCOL, err, _("%s sends a line that cannot be read."), stream->host);
  g_string_append_len(line, (const char *)from, (gssize)len);
  return TRUE;
}

/* What the server says while it does not listen is taken meanwhile: else both would wait for ever. */
static gboolean drain(FbkStream *stream, GError **err)
{
  FbkTlsResult result = fill(stream, err);
  return result != FBK_TLS_FAILED;
}

gboolean fbk_stream_write(FbkStream *stream, const void *bytes, gsize len, GError **err)
{
  if (!alive(stream, err))
    return FALSE;
  stream->spoke = TRUE;
  const char *left = bytes;
  gint64 until = g_get_monotonic_time() + stream->idle_seconds * G_TIME_SPAN_SECOND;
  while (len > 0) {
    gsize put = 0;
    GError *failure = NULL;
    FbkTlsResult result = give(stream, left, len, &put, &failure);
    if (result == FBK_TLS_FAILED)
      return die(stream, failure, err);
    if (result == FBK_TLS_ENDED)
      return die_of(stream, FBK_ERR_PROTOCOL, err, _("%s closed the connection."), stream->host);
    if (result == FBK_TLS_DONE) {
      left += put;
      len -= put;
      until = g_get_monotonic_time() + stream->idle_seconds * G_TIME_SPAN_SECOND;
      continue;
    }
    if (!drain(stream, err) ||
        !await(stream, G_IO_IN | condition_of(result), until, stream->idle_seconds, err))
      return FALSE;
  }
  return TRUE;
}

gboolean fbk_stream_printf(FbkStream *stream, GError **err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  return fbk_stream_write(stream, text, strlen(text), err);
}

gboolean fbk_stream_wait(FbkStream *stream, guint seconds, GError **err)
{
  if (!alive(stream, err))
    return FALSE;
  gint64 until = g_get_monotonic_time() + seconds * G_TIME_SPAN_SECOND;
  while (held(stream) == 0) {
    FbkTlsResult result = fill(stream, err);
    if (result == FBK_TLS_DONE)
      break;
    gboolean late;
    if (result == FBK_TLS_FAILED)
      return FALSE;
    if (!wait_for(stream, condition_of(result), until, &late, err)) {
      if (late)
        fbk_error_set(err, FBK_ERR_TIMEOUT, _("%s did not answer within %u seconds."), stream->host, seconds);
      return FALSE;
    }
  }
  return TRUE;
}

/* Bytes that came before the handshake: on a fresh connection a sign of the wrong port, later an attack
 * (CVE-2011-0411 and its many relatives). One may still sit in the socket: hence the peek. */
static gboolean refuse_early_bytes(FbkStream *stream, GError **err)
{
  char peek[16];
  ssize_t waiting = recv(g_socket_get_fd(stream->socket), peek, sizeof peek, MSG_PEEK | MSG_DONTWAIT);
  if (held(stream) == 0 && waiting <= 0)
    return TRUE;
  if (waiting > 0 && is_web_server(peek, (gsize)waiting))
    return die_of_web_server(stream, err);
  if (!stream->spoke)
    return die_of(stream, FBK_ERR_PROTOCOL, err,
                  _("%s does not speak TLS on port %u: check the port and the kind of encryption."),
                  stream->host, stream->port);
  fbk_log("net", "%s: %" G_GSIZE_FORMAT " bytes before the handshake", stream->host,
          held(stream) + (gsize)MAX(waiting, 0));
  return die_of(stream, FBK_ERR_PROTOCOL, err,
                _("Somebody on the way to %s tries to slip in words before the encryption begins."),
                stream->host);
}

gboolean fbk_stream_start_tls(FbkStream *stream, FbkSteps *steps, GError **err)
{
  fbk_steps_begin(steps, FBK_STEP_TLS);
  g_assert(stream->tls == NULL);
  if (!alive(stream, err) || !refuse_early_bytes(stream, err))
    return FALSE;
  GError *failure = NULL;
  stream->tls = fbk_tls_new(g_socket_get_fd(stream->socket), stream->host, stream->cafile, &failure);
  if (stream->tls == NULL)
    return die(stream, failure, err);
  gint64 until = g_get_monotonic_time() + stream->connect_seconds * G_TIME_SPAN_SECOND;
  FbkTlsResult result;
  while ((result = fbk_tls_handshake(stream->tls, &failure)) != FBK_TLS_DONE) {
    if (result == FBK_TLS_FAILED) {
      if (fbk_tls_refused_certificate(stream->tls))
        fbk_steps_begin(steps, FBK_STEP_CERT);
      if (steps != NULL)
        steps->clock_behind = fbk_tls_not_yet_valid(stream->tls);
      return die(stream, failure, err);
    }
    if (result == FBK_TLS_ENDED)
      return die_of(stream, FBK_ERR_PROTOCOL, err, _("%s closed the connection."), stream->host);
    if (!await(stream, condition_of(result), until, stream->connect_seconds, err))
      return FALSE;
  }
  stream->secure = TRUE;
  g_autofree char *version = fbk_tls_describe(stream->tls);
  fbk_steps_passed(steps, "%s", version);
  fbk_steps_begin(steps, FBK_STEP_CERT);
  if (steps != NULL)
    steps->valid_until = fbk_tls_valid_until(stream->tls);
  g_autofree char *certificate = fbk_tls_describe_certificate(stream->tls);
  fbk_steps_passed(steps, "%s", certificate);
  return TRUE;
}

gboolean fbk_stream_is_tls(const FbkStream *stream)
{
  return stream->secure;
}

void fbk_stream_set_cancellable(FbkStream *stream, GCancellable *cancellable)
{
  g_set_object(&stream->cancellable, cancellable);
}

void fbk_stream_set_budget(FbkStream *stream, guint64 bytes, guint seconds)
{
  stream->budget = bytes;
  stream->deadline_seconds = seconds;
  stream->deadline = seconds > 0 ? g_get_monotonic_time() + seconds * G_TIME_SPAN_SECOND : 0;
}

const char *fbk_stream_host(const FbkStream *stream)
{
  return stream->host;
}

void fbk_stream_free(FbkStream *stream)
{
  if (stream == NULL)
    return;
  fbk_tls_free(stream->tls);
  g_object_unref(stream->socket);
  g_clear_object(&stream->cancellable);
  g_byte_array_unref(stream->arrived);
  g_clear_error(&stream->dead);
  g_free(stream->host);
  g_free(stream->cafile);
  g_free(stream);
}
