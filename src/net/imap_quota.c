/* GETQUOTAROOT INBOX. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/imap_quota.h"

#include <string.h>
#include <glib/gi18n.h>
#include "net/imap_private.h"

#define QUOTA_BUDGET (256 * 1024)
#define QUOTA_SECONDS 30
#define UNIT 1024 /* STORAGE counts these */

typedef struct {
  const char *at, *end;
} Reader;

static gboolean take(Reader *reader, const char *word)
{
  gsize len = strlen(word);
  if ((gsize)(reader->end - reader->at) < len || g_ascii_strncasecmp(reader->at, word, len) != 0)
    return FALSE;
  reader->at += len;
  return TRUE;
}

static gboolean skip_quoted(Reader *reader)
{
  while (reader->at < reader->end && *reader->at != '"')
    reader->at += *reader->at == '\\' && reader->at + 1 < reader->end ? 2 : 1;
  return take(reader, "\"");
}

static gboolean number(Reader *reader, guint64 *out)
{
  guint64 value = 0;
  const char *start = reader->at;
  for (; reader->at < reader->end && g_ascii_isdigit(*reader->at); reader->at++)
    if (!g_uint64_checked_mul(&value, value, 10) ||
        !g_uint64_checked_add(&value, value, (guint64)(*reader->at - '0')))
      return FALSE;
  *out = value;
  return reader->at > start;
}

static gboolean skip_literal(Reader *reader)
{
  guint64 len;
  if (!number(reader, &len))
    return FALSE;
  take(reader, "+");
  if (!take(reader, "}\r\n") || len > (guint64)(reader->end - reader->at))
    return FALSE;
  reader->at += len;
  return TRUE;
}

static gboolean is_atom_char(char byte)
{
  return (guchar)byte > ' ' && byte != 0x7f && strchr("(){\"", byte) == NULL;
}

static gboolean skip_atom(Reader *reader, const char **start_out)
{
  *start_out = reader->at;
  while (reader->at < reader->end && is_atom_char(*reader->at))
    reader->at++;
  return reader->at > *start_out;
}

/* The root's name: any string, "" for most. */
static gboolean skip_root(Reader *reader)
{
  const char *start;
  if (take(reader, "\""))
    return skip_quoted(reader);
  return take(reader, "{") ? skip_literal(reader) : skip_atom(reader, &start);
}

/* Whether used of limit is nearer to the end than what is known; nothing is divided by 0. */
static gboolean is_fuller(guint64 used, guint64 limit, gboolean known, guint64 known_used,
                          guint64 known_limit)
{
  return !known ||
         (long double)used * (long double)known_limit > (long double)known_used * (long double)limit;
}

static gboolean take_resource(Reader *reader, FbkImapQuota *out)
{
  const char *name;
  guint64 used, limit;
  if (!skip_atom(reader, &name))
    return FALSE;
  gsize len = (gsize)(reader->at - name);
  if (!take(reader, " ") || !number(reader, &used) || !take(reader, " ") || !number(reader, &limit))
    return FALSE;
  if (len == 7 && g_ascii_strncasecmp(name, "STORAGE", len) == 0) {
    if (!g_uint64_checked_mul(&used, used, UNIT) || !g_uint64_checked_mul(&limit, limit, UNIT))
      return FALSE;
    if (is_fuller(used, limit, out->has_storage, out->storage_used, out->storage_limit)) {
      out->has_storage = TRUE;
      out->storage_used = used;
      out->storage_limit = limit;
    }
  } else if (len == 7 && g_ascii_strncasecmp(name, "MESSAGE", len) == 0 &&
             is_fuller(used, limit, out->has_messages, out->messages_used, out->messages_limit)) {
    out->has_messages = TRUE;
    out->messages_used = used;
    out->messages_limit = limit;
  }
  return TRUE;
}

gboolean fbk_imap_quota_parse(const char *line, gsize len, FbkImapQuota *out)
{
  Reader reader = {line, line + len};
  FbkImapQuota told = *out;
  if (!take(&reader, "* QUOTA ") || !skip_root(&reader) || !take(&reader, " ("))
    return FALSE;
  while (!take(&reader, ")")) {
    if (!take_resource(&reader, &told))
      return FALSE;
    take(&reader, " ");
  }
  if (reader.at != reader.end)
    return FALSE;
  *out = told;
  return TRUE;
}

static gboolean hear(FbkImap *imap, gpointer data, const GString *line, GError **err)
{
  if (fbk_imap_quota_parse(line->str, line->len, data))
    return TRUE;
  fbk_error_set(err, FBK_ERR_PROTOCOL, _("%s said something that a mail server may not say here."),
                fbk_stream_host(imap->stream));
  return FALSE;
}

gboolean fbk_imap_quota(FbkImap *imap, FbkImapQuota *out, GError **err)
{
  const FbkImapHearer hearer = {.word = "QUOTA", .data = hear, .user = out};
  memset(out, 0, sizeof *out);
  if (!fbk_imap_alive(imap, err))
    return FALSE;
  fbk_imap_set_budget(imap, QUOTA_BUDGET, QUOTA_SECONDS);
  return fbk_imap_send(imap, err, "GETQUOTAROOT \"INBOX\"") &&
         fbk_imap_await(imap, imap->tag, &hearer, err) && fbk_imap_accepted(imap, err);
}
