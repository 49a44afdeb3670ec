/* From a host name to a connected TCP socket: overrides first, then the resolver, then every address, each
 * given a short head start before the next is tried beside it (RFC 8305). Blocks, but never past its limits,
 * and a cancel ends it at once. Any thread. */
#ifndef FBK_NET_DIAL_H
#define FBK_NET_DIAL_H

#include "net/net.h"

/* The addresses of host and port, IPv6 and IPv4 by turns; GSocketAddress *, never empty. OFFLINE when there
 * is no such name, TIMEOUT after net->connect_seconds. Step NAME. */
GPtrArray *fbk_dial_resolve(const FbkNet *net, const char *host, guint16 port, FbkSteps *steps,
                            GCancellable *cancellable, GError **err);

/* The first of addresses that answers, as a non-blocking, close-on-exec socket; host and port are for
 * sentences. OFFLINE when all refuse, TIMEOUT after net->connect_seconds. Step TCP. */
GSocket *fbk_dial_connect(const FbkNet *net, GPtrArray *addresses, const char *host, guint16 port,
                          FbkSteps *steps, GCancellable *cancellable, GError **err);

#endif
