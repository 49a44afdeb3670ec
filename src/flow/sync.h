/* Fetching mail for one account: folders, new mail newest first in pages, flags, what is gone; into the
 * Maildir and the catalogue, in the order that loses nothing. One FbkSync belongs to one worker and keeps its
 * session between runs.
 *
 * A refused password stops every later run (AUTH again, without a connection), in this process and in others,
 * until fbk_sync_forgive. */
#ifndef FBK_FLOW_SYNC_H
#define FBK_FLOW_SYNC_H

#include "base/ask.h"
#include "base/job.h"
#include "flow/home.h"

typedef struct FbkSync FbkSync;

typedef struct {
  guint fetched, removed, flagged; /* messages */
  guint skipped;                   /* could not be taken; see notes */
  GPtrArray *notes;                /* char *: translated sentences, one for each thing that went wrong */
} FbkReport;

FbkSync *fbk_sync_new(const FbkHome *home, const FbkAccount *account);
void fbk_sync_free(FbkSync *sync);

/* One whole pass (CONFLICT when another process is at one, and goes on for more than a few seconds): every
 * folder, the inbox first, or only the one of this name or server path. Progress reports the folder and
 * messages done; after each report new rows may be in the catalogue. Partial failure is in the report. */
gboolean fbk_sync_run(FbkSync *sync, const char *only, const FbkAsk *ask, const FbkProgress *progress,
                      GCancellable *cancellable, FbkReport *out, GError **err);

/* The person acts: the next run may try the password again (and asks anew where it is not kept). */
void fbk_sync_forgive(FbkSync *sync);

void fbk_report_init(FbkReport *report);
void fbk_report_clear(FbkReport *report);

#endif
