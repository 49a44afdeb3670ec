/* Workers, scopes, and the way back. SPDX-License-Identifier: GPL-3.0-or-later */
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

static Task *task_new(Stage *stage, const char *name)
{
  Task *task = g_new0(Task, 1);
  task->stage = stage;
  task->name = name;
  g_assert_cmpint(pipe(task->go), ==, 0);
  return task;
}

static void task_free(gpointer data)
{
  Task *task = data;
  task->stage->freed++;
  close(task->go[0]);
  if (task->go[1] >= 0)
    close(task->go[1]);
  g_free(task);
}

static void let_go(Task *task)
{
  close(task->go[1]);
  task->go[1] = -1;
}

static void wait_for_inbox(FbkInbox *inbox)
{
  struct pollfd fd = {.fd = fbk_inbox_fd(inbox), .events = POLLIN};
  g_assert_cmpint(poll(&fd, 1, DEADLINE * 1000), ==, 1);
}

static gboolean is_readable(FbkInbox *inbox)
{
  struct pollfd fd = {.fd = fbk_inbox_fd(inbox), .events = POLLIN};
  return poll(&fd, 1, 0) == 1;
}

static void dispatch_until(Stage *stage, const char *story)
{
  while (strcmp(stage->story->str, story) != 0) {
    wait_for_inbox(stage->inbox);
    fbk_inbox_dispatch(stage->inbox);
    g_assert_true(g_str_has_prefix(story, stage->story->str));
  }
}

static void on_progress(gpointer owner, const char *what, guint64 done, guint64 total)
{
  Stage *stage = owner;
  g_assert_cmpuint(done, <=, total);
  stage->reports++;
  g_free(stage->last_what);
  stage->last_what = g_strdup(what);
  stage->last_done = done;
}

static void on_teardown(gpointer data)
{
  Stage *stage = data;
  stage->teardown_thread = pthread_self();
  stage->has_torn_down = TRUE;
}

static void set_up(Stage *stage, gconstpointer unused)
{
  (void)unused;
  stage->story = g_string_new(NULL);
  stage->inbox = fbk_inbox_new();
  stage->worker = fbk_worker_new("test", stage->inbox, on_teardown, stage);
  stage->scope = fbk_scope_new(stage, on_progress);
}

static void tear_down(Stage *stage, gconstpointer unused)
{
  (void)unused;
  fbk_scope_close(stage->scope);
  g_assert_true(fbk_worker_free(stage->worker, DEADLINE));
  g_assert_true(stage->has_torn_down);
  fbk_inbox_free(stage->inbox);
  g_string_free(stage->story, TRUE);
  g_free(stage->last_what);
}

static gboolean run_at_once(FbkJob *job, gpointer data, GError **err)
{
  (void)job, (void)err;
  Task *task = data;
  task->ran_on = pthread_self();
  g_atomic_int_set(&task->has_run, 1);
  return TRUE;
}

static gboolean run_failing(FbkJob *job, gpointer data, GError **err)
{
  (void)job, (void)data;
  fbk_error_set(err, FBK_ERR_AUTH, "no");
  return FALSE;
}

static gboolean run_failing_silently(FbkJob *job, gpointer data, GError **err)
{
  (void)job, (void)data, (void)err;
  return FALSE;
}

/* Waits for let_go or a cancel; a cancel is reported the way a broken connection would be. */
static gboolean run_waiting(FbkJob *job, gpointer data, GError **err)
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

static void tell(gpointer owner, gpointer data, const GError *err)
{
  Stage *stage = owner;
  Task *task = data;
  const char *how = err == NULL ? "+" : g_error_matches(err, FBK_ERROR, FBK_ERR_CANCELLED) ? "x" : "-";
  g_string_append_printf(stage->story, "%s%s ", task->name, how);
}

static Task *post(Stage *stage, const char *name, FbkJobRun run)
{
  Task *task = task_new(stage, name);
  fbk_worker_post(stage->worker, stage->scope, run, tell, task, task_free);
  return task;
}

