/* An IMAP session with a mailbox: folders, surveys, and a server that lies, floods, hangs or goes away.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "base/err.h"
#include "tests/shared/mock_imap.h"

#define SUCCESS (-1)

typedef enum { ASK_LIST, ASK_EXAMINE, ASK_SURVEY, ASK_NOOP } Ask;

typedef struct {
  const char *name;
  Ask ask;
  int expected;
  MockStep answer[4]; /* the command's own tag is 3 */
} Row;

static GArray *new_messages(void)
{
  return g_array_new(FALSE, FALSE, sizeof(FbkImapMessage));
}

static void expect(const GError *err, int expected)
{
  if (expected == SUCCESS)
    g_assert_no_error(err);
  else
    g_assert_error(err, FBK_ERROR, expected);
}

static gboolean ask(FbkImap *imap, Ask what, GError **err)
{
  g_autoptr(GArray) messages = new_messages();
  g_autoptr(GPtrArray) folders = NULL;
  FbkImapMailbox mailbox;
  gboolean moved;
  switch (what) {
  case ASK_LIST:
    folders = fbk_imap_list(imap, err);
    return folders != NULL;
  case ASK_EXAMINE:
    return fbk_imap_examine(imap, "Other", &mailbox, err);
  case ASK_SURVEY:
    return fbk_imap_survey(imap, 1, 3, messages, &moved, err);
  case ASK_NOOP:
    break;
  }
  return fbk_imap_noop(imap, err);
}

#define SAYS(text)                                                                                           \
  {                                                                                                          \
    {                                                                                                        \
      MOCK_SEND, text                                                                                        \
    }                                                                                                        \
  }
#define FLOODS(text)                                                                                         \
  {                                                                                                          \
    {                                                                                                        \
      MOCK_FLOOD, text                                                                                       \
    }                                                                                                        \
  }

