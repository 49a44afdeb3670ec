/* Words, white space and blocks of an HTML document. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/html_flow.h"

#include <glib/gi18n.h>
#include <string.h>
#include "base/text.h"

#define BREAK_CAP 3 /* line breaks in a row; more only push text out of sight */

void fbk_flow_end_block(FbkFlow *flow, guint gap)
{
  if (flow->in_cell) {
    flow->space = flow->newline = FALSE;
    if (!flow->line_empty)
      fbk_doc_break(flow->doc);
    flow->line_empty = TRUE;
    return;
  }
  if (flow->in_table)
    return;
  flow->open = FALSE;
  flow->gap = MAX(flow->gap, gap);
}

void fbk_flow_begin_block(FbkFlow *flow, FbkBlockKind kind)
{
  const char *first = flow->first != NULL ? flow->first : flow->state.prefix;
  fbk_doc_block(flow->doc, kind, flow->gap, first, flow->state.prefix);
  flow->first = NULL;
  flow->gap = 0;
  flow->open = kind != FBK_BLOCK_RULE;
  flow->line_empty = TRUE;
  flow->space = flow->newline = flow->wide = FALSE;
  flow->breaks = 0;
}

gboolean fbk_flow_is_hidden(const FbkFlow *flow)
{
  return flow->state.gone || flow->state.invisible || flow->state.zero_size;
}

static void need_block(FbkFlow *flow)
{
  if (!flow->open && !flow->in_cell)
    fbk_flow_begin_block(flow, FBK_BLOCK_TEXT);
}

/* Words as they are, after the white space that waits. */
static void put(FbkFlow *flow, const char *text, gsize len, FbkStyle style)
{
  need_block(flow);
  if (flow->space && !flow->line_empty) {
    gboolean wide = flow->wide && g_unichar_iswide(g_utf8_get_char(text));
    /* A line end between two Japanese letters is not a space. */
    if (!(flow->newline && wide)) {
      guint link =
          flow->link_words || flow->link_image ? flow->state.link : 0; /* not before its first word */
      fbk_doc_add(flow->doc, " ", 1, link == flow->state.link ? style : FBK_STYLE_PLAIN, link);
      fbk_doc_link_text(flow->doc, link, " ", 1);
    }
  }
  flow->space = flow->newline = flow->line_empty = FALSE;
  flow->breaks = 0;
  flow->wide = g_unichar_iswide(g_utf8_get_char(g_utf8_prev_char(text + len)));
  fbk_doc_add(flow->doc, text, len, style, flow->state.link);
}

static void tell_hidden(FbkFlow *flow, const char *text)
{
  if (flow->told_hidden || (flow->in_table && !flow->in_cell))
    return;
  gboolean word = FALSE;
  for (; *text != '\0' && !word; text = g_utf8_next_char(text))
    word = g_unichar_isgraph(g_utf8_get_char(text)) && fbk_text_char_width(g_utf8_get_char(text)) > 0;
  if (!word)
    return;
  flow->told_hidden = TRUE;
  const char *notice = _("[hidden text not shown]");
  flow->state.link = 0;
  put(flow, notice, strlen(notice), FBK_STYLE_DIM);
}

void fbk_flow_text(FbkFlow *flow, const char *text)
{
  if (fbk_flow_is_hidden(flow)) {
    tell_hidden(flow, text);
    return;
  }
  if (flow->in_table && !flow->in_cell)
    return;
  if (flow->state.pre) {
    need_block(flow);
    flow->line_empty = FALSE;
    fbk_doc_add(flow->doc, text, strlen(text), flow->state.style, flow->state.link);
    fbk_doc_link_text(flow->doc, flow->state.link, text, strlen(text));
    flow->link_words = TRUE;
    return;
  }
  static const char spaces[] = " \t\n\f\r";
  while (*text != '\0') {
    gsize blank = strspn(text, spaces);
    flow->space |= blank > 0;
    flow->newline |= memchr(text, '\n', blank) != NULL;
    text += blank;
    gsize word = strcspn(text, spaces);
    if (word == 0)
      continue;
    put(flow, text, word, flow->state.style);
    fbk_doc_link_text(flow->doc, flow->state.link, text, word);
    flow->link_words = TRUE;
    text += word;
  }
}

void fbk_flow_break(FbkFlow *flow)
{
  if (fbk_flow_is_hidden(flow) || (flow->in_table && !flow->in_cell) || flow->breaks >= BREAK_CAP)
    return;
  need_block(flow);
  fbk_doc_break(flow->doc);
  fbk_doc_link_text(flow->doc, flow->state.link, "\n", 1);
  flow->breaks++;
  flow->line_empty = TRUE;
  flow->space = flow->newline = FALSE;
}

/* Something of ours in the line: dim, in brackets. */
void fbk_flow_label(FbkFlow *flow, const char *label)
{
  if (fbk_flow_is_hidden(flow) || (flow->in_table && !flow->in_cell))
    return;
  put(flow, label, strlen(label), flow->state.link != 0 ? FBK_STYLE_LINK : FBK_STYLE_DIM);
}

guint fbk_flow_link(FbkFlow *flow, FbkLinkKind kind, const char *href)
{
  if (href == NULL)
    return 0;
  return fbk_doc_link(flow->doc, kind, flow->base, href, fbk_flow_is_hidden(flow));
}

/* A mark stands on the last line of text, whatever blocks ended inside the link. */
void fbk_flow_link_end(FbkFlow *flow, guint link)
{
  if (link == 0 || fbk_flow_is_hidden(flow) || flow->doc->blocks->len == 0)
    return;
  fbk_doc_mark(flow->doc, link);
  flow->line_empty = FALSE;
}
