/* fubako profile: server profiles listed, shown, checked, imported and exported. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "cmd/cmd.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd/out.h"
#include "store/autoconfig.h"

#define FILE_CAP (1024 * 1024)

/* --- list --- */

static void put_row(FbkJson *json, const FbkProfile *profile)
{
  fbk_json_object(json, NULL);
  fbk_json_string(json, "name", profile->name);
  fbk_json_string(json, "title", profile->title);
  fbk_json_string(json, "institution", profile->institution);
  fbk_json_string(json, "place", profile->place);
  fbk_json_string(json, "file", *profile->path ? profile->path : NULL);
  fbk_json_end(json);
}

static void print_row(const FbkProfile *profile, int width)
{
  fbk_out("%-*s  ", width, profile->name);
  fbk_out_gated(profile->title);
  if (*profile->path) {
    fbk_out("  (");
    fbk_out_gated(profile->path);
    fbk_out(")");
  }
  fbk_out("\n");
}

static void list_as_json(const FbkHome *home)
{
  FbkJson *json = fbk_json_new();
  fbk_json_array(json, NULL);
  for (guint i = 0; i < home->profiles->len; i++)
    put_row(json, home->profiles->pdata[i]);
  fbk_json_end(json);
  fbk_json_print(json);
}

static void list_as_text(const FbkHome *home)
{
  int width = 0;
  for (guint i = 0; i < home->profiles->len; i++)
    width = MAX(width, (int)strlen(((const FbkProfile *)home->profiles->pdata[i])->name));
  for (guint i = 0; i < home->profiles->len; i++)
    print_row(home->profiles->pdata[i], width);
}

static int list_all(const FbkCmd *cmd, const FbkHome *home)
{
  if (cmd->json)
    list_as_json(home);
  else
    list_as_text(home);
  return 0;
}

/* --- show --- */

static void print_offers_json(FbkJson *json, const FbkProfile *profile)
{
  static const char *const protocols[] = {"imap", "pop", "smtp"};
  static const char *const securities[] = {"tls", "starttls"};
  fbk_json_array(json, "servers");
  for (guint i = 0; i < profile->offers->len; i++) {
    const FbkOffer *offer = profile->offers->pdata[i];
    fbk_json_object(json, NULL);
    fbk_json_string(json, "protocol", protocols[offer->server->protocol]);
    fbk_json_string(json, "host", offer->server->host);
    fbk_json_int(json, "port", offer->server->port);
    fbk_json_string(json, "security", securities[offer->server->security]);
    fbk_json_bool(json, "recommended", offer->recommended);
    fbk_json_end(json);
  }
  fbk_json_end(json);
}

static void print_notices_json(FbkJson *json, const FbkProfile *profile)
{
  fbk_json_array(json, "notices");
  for (guint i = 0; i < profile->notices->len; i++) {
    const FbkNotice *notice = profile->notices->pdata[i];
    fbk_json_object(json, NULL);
    fbk_json_string(json, "id", notice->id);
    fbk_json_string(json, "when", fbk_notice_when_name(notice->when));
    fbk_json_string(json, "from", *notice->from ? notice->from : NULL);
    fbk_json_string(json, "until", *notice->until ? notice->until : NULL);
    fbk_json_string(json, "text", notice->text);
    fbk_json_end(json);
  }
  fbk_json_end(json);
}

/* A limit that the profile does not have is null, not 0. */
static void print_limit_json(FbkJson *json, const char *key, guint64 limit)
{
  if (limit)
    fbk_json_int(json, key, (gint64)limit);
  else
    fbk_json_string(json, key, NULL);
}

static void print_profile_json(const FbkProfile *profile)
{
  FbkJson *json = fbk_json_new();
  fbk_json_object(json, NULL);
  fbk_json_string(json, "name", profile->name);
  fbk_json_string(json, "title", profile->title);
  fbk_json_string(json, "institution", profile->institution);
  fbk_json_string(json, "institution_title", profile->institution_title);
  fbk_json_string(json, "place", profile->place);
  fbk_json_string(json, "mail_domain", profile->mail_domain);
  fbk_json_string(json, "webmail", *profile->webmail ? profile->webmail : NULL);
  fbk_json_string(json, "contact", *profile->contact ? profile->contact : NULL);
  fbk_json_string(json, "retired", *profile->retired ? profile->retired : NULL);
  fbk_json_string(json, "user", profile->user_label);
  fbk_json_string(json, "user_hint", profile->user_hint);
  fbk_json_bool(json, "password_prefix", profile->has_prefix);
  print_offers_json(json, profile);
  print_limit_json(json, "poll_minutes", profile->poll_floor_minutes);
  print_limit_json(json, "batch", profile->batch_limit);
  print_limit_json(json, "inactive_days", profile->inactive_days);
  print_limit_json(json, "lockout_minutes", profile->lockout_minutes);
  print_limit_json(json, "trash_days", profile->trash_days);
  print_limit_json(json, "junk_days", profile->junk_days);
  print_limit_json(json, "message_bytes", profile->message_bytes);
  fbk_json_string(json, "quota", *profile->quota ? profile->quota : NULL);
  print_notices_json(json, profile);
  fbk_json_end(json);
  fbk_json_print(json);
}

