/* Reads the address of a link. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/url.h"

#include "mail/terms.h"

#include <string.h>

static gboolean slash(char c)
{
  return c == '/' || c == '\\';
}

/* A part of an address, not terminated. */
typedef struct {
  const char *start;
  gsize len;
} Slice;

static char *trim(const char *text)
{
  while (*text && fbk_terms_is_space(*text))
    text++;
  gsize len = strlen(text);
  while (len > 0 && fbk_terms_is_space(text[len - 1]))
    len--;
  return g_utf8_make_valid(text, (gssize)len);
}

static gboolean line_char(char c)
{
  return c == '\t' || c == '\n' || c == '\r';
}

static char *without_line_chars(const char *raw)
{
  GString *text = g_string_sized_new(strlen(raw));
  for (; *raw; raw++)
    if (!line_char(*raw))
      g_string_append_c(text, *raw);
  return g_string_free(text, FALSE);
}

/* Length of the scheme at the start of text, its ":" not counted; 0: none. */
static gsize scheme_len(const char *text)
{
  gsize len = 0;
  if (!g_ascii_isalpha(text[0]))
    return 0;
  while (g_ascii_isalnum(text[len]) || text[len] == '+' || text[len] == '.' || text[len] == '-')
    len++;
  return text[len] == ':' ? len : 0;
}

static gboolean is_one_of(const char *scheme, const char *const *list)
{
  return g_strv_contains(list, scheme);
}

static Slice authority_at(const char *text)
{
  return (Slice){text, strcspn(text, "/\\?#")};
}

/* A base helps only if it is a web address with a host. */
static gboolean read_base(const char *base, char **scheme_out, Slice *authority_out)
{
  const char *after = NULL;
  if (g_ascii_strncasecmp(base, "http://", 7) == 0)
    after = base + 7;
  else if (g_ascii_strncasecmp(base, "https://", 8) == 0)
    after = base + 8;
  if (!after)
    return FALSE;
  *authority_out = authority_at(after);
  *scheme_out = g_ascii_strdown(base, after - base - 3);
  if (authority_out->len > 0)
    return TRUE;
  g_clear_pointer(scheme_out, g_free);
  return FALSE;
}

/* The host of an authority, and its port as written ("" none, or ":..."). */
static Slice split_port(Slice authority, Slice *port_out)
{
  const char *start = authority.start, *end = start + authority.len;
  for (const char *at = start; at < end; at++)
    if (*at == '@')
      start = at + 1;
  const char *port = end;
  for (const char *at = end; at > start && at[-1] != ']';)
    if (*--at == ':') {
      port = at;
      break;
    }
  *port_out = (Slice){port, (gsize)(end - port)};
  return (Slice){start, (gsize)(port - start)};
}

static gboolean port_good(Slice port)
{
  guint value = 0;
  for (gsize i = 1; i < port.len; i++) {
    if (!g_ascii_isdigit(port.start[i]))
      return FALSE;
    value = MIN(value * 10 + (guint)(port.start[i] - '0'), 100000u);
  }
  return value <= 65535;
}

static gboolean has_hidden(Slice part)
{
  for (const char *at = part.start; at < part.start + part.len; at = g_utf8_next_char(at))
    if (fbk_host_hidden_char(g_utf8_get_char(at)))
      return TRUE;
  return FALSE;
}

static gboolean has_turning(const char *text)
{
  for (; *text; text = g_utf8_next_char(text))
    if (fbk_host_turning_char(g_utf8_get_char(text)))
      return TRUE;
  return FALSE;
}

/* A TAB, LF or CR stands in raw before the place that corresponds to text[len]. */
static gboolean broken_before(const char *raw, gsize len)
{
  gsize seen = 0;
  for (; *raw; raw++) {
    if (line_char(*raw))
      return TRUE;
    if (seen++ == len)
      return FALSE;
  }
  return FALSE;
}

typedef struct {
  const char *raw;
  gboolean own_authority;
  gboolean slashes_wrong; /* D11 */
  Slice authority;
} Reading;

