/* Passwords in memory. SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/secret.h"

static void test_type_and_correct(void)
{
  g_autoptr(FbkSecret) secret = fbk_secret_new();
  gsize len = 99;
  g_assert_cmpstr(fbk_secret_peek(secret, &len), ==, "");
  g_assert_cmpuint(len, ==, 0);
  fbk_secret_chop(secret);
  g_assert_true(fbk_secret_append(secret, "p\xc3\xa9\xe3\x81\x82", 6));
  fbk_secret_chop(secret);
  g_assert_cmpstr(fbk_secret_peek(secret, &len), ==, "p\xc3\xa9");
  g_assert_cmpuint(len, ==, 3);
  fbk_secret_chop(secret);
  fbk_secret_chop(secret);
  fbk_secret_chop(secret);
  g_assert_cmpuint(fbk_secret_length(secret), ==, 0);
}

static void test_limits(void)
{
  g_autoptr(FbkSecret) secret = fbk_secret_new();
  g_autofree char *full = g_strnfill(FBK_SECRET_MAX, 'x');
  g_assert_false(fbk_secret_append(secret, "a\0b", 3));
  g_assert_cmpuint(fbk_secret_length(secret), ==, 0);
  g_assert_true(fbk_secret_append(secret, full, FBK_SECRET_MAX));
  g_assert_false(fbk_secret_append(secret, "y", 1));
  g_assert_cmpuint(fbk_secret_length(secret), ==, FBK_SECRET_MAX);
  g_assert_cmpuint(strlen(fbk_secret_peek(secret, NULL)), ==, FBK_SECRET_MAX);
  g_autoptr(FbkSecret) one = fbk_secret_new();
  g_assert_true(fbk_secret_append(one, "1", 1));
  g_assert_null(fbk_secret_join(one, secret));
}

static void test_join(void)
{
  g_autoptr(FbkSecret) prefix = fbk_secret_new();
  g_autoptr(FbkSecret) password = fbk_secret_new();
  fbk_secret_append(prefix, "123456", 6);
  fbk_secret_append(password, "hana", 4);
  g_autoptr(FbkSecret) both = fbk_secret_join(prefix, password);
  g_autoptr(FbkSecret) alone = fbk_secret_join(NULL, password);
  g_assert_cmpstr(fbk_secret_peek(both, NULL), ==, "123456hana");
  g_assert_cmpstr(fbk_secret_peek(alone, NULL), ==, "hana");
}

static void test_clear_wipes_all(void)
{
  g_autoptr(FbkSecret) secret = fbk_secret_new();
  fbk_secret_append(secret, "hanamaru", 8);
  const char *bytes = fbk_secret_peek(secret, NULL);
  fbk_secret_clear(secret);
  for (int i = 0; i < 8; i++)
    g_assert_cmpint(bytes[i], ==, 0);
  fbk_secret_append(secret, "abcd", 4);
  fbk_secret_chop(secret);
  g_assert_cmpint(bytes[3], ==, 0);
}

static void test_children_do_not_inherit(void)
{
  g_autoptr(FbkSecret) secret = fbk_secret_new();
  fbk_secret_append(secret, "hanamaru", 8);
  const char *bytes = fbk_secret_peek(secret, NULL);
  pid_t child = fork();
  g_assert_cmpint(child, >=, 0);
  if (child == 0)
    _exit(bytes[0] == 0 && bytes[7] == 0 ? 0 : 1);
  int status = -1;
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_true(WIFEXITED(status));
  g_assert_cmpint(WEXITSTATUS(status), ==, 0);
  g_assert_cmpstr(bytes, ==, "hanamaru");
}

/* The sanitizers turn mlock off, and some systems allow no locked page at all. */
static gboolean may_lock(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return FALSE;
#else
  struct rlimit limit;
  return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur >= 65536;
#endif
}

/* The kernel says of a mapping whether it is locked (lo), kept out of core files (dd) and wiped (wf). */
static void test_kernel_keeps_it_apart(void)
{
  g_autoptr(FbkSecret) secret = fbk_secret_new();
  fbk_secret_append(secret, "x", 1);
  g_autofree char *maps = NULL;
  if (!g_file_get_contents("/proc/self/smaps", &maps, NULL, NULL)) {
    g_test_skip("no smaps");
    return;
  }
  guint64 address = (guint64)(gsize)fbk_secret_peek(secret, NULL);
  g_auto(GStrv) lines = g_strsplit(maps, "\n", -1);
  gboolean inside = FALSE, found = FALSE;
  for (char **line = lines; *line != NULL; line++) {
    unsigned long long from, to;
    if (sscanf(*line, "%llx-%llx ", &from, &to) == 2)
      inside = address >= from && address < to;
    if (!inside || !g_str_has_prefix(*line, "VmFlags:"))
      continue;
    found = TRUE;
    g_assert_nonnull(strstr(*line, " dd"));
    g_assert_nonnull(strstr(*line, " wf"));
    if (may_lock())
      g_assert_nonnull(strstr(*line, " lo"));
  }
  g_assert_true(found);
}

static void test_no_core_files(void)
{
  fbk_secret_harden_process();
  struct rlimit limit;
  g_assert_cmpint(getrlimit(RLIMIT_CORE, &limit), ==, 0);
  g_assert_cmpuint(limit.rlim_max, ==, 0);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/secret/type-and-correct", test_type_and_correct);
  g_test_add_func("/base/secret/limits", test_limits);
  g_test_add_func("/base/secret/join", test_join);
  g_test_add_func("/base/secret/clear-wipes-all", test_clear_wipes_all);
  g_test_add_func("/base/secret/children-do-not-inherit", test_children_do_not_inherit);
  g_test_add_func("/base/secret/kernel-keeps-it-apart", test_kernel_keeps_it_apart);
  g_test_add_func("/base/secret/no-core-files", test_no_core_files);
  return g_test_run();
}