static const Row rows[] = {
    /* What ended or hung libetpan, by kind. */
    {"badcharset", ASK_NOOP, SUCCESS,
     SAYS("* OK [BADCHARSET (\"a\")] x\r\n* NO [BADCHARSET (\"b\")] y\r\n3 OK [BADCHARSET (z)] z\r\n")},
    {"permanentflags", ASK_EXAMINE, FBK_ERR_PROTOCOL,
     SAYS("* OK [PERMANENTFLAGS (\\(* \\Seen)] x\r\n3 OK x\r\n")},
    {"namespace", ASK_NOOP, FBK_ERR_PROTOCOL, SAYS("* NAMESPACE (((\r\n3 OK x\r\n")},
    {"deep-list", ASK_LIST, FBK_ERR_PROTOCOL, {{MOCK_SEND, "* LIST ("}, {MOCK_FLOOD, "(((((((((((("}}},
    {"deep-structure",
     ASK_SURVEY,
     FBK_ERR_PROTOCOL,
     {{MOCK_SEND, "* 1 FETCH (BODYSTRUCTURE "}, {MOCK_FLOOD, "(((("}}},
    {"cut-in-literal",
     ASK_LIST,
     FBK_ERR_PROTOCOL,
     {{MOCK_SEND, "* LIST () \"/\" {500}\r\nabc"}, {MOCK_CLOSE}}},
    {"ended-in-literal",
     ASK_LIST,
     FBK_ERR_PROTOCOL,
     {{MOCK_SEND, "* LIST () \"/\" {500}\r\nabc"}, {MOCK_NOTIFY}}},
    {"literal-4g", ASK_LIST, FBK_ERR_PROTOCOL, SAYS("* LIST () \"/\" {4294967295}\r\n")},
    {"literal-wraps", ASK_LIST, FBK_ERR_PROTOCOL, SAYS("* LIST () \"/\" {4294967299}\r\nabc\r\n3 OK x\r\n")},
    {"literal-large", ASK_LIST, FBK_ERR_PROTOCOL, SAYS("* LIST () \"/\" {70000}\r\n")},
    {"literal-nul",
     ASK_LIST,
     FBK_ERR_PROTOCOL,
     {{MOCK_SEND, "* LIST () \"/\" {3}\r\na\0b\r\n3 OK x\r\n", .len = 33}}},
    {"many-literals",
     ASK_LIST,
     FBK_ERR_PROTOCOL,
     {{MOCK_SEND, "* LIST ("}, {MOCK_FLOOD, "{8}\r\n12345678 "}}},
    {"body-unasked", ASK_SURVEY, FBK_ERR_PROTOCOL, SAYS("* 1 FETCH (UID 1 BODY[] {70000}\r\n")},
    {"endless-line", ASK_LIST, FBK_ERR_PROTOCOL, FLOODS("* LIST aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")},
    {"endless-folders", ASK_LIST, FBK_ERR_PROTOCOL, FLOODS("* LIST () \"/\" same\r\n")},
    {"endless-exists", ASK_NOOP, FBK_ERR_PROTOCOL,
     FLOODS("* 1 EXISTS\r\n* 1 EXPUNGE\r\n* 4 FETCH (FLAGS ())\r\n")},
    {"endless-alerts", ASK_NOOP, FBK_ERR_PROTOCOL, FLOODS("* NO [ALERT] \033[31mpay now\033[0m\r\n")},
    {"endless-survey", ASK_SURVEY, FBK_ERR_PROTOCOL, FLOODS("* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 1)\r\n")},
    {"size-wraps", ASK_SURVEY, FBK_ERR_PROTOCOL,
     SAYS("* 1 FETCH (UID 1 RFC822.SIZE 4294967301)\r\n3 OK x\r\n")},
    {"uid-wraps", ASK_SURVEY, FBK_ERR_PROTOCOL,
     SAYS("* 1 FETCH (UID 4294967297 RFC822.SIZE 1)\r\n3 OK x\r\n")},
    /* Lines out of place. */
    {"tag-ahead", ASK_NOOP, FBK_ERR_PROTOCOL, SAYS("4 OK done\r\n")},
    {"tag-behind", ASK_NOOP, FBK_ERR_PROTOCOL, SAYS("2 OK done\r\n")},
    {"tag-bye", ASK_NOOP, FBK_ERR_PROTOCOL, SAYS("3 BYE done\r\n")},
    {"ready", ASK_NOOP, FBK_ERR_PROTOCOL, SAYS("+ go on\r\n3 OK x\r\n")},
    {"preauth", ASK_NOOP, FBK_ERR_PROTOCOL, SAYS("* PREAUTH you are root\r\n3 OK x\r\n")},
    {"garbage", ASK_NOOP, FBK_ERR_PROTOCOL, SAYS("\xff\xfe\x01\r\n")},
    {"bye", ASK_NOOP, FBK_ERR_OFFLINE, SAYS("* BYE [UNAVAILABLE] maintenance\r\n")},
    {"renumbered", ASK_NOOP, FBK_ERR_CONFLICT, SAYS("* OK [UIDVALIDITY 8] new\r\n3 OK x\r\n")},
    /* Refusals, and what has to be borne. */
    {"no", ASK_EXAMINE, FBK_ERR_REFUSED, SAYS("3 NO [NOPERM] not yours\r\n")},
    {"nonexistent", ASK_EXAMINE, FBK_ERR_NOT_FOUND, SAYS("3 NO [NONEXISTENT] gone\r\n")},
    {"bad", ASK_LIST, FBK_ERR_REFUSED, SAYS("3 BAD what\r\n")},
    {"no-uidvalidity", ASK_EXAMINE, FBK_ERR_REFUSED, SAYS("* 5 EXISTS\r\n3 OK x\r\n")},
    {"unknown-data", ASK_NOOP, SUCCESS,
     SAYS("* ESEARCH (TAG \"3\") UID MODSEQ 12345678901234\r\n* METADATA \"\" (/a {3}\r\na)b)\r\n* 5 UNKNOWN "
          "x\r\n"
          "* STATUS \"x\" (SIZE 99999999999 MAILBOXID (F1))\r\n* ENABLED X\r\n* 2 EXPUNGE\r\n* ID NIL\r\n"
          "* OK [X-NEW (\"data\" {no}) {3}] fine\r\n3 OK x\r\n")},
};

