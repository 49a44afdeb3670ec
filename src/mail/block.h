/* A message between parsing and layout: blocks (paragraph, preformatted line, rule, table) of styled runs,
 * with the links found in them. What plain.c and html.c write and layout.c reads.
 *
 * Text put in passes the gate here, so everything held is fit for the terminal, except the raw `href`, `text`
 * and `base` of links, which are kept as written for the judge. Everything lies in four growing arrays, and
 * blocks, links and text are capped: past a cap, text is dropped and `cut` says so. One owner, one thread. */
#ifndef FBK_MAIL_BLOCK_H
#define FBK_MAIL_BLOCK_H

#include "mail/page.h"

#define FBK_DOC_TEXT_MAX (10 * 1024 * 1024) /* bytes of text */
#define FBK_DOC_BLOCK_MAX 200000
#define FBK_DOC_LINK_MAX 10000
#define FBK_TABLE_COLUMN_MAX 12

typedef enum {
  FBK_RUN_TEXT,
  FBK_RUN_BREAK, /* a line ends here */
  FBK_RUN_MARK   /* the place of a link's "[3]" */
} FbkRunKind;

typedef struct {
  gsize start;
  guint len;
  FbkRunKind kind;
  FbkStyle style;
  guint link; /* number, or 0 */
} FbkRun;

typedef enum { FBK_BLOCK_TEXT, FBK_BLOCK_RULE, FBK_BLOCK_TABLE } FbkBlockKind;

typedef struct {
  FbkBlockKind kind;
  guint gap;                /* blank lines wanted before it; neighbours share them */
  const char *first, *rest; /* put before its first line and the others: "> ", "  * " */
  FbkStyle prefix_style;
  guint run, run_count;   /* in runs */
  guint cell, cell_count; /* of a table, in cells, row by row */
} FbkBlock;

typedef struct {
  guint row, column, span;
  guint run, run_count;
} FbkCell;

typedef struct {
  FbkLinkKind kind;
  char *base, *href; /* raw */
  GString *text;     /* what the reader sees, raw */
  guint block, run;  /* where its mark stands, for the words around it */
  gboolean marked;   /* has a mark */
  gboolean hidden;   /* in text that is not shown */
} FbkDocLink;

typedef struct {
  GString *text;
  GArray *runs, *blocks, *cells; /* FbkRun, FbkBlock, FbkCell */
  GPtrArray *links;              /* FbkDocLink *, number n at n - 1 */
  GStringChunk *prefixes;
  guint joinable;          /* runs from here on may still grow: they are of the open block or cell */
  gboolean cut, links_cut; /* a cap was reached */
} FbkDoc;

FbkDoc *fbk_doc_new(void);
void fbk_doc_free(FbkDoc *doc);

/* Begins a block; what is added next belongs to it. Prefixes are gated and copied; NULL is "". */
void fbk_doc_block(FbkDoc *doc, FbkBlockKind kind, guint gap, const char *first, const char *rest);

/* Adds text to the last block (one is begun when there is none). Line feeds become breaks. */
void fbk_doc_add(FbkDoc *doc, const char *text, gsize len, FbkStyle style, guint link);
void fbk_doc_break(FbkDoc *doc);

/* One sentence of ours as a block of its own. */
void fbk_doc_notice(FbkDoc *doc, FbkStyle style, const char *sentence);

/* Begins a link and returns its number, or 0 past the cap. Its text is collected by fbk_doc_link_text, its
 * mark is put by fbk_doc_mark; both take 0 and do nothing. */
guint fbk_doc_link(FbkDoc *doc, FbkLinkKind kind, const char *base, const char *href, gboolean hidden);
void fbk_doc_link_text(FbkDoc *doc, guint link, const char *text, gsize len);
void fbk_doc_mark(FbkDoc *doc, guint link);

/* Cells of the last block, a table: what is added between belongs to the cell. */
void fbk_doc_cell_begin(FbkDoc *doc, guint row, guint column, guint span);
void fbk_doc_cell_end(FbkDoc *doc);

/* TRUE when it holds nothing but white space. */
gboolean fbk_doc_is_blank(const FbkDoc *doc);

/* The words around a link, for the judge: its block's text, at most about 2,000 bytes. g_free it. */
char *fbk_doc_context(const FbkDoc *doc, const FbkDocLink *link);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkDoc, fbk_doc_free)

#endif
