/* Parameters, with the breakage that real mail has. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/params.h"

#include <string.h>

#include "mail/charset.h"
#include "mail/fields.h"
#include "mail/words.h"

#define PIECES_MAX 1000

/* One piece of a parameter. */
typedef struct {
  int index;         /* of name*N, or -1 */
  gboolean extended; /* percent-encoded, with charset and language in front of the first */
  char *text;
} Piece;

static void piece_clear(Piece *piece)
{
  g_free(piece->text);
}

char *fbk_param_main(const char *value, gsize len)
{
  g_autofree char *line = fbk_field_line(value, len);
  GString *word = g_string_new(NULL);
  for (const char *at = line; *at && *at != ';';) {
    if (*at == '(') {
      at = fbk_field_skip_comment(at);
      continue;
    }
    if (*at != ' ' && *at != '\t' && *at != '"')
      g_string_append_c(word, g_ascii_tolower(*at));
    at++;
  }
  return g_string_free(word, FALSE);
}

/* The value behind '='; *at is moved behind it. */
static char *take_value(const char **at)
{
  const char *from = *at + strspn(*at, " \t");
  GString *text = g_string_new(NULL);
  if (*from == '"') {
    for (from++; *from && *from != '"'; from++) {
      if (*from == '\\' && (from[1] == '"' || from[1] == '\\'))
        from++;
      g_string_append_c(text, *from);
    }
    from += strcspn(from, ";");
  } else {
    gsize size = strcspn(from, ";");
    g_string_append_len(text, from, (gssize)size);
    from += size;
    g_strchomp(text->str);
    text->len = strlen(text->str);
  }
  *at = from;
  return g_string_free(text, FALSE);
}

/* Reads "name", "name*", "name*0" or "name*0*" at attribute into piece; FALSE for another name. */
static gboolean match_name(const char *attribute, gsize len, const char *name, Piece *piece)
{
  gsize size = strlen(name);
  if (len < size || g_ascii_strncasecmp(attribute, name, size))
    return FALSE;
  *piece = (Piece){.index = -1};
  const char *rest = attribute + size, *end = attribute + len;
  if (rest == end)
    return TRUE;
  if (*rest++ != '*')
    return FALSE;
  if (rest < end && g_ascii_isdigit(*rest)) {
    piece->index = 0;
    for (; rest < end && g_ascii_isdigit(*rest); rest++)
      piece->index = MIN(piece->index * 10 + (*rest - '0'), 1000000);
    if (rest == end)
      return TRUE;
    if (*rest++ != '*')
      return FALSE;
  }
  piece->extended = TRUE;
  return rest == end;
}

static GArray *collect(const char *line, const char *name)
{
  GArray *pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
  g_array_set_clear_func(pieces, (GDestroyNotify)piece_clear);
  const char *at = line;
  while (*at && *at != ';')
    at = *at == '(' ? fbk_field_skip_comment(at) : at + 1;
  while (*at && pieces->len < PIECES_MAX) {
    at += strspn(at, "; \t");
    if (*at == '(') {
      at = fbk_field_skip_comment(at);
      continue;
    }
    gsize size = strcspn(at, "=; \t");
    Piece piece;
    gboolean wanted = size && match_name(at, size, name, &piece);
    at += size;
    at += strspn(at, " \t");
    if (*at != '=')
      continue;
    at++;
    char *text = take_value(&at);
    if (wanted) {
      piece.text = text;
      g_array_append_val(pieces, piece);
    } else {
      g_free(text);
    }
  }
  return pieces;
}

static gint by_index(gconstpointer left, gconstpointer right)
{
  return ((const Piece *)left)->index - ((const Piece *)right)->index;
}

static void append_percent(GString *bytes, const char *text)
{
  for (const char *at = text; *at; at++) {
    if (*at == '%' && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2])) {
      g_string_append_c(bytes, (char)(g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2])));
      at += 2;
    } else {
      g_string_append_c(bytes, *at);
    }
  }
}

/* charset'language'text: gives the text and sets *charset_out; the whole where the quotes are missing. */
static const char *split_charset(const char *text, char **charset_out)
{
  const char *first = strchr(text, '\'');
  const char *second = first ? strchr(first + 1, '\'') : NULL;
  if (!second)
    return text;
  *charset_out = g_strndup(text, (gsize)(first - text));
  return second + 1;
}

/* Joins pieces of one kind. NULL when there is none. */
static char *join(const GArray *pieces, gboolean numbered)
{
  g_autoptr(GString) bytes = g_string_new(NULL);
  g_autofree char *charset = NULL;
  int last = -2;
  for (guint i = 0; i < pieces->len; i++) {
    const Piece *piece = &g_array_index(pieces, Piece, i);
    if (numbered ? piece->index < 0 || piece->index == last : piece->index >= 0 || !piece->extended)
      continue;
    const char *text = piece->text;
    if (piece->extended && last == -2)
      text = split_charset(text, &charset);
    if (piece->extended)
      append_percent(bytes, text);
    else
      g_string_append(bytes, text);
    last = piece->index;
    if (!numbered)
      break;
  }
  if (last == -2)
    return NULL;
  gsize len;
  g_autofree char *text = fbk_charset_to_utf8(bytes->str, bytes->len, charset, &len);
  return fbk_field_text(text, len);
}

char *fbk_param_text(const char *value, gsize len, const char *name)
{
  g_autofree char *line = fbk_field_line(value, len);
  g_autoptr(GArray) pieces = collect(line, name);
  g_array_sort(pieces, by_index);
  char *text = join(pieces, FALSE);
  if (!text)
    text = join(pieces, TRUE);
  for (guint i = 0; i < pieces->len && !text; i++)
    text = fbk_words_decode(g_array_index(pieces, Piece, i).text);
  return text;
}
