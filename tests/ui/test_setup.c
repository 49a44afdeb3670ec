/* The setup screen, driven by keys, against scripted servers. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "tests/shared/mock_server.h"
#include "ui/app_inner.h"
#include "ui/setup_inner.h"

#define IMAP_HOST "imap.campus.example"
#define SMTP_HOST "smtp.campus.example"
#define PASSWORD "tr0ub4dor"
#define PREFIX "ab12-cd34-ef56-gh78:"

static const char profile_text[] =
    "[profile]\nname = campus\ntitle = Campus Mail\ninstitution = campus\n"
    "institution-title = Campus University\nplace = At home\nmail-domain = campus.example\n"
    "contact = the mail desk\n"
    "[imap]\nhost = " IMAP_HOST "\nport = 993 tls recommended\nport = 143 starttls\n"
    "[pop]\nhost = pop.campus.example\nport = 995 tls recommended\n"
    "[smtp]\nhost = " SMTP_HOST "\nport = 465 tls recommended\n"
    "[identity]\nuser = id\nuser-label = User ID\nuser-hint = It is not your address; a student's begins "
    "with s.\n"
    "user-pattern = [a-z][a-z0-9._-]*\nstudent-pattern = [0-9]{4,10}\nstudent-prefix = s\n"
    "address-pattern = (?i)[^@\\s]+@campus\\.example\naddress-hint = It ends in @campus.example.\n"
    "[secret]\nprefix = yes\nprefix-label = Prefix\nprefix-hint = It stands on the mail page, with a colon.\n"
    "prefix-pattern = [a-z0-9]{4}(-[a-z0-9]{4}){3}:\npassword-hint = Your own, without the prefix.\n"
    "[notice P]\nwhen = setup\nstep = place\ntext = Switch mail on first.\n"
    "[notice A]\nwhen = auth-refused\ntext = Mail may be switched off.\n"
    "[notice Q]\nwhen = pop\ntext = Mail deleted elsewhere is gone here.\n";

#define IMAP_BEGIN                                                                                           \
  {MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, IMAP_HOST)},                                                  \
      {MOCK_SEND, "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n"},                               \
  {                                                                                                          \
    MOCK_EXPECT, "1 AUTHENTICATE PLAIN *"                                                                    \
  }
#define SMTP_GOOD                                                                                            \
  {MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, SMTP_HOST)}, {MOCK_SEND, "220 x ESMTP\r\n"},                  \
      {MOCK_EXPECT, "EHLO"}, {MOCK_SEND, "250-x\r\n250 AUTH PLAIN\r\n"}, {MOCK_EXPECT, "AUTH PLAIN *"},      \
      {MOCK_SEND, "235 ok\r\n"},                                                                             \
  {                                                                                                          \
    MOCK_END                                                                                                 \
  }

typedef struct {
  char *directory;
  FbkNet *net;
  MockServer *imap, *smtp;
  FbkApp *app;
} Walk;

static void remove_tree(const char *path)
{
  GDir *dir = g_dir_open(path, 0, NULL);
  for (const char *name = NULL; dir && (name = g_dir_read_name(dir));) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    remove_tree(child);
  }
  if (dir)
    g_dir_close(dir);
  g_remove(path);
}

static void start(Walk *walk, const MockStep *imap, const MockStep *smtp, int rows, int columns)
{
  g_autoptr(GError) err = NULL;
  walk->directory = g_dir_make_tmp("fubako-setup-XXXXXX", NULL);
  g_autofree char *profiles = g_build_filename(walk->directory, "config", "profiles", NULL);
  g_autofree char *profile = g_build_filename(profiles, "campus.conf", NULL);
  g_assert_cmpint(g_mkdir_with_parents(profiles, 0700), ==, 0);
  g_assert_true(g_file_set_contents(profile, profile_text, -1, NULL));
  walk->imap = imap ? mock_server_start(imap) : NULL;
  walk->smtp = smtp ? mock_server_start(smtp) : NULL;
  walk->net = walk->imap ? mock_server_net(walk->imap, IMAP_HOST, 993) : fbk_net_new();
  if (walk->smtp) {
    g_autofree char *spec = g_strdup_printf("%s:465:127.0.0.1:%u", SMTP_HOST, mock_server_port(walk->smtp));
    g_assert_true(fbk_net_add_resolve(walk->net, spec, NULL));
  }
  FbkHome *home = fbk_home_open(walk->directory, walk->net, &err);
  g_assert_no_error(err);
  walk->app = fbk_app_new_for_test(home, rows, columns);
}

static void stop(Walk *walk)
{
  fbk_app_free(walk->app);
  g_clear_pointer(&walk->imap, mock_server_free);
  g_clear_pointer(&walk->smtp, mock_server_free);
  fbk_net_free(walk->net);
  remove_tree(walk->directory);
  g_free(walk->directory);
}

static void keys(Walk *walk, const char *utf8)
{
  for (; *utf8; utf8 = g_utf8_next_char(utf8))
    fbk_app_feed(walk->app, *utf8 == '\n' ? FBK_KEY_ENTER : (FbkKey)g_utf8_get_char(utf8));
}

/* The screen as text; the password is never on it. */
static char *shown(Walk *walk)
{
  char *dump = fbk_canvas_dump(fbk_app_render(walk->app));
  g_assert_null(strstr(dump, PASSWORD));
  g_assert_null(strstr(dump, "cd34"));
  return dump;
}

