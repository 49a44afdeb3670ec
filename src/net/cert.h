/* What is wrong with a certificate, in one sentence for people. Part of the OpenSSL door: for net/tls only.
 */
#ifndef FBK_NET_CERT_H
#define FBK_NET_CERT_H

#include <glib.h>
#include <openssl/x509.h>

/* Sets *err to CERT. fault: X509_V_ERR_*; bad: the certificate of the chain that has it (may be NULL); leaf:
 * the server's own (may be NULL); host: whom it should be for. Names from a certificate are cleaned. */
void fbk_cert_explain(long fault, X509 *bad, X509 *leaf, const char *host, GError **err);

/* SHA-256 in colon-separated hexadecimal digits; g_free. */
char *fbk_cert_fingerprint(X509 *certificate);

/* Up to three host names of its subjectAltName, ", " between them, or NULL where it has none; g_free. */
char *fbk_cert_names(X509 *certificate);

char *fbk_cert_issuer(X509 *certificate);       /* its organisation or common name, cleaned; g_free */
char *fbk_cert_ends_on(X509 *certificate);      /* "2027-03-31"; g_free */
gint64 fbk_cert_valid_until(X509 *certificate); /* seconds since 1970; 0 for a date that is none */

#endif
