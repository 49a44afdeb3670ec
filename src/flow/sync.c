/* Fetching one account: session, password, folders. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/sync_inner.h"

#include <glib/gi18n.h>
#include <stdarg.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/lock.h"
#include "base/log.h"
#include "flow/lockout.h"
#include "store/keep.h"

#define PATIENCE 10    /* seconds that any server waits for a sign-in */
#define LOCK_WAIT 5000 /* milliseconds: enough for one that finds nothing new */

FbkSync *fbk_sync_new(const FbkHome *home, const FbkAccount *account)
{
  FbkSync *sync = g_new0(FbkSync, 1);
  sync->home = home;
  sync->account = fbk_account_copy(account);
  return sync;
}

static void hang_up(FbkSync *sync)
{
  g_clear_pointer(&sync->imap, fbk_imap_free);
}

void fbk_sync_free(FbkSync *sync)
{
  if (!sync)
    return;
  hang_up(sync);
  g_clear_pointer(&sync->catalog, fbk_catalog_free);
  g_clear_pointer(&sync->password, fbk_secret_free);
  fbk_account_free(sync->account);
  g_free(sync);
}

void fbk_report_init(FbkReport *report)
{
  memset(report, 0, sizeof *report);
  report->notes = g_ptr_array_new_with_free_func(g_free);
}

void fbk_report_clear(FbkReport *report)
{
  g_clear_pointer(&report->notes, g_ptr_array_unref);
}

void fbk_pass_note(FbkPass *pass, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  char *note = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  fbk_log("sync", "%s", note);
  g_ptr_array_add(pass->report->notes, note);
}

void fbk_sync_forgive(FbkSync *sync)
{
  fbk_lockout_clear(sync->home, sync->account);
  g_clear_pointer(&sync->password, fbk_secret_free);
  sync->ask_again = TRUE;
}

/* --- the password --- */

/* Where the person gives a password anew, it is asked for even though an old one is stored. */
static gboolean read_password(FbkSync *sync, const FbkAsk *ask, GCancellable *cancellable, GError **err)
{
  if (sync->password)
    return TRUE;
  FbkAccount *asked = fbk_account_copy(sync->account);
  if (sync->ask_again && asked->keep == FBK_SECRET_GPG)
    asked->keep = FBK_SECRET_ASK;
  FbkKept kept = {0};
  gboolean read = fbk_keep_read(sync->home->accounts_dir, asked, ask, cancellable, &kept, err);
  /* An empty one is a slip of the hand: it must not cost a try, of which the campus allows few (J16). */
  if (read && !fbk_secret_length(kept.password)) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("No password was given; nothing was tried."));
    read = FALSE;
  }
  if (read && asked->keep != sync->account->keep)
    read = fbk_keep_write(sync->home->accounts_dir, sync->account, &kept, ask, err);
  fbk_account_free(asked);
  if (read) {
    sync->password = fbk_secret_join(kept.prefix, kept.password);
    if (!sync->password) {
      fbk_error_set(err, FBK_ERR_BAD_INPUT, _("The password is too long. Type it again."));
      read = FALSE;
    }
    sync->ask_again = FALSE;
  }
  fbk_kept_clear(&kept);
  return read;
}

/* One refusal ends all tries, here and in every other process, until the person acts. */
static void note_refusal(FbkSync *sync, const GError *err)
{
  if (!g_error_matches(err, FBK_ERROR, FBK_ERR_AUTH))
    return;
  fbk_lockout_note(sync->home, sync->account, sync->account->incoming->host);
  g_clear_pointer(&sync->password, fbk_secret_free);
}

/* --- IMAP --- */

static FbkImap *dial_imap(FbkPass *pass, GError **err)
{
  const FbkSync *sync = pass->sync;
  return fbk_imap_connect(sync->home->net, sync->account->incoming, NULL, pass->cancellable, err);
}

/* The password is asked for once the server has answered: nobody types it for a network that is not there. */
static gboolean connect_imap(FbkPass *pass, const FbkAsk *ask, GError **err)
{
  FbkSync *sync = pass->sync;
  if (sync->imap) {
    fbk_imap_set_cancellable(sync->imap, pass->cancellable);
    if (fbk_imap_noop(sync->imap, NULL))
      return TRUE;
    hang_up(sync);
  }
  if (!(sync->imap = dial_imap(pass, err)))
    return FALSE;
  gboolean asked = !sync->password;
  if (!read_password(sync, ask, pass->cancellable, err))
    return FALSE;
  /* A server does not wait for ever for a person who looks for a password. */
  if (asked && !fbk_imap_noop(sync->imap, NULL)) {
    hang_up(sync);
    if (!(sync->imap = dial_imap(pass, err)))
      return FALSE;
  }
  g_autoptr(GError) failure = NULL;
  if (fbk_imap_sign_in(sync->imap, sync->account->user, sync->password, NULL, &failure))
    return TRUE;
  note_refusal(sync, failure);
  hang_up(sync);
  g_propagate_error(err, g_steal_pointer(&failure));
  return FALSE;
}

