/* A document laid out as plain text, for tests that compare whole pages. */
#ifndef FBK_TESTS_LAYOUT_TEXT_H
#define FBK_TESTS_LAYOUT_TEXT_H

#include "mail/block.h"

/* doc's lines at width, each ended by "\n"; link n is marked "[n]". No line is wider, none has a control
 * character: both are asserted. g_free it. */
char *layout_text(const FbkDoc *doc, int width);

/* The lines of page, asserting the same. g_free it. */
char *page_text(const FbkPage *page, int width);

#endif
