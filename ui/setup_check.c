/* Step 5 of the setup: the live check on a worker, line by line, and the saving. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "base/err.h"
#include "ui/setup_inner.h"

/* --- the servers to choose from --- */

static GPtrArray *offers_of(const FbkProfile *profile, gboolean incoming)
{
  GPtrArray *servers = g_ptr_array_new();
  for (guint i = 0; i < profile->offers->len; i++) {
    const FbkOffer *offer = profile->offers->pdata[i];
    if ((offer->server->protocol != FBK_PROTOCOL_SMTP) == incoming)
      g_ptr_array_add(servers, offer->server);
  }
  return servers;
}

static guint add_setting(FbkSetup *setup, const char *label, const GPtrArray *servers, guint chosen)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < servers->len; i++) {
    const FbkServer *server = servers->pdata[i];
    gboolean is_best = server == fbk_profile_server(setup->profile, server->protocol, 0);
    g_ptr_array_add(names, g_strdup_printf("%s %u %s%s", fbk_protocol_name(server->protocol), server->port,
                                           server->security == FBK_SECURITY_TLS ? "TLS" : "STARTTLS",
                                           is_best ? _(" (recommended)") : ""));
  }
  g_ptr_array_add(names, NULL);
  return fbk_form_add_setting(setup->form, label, (const char *const *)names->pdata, chosen);
}

/* What stands below the settings starts anew. */
static void clear_lines(FbkSetup *setup)
{
  const FbkServer *server = setup->incoming->pdata[setup->incoming_chosen];
  fbk_form_truncate(setup->form, setup->mark);
  g_clear_pointer(&setup->section, g_free);
  fbk_form_add_text(setup->form, FBK_LOOK_NORMAL, "");
  if (server->protocol == FBK_PROTOCOL_POP)
    fbk_setup_add_notices(setup, FBK_NOTICE_POP, NULL);
}

void fbk_setup_follow_check(FbkSetup *setup)
{
  guint incoming = fbk_form_chosen(setup->form, setup->incoming_setting);
  guint outgoing = setup->outgoing_setting ? fbk_form_chosen(setup->form, setup->outgoing_setting) : 0;
  if (incoming == setup->incoming_chosen && outgoing == setup->outgoing_chosen)
    return;
  setup->incoming_chosen = incoming;
  setup->outgoing_chosen = outgoing;
  setup->state = FBK_CHECK_READY;
  clear_lines(setup);
}

void fbk_setup_build_check(FbkSetup *setup)
{
  fbk_form_add_text(setup->form, FBK_LOOK_NORMAL,
                    _("Press Enter: Fubako connects to these servers and signs in once with each. The "
                      "recommended ports are chosen; change one only where your network blocks it."));
  fbk_setup_add_notices(setup, FBK_NOTICE_SETUP, "check");
  g_clear_pointer(&setup->incoming, g_ptr_array_unref);
  g_clear_pointer(&setup->outgoing, g_ptr_array_unref);
  setup->incoming = offers_of(setup->profile, TRUE);
  setup->outgoing = offers_of(setup->profile, FALSE);
  setup->incoming_setting = add_setting(setup, _("Reading mail"), setup->incoming, setup->incoming_chosen);
  setup->outgoing_setting =
      setup->outgoing->len ? add_setting(setup, _("Sending mail"), setup->outgoing, setup->outgoing_chosen)
                           : 0;
  setup->mark = fbk_form_mark(setup->form);
  clear_lines(setup);
}

/* --- lines on their way from the worker --- */

struct FbkSetupFeed {
  FbkSetup *setup; /* NULL once the screen is gone; the UI thread's alone */
};

typedef struct {
  FbkSetupFeed *feed; /* a reference */
  gboolean passed;
  char *section, *text, *hint;
} Line;

void fbk_setup_feed_close(FbkSetup *setup)
{
  if (setup->feed) {
    setup->feed->setup = NULL;
    g_clear_pointer(&setup->feed, g_atomic_rc_box_release);
  }
}

static void show_line(gpointer data)
{
  Line *line = data;
  FbkSetup *setup = line->feed->setup;
  if (setup && setup->step == FBK_SETUP_CHECK) {
    if (g_strcmp0(line->section, setup->section)) {
      fbk_form_add_text(setup->form, FBK_LOOK_HEADING, line->section);
      g_free(setup->section);
      setup->section = g_strdup(line->section);
    }
    fbk_form_add_text(setup->form, line->passed ? FBK_LOOK_GOOD : FBK_LOOK_ALARM, line->text);
    if (line->hint)
      fbk_form_add_text(setup->form, FBK_LOOK_NORMAL, line->hint);
    fbk_form_show_end(setup->form);
    fbk_app_dirty(setup->head.app);
  }
  g_atomic_rc_box_release(line->feed);
  g_free(line->section);
  g_free(line->text);
  g_free(line->hint);
  g_free(line);
}

