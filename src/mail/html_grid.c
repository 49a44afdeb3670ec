/* Places the cells of a table. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/html_grid.h"

#include <stdlib.h>

void fbk_grid_cell(FbkGrid *grid, FbkFlow *flow, const char *spans, const char *rows)
{
  while (grid->column < FBK_TABLE_COLUMN_MAX && grid->taken[grid->column] > 0)
    grid->column++;
  guint column = MIN(grid->column, FBK_TABLE_COLUMN_MAX - 1);
  guint span = spans != NULL ? (guint)CLAMP(atoi(spans), 1, FBK_TABLE_COLUMN_MAX) : 1;
  span = MIN(span, FBK_TABLE_COLUMN_MAX - column);
  /* One more than it fills below: this row takes one away at its end. */
  guint fills = rows != NULL ? (guint)CLAMP(atoi(rows), 1, 1000) : 1;
  if (!grid->begun) {
    fbk_flow_begin_block(flow, FBK_BLOCK_TABLE);
    grid->begun = TRUE;
  }
  for (guint i = 0; i < span; i++)
    grid->taken[column + i] = MAX(grid->taken[column + i], fills);
  fbk_doc_cell_begin(flow->doc, grid->row, column, span);
  grid->column = column + span;
  flow->in_cell = TRUE;
  flow->line_empty = TRUE;
  flow->space = flow->newline = flow->wide = FALSE;
}

void fbk_grid_end_row(FbkGrid *grid)
{
  for (guint i = 0; i < FBK_TABLE_COLUMN_MAX; i++)
    if (grid->taken[i] > 0)
      grid->taken[i]--;
  grid->row++;
  grid->column = 0;
}
