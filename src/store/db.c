/* Runs statements on one SQLite database. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/db.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "store/db_parts.h"

struct FbkQuery {
  FbkDb *db;
  sqlite3_stmt *statement;
  gboolean busy;
};

static FbkErr code_of_sqlite(int code)
{
  switch (code & 0xff) {
  case SQLITE_FULL:
    return FBK_ERR_NO_SPACE;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
  case SQLITE_CORRUPT: /* "reload": the next opening repairs it */
  case SQLITE_NOTADB:
    return FBK_ERR_CONFLICT;
  case SQLITE_CONSTRAINT:
    return FBK_ERR_EXISTS;
  case SQLITE_CANTOPEN:
  case SQLITE_READONLY:
  case SQLITE_PERM:
  case SQLITE_AUTH:
  case SQLITE_IOERR:
  case SQLITE_NOMEM:
  case SQLITE_NOLFS:
    return FBK_ERR_DENIED;
  case SQLITE_TOOBIG:
    return FBK_ERR_TOO_BIG;
  case SQLITE_INTERRUPT:
    return FBK_ERR_CANCELLED;
  default:
    return FBK_ERR_BUG;
  }
}

gboolean fbk_db_is_damage(int code)
{
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

/* A mark beside the file that makes the next opening look closely. */
static void note_damage(const FbkDb *db)
{
  g_autofree char *mark = g_strconcat(db->path, FBK_DB_DAMAGED, NULL);
  int fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0)
    close(fd);
}

void fbk_db_failed(const FbkDb *db, int code, GError **err)
{
  fbk_log("store", "%s: sqlite error %d: %s", db->path, code,
          db->sqlite != NULL ? sqlite3_errmsg(db->sqlite) : sqlite3_errstr(code));
  /* Our statements are fixed: where one of them makes no sense, a table or an index is not what it was. */
  if (fbk_db_is_damage(code) || code == SQLITE_ERROR) {
    note_damage(db);
    fbk_error_set(err, FBK_ERR_CONFLICT, _("%s is damaged; start Fubako again to have it rebuilt."),
                  db->path);
    return;
  }
  switch (fbk_file_disk_is_full(db->path) ? FBK_ERR_NO_SPACE : code_of_sqlite(code)) {
  case FBK_ERR_NO_SPACE:
    fbk_error_set(err, FBK_ERR_NO_SPACE, _("No space is left to write %s; free some and try again."),
                  db->path);
    break;
  case FBK_ERR_CONFLICT:
    fbk_error_set(err, FBK_ERR_CONFLICT, _("Another program is writing %s; try again when it is done."),
                  db->path);
    break;
  case FBK_ERR_DENIED:
    fbk_error_set(err, FBK_ERR_DENIED, _("Cannot open or write %s; check its permissions and the disk."),
                  db->path);
    break;
  default:
    fbk_error_set(err, code_of_sqlite(code), _("The database %s failed: %s"), db->path, sqlite3_errstr(code));
  }
}

/* --- queries --- */

void fbk_db_query_free(gpointer data)
{
  FbkQuery *query = data;
  sqlite3_finalize(query->statement);
  g_free(query);
}

FbkQuery *fbk_db_query(FbkDb *db, const char *sql, GError **err)
{
  /* Some failures make SQLite undo the whole transaction: what follows may not run outside of one. */
  if (db->begun && sqlite3_get_autocommit(db->sqlite)) {
    fbk_error_set(err, FBK_ERR_CONFLICT, _("Changes to %s were undone after a failure; try again."),
                  db->path);
    return NULL;
  }
  FbkQuery *query = g_hash_table_lookup(db->queries, sql);
  if (query == NULL) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (code != SQLITE_OK) {
      fbk_db_failed(db, code, err);
      return NULL;
    }
    query = g_new0(FbkQuery, 1);
    query->db = db;
    query->statement = statement;
    g_hash_table_insert(db->queries, (gpointer)sql, query);
  }
  g_assert(!query->busy);
  query->busy = TRUE;
  return query;
}

