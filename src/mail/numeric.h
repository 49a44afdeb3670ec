/* Numeric host addresses: IPv4 in every form that the WHATWG URL standard reads, and bracketed IPv6. Pure. */
#ifndef FBK_MAIL_NUMERIC_H
#define FBK_MAIL_NUMERIC_H

#include <glib.h>

typedef enum {
  FBK_NUMERIC_NONE,    /* a name */
  FBK_NUMERIC_PRIVATE, /* loopback or private, in its plain form */
  FBK_NUMERIC_PUBLIC,  /* or in an odd form, or IPv4 wrapped in IPv6 */
  FBK_NUMERIC_BROKEN   /* begins like an address but is none */
} FbkNumeric;

/* name without a final dot. *address_out: "192.0.2.1", or NULL when NONE or BROKEN. */
FbkNumeric fbk_numeric_ipv4(const char *name, char **address_out);
/* text with its brackets. *address_out: "[2001:db8::1]" or NULL. */
FbkNumeric fbk_numeric_ipv6(const char *text, char **address_out);

#endif
