/* A mail root with mails written by hand, for the tests of the index and of searching.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/shared/post.h"

#include <glib/gstdio.h>
#include <string.h>

#include "store/index.h"
#include "store/search.h"

void post_set_up(Post *post, gconstpointer data)
{
  (void)data;
  post->root = g_dir_make_tmp("fubako-XXXXXX", NULL);
}

static void remove_all(const char *path)
{
  GDir *dir = g_dir_open(path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *below = g_build_filename(path, name, NULL);
    if (g_file_test(below, G_FILE_TEST_IS_DIR) && !g_file_test(below, G_FILE_TEST_IS_SYMLINK))
      remove_all(below);
    else
      g_remove(below);
  }
  g_clear_pointer(&dir, g_dir_close);
  g_rmdir(path);
}

void post_tear_down(Post *post, gconstpointer data)
{
  (void)data;
  remove_all(post->root);
  g_free(post->root);
}

void post_write(const char *root, const char *file, const char *bytes)
{
  g_autofree char *path = g_build_filename(root, file, NULL);
  g_autofree char *dir = g_path_get_dirname(path);
  g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
  g_assert_true(g_file_set_contents(path, bytes, -1, NULL));
}

void post_mail(const char *root, const char *file, guint number, const char *charset, const char *subject,
               const char *body)
{
  g_autofree char *coded_subject = g_convert(subject, -1, charset, "UTF-8", NULL, NULL, NULL);
  g_autofree char *coded_body = g_convert(body, -1, charset, "UTF-8", NULL, NULL, NULL);
  g_assert_nonnull(coded_subject);
  g_assert_nonnull(coded_body);
  g_autofree char *word = g_base64_encode((const guchar *)coded_subject, strlen(coded_subject));
  g_autoptr(GDateTime) start = g_date_time_new_utc(2024, 4, 1, 9, 0, 0);
  g_autoptr(GDateTime) sent = g_date_time_add_minutes(start, (int)number);
  g_autofree char *date = g_date_time_format(sent, "%d Apr %Y %H:%M:%S +0000");
  g_autofree char *text = g_strdup_printf("From: Taro <taro@x>\nTo: hanako@x\nDate: %s\nMessage-ID: <%u@x>\n"
                                          "Subject: =?%s?B?%s?=\nMIME-Version: 1.0\n"
                                          "Content-Type: text/plain; charset=%s\n\n%s\n",
                                          date, number, charset, word, charset, coded_body);
  post_write(root, file, text);
}

char *post_index(const char *root, const char *files, const char *gone)
{
  g_autoptr(GError) err = NULL;
  g_auto(GStrv) names = g_strsplit(files, " ", -1), old = g_strsplit(gone, " ", -1);
  guint count = g_strv_length(names);
  g_autofree FbkIndexed *results = g_new0(FbkIndexed, count + 1);
  fbk_index_batch(root, names, count, old, results, NULL, &err);
  g_assert_no_error(err);
  GString *text = g_string_new("");
  for (guint i = 0; i < count; i++)
    g_string_append_c(text, results[i] == FBK_INDEXED ? 'I' : 'N');
  return g_string_free(text, FALSE);
}

char *post_search(const char *root, const char *query)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkHits) hits = fbk_search(root, query, 0, 1000, NULL, &err);
  g_assert_no_error(err);
  g_assert_cmpuint(hits->hits->len, ==, hits->total);
  GString *text = g_string_new("");
  for (guint i = 0; i < hits->hits->len; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? " " : "", g_array_index(hits->hits, FbkHit, i).file);
  return g_string_free(text, FALSE);
}

void post_assert_search(const char *root, const char *query, const char *expected)
{
  g_autofree char *got = post_search(root, query);
  if (g_strcmp0(got, expected) != 0)
    g_test_message("for the query %s", query);
  g_assert_cmpstr(got, ==, expected);
}
