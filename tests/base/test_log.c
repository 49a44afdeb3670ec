/* The log file. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <sys/stat.h>

#include "base/log.h"

typedef struct {
  char *dir, *path, *old;
} Place;

static void set_up(Place *place, gconstpointer unused)
{
  (void)unused;
  place->dir = g_dir_make_tmp("fubako-log-XXXXXX", NULL);
  place->path = g_build_filename(place->dir, "log", NULL);
  place->old = g_build_filename(place->dir, "log.1", NULL);
}

static void tear_down(Place *place, gconstpointer unused)
{
  (void)unused;
  fbk_log_close();
  g_remove(place->path);
  g_remove(place->old);
  g_rmdir(place->dir);
  g_free(place->dir);
  g_free(place->path);
  g_free(place->old);
}

static char *content(const char *path)
{
  char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  return text;
}

static void test_one_line_whatever_a_server_says(Place *place, gconstpointer unused)
{
  (void)unused;
  fbk_log("net", "%s", "before it is open");
  fbk_log_open(place->path);
  fbk_log("net", "said: %s", "* OK hi\r\n2030-01-01 forged\x1b[2J\xff\xc2\x9b\xe2\x80\xae \xe6\x9b\xb8\\");
  fbk_log_close();
  fbk_log("net", "%s", "after it was closed");
  g_autofree char *text = content(place->path);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_assert_cmpuint(g_strv_length(lines), ==, 2);
  g_assert_true(g_str_has_suffix(lines[0], " net: said: * OK hi\\r\\n2030-01-01 forged\\u{1b}[2J\\xff\\u{9b}"
                                           "\\u{202e} \xe6\x9b\xb8\\\\"));
  g_assert_true(g_regex_match_simple("^20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d", lines[0], 0, 0));
  struct stat status;
  g_assert_cmpint(stat(place->path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
}

static void test_long_lines_are_cut(Place *place, gconstpointer unused)
{
  (void)unused;
  g_autofree char *huge = g_strnfill(100000, '\x01');
  fbk_log_open(place->path);
  fbk_log("net", "%s", huge);
  g_autofree char *text = content(place->path);
  g_assert_cmpuint(strlen(text), <, 2100);
  g_assert_cmpuint(strlen(text), >, 1900);
}

static void test_turns_over(Place *place, gconstpointer unused)
{
  (void)unused;
  g_autofree char *line = g_strnfill(1000, 'x');
  fbk_log_open(place->path);
  for (int i = 0; i < 2500; i++)
    fbk_log("net", "%d %s", i, line);
  struct stat now, old;
  g_assert_cmpint(stat(place->path, &now), ==, 0);
  g_assert_cmpint(stat(place->old, &old), ==, 0);
  g_assert_cmpint(now.st_size, <=, 1024 * 1024);
  g_assert_cmpint(old.st_size, <=, 1024 * 1024);
  g_autofree char *text = content(place->path);
  g_assert_nonnull(strstr(text, "net: 2499 "));
}

static void test_follows_another_process(Place *place, gconstpointer unused)
{
  (void)unused;
  g_autofree char *full = g_strnfill(1024 * 1024, 'x');
  g_assert_true(g_file_set_contents(place->path, full, 1024 * 1024, NULL));
  fbk_log_open(place->path);
  g_assert_cmpint(g_rename(place->path, place->old), ==, 0);
  g_assert_true(g_file_set_contents(place->path, "theirs\n", 7, NULL));
  fbk_log("net", "ours");
  g_autofree char *text = content(place->path);
  g_assert_true(g_str_has_prefix(text, "theirs\n"));
  g_assert_nonnull(strstr(text, "net: ours"));
}

static gpointer chatter(gpointer data)
{
  for (int i = 0; i < 200; i++)
    fbk_log("net", "%s %d", (const char *)data, i);
  return NULL;
}

static void test_two_threads(Place *place, gconstpointer unused)
{
  (void)unused;
  fbk_log_open(place->path);
  GThread *one = g_thread_new("one", chatter, (gpointer) "aaaaaaaa");
  GThread *two = g_thread_new("two", chatter, (gpointer) "bbbbbbbb");
  g_thread_join(one);
  g_thread_join(two);
  g_autofree char *text = content(place->path);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_assert_cmpuint(g_strv_length(lines), ==, 401);
  for (int i = 0; i < 400; i++)
    g_assert_true(g_regex_match_simple("net: (a{8}|b{8}) \\d+$", lines[i], 0, 0));
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, test) g_test_add("/base/log/" name, Place, NULL, set_up, test, tear_down)
  ADD("one-line-whatever-a-server-says", test_one_line_whatever_a_server_says);
  ADD("long-lines-are-cut", test_long_lines_are_cut);
  ADD("turns-over", test_turns_over);
  ADD("follows-another-process", test_follows_another_process);
  ADD("two-threads", test_two_threads);
  return g_test_run();
}
