/* Pages of lists: by keys, never by counting rows off. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/catalog.h"

#include <string.h>

#include "base/err.h"
#include "store/catalog_parts.h"

#define LIMIT_CAP 1000

#define COLUMNS                                                                                              \
  "m.id, m.folder, m.uid, m.flags, m.date, m.size, m.subject, m.from_name, m.from_address, m.message_id,"    \
  " m.file, m.thread, m.attachment, ifnull(m.mid, 0), ifnull(m.parent, 0), m.sort_date"

/* Where a row stands in its list. */
typedef struct {
  gint64 rank, thread, date, id;
} Position;

static const Position before_all = {G_MININT64, G_MININT64, G_MAXINT64, G_MAXINT64};
static const Position behind_all = {G_MAXINT64, G_MAXINT64, G_MININT64, G_MININT64};

typedef struct {
  FbkCatalog *catalog;
  gint64 folder;
  FbkRows *rows; /* holds the arena; its rows are filled at the end */
  GArray *found; /* FbkPageRow, in the order in which they were met */
  guint wanted;
} Page;

static const char *text_of(Page *page, FbkQuery *query, int at)
{
  return g_string_chunk_insert(page->rows->arena, fbk_query_get_text(query, at));
}

static void take_row(Page *page, FbkQuery *query)
{
  FbkPageRow found = {0};
  FbkRow *row = &found.row;
  row->id = fbk_query_get_int(query, 0);
  row->folder_id = fbk_query_get_int(query, 1);
  row->uid = (guint32)fbk_query_get_int(query, 2);
  row->flags = (guint)fbk_query_get_int(query, 3);
  row->date = fbk_query_get_int(query, 4);
  row->size = (guint64)fbk_query_get_int(query, 5);
  row->subject = text_of(page, query, 6);
  row->from_name = text_of(page, query, 7);
  row->from_address = text_of(page, query, 8);
  row->message_id = text_of(page, query, 9);
  row->file = text_of(page, query, 10);
  row->thread = fbk_query_get_int(query, 11);
  row->has_attachment = fbk_query_get_int(query, 12) != 0;
  found.mid = fbk_query_get_int(query, 13);
  found.parent = fbk_query_get_int(query, 14);
  found.sort_date = fbk_query_get_int(query, 15);
  g_array_append_val(page->found, found);
}

/* Binds keys from parameter 1 on and the limit after them, and takes what comes. */
static gboolean take_rows(Page *page, const char *sql, const gint64 *keys, guint count, GError **err)
{
  if (page->found->len >= page->wanted)
    return TRUE;
  g_autoptr(FbkQuery) query = fbk_db_query(page->catalog->db, sql, err);
  if (query == NULL)
    return FALSE;
  for (guint i = 0; i < count; i++)
    fbk_query_int(query, (int)i + 1, keys[i]);
  fbk_query_int(query, (int)count + 1, page->wanted - page->found->len);
  FbkStep step;
  while ((step = fbk_query_step(query, err)) == FBK_STEP_ROW)
    take_row(page, query);
  return step == FBK_STEP_DONE;
}

static gboolean walk_dates(Page *page, const Position *from, gboolean down, GError **err)
{
  static const char *const sql[] = {
      "SELECT " COLUMNS " FROM message m INDEXED BY message_date"
      " WHERE folder = ? AND (sort_date, id) > (?, ?) ORDER BY sort_date, id LIMIT ?",
      "SELECT " COLUMNS " FROM message m INDEXED BY message_date"
      " WHERE folder = ? AND (sort_date, id) < (?, ?) ORDER BY sort_date DESC, id DESC LIMIT ?"};
  const gint64 keys[] = {page->folder, from->date, from->id};
  return take_rows(page, sql[down], keys, G_N_ELEMENTS(keys), err);
}

/* First what is left of the thread at `from`, then the threads behind it. */
static gboolean walk_threads(Page *page, const Position *from, gboolean down, GError **err)
{
  static const char *const rest[] = {
      "SELECT " COLUMNS " FROM message m INDEXED BY message_thread"
      " WHERE thread = ? AND folder = ? AND (sort_date, id) < (?, ?) ORDER BY sort_date DESC, id DESC LIMIT "
      "?",
      "SELECT " COLUMNS " FROM message m INDEXED BY message_thread"
      " WHERE thread = ? AND folder = ? AND (sort_date, id) > (?, ?) ORDER BY sort_date, id LIMIT ?"};
  static const char *const others[] = {
      "SELECT " COLUMNS " FROM place p INDEXED BY place_rank"
      " CROSS JOIN message m INDEXED BY message_thread ON m.thread = p.thread AND m.folder = p.folder"
      " WHERE p.folder = ? AND (p.rank, p.thread) < (?, ?)"
      " ORDER BY p.rank DESC, p.thread DESC, m.sort_date DESC, m.id DESC LIMIT ?",
      "SELECT " COLUMNS " FROM place p INDEXED BY place_rank"
      " CROSS JOIN message m INDEXED BY message_thread ON m.thread = p.thread AND m.folder = p.folder"
      " WHERE p.folder = ? AND (p.rank, p.thread) > (?, ?)"
      " ORDER BY p.rank, p.thread, m.sort_date, m.id LIMIT ?"};
  if (from != &before_all && from != &behind_all) {
    const gint64 keys[] = {from->thread, page->folder, from->date, from->id};
    if (!take_rows(page, rest[down], keys, G_N_ELEMENTS(keys), err))
      return FALSE;
  }
  const gint64 keys[] = {page->folder, from->rank, from->thread};
  return take_rows(page, others[down], keys, G_N_ELEMENTS(keys), err);
}