static const char *step_word(FbkStep step)
{
  static const char *const words[] = {
      [FBK_STEP_NAME] = N_("name"),           [FBK_STEP_TCP] = N_("connection"),
      [FBK_STEP_GREETING] = N_("greeting"),   [FBK_STEP_STARTTLS] = N_("STARTTLS"),
      [FBK_STEP_TLS] = N_("encryption"),      [FBK_STEP_CERT] = N_("certificate"),
      [FBK_STEP_CAPABILITY] = N_("features"), [FBK_STEP_SIGN_IN] = N_("sign-in")};
  return _(words[step]);
}

/* --- the check --- */

typedef struct {
  const FbkHome *home;
  const FbkAsk *ask;
  FbkInbox *inbox;
  FbkSetupFeed *feed; /* a reference */
  FbkAccount *account;
  FbkKept kept; /* the worker's while it runs */
  FbkProbe probe;
} Check;

static void free_check(gpointer data)
{
  Check *check = data;
  fbk_probe_clear(&check->probe);
  fbk_kept_clear(&check->kept);
  fbk_account_free(check->account);
  g_atomic_rc_box_release(check->feed);
  g_free(check);
}

static void report_line(gpointer data, const FbkProbeLine *from)
{
  Check *check = data;
  Line *line = g_new0(Line, 1);
  const char *sign = from->passed ? "\xe2\x9c\x93" : "\xe2\x9c\x97"; /* U+2713, U+2717 */
  line->feed = g_atomic_rc_box_acquire(check->feed);
  line->passed = from->passed;
  line->section = g_strdup_printf("%s %s:%u", fbk_protocol_name(from->protocol), from->host, from->port);
  line->text = g_strdup_printf("%s %s  %s: %s", sign, from->passed ? _("passed") : _("FAILED"),
                               step_word(from->step), from->detail ? from->detail : "");
  line->hint = g_strdup(from->hint);
  fbk_inbox_call(check->inbox, show_line, line);
}

/* The password that a command prints; the prefix was typed. */
static gboolean run_command(Check *check, GCancellable *cancellable, GError **err)
{
  FbkKept printed = {NULL, NULL};
  FbkAccount *plain = fbk_account_copy(check->account);
  plain->has_prefix = FALSE;
  gboolean read = fbk_keep_read(check->home->accounts_dir, plain, check->ask, cancellable, &printed, err);
  fbk_account_free(plain);
  if (read) {
    fbk_secret_free(check->kept.password);
    check->kept.password = g_steal_pointer(&printed.password);
  }
  fbk_kept_clear(&printed);
  return read;
}

static gboolean check_run(FbkJob *job, gpointer data, GError **err)
{
  Check *check = data;
  GCancellable *cancellable = fbk_job_cancellable(job);
  return (check->account->keep != FBK_SECRET_COMMAND || run_command(check, cancellable, err)) &&
         fbk_setup_probe(check->home, check->account, &check->kept, report_line, check, cancellable,
                         &check->probe, err);
}

static gboolean save_run(FbkJob *job, gpointer data, GError **err)
{
  (void)job;
  const Check *check = data;
  return fbk_setup_save(check->home, check->account, &check->kept, check->ask, err);
}

static void show_failure(FbkSetup *setup, const GError *err)
{
  const char *hint = fbk_error_hint(err);
  gboolean is_stopped = g_error_matches(err, FBK_ERROR, FBK_ERR_CANCELLED);
  setup->state = is_stopped ? FBK_CHECK_READY : FBK_CHECK_FAILED;
  fbk_form_add_text(setup->form, is_stopped ? FBK_LOOK_NOTICE : FBK_LOOK_ALARM,
                    is_stopped ? _("Stopped. Enter checks again, Esc goes back.") : err->message);
  if (hint && !is_stopped)
    fbk_form_add_text(setup->form, FBK_LOOK_NORMAL, hint);
  fbk_form_show_end(setup->form);
  fbk_app_dirty(setup->head.app);
}

static void save_done(gpointer owner, gpointer data, const GError *err)
{
  FbkSetup *setup = owner;
  Check *check = data;
  if (err) {
    setup->kept = check->kept;
    check->kept = (FbkKept){NULL, NULL};
    show_failure(setup, err);
  } else /* frees this screen */
    fbk_app_account_added(setup->head.app, check->account->name, &check->kept);
}

