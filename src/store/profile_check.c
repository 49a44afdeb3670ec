/* Checks what the person typed against the rules of a profile. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/profile_inner.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"

#define USER_CAP 320

/* What a Japanese input method or a paste leaves: full-width letters, ideographic spaces, dashes of all
 * kinds. The ASCII character meant, 0 for one to leave out, or the character itself. */
static gunichar meant(gunichar character)
{
  if (character >= 0xff01 && character <= 0xff5e)
    character -= 0xfee0;
  switch (character) {
  case 0x2010: /* hyphens and dashes, minus, the mark of a long vowel and its half-width form */
  case 0x2011:
  case 0x2012:
  case 0x2013:
  case 0x2014:
  case 0x2015:
  case 0x2212:
  case 0x30fc:
  case 0xff70:
    return '-';
  case 0x200b:
  case 0x2060:
  case 0xfeff:
    return 0;
  default:
    return g_unichar_isspace(character) || g_unichar_iscntrl(character) ? 0 : character;
  }
}

/* Appends text as it was meant. FALSE when it is not UTF-8 or too long. */
static gboolean append_meant(FbkSecret *tidy, const char *text, gsize len)
{
  if (!g_utf8_validate(text, (gssize)len, NULL))
    return FALSE;
  for (const char *at = text; at < text + len; at = g_utf8_next_char(at)) {
    char bytes[6];
    gunichar character = meant(g_utf8_get_char(at));
    gsize width = character != 0 ? (gsize)g_unichar_to_utf8(character, bytes) : 0;
    gboolean fits = fbk_secret_append(tidy, bytes, width);
    fbk_wipe(bytes, sizeof bytes);
    if (!fits)
      return FALSE;
  }
  return TRUE;
}

/* --- users and addresses --- */

/* TRUE, with the suggestion handed out, when candidate is a right user name; takes candidate. */
static gboolean suggest(const FbkProfile *profile, char *candidate, char **suggestion_out)
{
  if (*candidate == '\0' || !fbk_value_matches(profile->user_pattern, candidate)) {
    g_free(candidate);
    return FALSE;
  }
  if (suggestion_out != NULL)
    *suggestion_out = candidate;
  else
    g_free(candidate);
  return TRUE;
}

/* As typed or, since a capital at the start is a slip of the keyboard's, in lower case. */
static void suggest_either(const FbkProfile *profile, const char *candidate, char **suggestion_out)
{
  if (!suggest(profile, g_strdup(candidate), suggestion_out))
    suggest(profile, g_ascii_strdown(candidate, -1), suggestion_out);
}

static char *tidied(const char *user)
{
  g_autoptr(FbkSecret) tidy = fbk_secret_new();
  if (strlen(user) > USER_CAP || !append_meant(tidy, user, strlen(user)))
    return g_strdup("");
  return g_strdup(fbk_secret_peek(tidy, NULL));
}

/* An address where an ID belongs (J1, T2). */
static gboolean refuse_address(const FbkProfile *profile, const char *tidy, char **suggestion_out,
                               GError **err)
{
  fbk_error_set(err, FBK_ERR_BAD_INPUT, _("This is a mail address; \"%s\" is asked for here. %s"),
                profile->user_label, profile->user_hint);
  /* Only where the ID is the part before the @; an auth ID cannot be made from the address. */
  if (profile->user_kind == FBK_USER_ID) {
    g_autofree char *local = g_strndup(tidy, strcspn(tidy, "@"));
    suggest_either(profile, local, suggestion_out);
  }
  return FALSE;
}

static gboolean check_id(const FbkProfile *profile, const char *user, char **suggestion_out, GError **err)
{
  g_autofree char *tidy = tidied(user);
  if (strchr(tidy, '@') != NULL)
    return refuse_address(profile, tidy, suggestion_out, err);
  if (*profile->student_pattern != '\0' && fbk_value_matches(profile->student_pattern, tidy)) {
    g_autofree char *whole = g_strconcat(profile->student_prefix, tidy, NULL);
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("This is a student number; the account name is written \"%s\". %s"), whole,
                  profile->user_hint);
    suggest(profile, g_steal_pointer(&whole), suggestion_out);
    return FALSE;
  }
  if (strcmp(user, tidy) == 0 && fbk_value_matches(profile->user_pattern, user))
    return TRUE;
  fbk_error_set(err, FBK_ERR_BAD_INPUT, _("This is not what \"%s\" looks like. %s"), profile->user_label,
                profile->user_hint);
  suggest_either(profile, tidy, suggestion_out);
  return FALSE;
}

