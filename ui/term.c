/* The terminal: the only file that knows curses. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/term.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "base/err.h"
#include "base/paths.h"
#include "ui/terminfo.h"

#define ESCAPE_MS 25
#define SEQUENCE_MAX 4096
#define CODE_PASTE_BEGIN (KEY_MAX + 1)
#define CODE_PASTE_END (KEY_MAX + 2)

static SCREEN *screen;
static gboolean has_colours, is_unicode;

/* How each look is drawn: with colours, and where there are none. Meaning never hangs on colour alone: the
 * text says it too. */
static const struct {
  attr_t attributes; /* with colours */
  short colour;      /* -1: the terminal's own */
  attr_t plain;      /* without */
} looks[FBK_LOOK_COUNT] = {
    [FBK_LOOK_NORMAL] = {A_NORMAL, -1, A_NORMAL},
    [FBK_LOOK_TITLE] = {A_REVERSE, -1, A_REVERSE},
    [FBK_LOOK_SELECTED] = {A_REVERSE, -1, A_REVERSE},
    [FBK_LOOK_UNREAD] = {A_BOLD, -1, A_BOLD},
    [FBK_LOOK_DIM] = {A_DIM, -1, A_DIM},
    [FBK_LOOK_HEADING] = {A_BOLD, -1, A_BOLD},
    [FBK_LOOK_QUOTE] = {A_NORMAL, COLOR_CYAN, A_DIM},
    [FBK_LOOK_LINK] = {A_UNDERLINE, COLOR_BLUE, A_UNDERLINE},
    [FBK_LOOK_ALARM] = {A_BOLD | A_REVERSE, COLOR_RED, A_BOLD | A_REVERSE},
    [FBK_LOOK_GOOD] = {A_NORMAL, COLOR_GREEN, A_NORMAL},
    [FBK_LOOK_NOTICE] = {A_BOLD, COLOR_YELLOW, A_BOLD},
    [FBK_LOOK_KEY] = {A_BOLD, -1, A_BOLD},
    [FBK_LOOK_INPUT] = {A_UNDERLINE, -1, A_UNDERLINE},
};

/* --- opening and closing --- */

static void set_modes(void)
{
  raw(); /* ^C, ^Z and ^S are keys here */
  noecho();
  nonl();
  nodelay(stdscr, TRUE);
  keypad(stdscr, TRUE);
  scrollok(stdscr, FALSE);
}

static void set_paste(gboolean on)
{
  putp(on ? "\033[?2004h" : "\033[?2004l");
  fflush(stdout);
}

static void set_colours(void)
{
  const char *refused = fbk_paths_environment("NO_COLOR");
  has_colours = !(refused && *refused) && start_color() == OK && has_colors() && use_default_colors() == OK;
  for (short look = 0; has_colours && look < FBK_LOOK_COUNT; look++)
    if (looks[look].colour >= 0)
      init_pair((short)(look + 1), looks[look].colour, -1);
}

/* Beside what TERM's description names: paste marks, and the two ways in which terminals write the arrows. */
static void define_keys(void)
{
  static const struct {
    const char *bytes;
    int code;
  } more[] = {{"\033[200~", CODE_PASTE_BEGIN},
              {"\033[201~", CODE_PASTE_END},
              {"\033[A", KEY_UP},
              {"\033OA", KEY_UP},
              {"\033[B", KEY_DOWN},
              {"\033OB", KEY_DOWN},
              {"\033[C", KEY_RIGHT},
              {"\033OC", KEY_RIGHT},
              {"\033[D", KEY_LEFT},
              {"\033OD", KEY_LEFT},
              {"\033[H", KEY_HOME},
              {"\033OH", KEY_HOME},
              {"\033[F", KEY_END},
              {"\033OF", KEY_END},
              {"\033[1~", KEY_HOME},
              {"\033[4~", KEY_END}};
  for (gsize i = 0; i < G_N_ELEMENTS(more); i++)
    define_key(more[i].bytes, more[i].code);
}

