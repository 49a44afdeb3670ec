/* The list of mail: its window, its rows, its keys. SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <pthread.h>

#include "base/paths.h"
#include "flow/indexing.h"
#include "tests/ui/run.h"
#include "ui/list.h"
#include "ui/list_load.h"
#include "ui/list_row.h"

#define HEIGHT 20

/* --- the window, over a catalogue, without threads --- */

typedef struct {
  Desk *desk;
  FbkList list;
  FbkOrder order;
  guint loads;
} Window;

static gboolean load_once(Window *window)
{
  g_autoptr(GError) err = NULL;
  FbkListWant want;
  FbkListFound found;
  if (!fbk_list_want(&window->list, &want))
    return FALSE;
  fbk_list_load(window->desk->catalog, window->desk->inbox, window->order, &want, &found, &err);
  g_assert_no_error(err);
  g_assert_cmpuint(found.rows->count, <=, 2 * want.reach + 1);
  fbk_list_take(&window->list, &want, &found);
  g_assert_cmpuint(++window->loads, <, 100000);
  return TRUE;
}

static void settle(Window *window)
{
  while (load_once(window))
    ;
  g_assert_true(fbk_list_is_settled(&window->list));
}

static void open_window(Window *window, Desk *desk, FbkOrder order)
{
  *window = (Window){.desk = desk, .order = order};
  fbk_list_init(&window->list);
  fbk_list_set_height(&window->list, HEIGHT);
  settle(window);
}

static guint32 uid(const Window *window)
{
  const FbkRow *row = fbk_list_row(&window->list);
  return row ? row->uid : 0;
}

static void refresh(Window *window)
{
  window->list.is_stale = TRUE;
  settle(window);
}

static guint screen_row(const Window *window)
{
  return window->list.cursor - window->list.top;
}

static void test_walk(Desk *desk, gconstpointer data)
{
  (void)data;
  Window window;
  desk_rows(desk, desk->inbox, 1, 1000);
  open_window(&window, desk, FBK_ORDER_DATE);
  for (guint32 expected = 1; expected <= 1000; expected++) {
    g_assert_cmpuint(uid(&window), ==, expected);
    g_assert_cmpuint(screen_row(&window), <, HEIGHT);
    fbk_list_move(&window.list, 1);
    g_assert_true(fbk_list_is_settled(&window.list)); /* rows are fetched before they are needed */
    settle(&window);
  }
  g_assert_cmpuint(uid(&window), ==, 1000); /* and no further */
  for (guint32 expected = 1000; expected >= 1; expected--) {
    g_assert_cmpuint(uid(&window), ==, expected);
    fbk_list_move(&window.list, -1);
    g_assert_true(fbk_list_is_settled(&window.list));
    settle(&window);
  }
  g_assert_cmpuint(uid(&window), ==, 1);
  fbk_list_clear(&window.list);
}

static void test_10000(Desk *desk, gconstpointer data)
{
  (void)data;
  Window window;
  FbkCatalogCost before, after;
  desk_rows(desk, desk->inbox, 1, 10000);
  fbk_catalog_cost(desk->catalog, &before);
  open_window(&window, desk, FBK_ORDER_DATE);
  g_assert_cmpuint(window.loads, ==, 1);
  fbk_list_last(&window.list);
  settle(&window);
  g_assert_cmpuint(uid(&window), ==, 10000);
  fbk_list_first(&window.list);
  settle(&window);
  g_assert_cmpuint(uid(&window), ==, 1);
  for (guint page = 1; page <= 250; page++) {
    fbk_list_move(&window.list, HEIGHT);
    settle(&window);
    g_assert_cmpuint(uid(&window), ==, 1 + page * HEIGHT);
  }
  fbk_catalog_cost(desk->catalog, &after);
  g_assert_cmpuint(window.loads, <, 100); /* for 250 pages: most of them are there already */
  g_assert_cmpuint(after.scan_steps - before.scan_steps, ==, 0);
  g_assert_cmpuint(after.sorts - before.sorts, ==, 0);
  g_assert_cmpuint(after.queries - before.queries, <, 8 * window.loads);
  fbk_list_clear(&window.list);
}

