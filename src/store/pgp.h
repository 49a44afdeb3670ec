/* The door to GnuPG (through GPGME): the person's own key, and secrets sealed to it. Every call blocks, and
 * opening may start pinentry, which draws on the terminal: lend it first (base/ask.h). Worker threads; calls
 * may run at the same time. Decrypted bytes go straight into FbkSecret; GPGME's buffers are wiped. */
#ifndef FBK_STORE_PGP_H
#define FBK_STORE_PGP_H

#include <gio/gio.h>
#include "base/secret.h"

/* The first secret key that can encrypt and is neither expired, revoked nor disabled; identity_out (may be
 * NULL) is its user ID. g_free both. CRYPTO with the next step when there is none or no gpg. */
gboolean fbk_pgp_find_own_key(char **fingerprint_out, char **identity_out, GError **err);

/* The secrets, one a line (NULL: an empty line), encrypted to that key and to nobody else. BAD_INPUT for a
 * secret with a line break in it. */
GBytes *fbk_pgp_seal(const char *fingerprint, FbkSecret *const *lines, guint count, GError **err);

/* Opens what seal made with the same count: lines[i] are new secrets. CRYPTO when it cannot be decrypted or
 * holds anything else, CANCELLED when the person leaves pinentry; lines are untouched then. */
gboolean fbk_pgp_open(GBytes *sealed, FbkSecret **lines, guint count, GCancellable *cancellable,
                      GError **err);

#endif
