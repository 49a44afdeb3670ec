/* Setting an account up: what the five steps decide, the live check, and the writing, which is the last act.
 * The check and the saving block: worker threads only. Nothing is written before fbk_setup_save. */
#ifndef FBK_FLOW_SETUP_H
#define FBK_FLOW_SETUP_H

#include "base/ask.h"
#include "base/err.h"
#include "flow/home.h"
#include "store/keep.h"

/* One line of the check: a step that passed, or the one that failed. */
typedef struct {
  FbkProtocol protocol;
  char *host;
  guint16 port;
  FbkStep step;
  gboolean passed;
  char *detail; /* translated; for a failed step the sentence */
  char *hint;   /* the next step, or NULL */
  FbkErr code;  /* of a failed step */
} FbkProbeLine;

typedef struct {
  GPtrArray *lines;                  /* FbkProbeLine *, in the order they happened */
  gboolean incoming_ok, outgoing_ok; /* outgoing_ok is also TRUE where there is no outgoing server */
  gboolean auth_refused;
  char *causes; /* after a refusal: this profile's likely causes, one a line; or NULL */
} FbkProbe;

/* Called on the worker for each line as it happens; line belongs to the probe. */
typedef void (*FbkProbeReport)(gpointer data, const FbkProbeLine *line);

/* Connects to incoming and outgoing: name, TCP, TLS, certificate, capabilities, sign-in. A password that the
 * first server refused is not shown to the second one: one try. FALSE only when cancelled (or for our own
 * bugs); what failed is in the lines. */
gboolean fbk_setup_probe(const FbkHome *home, const FbkAccount *candidate, const FbkKept *kept,
                         FbkProbeReport report, gpointer report_data, GCancellable *cancellable,
                         FbkProbe *out, GError **err);
void fbk_probe_clear(FbkProbe *probe);

/* A profile's likely causes of a refused sign-in, most likely first, one a line; NULL where it names none.
 * g_free. */
char *fbk_setup_causes(const FbkProfile *profile);

void fbk_probe_line_free(FbkProbeLine *line);

/* An account as profile recommends it for this user and address (ports 0: the recommended ones), with a free
 * name; without an outgoing server where the profile has none. */
FbkAccount *fbk_setup_candidate(const FbkHome *home, const FbkProfile *profile, FbkProtocol incoming,
                                guint16 incoming_port, guint16 outgoing_port, const char *user,
                                const char *address, const char *real_name, GError **err);

/* Stores the secret as account->keep says, then the account file. After an error nothing is left behind. A
 * prefix beside a password command is kept where GnuPG can; else it is asked for at each start. */
gboolean fbk_setup_save(const FbkHome *home, const FbkAccount *account, const FbkKept *kept,
                        const FbkAsk *ask, GError **err);

/* The profiles to choose from at step 1: one per institution (the first of each); borrowed. By address, where
 * one was typed, the institution that it belongs to, or NULL. */
GPtrArray *fbk_setup_institutions(const FbkHome *home);
const FbkProfile *fbk_setup_institution_of(const FbkHome *home, const char *address);
/* The places of an institution: its profiles in order; borrowed. */
GPtrArray *fbk_setup_places(const FbkHome *home, const char *institution);

#endif
