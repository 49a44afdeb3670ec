/* `fubako folders`, `list` and `search`: rows of the catalogue. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "flow/read.h"

#define LIST_LIMIT 50

/* What the three commands share: options, home, account, its catalogue. */
typedef struct {
  FbkCmd *cmd;
  char *account_name;
  int limit, offset;
  FbkHome *home;
  const FbkAccount *account;
  FbkCatalog *catalog;
} Session;

static gboolean session_open(Session *session, int *status)
{
  if (!(session->home = fbk_cmd_home(session->cmd, status)))
    return FALSE;
  if (!(session->account = fbk_home_account(session->home, session->account_name))) {
    *status = fbk_cmd_no_account(session->cmd, session->account_name);
    return FALSE;
  }
  g_autofree char *path = fbk_home_catalog_path(session->home, session->account->name);
  g_autoptr(GError) err = NULL;
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    fbk_error_set(&err, FBK_ERR_NOT_FOUND, _("No mail has been fetched yet. `fubako sync` fetches it."));
  else
    session->catalog = fbk_catalog_open(path, NULL, &err);
  if (!session->catalog)
    *status = fbk_cmd_fail(session->cmd, err);
  return session->catalog != NULL;
}

static void session_close(Session *session)
{
  g_clear_pointer(&session->catalog, fbk_catalog_free);
  g_clear_pointer(&session->home, fbk_home_free);
  g_free(session->account_name);
}

static char *iso_date(gint64 seconds)
{
  g_autoptr(GDateTime) date = seconds ? g_date_time_new_from_unix_local(seconds) : NULL;
  return date ? g_date_time_format_iso8601(date) : NULL;
}

/* --- rows --- */

static void row_json(FbkJson *json, const FbkRow *row)
{
  g_autofree char *date = iso_date(row->date);
  fbk_json_object(json, NULL);
  fbk_json_int(json, "id", row->id);
  fbk_json_string(json, "date", date);
  fbk_json_string(json, "from", *row->from_name ? row->from_name : row->from_address);
  fbk_json_string(json, "address", row->from_address);
  fbk_json_string(json, "subject", row->subject);
  fbk_json_string(json, "message_id", row->message_id);
  fbk_json_int(json, "size", (gint64)row->size);
  fbk_json_bool(json, "unread", !(row->flags & FBK_FLAG_SEEN));
  fbk_json_bool(json, "starred", row->flags & FBK_FLAG_FLAGGED);
  fbk_json_bool(json, "attachment", row->has_attachment);
  fbk_json_end(json);
}

static void row_text(const FbkRow *row)
{
  g_autoptr(GDateTime) date = row->date ? g_date_time_new_from_unix_local(row->date) : NULL;
  g_autofree char *day = date ? g_date_time_format(date, "%Y-%m-%d %H:%M") : g_strdup("");
  g_autofree char *clean =
      fbk_text_gate(*row->from_name ? row->from_name : row->from_address, -1, FBK_GATE_LINE);
  g_autofree char *from = fbk_text_ellipsize(clean, 20);
  fbk_out("%6" G_GINT64_FORMAT " %s%s %-16s %s%*s ", row->id, row->flags & FBK_FLAG_SEEN ? " " : "N",
          row->flags & FBK_FLAG_FLAGGED ? "*" : " ", day, from, 20 - fbk_text_width(from), "");
  fbk_out_gated(*row->subject ? row->subject : _("(no subject)"));
  fbk_out("\n");
}

static void print_rows(const FbkCmd *cmd, const FbkRows *rows)
{
  FbkJson *json = cmd->json ? fbk_json_new() : NULL;
  if (json)
    fbk_json_array(json, NULL);
  for (guint i = 0; i < rows->count; i++) {
    if (json)
      row_json(json, &rows->rows[i]);
    else
      row_text(&rows->rows[i]);
  }
  if (json) {
    fbk_json_end(json);
    fbk_json_print(json);
  }
}

/* --- folders --- */

static void print_folders(const FbkCmd *cmd, const GPtrArray *folders)
{
  FbkJson *json = cmd->json ? fbk_json_new() : NULL;
  if (json)
    fbk_json_array(json, NULL);
  for (guint i = 0; i < folders->len; i++) {
    const FbkFolder *folder = folders->pdata[i];
    if (!json) {
      fbk_out("%6u %6u  ", folder->unread, folder->total);
      fbk_out_gated(folder->name);
      if (folder->role != FBK_ROLE_NONE && folder->role != FBK_ROLE_INBOX)
        fbk_out("  (%s)", fbk_role_name(folder->role));
      fbk_out("\n");
      continue;
    }
    fbk_json_object(json, NULL);
    fbk_json_string(json, "name", folder->name);
    fbk_json_string(json, "path", folder->path);
    fbk_json_int(json, "total", folder->total);
    fbk_json_int(json, "unread", folder->unread);
    fbk_json_end(json);
  }
  if (json) {
    fbk_json_end(json);
    fbk_json_print(json);
  }
}

