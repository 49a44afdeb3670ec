/* A home with one account and its mail. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/shared/desk.h"

#include <string.h>

#include "base/file.h"
#include "mail/parse.h"
#include "store/maildir.h"
#include "tests/shared/stage.h"

static void write_account(const Desk *desk)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkAccount) account = fbk_account_new();
  char **fields[] = {&account->name, &account->profile, &account->user, &account->address};
  const char *values[] = {"taro", "jaist", "s2410001", "taro@jaist.ac.jp"};
  for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
    g_free(*fields[i]);
    *fields[i] = g_strdup(values[i]);
  }
  account->incoming = fbk_server_new(FBK_PROTOCOL_IMAP, "mail.demo.invalid", 993, FBK_SECURITY_TLS);
  g_assert_true(fbk_file_make_dir(desk->home->accounts_dir, &err) &&
                fbk_file_make_dir(desk->home->paths->data, &err) &&
                fbk_account_write(desk->home->accounts_dir, account, TRUE, &err));
  g_assert_no_error(err);
}

void desk_set_up(Desk *desk, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL;
  g_setenv("TZ", "UTC", TRUE);
  desk->dir = fbk_stage_new();
  desk->net = fbk_net_new();
  desk->home = fbk_home_open(desk->dir, desk->net, &err);
  g_assert_no_error(err);
  write_account(desk);
  fbk_home_free(desk->home);
  desk->home = fbk_home_open(desk->dir, desk->net, &err);
  g_assert_no_error(err);
  g_autofree char *path = fbk_home_catalog_path(desk->home, "taro");
  desk->catalog = fbk_catalog_open(path, NULL, &err);
  g_assert_no_error(err);
  desk->inbox = desk_folder(desk, "INBOX", FBK_ROLE_INBOX);
}

void desk_tear_down(Desk *desk, gconstpointer data)
{
  (void)data;
  fbk_catalog_free(desk->catalog);
  fbk_home_free(desk->home);
  fbk_net_free(desk->net);
  fbk_stage_free(desk->dir);
  g_free(desk->dir);
}

gint64 desk_folder(Desk *desk, const char *name, FbkRole role)
{
  g_autoptr(GError) err = NULL;
  const FbkFolder folder = {
      .name = (char *)name, .path = (char *)name, .delimiter = '/', .role = role, .selectable = TRUE};
  gint64 id = 0;
  fbk_catalog_put_folder(desk->catalog, &folder, &id, &err);
  g_assert_no_error(err);
  return id;
}

gint64 desk_row(Desk *desk, gint64 folder, guint32 uid, guint flags, gint64 date, const char *from,
                const char *subject)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkEnvelope) envelope = fbk_envelope_new();
  g_autofree char *file = g_strdup_printf("7.%u.fubako:2,", uid);
  g_autofree char *digest = g_strdup_printf("%064x", uid);
  g_free(envelope->message_id);
  g_free(envelope->subject);
  envelope->message_id = g_strdup_printf("%u@x", uid);
  envelope->subject = g_strdup(subject);
  envelope->date = date;
  g_ptr_array_add(envelope->from, fbk_address_new(from, "sender@example.jp"));
  const FbkNewRow row = {
      .uid = uid, .flags = flags, .file = file, .digest = digest, .arrived = date, .envelope = envelope};
  gint64 id = 0;
  fbk_catalog_add(desk->catalog, folder, &row, &id, &err);
  g_assert_no_error(err);
  return id;
}

void desk_rows(Desk *desk, gint64 folder, guint32 first, guint32 last)
{
  g_autoptr(GError) err = NULL;
  fbk_catalog_begin(desk->catalog, &err);
  for (guint32 uid = first; uid <= last; uid++) {
    g_autofree char *subject = g_strdup_printf("Mail %u", uid);
    desk_row(desk, folder, uid, FBK_FLAG_SEEN, DESK_NOON - (gint64)uid * 60, "Sender", subject);
  }
  fbk_catalog_commit(desk->catalog, &err);
  g_assert_no_error(err);
}

static char *folder_dir(Desk *desk, gint64 id)
{
  g_autoptr(GPtrArray) folders = fbk_catalog_folders(desk->catalog, NULL);
  for (guint i = 0; i < folders->len; i++) {
    const FbkFolder *folder = folders->pdata[i];
    if (folder->id == id)
      return fbk_home_folder_path(desk->home, "taro", folder->dir);
  }
  g_assert_not_reached();
}

gint64 desk_mail(Desk *desk, gint64 folder, guint32 uid, guint flags, const char *message)
{
  g_autoptr(GError) err = NULL;
  g_autofree char *path = folder_dir(desk, folder);
  g_autofree char *unique = fbk_maildir_imap_name(1, uid);
  g_autoptr(FbkMaildir) maildir = fbk_maildir_open(path, &err);
  g_assert_no_error(err);
  g_autoptr(FbkDelivery) delivery = fbk_delivery_begin(maildir, unique, &err);
  g_autofree char *name = NULL;
  g_assert_true(delivery && fbk_delivery_write(delivery, message, strlen(message), &err) &&
                fbk_maildir_commit(maildir, &delivery, &flags, 1, &name, &err));
  g_autofree char *stored = g_build_filename(path, "cur", name, NULL);
  gboolean has_attachment = FALSE;
  g_autoptr(FbkEnvelope) envelope = fbk_envelope_read(stored, &has_attachment, &err);
  g_assert_no_error(err);
  const FbkNewRow row = {.uid = uid,
                         .flags = flags,
                         .size = strlen(message),
                         .file = name,
                         .digest = fbk_delivery_digest(delivery),
                         .arrived = envelope->date,
                         .has_attachment = has_attachment,
                         .envelope = envelope};
  gint64 id = 0;
  fbk_catalog_add(desk->catalog, folder, &row, &id, &err);
  g_assert_no_error(err);
  return id;
}
