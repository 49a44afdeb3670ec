/* Waits for a GPGME operation in a way that can be cancelled. Private to store/pgp. */
#ifndef FBK_STORE_PGP_WAIT_H
#define FBK_STORE_PGP_WAIT_H

#include <gio/gio.h>
#include <gpgme.h>

/* Decrypts cipher into plain; as soon as cancellable (or NULL) is cancelled it gives up, whatever gpg and
 * pinentry do, with GPG_ERR_CANCELED. context is of no use afterwards but to be released. */
gpgme_error_t fbk_pgp_decrypt(gpgme_ctx_t context, gpgme_data_t cipher, gpgme_data_t plain,
                              GCancellable *cancellable);

#endif
