/* Messages on their way into a folder: Maildir first, durable, then the catalogue. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "flow/sync_inner.h"

#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/log.h"
#include "mail/parse.h"

#define FIRST_BATCH 16 /* small, so that the list fills at once */
#define LARGEST_BATCH 128
#define BATCH_BYTES (16 * 1024 * 1024)

typedef struct {
  FbkDelivery *delivery;
  guint32 uid;
  guint flags;
  char *uidl;
} Waiting;

struct FbkIncoming {
  FbkPass *pass;
  FbkFolder *folder;
  FbkMaildir *maildir;
  FbkFolderState state;
  FbkDelivery *current;
  GArray *waiting; /* Waiting */
  guint64 waiting_bytes;
  guint batch;
};

static void clear_waiting(gpointer data)
{
  Waiting *waiting = data;
  fbk_delivery_free(waiting->delivery);
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
  g_array_unref(incoming->waiting);
  fbk_maildir_free(incoming->maildir);
  fbk_folder_free(incoming->folder);
  g_free(incoming);
}

FbkMaildir *fbk_incoming_maildir(FbkIncoming *incoming)
{
  return incoming->maildir;
}

/* A row for the file at path: what its header says, and who it is. */
static gboolean add_row(FbkIncoming *incoming, const char *path, FbkNewRow *row, GError **err)
{
  g_autoptr(GError) unreadable = NULL;
  g_autoptr(FbkEnvelope) envelope = fbk_envelope_read(path, &row->has_attachment, &unreadable);
  if (!envelope) {
    fbk_log("sync", "%s", unreadable->message);
    envelope = fbk_envelope_new();
  }
  row->envelope = envelope;
  gint64 id;
  g_autoptr(GError) failure = NULL;
  if (fbk_catalog_add(incoming->pass->sync->catalog, incoming->folder->id, row, &id, &failure) ||
      g_error_matches(failure, FBK_ERROR, FBK_ERR_EXISTS))
    return TRUE;
  g_propagate_error(err, g_steal_pointer(&failure));
  return FALSE;
}

/* --- after a crash --- */

typedef struct {
  FbkIncoming *incoming;
  GError **err;
  gboolean failed;
} Recovery;

/* A delivered file without a row: the crash came between the two. */
static gboolean recover_file(gpointer data, const char *name, const char *path)
{
  Recovery *recovery = data;
  FbkIncoming *incoming = recovery->incoming;
  g_autofree char *unique = fbk_maildir_unique(name);
  gint64 id = 0;
  guint32 uidvalidity = 0;
  guint32 uid = 0;
  if (!fbk_catalog_by_file(incoming->pass->sync->catalog, incoming->folder->dir, unique, &id, recovery->err))
    return !(recovery->failed = TRUE);
  if (id || !fbk_maildir_parse_imap_name(name, &uidvalidity, &uid))
    return TRUE;
  struct stat status;
  g_autofree char *digest = fbk_maildir_digest(path, NULL);
  if (!digest || stat(path, &status))
    return TRUE;
  FbkNewRow row = {.uid = uidvalidity == incoming->state.uidvalidity ? uid : 0,
                   .flags = fbk_maildir_flags(name),
                   .size = (guint64)status.st_size,
                   .file = name,
                   .digest = digest,
                   .arrived = status.st_mtime};
  if (!add_row(incoming, path, &row, recovery->err))
    return !(recovery->failed = TRUE);
  return TRUE;
}

static gboolean recover(FbkIncoming *incoming, GError **err)
{
  FbkCatalog *catalog = incoming->pass->sync->catalog;
  Recovery recovery = {incoming, err, FALSE};
  if (!fbk_maildir_sweep(incoming->maildir, err) || !fbk_catalog_begin(catalog, err))
    return FALSE;
  if (fbk_maildir_scan(incoming->maildir, recover_file, &recovery, err) && !recovery.failed &&
      fbk_catalog_commit(catalog, err))
    return TRUE;
  fbk_catalog_rollback(catalog);
  return FALSE;
}

