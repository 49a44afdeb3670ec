/* Commands out, whole responses in. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/imap_private.h"

#include <string.h>
#include <glib/gi18n.h>
#include "base/log.h"

#define RESPONSE_MAX (2 * 1024 * 1024) /* one whole response without its bodies */
#define COMMAND_BUDGET (1024 * 1024)
#define COMMAND_SECONDS 120
#define ALERTS_LOGGED 3
#define NOWHERE "\"\"" /* stands in a response for a body that went to the hearer */

typedef enum { KIND_READY, KIND_STATUS, KIND_DATA, KIND_TAGGED } Kind;

/* --- life and death --- */

gboolean fbk_imap_alive(const FbkImap *imap, GError **err)
{
  if (imap->dead == NULL)
    return TRUE;
  g_propagate_error(err, g_error_copy(imap->dead));
  return FALSE;
}

gboolean fbk_imap_die(FbkImap *imap, GError *failure, GError **err)
{
  if (imap->dead == NULL)
    imap->dead = failure;
  else
    g_error_free(failure);
  return fbk_imap_alive(imap, err);
}

gboolean fbk_imap_die_of(FbkImap *imap, FbkErr code, GError **err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *sentence = g_strdup_vprintf(format, args);
  va_end(args);
  GError *failure = NULL;
  fbk_error_set(&failure, code, "%s", sentence);
  return fbk_imap_die(imap, failure, err);
}

/* The server said imap->line, which it may not. */
static gboolean reject(FbkImap *imap, GError **err)
{
  GError *failure = NULL;
  fbk_stream_reject(imap->stream, imap->line->str, &failure);
  return fbk_imap_die(imap, failure, err);
}

void fbk_imap_set_budget(FbkImap *imap, guint64 bytes, guint seconds)
{
  fbk_stream_set_budget(imap->stream, bytes, seconds);
}

/* --- out --- */

gboolean fbk_imap_write(FbkImap *imap, const void *bytes, gsize len, GError **err)
{
  GError *failure = NULL;
  if (!fbk_imap_alive(imap, err))
    return FALSE;
  imap->round_trips++;
  return fbk_stream_write(imap->stream, bytes, len, &failure) ? TRUE : fbk_imap_die(imap, failure, err);
}

static gboolean send_line(FbkImap *imap, const char *format, va_list args, GError **err) G_GNUC_PRINTF(2, 0);
static gboolean send_line(FbkImap *imap, const char *format, va_list args, GError **err)
{
  g_autoptr(GString) line = g_string_new(NULL);
  g_string_printf(line, "%u ", ++imap->tag);
  g_string_append_vprintf(line, format, args);
  g_string_append(line, "\r\n");
  return fbk_imap_write(imap, line->str, line->len, err);
}

gboolean fbk_imap_send(FbkImap *imap, GError **err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  gboolean sent = send_line(imap, format, args, err);
  va_end(args);
  return sent;
}

/* --- in: one whole response --- */

/* "* LIST ...", "* 12 FETCH ...". */
static gboolean is_response(const GString *heard, const char *word)
{
  if (!g_str_has_prefix(heard->str, "* "))
    return FALSE;
  const char *at = heard->str + 2;
  if (g_ascii_isdigit(*at))
    at += strspn(at, "0123456789") + 1;
  gsize len = strlen(word);
  return at < heard->str + heard->len && g_ascii_strncasecmp(at, word, len) == 0 && at[len] == ' ';
}

/* Whether the response so far ends by announcing a message's body; *len_out gets how long it says, at most
 * G_MAXUINT64. */
static gboolean announces_body(const GString *heard, guint64 *len_out)
{
  static const char mark[] = "BODY[] {";
  const char *brace = strrchr(heard->str, '{');
  if (brace == NULL || (gsize)(brace + 1 - heard->str) < strlen(mark) || !is_response(heard, "FETCH") ||
      g_ascii_strncasecmp(brace + 1 - strlen(mark), mark, strlen(mark)) != 0)
    return FALSE;
  *len_out = g_ascii_strtoull(brace + 1, NULL, 10);
  return TRUE;
}

