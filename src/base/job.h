/* Work that may wait, off the screen's thread: workers, scopes, and the one way back.
 *
 * A worker is a thread with an unbounded queue; it owns its handles. A scope belongs to a screen (or a
 * command): closing it cancels its jobs, and no answer reaches its owner afterwards. Every job gets exactly
 * one `done`, called by fbk_inbox_dispatch on the thread that owns the inbox, unless its scope was closed.
 * Scopes are used and jobs are posted on that thread only; all jobs of a scope answer to one inbox.
 * The two queue edges use a mutex and a condition or an eventfd; nothing else is shared. */
#ifndef FBK_BASE_JOB_H
#define FBK_BASE_JOB_H

#include <gio/gio.h>

typedef struct FbkInbox FbkInbox;   /* answers on their way to the screen's thread */
typedef struct FbkWorker FbkWorker; /* one thread and its queue */
typedef struct FbkScope FbkScope;   /* the jobs of one owner */
typedef struct FbkJob FbkJob;       /* what a running job sees of itself */

/* How far a long act is; a latest-value report, overwritten by the next one. */
typedef struct FbkProgress {
  void (*report)(gpointer data, const char *what, guint64 done, guint64 total); /* total 0: not known */
  gpointer data;
} FbkProgress;

/* Reports when progress is not NULL. what: translated, short ("INBOX"); copied. */
void fbk_progress(const FbkProgress *progress, const char *what, guint64 done, guint64 total);

/* On the worker. data is the job's own; it may be filled with results, which `done` then reads. A job
 * cancelled before its turn is not run; one that fails after it was cancelled has failed with CANCELLED. */
typedef gboolean (*FbkJobRun)(FbkJob *job, gpointer data, GError **err);
/* On the inbox's thread. err is NULL on success. data is freed after it returns. */
typedef void (*FbkJobDone)(gpointer owner, gpointer data, const GError *err);
/* On the inbox's thread, at most 10 times a second, with the latest report; a job's last report comes before
 * its `done`, whatever the time. */
typedef void (*FbkJobProgress)(gpointer owner, const char *what, guint64 done, guint64 total);

GCancellable *fbk_job_cancellable(FbkJob *job);
const FbkProgress *fbk_job_progress(FbkJob *job);

/* The inbox is created, dispatched and freed on one thread. The fd is readable when something waits
 * (progress: when it is due), for as long as it waits; never read or write it. */
FbkInbox *fbk_inbox_new(void);
int fbk_inbox_fd(const FbkInbox *inbox);
guint fbk_inbox_dispatch(FbkInbox *inbox); /* how many answers were delivered */
/* Any thread: runs call(data) on the inbox's thread at the next dispatch. */
void fbk_inbox_call(FbkInbox *inbox, void (*call)(gpointer data), gpointer data);
/* After all workers are freed; what was not dispatched is dropped: data is freed, no `done`, no call. */
void fbk_inbox_free(FbkInbox *inbox);

/* teardown (or NULL) runs on the worker's thread as its last act, with data: there the handles are freed. */
FbkWorker *fbk_worker_new(const char *name, FbkInbox *inbox, GDestroyNotify teardown, gpointer data);
/* Cancels everything queued and running and waits at most seconds; FALSE when the thread did not end (it
 * is then left alone, and the process should leave). */
gboolean fbk_worker_free(FbkWorker *worker, double seconds);

FbkScope *fbk_scope_new(gpointer owner, FbkJobProgress progress);
void fbk_scope_cancel(FbkScope *scope);         /* jobs end with CANCELLED; their `done` still comes */
guint fbk_scope_pending(const FbkScope *scope); /* jobs without their `done` yet */
void fbk_scope_close(FbkScope *scope);          /* cancels, and frees the scope; no more `done` */

/* Any number may wait; first come, first served. data belongs to the job, freed by free_data. */
void fbk_worker_post(FbkWorker *worker, FbkScope *scope, FbkJobRun run, FbkJobDone done, gpointer data,
                     GDestroyNotify free_data);
/* The same for work that any job of fbk_worker_post pushes aside, waiting or running: when one arrives, this
 * one is cancelled first. Its owner posts it again when there is nothing better to do. */
void fbk_worker_post_background(FbkWorker *worker, FbkScope *scope, FbkJobRun run, FbkJobDone done,
                                gpointer data, GDestroyNotify free_data);

#endif
