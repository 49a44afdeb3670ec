/* The gate for foreign text, and widths. SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <string.h>

#include "base/text.h"

#define MARK FBK_TEXT_MARK

static void test_one_line(void)
{
  const struct {
    const char *foreign, *shown;
  } rows[] = {
      {NULL, ""},
      {"", ""},
      {"plain", "plain"},
      {"a\tb\nc\r\nd\re", "a b c d e"},
      {"\x1b[31mred\x1b]0;title\x07", MARK "[31mred" MARK "]0;title" MARK},
      {"\x7f", MARK},
      {"c1 \xc2\x9b"
       "31m",
       "c1 " MARK "31m"},
      {"line\xe2\x80\xa8sep\xe2\x80\xa9", "line" MARK "sep" MARK},
      {"\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f", MARK MARK MARK},
      {"gpj\xe2\x80\xae", "gpj" MARK},
      {"\xe2\x80\xaa\xe2\x80\xac", MARK MARK},
      {"\xe2\x81\xa6\xe2\x81\xa9", MARK MARK},
      {"a\xe2\x80\x8b"
       "b",
       "ab"}, /* U+200B */
      {"a\xe2\x80\x8c"
       "b",
       "a" MARK "b"}, /* U+200C */
      {"a\xe2\x80\x8d"
       "b",
       "a" MARK "b"}, /* U+200D between letters */
      {"a\xe2\x81\xa0"
       "b",
       "a" MARK "b"},                            /* U+2060 */
      {"\xef\xbb\xbfhi\xef\xbb\xbf", "hi" MARK}, /* a byte order mark in front only */
      {"so\xc2\xad"
       "ft",
       "soft"},                   /* U+00AD */
      {"\xf3\xa0\x81\xa1", MARK}, /* U+E0061, a tag */
      {"\xe3\x85\xa4", MARK},     /* U+3164, a blank letter */
      {"\xff\xfe", MARK MARK},
      {"\xe3\x81", MARK MARK},                   /* cut short */
      {"\xc0\xaf", MARK MARK},                   /* overlong '/' */
      {"\xed\xa0\x80", MARK MARK MARK},          /* a surrogate */
      {"\xf4\x90\x80\x80", MARK MARK MARK MARK}, /* past U+10FFFF */
      {"\xef\xbf\xbf", MARK},                    /* U+FFFF, no character */
      {"\xe6\x9b\xb8\xe7\xb1\x8d", "\xe6\x9b\xb8\xe7\xb1\x8d"},
      /* A name with its own variant of a letter (U+E0100), and an emoji drawn as a picture (U+FE0F). */
      {"\xe8\xbe\xbb\xf3\xa0\x84\x80", "\xe8\xbe\xbb\xf3\xa0\x84\x80"},
      {"\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4\xef\xb8\x8f"},
      /* Woman, joiner, laptop. */
      {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb"},
      {"\xf0\x9f\x91\xa9\xe2\x80\x8d", "\xf0\x9f\x91\xa9" MARK},
      /* A combining mark must not land on what stands left of the text. */
      {"\xcc\x81"
       "a",
       "\xe2\x97\x8c\xcc\x81"
       "a"},
      {"\x01\xcc\x81", MARK "\xe2\x97\x8c\xcc\x81"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *shown = fbk_text_gate(rows[i].foreign, -1, FBK_GATE_LINE);
    g_assert_cmpstr(shown, ==, rows[i].shown);
  }
}

