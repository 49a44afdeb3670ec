/* Header blocks taken apart. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/fields.h"

#include <string.h>

#include "mail/charset.h"
#include "mail/charset_guess.h"
#include "mail/words.h"

static gboolean is_blank(char character)
{
  return character == ' ' || character == '\t';
}

/* Length of a field's name at line, or 0 when the line is no field. *colon_out: where the colon stands. */
static gsize name_length(const char *line, gsize len, gsize *colon_out)
{
  gsize name = 0;
  while (name < len && (guchar)line[name] > 0x20 && (guchar)line[name] < 0x7f && line[name] != ':')
    name++;
  gsize colon = name;
  while (colon < len && is_blank(line[colon]))
    colon++;
  if (colon == len || line[colon] != ':')
    return 0;
  *colon_out = colon;
  return name;
}

static gsize line_length(const char *at, const char *end)
{
  const char *stop = memchr(at, '\n', (gsize)(end - at));
  return (gsize)((stop ? stop + 1 : end) - at);
}

static gsize without_line_end(const char *line, gsize len)
{
  if (len && line[len - 1] == '\n')
    len--;
  if (len && line[len - 1] == '\r')
    len--;
  return len;
}

/* A field and its continuation lines; gives the bytes taken. */
static gsize take_field(FbkFields *fields, const char *at, const char *end, gsize size, gsize name,
                        gsize colon, guint max)
{
  while (at + size < end && is_blank(at[size]))
    size += line_length(at + size, end);
  gsize start = colon + 1, stop = without_line_end(at, size);
  while (start < stop && is_blank(at[start]))
    start++;
  FbkField field = {
      .name = at, .name_len = name, .value = at + start, .value_len = stop > start ? stop - start : 0};
  if (fields->fields->len < max)
    g_array_append_val(fields->fields, field);
  return size;
}

void fbk_fields_read(FbkFields *fields, const char *block, gsize len, guint max)
{
  *fields = (FbkFields){.fields = g_array_new(FALSE, FALSE, sizeof(FbkField))};
  const char *at = block, *end = block + len, *first_broken = NULL;
  gboolean any = FALSE;

  while (at < end) {
    gsize size = line_length(at, end), line = without_line_end(at, size), colon = 0;
    if (line == 0) {
      fields->ended = TRUE;
      fields->body = (gsize)(at - block) + size;
      break;
    }
    gsize name = name_length(at, line, &colon);
    gboolean mbox = at == block && (g_str_has_prefix(at, "From ") || g_str_has_prefix(at, ">From "));
    if (name && !mbox) {
      at += take_field(fields, at, end, size, name, colon, max);
      any = TRUE;
      continue;
    }
    if (!mbox) {
      fields->broken++;
      first_broken = first_broken ? first_broken : at;
    }
    at += size;
  }
  if (!any && fields->broken)
    fields->body = 0;
  else if (!fields->ended)
    fields->body = first_broken ? (gsize)(first_broken - block) : len;
}

void fbk_fields_clear(FbkFields *fields)
{
  g_clear_pointer(&fields->fields, g_array_unref);
}

gboolean fbk_field_is(const FbkField *field, const char *name)
{
  return field->name_len == strlen(name) && !g_ascii_strncasecmp(field->name, name, field->name_len);
}

static GString *unfold(const char *value, gsize len)
{
  GString *line = g_string_sized_new(len + 1);
  for (gsize i = 0; i < len; i++) {
    if (value[i] != '\n' && !(value[i] == '\r' && i + 1 < len && value[i + 1] == '\n')) {
      g_string_append_c(line, value[i]);
      continue;
    }
    while (i + 1 < len && (is_blank(value[i + 1]) || value[i + 1] == '\n' || value[i + 1] == '\r'))
      i++;
    g_string_append_c(line, ' ');
  }
  while (line->len && is_blank(line->str[line->len - 1]))
    g_string_truncate(line, line->len - 1);
  return line;
}

static char *without_nuls(const char *bytes, gsize len)
{
  GString *clean = g_string_sized_new(len + 1);
  for (const char *at = bytes, *end = bytes + len; at < end;) {
    const char *nul = memchr(at, 0, (gsize)(end - at));
    g_string_append_len(clean, at, (nul ? nul : end) - at);
    if (nul)
      g_string_append(clean, "\xef\xbf\xbd");
    at = nul ? nul + 1 : end;
  }
  return g_string_free(clean, FALSE);
}

char *fbk_field_line(const char *value, gsize len)
{
  g_autoptr(GString) line = unfold(value, MIN(len, FBK_FIELD_MAX));
  gboolean foreign = fbk_guess_has_8bit(line->str, line->len) || memchr(line->str, 0x1b, line->len);
  if (!foreign)
    return without_nuls(line->str, line->len);
  gsize size;
  g_autofree char *text = fbk_charset_to_utf8(line->str, line->len, NULL, &size);
  return without_nuls(text, size);
}

char *fbk_field_text(const char *value, gsize len)
{
  g_autofree char *line = fbk_field_line(value, len);
  return fbk_words_decode(line);
}

const char *fbk_field_skip_comment(const char *at)
{
  guint depth = 0;
  for (; *at; at++) {
    if (*at == '\\' && at[1])
      at++;
    else if (*at == '(')
      depth++;
    else if (*at == ')' && --depth == 0)
      return at + 1;
  }
  return at;
}
