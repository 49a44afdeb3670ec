/* What the search index knows of the rows; finding rows for its hits. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "store/catalog.h"

#include <string.h>

#include "base/err.h"
#include "store/catalog_parts.h"

#define GONE_CAP 500

void fbk_index_item_free(FbkIndexItem *item)
{
  if (item == NULL)
    return;
  g_free(item->dir);
  g_free(item->file);
  g_free(item);
}

GPtrArray *fbk_catalog_index_waiting(FbkCatalog *catalog, guint limit, GError **err)
{
  g_autoptr(FbkQuery) query =
      fbk_db_query(catalog->db,
                   "SELECT m.id, f.dir, m.file FROM message m INDEXED BY message_waiting"
                   " CROSS JOIN folder f ON f.id = m.folder WHERE m.index_state = 0 AND m.file <> ''"
                   " ORDER BY m.sort_date DESC, m.id DESC LIMIT ?",
                   err);
  if (query == NULL)
    return NULL;
  fbk_query_int(query, 1, limit);
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)fbk_index_item_free);
  FbkStep step;
  while ((step = fbk_query_step(query, err)) == FBK_STEP_ROW) {
    FbkIndexItem *item = g_new0(FbkIndexItem, 1);
    item->id = fbk_query_get_int(query, 0);
    item->dir = g_strdup(fbk_query_get_text(query, 1));
    item->file = g_strdup(fbk_query_get_text(query, 2));
    g_ptr_array_add(items, item);
  }
  return step == FBK_STEP_DONE ? g_steal_pointer(&items) : NULL;
}

static gboolean set_state(FbkCatalog *catalog, const FbkIndexItem *item, FbkIndexState state, GError **err)
{
  FbkQuery *query =
      fbk_db_query(catalog->db, "UPDATE message SET index_state = ? WHERE id = ? AND file = ?", err);
  if (query == NULL)
    return FALSE;
  fbk_query_int(query, 1, state);
  fbk_query_int(query, 2, item->id);
  fbk_query_text(query, 3, item->file);
  return fbk_query_run(query, err);
}

static gboolean add_gone(FbkCatalog *catalog, const FbkIndexItem *item, GError **err)
{
  FbkQuery *query =
      fbk_db_query(catalog->db, "INSERT OR REPLACE INTO gone (path, message) VALUES (?, ?)", err);
  if (query == NULL)
    return FALSE;
  g_autofree char *path = g_strdup_printf("%s/cur/%s", item->dir, item->file);
  fbk_query_text(query, 1, path);
  fbk_query_int(query, 2, item->id);
  return fbk_query_run(query, err);
}

gboolean fbk_catalog_set_index_state(FbkCatalog *catalog, const FbkIndexItem *item, FbkIndexState state,
                                     GError **err)
{
  gboolean mine;
  if (!fbk_db_enter(catalog->db, &mine, err))
    return FALSE;
  gboolean good = set_state(catalog, item, state, err);
  if (good && fbk_db_changes(catalog->db) == 0 && state == FBK_INDEX_DONE)
    good = add_gone(catalog, item, err);
  return fbk_db_leave(catalog->db, mine, good, err);
}

gboolean fbk_catalog_set_file(FbkCatalog *catalog, gint64 id, const char *file, GError **err)
{
  /* The index knows the old name, or could not find it: the new one has to wait for its turn. */
  FbkQuery *query = fbk_db_query(catalog->db,
                                 "UPDATE message SET file = ?1, index_state ="
                                 " CASE WHEN file <> ?1 THEN 0 ELSE index_state END"
                                 " WHERE id = ?2",
                                 err);
  if (query == NULL)
    return FALSE;
  fbk_query_text(query, 1, file);
  fbk_query_int(query, 2, id);
  if (!fbk_query_run(query, err))
    return FALSE;
  if (fbk_db_changes(catalog->db) > 0)
    return TRUE;
  fbk_catalog_row_is_gone(err);
  return FALSE;
}

gboolean fbk_catalog_index_counts(FbkCatalog *catalog, guint *waiting_out, guint *refused_out, GError **err)
{
  g_autoptr(FbkQuery) query = fbk_db_query(catalog->db, "SELECT sum(waiting), sum(refused) FROM folder", err);
  if (query == NULL || fbk_query_step(query, err) != FBK_STEP_ROW)
    return FALSE;
  if (waiting_out != NULL)
    *waiting_out = (guint)fbk_query_get_int(query, 0);
  if (refused_out != NULL)
    *refused_out = (guint)fbk_query_get_int(query, 1);
  return TRUE;
}

