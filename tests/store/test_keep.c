/* Secrets that are asked for or come from a command: nothing of them is seen anywhere else.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/keep.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "store/keep_command.h"
#include "tests/shared/test_secrets.h"

/* --- asking --- */

static void test_ask(void)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkAccount) plain = test_secrets_account(FBK_SECRET_ASK, FALSE),
                        two = test_secrets_account(FBK_SECRET_ASK, TRUE);
  TestPerson person = {.answers = {"1"}}, both = {.answers = {"prefix:", "2"}},
             leaves = {.answers = {"prefix:", NULL}};
  FbkAsk ask = test_person_ask(&person), ask_both = test_person_ask(&both),
         ask_leaves = test_person_ask(&leaves);
  FbkKept kept;
  g_assert_true(fbk_keep_read(test_secrets_accounts, plain, &ask, NULL, &kept, &err));
  test_secrets_assert_marker(kept.password, "1");
  g_assert_null(kept.prefix);
  g_assert_nonnull(strstr(person.questions[0], "jaist"));
  g_assert_nonnull(strstr(person.questions[0], "imap-da.jaist.ac.jp"));
  fbk_kept_clear(&kept);

  g_assert_true(fbk_keep_read(test_secrets_accounts, two, &ask_both, NULL, &kept, &err));
  test_secrets_assert_marker(kept.prefix, "prefix:");
  test_secrets_assert_marker(kept.password, "2");
  g_assert_nonnull(strstr(both.questions[0], "prefix"));
  fbk_kept_clear(&kept);

  g_assert_false(fbk_keep_read(test_secrets_accounts, two, &ask_leaves, NULL, &kept, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CANCELLED);
  g_assert_null(kept.prefix);
  g_clear_error(&err);
  g_assert_false(fbk_keep_read(test_secrets_accounts, plain, NULL, NULL, &kept, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_DENIED);
  test_person_clear(&person);
  test_person_clear(&both);
  test_person_clear(&leaves);
}

/* --- commands --- */

/* The script looks at how it was started, and makes the marker out of its parts. */
static void test_command_sees_nothing(void)
{
  g_autoptr(GError) err = NULL;
  g_autofree char *leak = g_build_filename(test_secrets_top, "leak", NULL);
  g_autofree char *text = g_strdup_printf("cat /proc/$$/cmdline /proc/$$/environ /proc/$PPID/cmdline "
                                          "/proc/$PPID/environ >> '%s/seen'\n"
                                          "ls -l /proc/$$/fd > '%s/descriptors'\n"
                                          "printf '%%s|%%s' \"$1\" \"$2\" > '%s/arguments'\n"
                                          "printf '%%s%%s-first\\nsecond line\\n' Marker Secret-4711\n",
                                          test_secrets_top, test_secrets_top, test_secrets_top);
  g_autofree char *path = test_secrets_script("command", text);
  g_autoptr(FbkAccount) account = test_secrets_account(FBK_SECRET_COMMAND, FALSE);
  g_free(account->secret_command);
  account->secret_command = g_strdup_printf("'%s' 'two words' '$(touch %s/pwned)'", path, test_secrets_top);
  /* A careless library leaves a descriptor without O_CLOEXEC. */
  int careless = open(leak, O_RDWR | O_CREAT, 0600);
  g_assert_cmpint(careless, >=, 0);
  TestPerson person = {0};
  FbkAsk ask = test_person_ask(&person);
  FbkKept kept;
  for (int i = 0; i < 2; i++) { /* what the first time left must not be seen by the second one */
    g_assert_true(fbk_keep_read(test_secrets_accounts, account, &ask, NULL, &kept, &err));
    g_assert_no_error(err);
    test_secrets_assert_marker(kept.password, "-first");
    g_assert_null(kept.prefix);
    fbk_kept_clear(&kept);
  }
  close(careless);
  g_assert_cmpuint(person.lent, ==, 2);
  g_assert_cmpuint(person.asked, ==, 0);
  g_autofree char *arguments = NULL, *descriptors = NULL,
                  *pwned = g_build_filename(test_secrets_top, "pwned", NULL);
  g_autofree char *arguments_path = g_build_filename(test_secrets_top, "arguments", NULL);
  g_autofree char *descriptors_path = g_build_filename(test_secrets_top, "descriptors", NULL);
  g_assert_true(g_file_get_contents(arguments_path, &arguments, NULL, NULL));
  g_assert_true(g_str_has_prefix(arguments, "two words|$(touch "));
  g_assert_false(g_file_test(pwned, G_FILE_TEST_EXISTS));
  g_assert_true(g_file_get_contents(descriptors_path, &descriptors, NULL, NULL));
  g_assert_null(strstr(descriptors, leak));
  test_secrets_assert_clean(test_secrets_top);
}

static void test_command_with_prefix_asks_for_it(void)
{
  g_autoptr(GError) err = NULL;
  g_autofree char *path = test_secrets_script("command", "printf '%s%s\\r\\n' Marker Secret-4711\n");
  g_autoptr(FbkAccount) account = test_secrets_account(FBK_SECRET_COMMAND, TRUE);
  test_secrets_set(&account->secret_command, path);
  TestPerson person = {.answers = {"prefix:"}};
  FbkAsk ask = test_person_ask(&person);
  FbkKept kept;
  g_assert_true(fbk_keep_read(test_secrets_accounts, account, &ask, NULL, &kept, &err));
  test_secrets_assert_marker(kept.prefix, "prefix:");
  test_secrets_assert_marker(kept.password, "");
  fbk_kept_clear(&kept);
  test_person_clear(&person);
}

static void test_command_fails(void)
{
  static const struct {
    const char *text;
    FbkErr code;
    const char *says;
  } rows[] = {
      {"echo MarkerSecret-out; echo MarkerSecret-err >&2; exit 3\n", FBK_ERR_BAD_INPUT, "failed"},
      {"echo MarkerSecret-out; kill -9 $$\n", FBK_ERR_BAD_INPUT, "failed"},
      {"exit 0\n", FBK_ERR_BAD_INPUT, "no password"},
      {"echo; echo MarkerSecret-out\n", FBK_ERR_BAD_INPUT, "no password"},
      {"head -c 1025 /dev/zero | tr '\\0' x; echo\n", FBK_ERR_BAD_INPUT, "too long"},
      {"printf 'a\\0b\\n'\n", FBK_ERR_BAD_INPUT, "not text"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) err = NULL;
    g_autoptr(FbkSecret) secret = fbk_secret_new();
    g_autofree char *path = test_secrets_script("command", rows[i].text);
    g_assert_false(fbk_keep_command(path, 60, NULL, NULL, secret, &err));
    g_assert_error(err, FBK_ERROR, (int)rows[i].code);
    g_assert_nonnull(strstr(err->message, rows[i].says));
    g_assert_null(strstr(err->message, "MarkerSecret"));
    g_assert_cmpuint(fbk_secret_length(secret), ==, 0);
  }
  g_autoptr(GError) missing = NULL, quotes = NULL;
  g_autoptr(FbkSecret) secret = fbk_secret_new();
  g_assert_false(fbk_keep_command("/nowhere/pass show x", 60, NULL, NULL, secret, &missing));
  g_assert_error(missing, FBK_ERROR, FBK_ERR_NOT_FOUND);
  g_assert_false(fbk_keep_command("pass 'x", 60, NULL, NULL, secret, &quotes));
  g_assert_error(quotes, FBK_ERROR, FBK_ERR_BAD_INPUT);
}

/* A long line of exactly the limit is taken, much output after it too, and a grandchild that keeps the pipe
 * open is not waited for. */
static void test_command_odd_output(void)
{
  static const struct {
    const char *text;
    gsize len;
  } rows[] = {
      {"head -c 1024 /dev/zero | tr '\\0' x; echo; exit 0\n", 1024},
      {"echo secret; head -c 300000 /dev/zero | tr '\\0' y\n", 6},
      {"printf secret\n", 6},
      {"(trap '' TERM HUP; exec sleep 30) & echo secret\n", 6},
      {"printf sec; sleep 0.2; echo ret; exec >&-; sleep 0.2\n", 6},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) err = NULL;
    g_autoptr(FbkSecret) secret = fbk_secret_new();
    g_autofree char *path = test_secrets_script("command", rows[i].text);
    gint64 begun = g_get_monotonic_time();
    g_assert_true(fbk_keep_command(path, 60, NULL, NULL, secret, &err));
    g_assert_no_error(err);
    g_assert_cmpuint(fbk_secret_length(secret), ==, rows[i].len);
    g_assert_cmpint(g_get_monotonic_time() - begun, <, 20 * G_USEC_PER_SEC);
  }
}

