/* The guard: what honest servers say passes however it is cut; what crashes parsers does not.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "base/err.h"
#include "net/imap_guard.h"

typedef struct {
  const char *name, *bytes;
} Talk;

static const Talk honest[] = {
    {"dovecot-greeting",
     "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN] "
     "Dovecot (Debian) ready.\r\n"},
    {"dovecot-login", "2 OK [CAPABILITY IMAP4rev1 SORT THREAD=REFS NAMESPACE SPECIAL-USE] Logged in\r\n"},
    {"dovecot-examine",
     "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded NonJunk)\r\n"
     "* OK [PERMANENTFLAGS ()] Read-only mailbox.\r\n* 534 EXISTS\r\n* 0 RECENT\r\n* OK [UNSEEN 1] First "
     "unseen.\r\n"
     "* OK [UIDVALIDITY 1795565179] UIDs valid\r\n* OK [UIDNEXT 535] Predicted next UID\r\n"
     "* OK [HIGHESTMODSEQ 18446744073] Highest\r\n4 OK [READ-ONLY] Examine completed (0.001 + 0.000 "
     "secs).\r\n"},
    {"dovecot-keywords", "* OK [PERMANENTFLAGS (\\Seen [x] a]b $x \\*)] Flags permitted.\r\n"},
    {"dovecot-fetch",
     "* 1 FETCH (UID 1 FLAGS (\\Seen) BODY[] {12}\r\nSubject: a\r\n)\r\n7 OK Fetch completed.\r\n"},
    {"dovecot-expunge", "* VANISHED (EARLIER) 41,43:116\r\n9 OK [EXPUNGEISSUED] Some are gone.\r\n"},
    {"cyrus-greeting",
     "* OK [CAPABILITY IMAP4rev1 LITERAL+ ID ENABLE STARTTLS LOGINDISABLED] mail.example.ac.jp "
     "Cyrus IMAP v2.4.17-Fedora-RPM server ready\r\n"},
    {"cyrus-list",
     "* LIST (\\HasNoChildren) \".\" \"INBOX.Sent Items\"\r\n* LIST (\\Noselect) NIL {5}\r\nabc\"d\r\n"},
    {"cyrus-urlmech",
     "* OK [URLMECH INTERNAL] Ok\r\n* OK [NOMODSEQ] Sorry\r\n* OK [ANNOTATIONS 65536] Ok\r\n"},
    {"gmail-greeting", "* OK Gimap ready for requests from 150.65.1.2 d9443c01a7336-1f4c2f8b23emb4321\r\n"},
    {"gmail-list",
     "* LIST (\\HasChildren \\Noselect) \"/\" \"[Gmail]\"\r\n"
     "* LIST (\\All \\HasNoChildren) \"/\" \"[Gmail]/&MFkweTBmMG4w4TD8MOs-\"\r\n3 OK Success\r\n"},
    {"gmail-fetch",
     "* 1 FETCH (UID 1 RFC822.SIZE 4294967295 FLAGS ($NotPhishing \\Seen))\r\n5 OK Success\r\n"},
    {"gmail-refusal",
     "2 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n"
     "3 NO [WEBALERT https://accounts.google.com/signin?x=%7B&y={z}] Web login required.\r\n"},
    {"exchange-greeting",
     "* OK The Microsoft Exchange IMAP4 service is ready. [VABZAFAAUgAwADEAQwBBADAAMAA=]\r\n"},
    {"exchange-login", "2 NO LOGIN failed.\r\n+ VXNlcm5hbWU6\r\n+\r\n+ \r\n"},
    {"exchange-fetch", "* 3 FETCH (FLAGS (\\Seen) UID 3 BODY[] {0}\r\n)\r\n"},
    {"zimbra-id", "* ID (\"NAME\" \"Zimbra\" \"VERSION\" \"8.8\" \"USER\" NIL)\r\n"},
    {"referral-is-text", "* OK [REFERRAL imap://u;AUTH=*@evil.example/] elsewhere\r\n"},
    {"bye", "* BYE [UNAVAILABLE] Going down {soon}\r\n"},
    {"bare-line-feed", "* OK ready\n* 2 EXISTS\n"},
    {"no-text", "4 OK\r\n5 NO \r\n* OK\r\n"},
    {"structure",
     "* 1 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 4 1) "
     "\"mixed\") ENVELOPE (NIL {3}\r\na(b NIL NIL ((\"a\\\"(\" NIL \"x\" \"y\"))) X \"{5}\")\r\n"},
};

static const Talk hostile[] = {
    {"not-imap", "HTTP/1.1 400 Bad Request\r\n"},
    {"empty-line", "\r\n"},
    {"space-first", " * OK\r\n"},
    {"no-space", "*OK ready\r\n"},
    {"two-spaces", "*  OK ready\r\n"},
    {"tag-of-letters", "a1 OK done\r\n"},
    {"long-tag", "12345678901 OK done\r\n"},
    {"tag-without-status", "12 FETCH done\r\n"},
    {"tag-alone", "12\r\n"},
    {"nul-in-text", "* OK re\\0ady\r\n"}, /* "\\0" is a NUL here: see expand */
    {"nul-in-data", "* LIST () \"/\" \"a\\0b\"\r\n"},
    {"lone-cr", "* OK a\rb\r\n"},
    {"permanentflags-nested", "* OK [PERMANENTFLAGS (\\(* \\Seen)] x\r\n"},
    {"permanentflags-open", "* OK [PERMANENTFLAGS (\\Seen] x\r\n"},
    {"code-open", "* OK [UIDNEXT 5\r\n"},
    {"code-empty", "* OK [] x\r\n"},
    {"code-name-odd", "* OK [(X)] x\r\n"},
    {"uidnext-word", "* OK [UIDNEXT five] x\r\n"},
    {"uidnext-empty", "* OK [UIDNEXT] x\r\n"},
    {"uidnext-wraps", "* OK [UIDNEXT 4294967297] x\r\n"},
    {"uidvalidity-wraps", "* OK [UIDVALIDITY 99999999999999999999999999999999999999999] x\r\n"},
    {"namespace", "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n"},
    {"literal-4g", "* 1 FETCH (BODY[] {4294967295}\r\n"},
    {"literal-wraps", "* 1 FETCH (BODY[] {4294967299}\r\nabc)\r\n"},
    {"literal-endless", "* 1 FETCH (BODY[] {99999999999999999999}\r\n"},
    {"literal-negative", "* 1 FETCH (BODY[] {-1}\r\n"},
    {"literal-plus", "* 1 FETCH (BODY[] {5+}\r\nabcde)\r\n"},
    {"literal-empty", "* 1 FETCH (BODY[] {}\r\n"},
    {"literal-in-line", "* 1 FETCH (BODY[] {5} abcde)\r\n"},
    {"literal-over-allowance", "* 1 FETCH (BODY[] {65537}\r\n"},
    {"literal-in-greeting", "* OK ready {5}\r\n"},
    {"literal-in-tagged", "4 OK done {5}\r\n"},
    {"literal-in-ready", "+ go on {5}\r\n"},
    {"uid-wraps", "* 1 FETCH (UID 4294967297)\r\n"},
    {"size-wraps", "* 1 FETCH (UID 1 RFC822.SIZE 4294967301)\r\n"},
    {"number-wraps", "* 4294967297 EXPUNGE\r\n"},
    {"quote-open", "* LIST () \"/\" \"abc{5}\r\n"},
    {"escape-open", "* LIST () \"/\" \"abc\\\r\n"},
    {"paren-open", "* LIST ( \"/\" abc\r\n"},
    {"paren-below", "* LIST )( \"/\" abc\r\n"},
};

