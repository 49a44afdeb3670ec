/* One MIME part out of GMime's tree. Private to mail. One thread at a time. */
#ifndef FBK_MAIL_PART_H
#define FBK_MAIL_PART_H

#include "mail/parse_mime.h"
#include "mail/parse.h"
#include "mail/raw.h"

/* A part from object, which it refs; children are left to the caller. raw: where the bytes of its header can
 * be read again when GMime cut them at a NUL, or NULL. */
FbkPart *fbk_part_new(GMimeObject *object, FbkPart *parent, const FbkRaw *raw);

/* A text/plain leaf over a stream, for text that stands in no part. */
FbkPart *fbk_part_new_text(GMimeStream *stream, FbkPart *parent);

void fbk_part_free(FbkPart *part);

#endif
