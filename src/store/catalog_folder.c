/* Folders in the catalogue. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/catalog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "store/catalog_parts.h"

#define DIR_TRIES 10000

static int place_of_role(FbkRole role)
{
  return role == FBK_ROLE_NONE ? G_MAXINT : (int)role;
}

static int compare_folders(gconstpointer a, gconstpointer b)
{
  const FbkFolder *first = *(FbkFolder *const *)a, *second = *(FbkFolder *const *)b;
  int first_place = place_of_role(first->role), second_place = place_of_role(second->role);
  if (first_place != second_place)
    return first_place < second_place ? -1 : 1;
  int order = g_utf8_collate(first->name, second->name);
  return order != 0 ? order : strcmp(first->path, second->path);
}

GPtrArray *fbk_catalog_folders(FbkCatalog *catalog, GError **err)
{
  g_autoptr(FbkQuery) query = fbk_db_query(catalog->db,
                                           "SELECT id, name, path, dir, delimiter, role, selectable, total,"
                                           " unread FROM folder",
                                           err);
  if (query == NULL)
    return NULL;
  g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func((GDestroyNotify)fbk_folder_free);
  FbkStep step;
  while ((step = fbk_query_step(query, err)) == FBK_STEP_ROW) {
    FbkFolder *folder = g_new0(FbkFolder, 1);
    folder->id = fbk_query_get_int(query, 0);
    folder->name = g_strdup(fbk_query_get_text(query, 1));
    folder->path = g_strdup(fbk_query_get_text(query, 2));
    folder->dir = g_strdup(fbk_query_get_text(query, 3));
    folder->delimiter = (char)fbk_query_get_int(query, 4);
    folder->role = (FbkRole)CLAMP(fbk_query_get_int(query, 5), FBK_ROLE_NONE, FBK_ROLE_FLAGGED);
    folder->selectable = fbk_query_get_int(query, 6) != 0;
    folder->total = (guint)fbk_query_get_int(query, 7);
    folder->unread = (guint)fbk_query_get_int(query, 8);
    g_ptr_array_add(folders, folder);
  }
  if (step == FBK_STEP_FAILED)
    return NULL;
  g_ptr_array_sort(folders, compare_folders);
  return g_steal_pointer(&folders);
}

char *fbk_catalog_dir_key(const char *dir)
{
  g_autofree char *folded = g_utf8_casefold(dir, -1);
  char *key = g_utf8_normalize(folded, -1, G_NORMALIZE_ALL);
  return key != NULL ? key : g_steal_pointer(&folded);
}

static FbkStep dir_is_taken(FbkCatalog *catalog, const char *key, GError **err)
{
  /* Within a folder these names mean something else to other Maildir programs. */
  static const char *const reserved[] = {"cur", "new", "tmp", NULL};
  if (g_strv_contains(reserved, key))
    return FBK_STEP_ROW;
  g_autoptr(FbkQuery) query = fbk_db_query(catalog->db, "SELECT 1 FROM folder WHERE dir_key = ?", err);
  if (query == NULL)
    return FBK_STEP_FAILED;
  fbk_query_text(query, 1, key);
  return fbk_query_step(query, err);
}

/* A directory name that no other folder has; *key_out is its key. NULL on error. */
static char *choose_dir(FbkCatalog *catalog, const char *name, char **key_out, GError **err)
{
  g_autofree char *clean = fbk_file_clean_name(name, "folder");
  for (guint i = 1; i < DIR_TRIES; i++) {
    g_autofree char *dir = i == 1 ? g_strdup(clean) : g_strdup_printf("%s~%u", clean, i);
    g_autofree char *key = fbk_catalog_dir_key(dir);
    FbkStep taken = dir_is_taken(catalog, key, err);
    if (taken == FBK_STEP_FAILED)
      return NULL;
    if (taken == FBK_STEP_ROW)
      continue;
    *key_out = g_steal_pointer(&key);
    return g_steal_pointer(&dir);
  }
  fbk_error_set(err, FBK_ERR_TOO_BIG, _("Too many folders have the name \"%s\"; rename some of them."),
                clean);
  return NULL;
}

static gboolean update_folder(FbkCatalog *catalog, const FbkFolder *folder, gint64 id, GError **err)
{
  FbkQuery *query = fbk_db_query(
      catalog->db, "UPDATE folder SET name = ?, delimiter = ?, role = ?, selectable = ? WHERE id = ?", err);
  if (query == NULL)
    return FALSE;
  fbk_query_text(query, 1, folder->name);
  fbk_query_int(query, 2, (guchar)folder->delimiter);
  fbk_query_int(query, 3, folder->role);
  fbk_query_int(query, 4, folder->selectable != FALSE);
  fbk_query_int(query, 5, id);
  return fbk_query_run(query, err);
}

