/* Threads: who belongs together, in what order, how deep, and what hostile references cost.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "base/err.h"
#include "store/catalog.h"
#include "tests/shared/shelf.h"

/* One mail: its id, the ids of its References (blank between them), when it was sent. The uid is the place in
 * the table, from 1. */
typedef struct {
  const char *id, *references;
  gint64 date;
} Mail;

static gint64 deliver(FbkCatalog *catalog, gint64 folder, guint32 uid, const Mail *mail, guint flags)
{
  g_autoptr(GError) err = NULL;
  g_auto(GStrv) references = g_strsplit(mail->references, " ", -1);
  guint count = g_strv_length(references);
  g_autoptr(FbkEnvelope) header =
      shelf_envelope(mail->id, count > 0 ? references[count - 1] : "", "Re: 輪講", NOON + mail->date);
  g_strfreev(header->references);
  header->references = g_steal_pointer(&references);
  FbkNewRow row = {.uid = uid, .flags = flags, .file = "", .arrived = NOON + mail->date, .envelope = header};
  gint64 id = 0;
  fbk_catalog_add(catalog, folder, &row, &id, &err);
  g_assert_no_error(err);
  return id;
}

static void append_rows(GString *text, const FbkRows *rows)
{
  for (guint i = 0; i < rows->count; i++)
    g_string_append_printf(text, "%s%u:%u", text->len > 0 ? " " : "", rows->rows[i].uid, rows->rows[i].depth);
}

/* "uid:depth ..." of the whole folder in THREAD order, walked in pages of limit, down or up. */
static char *walk(FbkCatalog *catalog, gint64 folder, guint limit, gboolean down)
{
  GString *text = g_string_new("");
  g_autoptr(FbkRows) rows = fbk_catalog_page(catalog, folder, FBK_ORDER_THREAD,
                                             down ? FBK_PAGE_START : FBK_PAGE_END, 0, limit, NULL);
  for (;;) {
    g_autoptr(GString) part = g_string_new("");
    append_rows(part, rows);
    if (text->len > 0 && part->len > 0)
      g_string_insert_c(text, down ? -1 : 0, ' ');
    g_string_insert(text, down ? -1 : 0, part->str);
    if (!(down ? rows->more_after : rows->more_before))
      return g_string_free(text, FALSE);
    gint64 anchor = rows->rows[down ? rows->count - 1 : 0].id;
    fbk_rows_free(rows);
    rows = fbk_catalog_page(catalog, folder, FBK_ORDER_THREAD, down ? FBK_PAGE_AFTER : FBK_PAGE_BEFORE,
                            anchor, limit, NULL);
    g_assert_nonnull(rows);
  }
}

/* However the pages are cut, and from wherever one looks, the same rows have the same depth. */
static void assert_list(FbkCatalog *catalog, gint64 folder, const char *expected)
{
  for (guint limit = 1; limit <= 6; limit++)
    for (int down = 0; down <= 1; down++) {
      g_autofree char *got = walk(catalog, folder, limit, down);
      g_assert_cmpstr(got, ==, expected);
    }
  g_autoptr(FbkRows) all = fbk_catalog_page(catalog, folder, FBK_ORDER_THREAD, FBK_PAGE_START, 0, 100, NULL);
  for (guint i = 0; i < all->count; i++) {
    g_autoptr(GString) text = g_string_new("");
    for (guint j = 0; j < i; j++)
      g_string_append_printf(text, "%s%u:%u", j > 0 ? " " : "", all->rows[j].uid, all->rows[j].depth);
    g_autoptr(FbkRows) rest =
        fbk_catalog_page(catalog, folder, FBK_ORDER_THREAD, FBK_PAGE_FROM, all->rows[i].id, 100, NULL);
    append_rows(text, rest);
    g_assert_cmpstr(text->str, ==, expected);
    g_assert_cmpint(rest->more_before, ==, i > 0);
  }
}

typedef struct {
  const char *name;
  Mail mails[8];
  const char *expected;
} Story;

