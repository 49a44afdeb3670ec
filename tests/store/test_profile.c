/* Profiles: the shipped ones say what the campus says. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/profile.h"

#include <locale.h>
#include <string.h>

#include "base/err.h"

static GPtrArray *shipped; /* in English */

static const FbkProfile *profile_named(const char *name)
{
  const FbkProfile *profile = fbk_profile_find(shipped, name);
  g_assert_nonnull(profile);
  return profile;
}

/* --- the tables of facts --- */

/* The wizard shows the first profile of an institution first, and its places in this order. */
static void test_order(void)
{
  static const char *const names[] = {"jaist", "jaist-da", "titech"};
  g_assert_cmpuint(shipped->len, ==, G_N_ELEMENTS(names));
  for (guint i = 0; i < shipped->len; i++)
    g_assert_cmpstr(((FbkProfile *)shipped->pdata[i])->name, ==, names[i]);
}

typedef struct {
  const char *profile, *host;
  FbkProtocol protocol;
  guint16 port;
  FbkSecurity security;
  guint auth;
} ServerRow;

static void test_servers(void)
{
  static const ServerRow rows[] = {
      {"jaist", "imap.jaist.ac.jp", FBK_PROTOCOL_IMAP, 993, FBK_SECURITY_TLS, 0},
      {"jaist", "imap.jaist.ac.jp", FBK_PROTOCOL_IMAP, 143, FBK_SECURITY_STARTTLS, 0},
      {"jaist", "pop.jaist.ac.jp", FBK_PROTOCOL_POP, 995, FBK_SECURITY_TLS, 0},
      {"jaist", "pop.jaist.ac.jp", FBK_PROTOCOL_POP, 110, FBK_SECURITY_STARTTLS, 0},
      {"jaist", "smtp.jaist.ac.jp", FBK_PROTOCOL_SMTP, 465, FBK_SECURITY_TLS, FBK_AUTH_LOGIN},
      {"jaist", "smtp.jaist.ac.jp", FBK_PROTOCOL_SMTP, 587, FBK_SECURITY_STARTTLS, FBK_AUTH_LOGIN},
      {"jaist-da", "imap-da.jaist.ac.jp", FBK_PROTOCOL_IMAP, 993, FBK_SECURITY_TLS, 0},
      {"jaist-da", "imap-da.jaist.ac.jp", FBK_PROTOCOL_IMAP, 143, FBK_SECURITY_STARTTLS, 0},
      {"jaist-da", "pop-da.jaist.ac.jp", FBK_PROTOCOL_POP, 995, FBK_SECURITY_TLS, 0},
      {"jaist-da", "pop-da.jaist.ac.jp", FBK_PROTOCOL_POP, 110, FBK_SECURITY_STARTTLS, 0},
      {"jaist-da", "smtp-da.jaist.ac.jp", FBK_PROTOCOL_SMTP, 465, FBK_SECURITY_TLS, FBK_AUTH_LOGIN},
      {"jaist-da", "smtp-da.jaist.ac.jp", FBK_PROTOCOL_SMTP, 587, FBK_SECURITY_STARTTLS, FBK_AUTH_LOGIN},
      {"titech", "mailv3.m.titech.ac.jp", FBK_PROTOCOL_IMAP, 993, FBK_SECURITY_TLS, 0},
      {"titech", "mailv3.m.titech.ac.jp", FBK_PROTOCOL_POP, 995, FBK_SECURITY_TLS, 0},
      {"titech", "smtpv3.m.titech.ac.jp", FBK_PROTOCOL_SMTP, 465, FBK_SECURITY_TLS, 0},
  };
  guint offers = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    const ServerRow *row = &rows[i];
    const FbkProfile *profile = profile_named(row->profile);
    const FbkServer *server = fbk_profile_server(profile, row->protocol, row->port);
    g_assert_nonnull(server);
    g_assert_cmpstr(server->host, ==, row->host);
    g_assert_cmpint(server->security, ==, row->security);
    g_assert_cmpuint(server->auth, ==, row->auth);
    /* The port that is TLS from the first byte is what the wizard offers first. */
    g_assert_cmpint(fbk_profile_server(profile, row->protocol, 0)->security, ==, FBK_SECURITY_TLS);
    /* J12: IMAP is offered first. */
    g_assert_cmpint(((FbkOffer *)profile->offers->pdata[0])->server->protocol, ==, FBK_PROTOCOL_IMAP);
  }
  for (guint i = 0; i < shipped->len; i++)
    offers += ((FbkProfile *)shipped->pdata[i])->offers->len;
  g_assert_cmpuint(offers, ==, G_N_ELEMENTS(rows));
  g_assert_null(fbk_profile_server(profile_named("titech"), FBK_PROTOCOL_IMAP, 143));
}

