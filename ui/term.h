/* The terminal: the only file that knows curses. UI thread. */
#ifndef FBK_UI_TERM_H
#define FBK_UI_TERM_H

#include "ui/canvas.h"

/* A key press: a Unicode character, or one of the FBK_KEY_ values from FBK_KEY_BASE on. Control keys are
 * their control characters (1-31). */
typedef guint32 FbkKey;
enum {
  FBK_KEY_NONE = 0,
  FBK_KEY_ENTER = 13,
  FBK_KEY_TAB = 9,
  FBK_KEY_ESCAPE = 27,
  FBK_KEY_BASE = 0x110000,
  FBK_KEY_UP,
  FBK_KEY_DOWN,
  FBK_KEY_LEFT,
  FBK_KEY_RIGHT,
  FBK_KEY_PAGE_UP,
  FBK_KEY_PAGE_DOWN,
  FBK_KEY_HOME,
  FBK_KEY_END,
  FBK_KEY_BACKSPACE,
  FBK_KEY_DELETE,
  FBK_KEY_BACK_TAB,
  FBK_KEY_F1,
  FBK_KEY_UNKNOWN,     /* some key that has no meaning here */
  FBK_KEY_RESIZE,      /* the size changed: ask it anew */
  FBK_KEY_PASTE_BEGIN, /* bracketed paste; what comes until the end is text, never a command */
  FBK_KEY_PASTE_END,
  FBK_KEY_HANG_UP /* the terminal is gone: leave */
};

/* Opens the screen; FALSE with a sentence for TERM=dumb, no terminal, an unknown TERM. */
gboolean fbk_term_open(GError **err);
void fbk_term_close(void);
void fbk_term_size(int *rows_out, int *columns_out);
/* TRUE in a locale without Japanese (LANG=C): what it does not have is shown as "?". */
gboolean fbk_term_is_narrow(void);

/* Shows canvas with as few bytes as curses can. */
void fbk_term_show(const FbkCanvas *canvas);

/* The next fbk_term_show draws every cell anew: something else wrote on the screen. */
void fbk_term_redraw(void);

/* The window's size has changed (SIGWINCH): asks it anew. */
void fbk_term_resize(void);

/* The next key that is there, FBK_KEY_NONE when none is; never waits longer than the 25 ms that tell Esc from
 * a longer key. fd 0 says when to look. */
FbkKey fbk_term_key(void);

/* Puts the terminal out of our hands (another program asks a passphrase on it), and takes it back. In between
 * nothing may be shown or read. */
void fbk_term_leave(void);
void fbk_term_return(void);

/* Stops the program until the shell continues it (^Z). Does nothing where no shell could. */
void fbk_term_suspend(void);

#endif
