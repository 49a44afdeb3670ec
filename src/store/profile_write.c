/* Writes profiles: as our text, as a file, as autoconfig XML. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/profile_write.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "store/value.h"

#define NAME_CAP 32
#define VALUE_CAP 1000

/* Plain words of the format and of the XML, by FbkProtocol and FbkSecurity. */
static const char *const sections[] = {"imap", "pop", "smtp"};
static const char *const securities[] = {"tls", "starttls"};
static const char *const user_kinds[] = {"id", "auth-id", "address"};

/* --- drafts --- */

FbkProfileDraft *fbk_profile_draft_new(void)
{
  FbkProfileDraft *draft = g_new0(FbkProfileDraft, 1);
  draft->domains = g_ptr_array_new_with_free_func(g_free);
  draft->servers = g_ptr_array_new_with_free_func((GDestroyNotify)fbk_server_free);
  return draft;
}

void fbk_profile_draft_free(FbkProfileDraft *draft)
{
  if (draft == NULL)
    return;
  g_free(draft->name);
  g_free(draft->title);
  g_free(draft->mail_domain);
  g_free(draft->webmail);
  g_free(draft->contact);
  g_free(draft->user_pattern);
  g_free(draft->user_hint);
  g_ptr_array_unref(draft->domains);
  g_ptr_array_unref(draft->servers);
  g_free(draft);
}

gboolean fbk_profile_draft_add(FbkProfileDraft *draft, FbkServer *server)
{
  gboolean is_new = TRUE;
  for (guint i = 0; i < draft->servers->len; i++) {
    const FbkServer *other = g_ptr_array_index(draft->servers, i);
    if (other->protocol != server->protocol)
      continue;
    if (g_ascii_strcasecmp(other->host, server->host) != 0) {
      fbk_server_free(server);
      return FALSE;
    }
    is_new = is_new && other->port != server->port;
  }
  if (is_new)
    g_ptr_array_add(draft->servers, server);
  else
    fbk_server_free(server);
  return TRUE;
}

char *fbk_profile_make_name(const char *words)
{
  g_autoptr(GString) name = g_string_new(NULL);
  for (const char *at = words; *at != '\0' && name->len < NAME_CAP; at++) {
    if (g_ascii_isalnum(*at))
      g_string_append_c(name, g_ascii_tolower(*at));
    else if (name->len > 0 && name->str[name->len - 1] != '-')
      g_string_append_c(name, '-');
  }
  while (name->len > 0 && name->str[name->len - 1] == '-')
    g_string_truncate(name, name->len - 1);
  return name->len > 0 ? g_strdup(name->str) : g_strdup("imported");
}

/* Nothing where there is no value; blanks of all kinds become one space. */
static void append(GString *out, const char *key, const char *value)
{
  g_autofree char *clean = fbk_text_gate(value, -1, FBK_GATE_LINE);
  g_autoptr(GString) line = g_string_new(NULL);
  for (const char *at = clean; *at != '\0' && line->len < VALUE_CAP; at = g_utf8_next_char(at)) {
    gunichar character = g_utf8_get_char(at);
    if (!g_unichar_isspace(character))
      g_string_append_unichar(line, character);
    else if (line->len > 0 && line->str[line->len - 1] != ' ')
      g_string_append_c(line, ' ');
  }
  g_strchomp(line->str);
  if (*line->str != '\0')
    fbk_ini_append(out, key, line->str);
}

static void append_auth(GString *out, guint auth)
{
  if (auth == FBK_AUTH_PLAIN)
    fbk_ini_append(out, "auth", "plain");
  else if (auth == FBK_AUTH_LOGIN)
    fbk_ini_append(out, "auth", "login");
}

static void append_servers(GString *out, const FbkProfileDraft *draft, FbkProtocol protocol)
{
  gboolean is_first = TRUE;
  for (guint i = 0; i < draft->servers->len; i++) {
    const FbkServer *server = g_ptr_array_index(draft->servers, i);
    if (server->protocol != protocol)
      continue;
    if (is_first) {
      g_string_append_printf(out, "\n[%s]\n", sections[protocol]);
      append(out, "host", server->host);
      append_auth(out, server->auth);
    }
    g_string_append_printf(out, "port = %u %s%s\n", server->port, securities[server->security],
                           is_first ? " recommended" : "");
    is_first = FALSE;
  }
}

