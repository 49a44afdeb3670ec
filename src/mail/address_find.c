/* Finds web and mail addresses in text. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/plain.h"

#include <string.h>

#define ADDRESS_CAP 16384 /* bytes */

/* Signs that end an address besides white space: Japanese mail writes addresses without spaces around. */
static const char enders[] = "<>\"、。，「」『』（）【】〈〉《》〔〕［］｛｝“”‘’！？：；｡､｢｣…→⇒";
static const char trailers[] = ".,;:!?'*_|";

static gboolean is_cjk(gunichar character)
{
  GUnicodeScript script = g_unichar_get_script(character);
  return script == G_UNICODE_SCRIPT_HAN || script == G_UNICODE_SCRIPT_HIRAGANA ||
         script == G_UNICODE_SCRIPT_KATAKANA || character == 0x30fc;
}

/* TRUE when character cannot belong to an address. Japanese words follow addresses directly; in a host they
 * belong to it only where a label of theirs has begun. */
static gboolean ends_address(gunichar character, gunichar before, gboolean in_host)
{
  if (character < 0x21 || character == 0x7f || g_unichar_isspace(character) ||
      g_unichar_type(character) == G_UNICODE_CONTROL)
    return TRUE;
  char bytes[7];
  bytes[g_unichar_to_utf8(character, bytes)] = '\0';
  if (strstr(enders, bytes) != NULL)
    return TRUE;
  if (!is_cjk(character))
    return FALSE;
  return !in_host || (before < 0x80 && before != '/' && before != '.' && before != '-' && before != '@');
}

static gsize address_end(const char *text, gsize len, gsize from, gsize scheme)
{
  gsize cap = MIN(len, from + ADDRESS_CAP);
  gsize at = from + scheme;
  gunichar before = '/';
  gboolean in_host = TRUE;
  while (at < cap) {
    gunichar character = g_utf8_get_char(text + at);
    if (ends_address(character, before, in_host))
      break;
    if (character == '/' || character == '?' || character == '#')
      in_host = FALSE;
    before = character;
    at = (gsize)(g_utf8_next_char(text + at) - text);
  }
  return MIN(at, len);
}

/* Punctuation at the end belongs to the sentence, and so does a closing bracket that was opened before it. */
static gsize trim_end(const char *text, gsize start, gsize end)
{
  int round = 0, square = 0, curly = 0;
  for (gsize i = start; i < end; i++) {
    round += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    square += text[i] == '[' ? 1 : text[i] == ']' ? -1 : 0;
    curly += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
  }
  while (end > start) {
    char last = text[end - 1];
    int *open = last == ')' ? &round : last == ']' ? &square : last == '}' ? &curly : NULL;
    if (open != NULL && *open < 0)
      (*open)++;
    else if (open != NULL || strchr(trailers, last) == NULL)
      break;
    end--;
  }
  return end;
}

/* Length of the scheme (or "www.") at text, 0 when there is none. */
static gsize scheme_length(const char *text, gsize left, gboolean inside_word)
{
  static const char *const schemes[] = {"https://", "http://", "ftp://", "mailto:", "www."};
  for (guint i = 0; i < G_N_ELEMENTS(schemes); i++) {
    gsize length = strlen(schemes[i]);
    if (left > length && g_ascii_strncasecmp(text, schemes[i], length) == 0 && (i < 2 || !inside_word))
      return length;
  }
  return 0;
}

gboolean fbk_plain_find_address(const char *text, gsize len, gsize from, gsize *start_out, gsize *end_out)
{
  for (gsize at = from; at < len; at++) {
    if (strchr("hHfFmMwW", text[at]) == NULL || text[at] == '\0')
      continue;
    gboolean inside = at > 0 && (g_ascii_isalnum(text[at - 1]) || strchr("@.-_", text[at - 1]) != NULL);
    gsize scheme = scheme_length(text + at, len - at, inside);
    if (scheme == 0)
      continue;
    gsize end = trim_end(text, at, address_end(text, len, at, scheme));
    if (end <= at + scheme)
      continue;
    *start_out = at;
    *end_out = end;
    return TRUE;
  }
  return FALSE;
}
