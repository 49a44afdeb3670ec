/* `fubako setup`: an account from options, checked live, then saved. SPDX-License-Identifier:
 * GPL-3.0-or-later
 */
#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "flow/setup.h"
#include "flow/setup_from.h"

typedef struct {
  char *profile, *user, *address, *name, *incoming, *outgoing, *prefix_file, *password_command, *store;
  char *from, *from_format;
  gboolean no_check, yes;
} Options;

static void clear_options(Options *options)
{
  g_free(options->profile);
  g_free(options->user);
  g_free(options->address);
  g_free(options->name);
  g_free(options->incoming);
  g_free(options->outgoing);
  g_free(options->prefix_file);
  g_free(options->password_command);
  g_free(options->store);
  g_free(options->from);
  g_free(options->from_format);
}

/* --- what the options say --- */

static gboolean can_ask(const FbkCmd *cmd)
{
  return !cmd->json && isatty(STDIN_FILENO);
}

/* All that is missing, in one sentence. */
static gboolean check_missing(const FbkCmd *cmd, const Options *options, const FbkProfile *profile,
                              GError **err)
{
  g_autoptr(GString) missing = g_string_new(NULL);
  const struct {
    gboolean given;
    const char *name;
  } needed[] = {{options->profile != NULL, "--profile"},
                {options->user != NULL, "--user"},
                {options->address != NULL, "--address"},
                {options->password_command || options->store, _("--password-command (or --store)")},
                {options->prefix_file || !profile || !profile->has_prefix || can_ask(cmd), "--prefix-file"},
                {options->yes || can_ask(cmd), "--yes"}};
  for (gsize i = 0; i < G_N_ELEMENTS(needed); i++)
    if (!needed[i].given)
      g_string_append_printf(missing, "%s%s", missing->len ? ", " : "", needed[i].name);
  if (!missing->len)
    return TRUE;
  fbk_error_set(
      err, FBK_ERR_BAD_INPUT,
      _("Missing: %s. `fubako setup --help` shows an example; `fubako` alone opens the setup on the "
        "screen."),
      missing->str);
  return FALSE;
}

static const FbkProfile *find_profile(const FbkHome *home, const char *name, GError **err)
{
  const FbkProfile *profile = fbk_profile_find(home->profiles, name);
  if (profile)
    return profile;
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < home->profiles->len; i++)
    g_string_append_printf(names, "%s%s", names->len ? ", " : "",
                           ((const FbkProfile *)home->profiles->pdata[i])->name);
  fbk_error_set(err, FBK_ERR_NOT_FOUND, _("There is no profile '%s'. There are: %s."), name, names->str);
  return NULL;
}

/* "imap:993", "pop", "smtp:465". */
static gboolean parse_server(const char *option, const char *text, FbkProtocol *protocol_out,
                             guint16 *port_out, GError **err)
{
  g_auto(GStrv) parts = g_strsplit(text, ":", 2);
  guint64 port = 0;
  gboolean is_incoming = g_str_equal(option, "--incoming");
  gboolean known = TRUE;
  if (parts[0] && is_incoming && !g_ascii_strcasecmp(parts[0], "imap"))
    *protocol_out = FBK_PROTOCOL_IMAP;
  else if (parts[0] && is_incoming && !g_ascii_strcasecmp(parts[0], "pop"))
    *protocol_out = FBK_PROTOCOL_POP;
  else if (parts[0] && !is_incoming && !g_ascii_strcasecmp(parts[0], "smtp"))
    *protocol_out = FBK_PROTOCOL_SMTP;
  else
    known = FALSE;
  if (known && parts[1])
    known = g_ascii_string_to_unsigned(parts[1], 10, 1, 65535, &port, NULL);
  *port_out = (guint16)port;
  if (!known)
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("%s %s is not understood. Write it as %s."), option, text,
                  is_incoming ? "imap:993 or pop:995" : "smtp:465");
  return known;
}

static gboolean parse_keep(const Options *options, FbkAccount *account, GError **err)
{
  if (options->password_command && !options->store) {
    account->keep = FBK_SECRET_COMMAND;
    g_free(account->secret_command);
    account->secret_command = g_strdup(options->password_command);
    if (options->prefix_file) {
      g_free(account->prefix_file);
      account->prefix_file = g_canonicalize_filename(options->prefix_file, NULL);
    }
  } else if (!options->password_command && g_str_equal(options->store, "gpg"))
    account->keep = FBK_SECRET_GPG;
  else if (!options->password_command && g_str_equal(options->store, "ask"))
    account->keep = FBK_SECRET_ASK;
  else {
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("Give either --password-command, or --store gpg, or --store ask."));
    return FALSE;
  }
  return TRUE;
}

