/* Finds hosts that only look like the institution's. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/lookalike.h"

#include "mail/guard.h"
#include "mail/host.h"
#include "mail/lists.h"

#include <string.h>

/* A host taken apart once for all rules. */
typedef struct {
  const char *name; /* canonical */
  char **labels;    /* Unicode form */
  char **folds;
  guint count;
} Parts;

static void parts_clear(Parts *parts)
{
  g_strfreev(parts->labels);
  g_strfreev(parts->folds);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parts, parts_clear)

char *fbk_fold(const char *label)
{
  if (g_str_is_ascii(label))
    return g_strdup(label);
  GString *folded = g_string_new(NULL);
  for (const char *at = label; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    const FbkFold *fold = c < 0x80 ? NULL : fbk_lists_fold(c);
    if (fold)
      g_string_append(folded, fold->fold);
    else if (g_unichar_type(c) != G_UNICODE_NON_SPACING_MARK)
      g_string_append_unichar(folded, c);
  }
  return g_string_free(folded, FALSE);
}

/* Every pair becomes one character, in place. */
static void replace_pairs(char *text, char pair, char second, char by)
{
  char *out = text;
  for (const char *in = text; *in; in++) {
    gboolean here = in[0] == pair && in[1] == second;
    *out++ = here ? by : *in;
    in += here;
  }
  *out = '\0';
}

static char *skel_of_fold(const char *fold)
{
  static const char from[] = "01i3457", to[] = "olleast";
  char *skel = g_strdup(fold);
  for (char *at = skel; *at; at++) {
    const char *found = strchr(from, *at);
    if (found)
      *at = to[found - from];
  }
  replace_pairs(skel, 'r', 'n', 'm');
  replace_pairs(skel, 'v', 'v', 'w');
  return skel;
}

char *fbk_skel(const char *label)
{
  g_autofree char *fold = fbk_fold(label);
  return skel_of_fold(fold);
}

static char *join_folds(char **folds)
{
  GString *joined = g_string_new(NULL);
  for (guint i = 0; folds[i]; i++) {
    g_autofree char *skel = skel_of_fold(folds[i]);
    for (const char *at = skel; *at; at++)
      if (*at != '-' && *at != '_' && *at != '.')
        g_string_append_c(joined, *at);
  }
  return g_string_free(joined, FALSE);
}

static void parts_read(const char *name, Parts *parts)
{
  g_autofree char *letters = fbk_host_unicode(name);
  parts->name = name;
  parts->labels = g_strsplit(letters, ".", -1);
  parts->count = g_strv_length(parts->labels);
  parts->folds = g_new0(char *, parts->count + 1);
  for (guint i = 0; i < parts->count; i++)
    parts->folds[i] = fbk_fold(parts->labels[i]);
}

char *fbk_skel_join(const char *name)
{
  g_auto(Parts) parts;
  parts_read(name, &parts);
  return join_folds(parts.folds);
}

static gboolean found(FbkLookalike *out, const char *rule, const char *target)
{
  g_strlcpy(out->rule, rule, sizeof out->rule);
  out->target = target;
  return TRUE;
}

/* L1: the whole institution domain is written in the host, whatever stands between its letters. */
static gboolean whole_domain(const FbkGuard *guard, const Parts *parts, FbkLookalike *out)
{
  if (guard->domains->len == 0)
    return FALSE;
  g_autofree char *joined = join_folds(parts->folds);
  for (guint i = 0; i < guard->domains->len; i++) {
    const FbkGuardDomain *domain = guard->domains->pdata[i];
    if (*domain->joined && strstr(joined, domain->joined))
      return found(out, "L1", domain->name);
  }
  return FALSE;
}

static gboolean token_char(char c)
{
  return g_ascii_islower(c) || g_ascii_isdigit(c);
}

/* The runs of a-z0-9 of a folded label. */
static GPtrArray *tokens_of(const char *fold)
{
  GPtrArray *tokens = g_ptr_array_new_with_free_func(g_free);
  for (const char *at = fold; *at;) {
    const char *end = at;
    while (token_char(*end))
      end++;
    if (end > at)
      g_ptr_array_add(tokens, g_strndup(at, (gsize)(end - at)));
    at = *end ? end + 1 : end;
  }
  return tokens;
}

