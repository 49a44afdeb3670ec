/* The planner of a fetch: what is new, what changed, what is gone. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/sync_plan.h"

#include <stdlib.h>
#include <string.h>

static GArray *server_list(const char *spec)
{
  GArray *list = g_array_new(FALSE, TRUE, sizeof(FbkImapMessage));
  g_auto(GStrv) items = g_strsplit(spec, " ", -1);
  for (char **item = items; *item && **item; item++) {
    FbkImapMessage message = {.uid = (guint32)atoi(*item)};
    message.flags = strchr(*item, 'S') ? FBK_FLAG_SEEN : 0;
    g_array_append_val(list, message);
  }
  return list;
}

/* Rows have the id 100 + uid. */
static GArray *known_list(const char *spec)
{
  GArray *list = g_array_new(FALSE, TRUE, sizeof(FbkKnown));
  g_auto(GStrv) items = g_strsplit(spec, " ", -1);
  for (char **item = items; *item && **item; item++) {
    FbkKnown known = {.uid = (guint32)atoi(*item)};
    known.id = 100 + known.uid;
    known.server_flags = strchr(*item, 'S') ? FBK_FLAG_SEEN : 0;
    g_array_append_val(list, known);
  }
  return list;
}

/* The plan as text: "fetch 9 8; flags 103=1; gone 102". */
static char *plan_text(const FbkSyncPlan *plan)
{
  GString *text = g_string_new("fetch");
  for (guint i = 0; i < plan->fetch->len; i++)
    g_string_append_printf(text, " %u", g_array_index(plan->fetch, FbkImapMessage, i).uid);
  g_string_append(text, "; flags");
  for (guint i = 0; i < plan->flags->len; i++) {
    const FbkFlagStep *step = &g_array_index(plan->flags, FbkFlagStep, i);
    g_string_append_printf(text, " %" G_GINT64_FORMAT "=%u", step->id, step->flags);
  }
  g_string_append(text, "; gone");
  for (guint i = 0; i < plan->gone->len; i++)
    g_string_append_printf(text, " %" G_GINT64_FORMAT, g_array_index(plan->gone, gint64, i));
  return g_string_free(text, FALSE);
}

typedef struct {
  const char *name, *server, *known;
  guint32 lowest;
  const char *plan;
} Case;

static const Case cases[] = {
    {"first-fetch-takes-the-newest-first", "1 2 7", "", 0, "fetch 7 2 1; flags; gone"},
    {"nothing-changed-means-nothing-to-do", "1 2S 7", "1 2S 7", 0, "fetch; flags; gone"},
    {"new-mail-between-and-after", "1 4 5 9", "1 5", 0, "fetch 9 4; flags; gone"},
    {"gone-on-the-server", "5", "1 5 9", 0, "fetch; flags; gone 109 101"},
    {"flags-follow-the-server", "1S 2", "1 2S", 0, "fetch; flags 102=0 101=1; gone"},
    {"a-window-says-nothing-of-what-lies-below-it", "5 6", "1 2 5", 5, "fetch 6; flags; gone"},
    {"an-empty-window-says-nothing-at-all", "", "1 2 5", G_MAXUINT32, "fetch; flags; gone"},
    {"an-emptied-folder", "", "1 2", 0, "fetch; flags; gone 102 101"},
    {"a-message-listed-twice-costs-nothing-here", "3 3", "3", 0, "fetch 3; flags; gone"},
};

static void test_case(gconstpointer data)
{
  const Case *one = data;
  g_autoptr(GArray) server = server_list(one->server);
  g_autoptr(GArray) known = known_list(one->known);
  g_autoptr(FbkSyncPlan) plan = fbk_sync_plan_make(server, known, one->lowest);
  g_autofree char *text = plan_text(plan);
  g_assert_cmpstr(text, ==, one->plan);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/flow/sync-plan/", cases[i].name, NULL);
    g_test_add_data_func(path, &cases[i], test_case);
  }
  return g_test_run();
}
