/* fubako senders: senders given as rows of a table, judged. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/cmd.h"

#include "base/err.h"
#include "cmd/out.h"
#include "cmd/rows.h"
#include "mail/sender.h"

#include <glib/gi18n.h>
#include <string.h>

static void print_row(const FbkCmd *cmd, const char *id, const FbkSenderVerdict *verdict)
{
  const char *class_name = fbk_sender_class_name(verdict->class_);
  if (!cmd->json) {
    fbk_out_gated(id);
    fbk_out("\t%s\t%s\n", class_name, verdict->rule);
    return;
  }
  FbkJson *json = fbk_json_new();
  fbk_json_object(json, NULL);
  fbk_json_string(json, "id", id);
  fbk_json_string(json, "class", class_name);
  fbk_json_string(json, "rule", verdict->rule);
  fbk_json_int(json, "severity", verdict->severity);
  fbk_json_bool(json, "alarm", fbk_sender_is_alarm(verdict->class_));
  fbk_json_string(json, "domain", verdict->domain);
  fbk_json_string(json, "target", verdict->target);
  fbk_json_string(json, "sentence", verdict->sentence);
  fbk_json_end(json);
  fbk_json_print(json);
}

/* "AR:value" and "R:host", from the top downwards; the values live in parts. */
static GArray *trace_of(char **parts)
{
  GArray *trace = g_array_new(FALSE, TRUE, sizeof(FbkTraceField));
  for (; *parts; parts++) {
    char *part = g_strstrip(*parts);
    gboolean result = g_str_has_prefix(part, "AR:");
    if (!result && !g_str_has_prefix(part, "R:"))
      continue;
    FbkTraceField field = {.is_result = result, .value = part + (result ? 3 : 2)};
    g_array_append_val(trace, field);
  }
  return trace;
}

static gboolean judge_row(FbkCmd *cmd, const FbkTable *table, guint row, GHashTable *guards, GError **err)
{
  g_autofree char *id = fbk_table_field(table, row, "id");
  g_autofree char *profile = fbk_table_field(table, row, "profile");
  g_autofree char *from_name = fbk_table_field(table, row, "from_name");
  g_autofree char *from_address = fbk_table_field(table, row, "from_addr");
  g_autofree char *reply_to = fbk_table_field(table, row, "reply_to");
  g_autofree char *subject = fbk_table_field(table, row, "subject");
  g_autofree char *body = fbk_table_field(table, row, "body");
  g_autofree char *trace_text = fbk_table_field(table, row, "trace");
  const FbkGuard *guard = g_hash_table_lookup(guards, profile);
  if (!guard) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("Row %s names the profile \"%s\", which is not known."), id,
                  profile);
    return FALSE;
  }
  g_auto(GStrv) parts = g_strsplit(trace_text, " || ", -1);
  g_autoptr(GArray) trace = trace_of(parts);
  FbkSenderInput sender = {.from_name = from_name,
                           .from_address = from_address,
                           .reply_to = reply_to,
                           .subject = subject,
                           .body = body,
                           .trace = (const FbkTraceField *)(const void *)trace->data,
                           .trace_count = trace->len};
  g_autoptr(FbkSenderVerdict) verdict = fbk_sender_judge(guard, &sender);
  print_row(cmd, id, verdict);
  return TRUE;
}

static const char *const needed_columns[] = {"id",      "profile", "from_name", "from_addr", "reply_to",
                                             "subject", "body",    "trace",     NULL};

int fbk_cmd_senders(FbkCmd *cmd, int argc, char **argv)
{
  g_autofree char *table = NULL, *profiles = NULL;
  const GOptionEntry own[] = {
      {"tsv", 0, 0, G_OPTION_ARG_FILENAME, &table, N_("The table of senders"), N_("ROWS")},
      {"profiles", 0, 0, G_OPTION_ARG_FILENAME, &profiles, N_("Take the institutions from this file"), "INI"},
      {NULL}};
  int status = 0;
  if (!fbk_cmd_parse(cmd, own, "",
                     _("Tells of each sender in a table whether it is who it seems to be. Example:\n"
                       "  fubako senders --tsv rows.tsv --profiles profiles.ini"),
                     &argc, &argv, &status))
    return status;
  if (!table || !profiles || argc > 1) {
    g_autoptr(GError) err = NULL;
    fbk_error_set(&err, FBK_ERR_BAD_INPUT, _("Give both --tsv ROWS and --profiles INI."));
    return fbk_cmd_fail(cmd, err);
  }
  return fbk_table_judge(cmd, table, profiles, needed_columns, judge_row);
}
