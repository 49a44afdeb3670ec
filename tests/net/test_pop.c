/* POP3: whole sessions, lists that lie, messages byte for byte, cuts. SPDX-License-Identifier:
 * GPL-3.0-or-later */
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
#define LIST "+OK 2\r\n1 120\r\n2 5 octets\r\n.\r\n"
#define UIDL "+OK\r\n1 aaa\r\n2 <b>@!\r\n.\r\n"

/* Two messages as they travel, and as they are. */
#define WIRE_ONE                                                                                             \
  "+OK 120 octets\r\nSubject: one\r\n\r\n..dot\r\n...\r\nnul:\0bare\nlf\n.\n\rcr\r\r\n..\r\n.\r\n"
#define TEXT_ONE "Subject: one\r\n\r\n.dot\r\n..\r\nnul:\0bare\nlf\n.\n\rcr\r\r\n.\r\n"
#define WIRE_TWO "+OK\r\n.\r\n" /* empty */

typedef struct {
  GString *texts[2];
  guint done, absent;
  guint fail_at; /* write refuses the message of this index */
} Catch;

static gboolean catch_write(gpointer data, guint index, const char *bytes, gsize len, GError **err)
{
  Catch *caught = data;
  g_assert_cmpuint(index, ==, caught->done + caught->absent);
  g_assert_cmpuint(len, >, 0);
  if (index == caught->fail_at) {
    fbk_error_set(err, FBK_ERR_NO_SPACE, "the disk is full");
    return FALSE;
  }
  g_string_append_len(caught->texts[index % 2], bytes, (gssize)len);
  return TRUE;
}

static gboolean catch_done(gpointer data, guint index, GError **err)
{
  Catch *caught = data;
  (void)err;
  g_assert_cmpuint(index, ==, caught->done + caught->absent);
  caught->done++;
  return TRUE;
}

static gboolean catch_absent(gpointer data, guint index, GError **err)
{
  Catch *caught = data;
  (void)err;
  g_assert_cmpuint(index, ==, caught->done + caught->absent);
  caught->absent++;
  return TRUE;
}

static Catch *catch_new(void)
{
  Catch *caught = g_new0(Catch, 1);
  caught->texts[0] = g_string_new(NULL);
  caught->texts[1] = g_string_new(NULL);
  caught->fail_at = G_MAXUINT;
  return caught;
}

static void catch_free(Catch *caught)
{
  g_string_free(caught->texts[0], TRUE);
  g_string_free(caught->texts[1], TRUE);
  g_free(caught);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Catch, catch_free)

/* The walk of a reader: connect, sign in, list, fetch all; as far as it goes. */
static gboolean walk(MockServer *mock, FbkSecurity security, guint seconds, Catch *caught, FbkSteps *steps,
                     GError **err)
{
  g_autoptr(FbkNet) net = mock_server_net(mock, HOST, 995);
  net->connect_seconds = net->idle_seconds = seconds;
  g_autoptr(FbkServer) server = fbk_server_new(FBK_PROTOCOL_POP, HOST, 995, security);
  g_autoptr(FbkPop) pop = fbk_pop_connect(net, server, steps, NULL, err);
  if (pop == NULL)
    return FALSE;
  g_autoptr(FbkSecret) password = fbk_secret_new();
  fbk_secret_append(password, PASSWORD, strlen(PASSWORD));
  if (!fbk_pop_sign_in(pop, USER, password, steps, err))
    return FALSE;
  g_autoptr(GPtrArray) list = fbk_pop_list(pop, err);
  if (list == NULL)
    return FALSE;
  FbkPopSink sink = {catch_write, catch_done, catch_absent, caught};
  if (fbk_pop_retrieve(pop, (FbkPopMessage *const *)list->pdata, list->len, &sink, err))
    return TRUE;
  GError *again = NULL; /* a failed retrieval has ended the session */
  g_assert_false(fbk_pop_retrieve(pop, (FbkPopMessage *const *)list->pdata, list->len, &sink, &again));
  g_assert_nonnull(again);
  g_error_free(again);
  return FALSE;
}

#define TLS_STEP                                                                                             \
  {                                                                                                          \
    MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST)                                                        \
  }
