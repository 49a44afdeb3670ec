/* Reads Authentication-Results. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/authres.h"

#include "mail/fields.h"
#include "mail/guard.h"
#include "mail/host.h"

#include <string.h>

#define WORDS_MOST 100 /* of one result; no server says more */

/* Stands for a character that has no meaning because it was quoted. */
#define QUOTED '\x01'

/* Appends a quoted string; what would divide fields outside of it does not. */
static const char *take_quoted(const char *at, GString *out)
{
  for (at++; *at && *at != '"'; at++) {
    if (*at == '\\' && at[1])
      at++;
    gboolean divides = g_ascii_isspace(*at) || *at == ';' || *at == '=';
    g_string_append_c(out, divides ? QUOTED : g_ascii_tolower(*at));
  }
  return *at ? at + 1 : at;
}

/* The next part up to ";", lower case, comments and the space around "=" removed. NULL at the end. */
static GString *next_part(const char **text)
{
  const char *at = *text;
  if (!at)
    return NULL;
  GString *part = g_string_new(NULL);
  while (*at && *at != ';') {
    char last = part->len > 0 ? part->str[part->len - 1] : ' ';
    if (*at == '(') {
      at = fbk_field_skip_comment(at);
      if (last != ' ' && last != '=')
        g_string_append_c(part, ' ');
    } else if (*at == '"') {
      at = take_quoted(at, part);
    } else if (g_ascii_isspace(*at)) {
      if (last != ' ' && last != '=')
        g_string_append_c(part, ' ');
      at++;
    } else {
      if (*at == '=' && last == ' ' && part->len > 0)
        g_string_truncate(part, part->len - 1);
      g_string_append_c(part, g_ascii_tolower(*at++));
    }
  }
  *text = *at ? at + 1 : NULL;
  return part;
}

/* "mx.example.org" or "mx.example.org 1". */
static gboolean is_ours(const FbkGuard *guard, const char *part)
{
  g_auto(GStrv) words = g_strsplit_set(part, " ", WORDS_MOST);
  guint count = 0;
  const char *id = NULL;
  for (guint i = 0; words[i]; i++) {
    if (!*words[i])
      continue;
    if (count == 0)
      id = words[i];
    else if (count > 1 || words[i][strspn(words[i], "0123456789")])
      return FALSE;
    count++;
  }
  return id && g_hash_table_contains(guard->authservs, id);
}

static gboolean aligned(const char *value, const char *domain)
{
  const char *at = strrchr(value, '@');
  const char *host = at ? at + 1 : value;
  g_autofree char *name = fbk_host_valid(host, strlen(host));
  return name && strcmp(fbk_host_registrable(name), fbk_host_registrable(domain)) == 0;
}

/* A property of a result speaks for domain. */
static gboolean speaks_for(char **properties, const char *const *names, const char *domain)
{
  for (; *properties; properties++)
    for (const char *const *name = names; *name; name++)
      if (g_str_has_prefix(*properties, *name) && aligned(*properties + strlen(*name), domain))
        return TRUE;
  return FALSE;
}

typedef struct {
  gboolean passed, failed, refused; /* refused: by DMARC, which decides */
} Findings;

static void take_result(const char *part, const char *domain, Findings *findings)
{
  static const char *const dkim_names[] = {"header.d=", "header.i=", NULL};
  static const char *const spf_names[] = {"smtp.mailfrom=", NULL};
  g_auto(GStrv) words = g_strsplit_set(part, " ", WORDS_MOST);
  char **first = words;
  while (*first && !**first)
    first++;
  if (!*first)
    return;
  char *equals = strchr(*first, '=');
  if (!equals)
    return;
  g_autofree char *method = g_strndup(*first, (gsize)(equals - *first));
  method[strcspn(method, "/")] = '\0'; /* a version number */
  const char *result = equals + 1;
  if (strcmp(method, "dmarc") == 0) {
    findings->refused = findings->refused || strcmp(result, "fail") == 0;
    findings->passed = findings->passed || strcmp(result, "pass") == 0;
    return;
  }
  gboolean dkim = strcmp(method, "dkim") == 0;
  if (!dkim && strcmp(method, "spf") != 0)
    return;
  if (strcmp(result, "pass") == 0 && speaks_for(first + 1, dkim ? dkim_names : spf_names, domain))
    findings->passed = TRUE;
  if (strcmp(result, "fail") == 0 || strcmp(result, "softfail") == 0 || strcmp(result, "permerror") == 0)
    findings->failed = TRUE;
}

/* TRUE when the field is by one of our servers: then *result_out says what it found. */
static gboolean read_field(const FbkGuard *guard, const char *domain, const char *value,
                           FbkAuthres *result_out)
{
  const char *at = value;
  g_autoptr(GString) id = next_part(&at);
  if (!is_ours(guard, id->str))
    return FALSE;
  Findings findings = {0};
  for (GString *part = next_part(&at); part; part = next_part(&at)) {
    take_result(part->str, domain, &findings);
    g_string_free(part, TRUE);
  }
  *result_out = findings.refused  ? FBK_AUTHRES_FAIL
                : findings.passed ? FBK_AUTHRES_PASS
                : findings.failed ? FBK_AUTHRES_FAIL
                                  : FBK_AUTHRES_NOTHING;
  return TRUE;
}

static gboolean by_institution(const FbkGuard *guard, const char *value)
{
  while (g_ascii_isspace(*value))
    value++;
  g_autofree char *host = fbk_host_valid(value, strcspn(value, " \t\r\n;("));
  return host && fbk_guard_is_institution(guard, host);
}

FbkAuthres fbk_authres_trusted(const FbkGuard *guard, const char *domain, const FbkTraceField *trace,
                               gsize count)
{
  FbkAuthres result = FBK_AUTHRES_NOTHING;
  for (gsize i = 0; i < count && g_hash_table_size(guard->authservs) > 0; i++) {
    const char *value = trace[i].value ? trace[i].value : "";
    if (trace[i].is_result ? read_field(guard, domain, value, &result) : !by_institution(guard, value))
      break;
  }
  return result;
}
