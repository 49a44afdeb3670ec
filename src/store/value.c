/* Reads a configuration file by a table of its keys. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/value.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "base/err.h"
#include "store/value_inner.h"

/* "ja", or "" where the untranslated words are right: in the C locale gettext translates nothing either. */
static char *person_language(void)
{
  const char *locale = setlocale(LC_MESSAGES, NULL);
  if (locale == NULL || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
    return g_strdup("");
  const char *first = g_get_language_names()[0];
  return g_strndup(first, strcspn(first, "_.@"));
}

/* The length of key without ".ja", or all of it. */
static gsize base_length(const char *key)
{
  const char *dot = strrchr(key, '.');
  gboolean is_language = dot != NULL && g_ascii_islower(dot[1]) && g_ascii_islower(dot[2]) && dot[3] == '\0';
  return is_language ? (gsize)(dot - key) : strlen(key);
}

static const FbkValueSpec *find_spec(const FbkValueSpec *specs, const char *key)
{
  gsize base = base_length(key);
  for (; specs->key != NULL; specs++) {
    if (strcmp(specs->key, key) == 0)
      return specs;
    if (specs->kind == FBK_VALUE_TEXT && strlen(specs->key) == base && strncmp(specs->key, key, base) == 0)
      return specs;
  }
  return NULL;
}

static const FbkValueSection *find_section(const FbkValueSection *sections, const char *name)
{
  for (; sections->name != NULL; sections++) {
    gsize len = strlen(sections->name);
    if (strncmp(sections->name, name, len) != 0)
      continue;
    if (!sections->has_id && name[len] == '\0')
      return sections;
    if (sections->has_id && name[len] == ' ' && name[len + 1] != '\0')
      return sections;
  }
  return NULL;
}

static gboolean complain_unknown(const FbkIni *ini, const FbkIniEntry *entry, gboolean section_known,
                                 GError **err)
{
  if (section_known)
    fbk_ini_complain(ini, entry->line, err, _("[%s] has no key \"%s\""), entry->section, entry->key);
  else if (entry->section[0] == '\0')
    fbk_ini_complain(ini, entry->line, err, _("\"%s\" stands before the first [section]"), entry->key);
  else
    fbk_ini_complain(ini, entry->line, err, _("there is no section [%s]"), entry->section);
  return FALSE;
}

gboolean fbk_value_check_known(const FbkIni *ini, const FbkValueSection *sections, GError **err)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < ini->entries->len; i++) {
    const FbkIniEntry *entry = g_ptr_array_index(ini->entries, i);
    const FbkValueSection *section = find_section(sections, entry->section);
    const FbkValueSpec *spec = section != NULL ? find_spec(section->specs, entry->key) : NULL;
    if (spec == NULL)
      return complain_unknown(ini, entry, section != NULL, err);
    if (spec->kind == FBK_VALUE_LIST || spec->kind == FBK_VALUE_OTHER)
      continue;
    char *name = g_strdup_printf("%s\n%s", entry->section, entry->key);
    gpointer line = g_hash_table_lookup(seen, name);
    if (line != NULL) {
      fbk_ini_complain(ini, entry->line, err, _("\"%s\" was already said on line %u"), entry->key,
                       GPOINTER_TO_UINT(line));
      g_free(name);
      return FALSE;
    }
    g_hash_table_insert(seen, name, GUINT_TO_POINTER(entry->line));
  }
  return TRUE;
}

guint fbk_value_section_line(const FbkIni *ini, const char *section)
{
  for (guint i = 0; i < ini->entries->len; i++) {
    const FbkIniEntry *entry = g_ptr_array_index(ini->entries, i);
    if (strcmp(entry->section, section) == 0)
      return entry->line;
  }
  return 1;
}

