/* Pages of lists: what they hold and what they cost. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "base/err.h"
#include "store/catalog.h"
#include "tests/shared/shelf.h"

static void test_pages_by_date(Shelf *shelf, gconstpointer data)
{
  (void)data;
  FbkCatalog *catalog = shelf->catalog;
  gint64 ids[9] = {0}, inbox = shelf->inbox;
  shelf_assert_page(catalog, inbox, FBK_ORDER_DATE, FBK_PAGE_START, 0, "");
  shelf_assert_page(catalog, inbox, FBK_ORDER_DATE, FBK_PAGE_END, 0, "");
  /* Two have the same date: the later row stands first. */
  static const gint64 dates[9] = {0, 100, 300, 200, 500, 400, 200, 800, 700};
  for (guint32 uid = 1; uid <= 8; uid++)
    ids[uid] = shelf_add(catalog, inbox, uid, 0, NOON - 1000 + dates[uid]);
  shelf_assert_page(catalog, inbox, FBK_ORDER_DATE, FBK_PAGE_START, 0, "7 8 4>");
  shelf_assert_page(catalog, inbox, FBK_ORDER_DATE, FBK_PAGE_AFTER, ids[4], "<5 2 6>");
  shelf_assert_page(catalog, inbox, FBK_ORDER_DATE, FBK_PAGE_AFTER, ids[6], "<3 1");
  shelf_assert_page(catalog, inbox, FBK_ORDER_DATE, FBK_PAGE_AFTER, ids[1], "<");
  shelf_assert_page(catalog, inbox, FBK_ORDER_DATE, FBK_PAGE_END, 0, "<6 3 1");
  shelf_assert_page(catalog, inbox, FBK_ORDER_DATE, FBK_PAGE_BEFORE, ids[6], "<4 5 2>");
  shelf_assert_page(catalog, inbox, FBK_ORDER_DATE, FBK_PAGE_BEFORE, ids[5], "7 8 4>");
  shelf_assert_page(catalog, inbox, FBK_ORDER_DATE, FBK_PAGE_FROM, ids[2], "<2 6 3>");
  shelf_assert_page(catalog, inbox, FBK_ORDER_DATE, FBK_PAGE_FROM, ids[7], "7 8 4>");
  g_autoptr(GError) err = NULL;
  g_assert_true(fbk_catalog_remove(catalog, ids[2], NULL));
  g_assert_null(fbk_catalog_page(catalog, inbox, FBK_ORDER_DATE, FBK_PAGE_AFTER, ids[2], 3, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_NOT_FOUND);
}

/* A mail dated 2040 does not stick on top; one without a date stands where it arrived. */
static void test_odd_dates(Shelf *shelf, gconstpointer data)
{
  (void)data;
  gint64 future = shelf_add(shelf->catalog, shelf->inbox, 1, 0, NOON + 17 * 365 * (gint64)DAY);
  shelf_add(shelf->catalog, shelf->inbox, 2, 0, NOON - 5);
  gint64 undated = shelf_add(shelf->catalog, shelf->inbox, 3, 0, 0);
  g_autoptr(FbkEnvelope) header = shelf_envelope("later@x", "", "", NOON + 2 * DAY);
  FbkNewRow later = {.uid = 4, .file = "f", .arrived = NOON + 2 * DAY, .envelope = header};
  g_assert_true(fbk_catalog_add(shelf->catalog, shelf->inbox, &later, NULL, NULL));
  g_autofree char *got = shelf_page(shelf->catalog, shelf->inbox, FBK_ORDER_DATE, FBK_PAGE_START, 0, 10);
  g_assert_cmpstr(got, ==, "4 1 3 2");
  g_autoptr(FbkRows) rows = fbk_catalog_row(shelf->catalog, future, NULL);
  g_assert_cmpint(rows->rows[0].date, ==, NOON + 17 * 365 * (gint64)DAY);
  g_autoptr(FbkRows) second = fbk_catalog_row(shelf->catalog, undated, NULL);
  g_assert_cmpint(second->rows[0].date, ==, NOON);
}

static void test_next_unread(Shelf *shelf, gconstpointer data)
{
  (void)data;
  gint64 ids[7] = {0}, next = 0;
  for (guint32 uid = 1; uid <= 6; uid++)
    ids[uid] =
        shelf_add(shelf->catalog, shelf->inbox, uid, uid == 2 || uid == 4 ? 0 : FBK_FLAG_SEEN, NOON + uid);
  for (FbkOrder order = FBK_ORDER_DATE; order <= FBK_ORDER_THREAD; order++) {
    static const guint from[] = {0, 6, 4, 3, 2, 1}, expected[] = {4, 4, 2, 2, 0, 0};
    for (guint i = 0; i < G_N_ELEMENTS(from); i++) {
      g_assert_true(fbk_catalog_next_unread(shelf->catalog, shelf->inbox, order, ids[from[i]], &next, NULL));
      g_assert_cmpint(next, ==, ids[expected[i]]);
    }
  }
}

/* --- cost --- */

static void fill(FbkCatalog *catalog, gint64 folder, guint from, guint to)
{
  g_autoptr(GError) err = NULL;
  fbk_catalog_begin(catalog, &err);
  for (guint i = from; i < to; i++) {
    g_autofree char *id = g_strdup_printf("%u@x", i);
    g_autofree char *parent = i % 7 != 0 ? g_strdup_printf("%u@x", i - 1) : g_strdup("");
    g_autofree char *file = g_strdup_printf("7.%u.fubako:2,", i + 1);
    g_autoptr(FbkEnvelope) header = shelf_envelope(id, parent, "輪講の資料", NOON + i);
    FbkNewRow row = {.uid = i + 1,
                     .flags = i % 10 == 3 && i + 1000 < to ? 0 : FBK_FLAG_SEEN,
                     .file = file,
                     .arrived = NOON + i,
                     .envelope = header};
    fbk_catalog_add(catalog, folder, &row, NULL, &err);
    g_assert_no_error(err);
  }
  fbk_catalog_commit(catalog, &err);
  g_assert_no_error(err);
}

