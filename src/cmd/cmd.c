/* The command table, options, and what all commands share. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/cmd.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "base/err.h"
#include "base/text.h"
#include "cmd/out.h"

const FbkCommand fbk_commands[] = {
    {"setup", fbk_cmd_setup, N_("set an account up, with a live check")},
    {"sync", fbk_cmd_sync, N_("fetch new mail and bring the index up to date")},
    {"index", fbk_cmd_index, N_("bring the search index up to date")},
    {"folders", fbk_cmd_folders, N_("list the folders of an account")},
    {"list", fbk_cmd_list, N_("list the messages of a folder")},
    {"search", fbk_cmd_search, N_("find mail by words, senders, dates")},
    {"show", fbk_cmd_show, N_("print a message as text")},
    {"links", fbk_cmd_links, N_("judge the links of a message")},
    {"senders", fbk_cmd_senders, N_("judge senders given as rows of a table")},
    {"doctor", fbk_cmd_doctor, N_("say what works and what does not, and what to do")},
    {"profile", fbk_cmd_profile, N_("list, show or check server profiles")},
    {NULL, NULL, NULL}};

static GOptionGroup *global_group(FbkCmd *cmd)
{
  const GOptionEntry entries[] = {
      {"home", 0, 0, G_OPTION_ARG_FILENAME, &cmd->home_dir, N_("Keep everything under DIR"), N_("DIR")},
      {"resolve", 0, 0, G_OPTION_ARG_STRING_ARRAY, &cmd->resolve,
       N_("Connect to ADDR:PORT instead of HOST:PORT"), "HOST:PORT:ADDR:PORT"},
      {"cafile", 0, 0, G_OPTION_ARG_FILENAME, &cmd->cafile,
       N_("Trust these certificates (PEM) instead of the system's"), N_("FILE")},
      {"json", 0, 0, G_OPTION_ARG_NONE, &cmd->json, N_("Print JSON and never ask"), NULL},
      {NULL}};
  GOptionGroup *group = g_option_group_new(NULL, NULL, NULL, NULL, NULL);
  g_option_group_add_entries(group, entries);
  g_option_group_set_translation_domain(group, "fubako");
  return group;
}

/* Frees what an earlier parse had set before it is overwritten: options may stand before and after the
 * command. */
static gboolean parse(FbkCmd *cmd, GOptionContext *context, const GOptionEntry *usual,
                      const GOptionEntry *own, int *argc, char ***argv, int *exit_out)
{
  FbkCmd given = {0};
  g_option_context_set_translation_domain(context, "fubako");
  g_option_context_set_main_group(context, global_group(&given));
  g_option_context_add_main_entries(context, usual, "fubako");
  if (own)
    g_option_context_add_main_entries(context, own, "fubako");
  g_autoptr(GError) err = NULL;
  gboolean parsed = g_option_context_parse(context, argc, argv, &err);
  if (given.home_dir) {
    g_free(cmd->home_dir);
    cmd->home_dir = given.home_dir;
  }
  if (given.cafile) {
    g_free(cmd->cafile);
    cmd->cafile = given.cafile;
  }
  if (given.resolve) {
    g_strfreev(cmd->resolve);
    cmd->resolve = given.resolve;
  }
  cmd->json = cmd->json || given.json;
  if (!parsed) {
    g_printerr("fubako: %s\n", err->message);
    g_printerr(_("`fubako --help` lists the commands; `fubako COMMAND --help` explains one.\n"));
    *exit_out = 64;
  }
  return parsed;
}

static void print_commands(void)
{
  fbk_out("\n%s\n", _("Commands:"));
  for (const FbkCommand *command = fbk_commands; command->name; command++)
    fbk_out("  %-10s %s\n", command->name, _(command->summary));
  fbk_out("\n%s\n", _("Without a command, Fubako opens its screen. `fubako COMMAND --help` tells more."));
}

gboolean fbk_cmd_parse_global(FbkCmd *cmd, int *argc, char ***argv, int *exit_out)
{
  gboolean help = FALSE, version = FALSE;
  const GOptionEntry usual[] = {
      {"help", 'h', 0, G_OPTION_ARG_NONE, &help, N_("Show this help"), NULL},
      {"version", 'V', 0, G_OPTION_ARG_NONE, &version, N_("Show the version"), NULL},
      {NULL}};
  GOptionContext *context = g_option_context_new(_("[COMMAND ...]"));
  g_option_context_set_help_enabled(context, FALSE);
  g_option_context_set_strict_posix(context, TRUE);
  gboolean proceed = parse(cmd, context, usual, NULL, argc, argv, exit_out);
  if (proceed && (help || version)) {
    if (version)
      fbk_out("fubako %s\n", FUBAKO_VERSION);
    else {
      g_autofree char *text = g_option_context_get_help(context, TRUE, NULL);
      fbk_out("%s", text);
      print_commands();
    }
    *exit_out = 0;
    proceed = FALSE;
  }
  g_option_context_free(context);
  return proceed;
}

