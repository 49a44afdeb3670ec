/* One character set to UTF-8 through the C library's iconv, with U+FFFD for what it refuses. Private to mail.
 * A converter belongs to one thread; linear time. */
#ifndef FBK_MAIL_CONVERT_H
#define FBK_MAIL_CONVERT_H

#include <glib.h>

typedef struct FbkConverter FbkConverter;

/* name: an iconv name out of our own tables, never one that a mail gave. NULL when the C library lacks it. */
FbkConverter *fbk_converter_new(const char *name);
void fbk_converter_free(FbkConverter *converter);

/* Appends bytes as UTF-8 to out. Gives the number of refused places; an incomplete character at the very end
 * becomes one U+FFFD and is not counted. Each call starts anew. */
gsize fbk_converter_append(FbkConverter *converter, const char *bytes, gsize len, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkConverter, fbk_converter_free)

#endif
