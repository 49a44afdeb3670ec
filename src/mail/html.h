/* text/html into blocks: gumbo's tree of the tamed document, walked without recursion. Nothing is ever
 * loaded; of CSS only the few inline words that hide text are understood (html_style.h). Pure; linear time.
 */
#ifndef FBK_MAIL_HTML_H
#define FBK_MAIL_HTML_H

#include "mail/block.h"

/* Appends the document to doc. Notices about what is not shown become blocks of doc. */
void fbk_html_to_doc(const char *html, gsize len, FbkDoc *doc);

#endif
