/* A catalogue in a directory of its own, for the tests of store. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/shared/shelf.h"

#include <glib/gstdio.h>

gint64 shelf_put_folder(FbkCatalog *catalog, const char *name, const char *path, FbkRole role)
{
  g_autoptr(GError) err = NULL;
  FbkFolder folder = {
      .name = (char *)name, .path = (char *)path, .delimiter = '/', .role = role, .selectable = TRUE};
  gint64 id = 0;
  fbk_catalog_put_folder(catalog, &folder, &id, &err);
  g_assert_no_error(err);
  return id;
}

void shelf_set_up(Shelf *shelf, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL;
  gboolean rebuilt = TRUE;
  shelf->dir = g_dir_make_tmp("fubako-XXXXXX", NULL);
  shelf->path = g_build_filename(shelf->dir, "catalog.db", NULL);
  shelf->catalog = fbk_catalog_open(shelf->path, &rebuilt, &err);
  g_assert_no_error(err);
  g_assert_false(rebuilt);
  shelf->inbox = shelf_put_folder(shelf->catalog, "INBOX", "INBOX", FBK_ROLE_INBOX);
}

void shelf_tear_down(Shelf *shelf, gconstpointer data)
{
  (void)data;
  fbk_catalog_free(shelf->catalog);
  g_autoptr(GDir) dir = g_dir_open(shelf->dir, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *path = g_build_filename(shelf->dir, name, NULL);
    g_remove(path);
  }
  g_rmdir(shelf->dir);
  g_free(shelf->path);
  g_free(shelf->dir);
}

FbkEnvelope *shelf_envelope(const char *id, const char *reply_to, const char *subject, gint64 date)
{
  FbkEnvelope *made = fbk_envelope_new();
  g_free(made->message_id);
  g_free(made->in_reply_to);
  g_free(made->subject);
  made->message_id = g_strdup(id);
  made->in_reply_to = g_strdup(reply_to);
  made->subject = g_strdup(subject);
  made->date = date;
  g_ptr_array_add(made->from, fbk_address_new("山田太郎", "taro@jaist.example"));
  return made;
}

gboolean shelf_try_add(FbkCatalog *catalog, gint64 folder, guint32 uid, guint flags, const char *message_id,
                       gint64 date, gint64 *id_out, GError **err)
{
  g_autoptr(FbkEnvelope) header = shelf_envelope(message_id, "", "件名", date);
  g_autofree char *file = g_strdup_printf("7.%u.fubako:2,", uid);
  g_autofree char *digest = g_strdup_printf("%064x", uid);
  FbkNewRow row = {.uid = uid,
                   .flags = flags,
                   .size = 1000 + uid,
                   .file = file,
                   .digest = digest,
                   .arrived = NOON,
                   .envelope = header};
  return fbk_catalog_add(catalog, folder, &row, id_out, err);
}

gint64 shelf_add(FbkCatalog *catalog, gint64 folder, guint32 uid, guint flags, gint64 date)
{
  g_autoptr(GError) err = NULL;
  g_autofree char *message_id = g_strdup_printf("%u@x", uid);
  gint64 id = 0;
  shelf_try_add(catalog, folder, uid, flags, message_id, date, &id, &err);
  g_assert_no_error(err);
  return id;
}

char *shelf_page(FbkCatalog *catalog, gint64 folder, FbkOrder order, FbkPageWhere where, gint64 anchor,
                 guint limit)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkRows) rows = fbk_catalog_page(catalog, folder, order, where, anchor, limit, &err);
  g_assert_no_error(err);
  GString *text = g_string_new(rows->more_before ? "<" : "");
  for (guint i = 0; i < rows->count; i++)
    g_string_append_printf(text, "%s%u", i > 0 ? " " : "", rows->rows[i].uid);
  g_string_append(text, rows->more_after ? ">" : "");
  return g_string_free(text, FALSE);
}

void shelf_assert_page(FbkCatalog *catalog, gint64 folder, FbkOrder order, FbkPageWhere where, gint64 anchor,
                       const char *expected)
{
  g_autofree char *got = shelf_page(catalog, folder, order, where, anchor, 3);
  g_assert_cmpstr(got, ==, expected);
}

void shelf_assert_counts(FbkCatalog *catalog, guint index, guint total, guint unread)
{
  g_autoptr(GPtrArray) folders = fbk_catalog_folders(catalog, NULL);
  const FbkFolder *folder = g_ptr_array_index(folders, index);
  g_assert_cmpuint(folder->total, ==, total);
  g_assert_cmpuint(folder->unread, ==, unread);
}
