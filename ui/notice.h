/* A sentence that stands where rows would, wrapped to the screen. UI thread. */
#ifndef FBK_UI_NOTICE_H
#define FBK_UI_NOTICE_H

#include "ui/canvas.h"

/* From row top down, at most rows of it; what does not fit is dropped. */
void fbk_notice_draw(FbkCanvas *canvas, int top, int rows, FbkLook look, const char *sentence);

#endif
