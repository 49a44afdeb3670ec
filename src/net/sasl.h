/* SASL lines that carry a password, built in a secret's own memory and never in a GString. Only called inside
 * TLS. PLAIN: RFC 4616; LOGIN: what servers call LOGIN. Pure; the caller frees (and so wipes) the result. */
#ifndef FBK_NET_SASL_H
#define FBK_NET_SASL_H

#include "base/secret.h"
#include "net/stream.h"

/* base64 of "\0user\0password"; NULL when user holds control characters or all is too long. */
FbkSecret *fbk_sasl_plain(const char *user, const FbkSecret *password);

/* base64 of the bytes, for each of LOGIN's two answers; NULL when too long. */
FbkSecret *fbk_sasl_base64(const char *bytes, gsize len);

/* Writes prefix, secret and CR LF as one piece. BUG, and nothing is written, when the stream is not inside
 * TLS; BAD_INPUT when secret is NULL (as the two above give it for what is too long) or the line would be too
 * long or hold a line end. */
gboolean fbk_sasl_write(FbkStream *stream, const char *prefix, const FbkSecret *secret, GError **err);

/* Whether user can be sent as a user name in any protocol: no control characters, not empty, at most 255
 * bytes. BAD_INPUT otherwise. */
gboolean fbk_sasl_check_user(const char *user, GError **err);

/* answer as it may stand in the log: itself, or, where a server sends the password back, a remark instead. */
const char *fbk_sasl_loggable(const char *answer, const FbkSecret *password);

#endif
