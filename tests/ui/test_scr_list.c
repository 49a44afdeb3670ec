/* The list of mail on the screen: its keys, its folders, searching. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <locale.h>
#include <pthread.h>

#include "base/paths.h"
#include "flow/indexing.h"
#include "tests/ui/run.h"

static void test_open_and_back(Desk *desk, gconstpointer data)
{
  (void)data;
  desk_rows(desk, desk->inbox, 1, 40);
  desk_mail(desk, desk->inbox, 100, 0,
            "From: =?UTF-8?B?55Sw5LitIOiKseWtkA==?= <tanaka@jaist.ac.jp>\r\n"
            "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\nMessage-ID: <a@x>\r\n"
            "Subject: =?UTF-8?B?44K844Of?=\r\n\r\nHello\r\n");
  FbkApp *app = run_new(desk, 12, 60);
  run_wait(app, "Mail 1");
  run_assert(app, " taro: Inbox  1 unread of 41\n"
                  "N   2023-11-14  田中 花子             ゼミ\n"
                  "    2023-11-14  Sender                Mail 1\n"
                  "    2023-11-14  Sender                Mail 2\n"
                  "    2023-11-14  Sender                Mail 3\n"
                  "    2023-11-14  Sender                Mail 4\n"
                  "    2023-11-14  Sender                Mail 5\n"
                  "    2023-11-14  Sender                Mail 6\n"
                  "    2023-11-14  Sender                Mail 7\n"
                  "    2023-11-14  Sender                Mail 8\n"
                  "\n");
  run_keys(app, "jjjkk");
  run_assert_cursor(app, "Mail 1");
  run_keys(app, "G");
  run_assert_cursor(app, "Mail 40");
  fbk_app_feed(app, FBK_KEY_PAGE_UP);
  run_assert_cursor(app, "Mail 31");
  fbk_app_feed(app, FBK_KEY_HOME);
  run_assert_cursor(app, "ゼミ");
  run_keys(app, "M");
  run_wait(app, "Marked as read.");
  run_wait(app, "Inbox  41, all read");
  run_keys(app, "M");
  run_wait(app, "1 unread of 41");
  fbk_app_free(app);
}

/* Keys pressed before anything is there are done once it is. */
static void test_keys_at_once(Desk *desk, gconstpointer data)
{
  (void)data;
  desk_rows(desk, desk->inbox, 1, 1000);
  FbkApp *app = run_new(desk, 24, 80);
  run_keys(app, "Gkkk");
  run_wait(app, "Mail 1000");
  run_assert_cursor(app, "Mail 997");
  fbk_app_feed(app, FBK_KEY_HOME);
  run_keys(app, "jj");
  run_wait(app, "Mail 2\n");
  run_assert_cursor(app, "Mail 3");
  fbk_app_free(app);
}

/* After Enter they are the message's. */
static void test_keys_after_enter(Desk *desk, gconstpointer data)
{
  (void)data;
  static const char mail[] = "From: a@jaist.ac.jp\r\nDate: Tue, %d Nov 2023 22:13:20 +0000\r\n"
                             "Message-ID: <k%d@x>\r\nSubject: subject\r\n\r\nThe body of %d\r\n";
  for (int i = 1; i <= 3; i++) {
    g_autofree char *text = g_strdup_printf(mail, 20 - i, i, i);
    desk_mail(desk, desk->inbox, (guint32)i, 0, text);
  }
  FbkApp *app = run_new(desk, 24, 80);
  run_keys(app, "\nJ\t");
  run_wait(app, "The body of 3");
  run_keys(app, "q");
  run_wait(app, "subject");
  run_assert_cursor(app, "11-17");
  fbk_app_free(app);
}

/* --- while the disk hangs --- */

typedef struct {
  pthread_mutex_t mutex; /* not GLib's, which the thread sanitizer cannot see */
  pthread_cond_t cond;
  gboolean is_released;
} Gate;

static gboolean hang(FbkJob *job, gpointer data, GError **err)
{
  (void)job;
  (void)err;
  Gate *gate = data;
  pthread_mutex_lock(&gate->mutex);
  while (!gate->is_released)
    pthread_cond_wait(&gate->cond, &gate->mutex);
  pthread_mutex_unlock(&gate->mutex);
  return TRUE;
}

static void woke(gpointer owner, gpointer data, const GError *err)
{
  (void)owner;
  (void)data;
  (void)err;
}

/* The old rows stay, keys are taken, and what they asked for is done later, in their order. */
static void test_disk_hangs(Desk *desk, gconstpointer data)
{
  (void)data;
  Gate gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, FALSE};
  desk_rows(desk, desk->inbox, 1, 1000);
  gint64 other = desk_folder(desk, "Other", FBK_ROLE_NONE);
  desk_rows(desk, other, 2001, 2500);
  FbkApp *app = run_new(desk, 24, 80);
  run_wait(app, "Mail 1\n");
  FbkScope *scope = fbk_scope_new(&gate, NULL);
  fbk_worker_post(fbk_app_disk(app), scope, hang, woke, &gate, NULL);
  run_keys(app, "jj");
  run_assert_cursor(app, "Mail 3");
  run_keys(app, "JGkk"); /* the next folder, its last row but two */
  fbk_inbox_dispatch(app->inbox);
  run_assert_cursor(app, "Mail 3");
  pthread_mutex_lock(&gate.mutex);
  gate.is_released = TRUE;
  pthread_cond_signal(&gate.cond);
  pthread_mutex_unlock(&gate.mutex);
  run_wait(app, "Mail 2500");
  run_assert_cursor(app, "Mail 2498");
  fbk_scope_close(scope);
  fbk_app_free(app);
}

