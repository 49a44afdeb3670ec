/* Delivery into a Maildir: crashes at every step, full disks. SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "mail/model.h"
#include "store/maildir.h"
#include "tests/shared/box.h"

/* --- the system calls that make a delivery, so that they can fail, or be the last thing that happens --- */

static int steps_left = -1; /* at 0 the process is gone, as by a power cut */
static int write_fails, rename_fails, sync_fails;
static int syncs, file_syncs;

static void step(void)
{
  if (steps_left == 0)
    _exit(9);
  if (steps_left > 0)
    steps_left--;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
  if (fd > 2)
    step();
  if (fd > 2 && write_fails != 0) {
    /* As on a disk that gets full: a part still goes in. */
    if (len > 1)
      return syscall(SYS_write, fd, bytes, 1);
    errno = write_fails;
    return -1;
  }
  return syscall(SYS_write, fd, bytes, len);
}

int fsync(int fd)
{
  step();
  file_syncs++;
  if (sync_fails != 0) {
    errno = sync_fails;
    return -1;
  }
  return (int)syscall(SYS_fsync, fd);
}

int syncfs(int fd)
{
  (void)fd;
  step();
  syncs++;
  if (sync_fails != 0) {
    errno = sync_fails;
    return -1;
  }
  return 0; /* the tests' own disk need not be synced for us */
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned int flags)
{
  step();
  if (rename_fails != 0) {
    errno = rename_fails;
    return -1;
  }
  return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

int rename(const char *from, const char *to)
{
  step();
  if (rename_fails != 0) {
    errno = rename_fails;
    return -1;
  }
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

static void set_up(Box *box, gconstpointer data)
{
  steps_left = -1;
  write_fails = rename_fails = sync_fails = syncs = file_syncs = 0;
  box_set_up(box, data);
}

static gboolean deliver(const Box *box, const char *unique, const char *text, guint flags, char **name_out,
                        GError **err)
{
  g_autoptr(FbkDelivery) delivery = fbk_delivery_begin(box->maildir, unique, err);
  return delivery != NULL && fbk_delivery_write(delivery, text, strlen(text), err) &&
         fbk_maildir_commit(box->maildir, &delivery, &flags, 1, name_out, err);
}

/* --- tests --- */

static void test_deliver(Box *box, gconstpointer data)
{
  (void)data;
  g_autofree char *name = NULL;
  guint flags = FBK_FLAG_SEEN | FBK_FLAG_FLAGGED;
  g_autoptr(FbkDelivery) delivery = fbk_delivery_begin(box->maildir, "7.1.fubako", NULL);
  g_assert_true(fbk_delivery_write(delivery, "ab", 2, NULL));
  g_assert_true(fbk_delivery_write(delivery, "c", 1, NULL));
  g_assert_true(g_file_test(fbk_delivery_tmp_path(delivery), G_FILE_TEST_IS_REGULAR));
  box_assert_listing(box, "cur", "");
  g_assert_true(fbk_maildir_commit(box->maildir, &delivery, &flags, 1, &name, NULL));
  g_assert_cmpstr(name, ==, "7.1.fubako:2,FS");
  g_assert_cmpuint(fbk_delivery_size(delivery), ==, 3);
  /* SHA-256 of "abc", from FIPS 180-2. */
  g_assert_cmpstr(fbk_delivery_digest(delivery), ==,
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  box_assert_listing(box, "cur", "7.1.fubako:2,FS");
  box_assert_listing(box, "tmp", "");
  box_assert_content(box, name, "abc");
  g_autofree char *path = fbk_maildir_find(box->maildir, name, NULL);
  struct stat status;
  g_assert_cmpint(stat(path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
}

static void test_abandoned(Box *box, gconstpointer data)
{
  (void)data;
  FbkDelivery *delivery = fbk_delivery_begin(box->maildir, "7.1.fubako", NULL);
  g_assert_true(fbk_delivery_write(delivery, "half", 4, NULL));
  fbk_delivery_free(delivery);
  box_assert_listing(box, "tmp", "");
  box_assert_listing(box, "cur", "");
  static const char *const wrong[] = {"", "a/b", "a:2,S", ".hidden", "../cur/x"};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(GError) err = NULL;
    g_assert_null(fbk_delivery_begin(box->maildir, wrong[i], &err));
    g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
  }
}

/* Delivered again after a crash: the same bytes find themselves, other bytes never replace a mail. */
static void test_again(Box *box, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL;
  g_autofree char *first = NULL, *again = NULL, *other = NULL;
  g_assert_true(deliver(box, "7.1.fubako", "mail", 0, &first, NULL));
  g_assert_true(deliver(box, "7.1.fubako", "mail", 0, &again, NULL));
  g_assert_cmpstr(again, ==, first);
  box_assert_listing(box, "tmp", "");
  g_assert_false(deliver(box, "7.1.fubako", "MAIL", 0, &other, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CONFLICT);
  g_assert_null(other);
  box_assert_content(box, first, "mail");
  box_assert_listing(box, "cur", "7.1.fubako:2,");
  box_assert_listing(box, "tmp", "");
}

/* Few files are synced one by one, many at once; where that fails, one by one again. */
static void test_batch(Box *box, gconstpointer data)
{
  (void)data;
  enum { COUNT = 40 };
  FbkDelivery *deliveries[COUNT];
  char *names[COUNT];
  guint flags[COUNT] = {0};
  for (guint round = 0; round < 2; round++) {
    guint count = round == 0 ? 8 : COUNT;
    for (guint i = 0; i < count; i++) {
      g_autofree char *unique = fbk_maildir_imap_name(round + 1, i + 1);
      deliveries[i] = fbk_delivery_begin(box->maildir, unique, NULL);
      g_assert_true(fbk_delivery_write(deliveries[i], unique, strlen(unique), NULL));
    }
    syncs = file_syncs = 0;
    g_assert_true(fbk_maildir_commit(box->maildir, deliveries, flags, count, names, NULL));
    g_assert_cmpint(syncs, ==, round == 0 ? 0 : 1);
    g_assert_cmpint(file_syncs, ==, round == 0 ? 9 : 1);
    for (guint i = 0; i < count; i++) {
      g_autofree char *unique = fbk_maildir_unique(names[i]);
      box_assert_content(box, names[i], unique);
      g_free(names[i]);
      fbk_delivery_free(deliveries[i]);
    }
  }
}

static void test_sync_fails(Box *box, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL;
  g_autofree char *name = NULL;
  sync_fails = EIO;
  g_assert_false(deliver(box, "7.1.fubako", "mail", 0, &name, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_DENIED);
  sync_fails = 0;
  box_assert_listing(box, "cur", "");
  box_assert_listing(box, "tmp", "");
}

static void test_disk_full(Box *box, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL, second = NULL;
  char *name = NULL;
  guint flags = 0;
  write_fails = ENOSPC;
  g_autoptr(FbkDelivery) delivery = fbk_delivery_begin(box->maildir, "7.1.fubako", NULL);
  g_assert_false(fbk_delivery_write(delivery, "mail", 4, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_NO_SPACE);
  /* Nor does a half mail get in when the failure was overlooked. */
  g_assert_false(fbk_maildir_commit(box->maildir, &delivery, &flags, 1, &name, &second));
  g_assert_error(second, FBK_ERROR, FBK_ERR_NO_SPACE);
  write_fails = 0;
  box_assert_listing(box, "cur", "");
  g_clear_pointer(&delivery, fbk_delivery_free);
  box_assert_listing(box, "tmp", "");
}

/* FAT: a clear sentence instead of "Invalid argument". */
static void test_no_colon(Box *box, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL;
  g_autofree char *name = NULL;
  rename_fails = EINVAL;
  g_assert_false(deliver(box, "7.1.fubako", "mail", 0, &name, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
  g_assert_nonnull(strstr(err->message, "\":\""));
  rename_fails = 0;
  box_assert_listing(box, "tmp", "");
}

static void test_sweep(Box *box, gconstpointer data)
{
  (void)data;
  box_put_file(box, "tmp/123-0000.fubako", "left by a crash");
  box_put_file(box, "tmp/another-program", "not ours");
  g_autoptr(FbkDelivery) alive = fbk_delivery_begin(box->maildir, "7.1.fubako", NULL);
  g_assert_true(fbk_delivery_write(alive, "mail", 4, NULL));
  g_assert_true(fbk_maildir_sweep(box->maildir, NULL));
  g_assert_true(g_file_test(fbk_delivery_tmp_path(alive), G_FILE_TEST_EXISTS));
  guint flags = 0;
  g_autofree char *name = NULL;
  g_assert_true(fbk_maildir_commit(box->maildir, &alive, &flags, 1, &name, NULL));
  box_assert_listing(box, "tmp", "another-program");
}

static void deliver_three(const Box *box)
{
  FbkDelivery *deliveries[3] = {NULL};
  char *names[3] = {NULL};
  guint flags[3] = {0, FBK_FLAG_SEEN, 0};
  for (guint i = 0; i < 3; i++) {
    g_autofree char *unique = fbk_maildir_imap_name(7, i + 1);
    g_autofree char *text = g_strdup_printf("mail %u", i + 1);
    deliveries[i] = fbk_delivery_begin(box->maildir, unique, NULL);
    g_assert_nonnull(deliveries[i]);
    g_assert_true(fbk_delivery_write(deliveries[i], text, strlen(text), NULL));
  }
  g_assert_true(fbk_maildir_commit(box->maildir, deliveries, flags, 3, names, NULL));
  for (guint i = 0; i < 3; i++) {
    fbk_delivery_free(deliveries[i]);
    g_free(names[i]);
  }
}

static gboolean whole_mail(gpointer data, const char *name, const char *path)
{
  (void)data;
  g_autofree char *text = NULL, *expected = NULL;
  guint32 uidvalidity, uid;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_assert_true(fbk_maildir_parse_imap_name(name, &uidvalidity, &uid));
  expected = g_strdup_printf("mail %u", uid);
  g_assert_cmpstr(text, ==, expected);
  return TRUE;
}

/* The process ends before each of its system calls in turn: cur/ never has a part of a mail, and delivering
 * again comes to the same end. */
static void test_crash_at_every_step(Box *box, gconstpointer data)
{
  (void)data;
  int crashes = 0;
  for (int at = 0;; at++) {
    pid_t child = fork();
    if (child == 0) {
      steps_left = at;
      deliver_three(box);
      _exit(0);
    }
    int status = 0;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    g_assert_true(fbk_maildir_scan(box->maildir, whole_mail, NULL, NULL));
    if (WEXITSTATUS(status) == 0)
      break;
    g_assert_cmpint(WEXITSTATUS(status), ==, 9);
    crashes++;
    g_assert_true(fbk_maildir_sweep(box->maildir, NULL));
    box_assert_listing(box, "tmp", "");
    deliver_three(box);
    box_assert_listing(box, "cur", "7.1.fubako:2, 7.2.fubako:2,S 7.3.fubako:2,");
    box_assert_listing(box, "tmp", "");
    for (guint32 uid = 1; uid <= 3; uid++) {
      g_autofree char *name = fbk_maildir_imap_name(7, uid);
      g_assert_true(fbk_maildir_remove(box->maildir, name, NULL));
    }
  }
  /* 3 writes, 3 fsyncs, 3 renames, 1 fsync of the directory. */
  g_assert_cmpint(crashes, ==, 10);
}

#define BOX_CASE(path, function)                                                                             \
  g_test_add("/store/delivery/" path, Box, NULL, set_up, function, box_tear_down)

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  BOX_CASE("deliver", test_deliver);
  BOX_CASE("abandoned", test_abandoned);
  BOX_CASE("again", test_again);
  BOX_CASE("batch", test_batch);
  BOX_CASE("sync-fails", test_sync_fails);
  BOX_CASE("disk-full", test_disk_full);
  BOX_CASE("no-colon", test_no_colon);
  BOX_CASE("sweep", test_sweep);
  BOX_CASE("crash-at-every-step", test_crash_at_every_step);
  return g_test_run();
}
