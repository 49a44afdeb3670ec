/* Balances and bounds HTML before it is parsed. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/tame.h"

#include <string.h>
#include "mail/tame_token.h"

#define ADDRESS_CAP 16384 /* bytes of an attribute that holds an address */
#define VALUE_CAP 2048    /* bytes of any other attribute */
#define LINK_CAP 100000   /* elements that hold an address, past the other caps */

enum {
  VOID = 1 << 0,    /* has no content */
  BLOCK = 1 << 1,   /* ends an open paragraph */
  SCOPE = 1 << 2,   /* end tags inside do not reach past it */
  RAW = 1 << 3,     /* its content is no markup and not for readers */
  FORMAT = 1 << 4,  /* its end tag may cross blocks */
  LINK = 1 << 5,    /* kept at any depth */
  DROP = 1 << 6,    /* the tag goes, the content stays */
  HEADING = 1 << 7, /* closed by any heading's end tag */
  TABLE = 1 << 8    /* parts of tables */
};

typedef struct {
  const char *name;
  guint flags;
  const char *as; /* what is written instead, or NULL */
} Tag;

static const Tag tags[] = {
    {"", 0, "span"}, /* any other element */
    {"a", FORMAT | LINK, NULL},
    {"address", BLOCK, NULL},
    {"area", VOID | LINK, NULL},
    {"article", BLOCK, NULL},
    {"aside", BLOCK, NULL},
    {"b", FORMAT, NULL},
    {"base", VOID | LINK, NULL},
    {"blockquote", BLOCK, NULL},
    {"body", DROP, NULL},
    {"br", VOID, NULL},
    {"button", SCOPE | LINK, NULL},
    {"caption", SCOPE | TABLE, NULL},
    {"center", BLOCK, NULL},
    {"code", FORMAT, NULL},
    {"col", VOID | DROP, NULL},
    {"colgroup", DROP, NULL},
    {"dd", BLOCK, NULL},
    {"details", BLOCK, NULL},
    {"dir", BLOCK, "ul"},
    {"div", BLOCK, NULL},
    {"dl", BLOCK, NULL},
    {"dt", BLOCK, NULL},
    {"em", FORMAT, NULL},
    {"embed", VOID | DROP, NULL},
    {"fieldset", BLOCK, NULL},
    {"figcaption", BLOCK, NULL},
    {"figure", BLOCK, NULL},
    {"font", FORMAT, NULL},
    {"footer", BLOCK, NULL},
    {"form", BLOCK | LINK, NULL},
    {"frame", VOID | DROP, NULL},
    {"frameset", DROP, NULL},
    {"h1", BLOCK | HEADING, NULL},
    {"h2", BLOCK | HEADING, NULL},
    {"h3", BLOCK | HEADING, NULL},
    {"h4", BLOCK | HEADING, NULL},
    {"h5", BLOCK | HEADING, NULL},
    {"h6", BLOCK | HEADING, NULL},
    {"head", DROP, NULL},
    {"header", BLOCK, NULL},
    {"hr", VOID | BLOCK, NULL},
    {"html", DROP, NULL},
    {"i", FORMAT, NULL},
    {"iframe", RAW, NULL},
    {"img", VOID, NULL},
    {"image", VOID, "img"},
    {"input", VOID | LINK, NULL},
    {"kbd", FORMAT, "code"},
    {"legend", BLOCK, "div"},
    {"li", BLOCK, NULL},
    {"link", VOID | DROP, NULL},
    {"listing", BLOCK, "pre"},
    {"main", BLOCK, NULL},
    {"menu", BLOCK, "ul"},
    {"meta", VOID | LINK, NULL},
    {"nav", BLOCK, NULL},
    {"noembed", RAW, NULL},
    {"noframes", RAW, NULL},
    {"ol", BLOCK, NULL},
    {"option", BLOCK, "div"},
    {"p", BLOCK, NULL},
    {"param", VOID | DROP, NULL},
    {"plaintext", BLOCK, "pre"},
    {"pre", BLOCK, NULL},
    {"q", 0, NULL},
    {"samp", FORMAT, "code"},
    {"script", RAW, NULL},
    {"section", BLOCK, NULL},
    {"source", VOID | DROP, NULL},
    {"strong", FORMAT, NULL},
    {"style", RAW, NULL},
    {"summary", BLOCK, NULL},
    {"svg", LINK, NULL},
    {"table", BLOCK | SCOPE | TABLE, NULL},
    {"tbody", TABLE, NULL},
    {"td", SCOPE | TABLE, NULL},
    {"template", BLOCK, "div hidden"},
    {"tfoot", TABLE, NULL},
    {"th", SCOPE | TABLE, NULL},
    {"thead", TABLE, NULL},
    {"title", RAW, NULL},
    {"tr", TABLE, NULL},
    {"track", VOID | DROP, NULL},
    {"tt", FORMAT, "code"},
    {"ul", BLOCK, NULL},
    {"wbr", VOID | DROP, NULL},
    {"xmp", BLOCK, "pre"},
};