static void test_empty(Desk *desk, gconstpointer data)
{
  (void)data;
  FbkApp *app = run_new(desk, 12, 60);
  run_wait(app, "No mail here yet. $ checks for new mail.");
  run_keys(app, "jkG\n M");
  run_wait(app, "taro: Inbox  empty");
  fbk_app_free(app);
}

static void test_next_unread(Desk *desk, gconstpointer data)
{
  (void)data;
  desk_rows(desk, desk->inbox, 1, 2000);
  gint64 junk = desk_folder(desk, "Junk", FBK_ROLE_JUNK);
  gint64 seminar = desk_folder(desk, "ゼミ", FBK_ROLE_NONE);
  desk_row(desk, desk->inbox, 5000, 0, DESK_NOON - 1500 * 60 - 30, "A", "far away");
  desk_row(desk, junk, 1, 0, DESK_NOON, "A", "prize");
  desk_rows(desk, seminar, 10, 20);
  desk_row(desk, seminar, 2, 0, DESK_NOON - DESK_DAY, "A", "in another folder");
  FbkApp *app = run_new(desk, 24, 80);
  run_keys(app, "\t");
  run_wait(app, "far away");
  run_assert_cursor(app, "far away");
  run_keys(app, "\t");
  run_wait(app, "in another folder");
  run_assert_cursor(app, "in another folder");
  run_wait(app, "taro: ゼミ");
  run_keys(app, "\t"); /* around, not into the junk */
  run_wait(app, "taro: Inbox");
  run_assert_cursor(app, "far away");
  fbk_app_free(app);
}

static void test_folders_and_order(Desk *desk, gconstpointer data)
{
  (void)data;
  gint64 seminar = desk_folder(desk, "Seminar", FBK_ROLE_NONE);
  desk_rows(desk, desk->inbox, 1, 30);
  desk_rows(desk, seminar, 101, 103);
  FbkApp *app = run_new(desk, 24, 80);
  run_wait(app, "Mail 1");
  run_keys(app, "J");
  run_wait(app, "Mail 101");
  run_wait(app, "taro: Seminar  3, all read");
  run_keys(app, "J");
  run_wait(app, "This is the last folder.");
  run_keys(app, "KK");
  run_wait(app, "Mail 1");
  run_wait(app, "taro: Inbox");
  run_keys(app, "jjo");
  run_wait(app, "by thread");
  run_assert_cursor(app, "Mail 3");
  run_keys(app, "o");
  run_until(app, "  by thread", FALSE);
  fbk_app_free(app);
}

/* Enter opens a result, J and K go through the results, and coming back the cursor stands on it. */
static void test_search(Desk *desk, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL;
  static const char mail[] = "From: %s@jaist.ac.jp\r\nDate: Tue, %d Nov 2023 22:13:20 +0000\r\n"
                             "Message-ID: <s%d@x>\r\nSubject: %s\r\nMIME-Version: 1.0\r\n"
                             "Content-Type: text/plain; charset=UTF-8\r\n\r\n%s\r\n";
  static const char *const bodies[] = {"\xe7\xb7\xa0\xe5\x88\x87 one", "nothing",
                                       "\xe7\xb7\xa0\xe5\x88\x87 three"};
  for (int i = 0; i < 3; i++) {
    g_autofree char *text = g_strdup_printf(mail, "a", 10 + i, i, i == 1 ? "other" : "deadline", bodies[i]);
    desk_mail(desk, desk->inbox, (guint32)i + 1, 0, text);
  }
  FbkIndexingReport report;
  fbk_indexing_run(desk->home, fbk_home_account(desk->home, "taro"), FALSE, NULL, NULL, &report, &err);
  g_assert_no_error(err);
  FbkApp *app = run_new(desk, 12, 60);
  run_wait(app, "other");
  run_keys(app, "S締切\n");
  run_wait(app, "2 found");
  run_assert(app, " taro: search for \"締切\"  2 found\n"
                  "N   2023-11-12  a@jaist.ac.jp         deadline\n"
                  "N   2023-11-10  a@jaist.ac.jp         deadline\n"
                  "\n\n\n\n\n\n\n\n");
  run_keys(app, "j\n");
  run_wait(app, "one");
  run_keys(app, "J");
  run_wait(app, "This is the last message.");
  run_keys(app, "K");
  run_wait(app, "three");
  run_keys(app, "q");
  run_wait(app, "2 found");
  run_assert_cursor(app, "11-12");
  run_keys(app, "J"); /* keys that mean nothing here say so */
  run_wait(app, "What a search finds has no next folder");
  run_keys(app, "o");
  run_wait(app, "no other order");
  fbk_app_feed(app, FBK_KEY_ESCAPE); /* goes back, as q does */
  run_wait(app, "other");
  run_keys(app, "Snowhere-to-be-found\n");
  run_wait(app, "Nothing found"); /* reading has renamed files, which the index may not know yet */
  fbk_app_free(app);
}

int main(int argc, char **argv)
{
  fbk_paths_prepare_process();
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  DESK_CASE("/scr-list/open", test_open_and_back);
  DESK_CASE("/scr-list/keys-before-rows", test_keys_at_once);
  DESK_CASE("/scr-list/keys-after-enter", test_keys_after_enter);
  DESK_CASE("/scr-list/disk-hangs", test_disk_hangs);
  DESK_CASE("/scr-list/empty", test_empty);
  DESK_CASE("/scr-list/next-unread-across-folders", test_next_unread);
  DESK_CASE("/scr-list/folders-and-order", test_folders_and_order);
  DESK_CASE("/scr-list/search", test_search);
  return g_test_run();
}
