/* Walks gumbo's tree and lets its text flow into blocks. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/html.h"

#include <glib/gi18n.h>
#include <gumbo.h>
#include <stdlib.h>
#include <string.h>
#include "mail/html_grid.h"
#include "mail/html_style.h"
#include "mail/html_table.h"
#include "mail/html_void.h"
#include "mail/tame.h"

typedef struct {
  const GumboNode *node;
  guint next;         /* child */
  FbkFlowState outer; /* to be restored after it */
  guint link;         /* that it opened, or 0 */
  guint gap;          /* after it */
  long item;          /* number of the next item, for lists */
} Frame;

typedef struct {
  FbkFlow flow;
  GArray *frames;
  const GumboNode *table; /* of data, or NULL */
  FbkGrid grid;           /* of it */
} Walker;

static const char *attribute(const GumboNode *node, const char *name)
{
  const GumboAttribute *found = gumbo_get_attribute(&node->v.element.attributes, name);
  return found != NULL ? found->value : NULL;
}

static const char *get_attribute(const void *node, const char *name)
{
  return attribute(node, name);
}

static void set_style(Walker *walker, FbkStyle style)
{
  if (walker->flow.state.link == 0)
    walker->flow.state.style = style;
}

static void add_prefix(Walker *walker, const char *more)
{
  g_autofree char *joined = g_strconcat(walker->flow.state.prefix, more, NULL);
  walker->flow.state.prefix = g_string_chunk_insert_const(walker->flow.doc->prefixes, joined);
}

static void begin_item(Walker *walker)
{
  FbkFlow *flow = &walker->flow;
  Frame *list =
      walker->frames->len > 1 ? &g_array_index(walker->frames, Frame, walker->frames->len - 2) : NULL;
  g_autofree char *bullet = NULL;
  if (flow->state.ordered && list != NULL)
    bullet = g_strdup_printf("%ld. ", list->item++);
  else
    bullet = g_strdup("* ");
  const char *before = flow->first != NULL ? flow->first : flow->state.prefix;
  g_autofree char *first = g_strconcat(before, bullet, NULL);
  g_autofree char *indent = g_strnfill(strlen(bullet), ' ');
  flow->first = g_string_chunk_insert_const(flow->doc->prefixes, first);
  add_prefix(walker, indent);
}

/* Gap of a block element, or -1 for what stands in the line. */
static int block_gap(GumboTag tag)
{
  switch (tag) {
  case GUMBO_TAG_P:
  case GUMBO_TAG_UL:
  case GUMBO_TAG_OL:
  case GUMBO_TAG_DL:
  case GUMBO_TAG_BLOCKQUOTE:
  case GUMBO_TAG_PRE:
  case GUMBO_TAG_H1:
  case GUMBO_TAG_H2:
  case GUMBO_TAG_H3:
  case GUMBO_TAG_H4:
  case GUMBO_TAG_H5:
  case GUMBO_TAG_H6:
  case GUMBO_TAG_FORM:
  case GUMBO_TAG_FIELDSET:
  case GUMBO_TAG_FIGURE:
    return 1;
  case GUMBO_TAG_DIV:
  case GUMBO_TAG_LI:
  case GUMBO_TAG_DD:
  case GUMBO_TAG_DT:
  case GUMBO_TAG_TABLE:
  case GUMBO_TAG_TR:
  case GUMBO_TAG_TD:
  case GUMBO_TAG_TH:
  case GUMBO_TAG_CAPTION:
  case GUMBO_TAG_ADDRESS:
  case GUMBO_TAG_ARTICLE:
  case GUMBO_TAG_ASIDE:
  case GUMBO_TAG_CENTER:
  case GUMBO_TAG_DETAILS:
  case GUMBO_TAG_FIGCAPTION:
  case GUMBO_TAG_FOOTER:
  case GUMBO_TAG_HEADER:
  case GUMBO_TAG_MAIN:
  case GUMBO_TAG_NAV:
  case GUMBO_TAG_SECTION:
  case GUMBO_TAG_SUMMARY:
    return 0;
  default:
    return -1;
  }
}

static void read_hiding(Walker *walker, const GumboNode *node)
{
  FbkFlowState *state = &walker->flow.state;
  FbkInlineStyle style = fbk_inline_style(attribute(node, "style"));
  if (style.gone || attribute(node, "hidden") != NULL)
    state->gone = TRUE;
  if (style.invisible >= 0)
    state->invisible = style.invisible;
  if (style.zero_size >= 0)
    state->zero_size = style.zero_size;
}

static void begin_table(Walker *walker, const GumboNode *node, Frame *frame)
{
  if (walker->table != NULL || !fbk_html_table_is_data(node))
    return;
  fbk_flow_end_block(&walker->flow, 1);
  frame->gap = 1;
  walker->table = node;
  memset(&walker->grid, 0, sizeof walker->grid);
  walker->flow.in_table = TRUE;
}

