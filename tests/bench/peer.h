/* Another mail program on a terminal of its own, timed from key to screen. */
#ifndef FUBAKO_BENCH_PEER_H
#define FUBAKO_BENCH_PEER_H

#include <glib.h>

typedef enum { PEER_FIRST, PEER_LAST, PEER_NEXT_PAGE, PEER_NEXT_UNREAD, PEER_FIGURES } PeerFigure;

/* program: "mutt" or "neomutt", which share their settings. It runs with a header cache, twice, and the
 * second run counts: from its start to the first screen of the list, and from a key to the first bytes of its
 * answer; milliseconds into out. FALSE when it does not answer within a minute. */
gboolean peer_measure(const char *program, const char *maildir, gboolean threads, double *out);

void peer_remove_all(const char *path);

#endif
