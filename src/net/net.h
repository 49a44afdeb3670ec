/* What every connection is told by the person: where names lead (--resolve), whom to trust (--cafile), how
 * long to wait; and the steps that a connection reports while it is made. Immutable while connections use it.
 */
#ifndef FBK_NET_NET_H
#define FBK_NET_NET_H

#include <gio/gio.h>
#include "mail/model.h"

typedef struct {
  char *host;
  guint16 port;
  char *to_address; /* numeric */
  guint16 to_port;
} FbkResolve;

typedef struct {
  GPtrArray *resolve;    /* FbkResolve * */
  char *cafile;          /* PEM, instead of the system's; NULL: the system's */
  guint connect_seconds; /* whole of name, TCP and TLS each; 20 at start */
  guint idle_seconds;    /* longest silence while an answer is awaited; 60 at start */
} FbkNet;

FbkNet *fbk_net_new(void);
void fbk_net_free(FbkNet *net);

/* "HOST:PORT:ADDR:PORT", as for --resolve; ADDR may be [v6]. BAD_INPUT says what is wrong. */
gboolean fbk_net_add_resolve(FbkNet *net, const char *spec, GError **err);

typedef enum {
  FBK_STEP_NAME,       /* host name to addresses */
  FBK_STEP_TCP,        /* connection to the port */
  FBK_STEP_GREETING,   /* the server speaks the protocol */
  FBK_STEP_STARTTLS,   /* offered and accepted */
  FBK_STEP_TLS,        /* handshake, version */
  FBK_STEP_CERT,       /* chain, host name, dates */
  FBK_STEP_CAPABILITY, /* what the server can */
  FBK_STEP_SIGN_IN
} FbkStep;

/* report: translated, one line ("TLSv1.3", "imap.jaist.ac.jp is 150.65.1.2"). Called on the worker, for each
 * step that was passed; after an error, `current` is the step that failed. */
typedef struct {
  void (*report)(gpointer data, FbkStep step, const char *detail);
  gpointer data;
  FbkStep current;       /* set before each step begins: after an error, the step that failed */
  gint64 valid_until;    /* of the certificate, seconds since 1970, when CERT is reported; 0: not told */
  gboolean clock_behind; /* a certificate was refused because its time has not come yet */
} FbkSteps;

/* For those who make the steps; steps may be NULL. */
void fbk_steps_begin(FbkSteps *steps, FbkStep step);
void fbk_steps_passed(FbkSteps *steps, const char *format, ...) G_GNUC_PRINTF(2, 3);
const char *fbk_step_name(FbkStep step); /* translated, short */
const char *fbk_step_word(FbkStep step); /* for scripts: "sign-in"; stable */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkNet, fbk_net_free)

#endif
