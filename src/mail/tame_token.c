/* Cuts HTML into tags and text. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/tame_token.h"

#include <string.h>

static gboolean is_space(char byte)
{
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\f' || byte == '\r';
}

static const char *skip_space(const char *at, const char *end)
{
  while (at < end && is_space(*at))
    at++;
  return at;
}

/* The end of an attribute value that begins at `at`, and where reading goes on; NULL in an unclosed
 * quotation. */
static const char *value_end(const char *at, const char *end, const char **next_out)
{
  if (at < end && (*at == '"' || *at == '\'')) {
    const char *close = memchr(at + 1, *at, (gsize)(end - at - 1));
    *next_out = close != NULL ? close + 1 : end;
    return close;
  }
  while (at < end && !is_space(*at) && *at != '>')
    at++;
  *next_out = at;
  return at;
}

gboolean fbk_attribute_next(const char **at, const char *end, FbkAttribute *attribute_out)
{
  const char *p = *at;
  while (p < end && (is_space(*p) || *p == '/'))
    p++;
  if (p >= end) {
    *at = p;
    return FALSE;
  }
  attribute_out->name = p++; /* "=" may begin a name */
  while (p < end && !is_space(*p) && *p != '/' && *p != '=' && *p != '>')
    p++;
  attribute_out->name_end = p;
  attribute_out->value = attribute_out->value_end = NULL;
  const char *equals = skip_space(p, end);
  if (equals < end && *equals == '=') {
    const char *value = skip_space(equals + 1, end);
    const char *close = value_end(value, end, &p);
    gboolean quoted = value < end && (*value == '"' || *value == '\'');
    attribute_out->value = quoted ? value + 1 : value;
    attribute_out->value_end = close != NULL ? close : end;
  }
  *at = p;
  return TRUE;
}

/* The ">" that ends a tag, or NULL. Quotation marks only count where a value begins. */
static const char *tag_end(const char *at, const char *end)
{
  while (at < end && *at != '>') {
    if (*at != '=') {
      at++;
      continue;
    }
    at = skip_space(at + 1, end);
    if (at < end && *at == '>')
      return at;
    if (value_end(at, end, &at) == NULL)
      return NULL;
  }
  return at < end ? at : NULL;
}

/* After "<!", "<?" or "</" and something that is no letter. */
static const char *skip_comment(FbkTokens *tokens, const char *at)
{
  gsize left = (gsize)(tokens->end - at);
  if (left >= 4 && memcmp(at, "<!--", 4) == 0 && !tokens->no_comment_end) {
    const char *close = g_strstr_len(at + 2, (gssize)(left - 2), "-->");
    if (close != NULL)
      return close + 3;
    /* A comment without an end would swallow the rest of the message: it ends at its first ">" instead. */
    tokens->no_comment_end = TRUE;
  }
  const char *close = memchr(at, '>', left);
  return close != NULL ? close + 1 : tokens->end;
}

/* TRUE when the "<" at `at` begins markup. */
static gboolean begins_markup(const char *at, const char *end)
{
  if (at + 1 >= end)
    return FALSE;
  return g_ascii_isalpha(at[1]) || at[1] == '!' || at[1] == '?' || (at[1] == '/' && at + 2 < end);
}

static gboolean read_tag(FbkTokens *tokens, FbkToken *token_out)
{
  const char *at = tokens->at + 1;
  token_out->kind = FBK_TOKEN_OPEN;
  if (*at == '/') {
    token_out->kind = FBK_TOKEN_CLOSE;
    at++;
  }
  token_out->start = at;
  while (at < tokens->end && !is_space(*at) && *at != '/' && *at != '>')
    at++;
  token_out->end = token_out->attributes = at;
  token_out->tag_end = tag_end(at, tokens->end);
  if (token_out->tag_end == NULL)
    return FALSE; /* cut off inside a tag: nothing more comes */
  tokens->at = token_out->tag_end + 1;
  return TRUE;
}

void fbk_tokens_next(FbkTokens *tokens, FbkToken *token_out)
{
  memset(token_out, 0, sizeof *token_out);
  while (tokens->at < tokens->end) {
    const char *at = tokens->at;
    if (*at != '<' || !begins_markup(at, tokens->end)) {
      token_out->kind = FBK_TOKEN_TEXT;
      token_out->start = at++;
      while (at < tokens->end && *at != '<')
        at++;
      token_out->end = tokens->at = at;
      return;
    }
    if (g_ascii_isalpha(at[1]) || (at[1] == '/' && g_ascii_isalpha(at[2]))) {
      if (read_tag(tokens, token_out))
        return;
      break;
    }
    tokens->at = skip_comment(tokens, at);
  }
  tokens->at = tokens->end;
  token_out->kind = FBK_TOKEN_END;
}

gboolean fbk_tokens_raw(FbkTokens *tokens, const char *name, const char **start_out, const char **end_out)
{
  gsize length = strlen(name);
  for (const char *at = tokens->at; at < tokens->end; at++) {
    at = memchr(at, '<', (gsize)(tokens->end - at));
    if (at == NULL)
      return FALSE;
    const char *after = at + 2 + length;
    if (after >= tokens->end || at[1] != '/' || g_ascii_strncasecmp(at + 2, name, length) != 0)
      continue;
    if (!is_space(*after) && *after != '/' && *after != '>')
      continue;
    *start_out = tokens->at;
    *end_out = at;
    const char *close = tag_end(after, tokens->end);
    tokens->at = close != NULL ? close + 1 : tokens->end;
    return TRUE;
  }
  return FALSE;
}
