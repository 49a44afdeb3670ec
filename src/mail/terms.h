/* Text as the link and sender rules read it: compatibility forms undone, hidden characters gone, lower case;
 * terms found in it; sentences that ask for a secret (rule K2). Pure; any thread. Takes any bytes. */
#ifndef FBK_MAIL_TERMS_H
#define FBK_MAIL_TERMS_H

#include <glib.h>

#define FBK_TERMS_CONTEXT_MOST (32 * 1024) /* bytes of a context that are looked at */

/* NFKC; more than 30 combining marks in a row are cut, so that hostile text costs no more than other text. */
char *fbk_terms_nfkc(const char *text);

/* The "shown text": NFKC, without hidden characters (tabs and line ends stay), trimmed. */
char *fbk_terms_shown(const char *text);

/* text (valid UTF-8) in lower case, independent of the locale. */
char *fbk_terms_lower(const char *text);

/* The shown text in lower case: what terms are looked for in. */
char *fbk_terms_of(const char *text);

/* words (from fbk_terms_of) has term: ASCII terms with no a-z or 0-9 next to them, others anywhere. Both in
 * lower case. */
gboolean fbk_terms_have(const char *words, const char *term);

/* TRUE when a sentence of context asks for a password or code. Looks at its first FBK_TERMS_CONTEXT_MOST
 * bytes. */
gboolean fbk_terms_ask_secret(const char *context);

/* TAB, LF, FF, CR and SPACE, which are trimmed around addresses and texts. */
gboolean fbk_terms_is_space(char c);

#endif
