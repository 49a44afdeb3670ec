/* Reads and writes account files. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/account.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/ini.h"
#include "store/value.h"

#define SUFFIX ".ini"
#define NAME_CAP 32

/* --- the value --- */

FbkAccount *fbk_account_new(void)
{
  FbkAccount *account = g_new0(FbkAccount, 1);
  account->name = g_strdup("");
  account->profile = g_strdup("");
  account->user = g_strdup("");
  account->address = g_strdup("");
  account->real_name = g_strdup("");
  account->secret_command = g_strdup("");
  account->prefix_file = g_strdup("");
  return account;
}

FbkAccount *fbk_account_copy(const FbkAccount *account)
{
  FbkAccount *copy = g_new0(FbkAccount, 1);
  *copy = *account;
  copy->name = g_strdup(account->name);
  copy->profile = g_strdup(account->profile);
  copy->user = g_strdup(account->user);
  copy->address = g_strdup(account->address);
  copy->real_name = g_strdup(account->real_name);
  copy->secret_command = g_strdup(account->secret_command);
  copy->prefix_file = g_strdup(account->prefix_file);
  copy->incoming = account->incoming != NULL ? fbk_server_copy(account->incoming) : NULL;
  copy->outgoing = account->outgoing != NULL ? fbk_server_copy(account->outgoing) : NULL;
  return copy;
}

void fbk_account_free(FbkAccount *account)
{
  if (account == NULL)
    return;
  g_free(account->name);
  g_free(account->profile);
  g_free(account->user);
  g_free(account->address);
  g_free(account->real_name);
  g_free(account->secret_command);
  g_free(account->prefix_file);
  fbk_server_free(account->incoming);
  fbk_server_free(account->outgoing);
  g_free(account);
}

/* --- names --- */

gboolean fbk_account_name_is_valid(const char *name)
{
  return fbk_value_is_name(name);
}

static char *path_of(const char *directory, const char *name)
{
  g_autofree char *file = g_strconcat(name, SUFFIX, NULL);
  return g_build_filename(directory, file, NULL);
}

static gboolean is_taken(const char *directory, const char *name)
{
  g_autofree char *path = path_of(directory, name);
  return g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(path, G_FILE_TEST_IS_SYMLINK);
}

char *fbk_account_make_name(const char *directory, const char *wanted)
{
  g_autoptr(GString) base = g_string_new(NULL);
  for (const char *at = wanted; *at != '\0' && *at != '@' && base->len < NAME_CAP - 4; at++) {
    if (g_ascii_isalnum(*at))
      g_string_append_c(base, g_ascii_tolower(*at));
    else if (base->len > 0 && base->str[base->len - 1] != '-')
      g_string_append_c(base, '-');
  }
  while (base->len > 0 && base->str[base->len - 1] == '-')
    g_string_truncate(base, base->len - 1);
  if (base->len == 0)
    g_string_assign(base, "mail");
  char *name = g_strdup(base->str);
  for (guint number = 2; is_taken(directory, name); number++) {
    g_free(name);
    name = g_strdup_printf("%s-%u", base->str, number);
  }
  return name;
}

/* --- the format --- */

#define AT(field) G_STRUCT_OFFSET(FbkAccount, field)

static const FbkValueSpec account_specs[] = {
    {"name", FBK_VALUE_NAME, AT(name), TRUE},
    {"profile", FBK_VALUE_NAME, AT(profile)},
    {"user", FBK_VALUE_PLAIN, AT(user), TRUE},
    {"address", FBK_VALUE_ADDRESS, AT(address), TRUE},
    {"real-name", FBK_VALUE_PLAIN, AT(real_name)},
    {"poll-minutes", FBK_VALUE_NUMBER, AT(poll_minutes), FALSE, 1, 1440},
    {NULL}};

static const char *const keeps[] = {"ask", "command", "gpg", NULL};
static const FbkValueSpec secret_specs[] = {{"keep", FBK_VALUE_ONE_OF, AT(keep), TRUE, 0, 0, keeps},
                                            {"command", FBK_VALUE_PLAIN, AT(secret_command)},
                                            {"prefix", FBK_VALUE_YES_NO, AT(has_prefix)},
                                            {"prefix-file", FBK_VALUE_PLAIN, AT(prefix_file)},
                                            {NULL}};

typedef struct {
  guint protocol, security, auth, port;
  char *host;
} ServerValues;

