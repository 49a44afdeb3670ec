/* Reads and writes files carefully. SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/err.h"
#include "base/text.h"

#define FIRST_CHUNK 65536
#define NAME_CAP 200
#define EXTENSION_CAP 20
#define TEMPORARY_TRIES 16

/* A descriptor that is closed when its owner leaves. */
static void close_descriptor(int *fd)
{
  if (*fd >= 0)
    close(*fd);
}

static int open_regular(const char *path, struct stat *status, GError **err)
{
  /* O_NONBLOCK: a FIFO put where a file was expected must not stop us. */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    if (errno == ELOOP)
      fbk_error_set(err, FBK_ERR_BAD_INPUT, _("%s is a symbolic link; name the file it points to."), path);
    else
      fbk_error_set_errno(err, errno, _("Cannot open %s"), path);
    return -1;
  }
  if (fstat(fd, status) != 0) {
    fbk_error_set_errno(err, errno, _("Cannot read %s"), path);
    close(fd);
    return -1;
  }
  if (!S_ISREG(status->st_mode)) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("%s is not a regular file; name a file."), path);
    close(fd);
    return -1;
  }
  return fd;
}

/* Reads fd to its end; the size that fstat gave is a hint only, /proc says 0. */
static char *read_to_end(int fd, const char *path, gsize hint, gsize cap, gsize *len_out, GError **err)
{
  gsize room = MIN(MAX(hint, FIRST_CHUNK), cap);
  gsize len = 0;
  g_autofree char *bytes = g_malloc(room + 2);
  for (;;) {
    /* One byte more than allowed is asked for: its arrival tells "over" from "exactly at" the cap. */
    ssize_t got = read(fd, bytes + len, room + 1 - len);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      fbk_error_set_errno(err, errno, _("Cannot read %s"), path);
      return NULL;
    }
    if (got == 0)
      break;
    len += (gsize)got;
    if (len > cap) {
      fbk_error_set(err, FBK_ERR_TOO_BIG, _("%s is larger than the limit of %zu bytes."), path, cap);
      return NULL;
    }
    if (len > room) {
      room = room > cap / 2 ? cap : room * 2;
      bytes = g_realloc(bytes, room + 2);
    }
  }
  bytes[len] = '\0';
  if (len_out != NULL)
    *len_out = len;
  return g_steal_pointer(&bytes);
}

char *fbk_file_read(const char *path, gsize cap, gsize *len_out, GError **err)
{
  g_assert(cap < G_MAXSSIZE - 2);
  if (strcmp(path, "-") == 0)
    return read_to_end(STDIN_FILENO, _("standard input"), 0, cap, len_out, err);
  struct stat status;
  __attribute__((cleanup(close_descriptor))) int fd = open_regular(path, &status, err);
  if (fd < 0)
    return NULL;
  return read_to_end(fd, path, (gsize)status.st_size, cap, len_out, err);
}

/* Like fbk_file_write_all; what a failure means is left in errno. */
static gboolean write_bytes(int fd, const char *bytes, gsize len)
{
  while (len > 0) {
    ssize_t put = write(fd, bytes, len);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return FALSE;
    bytes += put;
    len -= (gsize)put;
  }
  return TRUE;
}

gboolean fbk_file_write_all(int fd, const void *bytes, gsize len, GError **err)
{
  if (write_bytes(fd, bytes, len))
    return TRUE;
  fbk_error_set_errno(err, errno, "%s", _("Cannot write"));
  return FALSE;
}

gboolean fbk_file_sync(int fd, const char *path, GError **err)
{
  int result;
  do
    result = fsync(fd);
  while (result != 0 && errno == EINTR);
  /* EINVAL: a network file system that has no fsync for directories. */
  if (result == 0 || errno == EINVAL)
    return TRUE;
  fbk_error_set_errno(err, errno, _("Cannot bring %s safely to disk"), path);
  return FALSE;
}

gboolean fbk_file_sync_dir(const char *dir, GError **err)
{
  __attribute__((cleanup(close_descriptor))) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    fbk_error_set_errno(err, errno, _("Cannot open %s"), dir);
    return FALSE;
  }
  return fbk_file_sync(fd, dir, err);
}

/* Creates a file of its own in dir; *path_out is its path. */
static int create_temporary(const char *dir, char **path_out, GError **err)
{
  for (int i = 0; i < TEMPORARY_TRIES; i++) {
    g_autofree char *path = g_strdup_printf("%s/.fubako-%08x%08x.tmp", dir, g_random_int(), g_random_int());
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) {
      *path_out = g_steal_pointer(&path);
      return fd;
    }
    if (errno != EEXIST)
      break;
  }
  fbk_error_set_errno(err, errno, _("Cannot create a file in %s"), dir);
  return -1;
}