static void assert_shows(Walk *walk, const char *text)
{
  g_autofree char *dump = shown(walk);
  if (!strstr(dump, text))
    g_error("\"%s\" is not on the screen:\n%s", text, dump);
}

static void assert_hides(Walk *walk, const char *text)
{
  g_autofree char *dump = shown(walk);
  g_assert_null(strstr(dump, text));
}

/* Lets answers arrive until the text stands on the screen. */
static void wait_for(Walk *walk, const char *text)
{
  gint64 end = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
  for (;;) {
    g_autofree char *dump = shown(walk);
    if (strstr(dump, text))
      return;
    if (g_get_monotonic_time() > end)
      g_error("\"%s\" does not come:\n%s", text, dump);
    GPollFD fd = {fbk_inbox_fd(walk->app->inbox), G_IO_IN, 0};
    g_poll(&fd, 1, 100);
    fbk_inbox_dispatch(walk->app->inbox);
  }
}

/* Until the search for GnuPG has ended: its answer changes step 4. */
static void settle(Walk *walk)
{
  const FbkScreen *screen = walk->app->screens->pdata[0];
  while (fbk_scope_pending(screen->scope)) {
    GPollFD fd = {fbk_inbox_fd(walk->app->inbox), G_IO_IN, 0};
    g_poll(&fd, 1, 100);
    fbk_inbox_dispatch(walk->app->inbox);
  }
}

static gboolean has_account(const Walk *walk)
{
  g_autofree char *accounts = g_build_filename(walk->directory, "config", "accounts.d", NULL);
  return g_file_test(accounts, G_FILE_TEST_EXISTS);
}

static guint count_of(const char *text, const char *part)
{
  guint count = 0;
  for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
    count++;
  return count;
}

static void to_secret(Walk *walk)
{
  settle(walk);
  keys(walk, "taro@campus.example\n\ns2410001\n\n\x15Taro Yamada\n");
  assert_shows(walk, "step 4 of 5");
}

static void to_check(Walk *walk)
{
  to_secret(walk);
  keys(walk, PREFIX "\n" PASSWORD "\n\n");
  assert_shows(walk, "step 5 of 5");
}

/* --- what each step looks like --- */

/* The screen up to its hints; those begin with the two keys that lead through the steps. */
static void assert_dump(Walk *walk, const char *expected)
{
  g_autofree char *dump = shown(walk);
  char *hints = strstr(dump, "\n Enter next  Esc back");
  g_assert_nonnull(hints);
  hints[1] = '\0';
  g_assert_cmpstr(dump, ==, expected);
}

