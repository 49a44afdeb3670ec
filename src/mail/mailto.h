/* The addresses of a mailto: link (RFC 6068). Pure; any thread. */
#ifndef FBK_MAIL_MAILTO_H
#define FBK_MAIL_MAILTO_H

#include <glib.h>

typedef struct {
  GPtrArray *addresses; /* char *, decoded, as written, not cleaned */
  GPtrArray *domains;   /* char *, canonical, of those addresses that have a valid one */
} FbkMailto;

/* text: what follows "mailto:". Addresses of the path and of to, cc and bcc; at most 1,000. */
void fbk_mailto_read(const char *text, FbkMailto *mailto_out);
void fbk_mailto_clear(FbkMailto *mailto);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FbkMailto, fbk_mailto_clear)

#endif
