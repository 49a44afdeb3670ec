/* Writes the log file. SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_CAP (1024 * 1024)
#define LINE_CAP 2000

/* A pthread mutex and not a GMutex: the thread sanitizer sees through it. */
static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;
static char *log_path;
static int log_fd = -1;

/* The four below: with log_mutex held. */

static void close_file(void)
{
  if (log_fd >= 0)
    close(log_fd);
  log_fd = -1;
}

static void open_file(void)
{
  log_fd = open(log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  struct stat status;
  if (log_fd >= 0 && (fstat(log_fd, &status) != 0 || !S_ISREG(status.st_mode)))
    close_file();
}

/* A second process may have turned the file over already: then path is a new file, and only ours is old. */
static void turn_over(const struct stat *ours)
{
  struct stat now;
  if (stat(log_path, &now) == 0 && now.st_ino == ours->st_ino && now.st_dev == ours->st_dev) {
    g_autofree char *old = g_strconcat(log_path, ".1", NULL);
    (void)rename(log_path, old);
  }
  close_file();
  open_file();
}

static void write_line(const char *line, gsize len)
{
  struct stat status;
  if (log_fd >= 0 && fstat(log_fd, &status) == 0 && status.st_size + (off_t)len > FILE_CAP)
    turn_over(&status);
  /* One write per line keeps the lines of two processes apart; a full disk loses lines, not mail. */
  if (log_fd >= 0 && write(log_fd, line, len) < 0)
    return;
}

/* Appends text with everything escaped that is not plainly printable, at most LINE_CAP bytes. */
static void append_escaped(GString *out, const char *text)
{
  gsize cap = out->len + LINE_CAP;
  for (const char *at = text; *at != '\0';) {
    if (out->len >= cap) {
      g_string_append(out, "...");
      return;
    }
    gunichar character = g_utf8_get_char_validated(at, -1);
    if (character >= (gunichar)-2) {
      g_string_append_printf(out, "\\x%02x", (guchar)*at);
      at++;
      continue;
    }
    if (character == '\\')
      g_string_append(out, "\\\\");
    else if (character == '\n')
      g_string_append(out, "\\n");
    else if (character == '\r')
      g_string_append(out, "\\r");
    else if (character == '\t')
      g_string_append(out, "\\t");
    else if (g_unichar_isprint(character))
      g_string_append_unichar(out, character);
    else
      g_string_append_printf(out, "\\u{%x}", (guint)character);
    at = g_utf8_next_char(at);
  }
}

void fbk_log_open(const char *path)
{
  pthread_mutex_lock(&log_mutex);
  close_file();
  g_free(log_path);
  log_path = g_strdup(path);
  open_file();
  pthread_mutex_unlock(&log_mutex);
}

void fbk_log_close(void)
{
  pthread_mutex_lock(&log_mutex);
  close_file();
  g_clear_pointer(&log_path, g_free);
  pthread_mutex_unlock(&log_mutex);
}

void fbk_log(const char *room, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  g_autoptr(GDateTime) now = g_date_time_new_now_local();
  g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S.%f%:z");
  g_autoptr(GString) line = g_string_new(NULL);
  g_string_append_printf(line, "%s %s: ", time, room);
  append_escaped(line, text);
  g_string_append_c(line, '\n');
  pthread_mutex_lock(&log_mutex);
  write_line(line->str, line->len);
  pthread_mutex_unlock(&log_mutex);
}

static GLogWriterOutput write_glib(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer data)
{
  g_autofree char *text = g_log_writer_format_fields(level, fields, count, FALSE);
  (void)data;
  if (level & G_LOG_FLAG_FATAL)
    return g_log_writer_standard_streams(level, fields, count, NULL);
  fbk_log("glib", "%s", text);
  return G_LOG_WRITER_HANDLED;
}

void fbk_log_take_glib(void)
{
  g_log_set_writer_func(write_glib, NULL, NULL);
}
