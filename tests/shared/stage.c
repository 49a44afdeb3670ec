/* A temporary directory for one test. SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "tests/shared/stage.h"

#include <ftw.h>
#include <glib.h>
#include <stdio.h>

char *fbk_stage_new(void)
{
  GError *err = NULL;
  char *dir = g_dir_make_tmp("fubako-test-XXXXXX", &err);
  g_assert_no_error(err);
  return dir;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
  (void)status;
  (void)kind;
  (void)place;
  return remove(path);
}

void fbk_stage_free(const char *dir)
{
  nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
