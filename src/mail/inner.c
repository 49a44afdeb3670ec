/* Finds the addresses inside an address. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/url.h"

#include "mail/percent.h"

#include <string.h>

/* What cannot stand in a host and ends it: also every quotation mark. */
static gboolean ends_host(gunichar c)
{
  if (c < 0x80)
    return strchr("/?#&;\\\"'<>", (int)c) != NULL || g_ascii_isspace((char)c);
  return g_unichar_isspace(c) || c == 0xab || c == 0xbb || (c >= 0x2018 && c <= 0x201f);
}

static char *host_at(const char *text, gsize *len_out)
{
  const char *end = text;
  while (*end && !ends_host(g_utf8_get_char(end)))
    end = g_utf8_next_char(end);
  *len_out = (gsize)(end - text);
  const char *start = text, *port = end;
  for (const char *at = text; at < end; at++)
    if (*at == '@')
      start = at + 1;
  for (const char *at = end; at > start && at[-1] != ']';)
    if (*--at == ':') {
      port = at;
      break;
    }
  return fbk_host_valid(start, (gsize)(port - start));
}

GPtrArray *fbk_url_inner_hosts(const FbkUrl *url)
{
  GPtrArray *hosts = g_ptr_array_new_with_free_func(g_free);
  if (!strchr(url->after, ':') && !strchr(url->after, '%'))
    return hosts;
  g_autofree char *text = fbk_percent_decode(url->after, strlen(url->after));
  gsize len;
  for (const char *at = strchr(text, ':'); at; at = strchr(at + 1, ':')) {
    gboolean plain = at - text >= 4 && g_ascii_strncasecmp(at - 4, "http", 4) == 0;
    gboolean secure = at - text >= 5 && g_ascii_strncasecmp(at - 5, "https", 5) == 0;
    if (at[1] != '/' || at[2] != '/' || !(plain || secure))
      continue;
    char *host = host_at(at + 3, &len);
    if (host)
      g_ptr_array_add(hosts, host);
  }
  return hosts;
}
