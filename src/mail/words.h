/* Encoded words (RFC 2047) to text. Private to mail. Pure; any thread; linear time. */
#ifndef FBK_MAIL_WORDS_H
#define FBK_MAIL_WORDS_H

#include <glib.h>

/* Length of the encoded word that begins at text, or 0. *none_ahead: set by this function when no word can
 * end any more; pass the same variable while walking over one text, so that the walk stays linear. */
gsize fbk_word_length(const char *text, gboolean *none_ahead);

/* line with its encoded words decoded: white space between two of them is dropped, neighbours in one charset
 * are joined before they are decoded (characters are split across words in real mail). The result is one line
 * without NULs: line breaks hidden in a word become spaces. g_free it. */
char *fbk_words_decode(const char *line);

#endif
