/* `fubako doctor`: what is well and what is not, and what to do about it. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/err.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "flow/doctor.h"
#include "flow/redact.h"

typedef struct {
  char *account, *profile;
  gboolean no_sign_in, report;
} Options;

typedef struct {
  const FbkDoctor *doctor;
  const FbkRedaction *redaction; /* or NULL: all is told */
  int width;                     /* of the widest result word */
} Printer;

/* What may leave the house. g_free. */
static char *told(const Printer *printer, const char *text)
{
  return printer->redaction ? fbk_redact(printer->redaction, text) : g_strdup(text);
}

/* --- for programs --- */

static void json_string(const Printer *printer, FbkJson *json, const char *key, const char *text)
{
  g_autofree char *clean = told(printer, text);
  fbk_json_string(json, key, clean);
}

static void json_checks(const Printer *printer, FbkJson *json, const char *key, const GPtrArray *checks)
{
  static const char *const results[] = {"passed", "warning", "failed"};
  fbk_json_array(json, key);
  for (guint i = 0; i < checks->len; i++) {
    const FbkCheck *check = checks->pdata[i];
    fbk_json_object(json, NULL);
    fbk_json_string(json, "check", check->check);
    fbk_json_string(json, "result", results[check->result]);
    json_string(printer, json, "detail", check->detail);
    json_string(printer, json, "hint", check->hint);
    fbk_json_end(json);
  }
  fbk_json_end(json);
}

static void print_json(const Printer *printer)
{
  const FbkDoctor *doctor = printer->doctor;
  FbkJson *json = fbk_json_new();
  fbk_json_object(json, NULL);
  json_string(printer, json, "account", doctor->account ? doctor->account->name : NULL);
  fbk_json_array(json, "servers");
  for (guint i = 0; i < doctor->servers->len; i++) {
    const FbkServerChecks *one = doctor->servers->pdata[i];
    fbk_json_object(json, NULL);
    fbk_json_string(json, "protocol", fbk_protocol_name(one->server->protocol));
    fbk_json_string(json, "host", one->server->host);
    fbk_json_int(json, "port", one->server->port);
    json_checks(printer, json, "checks", one->checks);
    fbk_json_end(json);
  }
  fbk_json_end(json);
  json_checks(printer, json, "here", doctor->here);
  fbk_json_array(json, "notices");
  for (guint i = 0; i < doctor->notices->len; i++) {
    const FbkAdvice *advice = doctor->notices->pdata[i];
    fbk_json_object(json, NULL);
    fbk_json_string(json, "id", advice->id);
    json_string(printer, json, "text", advice->text);
    fbk_json_end(json);
  }
  fbk_json_end(json);
  fbk_json_end(json);
  fbk_json_print(json);
}

/* --- for people --- */

static const char *word_of(FbkCheckResult result)
{
  const char *const words[] = {_("passed"), _("warning"), _("failed")};
  return words[result];
}

static void print_told(const Printer *printer, const char *text)
{
  g_autofree char *clean = told(printer, text);
  fbk_out_gated(clean);
}

static void print_checks(const Printer *printer, const GPtrArray *checks)
{
  for (guint i = 0; i < checks->len; i++) {
    const FbkCheck *check = checks->pdata[i];
    const char *word = word_of(check->result);
    fbk_out("  %s%*s  %s: ", word, printer->width - fbk_text_width(word), "", check->title);
    print_told(printer, check->detail);
    fbk_out("\n");
    if (check->hint) {
      fbk_out("  %*s  -> ", printer->width, "");
      print_told(printer, check->hint);
      fbk_out("\n");
    }
  }
}

static void print_servers(const Printer *printer)
{
  for (guint i = 0; i < printer->doctor->servers->len; i++) {
    const FbkServerChecks *one = printer->doctor->servers->pdata[i];
    const char *kind = one->server->security == FBK_SECURITY_TLS ? "TLS" : "STARTTLS";
    fbk_out("%s ", fbk_protocol_name(one->server->protocol));
    fbk_out_gated(one->server->host);
    fbk_out(" %u %s%s%s\n", one->server->port, kind, one->in_use ? ", " : "",
            !one->in_use               ? ""
            : printer->doctor->account ? _("in use")
                                       : _("recommended"));
    print_checks(printer, one->checks);
    fbk_out("\n");
  }
}

static void print_notices(const Printer *printer)
{
  for (guint i = 0; i < printer->doctor->notices->len; i++) {
    fbk_out("  ");
    print_told(printer, ((const FbkAdvice *)printer->doctor->notices->pdata[i])->text);
    fbk_out("\n");
  }
}

static void print_verdict(const Printer *printer)
{
  guint failed, warnings;
  fbk_doctor_verdict(printer->doctor, &failed, &warnings);
  if (failed)
    fbk_out(_("Failed: %u, warnings: %u. Begin with the first that failed.\n"), failed, warnings);
  else if (warnings)
    fbk_out(_("Nothing failed; warnings: %u.\n"), warnings);
  else
    fbk_out("%s\n", _("All is well."));
}

