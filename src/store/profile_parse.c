/* The profile format: its sections and keys. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/profile_inner.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"

#define AT(field) G_STRUCT_OFFSET(FbkProfile, field)

static const FbkValueSpec profile_specs[] = {{"name", FBK_VALUE_NAME, AT(name), TRUE},
                                             {"title", FBK_VALUE_TEXT, AT(title), TRUE},
                                             {"institution", FBK_VALUE_NAME, AT(institution)},
                                             {"institution-title", FBK_VALUE_TEXT, AT(institution_title)},
                                             {"place", FBK_VALUE_TEXT, AT(place)},
                                             {"mail-domain", FBK_VALUE_HOST, AT(mail_domain), TRUE},
                                             {"webmail", FBK_VALUE_URL, AT(webmail)},
                                             {"webmail-way", FBK_VALUE_TEXT, AT(webmail_way)},
                                             {"webmail-old-way", FBK_VALUE_TEXT, AT(webmail_old_way)},
                                             {"contact", FBK_VALUE_TEXT, AT(contact)},
                                             {"retired", FBK_VALUE_DATE, AT(retired)},
                                             {NULL}};

static const char *const user_kinds[] = {"id", "auth-id", "address", NULL};
static const FbkValueSpec identity_specs[] = {
    {"user", FBK_VALUE_ONE_OF, AT(user_kind), TRUE, 0, 0, user_kinds},
    {"user-label", FBK_VALUE_TEXT, AT(user_label)},
    {"user-hint", FBK_VALUE_TEXT, AT(user_hint)},
    {"user-pattern", FBK_VALUE_REGEX, AT(user_pattern)},
    {"student-pattern", FBK_VALUE_REGEX, AT(student_pattern)},
    {"student-prefix", FBK_VALUE_PLAIN, AT(student_prefix)},
    {"address-pattern", FBK_VALUE_REGEX, AT(address_pattern)},
    {"address-hint", FBK_VALUE_TEXT, AT(address_hint)},
    {NULL}};

static const FbkValueSpec secret_specs[] = {
    {"password-hint", FBK_VALUE_TEXT, AT(password_hint)},    {"prefix", FBK_VALUE_YES_NO, AT(has_prefix)},
    {"prefix-label", FBK_VALUE_TEXT, AT(prefix_label)},      {"prefix-hint", FBK_VALUE_TEXT, AT(prefix_hint)},
    {"prefix-pattern", FBK_VALUE_REGEX, AT(prefix_pattern)}, {NULL}};

static const FbkValueSpec limits_specs[] = {
    {"poll-minutes", FBK_VALUE_NUMBER, AT(poll_floor_minutes), FALSE, 1, 1440},
    {"batch", FBK_VALUE_NUMBER, AT(batch_limit), FALSE, 1, 1000000},
    {"inactive-days", FBK_VALUE_NUMBER, AT(inactive_days), FALSE, 1, 3650},
    {"remind-days", FBK_VALUE_NUMBER, AT(remind_days), FALSE, 1, 3650},
    {"lockout-minutes", FBK_VALUE_NUMBER, AT(lockout_minutes), FALSE, 1, 10080},
    {"trash-days", FBK_VALUE_NUMBER, AT(trash_days), FALSE, 1, 3650},
    {"junk-days", FBK_VALUE_NUMBER, AT(junk_days), FALSE, 1, 3650},
    {"message-size", FBK_VALUE_BYTES, AT(message_bytes)},
    {"quota", FBK_VALUE_TEXT, AT(quota)},
    {NULL}};

static const FbkValueSpec send_specs[] = {{"charset", FBK_VALUE_CHARSETS, AT(send_charsets)}, {NULL}};

static const FbkValueSpec rescue_specs[] = {{"folder", FBK_VALUE_LIST, AT(rescue_patterns)}, {NULL}};

static const FbkValueSpec junk_specs[] = {
    {"report", FBK_VALUE_ADDRESS, AT(junk_report)}, {"mistake", FBK_VALUE_ADDRESS, AT(junk_mistake)}, {NULL}};

static const FbkValueSpec virus_specs[] = {{"subject", FBK_VALUE_PLAIN, AT(virus_subject)},
                                           {"attachment", FBK_VALUE_PLAIN, AT(virus_attachment)},
                                           {NULL}};

static const FbkValueSpec lists_specs[] = {{"domain", FBK_VALUE_HOST, AT(list_domain)},
                                           {"numbers-twice-from", FBK_VALUE_MOMENT, AT(numbers_twice_from)},
                                           {"numbers-twice-until", FBK_VALUE_MOMENT, AT(numbers_twice_until)},
                                           {NULL}};

static const FbkValueSpec server_specs[] = {
    {"host", FBK_VALUE_HOST}, {"port", FBK_VALUE_OTHER}, {"auth", FBK_VALUE_PLAIN}, {NULL}};

static const FbkValueSpec guard_specs[] = {{"domain", FBK_VALUE_OTHER},   {"brand", FBK_VALUE_OTHER},
                                           {"name", FBK_VALUE_OTHER},     {"allow", FBK_VALUE_OTHER},
                                           {"authserv", FBK_VALUE_OTHER}, {NULL}};

/* The sections whose keys are fields of FbkProfile. */
static const FbkValueSection field_sections[] = {
    {"profile", FALSE, profile_specs}, {"identity", FALSE, identity_specs},
    {"secret", FALSE, secret_specs},   {"limits", FALSE, limits_specs},
    {"send", FALSE, send_specs},       {"rescue", FALSE, rescue_specs},
    {"junk", FALSE, junk_specs},       {"virus", FALSE, virus_specs},
    {"lists", FALSE, lists_specs},     {NULL}};

