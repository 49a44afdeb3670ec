/* Questions of the engine on their way to the screen: a worker waits here until the person has answered, the
 * job is cancelled, or the program leaves. The UI thread makes, reads, answers and frees it. */
#ifndef FBK_UI_ASK_H
#define FBK_UI_ASK_H

#include "base/ask.h"
#include "base/job.h"

typedef struct FbkUiAsk FbkUiAsk;

/* changed(data) is called on the UI thread (inbox is its own) whenever a question came or went, or the
 * terminal is wanted or given back. */
FbkUiAsk *fbk_ui_ask_new(FbkInbox *inbox, void (*changed)(gpointer data), gpointer data);
/* After all workers have ended. */
void fbk_ui_ask_free(FbkUiAsk *ask);

/* What workers pass to the engine. */
const FbkAsk *fbk_ui_ask_get(FbkUiAsk *ask);

/* The number of the question to be shown now, 0 for none; its text (g_free). */
guint fbk_ui_ask_current(FbkUiAsk *ask, char **question_out);
/* Answers it, taking secret over; NULL: the person does not want to. A question that is gone is ignored. */
void fbk_ui_ask_answer(FbkUiAsk *ask, guint number, FbkSecret *secret);

/* TRUE while a worker wants or has the terminal. It goes on only after the UI thread has left the terminal
 * and called lend; the terminal is ours again once this is FALSE. */
gboolean fbk_ui_ask_wants_terminal(FbkUiAsk *ask);
void fbk_ui_ask_lend(FbkUiAsk *ask);

/* The program leaves: every question, now and later, ends with CANCELLED. */
void fbk_ui_ask_close(FbkUiAsk *ask);

#endif
