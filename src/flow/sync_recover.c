/* Puts the catalogue and the files of a folder together again: after a crash, after the list of mail was
 * lost, after files were removed by hand. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/sync_inner.h"

#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/log.h"
#include "mail/parse.h"

#define PAGE 1000

gboolean fbk_pass_add_row(FbkPass *pass, const FbkFolder *folder, const char *path, FbkNewRow *row,
                          gint64 *id_out, GError **err)
{
  g_autoptr(GError) unreadable = NULL;
  g_autoptr(FbkEnvelope) envelope = fbk_envelope_read(path, &row->has_attachment, &unreadable);
  if (!envelope) {
    fbk_log("sync", "%s", unreadable->message);
    envelope = fbk_envelope_new();
  }
  row->envelope = envelope;
  g_autoptr(GError) failure = NULL;
  *id_out = 0;
  if (fbk_catalog_add(pass->sync->catalog, folder->id, row, id_out, &failure) ||
      g_error_matches(failure, FBK_ERROR, FBK_ERR_EXISTS))
    return TRUE;
  g_propagate_error(err, g_steal_pointer(&failure));
  return FALSE;
}

/* --- files without rows --- */

typedef struct {
  FbkPass *pass;
  const FbkFolder *folder;
  guint32 uidvalidity;
  GError **err;
  gboolean failed;
} Recovery;

/* What the server says of its flags is not known: what it sets comes on top of what was set here. */
static gboolean take_in(Recovery *recovery, const char *name, const char *path, FbkNewRow *row)
{
  struct stat status;
  g_autofree char *digest = fbk_maildir_digest(path, NULL);
  if (!digest || stat(path, &status))
    return TRUE;
  row->size = (guint64)status.st_size;
  row->file = name;
  row->digest = digest;
  row->arrived = status.st_mtime;
  gint64 id = 0;
  return fbk_pass_add_row(recovery->pass, recovery->folder, path, row, &id, recovery->err) &&
         (!id ||
          fbk_catalog_local_flags(recovery->pass->sync->catalog, id, fbk_maildir_flags(name), recovery->err));
}

static gboolean is_our_name(const char *unique)
{
  guint32 uidvalidity, uid;
  return fbk_maildir_parse_imap_name(unique, &uidvalidity, &uid) || fbk_pass_is_pop_name(unique);
}

static gboolean recover_file(gpointer data, const char *name, const char *path)
{
  Recovery *recovery = data;
  g_autofree char *unique = fbk_maildir_unique(name);
  gint64 id = 0;
  guint32 uidvalidity = 0;
  guint32 uid = 0;
  gboolean is_imap = fbk_maildir_parse_imap_name(name, &uidvalidity, &uid);
  if (!is_our_name(unique))
    return TRUE;
  if (!fbk_catalog_by_file(recovery->pass->sync->catalog, recovery->folder->dir, unique, &id, recovery->err))
    return !(recovery->failed = TRUE);
  if (id)
    return TRUE;
  gboolean is_current = uidvalidity == recovery->uidvalidity;
  FbkNewRow row = {.uid = is_current ? uid : 0, .is_orphan = is_imap && !is_current};
  return take_in(recovery, name, path, &row) || !(recovery->failed = TRUE);
}

gboolean fbk_pass_recover(FbkPass *pass, const FbkFolder *folder, FbkMaildir *maildir, guint32 uidvalidity,
                          GError **err)
{
  FbkCatalog *catalog = pass->sync->catalog;
  Recovery recovery = {pass, folder, uidvalidity, err, FALSE};
  if (!fbk_maildir_sweep(maildir, err) || !fbk_catalog_begin(catalog, err))
    return FALSE;
  if (fbk_maildir_scan(maildir, recover_file, &recovery, err) && !recovery.failed &&
      fbk_catalog_commit(catalog, err))
    return TRUE;
  fbk_catalog_rollback(catalog);
  return FALSE;
}

/* --- rows without files --- */

typedef struct {
  GHashTable *all; /* unique names */
  guint ours;
} Names;

static gboolean take_name(gpointer data, const char *name, const char *path)
{
  Names *names = data;
  (void)path;
  char *unique = fbk_maildir_unique(name);
  gboolean is_ours = is_our_name(unique);
  names->ours += g_hash_table_add(names->all, unique) && is_ours;
  return TRUE;
}

/* The name under which the file of row would come again. */
static char *name_to_come(const FbkRow *row, guint32 uidvalidity)
{
  return row->uid ? fbk_maildir_imap_name(uidvalidity, row->uid) : fbk_maildir_unique(row->file);
}

static void note_missing(GHashTable *missing, GHashTable *names, const FbkRows *rows, guint32 uidvalidity)
{
  for (guint i = 0; i < rows->count; i++) {
    const FbkRow *row = &rows->rows[i];
    g_autofree char *unique = fbk_maildir_unique(row->file);
    if (!*unique || g_hash_table_contains(names, unique))
      continue;
    FbkMissing *one = g_new(FbkMissing, 1);
    *one = (FbkMissing){row->id, row->flags};
    g_hash_table_insert(missing, name_to_come(row, uidvalidity), one);
  }
}

GHashTable *fbk_pass_missing(FbkPass *pass, const FbkFolder *folder, FbkMaildir *maildir, guint32 uidvalidity,
                             GError **err)
{
  g_autoptr(GHashTable) missing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Names names = {all, 0};
  if (!fbk_maildir_scan(maildir, take_name, &names, err))
    return NULL;
  FbkPageWhere where = FBK_PAGE_START;
  gint64 anchor = 0;
  gboolean more = names.ours < folder->total;
  while (more) {
    g_autoptr(FbkRows) rows =
        fbk_catalog_page(pass->sync->catalog, folder->id, FBK_ORDER_DATE, where, anchor, PAGE, err);
    if (!rows)
      return NULL;
    note_missing(missing, all, rows, uidvalidity);
    more = rows->more_after && rows->count;
    anchor = rows->count ? rows->rows[rows->count - 1].id : 0;
    where = FBK_PAGE_AFTER;
  }
  if (g_hash_table_size(missing))
    fbk_log("sync", "%s: files of %u messages are gone, they are fetched again", folder->path,
            g_hash_table_size(missing));
  return g_steal_pointer(&missing);
}
