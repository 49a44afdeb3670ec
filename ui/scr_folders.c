/* The folders of every account; typing narrows them. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "ui/line.h"
#include "ui/notice.h"
#include "ui/scr.h"

#define COUNT_CELLS 16
#define KEYS_MAX 64
#define ROLE_CELLS 14
#define ROLE_LEAST 60 /* columns of a screen that has room for it */

typedef struct {
  const FbkAccount *account; /* of a home, which the app keeps */
  FbkFolder *folder;
} Item;

typedef struct {
  FbkScreen head;
  GPtrArray *items; /* Item *; NULL until they are there */
  GPtrArray *shown; /* of these, what the typed text leaves; borrowed */
  guint cursor, top;
  int rows;
  gboolean is_asked, is_stale;
  FbkLineEditor *line; /* or NULL */
  GQueue keys;         /* FbkAction: pressed before the folders were there */
} Folders;

static void free_item(gpointer data)
{
  Item *item = data;
  fbk_folder_free(item->folder);
  g_free(item);
}

static const Item *item_at_cursor(const Folders *folders)
{
  return folders->cursor < folders->shown->len ? folders->shown->pdata[folders->cursor] : NULL;
}

static const char *name_of(const FbkFolder *folder)
{
  return folder->role == FBK_ROLE_INBOX ? fbk_role_name(folder->role) : folder->name;
}

static gboolean has_several_accounts(const Folders *folders)
{
  return fbk_app_home(folders->head.app)->accounts->len > 1;
}

/* --- what the typed text leaves --- */

static char *folded(const char *text)
{
  g_autofree char *clean = fbk_text_gate(text, -1, FBK_GATE_LINE);
  g_autofree char *plain = g_utf8_normalize(clean, -1, G_NORMALIZE_ALL_COMPOSE);
  return g_utf8_casefold(plain ? plain : clean, -1);
}

static gboolean is_wanted(const Item *item, const char *wanted)
{
  g_autofree char *whole =
      g_strconcat(item->account->name, ": ", name_of(item->folder), " ", item->folder->name, NULL);
  g_autofree char *text = folded(whole);
  return strstr(text, wanted) != NULL;
}

/* The cursor stays on its folder, or goes to the first one left. */
static void narrow(Folders *folders)
{
  const Item *was = item_at_cursor(folders);
  g_autofree char *wanted = folded(folders->line ? fbk_line_text(folders->line) : "");
  g_ptr_array_set_size(folders->shown, 0);
  folders->cursor = 0;
  for (guint i = 0; folders->items && i < folders->items->len; i++) {
    Item *item = folders->items->pdata[i];
    if (!is_wanted(item, wanted))
      continue;
    if (item == was)
      folders->cursor = folders->shown->len;
    g_ptr_array_add(folders->shown, item);
  }
  fbk_app_dirty(folders->head.app);
}

/* --- from the catalogues --- */

typedef struct {
  const FbkHome *home;
  FbkCatalogs *catalogs;
  GPtrArray *items;
} Load;

static void free_load(gpointer data)
{
  Load *load = data;
  g_ptr_array_unref(load->items);
  g_free(load);
}

static gboolean load_run(FbkJob *job, gpointer data, GError **err)
{
  (void)job;
  Load *load = data;
  for (guint i = 0; i < load->home->accounts->len; i++) {
    const FbkAccount *account = load->home->accounts->pdata[i];
    FbkCatalog *catalog = fbk_catalogs_get(load->catalogs, load->home, account->name, err);
    g_autoptr(GPtrArray) found = catalog ? fbk_catalog_folders(catalog, err) : NULL;
    if (!found)
      return FALSE;
    for (guint n = 0; n < found->len; n++) {
      Item *item = g_new0(Item, 1);
      *item = (Item){account, fbk_folder_copy(found->pdata[n])};
      g_ptr_array_add(load->items, item);
    }
  }
  return TRUE;
}

/* The item of this folder, in whichever home its account was read. */
static Item *find_item(const GPtrArray *items, const FbkAccount *account, gint64 folder_id)
{
  for (guint i = 0; account && i < items->len; i++) {
    Item *item = items->pdata[i];
    if (g_str_equal(item->account->name, account->name) && item->folder->id == folder_id)
      return item;
  }
  return NULL;
}

/* The cursor stays where it was; at first it stands on the folder one comes from. */
static void take_items(Folders *folders, GPtrArray *items)
{
  const Item *was = item_at_cursor(folders);
  const FbkAccount *account = was ? was->account : NULL;
  gint64 folder_id = was ? was->folder->id : 0;
  if (!folders->items)
    folder_id = fbk_scr_list_shown_folder(folders->head.app, &account);
  Item *same = find_item(items, account, folder_id);
  g_ptr_array_set_size(folders->shown, 0);
  if (same)
    g_ptr_array_add(folders->shown, same);
  folders->cursor = 0;
  g_clear_pointer(&folders->items, g_ptr_array_unref);
  folders->items = g_ptr_array_ref(items);
  narrow(folders);
}