void fbk_query_done(FbkQuery *query)
{
  if (query == NULL || !query->busy)
    return;
  FbkDbCost *cost = &query->db->cost;
  sqlite3_stmt *statement = query->statement;
  cost->queries++;
  cost->scan_steps += (guint)sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
  cost->scan_steps += (guint)sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_AUTOINDEX, 1);
  cost->work += (guint)sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1);
  cost->sorts += (guint)sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_SORT, 1);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  query->busy = FALSE;
}

/* Binding fails only for a wrong place or no memory; GLib too ends the program then. */
static void bound(int code)
{
  g_assert(code == SQLITE_OK);
}

void fbk_query_int(FbkQuery *query, int at, gint64 value)
{
  bound(sqlite3_bind_int64(query->statement, at, value));
}

void fbk_query_text(FbkQuery *query, int at, const char *text)
{
  bound(sqlite3_bind_text(query->statement, at, text, -1, SQLITE_TRANSIENT));
}

FbkStep fbk_query_step(FbkQuery *query, GError **err)
{
  int code = sqlite3_step(query->statement);
  if (code == SQLITE_ROW)
    return FBK_STEP_ROW;
  if (code == SQLITE_DONE)
    return FBK_STEP_DONE;
  fbk_db_failed(query->db, code, err);
  return FBK_STEP_FAILED;
}

gboolean fbk_query_run(FbkQuery *query, GError **err)
{
  FbkStep step;
  do
    step = fbk_query_step(query, err);
  while (step == FBK_STEP_ROW);
  fbk_query_done(query);
  return step == FBK_STEP_DONE;
}

gint64 fbk_query_get_int(FbkQuery *query, int at)
{
  return sqlite3_column_int64(query->statement, at);
}

const char *fbk_query_get_text(FbkQuery *query, int at)
{
  const unsigned char *text = sqlite3_column_text(query->statement, at);
  return text != NULL ? (const char *)text : "";
}

guint fbk_db_changes(const FbkDb *db)
{
  return (guint)sqlite3_changes(db->sqlite);
}

gint64 fbk_db_last_id(const FbkDb *db)
{
  return sqlite3_last_insert_rowid(db->sqlite);
}

void fbk_db_cost(const FbkDb *db, FbkDbCost *out)
{
  *out = db->cost;
}

/* --- transactions --- */

static gboolean run_sql(FbkDb *db, const char *sql, GError **err)
{
  FbkQuery *query = fbk_db_query(db, sql, err);
  return query != NULL && fbk_query_run(query, err);
}

gboolean fbk_db_begin(FbkDb *db, GError **err)
{
  g_assert(!db->begun);
  if (!run_sql(db, "BEGIN IMMEDIATE", err))
    return FALSE;
  db->begun = TRUE;
  return TRUE;
}

gboolean fbk_db_commit(FbkDb *db, GError **err)
{
  g_assert(db->begun);
  if (!run_sql(db, "COMMIT", err)) {
    fbk_db_rollback(db);
    return FALSE;
  }
  db->begun = FALSE;
  return TRUE;
}

void fbk_db_rollback(FbkDb *db)
{
  if (!db->begun)
    return;
  db->begun = FALSE;
  if (!sqlite3_get_autocommit(db->sqlite))
    (void)run_sql(db, "ROLLBACK", NULL);
}

gboolean fbk_db_enter(FbkDb *db, gboolean *mine_out, GError **err)
{
  *mine_out = !db->begun;
  return db->begun || fbk_db_begin(db, err);
}

gboolean fbk_db_leave(FbkDb *db, gboolean mine, gboolean good, GError **err)
{
  if (!mine)
    return good;
  if (good)
    return fbk_db_commit(db, err);
  fbk_db_rollback(db);
  return FALSE;
}
