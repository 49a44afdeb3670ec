/* SMTP: sign-in rules, STARTTLS under attack, odd and hostile replies. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <string.h>
#include "base/err.h"
#include "net/smtp.h"
#include "tests/shared/mock_server.h"

#define HOST "smtp.campus.example"
#define USER "s2410001"
#define PASSWORD "open-sesame-42"
#define PLAIN_LINE "AUTH PLAIN AHMyNDEwMDAxAG9wZW4tc2VzYW1lLTQy"
#define HELLO "250-" HOST " at your service\r\n250-SIZE 20971520\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n"
#define HELLO_CLEAR "250-" HOST "\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"

static FbkServer *server_of(FbkSecurity security, guint auth)
{
  FbkServer *server = fbk_server_new(FBK_PROTOCOL_SMTP, HOST, 587, security);
  server->auth = auth;
  return server;
}

/* Connects and signs in. */
static gboolean walk(MockServer *mock, FbkSecurity security, guint auth, guint seconds, FbkSteps *steps,
                     GError **err)
{
  g_autoptr(FbkNet) net = mock_server_net(mock, HOST, 587);
  net->connect_seconds = net->idle_seconds = seconds;
  g_autoptr(FbkServer) server = server_of(security, auth);
  g_autoptr(FbkSmtp) smtp = fbk_smtp_connect(net, server, steps, NULL, err);
  if (smtp == NULL)
    return FALSE;
  g_autoptr(FbkSecret) password = fbk_secret_new();
  fbk_secret_append(password, PASSWORD, strlen(PASSWORD));
  return fbk_smtp_sign_in(smtp, USER, password, steps, err);
}

/* Nothing of the password, nor a try to sign in. */
static void assert_kept_quiet(const char *heard)
{
  g_assert_null(strstr(heard, "AUTH"));
  g_assert_null(strstr(heard, PASSWORD));
  g_assert_null(strstr(heard, "b3Blbi1zZXNhbWUtNDI="));
}

typedef struct {
  const char *name;
  const char *greeting, *hello; /* NULL: the usual ones */
  const char *answers[3];       /* to what the sign-in says */
  guint auth;                   /* FbkAuth bits of the account */
  int code;                     /* FbkErr, or -1 */
  const char *sentence;         /* part of the error */
  const char *heard;            /* glob for all that was heard */
} Row;

