/* Bringing the search index up to date with an account's catalogue, newest first, in batches; can stop
 * between any two messages and go on later. */
#ifndef FBK_FLOW_INDEXING_H
#define FBK_FLOW_INDEXING_H

#include "base/job.h"
#include "flow/home.h"

typedef struct {
  guint indexed, refused; /* messages of this run */
} FbkIndexingReport;

/* In this process. libnotmuch may end the process when the disk is full or a mail is more than it bears: only
 * for the program's own `index` command, and for tools. carefully: the first batch one by one, each message
 * marked as refused before it is tried, so that one that ends the process is passed by the next time. */
gboolean fbk_indexing_run(const FbkHome *home, const FbkAccount *account, gboolean carefully,
                          const FbkProgress *progress, GCancellable *cancellable, FbkIndexingReport *out,
                          GError **err);

/* The same in a child process (this program's `index` command), so that nothing that happens there reaches
 * ours. Cancelling ends the child. Where this process is not fubako itself, the same as fbk_indexing_run.
 * Blocks: the index worker, or a command. */
gboolean fbk_indexing_in_child(const FbkHome *home, const FbkAccount *account, const FbkProgress *progress,
                               GCancellable *cancellable, FbkIndexingReport *out, GError **err);

#endif
