/* The one configuration syntax of the program: `[section]`, `key = value`, `#` comment lines, UTF-8.
 *
 * Parsing keeps order, repeated keys and line numbers, so that every complaint can name file and line.
 * A value is what follows `=`, trimmed; it may be empty; there are no continuation lines and no escapes. */
#ifndef FBK_BASE_INI_H
#define FBK_BASE_INI_H

#include <glib.h>

typedef struct {
  char *section; /* "" before the first section */
  char *key;
  char *value;
  guint line; /* 1-based */
} FbkIniEntry;

typedef struct {
  char *name;         /* of the file, for messages */
  GPtrArray *entries; /* FbkIniEntry *, in file order */
} FbkIni;

/* BAD_INPUT with "name:line: reason" for anything that is neither entry, section, comment nor blank, for
 * invalid UTF-8, control characters, and lines over 4096 bytes. */
FbkIni *fbk_ini_parse(const char *name, const char *text, gsize len, GError **err);

/* The same from a file of at most 1 MiB. */
FbkIni *fbk_ini_read(const char *path, GError **err);

/* The last value of section/key, or NULL; the entry, or NULL. Owned by ini. */
const char *fbk_ini_get(const FbkIni *ini, const char *section, const char *key);
const FbkIniEntry *fbk_ini_entry(const FbkIni *ini, const char *section, const char *key);

/* Sets *err to BAD_INPUT "name:line: ...". */
void fbk_ini_complain(const FbkIni *ini, guint line, GError **err, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* Appends "key = value\n" to out; values with line breaks are refused by g_assert. */
void fbk_ini_append(GString *out, const char *key, const char *value);

void fbk_ini_free(FbkIni *ini);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkIni, fbk_ini_free)

#endif