static const Row rows[] = {
    {"plain", NULL, NULL, {"235 2.7.0 ok\r\n"}, 0, -1, NULL, PLAIN_LINE},
    {"plain-when-both-allowed",
     NULL,
     NULL,
     {"235 ok\r\n"},
     FBK_AUTH_PLAIN | FBK_AUTH_LOGIN,
     -1,
     NULL,
     PLAIN_LINE},
    {"login-when-only-login-allowed",
     NULL,
     NULL,
     {"334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "235 ok\r\n"},
     FBK_AUTH_LOGIN,
     -1,
     NULL,
     "AUTH LOGIN\r\nczI0MTAwMDE=\r\nb3Blbi1zZXNhbWUtNDI="},
    {"login-when-only-login-offered",
     NULL,
     "250-x\r\n250 AUTH LOGIN CRAM-MD5\r\n",
     {"334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "235 ok\r\n"},
     0,
     -1,
     NULL,
     "AUTH LOGIN\r\n"},
    {"tab-between-mechanisms",
     NULL,
     "250-x\r\n250-AUTH PLAIN\tLOGIN\r\n250 OK\r\n",
     {"235 ok\r\n"},
     0,
     -1,
     NULL,
     PLAIN_LINE},
    {"old-auth-equals",
     NULL,
     "250-x\r\n250 AUTH=LOGIN\r\n",
     {"334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "235 ok\r\n"},
     0,
     -1,
     NULL,
     "AUTH LOGIN\r\n"},
    {"small-letters-bare-lf", NULL, "250-x\n250 auth plain\n", {"235 ok\n"}, 0, -1, NULL, PLAIN_LINE},
    {"greeting-of-many-lines",
     "220-hello\r\n220-long\r\n220\r\n",
     NULL,
     {"235 ok\r\n"},
     0,
     -1,
     NULL,
     PLAIN_LINE},
    {"wrong-password",
     NULL,
     NULL,
     {"535 5.7.8 no\r\n"},
     0,
     FBK_ERR_AUTH,
     HOST " does not accept this password for the user " USER,
     PLAIN_LINE "\r\nQUIT"},
    {"wrong-password-login",
     NULL,
     NULL,
     {"334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "535 no\r\n"},
     FBK_AUTH_LOGIN,
     FBK_ERR_AUTH,
     USER,
     "b3Blbi1zZXNhbWUtNDI=\r\nQUIT"},
    {"temporary",
     NULL,
     NULL,
     {"454 4.7.0 busy\r\n"},
     0,
     FBK_ERR_REFUSED,
     "at present",
     PLAIN_LINE "\r\nQUIT"},
    {"unknown-mechanism",
     NULL,
     NULL,
     {"504 what?\r\n"},
     0,
     FBK_ERR_REFUSED,
     "way of signing in",
     PLAIN_LINE "\r\nQUIT"},
    {"login-refused-untold",
     NULL,
     NULL,
     {"535 no login\r\n"},
     FBK_AUTH_LOGIN,
     FBK_ERR_REFUSED,
     "way of signing in",
     "AUTH LOGIN\r\nQUIT"},
    {"nothing-in-common",
     NULL,
     "250-x\r\n250 AUTH CRAM-MD5\r\n",
     {NULL},
     0,
     FBK_ERR_REFUSED,
     "no way of signing in",
     "]\r\nQUIT"},
    {"no-auth-at-all", NULL, "250 x\r\n", {NULL}, 0, FBK_ERR_REFUSED, "no way of signing in", "]\r\nQUIT"},
    {"354-for-auth", NULL, NULL, {"354 go on\r\n"}, 0, FBK_ERR_PROTOCOL, HOST, PLAIN_LINE "\r\n"},
    {"250-for-auth", NULL, NULL, {"250 ok\r\n"}, 0, FBK_ERR_PROTOCOL, HOST, PLAIN_LINE "\r\n"},
    {"challenge-for-plain", NULL, NULL, {"334 \r\n"}, 0, FBK_ERR_PROTOCOL, HOST, PLAIN_LINE "\r\n"},
    {"success-before-password",
     NULL,
     NULL,
     {"334 VXNlcm5hbWU6\r\n", "235 ok\r\n"},
     FBK_AUTH_LOGIN,
     FBK_ERR_PROTOCOL,
     HOST,
     "czI0MTAwMDE=\r\n"},
    {"challenge-not-base64",
     NULL,
     NULL,
     {"334 <b>?</b>\r\n"},
     FBK_AUTH_LOGIN,
     FBK_ERR_PROTOCOL,
     HOST,
     "AUTH LOGIN\r\n"},
    {"354-greeting", "354 x\r\n", NULL, {NULL}, 0, FBK_ERR_PROTOCOL, HOST, ""},
    {"250-greeting", "250 x\r\n", NULL, {NULL}, 0, FBK_ERR_PROTOCOL, HOST, ""},
    {"busy-greeting", "421 4.3.2 later\r\n", NULL, {NULL}, 0, FBK_ERR_REFUSED, "at present", "QUIT"},
    {"blocked-greeting", "554 5.7.1 blocked\r\n", NULL, {NULL}, 0, FBK_ERR_REFUSED, "refuses", "QUIT"},
    {"imap-greeting", "* OK IMAP4rev1\r\n", NULL, {NULL}, 0, FBK_ERR_PROTOCOL, HOST, ""},
    {"web-server",
     "HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n",
     NULL,
     {NULL},
     0,
     FBK_ERR_PROTOCOL,
     "web server",
     ""},
    {"web-page", "<!DOCTYPE html>\r\n", NULL, {NULL}, 0, FBK_ERR_PROTOCOL, "browser", ""},
    {"mixed-codes", NULL, "250-x\r\n251 y\r\n", {NULL}, 0, FBK_ERR_PROTOCOL, HOST, ""},
    {"354-for-hello", NULL, "354 x\r\n", {NULL}, 0, FBK_ERR_PROTOCOL, HOST, ""},
    {"code-glued", NULL, "250x\r\n", {NULL}, 0, FBK_ERR_PROTOCOL, HOST, ""},
    {"code-too-short", NULL, "25\r\n", {NULL}, 0, FBK_ERR_PROTOCOL, HOST, ""},
    {"code-out-of-range", NULL, "650 x\r\n", {NULL}, 0, FBK_ERR_PROTOCOL, HOST, ""},
    {"empty-line", NULL, "\r\n", {NULL}, 0, FBK_ERR_PROTOCOL, HOST, ""},
    {"empty-line-lf", NULL, "\n", {NULL}, 0, FBK_ERR_PROTOCOL, HOST, ""},
};

static void test_row(gconstpointer data)
{
  const Row *row = data;
  MockStep script[12] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST)},
                         {MOCK_SEND, row->greeting != NULL ? row->greeting : "220 " HOST " ESMTP\r\n"}};
  gsize at = 2;
  script[at++] = (MockStep){MOCK_EXPECT, "*"};
  script[at++] = (MockStep){MOCK_SEND, row->hello != NULL ? row->hello : HELLO};
  for (gsize i = 0; i < G_N_ELEMENTS(row->answers) && row->answers[i] != NULL; i++) {
    script[at++] = (MockStep){MOCK_EXPECT, "*"};
    script[at++] = (MockStep){MOCK_SEND, row->answers[i]};
  }
  g_autoptr(MockServer) mock = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  FbkSteps steps = {0};
  gboolean fine = walk(mock, FBK_SECURITY_TLS, row->auth, 5, &steps, &err);
  if (row->code < 0) {
    g_assert_no_error(err);
    g_assert_true(fine);
  } else {
    g_test_message("%s", err->message);
    g_assert_error(err, FBK_ERROR, row->code);
    g_assert_nonnull(strstr(err->message, row->sentence));
    g_assert_null(strstr(err->message, PASSWORD));
  }
  g_assert_true(mock_server_wait(mock, 1));
  g_autofree char *heard = mock_server_heard(mock);
  g_assert_nonnull(strstr(heard, row->heard));
  g_autofree char *clear = mock_server_heard_clear(mock);
  g_assert_cmpstr(clear, ==, "");
}

static void test_size_limit(void)
{
  static const struct {
    const char *hello;
    guint64 limit;
  } sizes[] = {{HELLO, 20971520},
               {"250-x\r\n250 SIZE\r\n", 0},
               {"250-x\r\n250 SIZE 99999999999999999999\r\n", 0},
               {"250-x\r\n250 SIZE -1\r\n", 0}};
  for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
    const MockStep script[] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST)},
                               {MOCK_SEND, "220 x\r\n"},
                               {MOCK_EXPECT, "EHLO [127.0.0.1]"},
                               {MOCK_SEND, sizes[i].hello},
                               {MOCK_END}};
    g_autoptr(MockServer) mock = mock_server_start(script);
    g_autoptr(FbkNet) net = mock_server_net(mock, HOST, 587);
    g_autoptr(FbkServer) server = server_of(FBK_SECURITY_TLS, 0);
    g_autoptr(GError) err = NULL;
    g_autoptr(FbkSmtp) smtp = fbk_smtp_connect(net, server, NULL, NULL, &err);
    g_assert_no_error(err);
    g_assert_cmpuint(fbk_smtp_size_limit(smtp), ==, sizes[i].limit);
  }
}

