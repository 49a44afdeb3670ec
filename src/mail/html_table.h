/* Which tables hold data, to be shown in columns, and which only place things on a page, to be read as
 * flowing text. Pure; reads gumbo's tree. */
#ifndef FBK_MAIL_HTML_TABLE_H
#define FBK_MAIL_HTML_TABLE_H

#include <glib.h>

struct GumboInternalNode;

/* table: a table element. TRUE for two or more rows and columns of short inline content. */
gboolean fbk_html_table_is_data(const struct GumboInternalNode *table);

#endif
