/* The shell of the screen: keys while workers hang, questions of workers, prompts, help, size.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "base/err.h"
#include "net/net.h"
#include "ui/app_inner.h"

typedef struct {
  FbkScreen head;
  guint opened;
} Plain;

typedef struct {
  char *directory;
  FbkNet *net;
  FbkApp *app;
  Plain *plain;
  guint freed;
} Stage;

static Stage stage;

static char *title(FbkScreen *screen)
{
  (void)screen;
  return g_strdup("A list\x1b[2J of 締切");
}

static void draw(FbkScreen *screen, FbkCanvas *canvas, int top, int rows)
{
  (void)screen;
  for (int i = 0; i < rows; i++)
    fbk_canvas_text(canvas, top + i, 0, 10, FBK_LOOK_NORMAL, "row");
}

static gboolean act(FbkScreen *screen, FbkAction action)
{
  ((Plain *)screen)->opened += action == FBK_ACTION_OPEN;
  return action == FBK_ACTION_OPEN;
}

static void free_plain(FbkScreen *screen)
{
  stage.freed++;
  fbk_scope_close(screen->scope);
  g_free(screen);
}

static const FbkScreenType plain_type = {FBK_CONTEXT_LIST, title, draw, act, NULL, NULL, free_plain};

static Plain *plain_new(void)
{
  Plain *plain = g_new0(Plain, 1);
  plain->head = (FbkScreen){&plain_type, stage.app, fbk_scope_new(plain, NULL)};
  return plain;
}

static void set_up(int rows, int columns)
{
  g_autoptr(GError) err = NULL;
  stage = (Stage){.directory = g_dir_make_tmp("fubako-app-XXXXXX", NULL), .net = fbk_net_new()};
  FbkHome *home = fbk_home_open(stage.directory, stage.net, &err);
  g_assert_no_error(err);
  stage.app = fbk_app_new_for_test(home, rows, columns);
  fbk_app_replace(stage.app, &(stage.plain = plain_new())->head);
}

static void tear_down(void)
{
  fbk_app_free(stage.app);
  fbk_net_free(stage.net);
  g_autofree char *command = g_strdup_printf("%s/state", stage.directory);
  g_autoptr(GDir) dir = g_dir_open(command, 0, NULL);
  for (const char *name = NULL; dir && (name = g_dir_read_name(dir));) {
    g_autofree char *path = g_build_filename(command, name, NULL);
    g_remove(path);
  }
  g_remove(command);
  g_remove(stage.directory);
  g_free(stage.directory);
}

static void key(FbkKey pressed)
{
  fbk_app_feed(stage.app, pressed);
}

static void keys(const char *text)
{
  for (; *text; text++)
    key(*text == '\n' ? FBK_KEY_ENTER : (FbkKey)*text);
}

static gboolean shows(const char *text)
{
  g_autofree char *dump = fbk_canvas_dump(fbk_app_render(stage.app));
  return strstr(dump, text) != NULL;
}

static void pump(gboolean (*is_done)(void))
{
  gint64 end = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
  while (!is_done()) {
    g_assert_cmpint(g_get_monotonic_time(), <, end);
    GPollFD fd = {fbk_inbox_fd(stage.app->inbox), G_IO_IN, 0};
    g_poll(&fd, 1, 100);
    fbk_inbox_dispatch(stage.app->inbox);
  }
}

/* --- a worker that asks --- */

typedef struct {
  FbkSecret *answer;
} Asking;

static guint answers;
static char *answered;
static int failed_with;

static gboolean ask_run(FbkJob *job, gpointer data, GError **err)
{
  Asking *asking = data;
  const FbkAsk *ask = fbk_app_ask(stage.app);
  asking->answer =
      ask->secret(ask->data, "Password of s2410001 at imap.jaist.ac.jp", fbk_job_cancellable(job), err);
  return asking->answer != NULL;
}

static void ask_done(gpointer owner, gpointer data, const GError *err)
{
  (void)owner;
  const Asking *asking = data;
  answers++;
  failed_with = err ? err->code : -1;
  answered = asking->answer ? g_strdup(fbk_secret_peek(asking->answer, NULL)) : NULL;
}

static void free_asking(gpointer data)
{
  Asking *asking = data;
  fbk_secret_free(asking->answer);
  g_free(asking);
}

