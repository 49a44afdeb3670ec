/* HTML made harmless for an HTML parser: the same document with only the elements and attributes that the
 * reader uses, every element closed where it was opened, and all of it bounded.
 *
 * Real parsers take quadratic time or a deep stack for a million open elements or attributes; after this they
 * cannot: at most 200 levels, 100,000 elements, 10 MiB read, 2 MiB written, known attributes once each.
 * Scripts, styles, comments and titles are gone; deeper content keeps its text and its links. Pure; linear
 * time. */
#ifndef FBK_MAIL_TAME_H
#define FBK_MAIL_TAME_H

#include <glib.h>

#define FBK_TAME_INPUT_MAX (10 * 1024 * 1024)
#define FBK_TAME_OUTPUT_MAX (2 * 1024 * 1024)
#define FBK_TAME_DEPTH_MAX 200
#define FBK_TAME_ELEMENT_MAX 100000

/* cut_out: not everything was read, or not with its elements. The result is UTF-8. g_string_free it. */
GString *fbk_tame_html(const char *html, gsize len, gboolean *cut_out);

#endif
