/* Bodies through the IMAP pipeline: whole and byte for byte, or not at all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "base/err.h"
#include "tests/shared/mock_imap.h"

#define SUCCESS (-1)
#define COUNT 3

typedef struct {
  const char *name, *answer;
  int expected;
  const char *bodies[COUNT]; /* NULL: neither done nor, where it succeeds, anything but absent */
  gboolean close;            /* the server goes away after its answer */
} Row;

#define BODY(sequence, uid, len, text)                                                                       \
  "* " sequence " FETCH (UID " uid " FLAGS () BODY[] {" len "}\r\n" text ")\r\n"

/* Asked for: UIDs 4, 5, 9 with tags 3, 4, 5; each said to have 10 bytes. */
static const Row rows[] = {
    {"one-by-one",
     BODY("1", "4", "5", "a\r\nb\n") "3 OK x\r\n" BODY("2", "5", "1", "c") "4 OK x\r\n" BODY("3", "9", "0",
                                                                                             "") "5 OK x\r\n",
     SUCCESS,
     {"a\r\nb\n", "c", ""}},
    {"tagged-lines-late",
     BODY("1", "4", "1", "a") BODY("2", "5", "1", "b")
         BODY("3", "9", "1", "c") "3 OK x\r\n4 OK x\r\n5 OK x\r\n",
     SUCCESS,
     {"a", "b", "c"}},
    {"other-order",
     BODY("3", "9", "1", "c")
         BODY("1", "4", "1", "a") "3 OK x\r\n" BODY("2", "5", "1", "b") "4 OK x\r\n5 OK x\r\n",
     SUCCESS,
     {"a", "b", "c"}},
    {"absent-ok",
     BODY("1", "4", "1", "a") "3 OK x\r\n4 OK nothing\r\n" BODY("2", "9", "1", "c") "5 OK x\r\n",
     SUCCESS,
     {"a", NULL, "c"}},
    {"absent-no", "3 NO [EXPUNGEISSUED] gone\r\n4 NO gone\r\n5 NO gone\r\n", SUCCESS, {NULL}},
    {"absent-nil", "* 1 FETCH (UID 4 BODY[] NIL)\r\n3 OK x\r\n4 OK x\r\n5 OK x\r\n", SUCCESS, {NULL}},
    {"quoted",
     "* 1 FETCH (UID 4 BODY[] \"a\\\"b\")\r\n3 OK x\r\n* 2 FETCH (BODY[] \"\" UID 5)\r\n4 OK x\r\n5 OK x\r\n",
     SUCCESS,
     {"a\"b", "", NULL}},
    {"uid-behind", "* 1 FETCH (BODY[] {1}\r\na UID 4)\r\n3 OK x\r\n4 OK x\r\n5 OK x\r\n", SUCCESS, {"a"}},
    {"longer-than-said-before",
     BODY("1", "4", "20", "12345678901234567890") "3 OK x\r\n4 OK x\r\n5 OK x\r\n",
     SUCCESS,
     {"12345678901234567890"}},
    {"looks-like-answers",
     BODY("1", "4", "24", ")\r\n3 OK x\r\n* BYE\r\n{9}\r\n)") "3 OK x\r\n4 OK x\r\n5 OK x\r\n",
     SUCCESS,
     {")\r\n3 OK x\r\n* BYE\r\n{9}\r\n)"}},
    {"lower-case", "* 1 fetch (uid 4 body[] {1}\r\na)\r\n3 ok x\r\n4 ok x\r\n5 ok x\r\n", SUCCESS, {"a"}},
    {"meanwhile",
     "* 4 EXISTS\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* 1 EXPUNGE\r\n* 9 FETCH (UID 77 FLAGS ())\r\n* X "
     "{3}\r\n(((\r\n" BODY("1", "4", "1", "a") "3 OK x\r\n4 OK x\r\n5 OK x\r\n",
     SUCCESS,
     {"a"}},
    {"wrong-uid", BODY("1", "6", "1", "a") "3 OK x\r\n", FBK_ERR_PROTOCOL, {NULL}},
    {"wrong-uid-behind", "* 1 FETCH (BODY[] {1}\r\na UID 6)\r\n3 OK x\r\n", FBK_ERR_PROTOCOL, {NULL}},
    {"swapped-uid-behind", "* 1 FETCH (BODY[] {1}\r\na UID 5)\r\n3 OK x\r\n", FBK_ERR_PROTOCOL, {NULL}},
    {"no-uid", "* 1 FETCH (BODY[] {1}\r\na)\r\n3 OK x\r\n", FBK_ERR_PROTOCOL, {NULL}},
    {"no-uid-quoted", "* 1 FETCH (BODY[] \"a\")\r\n3 OK x\r\n", FBK_ERR_PROTOCOL, {NULL}},
    {"twice", BODY("1", "4", "1", "a") BODY("1", "4", "1", "b") "3 OK x\r\n", FBK_ERR_PROTOCOL, {"a"}},
    {"two-in-one",
     "* 1 FETCH (UID 4 BODY[] {1}\r\na BODY[] {1}\r\nb)\r\n3 OK x\r\n",
     FBK_ERR_PROTOCOL,
     {NULL}},
    {"two-uids", "* 1 FETCH (UID 4 BODY[] {1}\r\na UID 5)\r\n3 OK x\r\n", FBK_ERR_PROTOCOL, {NULL}},
    {"after-its-tag", "3 OK x\r\n" BODY("1", "4", "1", "a") "4 OK x\r\n", FBK_ERR_PROTOCOL, {NULL}},
    {"tags-out-of-order", BODY("1", "4", "1", "a") "4 OK x\r\n3 OK x\r\n", FBK_ERR_PROTOCOL, {"a"}},
    {"bad", "3 BAD what\r\n", FBK_ERR_REFUSED, {NULL}},
    {"bye", BODY("1", "4", "1", "a") "3 OK x\r\n* BYE going down\r\n", FBK_ERR_OFFLINE, {"a"}},
    {"cut-in-body",
     BODY("1", "4", "1", "a") "3 OK x\r\n* 2 FETCH (UID 5 BODY[] {10}\r\nabc",
     FBK_ERR_PROTOCOL,
     {"a"},
     TRUE},
    {"cut-behind-body", "* 1 FETCH (UID 4 BODY[] {3}\r\nabc", FBK_ERR_PROTOCOL, {NULL}, TRUE},
    {"over-1g", "* 1 FETCH (UID 4 BODY[] {1073741825}\r\n", FBK_ERR_TOO_BIG, {NULL}},
    {"over-4g", "* 1 FETCH (UID 4 BODY[] {4294967297}\r\na)\r\n3 OK x\r\n", FBK_ERR_TOO_BIG, {NULL}},
    {"endless-number", "* 1 FETCH (UID 4 BODY[] {99999999999999999999}\r\n", FBK_ERR_TOO_BIG, {NULL}},
    {"other-literal", "* 1 FETCH (UID 4 BODY[TEXT] {100000}\r\n", FBK_ERR_PROTOCOL, {NULL}},
    {"unreadable", "* 1 FETCH (UID 4 X-Y (BODY[] {1}\r\na)\r\n", FBK_ERR_PROTOCOL, {NULL}},
};

