/* Opening what a list names: a message as a page, its parts into files, search results as rows. Blocks on
 * disk; worker threads (reader, search). */
#ifndef FBK_FLOW_READ_H
#define FBK_FLOW_READ_H

#include "flow/home.h"
#include "mail/page.h"
#include "store/catalog.h"

/* A message by name, never by handle. */
typedef struct {
  char *account;
  char *dir;  /* of the folder */
  char *file; /* Maildir name */
} FbkMsgRef;

FbkMsgRef *fbk_msg_ref_new(const char *account, const char *dir, const char *file);
void fbk_msg_ref_free(FbkMsgRef *ref);

/* The name of a catalogue's row. NOT_FOUND. */
FbkMsgRef *fbk_read_ref(const char *account, FbkCatalog *catalog, gint64 id, GError **err);

/* A message in any file, "-" for standard input (at most stdin_cap bytes there). */
FbkMessage *fbk_read_message(const char *path, gsize stdin_cap, GError **err);

/* The message's file as it is named now. NOT_FOUND. */
char *fbk_read_path(const FbkHome *home, const FbkMsgRef *ref, GError **err);

/* Opens and lays it out; style->guard NULL: the account's. */
FbkPage *fbk_read_page(const FbkHome *home, const FbkMsgRef *ref, const FbkReadStyle *style, GError **err);

/* Saves part number into directory under its cleaned name, numbered ("a (2).pdf") rather than over another
 * file; 0600. *path_out is where it went. */
gboolean fbk_read_save_part(const FbkHome *home, const FbkMsgRef *ref, guint number, const char *directory,
                            char **path_out, GError **err);

/* The same from a message that is open. */
gboolean fbk_read_save_part_of(const FbkMessage *message, guint number, const char *directory,
                               char **path_out, GError **err);

/* Marks it seen (or not) in Maildir and catalogue. */
gboolean fbk_read_set_flags(const FbkHome *home, const char *account, FbkCatalog *catalog, gint64 id,
                            guint flags, GError **err);

/* Searches all mail and gives the rows of one account's catalogue, newest first. */
FbkRows *fbk_read_search(const FbkHome *home, const FbkAccount *account, FbkCatalog *catalog,
                         const char *query, guint offset, guint limit, guint *total_out,
                         GCancellable *cancellable, GError **err);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkMsgRef, fbk_msg_ref_free)

#endif
