/* The catalogue of an account: folders and the rows of their lists, in one SQLite file (WAL,
 * synchronous=FULL). The list of mail is this and the Maildir; any folder opens from one indexed page query,
 * whatever its size.
 *
 * One handle per thread. Several processes may have it open: writers wait up to 5 s, then CONFLICT. A file of
 * an unknown newer schema is refused; a damaged one is set aside as *.broken-<time> and begun anew
 * (*rebuilt_out), to be filled again from the Maildir and the server. */
#ifndef FBK_STORE_CATALOG_H
#define FBK_STORE_CATALOG_H

#include "mail/model.h"

typedef struct FbkCatalog FbkCatalog;

FbkCatalog *fbk_catalog_open(const char *path, gboolean *rebuilt_out, GError **err);
void fbk_catalog_free(FbkCatalog *catalog);

/* All or nothing; begin/commit pairs do not nest. rollback after an error is safe at any time. */
gboolean fbk_catalog_begin(FbkCatalog *catalog, GError **err);
gboolean fbk_catalog_commit(FbkCatalog *catalog, GError **err);
void fbk_catalog_rollback(FbkCatalog *catalog);

/* --- folders --- */

/* Folders in list order: inbox, other roles, then by name; with totals; FbkFolder *. Counts come from
 * counters kept by triggers, not from a scan. */
GPtrArray *fbk_catalog_folders(FbkCatalog *catalog, GError **err);
/* Adds or updates the folder with this server path (name, delimiter, role, selectable); a new one gets its
 * dir: a cleaned name, unique without regard to case, never a path. *id_out. */
gboolean fbk_catalog_put_folder(FbkCatalog *catalog, const FbkFolder *folder, gint64 *id_out, GError **err);
/* A folder gone from the server: its rows and it. The caller has dealt with the files. */
gboolean fbk_catalog_remove_folder(FbkCatalog *catalog, gint64 folder_id, GError **err);

typedef struct {
  guint32 uidvalidity; /* 0: never fetched */
  guint32 uidnext;
  gboolean delivering; /* a batch was on its way into the Maildir: look for files without rows */
} FbkFolderState;
gboolean fbk_catalog_get_state(FbkCatalog *catalog, gint64 folder_id, FbkFolderState *out, GError **err);
gboolean fbk_catalog_set_state(FbkCatalog *catalog, gint64 folder_id, const FbkFolderState *state,
                               GError **err);

/* --- messages --- */

typedef struct {
  guint32 uid; /* 0 for POP and local mail */
  guint flags; /* as on the server, and here */
  guint64 size;
  const char *file;   /* Maildir name */
  const char *digest; /* SHA-256 hex of the content */
  const char *uidl;   /* POP; or NULL */
  gint64 arrived;     /* seconds: the date where the header has none */
  gboolean has_attachment;
  gboolean is_orphan; /* of before UIDVALIDITY changed: waits for fbk_catalog_adopt */
  const FbkEnvelope *envelope;
} FbkNewRow;

/* Adds a row, in its thread (by Message-ID, In-Reply-To and References, whatever the order in which they
 * arrive). EXISTS for the same folder and uid. */
gboolean fbk_catalog_add(FbkCatalog *catalog, gint64 folder_id, const FbkNewRow *row, gint64 *id_out,
                         GError **err);

/* What is here: uids ascending, with the flags the server had, and ours. */
typedef struct {
  gint64 id;
  guint32 uid;
  guint server_flags, flags;
} FbkKnown;
GArray *fbk_catalog_known(FbkCatalog *catalog, gint64 folder_id,
                          GError **err); /* FbkKnown; one covering index */
gboolean fbk_catalog_has_uidl(FbkCatalog *catalog, gint64 folder_id, const char *uidl, gboolean *has_out,
                              GError **err);

/* The server's flags are now these: ours follow where the server's changed, and keep what was changed only
 * here. The file's new name is told by set_file. flags_out: what the row now has. */
gboolean fbk_catalog_server_flags(FbkCatalog *catalog, gint64 id, guint flags, guint *flags_out,
                                  GError **err);
/* The person changed them here. */
gboolean fbk_catalog_local_flags(FbkCatalog *catalog, gint64 id, guint flags, GError **err);
gboolean fbk_catalog_set_file(FbkCatalog *catalog, gint64 id, const char *file, GError **err);
gboolean fbk_catalog_remove(FbkCatalog *catalog, gint64 id, GError **err);

