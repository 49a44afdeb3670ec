/* The program's door: locale, global options, then a command or the screen. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <errno.h>
#include <glib/gi18n.h>
#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/paths.h"
#include "base/secret.h"
#include "cmd/cmd.h"
#include "ui/app.h"

/* Translations lie beside a program that was built and not installed. */
static char *locale_directory(void)
{
  g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
  if (program) {
    g_autofree char *directory = g_path_get_dirname(program);
    g_autofree char *beside = g_build_filename(directory, "locale", NULL);
    if (g_file_test(beside, G_FILE_TEST_IS_DIR))
      return g_steal_pointer(&beside);
  }
  return g_strdup(FUBAKO_LOCALEDIR);
}

/* Where nobody chose a locale, as on many hosts that one reaches by SSH, the terminal shows UTF-8 all the
 * same. */
static gboolean is_unset(void)
{
  static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    const char *value = fbk_paths_environment(names[i]);
    if (value && *value)
      return FALSE;
  }
  return TRUE;
}

/* A language that is not installed on this host is still spoken: its words are ours, and only UTF-8 is
 * needed. */
static void speak(void)
{
  if (is_unset())
    setlocale(LC_ALL, "C.UTF-8");
  else if (!setlocale(LC_ALL, "")) {
    const char *wanted = fbk_paths_environment("LC_ALL");
    if (!wanted || !*wanted)
      wanted = fbk_paths_environment("LANG");
    if (wanted && *wanted && !fbk_paths_environment("LANGUAGE")) {
      g_autofree char *language = g_strndup(wanted, strcspn(wanted, ".@"));
      g_setenv("LANGUAGE", language, TRUE);
    }
    setlocale(LC_ALL, "C.UTF-8");
  }
  g_autofree char *directory = locale_directory();
  bindtextdomain("fubako", directory);
  bind_textdomain_codeset("fubako", "UTF-8");
  textdomain("fubako");
}

static int run_command(FbkCmd *cmd, int argc, char **argv)
{
  for (const FbkCommand *command = fbk_commands; command->name; command++)
    if (g_str_equal(command->name, argv[0]))
      return command->run(cmd, argc, argv);
  g_printerr(_("fubako: there is no command '%s'. `fubako --help` lists them.\n"), argv[0]);
  return 64;
}

static int run_screen(FbkCmd *cmd)
{
  int status = 0;
  FbkHome *home = fbk_cmd_home(cmd, &status);
  return home ? fbk_app_run(home) : status;
}

/* A full disk behind `fubako list > file` must not pass for success. */
static int end_output(int status)
{
  if (!fflush(stdout) && !ferror(stdout))
    return status;
  g_autoptr(GError) err = NULL;
  fbk_error_set_errno(&err, errno, _("The output could not be written"));
  g_printerr("fubako: %s\n", err->message);
  return status ? status : fbk_error_exit_code(err);
}

int main(int argc, char **argv)
{
  fbk_paths_prepare_process();
  fbk_secret_harden_process();
  fbk_log_take_glib();
  speak();
  FbkCmd cmd = {0};
  int status = 0;
  if (fbk_cmd_parse_global(&cmd, &argc, &argv, &status))
    status = argc > 1 ? run_command(&cmd, argc - 1, argv + 1) : run_screen(&cmd);
  fbk_cmd_clear(&cmd);
  return end_output(status);
}
