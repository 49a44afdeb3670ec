/* Password lines: exact bytes, limits, and never outside TLS. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "base/err.h"
#include "net/sasl.h"
#include "tests/shared/mock_server.h"

#define HOST "mail.campus.example"

static FbkSecret *secret_of(const char *text)
{
  FbkSecret *secret = fbk_secret_new();
  g_assert_true(fbk_secret_append(secret, text, strlen(text)));
  return secret;
}

static void test_plain(void)
{
  static const struct {
    const char *user, *password, *line;
  } rows[] = {
      {"tim", "tanstaaftanstaaf", "AHRpbQB0YW5zdGFhZnRhbnN0YWFm"}, /* RFC 4616 section 4, no authzid */
      {"s2410001", "p", "AHMyNDEwMDAxAHA="},
      {"a", "\xe3\x81\x82", "AGEA44GC"},
      {"a", "", "AGEA"},
      {"with\nnewline", "x", NULL},
      {"", "x", NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(FbkSecret) password = secret_of(rows[i].password);
    g_autoptr(FbkSecret) line = fbk_sasl_plain(rows[i].user, password);
    g_assert_cmpstr(line != NULL ? fbk_secret_peek(line, NULL) : NULL, ==, rows[i].line);
  }
}

/* Against GLib's own encoder, for every length that a secret can have. */
static void test_all_lengths(void)
{
  g_autoptr(GString) text = g_string_new(NULL);
  g_autoptr(FbkSecret) password = fbk_secret_new();
  guint fitted = 0;
  for (gsize len = 0; len <= FBK_SECRET_MAX; len++) {
    g_autoptr(FbkSecret) line = fbk_sasl_plain("u", password);
    g_autoptr(FbkSecret) alone = fbk_sasl_base64(text->str, len);
    g_autofree char *raw = g_strconcat(".u.", text->str, NULL);
    raw[0] = raw[2] = '\0';
    g_autofree char *expected = g_base64_encode((const guchar *)raw, len + 3);
    g_autofree char *expected_alone = g_base64_encode((const guchar *)text->str, len);
    g_assert_cmpstr(line != NULL ? fbk_secret_peek(line, NULL) : NULL, ==,
                    strlen(expected) <= FBK_SECRET_MAX ? expected : NULL);
    g_assert_cmpstr(alone != NULL ? fbk_secret_peek(alone, NULL) : NULL, ==,
                    strlen(expected_alone) <= FBK_SECRET_MAX ? expected_alone : NULL);
    fitted += line != NULL;
    char next = (char)('!' + len % 90);
    g_string_append_c(text, next);
    if (len < FBK_SECRET_MAX)
      g_assert_true(fbk_secret_append(password, &next, 1));
  }
  g_assert_cmpuint(fitted, >, 500);
}

static void test_loggable(void)
{
  g_autoptr(FbkSecret) password = secret_of("hunter22");
  g_assert_cmpstr(fbk_sasl_loggable("535 wrong password", password), ==, "535 wrong password");
  static const char *const echoes[] = {"535 no such thing: PASS hunter22",
                                       "535 aHVudGVyMjI=", "535 xaHVudGVyMjI"};
  for (gsize i = 0; i < G_N_ELEMENTS(echoes); i++) {
    const char *shown = fbk_sasl_loggable(echoes[i], password);
    g_assert_null(strstr(shown, "hunter"));
    g_assert_null(strstr(shown, "aHVudGVy"));
  }
}

static void check_write(gboolean tls, const char *text, int code, const char *heard)
{
  const MockStep script[] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST)}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(tls ? script : script + 1);
  g_autoptr(FbkNet) net = mock_server_net(server, HOST, 1);
  g_autoptr(GError) err = NULL;
  FbkStream *stream = fbk_stream_connect(net, HOST, 1, NULL, NULL, &err);
  g_assert_nonnull(stream);
  if (tls)
    g_assert_true(fbk_stream_start_tls(stream, NULL, &err));
  g_autoptr(FbkSecret) secret = text != NULL ? secret_of(text) : NULL;
  gboolean fine = fbk_sasl_write(stream, "AUTH PLAIN ", secret, &err);
  g_assert_cmpint(fine, ==, code < 0);
  if (code >= 0)
    g_assert_error(err, FBK_ERROR, code);
  fbk_stream_free(stream);
  g_assert_true(mock_server_wait(server, 1));
  g_autofree char *all = mock_server_heard(server);
  g_assert_cmpstr(all, ==, heard);
}

static void test_write(void)
{
  check_write(TRUE, "AGEA", -1, "AUTH PLAIN AGEA\r\n");
  check_write(FALSE, "AGEA", FBK_ERR_BUG, ""); /* never in clear, whoever asks */
  check_write(TRUE, NULL, FBK_ERR_BAD_INPUT, "");
  check_write(TRUE, "pass\r\nDELE 1", FBK_ERR_BAD_INPUT, "");
  g_autofree char *huge = g_strnfill(FBK_SECRET_MAX, 'x');
  check_write(TRUE, huge, FBK_ERR_BAD_INPUT, "");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/net/sasl/plain", test_plain);
  g_test_add_func("/net/sasl/all-lengths", test_all_lengths);
  g_test_add_func("/net/sasl/loggable", test_loggable);
  g_test_add_func("/net/sasl/write", test_write);
  return g_test_run();
}
