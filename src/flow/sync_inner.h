/* What the files of sync share; nobody else includes it. */
#ifndef FBK_FLOW_SYNC_INNER_H
#define FBK_FLOW_SYNC_INNER_H

#include "flow/sync.h"
#include "net/imap.h"
#include "net/pop.h"
#include "store/catalog.h"
#include "store/maildir.h"

struct FbkSync {
  const FbkHome *home;
  FbkAccount *account;
  FbkImap *imap;       /* kept between runs while it is sound */
  FbkSecret *password; /* joined, ready to be sent; kept for as long as the program runs */
  FbkCatalog *catalog;
  gboolean ask_again; /* the person will give the password anew */
};

/* What one run carries along. */
typedef struct {
  FbkSync *sync;
  const FbkProgress *progress;
  GCancellable *cancellable;
  FbkReport *report;
} FbkPass;

/* --- sync_recover.c: list and files of a folder put together again --- */

/* A row for the file at path: what its header says, and who it is. *id_out 0: there was one already. */
gboolean fbk_pass_add_row(FbkPass *pass, const FbkFolder *folder, const char *path, FbkNewRow *row,
                          gint64 *id_out, GError **err);
/* Files that a crash or a lost list left without rows get them; what is left in tmp/ goes. Foreign files are
 * left alone. */
gboolean fbk_pass_recover(FbkPass *pass, const FbkFolder *folder, FbkMaildir *maildir, guint32 uidvalidity,
                          GError **err);

/* A row whose file is gone though nobody here removed it. */
typedef struct {
  gint64 id;
  guint flags; /* ours */
} FbkMissing;
/* All of them: the unique name that the file will have when it comes again -> FbkMissing. One look into the
 * directory, unless something is missing. folder->total must be of now. */
GHashTable *fbk_pass_missing(FbkPass *pass, const FbkFolder *folder, FbkMaildir *maildir, guint32 uidvalidity,
                             GError **err);

/* --- sync_deliver.c: messages on their way into one folder, in batches --- */

typedef struct FbkIncoming FbkIncoming;

FbkIncoming *fbk_incoming_new(FbkPass *pass, const FbkFolder *folder, GError **err);
void fbk_incoming_free(FbkIncoming *incoming);
/* Before the first message of a pass: what a crash left is taken in or swept away. uidvalidity of this pass;
 * any constant for POP. From the first message on the folder is marked as being delivered to. */
gboolean fbk_incoming_begin(FbkIncoming *incoming, guint32 uidvalidity, GError **err);
/* Its row is here, but the file that would have this name is not: it is to come again. */
gboolean fbk_incoming_is_missing(const FbkIncoming *incoming, const char *unique);
/* One message: its unique name, then its bytes, then its end (uidl NULL for IMAP). Whole batches become
 * durable and then get their rows. */
gboolean fbk_incoming_start(FbkIncoming *incoming, const char *unique, GError **err);
gboolean fbk_incoming_write(FbkIncoming *incoming, const char *bytes, gsize len, GError **err);
gboolean fbk_incoming_end(FbkIncoming *incoming, guint32 uid, guint flags, const char *uidl, GError **err);
/* What still waits is delivered. */
gboolean fbk_incoming_flush(FbkIncoming *incoming, GError **err);
/* Nothing of the folder is on its way any more. */
gboolean fbk_incoming_finish(FbkIncoming *incoming, guint32 uidnext, GError **err);
FbkMaildir *fbk_incoming_maildir(FbkIncoming *incoming);

/* --- the two protocols --- */

gboolean fbk_sync_imap_folder(FbkPass *pass, const FbkFolder *folder, GError **err);
gboolean fbk_sync_pop(FbkPass *pass, FbkPop *pop, GError **err);
/* TRUE for the unique names that fbk_sync_pop gives. */
gboolean fbk_pass_is_pop_name(const char *unique);

void fbk_pass_note(FbkPass *pass, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
