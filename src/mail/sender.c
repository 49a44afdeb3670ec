/* Judges the sender of a message. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/sender.h"

#include "base/text.h"
#include "mail/authres.h"
#include "mail/guard.h"
#include "mail/host.h"
#include "mail/lookalike.h"
#include "mail/shown.h"
#include "mail/terms.h"

#include <glib/gi18n.h>
#include <string.h>

#define TEXT_MOST (32 * 1024)
#define ADDRESS_CELLS 80

static const struct {
  const char *name;
  int severity;
} classes[] = {
    [FBK_SENDER_PLAIN] = {"plain", 0},
    [FBK_SENDER_VERIFIED] = {"verified", 0},
    [FBK_SENDER_UNVERIFIED] = {"unverified", 0},
    [FBK_SENDER_REPLY_DIFFERS] = {"reply-differs", 1},
    [FBK_SENDER_CLAIM_SPOOF] = {"claim-spoof", 2},
    [FBK_SENDER_NAME_SPOOF] = {"name-spoof", 2},
    [FBK_SENDER_REPLY_TRAP] = {"reply-trap", 2},
    [FBK_SENDER_AUTH_FAIL] = {"auth-fail", 3},
    [FBK_SENDER_LOOKALIKE] = {"lookalike-from", 3},
    [FBK_SENDER_BAD_FROM] = {"bad-from", 3},
};

gboolean fbk_sender_is_alarm(FbkSenderClass class_)
{
  return class_ >= FBK_SENDER_CLAIM_SPOOF;
}

const char *fbk_sender_class_name(FbkSenderClass class_)
{
  return classes[class_].name;
}

/* A message with what its rules share; no string is NULL. */
typedef struct {
  const FbkGuard *guard;
  const char *from_name, *address, *reply_to, *subject, *body;
  char *domain;       /* canonical, of From */
  char *reply_domain; /* canonical, NULL where there is none */
  gboolean allowed;
} Case;

static FbkSenderVerdict *verdict(const Case *sender, FbkSenderClass class_, const char *rule,
                                 const char *target, char *sentence)
{
  FbkSenderVerdict *result = g_new0(FbkSenderVerdict, 1);
  result->class_ = class_;
  g_strlcpy(result->rule, rule, sizeof result->rule);
  result->severity = classes[class_].severity;
  result->domain = g_strdup(sender->domain ? sender->domain : "");
  result->target = g_strdup(target);
  result->sentence = sentence;
  return result;
}

void fbk_sender_verdict_free(FbkSenderVerdict *result)
{
  if (!result)
    return;
  g_free(result->domain);
  g_free(result->target);
  g_free(result->sentence);
  g_free(result);
}

/* F1: the canonical domain of exactly one address, or NULL. Nothing is forgiven here: a From that must be
 * repaired before it can be read may be read differently by others. */
static char *from_domain(const char *address)
{
  const char *at = strchr(address, '@');
  if (!at || at == address || strchr(at + 1, '@') || !g_utf8_validate(address, -1, NULL))
    return NULL;
  for (const char *c = address; *c; c = g_utf8_next_char(c))
    if (g_unichar_isspace(g_utf8_get_char(c)))
      return NULL;
  g_auto(FbkHost) host;
  fbk_host_read(at + 1, strlen(at + 1), &host);
  if (host.numeric || (host.faults & (FBK_HOST_INVALID | FBK_HOST_HIDDEN)))
    return NULL;
  return g_steal_pointer(&host.name);
}

/* The canonical domain of Reply-To, or NULL. Of several addresses, the first that leads away from the
 * institution. */
static char *reply_domain(const FbkGuard *guard, const char *reply_to)
{
  g_auto(GStrv) addresses = g_strsplit_set(reply_to, ",", -1);
  char *domain = NULL;
  for (guint i = 0; addresses[i]; i++) {
    const char *address = g_strstrip(addresses[i]), *at = strrchr(address, '@');
    g_free(domain);
    domain = at ? fbk_host_valid(at + 1, strlen(at + 1)) : NULL;
    if (!domain || !fbk_guard_is_institution(guard, domain))
      break;
  }
  return domain;
}

/* For sentences: where answers would go, fit for the terminal. */
static char *reply_goal(const Case *sender)
{
  if (sender->reply_domain)
    return g_strdup(sender->reply_domain);
  g_autofree char *gated = fbk_text_gate(sender->reply_to, -1, FBK_GATE_LINE);
  return fbk_text_ellipsize(gated, ADDRESS_CELLS);
}

static char *address_shown(const Case *sender)
{
  g_autofree char *gated = fbk_text_gate(sender->address, -1, FBK_GATE_LINE);
  return fbk_text_ellipsize(gated, ADDRESS_CELLS);
}

/* F7 */
static gboolean name_claims(const Case *sender)
{
  g_autofree char *start = g_strndup(sender->from_name, TEXT_MOST);
  g_autofree char *words = fbk_terms_of(start);
  if (fbk_guard_is_named(sender->guard, words, FALSE))
    return TRUE;
  g_autofree char *host = fbk_shown_institution(sender->guard, words, TRUE);
  return host != NULL;
}