static Task *post_background(Stage *stage, const char *name, FbkJobRun run)
{
  Task *task = task_new(stage, name);
  fbk_worker_post_background(stage->worker, stage->scope, run, tell, task, task_free);
  return task;
}

/* Dispatches until the waiting job has said that it begun. */
static void wait_until_begun(Stage *stage)
{
  guint before = stage->reports;
  while (stage->reports == before) {
    wait_for_inbox(stage->inbox);
    fbk_inbox_dispatch(stage->inbox);
  }
}

static void done_remembers_thread(gpointer owner, gpointer data, const GError *err)
{
  Task *task = data;
  g_assert_no_error(err);
  g_assert_false(pthread_equal(task->ran_on, pthread_self()));
  tell(owner, data, err);
}

static void test_runs_there_and_answers_here(Stage *stage, gconstpointer unused)
{
  (void)unused;
  Task *task = task_new(stage, "a");
  fbk_worker_post(stage->worker, stage->scope, run_at_once, done_remembers_thread, task, task_free);
  g_assert_cmpuint(fbk_scope_pending(stage->scope), ==, 1);
  wait_for_inbox(stage->inbox);
  g_assert_cmpuint(fbk_inbox_dispatch(stage->inbox), ==, 1);
  g_assert_cmpstr(stage->story->str, ==, "a+ ");
  g_assert_cmpuint(fbk_scope_pending(stage->scope), ==, 0);
  g_assert_cmpuint(stage->freed, ==, 1);
  g_assert_false(is_readable(stage->inbox));
  g_assert_cmpuint(fbk_inbox_dispatch(stage->inbox), ==, 0);
}

static void test_first_come_first_served(Stage *stage, gconstpointer unused)
{
  (void)unused;
  post(stage, "a", run_at_once);
  post(stage, "b", run_failing);
  post(stage, "c", run_at_once);
  post(stage, "d", run_failing_silently);
  dispatch_until(stage, "a+ b- c+ d- ");
}

static void done_checks_bug(gpointer owner, gpointer data, const GError *err)
{
  g_assert_error(err, FBK_ERROR, FBK_ERR_BUG);
  tell(owner, data, err);
}

static void test_silent_failure_is_a_defect(Stage *stage, gconstpointer unused)
{
  (void)unused;
  fbk_worker_post(stage->worker, stage->scope, run_failing_silently, done_checks_bug, task_new(stage, "a"),
                  task_free);
  dispatch_until(stage, "a- ");
}

static void test_cancel_ends_running_and_waiting(Stage *stage, gconstpointer unused)
{
  (void)unused;
  post(stage, "a", run_waiting);
  wait_until_begun(stage);
  post(stage, "b", run_waiting);
  fbk_scope_cancel(stage->scope);
  g_assert_cmpuint(fbk_scope_pending(stage->scope), ==, 2);
  dispatch_until(stage, "ax bx ");
  g_assert_cmpuint(stage->freed, ==, 2);
  /* Cancelling was for those two only. */
  post(stage, "c", run_at_once);
  dispatch_until(stage, "ax bx c+ ");
}

static void test_closed_scope_hears_nothing(Stage *stage, gconstpointer unused)
{
  (void)unused;
  FbkScope *doomed = stage->scope;
  post(stage, "a", run_waiting);
  wait_until_begun(stage);
  post(stage, "b", run_at_once);
  stage->scope = fbk_scope_new(stage, on_progress);
  fbk_scope_close(doomed);
  guint reports = stage->reports;
  post(stage, "c", run_at_once);
  dispatch_until(stage, "c+ ");
  g_assert_cmpuint(stage->freed, ==, 3);
  g_assert_cmpuint(stage->reports, ==, reports);
}

static void done_closes_own_scope(gpointer owner, gpointer data, const GError *err)
{
  tell(owner, data, err);
  Stage *stage = owner;
  fbk_scope_close(stage->scope);
  stage->scope = fbk_scope_new(stage, on_progress);
}

