/* The help: all keys of the screen it was opened from, searchable. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "mail/wrap.h"
#include "ui/notice.h"
#include "ui/scr.h"

#define KEYS_CELLS 18

typedef struct {
  FbkScreen head;
  FbkContext context;
  char *wanted; /* only lines with these words, case folded; "" for all */
  int top;      /* first line shown */
  int rows;     /* of the last drawing */
} Help;

static char *names_of(const FbkBinding *binding)
{
  GString *names = g_string_new(NULL);
  for (const FbkKey *key = binding->keys; *key; key++)
    g_string_append_printf(names, "%s%s", names->len ? " " : "", fbk_key_name(*key));
  return g_string_free(names, FALSE);
}

static gboolean is_wanted(const Help *help, const char *names, const char *text)
{
  g_autofree char *both = g_strconcat(names, " ", text, NULL);
  g_autofree char *folded = g_utf8_casefold(both, -1);
  return strstr(folded, help->wanted) != NULL;
}

static char *title(FbkScreen *screen)
{
  const Help *help = (const Help *)screen;
  return *help->wanted ? g_strdup_printf(_("Keys with \"%s\""), help->wanted) : g_strdup(_("Keys"));
}

/* One binding at line `line` of the help; the text stands beside the keys, or below them where the screen is
 * narrow. Returns its lines. */
static int draw_binding(const Help *help, FbkCanvas *canvas, int top, int line, const char *names,
                        const char *text)
{
  int columns = fbk_canvas_columns(canvas);
  int names_cells = MAX(KEYS_CELLS, fbk_text_width(names) + 2);
  g_autoptr(GArray) lines =
      fbk_wrap(text, strlen(text), MAX(10, columns - names_cells - 2), MAX(10, columns - KEYS_CELLS - 2));
  for (guint i = 0; i < lines->len; i++) {
    const FbkWrapLine *part = &g_array_index(lines, FbkWrapLine, i);
    g_autofree char *shown = g_strndup(text + part->start, part->end - part->start);
    int row = line + (int)i - help->top;
    if (row < 0 || row >= help->rows)
      continue;
    if (!i)
      fbk_canvas_text(canvas, top + row, 1, names_cells - 1, FBK_LOOK_KEY, names);
    fbk_canvas_text(canvas, top + row, i ? KEYS_CELLS : names_cells, columns, FBK_LOOK_NORMAL, shown);
  }
  return (int)lines->len;
}

/* All that is wanted; returns the lines. rows 0: only counts. */
static int draw_all(Help *help, FbkCanvas *canvas, int top, int rows)
{
  int line = 0;
  help->rows = rows;
  for (const FbkBinding *binding = fbk_bindings; binding->action; binding++) {
    g_autofree char *names = names_of(binding);
    if ((binding->contexts & help->context) && is_wanted(help, names, _(binding->help)))
      line += draw_binding(help, canvas, top, line, names, _(binding->help));
  }
  return line;
}

static void draw(FbkScreen *screen, FbkCanvas *canvas, int top, int rows)
{
  Help *help = (Help *)screen;
  help->top = CLAMP(help->top, 0, MAX(0, draw_all(help, canvas, top, 0) - rows));
  if (!draw_all(help, canvas, top, rows))
    fbk_notice_draw(canvas, top, rows, FBK_LOOK_NOTICE,
                    _("No key has these words. Press / to look for others."));
  fbk_canvas_cursor(canvas, top, 0);
}

/* Drawing knows where the end is. */
static void scroll_to(Help *help, int top)
{
  help->top = MAX(0, top);
  fbk_app_dirty(help->head.app);
}

static void find(gpointer owner, const char *text)
{
  Help *help = owner;
  if (!text)
    return;
  g_free(help->wanted);
  help->wanted = g_utf8_casefold(text, -1);
  help->top = 0;
  fbk_app_dirty(help->head.app);
}

static gboolean act(FbkScreen *screen, FbkAction action)
{
  Help *help = (Help *)screen;
  switch (action) {
  case FBK_ACTION_DOWN:
    scroll_to(help, help->top + 1);
    return TRUE;
  case FBK_ACTION_UP:
    scroll_to(help, help->top - 1);
    return TRUE;
  case FBK_ACTION_READ_ON:
  case FBK_ACTION_PAGE_DOWN:
    scroll_to(help, help->top + help->rows);
    return TRUE;
  case FBK_ACTION_PAGE_UP:
    scroll_to(help, help->top - help->rows);
    return TRUE;
  case FBK_ACTION_HALF_DOWN:
    scroll_to(help, help->top + help->rows / 2);
    return TRUE;
  case FBK_ACTION_HALF_UP:
    scroll_to(help, help->top - help->rows / 2);
    return TRUE;
  case FBK_ACTION_FIRST:
    scroll_to(help, 0);
    return TRUE;
  case FBK_ACTION_LAST:
    scroll_to(help, G_MAXINT / 2);
    return TRUE;
  case FBK_ACTION_FIND:
    fbk_app_prompt(screen->app, _("Find in the keys:"), NULL, find, help);
    return TRUE;
  default:
    return FALSE;
  }
}

static void free_help(FbkScreen *screen)
{
  Help *help = (Help *)screen;
  fbk_scope_close(screen->scope);
  g_free(help->wanted);
  g_free(help);
}

static const FbkScreenType help_type = {FBK_CONTEXT_HELP, title, draw, act, NULL, NULL, free_help};

FbkScreen *fbk_scr_help_new(FbkApp *app, FbkContext context)
{
  Help *help = g_new0(Help, 1);
  help->head = (FbkScreen){&help_type, app, NULL};
  help->head.scope = fbk_scope_new(help, NULL);
  help->context = context;
  help->wanted = g_strdup("");
  return &help->head;
}