gboolean fbk_incoming_begin(FbkIncoming *incoming, guint32 uidvalidity, GError **err)
{
  FbkCatalog *catalog = incoming->pass->sync->catalog;
  if (!fbk_catalog_get_state(catalog, incoming->folder->id, &incoming->state, err))
    return FALSE;
  gboolean first = !incoming->state.uidvalidity && !incoming->state.delivering;
  gboolean reset = incoming->state.uidvalidity && incoming->state.uidvalidity != uidvalidity;
  gboolean crashed = incoming->state.delivering;
  incoming->state.uidvalidity = uidvalidity;
  if (reset) {
    fbk_log("sync", "%s: UIDVALIDITY changed, mail is recognised by its content", incoming->folder->path);
    if (!fbk_catalog_orphan(catalog, incoming->folder->id, err))
      return FALSE;
  }
  if ((first || crashed || reset) && !recover(incoming, err))
    return FALSE;
  if (crashed && !reset)
    return TRUE;
  incoming->state.delivering = TRUE;
  return fbk_catalog_set_state(catalog, incoming->folder->id, &incoming->state, err);
}

gboolean fbk_incoming_finish(FbkIncoming *incoming, guint32 uidnext, GError **err)
{
  incoming->state.delivering = FALSE;
  incoming->state.uidnext = uidnext;
  return fbk_catalog_set_state(incoming->pass->sync->catalog, incoming->folder->id, &incoming->state, err);
}

/* --- one batch --- */

/* Mail that is here already under a UID of before a reset keeps its file, and gets its new UID. */
static gboolean adopt(FbkIncoming *incoming, GError **err)
{
  for (guint i = incoming->waiting->len; i-- > 0;) {
    const Waiting *waiting = &g_array_index(incoming->waiting, Waiting, i);
    gboolean adopted = FALSE;
    gint64 id = 0;
    if (waiting->uid && !fbk_catalog_adopt(incoming->pass->sync->catalog, incoming->folder->id,
                                           fbk_delivery_digest(waiting->delivery), waiting->uid,
                                           waiting->flags, &id, &adopted, err))
      return FALSE;
    if (adopted)
      g_array_remove_index(incoming->waiting, i);
  }
  return TRUE;
}

static gboolean add_rows(FbkIncoming *incoming, char **names, GError **err)
{
  gint64 now = g_get_real_time() / G_USEC_PER_SEC;
  for (guint i = 0; i < incoming->waiting->len; i++) {
    Waiting *waiting = &g_array_index(incoming->waiting, Waiting, i);
    g_autofree char *path = g_build_filename(fbk_maildir_path(incoming->maildir), "cur", names[i], NULL);
    FbkNewRow row = {.uid = waiting->uid,
                     .flags = waiting->flags,
                     .size = fbk_delivery_size(waiting->delivery),
                     .file = names[i],
                     .digest = fbk_delivery_digest(waiting->delivery),
                     .uidl = waiting->uidl,
                     .arrived = now};
    if (!add_row(incoming, path, &row, err))
      return FALSE;
  }
  return TRUE;
}

static gboolean deliver(FbkIncoming *incoming, GError **err)
{
  guint count = incoming->waiting->len;
  g_autofree FbkDelivery **deliveries = g_new(FbkDelivery *, count);
  g_autofree guint *flags = g_new(guint, count);
  g_auto(GStrv) names = g_new0(char *, count + 1);
  for (guint i = 0; i < count; i++) {
    deliveries[i] = g_array_index(incoming->waiting, Waiting, i).delivery;
    flags[i] = g_array_index(incoming->waiting, Waiting, i).flags;
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
  incoming->current = fbk_delivery_begin(incoming->maildir, unique, err);
  return incoming->current != NULL;
}

gboolean fbk_incoming_write(FbkIncoming *incoming, const char *bytes, gsize len, GError **err)
{
  return fbk_delivery_write(incoming->current, bytes, len, err);
}

gboolean fbk_incoming_end(FbkIncoming *incoming, guint32 uid, guint flags, const char *uidl, GError **err)
{
  Waiting waiting = {g_steal_pointer(&incoming->current), uid, flags, g_strdup(uidl)};
  incoming->waiting_bytes += fbk_delivery_size(waiting.delivery);
  g_array_append_val(incoming->waiting, waiting);
  if (incoming->waiting->len < incoming->batch && incoming->waiting_bytes < BATCH_BYTES)
    return TRUE;
  return fbk_incoming_flush(incoming, err);
}
