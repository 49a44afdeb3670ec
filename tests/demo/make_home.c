/* Makes a throw-away home with a sample mailbox: one account, no server. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "base/file.h"
#include "flow/home.h"
#include "flow/indexing.h"
#include "mail/parse.h"
#include "store/catalog.h"
#include "store/maildir.h"

#define SAMPLE_MAX (64 * 1024 * 1024)

static void insist(gboolean ok, GError *err)
{
  if (!ok)
    g_error("%s", err ? err->message : "failed");
}

static FbkAccount *demo_account(void)
{
  FbkAccount *account = fbk_account_new();
  char **fields[] = {&account->name, &account->profile, &account->user, &account->address,
                     &account->real_name};
  const char *values[] = {"demo", "jaist", "s2410001", "taro@jaist.ac.jp", "文箱 太郎"};
  for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
    g_free(*fields[i]);
    *fields[i] = g_strdup(values[i]);
  }
  account->incoming = fbk_server_new(FBK_PROTOCOL_IMAP, "mail.demo.invalid", 993, FBK_SECURITY_TLS);
  account->outgoing = fbk_server_new(FBK_PROTOCOL_SMTP, "mail.demo.invalid", 465, FBK_SECURITY_TLS);
  account->poll_minutes = 60;
  return account;
}

static FbkFolder *put_folder(FbkCatalog *catalog, const char *name)
{
  GError *err = NULL;
  FbkFolder folder = {.name = (char *)name, .path = (char *)name, .delimiter = '/', .selectable = TRUE};
  folder.role = g_str_equal(name, "INBOX")  ? FBK_ROLE_INBOX
                : g_str_equal(name, "Sent") ? FBK_ROLE_SENT
                : g_str_equal(name, "Junk") ? FBK_ROLE_JUNK
                                            : FBK_ROLE_NONE;
  gint64 id = 0;
  insist(fbk_catalog_put_folder(catalog, &folder, &id, &err), err);
  g_autoptr(GPtrArray) folders = fbk_catalog_folders(catalog, &err);
  for (guint i = 0; folders && i < folders->len; i++)
    if (((FbkFolder *)folders->pdata[i])->id == id)
      return fbk_folder_copy(folders->pdata[i]);
  g_assert_not_reached();
}

/* As a fetch would: into the Maildir, then a row. "x.seen.eml" has been read. */
static void deliver(FbkCatalog *catalog, FbkMaildir *maildir, const FbkFolder *folder, const char *path,
                    guint32 uid)
{
  GError *err = NULL;
  gsize len = 0;
  g_autofree char *bytes = fbk_file_read(path, SAMPLE_MAX, &len, &err);
  insist(bytes != NULL, err);
  g_autofree char *unique = fbk_maildir_imap_name(1, uid);
  g_autoptr(FbkDelivery) delivery = fbk_delivery_begin(maildir, unique, &err);
  insist(delivery && fbk_delivery_write(delivery, bytes, len, &err), err);
  guint flags = g_str_has_suffix(path, ".seen.eml") ? FBK_FLAG_SEEN : 0;
  g_autofree char *name = NULL;
  insist(fbk_maildir_commit(maildir, &delivery, &flags, 1, &name, &err), err);
  g_autofree char *stored = g_build_filename(fbk_maildir_path(maildir), "cur", name, NULL);
  gboolean has_attachment = FALSE;
  g_autoptr(FbkEnvelope) envelope = fbk_envelope_read(stored, &has_attachment, &err);
  insist(envelope != NULL, err);
  FbkNewRow row = {.uid = uid,
                   .flags = flags,
                   .size = len,
                   .file = name,
                   .digest = fbk_delivery_digest(delivery),
                   .arrived = envelope->date,
                   .has_attachment = has_attachment,
                   .envelope = envelope};
  gint64 id;
  insist(fbk_catalog_add(catalog, folder->id, &row, &id, &err), err);
}

static int by_name(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void fill_folder(const FbkHome *home, FbkCatalog *catalog, const char *samples, const char *name)
{
  GError *err = NULL;
  g_autofree char *source = g_build_filename(samples, name, NULL);
  g_autoptr(GDir) listing = g_dir_open(source, 0, &err);
  insist(listing != NULL, err);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  for (const char *entry; (entry = g_dir_read_name(listing));)
    if (g_str_has_suffix(entry, ".eml"))
      g_ptr_array_add(paths, g_build_filename(source, entry, NULL));
  g_ptr_array_sort(paths, by_name);
  g_autoptr(FbkFolder) folder = put_folder(catalog, name);
  g_autofree char *target = fbk_home_folder_path(home, "demo", folder->dir);
  g_autoptr(FbkMaildir) maildir = fbk_maildir_open(target, &err);
  insist(maildir != NULL, err);
  for (guint i = 0; i < paths->len; i++)
    deliver(catalog, maildir, folder, paths->pdata[i], i + 1);
}

int main(int argc, char **argv)
{
  fbk_paths_prepare_process();
  setlocale(LC_ALL, "C.UTF-8");
  gboolean no_index = argc > 1 && g_str_equal(argv[1], "--no-index");
  argv += no_index;
  argc -= no_index;
  if (argc < 4) {
    g_printerr("usage: make_home [--no-index] HOME SAMPLES FOLDER...\n");
    return 64;
  }
  GError *err = NULL;
  g_autoptr(FbkNet) net = fbk_net_new();
  g_autoptr(FbkHome) empty = fbk_home_open(argv[1], net, &err);
  insist(empty != NULL, err);
  g_autoptr(FbkAccount) account = demo_account();
  insist(fbk_file_make_dir(empty->accounts_dir, &err) && fbk_file_make_dir(empty->paths->data, &err) &&
             fbk_account_write(empty->accounts_dir, account, TRUE, &err),
         err);
  g_autofree char *path = fbk_home_catalog_path(empty, "demo");
  g_autoptr(FbkCatalog) catalog = fbk_catalog_open(path, NULL, &err);
  insist(catalog && fbk_catalog_begin(catalog, &err), err);
  for (int i = 3; i < argc; i++)
    fill_folder(empty, catalog, argv[2], argv[i]);
  insist(fbk_catalog_commit(catalog, &err), err);
  FbkIndexingReport report = {0};
  insist(no_index || fbk_indexing_run(empty, account, FALSE, NULL, NULL, &report, &err), err);
  g_print("%u messages indexed, %u refused\n", report.indexed, report.refused);
  return 0;
}
