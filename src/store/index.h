/* The search index: the only writer of the notmuch database in <data>/mail/.notmuch. Opened for each batch,
 * closed after, so that other notmuch programs get the lock between. Call on the index worker. Japanese is
 * found because fbk_paths_prepare_process set XAPIAN_CJK_NGRAM before the library was loaded.
 *
 * Errors of all: CONFLICT when another program holds the lock longer than 10 s; NO_SPACE; DENIED with the
 * next step when the index is damaged or of a notmuch that this one does not know. */
#ifndef FBK_STORE_INDEX_H
#define FBK_STORE_INDEX_H

#include <gio/gio.h>

#define FBK_INDEX_BATCH 200 /* messages at most, so that memory stays bounded */

typedef enum { FBK_INDEXED, FBK_NOT_INDEXABLE } FbkIndexed;

/* Adds the files (paths below mail_root), then removes those of gone, in one batch; results_out[i] for each
 * file. A file over 64 MB, or that the pre-scan refuses, or notmuch does, or that is not there, is
 * NOT_INDEXABLE and stays readable. CANCELLED between two messages, what was added stays. To add a file again
 * changes nothing. Nothing is decrypted. Tags: unread, flagged, replied, passed, draft follow the files' own
 * flags; others, "inbox" too, are not added. */
gboolean fbk_index_batch(const char *mail_root, char *const *files, guint count, char *const *gone,
                         FbkIndexed *results_out, GCancellable *cancellable, GError **err);

/* A name that this index has had since it was made (it is made where there is none), for
 * fbk_catalog_index_is: another name means that nothing in it is ours yet. g_free. */
char *fbk_index_identity(const char *mail_root, GCancellable *cancellable, GError **err);

/* Renames a damaged index to .notmuch.broken-<time>; the next batch begins a new one. */
gboolean fbk_index_set_aside(const char *mail_root, GError **err);

#endif
