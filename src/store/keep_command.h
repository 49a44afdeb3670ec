/* Runs a password command and takes the first line of what it prints. Private to store/keep and its tests. */
#ifndef FBK_STORE_KEEP_COMMAND_H
#define FBK_STORE_KEEP_COMMAND_H

#include "base/ask.h"

#define FBK_KEEP_COMMAND_SECONDS 60

/* command is split as a shell would and run without one, with the terminal lent by ask (or NULL: neither
 * terminal nor its messages). secret gets the first line without its line break; the rest is read and
 * thrown away. Its bytes are never anywhere else. BAD_INPUT when it fails, prints nothing, or a line over
 * FBK_SECRET_MAX; NOT_FOUND when there is no such program; TIMEOUT after seconds, then it is killed. */
gboolean fbk_keep_command(const char *command, guint seconds, const FbkAsk *ask, GCancellable *cancellable,
                          FbkSecret *secret, GError **err);

#endif
