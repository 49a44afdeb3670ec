/* What a pass over one folder has to do, worked out from two lists and nothing else. Pure. */
#ifndef FBK_FLOW_SYNC_PLAN_H
#define FBK_FLOW_SYNC_PLAN_H

#include "net/imap.h"
#include "store/catalog.h"

typedef struct {
  gint64 id;
  guint flags;
} FbkFlagStep;

typedef struct {
  GArray *fetch; /* FbkImapMessage, highest UID (newest) first */
  GArray *flags; /* FbkFlagStep: the server's flags are no longer what they were */
  GArray *gone;  /* gint64: rows whose message the server does not have any more */
} FbkSyncPlan;

/* server: FbkImapMessage, known: FbkKnown, both ascending by UID. The server's list is complete between UID
 * lowest and the end: below lowest nothing is said to be gone. */
FbkSyncPlan *fbk_sync_plan_make(const GArray *server, const GArray *known, guint32 lowest);
void fbk_sync_plan_free(FbkSyncPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkSyncPlan, fbk_sync_plan_free)

#endif
