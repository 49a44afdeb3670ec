/* What unlabelled bytes are written in. Private to mail; fbk_charset_guess is the public face. Pure, linear.
 */
#ifndef FBK_MAIL_CHARSET_GUESS_H
#define FBK_MAIL_CHARSET_GUESS_H

#include <glib.h>

/* TRUE when a byte above 0x7f is there / an escape of ISO-2022-JP that leaves ASCII. */
gboolean fbk_guess_has_8bit(const char *bytes, gsize len);
gboolean fbk_guess_has_jis_escape(const char *bytes, gsize len);

/* TRUE for UTF-8, NULs allowed, also where the last character is cut. */
gboolean fbk_guess_is_utf8(const char *bytes, gsize len);

#endif
