/* What the thread sanitizer must not report. SPDX-License-Identifier: GPL-3.0-or-later */

#ifdef __SANITIZE_THREAD__

const char *__tsan_default_suppressions(void);

/* The sanitizer does not see the locks inside GLib, which is not built with it: GCancellable makes its
 * eventfd on the thread that waits and writes to it on the thread that cancels, under a lock of its own.
 * (G_SLICE= always-malloc is wanted besides, for the same reason.) Our own eventfds are made before any
 * thread. */
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void)
{
  return "race_top:eventfd\n";
}

#else

typedef int FbkNothingToSuppress; /* a file must hold something */

#endif