static void test_limits(void)
{
  const FbkProfile *jaist = profile_named("jaist"), *da = profile_named("jaist-da"),
                   *titech = profile_named("titech");
  g_assert_cmpuint(jaist->poll_floor_minutes, ==, 10);
  g_assert_cmpuint(da->poll_floor_minutes, ==, 10);
  g_assert_cmpuint(jaist->batch_limit, ==, 1000);
  g_assert_cmpuint(da->batch_limit, ==, 1000);
  g_assert_cmpuint(jaist->inactive_days, ==, 0);
  g_assert_cmpuint(da->inactive_days, ==, 30);
  g_assert_cmpuint(da->remind_days, ==, 23);
  g_assert_cmpuint(jaist->lockout_minutes, ==, 60);
  g_assert_cmpuint(jaist->junk_days, ==, 30);
  g_assert_cmpstr(jaist->webmail, ==, "https://web-mail.jaist.ac.jp");
  g_assert_cmpstr(jaist->send_charsets[0], ==, "iso-2022-jp");
  g_assert_cmpstr(jaist->send_charsets[1], ==, "utf-8");
  g_assert_cmpstr(jaist->virus_subject, ==, "[WARNING: VIRUS REMOVED]");
  g_assert_cmpstr(jaist->virus_attachment, ==, "Removed Attachment.txt");
  g_assert_cmpstr(titech->retired, ==, "2023-10-10");
  g_assert_cmpuint(titech->message_bytes, ==, 50 * 1024 * 1024);
  g_assert_cmpstr(titech->quota, ==, "8 GB (students), 20 GB (staff)");
  g_assert_cmpuint(titech->trash_days, ==, 30);
  g_assert_cmpuint(titech->junk_days, ==, 30);
  g_assert_nonnull(strstr(titech->webmail_way, "[NEW]"));
  g_assert_nonnull(strstr(titech->webmail_old_way, "[OLD]"));
  g_assert_cmpstr(titech->list_domain, ==, "ml.m.titech.ac.jp");
  g_assert_cmpint(titech->numbers_twice_from, ==, 1506297600); /* 2017-09-25 00:00 UTC */
  g_assert_cmpint(titech->numbers_twice_until, ==, 1506384000);
}

static gboolean any_glob(char **patterns, const char *name)
{
  for (; *patterns != NULL; patterns++)
    if (g_pattern_match_simple(*patterns, name))
      return TRUE;
  return FALSE;
}

static void test_rescue(void)
{
  char **patterns = profile_named("titech")->rescue_patterns;
  g_assert_true(any_glob(patterns, "mail09151234"));
  g_assert_true(any_glob(patterns, "inbox20231010"));
  g_assert_true(any_glob(patterns, "inbox[2023-10-10]"));
  g_assert_false(any_glob(patterns, "inbox"));
  g_assert_false(any_glob(patterns, "INBOX"));
  g_assert_false(any_glob(patterns, "mail"));
}

/* --- notices --- */

static const FbkNotice *notice_of(const FbkProfile *profile, const char *id)
{
  for (guint i = 0; i < profile->notices->len; i++) {
    const FbkNotice *notice = profile->notices->pdata[i];
    if (strcmp(notice->id, id) == 0)
      return notice;
  }
  g_error("%s has no notice %s", profile->name, id);
}

static char *refusal_order(const FbkProfile *profile)
{
  GString *order = g_string_new(NULL);
  for (guint i = 0; i < profile->notices->len; i++) {
    const FbkNotice *notice = profile->notices->pdata[i];
    if (notice->when == FBK_NOTICE_AUTH_REFUSED)
      g_string_append_printf(order, "%s ", notice->id);
  }
  return g_string_free(order, FALSE);
}

static void test_refusal_causes(void)
{
  g_autofree char *da = refusal_order(profile_named("jaist-da"));
  g_autofree char *inside = refusal_order(profile_named("jaist"));
  g_autofree char *titech = refusal_order(profile_named("titech"));
  g_assert_cmpstr(da, ==, "J9 J10 J11 J7 J17 J16 ");
  g_assert_cmpstr(inside, ==, "J17 J7 J6 J16 ");
  g_assert_cmpstr(titech, ==, "T10 T2 T3 ");
  g_assert_nonnull(strstr(notice_of(profile_named("jaist-da"), "J9")->text, "Service Status"));
  g_assert_nonnull(strstr(notice_of(profile_named("jaist"), "J7")->text, "web-mail.jaist.ac.jp"));
}

