/* Messages on their way into a folder: Maildir first, durable, then the catalogue. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "flow/sync_inner.h"

#include "base/err.h"
#include "base/log.h"

#define FIRST_BATCH 16 /* small, so that the list fills at once */
#define LARGEST_BATCH 128
#define BATCH_BYTES (16 * 1024 * 1024)

typedef struct {
  FbkDelivery *delivery;
  char *unique;
  guint32 uid;
  guint flags;
  char *uidl;
} Waiting;

struct FbkIncoming {
  FbkPass *pass;
  FbkFolder *folder;
  FbkMaildir *maildir;
  FbkFolderState state;
  gboolean marked;     /* the catalogue says that this folder is being delivered to */
  gboolean settled;    /* the catalogue says what state says */
  GHashTable *missing; /* unique name -> FbkMissing */
  FbkDelivery *current;
  char *unique;    /* of current */
  GArray *waiting; /* Waiting */
  guint64 waiting_bytes;
  guint batch;
};

static void clear_waiting(gpointer data)
{
  Waiting *waiting = data;
  fbk_delivery_free(waiting->delivery);
  g_free(waiting->unique);
  g_free(waiting->uidl);
}

FbkIncoming *fbk_incoming_new(FbkPass *pass, const FbkFolder *folder, GError **err)
{
  g_autofree char *path = fbk_home_folder_path(pass->sync->home, pass->sync->account->name, folder->dir);
  g_autoptr(FbkMaildir) maildir = fbk_maildir_open(path, err);
  if (!maildir)
    return NULL;
  FbkIncoming *incoming = g_new0(FbkIncoming, 1);
  incoming->pass = pass;
  incoming->folder = fbk_folder_copy(folder);
  incoming->maildir = g_steal_pointer(&maildir);
  incoming->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
  g_array_set_clear_func(incoming->waiting, clear_waiting);
  incoming->batch = FIRST_BATCH;
  return incoming;
}

void fbk_incoming_free(FbkIncoming *incoming)
{
  if (!incoming)
    return;
  fbk_delivery_free(incoming->current);
  g_free(incoming->unique);
  g_array_unref(incoming->waiting);
  g_clear_pointer(&incoming->missing, g_hash_table_unref);
  fbk_maildir_free(incoming->maildir);
  fbk_folder_free(incoming->folder);
  g_free(incoming);
}

FbkMaildir *fbk_incoming_maildir(FbkIncoming *incoming)
{
  return incoming->maildir;
}

/* --- a pass --- */

gboolean fbk_incoming_begin(FbkIncoming *incoming, guint32 uidvalidity, GError **err)
{
  FbkCatalog *catalog = incoming->pass->sync->catalog;
  FbkFolderState *state = &incoming->state;
  if (!fbk_catalog_get_state(catalog, incoming->folder->id, state, err))
    return FALSE;
  gboolean same = state->uidvalidity == uidvalidity;
  if (state->uidvalidity && !same) {
    fbk_log("sync", "%s: UIDVALIDITY changed, mail is recognised by its content", incoming->folder->path);
    if (!fbk_catalog_orphan(catalog, incoming->folder->id, err))
      return FALSE;
  }
  if ((state->delivering || !same) &&
      !fbk_pass_recover(incoming->pass, incoming->folder, incoming->maildir, uidvalidity, err))
    return FALSE;
  incoming->marked = state->delivering && same;
  incoming->settled = same && !state->delivering;
  state->uidvalidity = uidvalidity;
  g_clear_pointer(&incoming->missing, g_hash_table_unref);
  incoming->missing = fbk_pass_missing(incoming->pass, incoming->folder, incoming->maildir, uidvalidity, err);
  return incoming->missing != NULL;
}

gboolean fbk_incoming_is_missing(const FbkIncoming *incoming, const char *unique)
{
  return g_hash_table_contains(incoming->missing, unique);
}

/* Before the first file comes the mark that says: look for files without rows. */
static gboolean mark(FbkIncoming *incoming, GError **err)
{
  if (incoming->marked)
    return TRUE;
  incoming->state.delivering = TRUE;
  incoming->settled = FALSE;
  return incoming->marked = fbk_catalog_set_state(incoming->pass->sync->catalog, incoming->folder->id,
                                                  &incoming->state, err);
}

gboolean fbk_incoming_finish(FbkIncoming *incoming, guint32 uidnext, GError **err)
{
  if (incoming->settled && incoming->state.uidnext == uidnext)
    return TRUE; /* nothing came: nothing to write, which would have to wait for the disk */
  incoming->state.delivering = FALSE;
  incoming->state.uidnext = uidnext;
  return fbk_catalog_set_state(incoming->pass->sync->catalog, incoming->folder->id, &incoming->state, err);
}

/* --- one batch --- */

/* Mail that is here already under a UID of before a reset keeps its file, and gets its new UID. Mail that is
 * here under this UID needs nothing. */
static gboolean adopt_one(FbkIncoming *incoming, const Waiting *waiting, gboolean *adopted_out, GError **err)
{
  g_autoptr(GError) failure = NULL;
  gint64 id = 0;
  *adopted_out = FALSE;
  if (!waiting->uid || g_hash_table_contains(incoming->missing, waiting->unique) ||
      fbk_catalog_adopt(incoming->pass->sync->catalog, incoming->folder->id,
                        fbk_delivery_digest(waiting->delivery), waiting->uid, waiting->flags, &id,
                        adopted_out, &failure))
    return TRUE;
  if ((*adopted_out = g_error_matches(failure, FBK_ERROR, FBK_ERR_EXISTS)))
    return TRUE;
  g_propagate_error(err, g_steal_pointer(&failure));
  return FALSE;
}

