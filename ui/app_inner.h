/* What the files of the app share, and what its tests use. UI thread. */
#ifndef FBK_UI_APP_INNER_H
#define FBK_UI_APP_INNER_H

#include "ui/app.h"
#include "ui/ask.h"
#include "ui/line.h"

#define FBK_APP_ROWS_MIN 10
#define FBK_APP_COLUMNS_MIN 40

typedef enum {
  FBK_PROMPT_NONE,
  FBK_PROMPT_LINE,
  FBK_PROMPT_CONFIRM,
  FBK_PROMPT_SECRET /* a worker's question */
} FbkPromptKind;

/* The lower rows: messages, prompts, questions. */
typedef struct {
  char *message; /* until the next key; NULL: what the workers do is shown */
  gboolean is_error;
  FbkPromptKind kind;
  char *question;
  FbkLineEditor *line;
  FbkSecret *secret;
  guint number; /* of the worker's question */
  void (*answer_line)(gpointer owner, const char *text);
  void (*answer_confirm)(gpointer owner, gboolean yes);
  gpointer owner;
} FbkStatus;

/* One account's worker and what is known of it. */
typedef struct FbkMail FbkMail;

struct FbkApp {
  GPtrArray *homes; /* every home opened; screens may still read an old one */
  FbkHome *home;    /* the last of them */
  GPtrArray *screens;
  FbkCanvas *canvas;
  FbkStatus status;
  gboolean has_terminal; /* FALSE in tests */
  gboolean lent, pasting, leaving;
  gint64 key_time; /* of the last key that was no Esc */

  FbkInbox *inbox;
  FbkUiAsk *ask;
  FbkWorker *disk, *reader, *search, *network, *index;
  FbkScope *index_scope;
  FbkCatalogs *catalogs; /* the disk worker's */
  GPtrArray *mails;      /* FbkMail * */

  GMainLoop *loop; /* NULL in tests */
  guint paint_source;
};

/* An app without a terminal: no main loop runs; the test feeds keys, dispatches the inbox, reads the canvas.
 * No account is fetched by itself. */
FbkApp *fbk_app_new_for_test(FbkHome *home, int rows, int columns);
void fbk_app_feed(FbkApp *app, FbkKey key);
const FbkCanvas *fbk_app_render(FbkApp *app);
void fbk_app_free(FbkApp *app); /* workers first, at most 2 s */

/* app.c */
FbkApp *fbk_app_new(FbkHome *home, int rows, int columns);
void fbk_app_open_first(FbkApp *app); /* the inbox, or the setup */
void fbk_app_resized(FbkApp *app, int rows, int columns);
void fbk_app_look_at_size(FbkApp *app); /* the terminal's; takes it over where it is another one */

/* status.c: the status rows and hints; returns how many rows of the canvas they take. */
int fbk_status_rows(const FbkApp *app);
void fbk_status_draw(FbkApp *app, FbkCanvas *canvas);
gboolean fbk_status_key(FbkApp *app, FbkKey key); /* TRUE: it was for a prompt */
void fbk_status_forget_message(FbkApp *app);
char *fbk_status_sentences(const GError *err, const char *next); /* what is wrong, and what to do; g_free */
void fbk_status_question_changed(FbkApp *app);                   /* a worker's question came or went */
void fbk_status_clear(FbkApp *app);

/* app_workers.c */
void fbk_workers_open(FbkApp *app);
void fbk_workers_fetch_all(FbkApp *app);    /* all accounts; and from then on, each by its clock */
gboolean fbk_workers_close(FbkApp *app);    /* FALSE: one did not end in time */
char *fbk_workers_doing(const FbkApp *app); /* "jaist: INBOX 120/4000", or NULL; g_free */
gboolean fbk_workers_stop(FbkApp *app);     /* Esc: TRUE when something ran */

#endif
