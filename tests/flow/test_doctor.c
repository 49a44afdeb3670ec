/* The doctor's pure parts: ways to sign in, the book of servers, and what a report may not tell.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/doctor.h"

#include <string.h>

#include "flow/doctor_inner.h"
#include "flow/redact.h"
#include "tests/shared/stage.h"

/* --- ways to sign in --- */

static const struct {
  const char *name;
  FbkProtocol protocol;
  const char *capabilities, *mechanisms;
} offers[] = {
    {"imap", FBK_PROTOCOL_IMAP, "AUTH=PLAIN\nAUTH=XOAUTH2\nIDLE\nIMAP4REV1\n", "PLAIN XOAUTH2 LOGIN"},
    {"imap-command", FBK_PROTOCOL_IMAP, "IMAP4REV1\n", "LOGIN"},
    {"imap-disabled", FBK_PROTOCOL_IMAP, "AUTH=GSSAPI\nIMAP4REV1\nLOGINDISABLED\n", "GSSAPI"},
    {"imap-once", FBK_PROTOCOL_IMAP, "AUTH=LOGIN\nAUTH=login\n", "LOGIN"},
    {"pop", FBK_PROTOCOL_POP, "TOP\nUSER\nSASL PLAIN LOGIN\n", "PLAIN LOGIN USER"},
    {"pop-without-capa", FBK_PROTOCOL_POP, "", "USER"},
    {"pop-sasl-only", FBK_PROTOCOL_POP, "TOP\nSASL GSSAPI\n", "GSSAPI"},
    {"smtp", FBK_PROTOCOL_SMTP, "SIZE 100\nAUTH LOGIN PLAIN\nAUTH=LOGIN\n", "LOGIN PLAIN"},
    {"smtp-none", FBK_PROTOCOL_SMTP, "SIZE 100\nAUTHORIZE LOGIN\n", ""},
};

static void test_mechanisms(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(offers); i++) {
    g_autofree char *mechanisms = fbk_doctor_mechanisms(offers[i].protocol, offers[i].capabilities);
    g_test_message("%s", offers[i].name);
    g_assert_cmpstr(mechanisms, ==, offers[i].mechanisms);
  }
}

/* --- the book --- */

typedef struct {
  char *dir;
  FbkNet *net;
  FbkHome *home;
} House;

static void house_open(House *house)
{
  g_autoptr(GError) err = NULL;
  house->dir = fbk_stage_new();
  house->net = fbk_net_new();
  house->home = fbk_home_open(house->dir, house->net, &err);
  g_assert_no_error(err);
}

static void house_close(House *house)
{
  fbk_home_free(house->home);
  fbk_net_free(house->net);
  fbk_stage_free(house->dir);
  g_free(house->dir);
}

static void test_J5_J8_every_port_of_every_profile(void)
{
  static const struct {
    const char *profile;
    guint ports, recommended;
  } profiles[] = {{"jaist", 6, 3}, {"jaist-da", 6, 3}, {"titech", 3, 3}};
  House house;
  house_open(&house);
  for (gsize i = 0; i < G_N_ELEMENTS(profiles); i++) {
    const FbkProfile *profile = fbk_profile_find(house.home->profiles, profiles[i].profile);
    g_autoptr(FbkDoctor) doctor = fbk_doctor_new(house.home, NULL, profile);
    guint in_use = 0;
    for (guint k = 0; k < doctor->servers->len; k++)
      in_use += ((const FbkServerChecks *)doctor->servers->pdata[k])->in_use;
    g_assert_cmpuint(doctor->servers->len, ==, profiles[i].ports);
    g_assert_cmpuint(in_use, ==, profiles[i].recommended);
  }
  house_close(&house);
}

/* The exit code is that of the first failure as it is shown: servers before this side. */
static void test_verdict(void)
{
  House house;
  house_open(&house);
  const FbkProfile *profile = fbk_profile_find(house.home->profiles, "titech");
  g_autoptr(FbkDoctor) doctor = fbk_doctor_new(house.home, NULL, profile);
  guint failed, warnings;
  FbkServerChecks *second = doctor->servers->pdata[1];
  fbk_check_failed(doctor->here, "disk", FBK_ERR_NO_SPACE, NULL, "full");
  fbk_check_warn(doctor->here, "editor", "set one", "none");
  g_assert_cmpint(fbk_doctor_verdict(doctor, &failed, &warnings)->code, ==, FBK_ERR_NO_SPACE);
  fbk_check_passed(second->checks, "name", "here");
  fbk_check_failed(second->checks, "tcp", FBK_ERR_OFFLINE, NULL, "dead");
  g_assert_cmpint(fbk_doctor_verdict(doctor, &failed, &warnings)->code, ==, FBK_ERR_OFFLINE);
  g_assert_cmpuint(failed, ==, 2);
  g_assert_cmpuint(warnings, ==, 1);
  house_close(&house);
}

