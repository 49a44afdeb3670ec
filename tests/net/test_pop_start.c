/* POP3 until the sign-in: refusals told apart, STLS under attack. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>
#include "base/err.h"
#include "net/pop.h"
#include "tests/shared/mock_server.h"

#define HOST "pop.campus.example"
#define USER "s2410001"
#define PASSWORD "open-sesame-42"
#define PLAIN_LINE "AHMyNDEwMDAxAG9wZW4tc2VzYW1lLTQy"
#define GREETING "+OK ready\r\n"
#define CAPA "+OK\r\nSASL PLAIN\r\nPIPELINING\r\nUIDL\r\nSTLS\r\n.\r\n"

static gboolean walk(MockServer *mock, FbkSecurity security, FbkSteps *steps, GError **err)
{
  g_autoptr(FbkNet) net = mock_server_net(mock, HOST, 995);
  g_autoptr(FbkServer) server = fbk_server_new(FBK_PROTOCOL_POP, HOST, 995, security);
  g_autoptr(FbkPop) pop = fbk_pop_connect(net, server, steps, NULL, err);
  if (pop == NULL)
    return FALSE;
  g_autoptr(FbkSecret) password = fbk_secret_new();
  fbk_secret_append(password, PASSWORD, strlen(PASSWORD));
  return fbk_pop_sign_in(pop, USER, password, steps, err);
}

typedef struct {
  const char *name;
  const char *capa;       /* NULL: the usual one, with SASL PLAIN */
  const char *answers[3]; /* to the sign-in */
  int code;
  const char *heard; /* the end of all that was heard */
} SignRow;

static const SignRow sign_rows[] = {
    {"wrong-password", NULL, {"+ \r\n", "-ERR [AUTH] no\r\n"}, FBK_ERR_AUTH, PLAIN_LINE "\r\nQUIT\r\n"},
    {"wrong-password-no-code", NULL, {"+\r\n", "-ERR\r\n"}, FBK_ERR_AUTH, PLAIN_LINE "\r\nQUIT\r\n"},
    {"temporary", NULL, {"+ \r\n", "-ERR [SYS/TEMP] wait\r\n"}, FBK_ERR_REFUSED, PLAIN_LINE "\r\nQUIT\r\n"},
    {"in-use", NULL, {"+ \r\n", "-ERR [IN-USE] locked\r\n"}, FBK_ERR_REFUSED, PLAIN_LINE "\r\nQUIT\r\n"},
    {"mechanism-refused", NULL, {"-ERR what?\r\n"}, FBK_ERR_REFUSED, "AUTH PLAIN\r\nQUIT\r\n"},
    {"success-before-password", NULL, {"+OK already\r\n"}, FBK_ERR_PROTOCOL, "AUTH PLAIN\r\n"},
    {"challenge-again", NULL, {"+ \r\n", "+ more\r\n"}, FBK_ERR_PROTOCOL, PLAIN_LINE "\r\n"},
    {"odd-answer", NULL, {"+ \r\n", "250 ok\r\n"}, FBK_ERR_PROTOCOL, PLAIN_LINE "\r\n"},
    {"echo", NULL, {"+ \r\n", "-ERR what is " PASSWORD "?\r\n"}, FBK_ERR_AUTH, PLAIN_LINE "\r\nQUIT\r\n"},
    {"user-pass",
     "-ERR no CAPA\r\n",
     {"+OK\r\n", "-ERR no\r\n"},
     FBK_ERR_AUTH,
     "USER " USER "\r\nPASS " PASSWORD "\r\nQUIT\r\n"},
    {"user-refused", "-ERR\r\n", {"-ERR no such user\r\n"}, FBK_ERR_AUTH, "USER " USER "\r\nQUIT\r\n"},
    {"capa-without-sasl",
     "+OK\r\nUSER\r\n.\r\n",
     {"+OK\r\n", "-ERR [SYS/PERM] no\r\n"},
     FBK_ERR_REFUSED,
     "PASS " PASSWORD "\r\nQUIT\r\n"},
    {"capa-other-sasl",
     "+OK\r\nSASL CRAM-MD5 PLAINLY\r\n.\r\n",
     {"+OK\r\n", "-ERR\r\n"},
     FBK_ERR_AUTH,
     "PASS " PASSWORD "\r\nQUIT\r\n"},
};