static void begin_list(Walker *walker, const GumboNode *node, Frame *frame)
{
  const char *start = attribute(node, "start");
  walker->flow.state.ordered = node->v.element.tag == GUMBO_TAG_OL;
  frame->item = start != NULL ? CLAMP(atol(start), -99999, 99999) : 1;
}

static void begin_anchor(Walker *walker, const GumboNode *node, Frame *frame)
{
  gboolean svg = node->v.element.tag_namespace == GUMBO_NAMESPACE_SVG;
  const char *href = attribute(node, "href");
  frame->link = fbk_flow_link(&walker->flow, svg ? FBK_LINK_KIND_SVG : FBK_LINK_KIND_A, href);
  if (frame->link == 0)
    return;
  walker->flow.state.link = frame->link;
  walker->flow.state.style = FBK_STYLE_LINK;
  walker->flow.link_words = walker->flow.link_image = FALSE;
}

static void end_anchor(Walker *walker, guint number)
{
  FbkFlow *flow = &walker->flow;
  if (number == 0)
    return;
  FbkDocLink *link = flow->doc->links->pdata[number - 1];
  if (link->kind == FBK_LINK_KIND_A && flow->link_image && !flow->link_words)
    link->kind = FBK_LINK_KIND_IMG;
  if (flow->link_image || flow->link_words)
    fbk_flow_link_end(flow, number);
}

static void style_element(Walker *walker, GumboTag tag)
{
  switch (tag) {
  case GUMBO_TAG_B:
  case GUMBO_TAG_STRONG:
  case GUMBO_TAG_TH:
    set_style(walker, FBK_STYLE_STRONG);
    break;
  case GUMBO_TAG_I:
  case GUMBO_TAG_EM:
    set_style(walker, FBK_STYLE_EMPHASIS);
    break;
  case GUMBO_TAG_CODE:
    set_style(walker, FBK_STYLE_CODE);
    break;
  case GUMBO_TAG_PRE:
    set_style(walker, FBK_STYLE_CODE);
    walker->flow.state.pre = TRUE;
    break;
  case GUMBO_TAG_H1:
  case GUMBO_TAG_H2:
  case GUMBO_TAG_H3:
  case GUMBO_TAG_H4:
  case GUMBO_TAG_H5:
  case GUMBO_TAG_H6:
    set_style(walker, FBK_STYLE_HEADING);
    break;
  case GUMBO_TAG_BLOCKQUOTE:
    set_style(walker, FBK_STYLE_QUOTE);
    add_prefix(walker, "> ");
    break;
  case GUMBO_TAG_DD:
    add_prefix(walker, "    ");
    break;
  default:
    break;
  }
}

/* Elements that end where they begin. TRUE when node was one. */
static gboolean add_void(Walker *walker, const GumboNode *node)
{
  FbkFlow *flow = &walker->flow;
  FbkElement element = {.node = node, .get = get_attribute};
  switch (node->v.element.tag) {
  case GUMBO_TAG_BR:
    fbk_flow_break(flow);
    return TRUE;
  case GUMBO_TAG_HR:
    fbk_flow_end_block(flow, 0);
    if (!flow->in_table && !fbk_flow_is_hidden(flow))
      fbk_flow_begin_block(flow, FBK_BLOCK_RULE);
    return TRUE;
  case GUMBO_TAG_IMG:
    fbk_html_image(flow, &element);
    return TRUE;
  case GUMBO_TAG_AREA:
    fbk_html_area(flow, &element);
    return TRUE;
  case GUMBO_TAG_META:
    fbk_html_refresh(flow, &element);
    return TRUE;
  case GUMBO_TAG_INPUT:
    fbk_html_input(flow, &element);
    return TRUE;
  case GUMBO_TAG_BASE:
    return TRUE;
  default:
    return FALSE;
  }
}

static void enter(Walker *walker, const GumboNode *node)
{
  if (add_void(walker, node))
    return;
  GumboTag tag = node->v.element.tag;
  FbkFlow *flow = &walker->flow;
  Frame pushed = {.node = node, .outer = flow->state};
  g_array_append_val(walker->frames, pushed);
  Frame *frame = &g_array_index(walker->frames, Frame, walker->frames->len - 1);
  int gap = block_gap(tag);
  gboolean nested_list = (tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL) && *flow->state.prefix != '\0';
  if (gap >= 0) {
    frame->gap = nested_list ? 0 : (guint)gap;
    fbk_flow_end_block(flow, frame->gap);
  }
  read_hiding(walker, node);
  style_element(walker, tag);
  if (tag == GUMBO_TAG_A)
    begin_anchor(walker, node, frame);
  else if (tag == GUMBO_TAG_TABLE)
    begin_table(walker, node, frame);
  else if (tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL)
    begin_list(walker, node, frame);
  else if (tag == GUMBO_TAG_LI)
    begin_item(walker);
  else if (tag == GUMBO_TAG_FORM)
    frame->link = fbk_flow_link(flow, FBK_LINK_KIND_FORM, attribute(node, "action"));
  else if (tag == GUMBO_TAG_BUTTON)
    frame->link = fbk_flow_link(flow, FBK_LINK_KIND_FORM, attribute(node, "formaction"));
  else if ((tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) && walker->table != NULL)
    fbk_grid_cell(&walker->grid, flow, attribute(node, "colspan"), attribute(node, "rowspan"));
  else if (tag == GUMBO_TAG_Q)
    fbk_flow_text(flow, "\xe2\x80\x9c");
}