/* The D rules in the order of their numbers. */
static const char *find_fault(const FbkUrl *url, const Reading *reading, Slice port)
{
  Slice authority = reading->authority;
  if (memchr(authority.start, '@', authority.len))
    return "D1";
  if (url->text[strcspn(url->text, "\\?#")] == '\\')
    return "D2";
  if (reading->own_authority && broken_before(reading->raw, (gsize)(url->after - url->text)))
    return "D3";
  if (has_hidden(authority))
    return "D4";
  if (url->host.faults & FBK_HOST_PERCENT)
    return "D5";
  if (url->host.faults & FBK_HOST_NUMBER)
    return "D6";
  if (url->host.faults & FBK_HOST_MAPPED)
    return "D7";
  if (url->host.faults & FBK_HOST_IDN)
    return "D8";
  if (reading->slashes_wrong)
    return "D11";
  if (has_turning(reading->raw))
    return "D14";
  if ((url->host.faults & FBK_HOST_BROKEN) || !port_good(port))
    return "D15";
  return "";
}

static void read_web(FbkUrl *url, const Reading *reading)
{
  Slice port, host = split_port(reading->authority, &port);
  url->sort = FBK_URL_WEB;
  fbk_host_read(host.start, host.len, &url->host);
  g_strlcpy(url->fault, find_fault(url, reading, port), sizeof url->fault);
}

/* The authority that text[at] begins: after exactly "//", or, wrongly written, after any slashes or none. */
static void read_own_authority(FbkUrl *url, const char *at, Reading *reading)
{
  reading->own_authority = TRUE;
  reading->slashes_wrong = at[0] != '/' || at[1] != '/' || at[2] == '/' || at[2] == '\0';
  while (slash(*at))
    at++;
  reading->authority = authority_at(at);
  url->after = at + reading->authority.len;
}

static void read_relative(FbkUrl *url, const char *base_written, Reading *reading)
{
  g_autofree char *base = trim(base_written);
  Slice base_authority = {0};
  gboolean usable = read_base(base, &url->scheme, &base_authority);
  gboolean two_slashes = slash(url->text[0]) && slash(url->text[1]);
  if (!usable) {
    url->scheme = g_strdup("");
    if (two_slashes) {
      read_own_authority(url, url->text, reading);
      reading->slashes_wrong = TRUE;
      read_web(url, reading);
    }
    return;
  }
  if (url->text[0] == '/' && url->text[1] == '/') {
    read_own_authority(url, url->text, reading);
  } else {
    reading->authority = base_authority;
    url->after = url->text;
  }
  read_web(url, reading);
}

void fbk_url_read(const char *href, const char *base, FbkUrl *url_out)
{
  static const char *const web[] = {"http", "https", "ftp", NULL};
  static const char *const other[] = {"tel", "sms",  "sip",  "sips", "xmpp", "cid",
                                      "mid", "news", "nntp", "geo",  NULL};
  g_autofree char *raw = trim(href);
  *url_out = (FbkUrl){.sort = FBK_URL_NONE};
  url_out->text = without_line_chars(raw);
  url_out->after = url_out->text;
  if (raw[0] == '\0' || raw[0] == '#') {
    url_out->scheme = g_strdup("");
    return;
  }
  Reading reading = {.raw = raw};
  gsize len = scheme_len(url_out->text);
  if (len == 0) {
    read_relative(url_out, base, &reading);
    return;
  }
  url_out->scheme = g_ascii_strdown(url_out->text, (gssize)len);
  url_out->after = url_out->text + len + 1;
  if (is_one_of(url_out->scheme, web)) {
    read_own_authority(url_out, url_out->after, &reading);
    read_web(url_out, &reading);
  } else if (is_one_of(url_out->scheme, other)) {
    url_out->sort = FBK_URL_OTHER;
  } else {
    url_out->sort = strcmp(url_out->scheme, "mailto") == 0 ? FBK_URL_MAIL : FBK_URL_UNSAFE;
  }
}

void fbk_url_clear(FbkUrl *url)
{
  g_clear_pointer(&url->scheme, g_free);
  g_clear_pointer(&url->text, g_free);
  fbk_host_clear(&url->host);
}
