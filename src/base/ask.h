/* Questions that the engine puts to the person, answered by whoever is in front: a form on the screen, the
 * tty of a command, a table in a test. Called on worker threads; each blocks until answered or cancelled. */
#ifndef FBK_BASE_ASK_H
#define FBK_BASE_ASK_H

#include <gio/gio.h>
#include "base/secret.h"

typedef gboolean (*FbkAskBorrow)(gpointer data, GError **err);

typedef struct {
  /* The secret asked for by question (translated, ready to show), or NULL with CANCELLED, or with DENIED
   * where nobody can be asked. Caller owns the secret. */
  FbkSecret *(*secret)(gpointer data, const char *question, GCancellable *cancellable, GError **err);
  /* Runs borrow while the terminal is lent to it (pinentry, a password command, an editor), and takes the
   * terminal back afterwards. Returns what borrow returned. */
  gboolean (*lend_terminal)(gpointer data, FbkAskBorrow borrow, gpointer borrow_data, GError **err);
  gpointer data;
} FbkAsk;

#endif
