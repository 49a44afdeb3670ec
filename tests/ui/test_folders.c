/* The folders screen: order, counts, typing, opening. SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>

#include "base/paths.h"
#include "tests/ui/run.h"

static void add_folders(Desk *desk)
{
  gint64 seminar = desk_folder(desk, "ゼミ/2026", FBK_ROLE_NONE);
  gint64 sent = desk_folder(desk, "Sent Messages", FBK_ROLE_SENT);
  desk_folder(desk, "Archive\x1b[2J", FBK_ROLE_NONE);
  desk_rows(desk, desk->inbox, 1, 30);
  desk_rows(desk, sent, 31, 33);
  desk_row(desk, seminar, 1, 0, DESK_NOON, "A", "unread in seminar");
}

static void test_screen(Desk *desk, gconstpointer data)
{
  (void)data;
  add_folders(desk);
  FbkApp *app = run_new(desk, 12, 80);
  run_wait(app, "Mail 1");
  run_keys(app, "y");
  run_wait(app, "Folders: 1 unread");
  run_assert(app,
             " Folders: 1 unread\n"
             " Inbox                                                                     0/30\n"
             " Sent Messages                                     Sent                     0/3\n"
             " Archive\xef\xbf\xbd[2J                                                                0/0\n"
             " ゼミ/2026                                                                  1/1\n"
             "\n\n\n\n\n\n");
  run_keys(app, "\t");
  run_assert_cursor(app, "ゼミ/2026");
  run_keys(app, "\n");
  run_wait(app, "unread in seminar");
  run_wait(app, "taro: ゼミ/2026  1 unread of 1");
  run_keys(app, "y"); /* the cursor stands on the folder one comes from */
  run_wait(app, "Folders: 1 unread");
  run_assert_cursor(app, "ゼミ/2026");
  run_keys(app, "q");
  run_wait(app, "unread in seminar");
  fbk_app_free(app);
}

static void test_typing(Desk *desk, gconstpointer data)
{
  (void)data;
  add_folders(desk);
  FbkApp *app = run_new(desk, 10, 40);
  run_wait(app, "Mail 1");
  run_keys(app, "c");
  run_wait(app, "Sent Messages");
  run_keys(app, "ゼ");
  run_assert(app, " Folders: 1 unread\n"
                  " Part of its name: ゼ\n"
                  " ゼミ/2026                          1/1\n"
                  "\n\n\n\n\n\n");
  run_keys(app, "x");
  run_wait(app, "No folder has this in its name. Type\n less of it.\n"); /* whole on the smallest screen */
  run_wait(app, "Enter open  Esc back  F1 help");                        /* q and ? would be typed */
  run_keys(app, "\n");                                                   /* nothing to open */
  fbk_app_feed(app, FBK_KEY_BACKSPACE);
  fbk_app_feed(app, FBK_KEY_BACKSPACE);
  run_keys(app, "MESS\n"); /* whatever the case */
  run_wait(app, "taro: Sent Messages");
  run_wait(app, "Mail 31");
  fbk_app_free(app);
}

/* Keys typed ahead: the folder opens once it is known. */
static void test_typed_ahead(Desk *desk, gconstpointer data)
{
  (void)data;
  add_folders(desk);
  FbkApp *app = run_new(desk, 12, 80);
  run_keys(app, "cゼミ\nM");
  run_wait(app, "unread in seminar");
  run_wait(app, "taro: ゼミ/2026");
  run_keys(app, "y");
  fbk_app_feed(app, FBK_KEY_HOME);
  run_keys(app, "\n");
  run_wait(app, "taro: Inbox");
  fbk_app_free(app);
}

/* Mail that comes in while the folders are shown. */
static void test_refresh(Desk *desk, gconstpointer data)
{
  (void)data;
  add_folders(desk);
  FbkApp *app = run_new(desk, 12, 80);
  run_keys(app, "y");
  run_wait(app, "Sent Messages");
  run_keys(app, "j");
  desk_row(desk, desk->inbox, 99, 0, DESK_NOON, "A", "new");
  FbkScreen *screen = app->screens->pdata[1];
  screen->type->refresh(screen);
  run_wait(app, "Folders: 2 unread");
  run_assert_cursor(app, "Sent Messages");
  fbk_app_free(app);
}

int main(int argc, char **argv)
{
  fbk_paths_prepare_process();
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  DESK_CASE("/folders/screen", test_screen);
  DESK_CASE("/folders/typing", test_typing);
  DESK_CASE("/folders/typed-ahead", test_typed_ahead);
  DESK_CASE("/folders/refresh", test_refresh);
  return g_test_run();
}
