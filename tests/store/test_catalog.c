/* The catalogue: folders, rows, flags, and what the index knows. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "base/err.h"
#include "store/catalog.h"
#include "tests/shared/shelf.h"

/* --- folders --- */

static void test_folder_order(Shelf *shelf, gconstpointer data)
{
  (void)data;
  shelf_put_folder(shelf->catalog, "beta", "beta", FBK_ROLE_NONE);
  shelf_put_folder(shelf->catalog, "ごみ箱", "&MFQwf3ux-", FBK_ROLE_TRASH);
  shelf_put_folder(shelf->catalog, "alpha", "alpha", FBK_ROLE_NONE);
  shelf_put_folder(shelf->catalog, "Sent", "Sent", FBK_ROLE_SENT);
  gint64 again = shelf_put_folder(shelf->catalog, "INBOX", "INBOX", FBK_ROLE_INBOX);
  g_assert_cmpint(again, ==, shelf->inbox);
  g_autoptr(GPtrArray) folders = fbk_catalog_folders(shelf->catalog, NULL);
  static const char *const expected[] = {"INBOX", "Sent", "ごみ箱", "alpha", "beta"};
  g_assert_cmpuint(folders->len, ==, G_N_ELEMENTS(expected));
  for (guint i = 0; i < folders->len; i++)
    g_assert_cmpstr(((FbkFolder *)g_ptr_array_index(folders, i))->name, ==, expected[i]);
  g_assert_cmpstr(((FbkFolder *)g_ptr_array_index(folders, 2))->path, ==, "&MFQwf3ux-");
  g_assert_cmpint(((FbkFolder *)g_ptr_array_index(folders, 2))->delimiter, ==, '/');
}

/* Directory names are safe and differ even where the disk does not tell case apart. */
static void test_folder_dirs(Shelf *shelf, gconstpointer data)
{
  (void)data;
  static const char *const names[] = {"Inbox", "inbox", "../../etc", ".notmuch", "cur",
                                      "a/b",   "",      "\x1b[2J",   "Ａ",       "ａ"};
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_strdup_printf("path%u", i);
    shelf_put_folder(shelf->catalog, names[i], path, FBK_ROLE_NONE);
  }
  g_autoptr(GPtrArray) folders = fbk_catalog_folders(shelf->catalog, NULL);
  g_assert_cmpuint(folders->len, ==, G_N_ELEMENTS(names) + 1);
  for (guint i = 0; i < folders->len; i++) {
    const char *dir = ((FbkFolder *)g_ptr_array_index(folders, i))->dir;
    g_assert_true(*dir != '\0' && *dir != '.' && strchr(dir, '/') == NULL && strchr(dir, '\x1b') == NULL);
    g_assert_cmpstr(dir, !=, "cur");
    char *folded = g_utf8_casefold(dir, -1);
    g_assert_false(g_hash_table_contains(seen, folded));
    g_hash_table_add(seen, folded);
  }
}

