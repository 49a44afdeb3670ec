/* Reads tables of rows, and the institutions they speak of. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/rows.h"

#include "base/err.h"
#include "base/file.h"
#include "base/ini.h"

#include <glib/gi18n.h>
#include <string.h>

#define TABLE_MOST (64 * 1024 * 1024)

static void row_free(gpointer row)
{
  g_strfreev(row);
}

static int column_of(const FbkTable *table, const char *name)
{
  for (int i = 0; table->columns[i]; i++)
    if (strcmp(table->columns[i], name) == 0)
      return i;
  return -1;
}

FbkTable *fbk_table_read(const char *path, const char *const *needed, GError **err)
{
  gsize len;
  g_autofree char *text = fbk_file_read(path, TABLE_MOST, &len, err);
  if (!text)
    return NULL;
  if (!g_utf8_validate_len(text, len, NULL)) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("%s is not UTF-8 text."), path);
    return NULL;
  }
  g_autoptr(FbkTable) table = g_new0(FbkTable, 1);
  table->rows = g_ptr_array_new_with_free_func(row_free);
  for (char *at = text, *next; at; at = next) {
    next = strchr(at, '\n');
    if (next)
      *next++ = '\0';
    gsize line_len = strlen(at);
    if (line_len > 0 && at[line_len - 1] == '\r')
      at[line_len - 1] = '\0';
    if (!table->columns)
      table->columns = g_strsplit(at, "\t", -1);
    else if (*at)
      g_ptr_array_add(table->rows, g_strsplit(at, "\t", -1));
  }
  for (; *needed; needed++) {
    if (column_of(table, *needed) < 0) {
      fbk_error_set(err, FBK_ERR_BAD_INPUT, _("%s has no column \"%s\" in its first line."), path, *needed);
      return NULL;
    }
  }
  return g_steal_pointer(&table);
}

void fbk_table_free(FbkTable *table)
{
  if (!table)
    return;
  g_strfreev(table->columns);
  g_ptr_array_unref(table->rows);
  g_free(table);
}

/* \u{HEX} at text: the bytes it takes, 0 when it is none. A NUL becomes U+0001: both are controls to every
 * rule, but a string cannot hold the NUL. */
static gsize take_code(const char *text, GString *out)
{
  if (strncmp(text, "\\u{", 3) != 0)
    return 0;
  gunichar code = 0;
  gsize at = 3;
  for (; g_ascii_isxdigit(text[at]) && at < 9; at++)
    code = code * 16 + (gunichar)g_ascii_xdigit_value(text[at]);
  if (text[at] != '}' || at == 3)
    return 0;
  if (code == 0)
    code = 1;
  g_string_append_unichar(out, g_unichar_validate(code) ? code : 0xfffd);
  return at + 1;
}

static char *unescape(const char *text)
{
  static const char letters[] = "tnr\\", meanings[] = "\t\n\r\\";
  GString *out = g_string_sized_new(strlen(text));
  while (*text) {
    gsize taken = take_code(text, out);
    const char *letter = text[0] == '\\' && text[1] ? strchr(letters, text[1]) : NULL;
    if (taken) {
      text += taken;
    } else if (letter) {
      g_string_append_c(out, meanings[letter - letters]);
      text += 2;
    } else {
      g_string_append_c(out, *text++);
    }
  }
  return g_string_free(out, FALSE);
}

char *fbk_table_field(const FbkTable *table, guint row, const char *column)
{
  char **fields = table->rows->pdata[row];
  int wanted = column_of(table, column);
  if (wanted < 0 || (guint)wanted >= g_strv_length(fields) || strcmp(fields[wanted], "-") == 0)
    return g_strdup("");
  return unescape(fields[wanted]);
}

static void take_value(FbkGuard *guard, const char *key, char *value)
{
  if (!*value)
    return;
  if (strcmp(key, "domain") == 0) {
    fbk_guard_add_domain(guard, value);
  } else if (strcmp(key, "name") == 0) {
    fbk_guard_add_name(guard, value);
  } else if (strcmp(key, "allow") == 0) {
    fbk_guard_add_allowed(guard, value);
  } else if (strcmp(key, "authserv") == 0) {
    fbk_guard_add_authserv(guard, value);
  } else if (strcmp(key, "brand") == 0) {
    char *colon = strchr(value, ':');
    if (colon)
      *colon++ = '\0';
    fbk_guard_add_brand(guard, value, colon ? colon : "");
  }
}

static void guard_free(gpointer guard)
{
  fbk_guard_free(guard);
}

GHashTable *fbk_guards_read(const char *path, GError **err)
{
  g_autoptr(FbkIni) ini = fbk_ini_read(path, err);
  if (!ini)
    return NULL;
  GHashTable *guards = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, guard_free);
  for (guint i = 0; i < ini->entries->len; i++) {
    const FbkIniEntry *entry = ini->entries->pdata[i];
    FbkGuard *guard = g_hash_table_lookup(guards, entry->section);
    if (!guard) {
      guard = fbk_guard_new();
      g_hash_table_insert(guards, g_strdup(entry->section), guard);
    }
    g_auto(GStrv) values = g_strsplit(entry->value, ";", -1);
    for (guint v = 0; values[v]; v++)
      take_value(guard, entry->key, g_strstrip(values[v]));
  }
  return guards;
}

int fbk_table_judge(FbkCmd *cmd, const char *path, const char *profiles, const char *const *needed,
                    FbkTableJudge judge)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(GHashTable) guards = fbk_guards_read(profiles, &err);
  g_autoptr(FbkTable) table = guards ? fbk_table_read(path, needed, &err) : NULL;
  if (!table)
    return fbk_cmd_fail(cmd, err);
  int status = 0;
  for (guint row = 0; row < table->rows->len; row++) {
    g_clear_error(&err);
    if (!judge(cmd, table, row, guards, &err))
      status = fbk_cmd_fail(cmd, err);
  }
  return status;
}