static void test_row(gconstpointer data)
{
  const Row *row = data;
  MockStep script[20] = {MOCK_IMAP_EXAMINED("3"), {MOCK_EXPECT, "3 *"}};
  guint used = 0;
  while (script[used].kind != MOCK_END)
    used++;
  memcpy(script + used, row->answer, sizeof row->answer);
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  FbkImap *imap = mock_imap_open_inbox(server, &err);
  g_assert_no_error(err);
  gboolean fine = ask(imap, row->ask, &err);
  g_assert_cmpint(fine, ==, err == NULL);
  expect(err, row->expected);
  /* The end of a session is the end: the same error, and not a byte more, whatever is asked. */
  if (row->expected != SUCCESS && row->expected != FBK_ERR_REFUSED && row->expected != FBK_ERR_NOT_FOUND)
    for (Ask what = ASK_LIST; what <= ASK_NOOP; what++) {
      g_autoptr(GError) again = NULL;
      g_assert_false(ask(imap, what, &again));
      expect(again, row->expected);
    }
  fbk_imap_free(imap);
  g_assert_true(mock_server_wait(server, 1));
  g_autofree char *heard = mock_server_heard(server);
  gboolean sound =
      row->expected == SUCCESS || row->expected == FBK_ERR_REFUSED || row->expected == FBK_ERR_NOT_FOUND;
  g_assert_cmpint(g_str_has_suffix(heard, "\r\n4 LOGOUT\r\n"), ==, sound);
}

/* --- folders --- */

static const FbkFolder *folder_at(GPtrArray *folders, const char *path)
{
  for (guint i = 0; i < folders->len; i++) {
    const FbkFolder *folder = g_ptr_array_index(folders, i);
    if (strcmp(folder->path, path) == 0)
      return folder;
  }
  return NULL;
}

static const char listing[] =
    "* LIST (\\HasNoChildren) \"/\" Sent\r\n"
    "* LIST (\\HasNoChildren \\Sent) \"/\" \"&kAFP4W4IMH8-\"\r\n" /* by flag: wins over the name before */
    "* LIST (\\HasNoChildren) \"/\" \"&Tgtm+DBN-\"\r\n"
    "* LIST (\\HasNoChildren) \"/\" \"INBOX/&MLQw33ux-\"\r\n"
    "* LIST (\\HasNoChildren) \"/\" \"&j,dg0TDhMPww6w-\"\r\n"
    "* LIST (\\HasNoChildren) \"/\" \"2019/Archive\"\r\n" /* the person's own */
    "* LIST (\\Noselect) \"/\" \"[Gmail]\"\r\n"
    "* LIST (\\NonExistent) \"/\" \"Trash\"\r\n"
    "* LIST () NIL Flat\r\n"
    "* LIST () \"/\" {8}\r\na\"b\\c)d(\r\n"
    "* LIST () \"/\" \"q\\\"\\\\\"\r\n"
    "* LIST () \"/\" \"broken&AAA\"\r\n"
    "* LIST () \"/\" \"raw\xe8\xaa\x9e\"\r\n"
    "* LIST () \"/\" \"../../etc/passwd\"\r\n"
    "* LIST () \"/\" \"esc\033[2J\"\r\n"
    "* LIST () \"/\" \"esc&ABs-[2J\"\r\n" /* U+001B in modified UTF-7 */
    "* LIST () \"/\" \"c1&AJs-\"\r\n"
    "* LIST () \"/\" {4}\r\na\r\nb\r\n"
    "* LIST () \"/\" \"\"\r\n"
    "* LIST () \"/\" Sent\r\n" /* again */
    "* LIST () \"/\" \"x\" (CHILDINFO (\"SUBSCRIBED\"))\r\n"
    "* LIST (\\HasNoChildren) \"/\" inbox\r\n"
    "3 OK done\r\n";

