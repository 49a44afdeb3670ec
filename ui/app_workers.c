/* The threads behind the screen: one for each account's mail, and the shared ones. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "base/err.h"
#include "base/log.h"
#include "flow/indexing.h"
#include "flow/sync.h"
#include "ui/app_inner.h"
#include "ui/scr.h"

#define LEAVE_SECONDS 2.0
#define REFRESH_MICROSECONDS (G_USEC_PER_SEC / 2) /* a list that grows is read again twice a second */

struct FbkMail {
  FbkApp *app;
  const FbkHome *home;
  const FbkAccount *account; /* of home */
  FbkWorker *worker;
  FbkScope *scope;
  guint timer;
  gboolean asked;    /* by the person: the end is told */
  gboolean refused;  /* the last fetch ended with a refused password */
  gboolean stopping; /* it was told to, and may take a moment */
  gboolean again;    /* asked for in that moment */
  char *doing;       /* "INBOX 120/4000" */
  gint64 refreshed;
  FbkSync *sync; /* the worker's alone */
};

/* --- one fetch, on the account's worker --- */

typedef struct {
  FbkMail *mail;
  const FbkAsk *ask; /* the screen's */
  FbkKept kept;      /* what the setup was given: the first answers */
  gboolean forgive;
  FbkReport report;
} Fetch;

static void free_fetch(gpointer data)
{
  Fetch *fetch = data;
  fbk_report_clear(&fetch->report);
  fbk_kept_clear(&fetch->kept);
  g_free(fetch);
}

/* The prefix is always asked for first. */
static FbkSecret *answer_from_kept(gpointer data, const char *question, GCancellable *cancellable,
                                   GError **err)
{
  Fetch *fetch = data;
  if (fetch->kept.prefix)
    return g_steal_pointer(&fetch->kept.prefix);
  if (fetch->kept.password)
    return g_steal_pointer(&fetch->kept.password);
  return fetch->ask->secret(fetch->ask->data, question, cancellable, err);
}

static gboolean lend(gpointer data, FbkAskBorrow borrow, gpointer borrow_data, GError **err)
{
  const Fetch *fetch = data;
  return fetch->ask->lend_terminal(fetch->ask->data, borrow, borrow_data, err);
}

static gboolean fetch_run(FbkJob *job, gpointer data, GError **err)
{
  Fetch *fetch = data;
  FbkMail *mail = fetch->mail;
  const FbkAsk ask = {answer_from_kept, lend, fetch};
  if (!mail->sync)
    mail->sync = fbk_sync_new(mail->home, mail->account);
  if (fetch->forgive)
    fbk_sync_forgive(mail->sync);
  return fbk_sync_run(mail->sync, NULL, &ask, fbk_job_progress(job), fbk_job_cancellable(job), &fetch->report,
                      err);
}

static void teardown(gpointer data)
{
  FbkMail *mail = data;
  g_clear_pointer(&mail->sync, fbk_sync_free);
}

static void refresh_screen(FbkApp *app)
{
  FbkScreen *screen = app->screens->len ? app->screens->pdata[app->screens->len - 1] : NULL;
  if (screen && screen->type->refresh)
    screen->type->refresh(screen);
  fbk_app_dirty(app);
}

