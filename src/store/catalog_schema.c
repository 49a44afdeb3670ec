/* The tables of the catalogue, version by version. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/catalog_parts.h"

/* How it is laid out, and why:
 *
 * folder    counters (total, unread, waiting, refused) are kept by triggers: a list of folders costs nothing.
 * message   one row of a list. sort_date is what lists are ordered by: the date, but never later than a day
 *           after arrival. mid and parent are hashes of message-ids. flags are ours, server_flags what the
 *           server last said. uid NULL: none. index_state as FbkIndexState.
 * thread    a conversation over all folders. `merged` names the thread that it became part of (0: none), so
 *           that merging moves messages only, never what points to threads.
 * reference a message-id that was seen or referred to, and its thread.
 * place     a thread in a folder, with its newest message: rank is the negative of that date, so that the
 *           order of lists is ascending in all columns. A mail that arrives changes one row here, whatever
 *           the size of its thread.
 * gone      files that the index knows and that are there no more.
 * indexed_in  the index that index_state speaks of; one row.
 */

#define TABLES                                                                                               \
  "CREATE TABLE folder ("                                                                                    \
  " id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, name TEXT NOT NULL, dir TEXT NOT NULL," \
  " dir_key TEXT NOT NULL UNIQUE, delimiter INTEGER NOT NULL, role INTEGER NOT NULL,"                        \
  " selectable INTEGER NOT NULL, uidvalidity INTEGER NOT NULL DEFAULT 0, uidnext INTEGER NOT NULL DEFAULT "  \
  "0,"                                                                                                       \
  " delivering INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,"                                \
  " unread INTEGER NOT NULL DEFAULT 0, waiting INTEGER NOT NULL DEFAULT 0,"                                  \
  " refused INTEGER NOT NULL DEFAULT 0);"                                                                    \
  "CREATE TABLE message ("                                                                                   \
  " id INTEGER PRIMARY KEY AUTOINCREMENT, folder INTEGER NOT NULL REFERENCES folder(id),"                    \
  " uid INTEGER, orphan INTEGER NOT NULL DEFAULT 0, flags INTEGER NOT NULL,"                                 \
  " server_flags INTEGER NOT NULL, size INTEGER NOT NULL, date INTEGER NOT NULL,"                            \
  " sort_date INTEGER NOT NULL, thread INTEGER NOT NULL, mid INTEGER, parent INTEGER,"                       \
  " attachment INTEGER NOT NULL, index_state INTEGER NOT NULL DEFAULT 0, file TEXT NOT NULL,"                \
  " from_name TEXT NOT NULL, from_address TEXT NOT NULL, subject TEXT NOT NULL,"                             \
  " message_id TEXT NOT NULL, digest TEXT, uidl TEXT);"                                                      \
  "CREATE TABLE thread (id INTEGER PRIMARY KEY, size INTEGER NOT NULL DEFAULT 0,"                            \
  " merged INTEGER NOT NULL DEFAULT 0);"                                                                     \
  "CREATE TABLE reference (mid INTEGER PRIMARY KEY, thread INTEGER NOT NULL);"                               \
  "CREATE TABLE place ("                                                                                     \
  " thread INTEGER NOT NULL, folder INTEGER NOT NULL, rank INTEGER NOT NULL, total INTEGER NOT NULL,"        \
  " unread INTEGER NOT NULL, PRIMARY KEY (thread, folder)) WITHOUT ROWID;"                                   \
  "CREATE TABLE gone (id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE,"                      \
  " message INTEGER NOT NULL);"                                                                              \
  "CREATE TABLE indexed_in (identity TEXT NOT NULL);"

/* Every question has its index; the row's id ends each of them by itself. */
#define INDEXES                                                                                              \
  "CREATE INDEX message_date ON message (folder, sort_date);"                                                \
  "CREATE INDEX message_date_unread ON message (folder, sort_date) WHERE (flags & 1) = 0;"                   \
  "CREATE INDEX message_thread ON message (thread, folder, sort_date);"                                      \
  "CREATE INDEX message_thread_unread ON message (thread, folder, sort_date) WHERE (flags & 1) = 0;"         \
  "CREATE INDEX message_uid ON message (folder, uid, server_flags, flags) WHERE uid IS NOT NULL;"            \
  "CREATE INDEX message_file ON message (folder, file);"                                                     \
  "CREATE INDEX message_mid ON message (mid, thread, folder, sort_date) WHERE mid IS NOT NULL;"              \
  "CREATE INDEX message_waiting ON message (index_state, sort_date) WHERE index_state = 0 AND file <> '';"   \
  "CREATE INDEX message_orphan ON message (folder, digest) WHERE orphan = 1;"                                \
  "CREATE INDEX message_uidl ON message (folder, uidl) WHERE uidl IS NOT NULL;"                              \
  "CREATE UNIQUE INDEX place_rank ON place (folder, rank, thread);"                                          \
  "CREATE UNIQUE INDEX place_rank_unread ON place (folder, rank, thread) WHERE unread > 0;"

