/* Where lines of text end: by cells, between graphemes, and by the rules of line breaking (UAX 14) with
 * Japanese kinsoku: no closing sign or small mark begins a line, no opening bracket ends one. What has no
 * place to break (a long address) is broken at the width. Pure; linear time. */
#ifndef FBK_MAIL_WRAP_H
#define FBK_MAIL_WRAP_H

#include <glib.h>

typedef struct {
  gsize start, end; /* bytes of the text; spaces at the line's end are outside */
  int cells;
} FbkWrapLine;

/* text: valid UTF-8, gated; "\n" ends a line. first and rest: cells of the first line and the others, at
 * least
 * 2. At least one line, "" gives an empty one. */
GArray *fbk_wrap(const char *text, gsize len, int first, int rest);

#endif
