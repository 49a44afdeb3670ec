/* A word in the status line for what takes longer than a blink: said after 100 ms, gone when it ends. UI
 * thread. */
#ifndef FBK_UI_LATE_H
#define FBK_UI_LATE_H

#include "ui/app.h"

/* Part of a screen's struct; all zero at first. */
typedef struct {
  FbkApp *app;
  char *text;
  guint source;
  gboolean is_said;
} FbkLate;

/* Says text (copied) unless fbk_late_end comes first; a word that waited before is dropped. */
void fbk_late_begin(FbkLate *late, FbkApp *app, const char *text);
/* Takes the word back where it still stands. Also before the screen is freed. */
void fbk_late_end(FbkLate *late);

#endif
