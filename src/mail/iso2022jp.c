/* ISO-2022-JP and its relatives, by our own escape machine. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/iso2022jp.h"

#include <string.h>

#include "mail/convert.h"

#define REPLACEMENT "\xef\xbf\xbd"

typedef enum {
  SET_ASCII,
  SET_KANA,    /* JIS X 0201 right half, as 7 bit */
  SET_JIS0208, /* with NEC row 13 and the NEC-selected IBM rows */
  SET_JIS0212,
  SET_JIS0213_1,
  SET_JIS0213_2,
  SET_GB2312,
  SET_KSC5601,
  SET_UNKNOWN /* two bytes of something that cannot be shown */
} Set;

/* Each set is turned into one of these 8-bit encodings, which the C library reads well. */
typedef enum {
  VIA_CP932,
  VIA_EUC_JP,
  VIA_EUC_JISX0213,
  VIA_GB18030,
  VIA_CP949,
  VIA_8859_1,
  VIA_8859_7,
  VIA_COUNT
} Via;
static const char *const via_names[] = {"CP932", "EUC-JP",     "EUC-JISX0213", "GB18030",
                                        "CP949", "ISO-8859-1", "ISO-8859-7"};

static const struct {
  const char *escape; /* after ESC */
  Set set;
} escapes[] = {
    {"(B", SET_ASCII},    {"(J", SET_ASCII},      {"(H", SET_ASCII},      {"(I", SET_KANA},
    {"$@", SET_JIS0208},  {"$B", SET_JIS0208},    {"$(@", SET_JIS0208},   {"$(B", SET_JIS0208},
    {"$(D", SET_JIS0212}, {"$(O", SET_JIS0213_1}, {"$(Q", SET_JIS0213_1}, {"$(P", SET_JIS0213_2},
    {"$A", SET_GB2312},   {"$(A", SET_GB2312},    {"$(C", SET_KSC5601},
};

typedef struct {
  GString *out;
  GString *pending; /* bytes in `via` that are not converted yet */
  Via via;
  FbkConverter *converters[VIA_COUNT];
  Set set;
  gboolean shifted; /* SO seen: JIS7 kana */
  char high;        /* what ESC . designated: 'A', 'F' or 0 */
} Decoder;

static void flush(Decoder *decoder)
{
  if (!decoder->pending->len)
    return;
  FbkConverter **converter = &decoder->converters[decoder->via];
  if (!*converter)
    *converter = fbk_converter_new(via_names[decoder->via]);
  if (*converter)
    fbk_converter_append(*converter, decoder->pending->str, decoder->pending->len, decoder->out);
  else
    g_string_append(decoder->out, REPLACEMENT);
  g_string_truncate(decoder->pending, 0);
}

static void put(Decoder *decoder, Via via, const guchar *bytes, gsize len)
{
  if (decoder->via != via) {
    flush(decoder);
    decoder->via = via;
  }
  g_string_append_len(decoder->pending, (const char *)bytes, len);
}

static void put_mark(Decoder *decoder)
{
  flush(decoder);
  g_string_append(decoder->out, REPLACEMENT);
}

/* JIS row and cell to the shifted code: two rows share one lead byte. */
static void put_jis0208(Decoder *decoder, guchar row, guchar cell)
{
  guchar pair[2];
  pair[0] = (guchar)((row - 0x21) / 2 + 0x81);
  if (pair[0] > 0x9f)
    pair[0] += 0x40;
  if (row % 2)
    pair[1] = (guchar)(cell + (cell < 0x60 ? 0x1f : 0x20));
  else
    pair[1] = (guchar)(cell + 0x7e);
  put(decoder, VIA_CP932, pair, 2);
}