/* Reads what is left of a literal that the guard is in, into the response or to piece. */
static gboolean take_literal(FbkImap *imap, const FbkImapHearer *to, GError **err)
{
  char chunk[16 * 1024];
  guint64 left;
  GError *failure = NULL;
  while (fbk_imap_guard_in_literal(imap->guard, &left) && left > 0) {
    gssize got = fbk_stream_read(imap->stream, chunk, (gsize)MIN(left, sizeof chunk), &failure);
    if (got < 0 || !fbk_imap_guard_check(imap->guard, chunk, (gsize)got, &failure))
      return fbk_imap_die(imap, failure, err);
    if (to != NULL) {
      if (!to->piece(imap, to->user, chunk, (gsize)got, &failure))
        return fbk_imap_die(imap, failure, err);
    } else {
      if (memchr(chunk, '\0', (gsize)got) != NULL || imap->heard->len + (gsize)got > RESPONSE_MAX)
        return reject(imap, err);
      g_string_append_len(imap->heard, chunk, got);
    }
  }
  return TRUE;
}

/* One line of a response, seen by the guard and added to imap->heard. */
static gboolean take_line(FbkImap *imap, const FbkImapHearer *hearer, gboolean *body_out, guint64 *len_out,
                          GError **err)
{
  GError *failure = NULL;
  if (!fbk_stream_read_line(imap->stream, imap->line, FBK_STREAM_LINE_MAX, &failure))
    return fbk_imap_die(imap, failure, err);
  if (imap->heard->len + imap->line->len > RESPONSE_MAX)
    return reject(imap, err);
  g_string_append_len(imap->heard, imap->line->str, (gssize)imap->line->len);
  *body_out = hearer != NULL && hearer->piece != NULL && announces_body(imap->heard, len_out);
  if (*body_out && *len_out > FBK_IMAP_BODY_MAX)
    return fbk_imap_die_of(imap, FBK_ERR_TOO_BIG, err,
                           _("A message on %s is larger than 1 GiB: move it away there."),
                           fbk_stream_host(imap->stream));
  fbk_imap_guard_allow_literal(imap->guard, *body_out ? FBK_IMAP_BODY_MAX : FBK_IMAP_GUARD_LITERAL);
  if (!fbk_imap_guard_check(imap->guard, imap->line->str, imap->line->len, NULL) ||
      !fbk_imap_guard_check(imap->guard, "\r\n", 2, NULL))
    return reject(imap, err);
  return TRUE;
}

/* A whole response into imap->heard. */
static gboolean hear(FbkImap *imap, const FbkImapHearer *hearer, GError **err)
{
  if (!fbk_imap_alive(imap, err))
    return FALSE;
  g_string_truncate(imap->heard, 0);
  for (;;) {
    gboolean is_body = FALSE;
    guint64 len = 0, left;
    if (!take_line(imap, hearer, &is_body, &len, err))
      return FALSE;
    if (!fbk_imap_guard_in_literal(imap->guard, &left))
      return TRUE;
    GError *failure = NULL;
    if (is_body) {
      g_string_truncate(imap->heard, (gsize)(strrchr(imap->heard->str, '{') - imap->heard->str));
      g_string_append(imap->heard, NOWHERE);
      if (!hearer->body(imap, hearer->user, len, &failure))
        return fbk_imap_die(imap, failure, err);
    } else {
      g_string_append(imap->heard, "\r\n");
    }
    if (!take_literal(imap, is_body ? hearer : NULL, err))
      return FALSE;
  }
}

/* --- in: what it says --- */

void fbk_imap_status_clear(FbkImapStatus *status)
{
  g_clear_pointer(&status->code, g_free);
  g_clear_pointer(&status->text, g_free);
}

/* words: what follows the "* " or the tag. FALSE when it is no status. */
static gboolean read_status(const char *words, FbkImapStatus *out)
{
  static const char *const names[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"}; /* as FbkImapCondition */
  gsize len = strcspn(words, " ");
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    if (len != strlen(names[i]) || g_ascii_strncasecmp(words, names[i], len) != 0)
      continue;
    const char *text = words + len + (words[len] == ' ');
    /* A "]" can stand in a keyword of PERMANENTFLAGS, which nobody here reads; else the first one ends. */
    const char *end = *text == '[' ? strchr(text, ']') : NULL;
    out->condition = (FbkImapCondition)i;
    out->code = end != NULL ? g_strndup(text + 1, (gsize)(end - text - 1)) : g_strdup("");
    for (char *at = out->code; *at != '\0' && *at != ' '; at++)
      *at = g_ascii_toupper(*at);
    out->text = g_strdup(end != NULL ? g_strchug((char *)(end + 1)) : text);
    return TRUE;
  }
  return FALSE;
}

static const char *code_argument(const FbkImapStatus *status, const char *name)
{
  gsize len = strlen(name);
  if (strncmp(status->code, name, len) != 0 || (status->code[len] != ' ' && status->code[len] != '\0'))
    return NULL;
  return status->code[len] == ' ' ? status->code + len + 1 : status->code + len;
}