static const char *const attributes[] = {
    "action", "alt",  "border",     "colspan", "content", "formaction", "height",
    "hidden", "href", "http-equiv", "role",    "rowspan", "start",      "style",
    "title",  "type", "value",      "width",   "src",     "xlink:href",
};

typedef struct {
  GString *out;
  FbkTokens tokens;
  guint8 stack[2 * FBK_TAME_DEPTH_MAX]; /* indexes into tags */
  guint depth;
  guint over; /* open elements that were not written for their depth */
  guint svg;  /* open svg elements */
  guint elements, links;
  gboolean endless[G_N_ELEMENTS(tags)]; /* raw elements without an end tag */
  gboolean cut;
} Tame;

static guint find_tag(const char *name, gsize len)
{
  for (guint i = 1; i < G_N_ELEMENTS(tags); i++)
    if (tags[i].name[0] == g_ascii_tolower(*name) && g_ascii_strncasecmp(tags[i].name, name, len) == 0 &&
        strlen(tags[i].name) == len)
      return i;
  return 0;
}

static gboolean is_tag(guint tag, const char *name)
{
  return strcmp(tags[tag].name, name) == 0;
}

static guint top(const Tame *tame)
{
  return tame->depth > 0 ? tame->stack[tame->depth - 1] : 0;
}

static const char *written_name(guint tag, gsize *len_out)
{
  const char *name = tags[tag].as != NULL ? tags[tag].as : tags[tag].name;
  *len_out = strcspn(name, " ");
  return name;
}

static void pop(Tame *tame)
{
  gsize len;
  guint tag = tame->stack[--tame->depth];
  const char *name = written_name(tag, &len);
  g_string_append(tame->out, "</");
  g_string_append_len(tame->out, name, (gssize)len);
  g_string_append_c(tame->out, '>');
  if (is_tag(tag, "svg"))
    tame->svg--;
}

static void pop_to(Tame *tame, guint depth)
{
  while (tame->depth > depth)
    pop(tame);
}

/* The level of the nearest open element called name (or other) that no scope hides, or -1. */
static int find_open(const Tame *tame, const char *name, const char *other, guint barrier)
{
  for (int i = (int)tame->depth - 1; i >= 0; i--) {
    guint tag = tame->stack[i];
    if (is_tag(tag, name) || (other != NULL && is_tag(tag, other)))
      return i;
    if ((tags[tag].flags & barrier) != 0)
      return -1;
  }
  return -1;
}

static void close_open(Tame *tame, const char *name, const char *other, guint barrier)
{
  int level = find_open(tame, name, other, barrier);
  if (level >= 0)
    pop_to(tame, (guint)level);
}

/* An item ends the one before it, unless a list begins between. */
static void close_item(Tame *tame, const char *name, const char *other)
{
  for (int i = (int)tame->depth - 1; i >= 0; i--) {
    guint tag = tame->stack[i];
    if (is_tag(tag, name) || (other != NULL && is_tag(tag, other))) {
      pop_to(tame, (guint)i);
      return;
    }
    gboolean passable = is_tag(tag, "div") || is_tag(tag, "p") || is_tag(tag, "address");
    if (!passable && (tags[tag].flags & (BLOCK | SCOPE)) != 0)
      return;
  }
}

/* Rows and cells go where the nearest table takes them. FALSE when there is none. */
static gboolean enter_table_part(Tame *tame, guint tag)
{
  gboolean cell = is_tag(tag, "td") || is_tag(tag, "th");
  gboolean row = is_tag(tag, "tr");
  for (int i = (int)tame->depth - 1; i >= 0; i--) {
    guint open = tame->stack[i];
    gboolean group = is_tag(open, "tbody") || is_tag(open, "thead") || is_tag(open, "tfoot");
    if (is_tag(open, "table") || (group && (row || cell)) || (cell && is_tag(open, "tr"))) {
      pop_to(tame, (guint)i + 1);
      return TRUE;
    }
  }
  return FALSE;
}