static void leave_table_part(Walker *walker, const GumboNode *node)
{
  FbkFlow *flow = &walker->flow;
  GumboTag tag = node->v.element.tag;
  if (node == walker->table) {
    walker->table = NULL;
    flow->in_table = FALSE;
    flow->open = FALSE;
  } else if (tag == GUMBO_TAG_TR) {
    fbk_grid_end_row(&walker->grid);
  } else if ((tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) && flow->in_cell) {
    fbk_doc_cell_end(flow->doc);
    flow->in_cell = FALSE;
  }
}

static void leave(Walker *walker)
{
  FbkFlow *flow = &walker->flow;
  Frame frame = g_array_index(walker->frames, Frame, walker->frames->len - 1);
  GumboTag tag = frame.node->v.element.tag;
  if (tag == GUMBO_TAG_A) {
    end_anchor(walker, frame.link);
  } else if (tag == GUMBO_TAG_FORM && frame.link != 0) {
    fbk_flow_end_block(flow, 0);
    fbk_flow_label(flow, _("[form]"));
    fbk_flow_link_end(flow, frame.link);
  } else if (tag == GUMBO_TAG_BUTTON) {
    fbk_flow_link_end(flow, frame.link);
  } else if (tag == GUMBO_TAG_Q) {
    fbk_flow_text(flow, "\xe2\x80\x9d");
  }
  if (walker->table != NULL)
    leave_table_part(walker, frame.node);
  flow->state = frame.outer;
  if (block_gap(tag) >= 0)
    fbk_flow_end_block(flow, frame.gap);
  if (tag == GUMBO_TAG_LI)
    flow->first = NULL; /* an empty item has no line for its bullet */
  g_array_set_size(walker->frames, walker->frames->len - 1);
}

static const char *find_base(const GumboNode *root)
{
  const GumboNode *node = root;
  while (node != NULL) {
    const GumboVector *children = node->type == GUMBO_NODE_ELEMENT ? &node->v.element.children : NULL;
    if (children != NULL && node->v.element.tag == GUMBO_TAG_BASE && attribute(node, "href") != NULL)
      return attribute(node, "href");
    if (children != NULL && children->length > 0) {
      node = children->data[0];
      continue;
    }
    while (node != root && node->index_within_parent + 1 >= node->parent->v.element.children.length)
      node = node->parent;
    node = node == root ? NULL : node->parent->v.element.children.data[node->index_within_parent + 1];
  }
  return NULL;
}

static void walk(Walker *walker, const GumboNode *root)
{
  enter(walker, root);
  while (walker->frames->len > 0) {
    Frame *frame = &g_array_index(walker->frames, Frame, walker->frames->len - 1);
    const GumboVector *children = &frame->node->v.element.children;
    if (frame->next >= children->length) {
      leave(walker);
      continue;
    }
    const GumboNode *child = children->data[frame->next++];
    if (child->type == GUMBO_NODE_ELEMENT || child->type == GUMBO_NODE_TEMPLATE)
      enter(walker, child);
    else if (child->type == GUMBO_NODE_TEXT || child->type == GUMBO_NODE_CDATA ||
             child->type == GUMBO_NODE_WHITESPACE)
      fbk_flow_text(&walker->flow, child->v.text.text);
  }
}

void fbk_html_to_doc(const char *html, gsize len, FbkDoc *doc)
{
  gboolean cut;
  GString *tamed = fbk_tame_html(html, len, &cut);
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  GumboOutput *output = gumbo_parse_with_options(&options, tamed->str, tamed->len);
  Walker walker = {.flow = {.doc = doc, .state = {.prefix = ""}, .gap = 1}};
  walker.frames = g_array_new(FALSE, TRUE, sizeof(Frame));
  walker.flow.base = find_base(output->root);
  walk(&walker, output->root);
  g_array_free(walker.frames, TRUE);
  gumbo_destroy_output(&options, output);
  g_string_free(tamed, TRUE);
  if (cut)
    fbk_doc_notice(doc, FBK_STYLE_NOTICE,
                   _("This HTML text is too long or too deeply nested to be shown as it is meant."));
}