#define SIGN_IN_STEPS                                                                                        \
  {MOCK_SEND, GREETING}, {MOCK_EXPECT, "CAPA"}, {MOCK_SEND, CAPA}, {MOCK_EXPECT, "AUTH PLAIN"},              \
      {MOCK_SEND, "+ \r\n"}, {MOCK_EXPECT, PLAIN_LINE},                                                      \
  {                                                                                                          \
    MOCK_SEND, "+OK in\r\n"                                                                                  \
  }
#define LIST_STEPS                                                                                           \
  {MOCK_EXPECT, "LIST"}, {MOCK_SEND, LIST}, {MOCK_EXPECT, "UIDL"},                                           \
  {                                                                                                          \
    MOCK_SEND, UIDL                                                                                          \
  }
/* Both RETR must have come before the first is answered: that is what pipelining means. */
#define RETRIEVE_STEPS                                                                                       \
  {MOCK_EXPECT, "RETR 1"}, {MOCK_EXPECT, "RETR 2"}, {MOCK_SEND, WIRE_ONE, .len = sizeof WIRE_ONE - 1},       \
  {                                                                                                          \
    MOCK_SEND, WIRE_TWO                                                                                      \
  }

static void assert_no_complaint(MockServer *mock)
{
  g_autofree char *complaint = mock_server_complaint(mock);
  g_assert_cmpstr(complaint, ==, NULL);
}

static void assert_texts(const Catch *caught)
{
  if (caught->done > 0)
    g_assert_cmpmem(caught->texts[0]->str, caught->texts[0]->len, TEXT_ONE, sizeof TEXT_ONE - 1);
  g_assert_cmpuint(caught->texts[1]->len, ==, 0);
}

static void test_session(void)
{
  const MockStep script[] = {TLS_STEP,       SIGN_IN_STEPS,         LIST_STEPS,
                             RETRIEVE_STEPS, {MOCK_EXPECT, "QUIT"}, {MOCK_SEND, "+OK\r\n"},
                             {MOCK_END}};
  g_autoptr(MockServer) mock = mock_server_start(script);
  g_autoptr(Catch) caught = catch_new();
  g_autoptr(GError) err = NULL;
  gboolean fine = walk(mock, FBK_SECURITY_TLS, 5, caught, NULL, &err);
  g_assert_no_error(err);
  g_assert_true(fine);
  g_assert_cmpuint(caught->done, ==, 2);
  assert_texts(caught);
  g_assert_true(mock_server_wait(mock, 1));
  assert_no_complaint(mock);
  g_autofree char *heard = mock_server_heard(mock);
  g_assert_null(strstr(heard, "DELE"));
}

/* Cut at every byte that the server says: an error in words, and no message is "done" that has not come
 * whole. */
static void test_cuts(void)
{
  const MockStep script[] = {TLS_STEP, SIGN_IN_STEPS, LIST_STEPS, RETRIEVE_STEPS, {MOCK_END}};
  g_autoptr(MockServer) mock = mock_server_start(script);
  guint64 whole = strlen(GREETING CAPA "+ \r\n+OK in\r\n" LIST UIDL) + sizeof WIRE_ONE - 1 + strlen(WIRE_TWO);
  guint64 first = whole - strlen(WIRE_TWO);
  for (guint64 cut = 0; cut <= whole; cut++) {
    g_autoptr(Catch) caught = catch_new();
    g_autoptr(GError) err = NULL;
    mock_server_cut_after(mock, cut, cut % 2 == 0);
    gboolean fine = walk(mock, FBK_SECURITY_TLS, 2, caught, NULL, &err);
    g_assert_cmpint(fine, ==, cut == whole);
    if (cut < whole)
      g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
    g_assert_cmpuint(caught->done, ==, (cut >= first) + (cut == whole));
    assert_texts(caught);
  }
}

