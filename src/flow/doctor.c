/* The doctor's book: servers, checks, notices, verdict. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/doctor.h"

#include <glib/gi18n.h>
#include <string.h>

#include "flow/doctor_inner.h"

/* --- checks --- */

static const char *title_of(const char *check)
{
  static const struct {
    const char *check, *title;
  } others[] = {{"host-name", N_("Host name")},
                {"expiry", N_("Days left")},
                {"mechanisms", N_("Ways to sign in")},
                {"size", N_("Largest message")},
                {"quota", N_("Quota")},
                {"clock", N_("Clock")},
                {"terminal", N_("Terminal")},
                {"colours", N_("Colours")},
                {"locale", N_("Language")},
                {"editor", N_("Editor")},
                {"gnupg", N_("GnuPG")},
                {"pinentry", N_("Passphrase window")},
                {"disk", N_("Free space")},
                {"permissions", N_("Permissions")},
                {"account", N_("Account")},
                {"index", N_("Search index")},
                {"japanese", N_("Japanese search")}};
  for (FbkStep step = FBK_STEP_NAME; step <= FBK_STEP_SIGN_IN; step++)
    if (g_str_equal(fbk_step_word(step), check))
      return fbk_step_name(step);
  for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
    if (g_str_equal(others[i].check, check))
      return _(others[i].title);
  g_assert_not_reached();
}

static void check_free(gpointer data)
{
  FbkCheck *check = data;
  g_free(check->detail);
  g_free(check->hint);
  g_free(check);
}

static FbkCheck *add(GPtrArray *checks, const char *check, FbkCheckResult result, const char *hint,
                     char *detail)
{
  FbkCheck *one = g_new0(FbkCheck, 1);
  one->check = check;
  one->title = title_of(check);
  one->result = result;
  one->detail = detail;
  one->hint = g_strdup(hint);
  one->code = FBK_ERR_BUG;
  g_ptr_array_add(checks, one);
  return one;
}

void fbk_check_passed(GPtrArray *checks, const char *check, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  add(checks, check, FBK_CHECK_PASSED, NULL, g_strdup_vprintf(format, args));
  va_end(args);
}

void fbk_check_warn(GPtrArray *checks, const char *check, const char *hint, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  add(checks, check, FBK_CHECK_WARNING, hint, g_strdup_vprintf(format, args));
  va_end(args);
}

void fbk_check_failed(GPtrArray *checks, const char *check, FbkErr code, const char *hint, const char *format,
                      ...)
{
  va_list args;
  va_start(args, format);
  add(checks, check, FBK_CHECK_FAILED, hint, g_strdup_vprintf(format, args))->code = code;
  va_end(args);
}

void fbk_check_error(GPtrArray *checks, const char *check, const GError *err)
{
  fbk_check_failed(checks, check, (FbkErr)err->code, fbk_error_hint(err), "%s", err->message);
}

/* --- servers --- */

static void server_free(gpointer data)
{
  FbkServerChecks *one = data;
  fbk_server_free(one->server);
  g_ptr_array_unref(one->checks);
  g_free(one);
}

static void add_server(FbkDoctor *doctor, const FbkServer *server, gboolean in_use)
{
  for (guint i = 0; i < doctor->servers->len; i++) {
    const FbkServer *known = ((const FbkServerChecks *)doctor->servers->pdata[i])->server;
    if (known->protocol == server->protocol && known->port == server->port &&
        !g_ascii_strcasecmp(known->host, server->host))
      return;
  }
  FbkServerChecks *one = g_new0(FbkServerChecks, 1);
  one->server = fbk_server_copy(server);
  one->in_use = in_use;
  one->checks = g_ptr_array_new_with_free_func(check_free);
  g_ptr_array_add(doctor->servers, one);
}

static void advice_free(gpointer data)
{
  FbkAdvice *advice = data;
  g_free(advice->id);
  g_free(advice->text);
  g_free(advice);
}