static const Story stories[] = {
    {"a conversation", {{"a", "", 1}, {"b", "a", 2}, {"c", "a b", 3}, {"d", "a", 4}}, "1:0 2:1 3:2 4:1"},
    {"two of them, the one with the newest mail first",
     {{"a", "", 1}, {"x", "", 2}, {"b", "a", 3}},
     "1:0 3:1 2:0"},
    {"the first mail is not here", {{"b", "a", 1}, {"c", "a", 2}, {"d", "a c", 3}}, "1:0 2:1 3:2"},
    {"nothing but the same missing mail", {{"b", "a", 1}, {"x", "", 2}, {"c", "a", 3}}, "1:0 3:1 2:0"},
    {"tied only by an old reference", {{"a", "", 1}, {"d", "a b c", 2}, {"c", "b", 3}}, "1:0 2:1 3:1"},
    {"no Message-ID", {{"", "a", 1}, {"a", "", 2}, {"", "", 3}, {"", "a", 4}}, "1:0 2:1 4:2 3:0"},
    {"answers itself", {{"a", "a", 1}, {"b", "b a", 2}}, "1:0 2:1"},
    {"two that answer each other", {{"a", "b", 1}, {"b", "a", 2}}, "1:0 2:1"},
    {"the same mail twice", {{"a", "", 1}, {"a", "", 2}, {"b", "a", 3}}, "1:0 2:1 3:1"},
    {"a clock that is wrong: the answer is older",
     {{"a", "", 5}, {"b", "a", 1}, {"c", "b", 6}},
     "2:0 1:1 3:1"},
    {"tied together by an old mail",
     {{"a", "", 1}, {"b", "a", 2}, {"x", "", 9}, {"t", "a x", 4}, {"n", "", 7}},
     "1:0 2:1 4:1 3:1 5:0"},
    {"nothing to do with each other", {{"a", "", 1}, {"b", "", 2}, {"c", "", 3}}, "3:0 2:0 1:0"},
};

static guint mails_of(const Story *story)
{
  guint count = 0;
  while (count < G_N_ELEMENTS(story->mails) && story->mails[count].id != NULL)
    count++;
  return count;
}

/* Every story is told in every order of arrival (the newest mail usually comes first). */
static void test_arrival(Shelf *shelf, gconstpointer data)
{
  (void)data;
  for (guint i = 0; i < G_N_ELEMENTS(stories); i++) {
    guint count = mails_of(&stories[i]), orders = 1;
    for (guint k = 2; k <= count; k++)
      orders *= k;
    for (guint order = 0; order < orders; order++) {
      g_autofree char *name = g_strdup_printf("%u/%u", i, order);
      gint64 folder = shelf_put_folder(shelf->catalog, name, name, FBK_ROLE_NONE);
      guint left[8], remaining = count, code = order;
      for (guint k = 0; k < count; k++)
        left[k] = k;
      g_assert_true(fbk_catalog_begin(shelf->catalog, NULL));
      for (; remaining > 0; remaining--) {
        guint pick = code % remaining;
        code /= remaining;
        Mail mail = stories[i].mails[left[pick]];
        /* Ids of this telling only: threads reach over all folders. */
        g_autofree char *id = *mail.id != '\0' ? g_strdup_printf("%s-%s", mail.id, name) : g_strdup("");
        g_auto(GStrv) parts = g_strsplit(mail.references, " ", -1);
        for (guint k = 0; parts[k] != NULL; k++) {
          char *longer = g_strdup_printf("%s-%s", parts[k], name);
          g_free(parts[k]);
          parts[k] = longer;
        }
        g_autofree char *references = g_strjoinv(" ", parts);
        mail = (Mail){id, references, mail.date};
        deliver(shelf->catalog, folder, left[pick] + 1, &mail, 0);
        left[pick] = left[remaining - 1];
      }
      g_assert_true(fbk_catalog_commit(shelf->catalog, NULL));
      g_test_message("%s, order %u", stories[i].name, order);
      assert_list(shelf->catalog, folder, stories[i].expected);
    }
  }
}

