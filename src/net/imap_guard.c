/* Byte by byte through what an IMAP server says. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/imap_guard.h"

#include <string.h>
#include <glib/gi18n.h>
#include "base/err.h"

#define LINE_MAX_BYTES (1024 * 1024)
#define DEPTH_MAX 64
#define WORD_MAX 32      /* longer words are nothing we know; what is kept of them is enough to say so */
#define TAG_MAX 10       /* digits */
#define CODE_NAME_MAX 64 /* of a response code */

typedef enum {
  AT_START,     /* before the first byte of a line */
  AT_STAR,      /* "*" was read */
  AT_TAG,       /* in the digits of a tag */
  AT_WORD,      /* in the first word after "* " */
  AT_TAG_WORD,  /* in the word after a tag */
  AT_TEXT_HEAD, /* where a response code may begin */
  AT_CODE_NAME,
  AT_CODE_REST,
  AT_TEXT,
  AT_DATA,
  AT_QUOTED,
  AT_ESCAPED, /* after a backslash in a quoted string */
  AT_BRACE,   /* in a literal's announcement */
  AT_BRACE_END,
  AT_LITERAL
} Place;

/* How the rest of a response code is read. */
typedef enum { CODE_FREE, CODE_NOTHING, CODE_NUMBER, CODE_BIG_NUMBER, CODE_WORDS, CODE_FLAGS } CodeKind;

struct FbkImapGuard {
  Place place;
  gsize line_len; /* of the response so far, literals not counted */
  guint depth;
  guint64 allowed;
  guint64 number; /* of a literal's announcement; then bytes left of it */
  guint digits;
  gboolean after_cr;
  char word[WORD_MAX], before[WORD_MAX]; /* the word being read and the one before it, upper case, cut */
  guint word_len;
  CodeKind code;
  guint code_len;  /* of its name so far */
  guint code_list; /* CODE_FLAGS: 0 before, 1 in, 2 after the list */
  guint tail;      /* text: how much of "{123}" stands at the end so far: 0, 1 "{", 2 digits, 3 "}" */
  gboolean refused;
};

static const struct {
  const char *name;
  CodeKind kind;
} codes[] = {
    {"UIDVALIDITY", CODE_NUMBER}, {"UIDNEXT", CODE_NUMBER},
    {"UNSEEN", CODE_NUMBER},      {"HIGHESTMODSEQ", CODE_BIG_NUMBER},
    {"CAPABILITY", CODE_WORDS},   {"APPENDUID", CODE_WORDS},
    {"COPYUID", CODE_WORDS},      {"PERMANENTFLAGS", CODE_FLAGS},
    {"READ-ONLY", CODE_NOTHING},  {"READ-WRITE", CODE_NOTHING},
    {"ALERT", CODE_NOTHING},      {"TRYCREATE", CODE_NOTHING},
    {"PARSE", CODE_NOTHING},
};

FbkImapGuard *fbk_imap_guard_new(void)
{
  FbkImapGuard *guard = g_new0(FbkImapGuard, 1);
  guard->allowed = FBK_IMAP_GUARD_LITERAL;
  return guard;
}

void fbk_imap_guard_free(FbkImapGuard *guard)
{
  g_free(guard);
}

void fbk_imap_guard_allow_literal(FbkImapGuard *guard, guint64 bytes)
{
  guard->allowed = MIN(bytes, (guint64)G_MAXINT32);
}

gboolean fbk_imap_guard_in_literal(const FbkImapGuard *guard, guint64 *left_out)
{
  *left_out = guard->place == AT_LITERAL ? guard->number : 0;
  return guard->place == AT_LITERAL;
}

/* --- words --- */

static void forget_words(FbkImapGuard *guard)
{
  guard->word_len = 0;
  guard->word[0] = guard->before[0] = '\0';
}

static void add_to_word(FbkImapGuard *guard, guchar byte)
{
  if (guard->word_len < WORD_MAX - 1) {
    guard->word[guard->word_len++] = g_ascii_toupper((char)byte);
    guard->word[guard->word_len] = '\0';
  }
}

static gboolean is_number_over_32_bits(const char *word)
{
  if (word[0] == '\0' || strspn(word, "0123456789") != strlen(word))
    return FALSE;
  return !g_ascii_string_to_unsigned(word, 10, 0, G_MAXUINT32, NULL, NULL);
}

/* libetpan reads numbers into 32 bits and drops the rest without a word: another message would be meant. */
static gboolean end_word(FbkImapGuard *guard)
{
  if (guard->word_len == 0)
    return TRUE;
  if ((strcmp(guard->before, "*") == 0 || strcmp(guard->before, "UID") == 0 ||
       strcmp(guard->before, "RFC822.SIZE") == 0) &&
      is_number_over_32_bits(guard->word))
    return FALSE;
  memcpy(guard->before, guard->word, sizeof guard->before);
  guard->word_len = 0;
  guard->word[0] = '\0';
  return TRUE;
}