typedef struct {
  FbkCatalog *catalog;
  FbkCatalogCost before;
} Meter;

static Meter meter(FbkCatalog *catalog)
{
  Meter made = {catalog, {0}};
  fbk_catalog_cost(catalog, &made.before);
  return made;
}

static void assert_cost(const Meter *from, guint64 queries, guint64 scan_steps)
{
  FbkCatalogCost now;
  fbk_catalog_cost(from->catalog, &now);
  g_assert_cmpuint(now.queries - from->before.queries, <=, queries);
  g_assert_cmpuint(now.scan_steps - from->before.scan_steps, <=, scan_steps);
  g_assert_cmpuint(now.sorts - from->before.sorts, ==, 0);
}

static guint64 work_since(const Meter *from)
{
  FbkCatalogCost now;
  fbk_catalog_cost(from->catalog, &now);
  return now.work - from->before.work;
}

/* The work of all that a person does with a list. */
static guint64 assert_costs(FbkCatalog *catalog, gint64 folder)
{
  Meter whole = meter(catalog);
  guint64 work = 0;
  for (FbkOrder order = FBK_ORDER_DATE; order <= FBK_ORDER_THREAD; order++) {
    Meter start = meter(catalog);
    g_autoptr(FbkRows) first = fbk_catalog_page(catalog, folder, order, FBK_PAGE_START, 0, 50, NULL);
    assert_cost(&start, 1, 0);
    g_assert_cmpuint(first->count, ==, 50);
    start = meter(catalog);
    g_autoptr(FbkRows) next =
        fbk_catalog_page(catalog, folder, order, FBK_PAGE_AFTER, first->rows[49].id, 50, NULL);
    g_assert_cmpuint(next->count, ==, 50);
    g_autoptr(FbkRows) back =
        fbk_catalog_page(catalog, folder, order, FBK_PAGE_BEFORE, next->rows[0].id, 50, NULL);
    g_assert_cmpint(back->rows[0].id, ==, first->rows[0].id);
    g_autoptr(FbkRows) last = fbk_catalog_page(catalog, folder, order, FBK_PAGE_END, 0, 50, NULL);
    g_assert_cmpuint(last->count, ==, 50);
    g_autoptr(FbkRows) from =
        fbk_catalog_page(catalog, folder, order, FBK_PAGE_FROM, last->rows[0].id, 50, NULL);
    g_assert_cmpint(from->rows[49].id, ==, last->rows[49].id);
    gint64 unread = 0;
    g_assert_true(fbk_catalog_next_unread(catalog, folder, order, first->rows[9].id, &unread, NULL));
    g_assert_cmpint(unread, !=, 0);
    assert_cost(&start, 40, 0);
  }
  Meter start = meter(catalog);
  gint64 found;
  gboolean has;
  g_autoptr(GPtrArray) waiting = fbk_catalog_index_waiting(catalog, 200, NULL);
  g_assert_cmpuint(waiting->len, ==, 200);
  g_assert_true(fbk_catalog_by_file(catalog, "INBOX", "7.77.fubako", &found, NULL));
  g_assert_cmpint(found, !=, 0);
  g_assert_true(fbk_catalog_by_message_id(catalog, "77@x", &found, NULL));
  g_assert_true(fbk_catalog_has_uidl(catalog, folder, "x", &has, NULL));
  assert_cost(&start, 4, 0);
  work = work_since(&whole);
  start = meter(catalog);
  g_autoptr(GPtrArray) folders = fbk_catalog_folders(catalog, NULL);
  assert_cost(&start, 1, folders->len);
  start = meter(catalog);
  g_autoptr(GArray) known = fbk_catalog_known(catalog, folder, NULL);
  g_assert_cmpuint(known->len, >=, 10000);
  assert_cost(&start, 1, 0);
  return work;
}

/* Opening a folder costs the same at any size: one query, no scan, no sort. */
static void test_cost(Shelf *shelf, gconstpointer data)
{
  (void)data;
  fill(shelf->catalog, shelf->inbox, 0, 10000);
  guint64 small = assert_costs(shelf->catalog, shelf->inbox);
  fill(shelf->catalog, shelf->inbox, 10000, 100000);
  guint64 large = assert_costs(shelf->catalog, shelf->inbox);
  g_assert_cmpuint(large, <, small + small / 10);
  Meter start = meter(shelf->catalog);
  gint64 id = shelf_add(shelf->catalog, shelf->inbox, 200000, 0, NOON + 200000);
  g_assert_true(fbk_catalog_local_flags(shelf->catalog, id, FBK_FLAG_SEEN, NULL));
  g_assert_true(fbk_catalog_remove(shelf->catalog, id, NULL));
  assert_cost(&start, 20, 0);
  g_assert_cmpuint(work_since(&start), <, 2000);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  SHELF_CASE("/store/catalog-page/by-date", test_pages_by_date);
  SHELF_CASE("/store/catalog-page/odd-dates", test_odd_dates);
  SHELF_CASE("/store/catalog-page/next-unread", test_next_unread);
  SHELF_CASE("/store/catalog-page/cost", test_cost);
  return g_test_run();
}
