/* The list of charset labels. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/charset_names.h"

#include <string.h>

#include "mail/charset.h"

static const struct {
  const char *label; /* lower case, '_' as '-' */
  FbkCodec codec;
  const char *iconv;
} labels[] = {
    {"utf-8", FBK_CODEC_UTF8, NULL},
    {"utf8", FBK_CODEC_UTF8, NULL},
    {"utf-8-mac", FBK_CODEC_UTF8, NULL},
    {"unicode-1-1-utf-8", FBK_CODEC_UTF8, NULL},
    {"us-ascii", FBK_CODEC_LATIN, NULL},
    {"ascii", FBK_CODEC_LATIN, NULL},
    {"ansi-x3.4-1968", FBK_CODEC_LATIN, NULL},
    {"iso646-us", FBK_CODEC_LATIN, NULL},
    {"iso-8859-1", FBK_CODEC_LATIN, NULL},
    {"iso8859-1", FBK_CODEC_LATIN, NULL},
    {"latin1", FBK_CODEC_LATIN, NULL},
    {"windows-1252", FBK_CODEC_LATIN, NULL},
    {"cp1252", FBK_CODEC_LATIN, NULL},
    {"iso-2022-jp", FBK_CODEC_JIS, NULL},
    {"iso-2022-jp-1", FBK_CODEC_JIS, NULL},
    {"iso-2022-jp-2", FBK_CODEC_JIS, NULL},
    {"iso-2022-jp-3", FBK_CODEC_JIS, NULL},
    {"iso-2022-jp-2004", FBK_CODEC_JIS, NULL},
    {"iso-2022-jp-ms", FBK_CODEC_JIS, NULL},
    {"x-iso-2022-jp", FBK_CODEC_JIS, NULL},
    {"iso2022jp", FBK_CODEC_JIS, NULL},
    {"csiso2022jp", FBK_CODEC_JIS, NULL},
    {"csiso2022jp2", FBK_CODEC_JIS, NULL},
    {"cp50220", FBK_CODEC_JIS, NULL},
    {"cp50221", FBK_CODEC_JIS, NULL},
    {"cp50222", FBK_CODEC_JIS, NULL},
    {"jis", FBK_CODEC_JIS, NULL},
    {"hz-gb-2312", FBK_CODEC_HZ, NULL},
    {"hz", FBK_CODEC_HZ, NULL},
    {"utf-16", FBK_CODEC_UTF16, NULL},
    {"ucs-2", FBK_CODEC_UTF16, NULL},
    {"iso-10646-ucs-2", FBK_CODEC_UTF16, NULL},
    {"unicode", FBK_CODEC_UTF16, NULL},
    {"utf-32", FBK_CODEC_UTF32, NULL},
    {"utf-16be", FBK_CODEC_ICONV, "UTF-16BE"},
    {"utf-16le", FBK_CODEC_ICONV, "UTF-16LE"},
    {"utf-32be", FBK_CODEC_ICONV, "UTF-32BE"},
    {"utf-32le", FBK_CODEC_ICONV, "UTF-32LE"},
    {"utf-7", FBK_CODEC_ICONV, "UTF-7"},
    {"unicode-1-1-utf-7", FBK_CODEC_ICONV, "UTF-7"},
    {"shift-jis", FBK_CODEC_ICONV, "CP932"},
    {"shiftjis", FBK_CODEC_ICONV, "CP932"},
    {"sjis", FBK_CODEC_ICONV, "CP932"},
    {"x-sjis", FBK_CODEC_ICONV, "CP932"},
    {"ms-kanji", FBK_CODEC_ICONV, "CP932"},
    {"csshiftjis", FBK_CODEC_ICONV, "CP932"},
    {"windows-31j", FBK_CODEC_ICONV, "CP932"},
    {"cswindows31j", FBK_CODEC_ICONV, "CP932"},
    {"windows-932", FBK_CODEC_ICONV, "CP932"},
    {"ms932", FBK_CODEC_ICONV, "CP932"},
    {"cp932", FBK_CODEC_ICONV, "CP932"},
    {"x-ms-cp932", FBK_CODEC_ICONV, "CP932"},
    {"euc-jp", FBK_CODEC_ICONV, "EUC-JP-MS"},
    {"eucjp", FBK_CODEC_ICONV, "EUC-JP-MS"},
    {"x-euc-jp", FBK_CODEC_ICONV, "EUC-JP-MS"},
    {"euc-jp-ms", FBK_CODEC_ICONV, "EUC-JP-MS"},
    {"eucjp-ms", FBK_CODEC_ICONV, "EUC-JP-MS"},
    {"eucjp-win", FBK_CODEC_ICONV, "EUC-JP-MS"},
    {"cp51932", FBK_CODEC_ICONV, "EUC-JP-MS"},
    {"ujis", FBK_CODEC_ICONV, "EUC-JP-MS"},
    {"cseucpkdfmtjapanese", FBK_CODEC_ICONV, "EUC-JP-MS"},
    {"gb2312", FBK_CODEC_ICONV, "GB18030"},
    {"gb-2312-80", FBK_CODEC_ICONV, "GB18030"},
    {"csgb2312", FBK_CODEC_ICONV, "GB18030"},
    {"euc-cn", FBK_CODEC_ICONV, "GB18030"},
    {"gbk", FBK_CODEC_ICONV, "GB18030"},
    {"x-gbk", FBK_CODEC_ICONV, "GB18030"},
    {"cp936", FBK_CODEC_ICONV, "GB18030"},
    {"windows-936", FBK_CODEC_ICONV, "GB18030"},
    {"gb18030", FBK_CODEC_ICONV, "GB18030"},
    {"big5", FBK_CODEC_ICONV, "CP950"},
    {"x-big5", FBK_CODEC_ICONV, "CP950"},
    {"csbig5", FBK_CODEC_ICONV, "CP950"},
    {"cp950", FBK_CODEC_ICONV, "CP950"},
    {"big5-hkscs", FBK_CODEC_ICONV, "BIG5-HKSCS"},
    {"euc-tw", FBK_CODEC_ICONV, "EUC-TW"},
    {"ks-c-5601-1987", FBK_CODEC_ICONV, "CP949"},
    {"ks-c-5601", FBK_CODEC_ICONV, "CP949"},
    {"ksc5601", FBK_CODEC_ICONV, "CP949"},
    {"euc-kr", FBK_CODEC_ICONV, "CP949"},
    {"cseuckr", FBK_CODEC_ICONV, "CP949"},
    {"cp949", FBK_CODEC_ICONV, "CP949"},
    {"windows-949", FBK_CODEC_ICONV, "CP949"},
    {"uhc", FBK_CODEC_ICONV, "CP949"},
    {"iso-2022-kr", FBK_CODEC_ICONV, "ISO-2022-KR"},
    {"koi8-r", FBK_CODEC_ICONV, "KOI8-R"},
    {"koi8-u", FBK_CODEC_ICONV, "KOI8-U"},
    {"tis-620", FBK_CODEC_ICONV, "CP874"},
    {"iso-8859-11", FBK_CODEC_ICONV, "CP874"},
    {"windows-874", FBK_CODEC_ICONV, "CP874"},
    {"viscii", FBK_CODEC_ICONV, "VISCII"},
    {"tcvn", FBK_CODEC_ICONV, "TCVN"},
    {"macintosh", FBK_CODEC_ICONV, "MACINTOSH"},
    {"x-mac-roman", FBK_CODEC_ICONV, "MACINTOSH"},
    {"cp437", FBK_CODEC_ICONV, "CP437"},
    {"ibm437", FBK_CODEC_ICONV, "CP437"},
    {"cp850", FBK_CODEC_ICONV, "CP850"},
    {"ibm850", FBK_CODEC_ICONV, "CP850"},
    {"cp866", FBK_CODEC_ICONV, "CP866"},
    {"ibm866", FBK_CODEC_ICONV, "CP866"},
    {"iso-8859-8-i", FBK_CODEC_ICONV, "ISO-8859-8"},
    {"iso-8859-8-e", FBK_CODEC_ICONV, "ISO-8859-8"},
};

