/* Brings new messages safely into a Maildir. SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* renameat2, syncfs */
#include "store/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "mail/model.h"
#include "store/maildir_parts.h"

#define UNIQUE_CAP 200
#define OPEN_TRIES 16
#define READ_CHUNK 65536
/* From here on one syncfs is cheaper than an fsync of each file. */
#define SYNCFS_FROM 9

struct FbkDelivery {
  FbkMaildir *maildir;
  char *unique, *tmp_path;
  int fd;
  GChecksum *checksum;
  guint64 size;
  gboolean closed;    /* the digest was taken: nothing may be added */
  gboolean broken;    /* a write failed: must not reach cur/ */
  gboolean committed; /* its name is in cur/; tmp_path is gone */
};

int fbk_maildir_rename(const char *from, const char *to)
{
  struct stat status;
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return errno;
  /* A file system (NFS) that cannot promise it: nearly as good is to look first. */
  if (lstat(to, &status) == 0)
    return EEXIST;
  return rename(from, to) == 0 ? 0 : errno;
}

void fbk_maildir_rename_failed(const FbkMaildir *maildir, int errnum, GError **err)
{
  if (errnum == EINVAL)
    fbk_error_set(
        err, FBK_ERR_BAD_INPUT,
        _("The file system of %s does not allow \":\" in file names, as Maildir needs; keep the mail "
          "on another one."),
        maildir->path);
  else if (errnum == EEXIST)
    fbk_error_set(err, FBK_ERR_CONFLICT,
                  _("Another file has the name of this message in %s; move it away and try again."),
                  maildir->path);
  else
    fbk_error_set_errno(err, errnum, _("Cannot put a message into %s"), maildir->path);
}

/* A new file in tmp/ that we hold the lock of, so that nobody's sweep takes it; -1 with errno. */
static int open_temporary(FbkMaildir *maildir, char **path_out)
{
  for (int i = 0; i < OPEN_TRIES; i++) {
    struct stat status;
    g_autofree char *path =
        g_strdup_printf("%s/%d-%08x%08x.fubako", maildir->tmp, (int)getpid(), g_random_int(), g_random_int());
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST)
      continue;
    if (fd < 0)
      return -1;
    (void)flock(fd, LOCK_EX | LOCK_NB);
    /* A sweep between open and lock has removed it: begin again. */
    if (fstat(fd, &status) == 0 && status.st_nlink > 0) {
      *path_out = g_steal_pointer(&path);
      return fd;
    }
    close(fd);
  }
  errno = EBUSY;
  return -1;
}

FbkDelivery *fbk_delivery_begin(FbkMaildir *maildir, const char *unique, GError **err)
{
  if (*unique == '\0' || *unique == '.' || strpbrk(unique, "/:") != NULL || strlen(unique) > UNIQUE_CAP) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("\"%s\" is not the name of a message file."), unique);
    return NULL;
  }
  g_autofree char *path = NULL;
  int fd = open_temporary(maildir, &path);
  if (fd < 0) {
    fbk_error_set_errno(err, errno, _("Cannot create a file in %s"), maildir->tmp);
    return NULL;
  }
  FbkDelivery *delivery = g_new0(FbkDelivery, 1);
  delivery->maildir = maildir;
  delivery->unique = g_strdup(unique);
  delivery->tmp_path = g_steal_pointer(&path);
  delivery->fd = fd;
  delivery->checksum = g_checksum_new(G_CHECKSUM_SHA256);
  return delivery;
}

gboolean fbk_delivery_write(FbkDelivery *delivery, const void *bytes, gsize len, GError **err)
{
  g_assert(!delivery->closed && delivery->fd >= 0);
  if (!fbk_file_write_all(delivery->fd, bytes, len, err)) {
    delivery->broken = TRUE;
    return FALSE;
  }
  g_checksum_update(delivery->checksum, bytes, (gssize)len);
  delivery->size += len;
  return TRUE;
}

void fbk_delivery_free(FbkDelivery *delivery)
{
  if (delivery == NULL)
    return;
  if (!delivery->committed)
    (void)unlink(delivery->tmp_path);
  if (delivery->fd >= 0)
    close(delivery->fd);
  g_checksum_free(delivery->checksum);
  g_free(delivery->tmp_path);
  g_free(delivery->unique);
  g_free(delivery);
}

const char *fbk_delivery_tmp_path(const FbkDelivery *delivery)
{
  return delivery->tmp_path;
}

