/* Makes host names canonical, and says what is wrong with them. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/host.h"

#include "mail/numeric.h"

#include <idn2.h>
#include <libpsl.h>
#include <string.h>

/* No valid name is longer as written: 253 ASCII characters cannot be made from more. Anything above is
 * refused before the expensive steps. */
#define HOST_WRITTEN_MOST 4096
#define HOST_MOST 253
#define LABEL_MOST 63

typedef struct {
  gunichar first, last;
} Range;

static gboolean in_ranges(gunichar character, const Range *ranges, gsize count)
{
  for (gsize i = 0; i < count; i++)
    if (character >= ranges[i].first && character <= ranges[i].last)
      return TRUE;
  return FALSE;
}

gboolean fbk_host_hidden_char(gunichar character)
{
  static const Range ranges[] = {{0x7f, 0x9f},      {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},
                                 {0x115f, 0x1160},  {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x200b, 0x200f},
                                 {0x2028, 0x202e},  {0x2060, 0x206f}, {0x3164, 0x3164}, {0xfe00, 0xfe0f},
                                 {0xfeff, 0xfeff},  {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1d173, 0x1d17a},
                                 {0xe0000, 0xe0fff}};
  if (character < 0x7f)
    return character < 0x20;
  return in_ranges(character, ranges, G_N_ELEMENTS(ranges));
}

gboolean fbk_host_turning_char(gunichar character)
{
  static const Range ranges[] = {{0x61c, 0x61c}, {0x200e, 0x200f}, {0x202a, 0x202e}, {0x2066, 0x2069}};
  return character >= 0x61c && in_ranges(character, ranges, G_N_ELEMENTS(ranges));
}

/* D7. The UTS #46 mapping of one character is, but for the deviation characters (kept here, as in
 * non-transitional processing), its compatibility form, case-folded and composed again. */
static gboolean maps_to_ascii(gunichar character)
{
  if (character == 0xdf)
    return FALSE;
  char text[8];
  text[g_unichar_to_utf8(character, text)] = '\0';
  g_autofree char *compatible = g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);
  g_autofree char *folded = g_utf8_casefold(compatible, -1);
  g_autofree char *mapped = g_utf8_normalize(folded, -1, G_NORMALIZE_NFKC);
  for (const char *at = mapped; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (c < 0x80 || c == 0x3002) /* the ideographic full stop divides labels, as "." does */
      return TRUE;
  }
  return FALSE;
}

static gboolean name_char(char c)
{
  return g_ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
}

/* Faults of the single characters; *ascii_out: there are no others. */
static guint char_faults(const char *text, gboolean *ascii_out)
{
  guint faults = 0;
  *ascii_out = TRUE;
  for (const char *at = text; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (fbk_host_hidden_char(c))
      faults |= FBK_HOST_HIDDEN;
    if (c < 0x80) {
      if (c == '%')
        faults |= FBK_HOST_PERCENT;
      else if (!name_char((char)c))
        faults |= FBK_HOST_BROKEN;
    } else {
      *ascii_out = FALSE;
      if (!(faults & FBK_HOST_MAPPED) && maps_to_ascii(c))
        faults |= FBK_HOST_MAPPED;
    }
  }
  return faults;
}

