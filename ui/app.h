/* The running screen: the stack of screens, the workers, the status line, the main loop. The UI thread only. */
#ifndef FBK_UI_APP_H
#define FBK_UI_APP_H

#include "flow/home.h"

/* Opens the screen and runs until the person leaves; takes home over. Returns the exit code; a terminal that cannot be
 * used (TERM=dumb, not a terminal) is refused with a sentence on stderr. */
int fbk_app_run(FbkHome *home);

#endif
