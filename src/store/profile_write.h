/* Profiles the other way round: the text of one that was put together from elsewhere, the file of the
 * person's own, and autoconfig XML for other mail programs. Any thread; saving blocks. */
#ifndef FBK_STORE_PROFILE_WRITE_H
#define FBK_STORE_PROFILE_WRITE_H

#include "store/profile.h"

/* What is known of a mail service whose profile is to be written. Strings may be NULL where a profile may go
 * without. */
typedef struct {
  char *name, *title, *mail_domain; /* never NULL when it is written */
  char *webmail, *contact;
  FbkUserKind user_kind;
  char *user_pattern, *user_hint;
  GPtrArray *domains; /* char *: the institution's own, for the guard */
  GPtrArray *servers; /* FbkServer *, the preferred one of a protocol first; one host for each protocol */
} FbkProfileDraft;

FbkProfileDraft *fbk_profile_draft_new(void);
void fbk_profile_draft_free(FbkProfileDraft *draft);

/* Takes server. FALSE, and server is freed, when the protocol has another host already: a profile has one. A
 * port that is there already is not added again. */
gboolean fbk_profile_draft_add(FbkProfileDraft *draft, FbkServer *server);

/* A name ([a-z0-9-]{1,32}) out of any words. g_free it. */
char *fbk_profile_make_name(const char *words);

/* The text of its file. Every value is made one line of clean text on the way. g_free it. */
char *fbk_profile_draft_text(const FbkProfileDraft *draft);

/* Checks a profile's text (source names it in messages) and puts it into directory as NAME.conf, durable,
 * mode 0600. known: all profiles there are. EXISTS where one of its name is among them, built in or not,
 * unless replace, and where NAME.conf holds a profile of another name. BAD_INPUT with "source:line: reason".
 * After an error nothing has changed. The profile that was written; its path says where. */
FbkProfile *fbk_profile_save(const char *directory, const GPtrArray *known, const char *source,
                             const char *text, gsize len, gboolean replace, GError **err);

/* The same service as autoconfig XML (config-v1.1.xml). What that cannot say (prefix, limits, notices) is
 * missing from it; for a user name that is not the address it says the part before the @. g_free it. */
char *fbk_profile_autoconfig(const FbkProfile *profile);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkProfileDraft, fbk_profile_draft_free)

#endif
