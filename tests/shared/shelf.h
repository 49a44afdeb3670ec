/* A catalogue in a directory of its own, for the tests of store. */
#ifndef FUBAKO_TESTS_SHELF_H
#define FUBAKO_TESTS_SHELF_H

#include "store/catalog.h"

#define DAY 86400
#define NOON 1700000000 /* some moment of 2023 */

typedef struct {
  char *dir, *path;
  FbkCatalog *catalog;
  gint64 inbox;
} Shelf;

/* For g_test_add: an empty catalogue in a new directory, with an inbox; and its end. */
void shelf_set_up(Shelf *shelf, gconstpointer data);
void shelf_tear_down(Shelf *shelf, gconstpointer data);
/* The id of the folder, new or old. */
gint64 shelf_put_folder(FbkCatalog *catalog, const char *name, const char *path, FbkRole role);
/* From 山田太郎. fbk_envelope_free. */
FbkEnvelope *shelf_envelope(const char *id, const char *reply_to, const char *subject, gint64 date);
/* A row with this Message-ID, file "7.<uid>.fubako:2,", digest uid in 64 hex digits, arrived at NOON. */
gboolean shelf_try_add(FbkCatalog *catalog, gint64 folder, guint32 uid, guint flags, const char *message_id,
                       gint64 date, gint64 *id_out, GError **err);
/* The same with Message-ID "<uid>@x"; must succeed. Gives its id. */
gint64 shelf_add(FbkCatalog *catalog, gint64 folder, guint32 uid, guint flags, gint64 date);
/* The uids of a page, and "<" or ">" where more stands before or after. g_free. */
char *shelf_page(FbkCatalog *catalog, gint64 folder, FbkOrder order, FbkPageWhere where, gint64 anchor,
                 guint limit);
/* The same for 3 rows, compared. */
void shelf_assert_page(FbkCatalog *catalog, gint64 folder, FbkOrder order, FbkPageWhere where, gint64 anchor,
                       const char *expected);
/* Of the folder at this index of the list. */
void shelf_assert_counts(FbkCatalog *catalog, guint index, guint total, guint unread);

#define SHELF_CASE(path, function) g_test_add(path, Shelf, NULL, shelf_set_up, function, shelf_tear_down)

#endif
