/* Workers, scopes, and the way back. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/base/job_stage.h"

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
  return g_test_run();
}
