/* Mutated IMAP answers, with fixed seeds: behind the guard nothing that libetpan is given may hurt, and a
 * whole session ends in words. Worth running under the address and undefined behaviour sanitizers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "base/err.h"
#include "net/imap_guard.h"
#include "net/imap_parse.h"
#include "tests/shared/mock_imap.h"

#define ANSWERS 100000
#define SESSIONS 250

/* Whole answers, from which the mutations come; the first two kinds are what libetpan is given. */
static const char *const seeds[] = {
    "* LIST (\\HasNoChildren \\Sent) \"/\" \"&kAFP4W4IMH8-\"\r\n",
    "* LIST (\\Noselect \\Marked) NIL {7}\r\na\"b\\c(d\r\n",
    "* LIST () \".\" INBOX (CHILDINFO (\"SUBSCRIBED\"))\r\n",
    "* 12 FETCH (UID 5 FLAGS (\\Seen \\Recent $Forwarded [x]) RFC822.SIZE 1234)\r\n",
    "* 12 FETCH (FLAGS () UID 5 BODY[] {6}\r\nab\r\ncd MODSEQ (12))\r\n",
    "* 1 FETCH (INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" BODY[HEADER.FIELDS (SUBJECT \"X\")]<0> "
    "\"a\\\"b\" UID 9)\r\n",
    "* 1 FETCH (ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700\" \"s\" ((\"n\" NIL \"a\" \"b\")) NIL NIL ((NIL "
    "NIL \"c\" "
    "\"d\")) NIL NIL NIL \"<1@x>\") UID 1)\r\n",
    "* 1 FETCH (BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 1152 23 NIL "
    "(\"inline\" "
    "NIL) NIL)(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 9 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) "
    "(\"TEXT\" "
    "\"PLAIN\" NIL NIL NIL \"7BIT\" 2 1) 1) \"MIXED\" (\"a\" \"b\") NIL (\"en\" \"ja\") NIL) RFC822 "
    "{3}\r\nabc)\r\n",
    "* FLAGS (\\Answered \\Seen $x)\r\n",
    "* OK [PERMANENTFLAGS (\\Seen \\*)] Limited\r\n",
    "* OK [UIDVALIDITY 7] UIDs valid\r\n",
    "* NO [BADCHARSET (\"a\" b)] x\r\n",
    "* SEARCH 1 2 3\r\n",
    "* STATUS \"x\" (MESSAGES 1 UIDNEXT 2)\r\n",
    "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n",
    "* VANISHED (EARLIER) 1:5,7\r\n",
    "* QUOTA \"\" (STORAGE 10 512)\r\n",
    "* 3 EXPUNGE\r\n",
    "2 OK [APPENDUID 7 1:3] done\r\n",
};

/* libetpan loses some bytes when it gives up on an answer (which ends our session): known, and not ours.
 * Called by the leak sanitizer, where there is one. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
  return "leak:libetpan";
}

/* What a mutation may put in: pieces that mean something to a parser. */
static const char *const pieces[] = {
    "(",
    ")",
    "((((((((",
    "))))",
    "\"",
    "\\",
    "{3}\r\n",
    "{0}\r\n",
    "{4294967295}\r\n",
    "[",
    "]",
    "NIL",
    " ",
    "  ",
    "\r\n",
    "\r",
    "*",
    "%",
    "+",
    "BODY[]",
    "BODY[",
    "<0>",
    "UID",
    "FLAGS (",
    "4294967296",
    "0",
    "-1",
    "ENVELOPE (",
    "RFC822.HEADER {2}\r\nab",
    "MODSEQ (1)",
    "X-GM-LABELS (a \"b\")",
    "X-GM-MSGID 12345678901234567890",
    "\xff\xfe",
    "\x01",
};

static GString *mutate(GRand *random, const char *seed)
{
  GString *text = g_string_new(seed);
  guint changes = (guint)g_rand_int_range(random, 1, 5);
  for (guint i = 0; i < changes; i++) {
    gssize at = g_rand_int_range(random, 0, (gint32)text->len + 1);
    gssize wish = g_rand_int_range(random, 1, 12), span = MIN(wish, (gssize)text->len - at);
    const char *piece = pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))];
    switch (g_rand_int_range(random, 0, 5)) {
    case 0:
      g_string_insert(text, at, piece);
      break;
    case 1:
      g_string_erase(text, at, span);
      break;
    case 2:
      g_string_erase(text, at, span);
      g_string_insert(text, at, piece);
      break;
    case 3: { /* a stretch twice */
      g_autofree char *again = g_strndup(text->str + at, (gsize)span);
      g_string_insert(text, at, again);
      break;
    }
    default:
      if ((gsize)at < text->len)
        text->str[at] = (char)g_rand_int_range(random, 1, 256);
    }
  }
  return text;
}

