/* What a charset label means in practice. Private to mail. Pure. */
#ifndef FBK_MAIL_CHARSET_NAMES_H
#define FBK_MAIL_CHARSET_NAMES_H

#include <glib.h>

typedef enum {
  FBK_CODEC_UNKNOWN,
  FBK_CODEC_LATIN, /* us-ascii, iso-8859-1, windows-1252: what the careless write; 8-bit bytes are guessed */
  FBK_CODEC_UTF8,
  FBK_CODEC_JIS, /* any ISO-2022-JP */
  FBK_CODEC_HZ,  /* RFC 1843 */
  FBK_CODEC_UTF16,
  FBK_CODEC_UTF32, /* byte order by mark, or by where the zeros are */
  FBK_CODEC_ICONV
} FbkCodec;

/* iconv_out: static name for the C library with FBK_CODEC_ICONV, else NULL. Only charsets of our own list are
 * ever given to iconv: a label comes from a stranger. */
FbkCodec fbk_charset_codec(const char *label, const char **iconv_out);

#endif
