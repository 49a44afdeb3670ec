/* Reads other mail programs' files: what their readers share. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/client_config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "mail/percent.h"
#include "store/client_config_inner.h"
#include "store/value.h"

#define VALUE_CAP 1000
#define NOTES_CAP 50 /* a file of nothing but passwords does not fill the screen */

/* --- recognising --- */

FbkClient fbk_client_named(const char *word)
{
  static const struct {
    const char *word;
    FbkClient client;
  } names[] = {{"mutt", FBK_CLIENT_MUTT},     {"neomutt", FBK_CLIENT_MUTT}, {"aerc", FBK_CLIENT_AERC},
               {"alpine", FBK_CLIENT_ALPINE}, {"pine", FBK_CLIENT_ALPINE},  {"mbsync", FBK_CLIENT_MBSYNC}};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_ascii_strcasecmp(word, names[i].word) == 0)
      return names[i].client;
  return FBK_CLIENT_UNKNOWN;
}

/* What a line that only this program writes looks like. */
static FbkClient client_of_line(const char *line)
{
  static const struct {
    FbkClient client;
    const char *pattern;
  } rows[] = {{FBK_CLIENT_MBSYNC, "^\\s*(imapaccount|imapstore|maildirstore)\\s+\\S"},
              {FBK_CLIENT_AERC, "^\\s*(source|outgoing|source-cred-cmd|outgoing-cred-cmd)\\s*=\\s*\\S"},
              {FBK_CLIENT_ALPINE, "^(inbox-path|smtp-server|personal-name|user-domain|customized-hdrs)="},
              {FBK_CLIENT_MUTT,
               "^\\s*(set|unset|source|account-hook|folder-hook|mailboxes|bind|macro|color)\\s+\\S"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    if (g_regex_match_simple(rows[i].pattern, line, G_REGEX_CASELESS, 0))
      return rows[i].client;
  return FBK_CLIENT_UNKNOWN;
}

FbkClient fbk_client_recognise(const char *bytes, gsize len)
{
  const char *end = bytes + MIN(len, FBK_CLIENT_CONFIG_CAP);
  while (bytes < end) {
    const char *stop = memchr(bytes, '\n', (gsize)(end - bytes));
    gsize line_len = (gsize)((stop != NULL ? stop : end) - bytes);
    g_autofree char *line = g_utf8_make_valid(bytes, (gssize)MIN(line_len, VALUE_CAP));
    FbkClient client = client_of_line(line);
    if (client != FBK_CLIENT_UNKNOWN)
      return client;
    bytes += line_len + 1;
  }
  return FBK_CLIENT_UNKNOWN;
}

/* --- what the readers find --- */

void fbk_client_note(FbkClientReading *reading, guint line, const char *sentence)
{
  if (reading->config->notes->len < NOTES_CAP)
    g_ptr_array_add(reading->config->notes, g_strdup_printf("%s:%u: %s", reading->name, line, sentence));
}

void fbk_client_note_password(FbkClientReading *reading, guint line)
{
  fbk_client_note(reading, line,
                  _("a password stands here in clear; it was not taken over. Keep it with a password command "
                    "or --store gpg, and remove this line"));
}

static gboolean is_clean(const char *value)
{
  if (*value == '\0' || strlen(value) > VALUE_CAP || !g_utf8_validate(value, -1, NULL))
    return FALSE;
  for (const char *at = value; *at != '\0'; at = g_utf8_next_char(at))
    if (g_unichar_iscntrl(g_utf8_get_char(at)) || g_utf8_get_char(at) == 0xfffd)
      return FALSE;
  return TRUE;
}

void fbk_client_set(char **field, const char *value)
{
  g_autofree char *trimmed = g_strstrip(g_strdup(value));
  if (*field == NULL && is_clean(trimmed))
    *field = g_steal_pointer(&trimmed);
}

void fbk_client_set_mailbox(FbkClientReading *reading, const char *mailbox)
{
  const char *open = strrchr(mailbox, '<');
  g_autofree char *address =
      open != NULL ? g_strndup(open + 1, strcspn(open + 1, ">")) : g_strstrip(g_strdup(mailbox));
  if (!fbk_value_is_address(address))
    return;
  fbk_client_set(&reading->config->address, address);
  g_autofree char *name = g_strndup(mailbox, open != NULL ? (gsize)(open - mailbox) : 0);
  g_strstrip(name);
  gsize len = strlen(name);
  if (len >= 2 && name[0] == '"' && name[len - 1] == '"') {
    name[len - 1] = '\0';
    fbk_client_set(&reading->config->real_name, name + 1);
  } else
    fbk_client_set(&reading->config->real_name, name);
}

void fbk_client_set_command(FbkClientReading *reading, guint line, const char *command)
{
  g_autofree char *clean = NULL;
  fbk_client_set(&clean, command);
  if (clean == NULL || reading->config->password_command != NULL)
    return;
  g_autoptr(GError) foreign = NULL;
  if (strpbrk(clean, "|&;<>()$`*?[]#~{}!=") != NULL) {
    g_autofree char *quoted = g_shell_quote(clean);
    g_free(clean);
    clean = g_strconcat("sh -c ", quoted, NULL);
  }
  if (g_shell_parse_argv(clean, NULL, NULL, &foreign))
    reading->config->password_command = g_steal_pointer(&clean);
  else
    fbk_client_note(reading, line,
                    _("the quotes of the password command do not match; it was not taken over"));
}

void fbk_client_set_server(FbkClientReading *reading, guint line, FbkProtocol protocol, const char *host,
                           guint port, FbkClientSecurity security)
{
  FbkServer **field = protocol == FBK_PROTOCOL_SMTP ? &reading->config->outgoing : &reading->config->incoming;
  if (*field != NULL)
    return;
  if (!fbk_value_is_host(host) || port > 65535) {
    fbk_client_note(reading, line, _("this is not a host name and a port; it was not taken over"));
    return;
  }
  FbkSecurity demanded = security == FBK_CLIENT_TLS ? FBK_SECURITY_TLS : FBK_SECURITY_STARTTLS;
  if (security == FBK_CLIENT_CLEAR)
    fbk_client_note(reading, line,
                    _("this connection is not secured there; Fubako demands STARTTLS, so that the password "
                      "never goes out in clear"));
  g_autofree char *lower = g_ascii_strdown(host, -1);
  *field = fbk_server_new(protocol, lower,
                          port != 0 ? (guint16)port : fbk_server_standard_port(protocol, demanded), demanded);
}

/* --- addresses of servers --- */

gboolean fbk_client_url_read(FbkClientReading *reading, guint line, const char *text, FbkClientUrl *url_out)
{
  memset(url_out, 0, sizeof *url_out);
  const char *rest = strstr(text, "://");
  if (rest == NULL || rest == text || strlen(text) > VALUE_CAP)
    return FALSE;
  g_autofree char *scheme = g_strndup(text, (gsize)(rest - text));
  rest += strlen("://");
  g_autofree char *authority = g_strndup(rest, strcspn(rest, "/?#"));
  /* An address as the user name is often written without %40: the last @ divides. */
  char *host = strrchr(authority, '@');
  g_autofree char *who = host != NULL ? g_strndup(authority, (gsize)(host - authority)) : g_strdup("");
  host = host != NULL ? host + 1 : authority;
  char *password = strchr(who, ':');
  if (password != NULL) {
    fbk_client_note_password(reading, line);
    *password = '\0';
  }
  char *port = strrchr(host, ':');
  if (port != NULL) {
    *port++ = '\0';
    if (!fbk_value_number(port, 1, 65535, &url_out->port))
      return FALSE;
  }
  url_out->scheme = g_ascii_strdown(scheme, -1);
  url_out->user = fbk_percent_decode(who, strlen(who));
  url_out->host = g_strdup(host);
  return TRUE;
}

void fbk_client_url_clear(FbkClientUrl *url)
{
  g_free(url->scheme);
  g_free(url->user);
  g_free(url->host);
  memset(url, 0, sizeof *url);
}

/* --- the whole --- */

static char *checked_text(const char *name, const char *bytes, gsize len, GError **err)
{
  if (len > FBK_CLIENT_CONFIG_CAP) {
    fbk_error_set(err, FBK_ERR_TOO_BIG, _("%s is larger than the limit of %d bytes."), name,
                  FBK_CLIENT_CONFIG_CAP);
    return NULL;
  }
  if (memchr(bytes, '\0', len) != NULL) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("%s is not a text file."), name);
    return NULL;
  }
  /* Comments are often in an old character set; what matters is ASCII. */
  return g_utf8_make_valid(bytes, (gssize)len);
}

