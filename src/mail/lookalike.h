/* Hosts that only look like the institution's: rules L1 to L5 of doc/link-rules.md. Pure; any thread. */
#ifndef FBK_MAIL_LOOKALIKE_H
#define FBK_MAIL_LOOKALIKE_H

#include "mail/link.h"

typedef struct {
  char rule[5];       /* "L2a" */
  const char *target; /* the domain imitated, "" for L4 and L5; owned by the guard */
} FbkLookalike;

/* host: canonical. FALSE for institution and numeric hosts, and for all that look like nothing. */
gboolean fbk_lookalike_find(const FbkGuard *guard, const char *host, FbkLookalike *out);

/* What a label looks like in ASCII letters, marks dropped; letters that look like none stay. */
char *fbk_fold(const char *label);
/* The same with look-alike ASCII made equal too: 0 o, 1 l, i l, rn m, vv w ... */
char *fbk_skel(const char *label);
/* The skels of the labels of a canonical name, joined without dots, "-" and "_". */
char *fbk_skel_join(const char *name);

#endif
