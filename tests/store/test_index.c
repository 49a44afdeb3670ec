/* The index: what gets in, what stays out, flags as tags, a kill in the middle. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <notmuch.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/paths.h"
#include "store/index.h"
#include "tests/shared/post.h"

static int kill_after = -1; /* this many mails added, the process is killed */
static const char *program;
static char *own_config; /* the environment names it from the start */

notmuch_status_t notmuch_message_maildir_flags_to_tags(notmuch_message_t *message)
{
  notmuch_status_t (*real)(notmuch_message_t *) = dlsym(RTLD_NEXT, "notmuch_message_maildir_flags_to_tags");
  if (kill_after == 0)
    (void)raise(SIGKILL);
  if (kill_after > 0)
    kill_after--;
  return real(message);
}

static void assert_index(const char *root, const char *files, const char *gone, const char *expected)
{
  g_autofree char *got = post_index(root, files, gone);
  g_assert_cmpstr(got, ==, expected);
}

static void test_flags(Post *post, gconstpointer data)
{
  (void)data;
  post_mail(post->root, "a/INBOX/cur/1:2,", 1, "UTF-8", "one", "text");
  post_mail(post->root, "a/INBOX/cur/2:2,FRS", 2, "UTF-8", "two", "text");
  assert_index(post->root, "a/INBOX/cur/1:2, a/INBOX/cur/2:2,FRS", "", "II");
  post_assert_search(post->root, "tag:unread", "a/INBOX/cur/1:2,");
  post_assert_search(post->root, "tag:flagged and tag:replied", "a/INBOX/cur/2:2,FRS");
  post_assert_search(post->root, "tag:inbox", "");
  /* Read meanwhile: the file has a new name. Its message stays one message. */
  g_autofree char *old = g_build_filename(post->root, "a/INBOX/cur/1:2,", NULL);
  g_autofree char *new = g_build_filename(post->root, "a/INBOX/cur/1:2,S", NULL);
  g_assert_cmpint(g_rename(old, new), ==, 0);
  assert_index(post->root, "a/INBOX/cur/1:2,S", "a/INBOX/cur/1:2,", "I");
  post_assert_search(post->root, "tag:unread", "");
  post_assert_search(post->root, "subject:one", "a/INBOX/cur/1:2,S");
}

static void test_gone(Post *post, gconstpointer data)
{
  (void)data;
  post_mail(post->root, "a/INBOX/cur/1:2,", 1, "UTF-8", "one", "text");
  post_mail(post->root, "a/INBOX/cur/2:2,", 2, "UTF-8", "two", "text");
  assert_index(post->root, "a/INBOX/cur/1:2, a/INBOX/cur/2:2,", "", "II");
  assert_index(post->root, "", "a/INBOX/cur/1:2, a/never/cur/was", "");
  post_assert_search(post->root, "*", "a/INBOX/cur/2:2,");
  /* Said to be gone, but there: it stays. */
  assert_index(post->root, "a/INBOX/cur/2:2,", "a/INBOX/cur/2:2,", "I");
  post_assert_search(post->root, "*", "a/INBOX/cur/2:2,");
}

/* What would crash the libraries, and what is no mail, stays out; the rest of the batch gets in. */
static void test_refused(Post *post, gconstpointer data)
{
  (void)data;
  g_autoptr(GString) groups = g_string_new("From: a@x\nMessage-ID: <g@x>\nTo: ");
  for (guint i = 0; i < 50000; i++)
    g_string_append(groups, "g:");
  g_string_append(groups, "\n\nbody\n");
  post_write(post->root, "a/I/cur/groups", groups->str);
  post_write(post->root, "a/I/cur/empty", "");
  post_write(post->root, "a/I/cur/nonsense", "this is no mail\n");
  post_mail(post->root, "a/I/cur/good", 1, "UTF-8", "good", "text");
  g_autofree char *fifo = g_build_filename(post->root, "a/I/cur/fifo", NULL);
  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  assert_index(post->root,
               "a/I/cur/groups a/I/cur/empty a/I/cur/fifo a/I/cur/missing a/I/cur/nonsense a/I/cur/good", "",
               "NNNNNI");
  post_assert_search(post->root, "*", "a/I/cur/good");
}

