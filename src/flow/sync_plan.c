/* The pure planner of a fetch. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/sync_plan.h"

FbkSyncPlan *fbk_sync_plan_make(const GArray *server, const GArray *known, guint32 lowest)
{
  FbkSyncPlan *plan = g_new0(FbkSyncPlan, 1);
  plan->fetch = g_array_new(FALSE, FALSE, sizeof(FbkImapMessage));
  plan->flags = g_array_new(FALSE, FALSE, sizeof(FbkFlagStep));
  plan->gone = g_array_new(FALSE, FALSE, sizeof(gint64));
  guint s = server->len;
  guint k = known->len;
  while (s || k) {
    const FbkImapMessage *theirs = s ? &g_array_index(server, FbkImapMessage, s - 1) : NULL;
    const FbkKnown *ours = k ? &g_array_index(known, FbkKnown, k - 1) : NULL;
    if (ours && ours->uid < lowest)
      ours = NULL, k = 0;
    if (!theirs && !ours)
      break;
    if (theirs && (!ours || theirs->uid > ours->uid)) {
      g_array_append_val(plan->fetch, *theirs);
      s--;
    } else if (!theirs || ours->uid > theirs->uid) {
      g_array_append_val(plan->gone, ours->id);
      k--;
    } else {
      if (theirs->flags != ours->server_flags) {
        FbkFlagStep step = {ours->id, theirs->flags};
        g_array_append_val(plan->flags, step);
      }
      s--;
      k--;
    }
  }
  return plan;
}

void fbk_sync_plan_free(FbkSyncPlan *plan)
{
  if (!plan)
    return;
  g_array_unref(plan->fetch);
  g_array_unref(plan->flags);
  g_array_unref(plan->gone);
  g_free(plan);
}
