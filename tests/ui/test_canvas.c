/* The grid of cells: gate, widths, cutting, the selected row. SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <string.h>

#include "ui/canvas.h"

#define MARK "\xef\xbf\xbd"

static void assert_dump(const FbkCanvas *canvas, const char *expected)
{
  g_autofree char *dump = fbk_canvas_dump(canvas);
  g_assert_cmpstr(dump, ==, expected);
}

static void test_text(void)
{
  const struct {
    const char *utf8;
    int column, cells, used;
    const char *row;
  } rows[] = {
      {"hello", 0, 10, 5, "hello"},
      {"hello", 7, 10, 5, "       hel"}, /* dropped at the right edge */
      {"hello", -2, 10, 5, "llo"},       /* and at the left one */
      {"hello", 0, 3, 3, "hel"},
      {"締切は明日", 0, 10, 10, "締切は明日"},
      {"締切は明日", 0, 5, 4, "締切"}, /* half a character never */
      {"締切は明日", 1, 10, 10, " 締切は明"},
      {"ka\xcc\x83", 0, 10, 2, "ka\xcc\x83"}, /* a mark takes no cell */
      {"\x1b[2J\x1b]0;x\x07", 0, 10, 10, MARK "[2J" MARK "]0;x" MARK},
      {"a\nb\tc", 0, 10, 5, "a b c"},
      {"gpj\xe2\x80\xae.exe", 0, 10, 8, "gpj" MARK ".exe"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(FbkCanvas) canvas = fbk_canvas_new(1, 10);
    g_autofree char *expected = g_strconcat(rows[i].row, "\n", NULL);
    g_assert_cmpint(fbk_canvas_text(canvas, 0, rows[i].column, rows[i].cells, FBK_LOOK_NORMAL, rows[i].utf8),
                    ==, rows[i].used);
    assert_dump(canvas, expected);
  }
}

/* Writing over half a wide character leaves a blank, never a half. */
static void test_wide_cut(void)
{
  g_autoptr(FbkCanvas) canvas = fbk_canvas_new(2, 6);
  fbk_canvas_text(canvas, 0, 0, 6, FBK_LOOK_NORMAL, "日本語");
  fbk_canvas_text(canvas, 0, 1, 1, FBK_LOOK_NORMAL, "x");
  fbk_canvas_text(canvas, 1, 0, 6, FBK_LOOK_NORMAL, "日本語");
  fbk_canvas_text(canvas, 1, 2, 1, FBK_LOOK_NORMAL, "y");
  assert_dump(canvas, " x本語\n日y 語\n");
  fbk_canvas_text(canvas, 0, 1, 4, FBK_LOOK_NORMAL, "漢字");
  assert_dump(canvas, " 漢字\n日y 語\n");
  g_assert_cmpstr(fbk_canvas_cell(canvas, 0, 1, NULL), ==, "漢");
  g_assert_cmpstr(fbk_canvas_cell(canvas, 0, 2, NULL), ==, "");
}

static void test_outside(void)
{
  g_autoptr(FbkCanvas) canvas = fbk_canvas_new(2, 4);
  int row, column;
  fbk_canvas_text(canvas, -1, 0, 4, FBK_LOOK_NORMAL, "up");
  fbk_canvas_text(canvas, 2, 0, 4, FBK_LOOK_NORMAL, "down");
  fbk_canvas_fill(canvas, 5, -3, 100, FBK_LOOK_TITLE);
  fbk_canvas_rule(canvas, -1, -3, 100, FBK_LOOK_DIM);
  fbk_canvas_paint(canvas, 9, -3, 100, FBK_LOOK_TITLE);
  fbk_canvas_cursor(canvas, 2, 0);
  assert_dump(canvas, "\n\n");
  g_assert_false(fbk_canvas_get_cursor(canvas, &row, &column));
}

static void test_field(void)
{
  g_autoptr(FbkCanvas) canvas = fbk_canvas_new(1, 8);
  FbkLook look;
  fbk_canvas_text(canvas, 0, 0, 8, FBK_LOOK_NORMAL, "xxxxxxxx");
  fbk_canvas_field(canvas, 0, 1, 5, FBK_LOOK_INPUT, "締a");
  assert_dump(canvas, "x締a  xx\n");
  fbk_canvas_cell(canvas, 0, 5, &look);
  g_assert_cmpint(look, ==, FBK_LOOK_INPUT);
  fbk_canvas_cell(canvas, 0, 6, &look);
  g_assert_cmpint(look, ==, FBK_LOOK_NORMAL);
}

/* A cell holds what curses can show, however many marks a stranger piled up. */
static void test_marks(void)
{
  g_autoptr(FbkCanvas) canvas = fbk_canvas_new(1, 4);
  g_autoptr(GString) zalgo = g_string_new("a");
  for (int i = 0; i < 1000; i++)
    g_string_append(zalgo, "\xcc\x81");
  fbk_canvas_text(canvas, 0, 0, 4, FBK_LOOK_NORMAL, zalgo->str);
  g_assert_cmpint(g_utf8_strlen(fbk_canvas_cell(canvas, 0, 0, NULL), -1), ==, 5);
}

/* The cursor stands on the selected row; few cells change their look, for the bytes they cost over SSH. */
static void test_select(void)
{
  g_autoptr(FbkCanvas) canvas = fbk_canvas_new(3, 120);
  int row, column, selected = 0;
  fbk_canvas_text(canvas, 1, 0, 120, FBK_LOOK_UNREAD, "24 Nov  Taro  締切");
  fbk_canvas_select(canvas, 1, 0, 120);
  g_assert_true(fbk_canvas_get_cursor(canvas, &row, &column));
  g_assert_cmpint(row, ==, 1);
  for (int i = 0; i < 120; i++) {
    FbkLook look;
    fbk_canvas_cell(canvas, 1, i, &look);
    selected += look == FBK_LOOK_SELECTED;
  }
  g_assert_cmpint(selected, >=, 20);
  g_assert_cmpint(selected, <=, 30);
  assert_dump(canvas, "\n24 Nov  Taro  締切\n\n");
}

int main(int argc, char **argv)
{
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/canvas/text", test_text);
  g_test_add_func("/canvas/wide-cut", test_wide_cut);
  g_test_add_func("/canvas/outside", test_outside);
  g_test_add_func("/canvas/field", test_field);
  g_test_add_func("/canvas/marks", test_marks);
  g_test_add_func("/canvas/select", test_select);
  return g_test_run();
}
