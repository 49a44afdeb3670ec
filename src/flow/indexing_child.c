/* Bringing the index up to date in a process of its own. SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "flow/indexing.h"
#include "flow/indexing_inner.h"

#define DEATHS_MAX 20 /* poison mails passed by in one run */

static gboolean index_is_missing(const FbkHome *home)
{
  g_autofree char *path = g_build_filename(home->mail_root, ".notmuch", NULL);
  return !g_file_test(path, G_FILE_TEST_EXISTS);
}

static GSubprocess *start_child(const FbkHome *home, const FbkAccount *account, gboolean carefully,
                                GError **err)
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
  if (carefully)
    g_ptr_array_add(argv, (char *)"--carefully");
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

/* A mail that ends the process of libnotmuch must not keep all others out: the batch that ended it is taken
 * once more, one by one, until it is through. */
static gboolean run_children(const FbkHome *home, const FbkAccount *account, GCancellable *cancellable,
                             GError **err)
{
  for (guint deaths = 0;; deaths++) {
    g_autoptr(GSubprocess) child = start_child(home, account, deaths > 0, err);
    g_autoptr(GError) failure = NULL;
    if (!child || wait_for_child(home, child, cancellable, &failure))
      return child != NULL;
    gboolean died = g_error_matches(failure, FBK_ERROR, FBK_ERR_BUG) && g_subprocess_get_if_signaled(child);
    if (!died || deaths == DEATHS_MAX) {
      g_propagate_error(err, g_steal_pointer(&failure));
      return FALSE;
    }
  }
}

gboolean fbk_indexing_in_child(const FbkHome *home, const FbkAccount *account, const FbkProgress *progress,
                               GCancellable *cancellable, FbkIndexingReport *out, GError **err)
{
  g_autoptr(FbkCatalog) catalog = fbk_indexing_catalog(home, account, err);
  guint waiting = 0;
  guint refused = 0;
  if (!catalog || !fbk_catalog_index_counts(catalog, &waiting, &refused, err))
    return FALSE;
  g_autoptr(GPtrArray) gone = fbk_catalog_index_gone(catalog, err);
  if (!gone)
    return FALSE;
  *out = (FbkIndexingReport){0};
  if (!home->is_program)
    return fbk_indexing_run(home, account, FALSE, progress, cancellable, out, err);
  if (!waiting && !gone->len && !index_is_missing(home))
    return TRUE;
  fbk_progress(progress, _("index"), 0, waiting);
  guint waiting_now = 0;
  guint refused_now = 0;
  if (!run_children(home, account, cancellable, err) ||
      !fbk_catalog_index_counts(catalog, &waiting_now, &refused_now, err))
    return FALSE;
  out->refused = refused_now - MIN(refused, refused_now);
  /* A new index takes in what the old one had: then more was done than waited. */
  out->indexed = waiting - MIN(waiting, waiting_now + out->refused);
  return TRUE;
}