static const FbkValueSection all_sections[] = {
    {"profile", FALSE, profile_specs}, {"identity", FALSE, identity_specs}, {"secret", FALSE, secret_specs},
    {"limits", FALSE, limits_specs},   {"send", FALSE, send_specs},         {"rescue", FALSE, rescue_specs},
    {"junk", FALSE, junk_specs},       {"virus", FALSE, virus_specs},       {"lists", FALSE, lists_specs},
    {"imap", FALSE, server_specs},     {"pop", FALSE, server_specs},        {"smtp", FALSE, server_specs},
    {"guard", FALSE, guard_specs},     {"notice", TRUE, fbk_notice_specs},  {NULL}};

void fbk_profile_clear_fields(FbkProfile *profile)
{
  for (const FbkValueSection *section = field_sections; section->name != NULL; section++)
    fbk_value_clear(section->specs, profile);
}

static gboolean complain_at(const FbkIni *ini, const char *section, const char *key, const char *reason,
                            GError **err)
{
  const FbkIniEntry *entry = fbk_ini_entry(ini, section, key);
  fbk_ini_complain(ini, entry != NULL ? entry->line : fbk_value_section_line(ini, section), err, "%s",
                   reason);
  return FALSE;
}

/* Keys that only make sense together. */
static gboolean check_together(const FbkIni *ini, const FbkProfile *profile, GError **err)
{
  if (*profile->student_pattern != '\0' && *profile->student_prefix == '\0')
    return complain_at(ini, "identity", "student-pattern",
                       _("\"student-pattern\" needs \"student-prefix\": what is put in front"), err);
  if (profile->remind_days != 0 && profile->remind_days >= profile->inactive_days)
    return complain_at(ini, "limits", "remind-days",
                       _("\"remind-days\" must be less than \"inactive-days\", which must be there"), err);
  if (!profile->has_prefix && (*profile->prefix_pattern != '\0' || *profile->prefix_hint != '\0'))
    return complain_at(ini, "secret", *profile->prefix_pattern != '\0' ? "prefix-pattern" : "prefix-hint",
                       _("this is for a service with \"prefix = yes\""), err);
  if (profile->numbers_twice_from > profile->numbers_twice_until ||
      (profile->numbers_twice_from == 0) != (profile->numbers_twice_until == 0))
    return complain_at(ini, "lists", "numbers-twice-until",
                       _("\"numbers-twice-from\" and a later \"numbers-twice-until\" belong together"), err);
  return TRUE;
}

static void set_default(char **field, const char *value)
{
  if (**field != '\0')
    return;
  g_free(*field);
  *field = g_strdup(value);
}

static void fill_defaults(FbkProfile *profile)
{
  static const char *const labels[] = {N_("User ID"), N_("Auth ID"), N_("Mail address")};
  set_default(&profile->institution, profile->name);
  set_default(&profile->institution_title, profile->title);
  set_default(&profile->place, profile->title);
  set_default(&profile->user_label, _(labels[profile->user_kind]));
  if (profile->has_prefix)
    set_default(&profile->prefix_label, _("Password prefix"));
  if (profile->send_charsets[0] == NULL) {
    g_strfreev(profile->send_charsets);
    profile->send_charsets = g_strsplit("utf-8", " ", -1);
  }
}

FbkProfile *fbk_profile_parse(const FbkIni *ini, GError **err)
{
  if (!fbk_value_check_known(ini, all_sections, err))
    return NULL;
  g_autoptr(FbkProfile) profile = g_new0(FbkProfile, 1);
  profile->path = g_strdup("");
  profile->offers = g_ptr_array_new_with_free_func(fbk_profile_offer_free);
  profile->notices = g_ptr_array_new_with_free_func(fbk_profile_notice_free);
  profile->guard = fbk_guard_new();
  for (const FbkValueSection *section = field_sections; section->name != NULL; section++)
    if (!fbk_value_fill(ini, section->name, section->specs, profile, err))
      return NULL;
  if (!check_together(ini, profile, err) || !fbk_profile_parse_servers(ini, profile, err) ||
      !fbk_profile_parse_guard(ini, profile, err) || !fbk_profile_parse_notices(ini, profile, err))
    return NULL;
  fill_defaults(profile);
  return g_steal_pointer(&profile);
}