static void test_many_lines(void)
{
  const struct {
    const char *foreign, *shown;
  } rows[] = {
      {"a\nb\r\nc", "a\nb\nc"},
      {"a\rb", "a" MARK "b"},
      {"\tx", "        x"},
      {"ab\tx", "ab      x"},
      {"\xe3\x81\x82\xe3\x81\x82\tx", "\xe3\x81\x82\xe3\x81\x82    x"},
      {"12345678\tx", "12345678        x"},
      {"abc\n\tx", "abc\n        x"},
      {"a\n\xcc\x81", "a\n\xe2\x97\x8c\xcc\x81"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *shown = fbk_text_gate(rows[i].foreign, -1, FBK_GATE_LINES);
    g_assert_cmpstr(shown, ==, rows[i].shown);
  }
}

static void test_length(void)
{
  g_autofree char *cut = fbk_text_gate("abc\xe3\x81\x82", 4, FBK_GATE_LINE);
  g_assert_cmpstr(cut, ==, "abc" MARK);
  g_autofree char *inner_nul = fbk_text_gate("a\0b", 3, FBK_GATE_LINE);
  g_assert_cmpstr(inner_nul, ==, "a" MARK "b");
  g_autofree char *nothing = fbk_text_gate("abc", 0, FBK_GATE_LINES);
  g_assert_cmpstr(nothing, ==, "");
  g_autofree char *pair = fbk_text_gate("a\r\n", 2, FBK_GATE_LINE);
  g_assert_cmpstr(pair, ==, "a ");
}

static void test_piled_up_marks(void)
{
  g_autoptr(GString) pile = g_string_new("a");
  for (int i = 0; i < 1000; i++)
    g_string_append(pile, "\xcc\x81");
  g_string_append(pile, "b\xcc\x81");
  g_autofree char *shown = fbk_text_gate(pile->str, -1, FBK_GATE_LINE);
  g_assert_cmpint(g_utf8_strlen(shown, -1), ==, 1 + 8 + 2);
  g_assert_cmpint(fbk_text_width(shown), ==, 2);
}

/* Whatever bytes come in: valid, no controls, and no slower for being long. */
static void test_any_bytes(void)
{
  GRand *random = g_rand_new_with_seed(20240401);
  for (int round = 0; round < 3000; round++) {
    char bytes[64];
    gsize len = (gsize)g_rand_int_range(random, 0, sizeof bytes);
    for (gsize i = 0; i < len; i++)
      bytes[i] = (char)(g_rand_int_range(random, 0, 3) ? g_rand_int_range(random, 0x80, 0x100)
                                                       : g_rand_int_range(random, 0, 0x80));
    FbkGate gate = round % 2 ? FBK_GATE_LINE : FBK_GATE_LINES;
    g_autofree char *shown = fbk_text_gate(bytes, (gssize)len, gate);
    g_assert_true(g_utf8_validate(shown, -1, NULL));
    for (const char *at = shown; *at != '\0'; at = g_utf8_next_char(at)) {
      gunichar character = g_utf8_get_char(at);
      g_assert_true(!g_unichar_iscntrl(character) || (character == '\n' && gate == FBK_GATE_LINES));
    }
    g_autofree char *again = fbk_text_gate(shown, -1, gate);
    g_assert_cmpstr(again, ==, shown);
  }
  g_rand_free(random);
}

static void test_long_line_of_tabs(void)
{
  g_autofree char *tabs = g_strnfill(1000000, '\t');
  g_autofree char *shown = fbk_text_gate(tabs, -1, FBK_GATE_LINES);
  g_assert_cmpuint(strlen(shown), ==, 8000000);
}

static void test_width(void)
{
  const struct {
    const char *text;
    int cells;
  } rows[] = {
      {"", 0},
      {"abc", 3},
      {"\xe6\x9b\xb8\xe7\xb1\x8d", 4},
      {"\xef\xbd\xb1", 1}, /* half-width katakana */
      {"\xef\xbc\xa1", 2}, /* full-width A */
      {"e\xcc\x81", 1},
      {"\xe3\x81\x8b\xe3\x82\x99", 2},
      {"\xf0\x9f\x98\x80", 2},
      {"\xe2\x98\x85", 1}, /* U+2605, ambiguous */
      {"\xe2\x86\x92", 1}, /* U+2192, ambiguous */
      {"\xc2\xa0", 1},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpint(fbk_text_width(rows[i].text), ==, rows[i].cells);
}

static void test_ambiguous(void)
{
  fbk_text_set_ambiguous(2);
  g_assert_cmpint(fbk_text_width("\xe2\x98\x85"), ==, 2);
  g_assert_cmpint(fbk_text_width("\xe2\x86\x92"), ==, 2);
  g_assert_cmpint(fbk_text_width("\xe2\x80\xa6"), ==, 2);
  g_assert_cmpint(fbk_text_width("a"), ==, 1);
  g_assert_cmpint(fbk_text_width("\xe6\x9b\xb8"), ==, 2);
  g_assert_cmpint(fbk_text_width("\xef\xbd\xb1"), ==, 1);
  g_assert_cmpint(fbk_text_width("\xcc\x81"), ==, 0);
  g_autofree char *cut = fbk_text_ellipsize("abcdef", 4);
  g_assert_cmpstr(cut, ==, "ab\xe2\x80\xa6");
  fbk_text_set_ambiguous(1);
}

static void test_fit(void)
{
  const struct {
    const char *text;
    int cells;
    gsize bytes;
    int used;
  } rows[] = {
      {"abc", 2, 2, 2},
      {"abc", 3, 3, 3},
      {"abc", 0, 0, 0},
      {"abc", -1, 0, 0},
      {"\xe6\x9b\xb8\xe7\xb1\x8d", 3, 3, 2},
      {"\xe6\x9b\xb8", 1, 0, 0},
      {"ae\xcc\x81x", 2, 4, 2},
      {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbbx", 3, 0, 0}, /* the joined pair is drawn in four cells */
      {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbbx", 4, 11, 4},
      {"\xf0\x9f\x87\xaf\xf0\x9f\x87\xb5\xf0\x9f\x87\xaf\xf0\x9f\x87\xb5", 3, 8, 2}, /* two flags */
      {"\xf0\x9f\x87\xaf\xf0\x9f\x87\xaf\xf0\x9f\x87\xaf", 2, 8, 2}, /* three letters are not one */
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    int used = -1;
    g_assert_cmpuint(fbk_text_fit(rows[i].text, rows[i].cells, &used), ==, rows[i].bytes);
    g_assert_cmpint(used, ==, rows[i].used);
  }
}

static void test_ellipsize(void)
{
  const struct {
    const char *text;
    int cells;
    const char *shown;
  } rows[] = {
      {"abc", 3, "abc"},
      {"abcd", 3, "ab\xe2\x80\xa6"},
      {"\xe6\x9b\xb8\xe7\xb1\x8d", 4, "\xe6\x9b\xb8\xe7\xb1\x8d"},
      {"\xe6\x9b\xb8\xe7\xb1\x8d", 3, "\xe6\x9b\xb8\xe2\x80\xa6"},
      {"\xe6\x9b\xb8\xe7\xb1\x8d", 2, "\xe2\x80\xa6"},
      {"abc", 0, ""},
      {"", 0, ""},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *shown = fbk_text_ellipsize(rows[i].text, rows[i].cells);
    g_assert_cmpstr(shown, ==, rows[i].shown);
    g_assert_cmpint(fbk_text_width(shown), <=, MAX(rows[i].cells, 0));
  }
}

/* A page in the C locale must not fall apart: the tables of GLib stand in. */
static void test_without_a_locale(void)
{
  setlocale(LC_ALL, "C");
  g_assert_cmpint(fbk_text_width("\xe6\x9b\xb8"
                                 "a\xcc\x81"),
                  ==, 3);
  g_autofree char *shown = fbk_text_gate("\xe6\x9b\xb8\x1b", -1, FBK_GATE_LINE);
  g_assert_cmpstr(shown, ==, "\xe6\x9b\xb8" MARK);
  setlocale(LC_ALL, "C.UTF-8");
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_nonnull(setlocale(LC_ALL, "C.UTF-8"));
  g_test_add_func("/base/text/one-line", test_one_line);
  g_test_add_func("/base/text/many-lines", test_many_lines);
  g_test_add_func("/base/text/length", test_length);
  g_test_add_func("/base/text/piled-up-marks", test_piled_up_marks);
  g_test_add_func("/base/text/any-bytes", test_any_bytes);
  g_test_add_func("/base/text/long-line-of-tabs", test_long_line_of_tabs);
  g_test_add_func("/base/text/width", test_width);
  g_test_add_func("/base/text/ambiguous", test_ambiguous);
  g_test_add_func("/base/text/fit", test_fit);
  g_test_add_func("/base/text/ellipsize", test_ellipsize);
  g_test_add_func("/base/text/without-a-locale", test_without_a_locale);
  return g_test_run();
}
