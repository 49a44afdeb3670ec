/* Reads the addresses of a mailto: link. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/mailto.h"

#include "mail/host.h"
#include "mail/percent.h"

#include <string.h>

#define ADDRESSES_MOST 1000

static void take_address(FbkMailto *mailto, const char *address)
{
  if (!*address || mailto->addresses->len >= ADDRESSES_MOST)
    return;
  g_ptr_array_add(mailto->addresses, g_strdup(address));
  const char *at = strrchr(address, '@');
  char *domain = at ? fbk_host_valid(at + 1, strlen(at + 1)) : NULL;
  if (domain)
    g_ptr_array_add(mailto->domains, domain);
}

/* Split after decoding: a program that decodes first sees more addresses behind an escaped comma. */
static void take_list(FbkMailto *mailto, const char *text, gsize len)
{
  g_autofree char *decoded = fbk_percent_decode(text, len);
  g_auto(GStrv) addresses = g_strsplit_set(decoded, ",", ADDRESSES_MOST + 1);
  for (guint i = 0; addresses[i]; i++)
    take_address(mailto, g_strstrip(addresses[i]));
}

static gboolean address_field(const char *text, gsize len)
{
  g_autofree char *name = fbk_percent_decode(text, len);
  return g_ascii_strcasecmp(name, "to") == 0 || g_ascii_strcasecmp(name, "cc") == 0 ||
         g_ascii_strcasecmp(name, "bcc") == 0;
}

void fbk_mailto_read(const char *text, FbkMailto *mailto_out)
{
  mailto_out->addresses = g_ptr_array_new_with_free_func(g_free);
  mailto_out->domains = g_ptr_array_new_with_free_func(g_free);
  gsize path = strcspn(text, "?");
  take_list(mailto_out, text, path);
  for (const char *at = text + path; *at;) {
    at++;
    gsize len = strcspn(at, "&");
    const char *equals = memchr(at, '=', len);
    if (equals && address_field(at, (gsize)(equals - at)))
      take_list(mailto_out, equals + 1, len - (gsize)(equals + 1 - at));
    at += len;
  }
}

void fbk_mailto_clear(FbkMailto *mailto)
{
  g_clear_pointer(&mailto->addresses, g_ptr_array_unref);
  g_clear_pointer(&mailto->domains, g_ptr_array_unref);
}
