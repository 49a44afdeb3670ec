/* Locks between processes. SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/err.h"

#define LOOK_AGAIN 50 /* milliseconds */

struct FbkLock {
  int fd;
};

void fbk_lock_free(FbkLock *lock)
{
  if (lock == NULL)
    return;
  if (lock->fd >= 0)
    close(lock->fd); /* the file stays: to remove it would let two in */
  g_free(lock);
}

static void pause_for(guint milliseconds, GCancellable *cancellable)
{
  GPollFD cancelled;
  gboolean watch = g_cancellable_make_pollfd(cancellable, &cancelled);
  (void)g_poll(&cancelled, watch ? 1 : 0, (gint)milliseconds);
  if (watch)
    g_cancellable_release_fd(cancellable);
}

FbkLock *fbk_lock_take(const char *path, guint milliseconds, GCancellable *cancellable, GError **err)
{
  gint64 end = g_get_monotonic_time() + (gint64)milliseconds * 1000;
  g_autoptr(FbkLock) lock = g_new0(FbkLock, 1);
  lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
  if (lock->fd < 0) {
    fbk_error_set_errno(err, errno, _("Cannot open %s"), path);
    return NULL;
  }
  while (flock(lock->fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      fbk_error_set_errno(err, errno, _("Cannot lock %s"), path);
      return NULL;
    }
    if (fbk_cancelled(cancellable, err))
      return NULL;
    if (g_get_monotonic_time() >= end) {
      fbk_error_set(err, FBK_ERR_CONFLICT, _("Another program holds %s; try again when it is done."), path);
      return NULL;
    }
    pause_for(LOOK_AGAIN, cancellable);
  }
  return g_steal_pointer(&lock);
}