static void post_question(void)
{
  answers = 0;
  fbk_worker_post(fbk_app_network(stage.app), stage.plain->head.scope, ask_run, ask_done, g_new0(Asking, 1),
                  free_asking);
}

static gboolean is_asked(void)
{
  return stage.app->status.kind == FBK_PROMPT_SECRET;
}

static gboolean is_answered(void)
{
  return answers == 1;
}

static void test_question(void)
{
  set_up(24, 80);
  post_question();
  pump(is_asked);
  g_assert_true(shows("Password of s2410001 at imap.jaist.ac.jp:"));
  keys("hunteR");
  key(FBK_KEY_BACKSPACE);
  keys("r?q");
  g_assert_false(shows("hunter"));
  g_assert_true(shows("********"));
  keys("\n");
  pump(is_answered);
  g_assert_cmpstr(answered, ==, "hunter?q");
  g_assert_false(shows("Password of"));
  g_free(answered);
  tear_down();
}

/* Esc: the worker hears that nobody answered. A closed screen: the question goes away. */
static void test_question_ends(void)
{
  set_up(24, 80);
  post_question();
  pump(is_asked);
  key(FBK_KEY_ESCAPE);
  pump(is_answered);
  g_assert_cmpint(failed_with, ==, FBK_ERR_CANCELLED);
  post_question();
  pump(is_asked);
  keys("half");
  fbk_scope_cancel(stage.plain->head.scope);
  pump(is_answered);
  g_assert_cmpint(failed_with, ==, FBK_ERR_CANCELLED);
  g_assert_false(is_asked());
  post_question(); /* leaving with a question open must end */
  pump(is_asked);
  tear_down();
}

/* What is being typed is not taken over by a worker's question. */
static char *prompted;

static void prompt_answered(gpointer owner, const char *text)
{
  g_assert_true(owner == stage.plain);
  g_free(prompted);
  prompted = g_strdup(text ? text : "(cancelled)");
}

static gboolean has_question(void)
{
  g_autofree char *question = NULL;
  return fbk_ui_ask_current(stage.app->ask, &question) != 0;
}

static void test_prompt(void)
{
  set_up(24, 80);
  fbk_app_prompt(stage.app, "Search all mail:", "sub", prompt_answered, stage.plain);
  post_question();
  pump(has_question);
  keys("ject");
  g_assert_true(shows("Search all mail: subject"));
  keys("\n");
  g_assert_cmpstr(prompted, ==, "subject");
  g_assert_true(is_asked());
  keys("x\n");
  pump(is_answered);
  g_assert_cmpstr(answered, ==, "x");
  g_free(answered);
  fbk_app_prompt(stage.app, "Search all mail:", NULL, prompt_answered, stage.plain);
  key(FBK_KEY_PASTE_BEGIN);
  keys("a\nb\x03"); /* two lines pasted are neither an answer nor a cancel */
  key(FBK_KEY_PASTE_END);
  g_assert_true(shows("Search all mail: ab"));
  key(7);
  g_assert_cmpstr(prompted, ==, "(cancelled)");
  g_clear_pointer(&prompted, g_free);
  fbk_app_prompt(stage.app, "Search all mail:", NULL, prompt_answered, stage.plain);
  fbk_app_forget_prompt(stage.app, stage.plain);
  keys("\n");
  g_assert_null(prompted);
  g_assert_cmpuint(stage.plain->opened, ==, 1);
  tear_down();
}

/* --- the terminal lent --- */

static gboolean borrowed;

static gboolean borrow(gpointer data, GError **err)
{
  (void)err;
  borrowed = fbk_ui_ask_wants_terminal(data);
  return TRUE;
}

static gboolean lend_run(FbkJob *job, gpointer data, GError **err)
{
  (void)job;
  (void)data;
  const FbkAsk *ask = fbk_app_ask(stage.app);
  return ask->lend_terminal(ask->data, borrow, stage.app->ask, err);
}

static void lend_done(gpointer owner, gpointer data, const GError *err)
{
  (void)owner;
  (void)data;
  g_assert_no_error(err);
  answers++;
}

static gboolean is_given_back(void)
{
  return answers == 1 && !stage.app->lent;
}