gboolean fbk_imap_code_is(const FbkImap *imap, const char *name)
{
  return imap->status.code != NULL && code_argument(&imap->status, name) != NULL;
}

void fbk_imap_learn(FbkImap *imap, const char *words)
{
  g_hash_table_remove_all(imap->capabilities);
  if (words == NULL)
    return;
  g_auto(GStrv) list = g_strsplit(words, " ", -1);
  for (char **word = list; *word != NULL; word++)
    if (**word != '\0')
      g_hash_table_add(imap->capabilities, g_ascii_strup(*word, -1));
}

static guint32 number_of(const char *digits)
{
  guint64 number = 0;
  return g_ascii_string_to_unsigned(digits, 10, 0, G_MAXUINT32, &number, NULL) ? (guint32)number : 0;
}

/* Codes count wherever they come, as RFC 3501 wants it. Referrals are not among them. */
static gboolean take_codes(FbkImap *imap, const FbkImapStatus *status, GError **err)
{
  const char *value;
  if ((value = code_argument(status, "CAPABILITY")) != NULL) {
    fbk_imap_learn(imap, value);
  } else if ((value = code_argument(status, "UIDVALIDITY")) != NULL) {
    guint32 number = number_of(value);
    if (imap->examined && number != imap->mailbox.uidvalidity)
      return fbk_imap_die_of(imap, FBK_ERR_CONFLICT, err,
                             _("%s has numbered this folder's mail anew: fetch it again."),
                             fbk_stream_host(imap->stream));
    imap->mailbox.uidvalidity = number;
  } else if ((value = code_argument(status, "UIDNEXT")) != NULL) {
    imap->mailbox.uidnext = number_of(value);
  } else if (code_argument(status, "ALERT") != NULL && imap->alerts++ < ALERTS_LOGGED) {
    fbk_log("imap", "%s alerts: %s", fbk_stream_host(imap->stream), status->text);
  }
  return TRUE;
}

static gboolean die_of_bye(FbkImap *imap, const FbkImapStatus *status, GError **err)
{
  fbk_log("imap", "%s says goodbye: [%s] %s", fbk_stream_host(imap->stream), status->code, status->text);
  return fbk_imap_die_of(imap, FBK_ERR_OFFLINE, err, _("%s ended the connection: try again later."),
                         fbk_stream_host(imap->stream));
}

static gboolean take_untagged_status(FbkImap *imap, GError **err)
{
  FbkImapStatus status = {0};
  if (!read_status(imap->heard->str + 2, &status))
    return reject(imap, err);
  gboolean fine;
  if (status.condition == FBK_IMAP_BYE)
    fine = die_of_bye(imap, &status, err);
  else if (status.condition == FBK_IMAP_PREAUTH)
    fine = reject(imap, err);
  else
    fine = take_codes(imap, &status, err);
  fbk_imap_status_clear(&status);
  return fine;
}

/* EXISTS and EXPUNGE may come at any time; a number that cannot be is left alone. */
static void take_count(FbkImap *imap, guint32 number, const char *word)
{
  if (g_ascii_strcasecmp(word, "EXISTS") == 0) {
    imap->mailbox.exists = number;
  } else if (g_ascii_strcasecmp(word, "EXPUNGE") == 0) {
    imap->moved = TRUE;
    if (number >= 1 && number <= imap->mailbox.exists)
      imap->mailbox.exists--;
  }
}

/* What the hearer wants goes to it; what nobody asked for is passed over, so that an extension that libetpan
 * does not know ends nothing. */
static gboolean take_data(FbkImap *imap, const FbkImapHearer *hearer, GError **err)
{
  const char *words = imap->heard->str + 2;
  gsize digits = strspn(words, "0123456789");
  if (digits > 0 && words[digits] == ' ')
    take_count(imap, (guint32)g_ascii_strtoull(words, NULL, 10), words + digits + 1);
  else if (g_ascii_strncasecmp(words, "CAPABILITY ", 11) == 0)
    fbk_imap_learn(imap, words + 11);
  GError *failure = NULL;
  if (hearer == NULL || !is_response(imap->heard, hearer->word) ||
      hearer->data(imap, hearer->user, imap->heard, &failure))
    return TRUE;
  return fbk_imap_die(imap, failure, err);
}