static gboolean adopt(FbkIncoming *incoming, GError **err)
{
  for (guint i = incoming->waiting->len; i-- > 0;) {
    gboolean adopted;
    if (!adopt_one(incoming, &g_array_index(incoming->waiting, Waiting, i), &adopted, err))
      return FALSE;
    if (adopted)
      g_array_remove_index(incoming->waiting, i);
  }
  return TRUE;
}

/* The index may have given the file up while it was gone. */
static gboolean give_file_back(FbkIncoming *incoming, gint64 id, const char *name, GError **err)
{
  FbkCatalog *catalog = incoming->pass->sync->catalog;
  const FbkIndexItem item = {id, incoming->folder->dir, (char *)name};
  return fbk_catalog_set_file(catalog, id, name, err) &&
         fbk_catalog_set_index_state(catalog, &item, FBK_INDEX_WAITING, err);
}

/* A new row; or, where only the file had gone, the old one with its file. */
static gboolean add_row(FbkIncoming *incoming, const Waiting *waiting, const char *name, GError **err)
{
  const FbkMissing *missing = g_hash_table_lookup(incoming->missing, waiting->unique);
  if (missing)
    return give_file_back(incoming, missing->id, name, err);
  g_autofree char *path = g_build_filename(fbk_maildir_path(incoming->maildir), "cur", name, NULL);
  FbkNewRow row = {.uid = waiting->uid,
                   .flags = waiting->flags,
                   .size = fbk_delivery_size(waiting->delivery),
                   .file = name,
                   .digest = fbk_delivery_digest(waiting->delivery),
                   .uidl = waiting->uidl,
                   .arrived = g_get_real_time() / G_USEC_PER_SEC};
  gint64 id;
  return fbk_pass_add_row(incoming->pass, incoming->folder, path, &row, &id, err);
}

static gboolean add_rows(FbkIncoming *incoming, char **names, GError **err)
{
  for (guint i = 0; i < incoming->waiting->len; i++)
    if (!add_row(incoming, &g_array_index(incoming->waiting, Waiting, i), names[i], err))
      return FALSE;
  return TRUE;
}

/* What the person marked here stays marked when the file comes again. */
static guint flags_of_file(const FbkIncoming *incoming, const Waiting *waiting)
{
  const FbkMissing *missing = g_hash_table_lookup(incoming->missing, waiting->unique);
  return missing ? missing->flags : waiting->flags;
}

static gboolean deliver(FbkIncoming *incoming, GError **err)
{
  guint count = incoming->waiting->len;
  g_autofree FbkDelivery **deliveries = g_new(FbkDelivery *, count);
  g_autofree guint *flags = g_new(guint, count);
  g_auto(GStrv) names = g_new0(char *, count + 1);
  for (guint i = 0; i < count; i++) {
    const Waiting *waiting = &g_array_index(incoming->waiting, Waiting, i);
    deliveries[i] = waiting->delivery;
    flags[i] = flags_of_file(incoming, waiting);
  }
  return fbk_maildir_commit(incoming->maildir, deliveries, flags, count, names, err) &&
         add_rows(incoming, names, err);
}

gboolean fbk_incoming_flush(FbkIncoming *incoming, GError **err)
{
  FbkCatalog *catalog = incoming->pass->sync->catalog;
  guint count = incoming->waiting->len;
  if (!count)
    return TRUE;
  if (!fbk_catalog_begin(catalog, err))
    return FALSE;
  if (!adopt(incoming, err) || (incoming->waiting->len && !deliver(incoming, err)) ||
      !fbk_catalog_commit(catalog, err)) {
    fbk_catalog_rollback(catalog);
    return FALSE;
  }
  incoming->pass->report->fetched += count;
  g_array_set_size(incoming->waiting, 0);
  incoming->waiting_bytes = 0;
  incoming->batch = MIN(incoming->batch * 2, LARGEST_BATCH);
  return TRUE;
}

gboolean fbk_incoming_start(FbkIncoming *incoming, const char *unique, GError **err)
{
  g_clear_pointer(&incoming->current, fbk_delivery_free);
  g_free(incoming->unique);
  incoming->unique = g_strdup(unique);
  if (!mark(incoming, err))
    return FALSE;
  incoming->current = fbk_delivery_begin(incoming->maildir, unique, err);
  return incoming->current != NULL;
}

gboolean fbk_incoming_write(FbkIncoming *incoming, const char *bytes, gsize len, GError **err)
{
  return fbk_delivery_write(incoming->current, bytes, len, err);
}

gboolean fbk_incoming_end(FbkIncoming *incoming, guint32 uid, guint flags, const char *uidl, GError **err)
{
  Waiting waiting = {g_steal_pointer(&incoming->current), g_steal_pointer(&incoming->unique), uid, flags,
                     g_strdup(uidl)};
  incoming->waiting_bytes += fbk_delivery_size(waiting.delivery);
  g_array_append_val(incoming->waiting, waiting);
  if (incoming->waiting->len < incoming->batch && incoming->waiting_bytes < BATCH_BYTES)
    return TRUE;
  return fbk_incoming_flush(incoming, err);
}
