/* The log file: what happened, with times; raw server words go here and nowhere else. Never a secret.
 * Thread-safe. Silent until opened; a log that cannot be written never disturbs the program. */
#ifndef FBK_BASE_LOG_H
#define FBK_BASE_LOG_H

#include <glib.h>

/* Appends to path (0600), kept under about 1 MiB by starting anew with the old one beside it as path.1 */
void fbk_log_open(const char *path);
void fbk_log_close(void);

/* From here on what libraries say through GLib (GMime complains of real mail) goes to the log instead of the
 * screen. */
void fbk_log_take_glib(void);

/* One line; control characters are written escaped, long lines are cut at 2,000 bytes. */
void fbk_log(const char *room, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