static void test_other_notices(void)
{
  const FbkNotice *qq = notice_of(profile_named("jaist"), "J3");
  g_assert_cmpint(qq->when, ==, FBK_NOTICE_COMPOSE);
  g_assert_true(g_strv_contains((const char *const *)qq->domains, "qq.com"));
  g_assert_true(g_strv_contains((const char *const *)qq->domains, "foxmail.com"));
  g_assert_true(g_strv_contains((const char *const *)qq->domains, "vip.qq.com"));
  g_assert_cmpint(notice_of(profile_named("jaist"), "J19")->when, ==, FBK_NOTICE_POP);
  g_assert_cmpint(notice_of(profile_named("jaist"), "J22")->when, ==, FBK_NOTICE_REMOVED);
  g_assert_cmpint(notice_of(profile_named("titech"), "T7")->when, ==, FBK_NOTICE_LIST);
  const FbkNotice *place = notice_of(profile_named("jaist-da"), "J9-place");
  g_assert_cmpint(place->when, ==, FBK_NOTICE_SETUP);
  g_assert_cmpstr(place->step, ==, "place");
}

static void test_dated_notices(void)
{
  const FbkNotice *renewal = notice_of(profile_named("titech"), "T9");
  g_assert_false(fbk_notice_is_current(renewal, "2017-08-31"));
  g_assert_true(fbk_notice_is_current(renewal, "2017-09-01"));
  g_assert_true(fbk_notice_is_current(renewal, "2017-09-22"));
  g_assert_false(fbk_notice_is_current(renewal, "2017-09-23"));
  const FbkNotice *retired = notice_of(profile_named("titech"), "T10");
  g_assert_false(fbk_notice_is_current(retired, "2023-10-09"));
  g_assert_true(fbk_notice_is_current(retired, "2026-11-24"));
  g_assert_true(fbk_notice_is_current(notice_of(profile_named("jaist"), "J3"), "2026-11-24"));
}

/* --- what the person types --- */

typedef struct {
  const char *profile, *user;
  gboolean accepted;
  const char *suggestion; /* NULL: none */
  const char *says;       /* in the sentence */
} UserRow;

static void test_users(void)
{
  static const UserRow rows[] = {
      /* J1, J6 */
      {"jaist", "s2410001", TRUE},
      {"jaist", "taro", TRUE},
      {"jaist", "s2410001@jaist.ac.jp", FALSE, "s2410001", "mail address"},
      {"jaist", "Taro@JAIST.ac.jp", FALSE, "taro", "mail address"},
      {"jaist", "2410001", FALSE, "s2410001", "student number"},
      {"jaist-da", "２４１０００１", FALSE, "s2410001", "student number"},
      {"jaist-da", " s2410001\n", FALSE, "s2410001", "account name"},
      {"jaist", "ｓ2410001", FALSE, "s2410001", "account name"},
      {"jaist", "S2410001", FALSE, "s2410001", "account name"},
      {"jaist", "", FALSE, NULL, "empty"},
      {"jaist", "山田", FALSE, NULL, "account name"},
      /* T2 */
      {"titech", "tanaka.t.abXy12", TRUE},
      {"titech", "taro.y.aaqx7", TRUE},
      {"titech", "tanaka.t.ab@m.titech.ac.jp", FALSE, NULL, "Tokyo Tech Portal"},
      {"titech", "tanaka.t.ab", FALSE, NULL, "Tokyo Tech Portal"},
      {"titech", "17B00001", FALSE, NULL, "Tokyo Tech Portal"},
      {"titech", "tanaka.t.abXy12 ", FALSE, "tanaka.t.abXy12", "Tokyo Tech Portal"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    const UserRow *row = &rows[i];
    g_autoptr(GError) err = NULL;
    g_autofree char *suggestion = NULL;
    gboolean accepted = fbk_profile_check_user(profile_named(row->profile), row->user, &suggestion, &err);
    g_test_message("%s: \"%s\" -> %s", row->profile, row->user, err != NULL ? err->message : "accepted");
    g_assert_cmpint(accepted, ==, row->accepted);
    g_assert_cmpstr(suggestion, ==, row->suggestion);
    if (accepted) {
      g_assert_no_error(err);
      continue;
    }
    g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
    g_assert_nonnull(strstr(err->message, row->says));
  }
}

static void test_addresses(void)
{
  g_assert_true(fbk_profile_check_address(profile_named("jaist"), "taro@jaist.ac.jp", NULL));
  g_assert_true(fbk_profile_check_address(profile_named("jaist"), "t.yamada@is.jaist.ac.jp", NULL));
  g_assert_true(fbk_profile_check_address(profile_named("titech"), "tanaka.t.ab@m.titech.ac.jp", NULL));
  static const char *const bad[] = {"taro",
                                    "taro@example.com",
                                    "taro@jaist.ac.jp.net",
                                    "@jaist.ac.jp",
                                    "a@b@jaist.ac.jp",
                                    "taro@jaist.ac.jp\n",
                                    "ta ro@jaist.ac.jp",
                                    "taro@xjaist.ac.jp"};
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) err = NULL;
    g_assert_false(fbk_profile_check_address(profile_named("jaist"), bad[i], &err));
    g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
  }
}

