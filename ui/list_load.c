/* Finds the rows that a list wants. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/list_load.h"

#include "base/err.h"

typedef struct {
  FbkCatalog *catalog;
  gint64 folder_id;
  FbkOrder order;
  const FbkListWant *want;
} Load;

static gboolean find(const FbkRows *rows, const FbkListWant *want, guint *index_out)
{
  for (guint n = 0; n < want->id_count; n++)
    for (guint i = 0; i < rows->count; i++)
      if (rows->rows[i].id == want->ids[n]) {
        *index_out = i;
        return TRUE;
      }
  return FALSE;
}

/* One page with the row in its middle. Where it begins is asked first, then the whole is read at once:
 * between the two somebody may have changed the folder, and the page must not be made of two moments. NULL
 * without an error: the row is gone. */
static FbkRows *page_around(const Load *load, gint64 id, GError **err)
{
  g_autoptr(GError) problem = NULL;
  guint reach = load->want->reach;
  g_autoptr(FbkRows) before =
      fbk_catalog_page(load->catalog, load->folder_id, load->order, FBK_PAGE_BEFORE, id, reach, &problem);
  FbkRows *rows = NULL;
  if (before)
    rows = fbk_catalog_page(load->catalog, load->folder_id, load->order, FBK_PAGE_FROM,
                            before->count ? before->rows[0].id : id, before->count + reach + 1, &problem);
  if (problem && !g_error_matches(problem, FBK_ERROR, FBK_ERR_NOT_FOUND))
    g_propagate_error(err, g_steal_pointer(&problem));
  return rows;
}

static gboolean load_row(const Load *load, FbkListFound *out, GError **err)
{
  for (guint n = 0; n < load->want->id_count; n++) {
    g_autoptr(GError) problem = NULL;
    g_autoptr(FbkRows) rows = page_around(load, load->want->ids[n], &problem);
    if (problem) {
      g_propagate_error(err, g_steal_pointer(&problem));
      return FALSE;
    }
    if (rows && find(rows, load->want, &out->cursor)) {
      out->rows = g_steal_pointer(&rows);
      return TRUE;
    }
  }
  return TRUE;
}

gboolean fbk_list_load(FbkCatalog *catalog, gint64 folder_id, FbkOrder order, const FbkListWant *want,
                       FbkListFound *out, GError **err)
{
  const Load load = {catalog, folder_id, order, want};
  *out = (FbkListFound){0};
  if (want->goal == FBK_LIST_ROW && !load_row(&load, out, err))
    return FALSE;
  if (out->rows)
    return TRUE;
  gboolean is_last = want->goal == FBK_LIST_LAST;
  out->rows = fbk_catalog_page(catalog, folder_id, order, is_last ? FBK_PAGE_END : FBK_PAGE_START, 0,
                               2 * want->reach + 1, err);
  if (out->rows && is_last && out->rows->count)
    out->cursor = out->rows->count - 1;
  return out->rows != NULL;
}

gboolean fbk_list_load_search(const FbkHome *home, const FbkAccount *account, FbkCatalog *catalog,
                              const char *query, const FbkListWant *want, FbkListFound *out,
                              GCancellable *cancellable, GError **err)
{
  guint position = want->goal == FBK_LIST_FIRST  ? 0
                   : want->goal == FBK_LIST_LAST ? MAX(want->total, 1) - 1
                                                 : want->position;
  *out = (FbkListFound){.position = position > want->reach ? position - want->reach : 0};
  out->rows = fbk_read_search(home, account, catalog, query, out->position, 2 * want->reach + 1, &out->total,
                              cancellable, err);
  if (!out->rows)
    return FALSE;
  if (!find(out->rows, want, &out->cursor) && out->rows->count)
    out->cursor = MIN(position - out->position, out->rows->count - 1);
  return TRUE;
}

/* --- the next unread one --- */

static gboolean is_read_here(const FbkFolder *folder)
{
  return folder->selectable && folder->unread > 0 && folder->role != FBK_ROLE_JUNK &&
         folder->role != FBK_ROLE_TRASH && folder->role != FBK_ROLE_DRAFTS;
}

/* In folder, after anchor; an anchor that is gone counts as none. */
static gboolean unread_after(FbkCatalog *catalog, gint64 folder_id, FbkOrder order, gint64 anchor,
                             gint64 *folder_out, gint64 *id_out, GError **err)
{
  g_autoptr(GError) problem = NULL;
  *folder_out = folder_id;
  if (fbk_catalog_next_unread(catalog, folder_id, order, anchor, id_out, &problem))
    return TRUE;
  if (!g_error_matches(problem, FBK_ERROR, FBK_ERR_NOT_FOUND)) {
    g_propagate_error(err, g_steal_pointer(&problem));
    return FALSE;
  }
  return fbk_catalog_next_unread(catalog, folder_id, order, 0, id_out, err);
}

gboolean fbk_list_load_unread(FbkCatalog *catalog, gint64 folder_id, FbkOrder order, gint64 anchor,
                              gint64 *folder_out, gint64 *id_out, GError **err)
{
  g_autoptr(GPtrArray) folders = fbk_catalog_folders(catalog, err);
  if (!folders || !unread_after(catalog, folder_id, order, anchor, folder_out, id_out, err))
    return FALSE;
  guint here = 0;
  while (here < folders->len && ((const FbkFolder *)folders->pdata[here])->id != folder_id)
    here++;
  for (guint i = 1; !*id_out && i < folders->len; i++) {
    const FbkFolder *folder = folders->pdata[(here + i) % folders->len];
    if (is_read_here(folder) && folder->id != folder_id &&
        !unread_after(catalog, folder->id, order, 0, folder_out, id_out, err))
      return FALSE;
  }
  if (!*id_out && !unread_after(catalog, folder_id, order, 0, folder_out, id_out, err))
    return FALSE;
  if (*id_out == anchor)
    *id_out = 0;
  if (!*id_out)
    *folder_out = 0;
  return TRUE;
}
