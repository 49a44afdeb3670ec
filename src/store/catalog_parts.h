/* What the files of the catalogue share; for them alone. */
#ifndef FBK_STORE_CATALOG_PARTS_H
#define FBK_STORE_CATALOG_PARTS_H

#include "store/catalog.h"
#include "store/db.h"

struct FbkCatalog {
  FbkDb *db;
  GArray *gone_taken; /* gint64: what index_gone gave last */
};

extern const FbkDbSchema fbk_catalog_schema;

/* 64 bits of a digest of a message-id; 0 for none (NULL in the tables). */
gint64 fbk_catalog_hash(const char *message_id);

/* The thread for a message with this header, made or merged as its references ask. Inside a transaction. */
gboolean fbk_catalog_thread_for(FbkCatalog *catalog, const FbkEnvelope *envelope, gint64 *thread_out,
                                GError **err);

/* The message-id it answers, hashed; 0: none. */
gint64 fbk_catalog_parent_of(const FbkEnvelope *envelope);

/* A list row on its way into a page. */
typedef struct {
  FbkRow row;
  gint64 sort_date;
  gint64 mid, parent; /* hashes; 0: none */
} FbkPageRow;

/* Sets the depths of rows, which stand in THREAD order. previous_thread: of the row before the first, or 0.
 */
gboolean fbk_catalog_set_depths(FbkCatalog *catalog, gint64 folder_id, FbkPageRow *rows, guint count,
                                gint64 previous_thread, GError **err);

/* NOT_FOUND, for a row that is no more. */
void fbk_catalog_row_is_gone(GError **err);

/* What makes two directory names one on a disk that does not tell case apart. g_free. */
char *fbk_catalog_dir_key(const char *dir);

/* Runs sql with one bound number; for the many small questions. FBK_STEP_ROW sets *out to its first column.
 */
FbkStep fbk_catalog_ask(FbkCatalog *catalog, const char *sql, gint64 parameter, gint64 *out, GError **err);

/* Runs sql with values bound in their order; NOT_FOUND when no row changed. */
gboolean fbk_catalog_change(FbkCatalog *catalog, const char *sql, const gint64 *values, guint count,
                            GError **err);

#endif
