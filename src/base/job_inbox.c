/* The way back from workers to the screen's thread. SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/job_inner.h"

#define PROGRESS_PAUSE 100000 /* microseconds: 10 reports a second */

/* A finished job, or a call. */
typedef struct Answer {
  struct Answer *next;
  FbkJob *job;
  void (*call)(gpointer data);
  gpointer data;
} Answer;

/* pthread mutexes, here and in job.c, because the thread sanitizer sees through them and not through GMutex.
 */
struct FbkInbox {
  atomic_uint references; /* the owner, each worker */
  pthread_t thread;
  int poll_fd;   /* readable when one of the next two is */
  int answer_fd; /* eventfd: answers wait */
  int timer_fd;  /* timerfd: reports are due */
  pthread_mutex_t mutex;
  /* Under the mutex: */
  Answer *first, **last;
  guint waiting;
  FbkScope *reports;
  gint64 next_report; /* monotonic time before which no report is passed on */
};

static void watch(FbkInbox *inbox, int fd)
{
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (fd < 0 || epoll_ctl(inbox->poll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
    g_error("no descriptors for an inbox");
}

FbkInbox *fbk_inbox_new(void)
{
  FbkInbox *inbox = g_new0(FbkInbox, 1);
  atomic_init(&inbox->references, 1);
  inbox->thread = pthread_self();
  pthread_mutex_init(&inbox->mutex, NULL);
  inbox->last = &inbox->first;
  inbox->poll_fd = epoll_create1(EPOLL_CLOEXEC);
  inbox->answer_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  inbox->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  watch(inbox, inbox->answer_fd);
  watch(inbox, inbox->timer_fd);
  return inbox;
}

int fbk_inbox_fd(const FbkInbox *inbox)
{
  return inbox->poll_fd;
}

gboolean fbk_inbox_is_here(const FbkInbox *inbox)
{
  return pthread_equal(inbox->thread, pthread_self()) != 0;
}

FbkInbox *fbk_inbox_ref(FbkInbox *inbox)
{
  atomic_fetch_add(&inbox->references, 1);
  return inbox;
}

void fbk_inbox_unref(FbkInbox *inbox)
{
  if (atomic_fetch_sub(&inbox->references, 1) != 1)
    return;
  while (inbox->first != NULL) {
    Answer *answer = inbox->first;
    inbox->first = answer->next;
    if (answer->job != NULL) {
      answer->job->scope->pending--;
      fbk_job_destroy(answer->job);
    }
    g_free(answer);
  }
  while (inbox->reports != NULL) {
    FbkScope *scope = inbox->reports;
    inbox->reports = scope->next_listed;
    scope->is_listed = FALSE;
    fbk_scope_unref(scope);
  }
  close(inbox->timer_fd);
  close(inbox->answer_fd);
  close(inbox->poll_fd);
  pthread_mutex_destroy(&inbox->mutex);
  g_free(inbox);
}

void fbk_inbox_free(FbkInbox *inbox)
{
  if (inbox == NULL)
    return;
  g_assert(fbk_inbox_is_here(inbox));
  fbk_inbox_unref(inbox);
}

/* The two fds are counters: a failed read or write means that they already say what they should. */

static void ring(FbkInbox *inbox)
{
  const uint64_t one = 1;
  ssize_t ignored = write(inbox->answer_fd, &one, sizeof one);
  (void)ignored;
}

static void silence(int fd)
{
  uint64_t count;
  ssize_t ignored = read(fd, &count, sizeof count);
  (void)ignored;
}

/* With the mutex held: lets the fd be readable when reports may be passed on. */
static void arm_timer(FbkInbox *inbox)
{
  gint64 due = MAX(inbox->next_report, 1);
  struct itimerspec when = {
      .it_value = {.tv_sec = due / G_USEC_PER_SEC, .tv_nsec = due % G_USEC_PER_SEC * 1000}};
  timerfd_settime(inbox->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void append(FbkInbox *inbox, Answer *answer)
{
  pthread_mutex_lock(&inbox->mutex);
  *inbox->last = answer;
  inbox->last = &answer->next;
  inbox->waiting++;
  /* Under the mutex, so that the inbox cannot be gone between the answer and the ring. */
  ring(inbox);
  pthread_mutex_unlock(&inbox->mutex);
}

void fbk_inbox_deliver(FbkInbox *inbox, FbkJob *job)
{
  Answer *answer = g_new0(Answer, 1);
  answer->job = job;
  append(inbox, answer);
}

void fbk_inbox_call(FbkInbox *inbox, void (*call)(gpointer data), gpointer data)
{
  Answer *answer = g_new0(Answer, 1);
  answer->call = call;
  answer->data = data;
  append(inbox, answer);
}

void fbk_inbox_report(FbkInbox *inbox, FbkJob *job, const char *what, guint64 done, guint64 total)
{
  FbkScope *scope = job->scope;
  char *copy = g_strdup(what);
  pthread_mutex_lock(&inbox->mutex);
  char *before = scope->what;
  scope->what = copy;
  scope->done_units = done;
  scope->total_units = total;
  scope->reporter = job;
  if (!scope->is_listed) {
    scope->is_listed = TRUE;
    scope->next_listed = inbox->reports;
    if (inbox->reports == NULL)
      arm_timer(inbox);
    inbox->reports = fbk_scope_ref(scope);
  }
  pthread_mutex_unlock(&inbox->mutex);
  g_free(before);
}

/* Passes the scope's latest report on, if there is one and (where reporter is given) it is reporter's. */
static void pass_report(FbkInbox *inbox, FbkScope *scope, const FbkJob *reporter)
{
  pthread_mutex_lock(&inbox->mutex);
  gboolean is_fresh = scope->reporter != NULL && (reporter == NULL || scope->reporter == reporter);
  g_autofree char *what = is_fresh ? g_steal_pointer(&scope->what) : NULL;
  guint64 done = scope->done_units;
  guint64 total = scope->total_units;
  if (is_fresh)
    scope->reporter = NULL;
  pthread_mutex_unlock(&inbox->mutex);
  if (is_fresh && !scope->is_closed && scope->progress != NULL)
    scope->progress(scope->owner, what, done, total);
}

static void pass_due_reports(FbkInbox *inbox)
{
  FbkScope *due = NULL;
  pthread_mutex_lock(&inbox->mutex);
  if (inbox->reports != NULL && g_get_monotonic_time() >= inbox->next_report) {
    due = g_steal_pointer(&inbox->reports);
    inbox->next_report = g_get_monotonic_time() + PROGRESS_PAUSE;
  }
  pthread_mutex_unlock(&inbox->mutex);
  while (due != NULL) {
    FbkScope *scope = due;
    pthread_mutex_lock(&inbox->mutex);
    due = scope->next_listed;
    scope->is_listed = FALSE;
    pthread_mutex_unlock(&inbox->mutex);
    pass_report(inbox, scope, NULL);
    fbk_scope_unref(scope);
  }
}

static Answer *next_answer(FbkInbox *inbox)
{
  pthread_mutex_lock(&inbox->mutex);
  Answer *answer = inbox->first;
  if (answer != NULL) {
    inbox->first = answer->next;
    if (inbox->first == NULL)
      inbox->last = &inbox->first;
    inbox->waiting--;
  }
  pthread_mutex_unlock(&inbox->mutex);
  return answer;
}

/* TRUE when somebody was told. */
static gboolean handle(FbkInbox *inbox, Answer *answer)
{
  g_autofree Answer *owned = answer;
  FbkJob *job = owned->job;
  if (job == NULL) {
    owned->call(owned->data);
    return TRUE;
  }
  FbkScope *scope = job->scope;
  pass_report(inbox, scope, job);
  scope->pending--;
  gboolean is_wanted = !scope->is_closed;
  if (is_wanted && job->done != NULL)
    job->done(scope->owner, job->data, job->err);
  fbk_job_destroy(job);
  return is_wanted;
}

guint fbk_inbox_dispatch(FbkInbox *inbox)
{
  g_assert(fbk_inbox_is_here(inbox));
  /* First of all: what arrives from here on rings again. A timer that has not run out stays armed. */
  silence(inbox->answer_fd);
  silence(inbox->timer_fd);
  pass_due_reports(inbox);
  pthread_mutex_lock(&inbox->mutex);
  guint waiting = inbox->waiting;
  pthread_mutex_unlock(&inbox->mutex);
  guint told = 0;
  /* What arrives meanwhile waits for the next turn, so that a flood of answers cannot hold the keys up. */
  for (; waiting > 0; waiting--) {
    Answer *answer = next_answer(inbox);
    if (answer == NULL) /* a callback dispatched too */
      break;
    told += handle(inbox, answer) ? 1 : 0;
  }
  return told;
}
