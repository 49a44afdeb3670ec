/* Every failure of the program: one GError domain, codes chosen by what the person can do about it.
 *
 * `message` of such an error is one translated sentence that can be shown as it is, without a final
 * server text; what a server said raw goes to the log. Foreign errors (errno, GIO, OpenSSL, SQLite) are
 * converted once, where they enter. Any thread. */
#ifndef FBK_BASE_ERR_H
#define FBK_BASE_ERR_H

#include <glib.h>
#include <gio/gio.h>

#define FBK_ERROR (fbk_error_quark())

typedef enum {
  FBK_ERR_CANCELLED, /* the person (or a closing screen) stopped it */
  FBK_ERR_OFFLINE,   /* no name, no route, refused port: try again when the network is there */
  FBK_ERR_TIMEOUT,   /* a server that does not answer within its deadline */
  FBK_ERR_CERT,      /* TLS or certificate not acceptable */
  FBK_ERR_AUTH,      /* sign-in refused: stop, ask the person */
  FBK_ERR_REFUSED,   /* the server understood and said no */
  FBK_ERR_PROTOCOL,  /* the server (or someone between) said what it may not say; connection is gone */
  FBK_ERR_TOO_BIG,   /* over a stated limit */
  FBK_ERR_NOT_FOUND,
  FBK_ERR_EXISTS,
  FBK_ERR_CONFLICT, /* somebody else changed or holds it */
  FBK_ERR_DENIED,   /* file permissions */
  FBK_ERR_NO_SPACE, /* disk or quota full */
  FBK_ERR_BAD_INPUT,
  FBK_ERR_CRYPTO, /* GnuPG could not */
  FBK_ERR_BUG     /* ours */
} FbkErr;

GQuark fbk_error_quark(void);

/* Sets *err (when err is not NULL) to the translated sentence made from format. */
void fbk_error_set(GError **err, FbkErr code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The same from an errno value; format says what was being done ("Cannot write %s"), the reason is appended.
 */
void fbk_error_set_errno(GError **err, int errnum, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Takes foreign (a GLib or GIO error) and sets *err to ours, what was being done in front. */
void fbk_error_take(GError **err, GError *foreign, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The translated next step for the person, or NULL where there is nothing to add. Static. */
const char *fbk_error_hint(const GError *err);

/* The program's exit code for an error: see the table "EXIT STATUS" in fubako(1). */
int fbk_error_exit_code(const GError *err);

/* The code behind an exit code of this program; BUG for one that stands for none. */
FbkErr fbk_error_code_of_exit(int status);

/* TRUE, with *err set to CANCELLED, when cancellable (or NULL) was cancelled. */
gboolean fbk_cancelled(GCancellable *cancellable, GError **err);

#endif
