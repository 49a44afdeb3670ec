/* A word for what takes longer than a blink. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/late.h"

#include "ui/app_inner.h"

#define PATIENCE_MS 100

static gboolean say(gpointer data)
{
  FbkLate *late = data;
  late->source = 0;
  late->is_said = TRUE;
  fbk_app_say(late->app, "%s", late->text);
  return G_SOURCE_REMOVE;
}

void fbk_late_begin(FbkLate *late, FbkApp *app, const char *text)
{
  fbk_late_end(late);
  late->app = app;
  late->text = g_strdup(text);
  late->source = g_timeout_add(PATIENCE_MS, say, late);
}

void fbk_late_end(FbkLate *late)
{
  g_clear_handle_id(&late->source, g_source_remove);
  if (late->is_said && !g_strcmp0(late->app->status.message, late->text))
    fbk_status_forget_message(late->app);
  late->is_said = FALSE;
  g_clear_pointer(&late->text, g_free);
}