/* One answer, alone: when the guard lets it through as one whole response, both readers get it. */
static void test_parser(void)
{
  GRand *random = g_rand_new_with_seed(20260401);
  g_autoptr(FbkImapParser) parser = fbk_imap_parser_new();
  guint passed = 0, fetched = 0, listed = 0;
  for (guint i = 0; i < ANSWERS; i++) {
    g_autoptr(GString) answer = mutate(random, seeds[i % G_N_ELEMENTS(seeds)]);
    g_autoptr(FbkImapGuard) guard = fbk_imap_guard_new();
    guint64 left;
    if (!fbk_imap_guard_check(guard, answer->str, answer->len, NULL) ||
        fbk_imap_guard_in_literal(guard, &left) || !g_str_has_suffix(answer->str, "\r\n"))
      continue;
    g_string_truncate(answer, answer->len - 2);
    g_auto(FbkImapFetched) message = {0};
    g_auto(FbkImapListed) folder = {0};
    passed++;
    fetched += (guint)fbk_imap_parse_fetch(parser, answer, &message);
    listed += (guint)fbk_imap_parse_list(parser, answer, &folder);
  }
  g_rand_free(random);
  /* A guard that refuses all, or a parser that reads nothing, would make this test empty. */
  g_test_message("%u passed the guard, %u and %u were read", passed, fetched, listed);
  g_assert_cmpuint(passed, >, ANSWERS / 5);
  g_assert_cmpuint(fetched, >, ANSWERS / 100);
  g_assert_cmpuint(listed, >, ANSWERS / 100);
}

static gboolean answer_anything(MockPeer *peer, gpointer data)
{
  GRand *random = data;
  for (guint tag = 1; tag < 20; tag++) {
    g_autofree char *line = mock_peer_read_line(peer);
    if (line == NULL)
      return FALSE;
    if (tag == 1) { /* most sessions should come past the sign-in */
      if (!mock_peer_printf(peer, "1 OK [CAPABILITY IMAP4rev1] in\r\n"))
        return FALSE;
      continue;
    }
    for (gint count = g_rand_int_range(random, 0, 6); count > 0; count--) {
      g_autoptr(GString) answer = NULL;
      const char *seed = seeds[g_rand_int_range(random, 0, G_N_ELEMENTS(seeds) - 1)];
      answer = g_rand_int_range(random, 0, 8) > 0 ? g_string_new(seed) : mutate(random, seed);
      if (!mock_peer_send(peer, answer->str, answer->len))
        return FALSE;
    }
    if (!mock_peer_printf(peer, "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n%u OK done\r\n", tag))
      return FALSE;
  }
  return FALSE;
}

/* Whole sessions, every answer in which may be mutated. Each ends, in success or in a sentence, within the
 * limits of the test's net. */
static void test_sessions(void)
{
  GRand *random = g_rand_new_with_seed(7);
  guint whole = 0;
  for (guint i = 0; i < SESSIONS; i++) {
    const MockStep script[] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, MOCK_IMAP_HOST)},
                               {MOCK_SEND, "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n"},
                               {MOCK_RUN, .run = answer_anything, .data = random},
                               {MOCK_CLOSE},
                               {MOCK_END}};
    g_autoptr(MockServer) server = mock_server_start(script);
    g_autoptr(GError) err = NULL;
    g_autoptr(FbkNet) net = mock_server_net(server, MOCK_IMAP_HOST, 993);
    g_autoptr(FbkServer) entry = fbk_server_new(FBK_PROTOCOL_IMAP, MOCK_IMAP_HOST, 993, FBK_SECURITY_TLS);
    /* A mutation may make the client wait for a literal's rest while the server waits for a command. */
    net->idle_seconds = 1;
    FbkImap *imap = fbk_imap_connect(net, entry, NULL, NULL, &err);
    g_assert_no_error(err);
    g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(FbkImapMessage));
    static const FbkImapMessage wanted[] = {{5, 0, 6}, {9, 0, 3}};
    FbkImapMailbox mailbox;
    MockKept kept = {0};
    const FbkImapSink sink = mock_kept_sink(&kept);
    gboolean moved, fine = mock_imap_sign_in(imap, MOCK_IMAP_PASSWORD, &err);
    g_autoptr(GPtrArray) folders = fine ? fbk_imap_list(imap, &err) : NULL;
    fine = folders != NULL && fbk_imap_examine(imap, "INBOX", &mailbox, &err) &&
           fbk_imap_survey(imap, 1, 3, messages, &moved, &err) &&
           fbk_imap_fetch(imap, wanted, 2, 1, &sink, &err);
    g_assert_cmpint(fine, ==, err == NULL);
    whole += (guint)fine;
    mock_kept_clear(&kept);
    fbk_imap_free(imap);
    g_assert_true(mock_server_wait(server, 1)); /* its thread uses random, too */
  }
  g_rand_free(random);
  g_test_message("%u of %u sessions went through", whole, (guint)SESSIONS);
  g_assert_cmpuint(whole, >, 0);
  g_assert_cmpuint(whole, <, SESSIONS);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/imap_fuzz/parser", test_parser);
  g_test_add_func("/imap_fuzz/sessions", test_sessions);
  return g_test_run();
}
