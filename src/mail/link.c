/* Judges a link: the rules in their order. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/link.h"

#include "base/text.h"
#include "mail/guard.h"
#include "mail/host.h"
#include "mail/lists.h"
#include "mail/lookalike.h"
#include "mail/mailto.h"
#include "mail/shown.h"
#include "mail/terms.h"
#include "mail/url.h"
#include "mail/verdict.h"

#include <string.h>

#define ADDRESSES_SHOWN 3
#define ADDRESS_CELLS 80

/* What the words around a link say. */
typedef struct {
  gboolean ask_secret;  /* a sentence asks for a password or code */
  gboolean name_campus; /* the institution is named */
} Words;

/* A link with what its rules share. */
typedef struct {
  const FbkGuard *guard;
  FbkLinkKind kind;
  Words words;
  const char *text;
  const FbkUrl *url;
  const char *host;
  gboolean institution;
  gboolean allowed;
  GPtrArray *inner; /* hosts inside the address that are neither institution nor allowed */
} Case;

static gboolean secure_campus(const Case *link)
{
  return link->institution && strcmp(link->url->scheme, "https") == 0;
}

static Words read_context(const FbkGuard *guard, const char *context)
{
  Words result = {0};
  if (!context || !*context)
    return result;
  g_autofree char *start = g_strndup(context, FBK_TERMS_CONTEXT_MOST);
  g_autofree char *words = fbk_terms_of(start);
  result.ask_secret = fbk_terms_ask_secret(start);
  result.name_campus = fbk_guard_is_named(guard, words, TRUE);
  if (!result.name_campus) {
    g_autofree char *host = fbk_shown_institution(guard, words, TRUE);
    result.name_campus = host != NULL;
  }
  return result;
}

static FbkVerdict *credential(const char *rule, Words words, const char *host, gboolean mail)
{
  FbkVerdictFacts facts = {.host = host, .mail = mail, .campus = words.name_campus};
  return fbk_verdict_new(FBK_LINK_CREDENTIAL, rule, &facts);
}

/* L1-L5 for the host itself, L6 for those inside. */
static FbkVerdict *judge_lookalike(const Case *link)
{
  FbkLookalike found;
  FbkVerdictFacts facts = {.host = link->host};
  if (fbk_lookalike_find(link->guard, link->host, &found)) {
    facts.target = found.target;
    return fbk_verdict_new(FBK_LINK_LOOKALIKE, found.rule, &facts);
  }
  for (guint i = 0; i < link->inner->len; i++) {
    if (fbk_lookalike_find(link->guard, link->inner->pdata[i], &found)) {
      facts.about = link->inner->pdata[i];
      facts.target = found.target;
      return fbk_verdict_new(FBK_LINK_LOOKALIKE, "L6", &facts);
    }
  }
  return NULL;
}

/* X1 */
static FbkVerdict *judge_mismatch(const Case *link)
{
  if (!*link->text)
    return NULL;
  g_autofree char *text = fbk_terms_shown(link->text);
  g_autofree char *shown = fbk_shown_host(link->guard, text);
  if (!shown || strcmp(fbk_host_registrable(shown), fbk_host_registrable(link->host)) == 0)
    return NULL;
  gboolean shows_campus = fbk_guard_is_institution(link->guard, shown);
  if (shows_campus ? link->institution : fbk_lists_redirector(link->host))
    return NULL;
  FbkVerdictFacts facts = {.host = link->host, .shown = shown, .campus = shows_campus};
  return fbk_verdict_new(FBK_LINK_MISMATCH, "X1", &facts);
}

/* K, N, R, I, E: one of them always applies. */
static FbkVerdict *judge_rest(const Case *link)
{
  FbkVerdictFacts facts = {.host = link->host};
  if (link->kind == FBK_LINK_KIND_FORM)
    return credential("K1", link->words, link->host, FALSE);
  if (!secure_campus(link) && link->words.ask_secret)
    return credential("K2", link->words, link->host, FALSE);
  if (strcmp(link->url->scheme, "https") != 0)
    return fbk_verdict_new(FBK_LINK_INSECURE, "N1", &facts);
  if (link->institution)
    return link->inner->len > 0 ? fbk_verdict_new(FBK_LINK_REDIRECT, "R1", &facts)
                                : fbk_verdict_new(FBK_LINK_INSTITUTION, "I1", &facts);
  if (fbk_lists_redirector(link->host))
    return fbk_verdict_new(FBK_LINK_REDIRECT, "R2", &facts);
  return fbk_verdict_new(FBK_LINK_EXTERNAL, "E1", &facts);
}

static GPtrArray *foreign_inner_hosts(const FbkGuard *guard, const FbkUrl *url)
{
  GPtrArray *hosts = fbk_url_inner_hosts(url);
  GPtrArray *foreign = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < hosts->len; i++) {
    const char *host = hosts->pdata[i];
    if (!fbk_guard_is_institution(guard, host) && !fbk_guard_is_allowed(guard, host))
      g_ptr_array_add(foreign, g_strdup(host));
  }
  g_ptr_array_unref(hosts);
  return foreign;
}