#define SERVER_AT(field) G_STRUCT_OFFSET(ServerValues, field)
static const char *const protocols[] = {"imap", "pop", "smtp", NULL};              /* by FbkProtocol */
static const char *const securities[] = {"tls", "starttls", NULL};                 /* by FbkSecurity */
static const char *const auths[] = {"any", "plain", "login", "plain login", NULL}; /* by the FbkAuth bits */
static const FbkValueSpec server_specs[] = {
    {"protocol", FBK_VALUE_ONE_OF, SERVER_AT(protocol), TRUE, 0, 0, protocols},
    {"host", FBK_VALUE_HOST, SERVER_AT(host), TRUE},
    {"port", FBK_VALUE_NUMBER, SERVER_AT(port), TRUE, 1, 65535},
    {"security", FBK_VALUE_ONE_OF, SERVER_AT(security), TRUE, 0, 0, securities},
    {"auth", FBK_VALUE_ONE_OF, SERVER_AT(auth), FALSE, 0, 0, auths},
    {NULL}};

static const FbkValueSection sections[] = {{"account", FALSE, account_specs},
                                           {"incoming", FALSE, server_specs},
                                           {"outgoing", FALSE, server_specs},
                                           {"secret", FALSE, secret_specs},
                                           {NULL}};

static gboolean has_section(const FbkIni *ini, const char *section)
{
  for (guint i = 0; i < ini->entries->len; i++)
    if (strcmp(((const FbkIniEntry *)g_ptr_array_index(ini->entries, i))->section, section) == 0)
      return TRUE;
  return FALSE;
}

static FbkServer *parse_server(const FbkIni *ini, const char *section, gboolean sends, GError **err)
{
  ServerValues values;
  FbkServer *server = NULL;
  if (fbk_value_fill(ini, section, server_specs, &values, err)) {
    if ((values.protocol == FBK_PROTOCOL_SMTP) == sends) {
      server = fbk_server_new((FbkProtocol)values.protocol, values.host, (guint16)values.port,
                              (FbkSecurity)values.security);
      server->auth = values.auth;
    } else
      fbk_ini_complain(ini, fbk_ini_entry(ini, section, "protocol")->line, err,
                       _("mail comes in by \"imap\" or \"pop\" and goes out by \"smtp\""));
  }
  fbk_value_clear(server_specs, &values);
  return server;
}

/* What the table cannot say. */
static gboolean check_account(const FbkIni *ini, const FbkAccount *account, GError **err)
{
  g_autofree char *base = g_path_get_basename(ini->name);
  g_autofree char *wanted = g_strconcat(account->name, SUFFIX, NULL);
  if (strcmp(base, wanted) != 0) {
    fbk_ini_complain(ini, fbk_ini_entry(ini, "account", "name")->line, err,
                     _("the name must be that of the file: the file of \"%s\" is %s"), account->name, wanted);
    return FALSE;
  }
  gboolean has_command = *account->secret_command != '\0';
  if ((account->keep == FBK_SECRET_COMMAND) != has_command) {
    fbk_ini_complain(ini, fbk_value_section_line(ini, "secret"), err,
                     _("\"keep = command\" and \"command = ...\" belong together"));
    return FALSE;
  }
  g_autoptr(GError) foreign = NULL;
  if (has_command && !g_shell_parse_argv(account->secret_command, NULL, NULL, &foreign)) {
    fbk_ini_complain(ini, fbk_ini_entry(ini, "secret", "command")->line, err, _("bad command: %s"),
                     foreign->message);
    return FALSE;
  }
  return TRUE;
}

static FbkAccount *parse(const FbkIni *ini, GError **err)
{
  if (!fbk_value_check_known(ini, sections, err))
    return NULL;
  g_autoptr(FbkAccount) account = g_new0(FbkAccount, 1);
  if (!fbk_value_fill(ini, "account", account_specs, account, err) ||
      !fbk_value_fill(ini, "secret", secret_specs, account, err) || !check_account(ini, account, err) ||
      !(account->incoming = parse_server(ini, "incoming", FALSE, err)))
    return NULL;
  if (has_section(ini, "outgoing") && !(account->outgoing = parse_server(ini, "outgoing", TRUE, err)))
    return NULL;
  return g_steal_pointer(&account);
}

FbkAccount *fbk_account_read(const char *path, GError **err)
{
  if (!fbk_file_check_private(path, TRUE, err))
    return NULL;
  g_autoptr(FbkIni) ini = fbk_ini_read(path, err);
  return ini != NULL ? parse(ini, err) : NULL;
}

static int compare_strings(gconstpointer left, gconstpointer right)
{
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The paths of the account files in directory, sorted by account name. */
static GPtrArray *list_names(const char *directory, GError **err)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) foreign = NULL;
  g_autoptr(GDir) dir = g_dir_open(directory, 0, &foreign);
  if (dir == NULL) {
    if (g_error_matches(foreign, G_FILE_ERROR, G_FILE_ERROR_NOENT))
      return g_steal_pointer(&names);
    fbk_error_take(err, g_steal_pointer(&foreign), _("Cannot read the accounts"));
    return NULL;
  }
  for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir))
    if (name[0] != '.' && g_str_has_suffix(name, SUFFIX))
      g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(SUFFIX)));
  g_ptr_array_sort(names, compare_strings);
  return g_steal_pointer(&names);
}

