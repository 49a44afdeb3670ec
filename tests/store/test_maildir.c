/* The Maildir: names, finding, renaming, what counts as mail. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "mail/model.h"
#include "store/maildir.h"
#include "tests/shared/box.h"

static void test_names(void)
{
  static const struct {
    const char *name, *unique;
    guint flags;
  } names[] = {{"7.1.fubako:2,FS", "7.1.fubako", FBK_FLAG_FLAGGED | FBK_FLAG_SEEN},
               {"7.1.fubako", "7.1.fubako", 0},
               {"a,S=9:2,aSbZ", "a,S=9", FBK_FLAG_SEEN},
               {"a:1,S", "a", 0},
               {"a:2", "a", 0},
               {":2,S", "", FBK_FLAG_SEEN}};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *unique = fbk_maildir_unique(names[i].name);
    g_assert_cmpstr(unique, ==, names[i].unique);
    g_assert_cmpuint(fbk_maildir_flags(names[i].name), ==, names[i].flags);
  }
  guint32 uidvalidity = 0, uid = 0;
  g_autofree char *made = fbk_maildir_imap_name(G_MAXUINT32, 12);
  g_assert_true(fbk_maildir_parse_imap_name(made, &uidvalidity, &uid));
  g_assert_cmpuint(uidvalidity, ==, G_MAXUINT32);
  g_assert_cmpuint(uid, ==, 12);
  g_assert_true(fbk_maildir_parse_imap_name("7.3.fubako:2,S", &uidvalidity, &uid));
  static const char *const wrong[] = {
      "",           "7.3",         "7.3.mutt",    "7.3.fubako.x",        "07.3.fubako", "7.+3.fubako",
      "7.0.fubako", "7.-1.fubako", "7. 3.fubako", "4294967296.1.fubako", "7..fubako",   "x.7.3.fubako",
      "7.3.fubako2"};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
    g_assert_false(fbk_maildir_parse_imap_name(wrong[i], &uidvalidity, &uid));
}

/* A person's other program renames files under us (hostile 53). */
static void test_find(Box *box, gconstpointer data)
{
  (void)data;
  box_put_file(box, "cur/7.1.fubako:2,RS", "one");
  box_put_file(box, "cur/7.11.fubako:2,", "eleven");
  box_put_file(box, "new/7.2.fubako", "two");
  box_assert_content(box, "7.1.fubako:2,", "one");
  box_assert_content(box, "7.1.fubako:2,RS", "one");
  box_assert_content(box, "7.2.fubako:2,S", "two");
  static const struct {
    const char *name;
    FbkErr code;
  } wrong[] = {{"7.3.fubako:2,", FBK_ERR_NOT_FOUND},
               {"7.1", FBK_ERR_NOT_FOUND},
               {"../cur/7.1.fubako:2,RS", FBK_ERR_BAD_INPUT},
               {"..", FBK_ERR_BAD_INPUT},
               {"", FBK_ERR_BAD_INPUT}};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(GError) err = NULL;
    g_assert_null(fbk_maildir_find(box->maildir, wrong[i].name, &err));
    g_assert_error(err, FBK_ERROR, (int)wrong[i].code);
  }
}

