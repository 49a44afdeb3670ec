/* Writes the notmuch database. SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* F_OFD_GETLK, nftw */
#include "store/index.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gi18n.h>
#include <notmuch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/paths.h"
#include "mail/parse.h"

#define IDENTITY_KEY "fubako.identity"
#define SIZE_CAP (64 * 1024 * 1024) /* campus servers take 50 MB at most */
#define LOCK_WAIT 10000             /* milliseconds */
#define LOCK_LOOK 50
/* One mail may be too much for Xapian; several in a row mean that the database is in trouble. */
#define FAILURES_CAP 3

typedef struct {
  const char *mail_root;
  FbkLock *lock; /* among ourselves: two must not make the database at once */
  notmuch_database_t *database;
  notmuch_indexopts_t *options;
  guint failures; /* exceptions in a row */
} Index;

/* --- opening --- */

/* What went wrong, for the person; notmuch's own words go to the log. */
static void index_failed(const char *mail_root, notmuch_status_t status, const char *words, GError **err)
{
  fbk_log("index", "notmuch status %d: %s", (int)status,
          words != NULL ? words : notmuch_status_to_string(status));
  if (fbk_file_disk_is_full(mail_root)) /* Xapian does not always say so */
    fbk_error_set(err, FBK_ERR_NO_SPACE, _("No space is left for the search index in %s; free some."),
                  mail_root);
  else
    fbk_error_set(
        err, FBK_ERR_DENIED,
        _("The search index %s/.notmuch cannot be written: it is damaged, protected, or made by another "
          "version of notmuch. Mail can be read all the same; move that directory away to have the "
          "index built anew."),
        mail_root);
}

static gboolean is_locked(const char *mail_root)
{
  g_autofree char *path = g_build_filename(mail_root, ".notmuch", "xapian", "flintlock", NULL);
  int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return FALSE;
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
  gboolean locked = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close(fd);
  return locked;
}

static gboolean say_locked(GError **err)
{
  fbk_error_set(err, FBK_ERR_CONFLICT,
                _("Another program is writing the search index; it goes on when that one is done."));
  return FALSE;
}

static FbkLock *lock_index(const char *mail_root, GCancellable *cancellable, GError **err)
{
  g_autofree char *path = g_build_filename(mail_root, ".fubako-index.lock", NULL);
  g_autoptr(GError) failure = NULL;
  FbkLock *lock = fbk_lock_take(path, LOCK_WAIT, cancellable, &failure);
  if (g_error_matches(failure, FBK_ERROR, FBK_ERR_CONFLICT))
    say_locked(err);
  else if (failure != NULL)
    g_propagate_error(err, g_steal_pointer(&failure));
  return lock;
}

/* notmuch itself would wait for ever, deaf to cancelling: so it is asked only when it need not wait. */
static gboolean wait_for_lock(const char *mail_root, GCancellable *cancellable, GError **err)
{
  gint64 end = g_get_monotonic_time() + LOCK_WAIT * (gint64)1000;
  while (is_locked(mail_root)) {
    GPollFD cancelled;
    gboolean watch = g_cancellable_make_pollfd(cancellable, &cancelled);
    (void)g_poll(&cancelled, watch ? 1 : 0, LOCK_LOOK);
    if (watch)
      g_cancellable_release_fd(cancellable);
    if (fbk_cancelled(cancellable, err))
      return FALSE;
    if (g_get_monotonic_time() > end)
      return say_locked(err);
  }
  return !fbk_cancelled(cancellable, err);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
  (void)status;
  (void)kind;
  (void)place;
  return remove(path);
}

/* A new database is made aside and moved into place whole: one that a crash left half made could not be
 * opened. */
