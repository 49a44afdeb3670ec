/* The configuration syntax. SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"
#include "base/ini.h"

static void test_parse(void)
{
  static const char text[] = "\xef\xbb\xbf# a profile\r\n"
                             "top = 1\r\n"
                             "\n"
                             "[ server ]\n"
                             "  name =  imap.example.ac.jp \t\n"
                             "name=second\n"
                             "empty =\n"
                             "formula = a = b # not a comment\n"
                             "[other]\n"
                             "\xe5\x90\x8d\xe5\x89\x8d = \xe5\xb1\xb1\xe7\x94\xb0";
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkIni) ini = fbk_ini_parse("p.conf", text, sizeof text - 1, &err);
  g_assert_no_error(err);
  const struct {
    const char *section, *key, *value;
    guint line;
  } rows[] = {
      {"", "top", "1", 2},
      {"server", "name", "imap.example.ac.jp", 5},
      {"server", "name", "second", 6},
      {"server", "empty", "", 7},
      {"server", "formula", "a = b # not a comment", 8},
      {"other", "\xe5\x90\x8d\xe5\x89\x8d", "\xe5\xb1\xb1\xe7\x94\xb0", 10},
  };
  g_assert_cmpuint(ini->entries->len, ==, G_N_ELEMENTS(rows));
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    const FbkIniEntry *entry = g_ptr_array_index(ini->entries, i);
    g_assert_cmpstr(entry->section, ==, rows[i].section);
    g_assert_cmpstr(entry->key, ==, rows[i].key);
    g_assert_cmpstr(entry->value, ==, rows[i].value);
    g_assert_cmpuint(entry->line, ==, rows[i].line);
  }
  g_assert_cmpstr(fbk_ini_get(ini, "server", "name"), ==, "second");
  g_assert_cmpstr(fbk_ini_get(ini, "server", "empty"), ==, "");
  g_assert_null(fbk_ini_get(ini, "other", "name"));
  g_assert_cmpuint(fbk_ini_entry(ini, "server", "name")->line, ==, 6);
}

static void test_complaints_name_the_line(void)
{
  g_autofree char *long_line = g_strnfill(5000, 'x');
  g_autofree char *too_long = g_strdup_printf("a = 1\n\nb = %s\n", long_line);
  const struct {
    const char *text;
    const char *where;
  } rows[] = {
      {"a = 1\nnonsense\n", "f.ini:2: "},
      {"[open\n", "f.ini:1: "},
      {"[]\n", "f.ini:1: "},
      {"[a]b\n", "f.ini:1: "},
      {"[a][b]\n", "f.ini:1: "},
      {"= value\n", "f.ini:1: "},
      {"\n\na = \x01\n", "f.ini:3: "},
      {"a = \xff\n", "f.ini:1: "},
      {"a = \xc2\x85\n", "f.ini:1: "},
      {"a = b\rc = d\n", "f.ini:1: "},
      {too_long, "f.ini:3: "},
      {"[", "f.ini:1: "},
      {"# \x1b[2J\n", "f.ini:1: "},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) err = NULL;
    g_assert_null(fbk_ini_parse("f.ini", rows[i].text, strlen(rows[i].text), &err));
    g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
    g_assert_true(g_str_has_prefix(err->message, rows[i].where));
    g_assert_true(g_utf8_validate(err->message, -1, NULL));
  }
  g_autoptr(GError) err = NULL;
  g_assert_null(fbk_ini_parse("f.ini", "a = \0b\n", 7, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
}

static void test_what_is_written_is_read(void)
{
  g_autoptr(GString) out = g_string_new("[s]\n");
  fbk_ini_append(out, "user", "yamada@example.ac.jp");
  fbk_ini_append(out, "empty", "");
  fbk_ini_append(out, "odd", "a = [b] # c");
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkIni) ini = fbk_ini_parse("x", out->str, out->len, &err);
  g_assert_no_error(err);
  g_assert_cmpstr(fbk_ini_get(ini, "s", "user"), ==, "yamada@example.ac.jp");
  g_assert_cmpstr(fbk_ini_get(ini, "s", "empty"), ==, "");
  g_assert_cmpstr(fbk_ini_get(ini, "s", "odd"), ==, "a = [b] # c");
}

static void test_nothing_is_fine(void)
{
  g_autoptr(FbkIni) ini = fbk_ini_parse("x", "", 0, NULL);
  g_assert_nonnull(ini);
  g_assert_cmpuint(ini->entries->len, ==, 0);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/ini/parse", test_parse);
  g_test_add_func("/base/ini/complaints-name-the-line", test_complaints_name_the_line);
  g_test_add_func("/base/ini/what-is-written-is-read", test_what_is_written_is_read);
  g_test_add_func("/base/ini/nothing-is-fine", test_nothing_is_fine);
  return g_test_run();
}
