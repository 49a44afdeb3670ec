/* The search index: the only writer of the notmuch database in <data>/mail/.notmuch. Opened for each batch,
 * closed after, so that other notmuch programs get the lock between. Call on the index worker. Japanese is
 * found because fbk_paths_prepare_process set XAPIAN_CJK_NGRAM before the library was loaded. */
#ifndef FBK_STORE_INDEX_H
#define FBK_STORE_INDEX_H

#include <gio/gio.h>

#define FBK_INDEX_BATCH 200 /* messages at most, so that memory stays bounded */

typedef enum { FBK_INDEXED, FBK_NOT_INDEXABLE } FbkIndexed;

/* Adds the files (paths below mail_root) and removes those of gone, in one batch; results_out[i] for each
 * file. A file that the pre-scan refuses, or notmuch does, is NOT_INDEXABLE and stays readable. CONFLICT when
 * another program holds the lock longer than notmuch waits; NO_SPACE; CANCELLED between two messages, what
 * was added stays. The files' own flags are not turned into tags except: unread, flagged, replied follow
 * them, and "inbox" is not added. */
gboolean fbk_index_batch(const char *mail_root, char *const *files, guint count, char *const *gone,
                         FbkIndexed *results_out, GCancellable *cancellable, GError **err);

#endif
