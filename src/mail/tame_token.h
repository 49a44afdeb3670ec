/* HTML cut into tags and text (HTML Living Standard 13.2.5, the parts that matter to a reader). Pointers into
 * the input; nothing is allocated; linear time over a whole document. */
#ifndef FBK_MAIL_TAME_TOKEN_H
#define FBK_MAIL_TAME_TOKEN_H

#include <glib.h>

typedef enum { FBK_TOKEN_END, FBK_TOKEN_TEXT, FBK_TOKEN_OPEN, FBK_TOKEN_CLOSE } FbkTokenKind;

typedef struct {
  FbkTokenKind kind;
  const char *start, *end;          /* text; or the name of a tag */
  const char *attributes, *tag_end; /* of a tag: what follows its name, up to its ">" */
} FbkToken;

typedef struct {
  const char *at, *end;
  gboolean no_comment_end; /* "-->" does not come any more */
} FbkTokens;

/* The next token; comments and declarations are passed over. */
void fbk_tokens_next(FbkTokens *tokens, FbkToken *token_out);

/* Passes over the content of an element that is no markup (script, style), up to and with "</name". Returns
 * the content's end; FALSE leaves everything when there is no end tag. */
gboolean fbk_tokens_raw(FbkTokens *tokens, const char *name, const char **start_out, const char **end_out);

typedef struct {
  const char *name, *name_end, *value, *value_end; /* value is NULL where there is none */
} FbkAttribute;

/* The next attribute of a tag; FALSE at its end. at: start with token.attributes. */
gboolean fbk_attribute_next(const char **at, const char *end, FbkAttribute *attribute_out);

#endif