static FbkAccount *make_account(const FbkHome *home, const FbkProfile *profile, const Options *options,
                                GError **err)
{
  FbkProtocol incoming = FBK_PROTOCOL_IMAP, outgoing = FBK_PROTOCOL_SMTP;
  guint16 incoming_port = 0, outgoing_port = 0;
  if ((options->incoming && !parse_server("--incoming", options->incoming, &incoming, &incoming_port, err)) ||
      (options->outgoing && !parse_server("--outgoing", options->outgoing, &outgoing, &outgoing_port, err)) ||
      !fbk_profile_check_identity(profile, options->user, options->address, err))
    return NULL;
  g_autoptr(FbkAccount) account = fbk_setup_candidate(home, profile, incoming, incoming_port, outgoing_port,
                                                      options->user, options->address, options->name, err);
  return account && parse_keep(options, account, err) ? g_steal_pointer(&account) : NULL;
}

/* --- what another program's file says --- */

static void fill(char **option, const char *value)
{
  if (!*option)
    *option = g_strdup(value);
}

/* To stderr, so that JSON stays JSON. */
static void tell(const char *note)
{
  g_autofree char *clean = fbk_text_gate(note, -1, FBK_GATE_LINE);
  g_printerr("%s\n", clean);
}

/* Fills in what no option says. A command out of that file is run only where the person agreed beforehand. */
static FbkSetupFrom *prefill(const FbkHome *home, Options *options, const FbkProfile *profile, GError **err)
{
  FbkSetupFrom *from = fbk_setup_from_file(home, options->from, options->from_format, profile, err);
  if (!from)
    return NULL;
  const FbkClientConfig *config = from->config;
  for (guint i = 0; i < config->notes->len; i++)
    tell(config->notes->pdata[i]);
  fill(&options->profile, from->profile->name);
  fill(&options->user, config->user);
  fill(&options->address, config->address);
  fill(&options->name, config->real_name);
  fill(&options->incoming, from->incoming);
  fill(&options->outgoing, from->outgoing);
  if (config->password_command && !options->password_command && !options->store) {
    g_autofree char *quoted = g_shell_quote(config->password_command);
    g_autofree char *offer =
        options->yes ? g_strdup_printf(_("%s: its password command is taken over: %s"), options->from, quoted)
                     : g_strdup_printf(_("%s has a password command. To take it over, add --yes or "
                                         "--password-command %s"),
                                       options->from, quoted);
    tell(offer);
    if (options->yes)
      fill(&options->password_command, config->password_command);
  }
  return from;
}

/* --- the secret --- */

static gboolean read_prefix(const FbkCmd *cmd, const FbkProfile *profile, const Options *options,
                            FbkKept *kept, GError **err)
{
  const FbkAsk *ask = fbk_cmd_ask(cmd);
  if (!profile->has_prefix)
    return TRUE;
  if (options->prefix_file)
    kept->prefix = fbk_keep_read_prefix_file(options->prefix_file, err);
  else {
    g_autofree char *question = g_strconcat(profile->prefix_label, ":", NULL);
    kept->prefix = ask->secret(ask->data, question, NULL, err);
  }
  return kept->prefix && fbk_profile_check_prefix(profile, kept->prefix, NULL, err);
}

static gboolean read_password(const FbkCmd *cmd, const FbkHome *home, const FbkAccount *account,
                              FbkKept *kept, GError **err)
{
  FbkAccount *plain = fbk_account_copy(account);
  FbkKept read = {NULL, NULL};
  plain->has_prefix = FALSE;
  if (plain->keep == FBK_SECRET_GPG) /* not stored yet */
    plain->keep = FBK_SECRET_ASK;
  gboolean done = fbk_keep_read(home->accounts_dir, plain, fbk_cmd_ask(cmd), NULL, &read, err);
  fbk_account_free(plain);
  kept->password = g_steal_pointer(&read.password);
  fbk_kept_clear(&read);
  return done;
}

/* --- the check and what it prints --- */

