/* Threads: which message belongs to which conversation, and how deep. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "store/catalog_parts.h"

#include <string.h>

/* Message-IDs that one message may tie together: its own, In-Reply-To, and this many references. */
#define REFERENCES_CAP 100
#define IDS_CAP (REFERENCES_CAP + 2)
/* Rows that one new message may move from thread to thread. Threads larger than this are not joined by a mail
 * that claims to answer both: a stranger could make each mail cost a rewrite of everything. */
#define MOVES_CAP 2000
#define CHAIN_CAP 64 /* merged threads in a chain: joining by size keeps it below log2 of all threads */

typedef struct {
  gint64 mid;
  gint64 thread; /* as its row says; 0: no row */
  gint64 root;
} Tie;

static void add_tie(Tie *ties, guint *count, const char *message_id)
{
  gint64 mid = fbk_catalog_hash(message_id);
  for (guint i = 0; i < *count; i++)
    if (ties[i].mid == mid)
      return;
  if (mid != 0)
    ties[(*count)++] = (Tie){mid, 0, 0};
}

/* What the header ties together; of too many references the first (the conversation's root) and the last. */
static guint collect_ties(const FbkEnvelope *envelope, Tie *ties)
{
  guint count = 0, references = g_strv_length(envelope->references);
  add_tie(ties, &count, envelope->message_id);
  add_tie(ties, &count, envelope->in_reply_to);
  for (guint i = 0; i < references; i++)
    if (i == 0 || references - i < REFERENCES_CAP)
      add_tie(ties, &count, envelope->references[i]);
  return count;
}

gint64 fbk_catalog_parent_of(const FbkEnvelope *envelope)
{
  gint64 own = fbk_catalog_hash(envelope->message_id);
  gint64 parent = fbk_catalog_hash(envelope->in_reply_to);
  guint references = g_strv_length(envelope->references);
  if (parent == 0 && references > 0)
    parent = fbk_catalog_hash(envelope->references[references - 1]);
  return parent != own ? parent : 0;
}

/* Follows merged threads to the one that stands. */
static gboolean root_of(FbkCatalog *catalog, gint64 thread, gint64 *root_out, GError **err)
{
  *root_out = thread;
  for (int i = 0; i < CHAIN_CAP; i++) {
    gint64 into = 0;
    if (fbk_catalog_ask(catalog, "SELECT merged FROM thread WHERE id = ?", *root_out, &into, err) ==
        FBK_STEP_FAILED)
      return FALSE;
    if (into == 0)
      break;
    *root_out = into;
  }
  return TRUE;
}

static gboolean look_up(FbkCatalog *catalog, Tie *ties, guint count, GError **err)
{
  for (guint i = 0; i < count; i++) {
    FbkStep step = fbk_catalog_ask(catalog, "SELECT thread FROM reference WHERE mid = ?", ties[i].mid,
                                   &ties[i].thread, err);
    if (step == FBK_STEP_FAILED)
      return FALSE;
    if (step == FBK_STEP_ROW && !root_of(catalog, ties[i].thread, &ties[i].root, err))
      return FALSE;
  }
  return TRUE;
}

static gboolean run(FbkCatalog *catalog, const char *sql, gint64 first, gint64 second, GError **err)
{
  FbkQuery *query = fbk_db_query(catalog->db, sql, err);
  if (query == NULL)
    return FALSE;
  fbk_query_int(query, 1, first);
  fbk_query_int(query, 2, second);
  return fbk_query_run(query, err);
}

/* All of thread `from` becomes part of `into`: its messages, and its place in each folder. */
static gboolean merge(FbkCatalog *catalog, gint64 from, gint64 into, GError **err)
{
  static const char *const statements[] = {
      "INSERT INTO place (thread, folder, rank, total, unread)"
      " SELECT ?2, folder, rank, total, unread FROM place WHERE thread = ?1"
      " ON CONFLICT (thread, folder) DO UPDATE SET total = total + excluded.total,"
      " unread = unread + excluded.unread, rank = min(rank, excluded.rank)",
      "DELETE FROM place WHERE thread = ?1 AND ?2",
      "UPDATE message SET thread = ?2 WHERE thread = ?1",
      "UPDATE thread SET size = size + (SELECT size FROM thread WHERE id = ?1) WHERE id = ?2",
      "UPDATE thread SET size = 0, merged = ?2 WHERE id = ?1",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(statements); i++)
    if (!run(catalog, statements[i], from, into, err))
      return FALSE;
  return TRUE;
}

static gboolean size_of(FbkCatalog *catalog, gint64 thread, gint64 *size_out, GError **err)
{
  *size_out = 0;
  return fbk_catalog_ask(catalog, "SELECT size FROM thread WHERE id = ?", thread, size_out, err) !=
         FBK_STEP_FAILED;
}

/* The largest thread that the ties name; 0 when they name none. */
static gboolean choose_largest(FbkCatalog *catalog, const Tie *ties, guint count, gint64 *thread_out,
                               GError **err)
{
  gint64 largest = -1;
  *thread_out = 0;
  for (guint i = 0; i < count; i++) {
    gint64 size;
    if (ties[i].root == 0 || ties[i].root == *thread_out)
      continue;
    if (!size_of(catalog, ties[i].root, &size, err))
      return FALSE;
    if (size > largest) {
      largest = size;
      *thread_out = ties[i].root;
    }
  }
  return TRUE;
}

/* Joins what the ties name into `thread`, as far as the cap allows. */
static gboolean join(FbkCatalog *catalog, Tie *ties, guint count, gint64 thread, GError **err)
{
  gint64 moves = 0;
  for (guint i = 0; i < count; i++) {
    gint64 from = ties[i].root, size;
    if (from == 0 || from == thread)
      continue;
    if (!size_of(catalog, from, &size, err))
      return FALSE;
    if (moves + size > MOVES_CAP)
      continue;
    moves += size;
    if (!merge(catalog, from, thread, err))
      return FALSE;
    for (guint j = i; j < count; j++)
      if (ties[j].root == from)
        ties[j].root = thread;
  }
  return TRUE;
}

/* Writes down what is new: ids seen for the first time, and shorter ways to threads that were merged. */
static gboolean remember(FbkCatalog *catalog, const Tie *ties, guint count, gint64 thread, GError **err)
{
  for (guint i = 0; i < count; i++) {
    gint64 root = ties[i].root != 0 ? ties[i].root : thread;
    if (ties[i].thread != root &&
        !run(catalog, "INSERT OR REPLACE INTO reference (mid, thread) VALUES (?, ?)", ties[i].mid, root, err))
      return FALSE;
  }
  return TRUE;
}

gboolean fbk_catalog_thread_for(FbkCatalog *catalog, const FbkEnvelope *envelope, gint64 *thread_out,
                                GError **err)
{
  Tie ties[IDS_CAP];
  guint count = collect_ties(envelope, ties);
  gint64 thread;
  if (!look_up(catalog, ties, count, err) || !choose_largest(catalog, ties, count, &thread, err))
    return FALSE;
  if (thread == 0) {
    if (!run(catalog, "INSERT INTO thread (size, merged) VALUES (?, ?)", 0, 0, err))
      return FALSE;
    thread = fbk_db_last_id(catalog->db);
  }
  if (!join(catalog, ties, count, thread, err) || !remember(catalog, ties, count, thread, err))
    return FALSE;
  *thread_out = thread;
  return TRUE;
}