/* A label in its ASCII form, or NULL where IDNA refuses it (D8). Plain ASCII labels are not asked about. */
static char *label_to_ascii(const char *label)
{
  gboolean ascii = g_str_is_ascii(label);
  g_autofree char *lower = ascii ? g_ascii_strdown(label, -1) : g_strdup(label);
  if (ascii && !g_str_has_prefix(lower, "xn--"))
    return g_steal_pointer(&lower);
  guint8 *encoded = NULL;
  if (idn2_lookup_u8((const guint8 *)lower, &encoded, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
    return NULL;
  char *result = g_ascii_strdown((const char *)encoded, -1);
  idn2_free(encoded);
  return result;
}

/* The faults of text label by label; appends the canonical name to name. */
static guint read_labels(const char *text, GString *name)
{
  guint faults = 0;
  g_auto(GStrv) labels = g_strsplit(text, ".", -1);
  for (guint i = 0; labels[i]; i++) {
    g_autofree char *label = label_to_ascii(labels[i]);
    if (!label)
      return faults | FBK_HOST_IDN;
    gsize len = strlen(label);
    if (len == 0 || len > LABEL_MOST)
      faults |= FBK_HOST_BROKEN;
    g_string_append(name, i ? "." : "");
    g_string_append_len(name, label, (gssize)len);
  }
  if (name->len > HOST_MOST)
    faults |= FBK_HOST_BROKEN;
  return faults;
}

/* What a lenient program would make of a faulty name, for the sentence that warns of it: never more than
 * ASCII. */
static char *best_guess(const char *text)
{
  GString *guess = g_string_new(NULL);
  g_autofree char *unescaped = g_uri_unescape_string(text, NULL);
  g_autofree char *whole = g_utf8_make_valid(unescaped ? unescaped : text, -1);
  g_autoptr(GString) seen = g_string_new(NULL);
  for (const char *at = whole; *at; at = g_utf8_next_char(at))
    if (!fbk_host_hidden_char(g_utf8_get_char(at)))
      g_string_append_unichar(seen, g_utf8_get_char(at));
  guint8 *encoded = NULL;
  if (seen->len <= HOST_WRITTEN_MOST &&
      idn2_lookup_u8((const guint8 *)seen->str, &encoded, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK)
    g_string_assign(seen, (const char *)encoded);
  idn2_free(encoded);
  for (const char *at = seen->str; *at && guess->len < HOST_MOST; at = g_utf8_next_char(at))
    g_string_append_c(guess, g_ascii_isgraph(*at) ? g_ascii_tolower(*at) : '?');
  return g_string_free(guess, FALSE);
}

static void read_text(const char *text, FbkHost *host)
{
  if (text[0] == '[') {
    FbkNumeric sort = fbk_numeric_ipv6(text, &host->name);
    host->numeric = TRUE;
    host->faults |= sort == FBK_NUMERIC_BROKEN   ? FBK_HOST_BROKEN
                    : sort == FBK_NUMERIC_PUBLIC ? FBK_HOST_NUMBER
                                                 : 0;
    host->faults |= strchr(text, '%') ? FBK_HOST_PERCENT : 0;
    return;
  }
  gboolean ascii;
  host->faults |= char_faults(text, &ascii);
  if (host->faults & (FBK_HOST_PERCENT | FBK_HOST_BROKEN | FBK_HOST_MAPPED))
    return;
  g_autoptr(GString) name = g_string_sized_new(64);
  host->faults |= read_labels(text, name);
  if (host->faults & (FBK_HOST_IDN | FBK_HOST_BROKEN))
    return;
  FbkNumeric sort = fbk_numeric_ipv4(name->str, &host->name);
  host->numeric = sort == FBK_NUMERIC_PRIVATE || sort == FBK_NUMERIC_PUBLIC;
  if (sort == FBK_NUMERIC_BROKEN)
    host->faults |= FBK_HOST_BROKEN;
  else if (sort == FBK_NUMERIC_PUBLIC)
    host->faults |= FBK_HOST_NUMBER;
  else if (sort == FBK_NUMERIC_NONE)
    host->name = g_string_free(g_steal_pointer(&name), FALSE);
}

void fbk_host_read(const char *text, gsize len, FbkHost *host_out)
{
  *host_out = (FbkHost){0};
  gsize dotless = len > 0 && text[len - 1] == '.' ? len - 1 : len;
  g_autofree char *copy = g_strndup(text, MIN(dotless, HOST_WRITTEN_MOST));
  if (dotless == 0 || dotless > HOST_WRITTEN_MOST || strlen(copy) != dotless ||
      !g_utf8_validate(copy, -1, NULL))
    host_out->faults = FBK_HOST_BROKEN;
  else
    read_text(copy, host_out);
  if (!host_out->name)
    host_out->name = best_guess(copy);
}

void fbk_host_clear(FbkHost *host)
{
  g_clear_pointer(&host->name, g_free);
}

char *fbk_host_valid(const char *text, gsize len)
{
  g_autoptr(GString) seen = NULL;
  const char *end = text + len;
  for (const char *at = text; at < end && !seen; at++)
    if ((guchar)*at >= 0x7f || (guchar)*at < 0x20)
      seen = g_string_sized_new(len);
  if (seen) {
    g_autofree char *whole = g_utf8_make_valid(text, (gssize)len);
    for (const char *at = whole; *at; at = g_utf8_next_char(at))
      if (!fbk_host_hidden_char(g_utf8_get_char(at)))
        g_string_append_unichar(seen, g_utf8_get_char(at));
    text = seen->str;
    len = seen->len;
  }
  g_auto(FbkHost) host;
  fbk_host_read(text, len, &host);
  return host.faults & FBK_HOST_INVALID ? NULL : g_steal_pointer(&host.name);
}

gboolean fbk_host_is_numeric(const char *name)
{
  const char *last = strrchr(name, '.');
  return name[0] == '[' || (last && last[1] && last[1 + strspn(last + 1, "0123456789")] == '\0');
}

gboolean fbk_host_under(const char *name, const char *domain)
{
  gsize len = strlen(name), domain_len = strlen(domain);
  if (domain_len == 0 || len < domain_len || strcmp(name + len - domain_len, domain) != 0)
    return FALSE;
  return len == domain_len || name[len - domain_len - 1] == '.';
}

const char *fbk_host_registrable(const char *name)
{
  const char *domain = fbk_host_is_numeric(name) ? NULL : psl_registrable_domain(psl_builtin(), name);
  return domain ? domain : name;
}

const char *fbk_host_suffix(const char *name)
{
  if (fbk_host_is_numeric(name) || !psl_registrable_domain(psl_builtin(), name))
    return NULL;
  return psl_unregistrable_domain(psl_builtin(), name);
}

char *fbk_host_unicode(const char *name)
{
  GString *result = g_string_new(NULL);
  g_auto(GStrv) labels = g_strsplit(name, ".", -1);
  for (guint i = 0; labels[i]; i++) {
    char *letters = NULL;
    g_string_append(result, i ? "." : "");
    if (g_str_has_prefix(labels[i], "xn--") &&
        idn2_to_unicode_8z8z(labels[i], &letters, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK)
      g_string_append(result, letters);
    else
      g_string_append(result, labels[i]);
    idn2_free(letters);
  }
  return g_string_free(result, FALSE);
}