static void fetch_progress(gpointer owner, const char *what, guint64 done, guint64 total)
{
  FbkMail *mail = owner;
  gint64 now = g_get_monotonic_time();
  g_free(mail->doing);
  mail->doing = total ? g_strdup_printf("%s %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, what, done, total)
                      : g_strdup(what);
  if (now - mail->refreshed >= REFRESH_MICROSECONDS) {
    mail->refreshed = now;
    refresh_screen(mail->app);
  }
  fbk_app_dirty(mail->app);
}

/* --- the search index, after each fetch --- */

static gboolean index_run(FbkJob *job, gpointer data, GError **err)
{
  const FbkMail *mail = data;
  FbkIndexingReport report;
  return fbk_indexing_in_child(mail->home, mail->account, fbk_job_progress(job), fbk_job_cancellable(job),
                               &report, err);
}

static void index_done(gpointer owner, gpointer data, const GError *err)
{
  (void)owner;
  const FbkMail *mail = data;
  if (err) /* mail can be read without it; the next fetch tries again */
    fbk_log("index", "%s: %s", mail->account->name, err->message);
}

/* --- the end of a fetch --- */

static void tell_failure(const FbkMail *mail, const GError *err)
{
  gboolean is_refused = g_error_matches(err, FBK_ERROR, FBK_ERR_AUTH);
  gboolean is_cancelled = g_error_matches(err, FBK_ERROR, FBK_ERR_CANCELLED);
  const char *hint = is_refused ? NULL : fbk_error_hint(err); /* a refusal has a better one */
  const char *next = !is_refused ? _("Press $ to try again.")
                     : mail->account->keep == FBK_SECRET_COMMAND
                         ? _("When your password command gives the right one, press $.")
                         : _("Press $ to type the password anew.");
  g_autofree char *wrong = fbk_status_sentences(err, hint);
  fbk_app_say(mail->app, "%s: %s %s", mail->account->name, wrong, next);
  mail->app->status.is_error = !is_cancelled;
}

static void tell_end(FbkMail *mail, const FbkReport *report, const GError *err)
{
  FbkApp *app = mail->app;
  gboolean is_cancelled = g_error_matches(err, FBK_ERROR, FBK_ERR_CANCELLED);
  if (err && (mail->asked || !is_cancelled))
    tell_failure(mail, err);
  else if (err)
    return; /* the person knows */
  else if (report->notes->len)
    fbk_app_say(app, "%s: %s", mail->account->name, (const char *)report->notes->pdata[0]);
  else if (report->fetched)
    fbk_app_say(app, g_dngettext(NULL, "%s: %u new message.", "%s: %u new messages.", report->fetched),
                mail->account->name, report->fetched);
  else if (mail->asked)
    fbk_app_say(app, _("%s: no new mail."), mail->account->name);
}

static void fetch(FbkMail *mail, gboolean asked, FbkKept *kept);

static void fetch_done(gpointer owner, gpointer data, const GError *err)
{
  FbkMail *mail = owner;
  const Fetch *job = data;
  FbkApp *app = mail->app;
  g_clear_pointer(&mail->doing, g_free);
  tell_end(mail, &job->report, err);
  mail->asked = FALSE;
  mail->refused = g_error_matches(err, FBK_ERROR, FBK_ERR_AUTH);
  if (!g_error_matches(err, FBK_ERROR, FBK_ERR_CANCELLED))
    fbk_worker_post_background(app->index, app->index_scope, index_run, index_done, mail, NULL);
  refresh_screen(app);
  gboolean again = mail->again;
  mail->again = FALSE;
  if (again)
    fetch(mail, TRUE, NULL);
}

static void fetch(FbkMail *mail, gboolean asked, FbkKept *kept)
{
  if (fbk_scope_pending(mail->scope)) { /* it is being fetched already */
    mail->again = mail->again || (asked && mail->stopping);
    return;
  }
  Fetch *job = g_new0(Fetch, 1);
  job->mail = mail;
  job->ask = fbk_ui_ask_get(mail->app->ask);
  job->forgive = asked && mail->refused;
  if (kept) {
    job->kept = *kept;
    *kept = (FbkKept){NULL, NULL};
  }
  fbk_report_init(&job->report);
  mail->asked = asked;
  mail->stopping = FALSE;
  mail->doing = g_strdup(_("connecting"));
  fbk_worker_post(mail->worker, mail->scope, fetch_run, fetch_done, job, free_fetch);
  fbk_app_dirty(mail->app);
}

static gboolean clock_struck(gpointer data)
{
  fetch(data, FALSE, NULL);
  return G_SOURCE_CONTINUE;
}

/* --- opening, asking, closing --- */

static FbkMail *open_mail(FbkApp *app, const FbkAccount *account)
{
  FbkMail *mail = g_new0(FbkMail, 1);
  mail->app = app;
  mail->home = app->home;
  mail->account = account;
  mail->worker = fbk_worker_new(account->name, app->inbox, teardown, mail);
  mail->scope = fbk_scope_new(mail, fetch_progress);
  if (app->loop && account->poll_minutes)
    mail->timer = g_timeout_add_seconds(account->poll_minutes * 60, clock_struck, mail);
  g_ptr_array_add(app->mails, mail);
  return mail;
}

void fbk_workers_open(FbkApp *app)
{
  app->mails = g_ptr_array_new();
  app->catalogs = fbk_catalogs_new();
  app->disk = fbk_worker_new("disk", app->inbox, fbk_catalogs_free, app->catalogs);
  app->reader = fbk_worker_new("reader", app->inbox, NULL, NULL);
  app->search = fbk_worker_new("search", app->inbox, NULL, NULL);
  app->network = fbk_worker_new("network", app->inbox, NULL, NULL);
  app->index = fbk_worker_new("index", app->inbox, NULL, NULL);
  app->index_scope = fbk_scope_new(app, NULL);
}

void fbk_workers_fetch_all(FbkApp *app)
{
  for (guint i = 0; i < app->home->accounts->len; i++)
    fetch(open_mail(app, app->home->accounts->pdata[i]), FALSE, NULL);
}

/* What a command prints can be tried again by one key, and the campus locks an account after a few refusals
 * (J16). */
static gboolean needs_a_yes(const FbkMail *mail)
{
  return mail->refused && mail->account->keep == FBK_SECRET_COMMAND;
}

static void try_again(gpointer owner, gboolean yes)
{
  FbkMail *mail = owner;
  if (yes)
    fetch(mail, TRUE, NULL);
}

static void ask_for_a_yes(FbkApp *app, FbkMail *mail)
{
  g_autofree char *question =
      g_strdup_printf(_("%s: the password was refused. Has it, or the service, been put right since? (y/n)"),
                      mail->account->name);
  fbk_app_confirm(app, question, try_again, mail);
}

void fbk_app_check_mail(FbkApp *app)
{
  for (guint i = 0; i < app->mails->len; i++)
    if (needs_a_yes(app->mails->pdata[i])) {
      ask_for_a_yes(app, app->mails->pdata[i]);
      return;
    }
  for (guint i = 0; i < app->mails->len; i++)
    fetch(app->mails->pdata[i], TRUE, NULL);
  fbk_app_say(app, _("Checking for new mail. Esc stops it."));
}

void fbk_app_account_added(FbkApp *app, const char *name, FbkKept *kept)
{
  g_autoptr(GError) err = NULL;
  FbkHome *home = fbk_home_open(app->home->dir, app->home->net, &err);
  const FbkAccount *account = home ? fbk_home_account(home, name) : NULL;
  if (!account) {
    fbk_home_free(home);
    if (err)
      fbk_app_say_error(app, err);
    fbk_kept_clear(kept);
    return;
  }
  home->is_program = app->home->is_program;
  g_ptr_array_add(app->homes, home);
  app->home = home;
  fetch(open_mail(app, account), FALSE, kept);
  fbk_kept_clear(kept);
  fbk_app_replace(app, fbk_scr_list_new(app, NULL));
  fbk_app_say(app, _("Account '%s' is saved. Fetching your newest mail first."), name);
}

char *fbk_workers_doing(const FbkApp *app)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < app->mails->len; i++) {
    const FbkMail *mail = app->mails->pdata[i];
    if (mail->doing)
      g_string_append_printf(out, "%s%s: %s", out->len ? "  " : "", mail->account->name, mail->doing);
  }
  return g_string_free(out, out->len == 0);
}

