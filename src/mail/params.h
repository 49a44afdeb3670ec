/* Content-Type and Content-Disposition values taken apart (RFC 2045 5.1, RFC 2183, RFC 2231). Private to
 * mail. They take the raw value. Pure; any thread; linear but for the pieces of one name, at most 1,000. */
#ifndef FBK_MAIL_PARAMS_H
#define FBK_MAIL_PARAMS_H

#include <glib.h>

/* What stands before the first ';', lower case, without spaces and comments: "text/plain", "attachment". */
char *fbk_param_main(const char *value, gsize len);

/* The parameter as UTF-8 without NULs, or NULL: RFC 2231 pieces joined and decoded by their charset through
 * our own decoders, RFC 2047 words decoded, raw Japanese guessed. name: lower case. g_free it. */
char *fbk_param_text(const char *value, gsize len, const char *name);

#endif