static void print_line(gpointer data, const FbkProbeLine *line)
{
  const FbkCmd *cmd = data;
  if (cmd->json)
    return;
  fbk_out("%s %s %s:%u %s: ", line->passed ? _("passed") : _("FAILED"), fbk_protocol_name(line->protocol),
          line->host, line->port, fbk_step_word(line->step));
  fbk_out_gated(line->detail);
  fbk_out("\n");
  if (line->hint)
    fbk_out("       %s\n", line->hint);
  fflush(stdout);
}

static void print_json(const FbkProfile *profile, const FbkAccount *account, const FbkProbe *probe,
                       gboolean saved)
{
  FbkJson *json = fbk_json_new();
  fbk_json_object(json, NULL);
  fbk_json_string(json, "profile", profile->name);
  fbk_json_string(json, "account", saved ? account->name : NULL);
  fbk_json_array(json, "lines");
  for (guint i = 0; probe->lines && i < probe->lines->len; i++) {
    const FbkProbeLine *line = probe->lines->pdata[i];
    fbk_json_object(json, NULL);
    fbk_json_string(json, "protocol", fbk_protocol_name(line->protocol));
    fbk_json_string(json, "host", line->host);
    fbk_json_int(json, "port", line->port);
    fbk_json_string(json, "step", fbk_step_word(line->step));
    fbk_json_bool(json, "passed", line->passed);
    fbk_json_string(json, "detail", line->detail);
    fbk_json_string(json, "hint", line->hint);
    fbk_json_end(json);
  }
  fbk_json_end(json);
  fbk_json_bool(json, "saved", saved);
  fbk_json_array(json, "causes");
  g_auto(GStrv) causes = g_strsplit(probe->causes ? probe->causes : "", "\n", -1);
  for (guint i = 0; causes[i]; i++)
    fbk_json_string(json, NULL, causes[i]);
  fbk_json_end(json);
  fbk_json_end(json);
  fbk_json_print(json);
}

/* The exit code of the first step that failed; a refused password before all others. */
static int code_of(const FbkProbe *probe)
{
  FbkErr code = FBK_ERR_BUG;
  gboolean found = FALSE;
  for (guint i = 0; i < probe->lines->len; i++) {
    const FbkProbeLine *line = probe->lines->pdata[i];
    if (!line->passed && !found) {
      code = line->code;
      found = TRUE;
    }
  }
  g_autoptr(GError) err =
      g_error_new_literal(FBK_ERROR, probe->auth_refused ? (gint)FBK_ERR_AUTH : (gint)code, "");
  return fbk_error_exit_code(err);
}

static gboolean is_agreed(const FbkCmd *cmd, const Options *options)
{
  if (options->yes || !can_ask(cmd))
    return TRUE;
  fbk_out("%s ", _("Save this account? [Y/n]"));
  fflush(stdout);
  int answer = getchar();
  return answer == '\n' || answer == 'y' || answer == 'Y';
}

static int save(FbkCmd *cmd, const FbkHome *home, const FbkProfile *profile, const FbkAccount *account,
                const FbkKept *kept, const Options *options, FbkSetupFrom *from, const FbkProbe *probe)
{
  g_autoptr(GError) err = NULL;
  if (!is_agreed(cmd, options)) {
    fbk_out("%s\n", _("Nothing was saved."));
    return 0;
  }
  if (from && !fbk_setup_from_keep(home, from, &err))
    return fbk_cmd_fail(cmd, err);
  if (!fbk_setup_save(home, account, kept, fbk_cmd_ask(cmd), &err)) {
    if (from)
      fbk_setup_from_forget(from);
    return fbk_cmd_fail(cmd, err);
  }
  if (cmd->json)
    print_json(profile, account, probe, TRUE);
  else
    fbk_out(_("Account '%s' is saved. `fubako sync` fetches its mail, `fubako` shows it.\n"), account->name);
  return 0;
}

