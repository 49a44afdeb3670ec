/* Account files: written, read back the same, and refused when wrong or open to others.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/account.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

typedef struct {
  char *top, *directory;
} Place;

static void set_up(Place *place, gconstpointer unused)
{
  (void)unused;
  place->top = g_dir_make_tmp("fubako-account-XXXXXX", NULL);
  place->directory = g_build_filename(place->top, "config", "accounts.d", NULL);
}

static void tear_down(Place *place, gconstpointer unused)
{
  (void)unused;
  const char *argv[] = {"rm", "-rf", place->top, NULL};
  g_assert_true(
      g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
  g_free(place->top);
  g_free(place->directory);
}

static void set(char **field, const char *value)
{
  g_free(*field);
  *field = g_strdup(value);
}

static FbkAccount *sample(const char *name)
{
  FbkAccount *account = fbk_account_new();
  set(&account->name, name);
  set(&account->profile, "jaist-da");
  set(&account->user, "s2410001");
  set(&account->address, "taro@jaist.ac.jp");
  set(&account->real_name, "山田 太郎");
  account->incoming = fbk_server_new(FBK_PROTOCOL_IMAP, "imap-da.jaist.ac.jp", 993, FBK_SECURITY_TLS);
  account->outgoing = fbk_server_new(FBK_PROTOCOL_SMTP, "smtp-da.jaist.ac.jp", 587, FBK_SECURITY_STARTTLS);
  account->outgoing->auth = FBK_AUTH_LOGIN;
  account->keep = FBK_SECRET_COMMAND;
  set(&account->secret_command, "pass show 'mail jaist'");
  account->has_prefix = TRUE;
  account->poll_minutes = 10;
  return account;
}

static char *path_in(const Place *place, const char *file)
{
  return g_build_filename(place->directory, file, NULL);
}

static void assert_same_server(const FbkServer *left, const FbkServer *right)
{
  g_assert_cmpint(left->protocol, ==, right->protocol);
  g_assert_cmpstr(left->host, ==, right->host);
  g_assert_cmpuint(left->port, ==, right->port);
  g_assert_cmpint(left->security, ==, right->security);
  g_assert_cmpuint(left->auth, ==, right->auth);
}

static void assert_same(const FbkAccount *left, const FbkAccount *right)
{
  g_assert_cmpstr(left->name, ==, right->name);
  g_assert_cmpstr(left->profile, ==, right->profile);
  g_assert_cmpstr(left->user, ==, right->user);
  g_assert_cmpstr(left->address, ==, right->address);
  g_assert_cmpstr(left->real_name, ==, right->real_name);
  g_assert_cmpstr(left->secret_command, ==, right->secret_command);
  g_assert_cmpint(left->keep, ==, right->keep);
  g_assert_cmpint(left->has_prefix, ==, right->has_prefix);
  g_assert_cmpuint(left->poll_minutes, ==, right->poll_minutes);
  assert_same_server(left->incoming, right->incoming);
  g_assert_cmpint(left->outgoing != NULL, ==, right->outgoing != NULL);
  if (left->outgoing != NULL)
    assert_same_server(left->outgoing, right->outgoing);
}

static void test_round_trip(Place *place, gconstpointer unused)
{
  (void)unused;
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkAccount) account = sample("jaist");
  g_assert_true(fbk_account_write(place->directory, account, FALSE, &err));
  g_assert_no_error(err);
  g_autofree char *path = path_in(place, "jaist.ini");
  g_autoptr(FbkAccount) again = fbk_account_read(path, &err);
  g_assert_no_error(err);
  assert_same(account, again);
  g_autoptr(FbkAccount) copy = fbk_account_copy(again);
  assert_same(account, copy);

  GStatBuf status;
  g_assert_cmpint(g_stat(path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  g_assert_cmpint(g_stat(place->directory, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0700);
}

static void test_by_hand_without_outgoing(Place *place, gconstpointer unused)
{
  (void)unused;
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkAccount) account = sample("hand");
  set(&account->profile, "");
  set(&account->real_name, "");
  set(&account->secret_command, "");
  account->keep = FBK_SECRET_ASK;
  account->has_prefix = FALSE;
  g_clear_pointer(&account->outgoing, fbk_server_free);
  account->incoming->protocol = FBK_PROTOCOL_POP;
  account->incoming->auth = FBK_AUTH_PLAIN | FBK_AUTH_LOGIN;
  g_assert_true(fbk_account_write(place->directory, account, FALSE, &err));
  g_assert_no_error(err);
  g_autofree char *path = path_in(place, "hand.ini");
  g_autoptr(FbkAccount) again = fbk_account_read(path, &err);
  g_assert_no_error(err);
  assert_same(account, again);
}

static void test_replace(Place *place, gconstpointer unused)
{
  (void)unused;
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkAccount) account = sample("jaist");
  g_assert_true(fbk_account_write(place->directory, account, FALSE, NULL));
  set(&account->address, "hanako@jaist.ac.jp");
  g_assert_false(fbk_account_write(place->directory, account, FALSE, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_EXISTS);
  g_autofree char *path = path_in(place, "jaist.ini");
  g_autoptr(FbkAccount) before = fbk_account_read(path, NULL);
  g_assert_cmpstr(before->address, ==, "taro@jaist.ac.jp");
  g_assert_true(fbk_account_write(place->directory, account, TRUE, NULL));
  g_autoptr(FbkAccount) after = fbk_account_read(path, NULL);
  g_assert_cmpstr(after->address, ==, "hanako@jaist.ac.jp");
}

/* Nothing that a form let through may forge a line of the file. */
static void test_hostile_values(Place *place, gconstpointer unused)
{
  (void)unused;
  static const char *const bad[] = {"taro\n[incoming]", "ta\rro", "ta\tro", "taro\x7f",
                                    "taro\xc2\x85",     " taro",  "taro ",  "t\xff"};
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) user_err = NULL, name_err = NULL, host_err = NULL;
    g_autoptr(FbkAccount) account = sample("jaist");
    set(&account->user, bad[i]);
    g_assert_false(fbk_account_write(place->directory, account, TRUE, &user_err));
    g_assert_error(user_err, FBK_ERROR, FBK_ERR_BAD_INPUT);
    set(&account->user, "taro");
    set(&account->real_name, bad[i]);
    g_assert_false(fbk_account_write(place->directory, account, TRUE, &name_err));
    g_assert_error(name_err, FBK_ERROR, FBK_ERR_BAD_INPUT);
    set(&account->real_name, "");
    set(&account->incoming->host, bad[i]);
    g_assert_false(fbk_account_write(place->directory, account, TRUE, &host_err));
    g_assert_error(host_err, FBK_ERROR, FBK_ERR_BAD_INPUT);
  }
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkAccount) escaping = sample("../jaist");
  g_assert_false(fbk_account_write(place->directory, escaping, TRUE, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
  g_assert_false(g_file_test(place->directory, G_FILE_TEST_EXISTS));
}

#define ACCOUNT "[account]\nname = a\nuser = u\naddress = u@u.ac.jp\n"
#define INCOMING "[incoming]\nprotocol = imap\nhost = imap.u.ac.jp\nport = 993\nsecurity = tls\n"
#define SECRET "[secret]\nkeep = ask\n"

static void put(const Place *place, const char *file, const char *text, int mode)
{
  g_autofree char *path = path_in(place, file);
  g_assert_cmpint(g_mkdir_with_parents(place->directory, 0700), ==, 0);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

static void test_refused(Place *place, gconstpointer unused)
{
  (void)unused;
  static const struct {
    const char *text, *says;
  } rows[] = {
      {ACCOUNT INCOMING, "1: [secret] needs \"keep"},
      {ACCOUNT SECRET, "1: [incoming] needs \"protocol"},
      {INCOMING SECRET, "1: [account] needs \"name"},
      {ACCOUNT INCOMING SECRET "password = x\n", "12: [secret] has no key \"password\""},
      {ACCOUNT INCOMING SECRET "[extra]\nx = y\n", "13: there is no section [extra]"},
      {ACCOUNT "user = v\n" INCOMING SECRET, "5: \"user\" was already said on line 3"},
      {ACCOUNT INCOMING "host = other\n" SECRET, "10: \"host\" was already said on line 7"},
      {"[account]\nname = b\nuser = u\naddress = u@u.ac.jp\n" INCOMING SECRET,
       "2: the name must be that of the file"},
      {"[account]\nname = A\nuser = u\naddress = u@u.ac.jp\n" INCOMING SECRET, "2: a name has"},
      {"[account]\nname = a\nuser = u\naddress = here\n" INCOMING SECRET, "4: this is not a mail address"},
      {"[account]\nname = a\nuser = u\x01\naddress = u@u.ac.jp\n" INCOMING SECRET, "3: there is a control"},
      {ACCOUNT "[incoming]\nprotocol = smtp\nhost = h\nport = 1\nsecurity = tls\n" SECRET,
       "6: mail comes in by"},
      {ACCOUNT "[incoming]\nprotocol = imap\nhost = h\nport = 0\nsecurity = tls\n" SECRET,
       "8: port is a number"},
      {ACCOUNT "[incoming]\nprotocol = imap\nhost = h\nport = 143\nsecurity = none\n" SECRET,
       "9: security is one of"},
      {ACCOUNT INCOMING "[outgoing]\nprotocol = imap\nhost = h\nport = 1\nsecurity = tls\n" SECRET,
       "11: mail comes in by"},
      {ACCOUNT INCOMING "[outgoing]\nprotocol = smtp\n" SECRET, "11: [outgoing] needs \"host"},
      {ACCOUNT INCOMING "[secret]\nkeep = command\n", "11: \"keep = command\" and"},
      {ACCOUNT INCOMING "[secret]\nkeep = ask\ncommand = x\n", "11: \"keep = command\" and"},
      {ACCOUNT INCOMING "[secret]\nkeep = command\ncommand = pass 'x\n", "12: bad command"},
      {ACCOUNT INCOMING "[secret]\nkeep = plain\n", "11: keep is one of: ask, command, gpg"},
  };
  g_autofree char *path = path_in(place, "a.ini");
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) err = NULL;
    put(place, "a.ini", rows[i].text, 0600);
    g_autofree char *says = g_strdup_printf("%s:%s", path, rows[i].says);
    g_assert_null(fbk_account_read(path, &err));
    g_test_message("%s", err->message);
    g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
    g_assert_true(g_str_has_prefix(err->message, says));
  }
  g_autoptr(GError) err = NULL;
  g_assert_null(fbk_account_read_all(place->directory, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
  put(place, "a.ini", ACCOUNT INCOMING SECRET, 0600);
  g_autoptr(FbkAccount) account = fbk_account_read(path, NULL);
  g_assert_nonnull(account);
}

static void test_permissions(Place *place, gconstpointer unused)
{
  (void)unused;
  static const int open_to_others[] = {0640, 0604, 0620, 0602, 0666, 0610};
  g_autofree char *path = path_in(place, "a.ini");
  for (gsize i = 0; i < G_N_ELEMENTS(open_to_others); i++) {
    g_autoptr(GError) err = NULL;
    put(place, "a.ini", ACCOUNT INCOMING SECRET, open_to_others[i]);
    g_assert_null(fbk_account_read(path, &err));
    g_assert_error(err, FBK_ERROR, FBK_ERR_DENIED);
    g_assert_nonnull(strstr(err->message, "chmod"));
  }
  put(place, "a.ini", ACCOUNT INCOMING SECRET, 0600);
  g_autoptr(GPtrArray) accounts = fbk_account_read_all(place->directory, NULL);
  g_assert_cmpuint(accounts->len, ==, 1);

  g_autoptr(GError) dir_err = NULL, link_err = NULL;
  g_assert_cmpint(g_chmod(place->directory, 0770), ==, 0);
  g_assert_null(fbk_account_read_all(place->directory, &dir_err));
  g_assert_error(dir_err, FBK_ERROR, FBK_ERR_DENIED);
  g_assert_cmpint(g_chmod(place->directory, 0700), ==, 0);

  g_autofree char *link = path_in(place, "b.ini");
  g_assert_cmpint(symlink(path, link), ==, 0);
  g_assert_null(fbk_account_read(link, &link_err));
  g_assert_error(link_err, FBK_ERROR, FBK_ERR_DENIED);
}

static void test_read_all(Place *place, gconstpointer unused)
{
  (void)unused;
  g_autoptr(GError) err = NULL;
  g_autoptr(GPtrArray) none = fbk_account_read_all(place->directory, &err);
  g_assert_no_error(err);
  g_assert_cmpuint(none->len, ==, 0);
  static const char *const names[] = {"titech", "jaist", "jaist-2"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(FbkAccount) account = sample(names[i]);
    g_assert_true(fbk_account_write(place->directory, account, FALSE, NULL));
  }
  put(place, "jaist.secret.gpg", "not an account", 0600);
  put(place, ".hidden.ini", "not an account", 0600);
  g_autoptr(GPtrArray) accounts = fbk_account_read_all(place->directory, &err);
  g_assert_no_error(err);
  g_assert_cmpuint(accounts->len, ==, 3);
  g_assert_cmpstr(((FbkAccount *)accounts->pdata[0])->name, ==, "jaist");
  g_assert_cmpstr(((FbkAccount *)accounts->pdata[1])->name, ==, "jaist-2");
  g_assert_cmpstr(((FbkAccount *)accounts->pdata[2])->name, ==, "titech");
}

static void test_names(Place *place, gconstpointer unused)
{
  (void)unused;
  static const struct {
    const char *wanted, *name;
  } rows[] = {{"jaist", "jaist"},
              {"Taro.Yamada@jaist.ac.jp", "taro-yamada"},
              {"山田", "mail"},
              {"../../etc", "etc"},
              {"--", "mail"},
              {"", "mail"},
              {"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyzab"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *name = fbk_account_make_name(place->directory, rows[i].wanted);
    g_assert_cmpstr(name, ==, rows[i].name);
    g_assert_true(fbk_account_name_is_valid(name));
  }
  g_autoptr(FbkAccount) first = sample("jaist"), second = sample("jaist-2");
  g_assert_true(fbk_account_write(place->directory, first, FALSE, NULL));
  g_assert_true(fbk_account_write(place->directory, second, FALSE, NULL));
  g_autofree char *third = fbk_account_make_name(place->directory, "jaist");
  g_assert_cmpstr(third, ==, "jaist-3");
  static const char *const bad[] = {
      "", "-a", "A", "a.b", "a/b", "..", "a b", "あ", "abcdefghijklmnopqrstuvwxyz0123456"};
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
    g_assert_false(fbk_account_name_is_valid(bad[i]));
}

int main(int argc, char **argv)
{
  g_setenv("LANGUAGE", "en", TRUE);
  setlocale(LC_ALL, "C.UTF-8");
  umask(077);
  g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add("/account/" path, Place, NULL, set_up, test, tear_down)
  ADD("round-trip", test_round_trip);
  ADD("by-hand-without-outgoing", test_by_hand_without_outgoing);
  ADD("replace", test_replace);
  ADD("hostile-values", test_hostile_values);
  ADD("refused", test_refused);
  ADD("permissions", test_permissions);
  ADD("read-all", test_read_all);
  ADD("names", test_names);
  return g_test_run();
}