/* What CAPA said in clear is forgotten: inside TLS there is neither SASL nor PIPELINING. */
static void test_start_forgets(void)
{
  const MockStep script[] = {{MOCK_SEND, GREETING},
                             {MOCK_EXPECT, "CAPA"},
                             {MOCK_SEND, CAPA},
                             {MOCK_EXPECT, "STLS"},
                             {MOCK_SEND, "+OK\r\n"},
                             TLS_STEP,
                             {MOCK_EXPECT, "CAPA"},
                             {MOCK_SEND, "+OK\r\n.\r\n"},
                             {MOCK_EXPECT, "USER " USER},
                             {MOCK_SEND, "+OK\r\n"},
                             {MOCK_EXPECT, "PASS " PASSWORD},
                             {MOCK_SEND, "+OK\r\n"},
                             LIST_STEPS,
                             {MOCK_EXPECT, "RETR 1"},
                             {MOCK_SEND, WIRE_ONE, .len = sizeof WIRE_ONE - 1},
                             {MOCK_EXPECT, "RETR 2"},
                             {MOCK_SEND, WIRE_TWO},
                             {MOCK_EXPECT, "QUIT"},
                             {MOCK_SEND, "+OK\r\n"},
                             {MOCK_END}};
  g_autoptr(MockServer) mock = mock_server_start(script);
  g_autoptr(Catch) caught = catch_new();
  g_autoptr(GError) err = NULL;
  g_assert_true(walk(mock, FBK_SECURITY_STARTTLS, 5, caught, NULL, &err));
  assert_texts(caught);
  g_assert_true(mock_server_wait(mock, 1));
  assert_no_complaint(mock);
  g_autofree char *clear = mock_server_heard_clear(mock);
  g_assert_cmpstr(clear, ==, "CAPA\r\nSTLS\r\n");
}

typedef struct {
  const char *name, *list, *uidl;
  int code; /* -1: the list is taken */
  guint first_number;
  guint64 first_size;
} ListRow;

static const ListRow list_rows[] = {
    {"empty", "+OK\r\n.\r\n", "+OK\r\n.\r\n", -1, 0, 0},
    {"number-zero", "+OK\r\n0 100\r\n.\r\n", NULL, FBK_ERR_PROTOCOL, 0, 0},
    {"number-2-32-minus-1", "+OK\r\n4294967295 1\r\n.\r\n", "+OK\r\n4294967295 x\r\n.\r\n", -1, 4294967295u,
     1},
    {"number-2-32-plus-1", "+OK\r\n4294967297 1\r\n.\r\n", NULL, FBK_ERR_PROTOCOL, 0, 0},
    {"number-endless", "+OK\r\n99999999999999999999999999 1\r\n.\r\n", NULL, FBK_ERR_PROTOCOL, 0, 0},
    {"number-negative", "+OK\r\n-1 100\r\n.\r\n", NULL, FBK_ERR_PROTOCOL, 0, 0},
    {"number-twice", "+OK\r\n1 100\r\n1 100\r\n.\r\n", NULL, FBK_ERR_PROTOCOL, 0, 0},
    {"sparse", "+OK\r\n7 100\r\n4000000 2\r\n.\r\n", "+OK\r\n4000000 b\r\n7 a\r\n.\r\n", -1, 7, 100},
    {"size-huge", "+OK\r\n1 99999999999999999999999\r\n.\r\n", "+OK\r\n1 a\r\n.\r\n", -1, 1, G_MAXUINT64},
    {"size-missing", "+OK\r\n1\r\n.\r\n", NULL, FBK_ERR_PROTOCOL, 0, 0},
    {"size-no-number", "+OK\r\n1 many\r\n.\r\n", NULL, FBK_ERR_PROTOCOL, 0, 0},
    {"empty-line", "+OK\r\n\r\n.\r\n", NULL, FBK_ERR_PROTOCOL, 0, 0},
    {"list-refused", "-ERR\r\n", NULL, FBK_ERR_REFUSED, 0, 0},
    {"no-uidl", "+OK\r\n1 1\r\n.\r\n", "-ERR what?\r\n", FBK_ERR_REFUSED, 0, 0},
    {"uidl-dots", "+OK\r\n1 1\r\n.\r\n", "+OK\r\n1 ../../etc/passwd\r\n.\r\n", -1, 1, 1},
    {"uidl-of-70", "+OK\r\n1 1\r\n.\r\n",
     "+OK\r\n1 0123456789012345678901234567890123456789012345678901234567890123456789\r\n.\r\n", -1, 1, 1},
    {"uidl-of-71", "+OK\r\n1 1\r\n.\r\n",
     "+OK\r\n1 01234567890123456789012345678901234567890123456789012345678901234567890\r\n.\r\n",
     FBK_ERR_REFUSED, 0, 0},
    {"uidl-empty", "+OK\r\n1 1\r\n.\r\n", "+OK\r\n1 \r\n.\r\n", FBK_ERR_REFUSED, 0, 0},
    {"uidl-space", "+OK\r\n1 1\r\n.\r\n", "+OK\r\n1 a b\r\n.\r\n", FBK_ERR_REFUSED, 0, 0},
    {"uidl-8-bit", "+OK\r\n1 1\r\n.\r\n", "+OK\r\n1 \xe3\x81\x82\r\n.\r\n", FBK_ERR_REFUSED, 0, 0},
    {"uidl-control", "+OK\r\n1 1\r\n.\r\n", "+OK\r\n1 a\x1b[2J\r\n.\r\n", FBK_ERR_REFUSED, 0, 0},
    {"uidl-missing", "+OK\r\n1 1\r\n2 1\r\n.\r\n", "+OK\r\n1 a\r\n.\r\n", FBK_ERR_REFUSED, 0, 0},
    {"uidl-unknown-number", "+OK\r\n1 1\r\n.\r\n", "+OK\r\n1 a\r\n2 b\r\n.\r\n", FBK_ERR_PROTOCOL, 0, 0},
    {"uidl-twice", "+OK\r\n1 1\r\n.\r\n", "+OK\r\n1 a\r\n1 b\r\n.\r\n", FBK_ERR_PROTOCOL, 0, 0},
};

