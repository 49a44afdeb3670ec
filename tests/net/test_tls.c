/* TLS: which certificates and servers are let in, and what is said of the others.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <openssl/ssl.h>
#include "base/err.h"
#include "net/stream.h"
#include "tests/shared/mock_server.h"

#define HOST "imap.campus.example"

static void note_step(gpointer data, FbkStep step, const char *detail)
{
  g_string_append_printf(data, "%s: %s\n", fbk_step_name(step), detail);
}

typedef struct {
  const char *name;
  TestCertKind kind;
  const char *sentence; /* a glob the error must match; NULL: accepted */
} CertRow;

static const CertRow cert_rows[] = {
    {"good", TEST_CERT_GOOD, NULL},
    {"wildcard", TEST_CERT_WILDCARD, NULL},
    {"wrong-host", TEST_CERT_WRONG_HOST, "*not for " HOST " but for other.example.net*"},
    {"expired", TEST_CERT_EXPIRED, "*" HOST " expired on 20**"},
    {"not-yet-valid", TEST_CERT_NOT_YET, "*not valid before 20**clock*"},
    {"self-signed", TEST_CERT_SELF_SIGNED, "*signed only by itself*"},
    {"unknown-ca", TEST_CERT_UNKNOWN_CA, "*authority that this computer does not know (Nobody's CA)*"},
    {"weak-key", TEST_CERT_WEAK_KEY, "*too weak*1024 bits*"},
    {"no-san", TEST_CERT_NO_SAN, "*names no server*subjectAltName*"},
    {"sha1", TEST_CERT_SHA1, "*no longer safe (*SHA1*"},
    {"not-a-ca", TEST_CERT_NOT_CA, "*signed by a certificate that may not sign others*"},
    {"wild-all", TEST_CERT_WILD_ALL, "*not for " HOST " but for *"},
    {"nul-in-name", TEST_CERT_NUL_NAME, "*not for " HOST " but for " HOST "?.evil.example*"},
    {"ip-san", TEST_CERT_IP_SAN, "*names no server*"},
    {"client-only", TEST_CERT_CLIENT_ONLY, "*not made for a server*"},
    {"missing-intermediate", TEST_CERT_MISSING_INTERMEDIATE, "*authority that this computer does not know*"},
};

static void test_certificate(gconstpointer data)
{
  const CertRow *row = data;
  const MockStep script[] = {
      {MOCK_TLS, .cert = test_cert(row->kind, HOST)}, {MOCK_SEND, "hello\r\n"}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkNet) net = mock_server_net(server, HOST, 993);
  g_autoptr(GError) err = NULL;
  g_autoptr(GString) passed = g_string_new(NULL);
  FbkSteps steps = {.report = note_step, .data = passed};
  g_autoptr(FbkStream) stream = fbk_stream_connect(net, HOST, 993, &steps, NULL, &err);
  g_assert_no_error(err);
  gboolean fine = fbk_stream_start_tls(stream, &steps, &err);
  g_assert_cmpint(steps.current, ==, FBK_STEP_CERT);
  g_assert_cmpint(steps.clock_behind, ==, row->kind == TEST_CERT_NOT_YET);
  g_assert_cmpint(steps.valid_until > g_get_real_time() / G_USEC_PER_SEC, ==, row->sentence == NULL);
  g_test_message("%s", err != NULL ? err->message : passed->str);
  if (row->sentence == NULL) {
    g_assert_no_error(err);
    g_assert_nonnull(strstr(passed->str, "TLSv1.3"));
    g_autoptr(GString) line = g_string_new(NULL);
    g_assert_true(fbk_stream_read_line(stream, line, 100, &err));
    g_assert_cmpstr(line->str, ==, "hello");
    return;
  }
  g_assert_false(fine);
  g_assert_error(err, FBK_ERROR, FBK_ERR_CERT);
  if (!g_pattern_match_simple(row->sentence, err->message))
    g_error("\"%s\" does not match \"%s\"", err->message, row->sentence);
  g_assert_false(fbk_stream_is_tls(stream));
  g_assert_false(fbk_stream_write(stream, "secret", 6, NULL));
}

