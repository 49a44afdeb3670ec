/* The account's index, and whether Japanese is found at all. SPDX-License-Identifier: GPL-3.0-or-later */
#include <ftw.h>
#include <glib/gi18n.h>
#include <stdio.h>

#include "base/file.h"
#include "flow/doctor_inner.h"
#include "store/catalog.h"
#include "store/index.h"
#include "store/search.h"

/* --- the account's own --- */

static gboolean opens(FbkDoctor *doctor, GCancellable *cancellable)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(FbkHits) hits = fbk_search(doctor->home->mail_root, "*", 0, 1, cancellable, &failure);
  if (!hits)
    fbk_check_error(doctor->here, "index", failure);
  return hits != NULL;
}

static void check_counts(FbkDoctor *doctor, FbkCatalog *catalog)
{
  guint waiting = 0, refused = 0;
  g_autoptr(GError) failure = NULL;
  if (!fbk_catalog_index_counts(catalog, &waiting, &refused, &failure))
    fbk_check_error(doctor->here, "index", failure);
  else if (waiting)
    fbk_check_warn(doctor->here, "index", _("Run: fubako index"),
                   _("it opens; waiting to be indexed: %u; not indexable: %u"), waiting, refused);
  else
    fbk_check_passed(doctor->here, "index", _("it opens; everything is indexed; not indexable: %u"), refused);
}

static void check_index(FbkDoctor *doctor, GCancellable *cancellable)
{
  g_autofree char *index = g_build_filename(doctor->home->mail_root, ".notmuch", NULL);
  g_autofree char *path = fbk_home_catalog_path(doctor->home, doctor->account->name);
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    fbk_check_warn(doctor->here, "index", _("Run: fubako sync"), _("no mail was fetched yet"));
    return;
  }
  if (!g_file_test(index, G_FILE_TEST_EXISTS)) {
    fbk_check_warn(doctor->here, "index", _("Run: fubako index"), _("there is none yet"));
    return;
  }
  g_autoptr(GError) failure = NULL;
  gboolean rebuilt = FALSE;
  if (!opens(doctor, cancellable))
    return;
  g_autoptr(FbkCatalog) catalog = fbk_catalog_open(path, &rebuilt, &failure);
  if (!catalog)
    fbk_check_error(doctor->here, "index", failure);
  else if (rebuilt)
    fbk_check_warn(doctor->here, "index", _("Run: fubako sync"),
                   _("the list of mail was damaged; it was set aside and is filled anew"));
  else
    check_counts(doctor, catalog);
}

/* --- Japanese --- */

/* The words sought stand in the middle of longer ones: found only where pairs of characters are indexed. */
static const char sample[] = "From: test@example.org\n"
                             "To: test@example.org\n"
                             "Subject: =?UTF-8?B?6ZmE5bGe5Zuz5pu46aSo44Gu5LyR6aSo5pel?=\n"
                             "Date: Mon, 2 Nov 2026 09:00:00 +0900\n"
                             "Message-ID: <japanese-search@example.org>\n"
                             "MIME-Version: 1.0\n"
                             "Content-Type: text/plain; charset=UTF-8\n"
                             "Content-Transfer-Encoding: 8bit\n\n"
                             "明日は創立記念日のため休講です。\n";

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
  (void)status;
  (void)kind;
  (void)place;
  return remove(path);
}

static gboolean finds(const char *root, const char *words, gboolean *found_out, GCancellable *cancellable,
                      GError **err)
{
  g_autoptr(FbkHits) hits = fbk_search(root, words, 0, 1, cancellable, err);
  *found_out = hits && hits->total == 1;
  return hits != NULL;
}

static gboolean try_japanese(const char *root, gboolean *found_out, GCancellable *cancellable, GError **err)
{
  g_autofree char *directory = g_build_filename(root, "try", "Inbox", "cur", NULL);
  g_autofree char *path = g_build_filename(directory, "1:2,S", NULL);
  char *files[] = {(char *)"try/Inbox/cur/1:2,S", NULL};
  char *none[] = {NULL};
  FbkIndexed result = FBK_NOT_INDEXABLE;
  gboolean in_body = FALSE, in_subject = FALSE;
  if (!fbk_file_make_dir(directory, err) || !fbk_file_write(path, sample, sizeof sample - 1, err) ||
      !fbk_index_batch(root, files, 1, none, &result, cancellable, err) ||
      !finds(root, "記念日", &in_body, cancellable, err) ||
      !finds(root, "subject:図書館", &in_subject, cancellable, err))
    return FALSE;
  *found_out = result == FBK_INDEXED && in_body && in_subject;
  return TRUE;
}

static void check_japanese(FbkDoctor *doctor, GCancellable *cancellable)
{
  g_autoptr(GError) failure = NULL;
  GError *foreign = NULL;
  gboolean found = FALSE;
  g_autofree char *root = g_dir_make_tmp("fubako-doctor.XXXXXX", &foreign);
  if (!root) {
    fbk_error_take(&failure, foreign, _("No directory can be made for a trial"));
    fbk_check_error(doctor->here, "japanese", failure);
    return;
  }
  /* libnotmuch ends the process where the disk is full: it is not asked then. */
  guint64 space = 0;
  if (fbk_doctor_space(root, &space) && space < FBK_DOCTOR_SPACE)
    fbk_check_warn(doctor->here, "japanese", _("Free some space there, then try again."),
                   _("not tried: there is too little space in %s"), g_get_tmp_dir());
  else if (!try_japanese(root, &found, cancellable, &failure))
    fbk_check_error(doctor->here, "japanese", failure);
  else if (found)
    fbk_check_passed(doctor->here, "japanese", _("words inside a sentence are found"));
  else
    fbk_check_failed(
        doctor->here, "japanese", FBK_ERR_NOT_FOUND,
        _("The notmuch library of this computer does not find Japanese words: ask its administrator "
          "for a newer one."),
        _("a word inside a sentence is not found"));
  (void)nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

void fbk_doctor_search(FbkDoctor *doctor, GCancellable *cancellable)
{
  if (doctor->account)
    check_index(doctor, cancellable);
  else if (!doctor->home->accounts->len)
    fbk_check_warn(doctor->here, "account", _("`fubako setup` makes one."), _("there is no account yet"));
  check_japanese(doctor, cancellable);
}
