/* What form.c and form_draw.c share. */
#ifndef FBK_UI_FORM_INNER_H
#define FBK_UI_FORM_INNER_H

#include "ui/form.h"
#include "ui/line.h"

typedef enum {
  FBK_ITEM_TEXT,
  FBK_ITEM_CHOICE,
  FBK_ITEM_FIELD,
  FBK_ITEM_SECRET,
  FBK_ITEM_SETTING
} FbkItemKind;

typedef struct {
  FbkItemKind kind;
  FbkLook look;
  char *text;   /* the paragraph, or the label */
  char *detail; /* of a choice */
  FbkLineEditor *line;
  FbkSecret *secret;
  char **values;
  guint chosen;
} FbkFormItem;

struct FbkForm {
  GPtrArray *items;     /* FbkFormItem *, number n at n - 1 */
  guint focus;          /* 0: none */
  int scroll;           /* lines above the first row shown */
  int rows, total;      /* of the last drawing */
  gboolean is_scrolled; /* by hand: the focus need not be in sight */
};

#endif
