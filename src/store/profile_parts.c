/* Servers, guard lists and notices of a profile. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/profile_inner.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"

/* --- servers --- */

void fbk_profile_offer_free(gpointer data)
{
  FbkOffer *offer = data;
  if (offer == NULL)
    return;
  fbk_server_free(offer->server);
  g_free(offer);
}

static gboolean parse_auth(const FbkIni *ini, const char *section, guint *auth_out, GError **err)
{
  const FbkIniEntry *entry = fbk_ini_entry(ini, section, "auth");
  *auth_out = 0;
  if (entry == NULL)
    return TRUE;
  g_auto(GStrv) words = g_strsplit_set(entry->value, " \t", -1);
  for (char **word = words; *word != NULL; word++) {
    if (strcmp(*word, "plain") == 0)
      *auth_out |= FBK_AUTH_PLAIN;
    else if (strcmp(*word, "login") == 0)
      *auth_out |= FBK_AUTH_LOGIN;
    else if (**word != '\0') {
      fbk_ini_complain(ini, entry->line, err, _("auth is \"plain\", \"login\" or both, not \"%s\""), *word);
      return FALSE;
    }
  }
  return TRUE;
}

/* "993 tls recommended" */
static gboolean parse_port(const FbkIni *ini, const FbkIniEntry *entry, FbkOffer *offer, GError **err)
{
  g_auto(GStrv) words = g_strsplit(entry->value, " ", -1);
  guint count = g_strv_length(words), port = 0;
  if (count < 2 || count > 3 || !fbk_value_number(words[0], 1, 65535, &port) ||
      (count == 3 && strcmp(words[2], "recommended") != 0)) {
    fbk_ini_complain(ini, entry->line, err,
                     _("a port is written like \"993 tls\" or \"993 tls recommended\", from 1 to 65535"));
    return FALSE;
  }
  if (strcmp(words[1], "tls") != 0 && strcmp(words[1], "starttls") != 0) {
    fbk_ini_complain(ini, entry->line, err,
                     _("the security of a port is \"tls\" or \"starttls\", not \"%s\""), words[1]);
    return FALSE;
  }
  offer->server->port = (guint16)port;
  offer->server->security = strcmp(words[1], "tls") == 0 ? FBK_SECURITY_TLS : FBK_SECURITY_STARTTLS;
  offer->recommended = count == 3;
  return TRUE;
}

/* Keeps the order of the file, but the recommended one comes first. */
static gboolean add_offer(const FbkIni *ini, const FbkIniEntry *entry, FbkProfile *profile, guint first,
                          FbkOffer *offer, GError **err)
{
  for (guint i = first; i < profile->offers->len; i++) {
    const FbkOffer *other = g_ptr_array_index(profile->offers, i);
    if (other->server->port == offer->server->port) {
      fbk_ini_complain(ini, entry->line, err, _("port %u is listed twice"), offer->server->port);
      fbk_profile_offer_free(offer);
      return FALSE;
    }
    if (other->recommended && offer->recommended) {
      fbk_ini_complain(ini, entry->line, err, _("only one port of a server can be the recommended one"));
      fbk_profile_offer_free(offer);
      return FALSE;
    }
  }
  g_ptr_array_insert(profile->offers, offer->recommended ? (int)first : -1, offer);
  return TRUE;
}

static gboolean parse_server(const FbkIni *ini, const char *section, FbkProtocol protocol,
                             FbkProfile *profile, GError **err)
{
  static const FbkValueSpec specs[] = {{"host", FBK_VALUE_HOST, 0, TRUE}, {NULL}};
  gboolean is_there = FALSE;
  for (guint i = 0; i < ini->entries->len && !is_there; i++)
    is_there = strcmp(((FbkIniEntry *)g_ptr_array_index(ini->entries, i))->section, section) == 0;
  if (!is_there)
    return TRUE;
  g_autofree char *host = NULL;
  guint auth, first = profile->offers->len;
  if (!fbk_value_fill(ini, section, specs, &host, err) || !parse_auth(ini, section, &auth, err))
    return FALSE;
  for (guint i = 0; i < ini->entries->len; i++) {
    const FbkIniEntry *entry = g_ptr_array_index(ini->entries, i);
    if (strcmp(entry->section, section) != 0 || strcmp(entry->key, "port") != 0)
      continue;
    FbkOffer *offer = g_new0(FbkOffer, 1);
    offer->server = fbk_server_new(protocol, host, 0, FBK_SECURITY_TLS);
    offer->server->auth = auth;
    if (!parse_port(ini, entry, offer, err)) {
      fbk_profile_offer_free(offer);
      return FALSE;
    }
    if (!add_offer(ini, entry, profile, first, offer, err))
      return FALSE;
  }
  if (profile->offers->len > first)
    return TRUE;
  fbk_ini_complain(ini, fbk_value_section_line(ini, section), err, _("[%s] needs \"port = ...\""), section);
  return FALSE;
}

gboolean fbk_profile_parse_servers(const FbkIni *ini, FbkProfile *profile, GError **err)
{
  if (!parse_server(ini, "imap", FBK_PROTOCOL_IMAP, profile, err) ||
      !parse_server(ini, "pop", FBK_PROTOCOL_POP, profile, err))
    return FALSE;
  if (profile->offers->len == 0) {
    fbk_ini_complain(ini, 1, err, _("a profile needs [imap] or [pop]: where mail is read"));
    return FALSE;
  }
  return parse_server(ini, "smtp", FBK_PROTOCOL_SMTP, profile, err);
}

