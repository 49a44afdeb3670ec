/* Opening the only context. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/home.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/ini.h"
#include "base/log.h"

/* A whole number between least and most, or a complaint with its line. */
static gboolean read_number(const FbkIni *ini, const FbkIniEntry *entry, int least, int most, int *out,
                            GError **err)
{
  gint64 value;
  if (!g_ascii_string_to_signed(entry->value, 10, least, most, &value, NULL)) {
    fbk_ini_complain(ini, entry->line, err, _("%s must be a number from %d to %d"), entry->key, least, most);
    return FALSE;
  }
  *out = (int)value;
  return TRUE;
}

static gboolean read_settings(const char *path, FbkSettings *settings, GError **err)
{
  g_autoptr(GError) missing = NULL;
  if (!fbk_file_check_private(path, FALSE, &missing)) {
    if (g_error_matches(missing, FBK_ERROR, FBK_ERR_NOT_FOUND))
      return TRUE;
    g_propagate_error(err, g_steal_pointer(&missing));
    return FALSE;
  }
  g_autoptr(FbkIni) ini = fbk_ini_read(path, err);
  if (!ini)
    return FALSE;
  for (guint i = 0; i < ini->entries->len; i++) {
    const FbkIniEntry *entry = ini->entries->pdata[i];
    gboolean read = FALSE;
    if (!g_str_equal(entry->section, "screen"))
      fbk_ini_complain(ini, entry->line, err, _("there is no section [%s] here"), entry->section);
    else if (g_str_equal(entry->key, "hints"))
      read = read_number(ini, entry, 0, 2, &settings->hints, err);
    else if (!g_str_equal(entry->key, "ambiguous_width"))
      fbk_ini_complain(ini, entry->line, err, _("there is no setting '%s'"), entry->key);
    else if (g_str_equal(entry->value, "auto"))
      read = TRUE;
    else
      read = read_number(ini, entry, 1, 2, &settings->ambiguous_width, err);
    if (!read)
      return FALSE;
  }
  return TRUE;
}

FbkHome *fbk_home_open(const char *dir, const FbkNet *net, GError **err)
{
  g_autoptr(FbkHome) home = g_new0(FbkHome, 1);
  g_autofree char *absolute = dir ? g_canonicalize_filename(dir, NULL) : NULL;
  home->dir = g_steal_pointer(&absolute);
  home->net = net;
  home->paths = fbk_paths_new(home->dir);
  home->accounts_dir = g_build_filename(home->paths->config, "accounts.d", NULL);
  home->mail_root = g_build_filename(home->paths->data, "mail", NULL);
  home->settings.hints = 2;
  home->no_guard = fbk_guard_new();
  home->all_guard = fbk_guard_new();
  g_autofree char *config = g_build_filename(home->paths->config, "config.ini", NULL);
  g_autofree char *profiles = g_build_filename(home->paths->config, "profiles", NULL);
  if (!read_settings(config, &home->settings, err) ||
      !(home->profiles = fbk_profile_read_all(profiles, err)) ||
      !(home->accounts = fbk_account_read_all(home->accounts_dir, err)))
    return NULL;
  for (guint i = 0; i < home->profiles->len; i++)
    fbk_guard_add_all(home->all_guard, ((FbkProfile *)home->profiles->pdata[i])->guard);
  if (!fbk_file_make_dir(home->paths->state, err))
    return NULL;
  g_autofree char *log = g_build_filename(home->paths->state, "log", NULL);
  fbk_log_open(log);
  return g_steal_pointer(&home);
}

void fbk_home_free(FbkHome *home)
{
  if (!home)
    return;
  g_free(home->dir);
  g_clear_pointer(&home->paths, fbk_paths_free);
  g_free(home->accounts_dir);
  g_free(home->mail_root);
  g_clear_pointer(&home->profiles, g_ptr_array_unref);
  g_clear_pointer(&home->accounts, g_ptr_array_unref);
  g_clear_pointer(&home->no_guard, fbk_guard_free);
  g_clear_pointer(&home->all_guard, fbk_guard_free);
  g_free(home);
}

const FbkAccount *fbk_home_account(const FbkHome *home, const char *name)
{
  for (guint i = 0; i < home->accounts->len; i++) {
    const FbkAccount *account = home->accounts->pdata[i];
    if (!name || g_str_equal(account->name, name))
      return account;
  }
  return NULL;
}

const FbkProfile *fbk_home_profile(const FbkHome *home, const FbkAccount *account)
{
  return *account->profile ? fbk_profile_find(home->profiles, account->profile) : NULL;
}

const FbkGuard *fbk_home_guard(const FbkHome *home, const FbkAccount *account)
{
  if (!account)
    return home->all_guard;
  const FbkProfile *profile = fbk_home_profile(home, account);
  return profile ? profile->guard : home->no_guard;
}

char *fbk_home_catalog_path(const FbkHome *home, const char *account)
{
  g_autofree char *name = g_strconcat(account, ".catalog", NULL);
  return g_build_filename(home->paths->data, name, NULL);
}

char *fbk_home_folder_path(const FbkHome *home, const char *account, const char *dir)
{
  return g_build_filename(home->mail_root, account, dir, NULL);
}

char *fbk_home_lock_path(const FbkHome *home, const char *account)
{
  g_autofree char *name = g_strconcat(account, ".sync.lock", NULL);
  return g_build_filename(home->paths->state, name, NULL);
}
