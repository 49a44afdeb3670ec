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
 * host). The command gets no shell, our terminal lent, the first line is taken. directory: accounts.d. */
gboolean fbk_keep_read(const char *directory, const FbkAccount *account, const FbkAsk *ask,
                       GCancellable *cancellable, FbkKept *out, GError **err);

/* Encrypts to the person's own key into <directory>/<account>.secret.gpg (0600, durable). CRYPTO with the
 * next step when there is no key. Does nothing for ASK and COMMAND. */
gboolean fbk_keep_write(const char *directory, const FbkAccount *account, const FbkKept *kept,
                        const FbkAsk *ask, GError **err);

/* TRUE when GnuPG has a secret key to encrypt to; identity_out: its user ID, g_free. */
gboolean fbk_keep_can_gpg(char **identity_out);

void fbk_kept_clear(FbkKept *kept); /* frees both parts */

#endif