static void test_wide(void)
{
  Walk walk;
  start(&walk, NULL, NULL, 24, 80);
  settle(&walk);
  assert_shows(&walk, "step 1 of 5");
  assert_shows(&walk, "Campus University");
  assert_shows(&walk, "needs a profile");
  fbk_app_feed(walk.app, FBK_KEY_DOWN); /* who types on a choice means the address */
  keys(&walk, "taro@campus.example\n");
  assert_dump(&walk, " Fubako setup, step 2 of 5: where you read\n"
                     "  Where will you read this mail? The servers differ by place.\n"
                     "\n"
                     "  ▸ At home   imap.campus.example\n"
                     "\n"
                     "  Campus Mail\n"
                     "  Switch mail on first.\n"
                     "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n");
  keys(&walk, "\ns2410001\n\n\x15山田太郎");
  assert_dump(&walk, " Fubako setup, step 3 of 5: who you are\n"
                     "  Who are you there? The servers ask for the first, the readers of your mail\n"
                     "  see the others.\n"
                     "\n"
                     "  User ID\n"
                     "    s2410001\n"
                     "  It is not your address; a student's begins with s.\n"
                     "  Mail address\n"
                     "    taro@campus.example\n"
                     "  It ends in @campus.example.\n"
                     "▸ Your name, as others shall see it\n"
                     "    山田太郎\n"
                     "\n\n\n\n\n\n\n\n\n\n");
  keys(&walk, "\n" PREFIX "\n" PASSWORD);
  assert_dump(&walk, " Fubako setup, step 4 of 5: password\n"
                     "  The password, for one sign-in with each server. It is shown to nobody else,\n"
                     "  and a wrong one is tried only once.\n"
                     "\n"
                     "  Prefix\n"
                     "    ********************\n"
                     "  It stands on the mail page, with a colon.\n"
                     "▸ Password\n"
                     "    *********\n"
                     "  Your own, without the prefix.\n"
                     "  Where Fubako gets the password later\n"
                     "    < asks you each time it starts >\n"
                     "  Nothing of it is written to the disk.\n"
                     "\n\n\n\n\n\n\n\n\n");
  keys(&walk, "\n\n");
  assert_dump(&walk, " Fubako setup, step 5 of 5: check\n"
                     "  Press Enter: Fubako connects to these servers and signs in once with each.\n"
                     "  The recommended ports are chosen; change one only where your network blocks\n"
                     "  it.\n"
                     "▸ Reading mail\n"
                     "    < IMAP 993 TLS (recommended) >\n"
                     "  Sending mail\n"
                     "    < SMTP 465 TLS (recommended) >\n"
                     "\n\n\n\n\n\n\n\n\n\n\n\n\n\n");
  fbk_app_feed(walk.app, FBK_KEY_LEFT);
  assert_shows(&walk, "< POP3 995 TLS (recommended) >");
  assert_shows(&walk, "Mail deleted elsewhere is gone here.");
  g_assert_false(has_account(&walk));
  stop(&walk);
}

static void test_narrow(void)
{
  Walk walk;
  start(&walk, NULL, NULL, 12, 40);
  settle(&walk);
  assert_dump(&walk, " Fubako setup, step 1 of 5: your unive…\n"
                     "  Which university's mail do you read?\n"
                     "  Fubako knows its servers. Five short\n"
                     "  steps; nothing is written before the\n"
                     "  last one.\n"
                     "\n"
                     "▸ Type your mail address, or choose\n"
                     "  below:\n"
                     "\n"
                     "                                       v\n"
                     "\n");
  keys(&walk, "taro@campus.example\n\ns2410001\n\n\x15Taro\n" PREFIX "\n");
  assert_dump(&walk, " Fubako setup, step 4 of 5: password\n"
                     "  once.                                ^\n"
                     "\n"
                     "  Prefix\n"
                     "    ********************\n"
                     "  It stands on the mail page, with a\n"
                     "  colon.\n"
                     "▸ Password\n"
                     "\n"
                     "  Your own, without the prefix.        v\n"
                     "\n");
  fbk_app_resized(walk.app, 9, 40);
  assert_shows(&walk, "Too small: needs 40x10");
  keys(&walk, "unseen");
  fbk_app_resized(walk.app, 24, 80);
  assert_shows(&walk, "step 4 of 5");
  assert_shows(&walk, "    ********************\n");
  assert_hides(&walk, "    ******\n");
  stop(&walk);
}

/* --- what is refused, and what is offered --- */

static void test_identity(void)
{
  Walk walk;
  start(&walk, NULL, NULL, 24, 80);
  settle(&walk);
  keys(&walk, "someone@elsewhere.example\n");
  assert_shows(&walk, "does not know a university with this address");
  keys(&walk, "\x15taro@campus.example\n\n2410001\n\n\n");
  assert_shows(&walk, "Take \"s2410001\"? (y/n)");
  keys(&walk, "n");
  assert_shows(&walk, "    2410001\n");
  keys(&walk, "\n\n\ny"); /* J1: offered again, and taken */
  assert_shows(&walk, "    s2410001\n");
  keys(&walk, "\n\x15taro@elsewhere.example\n\n");
  assert_shows(&walk, "Mail address: ");
  assert_shows(&walk, "▸ Mail address");
  keys(&walk, "\x1b"); /* back and forth keeps what was typed */
  assert_shows(&walk, "step 2 of 5");
  keys(&walk, "\n");
  assert_shows(&walk, "taro@elsewhere.example");
  g_assert_false(has_account(&walk));
  stop(&walk);
}

