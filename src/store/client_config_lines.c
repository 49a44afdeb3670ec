/* Reads aerc's accounts.conf, mbsyncrc and alpine's .pinerc: one setting a line. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "store/client_config_inner.h"
#include "store/value.h"

/* The lines of a file, one after the other. */
typedef struct {
  const char *at;
  guint number; /* of the line that was read last */
} Lines;

/* The next line without its end and blanks around it; NULL after the last. g_free it. */
static char *next_line(Lines *lines)
{
  if (*lines->at == '\0')
    return NULL;
  gsize len = strcspn(lines->at, "\n");
  char *line = g_strndup(lines->at, len);
  lines->at += len + (lines->at[len] == '\n');
  lines->number++;
  return g_strstrip(line);
}

/* A pair of quotes around the whole of value is taken away. */
static char *unquoted(char *value)
{
  gsize len = strlen(value);
  char quote = value[0];
  if (len < 2 || (quote != '"' && quote != '\'' && quote != '`') ||
      strchr(value + 1, quote) != value + len - 1)
    return value;
  value[len - 1] = '\0';
  return value + 1;
}

static void note_second(FbkClientReading *reading, guint line)
{
  fbk_client_note(reading, line, _("only the first account is taken over; this one was left out"));
}

/* --- aerc --- */

static const struct {
  const char *scheme;
  FbkProtocol protocol;
  FbkClientSecurity security;
} schemes[] = {{"imaps", FBK_PROTOCOL_IMAP, FBK_CLIENT_TLS},
               {"imap", FBK_PROTOCOL_IMAP, FBK_CLIENT_STARTTLS},
               {"smtps", FBK_PROTOCOL_SMTP, FBK_CLIENT_TLS},
               {"smtp", FBK_PROTOCOL_SMTP, FBK_CLIENT_STARTTLS}};

/* source = imaps+oauthbearer://user@host:port */
static void take_aerc_server(FbkClientReading *reading, guint line, const char *value, gboolean is_outgoing)
{
  g_auto(FbkClientUrl) url = {0};
  if (!fbk_client_url_read(reading, line, value, &url))
    return;
  const char *way = "";
  char *plus = strchr(url.scheme, '+');
  if (plus != NULL) {
    *plus = '\0';
    way = plus + 1;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
    if (strcmp(url.scheme, schemes[i].scheme) != 0 ||
        (schemes[i].protocol == FBK_PROTOCOL_SMTP) != is_outgoing)
      continue;
    if (strcmp(way, "xoauth2") == 0 || strcmp(way, "oauthbearer") == 0)
      fbk_client_note(reading, line,
                      _("there it signs in with a token; Fubako signs in with a password only"));
    fbk_client_set_server(reading, line, schemes[i].protocol, url.host, url.port,
                          strcmp(way, "insecure") == 0 ? FBK_CLIENT_CLEAR : schemes[i].security);
    fbk_client_set(&reading->config->user, url.user);
  }
}

static void take_aerc(FbkClientReading *reading, guint line, const char *key, const char *value)
{
  if (strcmp(key, "source") == 0)
    take_aerc_server(reading, line, value, FALSE);
  else if (strcmp(key, "outgoing") == 0)
    take_aerc_server(reading, line, value, TRUE);
  else if (strcmp(key, "source-cred-cmd") == 0 || strcmp(key, "outgoing-cred-cmd") == 0)
    fbk_client_set_command(reading, line, value);
  else if (strcmp(key, "from") == 0)
    fbk_client_set_mailbox(reading, value);
}

/* A section without a mail server says nothing of the next one's account. */
static void forget(FbkClientConfig *config)
{
  g_clear_pointer(&config->outgoing, fbk_server_free);
  g_clear_pointer(&config->user, g_free);
  g_clear_pointer(&config->address, g_free);
  g_clear_pointer(&config->real_name, g_free);
  g_clear_pointer(&config->password_command, g_free);
}

