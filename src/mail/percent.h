/* Percent-decoding (RFC 3986 2.1) of what a stranger wrote. Pure; any thread. */
#ifndef FBK_MAIL_PERCENT_H
#define FBK_MAIL_PERCENT_H

#include <glib.h>

/* text[0..len) decoded once; a "%" that is no escape stays, %00 becomes U+0001, what is not UTF-8 becomes
 * U+FFFD. Always valid UTF-8. Free with g_free. */
char *fbk_percent_decode(const char *text, gsize len);

#endif
