/* Where the cells of a table of data stand, with cells that span columns and rows. */
#ifndef FBK_MAIL_HTML_GRID_H
#define FBK_MAIL_HTML_GRID_H

#include "mail/html_flow.h"

typedef struct {
  guint row, column;
  gboolean begun;                    /* its block is */
  guint taken[FBK_TABLE_COLUMN_MAX]; /* rows that a cell above still fills */
} FbkGrid;

/* Begins the next cell (and the table's block before the first one). spans, rows: attributes, or NULL. */
void fbk_grid_cell(FbkGrid *grid, FbkFlow *flow, const char *spans, const char *rows);
void fbk_grid_end_row(FbkGrid *grid);

#endif
