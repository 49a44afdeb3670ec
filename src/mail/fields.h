/* The fields of one header block, found in raw bytes (RFC 5322 2.2) with the breakage that real mail has.
 * Private to mail. Pure; any thread; linear time. */
#ifndef FBK_MAIL_FIELDS_H
#define FBK_MAIL_FIELDS_H

#include <glib.h>

#define FBK_HEADER_MAX (256 * 1024) /* one block */
#define FBK_FIELD_MAX (64 * 1024)   /* one field, folded lines included */

/* Borrowed from the block. */
typedef struct {
  const char *name;
  gsize name_len; /* spaces before the colon are left out */
  const char *value;
  gsize value_len; /* with its foldings, without the last line end */
} FbkField;

typedef struct {
  GArray *fields; /* FbkField, in order */
  gsize body;     /* where the body begins */
  gsize broken;   /* lines that are no field */
  gboolean ended; /* the empty line was found */
} FbkFields;

/* An mbox "From " line in front and lines without a colon are skipped. Where no field is found, all is body;
 * where the empty line is missing, the body begins at the first line that is no field. At most max fields are
 * kept. */
void fbk_fields_read(FbkFields *fields, const char *block, gsize len, guint max);
void fbk_fields_clear(FbkFields *fields);

gboolean fbk_field_is(const FbkField *field, const char *name);

/* A value in one line of UTF-8 without NULs (they become U+FFFD): unfolded; 8-bit and ISO-2022-JP bytes
 * guessed; encoded words left as they are. At most FBK_FIELD_MAX bytes of it are used. g_free it. */
char *fbk_field_line(const char *value, gsize len);

/* The same with encoded words decoded (RFC 2047): what a reader should see. */
char *fbk_field_text(const char *value, gsize len);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FbkFields, fbk_fields_clear)

/* What follows the comment (RFC 5322 3.2.2, nested, with quoted pairs) that begins at `at`, a "(". */
const char *fbk_field_skip_comment(const char *at);

#endif