gboolean fbk_term_open(GError **err)
{
  const char *kind = fbk_paths_environment("TERM");
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("Fubako's screen needs a terminal. In scripts, use its commands: `fubako --help` lists "
                    "them."));
    return FALSE;
  }
  if (!fbk_terminfo_can_show(kind) || !(screen = newterm(NULL, stdout, stdin))) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("The terminal '%s' (TERM) cannot show a screen. Set TERM to what your terminal is, for "
                    "example xterm-256color, or use the commands: `fubako --help` lists them."),
                  kind && *kind ? kind : "");
    fbk_term_close();
    return FALSE;
  }
  is_unicode = g_str_equal(nl_langinfo(CODESET), "UTF-8");
  set_escdelay(ESCAPE_MS);
  set_modes();
  set_colours();
  define_keys();
  set_paste(TRUE);
  return TRUE;
}

void fbk_term_close(void)
{
  if (!screen)
    return;
  set_paste(FALSE);
  endwin();
  delscreen(screen);
  screen = NULL;
}

void fbk_term_leave(void)
{
  set_paste(FALSE);
  endwin();
}

void fbk_term_return(void)
{
  fbk_term_resize();
  refresh();
  set_paste(TRUE);
  fbk_term_redraw();
}

void fbk_term_suspend(void)
{
  struct sigaction before, plain = {.sa_handler = SIG_DFL};
  fbk_term_leave();
  sigaction(SIGTSTP, &plain, &before);
  raise(SIGTSTP);
  sigaction(SIGTSTP, &before, NULL);
  fbk_term_return();
}

gboolean fbk_term_is_narrow(void)
{
  return MB_CUR_MAX == 1;
}

void fbk_term_size(int *rows_out, int *columns_out)
{
  getmaxyx(stdscr, *rows_out, *columns_out);
}

void fbk_term_resize(void)
{
  struct winsize size;
  if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col &&
      (size.ws_row != LINES || size.ws_col != COLS))
    resizeterm(size.ws_row, size.ws_col);
}

/* --- showing --- */

/* In a locale of another character set than UTF-8. */
static gboolean can_show(const char *text)
{
  char bytes[MB_LEN_MAX];
  mbstate_t state = {0};
  return wcrtomb(bytes, (wchar_t)g_utf8_get_char(text), &state) != (size_t)-1;
}

/* What stands for a character that cannot be shown; curses would leave a blank. */
static const char *plain_of(const char *text)
{
  static const char *const plain[][2] = {{"\xe2\x94\x80", "-"},  /* U+2500, rules */
                                         {"\xe2\x9c\x97", "x"},  /* U+2717, alarms */
                                         {"\xe2\x96\xb8", ">"},  /* U+25B8, what is chosen */
                                         {"\xe2\x80\xa6", "~"}}; /* U+2026, what is cut */
  for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
    if (g_str_equal(text, plain[i][0]))
      return plain[i][1];
  return (guchar)*text < 128 ? text : "?";
}

static void put_cell(const FbkCanvas *canvas, int row, int column)
{
  FbkLook look;
  const char *text = fbk_canvas_cell(canvas, row, column, &look);
  if (!is_unicode && *text && !can_show(text))
    text = plain_of(text);
  else if (!is_unicode && !*text && !can_show(fbk_canvas_cell(canvas, row, column - 1, NULL)))
    text = " ";
  if (!*text)
    return; /* curses filled it with the wide character's second half */
  wchar_t characters[CCHARW_MAX + 1];
  int count = 0;
  for (; *text && count < CCHARW_MAX; text = g_utf8_next_char(text))
    characters[count++] = (wchar_t)g_utf8_get_char(text);
  characters[count] = L'\0';
  gboolean coloured = has_colours && looks[look].colour >= 0;
  attr_t attributes = has_colours ? looks[look].attributes : looks[look].plain;
  cchar_t cell;
  if (setcchar(&cell, characters, attributes, coloured ? (short)(look + 1) : 0, NULL) == OK)
    mvadd_wch(row, column, &cell);
}

void fbk_term_show(const FbkCanvas *canvas)
{
  int rows, columns, row, column;
  fbk_term_size(&rows, &columns);
  rows = MIN(rows, fbk_canvas_rows(canvas));
  columns = MIN(columns, fbk_canvas_columns(canvas));
  for (row = 0; row < rows; row++)
    for (column = 0; column < columns; column++)
      put_cell(canvas, row, column);
  gboolean shown = fbk_canvas_get_cursor(canvas, &row, &column) && row < rows && column < columns;
  curs_set(shown ? 1 : 0);
  if (shown)
    move(row, column);
  refresh();
}

