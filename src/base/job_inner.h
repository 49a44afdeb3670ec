/* What job.c and job_inbox.c share; nobody else includes it. */
#ifndef FBK_BASE_JOB_INNER_H
#define FBK_BASE_JOB_INNER_H

#include <stdatomic.h>

#include "base/job.h"

struct FbkJob {
  FbkJob *next; /* in the worker's queue; under its mutex */
  FbkJob *scope_previous, *scope_next;
  FbkInbox *inbox;
  FbkScope *scope; /* a reference */
  FbkJobRun run;
  FbkJobDone done;
  gpointer data;
  GDestroyNotify free_data;
  gboolean is_background;
  GCancellable *cancellable;
  FbkProgress progress;
  GError *err; /* the worker's until delivered, then the inbox's thread's */
};

struct FbkScope {
  atomic_uint references; /* the owner, each job, the inbox's list of reports */
  /* The inbox's thread only: */
  gpointer owner;
  FbkJobProgress progress;
  FbkJob *jobs;
  guint pending;
  gboolean is_closed;
  /* Under the inbox's mutex, the latest report: */
  gboolean is_listed; /* in the inbox's list */
  FbkScope *next_listed;
  FbkJob *reporter; /* whose report it is; NULL: there is none */
  char *what;
  guint64 done_units, total_units;
};

/* Scopes live as long as their owner, a job or a waiting report holds them. */
FbkScope *fbk_scope_ref(FbkScope *scope);
void fbk_scope_unref(FbkScope *scope);

/* Takes the job out of its scope and frees it with its data. The inbox's thread. */
void fbk_job_destroy(FbkJob *job);

/* A worker that had to be left alone still holds its inbox. */
FbkInbox *fbk_inbox_ref(FbkInbox *inbox);
void fbk_inbox_unref(FbkInbox *inbox);

/* TRUE on the thread that made the inbox. */
gboolean fbk_inbox_is_here(const FbkInbox *inbox);

/* On the worker: the job is finished and now belongs to the inbox; how far the running job is. */
void fbk_inbox_deliver(FbkInbox *inbox, FbkJob *job);
void fbk_inbox_report(FbkInbox *inbox, FbkJob *job, const char *what, guint64 done, guint64 total);

#endif
