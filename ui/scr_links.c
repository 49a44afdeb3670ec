/* The links of a message, numbered, each with its verdict and its whole address. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "mail/wrap.h"
#include "ui/reader_draw.h"
#include "ui/scr.h"

#define INDENT 4
#define TEXT_MAX 16384      /* bytes of an address that are looked at for the list */
#define ADDRESS_LINES_MAX 6 /* in the list; Enter shows the rest */

typedef struct {
  char *word, *host, *address, *sentence;
  int severity;
  gboolean is_alarm;
} Link;

typedef struct {
  guint link; /* index */
  FbkLook look;
  char *text;
  gboolean is_first;
} Line;

typedef struct {
  FbkScreen head;
  GPtrArray *links; /* Link * */
  GPtrArray *lines; /* Line *: all links laid out */
  int width;        /* that they were laid out for */
  guint cursor;     /* a link */
  guint top;        /* a line */
  int rows;
  gboolean is_shown; /* the address of the link under the cursor, alone */
  guint shown_top;
} Links;

static void free_link(gpointer data)
{
  Link *link = data;
  g_free(link->word);
  g_free(link->host);
  g_free(link->address);
  g_free(link->sentence);
  g_free(link);
}

static void free_line(gpointer data)
{
  Line *line = data;
  g_free(line->text);
  g_free(line);
}

/* --- laid out --- */

static void add_line(Links *links, guint number, FbkLook look, gboolean is_first, char *text)
{
  Line *line = g_new0(Line, 1);
  *line = (Line){number, look, text, is_first};
  g_ptr_array_add(links->lines, line);
}

/* Text in lines of cells; where it has more than most, the last one ends in an ellipsis. */
static void add_wrapped(Links *links, guint number, FbkLook look, const char *text, guint most)
{
  int cells = links->width - INDENT;
  g_autofree char *clean = fbk_text_gate(text, (gssize)strnlen(text, TEXT_MAX), FBK_GATE_LINE);
  g_autoptr(GArray) wrapped = fbk_wrap(clean, strlen(clean), cells, cells);
  for (guint i = 0; i < wrapped->len && i < most; i++) {
    const FbkWrapLine *line = &g_array_index(wrapped, FbkWrapLine, i);
    gboolean is_cut = i + 1 == most && i + 1 < wrapped->len;
    g_autofree char *part =
        is_cut ? g_strdup(clean + line->start) : g_strndup(clean + line->start, line->end - line->start);
    add_line(links, number, look, FALSE, fbk_text_ellipsize(part, cells));
  }
}

static void lay_out(Links *links, int width)
{
  if (links->width == width)
    return;
  links->width = width;
  g_ptr_array_set_size(links->lines, 0);
  for (guint i = 0; i < links->links->len; i++) {
    const Link *link = links->links->pdata[i];
    const char *sign = !link->is_alarm ? "" : link->severity >= 3 ? "\xe2\x9c\x97 " : "! ";
    add_line(links, i, link->is_alarm ? FBK_LOOK_ALARM : FBK_LOOK_HEADING, TRUE,
             g_strdup_printf("%s%s  %s", sign, link->word, link->host));
    add_wrapped(links, i, link->is_alarm ? FBK_LOOK_NORMAL : FBK_LOOK_LINK, link->address, ADDRESS_LINES_MAX);
    add_wrapped(links, i, FBK_LOOK_NORMAL, link->sentence, G_MAXUINT);
    add_line(links, i, FBK_LOOK_NORMAL, FALSE, g_strdup(""));
  }
}

static guint first_line(const Links *links, guint number)
{
  for (guint i = 0; i < links->lines->len; i++)
    if (((const Line *)links->lines->pdata[i])->link == number)
      return i;
  return 0;
}