/* F8 */
static gboolean text_claims(const Case *sender)
{
  static const char *const announcements[] = {"webmail team",
                                              "mail team",
                                              "system administrator",
                                              "it support",
                                              "it service",
                                              "help desk",
                                              "helpdesk",
                                              "mailbox",
                                              "quota",
                                              "your account",
                                              "account will",
                                              "情報環境",
                                              "情報基盤",
                                              "システム管理",
                                              "管理者より",
                                              "メールボックス",
                                              "アカウントの",
                                              "容量",
                                              NULL};
  g_autofree char *both = g_strdup_printf("%.*s\n%.*s", TEXT_MOST, sender->subject, TEXT_MOST, sender->body);
  g_autofree char *words = fbk_terms_of(both);
  if (!fbk_guard_is_named(sender->guard, words, TRUE))
    return FALSE;
  for (guint i = 0; announcements[i]; i++)
    if (fbk_terms_have(words, announcements[i]))
      return TRUE;
  return FALSE;
}

static char *institution_domains(const FbkGuard *guard)
{
  GString *names = g_string_new(NULL);
  for (guint i = 0; i < guard->domains->len; i++) {
    const FbkGuardDomain *domain = guard->domains->pdata[i];
    g_string_append_printf(names, "%s%s", i ? ", " : "", domain->name);
  }
  return g_string_free(names, FALSE);
}

/* F3 to F6: mail that says it comes from the institution. */
static FbkSenderVerdict *judge_institution(const Case *sender, FbkAuthres result)
{
  if (result == FBK_AUTHRES_FAIL)
    return verdict(sender, FBK_SENDER_AUTH_FAIL, "F3", "",
                   g_strdup_printf(_("The address says %s, but your mail server could not confirm it."),
                                   sender->domain));
  if (*sender->reply_to &&
      !(sender->reply_domain && fbk_guard_is_institution(sender->guard, sender->reply_domain))) {
    g_autofree char *goal = reply_goal(sender);
    return verdict(
        sender, FBK_SENDER_REPLY_TRAP, "F4", "",
        g_strdup_printf(_("The address says %s, but answers would go to %s."), sender->domain, goal));
  }
  if (result == FBK_AUTHRES_PASS)
    return verdict(sender, FBK_SENDER_VERIFIED, "F5", "",
                   g_strdup_printf(_("Your mail server confirmed that this came from %s."), sender->domain));
  return verdict(
      sender, FBK_SENDER_UNVERIFIED, "F6", "",
      g_strdup_printf(_("The address says %s; nothing here confirms or denies it."), sender->domain));
}

/* F7 to F10 */
static FbkSenderVerdict *judge_stranger(const Case *sender)
{
  g_autofree char *address = address_shown(sender);
  if (!sender->allowed && name_claims(sender))
    return verdict(sender, FBK_SENDER_NAME_SPOOF, "F7", "",
                   g_strdup_printf(_("The name mentions your university, but the address is %s."), address));
  if (!sender->allowed && text_claims(sender)) {
    g_autofree char *domains = institution_domains(sender->guard);
    return verdict(
        sender, FBK_SENDER_CLAIM_SPOOF, "F8", "",
        g_strdup_printf(
            _("This reads like an announcement of your university, but announcements come only from %s."),
            domains));
  }
  if (*sender->reply_to && (!sender->reply_domain || strcmp(fbk_host_registrable(sender->reply_domain),
                                                            fbk_host_registrable(sender->domain)) != 0)) {
    g_autofree char *goal = reply_goal(sender);
    return verdict(sender, FBK_SENDER_REPLY_DIFFERS, "F9", "",
                   g_strdup_printf(_("Answers would go to %s, not to %s."), goal, sender->domain));
  }
  return verdict(sender, FBK_SENDER_PLAIN, "F10", "", g_steal_pointer(&address));
}

static FbkSenderVerdict *judge_lookalike(const Case *sender)
{
  FbkLookalike found;
  if (sender->allowed || !fbk_lookalike_find(sender->guard, sender->domain, &found))
    return NULL;
  char *sentence =
      *found.target
          ? g_strdup_printf(_("%s is not %s; it only looks like it."), sender->domain, found.target)
          : g_strdup_printf(_("%s imitates ordinary letters with another alphabet."), sender->domain);
  return verdict(sender, FBK_SENDER_LOOKALIKE, "F2", found.target, sentence);
}

FbkSenderVerdict *fbk_sender_judge(const FbkGuard *guard, const FbkSenderInput *input)
{
  Case sender = {.guard = guard,
                 .from_name = input->from_name ? input->from_name : "",
                 .address = input->from_address ? input->from_address : "",
                 .reply_to = input->reply_to ? input->reply_to : "",
                 .subject = input->subject ? input->subject : "",
                 .body = input->body ? input->body : ""};
  g_autofree char *domain = from_domain(sender.address);
  if (!domain)
    return verdict(&sender, FBK_SENDER_BAD_FROM, "F1", "",
                   g_strdup(_("This message has no single, valid From address.")));
  g_autofree char *reply = reply_domain(guard, sender.reply_to);
  sender.domain = domain;
  sender.reply_domain = reply;
  sender.allowed = fbk_guard_is_allowed(guard, domain);
  if (fbk_guard_is_institution(guard, domain))
    return judge_institution(&sender, fbk_authres_trusted(guard, domain, input->trace, input->trace_count));
  FbkSenderVerdict *lookalike = judge_lookalike(&sender);
  return lookalike ? lookalike : judge_stranger(&sender);
}
