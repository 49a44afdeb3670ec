/* Questions on the terminal of a command. SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd/cmd.h"

/* --- signals: the terminal gets its echo back before any of them is obeyed --- */

#define LOOK 200 /* milliseconds */

static const int obeyed[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
static volatile sig_atomic_t came; /* the signal, 0: none */

static void note_signal(int number)
{
  came = number;
}

static void catch_signals(struct sigaction *before)
{
  struct sigaction action = {.sa_handler = note_signal};
  came = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(obeyed); i++)
    sigaction(obeyed[i], &action, &before[i]);
}

static void release_signals(const struct sigaction *before)
{
  for (gsize i = 0; i < G_N_ELEMENTS(obeyed); i++)
    sigaction(obeyed[i], &before[i], NULL);
}

/* --- the question --- */

/* FALSE: a signal came. Looks again and again: another thread may be the one that is interrupted by it. */
static gboolean await_key(int fd)
{
  GPollFD key = {fd, G_IO_IN, 0};
  while (!came && g_poll(&key, 1, LOOK) <= 0)
    ;
  return !came;
}

/* Reads up to the line's end straight into the secret; no stdio buffer holds a copy. */
static gboolean read_line(int fd, FbkSecret *secret, GError **err)
{
  char byte;
  for (;;) {
    ssize_t got = await_key(fd) ? read(fd, &byte, 1) : 0;
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0) {
      fbk_error_set(err, FBK_ERR_CANCELLED, _("No answer was given."));
      return FALSE;
    }
    if (byte == '\n' || byte == '\r')
      return TRUE;
    if (!fbk_secret_append(secret, &byte, 1)) {
      fbk_error_set(err, FBK_ERR_TOO_BIG, _("The password is too long. Type it again."));
      return FALSE;
    }
  }
}

/* One time with the echo off. *stopped_out: it was suspended (^Z) and goes on: ask again. */
static FbkSecret *ask_once(int fd, const char *prompt, gboolean *stopped_out, GError **err)
{
  struct termios before;
  struct sigaction signals[G_N_ELEMENTS(obeyed)];
  if (tcgetattr(fd, &before)) {
    fbk_error_set_errno(err, errno, "%s", _("Cannot ask for the password on this terminal"));
    return NULL;
  }
  struct termios silent = before;
  silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
  catch_signals(signals);
  tcsetattr(fd, TCSAFLUSH, &silent);
  g_autoptr(FbkSecret) secret = fbk_secret_new();
  gboolean answered = fbk_file_write_all(fd, prompt, strlen(prompt), err) && read_line(fd, secret, err);
  tcsetattr(fd, TCSAFLUSH, &before);
  fbk_file_write_all(fd, "\n", 1, NULL);
  release_signals(signals);
  int number = came;
  if (number)
    raise(number); /* as it would have been without us: ends the program, or stops it for a while */
  *stopped_out = number == SIGTSTP;
  return answered ? g_steal_pointer(&secret) : NULL;
}

static FbkSecret *ask_tty(gpointer data, const char *question, GCancellable *cancellable, GError **err)
{
  (void)data;
  (void)cancellable;
  int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    fbk_error_set(
        err, FBK_ERR_DENIED,
        _("There is no terminal to ask for the password. Set the account up with --password-command."));
    return NULL;
  }
  g_autofree char *clean = fbk_text_gate(question, -1, FBK_GATE_LINE);
  g_autofree char *prompt = g_strconcat(clean, " ", NULL);
  FbkSecret *secret = NULL;
  gboolean stopped = TRUE;
  while (!secret && stopped) {
    g_clear_error(err);
    secret = ask_once(fd, prompt, &stopped, err);
  }
  close(fd);
  return secret;
}

static FbkSecret *ask_nobody(gpointer data, const char *question, GCancellable *cancellable, GError **err)
{
  (void)data;
  (void)cancellable;
  fbk_error_set(
      err, FBK_ERR_DENIED,
      _("\"%s\" is not stored, and without a terminal nobody can be asked. Run this on a terminal, or "
        "set the account up with --password-command (a prefix is stored with a GnuPG key of yours)."),
      question);
  return NULL;
}

/* A command does not hold the terminal: it is free for whoever borrows it. */
static gboolean lend_terminal(gpointer data, FbkAskBorrow borrow, gpointer borrow_data, GError **err)
{
  (void)data;
  return borrow(borrow_data, err);
}

const FbkAsk *fbk_cmd_ask(const FbkCmd *cmd)
{
  static const FbkAsk on_tty = {ask_tty, lend_terminal, NULL};
  static const FbkAsk silent = {ask_nobody, lend_terminal, NULL};
  return cmd->json || !isatty(STDIN_FILENO) ? &silent : &on_tty;
}
