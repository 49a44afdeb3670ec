/* A sentence that stands where rows would. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/notice.h"

#include <string.h>

#include "base/text.h"
#include "mail/wrap.h"

#define MARGIN 1

void fbk_notice_draw(FbkCanvas *canvas, int top, int rows, FbkLook look, const char *sentence)
{
  int cells = MAX(1, fbk_canvas_columns(canvas) - 2 * MARGIN);
  g_autofree char *clean = fbk_text_gate(sentence, -1, FBK_GATE_LINE);
  g_autoptr(GArray) lines = fbk_wrap(clean, strlen(clean), cells, cells);
  for (int i = 0; i < (int)lines->len && i < rows; i++) {
    const FbkWrapLine *line = &g_array_index(lines, FbkWrapLine, i);
    g_autofree char *part = g_strndup(clean + line->start, line->end - line->start);
    fbk_canvas_text(canvas, top + i, MARGIN, cells, look, part);
  }
}
