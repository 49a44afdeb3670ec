/* `fubako show`: one message as text or JSON. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "flow/read.h"

#define STDIN_MAX ((gsize)512 * 1024 * 1024)
#define NARROWEST 20
#define WITHOUT_WIDTH 100000 /* cells: lines as the sender wrote them */

typedef struct {
  char *account, *file, *charset, *save_dir;
  gboolean headers, raw;
  int width, part;
  FbkHome *home;
  FbkMsgRef *ref; /* of a message by number */
  FbkMessage *message;
  const FbkGuard *guard;
} Show;

/* --- JSON --- */

static void put_addresses(FbkJson *json, const char *key, const GPtrArray *addresses)
{
  fbk_json_array(json, key);
  for (guint i = 0; i < addresses->len; i++) {
    const FbkAddress *address = addresses->pdata[i];
    fbk_json_object(json, NULL);
    fbk_json_string(json, "name", address->name);
    fbk_json_string(json, "address", address->address);
    fbk_json_end(json);
  }
  fbk_json_end(json);
}

static void put_envelope(FbkJson *json, const FbkEnvelope *envelope)
{
  g_autoptr(GDateTime) date = envelope->date ? g_date_time_new_from_unix_utc(envelope->date) : NULL;
  g_autofree char *iso = date ? g_date_time_format_iso8601(date) : NULL;
  fbk_json_string(json, "subject", envelope->subject);
  put_addresses(json, "from", envelope->from);
  put_addresses(json, "to", envelope->to);
  put_addresses(json, "cc", envelope->cc);
  put_addresses(json, "reply_to", envelope->reply_to);
  fbk_json_string(json, "date", iso);
  fbk_json_string(json, "message_id", envelope->message_id);
}

static void put_body(FbkJson *json, const FbkPage *page)
{
  g_autoptr(GString) body = g_string_new(NULL);
  for (guint i = page->header_lines; i < page->count; i++) {
    g_autofree char *line = fbk_page_line_text(page, i);
    g_string_append(body, line);
    g_string_append_c(body, '\n');
  }
  fbk_json_string(json, "body", body->str);
}

static void put_attachments(FbkJson *json, const FbkPage *page)
{
  fbk_json_array(json, "attachments");
  for (guint i = 0; i < page->parts->len; i++) {
    const FbkPagePart *part = page->parts->pdata[i];
    if (!part->attachment)
      continue;
    fbk_json_object(json, NULL);
    fbk_json_int(json, "part", part->number);
    fbk_json_string(json, "name", part->name);
    fbk_json_string(json, "type", part->type);
    fbk_json_int(json, "size", (gint64)part->size);
    fbk_json_end(json);
  }
  fbk_json_end(json);
}

static void put_links(FbkJson *json, const FbkPage *page)
{
  fbk_json_array(json, "links");
  for (guint i = 0; i < page->links->len; i++) {
    const FbkPageLink *link = page->links->pdata[i];
    fbk_json_object(json, NULL);
    fbk_json_string(json, "text", link->text);
    fbk_json_string(json, "href", link->raw_href);
    fbk_json_string(json, "host", link->verdict->host);
    fbk_json_string(json, "class", fbk_link_class_name(link->verdict->class_));
    fbk_json_string(json, "rule", link->verdict->rule);
    fbk_json_int(json, "severity", link->verdict->severity);
    fbk_json_string(json, "sentence", link->verdict->sentence);
    fbk_json_end(json);
  }
  fbk_json_end(json);
}

static void print_json(const FbkMessage *message, const FbkPage *page)
{
  FbkJson *json = fbk_json_new();
  fbk_json_object(json, NULL);
  put_envelope(json, message->envelope);
  put_body(json, page);
  put_attachments(json, page);
  put_links(json, page);
  fbk_json_array(json, "notices");
  for (guint i = 0; i < page->notices->len; i++)
    fbk_json_string(json, NULL, page->notices->pdata[i]);
  fbk_json_end(json);
  fbk_json_end(json);
  fbk_json_print(json);
}

/* --- text --- */

static int terminal_width(void)
{
  struct winsize size = {0};
  if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col >= NARROWEST)
    return size.ws_col;
  return 80;
}

static void print_text(const FbkPage *page)
{
  if (page->worst >= 0) {
    const FbkVerdict *verdict = ((const FbkPageLink *)page->links->pdata[page->worst])->verdict;
    fbk_out("✗ %s  ", fbk_link_class_word(verdict->class_));
    fbk_out_gated(verdict->sentence);
    fbk_out("\n\n");
  }
  for (guint i = 0; i < page->count; i++) {
    g_autofree char *line = fbk_page_line_text(page, i);
    fbk_out("%s\n", line);
  }
}

/* --- which message --- */

