/* What the files of the list screen share: one struct for a folder's mail and for the results of a search. */
#ifndef FBK_UI_LIST_INNER_H
#define FBK_UI_LIST_INNER_H

#include "ui/late.h"
#include "ui/list.h"
#include "ui/list_load.h"
#include "ui/scr.h"

/* What a list is a list of. */
typedef struct {
  const FbkAccount *account; /* of a home, which the app keeps */
  gint64 folder_id;          /* 0: the inbox; not used by a search */
  FbkOrder order;
} FbkListView;

typedef struct {
  FbkScreen head;
  FbkListView view; /* of the rows that are shown */
  FbkListView next; /* of those that a jump waits for */
  FbkList list;
  GPtrArray *folders;  /* FbkFolder * of the account; NULL until something was loaded */
  char *query;         /* of a search, or NULL */
  guint waiting;       /* messages that the search index does not have yet */
  GQueue keys;         /* FbkAction: pressed while rows were on their way */
  gboolean is_looking; /* for the next unread message */
  FbkLate late;

  FbkListMoved moved; /* the reader's step that is not done yet */
  gpointer moved_owner;
  gint64 moved_from;
} FbkListScreen;

/* scr_list.c */
FbkListScreen *fbk_list_screen_new(FbkApp *app, const FbkAccount *account, const char *query);
const FbkFolder *fbk_list_screen_folder(const FbkListScreen *screen, gint64 folder_id); /* or NULL */
/* Does what waits, as far as the rows are there, and asks for those that are not. */
void fbk_list_screen_pump(FbkListScreen *screen);

/* list_jobs.c: each answers by fbk_list_screen_pump. */
void fbk_list_screen_load(FbkListScreen *screen, const FbkListWant *want);
void fbk_list_screen_look_for_unread(FbkListScreen *screen);
void fbk_list_screen_mark(FbkListScreen *screen, gint64 id, FbkMark mark);

#endif
