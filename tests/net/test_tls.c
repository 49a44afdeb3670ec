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
  const MockStep script[] = {{MOCK_TLS, .cert = test_cert(row->kind, HOST)}, {MOCK_SEND, "hello\r\n"}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkNet) net = mock_server_net(server, HOST, 993);
  g_autoptr(GError) err = NULL;
  g_autoptr(GString) passed = g_string_new(NULL);
  FbkSteps steps = {.report = note_step, .data = passed};
  g_autoptr(FbkStream) stream = fbk_stream_connect(net, HOST, 993, &steps, NULL, &err);
  g_assert_no_error(err);
  gboolean fine = fbk_stream_start_tls(stream, &steps, &err);
  g_assert_cmpint(steps.current, ==, FBK_STEP_CERT);
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

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(cert_rows); i++) {
    g_autofree char *path = g_strdup_printf("/net/tls/certificate/%s", cert_rows[i].name);
    g_test_add_data_func(path, &cert_rows[i], test_certificate);
  }
  return g_test_run();
}
