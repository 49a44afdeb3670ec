/* The quota of the inbox: what is read, what is refused. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/imap_quota.h"

#include <string.h>
#include "base/err.h"
#include "tests/shared/mock_imap.h"

typedef struct {
  const char *name, *line;
  gboolean is_read;
  guint64 used, limit, messages, most; /* G_MAXUINT64: not told */
} Case;

#define NOT G_MAXUINT64
static const Case cases[] = {
    {"storage", "* QUOTA \"User quota\" (STORAGE 10 512)", TRUE, 10240, 524288, NOT, NOT},
    {"any-case", "* quota \"\" (storage 1 2)", TRUE, 1024, 2048, NOT, NOT},
    {"both", "* QUOTA root (STORAGE 1 2 MESSAGE 7 1000)", TRUE, 1024, 2048, 7, 1000},
    {"literal-root", "* QUOTA {4}\r\na (b (STORAGE 1 2)", TRUE, 1024, 2048, NOT, NOT},
    {"quotes-in-root", "* QUOTA \"a\\\"b (\" (STORAGE 1 2)", TRUE, 1024, 2048, NOT, NOT},
    {"nothing-limited", "* QUOTA \"\" ()", TRUE, NOT, NOT, NOT, NOT},
    {"unknown-resource", "* QUOTA \"\" (ANNOTATION-STORAGE 5 6)", TRUE, NOT, NOT, NOT, NOT},
    {"over-32-bit", "* QUOTA \"\" (STORAGE 4294967296 8589934592)", TRUE, G_GUINT64_CONSTANT(1) << 42,
     G_GUINT64_CONSTANT(1) << 43, NOT, NOT},
    {"over-64-bit", "* QUOTA \"\" (MESSAGE 18446744073709551616 1)", FALSE, 0, 0, 0, 0},
    {"far-over-64-bit", "* QUOTA \"\" (MESSAGE 100000000000000000000 1)", FALSE, 0, 0, 0, 0},
    {"bytes-over-64-bit", "* QUOTA \"\" (STORAGE 18446744073709551615 1)", FALSE, 0, 0, 0, 0},
    {"negative", "* QUOTA \"\" (STORAGE -1 5)", FALSE, 0, 0, 0, 0},
    {"no-limit", "* QUOTA \"\" (STORAGE 5)", FALSE, 0, 0, 0, 0},
    {"no-list", "* QUOTA \"\"", FALSE, 0, 0, 0, 0},
    {"open-list", "* QUOTA \"\" (STORAGE 1 2", FALSE, 0, 0, 0, 0},
    {"open-root", "* QUOTA \"root", FALSE, 0, 0, 0, 0},
    {"backslash-at-end", "* QUOTA \"root\\", FALSE, 0, 0, 0, 0},
    {"long-literal", "* QUOTA {9999999999}\r\nab (STORAGE 1 2)", FALSE, 0, 0, 0, 0},
    {"words-behind", "* QUOTA \"\" (STORAGE 1 2) x", FALSE, 0, 0, 0, 0},
};

/* Exactly len bytes, so that the sanitizer sees one read too many. */
static gboolean parse(const char *line, FbkImapQuota *out)
{
  gsize len = strlen(line);
  g_autofree char *exact = g_memdup2(line, len);
  return fbk_imap_quota_parse(exact, len, out);
}

static void test_parse(gconstpointer data)
{
  const Case *one = data;
  FbkImapQuota quota = {0};
  g_assert_cmpint(parse(one->line, &quota), ==, one->is_read);
  if (!one->is_read) {
    g_assert_false(quota.has_storage || quota.has_messages);
    return;
  }
  g_assert_cmpint(quota.has_storage, ==, one->used != NOT);
  g_assert_cmpint(quota.has_messages, ==, one->messages != NOT);
  if (quota.has_storage) {
    g_assert_cmpuint(quota.storage_used, ==, one->used);
    g_assert_cmpuint(quota.storage_limit, ==, one->limit);
  }
  if (quota.has_messages) {
    g_assert_cmpuint(quota.messages_used, ==, one->messages);
    g_assert_cmpuint(quota.messages_limit, ==, one->most);
  }
}

/* A mailbox may stand under several limits: the one that is reached first is the one to know. */
static void test_fullest(void)
{
  FbkImapQuota quota = {0};
  g_assert_true(parse("* QUOTA a (STORAGE 1 100)", &quota));
  g_assert_true(parse("* QUOTA b (STORAGE 9 10)", &quota));
  g_assert_true(parse("* QUOTA c (STORAGE 50 1000)", &quota));
  g_assert_cmpuint(quota.storage_used, ==, 9 * 1024);
  g_assert_cmpuint(quota.storage_limit, ==, 10 * 1024);
}

/* A refusal leaves the session as it was; nonsense ends it. */
static void test_session(void)
{
  const MockStep script[] = {MOCK_IMAP_SIGNED_IN,
                             {MOCK_EXPECT, "2 GETQUOTAROOT \"INBOX\""},
                             {MOCK_SEND, "* QUOTAROOT INBOX \"User quota\"\r\n"
                                         "* QUOTA \"User quota\" (STORAGE 10 512)\r\n2 OK done\r\n"},
                             {MOCK_EXPECT, "3 GETQUOTAROOT \"INBOX\""},
                             {MOCK_SEND, "3 NO not here\r\n"},
                             {MOCK_EXPECT, "4 GETQUOTAROOT \"INBOX\""},
                             {MOCK_SEND, "* QUOTA x (STORAGE lots)\r\n4 OK done\r\n"},
                             {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkImap) imap = mock_imap_open(server, &err);
  FbkImapQuota quota;
  g_assert_no_error(err);
  g_assert_true(fbk_imap_quota(imap, &quota, &err));
  g_assert_no_error(err);
  g_assert_true(quota.has_storage);
  g_assert_cmpuint(quota.storage_limit, ==, 512 * 1024);
  g_assert_false(fbk_imap_quota(imap, &quota, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_REFUSED);
  g_assert_false(quota.has_storage);
  g_clear_error(&err);
  g_assert_false(fbk_imap_quota(imap, &quota, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
  g_clear_error(&err);
  g_assert_false(fbk_imap_noop(imap, &err));
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strdup_printf("/net/imap-quota/parse/%s", cases[i].name);
    g_test_add_data_func(path, &cases[i], test_parse);
  }
  g_test_add_func("/net/imap-quota/fullest", test_fullest);
  g_test_add_func("/net/imap-quota/session", test_session);
  return g_test_run();
}