static gboolean token_is_brand(const char *token, const FbkGuardBrand *brand)
{
  g_autofree char *skel = skel_of_fold(token);
  if (strcmp(skel, brand->skel) == 0)
    return TRUE;
  const char *first = token + strspn(token, "0123456789"), *end = token + strlen(token);
  while (end > first && g_ascii_isdigit(end[-1]))
    end--;
  g_autofree char *bare = g_strndup(first, (gsize)(end - first));
  g_autofree char *bare_skel = skel_of_fold(bare);
  return strcmp(bare_skel, brand->skel) == 0;
}

/* L2a */
static gboolean brand_token(GPtrArray *tokens, const FbkGuardBrand *brand)
{
  for (guint i = 0; i < tokens->len; i++) {
    if (token_is_brand(tokens->pdata[i], brand))
      return TRUE;
    if (i + 1 < tokens->len) {
      g_autofree char *both = g_strconcat(tokens->pdata[i], tokens->pdata[i + 1], NULL);
      if (token_is_brand(both, brand))
        return TRUE;
    }
  }
  return FALSE;
}

/* L2b: the brand among words that impostors add, written together. */
static gboolean brand_in_words(GPtrArray *tokens, const FbkGuardBrand *brand)
{
  g_autoptr(GString) all = g_string_new(NULL);
  for (guint i = 0; i < tokens->len; i++)
    for (const char *at = tokens->pdata[i]; *at; at++)
      if (!g_ascii_isdigit(*at))
        g_string_append_c(all, *at);
  gsize len = strlen(brand->word);
  for (const char *at = strstr(all->str, brand->word); at; at = strstr(at + 1, brand->word))
    if (fbk_lists_word_chain(all->str, (gsize)(at - all->str)) &&
        fbk_lists_word_chain(at + len, strlen(at + len)))
      return TRUE;
  return FALSE;
}

/* L2 */
static gboolean has_brand(const FbkGuard *guard, const Parts *parts, FbkLookalike *out)
{
  const char *suffix = guard->brands->len > 0 ? fbk_host_suffix(parts->name) : NULL;
  if (!suffix || fbk_lists_tenant(parts->name))
    return FALSE;
  guint last = parts->count - 2; /* the registrable label stands before the suffix */
  for (const char *dot = strchr(suffix, '.'); dot; dot = strchr(dot + 1, '.'))
    last--;
  guint first = fbk_lists_closed(suffix) ? last : 0;
  for (guint i = first; i <= last; i++) {
    g_autoptr(GPtrArray) tokens = tokens_of(parts->folds[i]);
    for (guint b = 0; b < guard->brands->len; b++) {
      const FbkGuardBrand *brand = guard->brands->pdata[b];
      if (brand_token(tokens, brand))
        return found(out, "L2a", brand->domain);
      if (brand_in_words(tokens, brand))
        return found(out, "L2b", brand->domain);
    }
  }
  return FALSE;
}

static gboolean same(const gunichar *left, const gunichar *right, glong count)
{
  return count == 0 || memcmp(left, right, (gsize)count * sizeof *left) == 0;
}

/* One insertion, deletion, substitution or swap of neighbours apart, and not only in the first letter. */
static gboolean one_slip(const gunichar *seen, glong seen_len, const gunichar *meant, glong meant_len)
{
  glong shorter = MIN(seen_len, meant_len), longer = MAX(seen_len, meant_len), at = 0;
  while (at < shorter && seen[at] == meant[at])
    at++;
  if (longer - shorter > 1 || (at == longer && seen_len == meant_len))
    return FALSE;
  if (seen_len == meant_len) {
    if (same(seen + at + 1, meant + at + 1, shorter - at - 1))
      return at > 0;
    return at + 1 < shorter && seen[at] == meant[at + 1] && seen[at + 1] == meant[at] &&
           same(seen + at + 2, meant + at + 2, shorter - at - 2);
  }
  const gunichar *more = seen_len > meant_len ? seen : meant, *fewer = seen_len > meant_len ? meant : seen;
  return same(more + at + 1, fewer + at, shorter - at) && !same(more + 1, fewer, shorter);
}

