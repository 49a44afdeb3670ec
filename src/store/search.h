/* Questions to the index, in notmuch's language: read-only handles, opened and closed in each call, rows
 * copied out. Worker threads. */
#ifndef FBK_STORE_SEARCH_H
#define FBK_STORE_SEARCH_H

#include <gio/gio.h>

/* One hit; strings in the result's arena. */
typedef struct {
  const char *message_id, *from, *subject;
  const char *file; /* path below the mail root; one of */
  char **files;     /* all of them, NULL-terminated, at most 50: copies of a message are one hit */
  gint64 date;
} FbkHit;

typedef struct {
  GArray *hits; /* FbkHit, newest first */
  guint total;  /* how many match in all */
  GStringChunk *arena;
} FbkHits;

/* NOT_FOUND when there is no index yet; BAD_INPUT when notmuch cannot read the query (over 64 KiB is
 * refused). */
FbkHits *fbk_search(const char *mail_root, const char *query, guint offset, guint limit,
                    GCancellable *cancellable, GError **err);
void fbk_hits_free(FbkHits *hits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkHits, fbk_hits_free)

#endif