/* A number of the catalogue, or id:MESSAGE-ID. */
static FbkMsgRef *find_message(const Show *show, const FbkAccount *account, const char *wanted, GError **err)
{
  g_autofree char *path = fbk_home_catalog_path(show->home, account->name);
  g_autoptr(FbkCatalog) catalog = NULL;
  gint64 id = 0;
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    fbk_error_set(err, FBK_ERR_NOT_FOUND, _("No mail has been fetched yet. `fubako sync` fetches it."));
    return NULL;
  }
  if (!(catalog = fbk_catalog_open(path, NULL, err)))
    return NULL;
  if (g_str_has_prefix(wanted, "id:")) {
    if (!fbk_catalog_by_message_id(catalog, wanted + 3, &id, err))
      return NULL;
  } else if (!g_ascii_string_to_signed(wanted, 10, 1, G_MAXINT64, &id, NULL)) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("'%s' is no message number. `fubako list` shows them."), wanted);
    return NULL;
  }
  if (!id) {
    fbk_error_set(err, FBK_ERR_NOT_FOUND, _("There is no message %s here."), wanted);
    return NULL;
  }
  return fbk_read_ref(account->name, catalog, id, err);
}

static gboolean open_message(Show *show, FbkCmd *cmd, const char *wanted, int *status)
{
  g_autoptr(GError) err = NULL;
  if (!(show->home = fbk_cmd_home(cmd, status)))
    return FALSE;
  const FbkAccount *account = fbk_home_account(show->home, show->account);
  show->guard = fbk_home_guard(show->home, account);
  if (show->file)
    show->message = fbk_read_message(show->file, STDIN_MAX, &err);
  else if (!wanted)
    fbk_error_set(&err, FBK_ERR_BAD_INPUT,
                  _("Say which message: its number in `fubako list`, or --file FILE."));
  else if (!account) {
    *status = fbk_cmd_no_account(cmd, show->account);
    return FALSE;
  } else if ((show->ref = find_message(show, account, wanted, &err))) {
    g_autofree char *path = fbk_read_path(show->home, show->ref, &err);
    show->message = path ? fbk_message_open(path, &err) : NULL;
  }
  if (!show->message)
    *status = fbk_cmd_fail(cmd, err);
  return show->message != NULL;
}

static int save_part(const Show *show, FbkCmd *cmd)
{
  g_autoptr(GError) err = NULL;
  g_autofree char *path = NULL;
  if (!fbk_read_save_part_of(show->message, (guint)MAX(show->part, 0), show->save_dir ? show->save_dir : ".",
                             &path, &err))
    return fbk_cmd_fail(cmd, err);
  if (cmd->json) {
    FbkJson *json = fbk_json_new();
    fbk_json_object(json, NULL);
    fbk_json_string(json, "saved", path);
    fbk_json_end(json);
    fbk_json_print(json);
  } else {
    fbk_out("%s", _("Saved: "));
    fbk_out_gated(path);
    fbk_out("\n");
  }
  return 0;
}

static int show_message(const Show *show, FbkCmd *cmd)
{
  if (show->part)
    return save_part(show, cmd);
  int width = show->width ? MAX(show->width, NARROWEST) : cmd->json ? WITHOUT_WIDTH : terminal_width();
  const FbkReadStyle style = {width, show->charset, show->headers, show->raw, show->guard};
  g_autoptr(FbkPage) page = fbk_page_make(show->message, &style);
  if (cmd->json)
    print_json(show->message, page);
  else
    print_text(page);
  return 0;
}

int fbk_cmd_show(FbkCmd *cmd, int argc, char **argv)
{
  Show show = {0};
  const GOptionEntry entries[] = {
      {"account", 'a', 0, G_OPTION_ARG_STRING, &show.account, N_("Of this account (the first one otherwise)"),
       N_("NAME")},
      {"file", 'f', 0, G_OPTION_ARG_FILENAME, &show.file, N_("A message in a file, - for standard input"),
       N_("FILE")},
      {"headers", 0, 0, G_OPTION_ARG_NONE, &show.headers, N_("All header fields"), NULL},
      {"raw", 0, 0, G_OPTION_ARG_NONE, &show.raw, N_("The source"), NULL},
      {"charset", 0, 0, G_OPTION_ARG_STRING, &show.charset, N_("Read the text in this character set"),
       N_("NAME")},
      {"width", 0, 0, G_OPTION_ARG_INT, &show.width, N_("Lay out for N columns"), N_("N")},
      {"save", 0, 0, G_OPTION_ARG_INT, &show.part, N_("Save part N instead of showing the message"), N_("N")},
      {"to", 0, 0, G_OPTION_ARG_FILENAME, &show.save_dir, N_("Where --save puts it (here otherwise)"),
       N_("DIR")},
      {NULL}};
  int status = 0;
  if (fbk_cmd_parse(
          cmd, entries, _("NUMBER | id:MESSAGE-ID | --file FILE"),
          _("Prints a message as the reader shows it.\n\nExamples:\n  fubako show 12\n  fubako show --file "
            "notice.eml --json\n  fubako show 12 --save 2 --to ~/Downloads"),
          &argc, &argv, &status) &&
      open_message(&show, cmd, argc > 1 ? argv[1] : NULL, &status))
    status = show_message(&show, cmd);
  g_clear_pointer(&show.message, fbk_message_free);
  g_clear_pointer(&show.ref, fbk_msg_ref_free);
  g_clear_pointer(&show.home, fbk_home_free);
  g_free(show.account);
  g_free(show.file);
  g_free(show.charset);
  g_free(show.save_dir);
  return status;
}
