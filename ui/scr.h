/* The screens, one constructor each: pushed with fbk_app_push, freed by the app. UI thread. */
#ifndef FBK_UI_SCR_H
#define FBK_UI_SCR_H

#include "flow/read.h"
#include "ui/app.h"

/* The five steps to an account. Esc on the first one leaves the program when there is no account yet. */
FbkScreen *fbk_scr_setup_new(FbkApp *app);

/* The folders of the account in front. */
FbkScreen *fbk_scr_folders_new(FbkApp *app);

/* One folder's mail; folder NULL: the inbox. Copies what it needs of folder. */
FbkScreen *fbk_scr_list_new(FbkApp *app, const FbkFolder *folder);

/* What a search over all mail finds. */
FbkScreen *fbk_scr_search_new(FbkApp *app, const char *query);

/* One message; row_id: its row in the catalogue (0: not known). Copies msg. */
FbkScreen *fbk_scr_reader_new(FbkApp *app, const FbkMsgRef *msg, gint64 row_id);

/* The links of a page, and its parts and attachments. The page is borrowed for the call only. */
FbkScreen *fbk_scr_links_new(FbkApp *app, const FbkPage *page);
FbkScreen *fbk_scr_parts_new(FbkApp *app, const FbkMsgRef *msg, const FbkPage *page);

/* All keys of context, searchable with /. */
FbkScreen *fbk_scr_help_new(FbkApp *app, FbkContext context);

#endif