/* The text of its file. */
static GBytes *text_of(const FbkProfile *profile, GError **err)
{
  gsize len = 0;
  char *text = *profile->path ? fbk_file_read(profile->path, FILE_CAP, &len, err) : NULL;
  if (*profile->path)
    return text ? g_bytes_new_take(text, len) : NULL;
  return fbk_profile_shipped_text(profile->name);
}

/* As it was written, so that it can be the start of another one: byte for byte into a file. */
static int print_text(const FbkCmd *cmd, const FbkProfile *profile, gboolean exact)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(GBytes) bytes = text_of(profile, &err);
  if (!bytes)
    return fbk_cmd_fail(cmd, err);
  gsize len = 0;
  const char *text = g_bytes_get_data(bytes, &len);
  if (exact && !isatty(STDOUT_FILENO)) {
    fwrite(text, 1, len, stdout);
    return 0;
  }
  g_autofree char *clean = fbk_text_gate(text, (gssize)len, FBK_GATE_LINES);
  fbk_out("%s", clean);
  return 0;
}

static const FbkProfile *find(const FbkHome *home, const char *name, GError **err)
{
  const FbkProfile *profile = fbk_profile_find(home->profiles, name);
  if (!profile)
    fbk_error_set(err, FBK_ERR_NOT_FOUND, _("There is no profile \"%s\"; `fubako profile list` names them."),
                  name);
  return profile;
}

static int show(const FbkCmd *cmd, const FbkHome *home, const char *name)
{
  g_autoptr(GError) err = NULL;
  const FbkProfile *profile = find(home, name, &err);
  if (!profile)
    return fbk_cmd_fail(cmd, err);
  if (!cmd->json)
    return print_text(cmd, profile, FALSE);
  print_profile_json(profile);
  return 0;
}

/* --- export --- */

static int export(const FbkCmd *cmd, const FbkHome *home, const char *name, gboolean as_autoconfig)
{
  g_autoptr(GError) err = NULL;
  const FbkProfile *profile = find(home, name, &err);
  if (!profile)
    return fbk_cmd_fail(cmd, err);
  if (!as_autoconfig)
    return print_text(cmd, profile, TRUE);
  g_autofree char *xml = fbk_profile_autoconfig(profile);
  fbk_out("%s", xml);
  return 0;
}

/* --- import --- */

/* The text of a profile's file, whichever of the two formats that is written in. */
static char *read_foreign(const char *path, GPtrArray *notes, gsize *len_out, GError **err)
{
  g_autofree char *text = fbk_file_read(path, FILE_CAP, len_out, err);
  if (!text || !fbk_autoconfig_is_xml(text, *len_out))
    return g_steal_pointer(&text);
  g_autoptr(FbkProfileDraft) draft = fbk_autoconfig_read(path, text, *len_out, notes, err);
  char *written = draft ? fbk_profile_draft_text(draft) : NULL;
  *len_out = written ? strlen(written) : 0;
  return written;
}

static void print_notes(const GPtrArray *notes)
{
  for (guint i = 0; i < notes->len; i++) {
    fbk_out_gated(notes->pdata[i]);
    fbk_out("\n");
  }
}

static void print_imported(const FbkCmd *cmd, const FbkProfile *profile, const GPtrArray *notes)
{
  if (cmd->json) {
    FbkJson *json = fbk_json_new();
    fbk_json_object(json, NULL);
    fbk_json_string(json, "name", profile->name);
    fbk_json_string(json, "file", profile->path);
    fbk_json_array(json, "notes");
    for (guint i = 0; i < notes->len; i++)
      fbk_json_string(json, NULL, notes->pdata[i]);
    fbk_json_end(json);
    fbk_json_end(json);
    fbk_json_print(json);
    return;
  }
  print_notes(notes);
  fbk_out_gated(profile->path);
  fbk_out(": ");
  fbk_out(_("profile '%s' is there now; `fubako setup` offers it.\n"), profile->name);
}