static void test_scope_closed_by_its_own_answer(Stage *stage, gconstpointer unused)
{
  (void)unused;
  fbk_worker_post(stage->worker, stage->scope, run_at_once, done_closes_own_scope, task_new(stage, "a"),
                  task_free);
  post(stage, "b", run_at_once);
  dispatch_until(stage, "a+ ");
  post(stage, "c", run_at_once);
  dispatch_until(stage, "a+ c+ ");
  g_assert_cmpuint(stage->freed, ==, 3);
}

static void test_background_gives_way(Stage *stage, gconstpointer unused)
{
  (void)unused;
  post_background(stage, "idle", run_waiting);
  wait_until_begun(stage);
  post_background(stage, "idle2", run_waiting);
  post(stage, "real", run_at_once);
  dispatch_until(stage, "idlex idle2x real+ ");
}

static void test_background_waits_its_turn(Stage *stage, gconstpointer unused)
{
  (void)unused;
  Task *real = post(stage, "real", run_waiting);
  wait_until_begun(stage);
  post_background(stage, "idle", run_at_once);
  let_go(real);
  dispatch_until(stage, "real+ idle+ ");
}

static gboolean run_reporting(FbkJob *job, gpointer data, GError **err)
{
  (void)err;
  Task *task = data;
  for (guint i = 1; i <= task->reports; i++) {
    g_autofree char *what = g_strdup_printf("folder %u", i);
    fbk_progress(fbk_job_progress(job), what, i, task->reports);
  }
  return TRUE;
}

static void test_last_report_comes(Stage *stage, gconstpointer unused)
{
  (void)unused;
  Task *task = task_new(stage, "a");
  task->reports = 20000;
  fbk_worker_post(stage->worker, stage->scope, run_reporting, tell, task, task_free);
  dispatch_until(stage, "a+ ");
  g_assert_cmpuint(stage->last_done, ==, 20000);
  g_assert_cmpstr(stage->last_what, ==, "folder 20000");
}

static gboolean run_chattering(FbkJob *job, gpointer data, GError **err)
{
  Task *task = data;
  struct pollfd stop = {.fd = task->go[0], .events = POLLIN};
  while (poll(&stop, 1, 0) == 0)
    fbk_progress(fbk_job_progress(job), "again", 1, 1);
  (void)err;
  return TRUE;
}

/* However much is reported and however often the screen looks. */
static void test_ten_reports_a_second(Stage *stage, gconstpointer unused)
{
  (void)unused;
  gint64 start = g_get_monotonic_time();
  Task *task = post(stage, "a", run_chattering);
  while (stage->reports < 4)
    fbk_inbox_dispatch(stage->inbox);
  g_assert_cmpint(g_get_monotonic_time() - start, >=, 300000);
  let_go(task);
  dispatch_until(stage, "a+ ");
}

static gboolean run_two_reports(FbkJob *job, gpointer data, GError **err)
{
  fbk_progress(fbk_job_progress(job), "begun", 0, 2);
  Task *task = data;
  char byte;
  g_assert_cmpint(read(task->go[0], &byte, 1), ==, 1);
  fbk_progress(fbk_job_progress(job), "second", 1, 2);
  g_assert_cmpint(read(task->go[0], &byte, 1), ==, 0);
  (void)err;
  return TRUE;
}

/* A report that came too early must wake the screen later, although nothing else happens. */
static void test_late_report_is_not_lost(Stage *stage, gconstpointer unused)
{
  (void)unused;
  Task *task = post(stage, "a", run_two_reports);
  wait_until_begun(stage);
  g_assert_cmpint(write(task->go[1], "x", 1), ==, 1);
  wait_until_begun(stage);
  g_assert_cmpstr(stage->last_what, ==, "second");
  g_assert_false(is_readable(stage->inbox)); /* or the screen would spin */
  g_assert_cmpstr(stage->story->str, ==, "");
  let_go(task);
  dispatch_until(stage, "a+ ");
}

