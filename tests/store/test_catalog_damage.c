/* A catalogue file that was hurt, emptied, or written by somebody else (hostile 57). SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "store/catalog.h"
#include "tests/shared/shelf.h"

static void fill_and_close(Shelf *shelf)
{
  g_assert_true(fbk_catalog_begin(shelf->catalog, NULL));
  for (guint32 uid = 1; uid <= 300; uid++)
    shelf_add(shelf->catalog, shelf->inbox, uid, 0, NOON + uid);
  g_assert_true(fbk_catalog_commit(shelf->catalog, NULL));
  g_clear_pointer(&shelf->catalog, fbk_catalog_free);
}

static char *content_of(const Shelf *shelf, gsize *len_out)
{
  char *bytes = NULL;
  g_assert_true(g_file_get_contents(shelf->path, &bytes, len_out, NULL));
  return bytes;
}

static void put_content(const Shelf *shelf, const char *bytes, gsize len)
{
  g_assert_true(g_file_set_contents(shelf->path, bytes, (gssize)len, NULL));
}

static guint files_with(const Shelf *shelf, const char *part)
{
  g_autoptr(GDir) dir = g_dir_open(shelf->dir, 0, NULL);
  const char *name;
  guint count = 0;
  while ((name = g_dir_read_name(dir)) != NULL)
    count += strstr(name, part) != NULL;
  return count;
}

static void assert_begun_anew(Shelf *shelf)
{
  g_autoptr(GError) err = NULL;
  gboolean rebuilt = FALSE;
  shelf->catalog = fbk_catalog_open(shelf->path, &rebuilt, &err);
  g_assert_no_error(err);
  g_assert_true(rebuilt);
  g_autoptr(GPtrArray) folders = fbk_catalog_folders(shelf->catalog, NULL);
  g_assert_cmpuint(folders->len, ==, 0);
  gint64 inbox = shelf_put_folder(shelf->catalog, "INBOX", "INBOX", FBK_ROLE_INBOX);
  shelf_add(shelf->catalog, inbox, 1, 0, NOON);
}

static void test_garbage(Shelf *shelf, gconstpointer data)
{
  (void)data;
  fill_and_close(shelf);
  g_autofree char *garbage = g_strnfill(8192, 'x');
  put_content(shelf, garbage, 8192);
  assert_begun_anew(shelf);
  g_assert_cmpuint(files_with(shelf, ".broken-"), ==, 1);
  /* What was there is kept. */
  g_autoptr(GDir) dir = g_dir_open(shelf->dir, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *path = g_build_filename(shelf->dir, name, NULL), *kept = NULL;
    gsize len;
    if (strstr(name, ".broken-") == NULL)
      continue;
    g_assert_true(g_file_get_contents(path, &kept, &len, NULL));
    g_assert_cmpuint(len, ==, 8192);
  }
}

static void test_emptied(Shelf *shelf, gconstpointer data)
{
  (void)data;
  fill_and_close(shelf);
  put_content(shelf, "", 0);
  assert_begun_anew(shelf);
}

/* The page with the number of tables is hurt: "version 0", yet not empty. */
static void test_version_zero(Shelf *shelf, gconstpointer data)
{
  (void)data;
  gsize len;
  fill_and_close(shelf);
  g_autofree char *bytes = content_of(shelf, &len);
  memset(bytes + 60, 0, 4);
  put_content(shelf, bytes, len);
  assert_begun_anew(shelf);
}

static void test_newer(Shelf *shelf, gconstpointer data)
{
  (void)data;
  gsize len;
  g_autoptr(GError) err = NULL;
  fill_and_close(shelf);
  g_autofree char *bytes = content_of(shelf, &len);
  bytes[63] = 99; /* user_version, big-endian, at 60 in the header of a database */
  put_content(shelf, bytes, len);
  g_assert_null(fbk_catalog_open(shelf->path, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CONFLICT);
  g_assert_cmpuint(files_with(shelf, ".broken-"), ==, 0);
  bytes[63] = 1;
  put_content(shelf, bytes, len);
  gboolean rebuilt = TRUE;
  shelf->catalog = fbk_catalog_open(shelf->path, &rebuilt, NULL);
  g_assert_false(rebuilt);
  shelf_assert_counts(shelf->catalog, 0, 300, 300);
}

/* Every way of going through all that is there; FALSE when something said that it is damaged. */
static gboolean read_all(FbkCatalog *catalog)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(GPtrArray) folders = fbk_catalog_folders(catalog, &err);
  for (guint i = 0; folders != NULL && i < folders->len; i++) {
    gint64 folder = ((FbkFolder *)g_ptr_array_index(folders, i))->id;
    for (FbkOrder order = FBK_ORDER_DATE; order <= FBK_ORDER_THREAD && err == NULL; order++) {
      fbk_rows_free(fbk_catalog_page(catalog, folder, order, FBK_PAGE_END, 0, 1000, &err));
    }
    GArray *known = err == NULL ? fbk_catalog_known(catalog, folder, &err) : NULL;
    g_clear_pointer(&known, g_array_unref);
  }
  if (err != NULL)
    g_assert_cmpint(err->domain, ==, FBK_ERROR);
  return err == NULL;
}

