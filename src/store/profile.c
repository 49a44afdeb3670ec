/* Finds profiles, built in and of the person, and answers from them. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "store/profile_inner.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"

#define SHIPPED "/fubako/profiles/"
#define SUFFIX ".conf"

/* Without the suffix: "jaist" comes before "jaist-da". */
static int compare_names(gconstpointer left_pointer, gconstpointer right_pointer)
{
  const char *left = *(const char *const *)left_pointer, *right = *(const char *const *)right_pointer;
  gsize left_len = strlen(left) - strlen(SUFFIX), right_len = strlen(right) - strlen(SUFFIX);
  int order = memcmp(left, right, MIN(left_len, right_len));
  return order != 0 ? order : (left_len > right_len) - (left_len < right_len);
}

GBytes *fbk_profile_shipped_text(const char *name)
{
  g_autofree char *path = g_strconcat(SHIPPED, name, SUFFIX, NULL);
  return g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}

static gboolean read_shipped(GPtrArray *profiles, GError **err)
{
  g_auto(GStrv) names = g_resources_enumerate_children(SHIPPED, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  guint count = names != NULL ? g_strv_length(names) : 0;
  if (count > 0)
    qsort(names, count, sizeof *names, compare_names);
  for (guint i = 0; i < count; i++) {
    g_autofree char *path = g_strconcat(SHIPPED, names[i], NULL);
    g_autoptr(GBytes) text = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    gsize len = 0;
    const char *bytes = text != NULL ? g_bytes_get_data(text, &len) : "";
    g_autoptr(FbkIni) ini = fbk_ini_parse(names[i], bytes, len, err);
    FbkProfile *profile = ini != NULL ? fbk_profile_parse(ini, err) : NULL;
    if (profile == NULL)
      return FALSE;
    g_ptr_array_add(profiles, profile);
  }
  return TRUE;
}

/* Takes the place of a built-in one; a second file with the same name is a mistake. */
static gboolean add_own(GPtrArray *profiles, FbkProfile *profile, GError **err)
{
  for (guint i = 0; i < profiles->len; i++) {
    FbkProfile *other = g_ptr_array_index(profiles, i);
    if (strcmp(other->name, profile->name) != 0)
      continue;
    if (*other->path != '\0') {
      fbk_error_set(err, FBK_ERR_BAD_INPUT,
                    _("%s and %s are both named \"%s\"; give one of them another name."), other->path,
                    profile->path, profile->name);
      fbk_profile_free(profile);
      return FALSE;
    }
    fbk_profile_free(other);
    g_ptr_array_index(profiles, i) = profile;
    return TRUE;
  }
  g_ptr_array_add(profiles, profile);
  return TRUE;
}

static gboolean read_own(GPtrArray *profiles, const char *path, GError **err)
{
  /* It names the host that gets the password. */
  if (!fbk_file_check_private(path, FALSE, err))
    return FALSE;
  g_autoptr(FbkIni) ini = fbk_ini_read(path, err);
  FbkProfile *profile = ini != NULL ? fbk_profile_parse(ini, err) : NULL;
  if (profile == NULL)
    return FALSE;
  g_free(profile->path);
  profile->path = g_strdup(path);
  return add_own(profiles, profile, err);
}

static gboolean read_directory(GPtrArray *profiles, const char *directory, GError **err)
{
  g_autoptr(GError) foreign = NULL;
  g_autoptr(GDir) dir = g_dir_open(directory, 0, &foreign);
  if (dir == NULL) {
    if (g_error_matches(foreign, G_FILE_ERROR, G_FILE_ERROR_NOENT))
      return TRUE;
    fbk_error_take(err, g_steal_pointer(&foreign), _("Cannot read the profiles"));
    return FALSE;
  }
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir))
    if (name[0] != '.' && g_str_has_suffix(name, SUFFIX))
      g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename(directory, g_ptr_array_index(names, i), NULL);
    if (!read_own(profiles, path, err))
      return FALSE;
  }
  return TRUE;
}

GPtrArray *fbk_profile_read_all(const char *directory, GError **err)
{
  g_autoptr(GPtrArray) profiles = g_ptr_array_new_with_free_func((GDestroyNotify)fbk_profile_free);
  if (!read_shipped(profiles, err) || (directory != NULL && !read_directory(profiles, directory, err)))
    return NULL;
  return g_steal_pointer(&profiles);
}

const FbkProfile *fbk_profile_find(const GPtrArray *profiles, const char *name)
{
  for (guint i = 0; i < profiles->len; i++) {
    const FbkProfile *profile = g_ptr_array_index(profiles, i);
    if (strcmp(profile->name, name) == 0)
      return profile;
  }
  return NULL;
}

const FbkServer *fbk_profile_server(const FbkProfile *profile, FbkProtocol protocol, guint16 port)
{
  for (guint i = 0; i < profile->offers->len; i++) {
    const FbkOffer *offer = g_ptr_array_index(profile->offers, i);
    if (offer->server->protocol == protocol && (port == 0 || offer->server->port == port))
      return offer->server;
  }
  return NULL;
}

void fbk_profile_free(FbkProfile *profile)
{
  if (profile == NULL)
    return;
  fbk_profile_clear_fields(profile);
  g_free(profile->path);
  g_ptr_array_unref(profile->offers);
  g_ptr_array_unref(profile->notices);
  fbk_guard_free(profile->guard);
  g_free(profile);
}
