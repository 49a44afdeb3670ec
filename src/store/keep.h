/* Where an account's secret is kept: a password command, a file encrypted with GnuPG, or nowhere (asked).
 * Blocks (pinentry, commands up to 60 s); worker threads only. What is read or written lives in FbkSecret
 * alone. */
#ifndef FBK_STORE_KEEP_H
#define FBK_STORE_KEEP_H

#include "base/ask.h"
#include "store/account.h"

/* The two parts of a secret; prefix is NULL where the account has none. */
typedef struct {
  FbkSecret *prefix, *password;
} FbkKept;

/* Reads the secret by account->keep, asking through ask where it is not kept (question names account and
 * host; two questions where the account has a prefix). The command gets no shell, our terminal lent, the
 * first line is taken as the password; a prefix comes from the encrypted file where there is one, else it is
 * asked for (an account without has_prefix may have a command that prints both as one). ask may be NULL:
 * nobody is asked, nothing is lent. directory: accounts.d. CRYPTO, with the next step, when GnuPG cannot
 * decrypt. */
gboolean fbk_keep_read(const char *directory, const FbkAccount *account, const FbkAsk *ask,
                       GCancellable *cancellable, FbkKept *out, GError **err);

/* Encrypts to the person's own key into <directory>/<account>.secret.gpg (0600, durable), after proving that
 * it can be opened again, for which pinentry may ask. CRYPTO with the next step when there is no key. Does
 * nothing for ASK, and for COMMAND without a prefix; with one, the prefix alone is kept. */
gboolean fbk_keep_write(const char *directory, const FbkAccount *account, const FbkKept *kept,
                        const FbkAsk *ask, GError **err);

/* The first line of a file that only its owner can open (DENIED otherwise): a password prefix. */
FbkSecret *fbk_keep_read_prefix_file(const char *path, GError **err);

/* Removes what fbk_keep_write wrote, if anything. */
void fbk_keep_forget(const char *directory, const FbkAccount *account);

/* TRUE when GnuPG has a secret key to encrypt to; identity_out: its user ID, g_free. */
gboolean fbk_keep_can_gpg(char **identity_out);

void fbk_kept_clear(FbkKept *kept); /* frees both parts */

#endif
