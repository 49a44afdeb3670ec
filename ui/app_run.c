/* The main loop: keys, answers and signals, until the person leaves. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"
#include "ui/app_inner.h"

#define KEYS_A_TURN 4096 /* then a picture: a paste without an end must not stop the drawing */

static gboolean keys_waiting(gint fd, GIOCondition condition, gpointer data)
{
  (void)fd;
  (void)condition;
  FbkApp *app = data;
  FbkKey key = FBK_KEY_NONE;
  if (app->lent) { /* they are the borrower's: look again when it has finished */
    g_usleep(20000);
    return G_SOURCE_CONTINUE;
  }
  for (int i = 0; i < KEYS_A_TURN && !app->leaving && (key = fbk_term_key()) != FBK_KEY_NONE; i++) {
    if (key == FBK_KEY_HANG_UP) {
      fbk_app_quit(app);
      return G_SOURCE_REMOVE;
    }
    if (key == FBK_KEY_RESIZE)
      fbk_app_look_at_size(app);
    else
      fbk_app_feed(app, key);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean answers_waiting(gint fd, GIOCondition condition, gpointer data)
{
  (void)fd;
  (void)condition;
  fbk_inbox_dispatch(((FbkApp *)data)->inbox);
  return G_SOURCE_CONTINUE;
}

static gboolean window_changed(gpointer data)
{
  FbkApp *app = data;
  if (!app->lent) {
    fbk_term_resize();
    fbk_app_look_at_size(app);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean told_to_leave(gpointer data)
{
  fbk_app_quit(data);
  return G_SOURCE_CONTINUE;
}

/* GLib's loop cannot take this signal itself; its own way to end would leave the terminal as it is. */
static void leave_by_sigterm(int signal_number)
{
  (void)signal_number;
  kill(getpid(), SIGTERM);
}

static void run_loop(FbkApp *app)
{
  guint sources[] = {
      g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, keys_waiting, app),
      g_unix_fd_add(fbk_inbox_fd(app->inbox), G_IO_IN, answers_waiting, app),
      g_unix_signal_add(SIGWINCH, window_changed, app),
      g_unix_signal_add(SIGTERM, told_to_leave, app),
      g_unix_signal_add(SIGHUP, told_to_leave, app),
      g_unix_signal_add(SIGINT, told_to_leave, app),
  };
  signal(SIGQUIT, leave_by_sigterm);
  app->loop = g_main_loop_new(NULL, FALSE);
  fbk_app_open_first(app);
  fbk_workers_fetch_all(app);
  fbk_app_dirty(app);
  g_main_loop_run(app->loop);
  for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
    GSource *source = g_main_context_find_source_by_id(NULL, sources[i]);
    if (source)
      g_source_destroy(source);
  }
  g_clear_pointer(&app->loop, g_main_loop_unref);
}

int fbk_app_run(FbkHome *home)
{
  g_autoptr(GError) err = NULL;
  int rows, columns;
  if (!fbk_term_open(&err)) {
    g_printerr("fubako: %s\n", err->message); /* which has its own next step */
    fbk_home_free(home);
    return fbk_error_exit_code(err);
  }
  if (home->settings.ambiguous_width)
    fbk_text_set_ambiguous(home->settings.ambiguous_width);
  fbk_term_size(&rows, &columns);
  FbkApp *app = fbk_app_new(home, rows, columns);
  app->has_terminal = TRUE;
  run_loop(app);
  if (!app->lent)
    fbk_term_close();
  fbk_app_free(app);
  return 0;
}

FbkApp *fbk_app_new_for_test(FbkHome *home, int rows, int columns)
{
  FbkApp *app = fbk_app_new(home, rows, columns);
  fbk_app_open_first(app);
  return app;
}
