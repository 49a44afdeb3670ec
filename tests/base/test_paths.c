/* Where things live. SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/paths.h"

static void test_home_holds_everything(void)
{
  g_autoptr(FbkPaths) paths = fbk_paths_new("/somewhere/demo/");
  g_assert_cmpstr(paths->config, ==, "/somewhere/demo/config");
  g_assert_cmpstr(paths->data, ==, "/somewhere/demo/data");
  g_assert_cmpstr(paths->state, ==, "/somewhere/demo/state");
  g_assert_false(g_file_test("/somewhere/demo", G_FILE_TEST_EXISTS));
  g_autoptr(FbkPaths) relative = fbk_paths_new("demo");
  g_assert_true(g_path_is_absolute(relative->data));
}

static void test_xdg(void)
{
  g_autoptr(FbkPaths) paths = fbk_paths_new(NULL);
  g_assert_cmpstr(paths->config, ==, "/xdg/c/fubako");
  g_assert_cmpstr(paths->data, ==, "/xdg/d/fubako");
  g_assert_cmpstr(paths->state, ==, "/xdg/s/fubako");
}

static void test_prepare_process(void)
{
  fbk_paths_prepare_process();
  g_assert_cmpint(umask(077), ==, 077);
  g_assert_cmpstr(fbk_paths_environment("XAPIAN_CJK_NGRAM"), ==, "1");
  g_assert_null(fbk_paths_environment("FUBAKO_NO_SUCH_VARIABLE"));
}

int main(int argc, char **argv)
{
  /* Before GLib looks; the test harness would give directories of its own only to G_TEST_OPTION_ISOLATE_DIRS.
   */
  setenv("XDG_CONFIG_HOME", "/xdg/c", 1);
  setenv("XDG_DATA_HOME", "/xdg/d", 1);
  setenv("XDG_STATE_HOME", "/xdg/s", 1);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/paths/home-holds-everything", test_home_holds_everything);
  g_test_add_func("/base/paths/xdg", test_xdg);
  g_test_add_func("/base/paths/prepare-process", test_prepare_process);
  return g_test_run();
}
