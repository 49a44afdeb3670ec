/* Opening, saving, marking and finding messages. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/read.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "store/maildir.h"
#include "store/search.h"

#define SAME_NAME_MAX 999 /* "a (999).pdf" and no further */

FbkMsgRef *fbk_msg_ref_new(const char *account, const char *dir, const char *file)
{
  FbkMsgRef *ref = g_new0(FbkMsgRef, 1);
  ref->account = g_strdup(account);
  ref->dir = g_strdup(dir);
  ref->file = g_strdup(file);
  return ref;
}

void fbk_msg_ref_free(FbkMsgRef *ref)
{
  if (!ref)
    return;
  g_free(ref->account);
  g_free(ref->dir);
  g_free(ref->file);
  g_free(ref);
}

char *fbk_read_path(const FbkHome *home, const FbkMsgRef *ref, GError **err)
{
  g_autofree char *folder = fbk_home_folder_path(home, ref->account, ref->dir);
  g_autoptr(FbkMaildir) maildir = fbk_maildir_open(folder, err);
  return maildir ? fbk_maildir_find(maildir, ref->file, err) : NULL;
}

FbkMessage *fbk_read_message(const char *path, gsize stdin_cap, GError **err)
{
  if (!g_str_equal(path, "-"))
    return fbk_message_open(path, err);
  gsize len = 0;
  char *bytes = fbk_file_read(path, stdin_cap, &len, err);
  if (!bytes)
    return NULL;
  g_autoptr(GBytes) owned = g_bytes_new_take(bytes, len);
  return fbk_message_from_bytes(owned);
}

FbkPage *fbk_read_page(const FbkHome *home, const FbkMsgRef *ref, const FbkReadStyle *style, GError **err)
{
  g_autofree char *path = fbk_read_path(home, ref, err);
  g_autoptr(FbkMessage) message = path ? fbk_message_open(path, err) : NULL;
  if (!message)
    return NULL;
  FbkReadStyle complete = *style;
  if (!complete.guard)
    complete.guard = fbk_home_guard(home, fbk_home_account(home, ref->account));
  return fbk_page_make(message, &complete);
}

/* --- saving a part --- */

/* Where the numbering goes: before the last dot, unless that is the first character. */
static char *numbered_name(const char *name, guint number)
{
  if (number < 2)
    return g_strdup(name);
  const char *dot = strrchr(name, '.');
  gsize stem = dot && dot > name ? (gsize)(dot - name) : strlen(name);
  return g_strdup_printf("%.*s (%u)%s", (int)stem, name, number, name + stem);
}

/* A new file in directory, never over another one. */
static int create_numbered(const char *directory, const char *name, char **path_out, GError **err)
{
  for (guint number = 1; number <= SAME_NAME_MAX; number++) {
    g_autofree char *numbered = numbered_name(name, number);
    g_autofree char *path = g_build_filename(directory, numbered, NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) {
      *path_out = g_steal_pointer(&path);
      return fd;
    }
    if (errno != EEXIST) {
      fbk_error_set_errno(err, errno, _("Cannot save to %s"), path);
      return -1;
    }
  }
  fbk_error_set(err, FBK_ERR_EXISTS, _("There are too many files named %s. Save to another folder."), name);
  return -1;
}

static char *part_file_name(const FbkPart *part)
{
  static const char *const usual[][2] = {{"text/plain", "txt"},
                                         {"text/calendar", "ics"},
                                         {"message/rfc822", "eml"},
                                         {"application/octet-stream", "bin"}};
  const char *slash = strchr(part->type, '/');
  const char *suffix = slash ? slash + 1 : "bin";
  for (gsize i = 0; i < G_N_ELEMENTS(usual); i++)
    if (g_str_equal(part->type, usual[i][0]))
      suffix = usual[i][1];
  g_autofree char *fallback = g_strdup_printf("part-%u.%s", part->number, suffix);
  g_autofree char *clean_fallback = fbk_file_clean_name(fallback, "part.bin");
  return fbk_file_clean_name(part->name, clean_fallback);
}

gboolean fbk_read_save_part(const FbkHome *home, const FbkMsgRef *ref, guint number, const char *directory,
                            char **path_out, GError **err)
{
  g_autofree char *source = fbk_read_path(home, ref, err);
  g_autoptr(FbkMessage) message = source ? fbk_message_open(source, err) : NULL;
  return message && fbk_read_save_part_of(message, number, directory, path_out, err);
}

gboolean fbk_read_save_part_of(const FbkMessage *message, guint number, const char *directory,
                               char **path_out, GError **err)
{
  if (!number || number > message->leaves->len) {
    fbk_error_set(err, FBK_ERR_NOT_FOUND, _("This message has no part %u."), number);
    return FALSE;
  }
  const FbkPart *part = message->leaves->pdata[number - 1];
  g_autofree char *name = part_file_name(part);
  g_autofree char *path = NULL;
  int fd = create_numbered(directory, name, &path, err);
  if (fd < 0)
    return FALSE;
  gboolean saved = fbk_part_write(part, fd, err) && fbk_file_sync(fd, path, err);
  close(fd);
  if (!saved) {
    unlink(path);
    return FALSE;
  }
  *path_out = g_steal_pointer(&path);
  return TRUE;
}

/* --- flags --- */

/* The directory name of a folder, from the catalogue's list. */
static char *folder_dir(FbkCatalog *catalog, gint64 folder_id, GError **err)
{
  g_autoptr(GPtrArray) folders = fbk_catalog_folders(catalog, err);
  for (guint i = 0; folders && i < folders->len; i++) {
    const FbkFolder *folder = folders->pdata[i];
    if (folder->id == folder_id)
      return g_strdup(folder->dir);
  }
  if (folders)
    fbk_error_set(err, FBK_ERR_NOT_FOUND, _("That folder is gone. Open another one."));
  return NULL;
}