static void put_pair(Decoder *decoder, guchar first, guchar second)
{
  const guchar euc[3] = {0x8f, first | 0x80, second | 0x80};
  switch (decoder->set) {
  case SET_JIS0208:
    put_jis0208(decoder, first, second);
    break;
  case SET_JIS0212:
    put(decoder, VIA_EUC_JP, euc, 3);
    break;
  case SET_JIS0213_1:
    put(decoder, VIA_EUC_JISX0213, euc + 1, 2);
    break;
  case SET_JIS0213_2:
    put(decoder, VIA_EUC_JISX0213, euc, 3);
    break;
  case SET_GB2312:
    put(decoder, VIA_GB18030, euc + 1, 2);
    break;
  case SET_KSC5601:
    put(decoder, VIA_CP949, euc + 1, 2);
    break;
  default:
    put_mark(decoder);
  }
}

/* at: behind ESC. Gives how many bytes belong to the escape; 0 when it is none that we know. */
static gsize take_escape(Decoder *decoder, const guchar *at, gsize left)
{
  for (gsize i = 0; i < G_N_ELEMENTS(escapes); i++) {
    gsize size = strlen(escapes[i].escape);
    if (size <= left && !memcmp(at, escapes[i].escape, size)) {
      decoder->set = escapes[i].set;
      return size;
    }
  }
  if (left >= 2 && at[0] == '&' && at[1] == '@')
    return 2; /* only announces the revision of the set that the next escape names */
  if (left >= 2 && at[0] == '.' && (at[1] == 'A' || at[1] == 'F')) {
    decoder->high = (char)at[1];
    return 2;
  }
  if (left >= 2 && at[0] == 'N' && decoder->high && at[1] >= 0x20 && at[1] < 0x80) {
    const guchar one = at[1] | 0x80;
    put(decoder, decoder->high == 'A' ? VIA_8859_1 : VIA_8859_7, &one, 1);
    return 2;
  }
  gboolean two_byte = left >= 3 && at[0] == '$' && at[1] == '(' && at[2] >= 0x40 && at[2] < 0x7f;
  if (two_byte)
    decoder->set = SET_UNKNOWN;
  else if (left >= 2 && at[0] == '(' && at[1] >= 0x40 && at[1] < 0x7f)
    decoder->set = SET_ASCII;
  else
    return 0;
  put_mark(decoder);
  return two_byte ? 3 : 2;
}

/* One byte that is no part of a pair. */
static void put_single(Decoder *decoder, guchar byte)
{
  gboolean kana = (decoder->set == SET_KANA || decoder->shifted) && byte >= 0x21 && byte <= 0x5f;
  if (kana)
    byte |= 0x80;
  if (byte < 0x80 || (byte >= 0xa1 && byte <= 0xdf)) /* the latter: JIS8 kana */
    put(decoder, VIA_CP932, &byte, 1);
  else
    put_mark(decoder);
}

static gsize step(Decoder *decoder, const guchar *at, gsize left)
{
  switch (*at) {
  case 0x1b: {
    gsize size = take_escape(decoder, at + 1, left - 1);
    if (!size)
      put_mark(decoder);
    return 1 + size;
  }
  case 0x0e:
  case 0x0f:
    decoder->shifted = *at == 0x0e;
    return 1;
  case '\n':
    decoder->set = SET_ASCII;
    decoder->shifted = FALSE;
    decoder->high = 0;
    put_single(decoder, '\n');
    return 1;
  default:
    break;
  }
  gboolean pairs = decoder->set >= SET_JIS0208 && !decoder->shifted;
  if (!pairs || *at <= 0x20 || *at >= 0x7f) {
    put_single(decoder, *at);
    return 1;
  }
  if (left < 2 || at[1] <= 0x20 || at[1] >= 0x7f) {
    put_mark(decoder); /* half a character */
    return 1;
  }
  put_pair(decoder, at[0], at[1]);
  return 2;
}

void fbk_iso2022jp_append(const char *bytes, gsize len, GString *out)
{
  Decoder decoder = {.out = out, .pending = g_string_new(NULL), .via = VIA_CP932};
  for (gsize i = 0; i < len;)
    i += step(&decoder, (const guchar *)bytes + i, len - i);
  flush(&decoder);
  for (gsize i = 0; i < VIA_COUNT; i++)
    fbk_converter_free(decoder.converters[i]);
  g_string_free(decoder.pending, TRUE);
}