/* Signs in; the caller takes it from there. */
static FbkPop *signed_in(MockServer *mock, guint seconds)
{
  g_autoptr(FbkNet) net = mock_server_net(mock, HOST, 995);
  net->idle_seconds = seconds;
  g_autoptr(FbkServer) server = fbk_server_new(FBK_PROTOCOL_POP, HOST, 995, FBK_SECURITY_TLS);
  g_autoptr(GError) err = NULL;
  FbkPop *pop = fbk_pop_connect(net, server, NULL, NULL, &err);
  g_assert_no_error(err);
  g_autoptr(FbkSecret) password = fbk_secret_new();
  fbk_secret_append(password, PASSWORD, strlen(PASSWORD));
  g_assert_true(fbk_pop_sign_in(pop, USER, password, NULL, &err));
  return pop;
}

static void test_list(gconstpointer data)
{
  const ListRow *row = data;
  const MockStep script[] = {TLS_STEP,
                             SIGN_IN_STEPS,
                             {MOCK_EXPECT, "LIST"},
                             {MOCK_SEND, row->list},
                             {MOCK_EXPECT, "*"},
                             {MOCK_SEND, row->uidl != NULL ? row->uidl : "+OK\r\n"},
                             {MOCK_EXPECT, "*"},
                             {MOCK_SEND, "+OK\r\n"},
                             {MOCK_END}};
  g_autoptr(MockServer) mock = mock_server_start(script);
  g_autoptr(FbkPop) pop = signed_in(mock, 1);
  g_autoptr(GError) err = NULL;
  g_autoptr(GPtrArray) list = fbk_pop_list(pop, &err);
  if (row->code >= 0) {
    g_assert_error(err, FBK_ERROR, row->code);
    return;
  }
  g_assert_no_error(err);
  if (row->first_number > 0) {
    const FbkPopMessage *first = g_ptr_array_index(list, 0);
    g_assert_cmpuint(first->number, ==, row->first_number);
    g_assert_cmpuint(first->size, ==, row->first_size);
  }
}

static gboolean endless_list(MockPeer *peer, gpointer data)
{
  (void)data;
  g_autoptr(GString) block = g_string_new(NULL);
  for (guint number = 1;; number++) {
    g_string_append_printf(block, "%u 1\r\n", number);
    if (number % 1000 == 0) {
      if (!mock_peer_send(peer, block->str, block->len))
        return FALSE;
      g_string_truncate(block, 0);
    }
  }
}

static void test_endless_list(void)
{
  const MockStep script[] = {TLS_STEP,
                             SIGN_IN_STEPS,
                             {MOCK_EXPECT, "LIST"},
                             {MOCK_SEND, "+OK\r\n"},
                             {MOCK_RUN, .run = endless_list},
                             {MOCK_END}};
  g_autoptr(MockServer) mock = mock_server_start(script);
  g_autoptr(FbkPop) pop = signed_in(mock, 10);
  g_autoptr(GError) err = NULL;
  g_autoptr(GPtrArray) list = fbk_pop_list(pop, &err);
  g_assert_null(list);
  g_assert_error(err, FBK_ERROR, FBK_ERR_TOO_BIG);
}