/* Numbered families, whose members are all of one shape. */
static const char *const families[] = {
    "ISO-8859-2",   "ISO-8859-3",   "ISO-8859-4",   "ISO-8859-5",   "ISO-8859-6",   "ISO-8859-7",
    "ISO-8859-8",   "ISO-8859-9",   "ISO-8859-10",  "ISO-8859-13",  "ISO-8859-14",  "ISO-8859-15",
    "ISO-8859-16",  "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255",
    "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258"};

static const char *family_member(const char *label)
{
  g_autofree char *full = NULL;
  if (g_str_has_prefix(label, "iso8859-"))
    full = g_strconcat("iso-", label + 3, NULL);
  else if (g_str_has_prefix(label, "cp125"))
    full = g_strconcat("windows-", label + 2, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
    if (!g_ascii_strcasecmp(full ? full : label, families[i]))
      return families[i];
  return NULL;
}

FbkCodec fbk_charset_codec(const char *label, const char **iconv_out)
{
  char plain[48];
  gsize used = 0;
  *iconv_out = NULL;
  for (const char *at = label ? label : ""; *at && *at != '*'; at++) {
    if (strchr(" \t\"'", *at))
      continue;
    if (used + 1 == sizeof plain)
      return FBK_CODEC_UNKNOWN;
    plain[used++] = *at == '_' ? '-' : g_ascii_tolower(*at);
  }
  plain[used] = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(labels); i++)
    if (!strcmp(plain, labels[i].label)) {
      *iconv_out = labels[i].iconv;
      return labels[i].codec;
    }
  *iconv_out = family_member(plain);
  return *iconv_out ? FBK_CODEC_ICONV : FBK_CODEC_UNKNOWN;
}

gboolean fbk_charset_known(const char *label)
{
  const char *iconv_name;
  return fbk_charset_codec(label, &iconv_name) != FBK_CODEC_UNKNOWN;
}
