/* Clock, terminal, locale, editor, programs that are asked. SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/paths.h"
#include "flow/doctor_inner.h"

#define FIRST_YEAR 2026 /* this program was not there before */
#define LAST_YEAR 2099
#define COLUMNS_LEAST 40
#define ROWS_LEAST 12
#define PROGRAM_SECONDS 5
#define LINE_SHOWN 200

static const char *environment(const char *variable)
{
  const char *value = fbk_paths_environment(variable);
  return value ? value : "";
}

/* --- programs --- */

typedef struct {
  GMainLoop *loop;
  GCancellable *late;
  char *line;
} Answer;

static gboolean too_late(gpointer data)
{
  g_cancellable_cancel(((Answer *)data)->late);
  return G_SOURCE_REMOVE;
}

static void answered(GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;
  g_autofree char *text = NULL;
  if (g_subprocess_communicate_utf8_finish(G_SUBPROCESS(source), result, &text, NULL, NULL) && text)
    answer->line = g_strndup(text, MIN(strcspn(text, "\n"), LINE_SHOWN));
  g_main_loop_quit(answer->loop);
}

char *fbk_doctor_first_line(const char *const *argv)
{
  g_autoptr(GSubprocess) child =
      g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
  if (!child)
    return NULL;
  GMainContext *context = g_main_context_new();
  g_main_context_push_thread_default(context);
  Answer answer = {g_main_loop_new(context, FALSE), g_cancellable_new(), NULL};
  g_autoptr(GSource) clock = g_timeout_source_new_seconds(PROGRAM_SECONDS);
  g_source_set_callback(clock, too_late, &answer, NULL);
  g_source_attach(clock, context);
  g_subprocess_communicate_utf8_async(child, NULL, answer.late, answered, &answer);
  g_main_loop_run(answer.loop);
  if (g_cancellable_is_cancelled(answer.late))
    g_subprocess_force_exit(child);
  g_source_destroy(clock);
  g_main_context_pop_thread_default(context);
  g_main_loop_unref(answer.loop);
  g_main_context_unref(context);
  g_object_unref(answer.late);
  return answer.line;
}

/* --- clock --- */

static void check_clock(FbkDoctor *doctor)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local();
  g_autofree char *told = g_date_time_format(now, "%Y-%m-%d %H:%M %z");
  int year = g_date_time_get_year(now);
  gboolean wrong = year < FIRST_YEAR || year > LAST_YEAR;
  for (guint i = 0; i < doctor->servers->len; i++)
    wrong = wrong || ((const FbkServerChecks *)doctor->servers->pdata[i])->clock_behind;
  if (wrong)
    fbk_check_failed(
        doctor->here, "clock", FBK_ERR_CERT,
        _("Set this computer's clock right (ask the administrator of a shared one): certificates "
          "are judged by it."),
        _("%s cannot be right"), told);
  else
    fbk_check_passed(doctor->here, "clock", _("%s (the servers' own time: not told)"), told);
}

/* --- terminal --- */

static void check_size(FbkDoctor *doctor, const char *terminal)
{
  struct winsize size = {0};
  int fd = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
  gboolean known = fd >= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row;
  if (fd >= 0)
    close(fd);
  if (!known)
    fbk_check_warn(doctor->here, "terminal", _("Run this on the terminal where you read mail."),
                   _("there is no terminal here to be looked at"));
  else if (size.ws_col < COLUMNS_LEAST || size.ws_row < ROWS_LEAST)
    fbk_check_warn(doctor->here, "terminal", _("Make the window larger."),
                   _("%s, %u columns by %u rows: the screen needs at least %d by %d"), terminal, size.ws_col,
                   size.ws_row, COLUMNS_LEAST, ROWS_LEAST);
  else
    fbk_check_passed(doctor->here, "terminal", _("%s, %u columns by %u rows"), terminal, size.ws_col,
                     size.ws_row);
}

static void check_colours(FbkDoctor *doctor)
{
  const char *const tput[] = {"tput", "colors", NULL};
  g_autofree char *told = fbk_doctor_first_line(tput);
  gint64 colours = told ? g_ascii_strtoll(told, NULL, 10) : 0;
  if (*environment("NO_COLOR"))
    fbk_check_passed(doctor->here, "colours", _("none, as NO_COLOR asks"));
  else if (!told)
    fbk_check_passed(doctor->here, "colours", _("not told"));
  else if (colours < 8)
    fbk_check_warn(doctor->here, "colours",
                   _("Set TERM to what your terminal is, such as xterm-256color; without colours marks are "
                     "shown bold or reversed."),
                   _("none"));
  else
    fbk_check_passed(doctor->here, "colours", "%d", (int)MIN(colours, 1 << 24));
}

static void check_terminal(FbkDoctor *doctor)
{
  const char *terminal = environment("TERM");
  if (!*terminal || g_str_equal(terminal, "dumb") || g_str_equal(terminal, "unknown")) {
    fbk_check_warn(doctor->here, "terminal",
                   _("Run this on the terminal where you read mail; there, TERM names it, such as "
                     "xterm-256color."),
                   _("there is no terminal here to be looked at"));
    return;
  }
  check_size(doctor, terminal);
  check_colours(doctor);
}

/* --- language --- */

static void check_locale(FbkDoctor *doctor)
{
  const char *wanted = environment("LC_ALL");
  if (!*wanted)
    wanted = environment("LC_CTYPE");
  if (!*wanted)
    wanted = environment("LANG");
  const char *used = setlocale(LC_CTYPE, NULL), *charset;
  if (!g_get_charset(&charset))
    fbk_check_warn(doctor->here, "locale",
                   _("Say export LANG=C.UTF-8 (or ja_JP.UTF-8, where that is installed) in your shell."),
                   _("%s uses %s, not UTF-8: Japanese cannot be shown"), used, charset);
  else if (*wanted && g_str_equal(used, "C.UTF-8") && g_ascii_strncasecmp(wanted, "C.", 2))
    fbk_check_warn(doctor->here, "locale",
                   _("Fubako works all the same; other programs may not show Japanese. `locale -a` lists "
                     "what is installed."),
                   _("%s is not installed on this computer; UTF-8 is used"), wanted);
  else
    fbk_check_passed(doctor->here, "locale", _("%s, UTF-8"), used);
}

/* --- editor --- */

static void check_editor(FbkDoctor *doctor)
{
  const char *command = *environment("VISUAL") ? environment("VISUAL") : environment("EDITOR");
  g_auto(GStrv) words = NULL;
  if (!*command) {
    fbk_check_warn(doctor->here, "editor", _("Say export EDITOR=nano (or vim, emacs) in your shell."),
                   _("neither VISUAL nor EDITOR is set"));
    return;
  }
  gboolean read = g_shell_parse_argv(command, NULL, &words, NULL);
  g_autofree char *program = read ? g_find_program_in_path(words[0]) : NULL;
  if (program)
    fbk_check_passed(doctor->here, "editor", "%s", program);
  else
    fbk_check_warn(doctor->here, "editor",
                   _("Set EDITOR to an editor that is installed: export EDITOR=nano (or vim, emacs)."),
                   _("%s is not installed"), read ? words[0] : command);
}

void fbk_doctor_machine(FbkDoctor *doctor)
{
  check_clock(doctor);
  check_terminal(doctor);
  check_locale(doctor);
  check_editor(doctor);
}