static void test_list(void)
{
  static const struct {
    const char *path, *name;
    FbkRole role;
    gboolean selectable;
    char delimiter;
  } want[] = {
      {"inbox", "inbox", FBK_ROLE_INBOX, TRUE, '/'},
      {"Sent", "Sent", FBK_ROLE_NONE, TRUE, '/'},
      {"&kAFP4W4IMH8-", "送信済み", FBK_ROLE_SENT, TRUE, '/'},
      {"&Tgtm+DBN-", "下書き", FBK_ROLE_DRAFTS, TRUE, '/'},
      {"INBOX/&MLQw33ux-", "INBOX/ゴミ箱", FBK_ROLE_TRASH, TRUE, '/'},
      {"&j,dg0TDhMPww6w-", "迷惑メール", FBK_ROLE_JUNK, TRUE, '/'},
      {"2019/Archive", "2019/Archive", FBK_ROLE_NONE, TRUE, '/'},
      {"[Gmail]", "[Gmail]", FBK_ROLE_NONE, FALSE, '/'},
      {"Trash", "Trash", FBK_ROLE_NONE, FALSE, '/'},
      {"Flat", "Flat", FBK_ROLE_NONE, TRUE, '\0'},
      {"a\"b\\c)d(", "a\"b\\c)d(", FBK_ROLE_NONE, TRUE, '/'},
      {"q\"\\", "q\"\\", FBK_ROLE_NONE, TRUE, '/'},
      {"broken&AAA", "broken&AAA", FBK_ROLE_NONE, TRUE, '/'},
      {"raw\xe8\xaa\x9e", "raw語", FBK_ROLE_NONE, TRUE, '/'},
      {"../../etc/passwd", "../../etc/passwd", FBK_ROLE_NONE, TRUE, '/'},
  };
  const MockStep script[] = {
      MOCK_IMAP_EXAMINED("0"), {MOCK_EXPECT, "3 LIST \"\" \"*\""}, {MOCK_SEND, listing}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_open_inbox(server, &err);
  g_autoptr(GPtrArray) folders = imap != NULL ? fbk_imap_list(imap, &err) : NULL;
  g_assert_no_error(err);
  for (guint i = 0; i < G_N_ELEMENTS(want); i++) {
    const FbkFolder *folder = folder_at(folders, want[i].path);
    g_assert_nonnull(folder);
    g_assert_cmpstr(folder->name, ==, want[i].name);
    g_assert_cmpint(folder->role, ==, want[i].role);
    g_assert_cmpint(folder->selectable, ==, want[i].selectable);
    g_assert_cmpint(folder->delimiter, ==, want[i].delimiter);
  }
  g_assert_true(folder_at(folders, "inbox") == g_ptr_array_index(folders, 0));
  for (guint i = 0; i < folders->len; i++) {
    const FbkFolder *folder = g_ptr_array_index(folders, i);
    g_assert_true(g_utf8_validate(folder->name, -1, NULL));
    g_assert_null(strpbrk(folder->path, "\r\n\033"));
    g_assert_null(strchr(folder->name, '\033'));
  }
  g_assert_cmpuint(folders->len, ==, G_N_ELEMENTS(want));
}

/* Special use is asked for where the server offers both extensions. */
static void test_list_extended(void)
{
  const MockStep script[] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, MOCK_IMAP_HOST)},
                             {MOCK_SEND, "* OK [CAPABILITY IMAP4rev1] ready\r\n"},
                             {MOCK_EXPECT, "1 LOGIN *"},
                             {MOCK_SEND, "1 OK [CAPABILITY IMAP4rev1 LIST-EXTENDED SPECIAL-USE] in\r\n"},
                             {MOCK_EXPECT, "2 LIST \"\" \"*\" RETURN (SPECIAL-USE)"},
                             {MOCK_SEND, "* LIST (\\Junk) \"/\" Rubbish\r\n2 OK done\r\n"},
                             {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_open(server, &err);
  g_autoptr(GPtrArray) folders = imap != NULL ? fbk_imap_list(imap, &err) : NULL;
  g_assert_no_error(err);
  g_assert_cmpint(folder_at(folders, "Rubbish")->role, ==, FBK_ROLE_JUNK);
}

