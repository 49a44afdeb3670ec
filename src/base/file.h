/* Files: bounded reads, durable writes, permissions. Everything this program writes is 0600 in 0700
 * directories. Any thread; errors say the path and what to do. */
#ifndef FBK_BASE_FILE_H
#define FBK_BASE_FILE_H

#include <glib.h>

/* Whole content of a regular file of at most cap bytes (TOO_BIG above; FIFOs, devices and directories are
 * refused without blocking), NUL-terminated past the end. Free with g_free. "-" is standard input. */
char *fbk_file_read(const char *path, gsize cap, gsize *len_out, GError **err);

/* Replaces path by these bytes so that after a crash either the old or the new content is there: write a
 * temporary file beside it, fsync, rename, fsync the directory. Mode 0600. */
gboolean fbk_file_write(const char *path, const void *bytes, gsize len, GError **err);

/* All bytes to fd, whatever short writes and interruptions. */
gboolean fbk_file_write_all(int fd, const void *bytes, gsize len, GError **err);

/* fsync of fd / of a directory by path. */
gboolean fbk_file_sync(int fd, const char *path, GError **err);
gboolean fbk_file_sync_dir(const char *dir, GError **err);

/* TRUE when less than 1 MiB is left for us where path is: for libraries that do not say why they failed. */
gboolean fbk_file_disk_is_full(const char *path);

/* mkdir -p with mode 0700; existing directories are left as they are. */
gboolean fbk_file_make_dir(const char *dir, GError **err);

/* Refuses (DENIED, with the chmod that helps) a file that is not ours, that others can write, or, where
 * holds_secrets, that others can read. NOT_FOUND when it is not there. */
gboolean fbk_file_check_private(const char *path, gboolean holds_secrets, GError **err);

/* A foreign name (attachment, folder) as one safe file name: no '/', no leading '.' or '-', no control or
 * direction characters, NFC, at most 200 bytes, never empty (fallback instead). Free with g_free. */
char *fbk_file_clean_name(const char *foreign, const char *fallback);

#endif
