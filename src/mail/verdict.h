/* Makes verdicts: the severity and the sentence of each class. Only for link.c. */
#ifndef FBK_MAIL_VERDICT_H
#define FBK_MAIL_VERDICT_H

#include "mail/link.h"

/* What a verdict speaks of; NULL for "". */
typedef struct {
  const char *host;   /* of the link */
  const char *about;  /* the host that the sentence names, where it is another one */
  const char *target; /* institution domain imitated */
  const char *shown;  /* what the text shows */
  const char *scheme; /* for unsafe */
  const char *names;  /* for mail: the addresses, ready to show */
  gboolean campus;    /* mismatch: the text shows the institution; credential: the context names it */
  gboolean mail;      /* the link opens a mail, not a page */
} FbkVerdictFacts;

FbkVerdict *fbk_verdict_new(FbkLinkClass class_, const char *rule, const FbkVerdictFacts *facts);

#endif