void fbk_term_redraw(void)
{
  clearok(curscr, TRUE);
}

/* --- keys --- */

static FbkKey from_curses(wint_t code)
{
  static const struct {
    int code;
    FbkKey key;
  } known[] = {{KEY_UP, FBK_KEY_UP},
               {KEY_DOWN, FBK_KEY_DOWN},
               {KEY_LEFT, FBK_KEY_LEFT},
               {KEY_RIGHT, FBK_KEY_RIGHT},
               {KEY_PPAGE, FBK_KEY_PAGE_UP},
               {KEY_NPAGE, FBK_KEY_PAGE_DOWN},
               {KEY_HOME, FBK_KEY_HOME},
               {KEY_FIND, FBK_KEY_HOME},
               {KEY_END, FBK_KEY_END},
               {KEY_SELECT, FBK_KEY_END},
               {KEY_BACKSPACE, FBK_KEY_BACKSPACE},
               {KEY_DC, FBK_KEY_DELETE},
               {KEY_BTAB, FBK_KEY_BACK_TAB},
               {KEY_ENTER, FBK_KEY_ENTER},
               {KEY_F(1), FBK_KEY_F1},
               {KEY_RESIZE, FBK_KEY_RESIZE},
               {CODE_PASTE_BEGIN, FBK_KEY_PASTE_BEGIN},
               {CODE_PASTE_END, FBK_KEY_PASTE_END}};
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
    if ((wint_t)known[i].code == code)
      return known[i].key;
  return FBK_KEY_UNKNOWN;
}

static gboolean is_hung_up(void)
{
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  int waiting = 0;
  if (poll(&input, 1, 0) <= 0)
    return FALSE;
  return (input.revents & (POLLHUP | POLLERR | POLLNVAL)) ||
         (!ioctl(STDIN_FILENO, FIONREAD, &waiting) && !waiting);
}

/* The next character that is there already, or 0. */
static wint_t next_of_burst(void)
{
  wint_t code = 0;
  int kind = get_wch(&code);
  if (kind == KEY_CODE_YES)
    ungetch((int)code); /* a key of its own */
  return kind == OK ? code : 0;
}

/* A sequence's parameters, up to the letter that ends it. */
static void skip_parameters(void)
{
  wint_t code = next_of_burst();
  for (int i = 0; code >= 0x20 && code < 0x40 && i < SEQUENCE_MAX; i++)
    code = next_of_burst();
}

/* A string of the terminal's, up to BEL or Esc and a backslash. */
static void skip_string(void)
{
  wint_t before = 0;
  wint_t code = next_of_burst();
  for (int i = 0; code && code != 7 && !(before == FBK_KEY_ESCAPE && code == '\\') && i < SEQUENCE_MAX; i++) {
    before = code;
    code = next_of_burst();
  }
}

/* A key that TERM does not name, or an answer of the terminal's, comes as Esc and more in one burst. Its
 * letters are no commands: takes them up to their end, or as far as they have come. FALSE: it is the key Esc.
 */
static gboolean skip_sequence(void)
{
  wint_t kind = next_of_burst();
  switch (kind) {
  case '[':
    skip_parameters();
    return TRUE;
  case 'O':
    next_of_burst();
    return TRUE;
  case ']':
  case 'P':
  case '_':
  case '^':
    skip_string();
    return TRUE;
  case 0:
    return FALSE;
  default: /* Esc, and a key right after it */
    unget_wch((wchar_t)kind);
    return FALSE;
  }
}

FbkKey fbk_term_key(void)
{
  wint_t code = 0;
  int kind = get_wch(&code);
  if (kind == ERR) /* perhaps half a character, and a key behind it */
    kind = get_wch(&code);
  if (kind == ERR)
    return is_hung_up() ? FBK_KEY_HANG_UP : FBK_KEY_NONE;
  if (kind == KEY_CODE_YES && code == KEY_MOUSE)
    skip_parameters(); /* nobody asked for it */
  if (kind == KEY_CODE_YES)
    return from_curses(code);
  if (code == FBK_KEY_ESCAPE && skip_sequence())
    return FBK_KEY_UNKNOWN;
  if (code == 127 || code == 8)
    return FBK_KEY_BACKSPACE;
  return code == '\n' ? FBK_KEY_ENTER : code == 0 ? FBK_KEY_UNKNOWN : (FbkKey)code;
}