static FbkVerdict *judge_web(const FbkGuard *guard, const FbkLinkInput *input, const FbkUrl *url)
{
  FbkVerdictFacts facts = {.host = url->host.name};
  if (*url->fault)
    return fbk_verdict_new(FBK_LINK_DECEPTIVE, url->fault, &facts);
  if (input->kind == FBK_LINK_KIND_REFRESH)
    return fbk_verdict_new(FBK_LINK_DECEPTIVE, "D20", &facts);
  Case link = {.guard = guard,
               .kind = input->kind,
               .words = read_context(guard, input->context),
               .text = input->text ? input->text : "",
               .url = url,
               .host = url->host.name};
  link.institution = fbk_guard_is_institution(guard, link.host);
  link.allowed = fbk_guard_is_allowed(guard, link.host);
  if (link.allowed && link.kind != FBK_LINK_KIND_FORM && strcmp(url->scheme, "https") == 0)
    return fbk_verdict_new(FBK_LINK_ALLOWED, "A1", &facts);
  g_autoptr(GPtrArray) inner = foreign_inner_hosts(guard, url);
  link.inner = inner;
  FbkVerdict *verdict = NULL;
  if (!link.allowed) {
    verdict = judge_lookalike(&link);
    if (!verdict)
      verdict = judge_mismatch(&link);
  }
  return verdict ? verdict : judge_rest(&link);
}

/* The first addresses, fit for the terminal. */
static char *address_names(const FbkMailto *mailto)
{
  GString *names = g_string_new(NULL);
  for (guint i = 0; i < MIN(mailto->addresses->len, ADDRESSES_SHOWN); i++) {
    g_autofree char *gated = fbk_text_gate(mailto->addresses->pdata[i], -1, FBK_GATE_LINE);
    g_autofree char *name = fbk_text_ellipsize(gated, ADDRESS_CELLS);
    g_string_append_printf(names, "%s%s", i ? ", " : "", name);
  }
  if (mailto->addresses->len > ADDRESSES_SHOWN)
    g_string_append(names, ", …");
  return g_string_free(names, FALSE);
}

/* X2: the text shows an address whose domain is not that of any address in the link. */
static FbkVerdict *judge_mail_mismatch(const FbkGuard *guard, const char *text, const FbkMailto *mailto,
                                       const char *names)
{
  g_autofree char *shown = fbk_terms_shown(text);
  g_autoptr(GPtrArray) domains = fbk_shown_mail_domains(shown);
  for (guint i = 0; i < domains->len; i++) {
    const char *registrable = fbk_host_registrable(domains->pdata[i]);
    gboolean reached = FALSE;
    for (guint m = 0; m < mailto->domains->len && !reached; m++)
      reached = strcmp(registrable, fbk_host_registrable(mailto->domains->pdata[m])) == 0;
    if (reached)
      continue;
    gboolean campus = fbk_guard_is_institution(guard, domains->pdata[i]);
    const char *first = mailto->domains->len > 0 ? mailto->domains->pdata[0] : NULL;
    FbkVerdictFacts facts = {
        .host = first, .about = names, .shown = domains->pdata[i], .campus = campus, .mail = TRUE};
    return fbk_verdict_new(FBK_LINK_MISMATCH, "X2", &facts);
  }
  return NULL;
}

static FbkVerdict *judge_mail(const FbkGuard *guard, const FbkLinkInput *input, const FbkUrl *url)
{
  g_auto(FbkMailto) mailto = {0};
  fbk_mailto_read(url->after, &mailto);
  for (guint i = 0; i < mailto.domains->len; i++) {
    const char *domain = mailto.domains->pdata[i];
    FbkLookalike found;
    if (fbk_guard_is_allowed(guard, domain) || !fbk_lookalike_find(guard, domain, &found))
      continue;
    FbkVerdictFacts facts = {.host = domain, .target = found.target, .mail = TRUE};
    return fbk_verdict_new(FBK_LINK_LOOKALIKE, found.rule, &facts);
  }
  g_autofree char *names = address_names(&mailto);
  FbkVerdict *verdict = judge_mail_mismatch(guard, input->text ? input->text : "", &mailto, names);
  if (verdict)
    return verdict;
  const char *host = mailto.domains->len > 0 ? mailto.domains->pdata[0] : NULL;
  Words words = read_context(guard, input->context);
  if (words.ask_secret)
    return credential("K2", words, host, TRUE);
  FbkVerdictFacts facts = {.host = host, .names = names, .mail = TRUE};
  return fbk_verdict_new(FBK_LINK_MAIL, "M1", &facts);
}

FbkVerdict *fbk_link_judge(const FbkGuard *guard, const FbkLinkInput *link)
{
  g_auto(FbkUrl) url;
  fbk_url_read(link->href ? link->href : "", link->base ? link->base : "", &url);
  FbkVerdictFacts facts = {.scheme = url.scheme};
  switch (url.sort) {
  case FBK_URL_UNSAFE:
    return fbk_verdict_new(FBK_LINK_UNSAFE, "S2", &facts);
  case FBK_URL_OTHER:
    return fbk_verdict_new(FBK_LINK_OTHER, "S3", &facts);
  case FBK_URL_MAIL:
    return judge_mail(guard, link, &url);
  case FBK_URL_WEB:
    return judge_web(guard, link, &url);
  case FBK_URL_NONE:
    break;
  }
  return fbk_verdict_new(FBK_LINK_OTHER, "S1", &facts);
}