static void print_report_head(const Printer *printer)
{
  const FbkDoctor *doctor = printer->doctor;
  g_autoptr(GDateTime) now = g_date_time_new_now_local();
  g_autofree char *date = g_date_time_format(now, "%Y-%m-%d %H:%M %z");
  g_autofree char *system = g_get_os_info(G_OS_INFO_KEY_PRETTY_NAME);
  struct utsname kernel;
  gboolean known = uname(&kernel) == 0;
  fbk_out(_("Fubako %s: report for the help desk, %s\n"), FUBAKO_VERSION, date);
  fbk_out("%s\n",
          _("Passwords are not in it; user name, address, name, directories and the name of this computer "
            "are replaced by words in <>. Read it before you send it."));
  fbk_out(_("System: %s, %s %s\n"), system ? system : "?", known ? kernel.sysname : "?",
          known ? kernel.machine : "?");
  if (doctor->profile)
    fbk_out(_("Profile: %s\n"), doctor->profile->name);
  fbk_out("\n");
}

static void print_text(const Printer *printer)
{
  if (printer->redaction)
    print_report_head(printer);
  print_servers(printer);
  fbk_out("%s\n", _("This computer"));
  print_checks(printer, printer->doctor->here);
  fbk_out("\n");
  if (printer->doctor->notices->len) {
    fbk_out("%s\n", _("Good to know"));
    print_notices(printer);
    fbk_out("\n");
  }
  print_verdict(printer);
}

/* --- the work --- */

static gboolean find_profile(const FbkHome *home, const Options *options, const FbkAccount *account,
                             const FbkProfile **out, GError **err)
{
  *out = account ? fbk_home_profile(home, account) : NULL;
  if (!options->profile)
    return TRUE;
  *out = fbk_profile_find(home->profiles, options->profile);
  if (!*out)
    fbk_error_set(err, FBK_ERR_NOT_FOUND, _("There is no profile \"%s\"; `fubako profile list` names them."),
                  options->profile);
  return *out != NULL;
}

static int examine(const FbkCmd *cmd, const FbkHome *home, const Options *options)
{
  g_autoptr(GError) err = NULL;
  const FbkProfile *profile = NULL;
  const FbkAccount *account = options->profile ? NULL : fbk_home_account(home, options->account);
  if (options->account && options->profile)
    fbk_error_set(&err, FBK_ERR_BAD_INPUT, _("Give either --account or --profile."));
  if (err || !find_profile(home, options, account, &profile, &err))
    return fbk_cmd_fail(cmd, err);
  if (options->account && !account)
    return fbk_cmd_no_account(cmd, options->account);
  g_autoptr(FbkDoctor) doctor = fbk_doctor_new(home, account, profile);
  g_autoptr(FbkRedaction) redaction = options->report ? fbk_redaction_new(home) : NULL;
  fbk_doctor_servers(doctor, NULL);
  if (!options->no_sign_in)
    fbk_doctor_sign_in(doctor, fbk_cmd_ask(cmd), NULL);
  fbk_doctor_here(doctor, NULL);
  fbk_doctor_notices(doctor);
  Printer printer = {doctor, redaction, 0};
  for (FbkCheckResult result = FBK_CHECK_PASSED; result <= FBK_CHECK_FAILED; result++)
    printer.width = MAX(printer.width, fbk_text_width(word_of(result)));
  if (cmd->json)
    print_json(&printer);
  else
    print_text(&printer);
  const FbkCheck *first = fbk_doctor_verdict(doctor, NULL, NULL);
  if (first)
    fbk_error_set(&err, first->code, "%s", first->detail);
  return fbk_error_exit_code(err);
}

int fbk_cmd_doctor(FbkCmd *cmd, int argc, char **argv)
{
  Options options = {0};
  const GOptionEntry entries[] = {
      {"account", 'a', 0, G_OPTION_ARG_STRING, &options.account, N_("This account, not the first"),
       N_("NAME")},
      {"profile", 'p', 0, G_OPTION_ARG_STRING, &options.profile,
       N_("The servers of this profile, without an account"), N_("NAME")},
      {"no-sign-in", 0, 0, G_OPTION_ARG_NONE, &options.no_sign_in, N_("Do not try the password"), NULL},
      {"report", 0, 0, G_OPTION_ARG_NONE, &options.report,
       N_("A text for the help desk, without what names you"), NULL},
      {NULL}};
  int status = 0;
  g_autoptr(FbkHome) home = NULL;
  if (fbk_cmd_parse(cmd, entries, NULL,
                    _("Says in plain words what works and what does not: every port of the account's "
                      "servers, one sign-in "
                      "at most, then this computer. Nothing is changed.\n\n"
                      "Examples: fubako doctor\n"
                      "          fubako doctor --profile jaist-da\n"
                      "          fubako doctor --report > report.txt"),
                    &argc, &argv, &status) &&
      (home = fbk_cmd_home(cmd, &status)))
    status = examine(cmd, home, &options);
  g_free(options.account);
  g_free(options.profile);
  return status;
}
