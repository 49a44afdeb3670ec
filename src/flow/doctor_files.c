/* Free space and permissions. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/file.h"
#include "flow/doctor_inner.h"

#define SPACE_WARNED (G_GUINT64_CONSTANT(500) << 20)

gboolean fbk_doctor_space(const char *path, guint64 *bytes_out)
{
  g_autofree char *at = g_strdup(path);
  struct statvfs disk;
  while (statvfs(at, &disk)) {
    if (g_str_equal(at, "/") || g_str_equal(at, "."))
      return FALSE;
    char *parent = g_path_get_dirname(at); /* nothing was fetched yet */
    g_free(at);
    at = parent;
  }
  *bytes_out = (guint64)disk.f_bavail * disk.f_frsize;
  return TRUE;
}

static void check_space(FbkDoctor *doctor)
{
  guint64 space = 0;
  if (!fbk_doctor_space(doctor->home->paths->data, &space)) {
    fbk_check_warn(doctor->here, "disk", NULL, _("not told"));
    return;
  }
  g_autofree char *size = g_format_size_full(space, G_FORMAT_SIZE_IEC_UNITS);
  if (space < FBK_DOCTOR_SPACE)
    fbk_check_failed(
        doctor->here, "disk", FBK_ERR_NO_SPACE,
        _("Delete what you do not need, or ask for more space; no mail can be fetched meanwhile."),
        _("%s for mail"), size);
  else if (space < SPACE_WARNED)
    fbk_check_warn(doctor->here, "disk", _("Free some space soon: mail and its search index need it."),
                   _("%s for mail"), size);
  else
    fbk_check_passed(doctor->here, "disk", _("%s for mail"), size);
}

/* FALSE, with a warning written down, where others may look into a directory of ours. */
static gboolean is_closed(FbkDoctor *doctor, const char *directory)
{
  struct stat status;
  if (stat(directory, &status) || !(status.st_mode & 077))
    return TRUE;
  g_autofree char *quoted = g_shell_quote(directory);
  g_autofree char *hint = g_strdup_printf(_("Run: chmod 700 %s"), quoted);
  fbk_check_warn(doctor->here, "permissions", hint, _("others on this computer can look into %s"), directory);
  return FALSE;
}

static gboolean is_private(FbkDoctor *doctor, const char *path, gboolean holds_secrets)
{
  g_autoptr(GError) failure = NULL;
  if (fbk_file_check_private(path, holds_secrets, &failure) ||
      g_error_matches(failure, FBK_ERROR, FBK_ERR_NOT_FOUND))
    return TRUE;
  fbk_check_error(doctor->here, "permissions", failure);
  return FALSE;
}

static void check_permissions(FbkDoctor *doctor)
{
  const FbkHome *home = doctor->home;
  gboolean fine = is_closed(doctor, home->paths->config) & is_closed(doctor, home->paths->data) &
                  is_closed(doctor, home->paths->state);
  g_autofree char *config = g_build_filename(home->paths->config, "config.ini", NULL);
  fine &= is_private(doctor, config, FALSE);
  for (guint i = 0; i < home->accounts->len; i++) {
    const FbkAccount *account = home->accounts->pdata[i];
    g_autofree char *own = g_strconcat(account->name, ".ini", NULL);
    g_autofree char *sealed = g_strconcat(account->name, ".secret.gpg", NULL);
    g_autofree char *own_path = g_build_filename(home->accounts_dir, own, NULL);
    g_autofree char *sealed_path = g_build_filename(home->accounts_dir, sealed, NULL);
    fine &= is_private(doctor, own_path, TRUE) & is_private(doctor, sealed_path, TRUE);
    if (*account->prefix_file)
      fine &= is_private(doctor, account->prefix_file, TRUE);
  }
  if (fine)
    fbk_check_passed(doctor->here, "permissions", _("only you can read mail, accounts and settings"));
}

void fbk_doctor_files(FbkDoctor *doctor)
{
  check_space(doctor);
  check_permissions(doctor);
}
