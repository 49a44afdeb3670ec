/* RFC 2047, tolerant. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/words.h"

#include <string.h>

#include "mail/charset.h"

#define LABEL_MAX 63

typedef struct {
  char label[LABEL_MAX + 1];
  char encoding; /* 'b' or 'q' */
  const char *text;
  gsize text_len;
} Word;

/* The word whose "=?" stands at text. Gives its length, 0 for none. */
static gsize scan_word(const char *text, Word *word, gboolean *none_ahead)
{
  if (*none_ahead || text[0] != '=' || text[1] != '?')
    return 0;
  gsize size = 0;
  const char *at = text + 2;
  while (size < LABEL_MAX && (g_ascii_isalnum(at[size]) || (at[size] && strchr("-_.:+*", at[size]))))
    size++;
  char encoding = g_ascii_tolower(at[size] == '?' ? at[size + 1] : 0);
  if (size == 0 || (encoding != 'b' && encoding != 'q') || at[size + 2] != '?')
    return 0;
  memcpy(word->label, at, size);
  word->label[size] = 0;
  word->label[strcspn(word->label, "*")] = 0; /* RFC 2231 5: a language */
  word->encoding = encoding;
  word->text = at + size + 3;
  const char *end = strstr(word->text, "?=");
  if (!end) {
    *none_ahead = TRUE;
    return 0;
  }
  word->text_len = (gsize)(end - word->text);
  return (gsize)(end + 2 - text);
}

gsize fbk_word_length(const char *text, gboolean *none_ahead)
{
  Word word;
  return scan_word(text, &word, none_ahead);
}

static void append_q(GString *bytes, const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++) {
    if (text[i] == '=' && i + 2 < len && g_ascii_isxdigit(text[i + 1]) && g_ascii_isxdigit(text[i + 2])) {
      g_string_append_c(bytes,
                        (char)(g_ascii_xdigit_value(text[i + 1]) * 16 + g_ascii_xdigit_value(text[i + 2])));
      i += 2;
    } else {
      g_string_append_c(bytes, text[i] == '_' ? ' ' : text[i]);
    }
  }
}

static void append_b(GString *bytes, const char *text, gsize len)
{
  gint state = 0;
  guint save = 0;
  gsize start = bytes->len;
  g_string_set_size(bytes, start + (len / 4) * 3 + 12);
  guchar *to = (guchar *)bytes->str + start;
  gsize made = g_base64_decode_step(text, len, to, &state, &save);
  /* senders forget the padding: push out what is complete */
  if (ABS(state) >= 2)
    made += g_base64_decode_step("==", 4 - (gsize)ABS(state), to + made, &state, &save);
  g_string_truncate(bytes, start + made);
}

/* Words of one charset side by side, not yet decoded. */
typedef struct {
  char label[LABEL_MAX + 1];
  GString *bytes;
  gboolean open;
} Group;

static void close_group(Group *group, GString *out)
{
  if (!group->open)
    return;
  gsize len;
  g_autofree char *text = fbk_charset_to_utf8(group->bytes->str, group->bytes->len, group->label, &len);
  for (gsize i = 0; i < len; i++) {
    if (!text[i])
      g_string_append(out, "\xef\xbf\xbd");
    else
      g_string_append_c(out, text[i] == '\n' || text[i] == '\r' ? ' ' : text[i]);
  }
  g_string_truncate(group->bytes, 0);
  group->open = FALSE;
}

static void add_word(Group *group, const Word *word, GString *out)
{
  if (group->open && g_ascii_strcasecmp(group->label, word->label))
    close_group(group, out);
  g_strlcpy(group->label, word->label, sizeof group->label);
  group->open = TRUE;
  if (word->encoding == 'q')
    append_q(group->bytes, word->text, word->text_len);
  else
    append_b(group->bytes, word->text, word->text_len);
}

char *fbk_words_decode(const char *line)
{
  GString *out = g_string_new(NULL);
  Group group = {.bytes = g_string_new(NULL)};
  gboolean none_ahead = FALSE;
  for (const char *at = line; *at;) {
    gsize blanks = group.open ? strspn(at, " \t") : 0;
    Word word;
    gsize size = scan_word(at + blanks, &word, &none_ahead);
    if (size) {
      add_word(&group, &word, out);
      at += blanks + size;
      continue;
    }
    close_group(&group, out);
    gsize plain = 1 + strcspn(at + 1, "=");
    g_string_append_len(out, at, (gssize)plain);
    at += plain;
  }
  close_group(&group, out);
  g_string_free(group.bytes, TRUE);
  return g_string_free(out, FALSE);
}