/* The whole link in sight where it fits, its beginning in any case. */
static void scroll(Links *links)
{
  guint rows = (guint)MAX(1, links->rows);
  guint first = first_line(links, links->cursor);
  guint end =
      links->cursor + 1 < links->links->len ? first_line(links, links->cursor + 1) : links->lines->len;
  if (end > links->top + rows)
    links->top = end - rows;
  if (first < links->top)
    links->top = first;
}

/* --- drawing --- */

static char *title(FbkScreen *head)
{
  const Links *links = (const Links *)head;
  if (links->is_shown)
    return g_strdup_printf(_("The address of link %u"), links->cursor + 1);
  return g_strdup_printf(_("Links: %u"), links->links->len);
}

static void draw_line(const Links *links, FbkCanvas *canvas, int row, const Line *line)
{
  int columns = fbk_canvas_columns(canvas);
  if (line->is_first) {
    g_autofree char *number = g_strdup_printf("%3u", line->link + 1);
    fbk_canvas_text(canvas, row, 0, 3, FBK_LOOK_NORMAL, number);
  }
  g_autofree char *cut = fbk_text_ellipsize(line->text, columns - INDENT);
  fbk_canvas_text(canvas, row, INDENT, columns - INDENT, line->look, cut);
  if (line->is_first && line->link == links->cursor) {
    fbk_canvas_paint(canvas, row, 0, INDENT - 1, FBK_LOOK_SELECTED); /* what the line says keeps its look */
    fbk_canvas_cursor(canvas, row, 0);
  }
}

/* Nothing but the address in these rows, from edge to edge: it is to be copied. */
static void draw_address(Links *links, FbkCanvas *canvas, int top, int rows)
{
  int columns = fbk_canvas_columns(canvas);
  const char *at = ((const Link *)links->links->pdata[links->cursor])->address;
  fbk_canvas_text(canvas, top, 1, columns - 2, FBK_LOOK_NOTICE, _("Copy it from here. < goes back."));
  for (guint line = 0; *at; line++) {
    gsize len = fbk_text_fit(at, columns, NULL);
    if (!len)
      break;
    g_autofree char *part = g_strndup(at, len);
    if (line >= links->shown_top && (int)(line - links->shown_top) + 2 < rows)
      fbk_canvas_text(canvas, top + 2 + (int)(line - links->shown_top), 0, columns, FBK_LOOK_NORMAL, part);
    at += len;
  }
  fbk_canvas_cursor(canvas, top + 2, 0);
}

static void draw(FbkScreen *head, FbkCanvas *canvas, int top, int rows)
{
  Links *links = (Links *)head;
  links->rows = rows;
  if (links->is_shown) {
    draw_address(links, canvas, top, rows);
    return;
  }
  lay_out(links, fbk_canvas_columns(canvas) - 1);
  scroll(links);
  for (guint i = links->top; i < links->lines->len && i < links->top + (guint)rows; i++)
    draw_line(links, canvas, top + (int)(i - links->top), links->lines->pdata[i]);
}

/* --- keys --- */

static void move_to(Links *links, gint64 number)
{
  links->cursor = (guint)CLAMP(number, 0, (gint64)links->links->len - 1);
}

/* By rows of the screen, at least one link. */
static void move_by_rows(Links *links, int by)
{
  gint64 line = (gint64)first_line(links, links->cursor) + by;
  line = CLAMP(line, 0, (gint64)links->lines->len - 1);
  guint number = ((const Line *)links->lines->pdata[line])->link;
  move_to(links, number != links->cursor ? number : (gint64)links->cursor + (by > 0 ? 1 : -1));
}

static void show_address(Links *links)
{
  links->is_shown = TRUE;
  links->shown_top = 0;
}

static void host_typed(gpointer owner, const char *text)
{
  Links *links = owner;
  const Link *link = links->links->pdata[links->cursor];
  g_autofree char *typed = g_strstrip(g_strdup(text ? text : ""));
  if (!*typed)
    return;
  if (!g_ascii_strcasecmp(typed, link->host))
    show_address(links);
  else
    fbk_app_say(links->head.app, _("This link does not go there. Its host stands beside its number."));
  fbk_app_dirty(links->head.app);
}

