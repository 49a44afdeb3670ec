/* The mark of a refused password. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/lockout.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "base/err.h"
#include "base/file.h"
#include "base/ini.h"
#include "base/log.h"

static char *mark_path(const FbkHome *home, const FbkAccount *account)
{
  g_autofree char *name = g_strconcat(account->name, ".refused", NULL);
  return g_build_filename(home->paths->state, name, NULL);
}

gboolean fbk_lockout_check(const FbkHome *home, const FbkAccount *account, GError **err)
{
  g_autofree char *path = mark_path(home, account);
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_autoptr(FbkIni) ini = fbk_ini_read(path, NULL);
  const char *host = ini ? fbk_ini_get(ini, "", "host") : NULL;
  const char *when = ini ? fbk_ini_get(ini, "", "when") : NULL;
  fbk_error_set(
      err, FBK_ERR_AUTH,
      _("%s refused the password of '%s' (%s). It is not tried again until you give it anew, so that the "
        "account is not locked."),
      host ? host : "?", account->name, when ? when : "?");
  return FALSE;
}

void fbk_lockout_note(const FbkHome *home, const FbkAccount *account, const char *host)
{
  g_autofree char *path = mark_path(home, account);
  g_autoptr(GDateTime) now = g_date_time_new_now_local();
  g_autofree char *when = g_date_time_format(now, "%Y-%m-%d %H:%M");
  g_autoptr(GString) text = g_string_new(NULL);
  fbk_ini_append(text, "host", host);
  fbk_ini_append(text, "when", when);
  g_autoptr(GError) err = NULL;
  if (!fbk_file_make_dir(home->paths->state, &err) || !fbk_file_write(path, text->str, text->len, &err))
    fbk_log("lockout", "%s", err->message);
}

void fbk_lockout_clear(const FbkHome *home, const FbkAccount *account)
{
  g_autofree char *path = mark_path(home, account);
  g_unlink(path);
}
