/* One table describes a configuration file: which keys its sections may have, of what shape, and into which
 * field of a struct they go. Strict: an unknown section or key, a key said twice, a bad value and a missing
 * one are BAD_INPUT with "file:line: reason". Pure; any thread. */
#ifndef FBK_STORE_VALUE_H
#define FBK_STORE_VALUE_H

#include "base/ini.h"

typedef enum {
  FBK_VALUE_TEXT,     /* char *: words for people; "key.ja" beats "key" in Japanese */
  FBK_VALUE_PLAIN,    /* char *: as it stands */
  FBK_VALUE_NAME,     /* char *: [a-z0-9-]{1,32}, a letter or digit first */
  FBK_VALUE_HOST,     /* char *: ASCII letters, digits, hyphens and dots; lower-cased */
  FBK_VALUE_ADDRESS,  /* char *: local@host */
  FBK_VALUE_URL,      /* char *: https://... */
  FBK_VALUE_DATE,     /* char *: 2017-09-14, a day that exists */
  FBK_VALUE_MOMENT,   /* gint64: 2017-09-25T09:00:00+09:00 as seconds since 1970 */
  FBK_VALUE_REGEX,    /* char *: one that compiles */
  FBK_VALUE_NUMBER,   /* guint: minimum..maximum */
  FBK_VALUE_BYTES,    /* guint64: "50 MB"; KB, MB and GB count by 1024 */
  FBK_VALUE_YES_NO,   /* gboolean */
  FBK_VALUE_ONE_OF,   /* guint: which of words */
  FBK_VALUE_CHARSETS, /* char **: names that the C library knows, divided by spaces */
  FBK_VALUE_HOSTS,    /* char **: divided by spaces */
  FBK_VALUE_LIST,     /* char **: the key may be repeated, one value each */
  FBK_VALUE_OTHER     /* known here; its owner reads the entries itself, repeated or not */
} FbkValueKind;

typedef struct {
  const char *key; /* NULL ends the table */
  FbkValueKind kind;
  gsize offset;
  gboolean required;
  guint minimum, maximum;   /* NUMBER */
  const char *const *words; /* ONE_OF; ends with NULL */
} FbkValueSpec;

typedef struct {
  const char *name; /* NULL ends the table */
  gboolean has_id;  /* written as [name ID], any number of times */
  const FbkValueSpec *specs;
} FbkValueSection;

/* Every entry belongs to a section and key of the table, and none is said twice. */
gboolean fbk_value_check_known(const FbkIni *ini, const FbkValueSection *sections, GError **err);

/* Fills target from the entries of one section (its whole name, "notice J9"). Every field of the table is
 * set: to "", an empty list or 0 where the file says nothing. What was there is not freed. On error the
 * fields hold NULL or something to be freed as usual. */
gboolean fbk_value_fill(const FbkIni *ini, const char *section, const FbkValueSpec *specs, gpointer target,
                        GError **err);

/* Frees and clears the strings and lists of the table's fields. */
void fbk_value_clear(const FbkValueSpec *specs, gpointer target);

/* The first line that belongs to a section, for complaints about what it lacks; 1 when there is none. */
guint fbk_value_section_line(const FbkIni *ini, const char *section);

gboolean fbk_value_is_host(const char *text);
gboolean fbk_value_is_address(const char *text);
gboolean fbk_value_is_name(const char *text);

/* TRUE when pattern ("" matches everything) matches all of text. A pattern that takes too long does not. */
gboolean fbk_value_matches(const char *pattern, const char *text);

/* text as a number in minimum..maximum: digits only. */
gboolean fbk_value_number(const char *text, guint minimum, guint maximum, guint *out);

#endif
