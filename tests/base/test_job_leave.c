/* How workers end, and many of them at once. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/base/job_stage.h"

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
  g_test_add_func("/base/job-leave/free-cancels-and-answers", test_free_cancels_and_answers);
  g_test_add_func("/base/job-leave/free-without-dispatch", test_free_without_dispatch);
  g_test_add_func("/base/job-leave/deaf-worker-is-given-up", test_deaf_worker_is_given_up);
  g_test_add_func("/base/job-leave/storm", test_storm);
  return g_test_run();
}
