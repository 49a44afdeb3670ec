/* The parts and attachments of a message, and saving them. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "ui/late.h"
#include "ui/notice.h"
#include "ui/scr.h"

#define NUMBER_CELLS 3
#define SIZE_CELLS 10
#define SUFFIX_CELLS 10

typedef struct {
  guint number;
  char *type, *name;
  guint64 size;
  gboolean attachment;
} Part;

typedef struct {
  FbkScreen head;
  FbkMsgRef *msg;
  GPtrArray *parts; /* Part * */
  guint cursor, top;
  int rows;
  char *directory; /* offered for saving */
  FbkLate late;
} Parts;

static void free_part(gpointer data)
{
  Part *part = data;
  g_free(part->type);
  g_free(part->name);
  g_free(part);
}

/* --- drawing --- */

static char *title(FbkScreen *head)
{
  const Parts *parts = (const Parts *)head;
  return g_strdup_printf(_("Parts and attachments: %u"), parts->parts->len);
}

static void draw_cut(FbkCanvas *canvas, int row, int column, int cells, const char *text)
{
  g_autofree char *cut = fbk_text_ellipsize(text, cells);
  fbk_canvas_text(canvas, row, column, cells, FBK_LOOK_NORMAL, cut);
}

/* Cut where it is long, but not in its end: what kind of file it is must be seen. */
static void draw_name(FbkCanvas *canvas, int row, int column, int cells, const char *name)
{
  const char *suffix = strrchr(name, '.');
  int suffix_cells = suffix ? fbk_text_width(suffix) : 0;
  if (!suffix || suffix_cells > SUFFIX_CELLS || fbk_text_width(name) <= cells) {
    draw_cut(canvas, row, column, cells, name);
    return;
  }
  g_autofree char *stem = g_strndup(name, (gsize)(suffix - name));
  g_autofree char *cut = fbk_text_ellipsize(stem, cells - suffix_cells);
  int used = fbk_canvas_text(canvas, row, column, cells - suffix_cells, FBK_LOOK_NORMAL, cut);
  draw_cut(canvas, row, column + used, suffix_cells, suffix);
}

static void draw_part(FbkCanvas *canvas, int row, const Part *part)
{
  int columns = fbk_canvas_columns(canvas);
  gboolean has_type = columns >= 60 || !*part->name; /* a name says more */
  int type_cells = !has_type ? -2 : columns < 60 ? 11 : 26;
  int name_column = NUMBER_CELLS + 1 + type_cells + 2;
  g_autofree char *number = g_strdup_printf("%3u", part->number);
  g_autofree char *size = g_format_size(part->size);
  const char *name = *part->name        ? part->name
                     : part->attachment ? _("(no name)")
                                        : _("(text of the message)");
  draw_cut(canvas, row, 0, NUMBER_CELLS, number);
  if (has_type)
    draw_cut(canvas, row, NUMBER_CELLS + 1, type_cells, part->type);
  draw_name(canvas, row, name_column, columns - name_column - SIZE_CELLS - 1, name);
  draw_cut(canvas, row, columns - fbk_text_width(size), SIZE_CELLS, size);
}

static void draw(FbkScreen *head, FbkCanvas *canvas, int top, int rows)
{
  Parts *parts = (Parts *)head;
  guint count = parts->parts->len;
  parts->rows = rows;
  if (parts->cursor < parts->top)
    parts->top = parts->cursor;
  else if (parts->cursor >= parts->top + (guint)rows)
    parts->top = parts->cursor - (guint)rows + 1;
  if (!count) {
    fbk_notice_draw(canvas, top, rows, FBK_LOOK_NOTICE, _("This message has no parts that could be saved."));
    fbk_canvas_cursor(canvas, top, 0);
  }
  for (guint i = parts->top; i < count && i < parts->top + (guint)rows; i++) {
    int row = top + (int)(i - parts->top);
    draw_part(canvas, row, parts->parts->pdata[i]);
    if (i == parts->cursor)
      fbk_canvas_select(canvas, row, 0, fbk_canvas_columns(canvas));
  }
}

/* --- saving --- */

typedef struct {
  const FbkHome *home;
  FbkMsgRef *msg;
  guint number;
  char *directory;
  char *path; /* where it went */
} Save;

static void free_save(gpointer data)
{
  Save *save = data;
  fbk_msg_ref_free(save->msg);
  g_free(save->directory);
  g_free(save->path);
  g_free(save);
}

static gboolean save_run(FbkJob *job, gpointer data, GError **err)
{
  (void)job;
  Save *save = data;
  return fbk_read_save_part(save->home, save->msg, save->number, save->directory, &save->path, err);
}

static void save_done(gpointer owner, gpointer data, const GError *err)
{
  Parts *parts = owner;
  const Save *save = data;
  fbk_late_end(&parts->late);
  if (err)
    fbk_app_say_error(parts->head.app, err);
  else
    fbk_app_say(parts->head.app, _("Saved as %s"), save->path);
}

