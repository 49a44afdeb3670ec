/* The one-line editor, with Japanese, marks and emoji. SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <string.h>

#include "ui/line.h"

#define CONTROL(letter) ((letter) - 'A' + 1)

static void type(FbkLineEditor *line, const char *utf8)
{
  for (; *utf8; utf8 = g_utf8_next_char(utf8))
    fbk_line_key(line, g_utf8_get_char(utf8));
}

static void test_editing(void)
{
  const struct {
    const char *initial;
    FbkKey keys[8];
    const char *text;
  } rows[] = {
      {"abc", {FBK_KEY_BACKSPACE}, "ab"},
      {"abc", {FBK_KEY_HOME, FBK_KEY_DELETE}, "bc"},
      {"abc", {FBK_KEY_LEFT, 'x'}, "abxc"},
      {"abc", {FBK_KEY_LEFT, FBK_KEY_LEFT, FBK_KEY_LEFT, FBK_KEY_LEFT, 'x'}, "xabc"},
      {"締切は", {FBK_KEY_BACKSPACE}, "締切"},
      {"締切は", {FBK_KEY_HOME, FBK_KEY_RIGHT, 0x6587}, "締文切は"},
      {"ka\xcc\x83", {FBK_KEY_BACKSPACE}, "k"}, /* a letter goes with its mark */
      {"x\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", {FBK_KEY_BACKSPACE}, "x"}, /* a joined emoji */
      {"one two  three", {CONTROL('W')}, "one two  "},
      {"one two  ", {CONTROL('W')}, "one "},
      {"one two", {CONTROL('A'), CONTROL('K')}, ""},
      {"one two", {FBK_KEY_LEFT, CONTROL('U')}, "o"},
      {"ab", {CONTROL('B'), CONTROL('D')}, "a"},
      {"", {FBK_KEY_BACKSPACE, FBK_KEY_DELETE, FBK_KEY_LEFT, FBK_KEY_RIGHT, CONTROL('W')}, ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(FbkLineEditor) line = fbk_line_new(rows[i].initial);
    for (const FbkKey *key = rows[i].keys; *key; key++)
      g_assert_true(fbk_line_key(line, *key));
    g_assert_cmpstr(fbk_line_text(line), ==, rows[i].text);
  }
}

/* What would hide or reorder text is not taken, typed or given. */
static void test_refused(void)
{
  g_autoptr(FbkLineEditor) line = fbk_line_new(NULL);
  type(line, "a\xe2\x80\xae"
             "b\xe2\x80\x8b\xf3\xa0\x81\xa1"
             "c");
  g_assert_cmpstr(fbk_line_text(line), ==, "abc");
  fbk_line_set(line, "x\ny\x1b[m");
  g_assert_cmpstr(fbk_line_text(line), ==, "x y\xef\xbf\xbd[m");
  g_assert_false(fbk_line_key(line, FBK_KEY_ENTER));
  g_assert_false(fbk_line_key(line, FBK_KEY_ESCAPE));
  g_assert_false(fbk_line_key(line, FBK_KEY_TAB));
  g_assert_false(fbk_line_key(line, FBK_KEY_UP));
  g_assert_false(fbk_line_key(line, 0xd800)); /* a surrogate is no character */
}

static void test_cap(void)
{
  g_autoptr(FbkLineEditor) line = fbk_line_new(NULL);
  for (int i = 0; i < FBK_LINE_MAX + 10; i++)
    fbk_line_key(line, 'x');
  g_assert_cmpuint(strlen(fbk_line_text(line)), ==, FBK_LINE_MAX);
}

static void test_drawing(void)
{
  g_autoptr(FbkCanvas) canvas = fbk_canvas_new(1, 12);
  g_autoptr(FbkLineEditor) line = fbk_line_new("締切はあした");
  int row, column;
  fbk_line_draw(line, canvas, 0, 1, 10, TRUE);
  g_assert_true(fbk_canvas_get_cursor(canvas, &row, &column));
  g_autofree char *end = fbk_canvas_dump(canvas);
  g_assert_cmpstr(end, ==, " はあした\n"); /* scrolled, so that the cursor is in sight */
  g_assert_cmpint(column, ==, 9);
  fbk_line_key(line, FBK_KEY_HOME);
  fbk_line_draw(line, canvas, 0, 1, 10, TRUE);
  fbk_canvas_get_cursor(canvas, &row, &column);
  g_autofree char *start = fbk_canvas_dump(canvas);
  g_assert_cmpstr(start, ==, " 締切はあし\n");
  g_assert_cmpint(column, ==, 1);
}

int main(int argc, char **argv)
{
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/line/editing", test_editing);
  g_test_add_func("/line/refused", test_refused);
  g_test_add_func("/line/cap", test_cap);
  g_test_add_func("/line/drawing", test_drawing);
  return g_test_run();
}
