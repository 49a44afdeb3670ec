/* Tables in columns. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/columns.h"

#include <string.h>
#include "mail/flat.h"
#include "mail/sheet.h"

#define COLUMN_GAP 2   /* cells between columns */
#define COLUMN_LEAST 8 /* cells; narrower columns cannot be read */
#define WIDEST 10000   /* cells of a line that is never broken */

typedef struct {
  const FbkColumns *columns;
  int widths[FBK_TABLE_COLUMN_MAX];
  guint used; /* columns */
} Grid;

static const FbkCell *cell_at(const FbkColumns *columns, guint index)
{
  return &g_array_index(columns->doc->cells, FbkCell, columns->block->cell + index);
}

static FbkFlat *cell_flat(const FbkColumns *columns, const FbkCell *cell)
{
  return fbk_flat_new(columns->doc, cell->run, cell->run_count, columns->signs);
}

static int natural_width(const FbkColumns *columns, const FbkCell *cell)
{
  g_autoptr(FbkFlat) flat = cell_flat(columns, cell);
  g_autoptr(GArray) lines = fbk_wrap(flat->text->str, flat->text->len, WIDEST, WIDEST);
  int widest = 0;
  for (guint i = 0; i < lines->len; i++)
    widest = MAX(widest, g_array_index(lines, FbkWrapLine, i).cells);
  return widest;
}

static int total_width(const Grid *grid)
{
  int total = COLUMN_GAP * ((int)grid->used - 1);
  for (guint i = 0; i < grid->used; i++)
    total += grid->widths[i];
  return total;
}

/* Takes cells from the widest columns until the grid fits; FALSE when it cannot. */
static gboolean shrink(Grid *grid)
{
  while (total_width(grid) > grid->columns->width) {
    guint widest = 0;
    for (guint i = 1; i < grid->used; i++)
      if (grid->widths[i] > grid->widths[widest])
        widest = i;
    if (grid->widths[widest] <= COLUMN_LEAST)
      return FALSE;
    grid->widths[widest]--;
  }
  return TRUE;
}

static gboolean measure(Grid *grid)
{
  const FbkColumns *columns = grid->columns;
  for (guint i = 0; i < columns->block->cell_count; i++) {
    const FbkCell *cell = cell_at(columns, i);
    grid->used = MAX(grid->used, cell->column + cell->span);
    if (cell->span == 1)
      grid->widths[cell->column] = MAX(grid->widths[cell->column], natural_width(columns, cell));
  }
  for (guint i = 0; i < grid->used; i++)
    grid->widths[i] = CLAMP(grid->widths[i], 1, columns->width);
  return grid->used > 0 && shrink(grid);
}

static void put_prefix(const FbkColumns *columns)
{
  const FbkBlock *block = columns->block;
  fbk_sheet_span(columns->page, block->rest, columns->prefix_len, block->prefix_style, 0);
}

static void put_spaces(FbkPage *page, int count)
{
  g_autofree char *spaces = g_strnfill((gsize)MAX(count, 0), ' ');
  fbk_sheet_span(page, spaces, strlen(spaces), FBK_STYLE_PLAIN, 0);
}

typedef struct {
  FbkFlat *flat;
  GArray *lines;
  int left; /* cells before it */
} Placed;

static void placed_clear(gpointer data)
{
  Placed *placed = data;
  fbk_flat_free(placed->flat);
  g_array_free(placed->lines, TRUE);
}

static void place(const Grid *grid, const FbkCell *cell, Placed *placed_out)
{
  int left = 0, width = -COLUMN_GAP;
  for (guint i = 0; i < cell->column; i++)
    left += grid->widths[i] + COLUMN_GAP;
  for (guint i = cell->column; i < cell->column + cell->span; i++)
    width += grid->widths[i] + COLUMN_GAP;
  placed_out->flat = cell_flat(grid->columns, cell);
  const GString *text = placed_out->flat->text;
  placed_out->lines = fbk_wrap(text->str, text->len, width, width);
  placed_out->left = left;
}

/* One row, its cells side by side. */
static gboolean put_row(const Grid *grid, guint first, guint count)
{
  FbkPage *page = grid->columns->page;
  g_autoptr(GArray) row = g_array_new(FALSE, TRUE, sizeof(Placed));
  g_array_set_clear_func(row, placed_clear);
  guint height = 0;
  for (guint i = 0; i < count; i++) {
    Placed placed;
    place(grid, cell_at(grid->columns, first + i), &placed);
    g_array_append_val(row, placed);
    height = MAX(height, placed.lines->len);
  }
  for (guint line = 0; line < height; line++) {
    int column = 0;
    put_prefix(grid->columns);
    for (guint i = 0; i < count; i++) {
      Placed *placed = &g_array_index(row, Placed, i);
      if (line >= placed->lines->len)
        continue;
      const FbkWrapLine *part = &g_array_index(placed->lines, FbkWrapLine, line);
      if (part->cells == 0)
        continue;
      put_spaces(page, placed->left - column);
      fbk_flat_write(placed->flat, part, page);
      column = placed->left + part->cells;
    }
    if (!fbk_sheet_end_line(page))
      return FALSE;
  }
  return TRUE;
}

/* One row, its cells below each other, all but the first indented. */
static gboolean put_stacked(const FbkColumns *columns, guint first, guint count)
{
  for (guint i = 0; i < count; i++) {
    int indent = i > 0 ? COLUMN_GAP : 0;
    g_autoptr(FbkFlat) flat = cell_flat(columns, cell_at(columns, first + i));
    if (flat->text->len == 0)
      continue;
    int width = columns->width - indent;
    g_autoptr(GArray) lines = fbk_wrap(flat->text->str, flat->text->len, width, width);
    for (guint line = 0; line < lines->len; line++) {
      put_prefix(columns);
      put_spaces(columns->page, indent);
      fbk_flat_write(flat, &g_array_index(lines, FbkWrapLine, line), columns->page);
      if (!fbk_sheet_end_line(columns->page))
        return FALSE;
    }
  }
  return TRUE;
}

gboolean fbk_columns_put(const FbkColumns *columns)
{
  Grid grid = {.columns = columns};
  gboolean fits = measure(&grid);
  guint total = columns->block->cell_count;
  for (guint first = 0, next; first < total; first = next) {
    for (next = first; next < total && cell_at(columns, next)->row == cell_at(columns, first)->row;)
      next++;
    gboolean room = fits ? put_row(&grid, first, next - first) : put_stacked(columns, first, next - first);
    if (!room)
      return FALSE;
  }
  return TRUE;
}
