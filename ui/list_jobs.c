/* What a list asks of the workers: rows, the next unread message, marks. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "base/file.h"
#include "base/err.h"
#include "ui/list_inner.h"

/* --- rows --- */

typedef struct {
  const FbkHome *home;
  FbkCatalogs *catalogs; /* NULL on the search worker, which opens its own */
  FbkListView asked;
  char *query;
  FbkListWant want;

  FbkListView view; /* the folder as it was found */
  FbkListFound found;
  GPtrArray *folders;
  guint waiting;
} Load;

static void free_load(gpointer data)
{
  Load *load = data;
  g_free(load->query);
  g_clear_pointer(&load->found.rows, fbk_rows_free);
  g_clear_pointer(&load->folders, g_ptr_array_unref);
  g_free(load);
}

/* The folder that was asked for; where it is gone, or none was named, the inbox; else any. */
static gint64 choose_folder(const GPtrArray *folders, gint64 wanted)
{
  gint64 other = 0;
  for (guint i = 0; i < folders->len; i++) {
    const FbkFolder *folder = folders->pdata[i];
    if (folder->id == wanted)
      return wanted;
    if (folder->selectable && !other) /* the inbox stands first */
      other = folder->id;
  }
  return other;
}

static gboolean load_folder(Load *load, FbkCatalog *catalog, GError **err)
{
  if (!(load->folders = fbk_catalog_folders(catalog, err)))
    return FALSE;
  load->view.folder_id = choose_folder(load->folders, load->asked.folder_id);
  return fbk_list_load(catalog, load->view.folder_id, load->view.order, &load->want, &load->found, err);
}

static gboolean load_run(FbkJob *job, gpointer data, GError **err)
{
  (void)job;
  Load *load = data;
  const char *account = load->asked.account->name;
  FbkCatalog *catalog = fbk_catalogs_get(load->catalogs, load->home, account, err);
  if (catalog && load_folder(load, catalog, err))
    return TRUE;
  fbk_catalogs_forget(load->catalogs, load->home, account); /* a damaged file was perhaps replaced by now */
  return FALSE;
}

static gboolean search_run(FbkJob *job, gpointer data, GError **err)
{
  Load *load = data;
  g_autofree char *path = fbk_home_catalog_path(load->home, load->asked.account->name);
  g_autoptr(FbkCatalog) catalog =
      fbk_file_make_dir(load->home->paths->data, err) ? fbk_catalog_open(path, NULL, err) : NULL;
  return catalog && (load->folders = fbk_catalog_folders(catalog, err)) &&
         fbk_list_load_search(load->home, load->asked.account, catalog, load->query, &load->want,
                              &load->found, fbk_job_cancellable(job), err) &&
         fbk_catalog_index_counts(catalog, &load->waiting, NULL, err);
}

static gboolean is_same_view(const FbkListView *one, const FbkListView *other)
{
  return one->account == other->account && one->folder_id == other->folder_id && one->order == other->order;
}

static void load_done(gpointer owner, gpointer data, const GError *err)
{
  FbkListScreen *screen = owner;
  Load *load = data;
  fbk_late_end(&screen->late);
  if (err) {
    fbk_list_fail(&screen->list);
    screen->next = screen->view;
    g_queue_clear(&screen->keys);
    if (!g_error_matches(err, FBK_ERROR, FBK_ERR_CANCELLED))
      fbk_app_say_error(screen->head.app, err);
  } else {
    if (is_same_view(&screen->next, &load->asked))
      screen->next = load->view;
    screen->view = load->view;
    g_clear_pointer(&screen->folders, g_ptr_array_unref);
    screen->folders = g_steal_pointer(&load->folders);
    screen->waiting = load->waiting;
    fbk_list_take(&screen->list, &load->want, &load->found);
    load->found.rows = NULL;
  }
  fbk_list_screen_pump(screen);
  fbk_app_dirty(screen->head.app);
}

void fbk_list_screen_load(FbkListScreen *screen, const FbkListWant *want)
{
  FbkApp *app = screen->head.app;
  Load *load = g_new0(Load, 1);
  load->home = fbk_app_home(app);
  load->asked = load->view = want->is_jump ? screen->next : screen->view;
  load->want = *want;
  load->query = g_strdup(screen->query);
  if (want->is_jump)
    fbk_late_begin(&screen->late, app, screen->query ? _("Searching ...") : _("Opening ..."));
  if (screen->query)
    fbk_worker_post(fbk_app_search(app), screen->head.scope, search_run, load_done, load, free_load);
  else {
    load->catalogs = fbk_app_catalogs(app);
    fbk_worker_post(fbk_app_disk(app), screen->head.scope, load_run, load_done, load, free_load);
  }
}

