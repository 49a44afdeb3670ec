/* SASL lines that carry a password, built in a secret's own memory and never in a GString. Only called inside
 * TLS. PLAIN: RFC 4616; LOGIN: what servers call LOGIN. Pure; the caller frees (and so wipes) the result. */
#ifndef FBK_NET_SASL_H
#define FBK_NET_SASL_H

#include "base/secret.h"

/* base64 of "\0user\0password"; NULL when user holds control characters or all is too long. */
FbkSecret *fbk_sasl_plain(const char *user, const FbkSecret *password);

/* base64 of the bytes, for each of LOGIN's two answers. */
FbkSecret *fbk_sasl_base64(const char *bytes, gsize len);

#endif