static void test_lent(void)
{
  set_up(24, 80);
  answers = 0;
  borrowed = FALSE;
  fbk_worker_post(fbk_app_network(stage.app), stage.plain->head.scope, lend_run, lend_done, NULL, NULL);
  pump(is_given_back);
  g_assert_true(borrowed);
  tear_down();
}

/* --- workers that hang --- */

static gboolean hang(FbkJob *job, gpointer data, GError **err)
{
  (void)data;
  GPollFD fd;
  if (g_cancellable_make_pollfd(fbk_job_cancellable(job), &fd)) {
    g_poll(&fd, 1, -1);
    g_cancellable_release_fd(fbk_job_cancellable(job));
  }
  return !fbk_cancelled(fbk_job_cancellable(job), err);
}

static void test_hanging_workers(void)
{
  set_up(24, 80);
  FbkWorker *workers[] = {fbk_app_disk(stage.app), fbk_app_reader(stage.app), fbk_app_search(stage.app),
                          fbk_app_network(stage.app)};
  for (gsize i = 0; i < G_N_ELEMENTS(workers); i++)
    fbk_worker_post(workers[i], stage.plain->head.scope, hang, NULL, NULL, NULL);
  gint64 before = g_get_monotonic_time();
  for (int i = 0; i < 100; i++) {
    key('\r');
    g_assert_true(shows("row"));
  }
  g_assert_cmpuint(stage.plain->opened, ==, 100);
  g_assert_cmpint(g_get_monotonic_time() - before, <, 5 * G_USEC_PER_SEC);
  before = g_get_monotonic_time();
  tear_down(); /* and leaving does not wait for them for long */
  g_assert_cmpint(g_get_monotonic_time() - before, <, 5 * G_USEC_PER_SEC);
}

/* --- messages, keys, size --- */

static void test_messages(void)
{
  g_autoptr(GError) err = NULL;
  set_up(24, 80);
  g_assert_true(shows(" A list\xef\xbf\xbd[2J of 締切"));
  fbk_error_set(&err, FBK_ERR_OFFLINE, "imap.jaist.ac.jp cannot be reached.");
  fbk_app_say_error(stage.app, err);
  g_assert_true(shows("imap.jaist.ac.jp cannot be reached."));
  g_assert_true(shows("reached. Check the network")); /* one full stop */
  g_clear_error(&err);
  fbk_error_set_errno(&err, ENOENT, "Cannot save to %s", "/x/y.pdf");
  fbk_app_say_error(stage.app, err);
  g_assert_true(shows("No such file or directory. Check the name"));
  keys("\n");
  g_assert_false(shows("Cannot save"));
  keys("E");
  g_assert_true(shows("This key does nothing here. Press ? for the keys that do."));
  tear_down();
}

/* What is wrong comes first and what to do last: neither may be cut on a small screen. */
static void test_long_message(void)
{
  set_up(12, 40);
  fbk_app_say(stage.app,
              "jaist: imap.jaist.ac.jp refused the password of 'jaist' (2026-11-25 10:08). It is not tried "
              "again until you give it anew, so that the account is not locked. Check the user name and the "
              "password. Press $ to type it anew.");
  g_assert_true(shows("jaist: imap.jaist.ac.jp"));
  g_assert_true(shows("Press $ to type it"));
  g_autofree char *endless = g_strnfill(4000, 'x');
  fbk_app_say(stage.app, "Mail: %s", endless);
  g_assert_true(shows("Mail:"));
  g_assert_true(shows("x\xe2\x80\xa6"));
  g_assert_true(shows(" A list")); /* the title, and the rows of the reader's bar, are never covered */
  g_assert_true(shows("row"));
  tear_down();
}

/* ^L draws anew: it answers no question and takes no message away. */
static void test_redraw(void)
{
  set_up(24, 80);
  fbk_app_say(stage.app, "Saved as x.pdf");
  key(12);
  g_assert_true(shows("Saved as x.pdf"));
  keys("q");
  key(12);
  g_assert_true(shows("Leave Fubako? (y/n)"));
  keys("y");
  g_assert_true(stage.app->leaving);
  tear_down();
}

