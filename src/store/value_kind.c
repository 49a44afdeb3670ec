/* The shapes that a configuration value can have. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/value_inner.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"

#define HOST_CAP 253
#define LABEL_CAP 63
#define NAME_CAP 32
#define ADDRESS_CAP 320

gboolean fbk_value_is_host(const char *text)
{
  if (text[0] == '\0' || strlen(text) > HOST_CAP)
    return FALSE;
  g_auto(GStrv) labels = g_strsplit(text, ".", -1);
  for (char **label = labels; *label != NULL; label++) {
    gsize len = strlen(*label);
    if (len == 0 || len > LABEL_CAP || (*label)[0] == '-' || (*label)[len - 1] == '-')
      return FALSE;
    for (const char *at = *label; *at != '\0'; at++)
      if (!g_ascii_isalnum(*at) && *at != '-')
        return FALSE;
  }
  return TRUE;
}

gboolean fbk_value_is_address(const char *text)
{
  const char *at_sign = strrchr(text, '@');
  if (at_sign == NULL || at_sign == text || strlen(text) > ADDRESS_CAP || !g_utf8_validate(text, -1, NULL))
    return FALSE;
  for (const char *at = text; at < at_sign; at = g_utf8_next_char(at)) {
    gunichar character = g_utf8_get_char(at);
    if (!g_unichar_isgraph(character) || strchr("<>()[],;:\\\"@", (int)*at) != NULL)
      return FALSE;
  }
  return fbk_value_is_host(at_sign + 1);
}

gboolean fbk_value_is_name(const char *text)
{
  gsize len = strlen(text);
  return len >= 1 && len <= NAME_CAP && text[0] != '-' &&
         strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

gboolean fbk_value_number(const char *text, guint minimum, guint maximum, guint *out)
{
  guint64 number = 0;
  if (!g_ascii_isdigit(text[0]) || !g_ascii_string_to_unsigned(text, 10, minimum, maximum, &number, NULL))
    return FALSE;
  *out = (guint)number;
  return TRUE;
}

/* Profiles may come from strangers: a pattern gets a bounded number of steps. */
static GRegex *compile(const char *pattern, GError **foreign)
{
  g_autofree char *whole = g_strdup_printf("(*LIMIT_MATCH=100000)\\A(?:%s)\\z", pattern);
  return g_regex_new(whole, 0, 0, foreign);
}

gboolean fbk_value_matches(const char *pattern, const char *text)
{
  if (pattern[0] == '\0')
    return TRUE;
  if (!g_utf8_validate(text, -1, NULL))
    return FALSE;
  g_autoptr(GRegex) regex = compile(pattern, NULL);
  return regex != NULL && g_regex_match_full(regex, text, -1, 0, 0, NULL, NULL);
}

