/* A window on a list of any length: some hundred rows around the cursor, replaced as a whole whenever the
 * cursor comes near its edge or the folder has changed. What the cursor stands on stays under it. Knows
 * neither the screen nor the catalogue: it says what it wants, and takes what was found. UI thread. */
#ifndef FBK_UI_LIST_H
#define FBK_UI_LIST_H

#include "mail/model.h"

#define FBK_LIST_IDS 64    /* neighbours that stand in for a row that is gone */
#define FBK_LIST_REACH 150 /* rows wanted on either side of the cursor */

typedef enum {
  FBK_LIST_FIRST, /* the first row of the list */
  FBK_LIST_LAST,
  FBK_LIST_ROW /* the first of `ids` that is still there */
} FbkListGoal;

/* What to look for. A value; may cross threads. */
typedef struct {
  FbkListGoal goal;
  gboolean is_jump; /* the cursor goes there, instead of staying where it is */
  guint jump;       /* which */
  gint64 ids[FBK_LIST_IDS];
  guint id_count;
  guint reach;
  guint position; /* of the cursor in the whole list, for sources that count (search results) */
  guint total;    /* the same: as was found last */
} FbkListWant;

typedef struct {
  FbkRows *rows;
  guint cursor;   /* of the goal, in rows */
  guint position; /* of the first row in the whole list, where the source counts */
  guint total;
} FbkListFound;

typedef struct {
  FbkRows *rows; /* NULL until something was found */
  guint cursor, top;
  guint position, total;
  int height;
  int owed;          /* rows that a move went beyond the window */
  gboolean has_goal; /* a jump that waits for its rows */
  FbkListGoal goal;
  gint64 goal_id;
  guint jumps;        /* so far: tells an answer from the answer to a later one */
  gint64 asked_from;  /* the row around which was looked last */
  gboolean is_stale;  /* the rows may have changed */
  gboolean is_asked;  /* a want is on its way */
  gboolean is_pinned; /* the first row is kept under the cursor like any other: it is being read */
} FbkList;

void fbk_list_init(FbkList *list);
void fbk_list_clear(FbkList *list);

/* Under the cursor, or NULL. Valid until the next take. */
const FbkRow *fbk_list_row(const FbkList *list);

/* The keys. While the list is not settled the cursor does not stand where it will: keys must wait. */
gboolean fbk_list_is_settled(const FbkList *list);
void fbk_list_move(FbkList *list, int by);
void fbk_list_first(FbkList *list);
void fbk_list_last(FbkList *list);
void fbk_list_go(FbkList *list, gint64 id); /* to this row, wherever it is */

/* The whole list is another one: nothing of the window counts any more but as a picture. id 0: to its first
 * row. */
void fbk_list_replace(FbkList *list, gint64 id);

/* TRUE when rows are to be looked for now. One want at a time: take or fail must follow. */
gboolean fbk_list_want(FbkList *list, FbkListWant *out);
/* Takes found->rows over. */
void fbk_list_take(FbkList *list, const FbkListWant *want, const FbkListFound *found);
void fbk_list_fail(FbkList *list);

/* Rows of the screen; scrolls so that the cursor is in sight. */
void fbk_list_set_height(FbkList *list, int height);

#endif
