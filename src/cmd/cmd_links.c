/* fubako links: the links of a message, or of rows of a table, judged. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "cmd/cmd.h"

#include "base/err.h"
#include "cmd/out.h"
#include "cmd/rows.h"
#include "flow/read.h"
#include "mail/page.h"

#include <glib/gi18n.h>
#include <string.h>

#define STDIN_MOST (128 * 1024 * 1024)

static void print_verdict_json(FbkJson *json, const FbkVerdict *verdict)
{
  fbk_json_string(json, "host", verdict->host);
  fbk_json_string(json, "class", fbk_link_class_name(verdict->class_));
  fbk_json_string(json, "rule", verdict->rule);
  fbk_json_int(json, "severity", verdict->severity);
  fbk_json_bool(json, "alarm", fbk_link_is_alarm(verdict->class_));
  fbk_json_string(json, "target", verdict->target);
  fbk_json_string(json, "shown", verdict->shown);
  fbk_json_string(json, "sentence", verdict->sentence);
}

static void put_link(FbkJson *json, guint number, const FbkPageLink *link)
{
  fbk_json_object(json, NULL);
  fbk_json_int(json, "number", number);
  fbk_json_string(json, "kind", fbk_link_kind_name(link->kind));
  fbk_json_string(json, "text", link->text);
  fbk_json_string(json, "href", link->raw_href);
  print_verdict_json(json, link->verdict);
  fbk_json_end(json);
}

static void print_links_json(const GPtrArray *links)
{
  FbkJson *json = fbk_json_new();
  fbk_json_array(json, NULL);
  for (guint i = 0; i < links->len; i++)
    put_link(json, i + 1, links->pdata[i]);
  fbk_json_end(json);
  fbk_json_print(json);
}

static void print_named(const char *name, const char *foreign)
{
  if (!*foreign)
    return;
  fbk_out("    %s: ", name);
  fbk_out_gated(foreign);
  fbk_out("\n");
}

static void print_link(guint number, const FbkPageLink *link)
{
  const FbkVerdict *verdict = link->verdict;
  fbk_out("[%u] %s  %s (%s, %d)\n", number, fbk_link_class_word(verdict->class_),
          fbk_link_kind_name(link->kind), verdict->rule, verdict->severity);
  print_named(_("text"), link->text);
  print_named(_("address"), link->href);
  print_named(_("host"), verdict->host);
  fbk_out("    ");
  fbk_out_gated(verdict->sentence);
  fbk_out("\n");
}

static int judge_message(FbkCmd *cmd, const char *path, const FbkGuard *guard)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkMessage) message = fbk_read_message(path, STDIN_MOST, &err);
  if (!message)
    return fbk_cmd_fail(cmd, err);
  g_autoptr(GPtrArray) links = fbk_page_links(message, guard);
  if (cmd->json) {
    print_links_json(links);
    return 0;
  }
  for (guint i = 0; i < links->len; i++)
    print_link(i + 1, links->pdata[i]);
  if (links->len == 0)
    fbk_out("%s\n", _("This message has no links."));
  return 0;
}

/* The institution is that of the profile named, or of the first account; without an account, all that there
 * are. */
static int judge_for_profile(FbkCmd *cmd, const char *path, const char *profile_name)
{
  int status = 0;
  g_autoptr(FbkHome) home = fbk_cmd_home(cmd, &status);
  if (!home)
    return status;
  if (!profile_name)
    return judge_message(cmd, path, fbk_home_guard(home, fbk_home_account(home, NULL)));
  const FbkProfile *profile = fbk_profile_find(home->profiles, profile_name);
  if (!profile) {
    g_autoptr(GError) err = NULL;
    fbk_error_set(&err, FBK_ERR_NOT_FOUND, _("There is no profile \"%s\"; `fubako profile list` names them."),
                  profile_name);
    return fbk_cmd_fail(cmd, err);
  }
  return judge_message(cmd, path, profile->guard);
}

