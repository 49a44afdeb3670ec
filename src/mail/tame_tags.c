/* The elements of HTML and how they nest. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/tame_tags.h"

#include <string.h>

const FbkTag fbk_tags[FBK_TAG_COUNT] = {
    {"", 0, "span"}, /* any other element */
    {"a", FBK_TAG_FORMAT | FBK_TAG_LINK, NULL},
    {"address", FBK_TAG_BLOCK, NULL},
    {"area", FBK_TAG_VOID | FBK_TAG_LINK, NULL},
    {"article", FBK_TAG_BLOCK, NULL},
    {"aside", FBK_TAG_BLOCK, NULL},
    {"b", FBK_TAG_FORMAT, NULL},
    {"base", FBK_TAG_VOID | FBK_TAG_LINK, NULL},
    {"blockquote", FBK_TAG_BLOCK, NULL},
    {"body", FBK_TAG_DROP, NULL},
    {"br", FBK_TAG_VOID, NULL},
    {"button", FBK_TAG_SCOPE | FBK_TAG_LINK, NULL},
    {"caption", FBK_TAG_SCOPE | FBK_TAG_TABLE, NULL},
    {"center", FBK_TAG_BLOCK, NULL},
    {"code", FBK_TAG_FORMAT, NULL},
    {"col", FBK_TAG_VOID | FBK_TAG_DROP, NULL},
    {"colgroup", FBK_TAG_DROP, NULL},
    {"dd", FBK_TAG_BLOCK, NULL},
    {"details", FBK_TAG_BLOCK, NULL},
    {"dir", FBK_TAG_BLOCK, "ul"},
    {"div", FBK_TAG_BLOCK, NULL},
    {"dl", FBK_TAG_BLOCK, NULL},
    {"dt", FBK_TAG_BLOCK, NULL},
    {"em", FBK_TAG_FORMAT, NULL},
    {"embed", FBK_TAG_VOID | FBK_TAG_DROP, NULL},
    {"fieldset", FBK_TAG_BLOCK, NULL},
    {"figcaption", FBK_TAG_BLOCK, NULL},
    {"figure", FBK_TAG_BLOCK, NULL},
    {"font", FBK_TAG_FORMAT, NULL},
    {"footer", FBK_TAG_BLOCK, NULL},
    {"form", FBK_TAG_BLOCK | FBK_TAG_LINK, NULL},
    {"frame", FBK_TAG_VOID | FBK_TAG_DROP, NULL},
    {"frameset", FBK_TAG_DROP, NULL},
    {"h1", FBK_TAG_BLOCK | FBK_TAG_HEADING, NULL},
    {"h2", FBK_TAG_BLOCK | FBK_TAG_HEADING, NULL},
    {"h3", FBK_TAG_BLOCK | FBK_TAG_HEADING, NULL},
    {"h4", FBK_TAG_BLOCK | FBK_TAG_HEADING, NULL},
    {"h5", FBK_TAG_BLOCK | FBK_TAG_HEADING, NULL},
    {"h6", FBK_TAG_BLOCK | FBK_TAG_HEADING, NULL},
    {"head", FBK_TAG_DROP, NULL},
    {"header", FBK_TAG_BLOCK, NULL},
    {"hr", FBK_TAG_VOID | FBK_TAG_BLOCK, NULL},
    {"html", FBK_TAG_DROP, NULL},
    {"i", FBK_TAG_FORMAT, NULL},
    {"iframe", FBK_TAG_RAW, NULL},
    {"img", FBK_TAG_VOID, NULL},
    {"image", FBK_TAG_VOID, "img"},
    {"input", FBK_TAG_VOID | FBK_TAG_LINK, NULL},
    {"kbd", FBK_TAG_FORMAT, "code"},
    {"legend", FBK_TAG_BLOCK, "div"},
    {"li", FBK_TAG_BLOCK, NULL},
    {"link", FBK_TAG_VOID | FBK_TAG_DROP, NULL},
    {"listing", FBK_TAG_BLOCK, "pre"},
    {"main", FBK_TAG_BLOCK, NULL},
    {"menu", FBK_TAG_BLOCK, "ul"},
    {"meta", FBK_TAG_VOID | FBK_TAG_LINK, NULL},
    {"nav", FBK_TAG_BLOCK, NULL},
    {"noembed", FBK_TAG_RAW, NULL},
    {"noframes", FBK_TAG_RAW, NULL},
    {"ol", FBK_TAG_BLOCK, NULL},
    {"option", FBK_TAG_BLOCK, "div"},
    {"p", FBK_TAG_BLOCK, NULL},
    {"param", FBK_TAG_VOID | FBK_TAG_DROP, NULL},
    {"plaintext", FBK_TAG_BLOCK, "pre"},
    {"pre", FBK_TAG_BLOCK, NULL},
    {"q", 0, NULL},
    {"samp", FBK_TAG_FORMAT, "code"},
    {"script", FBK_TAG_RAW, NULL},
    {"section", FBK_TAG_BLOCK, NULL},
    {"source", FBK_TAG_VOID | FBK_TAG_DROP, NULL},
    {"strong", FBK_TAG_FORMAT, NULL},
    {"style", FBK_TAG_RAW, NULL},
    {"summary", FBK_TAG_BLOCK, NULL},
    {"svg", FBK_TAG_LINK, NULL},
    {"table", FBK_TAG_BLOCK | FBK_TAG_SCOPE | FBK_TAG_TABLE, NULL},
    {"tbody", FBK_TAG_TABLE, NULL},
    {"td", FBK_TAG_SCOPE | FBK_TAG_TABLE, NULL},
    {"template", FBK_TAG_BLOCK, "div hidden"},
    {"tfoot", FBK_TAG_TABLE, NULL},
    {"th", FBK_TAG_SCOPE | FBK_TAG_TABLE, NULL},
    {"thead", FBK_TAG_TABLE, NULL},
    {"title", FBK_TAG_RAW, NULL},
    {"tr", FBK_TAG_TABLE, NULL},
    {"track", FBK_TAG_VOID | FBK_TAG_DROP, NULL},
    {"tt", FBK_TAG_FORMAT, "code"},
    {"ul", FBK_TAG_BLOCK, NULL},
    {"wbr", FBK_TAG_VOID | FBK_TAG_DROP, NULL},
    {"xmp", FBK_TAG_BLOCK, "pre"},
};

guint fbk_tag_find(const char *name, gsize len)
{
  for (guint i = 1; i < FBK_TAG_COUNT; i++)
    if (fbk_tags[i].name[0] == g_ascii_tolower(*name) &&
        g_ascii_strncasecmp(fbk_tags[i].name, name, len) == 0 && strlen(fbk_tags[i].name) == len)
      return i;
  return 0;
}

gboolean fbk_tag_is(guint tag, const char *name)
{
  return strcmp(fbk_tags[tag].name, name) == 0;
}
