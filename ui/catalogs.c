/* The disk worker's catalogues. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/catalogs.h"

#include "base/file.h"

struct FbkCatalogs {
  GHashTable *by_path; /* char * to FbkCatalog * */
};

FbkCatalogs *fbk_catalogs_new(void)
{
  FbkCatalogs *catalogs = g_new0(FbkCatalogs, 1);
  catalogs->by_path =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)fbk_catalog_free);
  return catalogs;
}

void fbk_catalogs_free(gpointer data)
{
  FbkCatalogs *catalogs = data;
  g_hash_table_unref(catalogs->by_path);
  g_free(catalogs);
}

FbkCatalog *fbk_catalogs_get(FbkCatalogs *catalogs, const FbkHome *home, const char *account, GError **err)
{
  g_autofree char *path = fbk_home_catalog_path(home, account);
  FbkCatalog *catalog = g_hash_table_lookup(catalogs->by_path, path);
  /* The list may look before anything was fetched: then nobody has made the directory yet. */
  if (!catalog && fbk_file_make_dir(home->paths->data, err) && (catalog = fbk_catalog_open(path, NULL, err)))
    g_hash_table_insert(catalogs->by_path, g_steal_pointer(&path), catalog);
  return catalog;
}

void fbk_catalogs_forget(FbkCatalogs *catalogs, const FbkHome *home, const char *account)
{
  g_autofree char *path = fbk_home_catalog_path(home, account);
  g_hash_table_remove(catalogs->by_path, path);
}