/* STARTTLS (hostile.md 20-22): whatever the server or somebody between does, nothing secret goes out in
 * clear. */
typedef struct {
  const char *name;
  const char *hello, *answer; /* to EHLO and STARTTLS, in clear */
  gboolean tls;               /* then a handshake follows */
  TestCertKind cert;
  const char *hello_after; /* inside TLS */
  int code;
  FbkStep step; /* where it ends */
} StartRow;

static const StartRow start_rows[] = {
    {"good", HELLO_CLEAR, "220 go\r\n", TRUE, TEST_CERT_GOOD, HELLO, -1, FBK_STEP_SIGN_IN},
    {"not-offered", "250-x\r\n250 AUTH PLAIN\r\n", NULL, FALSE, 0, NULL, FBK_ERR_CERT, FBK_STEP_STARTTLS},
    {"stripped-to-x", "250-x\r\n250-XXXXXXXA\r\n250 AUTH PLAIN\r\n", NULL, FALSE, 0, NULL, FBK_ERR_CERT,
     FBK_STEP_STARTTLS},
    {"answered-454", HELLO_CLEAR, "454 TLS not available\r\n", FALSE, 0, NULL, FBK_ERR_CERT,
     FBK_STEP_STARTTLS},
    {"answered-bad", HELLO_CLEAR, "502 BAD command\r\n", FALSE, 0, NULL, FBK_ERR_CERT, FBK_STEP_STARTTLS},
    {"answered-250", HELLO_CLEAR, "250 ok, no TLS though\r\n", FALSE, 0, NULL, FBK_ERR_PROTOCOL,
     FBK_STEP_STARTTLS},
    {"answered-235", HELLO_CLEAR, "235 you are in\r\n", FALSE, 0, NULL, FBK_ERR_PROTOCOL, FBK_STEP_STARTTLS},
    {"injected", HELLO_CLEAR, "220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n", FALSE, 0, NULL, FBK_ERR_PROTOCOL,
     FBK_STEP_TLS},
    {"injected-one-byte", HELLO_CLEAR, "220 go\r\n2", FALSE, 0, NULL, FBK_ERR_PROTOCOL, FBK_STEP_TLS},
    {"wrong-host", HELLO_CLEAR, "220 go\r\n", TRUE, TEST_CERT_WRONG_HOST, NULL, FBK_ERR_CERT, FBK_STEP_CERT},
    {"expired", HELLO_CLEAR, "220 go\r\n", TRUE, TEST_CERT_EXPIRED, NULL, FBK_ERR_CERT, FBK_STEP_CERT},
    /* What the clear EHLO said must be forgotten: inside TLS no AUTH is offered. */
    {"forgets-clear-ehlo", HELLO_CLEAR, "220 go\r\n", TRUE, TEST_CERT_GOOD, "250 x\r\n", FBK_ERR_REFUSED,
     FBK_STEP_SIGN_IN},
};