static void test_folder_state(Shelf *shelf, gconstpointer data)
{
  (void)data;
  FbkFolderState state = {4000000000u, 77, TRUE}, read = {0};
  g_autoptr(GError) err = NULL;
  g_assert_true(fbk_catalog_get_state(shelf->catalog, shelf->inbox, &read, NULL));
  g_assert_cmpuint(read.uidvalidity, ==, 0);
  g_assert_true(fbk_catalog_set_state(shelf->catalog, shelf->inbox, &state, NULL));
  g_assert_true(fbk_catalog_get_state(shelf->catalog, shelf->inbox, &read, NULL));
  g_assert_cmpuint(read.uidvalidity, ==, 4000000000u);
  g_assert_cmpuint(read.uidnext, ==, 77);
  g_assert_true(read.delivering);
  g_assert_false(fbk_catalog_get_state(shelf->catalog, 999, &read, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_NOT_FOUND);
}

static void test_folder_removed(Shelf *shelf, gconstpointer data)
{
  (void)data;
  gint64 other = shelf_put_folder(shelf->catalog, "ML", "ML", FBK_ROLE_NONE);
  shelf_add(shelf->catalog, other, 1, 0, NOON);
  shelf_add(shelf->catalog, other, 2, 0, NOON);
  shelf_add(shelf->catalog, shelf->inbox, 3, 0, NOON);
  g_assert_true(fbk_catalog_remove_folder(shelf->catalog, other, NULL));
  g_autoptr(GPtrArray) folders = fbk_catalog_folders(shelf->catalog, NULL);
  g_assert_cmpuint(folders->len, ==, 1);
  shelf_assert_counts(shelf->catalog, 0, 1, 1);
  g_autoptr(GError) err = NULL;
  gint64 id;
  g_assert_false(shelf_try_add(shelf->catalog, other, 5, 0, "5@x", NOON, &id, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_NOT_FOUND);
}

/* --- rows --- */

static void test_row(Shelf *shelf, gconstpointer data)
{
  (void)data;
  g_autoptr(FbkEnvelope) header = shelf_envelope("a@x", "", "締切のお知らせ", NOON);
  FbkNewRow row = {.uid = 9,
                   .flags = FBK_FLAG_FLAGGED,
                   .size = 5000000000u,
                   .file = "7.9.fubako:2,F",
                   .digest = "00",
                   .arrived = NOON + 5,
                   .has_attachment = TRUE,
                   .envelope = header};
  gint64 id = 0, found = 0;
  g_assert_true(fbk_catalog_add(shelf->catalog, shelf->inbox, &row, &id, NULL));
  g_autoptr(FbkRows) rows = fbk_catalog_row(shelf->catalog, id, NULL);
  g_assert_cmpuint(rows->count, ==, 1);
  const FbkRow *got = &rows->rows[0];
  g_assert_cmpint(got->id, ==, id);
  g_assert_cmpint(got->folder_id, ==, shelf->inbox);
  g_assert_cmpuint(got->uid, ==, 9);
  g_assert_cmpuint(got->flags, ==, FBK_FLAG_FLAGGED);
  g_assert_cmpint(got->date, ==, NOON);
  g_assert_cmpuint(got->size, ==, 5000000000u);
  g_assert_cmpstr(got->subject, ==, "締切のお知らせ");
  g_assert_cmpstr(got->from_name, ==, "山田太郎");
  g_assert_cmpstr(got->from_address, ==, "taro@jaist.example");
  g_assert_cmpstr(got->message_id, ==, "a@x");
  g_assert_cmpstr(got->file, ==, "7.9.fubako:2,F");
  g_assert_true(got->has_attachment);
  g_assert_true(fbk_catalog_by_message_id(shelf->catalog, "a@x", &found, NULL));
  g_assert_cmpint(found, ==, id);
  g_assert_true(fbk_catalog_by_message_id(shelf->catalog, "b@x", &found, NULL));
  g_assert_cmpint(found, ==, 0);
  g_assert_true(fbk_catalog_by_message_id(shelf->catalog, "", &found, NULL));
  g_assert_cmpint(found, ==, 0);
  static const struct {
    const char *dir, *unique;
    gboolean hit;
  } names[] = {{"INBOX", "7.9.fubako", TRUE}, {"INBOX", "7.9.fubako:2,FS", TRUE}, {"INBOX", "7.9", FALSE},
               {"INBOX", "7.9.fubak", FALSE}, {"inbox", "7.9.fubako", FALSE},     {"INBOX", "", FALSE}};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_assert_true(fbk_catalog_by_file(shelf->catalog, names[i].dir, names[i].unique, &found, NULL));
    g_assert_cmpint(found, ==, names[i].hit ? id : 0);
  }
  g_autoptr(GError) err = NULL;
  g_assert_null(fbk_catalog_row(shelf->catalog, 12345, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_NOT_FOUND);
}

static void test_same_uid(Shelf *shelf, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL;
  gint64 id, other = shelf_put_folder(shelf->catalog, "ML", "ML", FBK_ROLE_NONE);
  shelf_add(shelf->catalog, shelf->inbox, 1, 0, NOON);
  g_assert_false(shelf_try_add(shelf->catalog, shelf->inbox, 1, 0, "other@x", NOON, &id, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_EXISTS);
  shelf_add(shelf->catalog, other, 1, 0, NOON);
  shelf_assert_counts(shelf->catalog, 0, 1, 1);
}

/* Several rows without uid (POP) may stand in a folder; their UIDLs are known. */
static void test_uidl(Shelf *shelf, gconstpointer data)
{
  (void)data;
  g_autoptr(FbkEnvelope) header = shelf_envelope("a@x", "", "", NOON);
  FbkNewRow row = {.file = "a:2,", .uidl = "uidl-1", .arrived = NOON, .envelope = header};
  gboolean has;
  g_assert_true(fbk_catalog_add(shelf->catalog, shelf->inbox, &row, NULL, NULL));
  row.uidl = "uidl-2";
  g_assert_true(fbk_catalog_add(shelf->catalog, shelf->inbox, &row, NULL, NULL));
  g_assert_true(fbk_catalog_has_uidl(shelf->catalog, shelf->inbox, "uidl-2", &has, NULL));
  g_assert_true(has);
  g_assert_true(fbk_catalog_has_uidl(shelf->catalog, shelf->inbox, "uidl-3", &has, NULL));
  g_assert_false(has);
  g_autoptr(GArray) known = fbk_catalog_known(shelf->catalog, shelf->inbox, NULL);
  g_assert_cmpuint(known->len, ==, 0);
}

/* What changed on the server wins where it changed; what was changed here alone stays. */
static void test_flags_three_way(Shelf *shelf, gconstpointer data)
{
  (void)data;
  enum { S = FBK_FLAG_SEEN, F = FBK_FLAG_FLAGGED, R = FBK_FLAG_ANSWERED };
  static const struct {
    guint at_first, here, server, expected;
  } cases[] = {
      {0, S, 0, S},                 /* read here, the server does not know yet */
      {0, S, F, S | F},             /* and flagged there meanwhile */
      {S, 0, S, 0},                 /* marked unread here */
      {S | F, S, S | F | R, S | R}, /* unflagged here, answered there */
      {S | F, S | F, S, S},         /* unflagged there */
      {0, S, S, S},                 /* the same on both sides */
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    gint64 id = shelf_add(shelf->catalog, shelf->inbox, i + 1, cases[i].at_first, NOON);
    guint flags = 99;
    g_assert_true(fbk_catalog_local_flags(shelf->catalog, id, cases[i].here, NULL));
    g_assert_true(fbk_catalog_server_flags(shelf->catalog, id, cases[i].server, &flags, NULL));
    g_assert_cmpuint(flags, ==, cases[i].expected);
    g_autoptr(FbkRows) row = fbk_catalog_row(shelf->catalog, id, NULL);
    g_assert_cmpuint(row->rows[0].flags, ==, cases[i].expected);
    g_autoptr(GArray) known = fbk_catalog_known(shelf->catalog, shelf->inbox, NULL);
    g_assert_cmpuint(known->len, ==, i + 1);
    const FbkKnown *last = &g_array_index(known, FbkKnown, i);
    g_assert_cmpuint(last->uid, ==, i + 1);
    g_assert_cmpint(last->id, ==, id);
    g_assert_cmpuint(last->server_flags, ==, cases[i].server);
    g_assert_cmpuint(last->flags, ==, cases[i].expected);
  }
  shelf_assert_counts(shelf->catalog, 0, 6, 1);
}

static void test_counts(Shelf *shelf, gconstpointer data)
{
  (void)data;
  gint64 first = shelf_add(shelf->catalog, shelf->inbox, 1, 0, NOON);
  gint64 second = shelf_add(shelf->catalog, shelf->inbox, 2, FBK_FLAG_SEEN, NOON);
  shelf_assert_counts(shelf->catalog, 0, 2, 1);
  g_assert_true(fbk_catalog_local_flags(shelf->catalog, first, FBK_FLAG_SEEN | FBK_FLAG_FLAGGED, NULL));
  shelf_assert_counts(shelf->catalog, 0, 2, 0);
  g_assert_true(fbk_catalog_local_flags(shelf->catalog, second, 0, NULL));
  shelf_assert_counts(shelf->catalog, 0, 2, 1);
  g_assert_true(fbk_catalog_remove(shelf->catalog, second, NULL));
  shelf_assert_counts(shelf->catalog, 0, 1, 0);
  g_autoptr(GError) err = NULL;
  g_assert_false(fbk_catalog_remove(shelf->catalog, second, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_NOT_FOUND);
}

/* All or nothing, also for another who looks meanwhile. */
static void test_transaction(Shelf *shelf, gconstpointer data)
{
  (void)data;
  g_autoptr(FbkCatalog) other = fbk_catalog_open(shelf->path, NULL, NULL);
  g_assert_true(fbk_catalog_begin(shelf->catalog, NULL));
  shelf_add(shelf->catalog, shelf->inbox, 1, 0, NOON);
  shelf_assert_counts(other, 0, 0, 0);
  fbk_catalog_rollback(shelf->catalog);
  fbk_catalog_rollback(shelf->catalog);
  shelf_assert_counts(shelf->catalog, 0, 0, 0);
  g_assert_true(fbk_catalog_begin(shelf->catalog, NULL));
  shelf_add(shelf->catalog, shelf->inbox, 1, 0, NOON);
  shelf_add(shelf->catalog, shelf->inbox, 2, 0, NOON);
  g_assert_true(fbk_catalog_commit(shelf->catalog, NULL));
  shelf_assert_counts(other, 0, 2, 2);
}

static gpointer begin_and_add(gpointer data)
{
  g_autoptr(FbkCatalog) other = fbk_catalog_open(data, NULL, NULL);
  shelf_add(other, 1, 50, 0, NOON);
  return NULL;
}

/* Two writers: the second waits for the first instead of failing. */
static void test_two_writers(Shelf *shelf, gconstpointer data)
{
  (void)data;
  g_assert_true(fbk_catalog_begin(shelf->catalog, NULL));
  GThread *thread = g_thread_new("writer", begin_and_add, shelf->path);
  for (guint32 uid = 1; uid <= 40; uid++)
    shelf_add(shelf->catalog, shelf->inbox, uid, 0, NOON);
  g_assert_true(fbk_catalog_commit(shelf->catalog, NULL));
  g_thread_join(thread);
  shelf_assert_counts(shelf->catalog, 0, 41, 41);
}

/* --- UIDVALIDITY --- */

static void test_orphans(Shelf *shelf, gconstpointer data)
{
  (void)data;
  gint64 first = shelf_add(shelf->catalog, shelf->inbox, 1, 0, NOON), id = 0;
  gint64 second = shelf_add(shelf->catalog, shelf->inbox, 2, FBK_FLAG_SEEN, NOON);
  gboolean adopted = FALSE;
  g_autofree char *digest = g_strdup_printf("%064x", 1);
  g_assert_true(fbk_catalog_local_flags(shelf->catalog, first, FBK_FLAG_SEEN, NULL));
  g_assert_true(fbk_catalog_orphan(shelf->catalog, shelf->inbox, NULL));
  g_autoptr(GArray) known = fbk_catalog_known(shelf->catalog, shelf->inbox, NULL);
  g_assert_cmpuint(known->len, ==, 0);
  g_assert_true(
      fbk_catalog_adopt(shelf->catalog, shelf->inbox, digest, 501, FBK_FLAG_FLAGGED, &id, &adopted, NULL));
  g_assert_true(adopted);
  g_assert_cmpint(id, ==, first);
  g_autoptr(FbkRows) row = fbk_catalog_row(shelf->catalog, first, NULL);
  g_assert_cmpuint(row->rows[0].uid, ==, 501);
  g_assert_cmpuint(row->rows[0].flags, ==, FBK_FLAG_SEEN | FBK_FLAG_FLAGGED);
  g_assert_cmpstr(row->rows[0].file, ==, "7.1.fubako:2,");
  /* There was one mail of this content: a second one with it is new. */
  g_assert_true(fbk_catalog_adopt(shelf->catalog, shelf->inbox, digest, 502, 0, &id, &adopted, NULL));
  g_assert_false(adopted);
  g_autoptr(GArray) left = fbk_catalog_orphans(shelf->catalog, shelf->inbox, NULL);
  g_assert_cmpuint(left->len, ==, 1);
  g_assert_cmpint(g_array_index(left, gint64, 0), ==, second);
  shelf_assert_counts(shelf->catalog, 0, 2, 0);
}

/* --- index bookkeeping --- */

static char *join_paths(GPtrArray *paths)
{
  g_ptr_array_add(paths, NULL);
  char *text = g_strjoinv(" ", (char **)paths->pdata);
  g_ptr_array_unref(paths);
  return text;
}

static void assert_gone(FbkCatalog *catalog, const char *expected)
{
  g_autofree char *got = join_paths(fbk_catalog_index_gone(catalog, NULL));
  g_assert_cmpstr(got, ==, expected);
}

static void assert_waiting(FbkCatalog *catalog, guint waiting, guint refused)
{
  guint waiting_now = 99, refused_now = 99;
  g_autoptr(GPtrArray) items = fbk_catalog_index_waiting(catalog, 1000, NULL);
  g_assert_true(fbk_catalog_index_counts(catalog, &waiting_now, &refused_now, NULL));
  g_assert_cmpuint(waiting_now, ==, waiting);
  g_assert_cmpuint(items->len, ==, waiting);
  g_assert_cmpuint(refused_now, ==, refused);
}

static void test_index_states(Shelf *shelf, gconstpointer data)
{
  (void)data;
  FbkCatalog *catalog = shelf->catalog;
  for (guint32 uid = 1; uid <= 4; uid++)
    shelf_add(catalog, shelf->inbox, uid, 0, NOON + uid);
  g_autoptr(FbkEnvelope) header = shelf_envelope("z@x", "", "", NOON);
  FbkNewRow bodiless = {.uid = 9, .file = "", .arrived = NOON, .envelope = header};
  g_assert_true(fbk_catalog_add(catalog, shelf->inbox, &bodiless, NULL, NULL));
  assert_waiting(catalog, 4, 0);
  g_autoptr(GPtrArray) items = fbk_catalog_index_waiting(catalog, 4, NULL);
  const FbkIndexItem *newest = g_ptr_array_index(items, 0), *second = g_ptr_array_index(items, 1),
                     *third = g_ptr_array_index(items, 2);
  g_assert_cmpstr(newest->dir, ==, "INBOX");
  g_assert_cmpstr(newest->file, ==, "7.4.fubako:2,");
  g_assert_true(fbk_catalog_set_index_state(catalog, newest, FBK_INDEX_DONE, NULL));
  g_assert_true(fbk_catalog_set_index_state(catalog, second, FBK_INDEX_REFUSED, NULL));
  assert_waiting(catalog, 2, 1);
  /* Renamed after indexing: it waits again, and its old name comes up only after that. */
  g_assert_true(fbk_catalog_set_file(catalog, newest->id, "7.4.fubako:2,S", NULL));
  assert_waiting(catalog, 3, 1);
  assert_gone(catalog, "");
  FbkIndexItem renamed = {newest->id, newest->dir, (char *)"7.4.fubako:2,S"};
  g_assert_true(fbk_catalog_set_index_state(catalog, &renamed, FBK_INDEX_DONE, NULL));
  assert_gone(catalog, "INBOX/cur/7.4.fubako:2,");
  /* Renamed while it was being indexed: what was done counts for the old name. */
  g_assert_true(fbk_catalog_set_file(catalog, third->id, "7.2.fubako:2,F", NULL));
  g_assert_true(fbk_catalog_set_index_state(catalog, third, FBK_INDEX_DONE, NULL));
  assert_waiting(catalog, 2, 1);
  g_assert_true(fbk_catalog_index_gone_done(catalog, NULL));
  assert_gone(catalog, "");
  /* Removed. */
  g_assert_true(fbk_catalog_remove(catalog, newest->id, NULL));
  assert_gone(catalog, "INBOX/cur/7.4.fubako:2,S");
  g_assert_true(fbk_catalog_remove(catalog, second->id, NULL));
  assert_waiting(catalog, 2, 0);
  g_assert_true(fbk_catalog_index_gone_done(catalog, NULL));
  g_assert_true(fbk_catalog_remove(catalog, third->id, NULL));
  assert_gone(catalog, "INBOX/cur/7.2.fubako:2,");
}

/* Renamed to and fro: the name that is there again must not be taken out. */
static void test_index_renamed_back(Shelf *shelf, gconstpointer data)
{
  (void)data;
  gint64 id = shelf_add(shelf->catalog, shelf->inbox, 1, 0, NOON);
  FbkIndexItem item = {id, (char *)"INBOX", (char *)"7.1.fubako:2,"};
  g_assert_true(fbk_catalog_set_index_state(shelf->catalog, &item, FBK_INDEX_DONE, NULL));
  g_assert_true(fbk_catalog_set_file(shelf->catalog, id, "7.1.fubako:2,S", NULL));
  g_assert_true(fbk_catalog_set_file(shelf->catalog, id, "7.1.fubako:2,", NULL));
  g_assert_true(fbk_catalog_set_index_state(shelf->catalog, &item, FBK_INDEX_DONE, NULL));
  assert_gone(shelf->catalog, "");
}

/* Another index than before: everything waits for it. The same one: nothing does. */
static void test_index_is(Shelf *shelf, gconstpointer data)
{
  (void)data;
  gint64 id = shelf_add(shelf->catalog, shelf->inbox, 1, 0, NOON);
  FbkIndexItem item = {id, (char *)"INBOX", (char *)"7.1.fubako:2,"};
  g_assert_true(fbk_catalog_index_is(shelf->catalog, "first", NULL));
  g_assert_true(fbk_catalog_set_index_state(shelf->catalog, &item, FBK_INDEX_DONE, NULL));
  g_assert_true(fbk_catalog_index_is(shelf->catalog, "first", NULL));
  assert_waiting(shelf->catalog, 0, 0);
  g_assert_true(fbk_catalog_set_file(shelf->catalog, id, "7.1.fubako:2,S", NULL));
  item.file = (char *)"7.1.fubako:2,S";
  g_assert_true(fbk_catalog_set_index_state(shelf->catalog, &item, FBK_INDEX_DONE, NULL));
  g_assert_true(fbk_catalog_index_is(shelf->catalog, "second", NULL));
  assert_waiting(shelf->catalog, 1, 0);
  assert_gone(shelf->catalog, "");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  SHELF_CASE("/store/catalog/folder-order", test_folder_order);
  SHELF_CASE("/store/catalog/folder-dirs", test_folder_dirs);
  SHELF_CASE("/store/catalog/folder-state", test_folder_state);
  SHELF_CASE("/store/catalog/folder-removed", test_folder_removed);
  SHELF_CASE("/store/catalog/row", test_row);
  SHELF_CASE("/store/catalog/same-uid", test_same_uid);
  SHELF_CASE("/store/catalog/uidl", test_uidl);
  SHELF_CASE("/store/catalog/flags-three-way", test_flags_three_way);
  SHELF_CASE("/store/catalog/counts", test_counts);
  SHELF_CASE("/store/catalog/transaction", test_transaction);
  SHELF_CASE("/store/catalog/two-writers", test_two_writers);
  SHELF_CASE("/store/catalog/J23-orphans", test_orphans);
  SHELF_CASE("/store/catalog/index-states", test_index_states);
  SHELF_CASE("/store/catalog/index-renamed-back", test_index_renamed_back);
  SHELF_CASE("/store/catalog/index-is", test_index_is);
  return g_test_run();
}
