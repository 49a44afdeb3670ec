/* Times mutt and neomutt on a pseudo-terminal. SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "tests/bench/peer.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 60000 /* milliseconds */
#define QUIET 200
#define READY "LIST-IS-THERE" /* shown in the status line of the list, and nowhere else */

void peer_remove_all(const char *path)
{
  GDir *dir = g_dir_open(path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *below = g_build_filename(path, name, NULL);
    if (g_unlink(below) != 0)
      peer_remove_all(below);
  }
  g_clear_pointer(&dir, g_dir_close);
  g_rmdir(path);
}

/* Reads for at most `patience`; 0: nothing came. */
static gssize read_some(int terminal, char *bytes, gsize room, int patience)
{
  struct pollfd ready = {terminal, POLLIN, 0};
  if (poll(&ready, 1, patience) <= 0)
    return 0;
  gssize got = read(terminal, bytes, room);
  return MAX(got, 0);
}

static void drain(int terminal)
{
  char bytes[4096];
  while (read_some(terminal, bytes, sizeof bytes, QUIET) > 0)
    ;
}

static gboolean wait_for_list(int terminal)
{
  g_autoptr(GString) seen = g_string_new("");
  char bytes[4096];
  gssize got;
  while ((got = read_some(terminal, bytes, sizeof bytes, PATIENCE)) > 0) {
    g_string_append_len(seen, bytes, got);
    for (gsize i = 0; i < seen->len; i++)
      if (seen->str[i] == '\0')
        seen->str[i] = ' ';
    if (strstr(seen->str, READY) != NULL)
      return TRUE;
    /* The end may hold the beginning of the word. */
    if (seen->len > 65536)
      g_string_erase(seen, 0, (gssize)(seen->len - strlen(READY)));
  }
  return FALSE;
}

/* From a key to the first bytes of the answer: curses writes when all is drawn. */
static gboolean press(int terminal, char key, double *out)
{
  char byte;
  gint64 start = g_get_monotonic_time();
  if (write(terminal, &key, 1) != 1 || read_some(terminal, &byte, 1, PATIENCE) == 0)
    return FALSE;
  *out = (double)(g_get_monotonic_time() - start) / 1000;
  drain(terminal);
  return TRUE;
}

/* It may be there already, and then says nothing. */
static gboolean to_the_top(int terminal)
{
  if (write(terminal, "A", 1) != 1)
    return FALSE;
  drain(terminal);
  return TRUE;
}

static gboolean one_run(const char *program, const char *settings, const char *maildir, double *out)
{
  struct winsize size = {50 + 3, 100, 0, 0};
  int terminal = -1;
  gint64 start = g_get_monotonic_time();
  pid_t child = forkpty(&terminal, NULL, NULL, &size);
  if (child < 0)
    return FALSE;
  if (child == 0) {
    execlp("env", "env", "TERM=xterm", "LC_ALL=C.UTF-8", program, "-n", "-R", "-F", settings, "-f", maildir,
           (char *)NULL);
    _exit(127);
  }
  gboolean good = wait_for_list(terminal);
  out[PEER_FIRST] = (double)(g_get_monotonic_time() - start) / 1000;
  drain(terminal);
  good = good && to_the_top(terminal) && press(terminal, 'Z', &out[PEER_NEXT_PAGE]) &&
         press(terminal, 'E', &out[PEER_LAST]) && to_the_top(terminal) &&
         press(terminal, 'U', &out[PEER_NEXT_UNREAD]);
  (void)kill(child, SIGKILL);
  (void)waitpid(child, NULL, 0);
  close(terminal);
  return good;
}

gboolean peer_measure(const char *program, const char *maildir, gboolean threads, double *out)
{
  g_autofree char *settings = g_strdup_printf("%s.%s.rc", maildir, program);
  g_autofree char *cache = g_strdup_printf("%s.%s.cache", maildir, program);
  g_autofree char *text =
      g_strdup_printf("set header_cache=\"%s\"\nset sort=%s\nset sort_aux=last-date-received\n"
                      "set status_format=\"" READY "\"\nset quit=yes\nset read_inc=0\nset folder=\"%s\"\n"
                      "set spoolfile=\"%s\"\nset record=\"\"\nset wait_key=no\nset strict_threads=yes\n"
                      "bind index Z next-page\nbind index A first-entry\nbind index E last-entry\n"
                      "bind index U next-unread\n",
                      cache, threads ? "reverse-threads" : "reverse-date", maildir, maildir);
  if (!g_file_set_contents(settings, text, -1, NULL))
    return FALSE;
  return one_run(program, settings, maildir, out) && one_run(program, settings, maildir, out);
}