static Check *check_new(FbkSetup *setup, FbkAccount *account)
{
  Check *check = g_new0(Check, 1);
  if (!setup->feed) {
    setup->feed = g_atomic_rc_box_new0(FbkSetupFeed);
    setup->feed->setup = setup;
  }
  check->home = fbk_app_home(setup->head.app);
  check->ask = fbk_app_ask(setup->head.app);
  check->inbox = fbk_app_inbox(setup->head.app);
  check->feed = g_atomic_rc_box_acquire(setup->feed);
  check->account = account;
  check->kept = setup->kept;
  setup->kept = (FbkKept){NULL, NULL};
  return check;
}

static FbkAccount *make_account(FbkSetup *setup, GError **err)
{
  const FbkServer *incoming = setup->incoming->pdata[setup->incoming_chosen];
  guint16 outgoing_port =
      setup->outgoing->len ? ((const FbkServer *)setup->outgoing->pdata[setup->outgoing_chosen])->port : 0;
  FbkAccount *account =
      fbk_setup_candidate(fbk_app_home(setup->head.app), setup->profile, incoming->protocol, incoming->port,
                          outgoing_port, setup->user, setup->address, setup->name, err);
  if (account) {
    account->keep = setup->keep;
    g_free(account->secret_command);
    account->secret_command = g_strdup(setup->keep == FBK_SECRET_COMMAND ? setup->command : "");
  }
  return account;
}

static void post(FbkSetup *setup, FbkJobRun run, FbkJobDone done)
{
  g_autoptr(GError) err = NULL;
  FbkAccount *account = make_account(setup, &err);
  if (!account) {
    show_failure(setup, err);
    return;
  }
  setup->state = FBK_CHECK_RUNNING;
  fbk_worker_post(fbk_app_network(setup->head.app), setup->head.scope, run, done, check_new(setup, account),
                  free_check);
}

static void save_anyway_answered(gpointer owner, gboolean yes)
{
  FbkSetup *setup = owner;
  if (yes && setup->state == FBK_CHECK_FAILED)
    post(setup, save_run, save_done);
}

static void show_refusal(FbkSetup *setup, const Check *check)
{
  setup->state = FBK_CHECK_REFUSED;
  fbk_secret_free(setup->refused);
  setup->refused = fbk_secret_join(setup->kept.prefix, setup->kept.password);
  g_free(setup->refused_user);
  setup->refused_user = g_strdup(setup->user);
  g_free(setup->refused_command);
  setup->refused_command = setup->keep == FBK_SECRET_COMMAND ? g_strdup(setup->command) : NULL;
  fbk_kept_clear(&setup->kept);
  if (check->probe.causes) {
    fbk_form_add_text(setup->form, FBK_LOOK_HEADING, _("Likely causes, the first one first:"));
    g_auto(GStrv) causes = g_strsplit(check->probe.causes, "\n", -1);
    for (guint i = 0; causes[i]; i++) {
      g_autofree char *cause = g_strdup_printf("%u. %s", i + 1, causes[i]);
      fbk_form_add_text(setup->form, FBK_LOOK_NORMAL, cause);
    }
  }
  fbk_form_add_text(setup->form, FBK_LOOK_NOTICE,
                    _("Enter goes back to the password; it is not tried again."));
}

static void check_done(gpointer owner, gpointer data, const GError *err)
{
  FbkSetup *setup = owner;
  Check *check = data;
  setup->kept = check->kept;
  check->kept = (FbkKept){NULL, NULL};
  if (err) {
    show_failure(setup, err);
    return;
  }
  if (check->probe.incoming_ok && check->probe.outgoing_ok) {
    fbk_form_add_text(setup->form, FBK_LOOK_NOTICE, _("Everything passed. Saving the account."));
    post(setup, save_run, save_done);
  } else if (check->probe.auth_refused)
    show_refusal(setup, check);
  else {
    setup->state = FBK_CHECK_FAILED;
    fbk_form_add_text(
        setup->form, FBK_LOOK_NOTICE,
        _("Nothing is saved yet. Enter checks again; up and down reach the ports, Esc goes back."));
    if (check->probe.incoming_ok)
      fbk_app_confirm(setup->head.app,
                      _("Reading mail works, sending does not. Save the account anyway? (y/n)"),
                      save_anyway_answered, setup);
  }
  fbk_form_show_end(setup->form);
  fbk_app_dirty(setup->head.app);
}

void fbk_setup_run(FbkSetup *setup)
{
  if (setup->state == FBK_CHECK_RUNNING) {
    fbk_app_say(setup->head.app, _("The check is running. Esc stops it."));
    return;
  }
  if (setup->state == FBK_CHECK_REFUSED || !setup->kept.password) {
    fbk_setup_go(setup, FBK_SETUP_SECRET);
    return;
  }
  clear_lines(setup);
  post(setup, check_run, check_done);
}

gboolean fbk_setup_stop(FbkSetup *setup)
{
  if (setup->state != FBK_CHECK_RUNNING)
    return FALSE;
  fbk_scope_cancel(setup->head.scope);
  return TRUE;
}
