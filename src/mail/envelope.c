/* Envelopes out of header fields. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/envelope.h"

#include <string.h>

#include "mail/params.h"
#include "mail/parse.h"
#include "mail/parse_mime.h"
#include "mail/raw.h"

#define ID_MAX 998 /* RFC 5322 2.1.1: no line is longer */
#define REFERENCES_MAX 100
#define DATE_MAX 200
#define YEAR_LAST 2200

/* The next "<...>" at or after text, without its signs; *next_out is set behind it. */
static char *next_id(const char *text, const char **next_out)
{
  for (const char *open = strchr(text, '<'); open; open = strchr(open + 1, '<')) {
    gsize size = strcspn(open + 1, "<>");
    if (open[1 + size] != '>')
      continue;
    *next_out = open + 2 + size;
    char *id = g_strndup(open + 1, MIN(size, ID_MAX));
    return g_strstrip(id);
  }
  return NULL;
}

static char *first_id(const char *line)
{
  const char *next;
  char *id = next_id(line, &next);
  if (id)
    return id;
  /* some senders leave the signs away */
  gsize size = strcspn(line, " \t<>");
  return size && line[size] == 0 ? g_strndup(line, MIN(size, ID_MAX)) : g_strdup("");
}

static char **all_ids(const char *line)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
  const char *at = line;
  for (char *id = next_id(at, &at); id; id = next_id(at, &at)) {
    g_ptr_array_add(ids, id);
    if (ids->len > REFERENCES_MAX) /* of very many, the oldest half and the youngest half say most */
      g_ptr_array_remove_index(ids, REFERENCES_MAX / 2);
  }
  g_ptr_array_add(ids, NULL);
  return (char **)g_ptr_array_steal(ids, NULL);
}

static gint64 date_of(const char *line)
{
  g_autofree char *text = g_strndup(line, DATE_MAX);
  g_autoptr(GDateTime) date = g_mime_utils_header_decode_date(text);
  if (!date || g_date_time_get_year(date) > YEAR_LAST)
    return 0;
  return MAX(g_date_time_to_unix(date), 0);
}

static void take_once(char **into, char *text)
{
  if (**into) {
    g_free(text);
    return;
  }
  g_free(*into);
  *into = text;
}

void fbk_envelope_take(FbkEnvelope *envelope, const FbkField *field)
{
  struct {
    const char *name;
    GPtrArray *addresses;
  } lists[] = {
      {"From", envelope->from}, {"To", envelope->to}, {"Cc", envelope->cc}, {"Reply-To", envelope->reply_to}};
  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
    if (fbk_field_is(field, lists[i].name)) {
      fbk_addresses_take(lists[i].addresses, field->value, field->value_len);
      return;
    }
  if (fbk_field_is(field, "Subject")) {
    take_once(&envelope->subject, fbk_field_text(field->value, field->value_len));
    return;
  }
  gboolean message_id = fbk_field_is(field, "Message-ID"), reply = fbk_field_is(field, "In-Reply-To");
  gboolean references = fbk_field_is(field, "References"), date = fbk_field_is(field, "Date");
  if (!message_id && !reply && !references && !date)
    return;
  g_autofree char *line = fbk_field_line(field->value, field->value_len);
  if (message_id)
    take_once(&envelope->message_id, first_id(line));
  else if (reply)
    take_once(&envelope->in_reply_to, first_id(line));
  else if (date && !envelope->date)
    envelope->date = date_of(line);
  else if (references && !*envelope->references) {
    g_strfreev(envelope->references);
    envelope->references = all_ids(line);
  }
}

FbkEnvelope *fbk_envelope_from_fields(const FbkFields *fields)
{
  FbkEnvelope *envelope = fbk_envelope_new();
  for (guint i = 0; i < fields->fields->len; i++)
    fbk_envelope_take(envelope, &g_array_index(fields->fields, FbkField, i));
  return envelope;
}

static gboolean is_mixed(const FbkFields *fields)
{
  for (guint i = fields->fields->len; i > 0; i--) {
    const FbkField *field = &g_array_index(fields->fields, FbkField, i - 1);
    if (!fbk_field_is(field, "Content-Type"))
      continue;
    g_autofree char *type = fbk_param_main(field->value, field->value_len);
    return !strcmp(type, "multipart/mixed");
  }
  return FALSE;
}

FbkEnvelope *fbk_envelope_read(const char *path, gboolean *has_attachment_out, GError **err)
{
  g_auto(FbkRaw) raw = {.fd = -1};
  if (!fbk_raw_open(&raw, path, err))
    return NULL;
  gsize len;
  g_autofree char *head = fbk_raw_head(&raw, &len);
  g_auto(FbkFields) fields;
  fbk_fields_read(&fields, head, len, G_MAXUINT);
  if (has_attachment_out)
    *has_attachment_out = is_mixed(&fields);
  return fbk_envelope_from_fields(&fields);
}