/* Folders of the server into the catalogue. One that the server has no longer stays while it holds mail. */
static GPtrArray *refresh_folders(FbkPass *pass, GError **err)
{
  FbkSync *sync = pass->sync;
  g_autoptr(GPtrArray) listed = fbk_imap_list(sync->imap, err);
  if (!listed || !fbk_catalog_begin(sync->catalog, err))
    return NULL;
  g_autoptr(GHashTable) present = g_hash_table_new(g_str_hash, g_str_equal);
  gboolean stored = TRUE;
  for (guint i = 0; i < listed->len && stored; i++) {
    FbkFolder *folder = listed->pdata[i];
    g_hash_table_add(present, folder->path);
    stored = fbk_catalog_put_folder(sync->catalog, folder, &folder->id, err);
  }
  g_autoptr(GPtrArray) folders = stored ? fbk_catalog_folders(sync->catalog, err) : NULL;
  for (guint i = 0; folders && i < folders->len; i++) {
    FbkFolder *folder = folders->pdata[i];
    if (g_hash_table_contains(present, folder->path))
      continue;
    folder->selectable = FALSE;
    if (!folder->total && !fbk_catalog_remove_folder(sync->catalog, folder->id, err))
      stored = FALSE;
  }
  if (folders && stored && fbk_catalog_commit(sync->catalog, err))
    return g_steal_pointer(&folders);
  fbk_catalog_rollback(sync->catalog);
  return NULL;
}

/* Errors after which the other folders can still be tried. */
static gboolean is_of_this_folder(const GError *err)
{
  return g_error_matches(err, FBK_ERROR, FBK_ERR_REFUSED) ||
         g_error_matches(err, FBK_ERROR, FBK_ERR_NOT_FOUND) ||
         g_error_matches(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
}

static gboolean run_imap(FbkPass *pass, const char *only, const FbkAsk *ask, GError **err)
{
  if (!connect_imap(pass, ask, err))
    return FALSE;
  g_autoptr(GPtrArray) folders = refresh_folders(pass, err);
  if (!folders)
    return FALSE;
  gboolean found = FALSE;
  for (guint i = 0; i < folders->len; i++) {
    const FbkFolder *folder = folders->pdata[i];
    if (!folder->selectable || (only && !g_str_equal(only, folder->path) && !g_str_equal(only, folder->name)))
      continue;
    found = TRUE;
    g_autoptr(GError) failure = NULL;
    if (fbk_sync_imap_folder(pass, folder, &failure))
      continue;
    if (!is_of_this_folder(failure)) {
      g_propagate_error(err, g_steal_pointer(&failure));
      return FALSE;
    }
    fbk_pass_note(pass, _("Folder '%s' was left out: %s"), folder->name, failure->message);
  }
  if (only && !found)
    fbk_error_set(err, FBK_ERR_NOT_FOUND, _("There is no folder '%s' on the server."), only);
  return found || !only;
}

/* --- POP3 --- */

static FbkPop *dial_pop(FbkPass *pass, GError **err)
{
  const FbkSync *sync = pass->sync;
  return fbk_pop_connect(sync->home->net, sync->account->incoming, NULL, pass->cancellable, err);
}

static gboolean run_pop(FbkPass *pass, const FbkAsk *ask, GError **err)
{
  FbkSync *sync = pass->sync;
  g_autoptr(FbkPop) pop = dial_pop(pass, err);
  if (!pop)
    return FALSE;
  gint64 begin = g_get_monotonic_time();
  if (!read_password(sync, ask, pass->cancellable, err))
    return FALSE;
  /* A server does not wait for ever for a person who looks for a password. */
  if (g_get_monotonic_time() - begin > PATIENCE * G_USEC_PER_SEC) {
    g_clear_pointer(&pop, fbk_pop_free);
    if (!(pop = dial_pop(pass, err)))
      return FALSE;
  }
  g_autoptr(GError) failure = NULL;
  if (fbk_pop_sign_in(pop, sync->account->user, sync->password, NULL, &failure))
    return fbk_sync_pop(pass, pop, err);
  note_refusal(sync, failure);
  g_propagate_error(err, g_steal_pointer(&failure));
  return FALSE;
}

/* --- a run --- */

static gboolean open_catalog(FbkPass *pass, GError **err)
{
  FbkSync *sync = pass->sync;
  if (sync->catalog)
    return TRUE;
  g_autofree char *path = fbk_home_catalog_path(sync->home, sync->account->name);
  gboolean rebuilt = FALSE;
  if (!fbk_file_make_dir(sync->home->paths->data, err))
    return FALSE;
  sync->catalog = fbk_catalog_open(path, &rebuilt, err);
  if (rebuilt)
    fbk_pass_note(pass, _("The list of mail was damaged and is made anew from the mail itself."));
  return sync->catalog != NULL;
}

/* Two that fetch the same account at once would do everything twice, and try a wrong password twice. */
static FbkLock *lock_account(const FbkSync *sync, GCancellable *cancellable, GError **err)
{
  if (!fbk_file_make_dir(sync->home->paths->state, err))
    return NULL;
  g_autofree char *path = fbk_home_lock_path(sync->home, sync->account->name);
  g_autoptr(GError) failure = NULL;
  FbkLock *lock = fbk_lock_take(path, LOCK_WAIT, cancellable, &failure);
  if (g_error_matches(failure, FBK_ERROR, FBK_ERR_CONFLICT))
    fbk_error_set(err, FBK_ERR_CONFLICT,
                  _("Another Fubako is fetching the mail of '%s' at this moment; what it brings is seen here "
                    "too."),
                  sync->account->name);
  else if (failure)
    g_propagate_error(err, g_steal_pointer(&failure));
  return lock;
}

gboolean fbk_sync_run(FbkSync *sync, const char *only, const FbkAsk *ask, const FbkProgress *progress,
                      GCancellable *cancellable, FbkReport *out, GError **err)
{
  FbkPass pass = {sync, progress, cancellable, out};
  g_autoptr(FbkLock) lock = lock_account(sync, cancellable, err);
  if (!lock || !fbk_lockout_check(sync->home, sync->account, err) || !open_catalog(&pass, err))
    return FALSE;
  gboolean done = sync->account->incoming->protocol == FBK_PROTOCOL_POP ? run_pop(&pass, ask, err)
                                                                        : run_imap(&pass, only, ask, err);
  if (!done)
    hang_up(sync);
  return done;
}