static void load(Folders *folders);
static gboolean act_on_rows(Folders *folders, FbkAction action);

/* Opening a folder frees this screen: what was pressed after it is dropped. */
static void catch_up(Folders *folders)
{
  while (!g_queue_is_empty(&folders->keys)) {
    FbkAction action = GPOINTER_TO_INT(g_queue_pop_head(&folders->keys));
    act_on_rows(folders, action);
    if (action == FBK_ACTION_OPEN)
      return;
  }
}

static void load_done(gpointer owner, gpointer data, const GError *err)
{
  Folders *folders = owner;
  const Load *job = data;
  folders->is_asked = FALSE;
  if (err)
    fbk_app_say_error(folders->head.app, err);
  else
    take_items(folders, job->items);
  if (folders->is_stale)
    load(folders);
  catch_up(folders);
}

static void load(Folders *folders)
{
  folders->is_stale = folders->is_asked;
  if (folders->is_asked)
    return;
  Load *job = g_new0(Load, 1);
  job->home = fbk_app_home(folders->head.app);
  job->catalogs = fbk_app_catalogs(folders->head.app);
  job->items = g_ptr_array_new_with_free_func(free_item);
  folders->is_asked = TRUE;
  fbk_worker_post(fbk_app_disk(folders->head.app), folders->head.scope, load_run, load_done, job, free_load);
}

/* --- drawing --- */

static char *title(FbkScreen *head)
{
  const Folders *folders = (const Folders *)head;
  guint unread = 0;
  for (guint i = 0; folders->items && i < folders->items->len; i++)
    unread += ((const Item *)folders->items->pdata[i])->folder->unread;
  return unread ? g_strdup_printf(_("Folders: %u unread"), unread) : g_strdup(_("Folders"));
}

static void draw_item(const Folders *folders, FbkCanvas *canvas, int row, const Item *item)
{
  int columns = fbk_canvas_columns(canvas);
  const FbkFolder *folder = item->folder;
  const char *role = fbk_role_name(folder->role);
  FbkLook look = !folder->selectable ? FBK_LOOK_DIM : folder->unread ? FBK_LOOK_UNREAD : FBK_LOOK_NORMAL;
  gboolean has_role = columns >= ROLE_LEAST && *role && !g_str_equal(role, name_of(folder));
  int name_cells = columns - 1 - COUNT_CELLS - (columns >= ROLE_LEAST ? ROLE_CELLS : 0);
  g_autofree char *whole = has_several_accounts(folders)
                               ? g_strconcat(item->account->name, ": ", name_of(folder), NULL)
                               : g_strdup(name_of(folder));
  g_autofree char *clean = fbk_text_gate(whole, -1, FBK_GATE_LINE);
  g_autofree char *name = fbk_text_ellipsize(clean, name_cells);
  g_autofree char *counts = g_strdup_printf("%u/%u", folder->unread, folder->total);
  fbk_canvas_text(canvas, row, 1, name_cells, look, name);
  if (has_role)
    fbk_canvas_text(canvas, row, 2 + name_cells, ROLE_CELLS - 1, FBK_LOOK_DIM, role);
  if (folder->selectable)
    fbk_canvas_text(canvas, row, columns - 1 - fbk_text_width(counts), COUNT_CELLS, look, counts);
}

static const char *reason(const Folders *folders)
{
  return folders->items->len ? _("No folder has this in its name. Type less of it.")
                             : _("No folders here yet. $ checks for new mail.");
}

static void draw_rows(Folders *folders, FbkCanvas *canvas, int top, int rows)
{
  folders->rows = MAX(1, rows);
  if (folders->cursor < folders->top)
    folders->top = folders->cursor;
  else if (folders->cursor >= folders->top + (guint)folders->rows)
    folders->top = folders->cursor - (guint)folders->rows + 1;
  if (folders->items && !folders->shown->len)
    fbk_notice_draw(canvas, top, rows, FBK_LOOK_NOTICE, reason(folders));
  for (guint i = folders->top; i < folders->shown->len && i < folders->top + (guint)rows; i++) {
    int row = top + (int)(i - folders->top);
    draw_item(folders, canvas, row, folders->shown->pdata[i]);
    if (i == folders->cursor)
      fbk_canvas_select(canvas, row, 0, fbk_canvas_columns(canvas));
  }
}

static void draw(FbkScreen *head, FbkCanvas *canvas, int top, int rows)
{
  Folders *folders = (Folders *)head;
  int typed = folders->line != NULL;
  draw_rows(folders, canvas, top + typed, rows - typed);
  if (folders->line) {
    int used = fbk_canvas_text(canvas, top, 1, 20, FBK_LOOK_NOTICE, _("Part of its name:")) + 2;
    fbk_line_draw(folders->line, canvas, top, used, fbk_canvas_columns(canvas) - used - 1, TRUE);
  }
}

/* --- keys --- */

static const FbkScreenType typing_type;

static void begin_typing(Folders *folders)
{
  folders->line = fbk_line_new(NULL);
  folders->head.type = &typing_type;
}

