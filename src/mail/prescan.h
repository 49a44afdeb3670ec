/* The streaming look at a message before GMime and libnotmuch may see it. Private to mail; the public face is
 * fbk_prescan_file and fbk_prescan_bytes in mail/parse.h. Any thread; linear time; under 1 MB of memory. */
#ifndef FBK_MAIL_PRESCAN_H
#define FBK_MAIL_PRESCAN_H

#include "mail/raw.h"

#define FBK_LEVELS_MAX 100
#define FBK_PARTS_MAX 10000

typedef struct {
  char *reason;             /* translated, NULL when the message is safe; g_free it */
  gboolean broken_headers;  /* lines that are no field stand in the header of some part */
  gboolean nuls_in_headers; /* some header block holds NULs, which GMime would take for the end */
} FbkPrescan;

FbkPrescan fbk_prescan_raw(const FbkRaw *raw);

/* TRUE when GMime may take this address field: at most 200 ":" or "(" outside quotes, and 4,000 anywhere (the
 * two programs need not agree on where a quote ends). */
gboolean fbk_prescan_addresses(const char *value, gsize len);

#endif