/* T2: an auth ID of another person's shape is right, the own address's local part is not, whatever it looks
 * like. */
static void test_identity(void)
{
  g_autoptr(GError) err = NULL;
  const FbkProfile *titech = profile_named("titech");
  g_assert_true(fbk_profile_check_identity(titech, "tanaka.t.abXy12", "tanaka.t.ab@m.titech.ac.jp", NULL));
  g_assert_false(
      fbk_profile_check_identity(titech, "tanaka.t.abXy12", "Tanaka.T.abxy12@m.titech.ac.jp", &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
  g_assert_nonnull(strstr(err->message, "Portal"));
  g_assert_true(fbk_profile_check_identity(profile_named("jaist"), "taro", "taro@jaist.ac.jp", NULL));
}

static FbkSecret *secret_of(const char *text)
{
  FbkSecret *secret = fbk_secret_new();
  g_assert_true(fbk_secret_append(secret, text, strlen(text)));
  return secret;
}

static void test_prefix(void)
{
  static const struct {
    const char *typed;
    gboolean accepted;
    const char *suggestion, *says;
  } rows[] = {
      {"a1b2-c3d4-e5f6-g7h8:", TRUE, NULL, NULL},
      {"a1b2-c3d4-e5f6-g7h8", FALSE, "a1b2-c3d4-e5f6-g7h8:", "colon"},
      {" a1b2-c3d4-e5f6-g7h8:", FALSE, "a1b2-c3d4-e5f6-g7h8:", "spaces"},
      {"a1b2-c3d4-e5f6-g7h8: ", FALSE, "a1b2-c3d4-e5f6-g7h8:", "spaces"},
      {"a1b2-c3d4-\ne5f6-g7h8:\n", FALSE, "a1b2-c3d4-e5f6-g7h8:", "line breaks"},
      {"ａ１ｂ２－ｃ３ｄ４－ｅ５ｆ６－ｇ７ｈ８：", FALSE, "a1b2-c3d4-e5f6-g7h8:", "full-width"},
      {"a1b2ーc3d4ーe5f6ーg7h8：", FALSE, "a1b2-c3d4-e5f6-g7h8:", "full-width"},
      {"a1b2-c3d4-e5f6-g7h8\n", FALSE, "a1b2-c3d4-e5f6-g7h8:", "colon"},
      {"a1b2-c3d4-e5f6-g7h8:hunter2", FALSE, "a1b2-c3d4-e5f6-g7h8:", "password"},
      {"a1b2-c3d4-e5f6", FALSE, NULL, "shape"},
      {"", FALSE, NULL, "shape"},
      {"hunter2", FALSE, NULL, "shape"},
      {"a1b2-c3d4-e5f6-g7h8:\xff", FALSE, NULL, "shape"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) err = NULL;
    g_autoptr(FbkSecret) typed = secret_of(rows[i].typed), suggestion = NULL;
    gboolean accepted = fbk_profile_check_prefix(profile_named("jaist-da"), typed, &suggestion, &err);
    g_assert_cmpint(accepted, ==, rows[i].accepted);
    g_assert_cmpstr(suggestion != NULL ? fbk_secret_peek(suggestion, NULL) : NULL, ==, rows[i].suggestion);
    if (accepted)
      continue;
    g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
    g_assert_nonnull(strstr(err->message, rows[i].says));
    g_assert_null(strstr(err->message, "a1b2"));
    g_assert_null(strstr(err->message, "hunter2"));
  }
  g_autoptr(FbkSecret) none = fbk_secret_new(), some = secret_of("a1b2-c3d4-e5f6-g7h8:");
  g_assert_true(fbk_profile_check_prefix(profile_named("jaist"), none, NULL, NULL));
  g_assert_false(fbk_profile_check_prefix(profile_named("jaist"), some, NULL, NULL));
}

static void test_japanese(void)
{
  g_setenv("LANGUAGE", "ja", TRUE);
  g_autoptr(GPtrArray) profiles = fbk_profile_read_all(NULL, NULL);
  g_setenv("LANGUAGE", "en", TRUE);
  g_assert_nonnull(profiles);
  const FbkProfile *da = fbk_profile_find(profiles, "jaist-da");
  g_assert_cmpstr(da->institution_title, ==, "北陸先端科学技術大学院大学(JAIST)");
  for (guint i = 0; i < profiles->len; i++) {
    const FbkProfile *profile = profiles->pdata[i];
    const char *texts[] = {profile->title,        profile->place,     profile->contact,
                           profile->user_label,   profile->user_hint, profile->address_hint,
                           profile->password_hint};
    for (gsize j = 0; j < G_N_ELEMENTS(texts); j++)
      g_assert_false(g_str_is_ascii(texts[j]));
    for (guint j = 0; j < profile->notices->len; j++)
      g_assert_false(g_str_is_ascii(((FbkNotice *)profile->notices->pdata[j])->text));
  }
  for (guint i = 0; i < shipped->len; i++)
    for (guint j = 0; j < ((FbkProfile *)shipped->pdata[i])->notices->len; j++)
      g_assert_true(
          g_str_is_ascii(((FbkNotice *)((FbkProfile *)shipped->pdata[i])->notices->pdata[j])->text));
}

/* J14: the guard got the lists. */
static void test_guard(void)
{
  FbkLinkInput lookalike = {FBK_LINK_KIND_PLAIN, NULL, NULL, NULL, "https://zimbra.jaist-ac-jp.jp/x/"};
  FbkLinkInput campus = {FBK_LINK_KIND_PLAIN, NULL, NULL, NULL, "https://web-mail.jaist.ac.jp/x/"};
  g_autoptr(FbkVerdict) bad = fbk_link_judge(profile_named("jaist")->guard, &lookalike);
  g_autoptr(FbkVerdict) good = fbk_link_judge(profile_named("jaist")->guard, &campus);
  g_assert_true(fbk_link_is_alarm(bad->class_));
  g_assert_cmpint(good->class_, ==, FBK_LINK_INSTITUTION);
}

static void test_shipped_text(void)
{
  g_autoptr(GBytes) text = fbk_profile_shipped_text("titech");
  g_assert_nonnull(text);
  g_assert_nonnull(g_strstr_len(g_bytes_get_data(text, NULL), (gssize)g_bytes_get_size(text), "mailv3"));
  g_assert_null(fbk_profile_shipped_text("nowhere"));
}

int main(int argc, char **argv)
{
  g_setenv("LANGUAGE", "en", TRUE);
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  g_autoptr(GError) err = NULL;
  shipped = fbk_profile_read_all(NULL, &err);
  g_assert_no_error(err);
  g_test_add_func("/profile/P1/order", test_order);
  g_test_add_func("/profile/J5-J8-J12-T1/servers", test_servers);
  g_test_add_func("/profile/J1-J2-J4-J10-J16-J20-J24-J25-T7-T8-T10-T11/limits", test_limits);
  g_test_add_func("/profile/T6-T10/rescue", test_rescue);
  g_test_add_func("/profile/J7-J9-J10-J11-J16-J17-T2-T3/refusal-causes", test_refusal_causes);
  g_test_add_func("/profile/J3-J9-J19-J22-T7/other-notices", test_other_notices);
  g_test_add_func("/profile/T9-T10/dated-notices", test_dated_notices);
  g_test_add_func("/profile/J1-J6-T2/users", test_users);
  g_test_add_func("/profile/J13-T2/addresses", test_addresses);
  g_test_add_func("/profile/T2/identity", test_identity);
  g_test_add_func("/profile/J11/prefix", test_prefix);
  g_test_add_func("/profile/japanese", test_japanese);
  g_test_add_func("/profile/J14/guard", test_guard);
  g_test_add_func("/profile/shipped-text", test_shipped_text);
  int status = g_test_run();
  g_ptr_array_unref(shipped);
  return status;
}