static void test_new_mail(Desk *desk, gconstpointer data)
{
  (void)data;
  Window window;
  desk_rows(desk, desk->inbox, 1, 500);
  open_window(&window, desk, FBK_ORDER_DATE);
  fbk_list_move(&window.list, 33);
  settle(&window);
  guint row = screen_row(&window);
  for (guint32 fresh = 0; fresh < 40; fresh++)
    desk_row(desk, desk->inbox, 1000 + fresh, 0, DESK_NOON + fresh, "A", "new");
  refresh(&window);
  g_assert_cmpuint(uid(&window), ==, 34); /* the same message in the same place */
  g_assert_cmpuint(screen_row(&window), ==, row);

  fbk_list_first(&window.list);
  settle(&window);
  desk_row(desk, desk->inbox, 2000, 0, DESK_NOON + 1000, "A", "newer");
  refresh(&window);
  g_assert_cmpuint(uid(&window), ==, 2000); /* on the first row: what is first is shown */

  window.list.is_pinned = TRUE; /* while it is being read it stays */
  desk_row(desk, desk->inbox, 2001, 0, DESK_NOON + 2000, "A", "newest");
  refresh(&window);
  g_assert_cmpuint(uid(&window), ==, 2000);
  fbk_list_clear(&window.list);
}

static void remove_uid(Desk *desk, const Window *window, guint32 wanted)
{
  g_autoptr(GError) err = NULL;
  for (guint i = 0; i < window->list.rows->count; i++)
    if (window->list.rows->rows[i].uid == wanted)
      fbk_catalog_remove(desk->catalog, window->list.rows->rows[i].id, &err);
  g_assert_no_error(err);
}

static void test_removed(Desk *desk, gconstpointer data)
{
  (void)data;
  Window window;
  desk_rows(desk, desk->inbox, 1, 50);
  open_window(&window, desk, FBK_ORDER_DATE);
  fbk_list_move(&window.list, 9);
  remove_uid(desk, &window, 10);
  remove_uid(desk, &window, 11);
  remove_uid(desk, &window, 3);
  refresh(&window);
  g_assert_cmpuint(uid(&window), ==, 12); /* the next one that is left */
  fbk_list_last(&window.list);
  settle(&window);
  remove_uid(desk, &window, 50);
  refresh(&window);
  g_assert_cmpuint(uid(&window), ==, 49);
  for (guint32 gone = 1; gone <= 50; gone++)
    remove_uid(desk, &window, gone);
  refresh(&window);
  g_assert_null(fbk_list_row(&window.list));
  fbk_list_move(&window.list, 1);
  fbk_list_last(&window.list);
  fbk_list_first(&window.list);
  settle(&window);
  desk_row(desk, desk->inbox, 99, 0, DESK_NOON, "A", "again");
  refresh(&window);
  g_assert_cmpuint(uid(&window), ==, 99);
  fbk_list_clear(&window.list);
}

/* Keys between a question and its answer count. */
static void test_moved_meanwhile(Desk *desk, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL;
  Window window;
  FbkListWant want, other;
  FbkListFound found;
  desk_rows(desk, desk->inbox, 1, 1000);
  open_window(&window, desk, FBK_ORDER_DATE);
  fbk_list_move(&window.list, 5);
  window.list.is_stale = TRUE;
  g_assert_true(fbk_list_want(&window.list, &want));
  g_assert_false(fbk_list_want(&window.list, &other)); /* one at a time */
  fbk_list_load(desk->catalog, desk->inbox, FBK_ORDER_DATE, &want, &found, &err);
  fbk_list_move(&window.list, 7);
  fbk_list_take(&window.list, &want, &found);
  g_assert_cmpuint(uid(&window), ==, 13);

  /* Further than the rows that are there. */
  fbk_list_move(&window.list, 700);
  g_assert_false(fbk_list_is_settled(&window.list));
  settle(&window);
  g_assert_cmpuint(uid(&window), ==, 713);
  fbk_list_move(&window.list, 5000);
  settle(&window);
  g_assert_cmpuint(uid(&window), ==, 1000);

  /* The answer to a jump that another one replaced does not end the other. */
  fbk_list_first(&window.list);
  g_assert_true(fbk_list_want(&window.list, &want));
  fbk_list_load(desk->catalog, desk->inbox, FBK_ORDER_DATE, &want, &found, &err);
  fbk_list_go(&window.list, window.list.rows->rows[0].id - 300);
  fbk_list_take(&window.list, &want, &found);
  g_assert_false(fbk_list_is_settled(&window.list));
  settle(&window);
  g_assert_cmpuint(uid(&window), !=, 1);
  fbk_list_clear(&window.list);
}

/* Results of a search that have no rows: the list does not ask for them for ever. */
static void test_sparse(void)
{
  FbkList list;
  FbkListWant want;
  fbk_list_init(&list);
  guint asked = 0;
  for (; fbk_list_want(&list, &want) && asked < 100; asked++) {
    FbkListFound found = {.rows = fbk_rows_new(2), .total = 5000};
    found.rows->count = 2;
    found.rows->rows[0] = (FbkRow){.id = 1};
    found.rows->rows[1] = (FbkRow){.id = 2};
    found.rows->more_after = TRUE;
    fbk_list_take(&list, &want, &found);
  }
  g_assert_cmpuint(asked, <, 5);
  fbk_list_move(&list, 50);
  for (asked = 0; fbk_list_want(&list, &want) && asked < 100; asked++) {
    FbkListFound found = {.rows = fbk_rows_new(2), .total = 5000};
    found.rows->count = 2;
    found.rows->rows[0] = (FbkRow){.id = 1};
    found.rows->rows[1] = (FbkRow){.id = 2};
    found.rows->more_after = TRUE;
    fbk_list_take(&list, &want, &found);
  }
  g_assert_cmpuint(asked, <, 5);
  g_assert_true(fbk_list_is_settled(&list));
  fbk_list_clear(&list);
}