/* "~" is the home directory, and what is not absolute begins there. */
static char *whole_directory(const char *text)
{
  const char *rest = text;
  if (*text == '~' && (!text[1] || text[1] == '/'))
    rest = text[1] ? text + 2 : "";
  return g_canonicalize_filename(rest, g_get_home_dir());
}

static void directory_typed(gpointer owner, const char *text)
{
  Parts *parts = owner;
  g_autofree char *typed = g_strstrip(g_strdup(text ? text : ""));
  if (!*typed)
    return;
  const Part *part = parts->parts->pdata[parts->cursor];
  Save *save = g_new0(Save, 1);
  save->home = fbk_app_home(parts->head.app);
  save->msg = fbk_msg_ref_new(parts->msg->account, parts->msg->dir, parts->msg->file);
  save->number = part->number;
  save->directory = whole_directory(typed);
  g_free(parts->directory);
  parts->directory = g_strdup(save->directory); /* the next part likely goes there as well */
  fbk_late_begin(&parts->late, parts->head.app, _("Saving ..."));
  fbk_worker_post(fbk_app_reader(parts->head.app), parts->head.scope, save_run, save_done, save, free_save);
}

/* --- the directory that is offered --- */

static gboolean guess_run(FbkJob *job, gpointer data, GError **err)
{
  (void)job;
  (void)err;
  char **directory = data;
  const char *special = g_get_user_special_dir(G_USER_DIRECTORY_DOWNLOAD);
  g_autofree char *usual = g_build_filename(g_get_home_dir(), "Downloads", NULL);
  if (special && g_file_test(special, G_FILE_TEST_IS_DIR))
    *directory = g_strdup(special);
  else if (g_file_test(usual, G_FILE_TEST_IS_DIR))
    *directory = g_steal_pointer(&usual);
  return TRUE;
}

static void guess_done(gpointer owner, gpointer data, const GError *err)
{
  Parts *parts = owner;
  char **directory = data;
  if (err || !*directory)
    return;
  g_free(parts->directory);
  parts->directory = g_steal_pointer(directory);
}

static void free_guess(gpointer data)
{
  char **directory = data;
  g_free(*directory);
  g_free(directory);
}

/* --- keys --- */

static void move_to(Parts *parts, gint64 number)
{
  parts->cursor = (guint)CLAMP(number, 0, MAX(1, (gint64)parts->parts->len) - 1);
}

static gboolean act(FbkScreen *head, FbkAction action)
{
  Parts *parts = (Parts *)head;
  gint64 at = parts->cursor;
  switch (action) {
  case FBK_ACTION_DOWN:
    move_to(parts, at + 1);
    return TRUE;
  case FBK_ACTION_UP:
    move_to(parts, at - 1);
    return TRUE;
  case FBK_ACTION_PAGE_DOWN:
    move_to(parts, at + parts->rows);
    return TRUE;
  case FBK_ACTION_PAGE_UP:
    move_to(parts, at - parts->rows);
    return TRUE;
  case FBK_ACTION_HALF_DOWN:
    move_to(parts, at + MAX(1, parts->rows / 2));
    return TRUE;
  case FBK_ACTION_HALF_UP:
    move_to(parts, at - MAX(1, parts->rows / 2));
    return TRUE;
  case FBK_ACTION_FIRST:
    move_to(parts, 0);
    return TRUE;
  case FBK_ACTION_LAST:
    move_to(parts, G_MAXUINT);
    return TRUE;
  case FBK_ACTION_SAVE:
    if (parts->parts->len)
      fbk_app_prompt(head->app, _("Save to directory:"), parts->directory, directory_typed, parts);
    return TRUE;
  default:
    return FALSE;
  }
}

static void free_parts(FbkScreen *head)
{
  Parts *parts = (Parts *)head;
  fbk_scope_close(head->scope);
  fbk_late_end(&parts->late);
  fbk_msg_ref_free(parts->msg);
  g_ptr_array_unref(parts->parts);
  g_free(parts->directory);
  g_free(parts);
}

static const FbkScreenType parts_type = {FBK_CONTEXT_PARTS, title, draw, act, NULL, NULL, free_parts};

FbkScreen *fbk_scr_parts_new(FbkApp *app, const FbkMsgRef *msg, const FbkPage *page)
{
  Parts *parts = g_new0(Parts, 1);
  parts->head = (FbkScreen){&parts_type, app, NULL};
  parts->head.scope = fbk_scope_new(parts, NULL);
  parts->msg = fbk_msg_ref_new(msg->account, msg->dir, msg->file);
  parts->parts = g_ptr_array_new_with_free_func(free_part);
  parts->directory = g_strdup(g_get_home_dir());
  for (guint i = 0; i < page->parts->len; i++) {
    const FbkPagePart *from = page->parts->pdata[i];
    Part *part = g_new0(Part, 1);
    *part = (Part){from->number, g_strdup(from->type), g_strdup(from->name), from->size, from->attachment};
    g_ptr_array_add(parts->parts, part);
  }
  fbk_worker_post(fbk_app_reader(app), parts->head.scope, guess_run, guess_done, g_new0(char *, 1),
                  free_guess);
  return &parts->head;
}