static gboolean insert_folder(FbkCatalog *catalog, const FbkFolder *folder, gint64 *id_out, GError **err)
{
  g_autofree char *key = NULL;
  g_autofree char *dir = choose_dir(catalog, folder->name, &key, err);
  if (dir == NULL)
    return FALSE;
  FbkQuery *query = fbk_db_query(catalog->db,
                                 "INSERT INTO folder (path, name, dir, dir_key, delimiter, role, selectable)"
                                 " VALUES (?, ?, ?, ?, ?, ?, ?)",
                                 err);
  if (query == NULL)
    return FALSE;
  fbk_query_text(query, 1, folder->path);
  fbk_query_text(query, 2, folder->name);
  fbk_query_text(query, 3, dir);
  fbk_query_text(query, 4, key);
  fbk_query_int(query, 5, (guchar)folder->delimiter);
  fbk_query_int(query, 6, folder->role);
  fbk_query_int(query, 7, folder->selectable != FALSE);
  if (!fbk_query_run(query, err))
    return FALSE;
  *id_out = fbk_db_last_id(catalog->db);
  return TRUE;
}

static FbkStep find_folder(FbkCatalog *catalog, const char *path, gint64 *id_out, GError **err)
{
  g_autoptr(FbkQuery) query = fbk_db_query(catalog->db, "SELECT id FROM folder WHERE path = ?", err);
  if (query == NULL)
    return FBK_STEP_FAILED;
  fbk_query_text(query, 1, path);
  FbkStep step = fbk_query_step(query, err);
  if (step == FBK_STEP_ROW)
    *id_out = fbk_query_get_int(query, 0);
  return step;
}

gboolean fbk_catalog_put_folder(FbkCatalog *catalog, const FbkFolder *folder, gint64 *id_out, GError **err)
{
  gboolean mine;
  if (!fbk_db_enter(catalog->db, &mine, err))
    return FALSE;
  FbkStep found = find_folder(catalog, folder->path, id_out, err);
  gboolean good = FALSE;
  if (found == FBK_STEP_ROW)
    good = update_folder(catalog, folder, *id_out, err);
  else if (found == FBK_STEP_DONE)
    good = insert_folder(catalog, folder, id_out, err);
  return fbk_db_leave(catalog->db, mine, good, err);
}

gboolean fbk_catalog_remove_folder(FbkCatalog *catalog, gint64 folder_id, GError **err)
{
  gboolean mine;
  if (!fbk_db_enter(catalog->db, &mine, err))
    return FALSE;
  /* The rows first: their trigger tells the index by the folder's directory which files are gone. */
  FbkQuery *query = fbk_db_query(catalog->db, "DELETE FROM message WHERE folder = ?", err);
  gboolean good = query != NULL;
  if (good) {
    fbk_query_int(query, 1, folder_id);
    good = fbk_query_run(query, err) &&
           fbk_catalog_change(catalog, "DELETE FROM folder WHERE id = ?", &folder_id, 1, err);
  }
  return fbk_db_leave(catalog->db, mine, good, err);
}

gboolean fbk_catalog_get_state(FbkCatalog *catalog, gint64 folder_id, FbkFolderState *out, GError **err)
{
  g_autoptr(FbkQuery) query =
      fbk_db_query(catalog->db, "SELECT uidvalidity, uidnext, delivering FROM folder WHERE id = ?", err);
  if (query == NULL)
    return FALSE;
  fbk_query_int(query, 1, folder_id);
  FbkStep step = fbk_query_step(query, err);
  if (step == FBK_STEP_DONE)
    fbk_error_set(err, FBK_ERR_NOT_FOUND, _("This folder is not in the list any more; open another one."));
  if (step != FBK_STEP_ROW)
    return FALSE;
  out->uidvalidity = (guint32)fbk_query_get_int(query, 0);
  out->uidnext = (guint32)fbk_query_get_int(query, 1);
  out->delivering = fbk_query_get_int(query, 2) != 0;
  return TRUE;
}

gboolean fbk_catalog_set_state(FbkCatalog *catalog, gint64 folder_id, const FbkFolderState *state,
                               GError **err)
{
  const gint64 values[] = {state->uidvalidity, state->uidnext, state->delivering != FALSE, folder_id};
  return fbk_catalog_change(catalog,
                            "UPDATE folder SET uidvalidity = ?, uidnext = ?, delivering = ? WHERE id = ?",
                            values, G_N_ELEMENTS(values), err);
}