/* The bar names the keys that work now. */
static void test_hints(void)
{
  set_up(24, 80);
  g_assert_true(shows("Enter open  q back"));
  keys("q");
  g_assert_true(shows("y yes  n no"));
  g_assert_false(shows("q back"));
  keys("n");
  fbk_app_prompt(stage.app, "Search all mail:", NULL, prompt_answered, stage.plain);
  g_assert_true(shows("Enter done  Esc cancel"));
  g_assert_false(shows("q back"));
  key(FBK_KEY_ESCAPE);
  g_assert_true(shows("Enter open  q back"));
  g_clear_pointer(&prompted, g_free);
  tear_down();
}

static void test_leaving(void)
{
  set_up(24, 80);
  fbk_app_push(stage.app, &plain_new()->head);
  keys("q");
  g_assert_cmpuint(stage.freed, ==, 1);
  keys("q");
  g_assert_true(shows("Leave Fubako? (y/n)"));
  keys("n");
  g_assert_false(stage.app->leaving);
  keys("q");
  key(FBK_KEY_PASTE_BEGIN);
  keys("y"); /* pasted text answers nothing */
  key(FBK_KEY_PASTE_END);
  g_assert_false(stage.app->leaving);
  keys("y");
  g_assert_true(stage.app->leaving);
  tear_down();
}

static void test_paste(void)
{
  set_up(24, 80);
  key(FBK_KEY_PASTE_BEGIN);
  keys("\nq\n");
  key(FBK_KEY_PASTE_END);
  g_assert_cmpuint(stage.plain->opened, ==, 0);
  g_assert_false(shows("Leave"));
  keys("\n");
  g_assert_cmpuint(stage.plain->opened, ==, 1);
  tear_down();
}

static void test_size(void)
{
  const int sizes[][2] = {{1, 1}, {9, 80}, {24, 39}, {2, 300}, {200, 5}};
  set_up(24, 80);
  for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
    fbk_app_resized(stage.app, sizes[i][0], sizes[i][1]);
    g_assert_false(shows("row"));
    keys("\n");
    fbk_app_resized(stage.app, 10, 40);
    g_assert_true(shows("row"));
    g_assert_true(shows("Enter open"));
  }
  g_assert_cmpuint(stage.plain->opened, ==, 0); /* what cannot be seen cannot be meant */
  fbk_app_resized(stage.app, 40, 120);
  g_assert_true(shows("? help"));
  tear_down();
}

static void test_help(void)
{
  set_up(40, 100);
  keys("?");
  g_assert_true(shows("Keys"));
  g_assert_true(shows("next unread message, across folders"));
  g_assert_true(shows("^D"));
  keys("/UNREAD\n");
  g_assert_true(shows("next unread message, across folders"));
  g_assert_false(shows("half a page down"));
  keys("/no such key\n");
  g_assert_true(shows("No key has these words."));
  keys("x");
  g_assert_true(shows("This key does nothing here. q goes back."));
  keys("?"); /* the key that opened it closes it */
  g_assert_true(shows("row"));
  fbk_app_resized(stage.app, 12, 40);
  keys("?G");
  g_assert_true(shows("to the shell"));
  key(FBK_KEY_ESCAPE);
  g_assert_true(shows("row"));
  tear_down();
}

int main(int argc, char **argv)
{
  setlocale(LC_ALL, "C.UTF-8");
  g_autofree char *gnupg = g_dir_make_tmp("fubako-gnupg-XXXXXX", NULL);
  g_setenv("GNUPGHOME", gnupg, TRUE); /* nobody's keys */
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/app/question", test_question);
  g_test_add_func("/app/question-ends", test_question_ends);
  g_test_add_func("/app/prompt", test_prompt);
  g_test_add_func("/app/lent", test_lent);
  g_test_add_func("/app/hanging-workers", test_hanging_workers);
  g_test_add_func("/app/messages", test_messages);
  g_test_add_func("/app/long-message", test_long_message);
  g_test_add_func("/app/redraw", test_redraw);
  g_test_add_func("/app/hints", test_hints);
  g_test_add_func("/app/leaving", test_leaving);
  g_test_add_func("/app/paste", test_paste);
  g_test_add_func("/app/size", test_size);
  g_test_add_func("/app/help", test_help);
  int status = g_test_run();
  g_remove(gnupg);
  return status;
}