static void test_set_flags(Box *box, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL, second = NULL;
  g_autofree char *name = NULL, *moved = NULL, *same = NULL;
  box_put_file(box, "cur/7.1.fubako:2,Sab", "one"); /* a and b: Dovecot's keywords */
  g_assert_true(fbk_maildir_set_flags(box->maildir, "7.1.fubako:2,", FBK_FLAG_FLAGGED, &name, NULL));
  g_assert_cmpstr(name, ==, "7.1.fubako:2,Fab");
  box_assert_content(box, name, "one");
  g_assert_true(fbk_maildir_set_flags(box->maildir, name, FBK_FLAG_FLAGGED, &same, NULL));
  g_assert_cmpstr(same, ==, name);
  box_put_file(box, "new/7.2.fubako", "two");
  g_assert_true(fbk_maildir_set_flags(box->maildir, "7.2.fubako", 0, &moved, NULL));
  g_assert_cmpstr(moved, ==, "7.2.fubako:2,");
  box_assert_listing(box, "cur", "7.1.fubako:2,Fab 7.2.fubako:2,");
  box_assert_listing(box, "new", "");
  char *none = NULL;
  g_assert_false(fbk_maildir_set_flags(box->maildir, "9.9.fubako:2,", 0, &none, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_NOT_FOUND);
  /* Two files of one name: neither may replace the other. */
  box_put_file(box, "cur/7.2.fubako:2,S", "other two");
  g_assert_false(fbk_maildir_set_flags(box->maildir, "7.2.fubako:2,", FBK_FLAG_SEEN, &none, &second));
  g_assert_error(second, FBK_ERROR, FBK_ERR_CONFLICT);
  box_assert_content(box, "7.2.fubako:2,", "two");
}

static void test_remove(Box *box, gconstpointer data)
{
  (void)data;
  box_put_file(box, "cur/7.1.fubako:2,S", "one");
  g_assert_true(fbk_maildir_remove(box->maildir, "7.1.fubako:2,", NULL));
  box_assert_listing(box, "cur", "");
  g_assert_true(fbk_maildir_remove(box->maildir, "7.1.fubako:2,", NULL));
  g_autoptr(GError) err = NULL;
  g_assert_false(fbk_maildir_remove(box->maildir, "../x", &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
}

static gboolean note(gpointer data, const char *name, const char *path)
{
  g_assert_true(g_file_test(path, G_FILE_TEST_IS_REGULAR));
  g_string_append_printf(data, "%s|", name);
  return TRUE;
}

static gboolean stop_at_once(gpointer data, const char *name, const char *path)
{
  (void)note(data, name, path);
  return FALSE;
}

/* Links, FIFOs, directories and hidden files are not mail (hostile 61); an empty file is. */
static void test_scan(Box *box, gconstpointer data)
{
  (void)data;
  static const char *const plain[] = {"cur/empty", "cur/with\nbreak:2,S", "new/n"};
  for (guint i = 0; i < G_N_ELEMENTS(plain); i++)
    box_put_file(box, plain[i], "");
  box_put_file(box, "cur/.hidden", "x");
  g_autofree char *link = g_build_filename(box->dir, "cur", "link", NULL);
  g_autofree char *fifo = g_build_filename(box->dir, "cur", "fifo", NULL);
  g_autofree char *directory = g_build_filename(box->dir, "cur", "dir", NULL);
  g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  g_assert_cmpint(mkdir(directory, 0700), ==, 0);
  g_autoptr(GString) seen = g_string_new("|"), first = g_string_new("");
  g_assert_true(fbk_maildir_scan(box->maildir, note, seen, NULL));
  g_assert_nonnull(strstr(seen->str, "|empty|"));
  g_assert_nonnull(strstr(seen->str, "|with\nbreak:2,S|"));
  g_assert_nonnull(strstr(seen->str, "|n|"));
  g_assert_cmpuint(seen->len, ==, strlen("|empty|with\nbreak:2,S|n|"));
  g_assert_true(fbk_maildir_scan(box->maildir, stop_at_once, first, NULL));
  g_assert_cmpuint(first->len, <, seen->len - 1);
  g_autoptr(GError) err = NULL;
  g_assert_null(fbk_maildir_find(box->maildir, "link", &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_NOT_FOUND);
}

#define BOX_CASE(path, function)                                                                             \
  g_test_add("/store/maildir/" path, Box, NULL, box_set_up, function, box_tear_down)

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/store/maildir/names", test_names);
  BOX_CASE("find", test_find);
  BOX_CASE("set-flags", test_set_flags);
  BOX_CASE("remove", test_remove);
  BOX_CASE("scan", test_scan);
  return g_test_run();
}
