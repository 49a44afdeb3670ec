/* IMAP before there is a mailbox: greeting, STARTTLS, sign-in. Nothing secret may go out in clear.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "base/err.h"
#include "tests/shared/mock_imap.h"

#define SUCCESS (-1)
#define STEPS 12

typedef struct {
  const char *name;
  int expected; /* FbkErr, or SUCCESS */
  MockStep steps[STEPS];
  const char *heard; /* has to be on the wire, as heard inside TLS or out */
  const char *password;
} Row;

static void expect(const GError *err, int expected)
{
  if (expected == SUCCESS)
    g_assert_no_error(err);
  else
    g_assert_error(err, FBK_ERROR, expected);
}

static guint count_of(const char *text, const char *part)
{
  guint count = 0;
  for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
    count++;
  return count;
}

/* --- STARTTLS --- */

#define READY                                                                                                \
  {                                                                                                          \
    MOCK_SEND, "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN SASL-IR] ready\r\n"                           \
  }
#define ASKED                                                                                                \
  {                                                                                                          \
    MOCK_EXPECT, "1 STARTTLS"                                                                                \
  }

static const Row clear_rows[] = {
    {"stripped",
     FBK_ERR_CERT,
     {{MOCK_SEND, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"},
      {MOCK_EXPECT, "1 CAPABILITY"},
      {MOCK_SEND, "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n1 OK done\r\n"}}},
    {"answered-bad", FBK_ERR_CERT, {READY, ASKED, {MOCK_SEND, "1 BAD what?\r\n"}}},
    {"answered-no", FBK_ERR_CERT, {READY, ASKED, {MOCK_SEND, "1 NO not now\r\n"}}},
    {"hung", FBK_ERR_TIMEOUT, {READY, ASKED, {MOCK_STALL}}},
    {"injected", FBK_ERR_PROTOCOL, {READY, ASKED, {MOCK_SEND, "1 OK begin\r\n* CAPABILITY IMAP4rev1\r\n"}}},
    {"injected-half-line", FBK_ERR_PROTOCOL, {READY, ASKED, {MOCK_SEND, "1 OK begin\r\n*"}}},
    {"goes-on-in-clear", FBK_ERR_PROTOCOL, {READY, ASKED, {MOCK_SEND, "1 OK begin\r\n"}, {MOCK_CLOSE}}},
    {"wrong-tag", FBK_ERR_PROTOCOL, {READY, ASKED, {MOCK_SEND, "2 OK begin\r\n"}}},
    {"ready-line", FBK_ERR_PROTOCOL, {READY, ASKED, {MOCK_SEND, "+ begin\r\n"}}},
    {"preauth", FBK_ERR_PROTOCOL, {{MOCK_SEND, "* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n"}}},
    {"bye", FBK_ERR_REFUSED, {{MOCK_SEND, "* BYE too many of you\r\n"}}},
    {"bye-later", FBK_ERR_OFFLINE, {READY, ASKED, {MOCK_SEND, "* BYE bye\r\n1 OK begin\r\n"}}},
    {"badcharset-greeting", FBK_ERR_PROTOCOL, {{MOCK_SEND, "* OK [BADCHARSET (\"abc\")]\r\n"}, {MOCK_CLOSE}}},
    {"two-badcharsets",
     FBK_ERR_CERT,
     {READY,
      ASKED,
      {MOCK_SEND,
       "* OK [BADCHARSET (\"a\")] x\r\n* OK [BADCHARSET (\"b\")] x\r\n1 NO [BADCHARSET (x)] y\r\n"}}},
    {"literal-in-greeting", FBK_ERR_PROTOCOL, {{MOCK_SEND, "* OK {4294967295}\r\n"}}},
    {"web-server", FBK_ERR_PROTOCOL, {{MOCK_SEND, "HTTP/1.1 302 Found\r\nLocation: x\r\n\r\n"}}},
    {"garbage", FBK_ERR_PROTOCOL, {{MOCK_SEND, "\x16\x03\x01\x02\x03\xff\xfe\n"}}},
    {"data-first", FBK_ERR_PROTOCOL, {{MOCK_SEND, "* 5 EXISTS\r\n"}}},
    {"endless-greeting",
     FBK_ERR_PROTOCOL,
     {{MOCK_SEND, "* OK "}, {MOCK_FLOOD, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}},
    {"endless-untagged",
     FBK_ERR_PROTOCOL,
     {READY, ASKED, {MOCK_FLOOD, "* 1 EXISTS\r\n* OK [ALERT] a\033[2J\r\n"}}},
    {"not-imap4",
     FBK_ERR_CERT,
     {{MOCK_SEND, "* OK [CAPABILITY IMAP2 X] old\r\n"},
      {MOCK_EXPECT, "1 CAPABILITY"},
      {MOCK_SEND, "* CAPABILITY IMAP2\r\n1 OK x\r\n"}}},
};

static void test_clear(gconstpointer data)
{
  const Row *row = data;
  g_autoptr(MockServer) server = mock_server_start(row->steps);
  g_autoptr(FbkNet) net = mock_server_net(server, MOCK_IMAP_HOST, 143);
  g_autoptr(FbkServer) entry = fbk_server_new(FBK_PROTOCOL_IMAP, MOCK_IMAP_HOST, 143, FBK_SECURITY_STARTTLS);
  g_autoptr(GError) err = NULL;
  net->idle_seconds = row->expected == FBK_ERR_TIMEOUT ? 1 : 5;
  g_assert_null(fbk_imap_connect(net, entry, NULL, NULL, &err));
  expect(err, row->expected);
  g_assert_true(mock_server_wait(server, 1));
  /* Whatever was said in clear, it was none of these. */
  g_autofree char *clear = mock_server_heard_clear(server);
  g_assert_null(strstr(clear, "LOGIN"));
  g_assert_null(strstr(clear, "AUTHENTICATE"));
  g_assert_null(strstr(clear, MOCK_IMAP_USER));
  g_assert_null(strstr(clear, "LOGOUT"));
}

/* What was said before TLS counts for nothing after it. */
static void test_forgets(void)
{
  const MockStep script[] = {
      {MOCK_SEND, "* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=LOGIN X-EVIL] ready\r\n"},
      {MOCK_EXPECT, "1 STARTTLS"},
      {MOCK_SEND, "* 9 EXISTS\r\n* OK [UIDVALIDITY 3] x\r\n* LIST () \"/\" evil\r\n1 OK begin\r\n"},
      {MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, MOCK_IMAP_HOST)},
      {MOCK_EXPECT, "2 CAPABILITY"},
      {MOCK_SEND, "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n2 OK done\r\n"},
      {MOCK_EXPECT, "3 AUTHENTICATE PLAIN *"},
      {MOCK_SEND, "3 OK in\r\n"},
      {MOCK_EXPECT, "4 CAPABILITY"},
      {MOCK_SEND, "* CAPABILITY IMAP4rev1 LITERAL+\r\n4 OK done\r\n"},
      {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_connect(server, FBK_SECURITY_STARTTLS, NULL, &err);
  g_assert_no_error(err);
  g_assert_false(fbk_imap_has(imap, "X-EVIL"));
  g_assert_true(mock_imap_sign_in(imap, MOCK_IMAP_PASSWORD, &err));
  g_assert_no_error(err);
  g_assert_true(fbk_imap_has(imap, "literal+"));
  g_assert_false(fbk_imap_has(imap, "AUTH=PLAIN"));
  g_autofree char *clear = mock_server_heard_clear(server);
  g_assert_cmpstr(clear, ==, "1 STARTTLS\r\n");
  g_autofree char *complaint = mock_server_complaint(server);
  g_assert_cmpstr(complaint, ==, NULL);
}

/* --- sign-in --- */

#define PLAIN_LINE "AHMyNjEwMDAxAGNvcnJlY3QtaG9yc2UtIjdc"
#define CAN(words)                                                                                           \
  {                                                                                                          \
    MOCK_SEND, "* OK [CAPABILITY IMAP4rev1 " words "] ready\r\n"                                             \
  }
#define IN                                                                                                   \
  {                                                                                                          \
    MOCK_SEND, "1 OK [CAPABILITY IMAP4rev1] in\r\n"                                                          \
  }
#define IR                                                                                                   \
  CAN("AUTH=PLAIN SASL-IR"),                                                                                 \
  {                                                                                                          \
    MOCK_EXPECT, "1 AUTHENTICATE PLAIN *"                                                                    \
  }

static const Row sign_in_rows[] = {
    {"plain-at-once", SUCCESS, {IR, IN}, "1 AUTHENTICATE PLAIN " PLAIN_LINE "\r\n"},
    {"plain-after-ready",
     SUCCESS,
     {CAN("AUTH=PLAIN AUTH=LOGIN"),
      {MOCK_EXPECT, "1 AUTHENTICATE PLAIN"},
      {MOCK_SEND, "+\r\n"},
      {MOCK_EXPECT, "*"},
      IN},
     "1 AUTHENTICATE PLAIN\r\n" PLAIN_LINE "\r\n"},
    {"login-mechanism",
     SUCCESS,
     {CAN("AUTH=LOGIN SASL-IR"),
      {MOCK_EXPECT, "1 AUTHENTICATE LOGIN"},
      {MOCK_SEND, "+ VXNlcm5hbWU6\r\n"},
      {MOCK_EXPECT, "*"},
      {MOCK_SEND, "+ UGFzc3dvcmQ6\r\n"},
      {MOCK_EXPECT, "*"},
      IN},
     "1 AUTHENTICATE LOGIN\r\nczI2MTAwMDE=\r\nY29ycmVjdC1ob3JzZS0iN1w=\r\n"},
    {"login-command",
     SUCCESS,
     {CAN("AUTH=GSSAPI"), {MOCK_EXPECT, "1 LOGIN *"}, IN},
     "1 LOGIN \"s2610001\" \"correct-horse-\\\"7\\\\\"\r\n"},
    {"login-literal",
     SUCCESS,
     {CAN("ID"),
      {MOCK_EXPECT, "1 LOGIN {8}"},
      {MOCK_SEND, "+ go\r\n"},
      {MOCK_EXPECT, "s2610001 {9}"},
      {MOCK_SEND, "+ go\r\n"},
      {MOCK_EXPECT, "*"},
      IN},
     "1 LOGIN {8}\r\ns2610001 {9}\r\n\xe3\x81\x82\xe3\x81\x84\xe3\x81\x86\r\n",
     .password = "\xe3\x81\x82\xe3\x81\x84\xe3\x81\x86"},
    {"login-literal-refused",
     FBK_ERR_AUTH,
     {CAN("ID"), {MOCK_EXPECT, "1 LOGIN {8}"}, {MOCK_SEND, "1 NO no\r\n"}},
     .password = "\xe3\x81\x82"},
    {"login-disabled", FBK_ERR_REFUSED, {CAN("LOGINDISABLED AUTH=GSSAPI")}},
    {"wrong", FBK_ERR_AUTH, {IR, {MOCK_SEND, "1 NO [AUTHENTICATIONFAILED] wrong\r\n"}}},
    {"wrong-without-code", FBK_ERR_AUTH, {IR, {MOCK_SEND, "1 NO LOGIN failed.\r\n"}}},
    {"unavailable", FBK_ERR_OFFLINE, {IR, {MOCK_SEND, "1 NO [UNAVAILABLE] LDAP is down\r\n"}}},
    {"limit", FBK_ERR_OFFLINE, {IR, {MOCK_SEND, "1 NO [LIMIT] too many\r\n"}}},
    {"contact-admin", FBK_ERR_REFUSED, {IR, {MOCK_SEND, "1 NO [CONTACTADMIN] locked\r\n"}}},
    {"bad", FBK_ERR_REFUSED, {IR, {MOCK_SEND, "1 BAD what?\r\n"}}},
    {"bye", FBK_ERR_OFFLINE, {IR, {MOCK_SEND, "* BYE Autologout\r\n"}}},
    {"ready-again", FBK_ERR_PROTOCOL, {IR, {MOCK_SEND, "+ more\r\n"}}},
    {"wrong-tag", FBK_ERR_PROTOCOL, {IR, {MOCK_SEND, "7 OK in\r\n"}}},
    {"huge-challenge",
     FBK_ERR_PROTOCOL,
     {CAN("AUTH=PLAIN"),
      {MOCK_EXPECT, "1 AUTHENTICATE PLAIN"},
      {MOCK_SEND, "+ "},
      {MOCK_FLOOD, "AAAAAAAAAAAAAAAA"}}},
    {"alert-spam",
     FBK_ERR_PROTOCOL,
     {IR, {MOCK_FLOOD, "* OK [ALERT] \033]0;you\007 have to \033[2J read this\r\n"}}},
    {"referral",
     FBK_ERR_AUTH,
     {IR, {MOCK_SEND, "* OK [REFERRAL imap://127.0.0.1:1/] x\r\n1 NO [REFERRAL imap://127.0.0.1:1/] x\r\n"}}},
    {"closed", FBK_ERR_PROTOCOL, {IR, {MOCK_CLOSE}}},
};

static void test_sign_in(gconstpointer data)
{
  const Row *row = data;
  MockStep script[STEPS + 1] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, MOCK_IMAP_HOST)}};
  memcpy(script + 1, row->steps, sizeof row->steps);
  const char *password = row->password != NULL ? row->password : MOCK_IMAP_PASSWORD;
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  FbkImap *imap = mock_imap_connect(server, FBK_SECURITY_TLS, NULL, &err);
  g_assert_no_error(err);
  gboolean in = mock_imap_sign_in(imap, password, &err);
  g_assert_cmpint(in, ==, err == NULL);
  expect(err, row->expected);
  if (!in) { /* a refused session says nothing more, and above all not the password again */
    g_autoptr(GError) again = NULL;
    g_assert_false(mock_imap_sign_in(imap, password, &again));
    expect(again, row->expected);
    g_assert_null(strstr(err->message, password));
  }
  fbk_imap_free(imap);
  g_assert_true(mock_server_wait(server, 1));
  g_autofree char *heard = mock_server_heard(server);
  if (row->heard != NULL)
    g_assert_nonnull(strstr(heard, row->heard));
  g_assert_cmpuint(count_of(heard, "AUTHENTICATE") + count_of(heard, " LOGIN "), <=, 2);
  g_assert_cmpuint(count_of(heard, PLAIN_LINE), <=, 1);
  g_autofree char *clear = mock_server_heard_clear(server);
  g_assert_cmpstr(clear, ==, "");
}

