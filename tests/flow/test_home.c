/* Opening the home: broken settings stop before anything is written; the refusal mark holds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/home.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "flow/lockout.h"
#include "tests/shared/stage.h"

typedef struct {
  const char *name, *config, *complaint; /* complaint NULL: it opens */
} Case;

static const Case cases[] = {
    {"no-config", NULL, NULL},
    {"good-config", "# mine\n[screen]\nhints = 1\nambiguous_width = auto\n", NULL},
    {"unknown-section", "\n[scren]\nhints = 1\n", "config.ini:3: "},
    {"unknown-key", "[screen]\nhint = 1\n", "config.ini:2: "},
    {"bad-number", "[screen]\n\nhints = many\n", "config.ini:3: "},
    {"number-out-of-range", "[screen]\nhints = 3\n", "config.ini:2: "},
    {"no-syntax", "[screen]\nhints\n", "config.ini:2: "},
};

static void test_config(gconstpointer data)
{
  const Case *one = data;
  g_autofree char *dir = fbk_stage_new();
  g_autofree char *config_dir = g_build_filename(dir, "config", NULL);
  g_autofree char *config = g_build_filename(config_dir, "config.ini", NULL);
  if (one->config) {
    g_assert_true(fbk_file_make_dir(config_dir, NULL));
    g_assert_true(fbk_file_write(config, one->config, strlen(one->config), NULL));
  }
  g_autoptr(FbkNet) net = fbk_net_new();
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkHome) home = fbk_home_open(dir, net, &err);
  g_autofree char *state = g_build_filename(dir, "state", NULL);
  if (one->complaint) {
    g_assert_null(home);
    g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
    g_assert_nonnull(strstr(err->message, one->complaint));
    g_assert_false(g_file_test(state, G_FILE_TEST_EXISTS));
  } else {
    g_assert_no_error(err);
    g_assert_nonnull(fbk_profile_find(home->profiles, "jaist-da"));
  }
  fbk_stage_free(dir);
}

static void test_config_others_can_write(void)
{
  g_autofree char *dir = fbk_stage_new();
  g_autofree char *config_dir = g_build_filename(dir, "config", NULL);
  g_autofree char *config = g_build_filename(config_dir, "config.ini", NULL);
  g_assert_true(fbk_file_make_dir(config_dir, NULL));
  g_assert_true(fbk_file_write(config, "", 0, NULL));
  g_chmod(config, 0622);
  g_autoptr(FbkNet) net = fbk_net_new();
  g_autoptr(GError) err = NULL;
  g_assert_null(fbk_home_open(dir, net, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_DENIED);
  g_assert_nonnull(strstr(err->message, "config.ini"));
  fbk_stage_free(dir);
}

/* J16: what one process was refused, no other one tries. */
static void test_refusal_is_remembered(void)
{
  g_autofree char *dir = fbk_stage_new();
  g_autoptr(FbkNet) net = fbk_net_new();
  g_autoptr(FbkHome) home = fbk_home_open(dir, net, NULL);
  g_autoptr(FbkAccount) account = fbk_account_new();
  g_free(account->name);
  account->name = g_strdup("jaist");
  g_assert_true(fbk_lockout_check(home, account, NULL));
  fbk_lockout_note(home, account, "imap.jaist.ac.jp");
  g_autoptr(FbkHome) other_process = fbk_home_open(dir, net, NULL);
  g_autoptr(GError) err = NULL;
  g_assert_false(fbk_lockout_check(other_process, account, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_AUTH);
  g_assert_nonnull(strstr(err->message, "imap.jaist.ac.jp"));
  fbk_lockout_clear(home, account);
  g_assert_true(fbk_lockout_check(other_process, account, NULL));
  fbk_stage_free(dir);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  fbk_paths_prepare_process();
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/flow/home/config/", cases[i].name, NULL);
    g_test_add_data_func(path, &cases[i], test_config);
  }
  g_test_add_func("/flow/home/config/others-can-write", test_config_others_can_write);
  g_test_add_func("/flow/lockout/J16-refusal-is-remembered", test_refusal_is_remembered);
  return g_test_run();
}