static int import(const FbkCmd *cmd, const FbkHome *home, const char *path, gboolean replace)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
  gsize len = 0;
  g_autofree char *text = read_foreign(path, notes, &len, &err);
  g_autofree char *directory = g_build_filename(home->paths->config, "profiles", NULL);
  g_autoptr(FbkProfile) profile =
      text ? fbk_profile_save(directory, home->profiles, path, text, len, replace, &err) : NULL;
  if (!profile)
    return fbk_cmd_fail(cmd, err);
  print_imported(cmd, profile, notes);
  return 0;
}

/* --- check --- */

/* Needs no home, so that a file that keeps the program from starting can be checked. */
static int check(const FbkCmd *cmd, const char *path)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
  gsize len = 0;
  g_autofree char *text = read_foreign(path, notes, &len, &err);
  g_autoptr(FbkIni) ini = text ? fbk_ini_parse(path, text, len, &err) : NULL;
  g_autoptr(FbkProfile) profile = ini ? fbk_profile_parse(ini, &err) : NULL;
  if (!profile)
    return fbk_cmd_fail(cmd, err);
  if (cmd->json) {
    FbkJson *json = fbk_json_new();
    fbk_json_object(json, NULL);
    fbk_json_string(json, "file", path);
    fbk_json_string(json, "name", profile->name);
    fbk_json_bool(json, "ok", TRUE);
    fbk_json_end(json);
    fbk_json_print(json);
  } else {
    print_notes(notes);
    fbk_out_gated(path);
    fbk_out(": %s\n", _("ok"));
  }
  return 0;
}

/* The verbs that need a home. */
static int run(FbkCmd *cmd, const char *verb, const char *word, gboolean as_autoconfig, gboolean replace)
{
  int status = 0;
  g_autoptr(FbkHome) home = fbk_cmd_home(cmd, &status);
  if (!home)
    return status;
  if (strcmp(verb, "list") == 0)
    return list_all(cmd, home);
  if (strcmp(verb, "show") == 0)
    return show(cmd, home, word);
  if (strcmp(verb, "export") == 0)
    return export(cmd, home, word, as_autoconfig);
  return import(cmd, home, word, replace);
}

int fbk_cmd_profile(FbkCmd *cmd, int argc, char **argv)
{
  static const char *const with_word[] = {"show", "check", "import", "export", NULL};
  int status = 0;
  gboolean as_autoconfig = FALSE, replace = FALSE;
  const GOptionEntry entries[] = {{"autoconfig", 0, 0, G_OPTION_ARG_NONE, &as_autoconfig,
                                   N_("export: as autoconfig XML, for other mail programs"), NULL},
                                  {"replace", 0, 0, G_OPTION_ARG_NONE, &replace,
                                   N_("import: in the place of a profile of that name"), NULL},
                                  {NULL}};
  if (!fbk_cmd_parse(cmd, entries, _("list | show NAME | check FILE|- | import FILE|- | export NAME"),
                     _("Profiles say how the mail service of an institution is reached. Examples:\n"
                       "  fubako profile list\n"
                       "  fubako profile export jaist > mine.conf\n"
                       "  fubako profile check mine.conf\n"
                       "  fubako profile import mine.conf\n"
                       "  fubako profile import config-v1.1.xml\n"
                       "The format is described in fubako-profile(5)."),
                     &argc, &argv, &status))
    return status;
  const char *verb = argc > 1 ? argv[1] : "list";
  gboolean is_list = strcmp(verb, "list") == 0 && argc <= 2;
  gboolean is_other = argc == 3 && g_strv_contains(with_word, verb);
  gboolean fits =
      (!as_autoconfig || strcmp(verb, "export") == 0) && (!replace || strcmp(verb, "import") == 0);
  if (!fits || !(is_list || is_other)) {
    g_autoptr(GError) err = NULL;
    fbk_error_set(
        &err, FBK_ERR_BAD_INPUT,
        _("Say: fubako profile list, show NAME, check FILE, import FILE [--replace], or export NAME "
          "[--autoconfig]."));
    return fbk_cmd_fail(cmd, err);
  }
  if (strcmp(verb, "check") == 0)
    return check(cmd, argv[2]);
  return run(cmd, verb, is_list ? NULL : argv[2], as_autoconfig, replace);
}
