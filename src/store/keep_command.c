/* Runs a password command. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/keep_command.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>

#include "base/err.h"

#define CHUNK 256
#define KILL_SECONDS 2 /* between asking it to end and making it */

/* One run: a loop of its own, so that output, end, deadline and cancelling are waited for together. */
typedef struct {
  char **argv;
  guint seconds;
  gboolean has_terminal;
  GCancellable *cancellable;
  FbkSecret *secret;

  GMainContext *context;
  GMainLoop *loop;
  GSubprocess *process;
  GPollableInputStream *output;
  gboolean line_ended, line_bad;
  gboolean ended, timed_out;
} Run;

/* Reads what is there without waiting. FALSE at the end of the output. */
static gboolean read_some(Run *run)
{
  char chunk[CHUNK];
  g_autoptr(GError) foreign = NULL;
  gssize got = g_pollable_input_stream_read_nonblocking(run->output, chunk, sizeof chunk, NULL, &foreign);
  if (got > 0 && !run->line_ended) {
    const char *newline = memchr(chunk, '\n', (gsize)got);
    gsize part = newline != NULL ? (gsize)(newline - chunk) : (gsize)got;
    run->line_bad = !fbk_secret_append(run->secret, chunk, part) || run->line_bad;
    run->line_ended = newline != NULL || run->line_bad;
  }
  fbk_wipe(chunk, sizeof chunk);
  return got > 0 || g_error_matches(foreign, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static gboolean on_output(GObject *stream, gpointer data)
{
  (void)stream;
  return read_some(data) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void on_end(GObject *process, GAsyncResult *result, gpointer data)
{
  Run *run = data;
  run->ended = g_subprocess_wait_finish(G_SUBPROCESS(process), result, NULL);
  g_main_loop_quit(run->loop);
}

static gboolean on_deadline(gpointer data)
{
  Run *run = data;
  run->timed_out = TRUE;
  g_main_loop_quit(run->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean on_cancelled(GCancellable *cancellable, gpointer data)
{
  (void)cancellable;
  g_main_loop_quit(((Run *)data)->loop);
  return G_SOURCE_CONTINUE;
}

static void attach(Run *run, GSource *source, GSourceFunc call)
{
  g_source_set_callback(source, call, run, NULL);
  g_source_attach(source, run->context);
}

static void detach(GSource *source)
{
  if (source == NULL)
    return;
  g_source_destroy(source);
  g_source_unref(source);
}

/* Asks the command to end, so that it can put the terminal right, and then makes it. */
static void stop_process(Run *run)
{
  GSource *deadline = g_timeout_source_new_seconds(KILL_SECONDS);
  g_subprocess_send_signal(run->process, SIGTERM);
  attach(run, deadline, on_deadline);
  while (!run->ended && !run->timed_out)
    g_main_context_iteration(run->context, TRUE);
  detach(deadline);
  if (!run->ended)
    g_subprocess_force_exit(run->process);
  while (!run->ended)
    g_main_context_iteration(run->context, TRUE);
}

static void wait_for_end(Run *run)
{
  GSource *deadline = g_timeout_source_new_seconds(run->seconds);
  GSource *cancelled = run->cancellable != NULL ? g_cancellable_source_new(run->cancellable) : NULL;
  GSource *readable = g_pollable_input_stream_create_source(run->output, NULL);
  attach(run, deadline, on_deadline);
  attach(run, readable, G_SOURCE_FUNC(on_output));
  if (cancelled != NULL)
    attach(run, cancelled, G_SOURCE_FUNC(on_cancelled));
  g_subprocess_wait_async(run->process, NULL, on_end, run);
  g_main_loop_run(run->loop);
  detach(deadline);
  detach(cancelled);
  detach(readable);
  gboolean was_late = run->timed_out && !run->ended;
  run->timed_out = FALSE;
  if (!run->ended)
    stop_process(run);
  run->timed_out = was_late;
  /* A grandchild may hold the pipe open, or fill it, for ever: only what completes the line is wanted. */
  while (!run->line_ended && read_some(run) && g_pollable_input_stream_is_readable(run->output))
    ;
}

static gboolean judge(const Run *run, GError **err)
{
  gsize len = fbk_secret_length(run->secret);
  if (fbk_cancelled(run->cancellable, err))
    return FALSE;
  if (run->timed_out)
    fbk_error_set(err, FBK_ERR_TIMEOUT, _("The password command \"%s\" did not end within %u seconds."),
                  run->argv[0], run->seconds);
  else if (!g_subprocess_get_successful(run->process))
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("The password command \"%s\" failed; run it in a terminal to see why."), run->argv[0]);
  else if (run->line_bad)
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("The password command \"%s\" printed a line that is too long or not text."),
                  run->argv[0]);
  else if (len == 0)
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("The password command \"%s\" printed no password on its first line."), run->argv[0]);
  else
    return TRUE;
  return FALSE;
}

/* While the terminal is ours to use. */
static gboolean run_command(gpointer data, GError **err)
{
  Run *run = data;
  GError *foreign = NULL;
  GSubprocessFlags flags = G_SUBPROCESS_FLAGS_STDOUT_PIPE;
  flags |= run->has_terminal ? G_SUBPROCESS_FLAGS_STDIN_INHERIT : G_SUBPROCESS_FLAGS_STDERR_SILENCE;
  /* GSubprocess closes every other descriptor in the child. */
  run->process = g_subprocess_newv((const char *const *)run->argv, flags, &foreign);
  if (run->process == NULL) {
    fbk_error_take(err, foreign, _("Cannot run the password command"));
    return FALSE;
  }
  run->context = g_main_context_new();
  g_main_context_push_thread_default(run->context);
  run->loop = g_main_loop_new(run->context, FALSE);
  run->output = G_POLLABLE_INPUT_STREAM(g_subprocess_get_stdout_pipe(run->process));
  wait_for_end(run);
  g_main_context_pop_thread_default(run->context);
  g_main_loop_unref(run->loop);
  g_main_context_unref(run->context);
  gboolean good = judge(run, err);
  g_object_unref(run->process);
  return good;
}

gboolean fbk_keep_command(const char *command, guint seconds, const FbkAsk *ask, GCancellable *cancellable,
                          FbkSecret *secret, GError **err)
{
  g_auto(GStrv) argv = NULL;
  GError *foreign = NULL;
  if (!g_shell_parse_argv(command, NULL, &argv, &foreign)) {
    g_error_free(foreign);
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("The password command cannot be split into words; check its quotes."));
    return FALSE;
  }
  if (fbk_cancelled(cancellable, err))
    return FALSE;
  Run run = {.argv = argv, .seconds = seconds, .cancellable = cancellable, .secret = secret};
  run.has_terminal = ask != NULL && ask->lend_terminal != NULL;
  fbk_secret_clear(secret);
  gboolean good =
      run.has_terminal ? ask->lend_terminal(ask->data, run_command, &run, err) : run_command(&run, err);
  gsize len = 0;
  const char *line = fbk_secret_peek(secret, &len);
  if (good && line[len - 1] == '\r')
    fbk_secret_chop(secret);
  if (!good)
    fbk_secret_clear(secret);
  return good;
}
