/* Bringing the search index up to date with an account's catalogue, newest first, in batches; can stop
 * between any two messages and go on later. The index worker only. */
#ifndef FBK_FLOW_INDEXING_H
#define FBK_FLOW_INDEXING_H

#include "base/job.h"
#include "flow/home.h"

/* indexed_out, refused_out: messages of this run; may be NULL. */
gboolean fbk_indexing_run(const FbkHome *home, const FbkAccount *account, const FbkProgress *progress,
                          GCancellable *cancellable, guint *indexed_out, guint *refused_out, GError **err);

#endif