/* What follows "--" are words, whatever they begin with; the mark itself is none. */
static void drop_end_mark(int *argc, char **argv)
{
  for (int i = 1; i < *argc; i++) {
    if (!g_str_equal(argv[i], "--"))
      continue;
    for (int k = i; k < *argc; k++)
      argv[k] = argv[k + 1];
    (*argc)--;
    return;
  }
}

gboolean fbk_cmd_parse(FbkCmd *cmd, const GOptionEntry *own, const char *arguments, const char *about,
                       int *argc, char ***argv, int *exit_out)
{
  gboolean help = FALSE;
  const GOptionEntry usual[] = {{"help", 'h', 0, G_OPTION_ARG_NONE, &help, N_("Show this help"), NULL},
                                {NULL}};
  g_autofree char *name = g_strdup((*argv)[0]);
  g_autofree char *program = g_strdup_printf("fubako %s", name);
  g_set_prgname(program);
  GOptionContext *context = g_option_context_new(arguments);
  g_option_context_set_help_enabled(context, FALSE);
  g_option_context_set_description(context, about);
  gboolean proceed = parse(cmd, context, usual, own, argc, argv, exit_out);
  drop_end_mark(argc, *argv);
  if (proceed && help) {
    g_autofree char *text = g_option_context_get_help(context, TRUE, NULL);
    fbk_out("%s", text);
    *exit_out = 0;
    proceed = FALSE;
  }
  g_option_context_free(context);
  return proceed;
}

FbkHome *fbk_cmd_home(FbkCmd *cmd, int *exit_out)
{
  g_autoptr(GError) err = NULL;
  FbkHome *home = NULL;
  if (!cmd->net) {
    cmd->net = fbk_net_new();
    cmd->net->cafile = g_strdup(cmd->cafile);
  }
  for (char **spec = cmd->resolve; spec && *spec; spec++)
    if (!fbk_net_add_resolve(cmd->net, *spec, &err))
      break;
  if (!err)
    home = fbk_home_open(cmd->home_dir, cmd->net, &err);
  if (home)
    home->is_program = TRUE;
  if (err)
    *exit_out = fbk_cmd_fail(cmd, err);
  return home;
}

void fbk_cmd_clear(FbkCmd *cmd)
{
  g_free(cmd->home_dir);
  g_free(cmd->cafile);
  g_strfreev(cmd->resolve);
  if (cmd->net)
    fbk_net_free(cmd->net);
}

/* hint NULL: the sentence says what to do already. */
int fbk_cmd_fail_with(const FbkCmd *cmd, const GError *err, const char *hint)
{
  int status = fbk_error_exit_code(err);
  if (cmd->json) {
    FbkJson *json = fbk_json_new();
    fbk_json_object(json, NULL);
    fbk_json_string(json, "error", err->message);
    fbk_json_string(json, "hint", hint);
    fbk_json_int(json, "exit", status);
    fbk_json_end(json);
    fbk_json_print(json);
    return status;
  }
  g_autofree char *message = fbk_text_gate(err->message, -1, FBK_GATE_LINES);
  g_printerr("fubako: %s\n", message);
  if (hint)
    g_printerr("        %s\n", hint);
  return status;
}

int fbk_cmd_fail(const FbkCmd *cmd, const GError *err)
{
  return fbk_cmd_fail_with(cmd, err, fbk_error_hint(err));
}

int fbk_cmd_no_account(const FbkCmd *cmd, const char *name)
{
  g_autoptr(GError) err = NULL;
  if (name)
    fbk_error_set(&err, FBK_ERR_NOT_FOUND, _("There is no account '%s'."), name);
  else
    fbk_error_set(&err, FBK_ERR_NOT_FOUND, _("There is no account yet. `fubako setup` makes one."));
  return fbk_cmd_fail_with(cmd, err, NULL);
}

gboolean fbk_cmd_check_limit(const FbkCmd *cmd, int limit, int *exit_out)
{
  if (limit > 0 && limit <= FBK_CMD_LIMIT_MAX)
    return TRUE;
  g_autoptr(GError) err = NULL;
  fbk_error_set(&err, FBK_ERR_BAD_INPUT, _("--limit must be a number from 1 to %d."), FBK_CMD_LIMIT_MAX);
  *exit_out = fbk_cmd_fail_with(cmd, err, NULL);
  return FALSE;
}