static const FbkAdvice *advice_of(const FbkDoctor *doctor, const char *id)
{
  for (guint i = 0; i < doctor->notices->len; i++)
    if (g_str_equal(((const FbkAdvice *)doctor->notices->pdata[i])->id, id))
      return doctor->notices->pdata[i];
  return NULL;
}

static void test_J1_J2_J14_T10_notices(void)
{
  House house;
  house_open(&house);
  g_autoptr(FbkDoctor) jaist =
      fbk_doctor_new(house.home, NULL, fbk_profile_find(house.home->profiles, "jaist"));
  fbk_doctor_notices(jaist);
  g_assert_nonnull(strstr(advice_of(jaist, "webmail")->text, "https://web-mail.jaist.ac.jp"));
  g_assert_nonnull(advice_of(jaist, "J2"));
  g_assert_nonnull(advice_of(jaist, "J14"));
  g_assert_null(advice_of(jaist, "J7")); /* nobody was refused */
  g_assert_null(advice_of(jaist, "retired"));
  fbk_check_failed(((FbkServerChecks *)jaist->servers->pdata[0])->checks, "sign-in", FBK_ERR_AUTH, NULL,
                   "no");
  fbk_doctor_notices(jaist);
  g_assert_nonnull(advice_of(jaist, "J7"));
  g_autoptr(FbkDoctor) titech =
      fbk_doctor_new(house.home, NULL, fbk_profile_find(house.home->profiles, "titech"));
  fbk_doctor_notices(titech);
  g_assert_nonnull(strstr(advice_of(titech, "retired")->text, "2023-10-10"));
  house_close(&house);
}

/* --- what a report may not tell --- */

static void test_redaction(void)
{
  static const struct {
    const char *text, *want;
  } cases[] = {
      {"s2410001 is refused", "<user> is refused"},
      {"S2410001@JAIST.AC.JP and s2410001", "<address> and <user>"},
      {"xs2410001x", "x<user>x"}, /* no part of a longer word keeps it */
      {"日本s2410001語", "日本<user>語"},
      {"tanaka at /home/tanaka/x, tanakaya", "<login> at /home/<login>/x, tanakaya"}, /* whole words only */
      {"pop.jaist.ac.jp", "pop.jaist.ac.jp"},
      {"", ""},
  };
  House house;
  house_open(&house);
  FbkRedaction *redaction = fbk_redaction_new(house.home);
  fbk_redaction_add(redaction, "s2410001", "<user>",
                    FALSE); /* shorter first: the longer one wins all the same */
  fbk_redaction_add(redaction, "s2410001@jaist.ac.jp", "<address>", FALSE);
  fbk_redaction_add(redaction, "tanaka", "<login>", TRUE);
  fbk_redaction_add(redaction, "", "<nothing>", FALSE);
  fbk_redaction_add(redaction, NULL, "<nothing>", TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *told = fbk_redact(redaction, cases[i].text);
    g_assert_cmpstr(told, ==, cases[i].want);
  }
  g_autofree char *mine = g_build_filename(g_get_home_dir(), "x", NULL);
  g_autofree char *told = fbk_redact(redaction, mine);
  if (strlen(g_get_home_dir()) > 1)
    g_assert_cmpstr(told, ==, "~/x");
  g_autofree char *place = g_build_filename(house.dir, "config", NULL);
  g_autofree char *placed = fbk_redact(redaction, place);
  g_assert_null(strstr(placed, house.dir));
  g_assert_null(fbk_redact(redaction, NULL));
  fbk_redaction_free(redaction);
  house_close(&house);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/flow/doctor/mechanisms", test_mechanisms);
  g_test_add_func("/flow/doctor/J5-J8-every-port", test_J5_J8_every_port_of_every_profile);
  g_test_add_func("/flow/doctor/verdict", test_verdict);
  g_test_add_func("/flow/doctor/J1-J2-J14-T10-notices", test_J1_J2_J14_T10_notices);
  g_test_add_func("/flow/doctor/redaction", test_redaction);
  return g_test_run();
}
