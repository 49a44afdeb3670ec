/* text/plain into blocks: one per line, or per paragraph where format=flowed (RFC 3676); quotes keep their
 * marks on every wrapped line; web and mail addresses become links. Pure; linear time. */
#ifndef FBK_MAIL_PLAIN_H
#define FBK_MAIL_PLAIN_H

#include "mail/block.h"

void fbk_plain_to_doc(const char *text, gsize len, gboolean flowed, gboolean delsp, FbkDoc *doc);

/* The next address in text[from..len): its bytes. FALSE when there is none. */
gboolean fbk_plain_find_address(const char *text, gsize len, gsize from, gsize *start_out, gsize *end_out);

#endif