static void test_start(gconstpointer data)
{
  const StartRow *row = data;
  MockStep script[12] = {{MOCK_SEND, "220 x ESMTP\r\n"}, {MOCK_EXPECT, "EHLO"}, {MOCK_SEND, row->hello}};
  gsize at = 3;
  if (row->answer != NULL) {
    script[at++] = (MockStep){MOCK_EXPECT, "STARTTLS"};
    script[at++] = (MockStep){MOCK_SEND, row->answer};
  }
  if (row->tls)
    script[at++] = (MockStep){MOCK_TLS, .cert = test_cert(row->cert, HOST)};
  if (row->hello_after != NULL) {
    script[at++] = (MockStep){MOCK_EXPECT, "EHLO"};
    script[at++] = (MockStep){MOCK_SEND, row->hello_after};
    script[at++] = (MockStep){MOCK_EXPECT, "*"};
    script[at++] = (MockStep){MOCK_SEND, "235 ok\r\n"};
  }
  g_autoptr(MockServer) mock = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  FbkSteps steps = {0};
  gboolean fine = walk(mock, FBK_SECURITY_STARTTLS, 0, 5, &steps, &err);
  g_assert_cmpint(fine, ==, row->code < 0);
  if (row->code >= 0)
    g_assert_error(err, FBK_ERROR, row->code);
  g_assert_cmpint(steps.current, ==, row->step);
  g_assert_true(mock_server_wait(mock, 1));
  g_autofree char *clear = mock_server_heard_clear(mock);
  assert_kept_quiet(clear);
  g_autofree char *heard = mock_server_heard(mock);
  if (row->code < 0)
    g_assert_nonnull(strstr(heard, PLAIN_LINE));
  else
    assert_kept_quiet(heard);
}

static gboolean flood_lines(MockPeer *peer, gpointer data)
{
  while (mock_peer_send(peer, data, strlen(data)))
    ;
  return FALSE;
}

static void test_bombs(void)
{
  static const char *const bombs[] = {"250-line\r\n", "250-AUTH PLAIN LOGIN PLAIN LOGIN PLAIN LOGIN\r\n",
                                      "aaaaaaaaaaaaaaaa",
                                      "250-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
  for (gsize i = 0; i < G_N_ELEMENTS(bombs); i++) {
    const MockStep script[] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST)},
                               {MOCK_SEND, "220 x\r\n"},
                               {MOCK_EXPECT, "EHLO"},
                               {MOCK_RUN, .run = flood_lines, .data = (gpointer)bombs[i]},
                               {MOCK_END}};
    g_autoptr(MockServer) mock = mock_server_start(script);
    g_autoptr(GError) err = NULL;
    g_assert_false(walk(mock, FBK_SECURITY_TLS, 0, 20, NULL, &err));
    g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
  }
}

