/* A Maildir in a directory of its own, for the tests of store. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/shared/box.h"

#include <glib/gstdio.h>
#include <string.h>

void box_set_up(Box *box, gconstpointer data)
{
  (void)data;
  g_autofree char *top = g_dir_make_tmp("fubako-XXXXXX", NULL);
  box->dir = g_build_filename(top, "受信箱", NULL);
  box->maildir = fbk_maildir_open(box->dir, NULL);
  g_assert_nonnull(box->maildir);
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

static int compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *listing(const Box *box, const char *below)
{
  g_autofree char *path = g_build_filename(box->dir, below, NULL);
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  const char *name;
  while ((name = g_dir_read_name(dir)) != NULL)
    g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, compare_names);
  g_ptr_array_add(names, NULL);
  return g_strjoinv(" ", (char **)names->pdata);
}

void box_assert_listing(const Box *box, const char *below, const char *expected)
{
  g_autofree char *got = listing(box, below);
  g_assert_cmpstr(got, ==, expected);
}

void box_assert_content(const Box *box, const char *name, const char *expected)
{
  g_autofree char *path = fbk_maildir_find(box->maildir, name, NULL), *text = NULL;
  g_assert_nonnull(path);
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_assert_cmpstr(text, ==, expected);
}

void box_put_file(const Box *box, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename(box->dir, name, NULL);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

void box_tear_down(Box *box, gconstpointer data)
{
  (void)data;
  g_autofree char *top = g_path_get_dirname(box->dir);
  fbk_maildir_free(box->maildir);
  remove_all(top);
  g_free(box->dir);
}
