/* Takes the dots out of a POP3 multi-line answer (RFC 1939 section 3), block by block, whatever its lines
 * hold: NUL, bare CR and bare LF pass untouched. Only CR LF ends a line, so that a message with "LF . LF"
 * inside cannot end early and have its rest read as the server's words. Pure; never allocates. */
#ifndef FBK_NET_UNSTUFF_H
#define FBK_NET_UNSTUFF_H

#include <glib.h>

typedef struct {
  guint8 state; /* all zero at start */
} FbkUnstuff;

typedef gboolean (*FbkUnstuffWrite)(gpointer data, const char *bytes, gsize len, GError **err);

/* Feeds len bytes; write gets the message's own bytes. *used_out is how many belong to the answer: less than
 * len only where *ended_out, after the final dot's line. FALSE only when write said so. */
gboolean fbk_unstuff(FbkUnstuff *unstuff, const char *bytes, gsize len, FbkUnstuffWrite write, gpointer data,
                     gsize *used_out, gboolean *ended_out, GError **err);

#endif