static gboolean is_date(const char *text)
{
  guint year, month, day;
  if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
    return FALSE;
  g_auto(GStrv) parts = g_strsplit(text, "-", -1);
  return g_strv_length(parts) == 3 && fbk_value_number(parts[0], 1970, 9999, &year) &&
         fbk_value_number(parts[1], 1, 12, &month) && fbk_value_number(parts[2], 1, 31, &day) &&
         g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static gboolean parse_moment(const char *text, gint64 *out)
{
  g_autoptr(GDateTime) moment = g_date_time_new_from_iso8601(text, NULL);
  if (moment == NULL)
    return FALSE;
  *out = g_date_time_to_unix(moment);
  return TRUE;
}

static gboolean parse_bytes(const char *text, guint64 *out)
{
  static const struct {
    const char *unit;
    guint shift;
  } units[] = {{"KB", 10}, {"MB", 20}, {"GB", 30}};
  g_auto(GStrv) parts = g_strsplit(text, " ", 2);
  guint number;
  if (parts[0] == NULL || parts[1] == NULL || !fbk_value_number(parts[0], 1, 1000000, &number))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
    if (strcmp(parts[1], units[i].unit) == 0) {
      *out = (guint64)number << units[i].shift;
      return TRUE;
    }
  return FALSE;
}

static gboolean is_charset(const char *text)
{
  if (strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") != strlen(text))
    return FALSE;
  GIConv converter = g_iconv_open(text, "UTF-8");
  if (converter == (GIConv)-1)
    return FALSE;
  g_iconv_close(converter);
  return TRUE;
}

/* The words of a value into *out; each must pass the check. The one that does not is in *bad_out. */
static gboolean parse_words(const char *text, gboolean (*check)(const char *), char ***out, char **bad_out)
{
  g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
  GPtrArray *kept = g_ptr_array_new();
  gboolean good = TRUE;
  for (char **word = words; *word != NULL && good; word++) {
    if ((*word)[0] == '\0')
      continue;
    good = check(*word);
    if (!good)
      *bad_out = g_strdup(*word);
    g_ptr_array_add(kept, g_ascii_strdown(*word, -1));
  }
  g_ptr_array_add(kept, NULL);
  *out = (char **)g_ptr_array_free(kept, FALSE);
  return good;
}

static gboolean convert_words(const FbkIni *ini, const FbkIniEntry *entry, const FbkValueSpec *spec,
                              char ***field, GError **err)
{
  g_autofree char *bad = NULL;
  gboolean charsets = spec->kind == FBK_VALUE_CHARSETS;
  if (parse_words(entry->value, charsets ? is_charset : fbk_value_is_host, field, &bad))
    return TRUE;
  if (charsets)
    fbk_ini_complain(ini, entry->line, err, _("the character set \"%s\" is not known"), bad);
  else
    fbk_ini_complain(ini, entry->line, err, _("\"%s\" is not a host or domain name"), bad);
  return FALSE;
}

static gboolean convert_one_of(const FbkIni *ini, const FbkIniEntry *entry, const FbkValueSpec *spec,
                               guint *field, GError **err)
{
  for (guint i = 0; spec->words[i] != NULL; i++)
    if (strcmp(spec->words[i], entry->value) == 0) {
      *field = i;
      return TRUE;
    }
  g_autofree char *choices = g_strjoinv(", ", (char **)spec->words);
  fbk_ini_complain(ini, entry->line, err, _("%s is one of: %s"), entry->key, choices);
  return FALSE;
}

static gboolean convert_yes_no(const FbkIni *ini, const FbkIniEntry *entry, gboolean *field, GError **err)
{
  *field = strcmp(entry->value, "yes") == 0;
  if (*field || strcmp(entry->value, "no") == 0)
    return TRUE;
  fbk_ini_complain(ini, entry->line, err, _("%s is \"yes\" or \"no\""), entry->key);
  return FALSE;
}

static gboolean check_regex(const FbkIni *ini, const FbkIniEntry *entry, GError **err)
{
  g_autoptr(GError) foreign = NULL;
  /* By itself first: "a)|(b" must not get out of the group that is put around it. */
  g_autoptr(GRegex) alone = g_regex_new(entry->value, 0, 0, &foreign);
  g_autoptr(GRegex) whole = alone != NULL ? compile(entry->value, &foreign) : NULL;
  if (whole != NULL)
    return TRUE;
  fbk_ini_complain(ini, entry->line, err, _("%s is not a regular expression: %s"), entry->key,
                   foreign->message);
  return FALSE;
}

/* The string kinds: what they must look like, and what to say when they do not. */
static gboolean check_string(const FbkIni *ini, const FbkIniEntry *entry, FbkValueKind kind, GError **err)
{
  const char *value = entry->value;
  const char *reason = NULL;
  if (kind == FBK_VALUE_NAME && !fbk_value_is_name(value))
    reason = _("a name has 1 to 32 of a-z, 0-9 and \"-\", and does not begin with \"-\"");
  else if (kind == FBK_VALUE_HOST && !fbk_value_is_host(value))
    reason = _("this is not a host name, such as imap.example.ac.jp");
  else if (kind == FBK_VALUE_ADDRESS && !fbk_value_is_address(value))
    reason = _("this is not a mail address, such as taro@example.ac.jp");
  else if (kind == FBK_VALUE_URL && (!g_str_has_prefix(value, "https://") || value[8] == '\0'))
    reason = _("an address of a page begins with https://");
  else if (kind == FBK_VALUE_DATE && !is_date(value))
    reason = _("a date is written like 2017-09-14, and the day must exist");
  if (reason != NULL) {
    fbk_ini_complain(ini, entry->line, err, "%s", reason);
    return FALSE;
  }
  return kind != FBK_VALUE_REGEX || check_regex(ini, entry, err);
}

gboolean fbk_value_convert(const FbkIni *ini, const FbkIniEntry *entry, const FbkValueSpec *spec,
                           gpointer field, GError **err)
{
  switch (spec->kind) {
  case FBK_VALUE_CHARSETS:
  case FBK_VALUE_HOSTS:
    return convert_words(ini, entry, spec, field, err);
  case FBK_VALUE_ONE_OF:
    return convert_one_of(ini, entry, spec, field, err);
  case FBK_VALUE_YES_NO:
    return convert_yes_no(ini, entry, field, err);
  case FBK_VALUE_NUMBER:
    if (fbk_value_number(entry->value, spec->minimum, spec->maximum, field))
      return TRUE;
    fbk_ini_complain(ini, entry->line, err, _("%s is a number from %u to %u"), entry->key, spec->minimum,
                     spec->maximum);
    return FALSE;
  case FBK_VALUE_BYTES:
    if (parse_bytes(entry->value, field))
      return TRUE;
    fbk_ini_complain(ini, entry->line, err, _("a size is written like \"50 MB\" (KB, MB or GB)"));
    return FALSE;
  case FBK_VALUE_MOMENT:
    if (parse_moment(entry->value, field))
      return TRUE;
    fbk_ini_complain(ini, entry->line, err, _("a moment is written like 2017-09-25T09:00:00+09:00"));
    return FALSE;
  case FBK_VALUE_LIST:
  case FBK_VALUE_OTHER:
    g_assert_not_reached();
  default:
    if (!check_string(ini, entry, spec->kind, err))
      return FALSE;
    *(char **)field =
        spec->kind == FBK_VALUE_HOST ? g_ascii_strdown(entry->value, -1) : g_strdup(entry->value);
    return TRUE;
  }
}
