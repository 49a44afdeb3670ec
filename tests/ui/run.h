/* The app on a desk, without a terminal: keys in, the screen as text out. For the tests of ui, one file each.
 */
#ifndef FUBAKO_TESTS_UI_RUN_H
#define FUBAKO_TESTS_UI_RUN_H

#include <string.h>

#include "tests/shared/desk.h"
#include "ui/app_inner.h"

#define DEADLINE (20 * G_USEC_PER_SEC)

/* The app takes the home over. fbk_app_free. */
static inline FbkApp *run_new(Desk *desk, int rows, int columns)
{
  return fbk_app_new_for_test(g_steal_pointer(&desk->home), rows, columns);
}

static inline void run_keys(FbkApp *app, const char *keys)
{
  for (const char *at = keys; *at; at = g_utf8_next_char(at))
    fbk_app_feed(app, *at == '\n' ? FBK_KEY_ENTER : g_utf8_get_char(at));
}

/* Takes answers until text stands on the screen (or, wanted FALSE, does not any more). */
static inline void run_until(FbkApp *app, const char *text, gboolean wanted)
{
  gint64 end = g_get_monotonic_time() + DEADLINE;
  for (;;) {
    fbk_inbox_dispatch(app->inbox);
    g_autofree char *dump = fbk_canvas_dump(fbk_app_render(app));
    if ((strstr(dump, text) != NULL) == wanted)
      return;
    if (g_get_monotonic_time() > end)
      g_error("waited in vain for \"%s\" %s:\n%s", text, wanted ? "to come" : "to go", dump);
    GPollFD fd = {.fd = fbk_inbox_fd(app->inbox), .events = G_IO_IN};
    g_poll(&fd, 1, 100);
  }
}

static inline gboolean run_nothing(FbkJob *job, gpointer data, GError **err)
{
  (void)job;
  (void)data;
  (void)err;
  return TRUE;
}

static inline void run_arrived(gpointer owner, gpointer data, const GError *err)
{
  (void)data;
  (void)err;
  *(gboolean *)owner = TRUE;
}

/* Everything that was asked of the reader's worker so far has been answered. */
static inline void run_settle(FbkApp *app)
{
  gboolean arrived = FALSE;
  FbkScope *scope = fbk_scope_new(&arrived, NULL);
  fbk_worker_post(fbk_app_reader(app), scope, run_nothing, run_arrived, NULL, NULL);
  while (!arrived) {
    GPollFD fd = {.fd = fbk_inbox_fd(app->inbox), .events = G_IO_IN};
    g_assert_cmpint(g_poll(&fd, 1, (int)(DEADLINE / 1000)), >, 0);
    fbk_inbox_dispatch(app->inbox);
  }
  fbk_scope_close(scope);
}

static inline void run_wait(FbkApp *app, const char *text)
{
  run_until(app, text, TRUE);
}

/* All rows but those of the hints: the bar is tested with the keys. */
static inline void run_assert(FbkApp *app, const char *expected)
{
  g_autofree char *dump = fbk_canvas_dump(fbk_app_render(app));
  for (int hints = fbk_status_rows(app) - 1; hints > 0; hints--) {
    dump[strlen(dump) - 1] = '\0';
    strrchr(dump, '\n')[1] = '\0';
  }
  g_assert_cmpstr(dump, ==, expected);
}

/* The text of the row where the cursor stands. g_free. */
static inline char *run_cursor_row(FbkApp *app)
{
  int row = 0;
  int column = 0;
  g_autofree char *dump = fbk_canvas_dump(fbk_app_render(app));
  g_auto(GStrv) rows = g_strsplit(dump, "\n", -1);
  if (!fbk_canvas_get_cursor(app->canvas, &row, &column))
    return g_strdup("(no cursor)");
  return g_strdup(rows[row]);
}

static inline void run_assert_cursor(FbkApp *app, const char *part)
{
  g_autofree char *row = run_cursor_row(app);
  if (!strstr(row, part))
    g_error("the cursor does not stand on \"%s\" but on \"%s\"", part, row);
}

#endif
