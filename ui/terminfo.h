/* What the terminal database says of a kind of terminal. Apart from term.c because <term.h> has macros for
 * half of the English language. */
#ifndef FBK_UI_TERMINFO_H
#define FBK_UI_TERMINFO_H

#include <glib.h>

/* Whether a cursor can be placed on a terminal of this kind ($TERM; may be NULL). curses' newterm would lose
 * memory over one that it does not know. */
gboolean fbk_terminfo_can_show(const char *kind);

#endif
