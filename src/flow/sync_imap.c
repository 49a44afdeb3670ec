/* One pass over one IMAP folder: newest first, in windows. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/sync_inner.h"

#include <glib/gi18n.h>

#include "base/err.h"
#include "base/log.h"
#include "flow/sync_plan.h"

#define FIRST_WINDOW 50 /* messages surveyed at first: one screen of news, soon */
#define LARGEST_WINDOW 5000
#define IN_FLIGHT 32

typedef struct {
  FbkPass *pass;
  const FbkFolder *folder;
  FbkIncoming *incoming;
  FbkImapMailbox mailbox;
  GArray *known;       /* FbkKnown, ascending, without those whose file is missing */
  GHashTable *fetched; /* UIDs of this pass */
  const FbkImapMessage *fetching;
  gboolean started; /* the message in hand has its temporary file */
  guint64 done;
} FolderPass;

/* --- bodies --- */

static gboolean start(FolderPass *folder, guint index, GError **err)
{
  if (folder->started)
    return TRUE;
  g_autofree char *unique = fbk_maildir_imap_name(folder->mailbox.uidvalidity, folder->fetching[index].uid);
  folder->started = fbk_incoming_start(folder->incoming, unique, err);
  return folder->started;
}

static gboolean body_write(gpointer data, guint index, const char *bytes, gsize len, GError **err)
{
  FolderPass *folder = data;
  return start(folder, index, err) && fbk_incoming_write(folder->incoming, bytes, len, err);
}

static gboolean body_done(gpointer data, guint index, guint flags, GError **err)
{
  FolderPass *folder = data;
  if (!start(folder, index, err))
    return FALSE;
  folder->started = FALSE;
  if (!fbk_incoming_end(folder->incoming, folder->fetching[index].uid, flags, NULL, err))
    return FALSE;
  fbk_progress(folder->pass->progress, folder->folder->name, ++folder->done, folder->mailbox.exists);
  return TRUE;
}

/* Expunged between the survey and now: nothing to keep. */
static gboolean body_absent(gpointer data, guint index, GError **err)
{
  FolderPass *folder = data;
  (void)index;
  (void)err;
  folder->started = FALSE;
  folder->done++;
  return TRUE;
}

/* When an EXPUNGE shifts the numbers, windows overlap: what was fetched a moment ago is not fetched again. */
static void leave_out_fetched(FolderPass *folder, GArray *wanted)
{
  guint kept = 0;
  for (guint i = 0; i < wanted->len; i++) {
    FbkImapMessage message = g_array_index(wanted, FbkImapMessage, i);
    if (g_hash_table_add(folder->fetched, GUINT_TO_POINTER(message.uid)))
      g_array_index(wanted, FbkImapMessage, kept++) = message;
  }
  g_array_set_size(wanted, kept);
}

static gboolean fetch(FolderPass *folder, GArray *wanted, GError **err)
{
  leave_out_fetched(folder, wanted);
  if (!wanted->len)
    return TRUE;
  const FbkImapSink sink = {body_write, body_done, body_absent, folder};
  folder->fetching = (const FbkImapMessage *)(gpointer)wanted->data;
  gboolean done =
      fbk_imap_fetch(folder->pass->sync->imap, folder->fetching, wanted->len, IN_FLIGHT, &sink, err);
  /* Where the line breaks again and again, what came whole is kept all the same. */
  return fbk_incoming_flush(folder->incoming, done ? err : NULL) && done;
}

/* --- flags and what is gone --- */

static gboolean rename_for_flags(FolderPass *folder, gint64 id, guint flags, GError **err)
{
  FbkCatalog *catalog = folder->pass->sync->catalog;
  g_autoptr(FbkRows) row = fbk_catalog_row(catalog, id, err);
  if (!row)
    return FALSE;
  g_autofree char *name = NULL;
  g_autoptr(GError) missing = NULL;
  if (!*row->rows->file)
    return TRUE;
  if (!fbk_maildir_set_flags(fbk_incoming_maildir(folder->incoming), row->rows->file, flags, &name,
                             &missing)) {
    fbk_log("sync", "%s", missing->message);
    return TRUE;
  }
  return fbk_catalog_set_file(catalog, id, name, err);
}

static gboolean take_flags(FolderPass *folder, const GArray *steps, GError **err)
{
  for (guint i = 0; i < steps->len; i++) {
    const FbkFlagStep *step = &g_array_index(steps, FbkFlagStep, i);
    guint flags = 0;
    if (!fbk_catalog_server_flags(folder->pass->sync->catalog, step->id, step->flags, &flags, err) ||
        !rename_for_flags(folder, step->id, flags, err))
      return FALSE;
  }
  folder->pass->report->flagged += steps->len;
  return TRUE;
}

/* The row goes first: a file without a row is taken in again or found gone, a row without a file is a mail
 * that cannot be opened. */
static gboolean drop(FolderPass *folder, const GArray *ids, GError **err)
{
  for (guint i = 0; i < ids->len; i++) {
    gint64 id = g_array_index(ids, gint64, i);
    g_autoptr(FbkRows) row = fbk_catalog_row(folder->pass->sync->catalog, id, err);
    if (!row || !fbk_catalog_remove(folder->pass->sync->catalog, id, err))
      return FALSE;
    g_autoptr(GError) missing = NULL;
    if (*row->rows->file &&
        !fbk_maildir_remove(fbk_incoming_maildir(folder->incoming), row->rows->file, &missing))
      fbk_log("sync", "%s", missing->message);
  }
  folder->pass->report->removed += ids->len;
  return TRUE;
}

