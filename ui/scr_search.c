/* A search over all mail: its words, and a list of what they find. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n.h>

#include "ui/list_inner.h"

FbkScreen *fbk_scr_search_new(FbkApp *app, const char *query)
{
  FbkListScreen *screen = fbk_list_screen_new(app, fbk_app_account(app), query);
  fbk_list_screen_pump(screen);
  return &screen->head;
}

static void search(gpointer owner, const char *text)
{
  FbkScreen *asker = owner;
  g_autofree char *words = g_strstrip(g_strdup(text ? text : ""));
  if (*words)
    fbk_app_push(asker->app, fbk_scr_search_new(asker->app, words));
}

void fbk_scr_search_ask(FbkApp *app, FbkScreen *owner)
{
  fbk_app_prompt(app, _("Search all mail:"), NULL, search, owner);
}
