/* `fubako sync`: fetch, then index. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "flow/indexing.h"
#include "flow/sync.h"

typedef struct {
  char *account, *folder;
  gboolean retry, no_index, carefully;
} Options;

/* People at a terminal see how far it is; programs read NDJSON. */
static void show_progress(gpointer data, const char *what, guint64 done, guint64 total)
{
  const FbkCmd *cmd = data;
  if (cmd->json) {
    FbkJson *json = fbk_json_new();
    fbk_json_object(json, NULL);
    fbk_json_string(json, "progress", what);
    fbk_json_int(json, "done", (gint64)done);
    fbk_json_int(json, "total", (gint64)total);
    fbk_json_end(json);
    fbk_json_print(json);
  } else if (isatty(STDOUT_FILENO)) {
    fbk_out("\r");
    fbk_out_gated(what);
    fbk_out(" %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "\033[K", done, total);
    fflush(stdout);
  }
}

static void print_report(const FbkCmd *cmd, const FbkAccount *account, const FbkReport *report,
                         const FbkIndexingReport *index)
{
  if (cmd->json) {
    FbkJson *json = fbk_json_new();
    fbk_json_object(json, NULL);
    fbk_json_string(json, "account", account->name);
    fbk_json_int(json, "fetched", report->fetched);
    fbk_json_int(json, "removed", report->removed);
    fbk_json_int(json, "flags", report->flagged);
    fbk_json_int(json, "indexed", index->indexed);
    fbk_json_int(json, "not_indexable", index->refused);
    fbk_json_array(json, "notes");
    for (guint i = 0; i < report->notes->len; i++)
      fbk_json_string(json, NULL, report->notes->pdata[i]);
    fbk_json_end(json);
    fbk_json_end(json);
    fbk_json_print(json);
    return;
  }
  if (isatty(STDOUT_FILENO))
    fbk_out("\r\033[K");
  fbk_out(_("%s: %u new, %u gone, %u changed; %u indexed\n"), account->name, report->fetched, report->removed,
          report->flagged, index->indexed);
  if (index->refused)
    fbk_out(
        ngettext("  %u message cannot be searched: it is built in a way that can stop a mail program.\n",
                 "  %u messages cannot be searched: they are built in a way that can stop a mail program.\n",
                 index->refused),
        index->refused);
  for (guint i = 0; i < report->notes->len; i++) {
    fbk_out("  ");
    fbk_out_gated(report->notes->pdata[i]);
    fbk_out("\n");
  }
}

static int sync_one(FbkCmd *cmd, const FbkHome *home, const FbkAccount *account, const Options *options)
{
  const FbkProgress progress = {show_progress, cmd};
  FbkSync *sync = fbk_sync_new(home, account);
  FbkReport report;
  fbk_report_init(&report);
  FbkIndexingReport index = {0};
  g_autoptr(GError) err = NULL;
  if (options->retry)
    fbk_sync_forgive(sync);
  if (fbk_sync_run(sync, options->folder, fbk_cmd_ask(cmd), &progress, NULL, &report, &err) &&
      !options->no_index)
    fbk_indexing_in_child(home, account, &progress, NULL, &index, &err);
  print_report(cmd, account, &report, &index);
  fbk_report_clear(&report);
  fbk_sync_free(sync);
  if (g_error_matches(err, FBK_ERROR, FBK_ERR_AUTH))
    return fbk_cmd_fail_with(
        cmd, err,
        _("Check the user name and the password. It is not tried again by itself; `fubako sync "
          "--retry` tries again."));
  return err ? fbk_cmd_fail(cmd, err) : 0;
}

static int index_one(FbkCmd *cmd, const FbkHome *home, const FbkAccount *account, const Options *options)
{
  const FbkProgress progress = {show_progress, cmd};
  FbkIndexingReport report = {0};
  g_autoptr(GError) err = NULL;
  gboolean done = fbk_indexing_run(home, account, options->carefully, &progress, NULL, &report, &err);
  if (cmd->json) {
    FbkJson *json = fbk_json_new();
    fbk_json_object(json, NULL);
    fbk_json_string(json, "account", account->name);
    fbk_json_int(json, "indexed", report.indexed);
    fbk_json_int(json, "refused", report.refused);
    fbk_json_end(json);
    fbk_json_print(json);
  } else if (done)
    fbk_out(_("%s: %u indexed, %u not indexable\n"), account->name, report.indexed, report.refused);
  return done ? 0 : fbk_cmd_fail(cmd, err);
}

/* Every account, or the one named: the last failure's code. */
static int each_account(FbkCmd *cmd, const Options *options,
                        int (*work)(FbkCmd *, const FbkHome *, const FbkAccount *, const Options *))
{
  int status = 0;
  gboolean found = FALSE;
  FbkHome *home = fbk_cmd_home(cmd, &status);
  for (guint i = 0; home && i < home->accounts->len; i++) {
    const FbkAccount *account = home->accounts->pdata[i];
    if (options->account && !g_str_equal(options->account, account->name))
      continue;
    found = TRUE;
    int failed = work(cmd, home, account, options);
    status = failed ? failed : status;
  }
  if (home && !found)
    status = fbk_cmd_no_account(cmd, options->account);
  fbk_home_free(home);
  return status;
}

int fbk_cmd_index(FbkCmd *cmd, int argc, char **argv)
{
  Options options = {0};
  const GOptionEntry entries[] = {
      {"account", 'a', 0, G_OPTION_ARG_STRING, &options.account, N_("Only this account"), N_("NAME")},
      {"carefully", 0, 0, G_OPTION_ARG_NONE, &options.carefully,
       N_("Pass by a message that ended the indexing before"), NULL},
      {NULL}};
  int status = 0;
  if (fbk_cmd_parse(cmd, entries, NULL,
                    _("Brings the search index up to date with the mail that was fetched. `fubako sync` does "
                      "this too."),
                    &argc, &argv, &status))
    status = each_account(cmd, &options, index_one);
  g_free(options.account);
  return status;
}

int fbk_cmd_sync(FbkCmd *cmd, int argc, char **argv)
{
  Options options = {0};
  const GOptionEntry entries[] = {
      {"account", 'a', 0, G_OPTION_ARG_STRING, &options.account, N_("Only this account"), N_("NAME")},
      {"folder", 'f', 0, G_OPTION_ARG_STRING, &options.folder, N_("Only this folder of the server"),
       N_("NAME")},
      {"retry", 0, 0, G_OPTION_ARG_NONE, &options.retry,
       N_("Try again after a refused password: it is asked anew"), NULL},
      {"no-index", 0, 0, G_OPTION_ARG_NONE, &options.no_index, N_("Leave the search index for later"), NULL},
      {NULL}};
  int status = 0;
  if (fbk_cmd_parse(
          cmd, entries, NULL,
          _("Fetches new mail of every account, newest first, and brings the search index up to date.\n\n"
            "Example: fubako sync --account jaist"),
          &argc, &argv, &status))
    status = each_account(cmd, &options, sync_one);
  g_free(options.account);
  g_free(options.folder);
  return status;
}