char *fbk_profile_draft_text(const FbkProfileDraft *draft)
{
  GString *out = g_string_new("[profile]\n");
  append(out, "name", draft->name);
  append(out, "title", draft->title);
  append(out, "mail-domain", draft->mail_domain);
  append(out, "webmail", draft->webmail);
  append(out, "contact", draft->contact);
  append_servers(out, draft, FBK_PROTOCOL_IMAP);
  append_servers(out, draft, FBK_PROTOCOL_POP);
  append_servers(out, draft, FBK_PROTOCOL_SMTP);
  g_string_append(out, "\n[identity]\n");
  fbk_ini_append(out, "user", user_kinds[draft->user_kind]);
  append(out, "user-hint", draft->user_hint);
  append(out, "user-pattern", draft->user_pattern);
  if (draft->domains->len > 0)
    g_string_append(out, "\n[guard]\n");
  for (guint i = 0; i < draft->domains->len; i++)
    append(out, "domain", g_ptr_array_index(draft->domains, i));
  return g_string_free(out, FALSE);
}

/* --- the file --- */

/* Where a profile of this name goes; NULL with EXISTS. */
static char *place_for(const char *directory, const GPtrArray *known, const char *name, gboolean replace,
                       GError **err)
{
  const FbkProfile *other = fbk_profile_find(known, name);
  if (other != NULL && !replace) {
    if (*other->path != '\0')
      fbk_error_set(
          err, FBK_ERR_EXISTS,
          _("There is a profile \"%s\" already, %s. Say --replace to put the new one in its place."), name,
          other->path);
    else
      fbk_error_set(err, FBK_ERR_EXISTS,
                    _("A profile \"%s\" comes with the program. Say --replace to use the new one instead."),
                    name);
    return NULL;
  }
  if (other != NULL && *other->path != '\0')
    return g_strdup(other->path);
  g_autofree char *file = g_strconcat(name, ".conf", NULL);
  g_autofree char *path = g_build_filename(directory, file, NULL);
  if (g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
    fbk_error_set(err, FBK_ERR_EXISTS, _("%s holds another profile. Give that file another name first."),
                  path);
    return NULL;
  }
  return g_steal_pointer(&path);
}

FbkProfile *fbk_profile_save(const char *directory, const GPtrArray *known, const char *source,
                             const char *text, gsize len, gboolean replace, GError **err)
{
  g_autoptr(FbkIni) ini = fbk_ini_parse(source, text, len, err);
  g_autoptr(FbkProfile) profile = ini != NULL ? fbk_profile_parse(ini, err) : NULL;
  g_autofree char *path = profile != NULL ? place_for(directory, known, profile->name, replace, err) : NULL;
  if (path == NULL || !fbk_file_make_dir(directory, err) || !fbk_file_write(path, text, len, err))
    return NULL;
  g_free(profile->path);
  profile->path = g_steal_pointer(&path);
  return g_steal_pointer(&profile);
}

/* --- autoconfig XML --- */

static void append_element(GString *out, const char *indent, const char *element, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text(text, -1);
  g_string_append_printf(out, "%s<%s>%s</%s>\n", indent, element, escaped, element);
}

static void append_server(GString *out, const FbkServer *server, const char *user)
{
  static const char *const types[] = {"imap", "pop3", "smtp"};
  static const char *const socket_types[] = {"SSL", "STARTTLS"};
  const char *element = server->protocol == FBK_PROTOCOL_SMTP ? "outgoingServer" : "incomingServer";
  g_string_append_printf(out, "    <%s type=\"%s\">\n", element, types[server->protocol]);
  append_element(out, "      ", "hostname", server->host);
  g_string_append_printf(out, "      <port>%u</port>\n", server->port);
  append_element(out, "      ", "socketType", socket_types[server->security]);
  append_element(out, "      ", "authentication", "password-cleartext");
  append_element(out, "      ", "username", user);
  g_string_append_printf(out, "    </%s>\n", element);
}

char *fbk_profile_autoconfig(const FbkProfile *profile)
{
  const char *user = profile->user_kind == FBK_USER_ADDRESS ? "%EMAILADDRESS%" : "%EMAILLOCALPART%";
  g_autofree char *domain = g_markup_escape_text(profile->mail_domain, -1);
  g_autofree char *webmail = g_markup_escape_text(profile->webmail, -1);
  GString *out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\">\n");
  g_string_append_printf(out, "  <emailProvider id=\"%s\">\n", domain);
  append_element(out, "    ", "domain", profile->mail_domain);
  append_element(out, "    ", "displayName", profile->title);
  append_element(out, "    ", "displayShortName", profile->institution);
  for (guint i = 0; i < profile->offers->len; i++)
    append_server(out, ((const FbkOffer *)g_ptr_array_index(profile->offers, i))->server, user);
  g_string_append(out, "  </emailProvider>\n");
  if (*webmail != '\0')
    g_string_append_printf(out, "  <webMail>\n    <loginPage url=\"%s\"/>\n  </webMail>\n", webmail);
  g_string_append(out, "</clientConfig>\n");
  return g_string_free(out, FALSE);
}
