/* Secrets kept with GnuPG: a real gpg, homes and keys of its own, and nothing is left in clear anywhere.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/keep.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "tests/shared/test_secrets.h"

/* A home of its own for gpg, so that the person's keys are neither used nor seen. */
static char *gnupg_home(const char *name, const char *pinentry)
{
  char *home = g_build_filename(test_secrets_top, name, NULL);
  g_assert_cmpint(g_mkdir(home, 0700), ==, 0);
  g_setenv("GNUPGHOME", home, TRUE);
  if (pinentry != NULL) {
    g_autofree char *path = g_build_filename(home, "gpg-agent.conf", NULL);
    g_autofree char *text = g_strdup_printf("pinentry-program %s\n", pinentry);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
  }
  return home;
}

static void leave_gnupg_home(char *home)
{
  test_secrets_run("gpgconf --kill all");
  g_free(home);
}

#define MAKE_KEY                                                                                             \
  "gpg --batch --quiet --pinentry-mode loopback --passphrase '%s' --quick-gen-key '%s' default default "     \
  "never"

static void make_key(const char *passphrase, const char *identity)
{
  g_autofree char *command = g_strdup_printf(MAKE_KEY, passphrase, identity);
  test_secrets_run(command);
}

static void test_gpg(void)
{
  g_autoptr(GError) err = NULL;
  char *home = gnupg_home("gpg", NULL);
  make_key("", "Yamada Taro <taro@jaist.ac.jp>");
  g_autofree char *identity = NULL;
  g_assert_true(fbk_keep_can_gpg(&identity));
  g_assert_cmpstr(identity, ==, "Yamada Taro <taro@jaist.ac.jp>");

  g_autoptr(FbkAccount) account = test_secrets_account(FBK_SECRET_GPG, TRUE);
  TestPerson person = {0};
  FbkAsk ask = test_person_ask(&person);
  FbkKept kept = {test_secrets_marker("-prefix:"), test_secrets_marker("-password")};
  g_assert_true(fbk_keep_write(test_secrets_accounts, account, &kept, &ask, &err));
  g_assert_no_error(err);
  fbk_kept_clear(&kept);
  g_autofree char *path = g_build_filename(test_secrets_accounts, "jaist.secret.gpg", NULL);
  GStatBuf status;
  g_assert_cmpint(g_stat(path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  test_secrets_assert_clean(test_secrets_top);

  guint lent = person.lent;
  g_assert_true(fbk_keep_read(test_secrets_accounts, account, &ask, NULL, &kept, &err));
  g_assert_no_error(err);
  g_assert_cmpuint(person.lent, ==, lent + 1); /* pinentry would have had the terminal */
  g_assert_cmpuint(person.asked, ==, 0);
  test_secrets_assert_marker(kept.prefix, "-prefix:");
  test_secrets_assert_marker(kept.password, "-password");
  fbk_kept_clear(&kept);
  test_secrets_assert_clean(test_secrets_top);

  /* Others can read it: refused. */
  g_assert_cmpint(g_chmod(path, 0644), ==, 0);
  g_assert_false(fbk_keep_read(test_secrets_accounts, account, &ask, NULL, &kept, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_DENIED);
  g_clear_error(&err);
  g_assert_cmpint(g_chmod(path, 0600), ==, 0);

  fbk_keep_forget(test_secrets_accounts, account);
  g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
  g_assert_false(fbk_keep_read(test_secrets_accounts, account, &ask, NULL, &kept, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_NOT_FOUND);
  leave_gnupg_home(home);
}

static void test_gpg_leaves_nothing_in_memory(void)
{
  g_autoptr(GError) err = NULL;
  char *home = gnupg_home("gpg-memory", NULL);
  make_key("", "Memory <memory@jaist.ac.jp>");
  g_autoptr(FbkAccount) account = test_secrets_account(FBK_SECRET_GPG, TRUE);
  FbkKept kept = {test_secrets_marker("-prefix:"), test_secrets_marker("-password")};
  g_assert_true(test_secrets_in_memory()); /* the search can find */
  g_assert_true(fbk_keep_write(test_secrets_accounts, account, &kept, NULL, &err));
  g_assert_no_error(err);
  fbk_kept_clear(&kept);
  g_assert_true(fbk_keep_read(test_secrets_accounts, account, NULL, NULL, &kept, &err));
  fbk_kept_clear(&kept);
  g_assert_false(test_secrets_in_memory());
  fbk_keep_forget(test_secrets_accounts, account);
  leave_gnupg_home(home);
}

/* With a command, only the prefix is kept by us. */
static void test_gpg_keeps_prefix_of_command(void)
{
  g_autoptr(GError) err = NULL;
  char *home = gnupg_home("gpg-prefix", NULL);
  make_key("", "Prefix <prefix@jaist.ac.jp>");
  g_autofree char *path = test_secrets_script("command", "printf '%s%s\\n' Marker Secret-4711\n");
  g_autoptr(FbkAccount) account = test_secrets_account(FBK_SECRET_COMMAND, TRUE);
  test_secrets_set(&account->secret_command, path);
  FbkKept kept = {test_secrets_marker("-prefix:"), NULL};
  g_assert_true(fbk_keep_write(test_secrets_accounts, account, &kept, NULL, &err));
  fbk_kept_clear(&kept);
  g_assert_true(fbk_keep_read(test_secrets_accounts, account, NULL, NULL, &kept, &err));
  g_assert_no_error(err);
  test_secrets_assert_marker(kept.prefix, "-prefix:");
  test_secrets_assert_marker(kept.password, "");
  fbk_kept_clear(&kept);
  fbk_keep_forget(test_secrets_accounts, account);
  leave_gnupg_home(home);
}

static void put_sealed(const char *text)
{
  g_autofree char *plain = g_build_filename(test_secrets_top, "plain", NULL);
  g_autofree char *command = g_strdup_printf(
      "gpg --batch --quiet --yes --trust-model always -r jaist -o '%s/jaist.secret.gpg' -e '%s'",
      test_secrets_accounts, plain);
  g_assert_true(g_file_set_contents(plain, text, -1, NULL));
  test_secrets_run(command);
  g_unlink(plain);
}

static void test_gpg_bad_file(void)
{
  char *home = gnupg_home("gpg-bad", NULL);
  make_key("", "Bad <bad@jaist.ac.jp>");
  g_autoptr(FbkAccount) account = test_secrets_account(FBK_SECRET_GPG, FALSE);
  g_autofree char *path = g_build_filename(test_secrets_accounts, "jaist.secret.gpg", NULL);
  g_autofree char *long_line = g_strnfill(2000, 'x');
  g_autofree char *too_long = g_strconcat("\n", long_line, "\n", NULL);
  const char *const texts[] = {"", "one line\n", "\none\ntwo\n", "no end", too_long, NULL};
  for (gsize i = 0; i <= G_N_ELEMENTS(texts); i++) {
    g_autoptr(GError) err = NULL;
    FbkKept kept;
    if (i < G_N_ELEMENTS(texts) && texts[i] != NULL)
      put_sealed(texts[i]);
    else
      g_assert_true(g_file_set_contents(path, i % 2 ? "rubbish" : "", -1, NULL));
    g_assert_cmpint(g_chmod(path, 0600), ==, 0);
    g_assert_false(fbk_keep_read(test_secrets_accounts, account, NULL, NULL, &kept, &err));
    g_test_message("%s", err->message);
    g_assert_error(err, FBK_ERROR, FBK_ERR_CRYPTO);
    g_assert_null(kept.password);
  }
  /* Sealed to a key that is not here. */
  g_autoptr(GError) err = NULL;
  FbkKept kept;
  put_sealed("\nsecret\n");
  char *other = gnupg_home("gpg-other", NULL);
  make_key("", "Other <other@jaist.ac.jp>");
  g_assert_cmpint(g_chmod(path, 0600), ==, 0);
  g_assert_false(fbk_keep_read(test_secrets_accounts, account, NULL, NULL, &kept, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CRYPTO);
  g_assert_nonnull(strstr(err->message, "import"));
  fbk_keep_forget(test_secrets_accounts, account);
  leave_gnupg_home(other);
  g_setenv("GNUPGHOME", home, TRUE);
  leave_gnupg_home(home);
}

static void test_gpg_no_key(void)
{
  g_autoptr(GError) err = NULL, line_err = NULL;
  char *home = gnupg_home("gpg-empty", NULL);
  g_autofree char *path = g_build_filename(test_secrets_accounts, "jaist.secret.gpg", NULL);
  g_autoptr(FbkAccount) account = test_secrets_account(FBK_SECRET_GPG, FALSE);
  FbkKept kept = {NULL, test_secrets_marker("-password")};
  g_assert_false(fbk_keep_can_gpg(NULL));
  g_assert_false(fbk_keep_write(test_secrets_accounts, account, &kept, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CRYPTO);
  g_assert_nonnull(strstr(err->message, "--quick-gen-key"));
  g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));

  /* A key that has expired or can only sign is no key to encrypt to. */
  test_secrets_run(
      "gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-gen-key sign@jaist.ac.jp rsa2048 "
      "sign never");
  g_assert_false(fbk_keep_can_gpg(NULL));
  make_key("", "Good <good@jaist.ac.jp>");
  g_assert_true(fbk_keep_can_gpg(NULL));
  fbk_kept_clear(&kept);
  kept.password = test_secrets_marker("\nforged line");
  g_assert_false(fbk_keep_write(test_secrets_accounts, account, &kept, NULL, &line_err));
  g_assert_error(line_err, FBK_ERROR, FBK_ERR_BAD_INPUT);
  fbk_kept_clear(&kept);
  leave_gnupg_home(home);
}

/* pinentry that never answers: the person leaves, and we are back. */
static void test_gpg_pinentry_hangs(void)
{
  g_autofree char *fifo = test_secrets_new_fifo();
  g_autofree char *text = g_strdup_printf("exec 3> '%s'\nexec 3>&-\nread line\nread line\nexit 1\n", fifo);
  g_autofree char *pinentry = test_secrets_script("pinentry", text);
  char *home = gnupg_home("gpg-pin", pinentry);
  g_autoptr(FbkAccount) account = test_secrets_account(FBK_SECRET_GPG, FALSE);
  make_key("secret", "Pin <pin@jaist.ac.jp>");
  test_secrets_run("gpgconf --kill gpg-agent"); /* it remembers the passphrase */
  put_sealed("\nsecret\n");
  g_autofree char *path = g_build_filename(test_secrets_accounts, "jaist.secret.gpg", NULL);
  g_assert_cmpint(g_chmod(path, 0600), ==, 0);
  test_secrets_assert_can_cancel(account, fifo);
  fbk_keep_forget(test_secrets_accounts, account);
  g_unlink(fifo);
  leave_gnupg_home(home);
}

int main(int argc, char **argv)
{
  test_secrets_open();
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/keep-gpg/P8/round-trip", test_gpg);
  g_test_add_func("/keep-gpg/P8/leaves-nothing-in-memory", test_gpg_leaves_nothing_in_memory);
  g_test_add_func("/keep-gpg/J11/keeps-prefix-of-command", test_gpg_keeps_prefix_of_command);
  g_test_add_func("/keep-gpg/P8/bad-file", test_gpg_bad_file);
  g_test_add_func("/keep-gpg/P8/no-key", test_gpg_no_key);
  g_test_add_func("/keep-gpg/P8/pinentry-hangs", test_gpg_pinentry_hangs);
  int status = g_test_run();
  test_secrets_close();
  return status;
}
