/* Names to addresses, addresses to a socket. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <glib/gi18n.h>
#include "base/err.h"
#include "base/log.h"

#define ADDRESSES_MAX 16
#define HEAD_START (300 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  GMainContext *context;
  GCancellable *stop; /* pulled by the person and by the clock alike */
  gboolean late;
  gboolean done;
  GList *found;
  GError *failure;
} Lookup;

static void lookup_done(GObject *source, GAsyncResult *result, gpointer data)
{
  Lookup *lookup = data;
  lookup->found = g_resolver_lookup_by_name_finish(G_RESOLVER(source), result, &lookup->failure);
  lookup->done = TRUE;
}

static gboolean lookup_late(gpointer data)
{
  Lookup *lookup = data;
  lookup->late = TRUE;
  g_cancellable_cancel(lookup->stop);
  return G_SOURCE_REMOVE;
}

/* On whichever thread cancels. */
static void lookup_cancelled(GCancellable *cancellable, gpointer stop)
{
  (void)cancellable;
  g_cancellable_cancel(stop);
}

/* The resolver has no deadline of its own and getaddrinfo cannot be interrupted: the lookup runs in GLib's
 * thread and is left behind when it takes too long. A private context keeps the caller's loop out of it. */
static void look_up(const char *host, guint seconds, GCancellable *cancellable, Lookup *lookup)
{
  lookup->context = g_main_context_new();
  lookup->stop = g_cancellable_new();
  g_main_context_push_thread_default(lookup->context);
  g_autoptr(GSource) clock = g_timeout_source_new_seconds(seconds);
  g_source_set_callback(clock, lookup_late, lookup, NULL);
  g_source_attach(clock, lookup->context);
  gulong person =
      cancellable ? g_cancellable_connect(cancellable, G_CALLBACK(lookup_cancelled), lookup->stop, NULL) : 0;
  g_autoptr(GResolver) resolver = g_resolver_get_default();
  g_resolver_lookup_by_name_async(resolver, host, lookup->stop, lookup_done, lookup);
  while (!lookup->done)
    g_main_context_iteration(lookup->context, TRUE);
  g_source_destroy(clock);
  g_cancellable_disconnect(cancellable, person);
  g_main_context_pop_thread_default(lookup->context);
  g_main_context_unref(lookup->context);
  g_object_unref(lookup->stop);
}

static void explain_lookup(const Lookup *lookup, const char *host, guint seconds, GCancellable *cancellable,
                           GError **err)
{
  fbk_log("net", "%s: %s", host, lookup->failure != NULL ? lookup->failure->message : "no address");
  if (fbk_cancelled(cancellable, err))
    return;
  if (lookup->late)
    fbk_error_set(err, FBK_ERR_TIMEOUT, _("The address of %s could not be found within %u seconds."), host,
                  seconds);
  else if (g_error_matches(lookup->failure, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    fbk_error_set(err, FBK_ERR_OFFLINE, _("There is no server called %s, as far as this network knows."),
                  host);
  else
    fbk_error_set(err, FBK_ERR_OFFLINE, _("The address of %s cannot be looked up at present."), host);
}

/* IPv6 and IPv4 by turns, in the resolver's order otherwise, so that one dead family costs one head start. */
static GPtrArray *interleave(GList *found, guint16 port)
{
  GPtrArray *out = g_ptr_array_new_with_free_func(g_object_unref);
  GList *first = found, *second = found;
  GSocketFamily family = g_inet_address_get_family(found->data);
  while ((first != NULL || second != NULL) && out->len < ADDRESSES_MAX) {
    while (first != NULL && g_inet_address_get_family(first->data) != family)
      first = first->next;
    while (second != NULL && g_inet_address_get_family(second->data) == family)
      second = second->next;
    if (first != NULL) {
      g_ptr_array_add(out, g_inet_socket_address_new(first->data, port));
      first = first->next;
    }
    if (second != NULL) {
      g_ptr_array_add(out, g_inet_socket_address_new(second->data, port));
      second = second->next;
    }
  }
  return out;
}

static GPtrArray *overrides(const FbkNet *net, const char *host, guint16 port)
{
  GPtrArray *out = g_ptr_array_new_with_free_func(g_object_unref);
  for (guint i = 0; i < net->resolve->len && out->len < ADDRESSES_MAX; i++) {
    const FbkResolve *resolve = g_ptr_array_index(net->resolve, i);
    if (resolve->port == port && g_ascii_strcasecmp(resolve->host, host) == 0)
      g_ptr_array_add(out, g_inet_socket_address_new_from_string(resolve->to_address, resolve->to_port));
  }
  return out;
}

static char *address_text(GSocketAddress *address)
{
  return g_inet_address_to_string(g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)));
}

GPtrArray *fbk_dial_resolve(const FbkNet *net, const char *host, guint16 port, FbkSteps *steps,
                            GCancellable *cancellable, GError **err)
{
  fbk_steps_begin(steps, FBK_STEP_NAME);
  if (fbk_cancelled(cancellable, err))
    return NULL;
  g_autoptr(GPtrArray) out = overrides(net, host, port);
  if (out->len == 0) {
    Lookup lookup = {0};
    look_up(host, net->connect_seconds, cancellable, &lookup);
    if (lookup.found == NULL) {
      explain_lookup(&lookup, host, net->connect_seconds, cancellable, err);
      g_clear_error(&lookup.failure);
      return NULL;
    }
    g_ptr_array_unref(out);
    out = interleave(lookup.found, port);
    g_resolver_free_addresses(lookup.found);
  }
  g_autofree char *first = address_text(g_ptr_array_index(out, 0));
  fbk_steps_passed(steps, _("%s is %s"), host, first);
  return g_steal_pointer(&out);
}