/* Bits that flip anywhere: it opens, or is begun anew; if damage is met later, then at the next opening. */
static void test_flipped(Shelf *shelf, gconstpointer data)
{
  (void)data;
  gsize len;
  guint anew = 0;
  g_autoptr(GRand) random = g_rand_new_with_seed(20240401);
  fill_and_close(shelf);
  g_autofree char *bytes = content_of(shelf, &len);
  for (guint i = 0; i < 300; i++) {
    g_autofree char *hurt = g_memdup2(bytes, len);
    gsize cut = i % 3 == 0 ? (gsize)g_rand_int_range(random, 1, (gint32)len) : len;
    for (guint k = 0; k < 20; k++)
      hurt[g_rand_int_range(random, 0, i % 2 == 0 ? 4096 : (gint32)len)] ^=
          (char)(1 << g_rand_int_range(random, 0, 8));
    put_content(shelf, hurt, cut);
    for (guint opening = 0; opening < 2; opening++) {
      g_autoptr(GError) err = NULL;
      gboolean rebuilt = FALSE;
      g_autoptr(FbkCatalog) catalog = fbk_catalog_open(shelf->path, &rebuilt, &err);
      if (catalog == NULL) {
        g_assert_error(err, FBK_ERROR, FBK_ERR_CONFLICT); /* a version from the future */
        break;
      }
      gboolean good = read_all(catalog);
      anew += rebuilt;
      g_assert_true(good || opening == 0);
      if (good)
        break;
    }
    g_autofree char *mark = g_strconcat(shelf->path, ".damaged", NULL);
    g_remove(mark);
  }
  g_assert_cmpuint(anew, >, 50);
}

/* All is well formed, but an index has another name than ours: what needs it says so, and the next opening
 * begins anew. */
static void test_index_lost(Shelf *shelf, gconstpointer data)
{
  (void)data;
  static const char was[] = "message_file";
  gsize len;
  gint64 id = 0;
  gboolean rebuilt = TRUE;
  g_autoptr(GError) err = NULL;
  fill_and_close(shelf);
  g_autofree char *bytes = content_of(shelf, &len);
  for (gsize i = 0; i + sizeof was < len; i++)
    if (memcmp(bytes + i, was, sizeof was - 1) == 0)
      bytes[i + sizeof was - 2] = 'x';
  put_content(shelf, bytes, len);
  FbkCatalog *catalog = fbk_catalog_open(shelf->path, &rebuilt, NULL);
  g_assert_nonnull(catalog);
  g_assert_false(rebuilt);
  g_assert_false(fbk_catalog_by_file(catalog, "INBOX", "7.1.fubako", &id, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CONFLICT);
  fbk_catalog_free(catalog);
  assert_begun_anew(shelf);
}

/* A FIFO or a link where the file should be does not hang us, nor lead us elsewhere. */
static void test_not_a_file(Shelf *shelf, gconstpointer data)
{
  (void)data;
  g_autoptr(GError) err = NULL;
  fill_and_close(shelf);
  g_assert_cmpint(g_remove(shelf->path), ==, 0);
  g_assert_cmpint(mkfifo(shelf->path, 0600), ==, 0);
  g_assert_null(fbk_catalog_open(shelf->path, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  SHELF_CASE("/store/catalog-damage/garbage", test_garbage);
  SHELF_CASE("/store/catalog-damage/emptied", test_emptied);
  SHELF_CASE("/store/catalog-damage/version-zero", test_version_zero);
  SHELF_CASE("/store/catalog-damage/newer", test_newer);
  SHELF_CASE("/store/catalog-damage/flipped", test_flipped);
  SHELF_CASE("/store/catalog-damage/index-lost", test_index_lost);
  SHELF_CASE("/store/catalog-damage/not-a-file", test_not_a_file);
  return g_test_run();
}
