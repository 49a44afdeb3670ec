/* A Maildir in a directory of its own, for the tests of store. */
#ifndef FUBAKO_TESTS_BOX_H
#define FUBAKO_TESTS_BOX_H

#include "store/maildir.h"

typedef struct {
  char *dir;
  FbkMaildir *maildir;
} Box;

/* For g_test_add: an empty Maildir; and its end. */
void box_set_up(Box *box, gconstpointer data);
void box_tear_down(Box *box, gconstpointer data);

/* A file at name, which begins with "cur/", "new/" or "tmp/". */
void box_put_file(const Box *box, const char *name, const char *text);

/* "name name" of a directory below the Maildir, sorted, is as expected. */
void box_assert_listing(const Box *box, const char *below, const char *expected);

/* The message that is found by name has this content. */
void box_assert_content(const Box *box, const char *name, const char *expected);

#endif
