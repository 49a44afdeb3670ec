/* Percent-decoding that takes anything. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/percent.h"

char *fbk_percent_decode(const char *text, gsize len)
{
  g_autoptr(GString) bytes = g_string_sized_new(len);
  for (gsize i = 0; i < len; i++) {
    int high = -1, low = -1;
    if (text[i] == '%' && len - i > 2) {
      high = g_ascii_xdigit_value(text[i + 1]);
      low = g_ascii_xdigit_value(text[i + 2]);
    }
    if (high < 0 || low < 0) {
      g_string_append_c(bytes, text[i]);
      continue;
    }
    int byte = high * 16 + low;
    g_string_append_c(bytes, (char)(byte ? byte : 1)); /* both are controls, but a NUL would cut the string */
    i += 2;
  }
  return g_utf8_make_valid(bytes->str, (gssize)bytes->len);
}