static void test_cancelled(Post *post, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  char *files[] = {(char *)"a/I/cur/1"};
  FbkIndexed result;
  post_mail(post->root, "a/I/cur/1", 1, "UTF-8", "one", "text");
  g_cancellable_cancel(cancellable);
  g_assert_false(fbk_index_batch(post->root, files, 1, NULL, &result, cancellable, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CANCELLED);
}

static gpointer cancel_it(gpointer cancellable)
{
  g_cancellable_cancel(cancellable);
  return NULL;
}

/* Another notmuch holds the lock: nobody hangs, and a person who gives up is free at once. */
static void test_locked(Post *post, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  notmuch_database_t *other = NULL;
  char *files[] = {(char *)"a/I/cur/1"};
  FbkIndexed result;
  post_mail(post->root, "a/I/cur/1", 1, "UTF-8", "one", "text");
  assert_index(post->root, "a/I/cur/1", "", "I");
  g_assert_cmpint(
      notmuch_database_open_with_config(post->root, NOTMUCH_DATABASE_MODE_READ_WRITE, "", NULL, &other, NULL),
      ==, NOTMUCH_STATUS_SUCCESS);
  GThread *thread = g_thread_new("cancel", cancel_it, cancellable);
  g_assert_false(fbk_index_batch(post->root, files, 1, NULL, &result, cancellable, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CANCELLED);
  g_thread_join(thread);
  post_assert_search(post->root, "*", "a/I/cur/1");
  notmuch_database_destroy(other);
  assert_index(post->root, "a/I/cur/1", "", "I");
}

static void test_damaged(Post *post, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL;
  char *files[] = {(char *)"a/I/cur/1"};
  FbkIndexed result;
  post_mail(post->root, "a/I/cur/1", 1, "UTF-8", "one", "text");
  assert_index(post->root, "a/I/cur/1", "", "I");
  g_autofree char *first = fbk_index_identity(post->root, NULL, NULL),
                  *again = fbk_index_identity(post->root, NULL, NULL);
  g_assert_cmpstr(first, ==, again);
  post_write(post->root, ".notmuch/xapian/iamglass", "broken");
  g_assert_false(fbk_index_batch(post->root, files, 1, NULL, &result, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_DENIED);
  g_assert_true(fbk_index_set_aside(post->root, NULL));
  g_assert_true(fbk_index_set_aside(post->root, NULL));
  assert_index(post->root, "a/I/cur/1", "", "I");
  post_assert_search(post->root, "*", "a/I/cur/1");
  g_autofree char *other = fbk_index_identity(post->root, NULL, NULL);
  g_assert_cmpstr(other, !=, first);
}

/* The person's own notmuch configuration, whatever it says, changes nothing here. */
static void test_own_config(Post *post, gconstpointer data)
{
  (void)data;
  g_assert_true(g_file_set_contents(own_config,
                                    "[new]\ntags=mine;\n[database]\npath=/nonexistent\n[search]\n"
                                    "exclude_tags=unread\n",
                                    -1, NULL));
  post_mail(post->root, "a/I/cur/1:2,", 1, "UTF-8", "one", "text");
  assert_index(post->root, "a/I/cur/1:2,", "", "I");
  post_assert_search(post->root, "one", "a/I/cur/1:2,");
  post_assert_search(post->root, "tag:mine", "");
  g_assert_cmpint(g_remove(own_config), ==, 0);
}

#define MAILS 12

static char *all_files(void)
{
  GString *text = g_string_new("");
  for (guint i = 0; i < MAILS; i++)
    g_string_append_printf(text, "%sa/I/cur/%02u:2,", i > 0 ? " " : "", i);
  return g_string_free(text, FALSE);
}

/* Killed after some mails; the next run takes them all, each once. */
static void test_killed(Post *post, gconstpointer data)
{
  (void)data;
  g_autofree char *files = all_files(), *all = g_strnfill(MAILS, 'I');
  for (guint i = 0; i < MAILS; i++) {
    g_autofree char *file = g_strdup_printf("a/I/cur/%02u:2,", i);
    post_mail(post->root, file, i, "UTF-8", "subject", "text");
  }
  for (int after = 0; after < MAILS; after += 5) {
    g_autofree char *count = g_strdup_printf("%d", after);
    const char *const argv[] = {program, "--killed", post->root, count, NULL};
    int status = 0;
    g_assert_true(
        g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, NULL));
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  }
  assert_index(post->root, files, "", all);
  g_autofree char *found = post_search(post->root, "subject:subject");
  g_auto(GStrv) hits = g_strsplit(found, " ", -1);
  g_assert_cmpuint(g_strv_length(hits), ==, MAILS);
  for (guint i = 0; i < MAILS; i++) {
    g_autofree char *file = g_strdup_printf("a/I/cur/%02u:2,", MAILS - 1 - i);
    g_assert_cmpstr(hits[i], ==, file);
  }
}

static int be_killed(const char *root, const char *after)
{
  g_autofree char *files = all_files();
  kill_after = (int)g_ascii_strtoll(after, NULL, 10);
  g_free(post_index(root, files, ""));
  return 0;
}

int main(int argc, char **argv)
{
  fbk_paths_prepare_process();
  if (argc == 4 && strcmp(argv[1], "--killed") == 0)
    return be_killed(argv[2], argv[3]);
  program = argv[0];
  own_config = g_strdup_printf("%s/fubako-test-notmuch-%d", g_get_tmp_dir(), (int)getpid());
  g_setenv("NOTMUCH_CONFIG", own_config, TRUE);
  g_test_init(&argc, &argv, NULL);
  POST_CASE("/store/index/P7-flags", test_flags);
  POST_CASE("/store/index/gone", test_gone);
  POST_CASE("/store/index/refused", test_refused);
  POST_CASE("/store/index/cancelled", test_cancelled);
  POST_CASE("/store/index/locked", test_locked);
  POST_CASE("/store/index/damaged", test_damaged);
  POST_CASE("/store/index/own-config", test_own_config);
  POST_CASE("/store/index/killed", test_killed);
  int result = g_test_run();
  g_free(own_config);
  return result;
}
