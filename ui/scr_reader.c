/* One message, and the way to the ones beside it. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "base/err.h"
#include "ui/app_inner.h"
#include "ui/late.h"
#include "ui/notice.h"
#include "ui/reader_draw.h"
#include "ui/scr.h"

#define KEYS_MAX 64
#define MARGINS 2

typedef struct {
  FbkScreen head;
  FbkScreen *list; /* below this one: it outlives it */
  FbkMsgRef *msg;  /* the one that is shown, or being opened */
  gint64 row_id;
  FbkPage *page; /* NULL: not there yet, or it failed */
  char *failed;  /* why */
  gboolean full_headers, raw;
  gboolean is_new;      /* to be marked as seen once it is there */
  guint top;            /* line of the page at the top of the text */
  int rows;             /* of the text */
  int width;            /* that the page was asked for */
  FbkScope *opening;    /* the job that is on its way, or NULL */
  gboolean keeps_place; /* it lays the same message out anew */
  gboolean has_place;
  gsize place;    /* of the top line before it was laid out anew */
  FbkAction step; /* that the list was asked for */
  GQueue keys;    /* FbkAction: pressed while the message was being opened */
  FbkLate late;
} Reader;

static gboolean act_on_page(Reader *reader, FbkAction action);

/* --- opening --- */

typedef struct {
  const FbkHome *home;
  FbkMsgRef *msg;
  FbkReadStyle style;
  FbkPage *page;
} Opening;

static void free_opening(gpointer data)
{
  Opening *opening = data;
  fbk_msg_ref_free(opening->msg);
  fbk_page_free(opening->page);
  g_free(opening);
}

static gboolean open_run(FbkJob *job, gpointer data, GError **err)
{
  (void)job;
  Opening *opening = data;
  opening->page = fbk_read_page(opening->home, opening->msg, &opening->style, err);
  return opening->page != NULL;
}

static void take_page(Reader *reader, FbkPage *page)
{
  if (!reader->keeps_place)
    reader->has_place = FALSE;
  else if (reader->page && !reader->has_place) { /* from one width to the next it does not wander */
    reader->place = fbk_reader_place(reader->page, reader->top);
    reader->has_place = TRUE;
  }
  reader->top = reader->has_place ? fbk_reader_line_at(page, reader->place) : 0;
  fbk_page_free(reader->page);
  reader->page = page;
  if (reader->is_new && reader->row_id)
    fbk_scr_list_mark(reader->list, reader->row_id, FBK_MARK_SEEN);
  reader->is_new = FALSE;
}

static void take_failure(Reader *reader, const GError *err)
{
  g_clear_pointer(&reader->page, fbk_page_free);
  reader->failed = fbk_status_sentences(err, fbk_error_hint(err));
}

static void open_done(gpointer owner, gpointer data, const GError *err)
{
  Reader *reader = owner;
  Opening *opening = data;
  g_clear_pointer(&reader->opening, fbk_scope_close);
  fbk_late_end(&reader->late);
  g_clear_pointer(&reader->failed, g_free);
  if (err)
    take_failure(reader, err);
  else
    take_page(reader, g_steal_pointer(&opening->page));
  while (!reader->opening && !g_queue_is_empty(&reader->keys))
    act_on_page(reader, GPOINTER_TO_INT(g_queue_pop_head(&reader->keys)));
  fbk_app_dirty(reader->head.app);
}

/* Whatever was being opened before is given up. */
static void open_message(Reader *reader, gboolean keeps_place)
{
  FbkApp *app = reader->head.app;
  Opening *opening = g_new0(Opening, 1);
  reader->width = fbk_canvas_columns(app->canvas) - MARGINS;
  reader->keeps_place = keeps_place;
  opening->home = fbk_app_home(app);
  opening->msg = fbk_msg_ref_new(reader->msg->account, reader->msg->dir, reader->msg->file);
  opening->style =
      (FbkReadStyle){.width = reader->width, .full_headers = reader->full_headers, .raw = reader->raw};
  g_clear_pointer(&reader->opening, fbk_scope_close);
  reader->opening = fbk_scope_new(reader, NULL);
  fbk_late_begin(&reader->late, app, _("Opening ..."));
  fbk_worker_post(fbk_app_reader(app), reader->opening, open_run, open_done, opening, free_opening);
}

/* --- drawing --- */

