/* The reader and what opens from it: bar, text, neighbours, links, parts. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <locale.h>

#include "base/paths.h"
#include "tests/ui/run.h"

#define HEAD(number, day)                                                                                    \
  "From: =?UTF-8?B?5bGx55Sw5aSq6YOO?= <yamada@jaist.ac.jp>\r\nTo: taro@jaist.ac.jp\r\n"                      \
  "Date: Tue, " day " Nov 2023 22:13:20 +0000\r\nMessage-ID: <m" number "@x>\r\n"                            \
  "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"

static const char lookalike[] =
    HEAD("1", "21") "Subject: =?UTF-8?B?5a656YeP?=\r\n\r\n"
                    "容量が上限に達しました。次のページでパスワードを入力してください。\r\n"
                    "https://zimbra.jaist-ac-jp.jp/login\r\n";

/* A body that would like to be a bar, with escape sequences and a thousand lines. */
static char *imitation(void)
{
  GString *text = g_string_new(HEAD("2", "14") "Subject: ok\r\n\r\n");
  for (int i = 0; i < 60; i++)
    g_string_append_printf(text,
                           "\x1b[1;1H\x1b[31m\xe2\x9c\x97 LOOKALIKE  nothing is wrong \xe2\x80\xae%d\r\n", i);
  return g_string_free(text, FALSE);
}

static const char third[] = HEAD("3", "07") "Subject: third\r\n\r\nThe last one.\r\n";

static void fill(Desk *desk)
{
  g_autofree char *long_one = imitation();
  desk_mail(desk, desk->inbox, 1, 0, lookalike);
  desk_mail(desk, desk->inbox, 2, 0, long_one);
  desk_mail(desk, desk->inbox, 3, 0, third);
}

static FbkLook look_at(FbkApp *app, int row, int column)
{
  FbkLook look;
  fbk_canvas_cell(fbk_app_render(app), row, column, &look);
  return look;
}

static void test_bar(Desk *desk, gconstpointer data)
{
  (void)data;
  fill(desk);
  FbkApp *app = run_new(desk, 24, 80);
  run_wait(app, "third");
  run_keys(app, "\n");
  run_wait(app, "2 unread of 3"); /* it counts as read */
  run_assert(app, " taro: Inbox  2 unread of 3\n"
                  " ✗ LOOKALIKE  zimbra.jaist-ac-jp.jp is not jaist.ac.jp; it only looks like it.\n"
                  " From:     山田太郎 <yamada@jaist.ac.jp>\n"
                  " To:       taro@jaist.ac.jp\n"
                  " Date:     2023-11-21 (Tue) 22:13 +0000\n"
                  " Subject:  容量\n"
                  "\n"
                  " 容量が上限に達しました。次のページでパスワードを入力してください。\n"
                  " https://zimbra.jaist-ac-jp.jp/login [1 ✗ LOOKALIKE]\n"
                  "\n\n\n\n\n\n\n\n\n\n\n\n\n");
  for (int column = 0; column < 80; column++)
    g_assert_cmpint(look_at(app, 1, column), ==, FBK_LOOK_ALARM);
  desk_row(desk, desk->inbox, 9, FBK_FLAG_SEEN, DESK_NOON + 30 * DESK_DAY, "A", "newest");
  run_keys(app, "q"); /* back on the message, whatever came in above it */
  run_wait(app, "newest");
  run_assert_cursor(app, "容量");
  fbk_app_free(app);
}

static void test_bar_narrow(Desk *desk, gconstpointer data)
{
  (void)data;
  fill(desk);
  FbkApp *app = run_new(desk, 12, 40);
  run_wait(app, "third");
  run_keys(app, "\n");
  run_wait(app, "2 unread of 3");
  run_assert(app, " taro: Inbox  2 unread of 3\n"
                  " ✗ LOOKALIKE  zimbra.jaist-ac-jp.jp is\n"
                  " not jaist.ac.jp; it only looks like\n"
                  " it.\n"
                  " From:     山田太郎\n"
                  "           <yamada@jaist.ac.jp>\n"
                  " To:       taro@jaist.ac.jp\n"
                  " Date:     2023-11-21 (Tue) 22:13 +0000\n"
                  " Subject:  容量\n"
                  "\n"
                  "\n");
  run_keys(app, "G");
  run_assert(app, " taro: Inbox  2 unread of 3\n"
                  " ✗ LOOKALIKE  zimbra.jaist-ac-jp.jp is\n"
                  " not jaist.ac.jp; it only looks like\n"
                  " it.\n"
                  " Subject:  容量\n"
                  "\n"
                  " 容量が上限に達しました。次のページでパ\n"
                  " スワードを入力してください。\n"
                  " https://zimbra.jaist-ac-jp.jp/login\n"
                  " [1 ✗ LOOKALIKE]\n"
                  "\n");
  fbk_app_free(app);
}