/* All flag changes and removals of a pass stand or fall together. */
static gboolean apply(FolderPass *folder, const FbkSyncPlan *plan, GError **err)
{
  FbkCatalog *catalog = folder->pass->sync->catalog;
  if (!plan->flags->len && !plan->gone->len)
    return TRUE;
  if (!fbk_catalog_begin(catalog, err))
    return FALSE;
  if (take_flags(folder, plan->flags, err) && drop(folder, plan->gone, err) &&
      fbk_catalog_commit(catalog, err))
    return TRUE;
  fbk_catalog_rollback(catalog);
  return FALSE;
}

/* --- the pass --- */

static int by_uid(gconstpointer a, gconstpointer b)
{
  guint32 one = ((const FbkImapMessage *)a)->uid;
  guint32 other = ((const FbkImapMessage *)b)->uid;
  return (one > other) - (one < other);
}

/* Surveys from the newest number down and fetches what each window brings; seen gets everything. */
static gboolean walk(FolderPass *folder, GArray *seen, gboolean *moved_out, GError **err)
{
  guint32 window = FIRST_WINDOW;
  for (guint32 last = folder->mailbox.exists; last > 0;) {
    guint32 first = last > window ? last - window + 1 : 1;
    g_autoptr(GArray) part = g_array_new(FALSE, FALSE, sizeof(FbkImapMessage));
    gboolean moved = FALSE;
    if (!fbk_imap_survey(folder->pass->sync->imap, first, last, part, &moved, err))
      return FALSE;
    *moved_out |= moved;
    guint32 lowest = part->len ? g_array_index(part, FbkImapMessage, 0).uid : G_MAXUINT32;
    g_autoptr(FbkSyncPlan) plan = fbk_sync_plan_make(part, folder->known, lowest);
    if (!fetch(folder, plan->fetch, err))
      return FALSE;
    g_array_append_vals(seen, part->data, part->len);
    last = first - 1;
    window = MIN(window * 4, LARGEST_WINDOW);
    if (fbk_cancelled(folder->pass->cancellable, err))
      return FALSE;
  }
  g_array_sort(seen, by_uid);
  return TRUE;
}

/* What the whole survey says about what was here. Only a survey without gaps may say that mail is gone: a
 * server that leaves messages out of its answer must not cost their copies here. */
static gboolean settle(FolderPass *folder, const GArray *seen, gboolean complete, GError **err)
{
  FbkCatalog *catalog = folder->pass->sync->catalog;
  g_autoptr(GArray) known = fbk_catalog_known(catalog, folder->folder->id, err);
  g_autoptr(GArray) orphans = known ? fbk_catalog_orphans(catalog, folder->folder->id, err) : NULL;
  if (!orphans)
    return FALSE;
  g_autoptr(FbkSyncPlan) plan = fbk_sync_plan_make(seen, known, 0);
  if (complete)
    g_array_append_vals(plan->gone, orphans->data, orphans->len);
  else {
    fbk_log("sync", "%s: the survey has gaps, nothing is taken as gone", folder->folder->path);
    g_array_set_size(plan->gone, 0);
  }
  return apply(folder, plan, err) && fbk_incoming_finish(folder->incoming, folder->mailbox.uidnext, err);
}

/* To the planner a message whose file is missing is one that is not here. */
static void forget_missing(FolderPass *folder)
{
  guint kept = 0;
  for (guint i = 0; i < folder->known->len; i++) {
    FbkKnown one = g_array_index(folder->known, FbkKnown, i);
    g_autofree char *unique = fbk_maildir_imap_name(folder->mailbox.uidvalidity, one.uid);
    if (!fbk_incoming_is_missing(folder->incoming, unique))
      g_array_index(folder->known, FbkKnown, kept++) = one;
  }
  g_array_set_size(folder->known, kept);
}

static gboolean run(FolderPass *folder, GError **err)
{
  FbkSync *sync = folder->pass->sync;
  if (!fbk_imap_examine(sync->imap, folder->folder->path, &folder->mailbox, err) ||
      !fbk_incoming_begin(folder->incoming, folder->mailbox.uidvalidity, err) ||
      !(folder->known = fbk_catalog_known(sync->catalog, folder->folder->id, err)))
    return FALSE;
  forget_missing(folder);
  g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(FbkImapMessage));
  gboolean moved = FALSE;
  return walk(folder, seen, &moved, err) &&
         settle(folder, seen, !moved && seen->len >= folder->mailbox.exists, err);
}

gboolean fbk_sync_imap_folder(FbkPass *pass, const FbkFolder *folder, GError **err)
{
  FolderPass folder_pass = {.pass = pass, .folder = folder};
  folder_pass.incoming = fbk_incoming_new(pass, folder, err);
  if (!folder_pass.incoming)
    return FALSE;
  folder_pass.fetched = g_hash_table_new(NULL, NULL);
  gboolean done = run(&folder_pass, err);
  g_hash_table_unref(folder_pass.fetched);
  fbk_incoming_free(folder_pass.incoming);
  if (folder_pass.known)
    g_array_unref(folder_pass.known);
  return done;
}
