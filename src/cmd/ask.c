/* Questions on the terminal of a command. SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "cmd/cmd.h"

/* Reads up to the line's end straight into the secret; no stdio buffer holds a copy. */
static gboolean read_line(int fd, FbkSecret *secret, GError **err)
{
  char byte;
  for (;;) {
    ssize_t got = read(fd, &byte, 1);
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

static FbkSecret *ask_tty(gpointer data, const char *question, GCancellable *cancellable, GError **err)
{
  (void)data;
  (void)cancellable;
  int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  struct termios before;
  if (fd < 0 || tcgetattr(fd, &before)) {
    if (fd >= 0)
      close(fd);
    fbk_error_set(
        err, FBK_ERR_DENIED,
        _("There is no terminal to ask for the password. Set the account up with --password-command."));
    return NULL;
  }
  struct termios silent = before;
  silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
  tcsetattr(fd, TCSAFLUSH, &silent);
  g_autofree char *clean = fbk_text_gate(question, -1, FBK_GATE_LINE);
  g_autofree char *prompt = g_strconcat(clean, " ", NULL);
  g_autoptr(FbkSecret) secret = fbk_secret_new();
  gboolean answered = fbk_file_write_all(fd, prompt, strlen(prompt), err) && read_line(fd, secret, err);
  tcsetattr(fd, TCSAFLUSH, &before);
  fbk_file_write_all(fd, "\n", 1, NULL);
  close(fd);
  return answered ? g_steal_pointer(&secret) : NULL;
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
