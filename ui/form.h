/* A form: paragraphs, choices, fields, settings, from top to bottom, with one of them in focus; wraps to any
 * width and scrolls. UI thread. */
#ifndef FBK_UI_FORM_H
#define FBK_UI_FORM_H

#include "base/secret.h"
#include "ui/canvas.h"
#include "ui/keys.h"

typedef struct FbkForm FbkForm;

FbkForm *fbk_form_new(void);
void fbk_form_free(FbkForm *form); /* wipes its secrets */

/* What stands in it, in this order. Texts are copied. The numbers name what can have the focus. */
void fbk_form_add_text(FbkForm *form, FbkLook look, const char *utf8); /* a paragraph; "" is an empty line */
guint fbk_form_add_choice(FbkForm *form, const char *label, const char *detail); /* detail: "" for none */
guint fbk_form_add_field(FbkForm *form, const char *label, const char *initial);
guint fbk_form_add_secret(FbkForm *form, const char *label); /* shown as marks, one a character */
/* One of several values, changed with left and right; values: NULL-terminated. */
guint fbk_form_add_setting(FbkForm *form, const char *label, const char *const *values, guint chosen);
/* Drops the paragraphs that were added after mark (what fbk_form_mark gave), for a text that changes. */
guint fbk_form_mark(const FbkForm *form);
void fbk_form_truncate(FbkForm *form, guint mark);

guint fbk_form_focus(const FbkForm *form); /* 0: nothing can have it */
void fbk_form_set_focus(FbkForm *form, guint number);
gboolean fbk_form_is_last(const FbkForm *form); /* nothing after the focus can have it */

const char *fbk_form_text(const FbkForm *form, guint number); /* of a field */
void fbk_form_set_text(FbkForm *form, guint number, const char *text);
guint fbk_form_chosen(const FbkForm *form, guint number);     /* of a setting */
FbkSecret *fbk_form_take_secret(FbkForm *form, guint number); /* leaves it empty; caller owns */
void fbk_form_give_secret(FbkForm *form, guint number,
                          FbkSecret *secret);                    /* back into its field; taken over */
gboolean fbk_form_has_secret(const FbkForm *form, guint number); /* something was typed */

/* TRUE when key edited the field in focus. */
gboolean fbk_form_type(FbkForm *form, FbkKey key);
/* Moves the focus, changes a setting, scrolls; FALSE: not for a form. */
gboolean fbk_form_act(FbkForm *form, FbkAction action);

/* Draws it; what has the focus is in sight, and the cursor stands there. */
void fbk_form_draw(FbkForm *form, FbkCanvas *canvas, int top, int rows);
/* Shows the end of the form until the focus moves: news stands there. */
void fbk_form_show_end(FbkForm *form);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkForm, fbk_form_free)

#endif