/* In TLS, too, nobody is signed in by a greeting. */
static void test_preauth_in_tls(void)
{
  const MockStep script[] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, MOCK_IMAP_HOST)},
                             {MOCK_SEND, "* PREAUTH [CAPABILITY IMAP4rev1] welcome\r\n"},
                             {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_assert_null(mock_imap_connect(server, FBK_SECURITY_TLS, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
}

static void test_bad_certificate(void)
{
  const MockStep script[] = {
      {MOCK_TLS, .cert = test_cert(TEST_CERT_WRONG_HOST, MOCK_IMAP_HOST)}, IR, IN, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_assert_null(mock_imap_connect(server, FBK_SECURITY_TLS, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CERT);
}

static void add_all(const char *group, const Row *rows, guint count, GTestDataFunc test)
{
  for (guint i = 0; i < count; i++) {
    g_autofree char *path = g_strdup_printf("/imap_start/%s/%s", group, rows[i].name);
    g_test_add_data_func(path, &rows[i], test);
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  add_all("starttls", clear_rows, G_N_ELEMENTS(clear_rows), test_clear);
  g_test_add_func("/imap_start/starttls/forgets", test_forgets);
  add_all("sign-in", sign_in_rows, G_N_ELEMENTS(sign_in_rows), test_sign_in);
  g_test_add_func("/imap_start/preauth-in-tls", test_preauth_in_tls);
  g_test_add_func("/imap_start/bad-certificate", test_bad_certificate);
  return g_test_run();
}