static gboolean is_string(FbkValueKind kind)
{
  switch (kind) {
  case FBK_VALUE_TEXT:
  case FBK_VALUE_PLAIN:
  case FBK_VALUE_NAME:
  case FBK_VALUE_HOST:
  case FBK_VALUE_ADDRESS:
  case FBK_VALUE_URL:
  case FBK_VALUE_DATE:
  case FBK_VALUE_REGEX:
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean is_vector(FbkValueKind kind)
{
  return kind == FBK_VALUE_CHARSETS || kind == FBK_VALUE_HOSTS || kind == FBK_VALUE_LIST;
}

static char **collect_list(const FbkIni *ini, const char *section, const char *key)
{
  GPtrArray *values = g_ptr_array_new();
  for (guint i = 0; i < ini->entries->len; i++) {
    const FbkIniEntry *entry = g_ptr_array_index(ini->entries, i);
    if (strcmp(entry->section, section) == 0 && strcmp(entry->key, key) == 0 && entry->value[0] != '\0')
      g_ptr_array_add(values, g_strdup(entry->value));
  }
  g_ptr_array_add(values, NULL);
  return (char **)g_ptr_array_free(values, FALSE);
}

/* In the person's language, where the file has it. */
static const FbkIniEntry *entry_of(const FbkIni *ini, const char *section, const FbkValueSpec *spec,
                                   const char *language)
{
  if (spec->kind == FBK_VALUE_TEXT && language[0] != '\0') {
    g_autofree char *key = g_strdup_printf("%s.%s", spec->key, language);
    const FbkIniEntry *entry = fbk_ini_entry(ini, section, key);
    if (entry != NULL && entry->value[0] != '\0')
      return entry;
  }
  return fbk_ini_entry(ini, section, spec->key);
}

static gboolean fill_one(const FbkIni *ini, const char *section, const FbkValueSpec *spec,
                         const char *language, gpointer field, GError **err)
{
  const FbkIniEntry *plain = fbk_ini_entry(ini, section, spec->key);
  if (spec->required && (plain == NULL || plain->value[0] == '\0')) {
    guint line = plain != NULL ? plain->line : fbk_value_section_line(ini, section);
    fbk_ini_complain(ini, line, err, _("[%s] needs \"%s = ...\""), section, spec->key);
    return FALSE;
  }
  if (spec->kind == FBK_VALUE_LIST) {
    *(char ***)field = collect_list(ini, section, spec->key);
    return TRUE;
  }
  const FbkIniEntry *entry = entry_of(ini, section, spec, language);
  if (entry != NULL && (entry->value[0] != '\0' || !is_string(spec->kind)))
    return fbk_value_convert(ini, entry, spec, field, err);
  if (is_string(spec->kind))
    *(char **)field = g_strdup("");
  else if (is_vector(spec->kind))
    *(char ***)field = g_new0(char *, 1);
  return TRUE;
}

static void set_nothing(const FbkValueSpec *spec, gpointer field)
{
  if (is_string(spec->kind) || is_vector(spec->kind))
    *(gpointer *)field = NULL;
  else if (spec->kind == FBK_VALUE_MOMENT || spec->kind == FBK_VALUE_BYTES)
    *(guint64 *)field = 0;
  else
    *(guint *)field = 0;
}

gboolean fbk_value_fill(const FbkIni *ini, const char *section, const FbkValueSpec *specs, gpointer target,
                        GError **err)
{
  g_autofree char *language = person_language();
  for (const FbkValueSpec *spec = specs; spec->key != NULL; spec++)
    if (spec->kind != FBK_VALUE_OTHER)
      set_nothing(spec, (char *)target + spec->offset);
  for (const FbkValueSpec *spec = specs; spec->key != NULL; spec++)
    if (spec->kind != FBK_VALUE_OTHER &&
        !fill_one(ini, section, spec, language, (char *)target + spec->offset, err))
      return FALSE;
  return TRUE;
}

void fbk_value_clear(const FbkValueSpec *specs, gpointer target)
{
  for (; specs->key != NULL; specs++) {
    gpointer field = (char *)target + specs->offset;
    if (is_string(specs->kind))
      g_clear_pointer((char **)field, g_free);
    else if (is_vector(specs->kind))
      g_clear_pointer((char ***)field, g_strfreev);
  }
}