static gboolean type(FbkScreen *head, FbkKey key)
{
  Folders *folders = (Folders *)head;
  if (!g_queue_is_empty(&folders->keys) && fbk_key_is_text(key))
    return TRUE; /* what was typed before Enter is what is opened */
  if (!folders->line)
    return FALSE;
  g_autofree char *was = g_strdup(fbk_line_text(folders->line));
  if (!fbk_line_key(folders->line, key))
    return FALSE;
  if (g_str_equal(was, fbk_line_text(folders->line)))
    return TRUE;               /* a long paste must not be narrowed by for every key that is not taken */
  folders->cursor = G_MAXUINT; /* the best match is the first one */
  narrow(folders);
  return TRUE;
}

static void move_to(Folders *folders, gint64 number)
{
  folders->cursor = (guint)CLAMP(number, 0, MAX(1, (gint64)folders->shown->len) - 1);
}

static void next_unread(Folders *folders)
{
  guint count = folders->shown->len;
  for (guint i = 1; i <= count; i++) {
    guint at = (folders->cursor + i) % count;
    if (((const Item *)folders->shown->pdata[at])->folder->unread) {
      folders->cursor = at;
      return;
    }
  }
  fbk_app_say(folders->head.app, _("No other unread mail. $ checks for new mail."));
}

static void open_folder(Folders *folders)
{
  const Item *item = item_at_cursor(folders);
  if (item && !item->folder->selectable)
    fbk_app_say(folders->head.app, _("This folder holds only other folders. Open one of those."));
  else if (item) /* frees this screen */
    fbk_scr_list_show_folder(folders->head.app, item->account, item->folder->id);
}

static gboolean move(Folders *folders, FbkAction action)
{
  gint64 at = folders->cursor;
  switch (action) {
  case FBK_ACTION_DOWN:
    move_to(folders, at + 1);
    return TRUE;
  case FBK_ACTION_UP:
    move_to(folders, at - 1);
    return TRUE;
  case FBK_ACTION_PAGE_DOWN:
    move_to(folders, at + folders->rows);
    return TRUE;
  case FBK_ACTION_PAGE_UP:
    move_to(folders, at - folders->rows);
    return TRUE;
  case FBK_ACTION_HALF_DOWN:
    move_to(folders, at + MAX(1, folders->rows / 2));
    return TRUE;
  case FBK_ACTION_HALF_UP:
    move_to(folders, at - MAX(1, folders->rows / 2));
    return TRUE;
  case FBK_ACTION_FIRST:
    move_to(folders, 0);
    return TRUE;
  case FBK_ACTION_LAST:
    move_to(folders, G_MAXUINT);
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean act_on_rows(Folders *folders, FbkAction action)
{
  if (action == FBK_ACTION_OPEN)
    open_folder(folders);
  else if (action == FBK_ACTION_NEXT_UNREAD)
    next_unread(folders);
  else
    return move(folders, action);
  return TRUE;
}

static gboolean needs_rows(FbkAction action)
{
  return (action >= FBK_ACTION_UP && action <= FBK_ACTION_OPEN) || action == FBK_ACTION_NEXT_UNREAD;
}

static gboolean act(FbkScreen *head, FbkAction action)
{
  Folders *folders = (Folders *)head;
  if (needs_rows(action)) {
    if (folders->items)
      return act_on_rows(folders, action);
    if (g_queue_get_length(&folders->keys) < KEYS_MAX)
      g_queue_push_tail(&folders->keys, GINT_TO_POINTER(action));
    return TRUE;
  }
  switch (action) {
  case FBK_ACTION_CHANGE_FOLDER:
    if (!folders->line)
      begin_typing(folders);
    return TRUE;
  case FBK_ACTION_SEARCH:
    fbk_scr_search_ask(head->app, head);
    return TRUE;
  case FBK_ACTION_CANCEL:
    fbk_app_pop(head->app);
    return TRUE;
  default:
    return FALSE;
  }
}

static void refresh(FbkScreen *head)
{
  load((Folders *)head);
}

static void free_folders(FbkScreen *head)
{
  Folders *folders = (Folders *)head;
  fbk_scope_close(head->scope);
  g_ptr_array_unref(folders->shown);
  g_clear_pointer(&folders->items, g_ptr_array_unref);
  fbk_line_free(folders->line);
  g_queue_clear(&folders->keys);
  g_free(folders);
}

static const FbkScreenType folders_type = {FBK_CONTEXT_FOLDERS, title, draw, act, type, refresh,
                                           free_folders};
static const FbkScreenType typing_type = {FBK_CONTEXT_FILTER, title, draw, act, type, refresh, free_folders};

FbkScreen *fbk_scr_folders_new(FbkApp *app, gboolean is_typing)
{
  Folders *folders = g_new0(Folders, 1);
  folders->head = (FbkScreen){&folders_type, app, NULL};
  folders->head.scope = fbk_scope_new(folders, NULL);
  folders->shown = g_ptr_array_new();
  folders->rows = 1;
  g_queue_init(&folders->keys);
  if (is_typing)
    begin_typing(folders);
  load(folders);
  return &folders->head;
}
