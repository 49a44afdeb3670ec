/* Reads text the way the rules do. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/terms.h"

#include "mail/host.h"
#include "mail/lists.h"

#include <string.h>

#define MARKS_MOST 30 /* as Unicode's Stream-Safe Text Process has it */

gboolean fbk_terms_is_space(char c)
{
  return c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

/* Putting marks into canonical order takes time by the square of their number. */
static char *limit_marks(const char *text)
{
  GString *limited = g_string_sized_new(strlen(text));
  guint marks = 0;
  for (const char *at = text; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    marks = g_unichar_combining_class(c) != 0 ? marks + 1 : 0;
    if (marks <= MARKS_MOST)
      g_string_append_unichar(limited, c);
  }
  return g_string_free(limited, FALSE);
}

char *fbk_terms_nfkc(const char *text)
{
  if (g_str_is_ascii(text))
    return g_strdup(text);
  g_autofree char *whole = g_utf8_make_valid(text, -1);
  g_autofree char *limited = limit_marks(whole);
  char *normal = g_utf8_normalize(limited, -1, G_NORMALIZE_NFKC);
  return normal ? normal : g_steal_pointer(&limited);
}

char *fbk_terms_shown(const char *text)
{
  g_autofree char *normal = fbk_terms_nfkc(text);
  GString *shown = g_string_sized_new(strlen(normal));
  for (const char *at = normal; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (c < 0x80 && fbk_terms_is_space((char)c)) {
      if (shown->len > 0)
        g_string_append_c(shown, (char)c);
    } else if (!fbk_host_hidden_char(c)) {
      g_string_append_unichar(shown, c);
    }
  }
  gsize len = shown->len;
  while (len > 0 && fbk_terms_is_space(shown->str[len - 1]))
    len--;
  g_string_truncate(shown, len);
  return g_string_free(shown, FALSE);
}

char *fbk_terms_lower(const char *text)
{
  if (g_str_is_ascii(text))
    return g_ascii_strdown(text, -1);
  GString *lower = g_string_sized_new(strlen(text));
  for (const char *at = text; *at; at = g_utf8_next_char(at))
    g_string_append_unichar(lower, g_unichar_tolower(g_utf8_get_char(at)));
  return g_string_free(lower, FALSE);
}

char *fbk_terms_of(const char *text)
{
  g_autofree char *shown = fbk_terms_shown(text);
  return fbk_terms_lower(shown);
}

static gboolean word_char(char c)
{
  return g_ascii_islower(c) || g_ascii_isdigit(c);
}

/* The first place of term in words from `from` on, or NULL. */
static char *find_term(const char *words, const char *from, const char *term)
{
  gboolean ascii = g_str_is_ascii(term);
  gsize len = strlen(term);
  for (const char *at = strstr(from, term); at; at = strstr(at + 1, term))
    if (!ascii || ((at == words || !word_char(at[-1])) && !word_char(at[len])))
      return (char *)at;
  return NULL;
}

gboolean fbk_terms_have(const char *words, const char *term)
{
  return *term && find_term(words, words, term) != NULL;
}

static gboolean have_any(const char *words, char sort)
{
  for (const char *const *term = fbk_lists_credential(sort); *term; term++)
    if (fbk_terms_have(words, *term))
      return TRUE;
  return FALSE;
}

static gboolean sentence_asks(const char *sentence)
{
  if (!have_any(sentence, 'A') || have_any(sentence, 'C'))
    return FALSE;
  /* "login information" is a secret, not the act "login": secrets are blanked before acts are looked for. */
  g_autofree char *rest = g_strdup(sentence);
  for (const char *const *term = fbk_lists_credential('A'); *term; term++)
    for (char *at = find_term(rest, rest, *term); at; at = find_term(rest, at, *term))
      memset(at, ' ', strlen(*term));
  return have_any(rest, 'B');
}

/* Where the sentence that begins at text ends: after . ! ? before white space or the end, after the
 * ideographic full stop, or at a line end. */
static const char *sentence_end(const char *text)
{
  for (const char *at = text; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (c == '\n' || c == '\r' || c == 0x3002 || c == 0x2028 || c == 0x2029)
      return g_utf8_next_char(at);
    if ((c == '.' || c == '!' || c == '?') && (!at[1] || g_unichar_isspace(g_utf8_get_char(at + 1))))
      return at + 1;
  }
  return text + strlen(text);
}

gboolean fbk_terms_ask_secret(const char *context)
{
  if (!*context)
    return FALSE;
  g_autofree char *start = g_strndup(context, FBK_TERMS_CONTEXT_MOST);
  g_autofree char *normal = fbk_terms_nfkc(start);
  g_autofree char *words = fbk_terms_lower(normal);
  if (!have_any(words, 'A'))
    return FALSE;
  for (const char *at = words; *at;) {
    const char *end = sentence_end(at);
    g_autofree char *sentence = g_strndup(at, (gsize)(end - at));
    if (sentence_asks(sentence))
      return TRUE;
    at = end;
  }
  return FALSE;
}
