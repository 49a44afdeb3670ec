/* Knows the directories and the environment. SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/paths.h"

#include <sys/stat.h>

FbkPaths *fbk_paths_new(const char *home)
{
  FbkPaths *paths = g_new0(FbkPaths, 1);
  if (home != NULL) {
    g_autofree char *absolute = g_canonicalize_filename(home, NULL);
    paths->config = g_build_filename(absolute, "config", NULL);
    paths->data = g_build_filename(absolute, "data", NULL);
    paths->state = g_build_filename(absolute, "state", NULL);
  } else {
    paths->config = g_build_filename(g_get_user_config_dir(), "fubako", NULL);
    paths->data = g_build_filename(g_get_user_data_dir(), "fubako", NULL);
    paths->state = g_build_filename(g_get_user_state_dir(), "fubako", NULL);
  }
  return paths;
}

void fbk_paths_free(FbkPaths *paths)
{
  if (paths == NULL)
    return;
  g_free(paths->config);
  g_free(paths->data);
  g_free(paths->state);
  g_free(paths);
}

void fbk_paths_prepare_process(void)
{
  umask(077);
  g_setenv("XAPIAN_CJK_NGRAM", "1", TRUE);
}

const char *fbk_paths_environment(const char *variable)
{
  return g_getenv(variable);
}