/* Who would follow a bad link has to say first where it really goes. */
static void open_link(Links *links)
{
  const Link *link = links->links->pdata[links->cursor];
  if (!link->is_alarm)
    show_address(links);
  else if (*link->host)
    fbk_app_prompt(links->head.app, _("To see the address, type the host that this link really goes to:"),
                   NULL, host_typed, links);
  else
    fbk_app_say(links->head.app, _("This link goes to no host, and its address is not offered."));
}

static gboolean act_on_address(Links *links, FbkAction action)
{
  switch (action) {
  case FBK_ACTION_BACK:
  case FBK_ACTION_CANCEL:
  case FBK_ACTION_OPEN:
    links->is_shown = FALSE;
    return TRUE;
  case FBK_ACTION_DOWN:
  case FBK_ACTION_PAGE_DOWN:
  case FBK_ACTION_HALF_DOWN:
    links->shown_top++;
    return TRUE;
  case FBK_ACTION_UP:
  case FBK_ACTION_PAGE_UP:
  case FBK_ACTION_HALF_UP:
    links->shown_top -= links->shown_top > 0;
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean act(FbkScreen *head, FbkAction action)
{
  Links *links = (Links *)head;
  if (links->is_shown)
    return act_on_address(links, action);
  switch (action) {
  case FBK_ACTION_DOWN:
    move_to(links, (gint64)links->cursor + 1);
    return TRUE;
  case FBK_ACTION_UP:
    move_to(links, (gint64)links->cursor - 1);
    return TRUE;
  case FBK_ACTION_PAGE_DOWN:
    move_by_rows(links, links->rows);
    return TRUE;
  case FBK_ACTION_PAGE_UP:
    move_by_rows(links, -links->rows);
    return TRUE;
  case FBK_ACTION_HALF_DOWN:
    move_by_rows(links, links->rows / 2);
    return TRUE;
  case FBK_ACTION_HALF_UP:
    move_by_rows(links, -links->rows / 2);
    return TRUE;
  case FBK_ACTION_FIRST:
    move_to(links, 0);
    return TRUE;
  case FBK_ACTION_LAST:
    move_to(links, G_MAXUINT);
    return TRUE;
  case FBK_ACTION_OPEN:
    open_link(links);
    return TRUE;
  default:
    return FALSE;
  }
}

static void free_links(FbkScreen *head)
{
  Links *links = (Links *)head;
  fbk_scope_close(head->scope);
  g_ptr_array_unref(links->links);
  g_ptr_array_unref(links->lines);
  g_free(links);
}

static const FbkScreenType links_type = {FBK_CONTEXT_LINKS, title, draw, act, NULL, NULL, free_links};

FbkScreen *fbk_scr_links_new(FbkApp *app, const FbkPage *page)
{
  Links *links = g_new0(Links, 1);
  links->head = (FbkScreen){&links_type, app, NULL};
  links->head.scope = fbk_scope_new(links, NULL);
  links->links = g_ptr_array_new_with_free_func(free_link);
  links->lines = g_ptr_array_new_with_free_func(free_line);
  links->cursor = page->worst >= 0 ? (guint)page->worst : 0;
  for (guint i = 0; i < page->links->len; i++) {
    const FbkPageLink *from = page->links->pdata[i];
    Link *link = g_new0(Link, 1);
    link->word = g_strdup(fbk_link_class_word(from->verdict->class_));
    link->host = g_strdup(from->verdict->host);
    link->address = g_strdup(from->href);
    link->sentence = g_strdup(from->verdict->sentence);
    link->severity = from->verdict->severity;
    link->is_alarm = fbk_link_is_alarm(from->verdict->class_);
    g_ptr_array_add(links->links, link);
  }
  return &links->head;
}