/* L3: a slip of the finger away from the institution domain. */
static gboolean typing_slip(const FbkGuard *guard, const Parts *parts, FbkLookalike *out)
{
  for (guint i = 0; i < guard->domains->len; i++) {
    const FbkGuardDomain *domain = guard->domains->pdata[i];
    if (domain->first_label < 5)
      continue;
    for (guint n = MAX(domain->label_count - 1, 1); n <= domain->label_count + 1 && n <= parts->count; n++) {
      g_autofree char *tail = g_strjoinv(".", parts->folds + parts->count - n);
      glong count;
      g_autofree gunichar *letters = g_utf8_to_ucs4_fast(tail, -1, &count);
      if (one_slip(letters, count, domain->letters, domain->letter_count))
        return found(out, "L3", domain->name);
    }
  }
  return FALSE;
}

typedef enum { LATIN = 1, HAN = 2, KANA = 4, BOPOMOFO = 8, HANGUL = 16, FOREIGN = 32 } Scripts;

static guint script_bit(GUnicodeScript script)
{
  switch (script) {
  case G_UNICODE_SCRIPT_LATIN:
    return LATIN;
  case G_UNICODE_SCRIPT_HAN:
    return HAN;
  case G_UNICODE_SCRIPT_HIRAGANA:
  case G_UNICODE_SCRIPT_KATAKANA:
    return KANA;
  case G_UNICODE_SCRIPT_BOPOMOFO:
    return BOPOMOFO;
  case G_UNICODE_SCRIPT_HANGUL:
    return HANGUL;
  default:
    return FOREIGN;
  }
}

/* L4: letters of alphabets that are not written together (UTS #39, above Highly Restrictive). */
static gboolean mixed_scripts(const char *label)
{
  GUnicodeScript one = G_UNICODE_SCRIPT_COMMON;
  gboolean several = FALSE;
  guint seen = 0;
  for (const char *at = label; *at; at = g_utf8_next_char(at)) {
    GUnicodeScript script = g_unichar_get_script(g_utf8_get_char(at));
    if (script == G_UNICODE_SCRIPT_COMMON || script == G_UNICODE_SCRIPT_INHERITED)
      continue;
    several = several || (one != G_UNICODE_SCRIPT_COMMON && one != script);
    one = script;
    seen |= script_bit(script);
  }
  return several && (seen & ~(guint)(LATIN | HAN | KANA)) && (seen & ~(guint)(LATIN | HAN | BOPOMOFO)) &&
         (seen & ~(guint)(LATIN | HAN | HANGUL));
}

/* L5, for one label: another alphabet throughout, but each letter is the double of an ASCII letter. */
static gboolean all_doubles(const char *label)
{
  gboolean foreign = FALSE;
  for (const char *at = label; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    const FbkFold *fold = c < 0x80 ? NULL : fbk_lists_fold(c);
    if (c < 0x80 ? !token_char((char)c) && c != '-' : !fold || !fold->strong)
      return FALSE;
    foreign = foreign || (fold && !fold->latin);
  }
  return foreign;
}

static gboolean other_alphabet(const Parts *parts, FbkLookalike *out)
{
  for (guint i = 0; i < parts->count; i++)
    if (mixed_scripts(parts->labels[i]))
      return found(out, "L4", "");
  const char *last = strrchr(parts->name, '.');
  if (g_str_has_prefix(last ? last + 1 : parts->name, "xn--"))
    return FALSE;
  for (guint i = 0; i < parts->count; i++)
    if (all_doubles(parts->labels[i]))
      return found(out, "L5", "");
  return FALSE;
}

gboolean fbk_lookalike_find(const FbkGuard *guard, const char *host, FbkLookalike *out)
{
  *out = (FbkLookalike){.target = ""};
  if (fbk_host_is_numeric(host) || fbk_guard_is_institution(guard, host))
    return FALSE;
  g_auto(Parts) parts;
  parts_read(host, &parts);
  return whole_domain(guard, &parts, out) || has_brand(guard, &parts, out) ||
         typing_slip(guard, &parts, out) || (strstr(host, "xn--") && other_alphabet(&parts, out));
}
