/* Reads and writes the configuration syntax. SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/ini.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"

#define FILE_CAP (1024 * 1024)
#define LINE_CAP 4096

static void entry_free(gpointer data)
{
  FbkIniEntry *entry = data;
  g_free(entry->section);
  g_free(entry->key);
  g_free(entry->value);
  g_free(entry);
}

void fbk_ini_complain(const FbkIni *ini, guint line, GError **err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *reason = g_strdup_vprintf(format, args);
  va_end(args);
  fbk_error_set(err, FBK_ERR_BAD_INPUT, "%s:%u: %s", ini->name, line, reason);
}

static gboolean is_blank(char byte)
{
  return byte == ' ' || byte == '\t';
}

/* A copy of the len bytes without blanks at either end. */
static char *trimmed(const char *bytes, gsize len)
{
  while (len > 0 && is_blank(bytes[0])) {
    bytes++;
    len--;
  }
  while (len > 0 && is_blank(bytes[len - 1]))
    len--;
  return g_strndup(bytes, len);
}

static gboolean check_line(const FbkIni *ini, guint line, const char *bytes, gsize len, GError **err)
{
  if (len > LINE_CAP) {
    fbk_ini_complain(ini, line, err, _("the line is longer than %d bytes"), LINE_CAP);
    return FALSE;
  }
  for (gsize i = 0; i < len; i++) {
    guchar byte = (guchar)bytes[i];
    if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
      fbk_ini_complain(ini, line, err, _("there is a control character (0x%02x)"), byte);
      return FALSE;
    }
  }
  if (!g_utf8_validate_len(bytes, len, NULL)) {
    fbk_ini_complain(ini, line, err, _("this is not UTF-8 text; save the file as UTF-8"));
    return FALSE;
  }
  for (const char *at = bytes; at < bytes + len; at = g_utf8_next_char(at)) {
    gunichar character = g_utf8_get_char(at);
    if (character >= 0x80 && character < 0xa0) {
      fbk_ini_complain(ini, line, err, _("there is a control character (0x%02x)"), (guint)character);
      return FALSE;
    }
  }
  return TRUE;
}

/* Takes one line in; *section is the section in force and is replaced by a section line. */
static gboolean parse_line(FbkIni *ini, guint line, const char *bytes, gsize len, char **section,
                           GError **err)
{
  if (!check_line(ini, line, bytes, len, err))
    return FALSE;
  g_autofree char *text = trimmed(bytes, len);
  if (text[0] == '\0' || text[0] == '#')
    return TRUE;
  gsize length = strlen(text);
  if (text[0] == '[') {
    g_autofree char *name = text[length - 1] == ']' ? trimmed(text + 1, length - 2) : NULL;
    if (name == NULL || name[0] == '\0' || strpbrk(name, "[]") != NULL) {
      fbk_ini_complain(ini, line, err, _("a section is written as [name]"));
      return FALSE;
    }
    g_free(*section);
    *section = g_steal_pointer(&name);
    return TRUE;
  }
  const char *equals = strchr(text, '=');
  g_autofree char *key = equals != NULL ? trimmed(text, (gsize)(equals - text)) : NULL;
  if (key == NULL || key[0] == '\0') {
    fbk_ini_complain(ini, line, err, _("expected \"key = value\""));
    return FALSE;
  }
  FbkIniEntry *entry = g_new0(FbkIniEntry, 1);
  entry->section = g_strdup(*section);
  entry->key = g_steal_pointer(&key);
  entry->value = trimmed(equals + 1, length - (gsize)(equals + 1 - text));
  entry->line = line;
  g_ptr_array_add(ini->entries, entry);
  return TRUE;
}

FbkIni *fbk_ini_parse(const char *name, const char *text, gsize len, GError **err)
{
  g_autoptr(FbkIni) ini = g_new0(FbkIni, 1);
  ini->name = g_strdup(name);
  ini->entries = g_ptr_array_new_with_free_func(entry_free);
  g_autofree char *section = g_strdup("");
  const char *end = text + len;
  /* Windows editors put a byte order mark in front. */
  if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
    text += 3;
  for (guint line = 1; text < end; line++) {
    const char *newline = memchr(text, '\n', (gsize)(end - text));
    const char *line_end = newline != NULL ? newline : end;
    gsize line_len = (gsize)(line_end - text);
    if (line_len > 0 && text[line_len - 1] == '\r')
      line_len--;
    if (!parse_line(ini, line, text, line_len, &section, err))
      return NULL;
    text = newline != NULL ? newline + 1 : end;
  }
  return g_steal_pointer(&ini);
}

FbkIni *fbk_ini_read(const char *path, GError **err)
{
  gsize len = 0;
  g_autofree char *text = fbk_file_read(path, FILE_CAP, &len, err);
  return text != NULL ? fbk_ini_parse(path, text, len, err) : NULL;
}

const FbkIniEntry *fbk_ini_entry(const FbkIni *ini, const char *section, const char *key)
{
  for (guint i = ini->entries->len; i > 0; i--) {
    const FbkIniEntry *entry = g_ptr_array_index(ini->entries, i - 1);
    if (strcmp(entry->section, section) == 0 && strcmp(entry->key, key) == 0)
      return entry;
  }
  return NULL;
}

const char *fbk_ini_get(const FbkIni *ini, const char *section, const char *key)
{
  const FbkIniEntry *entry = fbk_ini_entry(ini, section, key);
  return entry != NULL ? entry->value : NULL;
}

void fbk_ini_append(GString *out, const char *key, const char *value)
{
  g_assert(strpbrk(key, "\r\n") == NULL && strpbrk(value, "\r\n") == NULL);
  g_string_append_printf(out, "%s = %s\n", key, value);
}

void fbk_ini_free(FbkIni *ini)
{
  if (ini == NULL)
    return;
  g_free(ini->name);
  if (ini->entries != NULL)
    g_ptr_array_unref(ini->entries);
  g_free(ini);
}
