/* One process at a time: an advisory lock on a file that is made for it and stays. A process that dies leaves
 * the lock free. Any thread; two holders within one process exclude each other as well. */
#ifndef FBK_BASE_LOCK_H
#define FBK_BASE_LOCK_H

#include <gio/gio.h>

typedef struct FbkLock FbkLock;

/* Waits at most this long; then CONFLICT, with a sentence that names path: a caller that knows better says
 * what the other one is doing. Blocks: workers only, or with milliseconds 0. */
FbkLock *fbk_lock_take(const char *path, guint milliseconds, GCancellable *cancellable, GError **err);
void fbk_lock_free(FbkLock *lock); /* lets go; NULL is nothing */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkLock, fbk_lock_free)

#endif
