/* The text of an HTML document on its way into blocks: white space collapsed as CSS does, blocks begun only
 * when words come, hidden words left out with one notice, links opened and marked. Knows nothing of elements.
 */
#ifndef FBK_MAIL_HTML_FLOW_H
#define FBK_MAIL_HTML_FLOW_H

#include "mail/block.h"

/* What an element hands down to its content. */
typedef struct {
  FbkStyle style;
  guint link;
  gboolean gone, invisible, zero_size; /* reasons not to be seen */
  gboolean pre;
  const char *prefix; /* of every line; lives in the document's prefixes */
  gboolean ordered;
} FbkFlowState;

typedef struct {
  FbkDoc *doc;
  FbkFlowState state;
  const char *base;    /* of the document's addresses, or NULL */
  const char *first;   /* prefix of the next block's first line: a bullet; or NULL */
  guint gap;           /* of the next block */
  gboolean open;       /* the last block takes more text */
  gboolean line_empty; /* nothing stands on its last line yet */
  gboolean space;      /* white space waits for a word */
  gboolean newline;    /* and holds a line feed */
  gboolean wide;       /* the last character was a wide one */
  guint breaks;        /* line breaks since the last word */
  gboolean told_hidden;
  gboolean link_words, link_image; /* seen since the caller cleared them */
  gboolean in_table;               /* of data: words only in cells */
  gboolean in_cell;                /* blocks become lines */
} FbkFlow;

/* The next words begin a new block, or, in a cell, a new line. */
void fbk_flow_end_block(FbkFlow *flow, guint gap);
void fbk_flow_begin_block(FbkFlow *flow, FbkBlockKind kind);

gboolean fbk_flow_is_hidden(const FbkFlow *flow);
void fbk_flow_text(FbkFlow *flow, const char *text);
void fbk_flow_break(FbkFlow *flow);

/* Something of ours in the line: dim. */
void fbk_flow_label(FbkFlow *flow, const char *label);

/* A link's number, 0 when href is NULL; and its mark, on the last line of text. */
guint fbk_flow_link(FbkFlow *flow, FbkLinkKind kind, const char *href);
void fbk_flow_link_end(FbkFlow *flow, guint link);

#endif
