/* A window on a list of any length. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/list.h"

#include <string.h>

#define REACH_MAX 499 /* the catalogue gives 1,000 rows at most */

void fbk_list_init(FbkList *list)
{
  *list = (FbkList){.has_goal = TRUE, .goal = FBK_LIST_FIRST, .height = 1};
}

void fbk_list_clear(FbkList *list)
{
  g_clear_pointer(&list->rows, fbk_rows_free);
}

static guint count_of(const FbkList *list)
{
  return list->rows ? list->rows->count : 0;
}

const FbkRow *fbk_list_row(const FbkList *list)
{
  return list->cursor < count_of(list) ? &list->rows->rows[list->cursor] : NULL;
}

/* --- what is in sight --- */

/* Jumps by half a screen at its edge: a line at a time would send the whole screen for every key. */
static void scroll(FbkList *list)
{
  guint height = (guint)MAX(1, list->height);
  guint count = count_of(list);
  if (list->cursor < list->top)
    list->top = list->cursor > height / 2 ? list->cursor - height / 2 : 0;
  else if (list->cursor >= list->top + height)
    list->top = list->cursor - height / 2;
  if (list->top + height > count)
    list->top = count > height ? count - height : 0;
}

void fbk_list_set_height(FbkList *list, int height)
{
  list->height = MAX(1, height);
  scroll(list);
}

/* --- the keys --- */

gboolean fbk_list_is_settled(const FbkList *list)
{
  return !list->has_goal && !list->owed;
}

void fbk_list_move(FbkList *list, int by)
{
  list->is_pinned = FALSE;
  if (!count_of(list))
    return;
  int last = (int)count_of(list) - 1;
  int target = (int)list->cursor + by;
  list->cursor = (guint)CLAMP(target, 0, last);
  list->owed = 0;
  if (target > last && list->rows->more_after)
    list->owed = target - last;
  else if (target < 0 && list->rows->more_before)
    list->owed = target;
  scroll(list);
}

static void set_goal(FbkList *list, FbkListGoal goal, gint64 id)
{
  list->has_goal = TRUE;
  list->goal = goal;
  list->goal_id = id;
  list->jumps++;
  list->owed = 0;
}

void fbk_list_first(FbkList *list)
{
  if (list->rows && !list->rows->more_before)
    fbk_list_move(list, -(int)count_of(list));
  else
    set_goal(list, FBK_LIST_FIRST, 0);
  list->is_pinned = FALSE;
}

void fbk_list_last(FbkList *list)
{
  if (list->rows && !list->rows->more_after)
    fbk_list_move(list, (int)count_of(list));
  else
    set_goal(list, FBK_LIST_LAST, 0);
  list->is_pinned = FALSE;
}

static gboolean find(const FbkRows *rows, gint64 id, guint *index_out)
{
  for (guint i = 0; rows && i < rows->count; i++)
    if (rows->rows[i].id == id) {
      *index_out = i;
      return TRUE;
    }
  return FALSE;
}

void fbk_list_go(FbkList *list, gint64 id)
{
  guint index;
  if (find(list->rows, id, &index))
    fbk_list_move(list, (int)index - (int)list->cursor);
  else
    set_goal(list, FBK_LIST_ROW, id);
  list->is_pinned = FALSE;
}

void fbk_list_replace(FbkList *list, gint64 id)
{
  set_goal(list, id ? FBK_LIST_ROW : FBK_LIST_FIRST, id);
  list->is_pinned = FALSE;
}

/* --- what to look for --- */

static gint64 row_id(const FbkList *list)
{
  const FbkRow *row = fbk_list_row(list);
  return row ? row->id : 0;
}

/* Looking twice around the same row would find no more. */
static gboolean is_near_edge(const FbkList *list)
{
  guint margin = (guint)CLAMP(list->height + 1, FBK_LIST_REACH / 2, REACH_MAX - 1);
  guint count = count_of(list);
  if (!list->rows || list->asked_from == row_id(list))
    return FALSE;
  return (list->rows->more_before && list->cursor < margin) ||
         (list->rows->more_after && list->cursor + margin >= count);
}

/* Where the cursor stands; then what could stand in for that row: those below it, then those above. */
static void name_neighbours(const FbkList *list, FbkListWant *out)
{
  guint count = count_of(list);
  for (guint i = list->cursor; i < count && out->id_count < FBK_LIST_IDS / 2; i++)
    out->ids[out->id_count++] = list->rows->rows[i].id;
  for (guint i = list->cursor; i > 0 && out->id_count < FBK_LIST_IDS; i--)
    out->ids[out->id_count++] = list->rows->rows[i - 1].id;
}

/* Who stands on the first row of all wants to see what comes in above it. */
static gboolean stays_first(const FbkList *list)
{
  return !list->cursor && !list->is_pinned && (!list->rows || !list->rows->more_before);
}

gboolean fbk_list_want(FbkList *list, FbkListWant *out)
{
  if (list->is_asked || (!list->has_goal && !list->owed && !list->is_stale && !is_near_edge(list)))
    return FALSE;
  memset(out, 0, sizeof *out);
  out->reach = (guint)CLAMP(2 * list->height, FBK_LIST_REACH, REACH_MAX);
  out->position = list->position + list->cursor;
  out->total = list->total;
  out->is_jump = list->has_goal;
  out->jump = list->jumps;
  list->asked_from = row_id(list);
  if (list->has_goal) {
    out->goal = list->goal;
    if (list->goal == FBK_LIST_ROW)
      out->ids[out->id_count++] = list->goal_id;
  } else if (stays_first(list))
    out->goal = FBK_LIST_FIRST;
  else {
    out->goal = FBK_LIST_ROW;
    name_neighbours(list, out);
  }
  list->is_asked = TRUE;
  list->is_stale = FALSE;
  return TRUE;
}

/* --- what was found --- */

/* Keys may have moved the cursor since the rows were asked for: it stays on its row, or on what stands in for
 * it. */
static guint place_in(const FbkList *list, const FbkListWant *want, const FbkListFound *found)
{
  FbkListWant now = {0};
  guint index;
  if (want->goal == FBK_LIST_FIRST && stays_first(list))
    return 0;
  name_neighbours(list, &now);
  for (guint i = 0; i < now.id_count; i++)
    if (find(found->rows, now.ids[i], &index))
      return index;
  return found->cursor;
}

/* Where nothing more was found around the cursor, the move ends there. */
static void pay(FbkList *list)
{
  fbk_list_move(list, list->owed);
  if (list->asked_from == row_id(list))
    list->owed = 0;
}

void fbk_list_take(FbkList *list, const FbkListWant *want, const FbkListFound *found)
{
  guint offset = list->cursor - MIN(list->top, list->cursor);
  guint cursor = want->is_jump ? found->cursor : place_in(list, want, found);
  g_clear_pointer(&list->rows, fbk_rows_free);
  list->rows = found->rows;
  list->position = found->position;
  list->total = found->total;
  list->cursor = MIN(cursor, count_of(list) ? count_of(list) - 1 : 0);
  list->top = list->cursor > offset ? list->cursor - offset : 0;
  list->is_asked = FALSE;
  if (want->is_jump && want->jump == list->jumps)
    list->has_goal = FALSE;
  if (want->is_jump)
    list->asked_from = row_id(list);
  scroll(list);
  if (list->owed)
    pay(list);
}

void fbk_list_fail(FbkList *list)
{
  list->is_asked = FALSE;
  list->has_goal = FALSE;
  list->owed = 0;
}