/* A late mail ties two conversations together; counters and "next unread" follow. */
static void test_merge(Shelf *shelf, gconstpointer data)
{
  (void)data;
  static const Mail mails[] = {{"a", "", 1}, {"x", "", 2}, {"b", "a", 3}, {"y", "x", 4}, {"z", "b y", 5}};
  gint64 ids[6] = {0}, next = 0;
  gint64 sent = shelf_put_folder(shelf->catalog, "Sent", "Sent", FBK_ROLE_SENT);
  static const Mail reply = {"s", "a", 9};
  deliver(shelf->catalog, sent, 1, &reply, FBK_FLAG_SEEN);
  for (guint32 i = 0; i < 4; i++)
    ids[i + 1] = deliver(shelf->catalog, shelf->inbox, i + 1, &mails[i], i == 1 ? 0 : FBK_FLAG_SEEN);
  assert_list(shelf->catalog, shelf->inbox, "2:0 4:1 1:0 3:1");
  ids[5] = deliver(shelf->catalog, shelf->inbox, 5, &mails[4], 0);
  assert_list(shelf->catalog, shelf->inbox, "1:0 2:1 3:1 4:2 5:3");
  assert_list(shelf->catalog, sent, "1:0");
  shelf_assert_counts(shelf->catalog, 0, 5, 2);
  g_assert_true(fbk_catalog_next_unread(shelf->catalog, shelf->inbox, FBK_ORDER_THREAD, ids[2], &next, NULL));
  g_assert_cmpint(next, ==, ids[5]);
  g_autoptr(FbkRows) here = fbk_catalog_row(shelf->catalog, ids[2], NULL);
  g_autoptr(FbkRows) there =
      fbk_catalog_page(shelf->catalog, sent, FBK_ORDER_DATE, FBK_PAGE_START, 0, 1, NULL);
  g_assert_cmpint(here->rows[0].thread, ==, there->rows[0].thread);
}

/* A thread moves up when a mail arrives in it, and down again when that mail is removed. */
static void test_rank(Shelf *shelf, gconstpointer data)
{
  (void)data;
  static const Mail mails[] = {{"a", "", 1}, {"x", "", 2}, {"b", "a", 3}};
  gint64 ids[3];
  for (guint32 i = 0; i < 3; i++)
    ids[i] = deliver(shelf->catalog, shelf->inbox, i + 1, &mails[i], 0);
  assert_list(shelf->catalog, shelf->inbox, "1:0 3:1 2:0");
  g_assert_true(fbk_catalog_remove(shelf->catalog, ids[2], NULL));
  assert_list(shelf->catalog, shelf->inbox, "2:0 1:0");
  g_assert_true(fbk_catalog_remove(shelf->catalog, ids[0], NULL));
  g_assert_true(fbk_catalog_remove(shelf->catalog, ids[1], NULL));
  assert_list(shelf->catalog, shelf->inbox, "");
  /* What was learnt of them stays: the same mails come back into the same thread. */
  deliver(shelf->catalog, shelf->inbox, 3, &mails[2], 0);
  deliver(shelf->catalog, shelf->inbox, 1, &mails[0], 0);
  assert_list(shelf->catalog, shelf->inbox, "1:0 3:1");
}

/* Deeper than the cap; late answers far up have their own depth, wherever a page begins. */
static void test_deep(Shelf *shelf, gconstpointer data)
{
  (void)data;
  g_autoptr(GString) expected = g_string_new("1:0");
  static const guint answered[] = {19, 3, 25, 1};
  for (guint32 i = 1; i <= 44; i++) {
    g_autofree char *id = g_strdup_printf("%u", i);
    guint parent = i <= 40 ? i - 1 : answered[i - 41];
    g_autofree char *references = g_strdup_printf("%u", parent);
    Mail mail = {id, i == 1 ? "" : references, i};
    deliver(shelf->catalog, shelf->inbox, i, &mail, 0);
    if (i > 1)
      g_string_append_printf(expected, " %u:%u", i, MIN(parent, 20));
  }
  assert_list(shelf->catalog, shelf->inbox, expected->str);
}

/* --- hostile --- */

static guint64 work_of(FbkCatalog *catalog)
{
  FbkCatalogCost cost;
  fbk_catalog_cost(catalog, &cost);
  return cost.work;
}

