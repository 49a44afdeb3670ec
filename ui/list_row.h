/* One row of a list of mail: signs, date, sender, subject, in columns by cells. UI thread. */
#ifndef FBK_UI_LIST_ROW_H
#define FBK_UI_LIST_ROW_H

#include "mail/model.h"
#include "ui/canvas.h"

/* Draws row over the whole width of the canvas. now: seconds since 1970, tells today from other days. */
void fbk_list_row_draw(FbkCanvas *canvas, int screen_row, const FbkRow *row, gint64 now);

/* Today as a time, this year as month and day, else with its year; in local time; at most cells (5: short,
 * 16: with the time). g_free. */
char *fbk_list_row_date(gint64 date, gint64 now, int cells);

#endif
