/* A screen: a table of small functions and its own state. The app keeps a stack of them, draws the top one
 * between the title bar and the hint bar, and gives it keys. UI thread; nothing here may wait for a disk or a
 * network: that is posted to a worker under the screen's scope. */
#ifndef FBK_UI_SCREEN_H
#define FBK_UI_SCREEN_H

#include "base/job.h"
#include "ui/canvas.h"
#include "ui/keys.h"

typedef struct FbkApp FbkApp;
typedef struct FbkScreen FbkScreen;

typedef struct {
  FbkContext context;
  /* The title bar's text; g_free. */
  char *(*title)(FbkScreen *screen);
  /* Draws rows top..top+rows-1 of canvas, and sets the cursor where the selection is. */
  void (*draw)(FbkScreen *screen, FbkCanvas *canvas, int top, int rows);
  /* TRUE when it did something with the action. */
  gboolean (*act)(FbkScreen *screen, FbkAction action);
  /* A key while a text field has the focus, before the table is asked; FALSE: not for a field. May be NULL.
   */
  gboolean (*type)(FbkScreen *screen, FbkKey key);
  /* New rows may be in the catalogue, flags may have changed (a sync reported). May be NULL. */
  void (*refresh)(FbkScreen *screen);
  void (*free)(FbkScreen *screen); /* closes its scope */
} FbkScreenType;

/* The head of every screen's own struct. */
struct FbkScreen {
  const FbkScreenType *type;
  FbkApp *app;
  FbkScope *scope;
};

#endif
