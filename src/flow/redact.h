/* Takes what names a person out of a text that goes to a stranger (the helpdesk): user name, address, name,
 * home directory, login, this computer's name. Passwords need not be taken out: they are in no text. Any
 * thread. */
#ifndef FBK_FLOW_REDACT_H
#define FBK_FLOW_REDACT_H

#include "flow/home.h"

typedef struct FbkRedaction FbkRedaction;

/* What home's accounts (all of them) and this computer give away. */
FbkRedaction *fbk_redaction_new(const FbkHome *home);
void fbk_redaction_free(FbkRedaction *redaction);

/* Also takes out `what`, in any case; placeholder is translated. Where whole, only as a word of its own. */
void fbk_redaction_add(FbkRedaction *redaction, const char *what, const char *placeholder, gboolean whole);

/* text with placeholders; NULL for NULL. g_free. */
char *fbk_redact(const FbkRedaction *redaction, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkRedaction, fbk_redaction_free)

#endif
