/* Tests where lines end. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/wrap.h"

#include <locale.h>
#include <string.h>
#include "base/text.h"

/* The lines joined with "|". */
static char *wrapped(const char *text, int first, int rest)
{
  g_autoptr(GArray) lines = fbk_wrap(text, strlen(text), first, rest);
  g_autoptr(GString) joined = g_string_new(NULL);
  for (guint i = 0; i < lines->len; i++) {
    const FbkWrapLine *line = &g_array_index(lines, FbkWrapLine, i);
    g_autofree char *part = g_strndup(text + line->start, line->end - line->start);
    g_assert_cmpint(fbk_text_width(part), ==, line->cells);
    g_assert_cmpint(line->cells, <=, i == 0 ? first : rest);
    g_string_append_printf(joined, "%s%s", i > 0 ? "|" : "", part);
  }
  return g_strdup(joined->str);
}

typedef struct {
  const char *text;
  int first, rest;
  const char *lines;
} Case;

static void check(const Case *cases, gsize count)
{
  for (gsize i = 0; i < count; i++) {
    g_autofree char *lines = wrapped(cases[i].text, cases[i].first, cases[i].rest);
    g_assert_cmpstr(lines, ==, cases[i].lines);
  }
}

static void test_words(void)
{
  static const Case cases[] = {
      {"", 10, 10, ""},
      {"one", 10, 10, "one"},
      {"one two three", 7, 7, "one two|three"},
      {"one two three", 3, 9, "one|two three"},
      {"one  two   ", 20, 20, "one  two"},
      {"  indented text", 10, 10, "  indented|text"},
      {"line\n\nline", 10, 10, "line||line"},
      {"a well-known word", 9, 9, "a|well-know|n word"},
      {"abcdefghijklm", 5, 5, "abcde|fghij|klm"},
      {"            far", 10, 10, "far"},
      {"x            far", 10, 10, "x|far"},
      {"see https://www.jaist.ac.jp/a/b-c?d=e now", 34, 34, "see|https://www.jaist.ac.jp/a/b-c?d=e|now"},
  };
  check(cases, G_N_ELEMENTS(cases));
}

static void test_kinsoku(void)
{
  static const Case cases[] = {
      {"今日は、雨です。", 6, 6, "今日|は、雨|です。"},
      {"今日は雨。晴れ", 8, 8, "今日は|雨。晴れ"},
      {"彼は「はい」と言った", 6, 6, "彼は|「は|い」と|言った"},
      {"本文（注）です", 6, 6, "本文|（注）|です"},
      {"ちょっと待って", 4, 4, "ちょ|っと|待っ|て"},
      {"サーバーメール", 6, 6, "サー|バー|メール"},
      {"ｶﾀｶﾅ､ﾃｽﾄ｡", 4, 4, "ｶﾀｶ|ﾅ､ﾃｽ|ﾄ｡"},
      {"全角ABC半角", 7, 7, "全角ABC|半角"},
      {"約十～二十人", 4, 4, "約|十～|二十|人"},
      {"時々々々々々々々", 4, 4, "時々|々々|々々|々々"},
  };
  check(cases, G_N_ELEMENTS(cases));
}

static void test_japanese_everywhere(void)
{
  static const char text[] =
      "「拝啓、（学生）各位」。いつもお世話になっております！情報環境・応用情報研究センター、『重要』です。"
      "メールは20通（うち未読3通）あります…よろしく、お願い致します。";
  static const char bad_starts[] = "、。」』）！・…ー";
  static const char bad_ends[] = "「『（";
  for (int width = 8; width <= 60; width++) {
    g_autofree char *joined = wrapped(text, width, width);
    g_auto(GStrv) lines = g_strsplit(joined, "|", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
      gunichar first = g_utf8_get_char(lines[i]);
      gunichar last = g_utf8_get_char(g_utf8_prev_char(lines[i] + strlen(lines[i])));
      g_assert_true(i == 0 || g_utf8_strchr(bad_starts, -1, first) == NULL);
      g_assert_true(lines[i + 1] == NULL || g_utf8_strchr(bad_ends, -1, last) == NULL);
    }
  }
}

static void test_graphemes(void)
{
  static const Case cases[] = {
      {"かき\u3099くけ", 4, 4, "かき\u3099|くけ"},
      {"cafe\u0301s", 4, 4, "cafe\u0301|s"},
      {"a\u00a0b c", 3, 3, "a\u00a0b|c"},
      {"👨\u200d👩\u200d👧\u200d👦x", 4, 4, "👨\u200d👩|👧\u200d👦|x"},
  };
  check(cases, G_N_ELEMENTS(cases));
}

static void test_large(void)
{
  g_autoptr(GString) text = g_string_new(NULL);
  while (text->len < 4 * 1024 * 1024)
    g_string_append(text, "長い行が続きます。");
  g_autoptr(GArray) lines = fbk_wrap(text->str, text->len, 40, 40);
  g_assert_cmpuint(lines->len, >, 60000);
}

int main(int argc, char **argv)
{
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/wrap/words", test_words);
  g_test_add_func("/wrap/kinsoku", test_kinsoku);
  g_test_add_func("/wrap/kinsoku-at-any-width", test_japanese_everywhere);
  g_test_add_func("/wrap/graphemes", test_graphemes);
  g_test_add_func("/wrap/large", test_large);
  return g_test_run();
}