static void test_prefix(void)
{
  Walk walk;
  start(&walk, NULL, NULL, 24, 80);
  to_secret(&walk);
  keys(&walk, "\n\n\n");
  assert_shows(&walk, "▸ Prefix");
  assert_shows(&walk, "step 4 of 5");
  keys(&walk, "nonsense\n" PASSWORD "\n\n"); /* J11 */
  assert_shows(&walk, " Prefix: ");
  assert_shows(&walk, "▸ Prefix");
  assert_shows(&walk, "    *********\n"); /* the password need not be typed again */
  keys(&walk, "\x15" PREFIX "\n\n\n");
  assert_shows(&walk, "step 5 of 5");
  keys(&walk, "\x1b"); /* and leaving the step forgets it */
  assert_hides(&walk, "***");
  const FbkSetup *setup = walk.app->screens->pdata[0];
  g_assert_null(setup->kept.prefix);
  g_assert_null(setup->kept.password);
  stop(&walk);
}

/* Pasted text is text: its line's end is not Enter, and a paste outside a field is nothing. */
static void test_paste(void)
{
  Walk walk;
  start(&walk, NULL, NULL, 24, 80);
  settle(&walk);
  fbk_app_feed(walk.app, FBK_KEY_PASTE_BEGIN);
  keys(&walk, "taro@campus.example\n\x03");
  fbk_app_feed(walk.app, FBK_KEY_PASTE_END);
  assert_shows(&walk, "step 1 of 5");
  assert_shows(&walk, "    taro@campus.example\n");
  keys(&walk, "\n");
  fbk_app_feed(walk.app, FBK_KEY_PASTE_BEGIN);
  keys(&walk, "?q");
  fbk_app_feed(walk.app, FBK_KEY_PASTE_END);
  assert_shows(&walk, "step 2 of 5");
  stop(&walk);
}

/* What is empty is named once, with where it is found. */
static void test_empty(void)
{
  Walk walk;
  start(&walk, NULL, NULL, 24, 80);
  settle(&walk);
  keys(&walk, "taro@campus.example\n\n\n\n\n");
  assert_shows(&walk, "step 3 of 5");
  assert_shows(&walk, "\n \"User ID\" is empty. It is not your address");
  keys(&walk, "s2410001\n\n\n");
  assert_shows(&walk, "step 4 of 5");
  keys(&walk, "\n\n\n");
  assert_shows(&walk, "\" is empty. ");
  stop(&walk);
}

static void test_leave(void)
{
  Walk walk;
  start(&walk, NULL, NULL, 24, 80);
  to_check(&walk);
  fbk_app_feed(walk.app, 3);
  assert_shows(&walk, "Leave the setup? Nothing is saved. (y/n)");
  keys(&walk, "n");
  g_assert_false(walk.app->leaving);
  fbk_app_feed(walk.app, 3);
  keys(&walk, "y");
  g_assert_true(walk.app->leaving);
  g_assert_false(has_account(&walk));
  stop(&walk);
}

/* --- the check --- */

/* A refused password is tried once, at one server; it is emptied, and not taken again by mistake. */
static void test_refused_once(void)
{
  const MockStep imap[] = {IMAP_BEGIN, {MOCK_SEND, "1 NO [AUTHENTICATIONFAILED] no\r\n"}, {MOCK_END}};
  const MockStep smtp[] = {SMTP_GOOD};
  Walk walk;
  start(&walk, imap, smtp, 40, 100);
  to_check(&walk);
  keys(&walk, "\n");
  wait_for(&walk, "Enter goes back to the password");
  assert_shows(&walk, "✗ FAILED  sign-in");
  assert_shows(&walk, "1. Mail may be switched off.");
  keys(&walk, "\n");
  assert_shows(&walk, "step 4 of 5");
  assert_hides(&walk, "***");
  keys(&walk, PREFIX "\n" PASSWORD "\n\n");
  assert_shows(&walk, "This password was refused a moment ago");
  keys(&walk, "n");
  assert_shows(&walk, "step 4 of 5");
  g_assert_true(mock_server_wait(walk.imap, 1));
  g_assert_true(mock_server_wait(walk.smtp, 1));
  g_autofree char *at_imap = mock_server_heard(walk.imap);
  g_autofree char *at_smtp = mock_server_heard(walk.smtp);
  g_assert_cmpuint(count_of(at_imap, "AUTHENTICATE"), ==, 1);
  g_assert_null(strstr(at_smtp, "AUTH"));
  g_assert_false(has_account(&walk));
  stop(&walk);
}

