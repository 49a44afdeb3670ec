/* Balances and bounds HTML before it is parsed. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/tame.h"

#include <string.h>
#include "mail/tame_tags.h"
#include "mail/tame_token.h"

#define ADDRESS_CAP 16384 /* bytes of an attribute that holds an address */
#define VALUE_CAP 2048    /* bytes of any other attribute */
#define LINK_CAP 100000   /* elements that hold an address, past the other caps */

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
  gboolean endless[FBK_TAG_COUNT]; /* raw elements without an end tag */
  gboolean cut;
} Tame;

static guint top(const Tame *tame)
{
  return tame->depth > 0 ? tame->stack[tame->depth - 1] : 0;
}

static const char *written_name(guint tag, gsize *len_out)
{
  const char *name = fbk_tags[tag].as != NULL ? fbk_tags[tag].as : fbk_tags[tag].name;
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
  if (fbk_tag_is(tag, "svg"))
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
    if (fbk_tag_is(tag, name) || (other != NULL && fbk_tag_is(tag, other)))
      return i;
    if ((fbk_tags[tag].flags & barrier) != 0)
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
    if (fbk_tag_is(tag, name) || (other != NULL && fbk_tag_is(tag, other))) {
      pop_to(tame, (guint)i);
      return;
    }
    gboolean passable = fbk_tag_is(tag, "div") || fbk_tag_is(tag, "p") || fbk_tag_is(tag, "address");
    if (!passable && (fbk_tags[tag].flags & (FBK_TAG_BLOCK | FBK_TAG_SCOPE)) != 0)
      return;
  }
}

/* Rows and cells go where the nearest table takes them. FALSE when there is none. */
static gboolean enter_table_part(Tame *tame, guint tag)
{
  gboolean cell = fbk_tag_is(tag, "td") || fbk_tag_is(tag, "th");
  gboolean row = fbk_tag_is(tag, "tr");
  for (int i = (int)tame->depth - 1; i >= 0; i--) {
    guint open = tame->stack[i];
    gboolean group = fbk_tag_is(open, "tbody") || fbk_tag_is(open, "thead") || fbk_tag_is(open, "tfoot");
    if (fbk_tag_is(open, "table") || (group && (row || cell)) || (cell && fbk_tag_is(open, "tr"))) {
      pop_to(tame, (guint)i + 1);
      return TRUE;
    }
  }
  return FALSE;
}

/* Closes what the start of tag ends; FALSE when the tag has no place here. */
static gboolean make_room(Tame *tame, guint tag)
{
  if (fbk_tag_is(tag, "table")) {
    guint open = top(tame);
    if ((fbk_tags[open].flags & FBK_TAG_TABLE) != 0 && (fbk_tags[open].flags & FBK_TAG_SCOPE) == 0)
      close_open(tame, "table", NULL, 0);
    else if (fbk_tag_is(open, "table"))
      pop(tame);
  } else if ((fbk_tags[tag].flags & FBK_TAG_TABLE) != 0) {
    return enter_table_part(tame, tag);
  }
  if (fbk_tag_is(tag, "li"))
    close_item(tame, "li", NULL);
  else if (fbk_tag_is(tag, "dd") || fbk_tag_is(tag, "dt"))
    close_item(tame, "dd", "dt");
  else if (fbk_tag_is(tag, "a"))
    close_open(tame, "a", NULL, FBK_TAG_SCOPE);
  else if (fbk_tag_is(tag, "button"))
    close_open(tame, "button", NULL, 0);
  else if (fbk_tag_is(tag, "form") && find_open(tame, "form", NULL, 0) >= 0)
    return FALSE;
  if ((fbk_tags[tag].flags & FBK_TAG_BLOCK) != 0)
    close_open(tame, "p", NULL, FBK_TAG_SCOPE);
  if ((fbk_tags[tag].flags & FBK_TAG_HEADING) != 0 && (fbk_tags[top(tame)].flags & FBK_TAG_HEADING) != 0)
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
  g_string_append_printf(tame->out, "<%s", fbk_tags[tag].as != NULL ? fbk_tags[tag].as : fbk_tags[tag].name);
  write_attributes(tame->out, token);
  g_string_append_c(tame->out, '>');
}

