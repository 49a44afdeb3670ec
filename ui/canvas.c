/* The grid of cells that screens draw on. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/canvas.h"

#include <string.h>

#include "base/text.h"

#define CELL_CHARACTERS 5 /* what curses keeps in one cell: a base and four marks */

typedef struct {
  char text[4 * CELL_CHARACTERS + 1]; /* "" in the second half of a wide character */
  guint8 look;
} Cell;

struct FbkCanvas {
  int rows, columns;
  Cell *cells;
  int cursor_row, cursor_column; /* -1: none */
};

FbkCanvas *fbk_canvas_new(int rows, int columns)
{
  FbkCanvas *canvas = g_new0(FbkCanvas, 1);
  canvas->rows = CLAMP(rows, 1, 1000);
  canvas->columns = CLAMP(columns, 1, 1000);
  canvas->cells = g_new0(Cell, (gsize)canvas->rows * (gsize)canvas->columns);
  fbk_canvas_clear(canvas);
  return canvas;
}

void fbk_canvas_free(FbkCanvas *canvas)
{
  if (!canvas)
    return;
  g_free(canvas->cells);
  g_free(canvas);
}

int fbk_canvas_rows(const FbkCanvas *canvas)
{
  return canvas->rows;
}

int fbk_canvas_columns(const FbkCanvas *canvas)
{
  return canvas->columns;
}

static gboolean is_inside(const FbkCanvas *canvas, int row, int column)
{
  return row >= 0 && row < canvas->rows && column >= 0 && column < canvas->columns;
}

static Cell *cell_at(const FbkCanvas *canvas, int row, int column)
{
  return &canvas->cells[(gsize)row * (gsize)canvas->columns + (gsize)column];
}

void fbk_canvas_clear(FbkCanvas *canvas)
{
  for (int row = 0; row < canvas->rows; row++)
    for (int column = 0; column < canvas->columns; column++) {
      Cell *cell = cell_at(canvas, row, column);
      memcpy(cell->text, " ", 2);
      cell->look = FBK_LOOK_NORMAL;
    }
  canvas->cursor_row = canvas->cursor_column = -1;
}

/* Half a wide character cannot stand: what is cut by a new one becomes a blank. */
static void cut_wide(FbkCanvas *canvas, int row, int column)
{
  Cell *cell = cell_at(canvas, row, column);
  if (!cell->text[0] && column > 0)
    memcpy(cell_at(canvas, row, column - 1)->text, " ", 2);
  if (column + 1 < canvas->columns && !cell_at(canvas, row, column + 1)->text[0])
    memcpy(cell_at(canvas, row, column + 1)->text, " ", 2);
}

static void put(FbkCanvas *canvas, int row, int column, int width, FbkLook look, const char *bytes, gsize len)
{
  if (!is_inside(canvas, row, column) || !is_inside(canvas, row, column + width - 1))
    return;
  for (int i = 0; i < width; i++) {
    cut_wide(canvas, row, column + i);
    Cell *cell = cell_at(canvas, row, column + i);
    memcpy(cell->text, i ? "" : " ", i ? 1 : 2);
    cell->look = (guint8)look;
  }
  Cell *cell = cell_at(canvas, row, column);
  memcpy(cell->text, bytes, len);
  cell->text[len] = '\0';
}

/* Marks beyond what a cell holds are dropped: curses would drop them as well. */
static void put_mark(FbkCanvas *canvas, int row, int column, const char *bytes, gsize len)
{
  if (!is_inside(canvas, row, column))
    return;
  Cell *cell = cell_at(canvas, row, column);
  gsize used = strlen(cell->text);
  if (used && g_utf8_strlen(cell->text, -1) < CELL_CHARACTERS) {
    memcpy(cell->text + used, bytes, len);
    cell->text[used + len] = '\0';
  }
}

int fbk_canvas_text(FbkCanvas *canvas, int row, int column, int cells, FbkLook look, const char *utf8)
{
  g_autofree char *clean = fbk_text_gate(utf8, -1, FBK_GATE_LINE);
  const char *end = clean + fbk_text_fit(clean, cells, NULL);
  int used = 0;
  int base = column; /* where marks go */
  for (const char *at = clean; at < end; at = g_utf8_next_char(at)) {
    gsize len = (gsize)(g_utf8_next_char(at) - at);
    int width = fbk_text_char_width(g_utf8_get_char(at));
    if (width <= 0) {
      put_mark(canvas, row, base, at, len);
      continue;
    }
    base = column + used;
    put(canvas, row, base, width, look, at, len);
    used += width;
  }
  return used;
}

void fbk_canvas_fill(FbkCanvas *canvas, int row, int column, int cells, FbkLook look)
{
  for (int i = MAX(0, -column); i < cells && column + i < canvas->columns; i++)
    put(canvas, row, column + i, 1, look, " ", 1);
}

void fbk_canvas_field(FbkCanvas *canvas, int row, int column, int cells, FbkLook look, const char *utf8)
{
  int used = fbk_canvas_text(canvas, row, column, cells, look, utf8);
  fbk_canvas_fill(canvas, row, column + used, cells - used, look);
}

void fbk_canvas_rule(FbkCanvas *canvas, int row, int column, int cells, FbkLook look)
{
  /* U+2500 is of ambiguous width: a hyphen where it would take two cells. */
  static const char line[] = "\xe2\x94\x80";
  gboolean narrow = fbk_text_char_width(0x2500) == 1;
  for (int i = MAX(0, -column); i < cells && column + i < canvas->columns; i++)
    put(canvas, row, column + i, 1, look, narrow ? line : "-", narrow ? 3 : 1);
}

void fbk_canvas_paint(FbkCanvas *canvas, int row, int column, int cells, FbkLook look)
{
  for (int i = MAX(0, -column); i < cells && column + i < canvas->columns; i++)
    if (is_inside(canvas, row, column + i))
      cell_at(canvas, row, column + i)->look = (guint8)look;
}

void fbk_canvas_select(FbkCanvas *canvas, int row, int column, int cells)
{
  fbk_canvas_paint(canvas, row, column, MIN(cells, FBK_SELECT_CELLS), FBK_LOOK_SELECTED);
  fbk_canvas_cursor(canvas, row, column);
}

void fbk_canvas_cursor(FbkCanvas *canvas, int row, int column)
{
  gboolean inside = is_inside(canvas, row, column);
  canvas->cursor_row = inside ? row : -1;
  canvas->cursor_column = inside ? column : -1;
}

gboolean fbk_canvas_get_cursor(const FbkCanvas *canvas, int *row_out, int *column_out)
{
  *row_out = canvas->cursor_row;
  *column_out = canvas->cursor_column;
  return canvas->cursor_row >= 0;
}

const char *fbk_canvas_cell(const FbkCanvas *canvas, int row, int column, FbkLook *look_out)
{
  g_assert(is_inside(canvas, row, column));
  const Cell *cell = cell_at(canvas, row, column);
  if (look_out)
    *look_out = (FbkLook)cell->look;
  return cell->text;
}

char *fbk_canvas_dump(const FbkCanvas *canvas)
{
  GString *out = g_string_new(NULL);
  for (int row = 0; row < canvas->rows; row++) {
    gsize start = out->len;
    for (int column = 0; column < canvas->columns; column++)
      g_string_append(out, cell_at(canvas, row, column)->text);
    while (out->len > start && out->str[out->len - 1] == ' ')
      g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
  }
  return g_string_free(out, FALSE);
}
