/* Bytes of Japanese (and other) mail to UTF-8. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "mail/charset.h"

#define MARK "\xef\xbf\xbd"

typedef struct {
  const char *label, *bytes, *text;
} Row;

static void check_rows(const Row *rows, gsize count)
{
  for (gsize i = 0; i < count; i++) {
    gsize len;
    g_autofree char *text = fbk_charset_to_utf8(rows[i].bytes, strlen(rows[i].bytes), rows[i].label, &len);
    g_assert_cmpstr(text, ==, rows[i].text);
    g_assert_cmpuint(len, ==, strlen(rows[i].text));
  }
}

static void test_iso2022jp(void)
{
  static const Row rows[] = {
      {"iso-2022-jp", "\x1b$B$\"$$\x1b(B abc", "あい abc"},
      {"ISO-2022-JP", "\x1b$@$\"\x1b(J~\\", "あ~\\"},
      /* NEC row 13, the NEC-selected IBM kanji, half-width kana: all refused by the C library's decoder */
      {"iso-2022-jp", "\x1b$B-!-j\x1b(B", "①㈱"},
      {"iso-2022-jp", "\x1b$B|b66\x1b(B", "髙橋"},
      {"iso-2022-jp", "\x1b(I123^\x1b(B!", "ｱｲｳﾞ!"},
      {"cp50220",
       "\x0e"
       "123\x0f"
       "123",
       "ｱｲｳ123"},
      {"iso-2022-jp", "\xb1\xb2\x1b$B$\"\x1b(B", "ｱｲあ"},
      {"iso-2022-jp-1", "\x1b$(D0!\x1b(B", "丂"},
      {"iso-2022-jp-2", "\x1b$A0!\x1b$(C0!\x1b(B", "啊가"},
      {"iso-2022-jp-2", "\x1b.A\x1bNi", "é"},
      {"iso-2022-jp-3", "\x1b$(Q$\"\x1b(B", "あ"},
      {"iso-2022-jp", "\x1b&@\x1b$B$\"\x1b(B", "あ"},
      /* cut and broken: a mark, never a raw escape */
      {"iso-2022-jp", "\x1b$B$\"$", "あ" MARK},
      {"iso-2022-jp", "\x1b$B$\"\x1b", "あ" MARK},
      {"iso-2022-jp", "\x1b$B$\"\x1b(", "あ" MARK MARK},
      {"iso-2022-jp", "\x1b$B$\"$\x1b(Bx", "あ" MARK "x"},
      {"iso-2022-jp", "\x1b[31mred", MARK "[31mred"},
      {"iso-2022-jp", "\x1b$(zab\x1b(Bx", MARK MARK "x"},
      {"iso-2022-jp", "\x1b$B\x2f\x7e$\"\x1b(B", MARK "あ"},
      /* a sender that forgets to return to ASCII spoils its own line only */
      {"iso-2022-jp", "\x1b$B$\"$$\nnext\n", "あい\nnext\n"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_labels(void)
{
  static const Row rows[] = {
      {"shift_jis", "\x82\xa0\x87\x40\xfb\xfc\x81\x60", "あ①髙～"},
      {"x-sjis", "\x95\x5c\xb1", "表ｱ"},
      {"ms_kanji", "\x8f\x5c", "十"},
      {"euc-jp", "\xa4\xa2\xad\xa1\x8e\xb1", "あ①ｱ"},
      {"gb2312", "\xb0\xa1\x81\x30\x81\x30", "啊\xc2\x80"},
      {"ks_c_5601-1987", "\xb0\xa1\x81\x41", "가갂"},
      {"big5", "\xa4\xa4\xa4\xe5", "中文"},
      {"hz-gb-2312", "~{0!~} ~~ x", "啊 ~ x"},
      {"utf-7", "+MEI-x", "あx"},
      {"iso-8859-15", "\xa4", "€"},
      {"koi8-r", "\xf0\xf2", "ПР"},
      {" \"UTF-8\" ", "あ", "あ"},
      {"utf-8*ja", "あ", "あ"},
      {"iso-8859-1", "na\xefve caf\xe9", "naïve café"},
      {"windows-1252", "don\x92t \x93x\x94", "don’t “x”"},
      {"utf-8", "\xef\xbb\xbfhi", "hi"},
      {"utf-8",
       "a\xff"
       "b\xed\xa0\x80",
       "a" MARK "b" MARK MARK MARK},
      {"utf-8", "cut \xe3\x81", "cut " MARK},
      {"shift_jis", "\x82\xa0\x82", "あ" MARK},
      {"shift_jis", "\x82\xa0\xfd\x82\xa2\x82\xa4\x82\xa6", "あ" MARK "いうえ"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

/* The label lies, or is missing. */
static void test_lies(void)
{
  static const Row rows[] = {
      {"utf-8", "\x82\xb1\x82\xea\x82\xcd\x96{\x95\xb6", "これは本文"},
      {"us-ascii", "\x82\xb1\x82\xea\x82\xcd", "これは"},
      {"iso-8859-1", "\xa4\xb3\xa4\xec\xa4\xcf\xcb\xdc\xca\xb8", "これは本文"},
      {"shift_jis", "これは本文です", "これは本文です"},
      {"utf-8", "\x1b$B$\"\x1b(B", "あ"},
      {"us-ascii", "\x1b$B$\"\x1b(B", "あ"},
      {"shift_jis", "\x1b$B$\"\x1b(B", "あ"},
      {"iso-2022-jp", "\x82\xb1\x82\xea\x82\xcd", "これは"},
      {"iso-2022-jp", "これは本文です", "これは本文です"},
      {NULL, "これは", "これは"},
      {"", "\x8e\x91\x97\xbf", "資料"},
      {"x-unknown", "\xbb\xf1\xce\xc1\xa4\xce", "資料の"},
      {"../../evil//TRANSLIT", "abc", "abc"},
      {"a-label-that-is-longer-than-any-charset-ever-had-a-name", "\xa4\xa2\xa4\xa4", "あい"},
      {NULL, "A\x8e\xd0.pdf", "A社.pdf"},
      {NULL,
       "Gr\xfc\xdf"
       "e",
       "Grüße"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_wide(void)
{
  static const struct {
    const char *label, *bytes;
    gsize len;
  } rows[] = {
      {"utf-16", "\xfe\xff\x00h\x30\x42", 6},
      {"utf-16", "\xff\xfeh\x00\x42\x30", 6},
      {"utf-16", "\x00h\x30\x42", 4}, /* no mark: network order */
      {"utf-16", "h\x00\x42\x30", 4}, /* no mark, but the zeros tell */
      {"utf-16le", "h\x00\x42\x30", 4},
      {"utf-32be", "\x00\x00\x00h\x00\x00\x30\x42", 8},
      {"utf-32", "h\x00\x00\x00\x42\x30\x00\x00", 8},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = fbk_charset_to_utf8(rows[i].bytes, rows[i].len, rows[i].label, NULL);
    g_assert_cmpstr(text, ==, "hあ");
  }
}

static void test_nuls_stay(void)
{
  static const char *const labels[] = {NULL, "utf-8", "us-ascii", "iso-2022-jp", "shift_jis"};
  for (gsize i = 0; i < G_N_ELEMENTS(labels); i++) {
    gsize len;
    g_autofree char *text = fbk_charset_to_utf8("a\0b", 3, labels[i], &len);
    g_assert_cmpmem(text, len, "a\0b", 3);
  }
}

static void test_guess(void)
{
  static const struct {
    const char *bytes, *name;
  } rows[] = {
      {"", "us-ascii"},
      {"plain \x1b[1m", "us-ascii"},
      {"\x1b$B$\"", "iso-2022-jp"},
      {"あ", "utf-8"},
      {"あ\xe3\x81", "utf-8"},
      {"\x82\xa0\x82\xa2", "cp932"},
      {"\xca\xdd\xb6 \xb8\xb6\xc5", "cp932"},
      {"\xa4\xa2\xa4\xa4", "euc-jp-ms"},
      {"Andr\xe9 \x93m\xfcller\x94", "iso-8859-1"},
      {"it\x92s", "iso-8859-1"},
      {"\xff\xff\xff", "iso-8859-1"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpstr(fbk_charset_guess(rows[i].bytes, strlen(rows[i].bytes)), ==, rows[i].name);
}

static void test_known(void)
{
  static const char *const known[] = {"UTF-8",     "Shift_JIS", "iso-2022-jp", "CP1251",
                                      "ISO8859-2", "gb2312",    "hz-gb-2312"};
  static const char *const unknown[] = {NULL, "", "x-klingon", "UTF-8//IGNORE", "ISO-2022-CN-EXT"};
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
    g_assert_true(fbk_charset_known(known[i]));
  for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++)
    g_assert_false(fbk_charset_known(unknown[i]));
}

/* Whatever the bytes and the label, the result is UTF-8 and holds no escape of ISO-2022-JP. */
static void test_random_bytes(void)
{
  static const char *const labels[] = {NULL,         "utf-8",      "iso-2022-jp", "shift_jis", "euc-jp",
                                       "gb2312",     "utf-16",     "hz-gb-2312",  "utf-7",     "iso-2022-kr",
                                       "koi8-r",     "cp949",      "big5",        "utf-32",    "us-ascii",
                                       "iso-8859-1", "iso-8859-7", "tis-620"};
  g_autoptr(GRand) dice = g_rand_new_with_seed(2);
  for (int round = 0; round < 4000; round++) {
    char bytes[64];
    gsize size = (gsize)g_rand_int_range(dice, 0, sizeof bytes + 1), len;
    for (gsize i = 0; i < size; i++) {
      static const char common[] = "\x1b\x1b\x1b$$((BIJD@A~{}\x0e\x0f\n";
      gboolean pick = g_rand_int_range(dice, 0, 3) == 0;
      bytes[i] = pick ? common[g_rand_int_range(dice, 0, sizeof common)] : (char)g_rand_int(dice);
    }
    const char *label = labels[round % (int)G_N_ELEMENTS(labels)];
    gboolean jis = label && !strcmp(label, "iso-2022-jp");
    for (gsize i = 0; i < size && jis; i++)
      bytes[i] &= 0x7f;
    g_autofree char *text = fbk_charset_to_utf8(bytes, size, label, &len);
    for (const char *at = text, *end = text + len, *stop; !g_utf8_validate_len(at, (gsize)(end - at), &stop);
         at = stop + 1)
      g_assert_true(stop < end && *stop == 0);
    if (jis)
      g_assert_null(memchr(text, 0x1b, len));
  }
}

/* Broken text of some megabytes: linear, or this test never ends. */
static void test_long_and_broken(void)
{
  static const struct {
    const char *label, *unit;
  } rows[] = {
      {"shift_jis", "\xff\x81"},
      {"utf-8", "\xe3\xff"},
      {"iso-2022-jp", "\x1b"},
      {"iso-2022-jp-2", "\x1b$B$\"\x1b$A0!\x1b$(D0!"},
      {"gb2312", "\xff"},
      {"utf-7", "+A"},
      {"hz", "~{~"},
      {NULL, "\xa4"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GString) bytes = g_string_new(NULL);
    while (bytes->len < 1000000)
      g_string_append(bytes, rows[i].unit);
    gsize len;
    g_autofree char *text = fbk_charset_to_utf8(bytes->str, bytes->len, rows[i].label, &len);
    g_assert_nonnull(text);
    g_assert_cmpuint(len, >, 0);
    g_assert_cmpuint(len, <=, bytes->len * 3 + 3);
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/mail/charset/iso-2022-jp", test_iso2022jp);
  g_test_add_func("/mail/charset/labels", test_labels);
  g_test_add_func("/mail/charset/lies", test_lies);
  g_test_add_func("/mail/charset/utf-16-and-32", test_wide);
  g_test_add_func("/mail/charset/nuls-stay", test_nuls_stay);
  g_test_add_func("/mail/charset/guess", test_guess);
  g_test_add_func("/mail/charset/known", test_known);
  g_test_add_func("/mail/charset/random-bytes", test_random_bytes);
  g_test_add_func("/mail/charset/long-and-broken", test_long_and_broken);
  return g_test_run();
}