static void test_command_too_slow(void)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkSecret) secret = fbk_secret_new();
  g_autofree char *path =
      test_secrets_script("command", "trap '' TERM\necho early\nwhile :; do sleep 1; done\n");
  gint64 begun = g_get_monotonic_time();
  g_assert_false(fbk_keep_command(path, 1, NULL, NULL, secret, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_TIMEOUT);
  g_assert_cmpuint(fbk_secret_length(secret), ==, 0);
  g_assert_cmpint(g_get_monotonic_time() - begun, <, 20 * G_USEC_PER_SEC);
}

static void test_command_cancelled(void)
{
  g_autofree char *fifo = test_secrets_new_fifo();
  g_autofree char *text = g_strdup_printf("exec 3> '%s'\nexec sleep 60\n", fifo);
  g_autofree char *path = test_secrets_script("command", text);
  g_autoptr(FbkAccount) account = test_secrets_account(FBK_SECRET_COMMAND, FALSE);
  test_secrets_set(&account->secret_command, path);
  test_secrets_assert_can_cancel(account, fifo);
  g_unlink(fifo);
}

int main(int argc, char **argv)
{
  test_secrets_open();
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/keep/J11/ask", test_ask);
  g_test_add_func("/keep/command-sees-nothing", test_command_sees_nothing);
  g_test_add_func("/keep/J11/command-with-prefix-asks-for-it", test_command_with_prefix_asks_for_it);
  g_test_add_func("/keep/command-fails", test_command_fails);
  g_test_add_func("/keep/command-odd-output", test_command_odd_output);
  g_test_add_func("/keep/command-too-slow", test_command_too_slow);
  g_test_add_func("/keep/command-cancelled", test_command_cancelled);
  int status = g_test_run();
  test_secrets_close();
  return status;
}