/* --- rows --- */

static void assert_row(int columns, const FbkRow *row, const char *expected)
{
  g_autoptr(FbkCanvas) canvas = fbk_canvas_new(1, columns);
  fbk_list_row_draw(canvas, 0, row, DESK_NOON);
  g_autofree char *dump = fbk_canvas_dump(canvas);
  g_assert_cmpstr(dump, ==, expected);
  FbkLook look;
  fbk_canvas_cell(canvas, 0, 0, &look);
  g_assert_cmpint(look, ==, row->flags & FBK_FLAG_SEEN ? FBK_LOOK_NORMAL : FBK_LOOK_UNREAD);
}

static void test_rows(void)
{
  g_setenv("TZ", "UTC", TRUE);
  FbkRow row = {.date = DESK_NOON - 3600,
                .flags = FBK_FLAG_FLAGGED,
                .from_name = "山田太郎",
                .subject = "修士論文の締切について、それから研究室のゼミの予定について",
                .has_attachment = TRUE};
  assert_row(40, &row, "N*@ 21:13 山田太郎    修士論文の締切に…\n");
  assert_row(80, &row, "N*@      21:13  山田太郎              修士論文の締切について、それから研究室の…\n");
  assert_row(120, &row,
             "N*@            21:13  山田太郎                    "
             "修士論文の締切について、それから研究室のゼミの予定について\n");
  row.flags = FBK_FLAG_SEEN | FBK_FLAG_ANSWERED;
  row.date = DESK_NOON - 3 * DESK_DAY;
  row.has_attachment = FALSE;
  row.subject = "Re: 締切";
  row.depth = 2;
  assert_row(40, &row, "R   11-11 山田太郎        Re: 締切\n");
  assert_row(80, &row, "R        11-11  山田太郎                  Re: 締切\n");
  assert_row(120, &row, "R        11-11 22:13  山田太郎                        Re: 締切\n");
  row.date = DESK_NOON - 400 * DESK_DAY;
  row.depth = 20;
  row.subject = "";
  row.from_name = "";
  row.from_address = "a\x1b[2Jb@example.jp"; /* escape sequences are shown, not obeyed */
  assert_row(40, &row, "R    2022 a\xef\xbf\xbd[2Jb@exa…       (no subject)\n");
  assert_row(80, &row, "R   2022-10-10  a\xef\xbf\xbd[2Jb@example.jp                   (no subject)\n");
  assert_row(
      120, &row,
      "R   2022-10-10 22:13  a\xef\xbf\xbd[2Jb@example.jp                                  (no subject)\n");
}

/* --- the screen --- */

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
  fbk_indexing_run(desk->home, fbk_home_account(desk->home, "taro"), NULL, NULL, &report, &err);
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
  run_keys(app, "q");
  run_wait(app, "other");
  run_keys(app, "Snowhere-to-be-found\n");
  run_wait(app, "Nothing found. S asks for other words.");
  fbk_app_free(app);
}

int main(int argc, char **argv)
{
  fbk_paths_prepare_process();
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  DESK_CASE("/list/walk-down-and-up", test_walk);
  DESK_CASE("/list/10000-rows-by-pages", test_10000);
  DESK_CASE("/list/new-mail-keeps-the-place", test_new_mail);
  DESK_CASE("/list/removed-under-the-cursor", test_removed);
  DESK_CASE("/list/moved-meanwhile", test_moved_meanwhile);
  g_test_add_func("/list/results-without-rows", test_sparse);
  g_test_add_func("/list/rows-at-40-80-120", test_rows);
  DESK_CASE("/list/screen", test_open_and_back);
  DESK_CASE("/list/keys-before-rows", test_keys_at_once);
  DESK_CASE("/list/keys-after-enter", test_keys_after_enter);
  DESK_CASE("/list/disk-hangs", test_disk_hangs);
  DESK_CASE("/list/empty", test_empty);
  DESK_CASE("/list/next-unread-across-folders", test_next_unread);
  DESK_CASE("/list/folders-and-order", test_folders_and_order);
  DESK_CASE("/list/search", test_search);
  return g_test_run();
}