static guint last_top(const Reader *reader)
{
  guint count = reader->page ? reader->page->count : 0;
  return count > (guint)reader->rows ? count - (guint)reader->rows : 0;
}

static char *title(FbkScreen *head)
{
  const Reader *reader = (const Reader *)head;
  return reader->list->type->title(reader->list); /* nothing of a stranger's stands beside the bar */
}

static void draw_failed(const Reader *reader, FbkCanvas *canvas, int top, int rows)
{
  fbk_notice_draw(canvas, top, rows, FBK_LOOK_ALARM, reader->failed);
  fbk_canvas_cursor(canvas, top, 0);
}

static void draw(FbkScreen *head, FbkCanvas *canvas, int top, int rows)
{
  Reader *reader = (Reader *)head;
  if (!reader->page && !reader->failed) { /* the old screen stays until the message is there */
    reader->list->type->draw(reader->list, canvas, top, rows);
    return;
  }
  if (!reader->page) {
    draw_failed(reader, canvas, top, rows);
    return;
  }
  int bar = MIN(fbk_reader_bar_rows(reader->page, fbk_canvas_columns(canvas)), rows - 1);
  reader->rows = rows - bar;
  reader->top = MIN(reader->top, last_top(reader));
  guint below = reader->page->count ? MIN(reader->page->count, reader->top + (guint)reader->rows) : 1;
  /* The bar comes last: whatever the text does, it stands. */
  fbk_reader_draw_lines(canvas, top + bar, reader->rows, reader->page, reader->top);
  fbk_reader_draw_bar(canvas, top, reader->page, (int)(100 * (guint64)below / MAX(1, reader->page->count)));
}

/* --- keys --- */

static void scroll_to(Reader *reader, gint64 top)
{
  reader->has_place = FALSE;
  reader->top = (guint)CLAMP(top, 0, (gint64)last_top(reader));
  fbk_app_dirty(reader->head.app);
}

static void moved(gpointer owner, const FbkMsgRef *msg, gint64 row_id)
{
  Reader *reader = owner;
  if (!msg) {
    if (reader->step == FBK_ACTION_DOWN)
      fbk_app_say(reader->head.app, _("This is the last message. < goes back to the list."));
    else if (reader->step == FBK_ACTION_UP)
      fbk_app_say(reader->head.app, _("This is the first message. < goes back to the list."));
    return;
  }
  fbk_msg_ref_free(reader->msg);
  reader->msg = fbk_msg_ref_new(msg->account, msg->dir, msg->file);
  reader->row_id = row_id;
  reader->raw = FALSE;
  reader->is_new = TRUE;
  open_message(reader, FALSE);
}

static void step(Reader *reader, FbkAction action)
{
  reader->step = action;
  fbk_scr_list_step(reader->list, action, moved, reader);
}

static void read_on(Reader *reader)
{
  if (!reader->page || reader->top >= last_top(reader))
    step(reader, FBK_ACTION_NEXT_UNREAD);
  else
    scroll_to(reader, (gint64)reader->top + MAX(1, reader->rows - 1));
}

static void show_links(Reader *reader)
{
  FbkApp *app = reader->head.app;
  if (reader->page && reader->page->links->len)
    fbk_app_push(app, fbk_scr_links_new(app, reader->page));
  else
    fbk_app_say(app, _("This message has no links."));
}

/* What needs the page: while one is being opened it waits. FALSE: not such a key. */
static gboolean act_on_page(Reader *reader, FbkAction action)
{
  gint64 top = reader->top;
  int page = MAX(1, reader->rows - 1);
  switch (action) {
  case FBK_ACTION_DOWN:
    scroll_to(reader, top + 1);
    return TRUE;
  case FBK_ACTION_UP:
    scroll_to(reader, top - 1);
    return TRUE;
  case FBK_ACTION_HALF_DOWN:
    scroll_to(reader, top + MAX(1, reader->rows / 2));
    return TRUE;
  case FBK_ACTION_HALF_UP:
    scroll_to(reader, top - MAX(1, reader->rows / 2));
    return TRUE;
  case FBK_ACTION_PAGE_DOWN:
    scroll_to(reader, top + page);
    return TRUE;
  case FBK_ACTION_PAGE_UP:
    scroll_to(reader, top - page);
    return TRUE;
  case FBK_ACTION_FIRST:
    scroll_to(reader, 0);
    return TRUE;
  case FBK_ACTION_LAST:
    scroll_to(reader, G_MAXINT);
    return TRUE;
  case FBK_ACTION_READ_ON:
    read_on(reader);
    return TRUE;
  case FBK_ACTION_LINKS:
    show_links(reader);
    return TRUE;
  case FBK_ACTION_PARTS:
    if (reader->page)
      fbk_app_push(reader->head.app, fbk_scr_parts_new(reader->head.app, reader->msg, reader->page));
    return TRUE;
  case FBK_ACTION_HEADERS:
    reader->full_headers = !reader->full_headers;
    open_message(reader, FALSE);
    return TRUE;
  case FBK_ACTION_RAW:
    reader->raw = !reader->raw;
    open_message(reader, FALSE);
    return TRUE;
  case FBK_ACTION_UNREAD:
    fbk_scr_list_mark(reader->list, reader->row_id, FBK_MARK_TOGGLE);
    return TRUE;
  default:
    return FALSE;
  }
}