/* Connects and tries TLS at once; the error is the caller's. */
static GError *try_tls(const MockStep *script, guint seconds, FbkStep *step_out)
{
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkNet) net = mock_server_net(server, HOST, 993);
  net->connect_seconds = seconds;
  GError *err = NULL;
  FbkSteps steps = {0};
  g_autoptr(FbkStream) stream = fbk_stream_connect(net, HOST, 993, &steps, NULL, &err);
  g_assert_no_error(err);
  g_assert_false(fbk_stream_start_tls(stream, &steps, &err));
  g_assert_false(fbk_stream_is_tls(stream));
  g_test_message("%s", err->message);
  *step_out = steps.current;
  return err;
}

typedef struct {
  const char *name;
  MockStep script[4];
  int code;
  const char *sentence;
} ServerRow;

static const ServerRow server_rows[] = {
    {"speaks-first",
     {{MOCK_SEND, "* OK IMAP4rev1 ready\r\n"}, {MOCK_END}},
     FBK_ERR_PROTOCOL,
     "does not speak TLS on"},
    {"answers-in-clear",
     {{MOCK_READ, .number = 50}, {MOCK_SEND, "* BAD what is that?\r\n"}, {MOCK_END}},
     FBK_ERR_PROTOCOL,
     "does not speak TLS on"},
    {"captive-portal",
     {{MOCK_READ, .number = 50}, {MOCK_SEND, "HTTP/1.1 400 Bad Request\r\n\r\n"}, {MOCK_END}},
     FBK_ERR_PROTOCOL,
     "web server"},
    {"closes", {{MOCK_READ, .number = 50}, {MOCK_CLOSE}}, FBK_ERR_PROTOCOL, "while it was being encrypted"},
    {"silent", {{MOCK_STALL}, {MOCK_END}}, FBK_ERR_TIMEOUT, "within 1 second"},
    {"dribbles",
     {{MOCK_DRIBBLE, "\x16\x03\x03\x40\x01\x02\x40\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01",
       .number = 150},
      {MOCK_STALL},
      {MOCK_END}},
     FBK_ERR_TIMEOUT,
     "within 1 second"},
};

static void test_server(gconstpointer data)
{
  const ServerRow *row = data;
  FbkStep step;
  gint64 start = g_get_monotonic_time();
  g_autoptr(GError) err = try_tls(row->script, 1, &step);
  g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_TIME_SPAN_SECOND);
  g_assert_error(err, FBK_ERROR, row->code);
  g_assert_nonnull(strstr(err->message, row->sentence));
  g_assert_cmpint(step, ==, FBK_STEP_TLS);
}

static void test_old_version(void)
{
  static const guint64 versions[] = {TLS1_VERSION, TLS1_1_VERSION};
  for (gsize i = 0; i < G_N_ELEMENTS(versions); i++) {
    const MockStep script[] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST), .number = versions[i]},
                               {MOCK_END}};
    FbkStep step;
    g_autoptr(GError) err = try_tls(script, 5, &step);
    g_assert_error(err, FBK_ERROR, FBK_ERR_CERT);
    g_assert_nonnull(strstr(err->message, "older than TLS 1.2"));
    g_assert_cmpint(step, ==, FBK_STEP_TLS);
  }
}

static FbkStream *secured(MockServer *server, GError **err)
{
  g_autoptr(FbkNet) net = mock_server_net(server, HOST, 993);
  g_autoptr(FbkStream) stream = fbk_stream_connect(net, HOST, 993, NULL, NULL, err);
  if (stream == NULL || !fbk_stream_start_tls(stream, NULL, err))
    return NULL;
  return g_steal_pointer(&stream);
}

static void test_version_two(void)
{
  const MockStep script[] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST), .number = TLS1_2_VERSION},
                             {MOCK_EXPECT, "hello"},
                             {MOCK_SEND, "hello\r\n"},
                             {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkStream) stream = secured(server, &err);
  g_assert_no_error(err);
  g_autoptr(GString) line = g_string_new(NULL);
  g_assert_true(fbk_stream_write(stream, "hello\r\n", 7, &err));
  g_assert_true(fbk_stream_read_line(stream, line, 100, &err));
}