#define TRIGGERS                                                                                             \
  "CREATE TRIGGER message_added AFTER INSERT ON message BEGIN"                                               \
  " UPDATE folder SET total = total + 1, unread = unread + ((new.flags & 1) = 0),"                           \
  "  waiting = waiting + (new.index_state = 0 AND new.file <> ''),"                                          \
  "  refused = refused + (new.index_state = 2) WHERE id = new.folder;"                                       \
  " INSERT INTO place (thread, folder, rank, total, unread)"                                                 \
  "  VALUES (new.thread, new.folder, -new.sort_date, 1, (new.flags & 1) = 0)"                                \
  "  ON CONFLICT (thread, folder) DO UPDATE SET total = total + 1, unread = unread + excluded.unread,"       \
  "  rank = min(rank, excluded.rank);"                                                                       \
  " UPDATE thread SET size = size + 1 WHERE id = new.thread;"                                                \
  " DELETE FROM gone WHERE path = (SELECT dir || '/cur/' || new.file FROM folder WHERE id = new.folder);"    \
  " END;"                                                                                                    \
  "CREATE TRIGGER message_removed AFTER DELETE ON message BEGIN"                                             \
  " UPDATE folder SET total = total - 1, unread = unread - ((old.flags & 1) = 0),"                           \
  "  waiting = waiting - (old.index_state = 0 AND old.file <> ''),"                                          \
  "  refused = refused - (old.index_state = 2) WHERE id = old.folder;"                                       \
  " DELETE FROM place WHERE thread = old.thread AND folder = old.folder AND total <= 1;"                     \
  " UPDATE place SET total = total - 1, unread = unread - ((old.flags & 1) = 0),"                            \
  "  rank = -(SELECT max(sort_date) FROM message WHERE thread = old.thread AND folder = old.folder)"         \
  "  WHERE thread = old.thread AND folder = old.folder;"                                                     \
  " UPDATE thread SET size = size - 1 WHERE id = old.thread;"                                                \
  " INSERT OR REPLACE INTO gone (path, message)"                                                             \
  "  SELECT dir || '/cur/' || old.file, old.id FROM folder"                                                  \
  "  WHERE id = old.folder AND old.index_state = 1 AND old.file <> '';"                                      \
  " END;"                                                                                                    \
  "CREATE TRIGGER message_read AFTER UPDATE OF flags ON message"                                             \
  " WHEN (old.flags & 1) <> (new.flags & 1) BEGIN"                                                           \
  " UPDATE folder SET unread = unread + (old.flags & 1) - (new.flags & 1) WHERE id = new.folder;"            \
  " UPDATE place SET unread = unread + (old.flags & 1) - (new.flags & 1)"                                    \
  "  WHERE thread = new.thread AND folder = new.folder;"                                                     \
  " END;"                                                                                                    \
  "CREATE TRIGGER message_indexed AFTER UPDATE OF index_state, file ON message BEGIN"                        \
  " UPDATE folder SET waiting = waiting + (new.index_state = 0 AND new.file <> '')"                          \
  "  - (old.index_state = 0 AND old.file <> ''),"                                                            \
  "  refused = refused + (new.index_state = 2) - (old.index_state = 2) WHERE id = new.folder;"               \
  " END;"                                                                                                    \
  "CREATE TRIGGER message_renamed AFTER UPDATE OF file ON message WHEN old.file <> new.file BEGIN"           \
  " INSERT OR REPLACE INTO gone (path, message)"                                                             \
  "  SELECT dir || '/cur/' || old.file, old.id FROM folder"                                                  \
  "  WHERE id = old.folder AND old.index_state = 1 AND old.file <> '';"                                      \
  " DELETE FROM gone WHERE path = (SELECT dir || '/cur/' || new.file FROM folder WHERE id = new.folder);"    \
  " END;"

static const char *const steps[] = {TABLES INDEXES TRIGGERS};

const FbkDbSchema fbk_catalog_schema = {
    steps, G_N_ELEMENTS(steps),
    "SELECT f.refused, m.uidl, t.merged, r.thread, p.unread, g.message, i.identity"
    " FROM folder f, message m, thread t, reference r, place p, gone g, indexed_in i"};