gboolean fbk_profile_check_user(const FbkProfile *profile, const char *user, char **suggestion_out,
                                GError **err)
{
  if (suggestion_out != NULL)
    *suggestion_out = NULL;
  if (*user == '\0') {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("\"%s\" is empty. %s"), profile->user_label, profile->user_hint);
    return FALSE;
  }
  if (profile->user_kind == FBK_USER_ADDRESS)
    return fbk_profile_check_address(profile, user, err);
  return check_id(profile, user, suggestion_out, err);
}

gboolean fbk_profile_check_address(const FbkProfile *profile, const char *address, GError **err)
{
  if (!fbk_value_is_address(address)) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("This is not a mail address, such as taro@%s. %s"),
                  profile->mail_domain, profile->address_hint);
    return FALSE;
  }
  if (fbk_value_matches(profile->address_pattern, address))
    return TRUE;
  fbk_error_set(err, FBK_ERR_BAD_INPUT, _("This is not a mail address of %s. %s"), profile->institution_title,
                profile->address_hint);
  return FALSE;
}

gboolean fbk_profile_check_identity(const FbkProfile *profile, const char *user, const char *address,
                                    GError **err)
{
  if (!fbk_profile_check_user(profile, user, NULL, err) || !fbk_profile_check_address(profile, address, err))
    return FALSE;
  gsize len = strcspn(address, "@");
  if (profile->user_kind != FBK_USER_AUTH_ID || strlen(user) != len ||
      g_ascii_strncasecmp(user, address, len))
    return TRUE;
  fbk_error_set(err, FBK_ERR_BAD_INPUT,
                _("This is the part of your address before the @; \"%s\" is asked for here. %s"),
                profile->user_label, profile->user_hint);
  return FALSE;
}

/* --- the prefix --- */

static gboolean prefix_matches(const FbkProfile *profile, const FbkSecret *prefix)
{
  return fbk_secret_length(prefix) > 0 &&
         fbk_value_matches(profile->prefix_pattern, fbk_secret_peek(prefix, NULL));
}

/* A prefix as a new secret out of len bytes and an end, where that makes a right one; else NULL. */
static FbkSecret *try_prefix(const FbkProfile *profile, const char *bytes, gsize len, const char *end)
{
  g_autoptr(FbkSecret) candidate = fbk_secret_new();
  if (!fbk_secret_append(candidate, bytes, len) || !fbk_secret_append(candidate, end, strlen(end)) ||
      !prefix_matches(profile, candidate))
    return NULL;
  return g_steal_pointer(&candidate);
}

gboolean fbk_profile_check_prefix(const FbkProfile *profile, const FbkSecret *prefix,
                                  FbkSecret **suggestion_out, GError **err)
{
  if (suggestion_out != NULL)
    *suggestion_out = NULL;
  if (!profile->has_prefix && fbk_secret_length(prefix) == 0)
    return TRUE;
  if (!profile->has_prefix) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("%s has no password prefix; leave it empty."), profile->title);
    return FALSE;
  }
  gsize len = 0;
  const char *bytes = fbk_secret_peek(prefix, &len);
  g_autoptr(FbkSecret) tidy = fbk_secret_new();
  g_autoptr(FbkSecret) suggestion = NULL;
  const char *reason = _("This does not have the shape of the prefix.");
  if (append_meant(tidy, bytes, len)) {
    gsize tidy_len = 0;
    const char *text = fbk_secret_peek(tidy, &tidy_len);
    gsize to_colon = strcspn(text, ":") + 1;
    if (tidy_len == len && prefix_matches(profile, prefix))
      return TRUE;
    if ((suggestion = try_prefix(profile, text, tidy_len, "")) != NULL)
      reason = _("There are spaces, line breaks or full-width characters in the prefix.");
    else if ((suggestion = try_prefix(profile, text, tidy_len, ":")) != NULL)
      reason = _("The colon at the end of the prefix is missing.");
    else if (to_colon < tidy_len && (suggestion = try_prefix(profile, text, to_colon, "")) != NULL)
      reason = _("There is more behind the prefix; the password is asked for by itself.");
  }
  fbk_error_set(err, FBK_ERR_BAD_INPUT, "%s %s", reason, profile->prefix_hint);
  if (suggestion_out != NULL)
    *suggestion_out = g_steal_pointer(&suggestion);
  return FALSE;
}
