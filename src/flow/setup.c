/* Setting an account up: the candidate, the live check, the saving. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/setup.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "flow/session.h"

/* --- the live check --- */

typedef struct {
  const FbkServer *server;
  FbkProbe *probe;
  FbkProbeReport report;
  gpointer report_data;
} Asked;

static void add_line(Asked *asked, FbkStep step, gboolean passed, const char *detail, const char *hint,
                     FbkErr code)
{
  FbkProbeLine *line = g_new0(FbkProbeLine, 1);
  line->protocol = asked->server->protocol;
  line->host = g_strdup(asked->server->host);
  line->port = asked->server->port;
  line->step = step;
  line->passed = passed;
  line->detail = g_strdup(detail);
  line->hint = g_strdup(hint);
  line->code = code;
  g_ptr_array_add(asked->probe->lines, line);
  if (asked->report)
    asked->report(asked->report_data, line);
}

static void step_passed(gpointer data, FbkStep step, const char *detail)
{
  add_line(data, step, TRUE, detail, NULL, FBK_ERR_BUG);
}

/* One session, from name to sign-in. password NULL: without the sign-in. */
static gboolean try_server(const FbkHome *home, const FbkServer *server, const char *user,
                           const FbkSecret *password, FbkSteps *steps, GCancellable *cancellable,
                           GError **err)
{
  g_auto(FbkSession) session = {NULL, NULL, NULL};
  return fbk_session_open(home->net, server, steps, cancellable, &session, err) &&
         (!password || fbk_session_sign_in(&session, user, password, steps, err));
}

/* TRUE when every step passed; *err only when cancelled. */
static gboolean check_server(const FbkHome *home, const FbkServer *server, const char *user,
                             const FbkSecret *password, Asked *asked, GCancellable *cancellable, GError **err)
{
  asked->server = server;
  FbkSteps steps = {.report = step_passed, .data = asked};
  g_autoptr(GError) failure = NULL;
  if (try_server(home, server, user, password, &steps, cancellable, &failure))
    return TRUE;
  if (g_error_matches(failure, FBK_ERROR, FBK_ERR_CANCELLED)) {
    g_propagate_error(err, g_steal_pointer(&failure));
    return FALSE;
  }
  if (g_error_matches(failure, FBK_ERROR, FBK_ERR_AUTH))
    asked->probe->auth_refused = TRUE;
  add_line(asked, steps.current, FALSE, failure->message, fbk_error_hint(failure), (FbkErr)failure->code);
  return FALSE;
}

char *fbk_setup_causes(const FbkProfile *profile)
{
  if (!profile)
    return NULL;
  g_autoptr(GString) causes = g_string_new(NULL);
  for (guint i = 0; i < profile->notices->len; i++) {
    const FbkNotice *notice = profile->notices->pdata[i];
    if (notice->when == FBK_NOTICE_AUTH_REFUSED)
      g_string_append_printf(causes, "%s%s", causes->len ? "\n" : "", notice->text);
  }
  return causes->len ? g_string_free(g_steal_pointer(&causes), FALSE) : NULL;
}

gboolean fbk_setup_probe(const FbkHome *home, const FbkAccount *candidate, const FbkKept *kept,
                         FbkProbeReport report, gpointer report_data, GCancellable *cancellable,
                         FbkProbe *out, GError **err)
{
  memset(out, 0, sizeof *out);
  out->lines = g_ptr_array_new_with_free_func((GDestroyNotify)fbk_probe_line_free);
  Asked asked = {NULL, out, report, report_data};
  g_autoptr(FbkSecret) password = fbk_secret_join(kept->prefix, kept->password);
  if (!password) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("The password is too long. Type it again."));
    return FALSE;
  }
  g_autoptr(GError) stopped = NULL;
  out->incoming_ok =
      check_server(home, candidate->incoming, candidate->user, password, &asked, cancellable, &stopped);
  if (!stopped && candidate->outgoing) {
    const FbkSecret *shown = out->auth_refused ? NULL : password;
    out->outgoing_ok =
        check_server(home, candidate->outgoing, candidate->user, shown, &asked, cancellable, &stopped);
    if (out->outgoing_ok && !shown) {
      out->outgoing_ok = FALSE;
      add_line(&asked, FBK_STEP_SIGN_IN, FALSE,
               _("Not tried: the first server refused this password, and a second refusal could lock the "
                 "account."),
               NULL, FBK_ERR_AUTH);
    }
  } else
    out->outgoing_ok = !candidate->outgoing;
  if (stopped) {
    g_propagate_error(err, g_steal_pointer(&stopped));
    return FALSE;
  }
  if (out->auth_refused)
    out->causes = fbk_setup_causes(fbk_home_profile(home, candidate));
  return TRUE;
}