/* A mail costs the same, and so does a page, in a thread of ten and of many thousand. */
static void test_endless_thread(Shelf *shelf, gconstpointer data)
{
  (void)data;
  guint64 early = 0, late = 0;
  gint64 middle = 0;
  g_assert_true(fbk_catalog_begin(shelf->catalog, NULL));
  for (guint32 i = 1; i <= 20000; i++) {
    g_autofree char *id = g_strdup_printf("%u", i);
    g_autofree char *references = g_strdup_printf("root %u", i - 1);
    Mail mail = {id, references, i};
    guint64 before = work_of(shelf->catalog);
    gint64 row = deliver(shelf->catalog, shelf->inbox, i, &mail, i == 15000 ? 0 : FBK_FLAG_SEEN);
    if (i == 10)
      early = work_of(shelf->catalog) - before;
    if (i == 10000)
      middle = row;
    late = work_of(shelf->catalog) - before;
  }
  g_assert_true(fbk_catalog_commit(shelf->catalog, NULL));
  g_assert_cmpuint(late, <, early + early / 4);
  guint64 before = work_of(shelf->catalog);
  g_autoptr(FbkRows) rows =
      fbk_catalog_page(shelf->catalog, shelf->inbox, FBK_ORDER_THREAD, FBK_PAGE_AFTER, middle, 50, NULL);
  g_assert_cmpuint(rows->rows[0].uid, ==, 10001);
  g_assert_cmpuint(rows->rows[49].depth, ==, 20);
  gint64 next;
  g_assert_true(fbk_catalog_next_unread(shelf->catalog, shelf->inbox, FBK_ORDER_THREAD, middle, &next, NULL));
  g_autoptr(FbkRows) unread = fbk_catalog_row(shelf->catalog, next, NULL);
  g_assert_cmpuint(unread->rows[0].uid, ==, 15000);
  g_assert_cmpuint(work_of(shelf->catalog) - before, <, 20000);
}

/* 100,000 references in one mail: the first and the last ones count, the rest costs nothing. */
static void test_many_references(Shelf *shelf, gconstpointer data)
{
  (void)data;
  g_autoptr(GString) references = g_string_new("first");
  for (guint i = 0; i < 100000; i++)
    g_string_append_printf(references, " r%u", i);
  Mail mail = {"m", references->str, 9}, first = {"first", "", 1}, early = {"r5", "", 2},
       last = {"r99999", "", 3};
  guint64 before = work_of(shelf->catalog);
  deliver(shelf->catalog, shelf->inbox, 1, &mail, 0);
  g_assert_cmpuint(work_of(shelf->catalog) - before, <, 20000);
  deliver(shelf->catalog, shelf->inbox, 2, &first, 0);
  deliver(shelf->catalog, shelf->inbox, 3, &early, 0);
  deliver(shelf->catalog, shelf->inbox, 4, &last, 0);
  assert_list(shelf->catalog, shelf->inbox, "2:0 4:1 1:2 3:0");
}

/* Mails that claim to answer two huge conversations at once must not cost a rewrite of either. */
static void test_refused_merge(Shelf *shelf, gconstpointer data)
{
  (void)data;
  g_assert_true(fbk_catalog_begin(shelf->catalog, NULL));
  for (guint32 i = 1; i <= 5000; i++) {
    g_autofree char *id = g_strdup_printf("%u", i);
    Mail mail = {id, i % 2 != 0 ? "a" : "x", i};
    deliver(shelf->catalog, shelf->inbox, i, &mail, FBK_FLAG_SEEN);
  }
  static const Mail both = {"both", "a x", 6000};
  guint64 before = work_of(shelf->catalog);
  deliver(shelf->catalog, shelf->inbox, 6000, &both, 0);
  g_assert_cmpuint(work_of(shelf->catalog) - before, <, 3000);
  g_assert_true(fbk_catalog_commit(shelf->catalog, NULL));
  g_autoptr(FbkRows) end =
      fbk_catalog_page(shelf->catalog, shelf->inbox, FBK_ORDER_THREAD, FBK_PAGE_END, 0, 1000, NULL);
  g_assert_cmpuint(end->count, ==, 1000);
  for (guint i = 1; i < end->count; i++)
    g_assert_cmpint(end->rows[i].thread, ==, end->rows[0].thread);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  SHELF_CASE("/store/threads/arrival", test_arrival);
  SHELF_CASE("/store/threads/merge", test_merge);
  SHELF_CASE("/store/threads/rank", test_rank);
  SHELF_CASE("/store/threads/deep", test_deep);
  SHELF_CASE("/store/threads/endless", test_endless_thread);
  SHELF_CASE("/store/threads/many-references", test_many_references);
  SHELF_CASE("/store/threads/refused-merge", test_refused_merge);
  return g_test_run();
}
