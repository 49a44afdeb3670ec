/* Images, fields, areas and refreshes of an HTML document. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/html_void.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>
#include "mail/html_style.h"

static const char *get(const FbkElement *element, const char *name)
{
  return element->get(element->node, name);
}

static gboolean is_tiny(const char *size, int styled)
{
  return (size != NULL && g_ascii_isdigit(*size) && atoi(size) <= 1) || (styled >= 0 && styled <= 1);
}

void fbk_html_image(FbkFlow *flow, const FbkElement *element)
{
  FbkInlineStyle style = fbk_inline_style(get(element, "style"));
  const char *alt = get(element, "alt");
  if (style.gone || is_tiny(get(element, "width"), style.width) ||
      is_tiny(get(element, "height"), style.height))
    return;
  if (alt == NULL || *alt == '\0')
    alt = get(element, "title");
  g_autofree char *words = g_strdup(alt != NULL ? alt : "");
  g_strdelimit(words, "\t\n\f\r", ' ');
  g_strstrip(words);
  if (*words != '\0') {
    g_autofree char *label = g_strdup_printf(_("[image: %s]"), words);
    fbk_flow_label(flow, label);
    fbk_doc_link_text(flow->doc, flow->state.link, words, strlen(words));
  } else if (flow->state.link != 0) {
    fbk_flow_label(flow, _("[image]"));
  }
  flow->link_image = TRUE;
}

void fbk_html_area(FbkFlow *flow, const FbkElement *element)
{
  guint link = fbk_flow_link(flow, FBK_LINK_KIND_A, get(element, "href"));
  const char *alt = get(element, "alt");
  if (link == 0 || fbk_flow_is_hidden(flow))
    return;
  flow->state.link = link;
  if (alt != NULL && *alt != '\0') {
    fbk_flow_label(flow, alt);
    fbk_doc_link_text(flow->doc, link, alt, strlen(alt));
  } else {
    fbk_flow_label(flow, _("[image]"));
  }
  flow->state.link = 0;
  fbk_flow_link_end(flow, link);
}

/* "5; url=https://..." */
void fbk_html_refresh(FbkFlow *flow, const FbkElement *element)
{
  const char *equiv = get(element, "http-equiv");
  const char *at = get(element, "content");
  if (equiv == NULL || at == NULL || g_ascii_strcasecmp(equiv, "refresh") != 0)
    return;
  at += strspn(at, " \t\r\n\f0123456789.");
  at += strspn(at, ";, \t\r\n\f");
  if (g_ascii_strncasecmp(at, "url", 3) == 0) {
    const char *equals = at + 3 + strspn(at + 3, " \t\r\n\f");
    if (*equals == '=')
      at = equals + 1 + strspn(equals + 1, " \t\r\n\f");
  }
  g_autofree char *address = g_strdup(*at == '"' || *at == '\'' ? at + 1 : at);
  if (*at == '"' || *at == '\'')
    address[strcspn(address, *at == '"' ? "\"" : "'")] = '\0';
  if (*address == '\0')
    return;
  guint link = fbk_flow_link(flow, FBK_LINK_KIND_REFRESH, address);
  if (flow->in_table)
    return;
  fbk_flow_end_block(flow, 1);
  const char *notice = _("This message wants to open another page by itself; that was not done.");
  fbk_flow_begin_block(flow, FBK_BLOCK_TEXT);
  fbk_doc_add(flow->doc, notice, strlen(notice), FBK_STYLE_NOTICE, 0);
  if (link != 0)
    fbk_doc_mark(flow->doc, link);
  fbk_flow_end_block(flow, 1);
}

void fbk_html_input(FbkFlow *flow, const FbkElement *element)
{
  const char *type = get(element, "type");
  const char *value = get(element, "value");
  type = type != NULL ? type : "text";
  if (g_ascii_strcasecmp(type, "hidden") == 0)
    return;
  gboolean button = g_ascii_strcasecmp(type, "submit") == 0 || g_ascii_strcasecmp(type, "button") == 0;
  flow->space = TRUE;
  gboolean box = g_ascii_strcasecmp(type, "checkbox") == 0 || g_ascii_strcasecmp(type, "radio") == 0;
  if (button && value != NULL && *value != '\0') {
    g_autofree char *label = g_strdup_printf("[%s]", value);
    fbk_flow_label(flow, label);
  } else {
    fbk_flow_label(flow, button ? _("[button]") : box ? "[ ]" : "[____]");
  }
  const char *action = get(element, "formaction");
  guint link = action != NULL ? fbk_flow_link(flow, FBK_LINK_KIND_FORM, action) : 0;
  fbk_flow_link_end(flow, link);
}