static void append_word(gpointer data)
{
  Stage *stage = data;
  g_string_append(stage->story, "call ");
}

static gboolean run_calling(FbkJob *job, gpointer data, GError **err)
{
  (void)job, (void)err;
  Task *task = data;
  fbk_inbox_call(task->stage->inbox, append_word, task->stage);
  return TRUE;
}

static void test_call_runs_here(Stage *stage, gconstpointer unused)
{
  (void)unused;
  post(stage, "a", run_calling);
  dispatch_until(stage, "call a+ ");
}

static void call_again(gpointer data)
{
  append_word(data);
  fbk_inbox_call(((Stage *)data)->inbox, append_word, data);
}

static void test_flood_waits_for_the_next_turn(Stage *stage, gconstpointer unused)
{
  (void)unused;
  fbk_inbox_call(stage->inbox, call_again, stage);
  g_assert_cmpuint(fbk_inbox_dispatch(stage->inbox), ==, 1);
  g_assert_cmpstr(stage->story->str, ==, "call ");
  g_assert_true(is_readable(stage->inbox));
  g_assert_cmpuint(fbk_inbox_dispatch(stage->inbox), ==, 1);
  g_assert_false(is_readable(stage->inbox));
}

static void test_free_cancels_and_answers(void)
{
  Stage stage = {0};
  set_up(&stage, NULL);
  post(&stage, "a", run_waiting);
  wait_until_begun(&stage);
  Task *never = post(&stage, "b", run_at_once);
  g_assert_true(fbk_worker_free(stage.worker, DEADLINE));
  g_assert_true(stage.has_torn_down);
  g_assert_false(pthread_equal(stage.teardown_thread, pthread_self()));
  g_assert_cmpint(g_atomic_int_get(&never->has_run), ==, 0);
  fbk_inbox_dispatch(stage.inbox);
  g_assert_cmpstr(stage.story->str, ==, "ax bx ");
  fbk_scope_close(stage.scope);
  fbk_inbox_free(stage.inbox);
  g_assert_cmpuint(stage.freed, ==, 2);
  g_string_free(stage.story, TRUE);
  g_free(stage.last_what);
}

static void test_free_without_dispatch(void)
{
  Stage stage = {0};
  set_up(&stage, NULL);
  post(&stage, "a", run_at_once);
  post(&stage, "b", run_waiting);
  wait_for_inbox(stage.inbox);
  fbk_inbox_call(stage.inbox, append_word, &stage);
  g_assert_true(fbk_worker_free(stage.worker, DEADLINE));
  fbk_inbox_free(stage.inbox);
  g_assert_cmpstr(stage.story->str, ==, "");
  g_assert_cmpuint(stage.freed, ==, 2);
  g_assert_cmpuint(fbk_scope_pending(stage.scope), ==, 0);
  fbk_scope_close(stage.scope);
  g_string_free(stage.story, TRUE);
  g_free(stage.last_what);
}

static gboolean run_deaf(FbkJob *job, gpointer data, GError **err)
{
  (void)err;
  Task *task = data;
  char byte;
  fbk_progress(fbk_job_progress(job), "begun", 0, 1);
  g_assert_cmpint(read(task->go[0], &byte, 1), ==, 0);
  return TRUE;
}

/* A worker that hears no cancel is given up; the program can leave, and nothing it still does harms. */
static void test_deaf_worker_is_given_up(void)
{
  static Stage stage; /* static: what the deaf worker holds is left to it */
  set_up(&stage, NULL);
  Task *task = post(&stage, "a", run_deaf);
  wait_until_begun(&stage);
  int go = dup(task->go[1]);
  let_go(task);
  gint64 start = g_get_monotonic_time();
  g_assert_false(fbk_worker_free(stage.worker, 0.05));
  g_assert_cmpint(g_get_monotonic_time() - start, <, DEADLINE * G_USEC_PER_SEC);
  fbk_scope_close(stage.scope);
  close(go);
  /* It ends after all: its answer still arrives, and is told to nobody. */
  while (stage.freed == 0) {
    wait_for_inbox(stage.inbox);
    fbk_inbox_dispatch(stage.inbox);
  }
  g_assert_cmpstr(stage.story->str, ==, "");
  fbk_inbox_free(stage.inbox);
}