gboolean fbk_file_write(const char *path, const void *bytes, gsize len, GError **err)
{
  g_autofree char *dir = g_path_get_dirname(path);
  g_autofree char *temporary = NULL;
  int fd = create_temporary(dir, &temporary, err);
  if (fd < 0)
    return FALSE;
  gboolean good = write_bytes(fd, bytes, len);
  if (!good)
    fbk_error_set_errno(err, errno, _("Cannot write %s"), path);
  good = good && fbk_file_sync(fd, path, err);
  /* Network file systems report a full quota only here. */
  if (close(fd) != 0 && good && errno != EINTR) {
    fbk_error_set_errno(err, errno, _("Cannot write %s"), path);
    good = FALSE;
  }
  if (good && rename(temporary, path) != 0) {
    fbk_error_set_errno(err, errno, _("Cannot replace %s"), path);
    good = FALSE;
  }
  if (!good) {
    (void)unlink(temporary);
    return FALSE;
  }
  return fbk_file_sync_dir(dir, err);
}

/* One step of mkdir -p. A new directory is made durable in its parent, as mail may be put into it. */
static gboolean make_one_dir(const char *dir, GError **err)
{
  struct stat status;
  if (mkdir(dir, 0700) == 0) {
    g_autofree char *parent = g_path_get_dirname(dir);
    return fbk_file_sync_dir(parent, err);
  }
  int reason = errno;
  /* Above a home directory mkdir may be refused for reasons of its own although the directory is there. */
  if (stat(dir, &status) == 0) {
    if (S_ISDIR(status.st_mode))
      return TRUE;
    reason = ENOTDIR;
  }
  fbk_error_set_errno(err, reason, _("Cannot create the directory %s"), dir);
  return FALSE;
}

gboolean fbk_file_disk_is_full(const char *path)
{
  struct statvfs space;
  return statvfs(path, &space) == 0 && (guint64)space.f_bavail * space.f_frsize < 1024 * 1024;
}

gboolean fbk_file_make_dir(const char *dir, GError **err)
{
  if (dir[0] == '\0')
    return make_one_dir(dir, err);
  g_autofree char *path = g_strdup(dir);
  for (char *at = path + 1; *at != '\0'; at++) {
    if (*at != '/' || at[-1] == '/')
      continue;
    *at = '\0';
    gboolean made = make_one_dir(path, err);
    *at = '/';
    if (!made)
      return FALSE;
  }
  return make_one_dir(path, err);
}

gboolean fbk_file_check_private(const char *path, gboolean holds_secrets, GError **err)
{
  struct stat status;
  if (lstat(path, &status) != 0) {
    fbk_error_set_errno(err, errno, _("Cannot open %s"), path);
    return FALSE;
  }
  if (S_ISLNK(status.st_mode)) {
    fbk_error_set(err, FBK_ERR_DENIED, _("%s is a symbolic link; put the file itself there."), path);
    return FALSE;
  }
  g_autofree char *quoted = g_shell_quote(path);
  if (status.st_uid != geteuid()) {
    fbk_error_set(err, FBK_ERR_DENIED, _("%s belongs to another user; make a copy of your own."), path);
    return FALSE;
  }
  if (holds_secrets && (status.st_mode & 077) != 0) {
    fbk_error_set(err, FBK_ERR_DENIED, _("Others can open %s, which holds secrets; run: chmod go-rwx %s"),
                  path, quoted);
    return FALSE;
  }
  if ((status.st_mode & 022) != 0) {
    fbk_error_set(err, FBK_ERR_DENIED, _("Others can change %s; run: chmod go-w %s"), path, quoted);
    return FALSE;
  }
  return TRUE;
}

/* How many bytes of text, at most cap, end at a whole character. */
static gsize whole_characters(const char *text, gsize cap)
{
  gsize len = strlen(text);
  if (len <= cap)
    return len;
  while (cap > 0 && ((guchar)text[cap] & 0xc0) == 0x80)
    cap--;
  return cap;
}

/* Cuts name to NAME_CAP bytes and keeps a short extension: a cut "report.pdf" should still open. */
static char *shortened(const char *name)
{
  gsize len = strlen(name);
  if (len <= NAME_CAP)
    return g_strdup(name);
  const char *extension = strrchr(name, '.');
  gsize extension_len = extension != NULL ? strlen(extension) : 0;
  if (extension_len > EXTENSION_CAP)
    extension_len = 0;
  gsize stem_len = whole_characters(name, NAME_CAP - extension_len);
  g_autofree char *stem = g_strndup(name, stem_len);
  return g_strconcat(stem, extension_len > 0 ? extension : "", NULL);
}

char *fbk_file_clean_name(const char *foreign, const char *fallback)
{
  g_autofree char *gated = fbk_text_gate(foreign, -1, FBK_GATE_LINE);
  g_autofree char *composed = g_utf8_normalize(gated, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  g_autoptr(GString) name = g_string_new(NULL);
  for (const char *at = composed != NULL ? composed : gated; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar character = g_utf8_get_char(at);
    /* A backslash separates directories where the file may be carried to. */
    if (character == '/' || character == '\\' || character == 0xfffd)
      g_string_append_c(name, '_');
    else
      g_string_append_unichar(name, character);
  }
  g_strchomp(name->str);
  const char *start = name->str;
  while (*start == '.' || *start == '-' || *start == ' ')
    start++;
  return *start != '\0' ? shortened(start) : g_strdup(fallback);
}
