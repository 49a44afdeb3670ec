/* A mail root with mails written by hand, for the tests of the index and of searching. */
#ifndef FUBAKO_TESTS_POST_H
#define FUBAKO_TESTS_POST_H

#include <glib.h>

typedef struct {
  char *root;
} Post;

/* For g_test_add: an empty mail root; and its end. main has called fbk_paths_prepare_process. */
void post_set_up(Post *post, gconstpointer data);
void post_tear_down(Post *post, gconstpointer data);

/* Writes bytes to file below the root, making directories. */
void post_write(const char *root, const char *file, const char *bytes);

/* A mail with Message-ID <id@x>, a Date that rises with number, subject and body (UTF-8), both written in
 * charset: "UTF-8" or "ISO-2022-JP". */
void post_mail(const char *root, const char *file, guint number, const char *charset, const char *subject,
               const char *body);

/* Indexes these files ("a b c"), removes `gone`; 'I' or 'N' for each file. g_free. */
char *post_index(const char *root, const char *files, const char *gone);

/* "file file" of the hits for query, newest first; g_free. */
char *post_search(const char *root, const char *query);
void post_assert_search(const char *root, const char *query, const char *expected);

#define POST_CASE(path, function) g_test_add(path, Post, NULL, post_set_up, function, post_tear_down)

#endif