FbkDoctor *fbk_doctor_new(const FbkHome *home, const FbkAccount *account, const FbkProfile *profile)
{
  FbkDoctor *doctor = g_new0(FbkDoctor, 1);
  doctor->home = home;
  doctor->account = account;
  doctor->profile = profile;
  doctor->servers = g_ptr_array_new_with_free_func(server_free);
  doctor->here = g_ptr_array_new_with_free_func(check_free);
  doctor->notices = g_ptr_array_new_with_free_func(advice_free);
  if (account) {
    add_server(doctor, account->incoming, TRUE);
    if (account->outgoing)
      add_server(doctor, account->outgoing, TRUE);
  }
  for (guint i = 0; profile && i < profile->offers->len; i++) {
    const FbkOffer *offer = profile->offers->pdata[i];
    add_server(doctor, offer->server, !account && offer->recommended);
  }
  return doctor;
}

void fbk_doctor_free(FbkDoctor *doctor)
{
  if (!doctor)
    return;
  g_ptr_array_unref(doctor->servers);
  g_ptr_array_unref(doctor->here);
  g_ptr_array_unref(doctor->notices);
  g_free(doctor);
}

/* --- this side --- */

void fbk_doctor_here(FbkDoctor *doctor, GCancellable *cancellable)
{
  fbk_doctor_machine(doctor);
  fbk_doctor_gnupg(doctor);
  fbk_doctor_files(doctor);
  fbk_doctor_search(doctor, cancellable);
}

/* --- notices --- */

static void add_advice(FbkDoctor *doctor, const char *id, char *text)
{
  FbkAdvice *advice = g_new0(FbkAdvice, 1);
  advice->id = g_strdup(id);
  advice->text = text;
  g_ptr_array_add(doctor->notices, advice);
}

static void add_notices(FbkDoctor *doctor, FbkNoticeWhen when, const char *today)
{
  for (guint i = 0; i < doctor->profile->notices->len; i++) {
    const FbkNotice *notice = doctor->profile->notices->pdata[i];
    if (notice->when == when && fbk_notice_is_current(notice, today))
      add_advice(doctor, notice->id, g_strdup(notice->text));
  }
}

static gboolean was_refused(const FbkDoctor *doctor)
{
  const FbkCheck *first = fbk_doctor_verdict(doctor, NULL, NULL);
  return first && first->code == FBK_ERR_AUTH;
}

void fbk_doctor_notices(FbkDoctor *doctor)
{
  const FbkProfile *profile = doctor->profile;
  if (!profile)
    return;
  g_autoptr(GDateTime) now = g_date_time_new_now_local();
  g_autofree char *today = g_date_time_format(now, "%Y-%m-%d");
  if (was_refused(doctor))
    add_notices(doctor, FBK_NOTICE_AUTH_REFUSED, today);
  if (*profile->retired && strcmp(profile->retired, today) <= 0)
    add_advice(doctor, "retired",
               g_strdup_printf(_("The servers of %s were to be switched off on %s: if they do not answer, "
                                 "that is why."),
                               profile->title, profile->retired));
  add_notices(doctor, FBK_NOTICE_DOCTOR, today);
  if (*profile->webmail)
    add_advice(doctor, "webmail", g_strdup_printf(_("Webmail: %s"), profile->webmail));
  if (*profile->contact)
    add_advice(doctor, "contact", g_strdup_printf(_("Whom to ask: %s"), profile->contact));
}

/* --- verdict --- */

static void judge(const GPtrArray *checks, const FbkCheck **first, guint *failed, guint *warnings)
{
  for (guint i = 0; i < checks->len; i++) {
    const FbkCheck *check = checks->pdata[i];
    *warnings += check->result == FBK_CHECK_WARNING;
    *failed += check->result == FBK_CHECK_FAILED;
    if (check->result == FBK_CHECK_FAILED && !*first)
      *first = check;
  }
}

const FbkCheck *fbk_doctor_verdict(const FbkDoctor *doctor, guint *failed_out, guint *warnings_out)
{
  const FbkCheck *first = NULL;
  guint failed = 0, warnings = 0;
  for (guint i = 0; i < doctor->servers->len; i++)
    judge(((const FbkServerChecks *)doctor->servers->pdata[i])->checks, &first, &failed, &warnings);
  judge(doctor->here, &first, &failed, &warnings);
  if (failed_out)
    *failed_out = failed;
  if (warnings_out)
    *warnings_out = warnings;
  return first;
}
