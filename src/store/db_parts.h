/* What db.c (statements) and db_open.c (opening) share; for them alone: they are SQLite's one door. */
#ifndef FBK_STORE_DB_PARTS_H
#define FBK_STORE_DB_PARTS_H

#include "store/db.h"

#include <sqlite3.h>

#define FBK_DB_DAMAGED ".damaged" /* added to the path: damage was met */

struct FbkDb {
  char *path;
  sqlite3 *sqlite;
  GHashTable *queries; /* SQL literal -> FbkQuery */
  gboolean begun;
  FbkDbCost cost;
};

gboolean fbk_db_is_damage(int code);

/* Converts a SQLite code; notes damage beside the file. */
void fbk_db_failed(const FbkDb *db, int code, GError **err);

void fbk_db_query_free(gpointer query);

#endif
