/* Tells the encodings of Japanese mail apart. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/charset_guess.h"

#include <string.h>

#include "mail/charset.h"

gboolean fbk_guess_has_8bit(const char *bytes, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if ((guchar)bytes[i] & 0x80)
      return TRUE;
  return FALSE;
}

gboolean fbk_guess_has_jis_escape(const char *bytes, gsize len)
{
  const char *end = bytes + len;
  for (const char *at = bytes; len && (at = memchr(at, 0x1b, (gsize)(end - at))); at++) {
    if (end - at < 3)
      return FALSE;
    if (at[1] == '$' && (strchr("@AB", at[2]) || (at[2] == '(' && end - at > 3 && strchr("@ABCDOPQ", at[3]))))
      return at[2] != 0;
    if (at[1] == '(' && at[2] == 'I')
      return TRUE;
  }
  return FALSE;
}

gboolean fbk_guess_is_utf8(const char *bytes, gsize len)
{
  const char *at = bytes, *end = bytes + len, *stop = NULL;
  while (!g_utf8_validate_len(at, (gsize)(end - at), &stop)) {
    if (*stop)
      return end - stop < 4 && g_utf8_get_char_validated(stop, end - stop) == (gunichar)-2;
    at = stop + 1;
  }
  return TRUE;
}

/* How the bytes look when they are read as one encoding. */
typedef struct {
  gsize bad;      /* impossible or never assigned */
  gsize common;   /* kana, punctuation, kanji of level 1 */
  gsize kana;     /* hiragana and katakana among them */
  gsize rare;     /* kanji of level 2, vendor rows */
  gsize half;     /* half-width kana */
  gsize isolated; /* alone among ASCII and ending in ASCII, as accents and quotes of Latin text look */
} Tally;

typedef enum { SEEN_BAD, SEEN_KANA, SEEN_COMMON, SEEN_RARE, SEEN_HALF } Seen;

static Seen look_cp932(const guchar *at, gsize left, gsize *size_out)
{
  guchar lead = at[0], trail = left > 1 ? at[1] : 0;
  *size_out = 1;
  if (lead >= 0xa1 && lead <= 0xdf)
    return SEEN_HALF;
  if (lead == 0x80 || lead == 0xa0 || lead > 0xfc || trail < 0x40 || trail == 0x7f || trail > 0xfc)
    return SEEN_BAD;
  *size_out = 2;
  if ((lead == 0x82 && trail >= 0x9f) || (lead == 0x83 && trail <= 0x96))
    return SEEN_KANA;
  if (lead <= 0x83 || (lead >= 0x88 && lead <= 0x97))
    return SEEN_COMMON;
  if (lead == 0x85 || lead == 0x86 || lead == 0xeb || lead == 0xec || (lead >= 0xef && lead <= 0xf9))
    return SEEN_BAD;
  return SEEN_RARE;
}

static Seen look_euc(const guchar *at, gsize left, gsize *size_out)
{
  guchar lead = at[0], trail = left > 1 ? at[1] : 0;
  *size_out = 1;
  if (trail < 0xa1 || trail == 0xff)
    return SEEN_BAD;
  *size_out = 2;
  if (lead == 0x8e)
    return trail <= 0xdf ? SEEN_HALF : SEEN_BAD;
  if (lead == 0x8f && left > 2 && at[2] >= 0xa1) {
    *size_out = 3;
    return SEEN_RARE;
  }
  if (lead == 0xa4 || lead == 0xa5)
    return SEEN_KANA;
  if (lead == 0xa1 || lead == 0xa3 || (lead >= 0xb0 && lead <= 0xcf))
    return SEEN_COMMON;
  if (lead == 0xad || lead == 0xa2 || (lead >= 0xd0 && lead <= 0xfc && lead != 0xf5))
    return SEEN_RARE;
  *size_out = 1;
  return SEEN_BAD;
}

static Tally tally(const guchar *bytes, gsize len, Seen (*look)(const guchar *, gsize, gsize *))
{
  Tally sum = {0};
  gsize run = 0;
  gboolean weak = FALSE;
  for (gsize i = 0; i < len;) {
    if (bytes[i] < 0x80) {
      sum.isolated += run == 1 && weak;
      run = 0;
      i++;
      continue;
    }
    gsize size;
    Seen seen = look(bytes + i, len - i, &size);
    if (seen == SEEN_BAD && i + 1 == len)
      break; /* cut in a character */
    sum.bad += seen == SEEN_BAD;
    sum.kana += seen == SEEN_KANA;
    sum.common += seen == SEEN_COMMON || seen == SEEN_KANA;
    sum.rare += seen == SEEN_RARE;
    sum.half += seen == SEEN_HALF;
    run++;
    i += size;
    weak = size == 1 || bytes[i - 1] < 0x80;
  }
  sum.isolated += run == 1 && weak;
  return sum;
}

static gboolean plausible(const Tally *sum)
{
  gsize total = sum->common + sum->rare + sum->half;
  if (total == 0 || sum->bad * 50 > total || sum->isolated * 2 > total)
    return FALSE;
  gboolean only_half = sum->half >= 3 && !sum->common && !sum->rare;
  return only_half || sum->common >= sum->rare + sum->half;
}

const char *fbk_charset_guess(const char *bytes, gsize len)
{
  gboolean escapes = fbk_guess_has_jis_escape(bytes, len);
  if (!fbk_guess_has_8bit(bytes, len))
    return escapes ? "iso-2022-jp" : "us-ascii";
  if (fbk_guess_is_utf8(bytes, len))
    return "utf-8";
  Tally shifted = tally((const guchar *)bytes, len, look_cp932);
  Tally extended = tally((const guchar *)bytes, len, look_euc);
  gboolean maybe_shifted = plausible(&shifted), maybe_extended = plausible(&extended);
  if (maybe_shifted && (!maybe_extended || shifted.kana > extended.kana))
    return "cp932";
  if (maybe_extended)
    return "euc-jp-ms";
  return escapes ? "iso-2022-jp" : "iso-8859-1";
}
