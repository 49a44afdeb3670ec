/* The door to GMime: started once, and asked with our options. Private to mail. Any thread. */
#ifndef FBK_MAIL_PARSE_MIME_H
#define FBK_MAIL_PARSE_MIME_H

#include <gmime/gmime.h>

/* Starts GMime the first time. Borrowed; never changed. */
GMimeParserOptions *fbk_mime_options(void);

#endif
