/* The only door to SQLite: one database file, opened safely, with its schema brought up to date.
 *
 * Opened with WAL, synchronous=FULL, foreign keys and a busy timeout of 5 s; statements are kept prepared. A
 * handle and its queries belong to one thread; several handles and processes may have the file open. SQL
 * comes from string literals only (they are told apart by address); values are always bound.
 * Errors: NO_SPACE, CONFLICT (another process writes), DENIED, EXISTS (a constraint), BUG. A damaged file is
 * set aside as <path>.broken-<time> when it is opened; damage met later is noted, and checked at the next
 * opening. A statement that SQLite finds to make no sense counts as damage. */
#ifndef FBK_STORE_DB_H
#define FBK_STORE_DB_H

#include <glib.h>

typedef struct FbkDb FbkDb;
typedef struct FbkQuery FbkQuery;

typedef struct {
  const char *const *steps; /* steps[n]: SQL that leads from version n to n + 1 */
  guint count;
  const char *probe; /* a SELECT that names what must be there; or NULL */
} FbkDbSchema;

/* Makes the file (0600) where there is none. *rebuilt_out (or NULL): what was there was damaged and is set
 * aside. CONFLICT for a schema newer than ours. */
FbkDb *fbk_db_open(const char *path, const FbkDbSchema *schema, gboolean *rebuilt_out, GError **err);
void fbk_db_free(FbkDb *db);

/* Takes the write lock now; commit is durable when it returns. rollback does nothing outside. */
gboolean fbk_db_begin(FbkDb *db, GError **err);
gboolean fbk_db_commit(FbkDb *db, GError **err);
void fbk_db_rollback(FbkDb *db);

/* For a change of several statements: enter begins, and leave ends, a transaction unless one is open already.
 * leave with good FALSE undoes what it began, and answers FALSE. */
gboolean fbk_db_enter(FbkDb *db, gboolean *mine_out, GError **err);
gboolean fbk_db_leave(FbkDb *db, gboolean mine, gboolean good, GError **err);

/* A prepared statement, owned by db, with nothing bound; fbk_query_done (or its g_autoptr) gives it back. The
 * same statement cannot be in use twice at a time. */
FbkQuery *fbk_db_query(FbkDb *db, const char *sql, GError **err);
void fbk_query_done(FbkQuery *query);

/* Parameters count from 1. Text is copied; NULL is SQL's NULL. */
void fbk_query_int(FbkQuery *query, int at, gint64 value);
void fbk_query_text(FbkQuery *query, int at, const char *text);

typedef enum { FBK_STEP_ROW, FBK_STEP_DONE, FBK_STEP_FAILED } FbkStep;
FbkStep fbk_query_step(FbkQuery *query, GError **err);
/* Steps to the end, giving the statement back. */
gboolean fbk_query_run(FbkQuery *query, GError **err);

/* Columns count from 0. Text is borrowed until the next step, never NULL. */
gint64 fbk_query_get_int(FbkQuery *query, int at);
const char *fbk_query_get_text(FbkQuery *query, int at);

/* Rows that the last run statement changed; id of the last inserted row. */
guint fbk_db_changes(const FbkDb *db);
gint64 fbk_db_last_id(const FbkDb *db);

/* What all statements have cost so far. */
typedef struct {
  guint64 queries, scan_steps, sorts, work; /* work: steps of SQLite's machine */
} FbkDbCost;
void fbk_db_cost(const FbkDb *db, FbkDbCost *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkDb, fbk_db_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkQuery, fbk_query_done)

#endif
