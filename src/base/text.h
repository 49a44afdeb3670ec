/* Text for the eye: the gate for foreign strings, and widths in terminal cells. Pure, any thread.
 *
 * The gate: what a stranger wrote (mail, server, file name) reaches the terminal only through it. C0, DEL,
 * C1, line and paragraph separators, direction controls (U+061C, 200E-F, 202A-E, 2066-9), zero-width and tag
 * characters, and invalid UTF-8 become a visible mark; at most 8 combining marks stay on one character. */
#ifndef FBK_BASE_TEXT_H
#define FBK_BASE_TEXT_H

#include <glib.h>

#define FBK_TEXT_MARK "\xef\xbf\xbd" /* U+FFFD, stands for a character that may not be shown */

typedef enum {
  FBK_GATE_LINE,  /* one line: tabs and line breaks become a space */
  FBK_GATE_LINES, /* line feeds stay, CR LF becomes LF, a tab becomes spaces to the next multiple of 8 */
} FbkGate;

/* len -1: up to the NUL; NULL gives "". Always valid UTF-8 afterwards. U+200D (ZWJ) stays between emoji,
 * variation selectors stay, U+200B becomes nothing. Free with g_free. */
char *fbk_text_gate(const char *bytes, gssize len, FbkGate gate);

/* Cells of one character (0 for combining marks, 1, or 2) and of a string, as ncurses would draw it.
 * East Asian ambiguous characters count as fbk_text_set_ambiguous says (1 at start). */
int fbk_text_char_width(gunichar character);
int fbk_text_width(const char *utf8);
void fbk_text_set_ambiguous(int cells);

/* How many bytes of utf8 fit into `cells`, never cutting a character from its combining marks. */
gsize fbk_text_fit(const char *utf8, int cells, int *cells_out);

/* utf8 cut to `cells` with an ellipsis where it was longer. Free with g_free. */
char *fbk_text_ellipsize(const char *utf8, int cells);

#endif