static void test_silence(void)
{
  static const MockStep script[] = {
      {MOCK_SEND, "220 x\r\n"}, {MOCK_EXPECT, "EHLO"}, {MOCK_STALL}, {MOCK_END}};
  for (gsize from = 0; from <= 2; from += 2) { /* silent after EHLO, and from the start */
    g_autoptr(MockServer) mock = mock_server_start(script + from);
    g_autoptr(GError) err = NULL;
    g_assert_false(walk(mock, FBK_SECURITY_STARTTLS, 0, 1, NULL, &err));
    g_assert_error(err, FBK_ERROR, FBK_ERR_TIMEOUT);
  }
}

/* A whole session, cut at every byte of what the server says: always an error in words, never a sign-in. */
static void check_cuts(const MockStep *script, FbkSecurity security)
{
  g_autoptr(MockServer) mock = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_assert_true(walk(mock, security, 0, 5, NULL, &err));
  g_assert_no_error(err);
  g_assert_true(mock_server_wait(mock, 1));
  g_autofree char *complaint = mock_server_complaint(mock);
  g_assert_null(complaint);
  guint64 whole = mock_server_sent(mock);
  g_assert_cmpuint(whole, >, 100);
  for (guint64 cut = 0; cut < whole; cut++) {
    g_autoptr(GError) cut_err = NULL;
    mock_server_cut_after(mock, cut, cut % 2 == 0);
    g_assert_false(walk(mock, security, 0, 5, NULL, &cut_err));
    g_assert_error(cut_err, FBK_ERROR, FBK_ERR_PROTOCOL);
  }
}

static void test_cuts(void)
{
  const MockStep script[] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST)},
                             {MOCK_SEND, "220 x\r\n"},
                             {MOCK_EXPECT, "EHLO"},
                             {MOCK_SEND, HELLO},
                             {MOCK_EXPECT, PLAIN_LINE},
                             {MOCK_SEND, "235 2.7.0 welcome\r\n"},
                             {MOCK_END}};
  check_cuts(script, FBK_SECURITY_TLS);
}

static void test_cuts_starttls(void)
{
  const MockStep script[] = {{MOCK_SEND, "220 x\r\n"},
                             {MOCK_EXPECT, "EHLO"},
                             {MOCK_SEND, HELLO_CLEAR},
                             {MOCK_EXPECT, "STARTTLS"},
                             {MOCK_SEND, "220 go\r\n"},
                             {MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST)},
                             {MOCK_EXPECT, "EHLO"},
                             {MOCK_SEND, HELLO},
                             {MOCK_EXPECT, PLAIN_LINE},
                             {MOCK_SEND, "235 ok\r\n"},
                             {MOCK_END}};
  check_cuts(script, FBK_SECURITY_STARTTLS);
}

/* Replies with bytes changed at random, all at once: any outcome but a crash, a hang or a false BUG. */
static void test_garbage(void)
{
  static const char honest[] = "220 x\r\n" HELLO "235 ok\r\n";
  GRand *random = g_rand_new_with_seed(20261124);
  for (guint round = 0; round < 300; round++) {
    char text[sizeof honest];
    memcpy(text, honest, sizeof honest);
    for (guint changes = round % 7; changes > 0; changes--)
      text[g_rand_int_range(random, 0, sizeof honest - 1)] = (char)g_rand_int_range(random, 0, 256);
    const MockStep script[] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST)},
                               {MOCK_SEND, text, .len = sizeof honest - 1},
                               {MOCK_CLOSE}};
    g_autoptr(MockServer) mock = mock_server_start(script);
    g_autoptr(GError) err = NULL;
    gboolean fine = walk(mock, FBK_SECURITY_TLS, 0, 5, NULL, &err);
    g_assert_true(fine || (err != NULL && err->domain == FBK_ERROR && err->code != FBK_ERR_BUG));
  }
  g_rand_free(random);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strdup_printf("/net/smtp/reply/%s", rows[i].name);
    g_test_add_data_func(path, &rows[i], test_row);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(start_rows); i++) {
    g_autofree char *path = g_strdup_printf("/net/smtp/starttls/%s", start_rows[i].name);
    g_test_add_data_func(path, &start_rows[i], test_start);
  }
  g_test_add_func("/net/smtp/size-limit", test_size_limit);
  g_test_add_func("/net/smtp/bombs", test_bombs);
  g_test_add_func("/net/smtp/silence", test_silence);
  g_test_add_func("/net/smtp/cut-everywhere/tls", test_cuts);
  g_test_add_func("/net/smtp/cut-everywhere/starttls", test_cuts_starttls);
  g_test_add_func("/net/smtp/garbage", test_garbage);
  return g_test_run();
}
