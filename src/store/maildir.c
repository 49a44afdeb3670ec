/* Finds, renames and lists the messages of a Maildir. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/maildir.h"

#include <dirent.h>
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

#define OUR_ENDING ".fubako"
#define RENAME_TRIES 3

FbkMaildir *fbk_maildir_open(const char *dir, GError **err)
{
  g_autoptr(FbkMaildir) maildir = g_new0(FbkMaildir, 1);
  maildir->path = g_strdup(dir);
  maildir->cur = g_build_filename(dir, "cur", NULL);
  maildir->new = g_build_filename(dir, "new", NULL);
  maildir->tmp = g_build_filename(dir, "tmp", NULL);
  if (!fbk_file_make_dir(maildir->cur, err) || !fbk_file_make_dir(maildir->new, err) ||
      !fbk_file_make_dir(maildir->tmp, err))
    return NULL;
  return g_steal_pointer(&maildir);
}

const char *fbk_maildir_path(const FbkMaildir *maildir)
{
  return maildir->path;
}

void fbk_maildir_free(FbkMaildir *maildir)
{
  if (maildir == NULL)
    return;
  g_free(maildir->path);
  g_free(maildir->cur);
  g_free(maildir->new);
  g_free(maildir->tmp);
  g_free(maildir);
}

/* --- names --- */

static gsize unique_len(const char *name)
{
  return strcspn(name, ":");
}

char *fbk_maildir_unique(const char *name)
{
  return g_strndup(name, unique_len(name));
}

static const char *letters_of(const char *name)
{
  const char *colon = name + unique_len(name);
  return g_str_has_prefix(colon, ":2,") ? colon + 3 : "";
}

guint fbk_maildir_flags(const char *name)
{
  return fbk_flags_from_maildir(letters_of(name));
}

char *fbk_maildir_imap_name(guint32 uidvalidity, guint32 uid)
{
  return g_strdup_printf("%u.%u" OUR_ENDING, uidvalidity, uid);
}

gboolean fbk_maildir_parse_imap_name(const char *name, guint32 *uidvalidity_out, guint32 *uid_out)
{
  g_autofree char *unique = fbk_maildir_unique(name);
  g_auto(GStrv) parts = g_strsplit(unique, ".", 4);
  guint64 numbers[2];
  if (g_strv_length(parts) != 3 || strcmp(parts[2], &OUR_ENDING[1]) != 0)
    return FALSE;
  for (int i = 0; i < 2; i++)
    if (!g_ascii_string_to_unsigned(parts[i], 10, 1, G_MAXUINT32, &numbers[i], NULL) || *parts[i] == '0')
      return FALSE;
  *uidvalidity_out = (guint32)numbers[0];
  *uid_out = (guint32)numbers[1];
  return TRUE;
}

/* Letters that we do not know (Dovecot's keywords, say) stay as another program wrote them. */
static char *name_with_flags(const char *name, guint flags)
{
  char ours[8];
  fbk_flags_to_maildir(flags, ours);
  g_autoptr(GString) letters = g_string_new(ours);
  for (const char *at = letters_of(name); *at != '\0'; at++) {
    char one[2] = {*at, '\0'};
    if (fbk_flags_from_maildir(one) == 0)
      g_string_append_c(letters, *at);
  }
  return g_strdup_printf("%.*s:2,%s", (int)unique_len(name), name, letters->str);
}

/* --- listing --- */

static gboolean is_regular(DIR *dir, const struct dirent *entry)
{
  struct stat status;
  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type == DT_REG;
  return fstatat(dirfd(dir), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode);
}

/* each answers FALSE to stop; *stopped_out says that it did. */
static gboolean list_dir(const char *path,
                         gboolean (*each)(gpointer data, const char *name, const char *path), gpointer data,
                         gboolean *stopped_out, GError **err)
{
  DIR *dir = opendir(path);
  int failure = dir == NULL ? errno : 0;
  while (failure == 0 && !*stopped_out) {
    errno = 0;
    const struct dirent *entry = readdir(dir);
    if (entry == NULL) {
      failure = errno;
      break;
    }
    if (entry->d_name[0] == '.' || !is_regular(dir, entry))
      continue;
    g_autofree char *whole = g_build_filename(path, entry->d_name, NULL);
    *stopped_out = !each(data, entry->d_name, whole);
  }
  if (dir != NULL)
    closedir(dir);
  if (failure != 0)
    fbk_error_set_errno(err, failure, _("Cannot read %s"), path);
  return failure == 0;
}

