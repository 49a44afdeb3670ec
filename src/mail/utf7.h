/* Modified UTF-7, in which IMAP writes folder names (RFC 3501 5.1.3). Pure, any thread. */
#ifndef FBK_MAIL_UTF7_H
#define FBK_MAIL_UTF7_H

#include <glib.h>

/* path as UTF-8; NULL when it is not well-formed (bytes over 0x7e, a broken shift, lone surrogates), for then
 * it is to be shown as it is. g_free. */
char *fbk_utf7_decode(const char *path);

#endif
