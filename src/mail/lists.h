/* The rule lists that travel inside the program (src/mail/data): look-alike letters, redirectors, tenants,
 * closed suffixes, words. Loaded once, on first use, and never changed; any thread. */
#ifndef FBK_MAIL_LISTS_H
#define FBK_MAIL_LISTS_H

#include <glib.h>

typedef struct {
  gunichar letter;
  char fold[8]; /* one or two ASCII characters */
  gboolean strong;
  gboolean latin;
} FbkFold;

/* What letter (not ASCII) looks like, or NULL. */
const FbkFold *fbk_lists_fold(gunichar letter);

/* host (canonical) is an entry of redirectors.txt or below one. */
gboolean fbk_lists_redirector(const char *host);
/* host is below an entry of tenants.txt, and not the entry itself. */
gboolean fbk_lists_tenant(const char *host);
/* suffix is an entry of closed-suffixes.txt. */
gboolean fbk_lists_closed(const char *suffix);
/* text is empty or a chain of words of brand-words.txt. */
gboolean fbk_lists_word_chain(const char *text, gsize len);

/* The credential words of one sort, longest first: 'A' secrets, 'B' acts, 'C' negations. */
const char *const *fbk_lists_credential(char sort);

/* set (keys are host names) has host or one of its parent domains. */
gboolean fbk_lists_covers(GHashTable *set, const char *host);

#endif
