/* Rows of messages: adding, flags, uids. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/catalog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "store/catalog_parts.h"

#define TEXT_CAP 1000 /* bytes of a subject, a name, an address or a message-id that a list keeps */
#define DAY 86400

/* Dates in the future would stay on top of the list for ever: a day after arrival is the most. */
static gint64 sort_date_of(gint64 date, gint64 arrived)
{
  gint64 latest = (arrived > 0 ? arrived : g_get_real_time() / G_USEC_PER_SEC) + DAY;
  return MIN(date, latest);
}

static void bind_capped(FbkQuery *query, int at, const char *text)
{
  gsize len = strlen(text);
  if (len > TEXT_CAP)
    for (len = TEXT_CAP; len > 0 && ((guchar)text[len] & 0xc0) == 0x80;)
      len--;
  g_autofree char *capped = g_strndup(text, len);
  fbk_query_text(query, at, capped);
}

/* 0 stands for none, and is NULL in the tables, so that indexes leave it out. */
static void bind_or_null(FbkQuery *query, int at, gint64 number)
{
  if (number != 0)
    fbk_query_int(query, at, number);
}

static void bind_envelope(FbkQuery *query, int at, const FbkEnvelope *envelope)
{
  const FbkAddress *from = envelope->from->len > 0 ? g_ptr_array_index(envelope->from, 0) : NULL;
  bind_capped(query, at, from != NULL ? from->name : "");
  bind_capped(query, at + 1, from != NULL ? from->address : "");
  bind_capped(query, at + 2, envelope->subject);
  bind_capped(query, at + 3, envelope->message_id);
  bind_or_null(query, at + 4, fbk_catalog_hash(envelope->message_id));
  bind_or_null(query, at + 5, fbk_catalog_parent_of(envelope));
}

/* NOT_FOUND when there is no such folder, EXISTS when it has the uid already. */
static gboolean may_add(FbkCatalog *catalog, gint64 folder_id, guint32 uid, GError **err)
{
  gint64 ignored;
  FbkStep step = fbk_catalog_ask(catalog, "SELECT id FROM folder WHERE id = ?", folder_id, &ignored, err);
  if (step == FBK_STEP_DONE)
    fbk_error_set(err, FBK_ERR_NOT_FOUND, _("This folder is not in the list any more; open another one."));
  if (step != FBK_STEP_ROW)
    return FALSE;
  if (uid == 0)
    return TRUE;
  g_autoptr(FbkQuery) query = fbk_db_query(
      catalog->db, "SELECT 1 FROM message INDEXED BY message_uid WHERE folder = ? AND uid = ?", err);
  if (query == NULL)
    return FALSE;
  fbk_query_int(query, 1, folder_id);
  fbk_query_int(query, 2, uid);
  step = fbk_query_step(query, err);
  if (step == FBK_STEP_ROW)
    fbk_error_set(err, FBK_ERR_EXISTS, _("Message %u is in this folder already."), uid);
  return step == FBK_STEP_DONE;
}