guint64 fbk_delivery_size(const FbkDelivery *delivery)
{
  return delivery->size;
}

const char *fbk_delivery_digest(const FbkDelivery *delivery)
{
  return g_checksum_get_string(delivery->checksum);
}

/* --- commit --- */

static gboolean sync_files(FbkDelivery *const *deliveries, guint count, GError **err)
{
  if (count >= SYNCFS_FROM && syncfs(deliveries[0]->fd) == 0)
    return TRUE;
  for (guint i = 0; i < count; i++)
    if (!fbk_file_sync(deliveries[i]->fd, deliveries[i]->tmp_path, err))
      return FALSE;
  return TRUE;
}

/* SHA-256 in hex of what fd gives from here to its end; NULL, with errno, when it cannot be read. */
static char *digest_of_fd(int fd)
{
  g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
  g_autofree guchar *chunk = g_malloc(READ_CHUNK);
  for (;;) {
    ssize_t got = read(fd, chunk, READ_CHUNK);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return NULL;
    if (got == 0)
      return g_strdup(g_checksum_get_string(checksum));
    g_checksum_update(checksum, chunk, got);
  }
}

/* A regular file opened for reading, its status in *status_out; -1 with errno. */
static int open_regular(const char *path, struct stat *status_out)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return -1;
  if (fstat(fd, status_out) == 0 && S_ISREG(status_out->st_mode))
    return fd;
  close(fd);
  errno = ENOENT;
  return -1;
}

char *fbk_maildir_digest(const char *path, GError **err)
{
  struct stat status;
  int fd = open_regular(path, &status);
  char *digest = fd < 0 ? NULL : digest_of_fd(fd);
  if (!digest)
    fbk_error_set_errno(err, errno, _("Cannot read %s"), path);
  if (fd >= 0)
    close(fd);
  return digest;
}

/* TRUE when the file at path is a regular one with exactly the bytes of delivery. */
static gboolean same_bytes(const FbkDelivery *delivery, const char *path)
{
  struct stat status;
  int fd = open_regular(path, &status);
  if (fd < 0)
    return FALSE;
  g_autofree char *digest = (guint64)status.st_size == delivery->size ? digest_of_fd(fd) : NULL;
  /* What is found may have been written by a crashed run that never synced it. */
  gboolean good = digest && fsync(fd) == 0;
  close(fd);
  return good && g_str_equal(digest, fbk_delivery_digest(delivery));
}

static gboolean rename_one(FbkMaildir *maildir, FbkDelivery *delivery, guint flags, char **name_out,
                           GError **err)
{
  char letters[8];
  fbk_flags_to_maildir(flags, letters);
  g_autofree char *name = g_strdup_printf("%s:2,%s", delivery->unique, letters);
  g_autofree char *path = g_build_filename(maildir->cur, name, NULL);
  int failure = fbk_maildir_rename(delivery->tmp_path, path);
  if (failure == EEXIST && same_bytes(delivery, path))
    failure = unlink(delivery->tmp_path) == 0 ? 0 : errno;
  if (failure != 0) {
    fbk_maildir_rename_failed(maildir, failure, err);
    return FALSE;
  }
  delivery->committed = TRUE;
  close(delivery->fd);
  delivery->fd = -1;
  *name_out = g_steal_pointer(&name);
  return TRUE;
}

gboolean fbk_maildir_commit(FbkMaildir *maildir, FbkDelivery *const *deliveries, const guint *flags,
                            guint count, char **names_out, GError **err)
{
  for (guint i = 0; i < count; i++) {
    g_assert(!deliveries[i]->committed);
    names_out[i] = NULL;
    deliveries[i]->closed = TRUE;
    if (deliveries[i]->broken) {
      fbk_error_set(err, FBK_ERR_NO_SPACE, _("A message could not be written whole into %s; try again."),
                    maildir->path);
      return FALSE;
    }
  }
  if (!sync_files(deliveries, count, err))
    return FALSE;
  gboolean good = TRUE;
  guint done = 0;
  while (good && done < count) {
    good = rename_one(maildir, deliveries[done], flags[done], &names_out[done], err);
    done += good ? 1 : 0;
  }
  /* Those that were renamed before another failed are to last as well. */
  if (done > 0 && !fbk_file_sync_dir(maildir->cur, good ? err : NULL))
    good = FALSE;
  return good;
}
