/* A table of data in columns where they fit, or cell below cell where they do not. */
#ifndef FBK_MAIL_COLUMNS_H
#define FBK_MAIL_COLUMNS_H

#include "mail/layout.h"

typedef struct {
  const FbkDoc *doc;
  const FbkLinkSign *signs;
  FbkPage *page;
  const FbkBlock *block;
  gsize prefix_len; /* bytes of the block's prefix that are used */
  int width;        /* cells besides it */
} FbkColumns;

/* FALSE when the page has no room for more lines. */
gboolean fbk_columns_put(const FbkColumns *columns);

#endif