/* --- guard --- */

static gboolean add_brand(FbkGuard *guard, const char *value)
{
  g_auto(GStrv) parts = g_strsplit(value, ":", 2);
  if (g_strv_length(parts) != 2 || !fbk_value_is_name(parts[0]) || !fbk_value_is_host(parts[1]))
    return FALSE;
  fbk_guard_add_brand(guard, parts[0], parts[1]);
  return TRUE;
}

static gboolean add_to_guard(FbkGuard *guard, const char *key, const char *value)
{
  if (strcmp(key, "brand") == 0)
    return add_brand(guard, value);
  if (strcmp(key, "name") == 0) {
    fbk_guard_add_name(guard, value);
    return TRUE;
  }
  if (!fbk_value_is_host(value))
    return FALSE;
  if (strcmp(key, "domain") == 0)
    fbk_guard_add_domain(guard, value);
  else if (strcmp(key, "allow") == 0)
    fbk_guard_add_allowed(guard, value);
  else
    fbk_guard_add_authserv(guard, value);
  return TRUE;
}

gboolean fbk_profile_parse_guard(const FbkIni *ini, FbkProfile *profile, GError **err)
{
  for (guint i = 0; i < ini->entries->len; i++) {
    const FbkIniEntry *entry = g_ptr_array_index(ini->entries, i);
    if (strcmp(entry->section, "guard") != 0)
      continue;
    if (*entry->value != '\0' && add_to_guard(profile->guard, entry->key, entry->value))
      continue;
    if (strcmp(entry->key, "brand") == 0)
      fbk_ini_complain(ini, entry->line, err, _("a brand is written as word:domain, such as %s"),
                       "jaist:jaist.ac.jp");
    else
      fbk_ini_complain(ini, entry->line, err, _("\"%s\" is not a host or domain name"), entry->value);
    return FALSE;
  }
  return TRUE;
}

/* --- notices --- */

static const char *const whens[] = {"setup",   "auth-refused", "compose", "pop",
                                    "removed", "doctor",       "list",    NULL};
static const char *const steps[] = {"place", "identity", "secret", "check", "done", NULL};

#define AT(field) G_STRUCT_OFFSET(FbkNotice, field)
const FbkValueSpec fbk_notice_specs[] = {{"when", FBK_VALUE_ONE_OF, AT(when), TRUE, 0, 0, whens},
                                         {"step", FBK_VALUE_PLAIN, AT(step)},
                                         {"domains", FBK_VALUE_HOSTS, AT(domains)},
                                         {"from", FBK_VALUE_DATE, AT(from)},
                                         {"until", FBK_VALUE_DATE, AT(until)},
                                         {"text", FBK_VALUE_TEXT, AT(text), TRUE},
                                         {NULL}};

void fbk_profile_notice_free(gpointer data)
{
  FbkNotice *notice = data;
  if (notice == NULL)
    return;
  g_free(notice->id);
  fbk_value_clear(fbk_notice_specs, notice);
  g_free(notice);
}

static gboolean check_notice(const FbkIni *ini, const char *section, const FbkNotice *notice, GError **err)
{
  const char *reason = NULL, *key = "when";
  gboolean is_setup = notice->when == FBK_NOTICE_SETUP;
  if (strspn(notice->id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") !=
      strlen(notice->id))
    reason = _("the name of a notice has letters, digits and \"-\" only");
  else if (is_setup && !g_strv_contains(steps, notice->step))
    reason = _("a notice with \"when = setup\" needs a step: place, identity, secret, check or done");
  else if (!is_setup && *notice->step != '\0')
    reason = _("\"step\" belongs to \"when = setup\" only"), key = "step";
  else if ((notice->when == FBK_NOTICE_COMPOSE) != (notice->domains[0] != NULL))
    reason = _("\"domains\" and \"when = compose\" belong together");
  else if (*notice->from != '\0' && *notice->until != '\0' && strcmp(notice->from, notice->until) > 0)
    reason = _("\"until\" is before \"from\""), key = "until";
  if (reason == NULL)
    return TRUE;
  const FbkIniEntry *entry = fbk_ini_entry(ini, section, key);
  fbk_ini_complain(ini, entry != NULL ? entry->line : fbk_value_section_line(ini, section), err, "%s",
                   reason);
  return FALSE;
}

gboolean fbk_profile_parse_notices(const FbkIni *ini, FbkProfile *profile, GError **err)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < ini->entries->len; i++) {
    const FbkIniEntry *entry = g_ptr_array_index(ini->entries, i);
    if (!g_str_has_prefix(entry->section, "notice ") || !g_hash_table_add(seen, entry->section))
      continue;
    FbkNotice *notice = g_new0(FbkNotice, 1);
    notice->id = g_strdup(entry->section + strlen("notice "));
    g_ptr_array_add(profile->notices, notice);
    if (!fbk_value_fill(ini, entry->section, fbk_notice_specs, notice, err) ||
        !check_notice(ini, entry->section, notice, err))
      return FALSE;
  }
  return TRUE;
}

gboolean fbk_notice_is_current(const FbkNotice *notice, const char *today)
{
  return (*notice->from == '\0' || strcmp(today, notice->from) >= 0) &&
         (*notice->until == '\0' || strcmp(today, notice->until) <= 0);
}

const char *fbk_notice_when_name(FbkNoticeWhen when)
{
  return whens[when];
}