/* Whatever the text holds and however far it is scrolled, the bar's row is ours. */
static void test_imitation(Desk *desk, gconstpointer data)
{
  (void)data;
  fill(desk);
  FbkApp *app = run_new(desk, 24, 80);
  run_wait(app, "third");
  run_keys(app, "j\n");
  run_wait(app, "nothing is wrong");
  for (int i = 0; i < 60; i++) {
    g_autofree char *dump = fbk_canvas_dump(fbk_app_render(app));
    g_auto(GStrv) rows = g_strsplit(dump, "\n", -1);
    g_assert_true(g_str_has_prefix(rows[0], " taro: Inbox"));
    g_assert_null(strstr(rows[1], "LOOKALIKE"));
    for (int column = 0; column < 80; column++)
      g_assert_cmpint(look_at(app, 1, column), ==, FBK_LOOK_DIM);
    g_assert_null(strchr(dump, 27));
    g_assert_null(strstr(dump, "\xe2\x80\xae"));
    run_keys(app, "j");
  }
  fbk_app_free(app);
}

static void test_neighbours(Desk *desk, gconstpointer data)
{
  (void)data;
  fill(desk);
  FbkApp *app = run_new(desk, 24, 80);
  run_wait(app, "third");
  run_keys(app, "jj\n");
  run_wait(app, "The last one.");
  run_keys(app, "J");
  run_wait(app, "This is the last message.");
  run_keys(app, "K");
  run_wait(app, "nothing is wrong");
  run_keys(app, "KK");
  run_wait(app, "is not jaist.ac.jp");
  run_wait(app, "This is the first message.");
  /* New mail does not get between. */
  desk_row(desk, desk->inbox, 9, FBK_FLAG_SEEN, DESK_NOON + 30 * DESK_DAY, "A", "newest");
  run_keys(app, "J");
  run_wait(app, "nothing is wrong");
  run_keys(app, "q");
  run_wait(app, "newest");
  run_assert_cursor(app, "ok");
  fbk_app_free(app);
}

/* Space goes through the message, then on to the next unread one. */
static void test_read_on(Desk *desk, gconstpointer data)
{
  (void)data;
  fill(desk);
  FbkApp *app = run_new(desk, 24, 80);
  run_wait(app, "third");
  run_keys(app, " ");
  run_wait(app, "is not jaist.ac.jp");
  run_keys(app, " ");
  run_wait(app, "nothing is wrong");
  run_keys(app, "   ");
  run_wait(app, "59"); /* its last line */
  run_keys(app, " ");
  run_wait(app, "The last one.");
  run_wait(app, "all read");
  run_keys(app, "M");
  run_wait(app, "Marked as unread.");
  run_wait(app, "1 unread of 3");
  fbk_app_free(app);
}

static char *top_line(FbkApp *app)
{
  g_autofree char *dump = fbk_canvas_dump(fbk_app_render(app));
  g_auto(GStrv) rows = g_strsplit(dump, "\n", -1);
  return g_strdup(rows[2]);
}

/* Through all widths and back: the same words at the top. */
static void test_resize(Desk *desk, gconstpointer data)
{
  (void)data;
  g_autoptr(GString) text = g_string_new(HEAD("2", "14") "Subject: words\r\n\r\n");
  for (int i = 1000; i < 2000; i++)
    g_string_append_printf(text, "word%d%s", i, i % 100 ? " " : "\r\n");
  desk_mail(desk, desk->inbox, 2, 0, text->str);
  FbkApp *app = run_new(desk, 24, 80);
  run_wait(app, "words");
  run_keys(app, "\n");
  run_wait(app, "word1000");
  for (int i = 0; i < 40; i++)
    run_keys(app, "j");
  g_autofree char *before = top_line(app);
  g_autofree char *first = g_strndup(before, strlen(" word1234"));
  for (int columns = 41; columns <= 80; columns++) {
    fbk_app_resized(app, 24, columns);
    g_autofree char *still = fbk_canvas_dump(fbk_app_render(app)); /* the old page, cut: nothing may break */
    g_assert_cmpuint(strlen(still), >, 100);
    run_settle(app);
    g_autofree char *now = top_line(app);
    g_assert_nonnull(strstr(now, first + 1));
  }
  g_autofree char *after = top_line(app);
  g_assert_cmpstr(before, ==, after);
  fbk_app_free(app);
}

