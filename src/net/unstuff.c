/* Dot-unstuffing. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/unstuff.h"

#include <string.h>

enum { LINE_START, DOT, DOT_CR, TEXT, CR };

gboolean fbk_unstuff(FbkUnstuff *unstuff, const char *bytes, gsize len, FbkUnstuffWrite write, gpointer data,
                     gsize *used_out, gboolean *ended_out, GError **err)
{
  gsize from = 0; /* bytes from here to `at` are the message's and not yet written */
  gsize at = 0;
  *ended_out = FALSE;
  while (at < len && !*ended_out) {
    char c = bytes[at];
    switch (unstuff->state) {
    case LINE_START:
      if (c == '.') { /* what stood before is complete; the dot itself is not the message's */
        if (at > from && !write(data, bytes + from, at - from, err))
          return FALSE;
        from = at + 1;
        unstuff->state = DOT;
      } else {
        unstuff->state = c == '\r' ? CR : TEXT;
      }
      at++;
      break;
    case DOT:
      unstuff->state = c == '\r' ? DOT_CR : TEXT;
      from = c == '\r' ? at + 1 : from; /* held back: it may belong to the final line */
      at++;
      break;
    case DOT_CR:
      if (c == '\n') {
        *ended_out = TRUE;
        at++;
        from = at;
        break;
      }
      if (!write(data, "\r", 1, err)) /* it was the message's after all; c is seen again */
        return FALSE;
      unstuff->state = CR;
      break;
    case TEXT: {
      const char *next = memchr(bytes + at, '\r', len - at);
      at = next != NULL ? (gsize)(next - bytes) + 1 : len;
      unstuff->state = next != NULL ? CR : TEXT;
      break;
    }
    default: /* CR */
      unstuff->state = c == '\n' ? LINE_START : c == '\r' ? CR : TEXT;
      at++;
    }
  }
  *used_out = at;
  return at == from || write(data, bytes + from, at - from, err);
}
