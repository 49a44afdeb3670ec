/* Plain text into blocks. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/plain.h"

#include <string.h>

#define QUOTE_CAP 20 /* levels; deeper marks stay in the text */

typedef struct {
  FbkDoc *doc;
  gboolean flowed, delsp;
  GString *paragraph; /* flowed lines joined so far */
  guint level;        /* their quote depth */
  gboolean open;      /* the last line asked for more */
} Plain;

/* The depth of a line's quote, and where its text begins. */
static guint quote_level(const char *line, gsize len, gsize *start_out)
{
  guint level = 0;
  gsize at = 0;
  while (at < len && level < QUOTE_CAP) {
    gsize mark = at + (line[at] == ' ' && level > 0 && at + 1 < len && line[at + 1] == '>');
    if (line[mark] != '>')
      break;
    at = mark + 1;
    level++;
  }
  *start_out = at;
  return level;
}

static void add_words(FbkDoc *doc, const char *text, gsize len, FbkStyle style)
{
  gsize at = 0, start, end;
  while (fbk_plain_find_address(text, len, at, &start, &end)) {
    fbk_doc_add(doc, text + at, start - at, style, 0);
    g_autofree char *shown = g_strndup(text + start, end - start);
    gboolean bare = g_ascii_strncasecmp(shown, "www.", 4) == 0;
    g_autofree char *href = g_strconcat(bare ? "https://" : "", shown, NULL);
    guint link = fbk_doc_link(doc, FBK_LINK_KIND_PLAIN, NULL, href, FALSE);
    fbk_doc_link_text(doc, link, shown, strlen(shown));
    fbk_doc_add(doc, shown, strlen(shown), link != 0 ? FBK_STYLE_LINK : style, link);
    fbk_doc_mark(doc, link);
    at = end;
  }
  fbk_doc_add(doc, text + at, len - at, style, 0);
}

static void put_block(Plain *plain, const char *text, gsize len, guint level)
{
  char prefix[2 * QUOTE_CAP + 1];
  for (guint i = 0; i < level; i++)
    memcpy(prefix + 2 * i, "> ", 2);
  prefix[2 * level] = '\0';
  fbk_doc_block(plain->doc, FBK_BLOCK_TEXT, 0, prefix, prefix);
  add_words(plain->doc, text, len, level > 0 ? FBK_STYLE_QUOTE : FBK_STYLE_PLAIN);
}

static void end_paragraph(Plain *plain)
{
  if (!plain->open)
    return;
  plain->open = FALSE;
  put_block(plain, plain->paragraph->str, plain->paragraph->len, plain->level);
  g_string_truncate(plain->paragraph, 0);
}

/* RFC 3676 4: a space at the end asks for the next line of the same depth; "-- " never does. */
static void add_flowed(Plain *plain, const char *line, gsize len, guint level)
{
  if (len > 0 && line[0] == ' ') { /* space-stuffed */
    line++;
    len--;
  }
  gboolean signature = len == 3 && memcmp(line, "-- ", 3) == 0;
  gboolean more = len > 0 && line[len - 1] == ' ' && !signature;
  if (plain->open && (level != plain->level || signature))
    end_paragraph(plain);
  plain->level = level;
  plain->open = TRUE;
  g_string_append_len(plain->paragraph, line, (gssize)(more && plain->delsp ? len - 1 : len));
  if (!more)
    end_paragraph(plain);
}

static void add_line(Plain *plain, const char *line, gsize len)
{
  gsize start;
  guint level = quote_level(line, len, &start);
  if (len > 0 && line[len - 1] == '\r')
    len = MAX(len - 1, start);
  if (plain->flowed) {
    add_flowed(plain, line + start, len - start, level);
    return;
  }
  start += level > 0 && start < len && line[start] == ' ';
  put_block(plain, line + start, len - start, level);
}

void fbk_plain_to_doc(const char *text, gsize len, gboolean flowed, gboolean delsp, FbkDoc *doc)
{
  /* NULs would end strings early; what is no UTF-8 becomes a mark. */
  g_autofree char *clean = g_utf8_make_valid(text, (gssize)len);
  Plain plain = {.doc = doc, .flowed = flowed, .delsp = delsp, .paragraph = g_string_new(NULL)};
  for (const char *at = clean; *at != '\0' && !doc->cut;) {
    gsize length = strcspn(at, "\n");
    add_line(&plain, at, length);
    at += length + (at[length] == '\n');
  }
  end_paragraph(&plain);
  g_string_free(plain.paragraph, TRUE);
}
