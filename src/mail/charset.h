/* Bytes of mail to UTF-8, the way Japanese mail really needs it. Pure; any thread; linear time.
 *
 * Labels are mapped to what senders mean: shift_jis, x-sjis, ms_kanji -> CP932; euc-jp -> EUC-JP-MS; gb2312
 * -> GB18030; ks_c_5601-1987 -> CP949; us-ascii and iso-8859-1 with 8-bit bytes -> guess. ISO-2022-JP (and
 * -1, -2, -3, CP5022x, and half-width kana, NEC row 13, IBM kanji in it) is decoded by our own decoder, since
 * the C library's refuses what real mail holds. What cannot be decoded becomes U+FFFD, never an error. */
#ifndef FBK_MAIL_CHARSET_H
#define FBK_MAIL_CHARSET_H

#include <glib.h>

/* label NULL, "" or unknown: fbk_charset_guess decides. Result is valid UTF-8 (it may hold NULs: *len_out),
 * NFC is not applied, free with g_free. */
char *fbk_charset_to_utf8(const char *bytes, gsize len, const char *label, gsize *len_out);

/* "us-ascii", "iso-2022-jp", "utf-8", "cp932", "euc-jp-ms" or "iso-8859-1": the best fit for unlabelled
 * bytes. */
const char *fbk_charset_guess(const char *bytes, gsize len);

/* TRUE for a label that can be decoded. */
gboolean fbk_charset_known(const char *label);

#endif
