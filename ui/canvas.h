/* A grid of cells that screens draw on. Every string passes the gate here, whoever wrote it, so nothing
 * foreign can reach the terminal raw. Knows nothing of curses: tests read it as text. UI thread. */
#ifndef FBK_UI_CANVAS_H
#define FBK_UI_CANVAS_H

#include <glib.h>

/* What a cell means; the terminal decides how it looks. Never colour alone: each has an attribute as well. */
typedef enum {
  FBK_LOOK_NORMAL,
  FBK_LOOK_TITLE,    /* the top bar */
  FBK_LOOK_SELECTED, /* the row the cursor stands on */
  FBK_LOOK_UNREAD,
  FBK_LOOK_DIM,
  FBK_LOOK_HEADING,
  FBK_LOOK_QUOTE,
  FBK_LOOK_LINK,
  FBK_LOOK_ALARM, /* verdicts of severity 2 and 3, refused steps */
  FBK_LOOK_GOOD,  /* passed steps */
  FBK_LOOK_NOTICE,
  FBK_LOOK_KEY,   /* a key's name in the hints */
  FBK_LOOK_INPUT, /* a field being typed in */
  FBK_LOOK_COUNT
} FbkLook;

typedef struct FbkCanvas FbkCanvas;

FbkCanvas *fbk_canvas_new(int rows, int columns);
void fbk_canvas_free(FbkCanvas *canvas);
int fbk_canvas_rows(const FbkCanvas *canvas);
int fbk_canvas_columns(const FbkCanvas *canvas);

/* All blank, no cursor. */
void fbk_canvas_clear(FbkCanvas *canvas);

/* Draws utf8 (one line, gated) at most `cells` wide; what lies outside the canvas is dropped. Returns cells
 * used. */
int fbk_canvas_text(FbkCanvas *canvas, int row, int column, int cells, FbkLook look, const char *utf8);
/* The same, padded with blanks to exactly cells. */
void fbk_canvas_field(FbkCanvas *canvas, int row, int column, int cells, FbkLook look, const char *utf8);
/* Blanks with a look. */
void fbk_canvas_fill(FbkCanvas *canvas, int row, int column, int cells, FbkLook look);
/* A horizontal rule. */
void fbk_canvas_rule(FbkCanvas *canvas, int row, int column, int cells, FbkLook look);
/* Gives cells another look and keeps their text (the selected row). */
void fbk_canvas_paint(FbkCanvas *canvas, int row, int column, int cells, FbkLook look);

/* The row the cursor stands on: the first FBK_SELECT_CELLS of the cells look selected, and the hardware
 * cursor is put there. Not all of them: over SSH a key press costs at most 160 bytes, and two rows of a wide
 * screen are more than that. */
#define FBK_SELECT_CELLS 28
void fbk_canvas_select(FbkCanvas *canvas, int row, int column, int cells);

/* Where the hardware cursor stands; outside the canvas: nowhere. */
void fbk_canvas_cursor(FbkCanvas *canvas, int row, int column);
gboolean fbk_canvas_get_cursor(const FbkCanvas *canvas, int *row_out, int *column_out);

/* The characters of one cell (base and marks), "" for the second half of a wide one; its look. */
const char *fbk_canvas_cell(const FbkCanvas *canvas, int row, int column, FbkLook *look_out);

/* All rows as text, trailing blanks dropped, one LF each. g_free. */
char *fbk_canvas_dump(const FbkCanvas *canvas);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkCanvas, fbk_canvas_free)

#endif
