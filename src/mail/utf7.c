/* Modified UTF-7 to UTF-8. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/utf7.h"

#include <string.h>

static int sextet(char letter)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
  const char *at = letter != '\0' ? strchr(alphabet, letter) : NULL;
  return at != NULL ? (int)(at - alphabet) : -1;
}

/* One UTF-16 unit more; *high keeps the first half of a pair. FALSE for a half without the other. */
static gboolean add_unit(GString *out, guint unit, guint *high)
{
  gboolean is_low = unit >= 0xdc00 && unit <= 0xdfff;
  if (is_low != (*high != 0))
    return FALSE;
  if (is_low) {
    g_string_append_unichar(out, 0x10000 + ((*high - 0xd800) << 10) + (unit - 0xdc00));
    *high = 0;
  } else if (unit >= 0xd800 && unit <= 0xdbff) {
    *high = unit;
  } else {
    if (unit == 0)
      return FALSE;
    g_string_append_unichar(out, unit);
  }
  return TRUE;
}

/* The letters between "&" and "-"; *at is moved past the "-". */
static gboolean decode_shift(const char **at, GString *out)
{
  guint32 bits = 0;
  guint count = 0, high = 0;
  int value;
  for (; (value = sextet(**at)) >= 0; (*at)++) {
    bits = (bits << 6 | (guint)value) & 0xffffff;
    count += 6;
    if (count >= 16) {
      count -= 16;
      if (!add_unit(out, bits >> count & 0xffff, &high))
        return FALSE;
    }
  }
  /* What is left over is padding: less than a letter's worth, and zero. */
  if (**at != '-' || high != 0 || count >= 6 || (bits & ((1u << count) - 1)) != 0)
    return FALSE;
  (*at)++;
  return TRUE;
}

char *fbk_utf7_decode(const char *path)
{
  g_autoptr(GString) out = g_string_new(NULL);
  for (const char *at = path; *at != '\0';) {
    if (*at != '&') {
      if ((guchar)*at < 0x20 || (guchar)*at > 0x7e)
        return NULL;
      g_string_append_c(out, *at++);
    } else if (at[1] == '-') {
      g_string_append_c(out, '&');
      at += 2;
    } else {
      at++;
      if (!decode_shift(&at, out))
        return NULL;
    }
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}
