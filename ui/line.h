/* A one-line editor: text, a cursor, the usual editing keys, any script. UI thread. */
#ifndef FBK_UI_LINE_H
#define FBK_UI_LINE_H

#include "ui/canvas.h"
#include "ui/term.h"

#define FBK_LINE_MAX 4096 /* bytes; more is not taken */

typedef struct FbkLineEditor FbkLineEditor;

FbkLineEditor *fbk_line_new(const char *initial); /* NULL: empty; the cursor stands at the end */
void fbk_line_free(FbkLineEditor *line);

const char *fbk_line_text(const FbkLineEditor *line); /* valid until the next key */
void fbk_line_set(FbkLineEditor *line, const char *text);

/* TRUE when key edits text. What the gate would not show (direction controls, tags) is not taken. Tab,
 * Enter, Esc and the like are not for a line. */
gboolean fbk_line_key(FbkLineEditor *line, FbkKey key);

/* TRUE for a key that stands for a character one can type. */
gboolean fbk_key_is_text(FbkKey key);

/* Draws it in cells, scrolled sideways where it is longer; focused: with the cursor. */
void fbk_line_draw(const FbkLineEditor *line, FbkCanvas *canvas, int row, int column, int cells,
                   gboolean focused);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkLineEditor, fbk_line_free)

#endif
