/* How deep a row stands in its thread, worked out for a page. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/catalog_parts.h"

#define DEPTH_CAP 20
#define UNKNOWN G_MAXUINT

/* The oldest message of a thread with some message-id; others with that id are copies of it. */
typedef struct {
  gint64 date, id; /* where it stands in its thread; id 0: not there */
  gint64 parent;
  guint depth;
} Ancestor;

/* One thread on a page. A row counts as the parent of another only if it stands before it: so there are no
 * loops, and what stands behind the page need not be known. */
typedef struct {
  FbkCatalog *catalog;
  gint64 folder, thread;
  gboolean partial;    /* it began before the page: ancestors may have to be looked up */
  gint64 first;        /* its first row, where partial */
  GHashTable *members; /* message-id (gint64 *) -> Ancestor * */
} Family;

static Ancestor *remember(Family *family, gint64 mid, Ancestor ancestor)
{
  Ancestor *kept = g_memdup2(&ancestor, sizeof ancestor);
  g_hash_table_insert(family->members, g_memdup2(&mid, sizeof mid), kept);
  return kept;
}

/* NULL on error only. */
static Ancestor *find(Family *family, gint64 mid, GError **err)
{
  Ancestor *known = g_hash_table_lookup(family->members, &mid);
  if (known != NULL)
    return known;
  Ancestor found = {0, 0, 0, UNKNOWN};
  if (!family->partial)
    return remember(family, mid, found);
  g_autoptr(FbkQuery) query =
      fbk_db_query(family->catalog->db,
                   "SELECT sort_date, id, ifnull(parent, 0) FROM message INDEXED BY message_mid"
                   " WHERE mid = ? AND thread = ? AND folder = ? ORDER BY sort_date, id LIMIT 1",
                   err);
  if (query == NULL)
    return NULL;
  fbk_query_int(query, 1, mid);
  fbk_query_int(query, 2, family->thread);
  fbk_query_int(query, 3, family->folder);
  FbkStep step = fbk_query_step(query, err);
  if (step == FBK_STEP_FAILED)
    return NULL;
  if (step == FBK_STEP_ROW) {
    found.date = fbk_query_get_int(query, 0);
    found.id = fbk_query_get_int(query, 1);
    found.parent = fbk_query_get_int(query, 2);
    found.depth = found.id == family->first ? 0 : UNKNOWN;
  }
  return remember(family, mid, found);
}

static gboolean stands_before(const Ancestor *ancestor, gint64 date, gint64 id)
{
  return ancestor->id != 0 && (ancestor->date < date || (ancestor->date == date && ancestor->id < id));
}

/* Depth of a row that is not its thread's first and answers `parent`. levels: how far up to look; *cut_out is
 * set when there was more above: then the depth is the cap for this row, but says nothing of its ancestors.
 */
static gboolean depth_of(Family *family, gint64 parent, gint64 date, gint64 id, guint levels,
                         guint *depth_out, gboolean *cut_out, GError **err)
{
  *depth_out = 1; /* below the first row, where the parent is not here */
  if (parent == 0)
    return TRUE;
  if (levels == 0) {
    *depth_out = DEPTH_CAP;
    *cut_out = TRUE;
    return TRUE;
  }
  Ancestor *ancestor = find(family, parent, err);
  if (ancestor == NULL)
    return FALSE;
  if (!stands_before(ancestor, date, id))
    return TRUE;
  guint above = ancestor->depth;
  if (above == UNKNOWN &&
      !depth_of(family, ancestor->parent, ancestor->date, ancestor->id, levels - 1, &above, cut_out, err))
    return FALSE;
  if (!*cut_out)
    ancestor->depth = above;
  *depth_out = MIN(above + 1, DEPTH_CAP);
  return TRUE;
}

static void enter_thread(Family *family, gint64 thread, gboolean partial)
{
  family->thread = thread;
  family->partial = partial;
  g_hash_table_remove_all(family->members);
}

static gboolean set_one(Family *family, FbkPageRow *row, GError **err)
{
  gboolean cut = FALSE;
  if (row->row.thread != family->thread) {
    enter_thread(family, row->row.thread, FALSE);
    row->row.depth = 0;
  } else if (!depth_of(family, row->parent, row->sort_date, row->row.id, DEPTH_CAP, &row->row.depth, &cut,
                       err)) {
    return FALSE;
  }
  const Ancestor *known = g_hash_table_lookup(family->members, &row->mid);
  if (!family->partial && row->mid != 0 && (known == NULL || known->id == 0))
    remember(family, row->mid, (Ancestor){row->sort_date, row->row.id, row->parent, row->row.depth});
  return TRUE;
}

static gboolean find_first(Family *family, GError **err)
{
  g_autoptr(FbkQuery) query = fbk_db_query(family->catalog->db,
                                           "SELECT id FROM message INDEXED BY message_thread"
                                           " WHERE thread = ? AND folder = ? ORDER BY sort_date, id LIMIT 1",
                                           err);
  if (query == NULL)
    return FALSE;
  fbk_query_int(query, 1, family->thread);
  fbk_query_int(query, 2, family->folder);
  FbkStep step = fbk_query_step(query, err);
  if (step == FBK_STEP_ROW)
    family->first = fbk_query_get_int(query, 0);
  return step != FBK_STEP_FAILED;
}

gboolean fbk_catalog_set_depths(FbkCatalog *catalog, gint64 folder_id, FbkPageRow *rows, guint count,
                                gint64 previous_thread, GError **err)
{
  if (count == 0)
    return TRUE;
  Family family = {.catalog = catalog, .folder = folder_id};
  family.members = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
  gboolean good = TRUE;
  if (rows[0].row.thread == previous_thread) {
    enter_thread(&family, previous_thread, TRUE);
    good = find_first(&family, err);
  }
  for (guint i = 0; good && i < count; i++)
    good = set_one(&family, &rows[i], err);
  g_hash_table_destroy(family.members);
  return good;
}
