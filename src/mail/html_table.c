/* Tells tables of data from tables of layout. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/html_table.h"

#include <gumbo.h>
#include <stdlib.h>
#include <string.h>
#include "mail/block.h"

#define CELL_CAP 400 /* bytes of text; who writes more writes paragraphs */

typedef struct {
  guint rows, columns, row_columns;
  gsize cell_bytes;
  gboolean has_heading;
} Census;

static const GumboVector *children_of(const GumboNode *node)
{
  return node->type == GUMBO_NODE_ELEMENT ? &node->v.element.children : NULL;
}

/* FALSE when such an element does not belong into a table of data. */
static gboolean count_element(Census *census, const GumboElement *element)
{
  const GumboAttribute *span;
  switch (element->tag) {
  case GUMBO_TAG_TABLE:
  case GUMBO_TAG_H1:
  case GUMBO_TAG_H2:
  case GUMBO_TAG_H3:
  case GUMBO_TAG_H4:
  case GUMBO_TAG_UL:
  case GUMBO_TAG_OL:
  case GUMBO_TAG_DL:
  case GUMBO_TAG_BLOCKQUOTE:
  case GUMBO_TAG_PRE:
  case GUMBO_TAG_HR:
  case GUMBO_TAG_FORM:
    return FALSE;
  case GUMBO_TAG_TR:
    census->rows++;
    census->row_columns = 0;
    return TRUE;
  case GUMBO_TAG_TH:
    census->has_heading = TRUE;
    /* fall through */
  case GUMBO_TAG_TD:
    span = gumbo_get_attribute(&element->attributes, "colspan");
    census->row_columns += span != NULL ? (guint)CLAMP(atoi(span->value), 1, FBK_TABLE_COLUMN_MAX) : 1;
    census->columns = MAX(census->columns, census->row_columns);
    census->cell_bytes = 0;
    return census->columns <= FBK_TABLE_COLUMN_MAX;
  default:
    return TRUE;
  }
}

static gboolean count_node(Census *census, const GumboNode *node)
{
  if (node->type == GUMBO_NODE_ELEMENT)
    return count_element(census, &node->v.element);
  if (node->type == GUMBO_NODE_TEXT)
    census->cell_bytes += strlen(node->v.text.text);
  return census->cell_bytes <= CELL_CAP;
}

/* The node after `node` in document order inside root, or NULL. */
static const GumboNode *next_node(const GumboNode *root, const GumboNode *node)
{
  const GumboVector *children = children_of(node);
  if (children != NULL && children->length > 0)
    return children->data[0];
  while (node != root) {
    const GumboVector *siblings = children_of(node->parent);
    if (siblings != NULL && node->index_within_parent + 1 < siblings->length)
      return siblings->data[node->index_within_parent + 1];
    node = node->parent;
  }
  return NULL;
}

gboolean fbk_html_table_is_data(const GumboNode *table)
{
  const GumboAttribute *role = gumbo_get_attribute(&table->v.element.attributes, "role");
  if (role != NULL && (strcmp(role->value, "presentation") == 0 || strcmp(role->value, "none") == 0))
    return FALSE;
  Census census = {0};
  for (const GumboNode *node = next_node(table, table); node != NULL; node = next_node(table, node))
    if (!count_node(&census, node))
      return FALSE;
  return census.columns >= 2 && (census.rows >= 2 || census.has_heading);
}