static notmuch_status_t create(const char *mail_root, char **words_out)
{
  notmuch_database_t *database = NULL;
  g_autofree char *aside = g_build_filename(mail_root, ".notmuch-new", NULL);
  g_autofree char *made = g_build_filename(aside, ".notmuch", NULL);
  g_autofree char *place = g_build_filename(mail_root, ".notmuch", NULL);
  (void)nftw(aside, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  if (mkdir(aside, 0700) != 0)
    return NOTMUCH_STATUS_FILE_ERROR;
  notmuch_status_t status = notmuch_database_create_with_config(aside, "", NULL, &database, words_out);
  if (database != NULL)
    notmuch_database_destroy(database);
  if (status == NOTMUCH_STATUS_SUCCESS && rename(made, place) != 0)
    status =
        errno == ENOTEMPTY || errno == EEXIST ? NOTMUCH_STATUS_DATABASE_EXISTS : NOTMUCH_STATUS_FILE_ERROR;
  (void)nftw(aside, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  return status;
}

/* The person's own notmuch configuration is not read: "" names none. */
static notmuch_database_t *open_or_create(const char *mail_root, GError **err)
{
  notmuch_database_t *database = NULL;
  char *words = NULL;
  g_autofree char *directory = g_build_filename(mail_root, ".notmuch", NULL);
  notmuch_status_t status = NOTMUCH_STATUS_SUCCESS;
  if (!g_file_test(directory, G_FILE_TEST_EXISTS))
    status = create(mail_root, &words);
  if (status == NOTMUCH_STATUS_SUCCESS || status == NOTMUCH_STATUS_DATABASE_EXISTS) {
    g_clear_pointer(&words, free);
    status = notmuch_database_open_with_config(mail_root, NOTMUCH_DATABASE_MODE_READ_WRITE, "", NULL,
                                               &database, &words);
  }
  if (status == NOTMUCH_STATUS_SUCCESS && notmuch_database_needs_upgrade(database))
    status = notmuch_database_upgrade(database, NULL, NULL);
  if (status != NOTMUCH_STATUS_SUCCESS) {
    index_failed(mail_root, status, words, err);
    if (database != NULL)
      notmuch_database_destroy(database);
    database = NULL;
  }
  free(words);
  return database;
}

static gboolean index_open(Index *index, const char *mail_root, GCancellable *cancellable, GError **err)
{
  g_assert(g_strcmp0(fbk_paths_environment("XAPIAN_CJK_NGRAM"), "1") == 0);
  *index = (Index){.mail_root = mail_root};
  if (!fbk_file_make_dir(mail_root, err) || !(index->lock = lock_index(mail_root, cancellable, err)))
    return FALSE;
  if (wait_for_lock(mail_root, cancellable, err))
    index->database = open_or_create(mail_root, err);
  if (index->database == NULL) {
    fbk_lock_free(index->lock);
    return FALSE;
  }
  index->options = notmuch_database_get_default_indexopts(index->database);
  if (index->options != NULL)
    (void)notmuch_indexopts_set_decrypt_policy(index->options, NOTMUCH_DECRYPT_FALSE);
  return TRUE;
}

/* What was added becomes durable here. good FALSE: an error is set already. */
static gboolean index_close(Index *index, gboolean good, GError **err)
{
  notmuch_indexopts_destroy(index->options);
  notmuch_status_t status = notmuch_database_close(index->database);
  if (status != NOTMUCH_STATUS_SUCCESS && good) {
    index_failed(index->mail_root, status, notmuch_database_status_string(index->database), err);
    good = FALSE;
  }
  notmuch_database_destroy(index->database);
  fbk_lock_free(index->lock);
  return good;
}

/* --- adding and removing --- */

/* The libraries need three times the size of a mail in memory. */
static gboolean is_too_large(const char *path)
{
  struct stat status;
  return stat(path, &status) == 0 && status.st_size > SIZE_CAP;
}

/* FALSE when the whole batch cannot go on. */
static gboolean add_file(Index *index, const char *file, FbkIndexed *result_out, GError **err)
{
  notmuch_message_t *message = NULL;
  g_autofree char *path = g_build_filename(index->mail_root, file, NULL);
  *result_out = FBK_NOT_INDEXABLE;
  g_autofree char *refusal = NULL;
  gboolean is_large = is_too_large(path);
  if (is_large || !fbk_prescan_file(path, &refusal)) {
    fbk_log("index", "%s not indexed: %s", file, is_large ? "it is larger than 64 MB" : refusal);
    return TRUE;
  }
  notmuch_status_t status = notmuch_database_index_file(index->database, path, index->options, &message);
  if (status == NOTMUCH_STATUS_SUCCESS || status == NOTMUCH_STATUS_DUPLICATE_MESSAGE_ID) {
    *result_out = FBK_INDEXED;
    index->failures = 0;
    (void)notmuch_message_maildir_flags_to_tags(message);
    notmuch_message_destroy(message);
    return TRUE;
  }
  const char *words = notmuch_database_status_string(index->database);
  gboolean exception = status == NOTMUCH_STATUS_XAPIAN_EXCEPTION;
  index->failures = exception ? index->failures + 1 : 0;
  if (status != NOTMUCH_STATUS_OUT_OF_MEMORY && status != NOTMUCH_STATUS_READ_ONLY_DATABASE &&
      index->failures < FAILURES_CAP) {
    fbk_log("index", "%s not indexed: %s %s", file, notmuch_status_to_string(status),
            words != NULL ? words : "");
    return TRUE;
  }
  index_failed(index->mail_root, status, words, err);
  return FALSE;
}

static gboolean remove_gone(Index *index, char *const *files, guint count, char *const *gone,
                            GCancellable *cancellable, GError **err)
{
  g_autoptr(GHashTable) here = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < count; i++)
    g_hash_table_add(here, files[i]);
  for (; gone != NULL && *gone != NULL; gone++) {
    if (fbk_cancelled(cancellable, err))
      return FALSE;
    /* Gone, and come again meanwhile: it was added a moment ago. */
    if (g_hash_table_contains(here, *gone))
      continue;
    g_autofree char *path = g_build_filename(index->mail_root, *gone, NULL);
    notmuch_status_t status = notmuch_database_remove_message(index->database, path);
    if (status != NOTMUCH_STATUS_XAPIAN_EXCEPTION && status != NOTMUCH_STATUS_OUT_OF_MEMORY)
      continue;
    index_failed(index->mail_root, status, notmuch_database_status_string(index->database), err);
    return FALSE;
  }
  return TRUE;
}

gboolean fbk_index_batch(const char *mail_root, char *const *files, guint count, char *const *gone,
                         FbkIndexed *results_out, GCancellable *cancellable, GError **err)
{
  Index index;
  gboolean good = TRUE;
  if (!index_open(&index, mail_root, cancellable, err))
    return FALSE;
  for (guint i = 0; good && i < count; i++)
    good = !fbk_cancelled(cancellable, err) && add_file(&index, files[i], &results_out[i], err);
  good = good && remove_gone(&index, files, count, gone, cancellable, err);
  return index_close(&index, good, err);
}

char *fbk_index_identity(const char *mail_root, GCancellable *cancellable, GError **err)
{
  Index index;
  char *kept = NULL;
  if (!index_open(&index, mail_root, cancellable, err))
    return NULL;
  notmuch_status_t status = notmuch_database_get_config(index.database, IDENTITY_KEY, &kept);
  g_autofree char *identity = g_strdup(kept != NULL ? kept : "");
  free(kept);
  if (status == NOTMUCH_STATUS_SUCCESS && *identity == '\0') {
    g_free(identity);
    identity = g_uuid_string_random();
    status = notmuch_database_set_config(index.database, IDENTITY_KEY, identity);
  }
  if (status != NOTMUCH_STATUS_SUCCESS)
    index_failed(mail_root, status, notmuch_database_status_string(index.database), err);
  return index_close(&index, status == NOTMUCH_STATUS_SUCCESS, err) ? g_steal_pointer(&identity) : NULL;
}

gboolean fbk_index_set_aside(const char *mail_root, GError **err)
{
  g_autofree char *from = g_build_filename(mail_root, ".notmuch", NULL);
  g_autofree char *to = g_strdup_printf("%s.broken-%" G_GINT64_FORMAT, from, g_get_real_time());
  if (rename(from, to) == 0 || errno == ENOENT)
    return TRUE;
  fbk_error_set_errno(err, errno, _("Cannot move %s away"), from);
  return FALSE;
}
