/* The stack of screens, keys on their way to them, and one picture at a time. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "ui/app.h"

#include <glib/gi18n.h>

#include "base/text.h"
#include "ui/app_inner.h"
#include "ui/scr.h"

#define CONTROL(letter) ((letter) - 'A' + 1)
#define PASTE_SILENCE G_USEC_PER_SEC

/* --- made and freed --- */

void fbk_app_look_at_size(FbkApp *app)
{
  int rows, columns;
  fbk_term_size(&rows, &columns);
  if (rows != fbk_canvas_rows(app->canvas) || columns != fbk_canvas_columns(app->canvas))
    fbk_app_resized(app, rows, columns);
}

static void question_changed(gpointer data)
{
  FbkApp *app = data;
  gboolean wanted = fbk_ui_ask_wants_terminal(app->ask);
  if (wanted && !app->lent && app->has_terminal)
    fbk_term_leave();
  if (!wanted && app->lent && app->has_terminal) {
    fbk_term_return();
    fbk_app_look_at_size(app); /* nobody told us while the terminal was another's */
  }
  app->lent = wanted;
  if (wanted)
    fbk_ui_ask_lend(app->ask);
  fbk_status_question_changed(app);
  fbk_app_dirty(app);
}

FbkApp *fbk_app_new(FbkHome *home, int rows, int columns)
{
  FbkApp *app = g_new0(FbkApp, 1);
  app->homes = g_ptr_array_new_with_free_func((GDestroyNotify)fbk_home_free);
  g_ptr_array_add(app->homes, home);
  app->home = home;
  app->screens = g_ptr_array_new();
  app->canvas = fbk_canvas_new(rows, columns);
  app->inbox = fbk_inbox_new();
  app->ask = fbk_ui_ask_new(app->inbox, question_changed, app);
  fbk_workers_open(app);
  return app;
}

static void free_screen(FbkApp *app, FbkScreen *screen)
{
  fbk_app_forget_prompt(app, screen);
  screen->type->free(screen);
}

void fbk_app_free(FbkApp *app)
{
  app->leaving = TRUE;
  while (app->screens->len)
    free_screen(app, g_ptr_array_steal_index(app->screens, app->screens->len - 1));
  fbk_status_clear(app);
  fbk_ui_ask_close(app->ask);
  gboolean ended = fbk_workers_close(app);
  g_clear_handle_id(&app->paint_source, g_source_remove);
  g_ptr_array_unref(app->screens);
  fbk_canvas_free(app->canvas);
  if (ended) { /* else a thread still reads them, and the process leaves */
    fbk_inbox_dispatch(app->inbox);
    fbk_inbox_free(app->inbox);
    fbk_ui_ask_free(app->ask);
    g_ptr_array_unref(app->homes);
    g_free(app);
  }
}

void fbk_app_open_first(FbkApp *app)
{
  fbk_app_push(app, app->home->accounts->len ? fbk_scr_list_new(app, NULL) : fbk_scr_setup_new(app));
}

/* --- what screens ask for --- */

const FbkHome *fbk_app_home(const FbkApp *app)
{
  return app->home;
}

const FbkAccount *fbk_app_account(const FbkApp *app)
{
  return app->home->accounts->len ? app->home->accounts->pdata[0] : NULL;
}

static FbkScreen *top_screen(const FbkApp *app)
{
  return app->screens->len ? app->screens->pdata[app->screens->len - 1] : NULL;
}

static void refresh_top(FbkApp *app)
{
  FbkScreen *screen = top_screen(app);
  if (screen && screen->type->refresh)
    screen->type->refresh(screen);
  fbk_app_dirty(app);
}

void fbk_app_push(FbkApp *app, FbkScreen *screen)
{
  g_ptr_array_add(app->screens, screen);
  fbk_app_dirty(app);
}

void fbk_app_pop(FbkApp *app)
{
  free_screen(app, g_ptr_array_steal_index(app->screens, app->screens->len - 1));
  refresh_top(app); /* much may have happened meanwhile */
}

void fbk_app_replace(FbkApp *app, FbkScreen *screen)
{
  FbkScreen *was = g_ptr_array_steal_index(app->screens, app->screens->len - 1);
  fbk_app_push(app, screen);
  free_screen(app, was);
}

FbkScreen *fbk_app_pop_to_first(FbkApp *app)
{
  while (app->screens->len > 1)
    free_screen(app, g_ptr_array_steal_index(app->screens, app->screens->len - 1));
  refresh_top(app);
  return app->screens->pdata[0];
}

void fbk_app_quit(FbkApp *app)
{
  app->leaving = TRUE;
  if (app->loop)
    g_main_loop_quit(app->loop);
}

/* --- drawing --- */

static gboolean is_too_small(const FbkApp *app)
{
  return fbk_canvas_rows(app->canvas) < FBK_APP_ROWS_MIN ||
         fbk_canvas_columns(app->canvas) < FBK_APP_COLUMNS_MIN;
}

static void draw_title(FbkApp *app, FbkScreen *screen)
{
  int columns = fbk_canvas_columns(app->canvas);
  g_autofree char *title = screen->type->title(screen);
  g_autofree char *clean = fbk_text_gate(title, -1, FBK_GATE_LINE);
  g_autofree char *shown = fbk_text_ellipsize(clean, columns - 2);
  fbk_canvas_fill(app->canvas, 0, 0, columns, FBK_LOOK_TITLE);
  fbk_canvas_text(app->canvas, 0, 1, columns - 2, FBK_LOOK_TITLE, shown);
}