static int check_and_save(FbkCmd *cmd, const FbkHome *home, const FbkProfile *profile,
                          const FbkAccount *account, const Options *options, FbkSetupFrom *from)
{
  FbkKept kept = {NULL, NULL};
  FbkProbe probe = {0};
  g_autoptr(GError) err = NULL;
  gboolean has_password = !options->no_check || account->keep == FBK_SECRET_GPG;
  int status = 0;
  if (!read_prefix(cmd, profile, options, &kept, &err) ||
      (has_password && !read_password(cmd, home, account, &kept, &err)) ||
      (!options->no_check && !fbk_setup_probe(home, account, &kept, print_line, cmd, NULL, &probe, &err)))
    status = fbk_cmd_fail(cmd, err);
  else if (options->no_check || (probe.incoming_ok && probe.outgoing_ok))
    status = save(cmd, home, profile, account, &kept, options, from, &probe);
  else {
    status = code_of(&probe);
    if (cmd->json)
      print_json(profile, account, &probe, FALSE);
    else
      fbk_out("%s%s%s\n", probe.causes ? probe.causes : "", probe.causes ? "\n" : "",
              _("The account is not saved: not everything passed."));
  }
  fbk_probe_clear(&probe);
  fbk_kept_clear(&kept);
  return status;
}

static int run(FbkCmd *cmd, const FbkHome *home, Options *options)
{
  g_autoptr(GError) err = NULL;
  const FbkProfile *profile = options->profile ? find_profile(home, options->profile, &err) : NULL;
  g_autoptr(FbkAccount) account = NULL;
  g_autoptr(FbkSetupFrom) from = NULL;
  if (!err && options->from && (from = prefill(home, options, profile, &err)))
    profile = from->profile;
  if (err || !check_missing(cmd, options, profile, &err) ||
      !(account = make_account(home, profile, options, &err)))
    return fbk_cmd_fail(cmd, err);
  return check_and_save(cmd, home, profile, account, options, from);
}

int fbk_cmd_setup(FbkCmd *cmd, int argc, char **argv)
{
  Options options = {0};
  const GOptionEntry entries[] = {
      {"profile", 'p', 0, G_OPTION_ARG_STRING, &options.profile,
       N_("The servers' profile; `fubako profile list` names them"), N_("NAME")},
      {"user", 'u', 0, G_OPTION_ARG_STRING, &options.user, N_("User ID or auth ID"), N_("ID")},
      {"address", 0, 0, G_OPTION_ARG_STRING, &options.address, N_("Mail address"), N_("ADDRESS")},
      {"name", 0, 0, G_OPTION_ARG_STRING, &options.name, N_("Your name, as others shall see it"), N_("NAME")},
      {"incoming", 0, 0, G_OPTION_ARG_STRING, &options.incoming,
       N_("How to read mail; else as the profile recommends"), "imap:993|pop:995"},
      {"outgoing", 0, 0, G_OPTION_ARG_STRING, &options.outgoing,
       N_("How to send mail; else as the profile recommends"), "smtp:465"},
      {"prefix-file", 0, 0, G_OPTION_ARG_FILENAME, &options.prefix_file,
       N_("A file (mode 600) with the password prefix"), N_("FILE")},
      {"password-command", 0, 0, G_OPTION_ARG_STRING, &options.password_command,
       N_("The command whose first line is the password"), N_("COMMAND")},
      {"store", 0, 0, G_OPTION_ARG_STRING, &options.store,
       N_("Encrypt the password with GnuPG, or ask at each start"), "gpg|ask"},
      {"from", 0, 0, G_OPTION_ARG_FILENAME, &options.from,
       N_("Take over what the file of another mail program says; options given win"), N_("FILE")},
      {"from-format", 0, 0, G_OPTION_ARG_STRING, &options.from_format,
       N_("Which program's file it is; else by its content"), "mutt|aerc|alpine|mbsync"},
      {"no-check", 0, 0, G_OPTION_ARG_NONE, &options.no_check, N_("Save without connecting"), NULL},
      {"yes", 'y', 0, G_OPTION_ARG_NONE, &options.yes, N_("Save without a question"), NULL},
      {NULL}};
  int status = 0;
  g_autoptr(FbkHome) home = NULL;
  if (fbk_cmd_parse(
          cmd, entries, NULL,
          _("Sets an account up: checks every server with one sign-in, then saves. Without options, "
            "run `fubako`: it opens the setup on the screen.\n\n"
            "Example: fubako setup --profile jaist-da --user s2410001 --address taro@jaist.ac.jp "
            "--prefix-file prefix.txt --password-command 'pass show jaist' --yes"),
          &argc, &argv, &status) &&
      (home = fbk_cmd_home(cmd, &status)))
    status = run(cmd, home, &options);
  clear_options(&options);
  return status;
}