void fbk_client_read_aerc(FbkClientReading *reading, const char *text)
{
  Lines lines = {text, 0};
  gboolean is_skipped = FALSE;
  for (char *line = next_line(&lines); line != NULL; g_free(line), line = next_line(&lines)) {
    char *equals = strchr(line, '=');
    if (line[0] == '[') {
      is_skipped = reading->config->incoming != NULL;
      if (is_skipped)
        note_second(reading, lines.number);
      else
        forget(reading->config);
    } else if (!is_skipped && line[0] != '#' && line[0] != ';' && equals != NULL) {
      *equals = '\0';
      take_aerc(reading, lines.number, g_strchomp(line), unquoted(g_strchug(equals + 1)));
    }
  }
}

/* --- mbsync --- */

/* The next word, as mbsync divides them; NULL at the end of the line. g_free it. */
static char *next_word(const char **at)
{
  *at += strspn(*at, " \t");
  if (**at == '\0' || **at == '#')
    return NULL;
  g_autoptr(GString) word = g_string_new(NULL);
  gboolean is_quoted = FALSE;
  for (; **at != '\0' && (is_quoted || (**at != ' ' && **at != '\t')); (*at)++) {
    if (**at == '"')
      is_quoted = !is_quoted;
    else {
      if (**at == '\\' && (*at)[1] != '\0')
        (*at)++;
      g_string_append_c(word, **at);
    }
  }
  return g_strdup(word->str);
}

/* What is known of an account when its section ends. */
typedef struct {
  char *host;
  guint port, line;
  FbkClientSecurity security;
} MbsyncAccount;

static gboolean is_word(const char *word, const char *name)
{
  return g_ascii_strcasecmp(word, name) == 0;
}

static void take_mbsync(FbkClientReading *reading, guint line, const char *key, const char *value,
                        MbsyncAccount *account)
{
  if (is_word(key, "Host") && account->host == NULL) {
    gboolean has_scheme = g_str_has_prefix(value, "imaps:");
    account->host = g_strdup(has_scheme ? value + strlen("imaps:") : value);
    account->line = line;
    if (has_scheme)
      account->security = FBK_CLIENT_TLS;
  } else if (is_word(key, "Port")) {
    if (!fbk_value_number(value, 1, 65535, &account->port))
      fbk_client_note(reading, line, _("this is not a host name and a port; it was not taken over"));
  } else if (is_word(key, "SSLType") || is_word(key, "TLSType"))
    account->security = is_word(value, "IMAPS")  ? FBK_CLIENT_TLS
                        : is_word(value, "None") ? FBK_CLIENT_CLEAR
                                                 : FBK_CLIENT_STARTTLS;
  else if (is_word(key, "UseIMAPS") && is_word(value, "yes"))
    account->security = FBK_CLIENT_TLS;
  else if (is_word(key, "User"))
    fbk_client_set(&reading->config->user, value);
  else if (is_word(key, "Pass"))
    fbk_client_note_password(reading, line);
  else if (is_word(key, "PassCmd"))
    fbk_client_set_command(reading, line, value[0] == '+' ? value + 1 : value);
}

static void end_mbsync_account(FbkClientReading *reading, MbsyncAccount *account)
{
  if (account->host != NULL)
    fbk_client_set_server(reading, account->line, FBK_PROTOCOL_IMAP, account->host, account->port,
                          account->security);
  g_free(account->host);
  *account = (MbsyncAccount){NULL, 0, 0, FBK_CLIENT_STARTTLS};
}

void fbk_client_read_mbsync(FbkClientReading *reading, const char *text)
{
  static const char *const others[] = {"MaildirStore", "Channel", "Group", NULL};
  Lines lines = {text, 0};
  MbsyncAccount account = {NULL, 0, 0, FBK_CLIENT_STARTTLS};
  gboolean is_inside = FALSE;
  for (char *line = next_line(&lines); line != NULL; g_free(line), line = next_line(&lines)) {
    const char *at = line;
    g_autofree char *key = next_word(&at);
    g_autofree char *value = key != NULL ? next_word(&at) : NULL;
    if (value == NULL)
      continue;
    gboolean is_account = is_word(key, "IMAPAccount"), is_store = is_word(key, "IMAPStore"), is_other = FALSE;
    for (gsize i = 0; others[i] != NULL; i++)
      is_other = is_other || is_word(key, others[i]);
    if (is_account || is_store || is_other) {
      end_mbsync_account(reading, &account);
      is_inside = (is_account || is_store) && reading->config->incoming == NULL;
      if (is_account && !is_inside)
        note_second(reading, lines.number);
    } else if (is_inside)
      take_mbsync(reading, lines.number, key, value, &account);
  }
  end_mbsync_account(reading, &account);
}