static void test_headers_and_source(Desk *desk, gconstpointer data)
{
  (void)data;
  fill(desk);
  FbkApp *app = run_new(desk, 24, 80);
  run_wait(app, "third");
  run_keys(app, "jj\nh");
  run_wait(app, "MIME-Version");
  run_keys(app, "h");
  run_until(app, "MIME-Version", FALSE);
  run_keys(app, "R");
  run_wait(app, "=?UTF-8?B?5bGx55Sw5aSq6YOO?=");
  run_keys(app, "R");
  run_wait(app, "山田太郎");
  fbk_app_free(app);
}

static void test_gone(Desk *desk, gconstpointer data)
{
  (void)data;
  desk_row(desk, desk->inbox, 1, 0, DESK_NOON, "A", "without a file");
  desk_mail(desk, desk->inbox, 3, 0, third);
  FbkApp *app = run_new(desk, 24, 80);
  run_wait(app, "without a file");
  run_keys(app, "\n");
  run_wait(app, "The file of this message is not");
  run_keys(app, "J");
  run_wait(app, "The last one.");
  run_keys(app, "q");
  run_wait(app, "third");
  fbk_app_free(app);
}

static void test_links(Desk *desk, gconstpointer data)
{
  (void)data;
  desk_mail(desk, desk->inbox, 1, 0,
            HEAD("1", "21") "Subject: links\r\n\r\nSee https://www.example.org/a/page and\r\n"
                            "https://zimbra.jaist-ac-jp.jp/login?u=taro\r\n");
  FbkApp *app = run_new(desk, 14, 60);
  run_wait(app, "links");
  run_keys(app, "\nw");
  run_wait(app, "Links: 2");
  run_assert(app, " Links: 2\n"
                  "  1 EXTERNAL  www.example.org\n"
                  "    https://www.example.org/a/page\n"
                  "    www.example.org is not a site of your university.\n"
                  "\n"
                  "  2 ✗ LOOKALIKE  zimbra.jaist-ac-jp.jp\n"
                  "    https://zimbra.jaist-ac-jp.jp/login?u=taro\n"
                  "    zimbra.jaist-ac-jp.jp is not jaist.ac.jp; it only looks\n"
                  "    like it.\n"
                  "\n"
                  "\n"
                  "\n"
                  "\n");
  run_assert_cursor(app, "LOOKALIKE"); /* the worst one */
  run_keys(app, "\n");
  run_wait(app, "type the host");
  run_keys(app, "jaist.ac.jp\n");
  run_wait(app, "This link does not go there.");
  run_keys(app, "\nZimbra.jaist-ac-jp.jp\n");
  run_wait(app, "The address of link 2");
  run_wait(app, "\nhttps://zimbra.jaist-ac-jp.jp/login?u=taro\n");
  run_keys(app, "q");
  run_wait(app, "Links: 2");
  run_keys(app, "k\n"); /* no question for a link without an alarm */
  run_wait(app, "\nhttps://www.example.org/a/page\n");
  run_keys(app, "qq");
  run_wait(app, "Subject:  links");
  fbk_app_free(app);
}

static void test_parts(Desk *desk, gconstpointer data)
{
  (void)data;
  g_autofree char *target = g_build_filename(desk->dir, "saved", NULL);
  g_mkdir(target, 0700);
  desk_mail(desk, desk->inbox, 1, 0,
            "From: a@jaist.ac.jp\r\nDate: Tue, 21 Nov 2023 22:13:20 +0000\r\nMessage-ID: <p@x>\r\n"
            "Subject: parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/plain\r\n\r\nText\r\n--b\r\nContent-Type: text/csv\r\n"
            "Content-Disposition: attachment; filename=\"../../marks.csv\"\r\n\r\n1,2\r\n--b--\r\n");
  FbkApp *app = run_new(desk, 10, 60);
  run_wait(app, "parts");
  run_keys(app, "\nv");
  run_wait(app, "Parts and attachments: 2");
  run_keys(app, "js");
  run_wait(app, "Save to directory:");
  fbk_app_feed(app, 21); /* ^U */
  run_keys(app, target);
  run_keys(app, "\n");
  run_wait(app, "Saved as");
  run_keys(app, "\n\n"); /* again: the same directory is offered, and nothing is overwritten */
  run_wait(app, "(2).csv");
  g_autoptr(GDir) dir = g_dir_open(target, 0, NULL);
  guint count = 0;
  while (g_dir_read_name(dir))
    count++;
  g_assert_cmpuint(count, ==, 2);
  run_keys(app, "s");
  fbk_app_feed(app, 21);
  run_keys(app, "/nowhere/at/all\n");
  run_wait(app, "Cannot save to");
  fbk_app_free(app);
}