static gboolean insert_row(FbkCatalog *catalog, gint64 folder_id, const FbkNewRow *row, gint64 thread,
                           GError **err)
{
  FbkQuery *query = fbk_db_query(catalog->db,
                                 "INSERT INTO message (folder, uid, flags, server_flags, size, date, "
                                 "sort_date, thread, attachment, file,"
                                 " digest, uidl, from_name, from_address, subject, message_id, mid, parent,"
                                 " orphan)"
                                 " VALUES (?, ?, ?3, ?3, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                 err);
  if (query == NULL)
    return FALSE;
  gint64 date = row->envelope->date != 0 ? row->envelope->date : row->arrived;
  fbk_query_int(query, 1, folder_id);
  bind_or_null(query, 2, row->uid);
  fbk_query_int(query, 3, row->flags);
  fbk_query_int(query, 4, (gint64)row->size);
  fbk_query_int(query, 5, date);
  fbk_query_int(query, 6, sort_date_of(date, row->arrived));
  fbk_query_int(query, 7, thread);
  fbk_query_int(query, 8, row->has_attachment != FALSE);
  fbk_query_text(query, 9, row->file != NULL ? row->file : "");
  fbk_query_text(query, 10, row->digest);
  fbk_query_text(query, 11, row->uidl);
  bind_envelope(query, 12, row->envelope);
  fbk_query_int(query, 18, row->is_orphan != FALSE);
  return fbk_query_run(query, err);
}

gboolean fbk_catalog_add(FbkCatalog *catalog, gint64 folder_id, const FbkNewRow *row, gint64 *id_out,
                         GError **err)
{
  gboolean mine;
  gint64 thread = 0, id = 0;
  if (!fbk_db_enter(catalog->db, &mine, err))
    return FALSE;
  gboolean good = may_add(catalog, folder_id, row->uid, err) &&
                  fbk_catalog_thread_for(catalog, row->envelope, &thread, err) &&
                  insert_row(catalog, folder_id, row, thread, err);
  if (good)
    id = fbk_db_last_id(catalog->db);
  if (!fbk_db_leave(catalog->db, mine, good, err))
    return FALSE;
  if (id_out != NULL)
    *id_out = id;
  return TRUE;
}

/* --- what is here --- */

GArray *fbk_catalog_known(FbkCatalog *catalog, gint64 folder_id, GError **err)
{
  g_autoptr(FbkQuery) query =
      fbk_db_query(catalog->db,
                   "SELECT id, uid, server_flags, flags FROM message INDEXED BY message_uid"
                   " WHERE folder = ? AND uid IS NOT NULL ORDER BY uid",
                   err);
  if (query == NULL)
    return NULL;
  fbk_query_int(query, 1, folder_id);
  g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(FbkKnown));
  FbkStep step;
  while ((step = fbk_query_step(query, err)) == FBK_STEP_ROW) {
    FbkKnown one = {fbk_query_get_int(query, 0), (guint32)fbk_query_get_int(query, 1),
                    (guint)fbk_query_get_int(query, 2), (guint)fbk_query_get_int(query, 3)};
    g_array_append_val(known, one);
  }
  return step == FBK_STEP_DONE ? g_steal_pointer(&known) : NULL;
}

gboolean fbk_catalog_has_uidl(FbkCatalog *catalog, gint64 folder_id, const char *uidl, gboolean *has_out,
                              GError **err)
{
  g_autoptr(FbkQuery) query = fbk_db_query(
      catalog->db, "SELECT 1 FROM message INDEXED BY message_uidl WHERE folder = ? AND uidl = ?", err);
  if (query == NULL)
    return FALSE;
  fbk_query_int(query, 1, folder_id);
  fbk_query_text(query, 2, uidl);
  FbkStep step = fbk_query_step(query, err);
  *has_out = step == FBK_STEP_ROW;
  return step != FBK_STEP_FAILED;
}

/* --- changes to one row --- */

static gboolean get_flags(FbkCatalog *catalog, gint64 id, guint *server_out, guint *ours_out, GError **err)
{
  g_autoptr(FbkQuery) query =
      fbk_db_query(catalog->db, "SELECT server_flags, flags FROM message WHERE id = ?", err);
  if (query == NULL)
    return FALSE;
  fbk_query_int(query, 1, id);
  FbkStep step = fbk_query_step(query, err);
  if (step == FBK_STEP_DONE)
    fbk_catalog_row_is_gone(err);
  if (step != FBK_STEP_ROW)
    return FALSE;
  *server_out = (guint)fbk_query_get_int(query, 0);
  *ours_out = (guint)fbk_query_get_int(query, 1);
  return TRUE;
}

static gboolean follow_server(FbkCatalog *catalog, gint64 id, guint now, guint *flags_out, GError **err)
{
  guint was, ours;
  if (!get_flags(catalog, id, &was, &ours, err))
    return FALSE;
  guint changed = was ^ now;
  guint flags = (ours & ~changed) | (now & changed);
  if (flags_out != NULL)
    *flags_out = flags;
  if (changed == 0)
    return TRUE;
  const gint64 values[] = {now, flags, id};
  return fbk_catalog_change(catalog, "UPDATE message SET server_flags = ?, flags = ? WHERE id = ?", values, 3,
                            err);
}

