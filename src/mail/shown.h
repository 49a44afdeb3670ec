/* What the text of a link shows as its goal: a host (rules T1, T2, T3) or mail addresses. Pure; any thread.
 */
#ifndef FBK_MAIL_SHOWN_H
#define FBK_MAIL_SHOWN_H

#include "mail/link.h"

/* shown: from fbk_terms_shown. The canonical host that it shows, or NULL. */
char *fbk_shown_host(const FbkGuard *guard, const char *shown);

/* T3 alone: a host name of the institution that stands alone in shown, canonical, or NULL. after_at: "@" may
 * stand before it. */
char *fbk_shown_institution(const FbkGuard *guard, const char *shown, gboolean after_at);

/* The canonical domains of the e-mail addresses in shown, in order, at most 100; char *. */
GPtrArray *fbk_shown_mail_domains(const char *shown);

#endif