static gboolean is_status_word(const char *word)
{
  static const char *const words[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"};
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (strcmp(word, words[i]) == 0)
      return TRUE;
  return FALSE;
}

/* --- response codes --- */

static gboolean is_atom_byte(guchar byte)
{
  return byte > ' ' && byte < 0x7f && strchr("(){%*\"\\]", byte) == NULL;
}

static CodeKind code_kind(const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
    if (strcmp(name, codes[i].name) == 0)
      return codes[i].kind;
  return CODE_FREE;
}

static gboolean end_code(FbkImapGuard *guard)
{
  guard->place = AT_TEXT;
  switch (guard->code) {
  case CODE_NUMBER:
  case CODE_BIG_NUMBER:
    return guard->word_len > 0 &&
           g_ascii_string_to_unsigned(guard->word, 10, 0,
                                      guard->code == CODE_NUMBER ? G_MAXUINT32 : G_MAXINT64, NULL, NULL);
  case CODE_FLAGS:
    return guard->code_list == 2;
  case CODE_NOTHING:
  case CODE_WORDS:
  case CODE_FREE:
    break;
  }
  return TRUE;
}

/* Inside "(...)" of PERMANENTFLAGS a "]" is a part of a keyword: some servers let people have such. */
static gboolean step_flags(FbkImapGuard *guard, guchar byte)
{
  if (guard->code_list == 1) {
    if (byte == ')')
      guard->code_list = 2;
    return byte > 0x1f && byte != 0x7f && strchr("({\"", byte) == NULL;
  }
  if (byte == '(' && guard->code_list == 0) {
    guard->code_list = 1;
    return TRUE;
  }
  return byte == ' ';
}

static gboolean step_code(FbkImapGuard *guard, guchar byte)
{
  if (guard->place == AT_CODE_NAME) {
    if (byte != ' ' && byte != ']') {
      add_to_word(guard, byte);
      return is_atom_byte(byte) && ++guard->code_len <= CODE_NAME_MAX;
    }
    if (guard->code_len == 0)
      return FALSE;
    guard->code = code_kind(guard->word);
    guard->code_list = 0;
    forget_words(guard);
    guard->place = AT_CODE_REST;
    return byte == ' ' || end_code(guard);
  }
  if (byte == ']' && !(guard->code == CODE_FLAGS && guard->code_list == 1))
    return end_code(guard);
  switch (guard->code) {
  case CODE_NUMBER:
  case CODE_BIG_NUMBER:
    add_to_word(guard, byte);
    return g_ascii_isdigit(byte);
  case CODE_WORDS:
    return byte == ' ' || is_atom_byte(byte) || byte == '*';
  case CODE_FLAGS:
    return step_flags(guard, byte);
  case CODE_NOTHING:
    return byte == ' ';
  case CODE_FREE:
    break;
  }
  return TRUE;
}

/* --- text and data --- */

static void step_tail(FbkImapGuard *guard, guchar byte)
{
  if (byte == '{')
    guard->tail = 1;
  else if (g_ascii_isdigit(byte) && (guard->tail == 1 || guard->tail == 2))
    guard->tail = 2;
  else if (byte == '}' && guard->tail == 2)
    guard->tail = 3;
  else
    guard->tail = 0;
}

static gboolean step_brace(FbkImapGuard *guard, guchar byte)
{
  if (byte == '}' && guard->digits > 0) {
    guard->place = AT_BRACE_END;
    return TRUE;
  }
  if (!g_ascii_isdigit(byte) || ++guard->digits > TAG_MAX)
    return FALSE;
  guard->number = guard->number * 10 + (guint64)(byte - '0');
  return guard->number <= guard->allowed;
}

static gboolean step_data(FbkImapGuard *guard, guchar byte)
{
  switch (byte) {
  case '"':
    guard->place = AT_QUOTED;
    return end_word(guard);
  case '{':
    guard->place = AT_BRACE;
    guard->number = guard->digits = 0;
    return end_word(guard);
  case '(':
    return ++guard->depth <= DEPTH_MAX && end_word(guard);
  case ')':
    return guard->depth-- > 0 && end_word(guard);
  case ' ':
    return end_word(guard);
  default:
    add_to_word(guard, byte);
    return TRUE;
  }
}

static gboolean step_quoted(FbkImapGuard *guard, guchar byte)
{
  if (guard->place == AT_ESCAPED)
    guard->place = AT_QUOTED;
  else if (byte == '\\')
    guard->place = AT_ESCAPED;
  else if (byte == '"')
    guard->place = AT_DATA;
  return TRUE;
}

/* --- lines --- */

static gboolean step_start(FbkImapGuard *guard, guchar byte)
{
  guard->depth = guard->tail = guard->digits = 0;
  forget_words(guard);
  guard->place = byte == '*' ? AT_STAR : byte == '+' ? AT_TEXT : AT_TAG;
  guard->digits = 1;
  return byte == '*' || byte == '+' || g_ascii_isdigit(byte);
}

static gboolean step_star(FbkImapGuard *guard, guchar byte)
{
  guard->place = AT_WORD;
  strcpy(guard->before, "*");
  return byte == ' ';
}

static gboolean step_tag(FbkImapGuard *guard, guchar byte)
{
  if (byte == ' ') {
    guard->place = AT_TAG_WORD;
    return TRUE;
  }
  return g_ascii_isdigit(byte) && ++guard->digits <= TAG_MAX;
}

/* The word that says which kind of line this is. `byte` is the space after it, or a line's end. */
static gboolean end_first_word(FbkImapGuard *guard)
{
  if (guard->word_len == 0)
    return FALSE;
  if (is_status_word(guard->word)) {
    forget_words(guard);
    guard->place = AT_TEXT_HEAD;
    return TRUE;
  }
  if (guard->place == AT_TAG_WORD || strcmp(guard->word, "NAMESPACE") == 0)
    return FALSE;
  guard->place = AT_DATA;
  return end_word(guard);
}

static gboolean end_line(FbkImapGuard *guard)
{
  if ((guard->place == AT_WORD || guard->place == AT_TAG_WORD) && !end_first_word(guard))
    return FALSE;
  switch (guard->place) {
  case AT_BRACE_END:
    guard->place = AT_LITERAL;
    return TRUE;
  case AT_DATA:
    if (guard->depth > 0 || !end_word(guard))
      return FALSE;
    break;
  case AT_TEXT:
  case AT_TEXT_HEAD:
    if (guard->tail == 3)
      return FALSE;
    break;
  default:
    return FALSE;
  }
  guard->place = AT_START;
  guard->line_len = 0;
  return TRUE;
}

static gboolean step_text_head(FbkImapGuard *guard, guchar byte)
{
  guard->place = AT_TEXT;
  if (byte == '[') {
    guard->place = AT_CODE_NAME;
    guard->code_len = 0;
  } else {
    step_tail(guard, byte);
  }
  return TRUE;
}

static gboolean step_line(FbkImapGuard *guard, guchar byte)
{
  switch (guard->place) {
  case AT_START:
    return step_start(guard, byte);
  case AT_STAR:
    return step_star(guard, byte);
  case AT_TAG:
    return step_tag(guard, byte);
  case AT_WORD:
  case AT_TAG_WORD:
    if (byte == ' ')
      return end_first_word(guard);
    add_to_word(guard, byte);
    return is_atom_byte(byte);
  case AT_TEXT_HEAD:
    return step_text_head(guard, byte);
  case AT_CODE_NAME:
  case AT_CODE_REST:
    return step_code(guard, byte);
  case AT_TEXT:
    step_tail(guard, byte);
    return TRUE;
  case AT_DATA:
    return step_data(guard, byte);
  case AT_QUOTED:
  case AT_ESCAPED:
    return step_quoted(guard, byte);
  case AT_BRACE:
    return step_brace(guard, byte);
  case AT_BRACE_END:
  case AT_LITERAL:
    break;
  }
  return FALSE;
}

static gboolean step(FbkImapGuard *guard, guchar byte)
{
  if (guard->place == AT_LITERAL) /* complete: what follows belongs to the same line */
    guard->place = AT_DATA;
  if (byte == '\0' || ++guard->line_len > LINE_MAX_BYTES + 2 || (guard->after_cr && byte != '\n'))
    return FALSE;
  guard->after_cr = byte == '\r';
  if (byte == '\r')
    return TRUE;
  if (byte == '\n')
    return end_line(guard);
  return step_line(guard, byte);
}

gboolean fbk_imap_guard_check(FbkImapGuard *guard, const char *bytes, gsize len, GError **err)
{
  for (gsize at = 0; at < len && !guard->refused;) {
    if (guard->place == AT_LITERAL && guard->number > 0) {
      gsize part = (gsize)MIN(guard->number, (guint64)(len - at));
      guard->number -= part;
      at += part;
    } else {
      guard->refused = !step(guard, (guchar)bytes[at++]);
    }
  }
  if (!guard->refused)
    return TRUE;
  fbk_error_set(err, FBK_ERR_PROTOCOL, _("The mail server says something that no mail server may say."));
  return FALSE;
}
