/* Chooses how bytes are read, and reads them. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/charset.h"

#include <string.h>

#include "mail/charset_guess.h"
#include "mail/charset_names.h"
#include "mail/convert.h"
#include "mail/iso2022jp.h"

#define REPLACEMENT "\xef\xbf\xbd"

static gsize append_utf8(const char *bytes, gsize len, GString *out)
{
  gsize refused = 0;
  const char *at = bytes, *end = bytes + len, *stop = NULL;
  while (!g_utf8_validate_len(at, (gsize)(end - at), &stop)) {
    g_string_append_len(out, at, stop - at);
    if (*stop) {
      gboolean cut = end - stop < 4 && g_utf8_get_char_validated(stop, end - stop) == (gunichar)-2;
      g_string_append(out, REPLACEMENT);
      if (cut)
        return refused;
      refused++;
    } else {
      g_string_append_c(out, 0);
    }
    at = stop + 1;
  }
  g_string_append_len(out, at, end - at);
  return refused;
}

static gsize append_iconv(const char *name, const char *bytes, gsize len, GString *out)
{
  g_autoptr(FbkConverter) converter = fbk_converter_new(name);
  return converter ? fbk_converter_append(converter, bytes, len, out) : append_utf8(bytes, len, out);
}

/* ~{ ... ~} around pairs of GB 2312 without their high bits; ~~ is a tilde (RFC 1843). */
static gsize append_hz(const char *bytes, gsize len, GString *out)
{
  g_autoptr(GString) plain = g_string_sized_new(len);
  gboolean pairs = FALSE;
  for (gsize i = 0; i < len; i++) {
    char next = i + 1 < len ? bytes[i + 1] : 0;
    if (bytes[i] == '\n')
      pairs = FALSE;
    if (bytes[i] == '~' && (next == '{' || next == '}' || next == '~' || next == '\n')) {
      if (next == '~')
        g_string_append_c(plain, '~');
      pairs = next == '{';
      i++;
    } else {
      g_string_append_c(plain, pairs && bytes[i] > 0x20 ? (char)(bytes[i] | 0x80) : bytes[i]);
    }
  }
  return append_iconv("GB18030", plain->str, plain->len, out);
}

/* unit: 2 or 4 bytes. Without a mark, text with Latin letters shows its order by where the zeros are. */
static gsize append_wide(gsize unit, const char *bytes, gsize len, GString *out)
{
  gsize first_zeros = 0, last_zeros = 0;
  gboolean little;
  if (len >= unit && (guchar)bytes[0] == 0xff && (guchar)bytes[1] == 0xfe) {
    little = TRUE;
  } else {
    for (gsize i = 0; i + unit <= len; i += unit) {
      first_zeros += bytes[i] == 0;
      last_zeros += bytes[i + unit - 1] == 0;
    }
    little = last_zeros > first_zeros;
  }
  if (unit == 2)
    return append_iconv(little ? "UTF-16LE" : "UTF-16BE", bytes, len, out);
  return append_iconv(little ? "UTF-32LE" : "UTF-32BE", bytes, len, out);
}

static gsize append_codec(FbkCodec codec, const char *iconv_name, const char *bytes, gsize len, GString *out)
{
  switch (codec) {
  case FBK_CODEC_JIS:
    fbk_iso2022jp_append(bytes, len, out);
    return 0;
  case FBK_CODEC_HZ:
    return append_hz(bytes, len, out);
  case FBK_CODEC_UTF16:
    return append_wide(2, bytes, len, out);
  case FBK_CODEC_UTF32:
    return append_wide(4, bytes, len, out);
  case FBK_CODEC_ICONV:
    return append_iconv(iconv_name, bytes, len, out);
  case FBK_CODEC_LATIN:
    if (fbk_guess_has_8bit(bytes, len)) {
      append_iconv("WINDOWS-1252", bytes, len, out);
      return 0;
    }
    return append_utf8(bytes, len, out);
  default:
    return append_utf8(bytes, len, out);
  }
}

/* Labels that bytes without any 8-bit byte cannot prove wrong, but escapes do. */
static gboolean spans_ascii(FbkCodec codec, const char *iconv_name)
{
  return codec == FBK_CODEC_LATIN || codec == FBK_CODEC_UTF8 ||
         (codec == FBK_CODEC_ICONV && !g_str_has_prefix(iconv_name, "UTF") &&
          strcmp(iconv_name, "ISO-2022-KR"));
}

/* What the bytes should be read as, the label being only a hint. */
static FbkCodec choose(const char *bytes, gsize len, const char *label, const char **iconv_out)
{
  FbkCodec codec = fbk_charset_codec(label, iconv_out);
  if (codec == FBK_CODEC_UNKNOWN || codec == FBK_CODEC_LATIN)
    return fbk_charset_codec(fbk_charset_guess(bytes, len), iconv_out);
  gboolean escapes = fbk_guess_has_jis_escape(bytes, len);
  gboolean wide = fbk_guess_has_8bit(bytes, len);
  if (codec == FBK_CODEC_JIS && wide && !escapes)
    return fbk_charset_codec(fbk_charset_guess(bytes, len), iconv_out);
  if (spans_ascii(codec, *iconv_out) && escapes && !wide) {
    *iconv_out = NULL;
    return FBK_CODEC_JIS;
  }
  return codec;
}

static void drop_byte_order_mark(GString *text)
{
  if (text->len >= 3 && !memcmp(text->str, "\xef\xbb\xbf", 3))
    g_string_erase(text, 0, 3);
}

char *fbk_charset_to_utf8(const char *bytes, gsize len, const char *label, gsize *len_out)
{
  const char *iconv_name;
  FbkCodec codec = choose(bytes, len, label, &iconv_name);
  GString *text = g_string_sized_new(len + len / 2 + 16);
  gsize refused = append_codec(codec, iconv_name, bytes, len, text);
  if (refused) {
    /* a label that does not fit: another reading without any refusal is the right one */
    const char *other_name;
    FbkCodec other = fbk_charset_codec(fbk_charset_guess(bytes, len), &other_name);
    if (other != FBK_CODEC_LATIN && (other != codec || other_name != iconv_name)) {
      GString *second = g_string_sized_new(len + len / 2 + 16);
      gsize refused_second = append_codec(other, other_name, bytes, len, second);
      gboolean better = refused_second * 10 < refused;
      g_string_free(better ? text : second, TRUE);
      text = better ? second : text;
    }
  }
  drop_byte_order_mark(text);
  if (len_out)
    *len_out = text->len;
  return g_string_free(text, FALSE);
}
