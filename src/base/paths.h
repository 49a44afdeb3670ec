/* Where things live: XDG directories, or everything under one directory (--home). The only place that
 * reads the environment. Values are immutable after fbk_paths_new; any thread. */
#ifndef FBK_BASE_PATHS_H
#define FBK_BASE_PATHS_H

#include <glib.h>

typedef struct {
  char *config; /* config.ini, accounts.d/, profiles/ */
  char *data;   /* mail/<account>/<folder>/, catalogue */
  char *state;  /* log */
} FbkPaths;

/* home: a directory that holds all three as config/, data/, state/, or NULL for the XDG directories.
 * Nothing is created. */
FbkPaths *fbk_paths_new(const char *home);
void fbk_paths_free(FbkPaths *paths);

/* Once, first thing in main and before any thread: umask 077, and XAPIAN_CJK_NGRAM=1, without which
 * libnotmuch finds no Japanese word. */
void fbk_paths_prepare_process(void);

/* What the person's environment says, for the few who must know: $EDITOR and friends, NO_COLOR, DISPLAY. */
const char *fbk_paths_environment(const char *variable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkPaths, fbk_paths_free)

#endif
