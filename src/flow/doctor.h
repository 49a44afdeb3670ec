/* What `fubako doctor` finds out, in plain words: every port of an account's (or a profile's) servers, one
 * sign-in at most, and this side of the line. Nothing of the person's is changed (but a damaged list of mail
 * is set aside, as by every other command). Blocks, in parts for tens of seconds: a command, or a worker. One
 * thread owns a doctor; the parts may be called in any order, each once. */
#ifndef FBK_FLOW_DOCTOR_H
#define FBK_FLOW_DOCTOR_H

#include "base/ask.h"
#include "base/err.h"
#include "flow/home.h"

typedef enum { FBK_CHECK_PASSED, FBK_CHECK_WARNING, FBK_CHECK_FAILED } FbkCheckResult;

/* One thing that was looked at. Details may hold foreign words: gate them. */
typedef struct {
  const char *check; /* for scripts: "expiry"; stable, static */
  const char *title; /* translated, static */
  FbkCheckResult result;
  char *detail; /* translated */
  char *hint;   /* the next step, translated, or NULL */
  FbkErr code;  /* of a failed check */
} FbkCheck;

typedef struct {
  FbkServer *server;
  gboolean in_use; /* by the account; without one: recommended */
  GPtrArray *checks;
  gboolean clock_behind; /* its certificate is refused as not valid yet */
} FbkServerChecks;

/* What the profile has to say now. */
typedef struct {
  char *id; /* "J14" of the profile's notice, or "webmail", "contact", "retired" */
  char *text;
} FbkAdvice;

typedef struct {
  const FbkHome *home;       /* borrowed, as all three */
  const FbkAccount *account; /* or NULL: no sign-in */
  const FbkProfile *profile; /* or NULL: an account by hand, or neither */
  GPtrArray *servers;        /* FbkServerChecks *: those in use first */
  GPtrArray *here;           /* FbkCheck * */
  GPtrArray *notices;        /* FbkAdvice * */
} FbkDoctor;

FbkDoctor *fbk_doctor_new(const FbkHome *home, const FbkAccount *account, const FbkProfile *profile);
void fbk_doctor_free(FbkDoctor *doctor);

/* Connects to every port, some at a time, without any sign-in. A port that is not in use and cannot be
 * reached is a warning; one whose certificate is wrong has failed. */
void fbk_doctor_servers(FbkDoctor *doctor, GCancellable *cancellable);

/* After fbk_doctor_servers: one sign-in, at the incoming server of the account, where that passed, no earlier
 * refusal stands (J16), and the secret can be had; a refusal is marked for everybody. Then its quota. */
void fbk_doctor_sign_in(FbkDoctor *doctor, const FbkAsk *ask, GCancellable *cancellable);

/* Clock, terminal, locale, editor, GnuPG, disk, permissions; index and Japanese search. */
void fbk_doctor_here(FbkDoctor *doctor, GCancellable *cancellable);

/* What the profile wants to be known (J1, J2, J14 ...), and after a refusal its likely causes first. */
void fbk_doctor_notices(FbkDoctor *doctor);

/* The first check that failed, in the order in which they are shown; NULL when none did. Counts may be NULL.
 */
const FbkCheck *fbk_doctor_verdict(const FbkDoctor *doctor, guint *failed_out, guint *warnings_out);

/* The mechanisms that carry a password which a server's words offer ("PLAIN LOGIN"), by protocol; "" for
 * none. IMAP's LOGIN and POP3's USER commands are among them. Pure; g_free. */
char *fbk_doctor_mechanisms(FbkProtocol protocol, const char *capabilities);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkDoctor, fbk_doctor_free)

#endif