/* The end of a TLS stream is an error either way, and without close_notify it is called a cut. */
static void test_truncation(void)
{
  static const struct {
    MockStepKind end;
    const char *sentence;
  } ends[] = {{MOCK_NOTIFY, "closed the connection"}, {MOCK_CLOSE, "cut off"}};
  for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
    const MockStep script[] = {
        {MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST)}, {MOCK_SEND, "half"}, {ends[i].end}};
    g_autoptr(MockServer) server = mock_server_start(script);
    g_autoptr(GError) err = NULL;
    g_autoptr(FbkStream) stream = secured(server, &err);
    g_assert_no_error(err);
    g_autoptr(GString) line = g_string_new(NULL);
    g_assert_false(fbk_stream_read_line(stream, line, 100, &err));
    g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
    g_assert_nonnull(strstr(err->message, ends[i].sentence));
  }
}

/* Bytes slipped in before the handshake: in our buffer (one segment) or only in the kernel's (a later one).
 */
static void check_injection(const char *first, const char *second)
{
  const MockStep script[] = {{MOCK_SEND, first}, {MOCK_EXPECT, "go"}, {MOCK_SEND, second}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkNet) net = mock_server_net(server, HOST, 143);
  g_autoptr(GError) err = NULL;
  FbkStream *stream = fbk_stream_connect(net, HOST, 143, NULL, NULL, &err);
  g_autoptr(GString) line = g_string_new(NULL);
  g_assert_true(fbk_stream_read_line(stream, line, 100, &err));
  g_assert_true(fbk_stream_write(stream, "go\r\n", 4, &err));
  while (mock_server_sent(server) < strlen(first) + strlen(second))
    g_thread_yield();
  g_assert_false(fbk_stream_start_tls(stream, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
  g_assert_nonnull(strstr(err->message, "before the encryption begins"));
  fbk_stream_free(stream);
  g_assert_true(mock_server_wait(server, 1));
  g_autofree char *heard = mock_server_heard(server);
  g_assert_cmpstr(heard, ==, "go\r\n"); /* not even a ClientHello */
}

static void test_injection(void)
{
  check_injection("OK begin TLS\r\n* PREAUTH evil\r\n", "");
  check_injection("OK begin TLS\r\n", "*");
}

static void test_cafile_unusable(void)
{
  const MockStep script[] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST)}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkNet) net = mock_server_net(server, HOST, 993);
  g_autoptr(GError) err = NULL;
  g_free(net->cafile);
  net->cafile = g_strdup("/nonexistent/ca.pem");
  g_autoptr(FbkStream) stream = fbk_stream_connect(net, HOST, 993, NULL, NULL, &err);
  g_assert_false(fbk_stream_start_tls(stream, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CERT);
  g_assert_nonnull(strstr(err->message, "/nonexistent/ca.pem"));
}

/* The system's authorities do not know ours: without --cafile it is refused. */
static void test_system_authorities(void)
{
  const MockStep script[] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST)}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkNet) net = mock_server_net(server, HOST, 993);
  g_autoptr(GError) err = NULL;
  g_clear_pointer(&net->cafile, g_free);
  g_autoptr(FbkStream) stream = fbk_stream_connect(net, HOST, 993, NULL, NULL, &err);
  g_assert_false(fbk_stream_start_tls(stream, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CERT);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(cert_rows); i++) {
    g_autofree char *path = g_strdup_printf("/net/tls/certificate/%s", cert_rows[i].name);
    g_test_add_data_func(path, &cert_rows[i], test_certificate);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(server_rows); i++) {
    g_autofree char *path = g_strdup_printf("/net/tls/server/%s", server_rows[i].name);
    g_test_add_data_func(path, &server_rows[i], test_server);
  }
  g_test_add_func("/net/tls/old-version", test_old_version);
  g_test_add_func("/net/tls/version-1.2", test_version_two);
  g_test_add_func("/net/tls/truncation", test_truncation);
  g_test_add_func("/net/tls/injection", test_injection);
  g_test_add_func("/net/tls/cafile-unusable", test_cafile_unusable);
  g_test_add_func("/net/tls/system-authorities", test_system_authorities);
  return g_test_run();
}