static gboolean walk(Page *page, FbkOrder order, const Position *from, gboolean down, GError **err)
{
  return order == FBK_ORDER_DATE ? walk_dates(page, from, down, err) : walk_threads(page, from, down, err);
}

static gboolean position_of(FbkCatalog *catalog, gint64 folder_id, gint64 id, Position *out, GError **err)
{
  g_autoptr(FbkQuery) query =
      fbk_db_query(catalog->db,
                   "SELECT p.rank, m.thread, m.sort_date, m.id FROM message m"
                   " CROSS JOIN place p ON p.thread = m.thread AND p.folder = m.folder"
                   " WHERE m.id = ? AND m.folder = ?",
                   err);
  if (query == NULL)
    return FALSE;
  fbk_query_int(query, 1, id);
  fbk_query_int(query, 2, folder_id);
  FbkStep step = fbk_query_step(query, err);
  if (step == FBK_STEP_DONE)
    fbk_catalog_row_is_gone(err);
  if (step != FBK_STEP_ROW)
    return FALSE;
  *out = (Position){fbk_query_get_int(query, 0), fbk_query_get_int(query, 1), fbk_query_get_int(query, 2),
                    fbk_query_get_int(query, 3)};
  return TRUE;
}

static void page_init(Page *page, FbkCatalog *catalog, gint64 folder_id, guint wanted)
{
  *page = (Page){catalog, folder_id, fbk_rows_new(wanted),
                 g_array_sized_new(FALSE, FALSE, sizeof(FbkPageRow), wanted), wanted};
}

static void page_clear(Page *page)
{
  g_array_unref(page->found);
  fbk_rows_free(page->rows);
}

static void reverse(GArray *found)
{
  for (guint i = 0; i < found->len / 2; i++) {
    FbkPageRow *low = &g_array_index(found, FbkPageRow, i);
    FbkPageRow *high = &g_array_index(found, FbkPageRow, found->len - 1 - i);
    FbkPageRow kept = *low;
    *low = *high;
    *high = kept;
  }
}

/* The thread of the row that stands before `from` (0: none does): one row walked the other way. */
static gboolean thread_before(const Page *page, FbkOrder order, const Position *from, gint64 *thread_out,
                              GError **err)
{
  Page one;
  page_init(&one, page->catalog, page->folder, 1);
  gboolean good = walk(&one, order, from, FALSE, err);
  *thread_out = one.found->len > 0 ? g_array_index(one.found, FbkPageRow, 0).row.thread : 0;
  page_clear(&one);
  return good;
}

/* Fills page->found, in list order and with one row more than limit where there is one, cut off again;
 * *previous_out: thread of the row before it, 0 when there is none. */
static gboolean fill(Page *page, FbkOrder order, FbkPageWhere where, gint64 anchor, gint64 *previous_out,
                     GError **err)
{
  gboolean down = where != FBK_PAGE_END && where != FBK_PAGE_BEFORE;
  gboolean anchored = where != FBK_PAGE_START && where != FBK_PAGE_END;
  Position position = {0};
  const Position *from = anchored ? &position : down ? &before_all : &behind_all;
  if (anchored && !position_of(page->catalog, page->folder, anchor, &position, err))
    return FALSE;
  *previous_out = where == FBK_PAGE_AFTER ? position.thread : 0;
  if (where == FBK_PAGE_FROM) {
    if (!thread_before(page, order, &position, previous_out, err))
      return FALSE;
    position.id += order == FBK_ORDER_DATE ? 1 : -1;
  }
  if (!walk(page, order, from, down, err))
    return FALSE;
  GArray *found = page->found;
  gboolean more = found->len == page->wanted;
  if (more && !down)
    *previous_out = g_array_index(found, FbkPageRow, found->len - 1).row.thread;
  if (more)
    g_array_set_size(found, found->len - 1);
  if (!down)
    reverse(found);
  page->rows->more_before = *previous_out != 0;
  page->rows->more_after = down ? more : where == FBK_PAGE_BEFORE;
  return TRUE;
}

