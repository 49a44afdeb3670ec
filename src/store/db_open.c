/* Opens a SQLite database, upgrades its schema, sets damaged ones aside. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "store/db_parts.h"

#define BUSY_MILLISECONDS 5000

typedef enum { OPENED, DAMAGED, FAILED } Opened;

/* quick_check reads all of a file: only where damage was met. */
static const char settings[] = "PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA cell_size_check = ON;"
                               "PRAGMA cache_size = -8192;"
                               "PRAGMA temp_store = MEMORY;"
                               "PRAGMA journal_size_limit = 16777216;";

static gboolean file_exists(const char *path, const char *ending)
{
  g_autofree char *whole = g_strconcat(path, ending, NULL);
  return g_file_test(whole, G_FILE_TEST_EXISTS);
}

static Opened failed(FbkDb *db, int code, GError **err)
{
  if (fbk_db_is_damage(code))
    return DAMAGED;
  fbk_db_failed(db, code, err);
  return FAILED;
}

static int read_version(FbkDb *db, gint64 *out)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2(db->sqlite, "PRAGMA user_version", -1, &statement, NULL);
  if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
    *out = sqlite3_column_int64(statement, 0);
    code = SQLITE_OK;
  }
  sqlite3_finalize(statement);
  return code;
}

/* One transaction for all steps; another process may have done them while we waited for the lock. */
static Opened upgrade(FbkDb *db, const FbkDbSchema *schema, GError **err)
{
  gint64 version = 0;
  int code = sqlite3_exec(db->sqlite, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  if (code == SQLITE_OK)
    code = read_version(db, &version);
  gboolean from_nothing = version == 0;
  for (; code == SQLITE_OK && version < schema->count; version++)
    code = sqlite3_exec(db->sqlite, schema->steps[version], NULL, NULL, NULL);
  if (code == SQLITE_OK) {
    g_autofree char *sql = g_strdup_printf("PRAGMA user_version = %u", schema->count);
    code = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
  }
  if (code == SQLITE_OK)
    code = sqlite3_exec(db->sqlite, "COMMIT", NULL, NULL, NULL);
  if (code == SQLITE_OK)
    return OPENED;
  (void)sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
  /* Tables that are there although the file says "version 0": its header was hurt. */
  return from_nothing && code == SQLITE_ERROR ? DAMAGED : failed(db, code, err);
}

static Opened check_schema(FbkDb *db, const FbkDbSchema *schema, GError **err)
{
  gint64 version = 0;
  int code = read_version(db, &version);
  if (code != SQLITE_OK)
    return failed(db, code, err);
  if (version > schema->count) {
    fbk_error_set(err, FBK_ERR_CONFLICT, _("%s was written by a newer Fubako; use that one."), db->path);
    return FAILED;
  }
  if (version < 0)
    return DAMAGED;
  if (version < schema->count) {
    Opened upgraded = upgrade(db, schema, err);
    if (upgraded != OPENED)
      return upgraded;
  }
  if (schema->probe == NULL)
    return OPENED;
  sqlite3_stmt *statement = NULL;
  code = sqlite3_prepare_v2(db->sqlite, schema->probe, -1, &statement, NULL);
  sqlite3_finalize(statement);
  if (code == SQLITE_ERROR)
    return DAMAGED;
  return code == SQLITE_OK ? OPENED : failed(db, code, err);
}

/* Tables, indexes and triggers as one text; NULL when they cannot be read. */
static char *schema_text(sqlite3 *sqlite)
{
  sqlite3_stmt *statement = NULL;
  GString *text = g_string_new("");
  int code =
      sqlite3_prepare_v2(sqlite, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name",
                         -1, &statement, NULL);
  while (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
    for (int i = 0; i < 4; i++)
      g_string_append_printf(text, "%s\n", (const char *)sqlite3_column_text(statement, i));
    code = SQLITE_OK;
  }
  sqlite3_finalize(statement);
  return g_string_free(text, code != SQLITE_DONE);
}

/* TRUE when the schema is to the letter what our steps make of an empty database. */
static gboolean has_our_schema(FbkDb *db, const FbkDbSchema *schema)
{
  sqlite3 *fresh = NULL;
  int code = sqlite3_open(":memory:", &fresh);
  for (guint i = 0; code == SQLITE_OK && i < schema->count; i++)
    code = sqlite3_exec(fresh, schema->steps[i], NULL, NULL, NULL);
  g_assert(code == SQLITE_OK);
  g_autofree char *expected = schema_text(fresh), *found = schema_text(db->sqlite);
  (void)sqlite3_close(fresh);
  return g_strcmp0(expected, found) == 0;
}

/* Damage that was met in the middle of work may sit anywhere: read all of it once. */
static Opened check_whole(FbkDb *db, const FbkDbSchema *schema, GError **err)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2(db->sqlite, "PRAGMA integrity_check(1)", -1, &statement, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_step(statement);
  gboolean good = code == SQLITE_ROW && g_strcmp0((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
  sqlite3_finalize(statement);
  if (code == SQLITE_ROW)
    return good && has_our_schema(db, schema) ? OPENED : DAMAGED;
  return code == SQLITE_ERROR ? DAMAGED : failed(db, code, err);
}

static Opened open_once(FbkDb *db, const FbkDbSchema *schema, GError **err)
{
  int code = sqlite3_open_v2(db->path, &db->sqlite,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                                 SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
                             NULL);
  if (code != SQLITE_OK)
    return failed(db, code, err);
  (void)sqlite3_busy_timeout(db->sqlite, BUSY_MILLISECONDS);
  (void)sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  (void)sqlite3_limit(db->sqlite, SQLITE_LIMIT_ATTACHED, 0);
  code = sqlite3_exec(db->sqlite, settings, NULL, NULL, NULL);
  if (code != SQLITE_OK)
    return failed(db, code, err);
  Opened opened = check_schema(db, schema, err);
  if (opened != OPENED || !file_exists(db->path, FBK_DB_DAMAGED))
    return opened;
  opened = check_whole(db, schema, err);
  if (opened == OPENED) {
    g_autofree char *mark = g_strconcat(db->path, FBK_DB_DAMAGED, NULL);
    (void)unlink(mark);
  }
  return opened;
}

static void close_sqlite(FbkDb *db)
{
  if (db->sqlite != NULL)
    (void)sqlite3_close(db->sqlite);
  db->sqlite = NULL;
}

/* Renames the file and its companions to <path>.broken-<time>, in a way that SQLite still knows them. */
static gboolean set_aside(const FbkDb *db, GError **err)
{
  static const char *const endings[] = {"-wal", "-shm", FBK_DB_DAMAGED, ""};
  g_autofree char *aside = g_strdup_printf("%s.broken-%" G_GINT64_FORMAT, db->path, g_get_real_time());
  for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
    g_autofree char *from = g_strconcat(db->path, endings[i], NULL);
    g_autofree char *to = g_strconcat(aside, endings[i], NULL);
    if (rename(from, to) == 0 || errno == ENOENT)
      continue;
    fbk_error_set_errno(err, errno, _("Cannot set the damaged file %s aside"), db->path);
    return FALSE;
  }
  fbk_log("store", "%s was damaged; set aside as %s", db->path, aside);
  g_autofree char *dir = g_path_get_dirname(db->path);
  return fbk_file_sync_dir(dir, err);
}

/* Of several that make or mend a file, one does it; the others then find it done. -1 where there can be no
 * lock. The lock's file stays: to remove it would let two in. */
static int take_lock(const char *path)
{
  g_autofree char *lock = g_strconcat(path, ".lock", NULL);
  int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0 || flock(fd, LOCK_EX) == 0)
    return fd;
  int errnum = errno;
  close(fd);
  errno = errnum;
  return -1;
}

static Opened begin_anew(FbkDb *db, const FbkDbSchema *schema, GError **err)
{
  int fd = take_lock(db->path);
  if (fd < 0) {
    fbk_error_set_errno(err, errno, _("Cannot lock %s.lock"), db->path);
    return FAILED;
  }
  Opened opened = open_once(db, schema, err);
  if (opened == DAMAGED) {
    close_sqlite(db);
    opened = set_aside(db, err) ? open_once(db, schema, err) : FAILED;
  }
  close(fd);
  if (opened == DAMAGED)
    fbk_db_failed(db, SQLITE_CORRUPT, err);
  return opened;
}

/* SQLite takes an empty file for a new database; to us it is one that lost all its content. */
static gboolean is_emptied(const char *path)
{
  struct stat status;
  return lstat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0 &&
         !file_exists(path, "-wal");
}

/* Opening a FIFO would wait for ever, a device may do anything. */
static gboolean is_possible(const char *path, GError **err)
{
  struct stat status;
  if (lstat(path, &status) != 0 || S_ISREG(status.st_mode))
    return TRUE;
  fbk_error_set(err, FBK_ERR_BAD_INPUT, _("%s is not a regular file; move it away."), path);
  return FALSE;
}

FbkDb *fbk_db_open(const char *path, const FbkDbSchema *schema, gboolean *rebuilt_out, GError **err)
{
  if (!is_possible(path, err))
    return NULL;
  /* A file that another thread or process is just making is empty, too, for a moment. */
  gboolean is_there = g_file_test(path, G_FILE_TEST_EXISTS) && !is_emptied(path);
  int lock = is_there ? -1 : take_lock(path);
  gboolean rebuilt = is_emptied(path);
  g_autoptr(FbkDb) db = g_new0(FbkDb, 1);
  db->path = g_strdup(path);
  db->queries = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, fbk_db_query_free);
  Opened opened = open_once(db, schema, err);
  if (lock >= 0)
    close(lock);
  if (opened == DAMAGED) {
    rebuilt = TRUE;
    close_sqlite(db);
    opened = begin_anew(db, schema, err);
  }
  if (opened != OPENED)
    return NULL;
  if (rebuilt_out != NULL)
    *rebuilt_out = rebuilt;
  return g_steal_pointer(&db);
}

void fbk_db_free(FbkDb *db)
{
  if (db == NULL)
    return;
  if (db->sqlite != NULL)
    fbk_db_rollback(db);
  g_hash_table_destroy(db->queries);
  close_sqlite(db);
  g_free(db->path);
  g_free(db);
}