gboolean fbk_catalog_server_flags(FbkCatalog *catalog, gint64 id, guint flags, guint *flags_out, GError **err)
{
  gboolean mine;
  return fbk_db_enter(catalog->db, &mine, err) &&
         fbk_db_leave(catalog->db, mine, follow_server(catalog, id, flags, flags_out, err), err);
}

gboolean fbk_catalog_local_flags(FbkCatalog *catalog, gint64 id, guint flags, GError **err)
{
  const gint64 values[] = {flags, id};
  return fbk_catalog_change(catalog, "UPDATE message SET flags = ? WHERE id = ?", values, 2, err);
}

gboolean fbk_catalog_remove(FbkCatalog *catalog, gint64 id, GError **err)
{
  return fbk_catalog_change(catalog, "DELETE FROM message WHERE id = ?", &id, 1, err);
}

/* --- UIDVALIDITY changed --- */

gboolean fbk_catalog_orphan(FbkCatalog *catalog, gint64 folder_id, GError **err)
{
  FbkQuery *query = fbk_db_query(
      catalog->db, "UPDATE message SET uid = NULL, orphan = 1 WHERE folder = ? AND uid IS NOT NULL", err);
  if (query == NULL)
    return FALSE;
  fbk_query_int(query, 1, folder_id);
  return fbk_query_run(query, err);
}

static FbkStep find_orphan(FbkCatalog *catalog, gint64 folder_id, const char *digest, gint64 *id_out,
                           GError **err)
{
  g_autoptr(FbkQuery) query =
      fbk_db_query(catalog->db,
                   "SELECT id FROM message INDEXED BY message_orphan"
                   " WHERE folder = ? AND digest = ? AND orphan = 1 ORDER BY id LIMIT 1",
                   err);
  if (query == NULL)
    return FBK_STEP_FAILED;
  fbk_query_int(query, 1, folder_id);
  fbk_query_text(query, 2, digest);
  FbkStep step = fbk_query_step(query, err);
  if (step == FBK_STEP_ROW)
    *id_out = fbk_query_get_int(query, 0);
  return step;
}

gboolean fbk_catalog_adopt(FbkCatalog *catalog, gint64 folder_id, const char *digest, guint32 uid,
                           guint server_flags, gint64 *id_out, gboolean *adopted_out, GError **err)
{
  gboolean mine;
  *adopted_out = FALSE;
  if (!fbk_db_enter(catalog->db, &mine, err))
    return FALSE;
  FbkStep found = may_add(catalog, folder_id, uid, err) ? find_orphan(catalog, folder_id, digest, id_out, err)
                                                        : FBK_STEP_FAILED;
  gboolean good = found == FBK_STEP_DONE;
  if (found == FBK_STEP_ROW) {
    const gint64 values[] = {uid, *id_out};
    good =
        fbk_catalog_change(catalog, "UPDATE message SET uid = ?, orphan = 0 WHERE id = ?", values, 2, err) &&
        follow_server(catalog, *id_out, server_flags, NULL, err);
  }
  *adopted_out = good && found == FBK_STEP_ROW;
  return fbk_db_leave(catalog->db, mine, good, err);
}

GArray *fbk_catalog_orphans(FbkCatalog *catalog, gint64 folder_id, GError **err)
{
  g_autoptr(FbkQuery) query = fbk_db_query(
      catalog->db, "SELECT id FROM message INDEXED BY message_orphan WHERE folder = ? AND orphan = 1", err);
  if (query == NULL)
    return NULL;
  fbk_query_int(query, 1, folder_id);
  g_autoptr(GArray) orphans = g_array_new(FALSE, FALSE, sizeof(gint64));
  FbkStep step;
  while ((step = fbk_query_step(query, err)) == FBK_STEP_ROW) {
    gint64 id = fbk_query_get_int(query, 0);
    g_array_append_val(orphans, id);
  }
  return step == FBK_STEP_DONE ? g_steal_pointer(&orphans) : NULL;
}
