/* Questions from workers to the screen. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/ask.h"

#include <glib/gi18n.h>
#include <pthread.h>

#include "base/err.h"

/* One waiting worker; lives on its stack, reached only under the mutex. */
typedef struct {
  guint number;
  const char *question;
  gboolean answered, stopped;
  FbkSecret *secret;
} Question;

struct FbkUiAsk {
  FbkInbox *inbox;
  void (*changed)(gpointer data);
  gpointer data;
  FbkAsk ask;

  pthread_mutex_t mutex; /* for all below; not GLib's, which the thread sanitizer cannot see */
  pthread_cond_t cond;
  GQueue questions; /* Question *; the first one is shown */
  guint last_number;
  guint borrowers; /* workers that want or have the terminal */
  gboolean lent, closed;
};

static void tell(gpointer data)
{
  FbkUiAsk *self = data;
  self->changed(self->data);
}

/* --- on workers --- */

typedef struct {
  FbkUiAsk *self;
  Question *question;
} Waiting;

static void stop(GCancellable *cancellable, gpointer data)
{
  (void)cancellable;
  Waiting *waiting = data;
  pthread_mutex_lock(&waiting->self->mutex);
  waiting->question->stopped = TRUE;
  pthread_cond_broadcast(&waiting->self->cond);
  pthread_mutex_unlock(&waiting->self->mutex);
}

static FbkSecret *ask_secret(gpointer data, const char *text, GCancellable *cancellable, GError **err)
{
  FbkUiAsk *self = data;
  Question question = {.question = text};
  Waiting waiting = {self, &question};
  pthread_mutex_lock(&self->mutex);
  question.number = ++self->last_number;
  g_queue_push_tail(&self->questions, &question);
  pthread_mutex_unlock(&self->mutex);
  fbk_inbox_call(self->inbox, tell, self);
  /* Connecting calls stop at once when it was cancelled before. */
  gulong handler = cancellable ? g_cancellable_connect(cancellable, G_CALLBACK(stop), &waiting, NULL) : 0;
  pthread_mutex_lock(&self->mutex);
  while (!question.answered && !question.stopped && !self->closed)
    pthread_cond_wait(&self->cond, &self->mutex);
  g_queue_remove(&self->questions, &question);
  pthread_mutex_unlock(&self->mutex);
  if (handler)
    g_cancellable_disconnect(cancellable, handler);
  fbk_inbox_call(self->inbox, tell, self);
  if (!question.secret)
    fbk_error_set(err, FBK_ERR_CANCELLED, _("No password was given."));
  return question.secret;
}

static gboolean lend_terminal(gpointer data, FbkAskBorrow borrow, gpointer borrow_data, GError **err)
{
  FbkUiAsk *self = data;
  pthread_mutex_lock(&self->mutex);
  self->borrowers++;
  pthread_mutex_unlock(&self->mutex);
  fbk_inbox_call(self->inbox, tell, self);
  pthread_mutex_lock(&self->mutex);
  while (!self->lent && !self->closed)
    pthread_cond_wait(&self->cond, &self->mutex);
  gboolean closed = !self->lent;
  pthread_mutex_unlock(&self->mutex);
  gboolean done = FALSE;
  if (closed)
    fbk_error_set(err, FBK_ERR_CANCELLED, _("Fubako is leaving."));
  else
    done = borrow(borrow_data, err);
  pthread_mutex_lock(&self->mutex);
  if (--self->borrowers == 0)
    self->lent = FALSE;
  pthread_mutex_unlock(&self->mutex);
  fbk_inbox_call(self->inbox, tell, self);
  return done;
}

/* --- on the UI thread --- */

FbkUiAsk *fbk_ui_ask_new(FbkInbox *inbox, void (*changed)(gpointer data), gpointer data)
{
  FbkUiAsk *self = g_new0(FbkUiAsk, 1);
  self->inbox = inbox;
  self->changed = changed;
  self->data = data;
  self->ask = (FbkAsk){ask_secret, lend_terminal, self};
  pthread_mutex_init(&self->mutex, NULL);
  pthread_cond_init(&self->cond, NULL);
  g_queue_init(&self->questions);
  return self;
}

void fbk_ui_ask_free(FbkUiAsk *self)
{
  if (!self)
    return;
  pthread_mutex_destroy(&self->mutex);
  pthread_cond_destroy(&self->cond);
  g_free(self);
}

const FbkAsk *fbk_ui_ask_get(FbkUiAsk *self)
{
  return &self->ask;
}

guint fbk_ui_ask_current(FbkUiAsk *self, char **question_out)
{
  guint number = 0;
  *question_out = NULL;
  pthread_mutex_lock(&self->mutex);
  for (GList *link = self->questions.head; link && !number; link = link->next) {
    const Question *question = link->data;
    if (!question->answered && !question->stopped) {
      number = question->number;
      *question_out = g_strdup(question->question);
    }
  }
  pthread_mutex_unlock(&self->mutex);
  return number;
}

void fbk_ui_ask_answer(FbkUiAsk *self, guint number, FbkSecret *secret)
{
  pthread_mutex_lock(&self->mutex);
  for (GList *link = self->questions.head; link; link = link->next) {
    Question *question = link->data;
    if (question->number == number && !question->answered && !question->stopped) {
      question->answered = TRUE;
      question->secret = g_steal_pointer(&secret);
    }
  }
  pthread_cond_broadcast(&self->cond);
  pthread_mutex_unlock(&self->mutex);
  fbk_secret_free(secret);
}

gboolean fbk_ui_ask_wants_terminal(FbkUiAsk *self)
{
  pthread_mutex_lock(&self->mutex);
  gboolean wanted = self->borrowers > 0;
  pthread_mutex_unlock(&self->mutex);
  return wanted;
}

void fbk_ui_ask_lend(FbkUiAsk *self)
{
  pthread_mutex_lock(&self->mutex);
  self->lent = self->borrowers > 0;
  pthread_cond_broadcast(&self->cond);
  pthread_mutex_unlock(&self->mutex);
}

void fbk_ui_ask_close(FbkUiAsk *self)
{
  pthread_mutex_lock(&self->mutex);
  self->closed = TRUE;
  pthread_cond_broadcast(&self->cond);
  pthread_mutex_unlock(&self->mutex);
}
