/* Opens the catalogue; its transactions and its cost. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/catalog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "store/catalog_parts.h"

FbkCatalog *fbk_catalog_open(const char *path, gboolean *rebuilt_out, GError **err)
{
  FbkDb *db = fbk_db_open(path, &fbk_catalog_schema, rebuilt_out, err);
  if (db == NULL)
    return NULL;
  FbkCatalog *catalog = g_new0(FbkCatalog, 1);
  catalog->db = db;
  catalog->gone_taken = g_array_new(FALSE, FALSE, sizeof(gint64));
  return catalog;
}

void fbk_catalog_free(FbkCatalog *catalog)
{
  if (catalog == NULL)
    return;
  fbk_db_free(catalog->db);
  g_array_unref(catalog->gone_taken);
  g_free(catalog);
}

gboolean fbk_catalog_begin(FbkCatalog *catalog, GError **err)
{
  return fbk_db_begin(catalog->db, err);
}

gboolean fbk_catalog_commit(FbkCatalog *catalog, GError **err)
{
  return fbk_db_commit(catalog->db, err);
}

void fbk_catalog_rollback(FbkCatalog *catalog)
{
  fbk_db_rollback(catalog->db);
}

void fbk_catalog_cost(const FbkCatalog *catalog, FbkCatalogCost *out)
{
  FbkDbCost cost;
  fbk_db_cost(catalog->db, &cost);
  out->queries = cost.queries;
  out->scan_steps = cost.scan_steps;
  out->sorts = cost.sorts;
  out->work = cost.work;
}

gint64 fbk_catalog_hash(const char *message_id)
{
  guint8 digest[32];
  gsize len = sizeof digest;
  gint64 hash;
  if (message_id == NULL || *message_id == '\0')
    return 0;
  g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
  g_checksum_update(checksum, (const guchar *)message_id, -1);
  g_checksum_get_digest(checksum, digest, &len);
  memcpy(&hash, digest, sizeof hash);
  hash = GINT64_FROM_BE(hash);
  return hash != 0 ? hash : 1;
}

FbkStep fbk_catalog_ask(FbkCatalog *catalog, const char *sql, gint64 parameter, gint64 *out, GError **err)
{
  g_autoptr(FbkQuery) query = fbk_db_query(catalog->db, sql, err);
  if (query == NULL)
    return FBK_STEP_FAILED;
  fbk_query_int(query, 1, parameter);
  FbkStep step = fbk_query_step(query, err);
  if (step == FBK_STEP_ROW)
    *out = fbk_query_get_int(query, 0);
  return step;
}

gboolean fbk_catalog_change(FbkCatalog *catalog, const char *sql, const gint64 *values, guint count,
                            GError **err)
{
  FbkQuery *query = fbk_db_query(catalog->db, sql, err);
  if (query == NULL)
    return FALSE;
  for (guint i = 0; i < count; i++)
    fbk_query_int(query, (int)i + 1, values[i]);
  if (!fbk_query_run(query, err))
    return FALSE;
  if (fbk_db_changes(catalog->db) > 0)
    return TRUE;
  fbk_catalog_row_is_gone(err);
  return FALSE;
}

void fbk_catalog_row_is_gone(GError **err)
{
  fbk_error_set(err, FBK_ERR_NOT_FOUND,
                _("This is not in the list of mail any more; look at the folder again."));
}