GPtrArray *fbk_account_read_all(const char *directory, GError **err)
{
  g_autoptr(GPtrArray) names = list_names(directory, err);
  if (names == NULL)
    return NULL;
  g_autoptr(GPtrArray) accounts = g_ptr_array_new_with_free_func((GDestroyNotify)fbk_account_free);
  /* Who may change the directory may put an account there. */
  if (names->len > 0 && !fbk_file_check_private(directory, FALSE, err))
    return NULL;
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = path_of(directory, g_ptr_array_index(names, i));
    FbkAccount *account = fbk_account_read(path, err);
    if (account == NULL)
      return NULL;
    g_ptr_array_add(accounts, account);
  }
  return g_steal_pointer(&accounts);
}

/* --- writing --- */

/* Nothing that the next reading would refuse or read as something else. */
static gboolean check_value(const char *key, const char *value, GError **err)
{
  gsize len = strlen(value);
  gboolean good = g_utf8_validate(value, -1, NULL) && len <= 1000;
  for (const char *at = value; good && *at != '\0'; at = g_utf8_next_char(at))
    good = !g_unichar_iscntrl(g_utf8_get_char(at));
  /* Blanks at the ends would be lost. */
  good = good && (len == 0 || (!g_ascii_isspace(value[0]) && !g_ascii_isspace(value[len - 1])));
  if (!good)
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("\"%s\" has control characters or blanks at its ends, or is too long; type it again."),
                  key);
  return good;
}

static gboolean append(GString *text, const char *key, const char *value, GError **err)
{
  if (!check_value(key, value, err))
    return FALSE;
  if (*value != '\0')
    fbk_ini_append(text, key, value);
  return TRUE;
}

static gboolean append_server(GString *text, const char *section, const FbkServer *server, GError **err)
{
  g_autofree char *port = g_strdup_printf("%u", server->port);
  g_string_append_printf(text, "\n[%s]\n", section);
  return append(text, "protocol", protocols[server->protocol], err) &&
         append(text, "host", server->host, err) && append(text, "port", port, err) &&
         append(text, "security", securities[server->security], err) &&
         append(text, "auth", auths[server->auth & 3], err);
}

static gboolean format_account(const FbkAccount *account, GString *text, GError **err)
{
  g_assert(account->incoming != NULL);
  g_autofree char *minutes =
      account->poll_minutes != 0 ? g_strdup_printf("%u", account->poll_minutes) : g_strdup("");
  g_string_append(
      text, "# An account of Fubako; `fubako setup` makes such files. No password stands here.\n[account]\n");
  if (!append(text, "name", account->name, err) || !append(text, "profile", account->profile, err) ||
      !append(text, "user", account->user, err) || !append(text, "address", account->address, err) ||
      !append(text, "real-name", account->real_name, err) || !append(text, "poll-minutes", minutes, err) ||
      !append_server(text, "incoming", account->incoming, err) ||
      (account->outgoing != NULL && !append_server(text, "outgoing", account->outgoing, err)))
    return FALSE;
  g_string_append(text, "\n[secret]\n");
  const char *command = account->keep == FBK_SECRET_COMMAND ? account->secret_command : "";
  const char *prefix_file = account->keep == FBK_SECRET_COMMAND ? account->prefix_file : "";
  return append(text, "keep", keeps[account->keep], err) && append(text, "command", command, err) &&
         append(text, "prefix-file", prefix_file, err) &&
         append(text, "prefix", account->has_prefix ? "yes" : "no", err);
}

gboolean fbk_account_write(const char *directory, const FbkAccount *account, gboolean replace, GError **err)
{
  g_autoptr(GString) text = g_string_new(NULL);
  g_autofree char *path = path_of(directory, account->name);
  if (!fbk_account_name_is_valid(account->name)) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("\"%s\" cannot be the name of an account; use a-z, 0-9 and \"-\"."), account->name);
    return FALSE;
  }
  if (!format_account(account, text, err))
    return FALSE;
  /* What cannot be read again is not written. */
  g_autoptr(FbkIni) ini = fbk_ini_parse(path, text->str, text->len, err);
  g_autoptr(FbkAccount) again = ini != NULL ? parse(ini, err) : NULL;
  if (again == NULL || !fbk_file_make_dir(directory, err))
    return FALSE;
  if (!replace && is_taken(directory, account->name)) {
    fbk_error_set(err, FBK_ERR_EXISTS, _("There is an account \"%s\" already."), account->name);
    return FALSE;
  }
  return fbk_file_write(path, text->str, text->len, err);
}