#define ACCOUNT_OPTION(session)                                                                              \
  {                                                                                                          \
    "account", 'a', 0, G_OPTION_ARG_STRING, &(session).account_name,                                         \
        N_("Of this account (the first one otherwise)"), N_("NAME")                                          \
  }

int fbk_cmd_folders(FbkCmd *cmd, int argc, char **argv)
{
  Session session = {.cmd = cmd};
  const GOptionEntry entries[] = {ACCOUNT_OPTION(session), {NULL}};
  int status = 0;
  if (fbk_cmd_parse(cmd, entries, NULL, _("Lists the folders with unread and all messages."), &argc, &argv,
                    &status) &&
      session_open(&session, &status)) {
    g_autoptr(GError) err = NULL;
    g_autoptr(GPtrArray) folders = fbk_catalog_folders(session.catalog, &err);
    if (folders)
      print_folders(cmd, folders);
    else
      status = fbk_cmd_fail(cmd, err);
  }
  session_close(&session);
  return status;
}

/* --- list --- */

/* By name as people see it, server path, or nothing for the inbox. */
static const FbkFolder *find_folder(const GPtrArray *folders, const char *name)
{
  for (guint i = 0; i < folders->len; i++) {
    const FbkFolder *folder = folders->pdata[i];
    if (name ? g_str_equal(folder->name, name) || g_str_equal(folder->path, name)
             : folder->role == FBK_ROLE_INBOX)
      return folder;
  }
  return NULL;
}

static int list_folder(Session *session, const char *name)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(GPtrArray) folders = fbk_catalog_folders(session->catalog, &err);
  const FbkFolder *folder = folders ? find_folder(folders, name) : NULL;
  if (folders && !folder)
    fbk_error_set(&err, FBK_ERR_NOT_FOUND, _("There is no folder '%s'. `fubako folders` lists them."),
                  name ? name : "INBOX");
  g_autoptr(FbkRows) rows = folder ? fbk_catalog_page(session->catalog, folder->id, FBK_ORDER_DATE,
                                                      FBK_PAGE_START, 0, (guint)session->limit, &err)
                                   : NULL;
  if (!rows)
    return fbk_cmd_fail(session->cmd, err);
  print_rows(session->cmd, rows);
  return 0;
}

int fbk_cmd_list(FbkCmd *cmd, int argc, char **argv)
{
  Session session = {.cmd = cmd, .limit = LIST_LIMIT};
  const GOptionEntry entries[] = {
      ACCOUNT_OPTION(session),
      {"limit", 'n', 0, G_OPTION_ARG_INT, &session.limit, N_("At most N messages (50)"), N_("N")},
      {NULL}};
  int status = 0;
  if (fbk_cmd_parse(cmd, entries, _("[FOLDER]"),
                    _("Lists the newest messages of a folder (the inbox otherwise).\nThe first column is the "
                      "number that "
                      "`fubako show` takes.\n\nExample: fubako list --limit 10 Sent"),
                    &argc, &argv, &status) &&
      fbk_cmd_check_limit(cmd, session.limit, &status) && session_open(&session, &status))
    status = list_folder(&session, argc > 1 ? argv[1] : NULL);
  session_close(&session);
  return status;
}

/* --- search --- */

int fbk_cmd_search(FbkCmd *cmd, int argc, char **argv)
{
  Session session = {.cmd = cmd, .limit = LIST_LIMIT};
  const GOptionEntry entries[] = {
      ACCOUNT_OPTION(session),
      {"limit", 'n', 0, G_OPTION_ARG_INT, &session.limit, N_("At most N messages (50)"), N_("N")},
      {"offset", 0, 0, G_OPTION_ARG_INT, &session.offset, N_("Leave out the first N"), N_("N")},
      {NULL}};
  int status = 0;
  if (fbk_cmd_parse(cmd, entries, _("WORDS ..."),
                    _("Finds mail in the index, newest first, in notmuch's query language.\n\nExamples:\n  "
                      "fubako search "
                      "締切\n  fubako search from:tanaka and date:2026-11.."),
                    &argc, &argv, &status) &&
      fbk_cmd_check_limit(cmd, session.limit, &status) && session_open(&session, &status)) {
    g_autofree char *query = g_strjoinv(" ", argv + 1);
    g_autoptr(GError) err = NULL;
    if (argc < 2)
      fbk_error_set(&err, FBK_ERR_BAD_INPUT, _("Say what to search for, as in `fubako search 締切`."));
    g_autoptr(FbkRows) rows =
        err ? NULL
            : fbk_read_search(session.home, session.account, session.catalog, query,
                              (guint)MAX(session.offset, 0), (guint)session.limit, NULL, NULL, &err);
    if (rows)
      print_rows(cmd, rows);
    else
      status = fbk_cmd_fail(cmd, err);
  }
  session_close(&session);
  return status;
}
