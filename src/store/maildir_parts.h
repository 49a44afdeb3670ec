/* What maildir.c (names, finding) and delivery.c (writing) share; for them alone. */
#ifndef FBK_STORE_MAILDIR_PARTS_H
#define FBK_STORE_MAILDIR_PARTS_H

#include "store/maildir.h"

struct FbkMaildir {
  char *path, *cur, *new, *tmp;
};

/* Renames without ever replacing a file. 0 or an errno value: EEXIST when the target is there. */
int fbk_maildir_rename(const char *from, const char *to);

/* Says what an errno value of a rename means for the person. */
void fbk_maildir_rename_failed(const FbkMaildir *maildir, int errnum, GError **err);

#endif
