/* Finds the rows that a list wants: in a folder of the catalogue, or among the results of a search. Blocks on
 * disk; worker threads. */
#ifndef FBK_UI_LIST_LOAD_H
#define FBK_UI_LIST_LOAD_H

#include "flow/read.h"
#include "ui/list.h"

/* A few page queries, whatever the size of the folder. Where none of want's rows is left, its first rows. */
gboolean fbk_list_load(FbkCatalog *catalog, gint64 folder_id, FbkOrder order, const FbkListWant *want,
                       FbkListFound *out, GError **err);

gboolean fbk_list_load_search(const FbkHome *home, const FbkAccount *account, FbkCatalog *catalog,
                              const char *query, const FbkListWant *want, FbkListFound *out,
                              GCancellable *cancellable, GError **err);

/* The next unread row: after anchor in this folder, then in the account's other folders (not in junk, trash
 * and drafts), then in this one from its start; *folder_out and *id_out are 0 where nothing is unread. */
gboolean fbk_list_load_unread(FbkCatalog *catalog, gint64 folder_id, FbkOrder order, gint64 anchor,
                              gint64 *folder_out, gint64 *id_out, GError **err);

#endif
