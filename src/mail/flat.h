/* Runs joined into one text with the marks of its links, wrapped, and put on a page line by line. */
#ifndef FBK_MAIL_FLAT_H
#define FBK_MAIL_FLAT_H

#include "mail/layout.h"
#include "mail/wrap.h"

typedef struct {
  GString *text;
  GArray *pieces; /* where styles change */
  guint piece;    /* where writing stands */
} FbkFlat;

FbkFlat *fbk_flat_new(const FbkDoc *doc, guint run, guint run_count, const FbkLinkSign *signs);
void fbk_flat_free(FbkFlat *flat);

/* Writes the spans of one line, lines being asked for in their order. */
void fbk_flat_write(FbkFlat *flat, const FbkWrapLine *line, FbkPage *page);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkFlat, fbk_flat_free)

#endif
