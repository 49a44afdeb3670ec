/* The list of a folder's mail, and its keys; a search shows its results in the same one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "ui/app_inner.h"
#include "ui/list_inner.h"
#include "ui/list_row.h"
#include "ui/notice.h"

#define KEYS_MAX 1024 /* that wait: what a person types ahead is not lost */

/* --- what is seen --- */

const FbkFolder *fbk_list_screen_folder(const FbkListScreen *screen, gint64 folder_id)
{
  for (guint i = 0; screen->folders && i < screen->folders->len; i++) {
    const FbkFolder *folder = screen->folders->pdata[i];
    if (folder->id == folder_id)
      return folder;
  }
  return NULL;
}

static char *title(FbkScreen *head)
{
  const FbkListScreen *screen = (const FbkListScreen *)head;
  const char *account = screen->view.account->name;
  if (screen->query)
    return g_strdup_printf(_("%s: search for \"%s\"  %u found"), account, screen->query, screen->list.total);
  const FbkFolder *folder = fbk_list_screen_folder(screen, screen->view.folder_id);
  if (!folder)
    return g_strdup(account);
  const char *name = folder->role == FBK_ROLE_INBOX ? fbk_role_name(folder->role) : folder->name;
  g_autofree char *counts = folder->unread
                                ? g_strdup_printf(_("%u unread of %u"), folder->unread, folder->total)
                                : g_strdup_printf(_("%u, all read"), folder->total);
  const char *order = screen->view.order == FBK_ORDER_THREAD ? _("  by thread") : "";
  return g_strdup_printf("%s: %s  %s%s", account, name, folder->total ? counts : _("empty"), order);
}

/* Why there is nothing to see, and what to do. */
static char *reason(const FbkListScreen *screen)
{
  if (!screen->query)
    return g_strdup(_("No mail here yet. $ checks for new mail."));
  if (screen->waiting)
    return g_strdup_printf(g_dngettext(NULL,
                                       "Nothing found, but %u message is still to be indexed. Press $, then "
                                       "search again; S asks for other words.",
                                       "Nothing found, but %u messages are still to be indexed. Press $, "
                                       "then search again; S asks for other words.",
                                       screen->waiting),
                           screen->waiting);
  return g_strdup(_("Nothing found. S asks for other words."));
}

static void draw_empty(const FbkListScreen *screen, FbkCanvas *canvas, int top, int rows)
{
  g_autofree char *text = reason(screen);
  fbk_notice_draw(canvas, top, rows, FBK_LOOK_NOTICE, text);
  fbk_canvas_cursor(canvas, top, 0);
}

static void draw(FbkScreen *head, FbkCanvas *canvas, int top, int rows)
{
  FbkListScreen *screen = (FbkListScreen *)head;
  FbkList *list = &screen->list;
  gint64 now = g_get_real_time() / G_USEC_PER_SEC;
  fbk_list_set_height(list, rows);
  if (list->rows && !list->rows->count)
    draw_empty(screen, canvas, top, rows);
  for (guint i = list->top; list->rows && i < list->rows->count && i < list->top + (guint)rows; i++) {
    int screen_row = top + (int)(i - list->top);
    fbk_list_row_draw(canvas, screen_row, &list->rows->rows[i], now);
    if (i == list->cursor)
      fbk_canvas_select(canvas, screen_row, 0, fbk_canvas_columns(canvas));
  }
}

/* --- keys --- */

static void open_message(FbkListScreen *screen)
{
  const FbkRow *row = fbk_list_row(&screen->list);
  const FbkFolder *folder = row ? fbk_list_screen_folder(screen, row->folder_id) : NULL;
  if (!folder)
    return;
  g_autoptr(FbkMsgRef) msg = fbk_msg_ref_new(screen->view.account->name, folder->dir, row->file);
  screen->list.is_pinned = TRUE; /* coming back, the cursor stands on it */
  FbkScreen *reader = fbk_scr_reader_new(screen->head.app, &screen->head, msg, row->id);
  fbk_app_push(screen->head.app, reader);
  GQueue later = screen->keys; /* what was pressed after Enter was meant for the message */
  g_queue_init(&screen->keys); /* which may step this list */
  while (!g_queue_is_empty(&later))
    reader->type->act(reader, GPOINTER_TO_INT(g_queue_pop_head(&later)));
}

static void show_folder(FbkListScreen *screen, const FbkAccount *account, gint64 folder_id)
{
  screen->next.account = account;
  screen->next.folder_id = folder_id;
  fbk_list_replace(&screen->list, 0);
}

static void refuse_in_search(const FbkListScreen *screen)
{
  fbk_app_say(screen->head.app, _("What a search finds has no next folder and no other order. q goes back."));
}

