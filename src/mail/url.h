/* The address of a link as programs read it: what sort it is, its scheme and host, and the ways of writing
 * that hide where it goes (rules S1-S4 and D1-D15 of doc/link-rules.md). Pure; any thread. */
#ifndef FBK_MAIL_URL_H
#define FBK_MAIL_URL_H

#include "mail/host.h"

typedef enum {
  FBK_URL_NONE,   /* S1: empty, a place in the message, or relative to nothing */
  FBK_URL_UNSAFE, /* S2 */
  FBK_URL_OTHER,  /* S3: tel, cid ... */
  FBK_URL_MAIL,   /* S4 */
  FBK_URL_WEB     /* http, https, ftp; also "//host" without a base */
} FbkUrlSort;

typedef struct {
  FbkUrlSort sort;
  char *scheme;      /* lower case, "" where there is none */
  char *text;        /* the address without TAB, LF and CR, ends trimmed, valid UTF-8 */
  const char *after; /* WEB: what follows the authority; MAIL: what follows "mailto:"; in text */
  FbkHost host;      /* WEB: of the address, or of base where the address is relative */
  char fault[4];     /* WEB: the first D rule that applies, "" for none */
} FbkUrl;

/* base may be "". Clear url_out with fbk_url_clear. */
void fbk_url_read(const char *href, const char *base, FbkUrl *url_out);
void fbk_url_clear(FbkUrl *url);

/* The canonical hosts of the http and https addresses inside path, query and fragment (rule L6),
 * percent-decoded once, in order; those that are not valid are left out. char *. */
GPtrArray *fbk_url_inner_hosts(const FbkUrl *url);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FbkUrl, fbk_url_clear)

#endif