/* 300 messages: never more than the window is asked for ahead, and yet never one by one. */
#define MANY 300
static gboolean serve_many(MockPeer *peer, gpointer data)
{
  guint asked = 0, *deepest = data;
  for (guint answered = 0; answered < MANY; answered++) {
    while (asked < MANY && (asked < 64 || asked - answered < 32)) {
      g_autofree char *line = mock_peer_read_line(peer);
      if (line == NULL)
        return FALSE;
      g_autofree char *wanted = g_strdup_printf("RETR %u", ++asked);
      if (strcmp(line, wanted) != 0)
        mock_peer_complain(peer, "%s instead of %s", line, wanted);
    }
    *deepest = MAX(*deepest, asked - answered);
    /* The size was said to be 10: a lie. */
    if (!mock_peer_printf(peer, "+OK\r\n%0*u\r\n.\r\n", 5000, answered))
      return FALSE;
  }
  return TRUE;
}

static void test_window(void)
{
  guint deepest = 0;
  g_autoptr(GString) list = g_string_new("+OK\r\n"), uidl = g_string_new("+OK\r\n");
  for (guint i = 1; i <= MANY; i++) {
    g_string_append_printf(list, "%u 10\r\n", i);
    g_string_append_printf(uidl, "%u u%u\r\n", i, i);
  }
  g_string_append(list, ".\r\n");
  g_string_append(uidl, ".\r\n");
  const MockStep script[] = {TLS_STEP,
                             SIGN_IN_STEPS,
                             {MOCK_EXPECT, "LIST"},
                             {MOCK_SEND, list->str},
                             {MOCK_EXPECT, "UIDL"},
                             {MOCK_SEND, uidl->str},
                             {MOCK_RUN, .run = serve_many, .data = &deepest},
                             {MOCK_EXPECT, "QUIT"},
                             {MOCK_SEND, "+OK\r\n"},
                             {MOCK_END}};
  g_autoptr(MockServer) mock = mock_server_start(script);
  g_autoptr(Catch) caught = catch_new();
  g_autoptr(GError) err = NULL;
  walk(mock, FBK_SECURITY_TLS, 5, caught, NULL, &err);
  g_assert_no_error(err);
  g_assert_cmpuint(caught->done, ==, MANY);
  g_assert_cmpuint(caught->texts[0]->len, ==, MANY / 2 * 5002);
  g_assert_true(mock_server_wait(mock, 1));
  assert_no_complaint(mock);
  g_assert_cmpuint(deepest, ==, 64);
}

typedef struct {
  const char *name, *wire;
  MockStepKind then;
  guint fail_at;
  int code;
} RetrieveRow;

static const RetrieveRow retrieve_rows[] = {
    {"refused-then-end", "-ERR gone\r\n", MOCK_NOTIFY, G_MAXUINT, FBK_ERR_PROTOCOL},
    {"no-final-dot-then-silence", "+OK\r\ntext\r\n", MOCK_STALL, G_MAXUINT, FBK_ERR_TIMEOUT},
    {"no-final-dot-then-end", "+OK\r\ntext\r\n", MOCK_NOTIFY, G_MAXUINT, FBK_ERR_PROTOCOL},
    {"dot-without-crlf", "+OK\r\ntext\r\n.\n", MOCK_NOTIFY, G_MAXUINT, FBK_ERR_PROTOCOL},
    {"odd-answer", "250 here it comes\r\n", MOCK_END, G_MAXUINT, FBK_ERR_PROTOCOL},
    {"sink-fails", "+OK\r\ntext\r\n.\r\n", MOCK_END, 0, FBK_ERR_NO_SPACE},
};