/* The tries that run side by side. */
typedef struct {
  GSocket *sockets[ADDRESSES_MAX];
  guint started, running;
  GSocket *winner;
  GError *failure; /* of the last that failed */
} Race;

static void race_lose(Race *race, guint which, GError *failure)
{
  g_clear_object(&race->sockets[which]);
  race->running--;
  g_clear_error(&race->failure);
  race->failure = failure;
}

static void race_start(Race *race, GSocketAddress *address)
{
  guint which = race->started++;
  GError *failure = NULL;
  race->running++;
  race->sockets[which] = g_socket_new(g_socket_address_get_family(address), G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, &failure);
  if (race->sockets[which] == NULL) {
    race_lose(race, which, failure);
    return;
  }
  g_socket_set_blocking(race->sockets[which], FALSE);
  if (g_socket_connect(race->sockets[which], address, NULL, &failure))
    race->winner = g_steal_pointer(&race->sockets[which]);
  else if (!g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_PENDING))
    race_lose(race, which, failure);
  else
    g_error_free(failure);
}

/* Waits until a try is decided, until time until, or until the person cancels. */
static void race_wait(Race *race, gint64 until, GCancellable *cancellable)
{
  GPollFD polls[ADDRESSES_MAX + 1];
  guint which[ADDRESSES_MAX], count = 0;
  for (guint i = 0; i < race->started; i++) {
    if (race->sockets[i] == NULL)
      continue;
    which[count] = i;
    polls[count++] = (GPollFD){.fd = g_socket_get_fd(race->sockets[i]), .events = G_IO_OUT};
  }
  guint all = count;
  gboolean can_cancel = g_cancellable_make_pollfd(cancellable, &polls[all]);
  if (can_cancel)
    all++;
  gint64 left = MAX(until - g_get_monotonic_time(), 0);
  gint ready = g_poll(polls, all, (gint)(left / 1000 + 1));
  if (can_cancel)
    g_cancellable_release_fd(cancellable);
  for (guint i = 0; ready > 0 && i < count && race->winner == NULL; i++) {
    if (polls[i].revents == 0)
      continue;
    GError *failure = NULL;
    if (g_socket_check_connect_result(race->sockets[which[i]], &failure))
      race->winner = g_steal_pointer(&race->sockets[which[i]]);
    else
      race_lose(race, which[i], failure);
  }
}

static void race_run(Race *race, GPtrArray *addresses, gint64 deadline, GCancellable *cancellable)
{
  gint64 next = 0;
  while (race->winner == NULL && !g_cancellable_is_cancelled(cancellable)) {
    gint64 now = g_get_monotonic_time();
    if (now >= deadline)
      return;
    if (race->started < addresses->len && (race->running == 0 || now >= next)) {
      race_start(race, g_ptr_array_index(addresses, race->started));
      next = now + HEAD_START;
      continue;
    }
    if (race->running == 0)
      return;
    race_wait(race, race->started < addresses->len ? MIN(next, deadline) : deadline, cancellable);
  }
}

static void explain_race(const Race *race, const char *host, guint port, guint seconds, GError **err)
{
  if (race->running > 0) {
    fbk_error_set(err, FBK_ERR_TIMEOUT, _("%s does not answer on port %u within %u seconds."), host, port,
                  seconds);
    return;
  }
  if (g_error_matches(race->failure, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    fbk_error_set(err, FBK_ERR_OFFLINE, _("%s refuses connections on port %u."), host, port);
  else
    fbk_error_set(err, FBK_ERR_OFFLINE, _("%s cannot be reached on port %u from this network."), host, port);
}

GSocket *fbk_dial_connect(const FbkNet *net, GPtrArray *addresses, const char *host, guint16 port,
                          FbkSteps *steps, GCancellable *cancellable, GError **err)
{
  fbk_steps_begin(steps, FBK_STEP_TCP);
  Race race = {0};
  race_run(&race, addresses, g_get_monotonic_time() + net->connect_seconds * G_TIME_SPAN_SECOND, cancellable);
  if (race.winner != NULL && fbk_cancelled(cancellable, err))
    g_clear_object(&race.winner);
  else if (race.winner == NULL && !fbk_cancelled(cancellable, err))
    explain_race(&race, host, port, net->connect_seconds, err);
  if (race.failure != NULL)
    fbk_log("net", "%s:%u: %s", host, port, race.failure->message);
  for (guint i = 0; i < race.started; i++)
    g_clear_object(&race.sockets[i]);
  g_clear_error(&race.failure);
  if (race.winner == NULL)
    return NULL;
  /* Commands are small and waited for; a dead link in a long wait shall be noticed by the kernel. */
  g_socket_set_option(race.winner, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_socket_set_keepalive(race.winner, TRUE);
  g_autoptr(GSocketAddress) peer = g_socket_get_remote_address(race.winner, NULL);
  g_autofree char *text = peer != NULL ? address_text(peer) : g_strdup(host);
  fbk_steps_passed(steps, _("%s answers on port %u"), text, port);
  return race.winner;
}