/* Hands the rows out; page is empty after. */
static FbkRows *finish(Page *page)
{
  FbkRows *rows = g_steal_pointer(&page->rows);
  rows->count = page->found->len;
  for (guint i = 0; i < rows->count; i++)
    rows->rows[i] = g_array_index(page->found, FbkPageRow, i).row;
  g_array_unref(page->found);
  return rows;
}

FbkRows *fbk_catalog_page(FbkCatalog *catalog, gint64 folder_id, FbkOrder order, FbkPageWhere where,
                          gint64 anchor, guint limit, GError **err)
{
  Page page;
  gint64 previous = 0;
  page_init(&page, catalog, folder_id, CLAMP(limit, 1, LIMIT_CAP) + 1);
  gboolean good = fill(&page, order, where, anchor, &previous, err);
  if (good && order == FBK_ORDER_THREAD)
    good = fbk_catalog_set_depths(catalog, folder_id, (FbkPageRow *)(void *)page.found->data, page.found->len,
                                  previous, err);
  if (good)
    return finish(&page);
  page_clear(&page);
  return NULL;
}

FbkRows *fbk_catalog_row(FbkCatalog *catalog, gint64 id, GError **err)
{
  Page page;
  page_init(&page, catalog, 0, 1);
  gboolean good = take_rows(&page, "SELECT " COLUMNS " FROM message m WHERE id = ? LIMIT ?", &id, 1, err);
  if (good && page.found->len > 0)
    return finish(&page);
  if (good)
    fbk_catalog_row_is_gone(err);
  page_clear(&page);
  return NULL;
}

/* --- next unread --- */

/* *id_out 0: no row. */
static gboolean first_id(FbkCatalog *catalog, const char *sql, const gint64 *keys, guint count,
                         gint64 *id_out, GError **err)
{
  *id_out = 0;
  g_autoptr(FbkQuery) query = fbk_db_query(catalog->db, sql, err);
  if (query == NULL)
    return FALSE;
  for (guint i = 0; i < count; i++)
    fbk_query_int(query, (int)i + 1, keys[i]);
  FbkStep step = fbk_query_step(query, err);
  if (step == FBK_STEP_ROW)
    *id_out = fbk_query_get_int(query, 0);
  return step != FBK_STEP_FAILED;
}

static gboolean unread_in_thread(FbkCatalog *catalog, gint64 folder_id, gint64 thread, const Position *from,
                                 gint64 *id_out, GError **err)
{
  const gint64 keys[] = {thread, folder_id, from->date, from->id};
  return first_id(catalog,
                  "SELECT id FROM message INDEXED BY message_thread_unread WHERE thread = ? AND folder = ?"
                  " AND (flags & 1) = 0 AND (sort_date, id) > (?, ?) ORDER BY sort_date, id LIMIT 1",
                  keys, G_N_ELEMENTS(keys), id_out, err);
}

static gboolean unread_by_thread(FbkCatalog *catalog, gint64 folder_id, const Position *from, gint64 *id_out,
                                 GError **err)
{
  if (from != &before_all &&
      (!unread_in_thread(catalog, folder_id, from->thread, from, id_out, err) || *id_out != 0))
    return *id_out != 0;
  const gint64 keys[] = {folder_id, from->rank, from->thread};
  gint64 thread;
  if (!first_id(catalog,
                "SELECT thread FROM place INDEXED BY place_rank_unread WHERE folder = ? AND unread > 0"
                " AND (rank, thread) > (?, ?) ORDER BY rank, thread LIMIT 1",
                keys, G_N_ELEMENTS(keys), &thread, err))
    return FALSE;
  return thread == 0 || unread_in_thread(catalog, folder_id, thread, &behind_all, id_out, err);
}

gboolean fbk_catalog_next_unread(FbkCatalog *catalog, gint64 folder_id, FbkOrder order, gint64 anchor,
                                 gint64 *id_out, GError **err)
{
  Position position;
  const Position *from = &before_all;
  *id_out = 0;
  if (anchor != 0) {
    if (!position_of(catalog, folder_id, anchor, &position, err))
      return FALSE;
    from = &position;
  }
  if (order == FBK_ORDER_THREAD)
    return unread_by_thread(catalog, folder_id, from, id_out, err);
  const gint64 keys[] = {folder_id, from->date, from->id};
  return first_id(
      catalog,
      "SELECT id FROM message INDEXED BY message_date_unread WHERE folder = ?"
      " AND (flags & 1) = 0 AND (sort_date, id) < (?, ?) ORDER BY sort_date DESC, id DESC LIMIT 1",
      keys, G_N_ELEMENTS(keys), id_out, err);
}
