/* Reads numeric host addresses the way browsers do. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/numeric.h"

#include <arpa/inet.h>
#include <string.h>

/* One number of the IPv4 parser: 0x.. hexadecimal, 0.. octal, else decimal; "0x" alone is zero. */
static gboolean read_number(const char *text, gsize len, guint64 *value_out, gboolean *plain_out)
{
  guint base = 10;
  if (len == 0)
    return FALSE;
  *plain_out = TRUE;
  if (len >= 2 && text[0] == '0') {
    *plain_out = FALSE;
    base = (text[1] == 'x' || text[1] == 'X') ? 16 : 8;
    gsize skip = base == 16 ? 2 : 1;
    text += skip;
    len -= skip;
  }
  guint64 value = 0;
  for (gsize i = 0; i < len; i++) {
    int digit = g_ascii_xdigit_value(text[i]);
    if (digit < 0 || (guint)digit >= base)
      return FALSE;
    value = MIN(value * base + (guint)digit, G_MAXUINT32 * (guint64)2); /* too big stays too big */
  }
  *value_out = value;
  return TRUE;
}

/* A last label of digits, or one that reads as a hexadecimal number, sends the whole name to the IPv4 parser.
 */
static gboolean ends_in_number(const char *name)
{
  const char *last = strrchr(name, '.');
  last = last ? last + 1 : name;
  if (!*last)
    return FALSE;
  if (last[strspn(last, "0123456789")] == '\0')
    return TRUE;
  return last[0] == '0' && (last[1] == 'x' || last[1] == 'X') &&
         strspn(last + 2, "0123456789abcdefABCDEF") == strlen(last + 2);
}

static gboolean private_ipv4(guint32 address)
{
  return address >> 24 == 127 || address >> 24 == 10 || address >> 20 == 0xac1 || address >> 16 == 0xc0a8;
}

FbkNumeric fbk_numeric_ipv4(const char *name, char **address_out)
{
  *address_out = NULL;
  if (!ends_in_number(name))
    return FBK_NUMERIC_NONE;
  guint64 numbers[4];
  guint count = 0;
  gboolean all_plain = TRUE;
  for (const char *part = name;; part++) {
    gsize len = strcspn(part, ".");
    gboolean plain;
    if (count == 4 || !read_number(part, len, &numbers[count], &plain))
      return FBK_NUMERIC_BROKEN;
    all_plain = all_plain && plain;
    count++;
    part += len;
    if (!*part)
      break;
  }
  guint64 address = numbers[count - 1];
  if (address >= (guint64)1 << (8 * (5 - count)))
    return FBK_NUMERIC_BROKEN;
  for (guint i = 0; i + 1 < count; i++) {
    if (numbers[i] > 255)
      return FBK_NUMERIC_BROKEN;
    address |= numbers[i] << (8 * (3 - i));
  }
  *address_out = g_strdup_printf("%u.%u.%u.%u", (guint)(address >> 24 & 255), (guint)(address >> 16 & 255),
                                 (guint)(address >> 8 & 255), (guint)(address & 255));
  gboolean plain_form = count == 4 && all_plain;
  return plain_form && private_ipv4((guint32)address) ? FBK_NUMERIC_PRIVATE : FBK_NUMERIC_PUBLIC;
}

FbkNumeric fbk_numeric_ipv6(const char *text, char **address_out)
{
  *address_out = NULL;
  gsize len = strlen(text);
  char inside[64], plain[INET6_ADDRSTRLEN];
  if (len < 4 || len - 2 >= sizeof inside || text[0] != '[' || text[len - 1] != ']')
    return FBK_NUMERIC_BROKEN;
  memcpy(inside, text + 1, len - 2);
  inside[len - 2] = '\0';
  struct in6_addr address;
  if (inet_pton(AF_INET6, inside, &address) != 1)
    return FBK_NUMERIC_BROKEN;
  inet_ntop(AF_INET6, &address, plain, sizeof plain);
  *address_out = g_strdup_printf("[%s]", plain);
  const guint8 *byte = address.s6_addr;
  gboolean private = IN6_IS_ADDR_LOOPBACK(&address) || (byte[0] & 0xfe) == 0xfc ||
                     (byte[0] == 0xfe && (byte[1] & 0xc0) == 0x80);
  return private ? FBK_NUMERIC_PRIVATE : FBK_NUMERIC_PUBLIC;
}
