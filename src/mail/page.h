/* What a reader draws: a message laid out for a width, as lines of spans, with its links judged and its parts
 * listed. Immutable once made; any thread may read it. Texts are UTF-8 that has passed the gate. */
#ifndef FBK_MAIL_PAGE_H
#define FBK_MAIL_PAGE_H

#include "mail/link.h"
#include "mail/model.h"
#include "mail/parse.h"

typedef enum {
  FBK_STYLE_PLAIN,
  FBK_STYLE_HEADER_NAME,
  FBK_STYLE_HEADER_VALUE,
  FBK_STYLE_QUOTE, /* any level: the ">" marks stay in the text */
  FBK_STYLE_HEADING,
  FBK_STYLE_STRONG,
  FBK_STYLE_EMPHASIS,
  FBK_STYLE_CODE,
  FBK_STYLE_LINK,
  FBK_STYLE_LINK_BAD, /* the text of a link with an alarm, and its mark */
  FBK_STYLE_DIM,      /* rules, image placeholders, "not loaded" */
  FBK_STYLE_NOTICE    /* sentences of ours about the message */
} FbkStyle;

typedef struct {
  const char *text; /* in the page's arena */
  FbkStyle style;
  guint link; /* 1-based number of the link it belongs to, 0 for none */
} FbkSpan;

typedef struct {
  FbkSpan *spans;
  guint count;
} FbkLine;

typedef struct {
  FbkLinkKind kind;
  char *text, *href; /* gated, for display */
  char *raw_href;    /* as written, for scripts */
  FbkVerdict *verdict;
} FbkPageLink;

typedef struct {
  guint number;      /* of FbkPart */
  char *type, *name; /* gated */
  guint64 size;
  gboolean attachment;
} FbkPagePart;

typedef struct {
  FbkLine *lines;
  guint count;
  guint header_lines; /* how many of them are the header block */
  GPtrArray *links;   /* FbkPageLink *, number n at n - 1 */
  GPtrArray *parts;   /* FbkPagePart *, leaves */
  int worst;          /* index into links of the worst alarm, or -1 */
  GPtrArray *notices; /* char *, translated */
  GStringChunk *arena;
  GArray *line_array, *span_array; /* storage behind lines */
} FbkPage;

typedef struct {
  int width;             /* cells, at least 20 */
  const char *charset;   /* overrides every text part's label, or NULL */
  gboolean full_headers; /* all header fields instead of the usual ones */
  gboolean raw;          /* the source instead of the message */
  const FbkGuard *guard; /* for the links; required */
} FbkReadStyle;

/* Lays message out. Never fails; what cannot be shown is a notice line. At most 10 MB of text is shown. */
FbkPage *fbk_page_make(const FbkMessage *message, const FbkReadStyle *style);

/* Only the links of a message, in reading order, judged: FbkPageLink *. */
GPtrArray *fbk_page_links(const FbkMessage *message, const FbkGuard *guard);

/* The text of line n, spans joined. g_free it. */
char *fbk_page_line_text(const FbkPage *page, guint n);

void fbk_page_free(FbkPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkPage, fbk_page_free)

#endif