/* --- alpine --- */

/* "host:993/ssl/user=taro", which ends at "}", "," or a blank. */
static void take_alpine_server(FbkClientReading *reading, guint line, const char *spec, gboolean is_outgoing)
{
  g_autofree char *whole = g_strndup(spec, strcspn(spec, "}, \t"));
  g_auto(GStrv) parts = g_strsplit(whole, "/", -1);
  FbkProtocol protocol = is_outgoing ? FBK_PROTOCOL_SMTP : FBK_PROTOCOL_IMAP;
  FbkClientSecurity security = FBK_CLIENT_STARTTLS;
  guint port = 0;
  char *colon = parts[0] != NULL ? strchr(parts[0], ':') : NULL;
  if (parts[0] == NULL || *parts[0] == '\0')
    return;
  if (colon != NULL) {
    *colon = '\0';
    if (!fbk_value_number(colon + 1, 1, 65535, &port))
      port = G_MAXUINT; /* said by who takes it */
  }
  for (char **flag = parts + 1; *flag != NULL; flag++) {
    if (is_word(*flag, "ssl"))
      security = FBK_CLIENT_TLS;
    else if (is_word(*flag, "notls"))
      security = FBK_CLIENT_CLEAR;
    else if (!is_outgoing && (is_word(*flag, "pop3") || is_word(*flag, "service=pop3")))
      protocol = FBK_PROTOCOL_POP;
    else if (is_word(*flag, "novalidate-cert"))
      fbk_client_note(reading, line, _("certificates are not checked there; Fubako always checks them"));
    else if (g_ascii_strncasecmp(*flag, "user=", 5) == 0)
      fbk_client_set(&reading->config->user, unquoted(*flag + 5));
  }
  fbk_client_set_server(reading, line, protocol, parts[0], port, security);
}

static void take_alpine(FbkClientReading *reading, guint line, const char *key, const char *value,
                        char **domain)
{
  const char *brace = strchr(value, '{');
  if (is_word(key, "inbox-path") || is_word(key, "folder-collections")) {
    if (brace != NULL && reading->config->incoming == NULL)
      take_alpine_server(reading, line, brace + 1, FALSE);
  } else if (is_word(key, "smtp-server"))
    take_alpine_server(reading, line, value, TRUE);
  else if (is_word(key, "personal-name"))
    fbk_client_set(&reading->config->real_name, value);
  else if (is_word(key, "user-domain"))
    fbk_client_set(domain, value);
  else if (is_word(key, "customized-hdrs") && g_ascii_strncasecmp(value, "From:", 5) == 0)
    fbk_client_set_mailbox(reading, value + 5);
}

void fbk_client_read_alpine(FbkClientReading *reading, const char *text)
{
  Lines lines = {text, 0};
  g_autofree char *domain = NULL;
  for (char *line = next_line(&lines); line != NULL; g_free(line), line = next_line(&lines)) {
    char *equals = strchr(line, '=');
    if (line[0] == '#' || equals == NULL)
      continue; /* later values of a list are lines of their own; the first one counts */
    *equals = '\0';
    take_alpine(reading, lines.number, line, unquoted(equals + 1), &domain);
  }
  const char *user = reading->config->user;
  if (reading->config->address != NULL || user == NULL)
    return;
  g_autofree char *address =
      strchr(user, '@') == NULL && domain != NULL ? g_strconcat(user, "@", domain, NULL) : g_strdup(user);
  if (fbk_value_is_address(address))
    fbk_client_set(&reading->config->address, address);
}