gboolean fbk_workers_stop(FbkApp *app)
{
  gboolean ran = FALSE;
  for (guint i = 0; i < app->mails->len; i++) {
    FbkMail *mail = app->mails->pdata[i];
    ran = ran || (fbk_scope_pending(mail->scope) && !mail->stopping);
    mail->stopping = TRUE;
    fbk_scope_cancel(mail->scope);
  }
  return ran;
}

/* Every worker is told to stop before the first is waited for: the whole takes as long as the slowest. */
gboolean fbk_workers_close(FbkApp *app)
{
  gint64 end = g_get_monotonic_time() + (gint64)(LEAVE_SECONDS * G_USEC_PER_SEC);
  FbkWorker *shared[] = {app->disk, app->reader, app->search, app->network, app->index};
  gboolean ended = TRUE;
  fbk_scope_close(app->index_scope);
  for (guint i = 0; i < app->mails->len; i++) {
    FbkMail *mail = app->mails->pdata[i];
    g_clear_handle_id(&mail->timer, g_source_remove);
    fbk_scope_close(mail->scope);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(shared); i++)
    ended &= fbk_worker_free(shared[i], MAX(0, (double)(end - g_get_monotonic_time()) / G_USEC_PER_SEC));
  for (guint i = 0; i < app->mails->len; i++) {
    FbkMail *mail = app->mails->pdata[i];
    ended &= fbk_worker_free(mail->worker, MAX(0, (double)(end - g_get_monotonic_time()) / G_USEC_PER_SEC));
  }
  for (guint i = 0; i < app->mails->len && ended; i++) {
    FbkMail *mail = app->mails->pdata[i];
    g_free(mail->doing);
    g_free(mail);
  }
  if (ended)
    g_ptr_array_unref(app->mails);
  return ended;
}

FbkWorker *fbk_app_disk(FbkApp *app)
{
  return app->disk;
}

FbkCatalogs *fbk_app_catalogs(FbkApp *app)
{
  return app->catalogs;
}

FbkWorker *fbk_app_reader(FbkApp *app)
{
  return app->reader;
}

FbkWorker *fbk_app_search(FbkApp *app)
{
  return app->search;
}

FbkWorker *fbk_app_network(FbkApp *app)
{
  return app->network;
}

FbkInbox *fbk_app_inbox(FbkApp *app)
{
  return app->inbox;
}

const FbkAsk *fbk_app_ask(FbkApp *app)
{
  return fbk_ui_ask_get(app->ask);
}
