/* The elements of HTML that tame.c knows, and how each nests. Tables; any thread. */
#ifndef FBK_MAIL_TAME_TAGS_H
#define FBK_MAIL_TAME_TAGS_H

#include <glib.h>
#include <string.h>

typedef enum {
  FBK_TAG_VOID = 1 << 0,    /* has no content */
  FBK_TAG_BLOCK = 1 << 1,   /* ends an open paragraph */
  FBK_TAG_SCOPE = 1 << 2,   /* end tags inside do not reach past it */
  FBK_TAG_RAW = 1 << 3,     /* its content is no markup and not for readers */
  FBK_TAG_FORMAT = 1 << 4,  /* its end tag may cross blocks */
  FBK_TAG_LINK = 1 << 5,    /* kept at any depth */
  FBK_TAG_DROP = 1 << 6,    /* the tag goes, the content stays */
  FBK_TAG_HEADING = 1 << 7, /* closed by any heading's end tag */
  FBK_TAG_TABLE = 1 << 8    /* parts of tables */
} FbkTagFlags;

typedef struct {
  const char *name;
  guint flags;
  const char *as; /* what is written instead, or NULL */
} FbkTag;

#define FBK_TAG_COUNT 88

/* By index; 0 stands for every element that is not known. */
extern const FbkTag fbk_tags[];

guint fbk_tag_find(const char *name, gsize len);

/* Asked for every open element at every tag: hence in line. */
static inline gboolean fbk_tag_is(guint tag, const char *name)
{
  return fbk_tags[tag].name[0] == name[0] && strcmp(fbk_tags[tag].name, name) == 0;
}

#endif
