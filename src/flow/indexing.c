/* Bringing the index up to date with a catalogue. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/indexing.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
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

/* An index that was deleted or made anew holds nothing of what the catalogue believes: then every row waits
 * again. */
static gboolean know_index(const Run *run, GError **err)
{
  g_autofree char *identity = fbk_index_identity(run->home->mail_root, run->cancellable, err);
  return identity && fbk_catalog_index_is(run->catalog, identity, err);
}

static gboolean index_is_missing(const FbkHome *home)
{
  g_autofree char *path = g_build_filename(home->mail_root, ".notmuch", NULL);
  return !g_file_test(path, G_FILE_TEST_EXISTS);
}

static FbkCatalog *open_catalog(const FbkHome *home, const FbkAccount *account, GError **err)
{
  g_autofree char *path = fbk_home_catalog_path(home, account->name);
  return fbk_file_make_dir(home->mail_root, err) ? fbk_catalog_open(path, NULL, err) : NULL;
}

gboolean fbk_indexing_run(const FbkHome *home, const FbkAccount *account, const FbkProgress *progress,
                          GCancellable *cancellable, FbkIndexingReport *out, GError **err)
{
  g_autoptr(FbkCatalog) catalog = open_catalog(home, account, err);
  Run run = {home, account, catalog, cancellable, 0, 0};
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

/* --- in a child --- */

static GSubprocess *start_child(const FbkHome *home, const FbkAccount *account, GError **err)
{
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_ptr_array_add(argv, (char *)"/proc/self/exe");
  if (home->dir) {
    g_ptr_array_add(argv, (char *)"--home");
    g_ptr_array_add(argv, home->dir);
  }
  g_ptr_array_add(argv, (char *)"index");
  g_ptr_array_add(argv, (char *)"--account");
  g_ptr_array_add(argv, account->name);
  g_ptr_array_add(argv, NULL);
  GError *failure = NULL;
  GSubprocess *child =
      g_subprocess_newv((const char *const *)argv->pdata,
                        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &failure);
  if (!child)
    fbk_error_take(err, failure, _("The search index cannot be brought up to date"));
  return child;
}

/* What the child's end means. Its own sentence is lost with it; the code says what the person can do. */
static gboolean read_ending(const FbkHome *home, GSubprocess *child, GError **err)
{
  if (g_subprocess_get_if_exited(child) && g_subprocess_get_exit_status(child) == 0)
    return TRUE;
  FbkErr code = g_subprocess_get_if_exited(child)
                    ? fbk_error_code_of_exit(g_subprocess_get_exit_status(child))
                    : FBK_ERR_BUG;
  if (g_subprocess_get_if_exited(child))
    fbk_log("index", "the indexing process ended with exit %d", g_subprocess_get_exit_status(child));
  else
    fbk_log("index", "the indexing process ended with signal %d", g_subprocess_get_term_sig(child));
  if (code == FBK_ERR_NO_SPACE || fbk_file_disk_is_full(home->mail_root))
    fbk_error_set(err, FBK_ERR_NO_SPACE,
                  _("No space is left for the search index; mail can be read all the same."));
  else if (code == FBK_ERR_CONFLICT || code == FBK_ERR_EXISTS) /* one exit code for both */
    fbk_error_set(err, FBK_ERR_CONFLICT,
                  _("Another program is writing the search index; it goes on when that one is done."));
  else
    fbk_error_set(err, code,
                  _("The search index could not be brought up to date; mail can be read all the same. "
                    "`fubako index` tells why."));
  return FALSE;
}

static void stop_child(GCancellable *cancellable, gpointer child)
{
  (void)cancellable;
  g_subprocess_send_signal(child, SIGTERM);
}

static gboolean wait_for_child(const FbkHome *home, GSubprocess *child, GCancellable *cancellable,
                               GError **err)
{
  GError *failure = NULL;
  gulong watch = cancellable ? g_cancellable_connect(cancellable, G_CALLBACK(stop_child), g_object_ref(child),
                                                     g_object_unref)
                             : 0;
  gboolean ended = g_subprocess_wait(child, NULL, &failure);
  g_cancellable_disconnect(cancellable, watch);
  if (fbk_cancelled(cancellable, err)) {
    g_clear_error(&failure);
    return FALSE;
  }
  if (!ended)
    fbk_error_take(err, failure, _("The search index cannot be brought up to date"));
  return ended && read_ending(home, child, err);
}

gboolean fbk_indexing_in_child(const FbkHome *home, const FbkAccount *account, const FbkProgress *progress,
                               GCancellable *cancellable, FbkIndexingReport *out, GError **err)
{
  g_autoptr(FbkCatalog) catalog = open_catalog(home, account, err);
  guint waiting = 0;
  guint refused = 0;
  if (!catalog || !fbk_catalog_index_counts(catalog, &waiting, &refused, err))
    return FALSE;
  g_autoptr(GPtrArray) gone = fbk_catalog_index_gone(catalog, err);
  if (!gone)
    return FALSE;
  *out = (FbkIndexingReport){0};
  if (!home->is_program)
    return fbk_indexing_run(home, account, progress, cancellable, out, err);
  if (!waiting && !gone->len && !index_is_missing(home))
    return TRUE;
  fbk_progress(progress, _("index"), 0, waiting);
  g_autoptr(GSubprocess) child = start_child(home, account, err);
  guint waiting_now = 0;
  guint refused_now = 0;
  if (!child || !wait_for_child(home, child, cancellable, err) ||
      !fbk_catalog_index_counts(catalog, &waiting_now, &refused_now, err))
    return FALSE;
  out->refused = refused_now - MIN(refused, refused_now);
  /* A new index takes in what the old one had: then more was done than waited. */
  out->indexed = waiting - MIN(waiting, waiting_now + out->refused);
  return TRUE;
}