void fbk_probe_line_free(FbkProbeLine *line)
{
  if (!line)
    return;
  g_free(line->host);
  g_free(line->detail);
  g_free(line->hint);
  g_free(line);
}

void fbk_probe_clear(FbkProbe *probe)
{
  g_clear_pointer(&probe->lines, g_ptr_array_unref);
  g_clear_pointer(&probe->causes, g_free);
}

/* --- candidate and saving --- */

static FbkServer *recommended(const FbkProfile *profile, FbkProtocol protocol, guint16 port, GError **err)
{
  const FbkServer *server = fbk_profile_server(profile, protocol, port);
  if (server)
    return fbk_server_copy(server);
  if (port)
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("%s does not offer %s on port %u. `fubako profile show %s` lists its ports."),
                  profile->title, fbk_protocol_name(protocol), port, profile->name);
  else
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("%s does not offer %s. Choose the other protocol."),
                  profile->title, fbk_protocol_name(protocol));
  return NULL;
}

FbkAccount *fbk_setup_candidate(const FbkHome *home, const FbkProfile *profile, FbkProtocol incoming,
                                guint16 incoming_port, guint16 outgoing_port, const char *user,
                                const char *address, const char *real_name, GError **err)
{
  if (!fbk_profile_check_user(profile, user, NULL, err) ||
      !fbk_profile_check_address(profile, address, err) ||
      !fbk_profile_check_identity(profile, user, address, err))
    return NULL;
  g_autoptr(FbkAccount) account = fbk_account_new();
  /* A service that is only read from is one too. */
  gboolean sends = outgoing_port || fbk_profile_server(profile, FBK_PROTOCOL_SMTP, 0);
  if (!(account->incoming = recommended(profile, incoming, incoming_port, err)) ||
      (sends && !(account->outgoing = recommended(profile, FBK_PROTOCOL_SMTP, outgoing_port, err))))
    return NULL;
  g_free(account->name);
  g_free(account->profile);
  g_free(account->user);
  g_free(account->address);
  g_free(account->real_name);
  account->name = fbk_account_make_name(home->accounts_dir, profile->institution);
  account->profile = g_strdup(profile->name);
  account->user = g_strdup(user);
  account->address = g_strdup(address);
  account->real_name = g_strdup(real_name ? real_name : "");
  account->has_prefix = profile->has_prefix;
  account->poll_minutes = MAX(profile->poll_floor_minutes, 10);
  return g_steal_pointer(&account);
}

gboolean fbk_setup_save(const FbkHome *home, const FbkAccount *account, const FbkKept *kept,
                        const FbkAsk *ask, GError **err)
{
  FbkKept stored = *kept;
  /* A prefix that stands in a file of its own stays there; without a key of the person's it is asked for each
   * time. */
  if (account->keep == FBK_SECRET_COMMAND && (*account->prefix_file || !fbk_keep_can_gpg(NULL)))
    stored.prefix = NULL;
  if (!fbk_file_make_dir(home->accounts_dir, err) ||
      !fbk_keep_write(home->accounts_dir, account, &stored, ask, err))
    return FALSE;
  if (fbk_account_write(home->accounts_dir, account, FALSE, err))
    return TRUE;
  fbk_keep_forget(home->accounts_dir, account);
  return FALSE;
}

/* --- choices --- */

GPtrArray *fbk_setup_institutions(const FbkHome *home)
{
  GPtrArray *firsts = g_ptr_array_new();
  for (guint i = 0; i < home->profiles->len; i++) {
    FbkProfile *profile = home->profiles->pdata[i];
    gboolean seen = FALSE;
    for (guint j = 0; j < firsts->len && !seen; j++)
      seen = g_str_equal(((FbkProfile *)firsts->pdata[j])->institution, profile->institution);
    if (!seen)
      g_ptr_array_add(firsts, profile);
  }
  return firsts;
}

GPtrArray *fbk_setup_places(const FbkHome *home, const char *institution)
{
  GPtrArray *places = g_ptr_array_new();
  for (guint i = 0; i < home->profiles->len; i++) {
    FbkProfile *profile = home->profiles->pdata[i];
    if (g_str_equal(profile->institution, institution))
      g_ptr_array_add(places, profile);
  }
  return places;
}

const FbkProfile *fbk_setup_institution_of(const FbkHome *home, const char *address)
{
  const char *at = strrchr(address, '@');
  if (!at)
    return NULL;
  g_autofree char *domain = g_ascii_strdown(at + 1, -1);
  for (guint i = 0; i < home->profiles->len; i++) {
    const FbkProfile *profile = home->profiles->pdata[i];
    gsize tail = strlen(profile->mail_domain);
    gsize len = strlen(domain);
    if (tail && len >= tail && g_str_equal(domain + len - tail, profile->mail_domain) &&
        (len == tail || domain[len - tail - 1] == '.'))
      return profile;
  }
  return NULL;
}