/* Closes what the start of tag ends; FALSE when the tag has no place here. */
static gboolean make_room(Tame *tame, guint tag)
{
  if (is_tag(tag, "table")) {
    guint open = top(tame);
    if ((tags[open].flags & TABLE) != 0 && (tags[open].flags & SCOPE) == 0)
      close_open(tame, "table", NULL, 0);
    else if (is_tag(open, "table"))
      pop(tame);
  } else if ((tags[tag].flags & TABLE) != 0) {
    return enter_table_part(tame, tag);
  }
  if (is_tag(tag, "li"))
    close_item(tame, "li", NULL);
  else if (is_tag(tag, "dd") || is_tag(tag, "dt"))
    close_item(tame, "dd", "dt");
  else if (is_tag(tag, "a"))
    close_open(tame, "a", NULL, SCOPE);
  else if (is_tag(tag, "button"))
    close_open(tame, "button", NULL, 0);
  else if (is_tag(tag, "form") && find_open(tame, "form", NULL, 0) >= 0)
    return FALSE;
  if ((tags[tag].flags & BLOCK) != 0)
    close_open(tame, "p", NULL, SCOPE);
  if ((tags[tag].flags & HEADING) != 0 && (tags[top(tame)].flags & HEADING) != 0)
    pop(tame);
  return TRUE;
}

static void write_value(GString *out, const char *value, const char *end, gsize cap)
{
  if ((gsize)(end - value) > cap) {
    end = value + cap;
    while (end > value && ((guchar)*end & 0xc0) == 0x80)
      end--;
  }
  for (; value < end; value++)
    if (*value == '"')
      g_string_append(out, "&quot;");
    else
      g_string_append_c(out, *value);
}

static void write_attributes(GString *out, const FbkToken *token)
{
  gboolean written[G_N_ELEMENTS(attributes)] = {FALSE};
  FbkAttribute attribute;
  for (const char *at = token->attributes; fbk_attribute_next(&at, token->tag_end, &attribute);) {
    gsize len = (gsize)(attribute.name_end - attribute.name);
    for (guint i = 0; i < G_N_ELEMENTS(attributes); i++) {
      if (written[i] || strlen(attributes[i]) != len ||
          g_ascii_strncasecmp(attributes[i], attribute.name, len) != 0)
        continue;
      written[i] = TRUE;
      gboolean address = strcmp(attributes[i], "content") == 0 || strstr(attributes[i], "href") != NULL ||
                         strstr(attributes[i], "action") != NULL;
      g_string_append_printf(out, " %s=\"", attributes[i]);
      if (attribute.value != NULL)
        write_value(out, attribute.value, attribute.value_end, address ? ADDRESS_CAP : VALUE_CAP);
      g_string_append_c(out, '"');
    }
  }
}

static void write_open(Tame *tame, guint tag, const FbkToken *token)
{
  g_string_append_printf(tame->out, "<%s", tags[tag].as != NULL ? tags[tag].as : tags[tag].name);
  write_attributes(tame->out, token);
  g_string_append_c(tame->out, '>');
}

/* TRUE when one more element called tag may be written. */
static gboolean has_room(Tame *tame, guint tag)
{
  gboolean link = (tags[tag].flags & LINK) != 0;
  guint depth_cap = FBK_TAME_DEPTH_MAX + (link ? FBK_TAME_DEPTH_MAX - 1 : 0);
  if (tame->depth >= depth_cap && (tags[tag].flags & VOID) == 0) {
    tame->cut = TRUE;
    return FALSE;
  }
  if (tame->elements < FBK_TAME_ELEMENT_MAX) {
    tame->elements++;
    return TRUE;
  }
  tame->cut = TRUE;
  return link && tame->links++ < LINK_CAP;
}

static void skip_raw(Tame *tame, guint tag)
{
  const char *start, *end;
  if (tame->endless[tag] || fbk_tokens_raw(&tame->tokens, tags[tag].name, &start, &end))
    return;
  tame->endless[tag] = TRUE;
  if (!is_tag(tag, "style") && !is_tag(tag, "script"))
    return; /* somebody forgot it: what follows is for readers */
  tame->tokens.at = tame->tokens.end;
  tame->cut = TRUE;
}

