/* How deep a row stands in its thread, worked out for a page. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/catalog_parts.h"

#define DEPTH_CAP 20

/* What is known of a page's messages: message-id -> parent (0: none, or not in this folder). */
typedef struct {
  FbkCatalog *catalog;
  gint64 folder;
  GHashTable *parents;  /* gint64 * -> gint64 * */
  gint64 partial;       /* the thread that began before the page; 0: none */
  gint64 partial_first; /* message-id of its first row */
} Family;

static void learn(Family *family, gint64 mid, gint64 parent)
{
  if (mid == 0 || g_hash_table_contains(family->parents, &mid))
    return;
  g_hash_table_insert(family->parents, g_memdup2(&mid, sizeof mid), g_memdup2(&parent, sizeof parent));
}

static const gint64 *known_parent(const Family *family, gint64 mid)
{
  return g_hash_table_lookup(family->parents, &mid);
}

/* *found_out: such a message is in the folder. Rows before the page are looked up, and only there can they
 * matter: the other threads stand whole on the page, or go on behind it. */
static gboolean parent_of(Family *family, gint64 thread, gint64 mid, gint64 *parent_out, gboolean *found_out,
                          GError **err)
{
  const gint64 *known = known_parent(family, mid);
  *found_out = known != NULL;
  if (known != NULL)
    *parent_out = *known;
  if (known != NULL || thread != family->partial)
    return TRUE;
  g_autoptr(FbkQuery) query = fbk_db_query(family->catalog->db,
                                           "SELECT ifnull(parent, 0) FROM message INDEXED BY message_mid"
                                           " WHERE mid = ? AND folder = ? LIMIT 1",
                                           err);
  if (query == NULL)
    return FALSE;
  fbk_query_int(query, 1, mid);
  fbk_query_int(query, 2, family->folder);
  FbkStep step = fbk_query_step(query, err);
  *found_out = step == FBK_STEP_ROW;
  if (step == FBK_STEP_ROW) {
    *parent_out = fbk_query_get_int(query, 0);
    learn(family, mid, *parent_out);
  }
  return step != FBK_STEP_FAILED;
}

/* Steps up from a row that is not its thread's first, until the first one or the last known ancestor: those
 * whose parent is not here stand one level below the first row. */
static gboolean depth_of(Family *family, const FbkPageRow *row, gint64 first, guint *depth_out, GError **err)
{
  gint64 parent = row->parent;
  guint depth = 1;
  while (parent != 0 && parent != first && depth < DEPTH_CAP) {
    gboolean found;
    gint64 next = 0;
    if (!parent_of(family, row->row.thread, parent, &next, &found, err))
      return FALSE;
    if (!found)
      break;
    parent = next;
    depth++;
  }
  *depth_out = depth;
  return TRUE;
}

static gboolean find_first(Family *family, GError **err)
{
  g_autoptr(FbkQuery) query = fbk_db_query(family->catalog->db,
                                           "SELECT ifnull(mid, 0) FROM message INDEXED BY message_thread"
                                           " WHERE thread = ? AND folder = ? ORDER BY sort_date, id LIMIT 1",
                                           err);
  if (query == NULL)
    return FALSE;
  fbk_query_int(query, 1, family->partial);
  fbk_query_int(query, 2, family->folder);
  FbkStep step = fbk_query_step(query, err);
  if (step == FBK_STEP_ROW)
    family->partial_first = fbk_query_get_int(query, 0);
  return step != FBK_STEP_FAILED;
}

static gboolean set_all(Family *family, FbkPageRow *rows, guint count, GError **err)
{
  gint64 thread = family->partial, first = family->partial_first;
  for (guint i = 0; i < count; i++) {
    if (rows[i].row.thread != thread) {
      thread = rows[i].row.thread;
      first = rows[i].mid;
      rows[i].row.depth = 0;
    } else if (!depth_of(family, &rows[i], first, &rows[i].row.depth, err)) {
      return FALSE;
    }
  }
  return TRUE;
}

gboolean fbk_catalog_set_depths(FbkCatalog *catalog, gint64 folder_id, FbkPageRow *rows, guint count,
                                gint64 previous_thread, GError **err)
{
  Family family = {catalog, folder_id, NULL, 0, 0};
  if (count == 0)
    return TRUE;
  family.parents = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
  for (guint i = 0; i < count; i++)
    learn(&family, rows[i].mid, rows[i].parent);
  gboolean good = TRUE;
  if (rows[0].row.thread == previous_thread) {
    family.partial = previous_thread;
    good = find_first(&family, err);
  }
  good = good && set_all(&family, rows, count, err);
  g_hash_table_destroy(family.parents);
  return good;
}
