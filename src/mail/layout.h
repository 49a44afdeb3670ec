/* Blocks onto the lines of a page: wrapped to the width, with prefixes, rules, columns and the signs of
 * links. */
#ifndef FBK_MAIL_LAYOUT_H
#define FBK_MAIL_LAYOUT_H

#include "mail/block.h"

/* How a link is told in the text. */
typedef struct {
  const char *mark; /* "[3]" */
  gboolean bad;
} FbkLinkSign;

/* Appends doc to page. signs[n - 1] belongs to link n. No line is wider than width (at least 20). FALSE when
 * not all of it found room. */
gboolean fbk_layout_doc(const FbkDoc *doc, const FbkLinkSign *signs, int width, FbkPage *page);

#endif