/* What would have begun a new line or column still parts words. */
static void leave_out(Tame *tame, guint tag)
{
  if ((tags[tag].flags & VOID) == 0)
    tame->over++;
  if ((tags[tag].flags & (BLOCK | TABLE)) != 0)
    g_string_append_c(tame->out, ' ');
}

static void open_tag(Tame *tame, const FbkToken *token)
{
  guint tag = find_tag(token->start, (gsize)(token->end - token->start));
  if ((tags[tag].flags & RAW) != 0) {
    skip_raw(tame, tag);
    return;
  }
  if ((tags[tag].flags & DROP) != 0 || (tag == 0 && tame->svg > 0))
    return;
  if (tame->over > 0 && (tags[tag].flags & (VOID | LINK)) == 0) {
    leave_out(tame, tag);
    return;
  }
  if (!make_room(tame, tag))
    return;
  if (!has_room(tame, tag)) {
    leave_out(tame, tag);
    return;
  }
  write_open(tame, tag, token);
  if ((tags[tag].flags & VOID) != 0)
    return;
  tame->stack[tame->depth++] = (guint8)tag;
  if (is_tag(tag, "svg"))
    tame->svg++;
}

/* What an end tag called tag ends, or -1. */
static int find_opening(const Tame *tame, guint tag)
{
  guint flags = tags[tag].flags;
  for (int i = (int)tame->depth - 1; i >= 0; i--) {
    guint open = tame->stack[i];
    if (open == tag || (flags & tags[open].flags & HEADING) != 0)
      return i;
    if (is_tag(open, "table") || ((flags & TABLE) == 0 && (tags[open].flags & SCOPE) != 0))
      return -1;
    if ((flags & (FORMAT | BLOCK | TABLE | SCOPE)) == 0 && (tags[open].flags & BLOCK) != 0)
      return -1;
  }
  return -1;
}

static void close_tag(Tame *tame, const FbkToken *token)
{
  guint tag = find_tag(token->start, (gsize)(token->end - token->start));
  if ((tags[tag].flags & (DROP | RAW)) != 0)
    return;
  if (is_tag(tag, "br") && has_room(tame, tag))
    g_string_append(tame->out, "<br>");
  if ((tags[tag].flags & VOID) != 0)
    return;
  if (tame->over > 0 && (tags[tag].flags & LINK) == 0) {
    tame->over--;
    return;
  }
  int level = find_opening(tame, tag);
  if (level >= 0)
    pop_to(tame, (guint)level);
}

static void write_text(Tame *tame, const char *start, const char *end)
{
  if (*start == '<') {
    g_string_append(tame->out, "&lt;");
    start++;
  }
  gsize room = FBK_TAME_OUTPUT_MAX - MIN(tame->out->len, (gsize)FBK_TAME_OUTPUT_MAX);
  if ((gsize)(end - start) > room) {
    tame->cut = TRUE;
    for (end = start + room; end > start && ((guchar)*end & 0xc0) == 0x80;)
      end--;
  }
  g_string_append_len(tame->out, start, end - start);
}

GString *fbk_tame_html(const char *html, gsize len, gboolean *cut_out)
{
  Tame tame = {.out = g_string_new("<!DOCTYPE html>")};
  if (len > FBK_TAME_INPUT_MAX) {
    tame.cut = TRUE;
    len = FBK_TAME_INPUT_MAX;
  }
  g_autofree char *clean = g_utf8_make_valid(html, (gssize)len);
  tame.tokens = (FbkTokens){.at = clean, .end = clean + strlen(clean)};
  FbkToken token;
  fbk_tokens_next(&tame.tokens, &token);
  while (token.kind != FBK_TOKEN_END && tame.out->len < FBK_TAME_OUTPUT_MAX) {
    if (token.kind == FBK_TOKEN_TEXT)
      write_text(&tame, token.start, token.end);
    else if (token.kind == FBK_TOKEN_OPEN)
      open_tag(&tame, &token);
    else
      close_tag(&tame, &token);
    fbk_tokens_next(&tame.tokens, &token);
  }
  tame.cut |= token.kind != FBK_TOKEN_END;
  pop_to(&tame, 0);
  *cut_out = tame.cut;
  return tame.out;
}