static void test_sign_in(gconstpointer data)
{
  const SignRow *row = data;
  MockStep script[16] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST)},
                         {MOCK_SEND, GREETING},
                         {MOCK_EXPECT, "CAPA"},
                         {MOCK_SEND, row->capa != NULL ? row->capa : CAPA}};
  gsize at = 4;
  for (gsize i = 0; i < G_N_ELEMENTS(row->answers) && row->answers[i] != NULL; i++) {
    script[at++] = (MockStep){MOCK_EXPECT, "*"};
    script[at++] = (MockStep){MOCK_SEND, row->answers[i]};
  }
  script[at++] = (MockStep){MOCK_EXPECT, "*"};
  script[at++] = (MockStep){MOCK_SEND, "+OK bye\r\n"};
  g_autoptr(MockServer) mock = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  FbkSteps steps = {0};
  g_assert_false(walk(mock, FBK_SECURITY_TLS, &steps, &err));
  g_test_message("%s", err->message);
  g_assert_error(err, FBK_ERROR, row->code);
  g_assert_cmpint(steps.current, ==, FBK_STEP_SIGN_IN);
  g_assert_null(strstr(err->message, PASSWORD));
  if (row->code == FBK_ERR_AUTH)
    g_assert_true(strstr(err->message, HOST) != NULL && strstr(err->message, USER) != NULL);
  g_assert_true(mock_server_wait(mock, 1));
  g_autofree char *heard = mock_server_heard(mock);
  if (!g_str_has_suffix(heard, row->heard)) /* not a try more, not another mechanism */
    g_error("heard \"%s\"", heard);
}

typedef struct {
  const char *name;
  const char *greeting, *capa, *answer;
  gboolean tls;
  TestCertKind cert;
  int code;
} StartRow;

#define STRIPPED "+OK\r\nSASL PLAIN\r\nUIDL\r\n.\r\n"
static const StartRow start_rows[] = {
    {"not-offered", GREETING, STRIPPED, NULL, FALSE, 0, FBK_ERR_CERT},
    {"no-capa", GREETING, "-ERR\r\n", NULL, FALSE, 0, FBK_ERR_CERT},
    {"refused", GREETING, CAPA, "-ERR BAD\r\n", FALSE, 0, FBK_ERR_CERT},
    {"odd-answer", GREETING, CAPA, "+ go\r\n", FALSE, 0, FBK_ERR_PROTOCOL},
    {"injected", GREETING, CAPA, "+OK go\r\n+OK\r\nSASL PLAIN\r\n.\r\n", FALSE, 0, FBK_ERR_PROTOCOL},
    {"wrong-host", GREETING, CAPA, "+OK go\r\n", TRUE, TEST_CERT_WRONG_HOST, FBK_ERR_CERT},
    {"self-signed", GREETING, CAPA, "+OK go\r\n", TRUE, TEST_CERT_SELF_SIGNED, FBK_ERR_CERT},
    {"web-server", "HTTP/1.0 400 Bad Request\r\n", NULL, NULL, FALSE, 0, FBK_ERR_PROTOCOL},
    {"busy", "-ERR [SYS/TEMP] full\r\n", NULL, NULL, FALSE, 0, FBK_ERR_REFUSED},
};

static void test_start(gconstpointer data)
{
  const StartRow *row = data;
  MockStep script[10] = {{MOCK_SEND, row->greeting}};
  gsize at = 1;
  if (row->capa != NULL) {
    script[at++] = (MockStep){MOCK_EXPECT, "CAPA"};
    script[at++] = (MockStep){MOCK_SEND, row->capa};
  }
  if (row->answer != NULL) {
    script[at++] = (MockStep){MOCK_EXPECT, "STLS"};
    script[at++] = (MockStep){MOCK_SEND, row->answer};
  }
  if (row->code != FBK_ERR_PROTOCOL && !row->tls) {
    script[at++] = (MockStep){MOCK_EXPECT, "QUIT"};
    script[at++] = (MockStep){MOCK_SEND, "+OK\r\n"};
  }
  if (row->tls)
    script[at++] = (MockStep){MOCK_TLS, .cert = test_cert(row->cert, HOST)};
  g_autoptr(MockServer) mock = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_assert_false(walk(mock, FBK_SECURITY_STARTTLS, NULL, &err));
  g_assert_error(err, FBK_ERROR, row->code);
  g_assert_true(mock_server_wait(mock, 1));
  g_autofree char *heard = mock_server_heard(mock);
  static const char *const never[] = {"AUTH", "USER", "PASS", PASSWORD, PLAIN_LINE};
  for (gsize i = 0; i < G_N_ELEMENTS(never); i++)
    g_assert_null(strstr(heard, never[i]));
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(sign_rows); i++) {
    g_autofree char *path = g_strconcat("/net/pop/sign-in/", sign_rows[i].name, NULL);
    g_test_add_data_func(path, &sign_rows[i], test_sign_in);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(start_rows); i++) {
    g_autofree char *path = g_strconcat("/net/pop/stls/", start_rows[i].name, NULL);
    g_test_add_data_func(path, &start_rows[i], test_start);
  }
  return g_test_run();
}
