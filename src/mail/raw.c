/* Raw messages, piece by piece. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/raw.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "mail/fields.h"

#define BARE_CR_MAX (16 * 1024 * 1024)
#define PROBE (64 * 1024)
#define FIRST_READ (16 * 1024)

gsize fbk_raw_read(const FbkRaw *raw, guint64 offset, void *into, gsize len)
{
  if (offset >= raw->size)
    return 0;
  len = (gsize)MIN(len, raw->size - offset);
  if (raw->bytes) {
    memcpy(into, (const char *)g_bytes_get_data(raw->bytes, NULL) + offset, len);
    return len;
  }
  gsize done = 0;
  while (done < len) {
    ssize_t got = pread(raw->fd, (char *)into + done, len - done, (off_t)(offset + done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    done += (gsize)got;
  }
  return done;
}

/* Old mailers ended lines with CR alone; everything behind here knows only LF. */
static void mend_bare_cr(FbkRaw *raw)
{
  g_autofree char *probe = g_malloc(PROBE);
  gsize len = fbk_raw_read(raw, 0, probe, PROBE);
  if (!len || raw->size > BARE_CR_MAX || memchr(probe, '\n', len) || !memchr(probe, '\r', len - 1))
    return;
  gsize size = (gsize)raw->size;
  char *all = g_malloc(size);
  size = fbk_raw_read(raw, 0, all, size);
  for (gsize i = 0; i < size; i++)
    if (all[i] == '\r' && (i + 1 == size || all[i + 1] != '\n'))
      all[i] = '\n';
  fbk_raw_clear(raw);
  *raw = (FbkRaw){.fd = -1, .bytes = g_bytes_new_take(all, size), .size = size, .mended = TRUE};
}

gboolean fbk_raw_open(FbkRaw *raw, const char *path, GError **err)
{
  *raw = (FbkRaw){.fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (raw->fd < 0 && errno != ELOOP) {
    fbk_error_set_errno(err, errno, _("Cannot open the message %s"), path);
    return FALSE;
  }
  struct stat info;
  if (raw->fd < 0 || fstat(raw->fd, &info) || !S_ISREG(info.st_mode)) {
    fbk_raw_clear(raw);
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("%s is not a file with a message."), path);
    return FALSE;
  }
  raw->size = (guint64)info.st_size;
  mend_bare_cr(raw);
  return TRUE;
}

void fbk_raw_from_bytes(FbkRaw *raw, GBytes *bytes)
{
  *raw = (FbkRaw){.fd = -1, .bytes = g_bytes_ref(bytes), .size = g_bytes_get_size(bytes)};
  mend_bare_cr(raw);
}

void fbk_raw_clear(FbkRaw *raw)
{
  if (raw->fd >= 0)
    close(raw->fd);
  if (raw->bytes)
    g_bytes_unref(raw->bytes);
  *raw = (FbkRaw){.fd = -1};
}

static gboolean holds_empty_line(const char *bytes, gsize len)
{
  const char *end = bytes + len;
  for (const char *at = bytes; at < end && (at = memchr(at, '\n', (gsize)(end - at))); at++)
    if (end - at > 1 && (at[1] == '\n' || (at[1] == '\r' && end - at > 2 && at[2] == '\n')))
      return TRUE;
  return len && bytes[0] == '\n';
}

char *fbk_raw_head(const FbkRaw *raw, gsize *len_out)
{
  gsize want = FIRST_READ, len;
  char *head = g_malloc(want + 1);
  len = fbk_raw_read(raw, 0, head, want);
  if (len == want && !holds_empty_line(head, len)) {
    want = FBK_HEADER_MAX;
    head = g_realloc(head, want + 1);
    len += fbk_raw_read(raw, len, head + len, want - len);
  }
  head[len] = 0;
  *len_out = len;
  return head;
}
