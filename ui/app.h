/* The running program on the screen: the stack of screens, the workers, the status line, the main loop. UI
 * thread. */
#ifndef FBK_UI_APP_H
#define FBK_UI_APP_H

#include "flow/home.h"
#include "store/keep.h"
#include "ui/catalogs.h"
#include "ui/screen.h"

/* Opens the screen and runs until the person leaves; takes home over. Returns the exit code; a terminal that
 * cannot be used (TERM=dumb, not a terminal) is refused with a sentence on stderr. */
int fbk_app_run(FbkHome *home);

/* --- for screens --- */

const FbkHome *fbk_app_home(const FbkApp *app);
const FbkAccount *fbk_app_account(const FbkApp *app); /* the one in front; NULL before setup */

/* The stack. push takes the screen over; pop frees the top one; replace does both. */
void fbk_app_push(FbkApp *app, FbkScreen *screen);
void fbk_app_pop(FbkApp *app);
void fbk_app_replace(FbkApp *app, FbkScreen *screen);
FbkScreen *fbk_app_pop_to_first(FbkApp *app); /* frees all above the first screen; gives that one */
void fbk_app_dirty(FbkApp *app);              /* draw once before the next wait */
void fbk_app_quit(FbkApp *app);

/* The status line: one sentence, until the next key. An error shows its message and hint. */
void fbk_app_say(FbkApp *app, const char *format, ...) G_GNUC_PRINTF(2, 3);
void fbk_app_say_error(FbkApp *app, const GError *err);

/* Asks for a line of text in the status line (prompt: "Search all mail: "); answer(owner, NULL) when
 * cancelled. */
void fbk_app_prompt(FbkApp *app, const char *prompt, const char *initial,
                    void (*answer)(gpointer owner, const char *text), gpointer owner);
/* Asks a question that y or n answers; anything else but y means no. */
void fbk_app_confirm(FbkApp *app, const char *question, void (*answer)(gpointer owner, gboolean yes),
                     gpointer owner);
/* Forget a prompt or question whose owner goes away. */
void fbk_app_forget_prompt(FbkApp *app, gpointer owner);

/* The workers: `disk` serves lists (its catalogue handle is per account), `reader` opens messages, `search`
 * asks the index; posting never waits. */
FbkWorker *fbk_app_disk(FbkApp *app);
FbkCatalogs *fbk_app_catalogs(FbkApp *app); /* for jobs of the disk worker */
FbkWorker *fbk_app_reader(FbkApp *app);
FbkWorker *fbk_app_search(FbkApp *app);

/* Fetches the mail of every account now: a person's wish, so a refused password is asked anew. Says so in the
 * status line. */
void fbk_app_check_mail(FbkApp *app);

/* A worker for what a screen does on the network (the check of the setup), and where its own calls to the UI
 * thread go. */
FbkWorker *fbk_app_network(FbkApp *app);
FbkInbox *fbk_app_inbox(FbkApp *app);
/* For workers: questions are shown as a form. */
const FbkAsk *fbk_app_ask(FbkApp *app);

/* A new account was saved: home is opened anew (what the old one gave stays valid), its mail is fetched and
 * its inbox shown. kept (taken, emptied) answers the first questions for its password, so that nobody types
 * it twice. */
void fbk_app_account_added(FbkApp *app, const char *name, FbkKept *kept);

#endif
