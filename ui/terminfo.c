/* Asks the terminal database. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/terminfo.h"

#include <unistd.h>

#include <curses.h>
#include <term.h>

gboolean fbk_terminfo_can_show(const char *kind)
{
  int known = 0;
  if (!kind || !*kind || g_str_equal(kind, "dumb") || setupterm(kind, STDOUT_FILENO, &known) != OK)
    return FALSE;
  gboolean has_cursor = tigetstr("cup") != NULL;
  del_curterm(cur_term);
  return has_cursor;
}
