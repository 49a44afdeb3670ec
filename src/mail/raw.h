/* The raw bytes of a message, in a file or in memory, read piece by piece. Private to mail. One thread at a
 * time. */
#ifndef FBK_MAIL_RAW_H
#define FBK_MAIL_RAW_H

#include <glib.h>

typedef struct {
  int fd; /* -1 when in memory */
  GBytes *bytes;
  guint64 size;
  gboolean mended; /* bytes are no longer those of the file: bare CR was made LF */
} FbkRaw;

/* Opens a regular file, following no symbolic link and never blocking: NOT_FOUND, DENIED, BAD_INPUT. A
 * message of at most 16 MB whose lines end in bare CR is taken into memory with LF instead. */
gboolean fbk_raw_open(FbkRaw *raw, const char *path, GError **err);
/* The same for bytes, which are kept by reference. */
void fbk_raw_from_bytes(FbkRaw *raw, GBytes *bytes);
void fbk_raw_clear(FbkRaw *raw);

/* Up to len bytes from offset; fewer only at the end, or where the file cannot be read on. */
gsize fbk_raw_read(const FbkRaw *raw, guint64 offset, void *into, gsize len);

/* The start of the message: all of the header block, or FBK_HEADER_MAX bytes where that is longer. g_free it.
 * NUL-terminated past the end. */
char *fbk_raw_head(const FbkRaw *raw, gsize *len_out);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FbkRaw, fbk_raw_clear)

#endif
