/* Reads mutt's and NeoMutt's muttrc: its "set" commands, nothing else. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "store/client_config_inner.h"

#define TOKEN_CAP 4000 /* variables may hold variables: without a cap they double */
#define VARIABLES_CAP 1000

/* A value as it was set last. */
typedef struct {
  char *text;
  char *command;        /* where all of it is the output of one; else NULL */
  gboolean is_computed; /* some of it is the output of a command */
  guint line;
} Variable;

typedef struct {
  FbkClientReading *reading;
  const char *at;
  guint line;
  GHashTable *variables; /* char * -> Variable * */
} Scanner;

/* One word. */
typedef struct {
  GString *text;
  GString *command;
  guint commands;
} Token;

static void variable_free(gpointer data)
{
  Variable *variable = data;
  g_free(variable->text);
  g_free(variable->command);
  g_free(variable);
}

static void token_clear(Token *token)
{
  g_string_truncate(token->text, 0);
  g_string_truncate(token->command, 0);
  token->commands = 0;
}

static void append(GString *text, const char *bytes, gsize len)
{
  g_string_append_len(text, bytes, (gssize)MIN(len, TOKEN_CAP - MIN(text->len, TOKEN_CAP)));
}

/* --- words --- */

static gboolean is_blank(char byte)
{
  return byte == ' ' || byte == '\t' || byte == '\r';
}

/* A line that ends in a backslash goes on in the next. */
static gboolean skip_continuation(Scanner *scanner)
{
  gsize width = strncmp(scanner->at, "\\\n", 2) == 0 ? 2 : strncmp(scanner->at, "\\\r\n", 3) == 0 ? 3 : 0;
  scanner->at += width;
  scanner->line += width > 0;
  return width > 0;
}

static void skip_blanks(Scanner *scanner)
{
  while (is_blank(*scanner->at) || skip_continuation(scanner))
    if (is_blank(*scanner->at))
      scanner->at++;
}

static gboolean ends_line(char byte)
{
  return byte == '\0' || byte == '\n';
}

/* `command` */
static void read_command(Scanner *scanner, Token *token)
{
  token->commands++;
  g_string_truncate(token->command, 0);
  for (scanner->at++; !ends_line(*scanner->at) && *scanner->at != '`';) {
    if (skip_continuation(scanner))
      continue;
    if (*scanner->at == '\\' && (scanner->at[1] == '`' || scanner->at[1] == '\\'))
      scanner->at++;
    append(token->command, scanner->at++, 1);
  }
  if (*scanner->at == '`')
    scanner->at++;
}

/* $name or ${name} */
static void read_variable(Scanner *scanner, Token *token)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  const char *name = scanner->at + 1;
  gboolean has_brace = *name == '{';
  name += has_brace;
  gsize len = strspn(name, letters);
  scanner->at = name + len + (has_brace && name[len] == '}');
  g_autofree char *key = g_strndup(name, len);
  const Variable *variable = g_hash_table_lookup(scanner->variables, key);
  if (variable == NULL)
    return;
  append(token->text, variable->text, strlen(variable->text));
  token->commands += variable->is_computed;
  if (variable->command != NULL)
    g_string_assign(token->command, variable->command);
}

static void read_escape(Scanner *scanner, Token *token)
{
  char byte = *++scanner->at;
  if (ends_line(byte))
    return;
  scanner->at++;
  byte = byte == 'n' ? '\n' : byte == 't' ? '\t' : byte == 'r' ? '\r' : byte;
  append(token->text, &byte, 1);
}

/* The next word of the command; FALSE at its end. at_equals: "=" ends it as well. */
static gboolean read_token(Scanner *scanner, gboolean at_equals, Token *token)
{
  char quote = '\0';
  token_clear(token);
  skip_blanks(scanner);
  if (ends_line(*scanner->at) || *scanner->at == ';' || *scanner->at == '#')
    return FALSE;
  while (!ends_line(*scanner->at)) {
    char byte = *scanner->at;
    if (quote == '\0' && (is_blank(byte) || byte == ';' || byte == '#' || (at_equals && byte == '=')))
      break;
    if (skip_continuation(scanner))
      continue;
    if (byte == quote || (quote == '\0' && (byte == '"' || byte == '\''))) {
      quote = byte == quote ? '\0' : byte;
      scanner->at++;
    } else if (byte == '\\' && quote != '\'')
      read_escape(scanner, token);
    else if (byte == '`' && quote != '\'')
      read_command(scanner, token);
    else if (byte == '$' && quote != '\'')
      read_variable(scanner, token);
    else
      append(token->text, scanner->at++, 1);
  }
  return TRUE;
}

/* --- commands --- */

static void store(Scanner *scanner, const char *name, const Token *value, guint line)
{
  if (g_hash_table_size(scanner->variables) >= VARIABLES_CAP &&
      !g_hash_table_contains(scanner->variables, name))
    return;
  Variable *variable = g_new0(Variable, 1);
  variable->text = g_strdup(value->text->str);
  variable->is_computed = value->commands > 0;
  if (value->commands == 1 && value->text->len == 0)
    variable->command = g_strdup(value->command->str);
  variable->line = line;
  g_hash_table_replace(scanner->variables, g_strdup(name), variable);
}