/* UIDVALIDITY changed (J23): every row of the folder loses its uid, keeping file, digest and flags. */
gboolean fbk_catalog_orphan(FbkCatalog *catalog, gint64 folder_id, GError **err);
/* Gives an orphan with this digest the new uid; FALSE in *adopted_out when there is none. */
gboolean fbk_catalog_adopt(FbkCatalog *catalog, gint64 folder_id, const char *digest, guint32 uid,
                           guint server_flags, gint64 *id_out, gboolean *adopted_out, GError **err);
/* Ids of the orphans that are left; gint64. */
GArray *fbk_catalog_orphans(FbkCatalog *catalog, gint64 folder_id, GError **err);

/* --- pages --- */

typedef enum {
  FBK_ORDER_DATE,
  FBK_ORDER_THREAD
} FbkOrder; /* newest first; threads by their newest message */
typedef enum { FBK_PAGE_START, FBK_PAGE_END, FBK_PAGE_AFTER, FBK_PAGE_BEFORE, FBK_PAGE_FROM } FbkPageWhere;

/* limit rows (at most 1,000): the first, the last, those after or before row `anchor`, or from `anchor` on
 * (itself first); NOT_FOUND when the anchor is not in this folder any more. No scan, no sort; the first page
 * is one query. In THREAD order a thread's rows stand together, oldest first, with depth set (at most 20). */
FbkRows *fbk_catalog_page(FbkCatalog *catalog, gint64 folder_id, FbkOrder order, FbkPageWhere where,
                          gint64 anchor, guint limit, GError **err);
/* The next unread row after anchor in list order (0: from the start), or 0 in *id_out. A few indexed queries,
 * whatever the number of rows between; NOT_FOUND as above. */
gboolean fbk_catalog_next_unread(FbkCatalog *catalog, gint64 folder_id, FbkOrder order, gint64 anchor,
                                 gint64 *id_out, GError **err);
/* One row; NOT_FOUND. rows->count is 1. */
FbkRows *fbk_catalog_row(FbkCatalog *catalog, gint64 id, GError **err);
/* The row whose file has this unique name (or whole name) in the folder with this dir; for search results.
 * *id_out 0: none. */
gboolean fbk_catalog_by_file(FbkCatalog *catalog, const char *dir, const char *unique, gint64 *id_out,
                             GError **err);
gboolean fbk_catalog_by_message_id(FbkCatalog *catalog, const char *message_id, gint64 *id_out, GError **err);

/* --- index bookkeeping --- */

typedef enum { FBK_INDEX_WAITING, FBK_INDEX_DONE, FBK_INDEX_REFUSED } FbkIndexState;
typedef struct {
  gint64 id;
  char *dir, *file; /* of its folder; its name in cur/ */
} FbkIndexItem;
/* Up to limit rows waiting to be indexed, newest first; FbkIndexItem *. One indexed query. */
GPtrArray *fbk_catalog_index_waiting(FbkCatalog *catalog, guint limit, GError **err);
/* What became of an item. Where its row has another file by now, or is gone, what was indexed is out of date:
 * the row goes on waiting, and the old file comes up in index_gone. */
gboolean fbk_catalog_set_index_state(FbkCatalog *catalog, const FbkIndexItem *item, FbkIndexState state,
                                     GError **err);
/* Each may be NULL. */
gboolean fbk_catalog_index_counts(FbkCatalog *catalog, guint *waiting_out, guint *refused_out, GError **err);
/* Files that were indexed and are gone: "dir/cur/name" to take out of the index; char *, at most 500 at a
 * time. One that was renamed comes up only once its new name is indexed. index_gone_done forgets those that
 * were given last. */
GPtrArray *fbk_catalog_index_gone(FbkCatalog *catalog, GError **err);
gboolean fbk_catalog_index_gone_done(FbkCatalog *catalog, GError **err);
/* The index is the one of this name (fbk_index_identity): where it was another so far, every row waits again.
 */
gboolean fbk_catalog_index_is(FbkCatalog *catalog, const char *identity, GError **err);

/* --- counting (tests, bench) --- */

typedef struct {
  guint64 queries;    /* statements run to their end or reset */
  guint64 scan_steps; /* rows stepped over by full table scans */
  guint64 sorts;
  guint64 work; /* steps of the database machine: grows with every row that is touched */
} FbkCatalogCost;
void fbk_catalog_cost(const FbkCatalog *catalog, FbkCatalogCost *out);

void fbk_index_item_free(FbkIndexItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkCatalog, fbk_catalog_free)

#endif
