/* Host names as they are written, and the one canonical form in which they are compared: ASCII (IDNA2008
 * after UTS #46 non-transitional mapping), lower case, no final dot; numeric addresses as dotted IPv4 or
 * "[IPv6]". Pure; any thread. Rule names (D4 ...) are those of doc/link-rules.md. The door to libpsl and
 * libidn2. */
#ifndef FBK_MAIL_HOST_H
#define FBK_MAIL_HOST_H

#include <glib.h>

typedef enum {
  FBK_HOST_HIDDEN = 1 << 0,  /* D4: control or invisible characters */
  FBK_HOST_PERCENT = 1 << 1, /* D5 */
  FBK_HOST_NUMBER = 1 << 2,  /* D6: a public numeric address, or one in an odd form */
  FBK_HOST_MAPPED = 1 << 3,  /* D7: characters that turn into ASCII */
  FBK_HOST_IDN = 1 << 4,     /* D8: not a valid international label */
  FBK_HOST_BROKEN = 1 << 5   /* D15: not a host name at all */
} FbkHostFault;

/* What makes a name invalid where it was found elsewhere than in the address itself. */
#define FBK_HOST_INVALID (FBK_HOST_PERCENT | FBK_HOST_MAPPED | FBK_HOST_IDN | FBK_HOST_BROKEN)

typedef struct {
  char *name; /* canonical; with faults, the best guess at what a program would make of it, in safe ASCII */
  guint faults;
  gboolean numeric;
} FbkHost;

/* Reads the host text[0..len), no port. Fills host_out always; clear it with fbk_host_clear. */
void fbk_host_read(const char *text, gsize len, FbkHost *host_out);
void fbk_host_clear(FbkHost *host);

/* The canonical form of a host found in a text, a query or a mail address, its hidden characters dropped
 * first; NULL if it is not valid. Free with g_free. */
char *fbk_host_valid(const char *text, gsize len);

/* These take canonical names. Results point into name, and never are NULL except the suffix. */
gboolean fbk_host_is_numeric(const char *name);
gboolean fbk_host_under(const char *name, const char *domain); /* equal to it or below it */
const char *fbk_host_registrable(const char *name);            /* name itself where there is none */
const char *fbk_host_suffix(const char *name); /* public suffix; NULL: no registrable domain */
char *fbk_host_unicode(const char *name);      /* with letters instead of "xn--"; g_free */

/* D4: controls and characters that are not seen. D14: those that change the direction of writing. */
gboolean fbk_host_hidden_char(gunichar character);
gboolean fbk_host_turning_char(gunichar character);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FbkHost, fbk_host_clear)

#endif
