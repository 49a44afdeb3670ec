/* The window of a list of mail, and its rows. SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>

#include "base/paths.h"
#include "tests/shared/desk.h"
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
  return g_test_run();
}