static void test_row(gconstpointer data)
{
  const Row *row = data;
  const MockStep script[] = {MOCK_IMAP_EXAMINED("3"),
                             {MOCK_EXPECT, "3 UID FETCH 4 (UID FLAGS BODY.PEEK[])"},
                             {MOCK_EXPECT, "4 UID FETCH 5 (UID FLAGS BODY.PEEK[])"},
                             {MOCK_EXPECT, "5 UID FETCH 9 (UID FLAGS BODY.PEEK[])"},
                             {MOCK_SEND, row->answer},
                             {row->close ? MOCK_CLOSE : MOCK_END},
                             {MOCK_END}};
  static const FbkImapMessage wanted[COUNT] = {{4, 0, 10}, {5, 0, 10}, {9, 0, 10}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_open_inbox(server, &err);
  g_assert_no_error(err);
  MockKept kept = {0};
  const FbkImapSink sink = mock_kept_sink(&kept);
  gboolean fine = fbk_imap_fetch(imap, wanted, COUNT, 8, &sink, &err);
  g_assert_cmpint(fine, ==, err == NULL);
  if (row->expected == SUCCESS)
    g_assert_no_error(err);
  else
    g_assert_error(err, FBK_ERROR, row->expected);
  for (guint i = 0; i < COUNT; i++) {
    g_assert_cmpint(kept.done[i], ==, row->bodies[i] != NULL);
    if (fine)
      g_assert_cmpint(kept.absent[i], ==, row->bodies[i] == NULL);
    if (row->bodies[i] != NULL)
      g_assert_cmpstr(kept.bodies[i]->str, ==, row->bodies[i]);
  }
  mock_kept_clear(&kept);
}

/* --- the pipeline's width --- */

typedef struct {
  guint count, size, window;
  guint writes; /* how many times the client had to write */
} Width;

static gboolean serve(MockPeer *peer, gpointer data)
{
  const Width *width = data;
  for (guint i = 0; i < width->count; i++) {
    g_autofree char *line = mock_peer_read_line(peer);
    g_autofree char *expected = g_strdup_printf("%u UID FETCH %u *", i + 3, i + 1);
    if (line == NULL || !g_pattern_match_simple(expected, line)) {
      mock_peer_complain(peer, "%s", line);
      return FALSE;
    }
    if (!mock_peer_printf(peer, "* %u FETCH (UID %u BODY[] {2}\r\n%02u)\r\n%u OK x\r\n", i + 1, i + 1, i,
                          i + 3))
      return FALSE;
  }
  return TRUE;
}

/* The server answers each command by itself, in step with the client: so the number of writes shows how far
 * the client ran ahead. */
static void test_width(void)
{
  static const Width widths[] = {
      {10, 100, 1, 10},              /* one at a time */
      {10, 100, 4, 4},               /* 4, then 2 whenever 2 are settled */
      {10, 100, 64, 1},              /* all at once */
      {10, 100, 0, 10},              /* 0 is read as 1 */
      {4, 5 * 1024 * 1024, 64, 4},   /* two of these are over 8 MiB */
      {4, 100 * 1024 * 1024, 64, 4}, /* each over 8 MiB: alone */
      {6, 3 * 1024 * 1024, 64, 5},   /* two fit; then one whenever one came */
  };
  for (guint i = 0; i < G_N_ELEMENTS(widths); i++) {
    const MockStep script[] = {
        MOCK_IMAP_EXAMINED("60"), {MOCK_RUN, .run = serve, .data = (gpointer)&widths[i]}, {MOCK_END}};
    g_autoptr(MockServer) server = mock_server_start(script);
    g_autoptr(GError) err = NULL;
    g_autoptr(FbkImap) imap = mock_imap_open_inbox(server, &err);
    g_assert_no_error(err);
    FbkImapMessage wanted[64];
    for (guint message = 0; message < widths[i].count; message++)
      wanted[message] = (FbkImapMessage){message + 1, FBK_FLAG_DRAFT, widths[i].size};
    MockKept kept = {0};
    const FbkImapSink sink = mock_kept_sink(&kept);
    guint before = fbk_imap_round_trips(imap);
    g_assert_true(fbk_imap_fetch(imap, wanted, widths[i].count, widths[i].window, &sink, &err));
    g_assert_cmpuint(fbk_imap_round_trips(imap) - before, ==, widths[i].writes);
    g_assert_cmpuint(kept.ended, ==, widths[i].count);
    g_assert_cmpuint(kept.flags[0], ==, FBK_FLAG_DRAFT); /* the server said none: the survey's */
    g_autofree char *complaint = mock_server_complaint(server);
    g_assert_cmpstr(complaint, ==, NULL);
    mock_kept_clear(&kept);
  }
}

/* A server that holds back all tagged lines until the end does not stop the flow. */
static gboolean serve_without_tags(MockPeer *peer, gpointer data)
{
  (void)data;
  for (guint i = 1; i <= 40; i++) {
    g_autofree char *line = mock_peer_read_line(peer);
    if (line == NULL || !mock_peer_printf(peer, "* %u FETCH (UID %u BODY[] {1}\r\nx)\r\n", i, i))
      return FALSE;
  }
  for (guint i = 1; i <= 40; i++)
    if (!mock_peer_printf(peer, "%u OK x\r\n", i + 2))
      return FALSE;
  return TRUE;
}

static void test_late_tags(void)
{
  const MockStep script[] = {MOCK_IMAP_EXAMINED("60"), {MOCK_RUN, .run = serve_without_tags}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_open_inbox(server, &err);
  FbkImapMessage wanted[40];
  for (guint i = 0; i < 40; i++)
    wanted[i] = (FbkImapMessage){i + 1, 0, 1};
  MockKept kept = {0};
  const FbkImapSink sink = mock_kept_sink(&kept);
  g_assert_true(imap != NULL && fbk_imap_fetch(imap, wanted, 40, 4, &sink, &err));
  for (guint i = 0; i < 40; i++)
    g_assert_true(kept.done[i] && kept.order[i] == i);
  mock_kept_clear(&kept);
}

/* A body of some megabytes with every byte value in it. */
static gboolean serve_large(MockPeer *peer, gpointer data)
{
  const GString *body = data;
  g_autofree char *line = mock_peer_read_line(peer);
  return line != NULL &&
         mock_peer_printf(peer, "* 1 FETCH (UID 4 BODY[] {%" G_GSIZE_FORMAT "}\r\n", body->len) &&
         mock_peer_send(peer, body->str, body->len) && mock_peer_printf(peer, ")\r\n3 OK x\r\n");
}

static void test_large(void)
{
  g_autoptr(GString) body = g_string_new(NULL);
  for (guint i = 0; i < 5 * 1024 * 1024; i++)
    g_string_append_c(body, (char)(i * 7 + i / 256));
  const MockStep script[] = {
      MOCK_IMAP_EXAMINED("1"), {MOCK_RUN, .run = serve_large, .data = body}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_open_inbox(server, &err);
  MockKept kept = {0};
  const FbkImapSink sink = mock_kept_sink(&kept);
  const FbkImapMessage wanted = {4, 0, body->len};
  g_assert_true(imap != NULL && fbk_imap_fetch(imap, &wanted, 1, 8, &sink, &err));
  g_assert_true(kept.done[0] && g_string_equal(kept.bodies[0], body));
  mock_kept_clear(&kept);
}

/* What the disk says comes back as it is, and the session is over. */
static void test_full_disk(void)
{
  const MockStep script[] = {MOCK_IMAP_EXAMINED("1"),
                             {MOCK_EXPECT, "3 UID FETCH *"},
                             {MOCK_SEND, BODY("1", "4", "3", "abc") "3 OK x\r\n"},
                             {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_open_inbox(server, &err);
  MockKept kept = {.full = TRUE};
  const FbkImapSink sink = mock_kept_sink(&kept);
  const FbkImapMessage wanted = {4, 0, 3};
  g_assert_false(imap == NULL || fbk_imap_fetch(imap, &wanted, 1, 8, &sink, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_NO_SPACE);
  g_assert_false(kept.done[0]);
  g_assert_false(fbk_imap_noop(imap, NULL));
}

/* A server that feeds a body for ever past what it announced for others: the budget ends it. */
static void test_flood(void)
{
  const MockStep script[] = {MOCK_IMAP_EXAMINED("1"),
                             {MOCK_EXPECT, "3 UID FETCH *"},
                             {MOCK_FLOOD, "* 9 FETCH (UID 9 FLAGS (\\Seen))\r\n"},
                             {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_open_inbox(server, &err);
  MockKept kept = {0};
  const FbkImapSink sink = mock_kept_sink(&kept);
  const FbkImapMessage wanted = {4, 0, 3};
  g_assert_false(imap == NULL || fbk_imap_fetch(imap, &wanted, 1, 8, &sink, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
}

/* --- cut at every byte (hostile.md 1) --- */

/* What a whole walk says; TRUE when all of it succeeded. */
static gboolean walk(const MockServer *server, MockKept *kept)
{
  static const FbkImapMessage wanted[] = {{4, 0, 12}, {5, 0, 3}};
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_open_inbox(server, &err);
  g_autoptr(GPtrArray) folders = imap != NULL ? fbk_imap_list(imap, &err) : NULL;
  g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(FbkImapMessage));
  const FbkImapSink sink = mock_kept_sink(kept);
  gboolean moved;
  gboolean fine = folders != NULL && fbk_imap_survey(imap, 1, 2, messages, &moved, &err) &&
                  fbk_imap_fetch(imap, wanted, 2, 8, &sink, &err);
  g_assert_cmpint(fine, ==, err == NULL);
  if (!fine)
    g_assert_true(err->code == FBK_ERR_PROTOCOL || err->code == FBK_ERR_OFFLINE);
  if (kept->done[0])
    g_assert_cmpstr(kept->bodies[0]->str, ==, "Subject: a\r\n");
  if (kept->done[1])
    g_assert_cmpstr(kept->bodies[1]->str, ==, "b\r\n");
  g_assert_false(kept->absent[0] || kept->absent[1]);
  return fine;
}

static void test_cut(gconstpointer data)
{
  const MockStep script[] = {
      MOCK_IMAP_EXAMINED("2"),
      {MOCK_EXPECT, "3 LIST *"},
      {MOCK_SEND, "* LIST () \"/\" {5}\r\nINBOX\r\n3 OK x\r\n"},
      {MOCK_EXPECT, "4 FETCH *"},
      {MOCK_SEND, "* 1 FETCH (UID 4 FLAGS () RFC822.SIZE 12)\r\n* 2 FETCH (UID 5 FLAGS () RFC822.SIZE 3)\r\n"
                  "4 OK x\r\n"},
      {MOCK_EXPECT, "5 UID FETCH 4 *"},
      {MOCK_EXPECT, "6 UID FETCH 5 *"},
      {MOCK_SEND, BODY("1", "4", "12", "Subject: a\r\n") BODY("2", "5", "3", "b\r\n") "5 OK x\r\n6 OK x\r\n"},
      {MOCK_END}};
  gboolean notify = GPOINTER_TO_INT(data);
  guint64 whole = G_MAXUINT64;
  for (guint64 cut = G_MAXUINT64; cut == G_MAXUINT64 || cut < whole; cut++) {
    g_autoptr(MockServer) server = mock_server_start(script);
    mock_server_cut_after(server, cut, notify);
    MockKept kept = {0};
    gboolean fine = walk(server, &kept);
    g_assert_cmpint(fine, ==, cut == G_MAXUINT64);
    if (fine) { /* the first round is whole, and says how long whole is; ++ then begins at 0 */
      g_assert_true(mock_server_wait(server, 1));
      whole = mock_server_sent(server);
      g_assert_cmpuint(whole, >, 400);
    }
    mock_kept_clear(&kept);
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strdup_printf("/imap_fetch/answers/%s", rows[i].name);
    g_test_add_data_func(path, &rows[i], test_row);
  }
  g_test_add_func("/imap_fetch/width", test_width);
  g_test_add_func("/imap_fetch/late-tags", test_late_tags);
  g_test_add_func("/imap_fetch/large", test_large);
  g_test_add_func("/imap_fetch/full-disk", test_full_disk);
  g_test_add_func("/imap_fetch/flood", test_flood);
  g_test_add_data_func("/imap_fetch/cut-at-every-byte", GINT_TO_POINTER(FALSE), test_cut);
  g_test_add_data_func("/imap_fetch/ended-at-every-byte", GINT_TO_POINTER(TRUE), test_cut);
  return g_test_run();
}
