/* Bringing the index up to date with a catalogue. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/indexing.h"
#include "flow/indexing_inner.h"

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
  guint singly; /* how many messages are still to be taken one by one */
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

/* The message counts as refused before it is tried: if it ends this process, the next one passes it by. */
static gboolean mark_beforehand(const Run *run, const FbkIndexItem *item, GError **err)
{
  return fbk_catalog_set_index_state(run->catalog, item, FBK_INDEX_REFUSED, err);
}

static gboolean one_batch(Run *run, gboolean *more_out, GError **err)
{
  gboolean is_single = run->singly > 0;
  g_autoptr(GPtrArray) items = fbk_catalog_index_waiting(run->catalog, is_single ? 1 : FBK_INDEX_BATCH, err);
  g_autoptr(GPtrArray) gone = items ? fbk_catalog_index_gone(run->catalog, err) : NULL;
  if (!gone)
    return FALSE;
  *more_out = items->len > 0;
  if (!items->len && !gone->len)
    return TRUE;
  run->singly -= is_single;
  if (is_single && items->len && !mark_beforehand(run, items->pdata[0], err))
    return FALSE;
  g_auto(GStrv) paths = index_paths(run, items);
  g_auto(GStrv) old = gone_paths(run, gone);
  g_autofree FbkIndexed *results = g_new0(FbkIndexed, items->len + 1);
  return fbk_index_batch(run->home->mail_root, paths, items->len, old, results, run->cancellable, err) &&
         note_results(run, items, results, err);
}

/* An index that was deleted or made anew holds nothing of what the catalogue believes: then every row waits
 * again. */
static gboolean know_index(const Run *run, GError **err)
{
  g_autofree char *identity = fbk_index_identity(run->home->mail_root, run->cancellable, err);
  return identity && fbk_catalog_index_is(run->catalog, identity, err);
}

FbkCatalog *fbk_indexing_catalog(const FbkHome *home, const FbkAccount *account, GError **err)
{
  g_autofree char *path = fbk_home_catalog_path(home, account->name);
  return fbk_file_make_dir(home->mail_root, err) ? fbk_catalog_open(path, NULL, err) : NULL;
}

gboolean fbk_indexing_run(const FbkHome *home, const FbkAccount *account, gboolean carefully,
                          const FbkProgress *progress, GCancellable *cancellable, FbkIndexingReport *out,
                          GError **err)
{
  g_autoptr(FbkCatalog) catalog = fbk_indexing_catalog(home, account, err);
  Run run = {home, account, catalog, cancellable, carefully ? FBK_INDEX_BATCH : 0, 0, 0};
  guint waiting = 0;
  gboolean more = TRUE;
  if (!catalog || !know_index(&run, err) || !fbk_catalog_index_counts(catalog, &waiting, NULL, err))
    return FALSE;
  while (more) {
    if (fbk_cancelled(cancellable, err) || !one_batch(&run, &more, err))
      return FALSE;
    fbk_progress(progress, _("index"), run.indexed + run.refused, waiting);
  }
  *out = (FbkIndexingReport){run.indexed, run.refused};
  return TRUE;
}