/* set name=value name = value noname */
static void read_set(Scanner *scanner, Token *token)
{
  while (read_token(scanner, TRUE, token)) {
    guint line = scanner->line;
    g_autofree char *name = g_strdup(token->text->str);
    gsize len = strlen(name);
    skip_blanks(scanner);
    if (*scanner->at == '=') {
      scanner->at++;
      if (len > 0 && name[len - 1] == '+')
        name[len - 1] = '\0';
      if (!read_token(scanner, FALSE, token))
        token_clear(token);
      store(scanner, name, token, line);
      continue;
    }
    gboolean is_no = g_str_has_prefix(name, "no");
    token_clear(token);
    g_string_assign(token->text, is_no ? "no" : "yes");
    store(scanner, is_no ? name + 2 : name, token, line);
  }
}

static void read_line(Scanner *scanner, Token *token)
{
  if (read_token(scanner, FALSE, token)) {
    if (strcmp(token->text->str, "set") == 0)
      read_set(scanner, token);
    else if (strcmp(token->text->str, "source") == 0)
      fbk_client_note(scanner->reading, scanner->line,
                      _("\"source\" is not followed; name that file with --from"));
    else if (strcmp(token->text->str, "account-hook") == 0)
      fbk_client_note(scanner->reading, scanner->line, _("\"account-hook\" is not read"));
    else if (strcmp(token->text->str, "unset") == 0)
      while (read_token(scanner, FALSE, token))
        g_hash_table_remove(scanner->variables, token->text->str);
    while (read_token(scanner, FALSE, token))
      ;
  }
  if (*scanner->at == '#')
    while (!ends_line(*scanner->at))
      scanner->at++;
  if (*scanner->at == '\n')
    scanner->line++;
  if (*scanner->at != '\0')
    scanner->at++;
}

/* --- what the variables say --- */

static const Variable *find(const Scanner *scanner, const char *name)
{
  return g_hash_table_lookup(scanner->variables, name);
}

static void take_text(const Scanner *scanner, const char *name, char **field)
{
  const Variable *variable = find(scanner, name);
  if (variable != NULL && !variable->is_computed)
    fbk_client_set(field, variable->text);
}

static gboolean says(const Scanner *scanner, const char *name, const char *word)
{
  const Variable *variable = find(scanner, name);
  return variable != NULL && g_ascii_strcasecmp(variable->text, word) == 0;
}

/* A server from a variable that holds an address of one, with the user's name in it. */
static void take_server(const Scanner *scanner, const char *name, gboolean is_outgoing)
{
  static const struct {
    const char *scheme;
    FbkProtocol protocol;
    gboolean is_tls;
  } schemes[] = {{"imaps", FBK_PROTOCOL_IMAP, TRUE}, {"imap", FBK_PROTOCOL_IMAP, FALSE},
                 {"pops", FBK_PROTOCOL_POP, TRUE},   {"pop", FBK_PROTOCOL_POP, FALSE},
                 {"smtps", FBK_PROTOCOL_SMTP, TRUE}, {"smtp", FBK_PROTOCOL_SMTP, FALSE}};
  const Variable *variable = find(scanner, name);
  g_auto(FbkClientUrl) url = {0};
  if (variable == NULL || variable->is_computed ||
      !fbk_client_url_read(scanner->reading, variable->line, variable->text, &url))
    return;
  gboolean is_clear = says(scanner, "ssl_starttls", "no") && !says(scanner, "ssl_force_tls", "yes");
  for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
    if (strcmp(url.scheme, schemes[i].scheme) != 0 ||
        (schemes[i].protocol == FBK_PROTOCOL_SMTP) != is_outgoing)
      continue;
    fbk_client_set_server(scanner->reading, variable->line, schemes[i].protocol, url.host, url.port,
                          schemes[i].is_tls ? FBK_CLIENT_TLS
                          : is_clear        ? FBK_CLIENT_CLEAR
                                            : FBK_CLIENT_STARTTLS);
    fbk_client_set(&scanner->reading->config->user, url.user);
  }
}

static void take_password(const Scanner *scanner, const char *name)
{
  const Variable *variable = find(scanner, name);
  if (variable == NULL)
    return;
  if (variable->command != NULL)
    fbk_client_set_command(scanner->reading, variable->line, variable->command);
  else if (variable->is_computed)
    fbk_client_note(scanner->reading, variable->line,
                    _("this password is put together from a command and more; it was not taken over"));
  else if (*variable->text != '\0')
    fbk_client_note_password(scanner->reading, variable->line);
}

static void take_all(const Scanner *scanner)
{
  FbkClientConfig *config = scanner->reading->config;
  const Variable *from = find(scanner, "from");
  take_text(scanner, "imap_user", &config->user);
  take_server(scanner, "spool_file", FALSE);
  take_server(scanner, "spoolfile", FALSE);
  take_server(scanner, "folder", FALSE);
  take_text(scanner, "pop_user", &config->user);
  take_server(scanner, "pop_host", FALSE);
  take_server(scanner, "smtp_url", TRUE);
  take_password(scanner, "imap_pass");
  take_password(scanner, "pop_pass");
  take_password(scanner, "smtp_pass");
  take_text(scanner, "real_name", &config->real_name);
  take_text(scanner, "realname", &config->real_name);
  if (from != NULL && !from->is_computed)
    fbk_client_set_mailbox(scanner->reading, from->text);
}

void fbk_client_read_mutt(FbkClientReading *reading, const char *text)
{
  Scanner scanner = {reading, text, 1, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, variable_free)};
  Token token = {g_string_new(NULL), g_string_new(NULL), 0};
  while (*scanner.at != '\0')
    read_line(&scanner, &token);
  take_all(&scanner);
  g_string_free(token.text, TRUE);
  g_string_free(token.command, TRUE);
  g_hash_table_unref(scanner.variables);
}
