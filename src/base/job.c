/* Workers, scopes and jobs. SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/job.h"

#include <glib/gi18n.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/err.h"
#include "base/job_inner.h"
#include "base/log.h"

#define STACK_SIZE (8 * 1024 * 1024) /* MIME trees of hostile depth are walked on it */

struct FbkWorker {
  char *name;
  FbkInbox *inbox; /* a reference */
  GDestroyNotify teardown;
  gpointer data;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  /* Under the mutex: */
  FbkJob *first, **last;
  FbkJob *running;
  gboolean is_leaving, has_left;
};

void fbk_progress(const FbkProgress *progress, const char *what, guint64 done, guint64 total)
{
  if (progress != NULL)
    progress->report(progress->data, what, done, total);
}

GCancellable *fbk_job_cancellable(FbkJob *job)
{
  return job->cancellable;
}

const FbkProgress *fbk_job_progress(FbkJob *job)
{
  return &job->progress;
}

static void report(gpointer data, const char *what, guint64 done, guint64 total)
{
  FbkJob *job = data;
  fbk_inbox_report(job->inbox, job, what != NULL ? what : "", done, total);
}

static FbkJob *job_new(FbkInbox *inbox, FbkScope *scope, FbkJobRun run, FbkJobDone done, gpointer data,
                       GDestroyNotify free_data)
{
  FbkJob *job = g_new0(FbkJob, 1);
  job->inbox = inbox;
  job->run = run;
  job->done = done;
  job->data = data;
  job->free_data = free_data;
  job->cancellable = g_cancellable_new();
  job->progress = (FbkProgress){report, job};
  job->scope = fbk_scope_ref(scope);
  job->scope_next = scope->jobs;
  if (scope->jobs != NULL)
    scope->jobs->scope_previous = job;
  scope->jobs = job;
  scope->pending++;
  return job;
}

void fbk_job_destroy(FbkJob *job)
{
  if (job->scope_previous != NULL)
    job->scope_previous->scope_next = job->scope_next;
  else
    job->scope->jobs = job->scope_next;
  if (job->scope_next != NULL)
    job->scope_next->scope_previous = job->scope_previous;
  if (job->free_data != NULL)
    job->free_data(job->data);
  fbk_scope_unref(job->scope);
  g_object_unref(job->cancellable);
  g_clear_error(&job->err);
  g_free(job);
}

FbkScope *fbk_scope_new(gpointer owner, FbkJobProgress progress)
{
  FbkScope *scope = g_new0(FbkScope, 1);
  atomic_init(&scope->references, 1);
  scope->owner = owner;
  scope->progress = progress;
  return scope;
}

FbkScope *fbk_scope_ref(FbkScope *scope)
{
  atomic_fetch_add(&scope->references, 1);
  return scope;
}

void fbk_scope_unref(FbkScope *scope)
{
  if (atomic_fetch_sub(&scope->references, 1) != 1)
    return;
  g_free(scope->what);
  g_free(scope);
}

void fbk_scope_cancel(FbkScope *scope)
{
  for (FbkJob *job = scope->jobs; job != NULL; job = job->scope_next)
    g_cancellable_cancel(job->cancellable);
}

guint fbk_scope_pending(const FbkScope *scope)
{
  return scope->pending;
}

void fbk_scope_close(FbkScope *scope)
{
  if (scope == NULL)
    return;
  scope->is_closed = TRUE;
  fbk_scope_cancel(scope);
  fbk_scope_unref(scope);
}

static void perform(FbkWorker *worker, FbkJob *job, gboolean is_leaving)
{
  if (is_leaving)
    g_cancellable_cancel(job->cancellable);
  if (fbk_cancelled(job->cancellable, &job->err) || job->run(job, job->data, &job->err))
    return;
  if (job->err == NULL) {
    fbk_log("base", "a job of worker %s failed without a reason", worker->name);
    fbk_error_set(&job->err, FBK_ERR_BUG, "%s", _("Something failed without giving a reason."));
  }
  if (g_cancellable_is_cancelled(job->cancellable) &&
      !g_error_matches(job->err, FBK_ERROR, FBK_ERR_CANCELLED)) {
    /* Whatever broke on the way out is not what the person should read. */
    fbk_log("base", "worker %s, cancelled: %s", worker->name, job->err->message);
    g_clear_error(&job->err);
    fbk_cancelled(job->cancellable, &job->err);
  }
}

/* The next job, now the running one, or NULL when the worker shall leave. */
static FbkJob *take_job(FbkWorker *worker, gboolean *is_leaving_out)
{
  pthread_mutex_lock(&worker->mutex);
  while (worker->first == NULL && !worker->is_leaving)
    pthread_cond_wait(&worker->changed, &worker->mutex);
  FbkJob *job = worker->first;
  if (job != NULL) {
    worker->first = job->next;
    if (worker->first == NULL)
      worker->last = &worker->first;
  }
  worker->running = job;
  *is_leaving_out = worker->is_leaving;
  pthread_mutex_unlock(&worker->mutex);
  return job;
}