/* All passes: saved, the inbox opens, and the first fetch has the password already. */
static void test_saved(void)
{
  const MockStep imap[] = {
      IMAP_BEGIN, {MOCK_SEND, "1 OK [CAPABILITY IMAP4rev1] in\r\n"}, {MOCK_SINK}, {MOCK_END}};
  const MockStep smtp[] = {SMTP_GOOD};
  Walk walk;
  start(&walk, imap, smtp, 24, 80);
  to_check(&walk);
  keys(&walk, "\n");
  wait_for(&walk, "Fetching your newest mail first.");
  g_assert_true(has_account(&walk));
  const FbkAccount *account = fbk_app_account(walk.app);
  g_assert_cmpstr(account->user, ==, "s2410001");
  g_assert_cmpstr(account->real_name, ==, "Taro Yamada");
  g_assert_cmpint(account->keep, ==, FBK_SECRET_ASK);
  gint64 end = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
  for (guint signed_in = 0; signed_in < 2;) {
    g_autofree char *heard = mock_server_heard(walk.imap);
    g_autofree char *question = NULL;
    signed_in = count_of(heard, "AUTHENTICATE PLAIN");
    g_assert_cmpint(g_get_monotonic_time(), <, end);
    g_assert_cmpuint(fbk_ui_ask_current(walk.app->ask, &question), ==, 0);
    GPollFD fd = {fbk_inbox_fd(walk.app->inbox), G_IO_IN, 0};
    g_poll(&fd, 1, 50);
    fbk_inbox_dispatch(walk.app->inbox);
  }
  stop(&walk);
}

static void test_stopped(void)
{
  const MockStep imap[] = {{MOCK_STALL}, {MOCK_END}};
  Walk walk;
  start(&walk, imap, NULL, 24, 80);
  to_check(&walk);
  keys(&walk, "\n");
  wait_for(&walk, "✓ passed  connection");
  keys(&walk, "\n");
  assert_shows(&walk, "The check is running. Esc stops it.");
  keys(&walk, "\x1b");
  wait_for(&walk, "Stopped. Enter checks again");
  g_assert_false(has_account(&walk));
  stop(&walk);
}

/* Leaving in the middle of a check: nothing arrives at what is gone. */
static void test_left_in_check(void)
{
  const MockStep imap[] = {{MOCK_STALL}, {MOCK_END}};
  Walk walk;
  start(&walk, imap, NULL, 24, 80);
  to_check(&walk);
  keys(&walk, "\n");
  /* A line waits to be shown when the screen goes away. */
  GPollFD fd = {fbk_inbox_fd(walk.app->inbox), G_IO_IN, 0};
  g_assert_cmpint(g_poll(&fd, 1, 20000), ==, 1);
  stop(&walk);
}

int main(int argc, char **argv)
{
  setlocale(LC_ALL, "C.UTF-8");
  g_autofree char *gnupg = g_dir_make_tmp("fubako-gnupg-XXXXXX", NULL);
  g_setenv("GNUPGHOME", gnupg, TRUE); /* nobody's keys */
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/setup/80x24", test_wide);
  g_test_add_func("/setup/40x12", test_narrow);
  g_test_add_func("/setup/identity/J1", test_identity);
  g_test_add_func("/setup/prefix/J11", test_prefix);
  g_test_add_func("/setup/paste", test_paste);
  g_test_add_func("/setup/empty", test_empty);
  g_test_add_func("/setup/leave", test_leave);
  g_test_add_func("/setup/refused-once/J16", test_refused_once);
  g_test_add_func("/setup/saved", test_saved);
  g_test_add_func("/setup/stopped", test_stopped);
  g_test_add_func("/setup/left-in-check", test_left_in_check);
  int status = g_test_run();
  remove_tree(gnupg);
  return status;
}
