/* One pass over a POP3 mailbox: what is new goes into the local inbox, nothing is deleted.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/sync_inner.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"

#define HASH_LEN 32   /* of the hexadecimal digits */
#define UIDVALIDITY 1 /* POP3 has no such thing: it never changes */

typedef struct {
  FbkPass *pass;
  const FbkFolder *folder;
  FbkIncoming *incoming;
  GPtrArray *wanted; /* FbkPopMessage *, borrowed */
  GPtrArray *keys;   /* char *, for each wanted one */
  gboolean started;
  guint absent; /* not handed out */
} PopPass;

/* Some servers give two messages the same UIDL: the second one is another message all the same. */
static char *occurrence_key(GHashTable *seen, const char *uidl)
{
  guint before = GPOINTER_TO_UINT(g_hash_table_lookup(seen, uidl));
  g_hash_table_insert(seen, g_strdup(uidl), GUINT_TO_POINTER(before + 1));
  return before ? g_strdup_printf("%s %u", uidl, before + 1) : g_strdup(uidl);
}

/* The UIDL is the server's word: it is hashed, never a file name. */
static char *unique_name(const char *key)
{
  g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, key, -1);
  return g_strdup_printf("pop.%.*s.fubako", HASH_LEN, hash);
}

gboolean fbk_pass_is_pop_name(const char *unique)
{
  gsize len = strlen(unique);
  return len == strlen("pop..fubako") + HASH_LEN && g_str_has_prefix(unique, "pop.") &&
         g_str_has_suffix(unique, ".fubako") &&
         strspn(unique + strlen("pop."), "0123456789abcdef") == HASH_LEN;
}

static gboolean start(PopPass *pop_pass, guint index, GError **err)
{
  if (pop_pass->started)
    return TRUE;
  g_autofree char *unique = unique_name(pop_pass->keys->pdata[index]);
  pop_pass->started = fbk_incoming_start(pop_pass->incoming, unique, err);
  return pop_pass->started;
}

static gboolean body_write(gpointer data, guint index, const char *bytes, gsize len, GError **err)
{
  PopPass *pop_pass = data;
  return start(pop_pass, index, err) && fbk_incoming_write(pop_pass->incoming, bytes, len, err);
}

static gboolean body_done(gpointer data, guint index, GError **err)
{
  PopPass *pop_pass = data;
  if (!start(pop_pass, index, err))
    return FALSE;
  pop_pass->started = FALSE;
  if (!fbk_incoming_end(pop_pass->incoming, 0, 0, pop_pass->keys->pdata[index], err))
    return FALSE;
  fbk_progress(pop_pass->pass->progress, pop_pass->folder->name, index + 1, pop_pass->wanted->len);
  return TRUE;
}

/* One that the server does not hand out must not keep the others away; it is asked for again next time. */
static gboolean body_absent(gpointer data, guint index, GError **err)
{
  PopPass *pop_pass = data;
  (void)index;
  (void)err;
  pop_pass->absent++;
  return TRUE;
}

/* A list of mail that was made anew from its files knows no UIDLs, but names that come of them. */
static gboolean is_here(PopPass *pop_pass, const char *key, gboolean *here_out, GError **err)
{
  FbkCatalog *catalog = pop_pass->pass->sync->catalog;
  g_autofree char *unique = unique_name(key);
  gint64 id = 0;
  if (!fbk_catalog_has_uidl(catalog, pop_pass->folder->id, key, here_out, err) ||
      (!*here_out && !fbk_catalog_by_file(catalog, pop_pass->folder->dir, unique, &id, err)))
    return FALSE;
  *here_out = (*here_out || id) && !fbk_incoming_is_missing(pop_pass->incoming, unique);
  return TRUE;
}

/* The newest stand last on a POP3 server. */
static gboolean choose(PopPass *pop_pass, const GPtrArray *listed, GError **err)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < listed->len; i++)
    g_ptr_array_add(keys, occurrence_key(seen, ((const FbkPopMessage *)listed->pdata[i])->uidl));
  for (guint i = listed->len; i-- > 0;) {
    gboolean here = FALSE;
    if (!is_here(pop_pass, keys->pdata[i], &here, err))
      return FALSE;
    if (here)
      continue;
    g_ptr_array_add(pop_pass->wanted, listed->pdata[i]);
    g_ptr_array_add(pop_pass->keys, g_strdup(keys->pdata[i]));
  }
  return TRUE;
}

static gboolean run(PopPass *pop_pass, FbkPop *pop, GError **err)
{
  g_autoptr(GPtrArray) listed = fbk_pop_list(pop, err);
  if (!listed || !fbk_incoming_begin(pop_pass->incoming, UIDVALIDITY, err) || !choose(pop_pass, listed, err))
    return FALSE;
  const FbkPopSink sink = {body_write, body_done, body_absent, pop_pass};
  gboolean done =
      !pop_pass->wanted->len || fbk_pop_retrieve(pop, (FbkPopMessage *const *)pop_pass->wanted->pdata,
                                                 pop_pass->wanted->len, &sink, err);
  /* Where the line breaks again and again, what came whole is kept all the same. */
  return fbk_incoming_flush(pop_pass->incoming, done ? err : NULL) && done &&
         fbk_incoming_finish(pop_pass->incoming, 0, err);
}

static gboolean local_inbox(FbkCatalog *catalog, FbkFolder *inbox, GError **err)
{
  if (!fbk_catalog_put_folder(catalog, inbox, &inbox->id, err))
    return FALSE;
  g_autoptr(GPtrArray) folders = fbk_catalog_folders(catalog, err);
  for (guint i = 0; folders && i < folders->len; i++) {
    const FbkFolder *folder = folders->pdata[i];
    if (folder->id != inbox->id)
      continue;
    inbox->dir = g_strdup(folder->dir);
    inbox->total = folder->total;
  }
  return folders != NULL;
}

gboolean fbk_sync_pop(FbkPass *pass, FbkPop *pop, GError **err)
{
  g_autoptr(FbkFolder) inbox = g_new0(FbkFolder, 1);
  inbox->name = g_strdup("INBOX");
  inbox->path = g_strdup("INBOX");
  inbox->role = FBK_ROLE_INBOX;
  inbox->selectable = TRUE;
  if (!local_inbox(pass->sync->catalog, inbox, err))
    return FALSE;
  g_autoptr(GPtrArray) wanted = g_ptr_array_new();
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
  PopPass pop_pass = {pass, inbox, fbk_incoming_new(pass, inbox, err), wanted, keys, FALSE, 0};
  if (!pop_pass.incoming)
    return FALSE;
  gboolean done = run(&pop_pass, pop, err);
  fbk_incoming_free(pop_pass.incoming);
  pass->report->skipped += pop_pass.absent;
  if (pop_pass.absent)
    fbk_pass_note(
        pass,
        ngettext("%u message was not handed out by the server; it is asked for again next time.",
                 "%u messages were not handed out by the server; they are asked for again next time.",
                 pop_pass.absent),
        pop_pass.absent);
  return done;
}