static Kind kind_of(const FbkImap *imap)
{
  if (imap->heard->str[0] == '+')
    return KIND_READY;
  if (imap->heard->str[0] != '*')
    return KIND_TAGGED;
  FbkImapStatus status = {0};
  gboolean is_status = read_status(imap->heard->str + 2, &status);
  fbk_imap_status_clear(&status);
  return is_status ? KIND_STATUS : KIND_DATA;
}

static gboolean take_tagged(FbkImap *imap, guint32 tag, GError **err)
{
  char *rest = NULL;
  guint64 said = g_ascii_strtoull(imap->heard->str, &rest, 10);
  fbk_imap_status_clear(&imap->status);
  if (said != tag || !read_status(rest + 1, &imap->status) || imap->status.condition > FBK_IMAP_BAD)
    return reject(imap, err);
  imap->answered = tag;
  return take_codes(imap, &imap->status, err);
}

/* Hears one response and lets untagged ones sink in. *kind_out READY or TAGGED: that is what it was. */
static gboolean hear_and_take(FbkImap *imap, guint32 tag, const FbkImapHearer *hearer, Kind *kind_out,
                              GError **err)
{
  if (!hear(imap, hearer, err))
    return FALSE;
  switch (*kind_out = kind_of(imap)) {
  case KIND_STATUS:
    return take_untagged_status(imap, err);
  case KIND_DATA:
    return take_data(imap, hearer, err);
  case KIND_TAGGED:
    return take_tagged(imap, tag, err);
  case KIND_READY:
    break;
  }
  return TRUE;
}

gboolean fbk_imap_await(FbkImap *imap, guint32 tag, const FbkImapHearer *hearer, GError **err)
{
  Kind kind;
  do {
    if (!hear_and_take(imap, tag, hearer, &kind, err))
      return FALSE;
    if (kind == KIND_READY)
      return reject(imap, err);
  } while (kind != KIND_TAGGED);
  return TRUE;
}

gboolean fbk_imap_await_ready(FbkImap *imap, guint32 tag, gboolean *ready_out, GError **err)
{
  Kind kind;
  do {
    if (!hear_and_take(imap, tag, NULL, &kind, err))
      return FALSE;
  } while (kind != KIND_TAGGED && kind != KIND_READY);
  *ready_out = kind == KIND_READY;
  return TRUE;
}

gboolean fbk_imap_greeted(FbkImap *imap, GError **err)
{
  fbk_imap_set_budget(imap, COMMAND_BUDGET, COMMAND_SECONDS);
  imap->round_trips++;
  if (!hear(imap, NULL, err))
    return FALSE;
  if (kind_of(imap) != KIND_STATUS || !read_status(imap->heard->str + 2, &imap->status))
    return reject(imap, err);
  if (imap->status.condition == FBK_IMAP_BYE) {
    fbk_log("imap", "%s turns us away: %s", fbk_stream_host(imap->stream), imap->status.text);
    return fbk_imap_die_of(imap, FBK_ERR_REFUSED, err,
                           _("%s does not accept connections now: try again later."),
                           fbk_stream_host(imap->stream));
  }
  if (imap->status.condition != FBK_IMAP_OK && imap->status.condition != FBK_IMAP_PREAUTH)
    return reject(imap, err);
  return take_codes(imap, &imap->status, err);
}

gboolean fbk_imap_accepted(FbkImap *imap, GError **err)
{
  if (imap->status.condition == FBK_IMAP_OK)
    return TRUE;
  fbk_log("imap", "%s refuses: [%s] %s", fbk_stream_host(imap->stream), imap->status.code, imap->status.text);
  if (fbk_imap_code_is(imap, "NONEXISTENT"))
    fbk_error_set(err, FBK_ERR_NOT_FOUND, _("%s has no such folder."), fbk_stream_host(imap->stream));
  else
    fbk_error_set(err, FBK_ERR_REFUSED, _("%s refused the request: its words are in the log."),
                  fbk_stream_host(imap->stream));
  return FALSE;
}

gboolean fbk_imap_run(FbkImap *imap, GError **err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  fbk_imap_set_budget(imap, COMMAND_BUDGET, COMMAND_SECONDS);
  gboolean sent = fbk_imap_alive(imap, err) && send_line(imap, format, args, err);
  va_end(args);
  return sent && fbk_imap_await(imap, imap->tag, NULL, err) && fbk_imap_accepted(imap, err);
}

gboolean fbk_imap_ask_capability(FbkImap *imap, GError **err)
{
  return g_hash_table_size(imap->capabilities) > 0 || fbk_imap_run(imap, err, "CAPABILITY");
}
