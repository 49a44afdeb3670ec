/* One row of a list of mail. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/list_row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"

#define INDENT 2      /* cells for each level of a thread */
#define TEXT_MAX 8192 /* bytes: more than fits on any screen */

/* Widths of the columns, from the left: three signs, the date, the sender; the subject has the rest. */
typedef struct {
  int columns; /* up to this many of the canvas */
  int date, from, gap;
} Widths;

static const Widths widths[] = {{59, 5, 11, 1}, {99, 10, 20, 2}, {139, 16, 26, 2}, {G_MAXINT, 16, 34, 2}};

static const Widths *widths_for(int columns)
{
  const Widths *found = widths;
  while (found->columns < columns)
    found++;
  return found;
}

char *fbk_list_row_date(gint64 date, gint64 now, int cells)
{
  g_autoptr(GDateTime) then = date ? g_date_time_new_from_unix_local(date) : NULL;
  g_autoptr(GDateTime) today = g_date_time_new_from_unix_local(now);
  if (!then || !today)
    return g_strdup("");
  gboolean is_this_year = g_date_time_get_year(then) == g_date_time_get_year(today);
  const char *format;
  if (is_this_year && g_date_time_get_day_of_year(then) == g_date_time_get_day_of_year(today))
    format = "%H:%M";
  else if (cells >= 16)
    format = is_this_year ? "%m-%d %H:%M" : "%Y-%m-%d %H:%M";
  else if (is_this_year)
    format = "%m-%d";
  else
    format = cells >= 10 ? "%Y-%m-%d" : "%Y";
  char *text = g_date_time_format(then, format);
  return text ? text : g_strdup("");
}

/* Unread or answered, starred, with an attachment. */
static void draw_signs(FbkCanvas *canvas, int screen_row, const FbkRow *row, FbkLook look)
{
  char signs[] = "   ";
  if (!(row->flags & FBK_FLAG_SEEN))
    signs[0] = 'N';
  else if (row->flags & FBK_FLAG_ANSWERED)
    signs[0] = 'R';
  if (row->flags & FBK_FLAG_FLAGGED)
    signs[1] = '*';
  if (row->has_attachment)
    signs[2] = '@';
  fbk_canvas_text(canvas, screen_row, 0, 3, look, signs);
}

static void draw_cut(FbkCanvas *canvas, int screen_row, int column, int cells, FbkLook look, const char *text)
{
  g_autofree char *clean = fbk_text_gate(text, (gssize)strnlen(text, TEXT_MAX), FBK_GATE_LINE);
  g_autofree char *cut = fbk_text_ellipsize(clean, cells);
  fbk_canvas_text(canvas, screen_row, column, cells, look, cut);
}

void fbk_list_row_draw(FbkCanvas *canvas, int screen_row, const FbkRow *row, gint64 now)
{
  int columns = fbk_canvas_columns(canvas);
  const Widths *width = widths_for(columns);
  FbkLook look = row->flags & FBK_FLAG_SEEN ? FBK_LOOK_NORMAL : FBK_LOOK_UNREAD;
  g_autofree char *date = fbk_list_row_date(row->date, now, width->date);
  int column = 4;
  draw_signs(canvas, screen_row, row, look);
  fbk_canvas_text(canvas, screen_row, column + width->date - fbk_text_width(date), width->date, look, date);
  column += width->date + width->gap;
  draw_cut(canvas, screen_row, column, width->from, look,
           *row->from_name ? row->from_name : row->from_address);
  column += width->from + width->gap;
  int left = columns - column;
  int indent = MIN((int)row->depth * INDENT, left / 3);
  draw_cut(canvas, screen_row, column + indent, left - indent, look,
           *row->subject ? row->subject : _("(no subject)"));
}