/* "\0" written out becomes a NUL. */
static GString *expand(const char *bytes)
{
  GString *out = g_string_new(NULL);
  for (; *bytes != '\0'; bytes++) {
    if (bytes[0] == '\\' && bytes[1] == '0')
      g_string_append_c(out, '\0'), bytes++;
    else
      g_string_append_c(out, *bytes);
  }
  return out;
}

static gboolean passes(const char *bytes, gsize len, gsize cut, GError **err)
{
  g_autoptr(FbkImapGuard) guard = fbk_imap_guard_new();
  return fbk_imap_guard_check(guard, bytes, cut, err) &&
         fbk_imap_guard_check(guard, bytes + cut, len - cut, err);
}

static void test_honest(gconstpointer data)
{
  const Talk *talk = data;
  gsize len = strlen(talk->bytes);
  for (gsize cut = 0; cut <= len; cut++) {
    g_autoptr(GError) err = NULL;
    passes(talk->bytes, len, cut, &err);
    g_assert_no_error(err);
  }
}

static void test_hostile(gconstpointer data)
{
  const Talk *talk = data;
  g_autoptr(GString) bytes = expand(talk->bytes);
  for (gsize cut = 0; cut <= bytes->len; cut++) {
    g_autoptr(GError) err = NULL;
    g_assert_false(passes(bytes->str, bytes->len, cut, &err));
    g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
  }
}

