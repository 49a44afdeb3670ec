/* The screens, one constructor each: pushed with fbk_app_push, freed by the app. UI thread. */
#ifndef FBK_UI_SCR_H
#define FBK_UI_SCR_H

#include "flow/read.h"
#include "ui/app.h"

/* The five steps to an account. Esc on the first one leaves the program when there is no account yet. */
FbkScreen *fbk_scr_setup_new(FbkApp *app);

/* The folders of every account. is_typing: with a line to type part of a name into. */
FbkScreen *fbk_scr_folders_new(FbkApp *app, gboolean is_typing);
/* Asks for words and shows what they find; owner: the screen that asks. */
void fbk_scr_search_ask(FbkApp *app, FbkScreen *owner);

/* One folder's mail; folder NULL: the inbox. Copies what it needs of folder. */
FbkScreen *fbk_scr_list_new(FbkApp *app, const FbkFolder *folder);
/* Goes back to the first screen and shows a folder there; frees every other screen. account: of a home. */
void fbk_scr_list_show_folder(FbkApp *app, const FbkAccount *account, gint64 folder_id);
/* The folder that the first screen shows; 0: none. */
gint64 fbk_scr_list_shown_folder(FbkApp *app, const FbkAccount **account_out);

/* What a search over all mail finds. */
FbkScreen *fbk_scr_search_new(FbkApp *app, const char *query);

/* --- a list (a folder's or a search's) for the reader above it --- */

/* Moves the list's cursor (DOWN, UP or NEXT_UNREAD), however long that takes, and calls moved once with the
 * message it then stands on; msg NULL: there is no other. A new step replaces one that is not done. */
typedef void (*FbkListMoved)(gpointer owner, const FbkMsgRef *msg, gint64 row_id);
void fbk_scr_list_step(FbkScreen *list, FbkAction step, FbkListMoved moved, gpointer owner);
void fbk_scr_list_forget_step(FbkScreen *list, gpointer owner);
/* Marks a message in the background; goes on when the reader is closed. TOGGLE says what it did. */
typedef enum { FBK_MARK_SEEN, FBK_MARK_TOGGLE } FbkMark;
void fbk_scr_list_mark(FbkScreen *list, gint64 row_id, FbkMark mark);

/* One message; list: the screen it is opened from, whose picture stays until it is there; row_id: its row in
 * the catalogue. Copies msg. */
FbkScreen *fbk_scr_reader_new(FbkApp *app, FbkScreen *list, const FbkMsgRef *msg, gint64 row_id);

/* The links of a page, and its parts and attachments. The page is borrowed for the call only. */
FbkScreen *fbk_scr_links_new(FbkApp *app, const FbkPage *page);
FbkScreen *fbk_scr_parts_new(FbkApp *app, const FbkMsgRef *msg, const FbkPage *page);

/* All keys of context, searchable with /. */
FbkScreen *fbk_scr_help_new(FbkApp *app, FbkContext context);

#endif
