/* Names to addresses with a resolver that lies, sleeps or mixes families. SPDX-License-Identifier:
 * GPL-3.0-or-later
 */
#include <string.h>
#include "base/err.h"
#include "net/dial.h"

#define HOST "mail.campus.example"

/* A resolver for tests: "slow." never answers until it is cancelled, "none." has no address, "broken." fails;
 * everything else has three addresses of IPv6 and two of IPv4. */
typedef GResolver TestResolver;
typedef GResolverClass TestResolverClass;
static GType test_resolver_get_type(void);
G_DEFINE_TYPE(TestResolver, test_resolver, G_TYPE_RESOLVER)

static void stop_sleeping(GCancellable *cancellable, gpointer task)
{
  (void)cancellable;
  g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  g_object_unref(task);
}

static void look_up(GResolver *resolver, const gchar *name, GCancellable *cancellable,
                    GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new(resolver, cancellable, callback, data);
  if (g_str_has_prefix(name, "slow.")) {
    g_cancellable_connect(cancellable, G_CALLBACK(stop_sleeping), task,
                          NULL); /* at once, where it is cancelled */
    return;
  }
  if (g_str_has_prefix(name, "none.")) {
    g_task_return_new_error(task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such name");
  } else if (g_str_has_prefix(name, "broken.")) {
    g_task_return_new_error(task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, "try later");
  } else {
    static const char *const addresses[] = {"2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1",
                                            "192.0.2.2"};
    GList *found = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++)
      found = g_list_append(found, g_inet_address_new_from_string(addresses[i]));
    g_task_return_pointer(task, found, (GDestroyNotify)g_resolver_free_addresses);
  }
  g_object_unref(task);
}

static GList *look_up_finish(GResolver *resolver, GAsyncResult *result, GError **err)
{
  (void)resolver;
  return g_task_propagate_pointer(G_TASK(result), err);
}

static void test_resolver_class_init(TestResolverClass *class)
{
  class->lookup_by_name_async = look_up;
  class->lookup_by_name_finish = look_up_finish;
}

static void test_resolver_init(TestResolver *resolver)
{
  (void)resolver;
}

static void test_families_by_turns(void)
{
  static const char *const expected[] = {"2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2",
                                         "2001:db8::3"};
  g_autoptr(FbkNet) net = fbk_net_new();
  g_autoptr(GError) err = NULL;
  g_autoptr(GPtrArray) found = fbk_dial_resolve(net, HOST, 993, NULL, NULL, &err);
  g_assert_no_error(err);
  g_assert_cmpuint(found->len, ==, G_N_ELEMENTS(expected));
  for (guint i = 0; i < found->len; i++) {
    GInetSocketAddress *address = g_ptr_array_index(found, i);
    g_autofree char *text = g_inet_address_to_string(g_inet_socket_address_get_address(address));
    g_assert_cmpstr(text, ==, expected[i]);
    g_assert_cmpuint(g_inet_socket_address_get_port(address), ==, 993);
  }
}

static void test_override(void)
{
  g_autoptr(FbkNet) net = fbk_net_new();
  g_assert_true(fbk_net_add_resolve(net, HOST ":993:127.0.0.1:10993", NULL));
  g_autoptr(GPtrArray) same = fbk_dial_resolve(net, "Mail.Campus.Example", 993, NULL, NULL, NULL);
  g_autoptr(GPtrArray) other = fbk_dial_resolve(net, HOST, 143, NULL, NULL, NULL);
  g_assert_cmpuint(same->len, ==, 1);
  g_assert_cmpuint(g_inet_socket_address_get_port(g_ptr_array_index(same, 0)), ==, 10993);
  g_assert_cmpuint(other->len, ==, 5); /* another port is another place */
}

static void test_no_name(void)
{
  static const struct {
    const char *host, *sentence;
    int code;
  } rows[] = {{"none.example", "no server called none.example", FBK_ERR_OFFLINE},
              {"broken.example", "cannot be looked up", FBK_ERR_OFFLINE},
              {"slow.example", "within 1 second", FBK_ERR_TIMEOUT}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(FbkNet) net = fbk_net_new();
    net->connect_seconds = 1;
    g_autoptr(GError) err = NULL;
    FbkSteps steps = {.current = FBK_STEP_SIGN_IN};
    g_assert_null(fbk_dial_resolve(net, rows[i].host, 993, &steps, NULL, &err));
    g_assert_error(err, FBK_ERROR, rows[i].code);
    g_assert_nonnull(strstr(err->message, rows[i].sentence));
    g_assert_cmpint(steps.current, ==, FBK_STEP_NAME);
  }
}

static gpointer cancel_it(gpointer data)
{
  g_cancellable_cancel(data);
  return NULL;
}

/* A name server that does not answer must not hold up whoever cancels. */
static void test_cancel(void)
{
  g_autoptr(FbkNet) net = fbk_net_new();
  net->connect_seconds = 60;
  g_autoptr(GCancellable) cord = g_cancellable_new();
  g_autoptr(GError) err = NULL;
  gint64 start = g_get_monotonic_time();
  GThread *other = g_thread_new("other", cancel_it, cord);
  g_assert_null(fbk_dial_resolve(net, "slow.example", 993, NULL, cord, &err));
  g_thread_join(other);
  g_assert_error(err, FBK_ERROR, FBK_ERR_CANCELLED);
  g_assert_cmpint(g_get_monotonic_time() - start, <, 2 * G_TIME_SPAN_SECOND);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_autoptr(GResolver) resolver = g_object_new(test_resolver_get_type(), NULL);
  g_resolver_set_default(resolver);
  g_test_add_func("/net/dial/families-by-turns", test_families_by_turns);
  g_test_add_func("/net/dial/override", test_override);
  g_test_add_func("/net/dial/no-name", test_no_name);
  g_test_add_func("/net/dial/cancel", test_cancel);
  return g_test_run();
}
