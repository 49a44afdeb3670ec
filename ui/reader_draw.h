/* Draws a page: the bar with the worst verdict in rows of its own, the text below it. UI thread. */
#ifndef FBK_UI_READER_DRAW_H
#define FBK_UI_READER_DRAW_H

#include "mail/page.h"
#include "ui/canvas.h"

/* The bar stands whatever the message: text never comes into its rows. With an alarm it says the worst
 * verdict, else how far one has read (percent). Returns its rows, 1 to 3. */
int fbk_reader_draw_bar(FbkCanvas *canvas, int top, const FbkPage *page, int percent);
/* The bar's rows on a canvas this wide. */
int fbk_reader_bar_rows(const FbkPage *page, int columns);

/* Lines first_line... of page into rows; the cursor stands on the first. */
void fbk_reader_draw_lines(FbkCanvas *canvas, int top, int rows, const FbkPage *page, guint first_line);

/* "LOOKALIKE  sentence" with its sign, for the screen; g_free. */
char *fbk_reader_verdict_text(const FbkVerdict *verdict);

/* Where line n begins, in a measure that holds whatever width the message is laid out for; and the line that
 * has this place. */
gsize fbk_reader_place(const FbkPage *page, guint n);
guint fbk_reader_line_at(const FbkPage *page, gsize place);

#endif