gboolean fbk_maildir_scan(FbkMaildir *maildir,
                          gboolean (*each)(gpointer data, const char *name, const char *path), gpointer data,
                          GError **err)
{
  gboolean stopped = FALSE;
  if (!list_dir(maildir->cur, each, data, &stopped, err))
    return FALSE;
  return stopped || list_dir(maildir->new, each, data, &stopped, err);
}

/* --- finding and changing --- */

typedef struct {
  const char *name; /* sought: all before ':' counts */
  char *path;
} Search;

static gboolean compare_unique(gpointer data, const char *name, const char *path)
{
  Search *search = data;
  gsize len = unique_len(search->name);
  if (unique_len(name) != len || memcmp(name, search->name, len) != 0)
    return TRUE;
  search->path = g_strdup(path);
  return FALSE;
}

char *fbk_maildir_find(FbkMaildir *maildir, const char *name, GError **err)
{
  struct stat status;
  if (*name == '\0' || *name == '.' || strchr(name, '/') != NULL) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("\"%s\" is not the name of a message file."), name);
    return NULL;
  }
  g_autofree char *path = g_build_filename(maildir->cur, name, NULL);
  if (lstat(path, &status) == 0 && S_ISREG(status.st_mode))
    return g_steal_pointer(&path);
  Search search = {name, NULL};
  if (!fbk_maildir_scan(maildir, compare_unique, &search, err))
    return NULL;
  if (search.path == NULL)
    fbk_error_set(err, FBK_ERR_NOT_FOUND,
                  _("The file of this message is not in %s any more; fetch the mail again."), maildir->path);
  return search.path;
}

static gboolean is_missing(const GError *failure)
{
  return g_error_matches(failure, FBK_ERROR, FBK_ERR_NOT_FOUND);
}

gboolean fbk_maildir_set_flags(FbkMaildir *maildir, const char *name, guint flags, char **name_out,
                               GError **err)
{
  int failure = ENOENT;
  /* Another program may rename the file between our look and our rename; then we look again. */
  for (int i = 0; i < RENAME_TRIES && failure == ENOENT; i++) {
    g_autofree char *old_path = fbk_maildir_find(maildir, name, err);
    if (old_path == NULL)
      return FALSE;
    g_autofree char *old_name = g_path_get_basename(old_path);
    g_autofree char *new_name = name_with_flags(old_name, flags);
    g_autofree char *new_path = g_build_filename(maildir->cur, new_name, NULL);
    failure = strcmp(old_path, new_path) == 0 ? 0 : fbk_maildir_rename(old_path, new_path);
    if (failure != 0)
      continue;
    if (name_out != NULL)
      *name_out = g_steal_pointer(&new_name);
    return fbk_file_sync_dir(maildir->cur, err);
  }
  fbk_maildir_rename_failed(maildir, failure, err);
  return FALSE;
}

gboolean fbk_maildir_remove(FbkMaildir *maildir, const char *name, GError **err)
{
  int failure = ENOENT;
  for (int i = 0; i < RENAME_TRIES && failure == ENOENT; i++) {
    g_autoptr(GError) missing = NULL;
    g_autofree char *path = fbk_maildir_find(maildir, name, &missing);
    if (path == NULL && is_missing(missing))
      return TRUE;
    if (path == NULL) {
      g_propagate_error(err, g_steal_pointer(&missing));
      return FALSE;
    }
    failure = unlink(path) == 0 ? 0 : errno;
  }
  if (failure == 0)
    return fbk_file_sync_dir(maildir->cur, err);
  fbk_error_set_errno(err, failure, _("Cannot remove a message from %s"), maildir->path);
  return FALSE;
}

/* A delivery that is under way holds a lock on its file; the lock of a crashed one is gone with it. */
static gboolean sweep_one(gpointer data, const char *name, const char *path)
{
  (void)data;
  if (!g_str_has_suffix(name, OUR_ENDING))
    return TRUE;
  int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return TRUE;
  if (flock(fd, LOCK_EX | LOCK_NB) == 0)
    (void)unlink(path);
  close(fd);
  return TRUE;
}

gboolean fbk_maildir_sweep(FbkMaildir *maildir, GError **err)
{
  gboolean stopped = FALSE;
  return list_dir(maildir->tmp, sweep_one, NULL, &stopped, err);
}
