/* The libetpan door: one whole untagged response in, values out. The parser gets bytes that the guard has
 * seen, from memory, closed off with a tagged line of our own; it never touches a socket, and a response that
 * it does not understand harms no other. One thread owns a parser. */
#ifndef FBK_NET_IMAP_PARSE_H
#define FBK_NET_IMAP_PARSE_H

#include <glib.h>

typedef struct FbkImapParser FbkImapParser;

/* "* n FETCH (...)". */
typedef struct {
  guint32 sequence;
  guint32 uid;  /* 0: not said */
  guint64 size; /* RFC822.SIZE */
  gboolean has_size, has_flags;
  guint flags;  /* FbkFlags */
  guint bodies; /* BODY[] sections that are not NIL */
  char *body;   /* the last of them, NUL-terminated; "" for one that went elsewhere */
  gsize body_len;
} FbkImapFetched;

/* "* LIST (...) "/" name". */
typedef struct {
  GPtrArray *flags; /* char *, without the backslash */
  char delimiter;   /* 0 for NIL */
  char *name;       /* the server's bytes */
} FbkImapListed;

FbkImapParser *fbk_imap_parser_new(void);

/* line: CR LF between its pieces, none at its end. FALSE when libetpan cannot read it, or it is not one. */
gboolean fbk_imap_parse_fetch(FbkImapParser *parser, const GString *line, FbkImapFetched *out);
gboolean fbk_imap_parse_list(FbkImapParser *parser, const GString *line, FbkImapListed *out);

void fbk_imap_fetched_clear(FbkImapFetched *fetched);
void fbk_imap_listed_clear(FbkImapListed *listed);
void fbk_imap_parser_free(FbkImapParser *parser);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FbkImapFetched, fbk_imap_fetched_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FbkImapListed, fbk_imap_listed_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkImapParser, fbk_imap_parser_free)

#endif