/* On a small screen a long name keeps its end: the kind of the file. */
static void test_parts_narrow(Desk *desk, gconstpointer data)
{
  (void)data;
  desk_mail(
      desk, desk->inbox, 1, 0,
      "From: a@jaist.ac.jp\r\nDate: Tue, 21 Nov 2023 22:13:20 +0000\r\nMessage-ID: <p@x>\r\n"
      "Subject: parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\nContent-Type: text/plain\r\n\r\nText\r\n--b\r\nContent-Type: application/pdf\r\n"
      "Content-Disposition: attachment; filename=\"estimates-of-november.pdf.exe\"\r\n\r\nMZ\r\n--b--\r\n");
  FbkApp *app = run_new(desk, 10, 40);
  run_wait(app, "parts");
  run_keys(app, "\nv");
  run_wait(app, "  1 text/plain   (text of th\xe2\x80\xa6");
  run_wait(app, "  2 estimates-of-novembe\xe2\x80\xa6.exe    2 bytes\n");
  fbk_app_free(app);
}

/* Any keys in any order, at any size: the screen stays one, and nothing is left waiting. */
static void test_any_keys(Desk *desk, gconstpointer data)
{
  (void)data;
  static const char keys[] =
      "jkJKGoMwhRycS\t\n\n <q? ゼJ\x1b\x04\x15-"; /* no v: it would save files at home */
  gint64 other = desk_folder(desk, "ゼミ", FBK_ROLE_NONE);
  fill(desk);
  desk_rows(desk, desk->inbox, 100, 600);
  desk_rows(desk, other, 1, 30);
  desk_row(desk, other, 99, 0, DESK_NOON, "A", "unread");
  FbkApp *app = run_new(desk, 24, 80);
  run_wait(app, "容量");
  for (int i = 0; i < 4000; i++) {
    const char *at = keys + g_test_rand_int_range(0, sizeof keys - 1);
    gunichar key = g_utf8_get_char_validated(at, -1);
    if (key < 0x110000)
      fbk_app_feed(app, key);
    if (app->leaving)
      break;
    if (!g_test_rand_int_range(0, 40))
      fbk_app_resized(app, g_test_rand_int_range(8, 50), g_test_rand_int_range(30, 130));
    if (!g_test_rand_int_range(0, 3))
      fbk_inbox_dispatch(app->inbox);
    g_autofree char *dump = fbk_canvas_dump(fbk_app_render(app));
    g_assert_null(strchr(dump, 27));
  }
  fbk_app_resized(app, 24, 80);
  for (int i = 0; i < 8; i++)
    fbk_app_feed(app, FBK_KEY_ESCAPE); /* out of every question and every screen but the list */
  while (app->screens->len > 1)
    fbk_app_pop(app);
  run_wait(app, "taro: ");
  run_keys(app, "cINBOX\n");
  fbk_app_feed(app, FBK_KEY_HOME);
  run_wait(app, "容量");
  fbk_app_free(app);
}

int main(int argc, char **argv)
{
  fbk_paths_prepare_process();
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  DESK_CASE("/reader/bar", test_bar);
  DESK_CASE("/reader/bar-at-40x12", test_bar_narrow);
  DESK_CASE("/reader/text-that-imitates-the-bar", test_imitation);
  DESK_CASE("/reader/neighbours", test_neighbours);
  DESK_CASE("/reader/read-on", test_read_on);
  DESK_CASE("/reader/resize-keeps-the-place", test_resize);
  DESK_CASE("/reader/headers-and-source", test_headers_and_source);
  DESK_CASE("/reader/file-is-gone", test_gone);
  DESK_CASE("/reader/links", test_links);
  DESK_CASE("/reader/parts", test_parts);
  DESK_CASE("/reader/parts-narrow", test_parts_narrow);
  DESK_CASE("/reader/any-keys", test_any_keys);
  return g_test_run();
}