static gboolean list_many(MockPeer *peer, gpointer data)
{
  (void)data;
  g_autoptr(GString) lines = g_string_new(NULL);
  for (guint i = 0; i < 20001; i++)
    g_string_append_printf(lines, "* LIST () \"/\" folder-%u\r\n", i);
  g_string_append(lines, "3 OK done\r\n");
  return mock_peer_send(peer, lines->str, lines->len);
}

static void test_too_many_folders(void)
{
  const MockStep script[] = {
      MOCK_IMAP_EXAMINED("0"), {MOCK_EXPECT, "3 LIST *"}, {MOCK_RUN, .run = list_many}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_open_inbox(server, &err);
  g_assert_no_error(err);
  g_assert_null(fbk_imap_list(imap, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_TOO_BIG);
}

/* Names go out as they came in, and never as commands. */
static void test_examine_names(void)
{
  static const char *const names[][2] = {
      {"a b", "2 EXAMINE \"a b\"\r\n"},
      {"q\"\\", "2 EXAMINE \"q\\\"\\\\\"\r\n"},
      {"&kAFP4W4IMH8-", "2 EXAMINE \"&kAFP4W4IMH8-\"\r\n"},
      {"raw\xe8\xaa\x9e", "2 EXAMINE {6}\r\nraw\xe8\xaa\x9e\r\n"},
      {"x\r\n9 DELETE y", NULL},
      {"x\ty", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    const MockStep script[] = {
        MOCK_IMAP_SIGNED_IN,
        {MOCK_EXPECT, "2 EXAMINE *"},
        {MOCK_SEND, i == 3 ? "+ go\r\n" : "* OK fine\r\n"},
        {i == 3 ? MOCK_EXPECT : MOCK_SEND, i == 3 ? "raw*" : "* OK fine\r\n"},
        {MOCK_SEND, "* 7 EXISTS\r\n* OK [UIDVALIDITY 5] x\r\n2 OK [READ-ONLY] done\r\n"},
        {MOCK_END}};
    g_autoptr(MockServer) server = mock_server_start(script);
    g_autoptr(GError) err = NULL;
    FbkImap *imap = mock_imap_open(server, &err);
    g_assert_no_error(err);
    FbkImapMailbox mailbox = {0};
    gboolean fine = fbk_imap_examine(imap, names[i][0], &mailbox, &err);
    fbk_imap_free(imap);
    g_assert_true(mock_server_wait(server, 1));
    g_autofree char *heard = mock_server_heard(server);
    g_assert_cmpint(fine, ==, names[i][1] != NULL);
    if (fine) {
      g_assert_nonnull(strstr(heard, names[i][1]));
      g_assert_cmpuint(mailbox.exists, ==, 7);
      g_assert_cmpuint(mailbox.uidvalidity, ==, 5);
      g_assert_cmpuint(mailbox.uidnext, ==, 0);
    } else {
      g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
      g_assert_null(strstr(heard, "EXAMINE"));
    }
  }
}

/* --- survey --- */

typedef struct {
  const char *name, *answer, *command;
  gboolean moved;
  guint32 uids[4]; /* 0 ends */
} SurveyRow;

#define FETCHED(sequence, uid) "* " sequence " FETCH (UID " uid " FLAGS (\\Seen) RFC822.SIZE 10)\r\n"

static const SurveyRow surveys[] = {
    {"plain", FETCHED("1", "4") FETCHED("2", "5") FETCHED("3", "9") "3 OK x\r\n", NULL, FALSE, {4, 5, 9}},
    {"descending",
     FETCHED("3", "9") FETCHED("2", "5") FETCHED("1", "4") "3 OK x\r\n",
     NULL,
     FALSE,
     {4, 5, 9}},
    {"twice", FETCHED("1", "4") FETCHED("1", "4") FETCHED("3", "9") "3 OK x\r\n", NULL, FALSE, {4, 9}},
    {"expunged", FETCHED("1", "4") "* 2 EXPUNGE\r\n" FETCHED("2", "9") "3 OK x\r\n", NULL, TRUE, {4, 9}},
    {"expunge-0", FETCHED("1", "4") "* 0 EXPUNGE\r\n* 900 EXPUNGE\r\n3 OK x\r\n", NULL, TRUE, {4}},
    {"exists-falls", "* 1 EXISTS\r\n" FETCHED("1", "4") "3 OK x\r\n", NULL, FALSE, {4}},
    {"foreign-flags",
     "* 2 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 5 FLAGS ())\r\n" FETCHED("1", "4") "3 OK x\r\n",
     NULL,
     FALSE,
     {4}},
    {"unknown-number",
     FETCHED("77", "77") FETCHED("0", "3") FETCHED("1", "4") "3 OK x\r\n",
     NULL,
     FALSE,
     {4}},
    {"uid-0", FETCHED("2", "0") FETCHED("1", "4") "3 OK x\r\n", NULL, FALSE, {4}},
    {"unreadable",
     "* 2 FETCH (UID 5 EMAILID (M1) RFC822.SIZE 1)\r\n" FETCHED("1", "4") "3 OK x\r\n",
     NULL,
     FALSE,
     {4}},
    {"nothing", "3 OK x\r\n", NULL, FALSE, {0}},
};

static void test_survey(gconstpointer data)
{
  const SurveyRow *row = data;
  const MockStep script[] = {MOCK_IMAP_EXAMINED("3"),
                             {MOCK_EXPECT, "3 FETCH 1:3 (UID FLAGS RFC822.SIZE)"},
                             {MOCK_SEND, row->answer},
                             {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_open_inbox(server, &err);
  g_assert_no_error(err);
  g_autoptr(GArray) messages = new_messages();
  gboolean moved = FALSE;
  g_assert_true(fbk_imap_survey(imap, 1, 3, messages, &moved, &err));
  g_assert_cmpint(moved, ==, row->moved);
  for (guint i = 0; i < messages->len; i++) {
    const FbkImapMessage *message = &g_array_index(messages, FbkImapMessage, i);
    g_assert_cmpuint(message->uid, ==, row->uids[i]);
    g_assert_cmpuint(message->flags, ==, FBK_FLAG_SEEN);
    g_assert_cmpuint(message->size, ==, 10);
  }
  g_assert_cmpuint(row->uids[messages->len], ==, 0);
}

/* When mail goes away under us, numbers past the new end are not asked for, and the caller hears of it. */
static void test_survey_after_expunge(void)
{
  const MockStep script[] = {MOCK_IMAP_EXAMINED("3"),
                             {MOCK_EXPECT, "3 NOOP"},
                             {MOCK_SEND, "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n3 OK x\r\n"},
                             {MOCK_EXPECT, "4 FETCH 1:1 *"},
                             {MOCK_SEND, FETCHED("1", "9") "4 OK x\r\n"},
                             {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_open_inbox(server, &err);
  g_autoptr(GArray) messages = new_messages();
  gboolean moved = FALSE;
  g_assert_true(imap != NULL && fbk_imap_noop(imap, &err));
  g_assert_true(fbk_imap_survey(imap, 1, 3, messages, &moved, &err));
  g_assert_true(moved);
  g_assert_cmpuint(messages->len, ==, 1);
  g_assert_true(
      fbk_imap_survey(imap, 2, 3, messages, &moved, &err)); /* nothing left there: nothing is asked */
  g_assert_true(moved);
  g_assert_cmpuint(messages->len, ==, 0);
}

static const struct {
  const char *words;
  guint flags;
} flag_rows[] = {
    {"", 0},
    {"\\Seen", FBK_FLAG_SEEN},
    {"\\Answered \\Flagged \\Deleted \\Draft",
     FBK_FLAG_ANSWERED | FBK_FLAG_FLAGGED | FBK_FLAG_DELETED | FBK_FLAG_DRAFT},
    {"\\Recent $forwarded NonJunk $Label1", FBK_FLAG_FORWARDED},
    {"\\seen \\X [odd] a]b", FBK_FLAG_SEEN},
};

static void test_flags(void)
{
  for (guint i = 0; i < G_N_ELEMENTS(flag_rows); i++) {
    g_autofree char *answer =
        g_strdup_printf("* 1 FETCH (FLAGS (%s) UID 4 RFC822.SIZE 10)\r\n3 OK x\r\n", flag_rows[i].words);
    const MockStep script[] = {
        MOCK_IMAP_EXAMINED("1"), {MOCK_EXPECT, "3 FETCH *"}, {MOCK_SEND, answer}, {MOCK_END}};
    g_autoptr(MockServer) server = mock_server_start(script);
    g_autoptr(GError) err = NULL;
    g_autoptr(FbkImap) imap = mock_imap_open_inbox(server, &err);
    g_autoptr(GArray) messages = new_messages();
    gboolean moved;
    g_assert_true(imap != NULL && fbk_imap_survey(imap, 1, 1, messages, &moved, &err));
    g_assert_cmpuint(messages->len, ==, 1);
    g_assert_cmpuint(g_array_index(messages, FbkImapMessage, 0).flags, ==, flag_rows[i].flags);
  }
}

/* --- cancel --- */

static gpointer cancel_soon(gpointer data)
{
  g_usleep(50 * 1000); /* so that the other side waits; too early would be no harm */
  g_cancellable_cancel(data);
  return NULL;
}

static void test_cancel(void)
{
  const MockStep script[] = {MOCK_IMAP_EXAMINED("3"), {MOCK_EXPECT, "3 NOOP"}, {MOCK_STALL}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_open_inbox(server, &err);
  g_assert_no_error(err);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  fbk_imap_set_cancellable(imap, cancellable);
  GThread *thread = g_thread_new("cancel", cancel_soon, cancellable);
  gint64 start = g_get_monotonic_time();
  g_assert_false(fbk_imap_noop(imap, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CANCELLED);
  g_assert_cmpint(g_get_monotonic_time() - start, <, 3 * G_TIME_SPAN_SECOND);
  g_thread_join(thread);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strdup_printf("/imap/answers/%s", rows[i].name);
    g_test_add_data_func(path, &rows[i], test_row);
  }
  g_test_add_func("/imap/list/roles-and-names", test_list);
  g_test_add_func("/imap/list/extended", test_list_extended);
  g_test_add_func("/imap/list/too-many", test_too_many_folders);
  g_test_add_func("/imap/examine/names", test_examine_names);
  for (guint i = 0; i < G_N_ELEMENTS(surveys); i++) {
    g_autofree char *path = g_strdup_printf("/imap/survey/%s", surveys[i].name);
    g_test_add_data_func(path, &surveys[i], test_survey);
  }
  g_test_add_func("/imap/survey/after-expunge", test_survey_after_expunge);
  g_test_add_func("/imap/survey/flags", test_flags);
  g_test_add_func("/imap/cancel", test_cancel);
  return g_test_run();
}
