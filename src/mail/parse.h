/* A message as a tree of MIME parts, read with GMime behind a streaming pre-scan.
 *
 * The pre-scan (100 levels, 10,000 parts, one header field at most 64 KB, the header block at most 256 KB, at
 * most 200 ":" or "(" outside quotes in an address field) comes first; what fails it never reaches GMime and
 * is offered as source with a notice. Parsing never fails for what a stranger wrote: it shows what it can.
 * Must run on a stack of 8 MB (GThread's default on Linux). A message belongs to one thread at a time. */
#ifndef FBK_MAIL_PARSE_H
#define FBK_MAIL_PARSE_H

#include "mail/model.h"

typedef struct FbkPart FbkPart;

struct FbkPart {
  char *type;             /* "text/plain", lower case, never NULL */
  char *charset;          /* label as written, lower case, or "" */
  char *name;             /* file name decoded (RFC 2231, RFC 2047, raw Japanese bytes), or ""; not cleaned */
  char *content_id;       /* without <>, or "" */
  gboolean attachment;    /* a disposition or a file name says so, or it cannot be shown in the text */
  gboolean flowed, delsp; /* format=flowed (RFC 3676) */
  guint64 size;           /* of the content as encoded in the mail */
  guint number;           /* leaves: 1, 2, ... in reading order; else 0 */
  FbkPart *parent;        /* NULL for the root */
  GPtrArray *children;   /* FbkPart *; NULL for leaves; message/rfc822 has its message's root as only child */
  FbkEnvelope *envelope; /* of the message inside, for message/rfc822; else NULL */
  void *object;          /* the parser's own */
};

typedef struct {
  char *name;  /* as written */
  char *value; /* decoded, unfolded */
} FbkHeader;

typedef struct {
  FbkEnvelope *envelope;
  GPtrArray *headers; /* FbkHeader *, in order, at most 2,000 */
  FbkPart *root;      /* NULL when the pre-scan refused: then only `source` can be shown */
  GPtrArray *leaves;  /* FbkPart *, borrowed from the tree, number n at n - 1 */
  GPtrArray *notices; /* char *, translated sentences about what is not shown as it is */
  char *path;         /* of its file, or NULL */
  GBytes *bytes;      /* the raw message where it was given as bytes, or NULL */
  void *object;
} FbkMessage;

/* Reads the message in the file at path (never more than needed into memory). NOT_FOUND, DENIED. */
FbkMessage *fbk_message_open(const char *path, GError **err);
/* The same from memory; bytes are kept by reference. Never fails. */
FbkMessage *fbk_message_from_bytes(GBytes *bytes);
void fbk_message_free(FbkMessage *message);

/* Only the header: for lists. Reads at most 256 KB. A pre-scan refusal still gives what is readable. Sets
 * has_attachment_out from the Content-Type alone (multipart/mixed). */
FbkEnvelope *fbk_envelope_read(const char *path, gboolean *has_attachment_out, GError **err);

/* TRUE when the file is safe to hand to GMime and libnotmuch. reason_out: translated, or NULL; g_free it. */
gboolean fbk_prescan_file(const char *path, char **reason_out);
gboolean fbk_prescan_bytes(const char *bytes, gsize len, char **reason_out);

/* The text of a text part as UTF-8 with LF lines, NULs as U+0001, decoded by its label or, where that is
 * missing or wrong, by the best guess; charset (or NULL) overrides. At most cap bytes, cut at a character,
 * *cut_out says so. Not cleaned for the terminal. Never NULL. */
char *fbk_part_text(const FbkPart *part, const char *charset, gsize cap, gboolean *cut_out);

/* The decoded content into fd. */
gboolean fbk_part_write(const FbkPart *part, int fd, GError **err);

/* The raw message, at most cap bytes, converted by best guess to UTF-8 for the eye. */
char *fbk_message_source(const FbkMessage *message, gsize cap, gboolean *cut_out, GError **err);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkMessage, fbk_message_free)

#endif