/* --- the next unread message --- */

typedef struct {
  const FbkHome *home;
  FbkCatalogs *catalogs;
  FbkListView view;
  gint64 anchor;
  gint64 folder_id, id; /* found */
} Look;

static gboolean look_run(FbkJob *job, gpointer data, GError **err)
{
  (void)job;
  Look *look = data;
  FbkCatalog *catalog = fbk_catalogs_get(look->catalogs, look->home, look->view.account->name, err);
  return catalog && fbk_list_load_unread(catalog, look->view.folder_id, look->view.order, look->anchor,
                                         &look->folder_id, &look->id, err);
}

static void look_done(gpointer owner, gpointer data, const GError *err)
{
  FbkListScreen *screen = owner;
  const Look *look = data;
  screen->is_looking = FALSE;
  fbk_late_end(&screen->late);
  if (err)
    fbk_app_say_error(screen->head.app, err);
  else if (!look->id)
    fbk_app_say(screen->head.app, _("No other unread mail. $ checks for new mail."));
  else if (look->folder_id == screen->view.folder_id)
    fbk_list_go(&screen->list, look->id);
  else {
    screen->next.folder_id = look->folder_id;
    fbk_list_replace(&screen->list, look->id);
  }
  fbk_list_screen_pump(screen);
  fbk_app_dirty(screen->head.app);
}

void fbk_list_screen_look_for_unread(FbkListScreen *screen)
{
  FbkApp *app = screen->head.app;
  const FbkRow *row = fbk_list_row(&screen->list);
  Look *look = g_new0(Look, 1);
  look->home = fbk_app_home(app);
  look->catalogs = fbk_app_catalogs(app);
  look->view = screen->view;
  look->anchor = row ? row->id : 0;
  screen->is_looking = TRUE;
  fbk_late_begin(&screen->late, app, _("Looking for unread mail ..."));
  fbk_worker_post(fbk_app_disk(app), screen->head.scope, look_run, look_done, look, g_free);
}

/* --- marks --- */

typedef struct {
  const FbkHome *home;
  FbkCatalogs *catalogs;
  const FbkAccount *account;
  gint64 id;
  FbkMark mark;
  gboolean is_seen; /* now */
} Marking;

static gboolean mark_run(FbkJob *job, gpointer data, GError **err)
{
  (void)job;
  Marking *marking = data;
  const char *account = marking->account->name;
  FbkCatalog *catalog = fbk_catalogs_get(marking->catalogs, marking->home, account, err);
  g_autoptr(FbkRows) row = catalog ? fbk_catalog_row(catalog, marking->id, err) : NULL;
  if (!row)
    return FALSE;
  guint flags = row->rows->flags;
  flags = marking->mark == FBK_MARK_TOGGLE ? flags ^ FBK_FLAG_SEEN : flags | FBK_FLAG_SEEN;
  marking->is_seen = flags & FBK_FLAG_SEEN;
  return fbk_read_set_flags(marking->home, account, catalog, marking->id, flags, err);
}

static void mark_done(gpointer owner, gpointer data, const GError *err)
{
  FbkListScreen *screen = owner;
  const Marking *marking = data;
  if (err && marking->mark == FBK_MARK_TOGGLE)
    fbk_app_say_error(screen->head.app, err);
  else if (marking->mark == FBK_MARK_TOGGLE)
    fbk_app_say(screen->head.app, "%s", marking->is_seen ? _("Marked as read.") : _("Marked as unread."));
  screen->list.is_stale = TRUE;
  fbk_list_screen_pump(screen);
}

void fbk_list_screen_mark(FbkListScreen *screen, gint64 id, FbkMark mark)
{
  FbkApp *app = screen->head.app;
  Marking *marking = g_new0(Marking, 1);
  *marking = (Marking){fbk_app_home(app), fbk_app_catalogs(app), screen->view.account, id, mark, FALSE};
  fbk_worker_post(fbk_app_disk(app), screen->head.scope, mark_run, mark_done, marking, g_free);
}
