/* Finds the host or the mail addresses that a text shows. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/shown.h"

#include "mail/guard.h"
#include "mail/host.h"
#include "mail/terms.h"

#include <string.h>

#define NAME_MOST 255 /* no host name is longer */
#define ADDRESSES_MOST 100

/* The bytes of text that belong to an authority: up to white space or punctuation that closes it. */
static gsize authority_len(const char *text)
{
  const char *at = text;
  for (; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (c < 0x80 && strchr("/?#\\<>\"'()[]{},;", (int)c))
      break;
    if (c == 0x3001 || c == 0x3002 || (c >= 0x300c && c <= 0x3011)) /* Japanese comma, full stop, brackets */
      break;
    if (g_unichar_isspace(c))
      break;
  }
  return (gsize)(at - text);
}

/* The bare host of the authority at text: no userinfo, port or final dots. */
static char *bare_host(const char *text)
{
  g_autofree char *authority = g_strndup(text, authority_len(text));
  char *host = strrchr(authority, '@');
  host = host ? host + 1 : authority;
  char *port = strrchr(host, ':');
  if (port)
    *port = '\0';
  for (gsize len = strlen(host); len > 0 && host[len - 1] == '.'; len--)
    host[len - 1] = '\0';
  return g_strdup(host);
}

static const char *after_scheme(const char *text)
{
  for (const char *at = strchr(text, ':'); at; at = strchr(at + 1, ':')) {
    if (at[1] != '/' || at[2] != '/')
      continue;
    if ((at - text >= 4 && g_ascii_strncasecmp(at - 4, "http", 4) == 0) ||
        (at - text >= 5 && g_ascii_strncasecmp(at - 5, "https", 5) == 0))
      return at + 3;
  }
  return NULL;
}

char *fbk_shown_host(const FbkGuard *guard, const char *shown)
{
  const char *address = after_scheme(shown); /* T1 */
  if (address) {
    g_autofree char *host = bare_host(address);
    return fbk_host_valid(host, strlen(host));
  }
  if (g_ascii_strncasecmp(shown, "www.", 4) == 0) { /* T2 */
    g_autofree char *host = bare_host(shown);
    if (g_ascii_strcasecmp(host, "www") != 0)
      return fbk_host_valid(host, strlen(host));
  }
  return fbk_shown_institution(guard, shown, FALSE);
}

static gboolean name_char(char c)
{
  return g_ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
}

/* A name may end before run[end]: no letter, digit or "-" follows, nor a dot and one of those. */
static gboolean may_end(const char *run, gsize end)
{
  char next = run[end];
  if (next == '.')
    next = run[end + 1];
  return !g_ascii_isalnum(next) && next != '-';
}

/* The institution host that starts at run, a stretch of len name characters; NULL if there is none. */
static char *institution_at(const FbkGuard *guard, const char *run, gsize len)
{
  for (gsize end = 1; end <= MIN(len, NAME_MOST); end++) {
    if (!may_end(run, end))
      continue;
    g_autofree char *host = fbk_host_valid(run, end);
    if (host && fbk_guard_is_institution(guard, host))
      return g_steal_pointer(&host);
  }
  return NULL;
}

char *fbk_shown_institution(const FbkGuard *guard, const char *shown, gboolean after_at)
{
  if (guard->domains->len == 0)
    return NULL;
  for (const char *at = shown; *at;) {
    if (!name_char(*at)) {
      at++;
      continue;
    }
    gsize len = 1;
    while (name_char(at[len]))
      len++;
    if (after_at || at == shown || at[-1] != '@') {
      char *host = institution_at(guard, at, len);
      if (host)
        return host;
    }
    at += len;
  }
  return NULL;
}

static gboolean local_char(char c)
{
  return g_ascii_isalnum(c) || (c && strchr("._%+-", c));
}

GPtrArray *fbk_shown_mail_domains(const char *shown)
{
  GPtrArray *domains = g_ptr_array_new_with_free_func(g_free);
  for (const char *at = strchr(shown, '@'); at && domains->len < ADDRESSES_MOST; at = strchr(at + 1, '@')) {
    if (at == shown || !local_char(at[-1]))
      continue;
    gsize len = 0;
    while (g_ascii_isalnum(at[1 + len]) || at[1 + len] == '.' || at[1 + len] == '-')
      len++;
    while (len > 0 && at[len] == '.')
      len--;
    char *domain = fbk_host_valid(at + 1, len);
    if (domain)
      g_ptr_array_add(domains, domain);
  }
  return domains;
}