static void count_done(gpointer owner, gpointer data, const GError *err)
{
  (void)data, (void)err;
  (*(guint *)owner)++;
}

/* Many workers and scopes, cancelled and closed at every moment: each job answers once or not at all, and
 * everything is freed. Worth most under the thread sanitizer. */
static void test_storm(void)
{
  enum { WORKERS = 4, ROUNDS = 300 };
  Stage stage = {0};
  stage.inbox = fbk_inbox_new();
  FbkWorker *workers[WORKERS];
  for (int i = 0; i < WORKERS; i++)
    workers[i] = fbk_worker_new("storm", stage.inbox, NULL, NULL);
  GRand *random = g_rand_new_with_seed(7);
  guint posted = 0, expected = 0, told = 0;
  for (int round = 0; round < ROUNDS; round++) {
    FbkScope *scope = fbk_scope_new(&told, NULL);
    guint before = told;
    for (int i = 0; i < 8; i++, posted++) {
      Task *task = task_new(&stage, "s");
      task->reports = 5;
      if (g_rand_boolean(random))
        fbk_worker_post(workers[i % WORKERS], scope, run_reporting, count_done, task, task_free);
      else
        fbk_worker_post_background(workers[i % WORKERS], scope, run_reporting, count_done, task, task_free);
    }
    if (g_rand_boolean(random))
      fbk_scope_cancel(scope);
    if (g_rand_boolean(random)) {
      while (fbk_scope_pending(scope) > 0) {
        wait_for_inbox(stage.inbox);
        fbk_inbox_dispatch(stage.inbox);
      }
      g_assert_cmpuint(told - before, ==, 8);
      expected += 8;
    }
    fbk_scope_close(scope);
    guint frozen = told;
    fbk_inbox_dispatch(stage.inbox);
    g_assert_cmpuint(told, ==, frozen);
  }
  for (int i = 0; i < WORKERS; i++)
    g_assert_true(fbk_worker_free(workers[i], DEADLINE));
  fbk_inbox_free(stage.inbox);
  g_assert_cmpuint(stage.freed, ==, posted);
  g_assert_cmpuint(told, ==, expected);
  g_rand_free(random);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(name, test) g_test_add("/base/job/" name, Stage, NULL, set_up, test, tear_down)
  ADD("runs-there-and-answers-here", test_runs_there_and_answers_here);
  ADD("first-come-first-served", test_first_come_first_served);
  ADD("silent-failure-is-a-defect", test_silent_failure_is_a_defect);
  ADD("cancel-ends-running-and-waiting", test_cancel_ends_running_and_waiting);
  ADD("closed-scope-hears-nothing", test_closed_scope_hears_nothing);
  ADD("scope-closed-by-its-own-answer", test_scope_closed_by_its_own_answer);
  ADD("background-gives-way", test_background_gives_way);
  ADD("background-waits-its-turn", test_background_waits_its_turn);
  ADD("last-report-comes", test_last_report_comes);
  ADD("ten-reports-a-second", test_ten_reports_a_second);
  ADD("late-report-is-not-lost", test_late_report_is_not_lost);
  ADD("call-runs-here", test_call_runs_here);
  ADD("flood-waits-for-the-next-turn", test_flood_waits_for_the_next_turn);
  g_test_add_func("/base/job/free-cancels-and-answers", test_free_cancels_and_answers);
  g_test_add_func("/base/job/free-without-dispatch", test_free_without_dispatch);
  g_test_add_func("/base/job/deaf-worker-is-given-up", test_deaf_worker_is_given_up);
  g_test_add_func("/base/job/storm", test_storm);
  return g_test_run();
}
