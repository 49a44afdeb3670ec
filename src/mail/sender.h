/* One verdict for the sender of a message: whether it may be the campus, whether the mail server confirmed
 * it, and where answers would go. Pure; any thread. The rules (F1-F10) are set down in doc/link-rules.md. */
#ifndef FBK_MAIL_SENDER_H
#define FBK_MAIL_SENDER_H

#include "mail/link.h"

typedef enum {
  FBK_SENDER_PLAIN,
  FBK_SENDER_VERIFIED,
  FBK_SENDER_UNVERIFIED,
  FBK_SENDER_REPLY_DIFFERS,
  /* alarms from here on */
  FBK_SENDER_CLAIM_SPOOF,
  FBK_SENDER_NAME_SPOOF,
  FBK_SENDER_REPLY_TRAP,
  FBK_SENDER_AUTH_FAIL,
  FBK_SENDER_LOOKALIKE,
  FBK_SENDER_BAD_FROM
} FbkSenderClass;

/* A trace field, from the top of the message downwards. */
typedef struct {
  gboolean
      is_result; /* Authentication-Results: value is the field; else Received: value is the host after "by" */
  const char *value;
} FbkTraceField;

/* What a message says of its sender. Strings may be NULL for ""; of name, subject and body at most 32 KiB
 * each are looked at. */
typedef struct {
  const char *from_name;    /* decoded display name */
  const char *from_address; /* the address part of From, all of it */
  const char *reply_to;     /* the address part of Reply-To */
  const char *subject;
  const char *body; /* the first lines */
  const FbkTraceField *trace;
  gsize trace_count;
} FbkSenderInput;

typedef struct {
  FbkSenderClass class_;
  char rule[5];   /* "F3" */
  int severity;   /* 0 quiet, 1 note, 2 warning, 3 danger */
  char *domain;   /* canonical domain of From, "" where there is none */
  char *target;   /* the institution domain imitated, or "" */
  char *sentence; /* translated, for the reader */
} FbkSenderVerdict;

FbkSenderVerdict *fbk_sender_judge(const FbkGuard *guard, const FbkSenderInput *sender);
void fbk_sender_verdict_free(FbkSenderVerdict *verdict);

gboolean fbk_sender_is_alarm(FbkSenderClass class_);
const char *fbk_sender_class_name(FbkSenderClass class_); /* "name-spoof", stable, for scripts */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkSenderVerdict, fbk_sender_verdict_free)

#endif