FbkMsgRef *fbk_read_ref(const char *account, FbkCatalog *catalog, gint64 id, GError **err)
{
  g_autoptr(FbkRows) row = fbk_catalog_row(catalog, id, err);
  g_autofree char *dir = row ? folder_dir(catalog, row->rows->folder_id, err) : NULL;
  return dir ? fbk_msg_ref_new(account, dir, row->rows->file) : NULL;
}

gboolean fbk_read_set_flags(const FbkHome *home, const char *account, FbkCatalog *catalog, gint64 id,
                            guint flags, GError **err)
{
  g_autoptr(FbkRows) row = fbk_catalog_row(catalog, id, err);
  g_autofree char *dir = row ? folder_dir(catalog, row->rows->folder_id, err) : NULL;
  if (!dir)
    return FALSE;
  if (row->rows->flags == flags)
    return TRUE;
  g_autofree char *path = fbk_home_folder_path(home, account, dir);
  g_autoptr(FbkMaildir) maildir = fbk_maildir_open(path, err);
  g_autofree char *name = NULL;
  if (!maildir || !fbk_maildir_set_flags(maildir, row->rows->file, flags, &name, err) ||
      !fbk_catalog_begin(catalog, err))
    return FALSE;
  if (fbk_catalog_local_flags(catalog, id, flags, err) && fbk_catalog_set_file(catalog, id, name, err) &&
      fbk_catalog_commit(catalog, err))
    return TRUE;
  fbk_catalog_rollback(catalog);
  return FALSE;
}

/* --- search --- */

/* "account/dir/cur/name" to the catalogue's row; 0 when it belongs elsewhere or is gone. */
static gboolean row_of_file(const FbkAccount *account, FbkCatalog *catalog, const char *file, gint64 *id_out,
                            GError **err)
{
  *id_out = 0;
  g_auto(GStrv) pieces = g_strsplit(file, "/", 4);
  if (g_strv_length(pieces) != 4 || !g_str_equal(pieces[0], account->name))
    return TRUE;
  g_autofree char *unique = fbk_maildir_unique(pieces[3]);
  return fbk_catalog_by_file(catalog, pieces[1], unique, id_out, err);
}

/* A mail that came to several accounts is one hit with a file in each. */
static gboolean row_of_hit(const FbkAccount *account, FbkCatalog *catalog, const FbkHit *hit, gint64 *id_out,
                           GError **err)
{
  gboolean fine = TRUE;
  *id_out = 0;
  for (char **file = hit->files; fine && *file && !*id_out; file++)
    fine = row_of_file(account, catalog, *file, id_out, err);
  return fine;
}

/* What stands open would swallow the condition that keeps the search to one account. */
static gboolean stands_in_pairs(const char *words, GError **err)
{
  int level = 0;
  gboolean quoted = FALSE;
  gboolean paired = TRUE;
  for (const char *at = words; *at && paired; at++) {
    quoted ^= *at == '"';
    if (!quoted)
      level += *at == '(' ? 1 : *at == ')' ? -1 : 0;
    paired = level >= 0;
  }
  if (paired && !quoted && !level)
    return TRUE;
  fbk_error_set(err, FBK_ERR_BAD_INPUT,
                _("A quotation mark or a bracket of this search has no partner; write them in pairs."));
  return FALSE;
}

static void append_row(FbkRows *rows, const FbkRow *row)
{
  FbkRow *copy = &rows->rows[rows->count++];
  *copy = *row;
  copy->subject = g_string_chunk_insert(rows->arena, row->subject);
  copy->from_name = g_string_chunk_insert(rows->arena, row->from_name);
  copy->from_address = g_string_chunk_insert(rows->arena, row->from_address);
  copy->message_id = g_string_chunk_insert(rows->arena, row->message_id);
  copy->file = g_string_chunk_insert(rows->arena, row->file);
  copy->depth = 0;
}

FbkRows *fbk_read_search(const FbkHome *home, const FbkAccount *account, FbkCatalog *catalog,
                         const char *query, guint offset, guint limit, guint *total_out,
                         GCancellable *cancellable, GError **err)
{
  /* "*" stands for all mail only when it stands alone. */
  g_autofree char *words = g_strstrip(g_strdup(query));
  if (!stands_in_pairs(words, err))
    return NULL;
  g_autofree char *scoped = g_str_equal(words, "*")
                                ? g_strdup_printf("path:\"%s/**\"", account->name)
                                : g_strdup_printf("(%s) and path:\"%s/**\"", words, account->name);
  g_autoptr(FbkHits) hits = fbk_search(home->mail_root, scoped, offset, limit, cancellable, err);
  if (!hits)
    return NULL;
  g_autoptr(FbkRows) rows = fbk_rows_new(hits->hits->len);
  for (guint i = 0; i < hits->hits->len; i++) {
    gint64 id;
    if (!row_of_hit(account, catalog, &g_array_index(hits->hits, FbkHit, i), &id, err))
      return NULL;
    g_autoptr(FbkRows) row = id ? fbk_catalog_row(catalog, id, NULL) : NULL;
    if (row)
      append_row(rows, row->rows);
  }
  rows->more_before = offset > 0;
  rows->more_after = offset + hits->hits->len < hits->total;
  if (total_out)
    *total_out = hits->total;
  return g_steal_pointer(&rows);
}
