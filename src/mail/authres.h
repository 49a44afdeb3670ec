/* What the reader's own mail server found out about a sender (Authentication-Results, RFC 8601). Pure; any
 * thread. */
#ifndef FBK_MAIL_AUTHRES_H
#define FBK_MAIL_AUTHRES_H

#include "mail/sender.h"

typedef enum { FBK_AUTHRES_NOTHING, FBK_AUTHRES_PASS, FBK_AUTHRES_FAIL } FbkAuthres;

/* The trusted result for mail from domain (canonical): of the topmost field by one of the guard's
 * authserv-ids, if every Received above it is by an institution host. All other results may have been in the
 * mail when it came. */
FbkAuthres fbk_authres_trusted(const FbkGuard *guard, const char *domain, const FbkTraceField *trace,
                               gsize count);

#endif
