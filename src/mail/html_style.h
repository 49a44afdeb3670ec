/* The few words of inline CSS that decide whether text is seen at all. Pure. */
#ifndef FBK_MAIL_HTML_STYLE_H
#define FBK_MAIL_HTML_STYLE_H

#include <glib.h>

typedef struct {
  gboolean gone;     /* display:none, max-height:0, opacity:0 ...: nothing inside can come back */
  int invisible;     /* visibility: 1 hidden, 0 visible again, -1 not said */
  int zero_size;     /* font-size: 1 zero, 0 some size, -1 not said */
  int width, height; /* in pixels, or -1 */
} FbkInlineStyle;

/* css: a style attribute, or NULL. */
FbkInlineStyle fbk_inline_style(const char *css);

#endif
