/* ISO-2022-JP as real mail writes it (RFC 1468, RFC 1554, RFC 2237, CP50220-50222, ISO-2022-JP-3) to UTF-8.
 * Private to mail. Pure; any thread; linear time. */
#ifndef FBK_MAIL_ISO2022JP_H
#define FBK_MAIL_ISO2022JP_H

#include <glib.h>

/* Appends bytes as UTF-8 to out. Half-width kana, NEC row 13 and IBM kanji are read; escapes that are cut or
 * unknown leave U+FFFD, never an ESC; a line feed returns to ASCII. */
void fbk_iso2022jp_append(const char *bytes, gsize len, GString *out);

#endif