const FbkCanvas *fbk_app_render(FbkApp *app)
{
  FbkScreen *screen = top_screen(app);
  fbk_canvas_clear(app->canvas);
  if (is_too_small(app))
    fbk_canvas_text(app->canvas, 0, 0, fbk_canvas_columns(app->canvas), FBK_LOOK_NORMAL,
                    _("Too small: needs 40x10"));
  else if (screen) {
    int rows = fbk_canvas_rows(app->canvas) - 1 - fbk_status_rows(app);
    draw_title(app, screen);
    screen->type->draw(screen, app->canvas, 1, rows);
    fbk_status_draw(app, app->canvas);
  }
  return app->canvas;
}

static gboolean paint(gpointer data)
{
  FbkApp *app = data;
  app->paint_source = 0;
  if (!app->lent)
    fbk_term_show(fbk_app_render(app));
  return G_SOURCE_REMOVE;
}

/* Painting waits until all keys and answers that are there were taken. */
void fbk_app_dirty(FbkApp *app)
{
  if (app->has_terminal && !app->paint_source && !app->leaving)
    app->paint_source = g_idle_add_full(G_PRIORITY_HIGH_IDLE, paint, app, NULL);
}

void fbk_app_resized(FbkApp *app, int rows, int columns)
{
  fbk_canvas_free(app->canvas);
  app->canvas = fbk_canvas_new(rows, columns);
  refresh_top(app);
}

/* --- keys --- */

static void leave_answered(gpointer owner, gboolean yes)
{
  if (yes)
    fbk_app_quit(owner);
}

static void go_back(FbkApp *app)
{
  if (app->screens->len > 1)
    fbk_app_pop(app);
  else
    fbk_app_confirm(app, _("Leave Fubako? (y/n)"), leave_answered, app);
}

static void cancel(FbkApp *app)
{
  if (fbk_workers_stop(app))
    fbk_app_say(app, _("Stopped. Press $ to check mail again."));
  else if (app->screens->len > 1)
    fbk_app_pop(app);
}

/* What is the same on every screen. */
static void act_for_all(FbkApp *app, FbkAction action)
{
  switch (action) {
  case FBK_ACTION_BACK:
    go_back(app);
    break;
  case FBK_ACTION_CANCEL:
    cancel(app);
    break;
  case FBK_ACTION_CHECK_MAIL:
    fbk_app_check_mail(app);
    break;
  case FBK_ACTION_HELP:
    fbk_app_push(app, fbk_scr_help_new(app, top_screen(app)->type->context));
    break;
  case FBK_ACTION_REDRAW:
    if (app->has_terminal)
      fbk_term_redraw();
    break;
  case FBK_ACTION_SUSPEND:
    if (app->has_terminal)
      fbk_term_suspend();
    break;
  case FBK_ACTION_QUIT:
    fbk_app_quit(app);
    break;
  default:
    break;
  }
}

/* The mark at the end of a paste may never come: after a silence, Esc and ^C are keys again. */
static gboolean ends_paste(const FbkApp *app, FbkKey key, gint64 now)
{
  return app->pasting && (key == FBK_KEY_ESCAPE || key == CONTROL('C')) &&
         now - app->key_time > PASTE_SILENCE;
}

/* Pasted text goes into text fields only, and a line's end in it is not Enter. */
static gboolean is_pasted_command(FbkApp *app, FbkKey key)
{
  gint64 now = g_get_monotonic_time();
  if (key == FBK_KEY_PASTE_BEGIN || key == FBK_KEY_PASTE_END) {
    app->pasting = key == FBK_KEY_PASTE_BEGIN;
    app->key_time = now;
    return TRUE;
  }
  if (ends_paste(app, key, now))
    app->pasting = FALSE;
  if (key != FBK_KEY_ESCAPE && key != CONTROL('C'))
    app->key_time = now;
  return app->pasting && !fbk_key_is_text(key);
}

/* These answer no question and take no message away. */
static gboolean act_on_terminal(FbkApp *app, FbkAction action)
{
  if (action != FBK_ACTION_REDRAW && action != FBK_ACTION_SUSPEND)
    return FALSE;
  act_for_all(app, action);
  return TRUE;
}

void fbk_app_feed(FbkApp *app, FbkKey key)
{
  FbkScreen *screen = top_screen(app);
  if (!screen || is_pasted_command(app, key))
    return;
  fbk_app_dirty(app);
  if (is_too_small(app)) /* what cannot be seen cannot be meant */
    return;
  if (act_on_terminal(app, fbk_keys_action(screen->type->context, key)))
    return;
  fbk_status_forget_message(app);
  if (fbk_status_key(app, key))
    return;
  if ((screen->type->type && screen->type->type(screen, key)) || app->pasting)
    return;
  FbkAction action = fbk_keys_action(screen->type->context, key);
  if (action == FBK_ACTION_NONE) {
    if (key != FBK_KEY_UNKNOWN)
      fbk_app_say(app, "%s",
                  screen->type->context == FBK_CONTEXT_HELP
                      ? _("This key does nothing here. q goes back.")
                      : _("This key does nothing here. Press ? for the keys that do."));
  } else if (!screen->type->act(screen, action))
    act_for_all(app, action);
}
