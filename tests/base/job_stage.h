/* A worker, a scope, an inbox and jobs that a test holds and lets go: for test_job.c and test_job_leave.c. */
#ifndef FBK_TESTS_JOB_STAGE_H
#define FBK_TESTS_JOB_STAGE_H

#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/job.h"

#define DEADLINE 20 /* seconds after which something hangs */

typedef struct {
  FbkInbox *inbox;
  FbkWorker *worker;
  FbkScope *scope;
  GString *story; /* what the owner was told, in order; the inbox's thread only */
  guint freed;    /* jobs' data freed */
  guint reports;
  char *last_what;
  guint64 last_done;
  pthread_t teardown_thread;
  gboolean has_torn_down;
} Stage;

typedef struct {
  Stage *stage;
  const char *name;
  pthread_t ran_on;
  int go[2]; /* a pipe: the job waits until the test closes its writing end */
  gint has_run;
  guint reports;
} Task;

/* Gates let a test hold a job where it wants it, without sleeping. */

static inline Task *task_new(Stage *stage, const char *name)
{
  Task *task = g_new0(Task, 1);
  task->stage = stage;
  task->name = name;
  g_assert_cmpint(pipe(task->go), ==, 0);
  return task;
}

static inline void task_free(gpointer data)
{
  Task *task = data;
  task->stage->freed++;
  close(task->go[0]);
  if (task->go[1] >= 0)
    close(task->go[1]);
  g_free(task);
}

static inline void let_go(Task *task)
{
  close(task->go[1]);
  task->go[1] = -1;
}

static inline void wait_for_inbox(FbkInbox *inbox)
{
  struct pollfd fd = {.fd = fbk_inbox_fd(inbox), .events = POLLIN};
  g_assert_cmpint(poll(&fd, 1, DEADLINE * 1000), ==, 1);
}

static inline gboolean is_readable(FbkInbox *inbox)
{
  struct pollfd fd = {.fd = fbk_inbox_fd(inbox), .events = POLLIN};
  return poll(&fd, 1, 0) == 1;
}

static inline void dispatch_until(Stage *stage, const char *story)
{
  while (strcmp(stage->story->str, story) != 0) {
    wait_for_inbox(stage->inbox);
    fbk_inbox_dispatch(stage->inbox);
    g_assert_true(g_str_has_prefix(story, stage->story->str));
  }
}

static inline void on_progress(gpointer owner, const char *what, guint64 done, guint64 total)
{
  Stage *stage = owner;
  g_assert_cmpuint(done, <=, total);
  stage->reports++;
  g_free(stage->last_what);
  stage->last_what = g_strdup(what);
  stage->last_done = done;
}

static inline void on_teardown(gpointer data)
{
  Stage *stage = data;
  stage->teardown_thread = pthread_self();
  stage->has_torn_down = TRUE;
}

static inline void set_up(Stage *stage, gconstpointer unused)
{
  (void)unused;
  stage->story = g_string_new(NULL);
  stage->inbox = fbk_inbox_new();
  stage->worker = fbk_worker_new("test", stage->inbox, on_teardown, stage);
  stage->scope = fbk_scope_new(stage, on_progress);
}

static inline void tear_down(Stage *stage, gconstpointer unused)
{
  (void)unused;
  fbk_scope_close(stage->scope);
  g_assert_true(fbk_worker_free(stage->worker, DEADLINE));
  g_assert_true(stage->has_torn_down);
  fbk_inbox_free(stage->inbox);
  g_string_free(stage->story, TRUE);
  g_free(stage->last_what);
}

static inline gboolean run_at_once(FbkJob *job, gpointer data, GError **err)
{
  (void)job, (void)err;
  Task *task = data;
  task->ran_on = pthread_self();
  g_atomic_int_set(&task->has_run, 1);
  return TRUE;
}

static inline gboolean run_failing(FbkJob *job, gpointer data, GError **err)
{
  (void)job, (void)data;
  fbk_error_set(err, FBK_ERR_AUTH, "no");
  return FALSE;
}

static inline gboolean run_failing_silently(FbkJob *job, gpointer data, GError **err)
{
  (void)job, (void)data, (void)err;
  return FALSE;
}

/* Waits for let_go or a cancel; a cancel is reported the way a broken connection would be. */
static inline gboolean run_waiting(FbkJob *job, gpointer data, GError **err)
{
  Task *task = data;
  g_atomic_int_set(&task->has_run, 1);
  fbk_progress(fbk_job_progress(job), "begun", 0, 1);
  struct pollfd fds[2] = {{.fd = task->go[0], .events = POLLIN},
                          {.fd = g_cancellable_get_fd(fbk_job_cancellable(job)), .events = POLLIN}};
  g_assert_cmpint(poll(fds, 2, DEADLINE * 1000), >, 0);
  g_cancellable_release_fd(fbk_job_cancellable(job));
  if (fds[1].revents == 0)
    return TRUE;
  fbk_progress(fbk_job_progress(job), "ending", 1, 1);
  fbk_error_set(err, FBK_ERR_OFFLINE, "the connection broke");
  return FALSE;
}

static inline void tell(gpointer owner, gpointer data, const GError *err)
{
  Stage *stage = owner;
  Task *task = data;
  const char *how = err == NULL ? "+" : g_error_matches(err, FBK_ERROR, FBK_ERR_CANCELLED) ? "x" : "-";
  g_string_append_printf(stage->story, "%s%s ", task->name, how);
}

static inline Task *post(Stage *stage, const char *name, FbkJobRun run)
{
  Task *task = task_new(stage, name);
  fbk_worker_post(stage->worker, stage->scope, run, tell, task, task_free);
  return task;
}

static inline Task *post_background(Stage *stage, const char *name, FbkJobRun run)
{
  Task *task = task_new(stage, name);
  fbk_worker_post_background(stage->worker, stage->scope, run, tell, task, task_free);
  return task;
}

/* Dispatches until the waiting job has said that it begun. */
static inline void wait_until_begun(Stage *stage)
{
  guint before = stage->reports;
  while (stage->reports == before) {
    wait_for_inbox(stage->inbox);
    fbk_inbox_dispatch(stage->inbox);
  }
}

static inline gboolean run_reporting(FbkJob *job, gpointer data, GError **err)
{
  (void)err;
  Task *task = data;
  for (guint i = 1; i <= task->reports; i++) {
    g_autofree char *what = g_strdup_printf("folder %u", i);
    fbk_progress(fbk_job_progress(job), what, i, task->reports);
  }
  return TRUE;
}

static inline void append_word(gpointer data)
{
  Stage *stage = data;
  g_string_append(stage->story, "call ");
}

#endif