static void test_retrieve(gconstpointer data)
{
  const RetrieveRow *row = data;
  const MockStep script[] = {
      TLS_STEP,    SIGN_IN_STEPS, LIST_STEPS, {MOCK_EXPECT, "RETR 1"}, {MOCK_SEND, row->wire},
      {row->then}, {MOCK_END}};
  g_autoptr(MockServer) mock = mock_server_start(script);
  g_autoptr(Catch) caught = catch_new();
  caught->fail_at = row->fail_at;
  g_autoptr(GError) err = NULL;
  g_assert_false(walk(mock, FBK_SECURITY_TLS, 1, caught, NULL, &err));
  g_assert_error(err, FBK_ERROR, row->code);
  g_assert_cmpuint(caught->done, ==, 0);
}

/* Deleted by another program between LIST and RETR. */
static void test_one_is_gone(void)
{
  const MockStep script[] = {TLS_STEP,
                             SIGN_IN_STEPS,
                             LIST_STEPS,
                             {MOCK_EXPECT, "RETR 1"},
                             {MOCK_EXPECT, "RETR 2"},
                             {MOCK_SEND, "-ERR gone\r\n+OK\r\ntwo\r\n.\r\n"},
                             {MOCK_EXPECT, "QUIT"},
                             {MOCK_SEND, "+OK\r\n"},
                             {MOCK_END}};
  g_autoptr(MockServer) mock = mock_server_start(script);
  g_autoptr(Catch) caught = catch_new();
  g_autoptr(GError) err = NULL;
  g_assert_true(walk(mock, FBK_SECURITY_TLS, 5, caught, NULL, &err));
  g_assert_no_error(err);
  g_assert_cmpuint(caught->absent, ==, 1);
  g_assert_cmpuint(caught->done, ==, 1);
  g_assert_cmpstr(caught->texts[1]->str, ==, "two\r\n");
  assert_no_complaint(mock);
}

static void test_silence(void)
{
  static const MockStep script[] = {{MOCK_STALL}, {MOCK_END}};
  g_autoptr(MockServer) mock = mock_server_start(script);
  g_autoptr(Catch) caught = catch_new();
  g_autoptr(GError) err = NULL;
  FbkSteps steps = {0};
  g_assert_false(walk(mock, FBK_SECURITY_STARTTLS, 1, caught, &steps, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_TIMEOUT);
  g_assert_cmpint(steps.current, ==, FBK_STEP_GREETING);
}

static void test_garbage(void)
{
  static const char honest[] = GREETING CAPA "+ \r\n+OK in\r\n" LIST UIDL WIRE_ONE WIRE_TWO;
  GRand *random = g_rand_new_with_seed(20261124);
  for (guint round = 0; round < 300; round++) {
    char text[sizeof honest];
    memcpy(text, honest, sizeof honest);
    for (guint changes = round % 7; changes > 0; changes--)
      text[g_rand_int_range(random, 0, sizeof honest - 1)] = (char)g_rand_int_range(random, 0, 256);
    const MockStep script[] = {TLS_STEP, {MOCK_SEND, text, .len = sizeof honest - 1}, {MOCK_CLOSE}};
    g_autoptr(MockServer) mock = mock_server_start(script);
    g_autoptr(Catch) caught = catch_new();
    g_autoptr(GError) err = NULL;
    gboolean fine = walk(mock, FBK_SECURITY_TLS, 5, caught, NULL, &err);
    g_assert_true(fine || (err != NULL && err->domain == FBK_ERROR && err->code != FBK_ERR_BUG));
  }
  g_rand_free(random);
}

#define ADD_ROWS(prefix, table, function)                                                                    \
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {                                                          \
    g_autofree char *path = g_strconcat("/net/pop/" prefix "/", (table)[i].name, NULL);                      \
    g_test_add_data_func(path, &(table)[i], function);                                                       \
  }

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/net/pop/session", test_session);
  g_test_add_func("/net/pop/stls/forgets-clear-capa", test_start_forgets);
  ADD_ROWS("list", list_rows, test_list);
  g_test_add_func("/net/pop/endless-list", test_endless_list);
  g_test_add_func("/net/pop/window", test_window);
  ADD_ROWS("retrieve", retrieve_rows, test_retrieve);
  g_test_add_func("/net/pop/one-is-gone", test_one_is_gone);
  g_test_add_func("/net/pop/silence", test_silence);
  g_test_add_func("/net/pop/cut-everywhere", test_cuts);
  g_test_add_func("/net/pop/garbage", test_garbage);
  return g_test_run();
}
