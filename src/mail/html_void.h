/* Elements of an HTML document that end where they begin, as a text reader shows them: images by their words,
 * fields as boxes, links of image maps, and refreshes, which are told and not done. */
#ifndef FBK_MAIL_HTML_VOID_H
#define FBK_MAIL_HTML_VOID_H

#include "mail/html_flow.h"

/* An element as far as they need it: the value of an attribute by its lower-case name, or NULL. */
typedef struct {
  const void *node;
  const char *(*get)(const void *node, const char *name);
} FbkElement;

/* Nothing for pictures of one pixel, which only tell the sender that the message was opened. */
void fbk_html_image(FbkFlow *flow, const FbkElement *element);
void fbk_html_area(FbkFlow *flow, const FbkElement *element);
void fbk_html_refresh(FbkFlow *flow, const FbkElement *element);
void fbk_html_input(FbkFlow *flow, const FbkElement *element);

#endif