/* TRUE when one more element called tag may be written. */
static gboolean has_room(Tame *tame, guint tag)
{
  gboolean link = (fbk_tags[tag].flags & FBK_TAG_LINK) != 0;
  guint depth_cap = FBK_TAME_DEPTH_MAX + (link ? FBK_TAME_DEPTH_MAX - 1 : 0);
  if (tame->depth >= depth_cap && (fbk_tags[tag].flags & FBK_TAG_VOID) == 0) {
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
  if (tame->endless[tag] || fbk_tokens_raw(&tame->tokens, fbk_tags[tag].name, &start, &end))
    return;
  tame->endless[tag] = TRUE;
  if (!fbk_tag_is(tag, "style") && !fbk_tag_is(tag, "script"))
    return; /* somebody forgot it: what follows is for readers */
  tame->tokens.at = tame->tokens.end;
  tame->cut = TRUE;
}

/* What would have begun a new line or column still parts words. */
static void leave_out(Tame *tame, guint tag)
{
  if ((fbk_tags[tag].flags & FBK_TAG_VOID) == 0)
    tame->over++;
  if ((fbk_tags[tag].flags & (FBK_TAG_BLOCK | FBK_TAG_TABLE)) != 0)
    g_string_append_c(tame->out, ' ');
}

static void open_tag(Tame *tame, const FbkToken *token)
{
  guint tag = fbk_tag_find(token->start, (gsize)(token->end - token->start));
  if ((fbk_tags[tag].flags & FBK_TAG_RAW) != 0) {
    skip_raw(tame, tag);
    return;
  }
  if ((fbk_tags[tag].flags & FBK_TAG_DROP) != 0 || (tag == 0 && tame->svg > 0))
    return;
  if (tame->over > 0 && (fbk_tags[tag].flags & (FBK_TAG_VOID | FBK_TAG_LINK)) == 0) {
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
  if ((fbk_tags[tag].flags & FBK_TAG_VOID) != 0)
    return;
  tame->stack[tame->depth++] = (guint8)tag;
  if (fbk_tag_is(tag, "svg"))
    tame->svg++;
}

/* What an end tag called tag ends, or -1. */
static int find_opening(const Tame *tame, guint tag)
{
  guint flags = fbk_tags[tag].flags;
  for (int i = (int)tame->depth - 1; i >= 0; i--) {
    guint open = tame->stack[i];
    if (open == tag || (flags & fbk_tags[open].flags & FBK_TAG_HEADING) != 0)
      return i;
    if (fbk_tag_is(open, "table") ||
        ((flags & FBK_TAG_TABLE) == 0 && (fbk_tags[open].flags & FBK_TAG_SCOPE) != 0))
      return -1;
    if ((flags & (FBK_TAG_FORMAT | FBK_TAG_BLOCK | FBK_TAG_TABLE | FBK_TAG_SCOPE)) == 0 &&
        (fbk_tags[open].flags & FBK_TAG_BLOCK) != 0)
      return -1;
  }
  return -1;
}

static void close_tag(Tame *tame, const FbkToken *token)
{
  guint tag = fbk_tag_find(token->start, (gsize)(token->end - token->start));
  if ((fbk_tags[tag].flags & (FBK_TAG_DROP | FBK_TAG_RAW)) != 0)
    return;
  if (fbk_tag_is(tag, "br") && has_room(tame, tag))
    g_string_append(tame->out, "<br>");
  if ((fbk_tags[tag].flags & FBK_TAG_VOID) != 0)
    return;
  if (tame->over > 0 && (fbk_tags[tag].flags & FBK_TAG_LINK) == 0) {
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
