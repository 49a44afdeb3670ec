/* Locks between processes. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/lock.h"

static char *directory, *path;

static void test_second_is_refused(void)
{
  g_autoptr(GError) err = NULL;
  FbkLock *first = fbk_lock_take(path, 0, NULL, &err);
  g_assert_no_error(err);
  g_assert_null(fbk_lock_take(path, 60, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CONFLICT);
  g_clear_error(&err);
  fbk_lock_free(first);
  g_autoptr(FbkLock) again = fbk_lock_take(path, 0, NULL, &err);
  g_assert_no_error(err);
  g_assert_nonnull(again);
}

static void test_dead_holder_lets_go(void)
{
  int ready[2];
  g_assert_cmpint(pipe(ready), ==, 0);
  pid_t child = fork();
  g_assert_cmpint(child, >=, 0);
  if (child == 0) {
    FbkLock *lock = fbk_lock_take(path, 0, NULL, NULL);
    (void)!write(ready[1], lock ? "y" : "n", 1);
    (void)pause();
    _exit(0);
  }
  char answer = 0;
  g_assert_cmpint(read(ready[0], &answer, 1), ==, 1);
  g_assert_cmpint(answer, ==, 'y');
  g_autoptr(GError) err = NULL;
  g_assert_null(fbk_lock_take(path, 0, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CONFLICT);
  g_clear_error(&err);
  g_assert_cmpint(kill(child, SIGKILL), ==, 0);
  g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
  g_autoptr(FbkLock) lock = fbk_lock_take(path, 10000, NULL, &err);
  g_assert_no_error(err);
  g_assert_nonnull(lock);
  close(ready[0]);
  close(ready[1]);
}

static gpointer cancel_it(gpointer cancellable)
{
  g_cancellable_cancel(cancellable);
  return NULL;
}

static void test_waiting_can_be_cancelled(void)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkLock) first = fbk_lock_take(path, 0, NULL, &err);
  g_assert_nonnull(first);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  GThread *thread = g_thread_new("cancel", cancel_it, cancellable);
  g_assert_null(fbk_lock_take(path, G_MAXUINT, cancellable, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CANCELLED);
  g_thread_join(thread);
}

static void test_strange_places(void)
{
  g_autofree char *nowhere = g_build_filename(directory, "no", "where", NULL);
  g_autofree char *link = g_build_filename(directory, "link", NULL);
  g_autoptr(GError) err = NULL;
  g_assert_null(fbk_lock_take(nowhere, 0, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_NOT_FOUND);
  g_clear_error(&err);
  g_assert_cmpint(symlink("/nowhere/else", link), ==, 0);
  g_assert_null(fbk_lock_take(link, 0, NULL, &err));
  g_assert_nonnull(err);
  g_assert_cmpint(g_unlink(link), ==, 0);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  directory = g_dir_make_tmp("fubako-lock-XXXXXX", NULL);
  path = g_build_filename(directory, "lock", NULL);
  g_test_add_func("/lock/second-is-refused", test_second_is_refused);
  g_test_add_func("/lock/dead-holder-lets-go", test_dead_holder_lets_go);
  g_test_add_func("/lock/waiting-can-be-cancelled", test_waiting_can_be_cancelled);
  g_test_add_func("/lock/strange-places", test_strange_places);
  int status = g_test_run();
  (void)g_unlink(path);
  (void)g_rmdir(directory);
  g_free(path);
  g_free(directory);
  return status;
}