static int judge_for_section(FbkCmd *cmd, const char *path, const char *profiles, const char *section)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(GHashTable) guards = fbk_guards_read(profiles, &err);
  if (!guards)
    return fbk_cmd_fail(cmd, err);
  const FbkGuard *guard = section ? g_hash_table_lookup(guards, section) : NULL;
  if (!guard) {
    fbk_error_set(&err, FBK_ERR_NOT_FOUND, _("Name a section of %s with --profile."), profiles);
    return fbk_cmd_fail(cmd, err);
  }
  return judge_message(cmd, path, guard);
}

static void print_row(const FbkCmd *cmd, const char *id, const FbkVerdict *verdict)
{
  if (cmd->json) {
    FbkJson *json = fbk_json_new();
    fbk_json_object(json, NULL);
    fbk_json_string(json, "id", id);
    print_verdict_json(json, verdict);
    fbk_json_end(json);
    fbk_json_print(json);
    return;
  }
  fbk_out_gated(id);
  fbk_out("\t%s\t%s\n", fbk_link_class_name(verdict->class_), verdict->rule);
}

static gboolean judge_row(FbkCmd *cmd, const FbkTable *table, guint row, GHashTable *guards, GError **err)
{
  g_autofree char *id = fbk_table_field(table, row, "id");
  g_autofree char *profile = fbk_table_field(table, row, "profile");
  g_autofree char *kind = fbk_table_field(table, row, "kind");
  g_autofree char *base = fbk_table_field(table, row, "base");
  g_autofree char *context = fbk_table_field(table, row, "context");
  g_autofree char *text = fbk_table_field(table, row, "text");
  g_autofree char *href = fbk_table_field(table, row, "href");
  const FbkGuard *guard = g_hash_table_lookup(guards, profile);
  FbkLinkInput link = {.base = base, .context = context, .text = text, .href = href};
  if (!guard) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("Row %s names the profile \"%s\", which is not known."), id,
                  profile);
    return FALSE;
  }
  if (!fbk_link_kind_parse(kind, &link.kind)) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("Row %s is of the kind \"%s\", which is not known."), id, kind);
    return FALSE;
  }
  g_autoptr(FbkVerdict) verdict = fbk_link_judge(guard, &link);
  print_row(cmd, id, verdict);
  return TRUE;
}

static const char *const needed_columns[] = {"id",      "profile", "kind", "base",
                                             "context", "text",    "href", NULL};

int fbk_cmd_links(FbkCmd *cmd, int argc, char **argv)
{
  g_autofree char *profile = NULL, *table = NULL, *profiles = NULL;
  const GOptionEntry own[] = {
      {"profile", 0, 0, G_OPTION_ARG_STRING, &profile, N_("The institution whose mail it is"), N_("NAME")},
      {"tsv", 0, 0, G_OPTION_ARG_FILENAME, &table, N_("Judge the rows of a table instead"), N_("ROWS")},
      {"profiles", 0, 0, G_OPTION_ARG_FILENAME, &profiles, N_("Take the institutions from this file"), "INI"},
      {NULL}};
  int status = 0;
  if (!fbk_cmd_parse(cmd, own, _("FILE|-"),
                     _("Tells of each link of a message where it really goes. Examples:\n"
                       "  fubako links mail.eml\n"
                       "  fubako links --profile jaist --json - < mail.eml\n"
                       "  fubako links --tsv rows.tsv --profiles profiles.ini"),
                     &argc, &argv, &status))
    return status;
  if (table ? !profiles || argc > 1 : argc != 2) {
    g_autoptr(GError) err = NULL;
    fbk_error_set(&err, FBK_ERR_BAD_INPUT,
                  table ? _("--tsv needs --profiles INI and no message.")
                        : _("Name one message file, or \"-\"."));
    return fbk_cmd_fail(cmd, err);
  }
  if (table)
    return fbk_table_judge(cmd, table, profiles, needed_columns, judge_row);
  return profiles ? judge_for_section(cmd, argv[1], profiles, profile)
                  : judge_for_profile(cmd, argv[1], profile);
}