static void step_folder(FbkListScreen *screen, int by)
{
  guint count = screen->folders ? screen->folders->len : 0;
  guint at = 0;
  while (at < count && ((const FbkFolder *)screen->folders->pdata[at])->id != screen->view.folder_id)
    at++;
  if (screen->query)
    refuse_in_search(screen);
  if (screen->query || at == count)
    return;
  for (gint64 i = (gint64)at + by; i >= 0 && i < count; i += by) {
    const FbkFolder *folder = screen->folders->pdata[i];
    if (folder->selectable) {
      show_folder(screen, screen->view.account, folder->id);
      return;
    }
  }
  fbk_app_say(screen->head.app, "%s",
              by > 0 ? _("This is the last folder.") : _("This is the first folder."));
}

static void toggle_order(FbkListScreen *screen)
{
  const FbkRow *row = fbk_list_row(&screen->list);
  if (screen->query) {
    refuse_in_search(screen);
    return;
  }
  screen->next.order = screen->view.order == FBK_ORDER_DATE ? FBK_ORDER_THREAD : FBK_ORDER_DATE;
  fbk_list_replace(&screen->list, row ? row->id : 0);
  fbk_app_say(screen->head.app, "%s",
              screen->next.order == FBK_ORDER_DATE ? _("By date, newest first.")
                                                   : _("By thread, the newest thread first."));
}

/* The results that are loaded; a search has no folders to go on to. */
static void next_unread_result(FbkListScreen *screen)
{
  const FbkList *list = &screen->list;
  for (guint i = list->cursor + 1; list->rows && i < list->rows->count; i++)
    if (!(list->rows->rows[i].flags & FBK_FLAG_SEEN)) {
      fbk_list_go(&screen->list, list->rows->rows[i].id);
      return;
    }
  fbk_app_say(screen->head.app, _("No other unread mail among these."));
}

static void toggle_unread(FbkListScreen *screen)
{
  const FbkRow *row = fbk_list_row(&screen->list);
  if (row)
    fbk_list_screen_mark(screen, row->id, FBK_MARK_TOGGLE);
}

/* What needs to know where the cursor stands: waits while that is not known. FALSE: not such a key. */
static gboolean needs_row(FbkAction action)
{
  return (action >= FBK_ACTION_UP && action <= FBK_ACTION_OPEN) ||
         (action >= FBK_ACTION_READ_ON && action <= FBK_ACTION_PREVIOUS) || action == FBK_ACTION_SORT ||
         action == FBK_ACTION_UNREAD;
}

static void act_on_row(FbkListScreen *screen, FbkAction action)
{
  FbkList *list = &screen->list;
  switch (action) {
  case FBK_ACTION_UP:
    fbk_list_move(list, -1);
    break;
  case FBK_ACTION_DOWN:
    fbk_list_move(list, 1);
    break;
  case FBK_ACTION_HALF_DOWN:
    fbk_list_move(list, MAX(1, list->height / 2));
    break;
  case FBK_ACTION_HALF_UP:
    fbk_list_move(list, -MAX(1, list->height / 2));
    break;
  case FBK_ACTION_PAGE_DOWN:
    fbk_list_move(list, list->height);
    break;
  case FBK_ACTION_PAGE_UP:
    fbk_list_move(list, -list->height);
    break;
  case FBK_ACTION_FIRST:
    fbk_list_first(list);
    break;
  case FBK_ACTION_LAST:
    fbk_list_last(list);
    break;
  case FBK_ACTION_OPEN:
  case FBK_ACTION_READ_ON:
    open_message(screen);
    break;
  case FBK_ACTION_NEXT_UNREAD:
    if (screen->query)
      next_unread_result(screen);
    else
      fbk_list_screen_look_for_unread(screen);
    break;
  case FBK_ACTION_NEXT:
    step_folder(screen, 1);
    break;
  case FBK_ACTION_PREVIOUS:
    step_folder(screen, -1);
    break;
  case FBK_ACTION_SORT:
    toggle_order(screen);
    break;
  default:
    toggle_unread(screen);
    break;
  }
}

static gboolean is_ready(const FbkListScreen *screen)
{
  return fbk_list_is_settled(&screen->list) && !screen->is_looking;
}

/* The reader's step is done: tells it where the cursor stands now. */
static void tell_reader(FbkListScreen *screen)
{
  FbkListMoved moved = screen->moved;
  const FbkRow *row = fbk_list_row(&screen->list);
  const FbkFolder *folder = row ? fbk_list_screen_folder(screen, row->folder_id) : NULL;
  screen->moved = NULL;
  screen->list.is_pinned = TRUE;
  if (!folder || row->id == screen->moved_from) {
    moved(screen->moved_owner, NULL, 0);
    return;
  }
  g_autoptr(FbkMsgRef) msg = fbk_msg_ref_new(screen->view.account->name, folder->dir, row->file);
  moved(screen->moved_owner, msg, row->id);
}

