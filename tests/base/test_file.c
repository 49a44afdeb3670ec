/* Files: bounded, durable, private. SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"

typedef struct {
  char *dir;
} Place;

static void set_up(Place *place, gconstpointer unused)
{
  (void)unused;
  g_autoptr(GError) err = NULL;
  place->dir = g_dir_make_tmp("fubako-file-XXXXXX", &err);
  g_assert_no_error(err);
}

static guint count_files(const char *dir)
{
  g_autoptr(GDir) open = g_dir_open(dir, 0, NULL);
  guint count = 0;
  while (g_dir_read_name(open) != NULL)
    count++;
  return count;
}

static void remove_tree(const char *path)
{
  g_autoptr(GDir) open = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
  const char *name;
  while (open != NULL && (name = g_dir_read_name(open)) != NULL) {
    g_autofree char *inner = g_build_filename(path, name, NULL);
    remove_tree(inner);
  }
  (void)g_remove(path);
}

static void tear_down(Place *place, gconstpointer unused)
{
  (void)unused;
  remove_tree(place->dir);
  g_free(place->dir);
}

static void test_write_then_read(Place *place, gconstpointer unused)
{
  (void)unused;
  g_autoptr(GError) err = NULL;
  g_autofree char *path = g_build_filename(place->dir, "a", NULL);
  g_assert_true(fbk_file_write(path, "old", 3, &err));
  g_assert_true(fbk_file_write(path, "n\0w", 3, &err));
  gsize len = 0;
  g_autofree char *bytes = fbk_file_read(path, 3, &len, &err);
  g_assert_no_error(err);
  g_assert_cmpmem(bytes, len, "n\0w", 3);
  g_assert_cmpint(bytes[3], ==, '\0');
  struct stat status;
  g_assert_cmpint(stat(path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  g_assert_cmpuint(count_files(place->dir), ==, 1);
}

static void test_read_stops_at_the_cap(Place *place, gconstpointer unused)
{
  (void)unused;
  g_autofree char *path = g_build_filename(place->dir, "big", NULL);
  const gsize sizes[] = {0, 1, 65535, 65536, 65537, 200000};
  for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
    g_autoptr(GError) err = NULL;
    g_autofree char *bytes = g_malloc0(sizes[i] + 1);
    for (gsize at = 0; at < sizes[i]; at++)
      bytes[at] = (char)(at * 7);
    g_assert_true(fbk_file_write(path, bytes, sizes[i], &err));
    gsize len = 0;
    g_autofree char *fits = fbk_file_read(path, sizes[i], &len, &err);
    g_assert_no_error(err);
    g_assert_cmpmem(fits, len, bytes, sizes[i]);
    g_autofree char *roomy = fbk_file_read(path, 10 * 1024 * 1024, &len, &err);
    g_assert_cmpmem(roomy, len, bytes, sizes[i]);
    if (sizes[i] == 0)
      continue;
    g_assert_null(fbk_file_read(path, sizes[i] - 1, NULL, &err));
    g_assert_error(err, FBK_ERROR, FBK_ERR_TOO_BIG);
  }
  /* A file whose size the system does not tell. */
  g_autoptr(GError) err = NULL;
  gsize len = 0;
  g_autofree char *endless = fbk_file_read("/proc/self/maps", 16 * 1024 * 1024, &len, &err);
  g_assert_no_error(err);
  g_assert_cmpuint(len, ==, strlen(endless));
  g_assert_cmpuint(len, >, 0);
}

static void test_read_refuses_what_is_no_file(Place *place, gconstpointer unused)
{
  (void)unused;
  g_autofree char *fifo = g_build_filename(place->dir, "fifo", NULL);
  g_autofree char *link = g_build_filename(place->dir, "link", NULL);
  g_autofree char *missing = g_build_filename(place->dir, "missing", NULL);
  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
  const struct {
    const char *path;
    FbkErr code;
  } rows[] = {{fifo, FBK_ERR_BAD_INPUT},
              {link, FBK_ERR_BAD_INPUT},
              {place->dir, FBK_ERR_BAD_INPUT},
              {"/dev/zero", FBK_ERR_BAD_INPUT},
              {missing, FBK_ERR_NOT_FOUND}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) err = NULL;
    g_assert_null(fbk_file_read(rows[i].path, 1000, NULL, &err));
    g_assert_error(err, FBK_ERROR, (int)rows[i].code);
    g_assert_nonnull(strstr(err->message, rows[i].path));
  }
}

static void test_failed_write_keeps_the_old(Place *place, gconstpointer unused)
{
  (void)unused;
  g_autoptr(GError) err = NULL;
  g_autofree char *path = g_build_filename(place->dir, "a", NULL);
  g_assert_true(fbk_file_write(path, "old", 3, &err));
  struct rlimit before, small;
  g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = 1000;
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  g_autofree char *large = g_malloc0(5000);
  gboolean written = fbk_file_write(path, large, 5000, &err);
  setrlimit(RLIMIT_FSIZE, &before);
  g_assert_false(written);
  g_assert_error(err, FBK_ERROR, FBK_ERR_TOO_BIG);
  g_assert_nonnull(strstr(err->message, path));
  g_autofree char *bytes = fbk_file_read(path, 100, NULL, NULL);
  g_assert_cmpstr(bytes, ==, "old");
  g_assert_cmpuint(count_files(place->dir), ==, 1);
}

