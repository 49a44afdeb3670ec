/* Puts verdicts into words. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/verdict.h"

#include <glib/gi18n.h>
#include <string.h>

static const struct {
  const char *name, *word;
  int severity;
} classes[] = {
    [FBK_LINK_OTHER] = {"other", N_("OTHER"), 0},
    [FBK_LINK_MAIL] = {"mail", N_("MAIL"), 0},
    [FBK_LINK_ALLOWED] = {"allowed", N_("ALLOWED"), 0},
    [FBK_LINK_INSTITUTION] = {"institution", N_("INSTITUTION"), 0},
    [FBK_LINK_EXTERNAL] = {"external", N_("EXTERNAL"), 0},
    [FBK_LINK_REDIRECT] = {"redirect", N_("REDIRECT"), 1},
    [FBK_LINK_INSECURE] = {"insecure", N_("INSECURE"), 2},
    [FBK_LINK_CREDENTIAL] = {"credential", N_("CREDENTIAL"), 2},
    [FBK_LINK_MISMATCH] = {"mismatch", N_("MISMATCH"), 2},
    [FBK_LINK_LOOKALIKE] = {"lookalike", N_("LOOKALIKE"), 3},
    [FBK_LINK_DECEPTIVE] = {"deceptive", N_("DECEPTIVE"), 3},
    [FBK_LINK_UNSAFE] = {"unsafe", N_("UNSAFE"), 3},
};

static const char *const kinds[] = {"a", "plain", "img", "svg", "form", "refresh"};

gboolean fbk_link_is_alarm(FbkLinkClass class_)
{
  return class_ >= FBK_LINK_INSECURE;
}

const char *fbk_link_class_name(FbkLinkClass class_)
{
  return classes[class_].name;
}

const char *fbk_link_class_word(FbkLinkClass class_)
{
  return _(classes[class_].word);
}

const char *fbk_link_kind_name(FbkLinkKind kind)
{
  return kinds[kind];
}

gboolean fbk_link_kind_parse(const char *name, FbkLinkKind *kind_out)
{
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    if (strcmp(name, kinds[i]) == 0) {
      *kind_out = (FbkLinkKind)i;
      return TRUE;
    }
  }
  return FALSE;
}

static const char *deceptive_reason(const char *rule)
{
  static const struct {
    const char *rule, *reason;
  } reasons[] = {
      {"D1", N_("something that looks like a host stands before an \"@\"")},
      {"D2", N_("it has a backslash where a slash belongs")},
      {"D3", N_("it is broken by a tab or a line end")},
      {"D4", N_("it has characters that cannot be seen")},
      {"D5", N_("the host is written with percent codes")},
      {"D6", N_("the host is a number instead of a name")},
      {"D7", N_("the host is written with characters that turn into plain letters")},
      {"D8", N_("the host has letters that no host name may have")},
      {"D11", N_("the slashes before the host are wrong")},
      {"D14", N_("it has marks that turn the direction of writing")},
      {"D15", N_("no host can have this name or port")},
      {"D20", N_("the message wants to open it by itself")},
  };
  for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
    if (strcmp(rule, reasons[i].rule) == 0)
      return _(reasons[i].reason);
  return "";
}

static char *lookalike_sentence(const FbkVerdictFacts *facts, const char *host)
{
  if (facts->target && *facts->target)
    return g_strdup_printf(_("%s is not %s; it only looks like it."), host, facts->target);
  return g_strdup_printf(_("%s imitates ordinary letters with another alphabet."), host);
}

static char *credential_sentence(const FbkVerdictFacts *facts, const char *host)
{
  if (facts->mail)
    return g_strdup(_("This message asks for a password or code; never send one by mail."));
  return g_strdup_printf(
      _("This message asks for a password or code; your university password is never needed on %s."), host);
}

static char *mail_sentence(const FbkVerdictFacts *facts)
{
  if (!facts->names || !*facts->names)
    return g_strdup(_("Opens a new message."));
  return g_strdup_printf(_("Opens a new message to %s."), facts->names);
}

static char *sentence_for(FbkLinkClass class_, const char *rule, const FbkVerdictFacts *facts)
{
  const char *host = facts->about ? facts->about : facts->host ? facts->host : "";
  switch (class_) {
  case FBK_LINK_UNSAFE:
    return g_strdup_printf(
        _("This is not a web address but a command or a file (\"%.40s:\"); it is never opened."),
        facts->scheme);
  case FBK_LINK_DECEPTIVE:
    return g_strdup_printf(_("The address is written so as to hide where it goes: the real host is %s. (%s)"),
                           *host ? host : "?", deceptive_reason(rule));
  case FBK_LINK_LOOKALIKE:
    return lookalike_sentence(facts, host);
  case FBK_LINK_MISMATCH:
    return g_strdup_printf(_("The text shows %s but the link goes to %s."), facts->shown, host);
  case FBK_LINK_CREDENTIAL:
    return credential_sentence(facts, host);
  case FBK_LINK_INSECURE:
    return g_strdup(_("The address does not begin with https://; never type a password there."));
  case FBK_LINK_REDIRECT:
    return g_strdup_printf(_("This link passes through %s; where it ends cannot be seen."), host);
  case FBK_LINK_MAIL:
    return mail_sentence(facts);
  case FBK_LINK_ALLOWED:
    return g_strdup_printf(_("%s is on your list of trusted sites."), host);
  case FBK_LINK_INSTITUTION:
    return g_strdup_printf(_("%s is a site of your university."), host);
  case FBK_LINK_EXTERNAL:
    return g_strdup_printf(_("%s is not a site of your university."), host);
  case FBK_LINK_OTHER:
    break;
  }
  return g_strdup(_("Not a web address."));
}

FbkVerdict *fbk_verdict_new(FbkLinkClass class_, const char *rule, const FbkVerdictFacts *facts)
{
  FbkVerdict *verdict = g_new0(FbkVerdict, 1);
  verdict->class_ = class_;
  g_strlcpy(verdict->rule, rule, sizeof verdict->rule);
  verdict->severity = classes[class_].severity;
  if (facts->campus && (class_ == FBK_LINK_MISMATCH || class_ == FBK_LINK_CREDENTIAL))
    verdict->severity = 3;
  verdict->host = g_strdup(facts->host ? facts->host : "");
  verdict->target = g_strdup(facts->target ? facts->target : "");
  verdict->shown = g_strdup(facts->shown ? facts->shown : "");
  verdict->sentence = sentence_for(class_, rule, facts);
  return verdict;
}

void fbk_verdict_free(FbkVerdict *verdict)
{
  if (!verdict)
    return;
  g_free(verdict->host);
  g_free(verdict->target);
  g_free(verdict->shown);
  g_free(verdict->sentence);
  g_free(verdict);
}