void fbk_list_screen_pump(FbkListScreen *screen)
{
  FbkListWant want;
  while (is_ready(screen) && !g_queue_is_empty(&screen->keys))
    act_on_row(screen, GPOINTER_TO_INT(g_queue_pop_head(&screen->keys)));
  if (is_ready(screen) && screen->moved)
    tell_reader(screen);
  if (fbk_list_want(&screen->list, &want))
    fbk_list_screen_load(screen, &want);
}

static gboolean act(FbkScreen *head, FbkAction action)
{
  FbkListScreen *screen = (FbkListScreen *)head;
  FbkApp *app = head->app;
  if (needs_row(action)) {
    if (g_queue_get_length(&screen->keys) < KEYS_MAX)
      g_queue_push_tail(&screen->keys, GINT_TO_POINTER(action));
    fbk_list_screen_pump(screen);
    return TRUE;
  }
  switch (action) {
  case FBK_ACTION_FOLDERS:
    fbk_app_push(app, fbk_scr_folders_new(app, FALSE));
    return TRUE;
  case FBK_ACTION_CHANGE_FOLDER:
    fbk_app_push(app, fbk_scr_folders_new(app, TRUE));
    return TRUE;
  case FBK_ACTION_SEARCH:
    fbk_scr_search_ask(app, head);
    return TRUE;
  case FBK_ACTION_CANCEL:
    g_queue_clear(&screen->keys);
    return FALSE;
  default:
    return FALSE;
  }
}

static void refresh(FbkScreen *head)
{
  FbkListScreen *screen = (FbkListScreen *)head;
  screen->list.is_stale = TRUE;
  fbk_list_screen_pump(screen);
}

/* --- made, freed, and used by the screens above --- */

static void free_list(FbkScreen *head)
{
  FbkListScreen *screen = (FbkListScreen *)head;
  fbk_scope_close(head->scope);
  fbk_late_end(&screen->late);
  fbk_list_clear(&screen->list);
  g_clear_pointer(&screen->folders, g_ptr_array_unref);
  g_queue_clear(&screen->keys);
  g_free(screen->query);
  g_free(screen);
}

static const FbkScreenType list_type = {FBK_CONTEXT_LIST, title, draw, act, NULL, refresh, free_list};

FbkListScreen *fbk_list_screen_new(FbkApp *app, const FbkAccount *account, const char *query)
{
  FbkListScreen *screen = g_new0(FbkListScreen, 1);
  screen->head = (FbkScreen){&list_type, app, NULL};
  screen->head.scope = fbk_scope_new(screen, NULL);
  screen->view = screen->next = (FbkListView){account, 0, FBK_ORDER_DATE};
  screen->query = g_strdup(query);
  g_queue_init(&screen->keys);
  fbk_list_init(&screen->list);
  fbk_list_set_height(&screen->list, fbk_canvas_rows(app->canvas));
  return screen;
}

FbkScreen *fbk_scr_list_new(FbkApp *app, const FbkFolder *folder)
{
  FbkListScreen *screen = fbk_list_screen_new(app, fbk_app_account(app), NULL);
  screen->next.folder_id = folder ? folder->id : 0;
  fbk_list_screen_pump(screen);
  return &screen->head;
}

void fbk_scr_list_show_folder(FbkApp *app, const FbkAccount *account, gint64 folder_id)
{
  FbkListScreen *screen = (FbkListScreen *)fbk_app_pop_to_first(app);
  g_assert(screen->head.type == &list_type); /* with an account, a list is the first screen */
  g_queue_clear(&screen->keys);
  show_folder(screen, account, folder_id);
  fbk_list_screen_pump(screen);
}

gint64 fbk_scr_list_shown_folder(FbkApp *app, const FbkAccount **account_out)
{
  const FbkListScreen *screen = app->screens->len ? app->screens->pdata[0] : NULL;
  if (!screen || screen->head.type != &list_type)
    return 0;
  *account_out = screen->view.account;
  return screen->view.folder_id;
}

void fbk_scr_list_step(FbkScreen *head, FbkAction step, FbkListMoved moved, gpointer owner)
{
  FbkListScreen *screen = (FbkListScreen *)head;
  const FbkRow *row = fbk_list_row(&screen->list);
  if (!screen->moved)
    screen->moved_from = row ? row->id : 0;
  screen->moved = moved;
  screen->moved_owner = owner;
  g_queue_push_tail(&screen->keys, GINT_TO_POINTER(step));
  fbk_list_screen_pump(screen);
}

void fbk_scr_list_forget_step(FbkScreen *head, gpointer owner)
{
  FbkListScreen *screen = (FbkListScreen *)head;
  if (screen->moved_owner == owner)
    screen->moved = NULL;
}

void fbk_scr_list_mark(FbkScreen *head, gint64 row_id, FbkMark mark)
{
  fbk_list_screen_mark((FbkListScreen *)head, row_id, mark);
}
