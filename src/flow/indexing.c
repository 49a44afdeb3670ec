/* Bringing the index up to date with a catalogue. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/indexing.h"

#include <glib/gi18n.h>

#include "base/err.h"
#include "base/file.h"
#include "store/catalog.h"
#include "store/index.h"

typedef struct {
  const FbkHome *home;
  const FbkAccount *account;
  FbkCatalog *catalog;
  GCancellable *cancellable;
  guint indexed, refused;
} Run;

/* Paths below the mail root, for the index. */
static char **index_paths(const Run *run, const GPtrArray *items)
{
  char **paths = g_new0(char *, items->len + 1);
  for (guint i = 0; i < items->len; i++) {
    const FbkIndexItem *item = items->pdata[i];
    paths[i] = g_build_filename(run->account->name, item->dir, "cur", item->file, NULL);
  }
  return paths;
}

static char **gone_paths(const Run *run, const GPtrArray *gone)
{
  char **paths = g_new0(char *, gone->len + 1);
  for (guint i = 0; i < gone->len; i++)
    paths[i] = g_build_filename(run->account->name, gone->pdata[i], NULL);
  return paths;
}

/* The index first, then the catalogue: a batch that a crash repeats changes nothing in the index. */
static gboolean note_results(Run *run, const GPtrArray *items, const FbkIndexed *results, GError **err)
{
  if (!fbk_catalog_begin(run->catalog, err))
    return FALSE;
  gboolean noted = fbk_catalog_index_gone_done(run->catalog, err);
  for (guint i = 0; i < items->len && noted; i++) {
    const FbkIndexItem *item = items->pdata[i];
    gboolean taken = results[i] == FBK_INDEXED;
    noted = fbk_catalog_set_index_state(run->catalog, item, taken ? FBK_INDEX_DONE : FBK_INDEX_REFUSED, err);
    run->indexed += taken;
    run->refused += !taken;
  }
  if (noted && fbk_catalog_commit(run->catalog, err))
    return TRUE;
  fbk_catalog_rollback(run->catalog);
  return FALSE;
}

static gboolean one_batch(Run *run, gboolean *more_out, GError **err)
{
  g_autoptr(GPtrArray) items = fbk_catalog_index_waiting(run->catalog, FBK_INDEX_BATCH, err);
  g_autoptr(GPtrArray) gone = items ? fbk_catalog_index_gone(run->catalog, err) : NULL;
  if (!gone)
    return FALSE;
  *more_out = items->len > 0;
  if (!items->len && !gone->len)
    return TRUE;
  g_auto(GStrv) paths = index_paths(run, items);
  g_auto(GStrv) old = gone_paths(run, gone);
  g_autofree FbkIndexed *results = g_new0(FbkIndexed, items->len + 1);
  return fbk_index_batch(run->home->mail_root, paths, items->len, old, results, run->cancellable, err) &&
         note_results(run, items, results, err);
}

gboolean fbk_indexing_run(const FbkHome *home, const FbkAccount *account, const FbkProgress *progress,
                          GCancellable *cancellable, guint *indexed_out, guint *refused_out, GError **err)
{
  g_autofree char *path = fbk_home_catalog_path(home, account->name);
  if (!fbk_file_make_dir(home->mail_root, err))
    return FALSE;
  g_autoptr(FbkCatalog) catalog = fbk_catalog_open(path, NULL, err);
  if (!catalog)
    return FALSE;
  Run run = {home, account, catalog, cancellable, 0, 0};
  guint waiting = 0;
  gboolean more = TRUE;
  if (!fbk_catalog_index_counts(catalog, &waiting, NULL, err))
    return FALSE;
  while (more) {
    if (fbk_cancelled(cancellable, err) || !one_batch(&run, &more, err))
      return FALSE;
    fbk_progress(progress, _("index"), run.indexed + run.refused, waiting);
  }
  if (indexed_out)
    *indexed_out = run.indexed;
  if (refused_out)
    *refused_out = run.refused;
  return TRUE;
}
