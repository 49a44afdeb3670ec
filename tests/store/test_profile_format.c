/* The profile format: a wrong file is refused with its line, and the person's own files are found.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/profile.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "base/err.h"

#define HEAD "[profile]\nname = u\ntitle = U\nmail-domain = u.ac.jp\n"
#define IDENTITY "[identity]\nuser = id\n"
#define IMAP "[imap]\nhost = imap.u.ac.jp\nport = 993 tls\n"

static FbkProfile *parse_text(const char *text, GError **err)
{
  g_autoptr(FbkIni) ini = fbk_ini_parse("u.conf", text, strlen(text), err);
  return ini != NULL ? fbk_profile_parse(ini, err) : NULL;
}

static void test_smallest(void)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkProfile) profile = parse_text(HEAD IDENTITY IMAP, &err);
  g_assert_no_error(err);
  g_assert_cmpstr(profile->institution, ==, "u");
  g_assert_cmpstr(profile->place, ==, "U");
  g_assert_cmpstr(profile->send_charsets[0], ==, "utf-8");
  g_assert_cmpstr(profile->user_label, ==, "User ID");
  g_assert_cmpstr(profile->webmail, ==, "");
  g_assert_false(profile->has_prefix);
}

static void test_refused(void)
{
  static const struct {
    const char *text, *says;
  } rows[] = {
      {"", "u.conf:1: [profile] needs \"name"},
      {"name = u\n", "u.conf:1: \"name\" stands before"},
      {HEAD IDENTITY IMAP "[colour]\nred = 1\n", "u.conf:11: there is no section [colour]"},
      {HEAD IDENTITY IMAP "hosts = a\n", "u.conf:10: [imap] has no key \"hosts\""},
      {HEAD "name = v\n", "u.conf:5: \"name\" was already said on line 2"},
      {HEAD "name.ja = v\n", "u.conf:5: [profile] has no key \"name.ja\""},
      {HEAD IMAP, "u.conf:1: [identity] needs \"user"},
      {HEAD "[identity]\nuser = nick\n", "u.conf:6: user is one of: id, auth-id, address"},
      {HEAD "[identity]\nuser = id\nuser-pattern = [a-z\n" IMAP, "u.conf:7: user-pattern is not a regular"},
      {HEAD "[identity]\nuser = id\nuser-pattern = a)|(b\n" IMAP, "u.conf:7: user-pattern is not a regular"},
      {HEAD "[identity]\nuser = id\nstudent-pattern = [0-9]+\n" IMAP, "u.conf:7: \"student-pattern\" needs"},
      {HEAD IDENTITY, "u.conf:1: a profile needs [imap] or [pop]"},
      {HEAD IDENTITY "[smtp]\nhost = a.b\nport = 465 tls\n", "u.conf:1: a profile needs [imap] or [pop]"},
      {HEAD IDENTITY "[imap]\nhost = imap.u.ac.jp\n", "u.conf:8: [imap] needs \"port"},
      {HEAD IDENTITY "[imap]\nport = 993 tls\n", "u.conf:8: [imap] needs \"host"},
      {HEAD IDENTITY "[imap]\nhost = a b\nport = 993 tls\n", "u.conf:8: this is not a host name"},
      {HEAD IDENTITY "[imap]\nhost = a.b\nport = 993\n", "u.conf:9: a port is written"},
      {HEAD IDENTITY "[imap]\nhost = a.b\nport = 70000 tls\n", "u.conf:9: a port is written"},
      {HEAD IDENTITY "[imap]\nhost = a.b\nport = 0 tls\n", "u.conf:9: a port is written"},
      {HEAD IDENTITY "[imap]\nhost = a.b\nport = -1 tls\n", "u.conf:9: a port is written"},
      {HEAD IDENTITY "[imap]\nhost = a.b\nport = 993 tls best\n", "u.conf:9: a port is written"},
      {HEAD IDENTITY "[imap]\nhost = a.b\nport = 143 none\n", "u.conf:9: the security of a port"},
      {HEAD IDENTITY IMAP "port = 993 starttls\n", "u.conf:10: port 993 is listed twice"},
      {HEAD IDENTITY "[imap]\nhost = a.b\nport = 1 tls recommended\nport = 2 tls recommended\n",
       "u.conf:10: only one port"},
      {HEAD IDENTITY IMAP "auth = ntlm\n", "u.conf:10: auth is"},
      {HEAD "webmail = http://u.ac.jp\n" IDENTITY IMAP, "u.conf:5: an address of a page begins"},
      {HEAD "retired = 2023-02-30\n" IDENTITY IMAP, "u.conf:5: a date is written"},
      {HEAD "retired = soon\n" IDENTITY IMAP, "u.conf:5: a date is written"},
      {HEAD "institution = Our Place\n" IDENTITY IMAP, "u.conf:5: a name has"},
      {HEAD IDENTITY IMAP "[limits]\nbatch = 0\n", "u.conf:11: batch is a number from 1"},
      {HEAD IDENTITY IMAP "[limits]\nbatch = ten\n", "u.conf:11: batch is a number from 1"},
      {HEAD IDENTITY IMAP "[limits]\nbatch =\n", "u.conf:11: batch is a number from 1"},
      {HEAD IDENTITY IMAP "[limits]\nmessage-size = 50\n", "u.conf:11: a size is written"},
      {HEAD IDENTITY IMAP "[limits]\nremind-days = 23\n", "u.conf:11: \"remind-days\" must be less"},
      {HEAD IDENTITY IMAP "[send]\ncharset = utf-8 klingon\n", "u.conf:11: the character set \"klingon\""},
      {HEAD IDENTITY IMAP "[send]\ncharset = utf-8//TRANSLIT\n", "u.conf:11: the character set"},
      {HEAD IDENTITY IMAP "[secret]\nprefix = maybe\n", "u.conf:11: prefix is \"yes\" or \"no\""},
      {HEAD IDENTITY IMAP "[secret]\nprefix-pattern = x\n", "u.conf:11: this is for a service with"},
      {HEAD IDENTITY IMAP "[guard]\nbrand = jaist\n", "u.conf:11: a brand is written"},
      {HEAD IDENTITY IMAP "[guard]\ndomain = u_ac.jp\n", "u.conf:11: \"u_ac.jp\" is not a host"},
      {HEAD IDENTITY IMAP "[junk]\nreport = spam\n", "u.conf:11: this is not a mail address"},
      {HEAD IDENTITY IMAP "[lists]\nnumbers-twice-from = 2017\n", "u.conf:11: a moment is written"},
      {HEAD IDENTITY IMAP "[lists]\nnumbers-twice-from = 2017-09-25T09:00:00Z\n",
       "u.conf:11: \"numbers-twice"},
      {HEAD IDENTITY IMAP "[notice A]\nwhen = doctor\n", "u.conf:11: [notice A] needs \"text"},
      {HEAD IDENTITY IMAP "[notice A]\ntext = a\n", "u.conf:11: [notice A] needs \"when"},
      {HEAD IDENTITY IMAP "[notice A]\nwhen = never\ntext = a\n", "u.conf:11: when is one of"},
      {HEAD IDENTITY IMAP "[notice A]\nwhen = setup\ntext = a\n", "u.conf:11: a notice with"},
      {HEAD IDENTITY IMAP "[notice A]\nwhen = pop\nstep = done\ntext = a\n", "u.conf:12: \"step\" belongs"},
      {HEAD IDENTITY IMAP "[notice A]\nwhen = compose\ntext = a\n", "u.conf:11: \"domains\""},
      {HEAD IDENTITY IMAP "[notice A]\nwhen = pop\nfrom = 2017-09-02\nuntil = 2017-09-01\ntext = a\n",
       "u.conf:13: \"until\" is before"},
      {HEAD IDENTITY IMAP "[notice A b]\nwhen = pop\ntext = a\n", "u.conf:11: the name of a notice"},
      {HEAD IDENTITY IMAP "[notice]\nwhen = pop\ntext = a\n", "u.conf:11: there is no section [notice]"},
      {HEAD IDENTITY IMAP "[notice A]\nwhen = pop\ntext = a\n[notice A]\ntext = b\n",
       "u.conf:14: \"text\" was already said"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) err = NULL;
    g_autoptr(FbkProfile) profile = parse_text(rows[i].text, &err);
    g_test_message("%s", err != NULL ? err->message : rows[i].text);
    g_assert_null(profile);
    g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
    g_assert_true(g_str_has_prefix(err->message, rows[i].says));
  }
}

static void test_recommended_comes_first(void)
{
  g_autoptr(FbkProfile) profile =
      parse_text(HEAD IDENTITY IMAP "port = 143 starttls recommended\nport = 1993 tls\n", NULL);
  g_assert_nonnull(profile);
  static const guint16 ports[] = {143, 993, 1993};
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint(((FbkOffer *)profile->offers->pdata[i])->server->port, ==, ports[i]);
  g_assert_true(((FbkOffer *)profile->offers->pdata[0])->recommended);
}

/* A pattern from a stranger's profile that would run for ever ends soon, as "does not match". */
static void test_slow_pattern(void)
{
  g_autoptr(FbkProfile) profile =
      parse_text(HEAD "[identity]\nuser = id\nuser-pattern = (a+)+b\n" IMAP, NULL);
  gint64 begun = g_get_monotonic_time();
  g_assert_false(fbk_profile_check_user(profile, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                        NULL, NULL));
  g_assert_cmpint(g_get_monotonic_time() - begun, <, 10 * G_USEC_PER_SEC);
}