FbkClientConfig *fbk_client_config_read(FbkClient client, const char *name, const char *bytes, gsize len,
                                        GError **err)
{
  static void (*const readers[])(FbkClientReading *,
                                 const char *) = {[FBK_CLIENT_MUTT] = fbk_client_read_mutt,
                                                  [FBK_CLIENT_AERC] = fbk_client_read_aerc,
                                                  [FBK_CLIENT_ALPINE] = fbk_client_read_alpine,
                                                  [FBK_CLIENT_MBSYNC] = fbk_client_read_mbsync};
  g_assert(client != FBK_CLIENT_UNKNOWN);
  g_autofree char *text = checked_text(name, bytes, len, err);
  if (text == NULL)
    return NULL;
  g_autoptr(FbkClientConfig) config = g_new0(FbkClientConfig, 1);
  config->notes = g_ptr_array_new_with_free_func(g_free);
  FbkClientReading reading = {name, config};
  readers[client](&reading, text);
  if (config->incoming != NULL)
    return g_steal_pointer(&config);
  const char *first = config->notes->len > 0 ? g_ptr_array_index(config->notes, 0) : NULL;
  fbk_error_set(err, FBK_ERR_BAD_INPUT,
                _("%s names no server to read mail from that Fubako knows how to use.%s%s"), name,
                first != NULL ? "\n" : "", first != NULL ? first : "");
  return NULL;
}

void fbk_client_config_free(FbkClientConfig *config)
{
  if (config == NULL)
    return;
  fbk_server_free(config->incoming);
  fbk_server_free(config->outgoing);
  g_free(config->user);
  g_free(config->address);
  g_free(config->real_name);
  g_free(config->password_command);
  g_ptr_array_unref(config->notes);
  g_free(config);
}