/* What does not. */
static gboolean act_at_once(Reader *reader, FbkAction action)
{
  FbkApp *app = reader->head.app;
  switch (action) {
  case FBK_ACTION_NEXT:
    step(reader, FBK_ACTION_DOWN);
    return TRUE;
  case FBK_ACTION_PREVIOUS:
    step(reader, FBK_ACTION_UP);
    return TRUE;
  case FBK_ACTION_NEXT_UNREAD:
    step(reader, FBK_ACTION_NEXT_UNREAD);
    return TRUE;
  case FBK_ACTION_FOLDERS:
    fbk_app_push(app, fbk_scr_folders_new(app, FALSE));
    return TRUE;
  case FBK_ACTION_CHANGE_FOLDER:
    fbk_app_push(app, fbk_scr_folders_new(app, TRUE));
    return TRUE;
  case FBK_ACTION_SEARCH:
    fbk_scr_search_ask(app, &reader->head);
    return TRUE;
  case FBK_ACTION_CANCEL:
    g_queue_clear(&reader->keys);
    return FALSE;
  default:
    return FALSE;
  }
}

static gboolean act(FbkScreen *head, FbkAction action)
{
  Reader *reader = (Reader *)head;
  if (act_at_once(reader, action))
    return TRUE;
  if (!reader->opening)
    return act_on_page(reader, action);
  if (action == FBK_ACTION_BACK || action == FBK_ACTION_HELP || action == FBK_ACTION_CHECK_MAIL ||
      action == FBK_ACTION_CANCEL || action >= FBK_ACTION_REDRAW)
    return FALSE;
  if (g_queue_get_length(&reader->keys) < KEYS_MAX)
    g_queue_push_tail(&reader->keys, GINT_TO_POINTER(action));
  return TRUE;
}

/* Another width lays the message out anew. */
static void refresh(FbkScreen *head)
{
  Reader *reader = (Reader *)head;
  if (fbk_canvas_columns(head->app->canvas) - MARGINS != reader->width)
    open_message(reader, reader->keeps_place || !reader->opening);
}

static void free_reader(FbkScreen *head)
{
  Reader *reader = (Reader *)head;
  fbk_scr_list_forget_step(reader->list, reader);
  g_clear_pointer(&reader->opening, fbk_scope_close);
  fbk_scope_close(head->scope);
  fbk_late_end(&reader->late);
  g_queue_clear(&reader->keys);
  fbk_msg_ref_free(reader->msg);
  fbk_page_free(reader->page);
  g_free(reader->failed);
  g_free(reader);
}

static const FbkScreenType reader_type = {FBK_CONTEXT_READER, title, draw, act, NULL, refresh, free_reader};

FbkScreen *fbk_scr_reader_new(FbkApp *app, FbkScreen *list, const FbkMsgRef *msg, gint64 row_id)
{
  Reader *reader = g_new0(Reader, 1);
  reader->head = (FbkScreen){&reader_type, app, NULL};
  reader->head.scope = fbk_scope_new(reader, NULL);
  reader->list = list;
  reader->msg = fbk_msg_ref_new(msg->account, msg->dir, msg->file);
  reader->row_id = row_id;
  reader->is_new = TRUE;
  reader->rows = MAX(1, fbk_canvas_rows(app->canvas) - 5); /* until it is drawn */
  g_queue_init(&reader->keys);
  open_message(reader, FALSE);
  return &reader->head;
}