GPtrArray *fbk_catalog_index_gone(FbkCatalog *catalog, GError **err)
{
  /* A renamed file is taken out only when its new name is in: the message would lose its tags otherwise. */
  g_autoptr(FbkQuery) query =
      fbk_db_query(catalog->db,
                   "SELECT id, path FROM gone WHERE NOT EXISTS (SELECT 1 FROM message"
                   " WHERE id = gone.message AND index_state = 0) ORDER BY id LIMIT ?",
                   err);
  if (query == NULL)
    return NULL;
  fbk_query_int(query, 1, GONE_CAP);
  g_array_set_size(catalog->gone_taken, 0);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  FbkStep step;
  while ((step = fbk_query_step(query, err)) == FBK_STEP_ROW) {
    gint64 id = fbk_query_get_int(query, 0);
    g_array_append_val(catalog->gone_taken, id);
    g_ptr_array_add(paths, g_strdup(fbk_query_get_text(query, 1)));
  }
  return step == FBK_STEP_DONE ? g_steal_pointer(&paths) : NULL;
}

gboolean fbk_catalog_index_gone_done(FbkCatalog *catalog, GError **err)
{
  gboolean mine, good = TRUE;
  if (!fbk_db_enter(catalog->db, &mine, err))
    return FALSE;
  for (guint i = 0; good && i < catalog->gone_taken->len; i++) {
    FbkQuery *query = fbk_db_query(catalog->db, "DELETE FROM gone WHERE id = ?", err);
    good = query != NULL;
    if (good) {
      fbk_query_int(query, 1, g_array_index(catalog->gone_taken, gint64, i));
      good = fbk_query_run(query, err);
    }
  }
  good = fbk_db_leave(catalog->db, mine, good, err);
  if (good)
    g_array_set_size(catalog->gone_taken, 0);
  return good;
}

static gboolean run_plain(FbkCatalog *catalog, const char *sql, const char *text, GError **err)
{
  FbkQuery *query = fbk_db_query(catalog->db, sql, err);
  if (query == NULL)
    return FALSE;
  if (text != NULL)
    fbk_query_text(query, 1, text);
  return fbk_query_run(query, err);
}

static gboolean forget_index(FbkCatalog *catalog, const char *identity, GError **err)
{
  return run_plain(catalog, "UPDATE message SET index_state = 0 WHERE index_state <> 0", NULL, err) &&
         run_plain(catalog, "DELETE FROM gone", NULL, err) &&
         run_plain(catalog, "DELETE FROM indexed_in", NULL, err) &&
         run_plain(catalog, "INSERT INTO indexed_in (identity) VALUES (?)", identity, err);
}

gboolean fbk_catalog_index_is(FbkCatalog *catalog, const char *identity, GError **err)
{
  gboolean mine;
  if (!fbk_db_enter(catalog->db, &mine, err))
    return FALSE;
  FbkQuery *query = fbk_db_query(catalog->db, "SELECT 1 FROM indexed_in WHERE identity = ?", err);
  FbkStep step = FBK_STEP_FAILED;
  if (query != NULL) {
    fbk_query_text(query, 1, identity);
    step = fbk_query_step(query, err);
    fbk_query_done(query);
  }
  gboolean good = step == FBK_STEP_ROW || (step == FBK_STEP_DONE && forget_index(catalog, identity, err));
  return fbk_db_leave(catalog->db, mine, good, err);
}

/* --- from a hit to its row --- */

gboolean fbk_catalog_by_file(FbkCatalog *catalog, const char *dir, const char *unique, gint64 *id_out,
                             GError **err)
{
  /* The name, alone or with anything after its ':' (the next character is ';'). */
  g_autoptr(FbkQuery) query =
      fbk_db_query(catalog->db,
                   "SELECT m.id FROM folder f CROSS JOIN message m INDEXED BY message_file ON m.folder = f.id"
                   " WHERE f.dir_key = ?1 AND f.dir = ?2"
                   " AND m.file >= ?3 AND m.file < ?3 || ';' AND (m.file = ?3 OR m.file >= ?3 || ':')"
                   " LIMIT 1",
                   err);
  if (query == NULL)
    return FALSE;
  g_autofree char *key = fbk_catalog_dir_key(dir);
  g_autofree char *bare = g_strndup(unique, strcspn(unique, ":"));
  fbk_query_text(query, 1, key);
  fbk_query_text(query, 2, dir);
  fbk_query_text(query, 3, bare);
  *id_out = 0;
  FbkStep step = fbk_query_step(query, err);
  if (step == FBK_STEP_ROW)
    *id_out = fbk_query_get_int(query, 0);
  return step != FBK_STEP_FAILED;
}

gboolean fbk_catalog_by_message_id(FbkCatalog *catalog, const char *message_id, gint64 *id_out, GError **err)
{
  gint64 mid = fbk_catalog_hash(message_id);
  *id_out = 0;
  return mid == 0 ||
         fbk_catalog_ask(catalog, "SELECT id FROM message INDEXED BY message_mid WHERE mid = ? LIMIT 1", mid,
                         id_out, err) != FBK_STEP_FAILED;
}
