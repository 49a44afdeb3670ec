/* Searching: Japanese and English words, pages of hits, questions that are wrong. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "base/err.h"
#include "base/paths.h"
#include "store/search.h"
#include "tests/shared/post.h"

/* libnotmuch 0.37 loses 72 bytes for each regular expression or thread:{} that it cannot read. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
  return "leak:libxapian\n";
}

static const struct {
  const char *charset, *subject, *body;
} mails[] = {
    {"UTF-8", "締切のお知らせ", "課題の提出は金曜日までです。 See the syllabus."},
    {"ISO-2022-JP", "北陸先端科学技術大学院大学", "輪講の資料を送ります。"},
    {"UTF-8", "Deadline extended", "北陸新幹線で行きます。"},
    {"ISO-2022-JP", "ゼミ", "レポートの締切は明日です。"},
    {"UTF-8", "nothing", "nothing at all"},
};

static void fill(const Post *post)
{
  g_autoptr(GString) files = g_string_new("");
  for (guint i = 0; i < G_N_ELEMENTS(mails); i++) {
    g_autofree char *file = g_strdup_printf("a/INBOX/cur/%u", i);
    post_mail(post->root, file, i, mails[i].charset, mails[i].subject, mails[i].body);
    g_string_append_printf(files, "%s%s", i > 0 ? " " : "", file);
  }
  g_free(post_index(post->root, files->str, ""));
}

/* Words of one, two, three and more characters, in both encodings, in subjects and bodies. */
static void test_words(Post *post, gconstpointer data)
{
  (void)data;
  static const struct {
    const char *query, *expected;
  } queries[] = {
      {"締切", "3 0"},     {"北陸", "2 1"},        {"締", "3 0"},          {"陸", "2 1"},
      {"新幹線", "2"},     {"金曜日", "0"},        {"輪講", "1"},          {"レポート", "3"},
      {"大学院大学", "1"}, {"subject:締切", "0"},  {"subject:北陸", "1"},  {"body:締切", "3"},
      {"陸北", ""},        {"欠席", ""},           {"syllabus", "0"},      {"DEADLINE", "2"},
      {"extend", "2"},     {"北陸 and 輪講", "1"}, {"締切 not 課題", "3"}, {"from:taro and 資料", "1"},
      {"id:2@x", "2"},     {"date:2025..", ""},    {"*", "4 3 2 1 0"},     {"ゼミ or deadline", "3 2"}};
  fill(post);
  for (guint i = 0; i < G_N_ELEMENTS(queries); i++) {
    g_auto(GStrv) numbers = g_strsplit(queries[i].expected, " ", -1);
    g_autoptr(GString) expected = g_string_new("");
    for (guint k = 0; numbers[k] != NULL; k++)
      g_string_append_printf(expected, "%sa/INBOX/cur/%s", k > 0 ? " " : "", numbers[k]);
    post_assert_search(post->root, queries[i].query, expected->str);
  }
}

static void test_hit(Post *post, gconstpointer data)
{
  (void)data;
  fill(post);
  g_autoptr(FbkHits) hits = fbk_search(post->root, "大学院", 0, 10, NULL, NULL);
  g_assert_nonnull(hits);
  g_assert_cmpuint(hits->total, ==, 1);
  const FbkHit *hit = &g_array_index(hits->hits, FbkHit, 0);
  g_assert_cmpstr(hit->message_id, ==, "1@x");
  g_assert_cmpstr(hit->subject, ==, "北陸先端科学技術大学院大学");
  g_assert_cmpstr(hit->from, ==, "Taro <taro@x>");
  g_assert_cmpstr(hit->file, ==, "a/INBOX/cur/1");
  g_assert_cmpint(hit->date, ==, 1711962060); /* 1 April 2024, 9:01 UTC */
}

static void test_pages(Post *post, gconstpointer data)
{
  (void)data;
  static const struct {
    guint offset, limit, count;
    const char *first;
  } pages[] = {{0, 2, 2, "4@x"}, {2, 2, 2, "2@x"},         {4, 2, 1, "0@x"},     {5, 2, 0, ""},
               {0, 0, 0, ""},    {1, G_MAXUINT, 4, "3@x"}, {G_MAXUINT, 1, 0, ""}};
  fill(post);
  for (guint i = 0; i < G_N_ELEMENTS(pages); i++) {
    g_autoptr(FbkHits) hits = fbk_search(post->root, "*", pages[i].offset, pages[i].limit, NULL, NULL);
    g_assert_cmpuint(hits->total, ==, 5);
    g_assert_cmpuint(hits->hits->len, ==, pages[i].count);
    if (pages[i].count > 0)
      g_assert_cmpstr(g_array_index(hits->hits, FbkHit, 0).message_id, ==, pages[i].first);
  }
}

static void assert_refused(const Post *post, const char *query, GCancellable *cancellable, FbkErr code)
{
  g_autoptr(GError) err = NULL;
  g_autofree char *readable = g_utf8_make_valid(query, MIN((gssize)strlen(query), 60));
  g_test_message("%s", readable);
  g_assert_null(fbk_search(post->root, query, 0, 10, cancellable, &err));
  g_assert_error(err, FBK_ERROR, (int)code);
}

static void test_wrong_questions(Post *post, gconstpointer data)
{
  (void)data;
  fill(post);
  static const char *const wrong[] = {"and",        "tag:x and", "from:/(/", "thread:{zzz",
                                      "date:zzz..", "\xff\xfe",  "not"};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
    assert_refused(post, wrong[i], NULL, FBK_ERR_BAD_INPUT);
  g_autofree char *longest = g_strnfill(70000, 'a'), *brackets = g_strnfill(60000, '(');
  g_autofree char *regex = g_strconcat("from:/", brackets, "/", NULL);
  assert_refused(post, longest, NULL, FBK_ERR_BAD_INPUT);
  assert_refused(post, brackets, NULL, FBK_ERR_BAD_INPUT);
  assert_refused(post, regex, NULL, FBK_ERR_BAD_INPUT);
  /* Long and odd, but no harm: an answer, and no crash. */
  g_autoptr(GString) nots = g_string_new("x");
  while (nots->len < 60000)
    g_string_append(nots, " and not y or x");
  g_autofree char *found = post_search(post->root, nots->str);
  g_assert_nonnull(found);
  g_autoptr(GCancellable) cancelled = g_cancellable_new();
  g_cancellable_cancel(cancelled);
  assert_refused(post, "*", cancelled, FBK_ERR_CANCELLED);
}

/* No index, a damaged one, one of another program: a clear answer each time. */
static void test_no_index(Post *post, gconstpointer data)
{
  (void)data;
  assert_refused(post, "*", NULL, FBK_ERR_NOT_FOUND);
  fill(post);
  post_write(post->root, ".notmuch/xapian/iamglass", "");
  assert_refused(post, "*", NULL, FBK_ERR_DENIED);
}

int main(int argc, char **argv)
{
  fbk_paths_prepare_process();
  g_test_init(&argc, &argv, NULL);
  POST_CASE("/store/search/P7-words", test_words);
  POST_CASE("/store/search/hit", test_hit);
  POST_CASE("/store/search/pages", test_pages);
  POST_CASE("/store/search/wrong-questions", test_wrong_questions);
  POST_CASE("/store/search/no-index", test_no_index);
  return g_test_run();
}
