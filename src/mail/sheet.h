/* The lines of a page while they are written: spans one after the other, then the line's end. */
#ifndef FBK_MAIL_SHEET_H
#define FBK_MAIL_SHEET_H

#include "mail/page.h"

#define FBK_SHEET_LINE_MAX 200000

/* A page without lines. */
FbkPage *fbk_sheet_new(void);

/* text has passed the gate. */
void fbk_sheet_span(FbkPage *page, const char *text, gsize len, FbkStyle style, guint link);
/* FALSE when there is no room for more lines: the line is dropped. */
gboolean fbk_sheet_end_line(FbkPage *page);

/* Takes back the last lines, to make room for a notice. */
void fbk_sheet_drop(FbkPage *page, guint lines);

/* Sets lines and count; nothing is written afterwards. */
void fbk_sheet_finish(FbkPage *page);

#endif