static void test_depth(void)
{
  for (guint depth = 60; depth <= 70; depth++) {
    g_autoptr(GString) bytes = g_string_new("* 1 FETCH ");
    for (guint i = 0; i < depth; i++)
      g_string_append_c(bytes, '(');
    for (guint i = 0; i < depth; i++)
      g_string_append_c(bytes, ')');
    g_string_append(bytes, "\r\n");
    g_assert_cmpint(passes(bytes->str, bytes->len, 0, NULL), ==, depth <= 64);
  }
}

/* An endless line ends at 1 MiB, in text, data, a quoted string, a code and an unfinished tag alike. */
static void test_endless_line(void)
{
  static const char *const heads[] = {"* OK ", "* LIST () \"/\" ", "* LIST () \"/\" \"", "* OK [X-Y ", "+ "};
  g_autofree char *block = g_strnfill(64 * 1024, 'a');
  for (guint i = 0; i < G_N_ELEMENTS(heads); i++) {
    g_autoptr(FbkImapGuard) guard = fbk_imap_guard_new();
    g_assert_true(fbk_imap_guard_check(guard, heads[i], strlen(heads[i]), NULL));
    guint blocks = 0;
    while (blocks < 100 && fbk_imap_guard_check(guard, block, 64 * 1024, NULL))
      blocks++;
    g_assert_cmpuint(blocks, <=, 16);
    g_assert_cmpuint(blocks, >=, 15);
  }
}

static void test_literal(void)
{
  g_autoptr(FbkImapGuard) guard = fbk_imap_guard_new();
  guint64 left = 7;
  g_assert_false(fbk_imap_guard_in_literal(guard, &left));
  fbk_imap_guard_allow_literal(guard, 100000);
  static const char head[] = "* 1 FETCH (BODY[] {100000}\r\n";
  g_assert_true(fbk_imap_guard_check(guard, head, strlen(head), NULL));
  g_assert_true(fbk_imap_guard_in_literal(guard, &left));
  g_assert_cmpuint(left, ==, 100000);
  g_autofree char *nothing = g_malloc0(100000); /* NULs are fine inside */
  g_assert_true(fbk_imap_guard_check(guard, nothing, 99999, NULL));
  g_assert_true(fbk_imap_guard_in_literal(guard, &left));
  g_assert_cmpuint(left, ==, 1);
  g_assert_true(fbk_imap_guard_check(guard, "x", 1, NULL));
  g_assert_true(fbk_imap_guard_check(guard, ")\r\n", 3, NULL));
  g_assert_false(fbk_imap_guard_in_literal(guard, &left));
}

/* Once refused, nothing passes any more. */
static void test_sticky(void)
{
  g_autoptr(FbkImapGuard) guard = fbk_imap_guard_new();
  g_assert_false(fbk_imap_guard_check(guard, "x", 1, NULL));
  g_assert_false(fbk_imap_guard_check(guard, "* OK\r\n", 6, NULL));
}

static void add_all(const char *group, const Talk *talks, guint count, GTestDataFunc test)
{
  for (guint i = 0; i < count; i++) {
    g_autofree char *path = g_strdup_printf("/imap_guard/%s/%s", group, talks[i].name);
    g_test_add_data_func(path, &talks[i], test);
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  add_all("honest", honest, G_N_ELEMENTS(honest), test_honest);
  add_all("hostile", hostile, G_N_ELEMENTS(hostile), test_hostile);
  g_test_add_func("/imap_guard/depth", test_depth);
  g_test_add_func("/imap_guard/endless-line", test_endless_line);
  g_test_add_func("/imap_guard/literal", test_literal);
  g_test_add_func("/imap_guard/sticky", test_sticky);
  return g_test_run();
}