static void *worker_main(void *data)
{
  FbkWorker *worker = data;
  (void)prctl(PR_SET_NAME, worker->name, 0, 0, 0); /* for top and the debugger; cut at 15 bytes */
  gboolean is_leaving;
  FbkJob *job;
  while ((job = take_job(worker, &is_leaving)) != NULL) {
    perform(worker, job, is_leaving);
    /* From here on nobody may cancel it through the worker: the inbox will free it. */
    pthread_mutex_lock(&worker->mutex);
    worker->running = NULL;
    pthread_mutex_unlock(&worker->mutex);
    fbk_inbox_deliver(worker->inbox, job);
  }
  if (worker->teardown != NULL)
    worker->teardown(worker->data);
  pthread_mutex_lock(&worker->mutex);
  worker->has_left = TRUE;
  pthread_cond_broadcast(&worker->changed);
  pthread_mutex_unlock(&worker->mutex);
  return NULL;
}

FbkWorker *fbk_worker_new(const char *name, FbkInbox *inbox, GDestroyNotify teardown, gpointer data)
{
  FbkWorker *worker = g_new0(FbkWorker, 1);
  worker->name = g_strdup(name);
  worker->inbox = fbk_inbox_ref(inbox);
  worker->teardown = teardown;
  worker->data = data;
  worker->last = &worker->first;
  pthread_mutex_init(&worker->mutex, NULL);
  pthread_condattr_t clock;
  pthread_condattr_init(&clock);
  pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
  pthread_cond_init(&worker->changed, &clock);
  pthread_condattr_destroy(&clock);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_SIZE);
  if (pthread_create(&worker->thread, &attributes, worker_main, worker) != 0)
    g_error("no thread for worker %s", name);
  pthread_attr_destroy(&attributes);
  return worker;
}

/* TRUE when the thread's last act is over. */
static gboolean wait_until_left(FbkWorker *worker, double seconds)
{
  gint64 end = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
  struct timespec deadline = {.tv_sec = end / G_USEC_PER_SEC, .tv_nsec = end % G_USEC_PER_SEC * 1000};
  int result = 0;
  pthread_mutex_lock(&worker->mutex);
  while (!worker->has_left && result == 0)
    result = pthread_cond_timedwait(&worker->changed, &worker->mutex, &deadline);
  gboolean has_left = worker->has_left;
  pthread_mutex_unlock(&worker->mutex);
  return has_left;
}

gboolean fbk_worker_free(FbkWorker *worker, double seconds)
{
  if (worker == NULL)
    return TRUE;
  pthread_mutex_lock(&worker->mutex);
  worker->is_leaving = TRUE;
  g_autoptr(GCancellable) running =
      worker->running != NULL ? g_object_ref(worker->running->cancellable) : NULL;
  pthread_cond_broadcast(&worker->changed);
  pthread_mutex_unlock(&worker->mutex);
  /* Outside the mutex: cancelling calls whoever listens. */
  g_cancellable_cancel(running);
  if (!wait_until_left(worker, seconds)) {
    fbk_log("base", "worker %s does not end", worker->name);
    pthread_detach(worker->thread);
    return FALSE;
  }
  pthread_join(worker->thread, NULL);
  pthread_cond_destroy(&worker->changed);
  pthread_mutex_destroy(&worker->mutex);
  fbk_inbox_unref(worker->inbox);
  g_free(worker->name);
  g_free(worker);
  return TRUE;
}

/* With the worker's mutex held: the cancellables of all that a posted job pushes aside. */
static GPtrArray *find_background(FbkWorker *worker)
{
  GPtrArray *found = g_ptr_array_new_with_free_func(g_object_unref);
  if (worker->running != NULL && worker->running->is_background)
    g_ptr_array_add(found, g_object_ref(worker->running->cancellable));
  for (FbkJob *job = worker->first; job != NULL; job = job->next)
    if (job->is_background)
      g_ptr_array_add(found, g_object_ref(job->cancellable));
  return found;
}

static void post(FbkWorker *worker, FbkJob *job)
{
  g_assert(fbk_inbox_is_here(worker->inbox));
  pthread_mutex_lock(&worker->mutex);
  g_assert(!worker->is_leaving);
  g_autoptr(GPtrArray) aside = job->is_background ? NULL : find_background(worker);
  *worker->last = job;
  worker->last = &job->next;
  pthread_cond_broadcast(&worker->changed);
  pthread_mutex_unlock(&worker->mutex);
  for (guint i = 0; aside != NULL && i < aside->len; i++)
    g_cancellable_cancel(g_ptr_array_index(aside, i));
}

void fbk_worker_post(FbkWorker *worker, FbkScope *scope, FbkJobRun run, FbkJobDone done, gpointer data,
                     GDestroyNotify free_data)
{
  post(worker, job_new(worker->inbox, scope, run, done, data, free_data));
}

void fbk_worker_post_background(FbkWorker *worker, FbkScope *scope, FbkJobRun run, FbkJobDone done,
                                gpointer data, GDestroyNotify free_data)
{
  FbkJob *job = job_new(worker->inbox, scope, run, done, data, free_data);
  job->is_background = TRUE;
  post(worker, job);
}
