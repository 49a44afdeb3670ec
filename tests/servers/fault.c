/* An LD_PRELOAD layer under the program: counts durable steps below one directory, and kills the process at
 * the n-th, or lets it fail for want of space. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * FUBAKO_FAULT_DIR: only files below this directory count.
 *
 * FUBAKO_FAULT_COUNT: a file that holds the number of steps so far, of the program and its children (a long).
 *
 * FUBAKO_FAULT_KILL: SIGKILL just before this step (1, 2, ...).
 *
 * FUBAKO_FAULT_FULL: this step and every later one that needs space fails with ENOSPC.
 *
 * FUBAKO_FAULT_POISON: SIGKILL when a library opens a file with this in its name (one that asks for O_RDONLY
 * alone).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long *steps; /* shared with the children, in the file of FUBAKO_FAULT_COUNT */
static long kill_at, full_at;
static const char *root, *poison;

static void *next(const char *name)
{
  void *found = dlsym(RTLD_NEXT, name);
  if (!found)
    abort();
  return found;
}

__attribute__((constructor)) static void begin(void)
{
  const char *count_path = getenv("FUBAKO_FAULT_COUNT");
  kill_at = getenv("FUBAKO_FAULT_KILL") ? atol(getenv("FUBAKO_FAULT_KILL")) : 0;
  full_at = getenv("FUBAKO_FAULT_FULL") ? atol(getenv("FUBAKO_FAULT_FULL")) : 0;
  int fd = count_path ? open(count_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
  if (fd < 0 || ftruncate(fd, sizeof *steps) != 0)
    return;
  void *shared = mmap(NULL, sizeof *steps, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (shared == MAP_FAILED)
    abort();
  steps = shared;
  poison = getenv("FUBAKO_FAULT_POISON");
  root = getenv("FUBAKO_FAULT_DIR"); /* from here on steps count */
}

static int below_root(const char *path)
{
  return root && strncmp(path, root, strlen(root)) == 0;
}

static int fd_below_root(int fd)
{
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t len = readlink(link, path, sizeof path - 1);
  if (len < 0)
    return 0;
  path[len] = '\0';
  return below_root(path);
}

/* One step: 0, or -1 with ENOSPC when it needs space and there is none any more. */
static int step(int counts, int needs_space)
{
  if (!counts)
    return 0;
  long now = atomic_fetch_add(steps, 1) + 1;
  if (kill_at && now == kill_at)
    kill(getpid(), SIGKILL);
  if (full_at && now >= full_at && needs_space) {
    errno = ENOSPC;
    return -1;
  }
  return 0;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
  static ssize_t (*real)(int, const void *, size_t);
  if (!real)
    real = next("write");
  return step(fd_below_root(fd), 1) ? -1 : real(fd, bytes, len);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  if (!real)
    real = next("pwrite64");
  return step(fd_below_root(fd), 1) ? -1 : real(fd, bytes, len, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
  static ssize_t (*real)(int, const void *, size_t, off_t);
  if (!real)
    real = next("pwrite");
  return step(fd_below_root(fd), 1) ? -1 : real(fd, bytes, len, at);
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
  static ssize_t (*real)(int, const struct iovec *, int);
  if (!real)
    real = next("writev");
  return step(fd_below_root(fd), 1) ? -1 : real(fd, pieces, count);
}

int fsync(int fd)
{
  static int (*real)(int);
  if (!real)
    real = next("fsync");
  return step(fd_below_root(fd), 1) ? -1 : real(fd);
}

int fdatasync(int fd)
{
  static int (*real)(int);
  if (!real)
    real = next("fdatasync");
  return step(fd_below_root(fd), 1) ? -1 : real(fd);
}

int syncfs(int fd)
{
  static int (*real)(int);
  if (!real)
    real = next("syncfs");
  return step(fd_below_root(fd), 1) ? -1 : real(fd);
}

int ftruncate64(int fd, off64_t len)
{
  static int (*real)(int, off64_t);
  if (!real)
    real = next("ftruncate64");
  return step(fd_below_root(fd), 0) ? -1 : real(fd, len);
}

int rename(const char *from, const char *to)
{
  static int (*real)(const char *, const char *);
  if (!real)
    real = next("rename");
  return step(below_root(from), 0) ? -1 : real(from, to);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned int flags)
{
  static int (*real)(int, const char *, int, const char *, unsigned int);
  if (!real)
    real = next("renameat2");
  return step(below_root(from), 0) ? -1 : real(from_dir, from, to_dir, to, flags);
}

int link(const char *from, const char *to)
{
  static int (*real)(const char *, const char *);
  if (!real)
    real = next("link");
  return step(below_root(from), 0) ? -1 : real(from, to);
}

int unlink(const char *path)
{
  static int (*real)(const char *);
  if (!real)
    real = next("unlink");
  return step(below_root(path), 0) ? -1 : real(path);
}

int mkdir(const char *path, mode_t mode)
{
  static int (*real)(const char *, mode_t);
  if (!real)
    real = next("mkdir");
  return step(below_root(path), 1) ? -1 : real(path, mode);
}

/* A full disk says so to whoever asks. */
int statvfs64(const char *path, struct statvfs64 *out)
{
  static int (*real)(const char *, struct statvfs64 *);
  if (!real)
    real = next("statvfs64");
  int status = real(path, out);
  if (status == 0 && below_root(path) && full_at && atomic_load(steps) >= full_at)
    out->f_bavail = 0;
  return status;
}

int statvfs(const char *path, struct statvfs *out)
{
  static int (*real)(const char *, struct statvfs *);
  if (!real)
    real = next("statvfs");
  int status = real(path, out);
  if (status == 0 && below_root(path) && full_at && atomic_load(steps) >= full_at)
    out->f_bavail = 0;
  return status;
}

/* Files opened to be written: creating one is a step as well. */
static int opens_for_writing(const char *path, int flags)
{
  if (poison && (flags & ~(O_CLOEXEC | O_LARGEFILE)) == O_RDONLY && below_root(path) && strstr(path, poison))
    kill(getpid(), SIGKILL);
  return (flags & O_CREAT) && below_root(path);
}

int open64(const char *path, int flags, ...)
{
  static int (*real)(const char *, int, ...);
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if (!real)
    real = next("open64");
  return step(opens_for_writing(path, flags), 1) ? -1 : real(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
  static int (*real)(const char *, int, ...);
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if (!real)
    real = next("open");
  return step(opens_for_writing(path, flags), 1) ? -1 : real(path, flags, mode);
}