static void test_full_disk(void)
{
  g_autoptr(GError) err = NULL;
  int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (fd < 0) {
    g_test_skip("no /dev/full");
    return;
  }
  g_assert_false(fbk_file_write_all(fd, "mail", 4, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_NO_SPACE);
  close(fd);
}

static void test_make_dir(Place *place, gconstpointer unused)
{
  (void)unused;
  g_autoptr(GError) err = NULL;
  g_autofree char *deep = g_build_filename(place->dir, "x//y/z/", NULL);
  g_autofree char *top = g_build_filename(place->dir, "x", NULL);
  g_assert_true(fbk_file_make_dir(deep, &err));
  struct stat status;
  g_assert_cmpint(stat(deep, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0700);
  g_assert_cmpint(chmod(top, 0750), ==, 0);
  g_assert_true(fbk_file_make_dir(deep, &err));
  g_assert_cmpint(stat(top, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0750);
  g_autofree char *file = g_build_filename(place->dir, "file", NULL);
  g_autofree char *below = g_build_filename(file, "below", NULL);
  g_assert_true(fbk_file_write(file, "", 0, &err));
  g_assert_false(fbk_file_make_dir(below, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
}

static void test_check_private(Place *place, gconstpointer unused)
{
  (void)unused;
  const struct {
    mode_t mode;
    gboolean plain, secret;
  } rows[] = {{0600, TRUE, TRUE},   {0400, TRUE, TRUE},   {0644, TRUE, FALSE}, {0640, TRUE, FALSE},
              {0660, FALSE, FALSE}, {0602, FALSE, FALSE}, {0610, TRUE, FALSE}};
  g_autofree char *path = g_build_filename(place->dir, "a b.ini", NULL);
  g_assert_true(fbk_file_write(path, "", 0, NULL));
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
    for (int secrets = 0; secrets < 2; secrets++) {
      g_autoptr(GError) err = NULL;
      g_assert_cmpint(chmod(path, rows[i].mode), ==, 0);
      gboolean expected = secrets ? rows[i].secret : rows[i].plain;
      g_assert_cmpint(fbk_file_check_private(path, secrets, &err), ==, expected);
      if (expected)
        continue;
      g_assert_error(err, FBK_ERROR, FBK_ERR_DENIED);
      /* What the message says must help when it is typed. */
      const char *command = strstr(err->message, "chmod ");
      g_assert_nonnull(command);
      g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
      g_assert_true(fbk_file_check_private(path, secrets, NULL));
    }
  g_autoptr(GError) err = NULL;
  g_remove(path);
  g_assert_false(fbk_file_check_private(path, FALSE, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_NOT_FOUND);
}

static void test_clean_name(void)
{
  const struct {
    const char *foreign, *clean;
  } rows[] = {
      {"report.pdf", "report.pdf"},
      {"../../.bashrc", "_.._.bashrc"},
      {"/etc/passwd", "_etc_passwd"},
      {"..", "part"},
      {"", "part"},
      {"   ", "part"},
      {NULL, "part"},
      {".hidden", "hidden"},
      {"-rf", "rf"},
      {"a\nb\x01.txt", "a b_.txt"},
      {"photo\xe2\x80\xae"
       "gpj.exe",
       "photo_gpj.exe"},
      {"c:\\temp\\x", "c:_temp_x"},
      {"\xe3\x81\x8b\xe3\x82\x99.txt", "\xe3\x81\x8c.txt"}, /* か + dakuten, as macOS sends it */
      {"bad\xff.txt", "bad_.txt"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *clean = fbk_file_clean_name(rows[i].foreign, "part");
    g_assert_cmpstr(clean, ==, rows[i].clean);
  }
}

static void test_clean_name_long(void)
{
  g_autoptr(GString) name = g_string_new(NULL);
  for (int i = 0; i < 300; i++)
    g_string_append(name, "\xe3\x81\x82");
  g_string_append(name, ".pdf");
  g_autofree char *clean = fbk_file_clean_name(name->str, "part");
  g_assert_cmpuint(strlen(clean), <=, 200);
  g_assert_cmpuint(strlen(clean), >, 190);
  g_assert_true(g_utf8_validate(clean, -1, NULL));
  g_assert_true(g_str_has_suffix(clean, "\xe3\x81\x82.pdf"));
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add("/base/file/write-then-read", Place, NULL, set_up, test_write_then_read, tear_down);
  g_test_add("/base/file/read-stops-at-the-cap", Place, NULL, set_up, test_read_stops_at_the_cap, tear_down);
  g_test_add("/base/file/read-refuses-what-is-no-file", Place, NULL, set_up,
             test_read_refuses_what_is_no_file, tear_down);
  g_test_add("/base/file/failed-write-keeps-the-old", Place, NULL, set_up, test_failed_write_keeps_the_old,
             tear_down);
  g_test_add_func("/base/file/full-disk", test_full_disk);
  g_test_add("/base/file/make-dir", Place, NULL, set_up, test_make_dir, tear_down);
  g_test_add("/base/file/check-private", Place, NULL, set_up, test_check_private, tear_down);
  g_test_add_func("/base/file/clean-name", test_clean_name);
  g_test_add_func("/base/file/clean-name-long", test_clean_name_long);
  return g_test_run();
}