/* --- the person's own files --- */

static void put(const char *directory, const char *file, const char *text)
{
  g_autofree char *path = g_build_filename(directory, file, NULL);
  g_assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void drop(const char *directory, const char *file)
{
  g_autofree char *path = g_build_filename(directory, file, NULL);
  g_assert_cmpint(g_unlink(path), ==, 0);
}

static void test_own_files(void)
{
  g_autoptr(GError) err = NULL;
  g_autofree char *directory = g_dir_make_tmp("fubako-profiles-XXXXXX", NULL);
  g_autofree char *missing = g_build_filename(directory, "missing", NULL);
  g_autoptr(GPtrArray) without = fbk_profile_read_all(missing, &err);
  g_assert_no_error(err);
  g_assert_cmpuint(without->len, ==, 3);
  put(directory, "u.conf", HEAD IDENTITY IMAP);
  put(directory, "jaist.conf",
      "[profile]\nname = jaist\ntitle = Mine\nmail-domain = u.ac.jp\n" IDENTITY IMAP);
  put(directory, "notes.txt", "not a profile");
  g_autoptr(GPtrArray) with = fbk_profile_read_all(directory, &err);
  g_assert_no_error(err);
  g_assert_cmpuint(with->len, ==, without->len + 1);
  g_assert_cmpstr(fbk_profile_find(with, "jaist")->title, ==, "Mine");
  g_assert_true(g_str_has_suffix(fbk_profile_find(with, "u")->path, "/u.conf"));
  g_assert_cmpstr(fbk_profile_find(with, "titech")->path, ==, "");

  put(directory, "v.conf", HEAD IDENTITY IMAP);
  g_assert_null(fbk_profile_read_all(directory, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
  g_assert_nonnull(strstr(err->message, "u.conf"));
  g_assert_nonnull(strstr(err->message, "v.conf"));
  g_clear_error(&err);

  put(directory, "v.conf", "[profile]\nname = v\nrubbish\n");
  g_assert_null(fbk_profile_read_all(directory, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
  g_assert_nonnull(strstr(err->message, "/v.conf:3: "));
  g_clear_error(&err);

  /* It names the host that gets the password: nobody else may change it. */
  drop(directory, "v.conf");
  g_autofree char *path = g_build_filename(directory, "u.conf", NULL);
  g_assert_cmpint(g_chmod(path, 0622), ==, 0);
  g_assert_null(fbk_profile_read_all(directory, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_DENIED);
  drop(directory, "u.conf");
  drop(directory, "jaist.conf");
  drop(directory, "notes.txt");
  g_assert_cmpint(g_rmdir(directory), ==, 0);
}

int main(int argc, char **argv)
{
  g_setenv("LANGUAGE", "en", TRUE);
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/profile-format/smallest", test_smallest);
  g_test_add_func("/profile-format/refused", test_refused);
  g_test_add_func("/profile-format/recommended-comes-first", test_recommended_comes_first);
  g_test_add_func("/profile-format/slow-pattern", test_slow_pattern);
  g_test_add_func("/profile-format/own-files", test_own_files);
  return g_test_run();
}
