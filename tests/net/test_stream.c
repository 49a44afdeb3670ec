/* Streams: lines, limits, deadlines, cancel, and both sides talking at once.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sys/socket.h>
#include "base/err.h"
#include "net/stream.h"
#include "tests/shared/mock_server.h"

#define HOST "mail.campus.example"
#define PORT 143
#define MEGABYTE (1024 * 1024)

static FbkStream *connect_to(MockServer *server, guint seconds)
{
  g_autoptr(FbkNet) net = mock_server_net(server, HOST, PORT);
  net->connect_seconds = net->idle_seconds = seconds;
  g_autoptr(GError) err = NULL;
  FbkStream *stream = fbk_stream_connect(net, HOST, PORT, NULL, NULL, &err);
  g_assert_no_error(err);
  return stream;
}

static double seconds_since(gint64 start)
{
  return (double)(g_get_monotonic_time() - start) / G_TIME_SPAN_SECOND;
}

/* A port where nobody listens any more. */
static guint16 closed_port(void)
{
  g_autoptr(MockServer) server = mock_server_start((const MockStep[]){{MOCK_END}});
  return mock_server_port(server);
}

/* A listening socket whose queue is full: the kernel drops every further SYN, as a dead network would. */
typedef struct {
  GSocket *listener, *fillers[4];
  guint16 port;
} BlackHole;

static void black_hole_open(BlackHole *hole)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
  hole->listener = g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_socket_set_listen_backlog(hole->listener, 0);
  g_assert_true(g_socket_bind(hole->listener, any, FALSE, NULL) && g_socket_listen(hole->listener, NULL));
  g_autoptr(GSocketAddress) bound = g_socket_get_local_address(hole->listener, NULL);
  hole->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
  for (gsize i = 0; i < G_N_ELEMENTS(hole->fillers); i++) {
    hole->fillers[i] = g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
    g_socket_set_blocking(hole->fillers[i], FALSE);
    g_socket_connect(hole->fillers[i], bound, NULL, NULL);
  }
}

static void black_hole_close(BlackHole *hole)
{
  g_object_unref(hole->listener);
  for (gsize i = 0; i < G_N_ELEMENTS(hole->fillers); i++)
    g_object_unref(hole->fillers[i]);
}

static void add_address(FbkNet *net, guint16 port)
{
  g_autofree char *spec = g_strdup_printf("%s:%u:127.0.0.1:%u", HOST, PORT, port);
  g_assert_true(fbk_net_add_resolve(net, spec, NULL));
}

static void test_resolve_spec(void)
{
  static const struct {
    const char *spec, *address;
    guint port, to_port;
  } rows[] = {
      {"imap.x:993:127.0.0.1:10993", "127.0.0.1", 993, 10993},
      {"IMAP.X:993:[::1]:10993", "::1", 993, 10993},
      {"imap.x:993:127.0.0.1", NULL, 0, 0},
      {"imap.x:993:::1:10993", NULL, 0, 0},
      {"imap.x:0:127.0.0.1:10993", NULL, 0, 0},
      {"imap.x:993:127.0.0.1:65536", NULL, 0, 0},
      {"imap.x:993:localhost:1", NULL, 0, 0},
      {"imap.x:993:[]:1", NULL, 0, 0},
      {":993:127.0.0.1:1", NULL, 0, 0},
      {"imap.x:993::1", NULL, 0, 0},
      {"", NULL, 0, 0},
      {":::", NULL, 0, 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(FbkNet) net = fbk_net_new();
    g_autoptr(GError) err = NULL;
    gboolean fine = fbk_net_add_resolve(net, rows[i].spec, &err);
    g_test_message("%s", rows[i].spec);
    if (rows[i].address == NULL) {
      g_assert_false(fine);
      g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
      continue;
    }
    g_assert_no_error(err);
    const FbkResolve *resolve = g_ptr_array_index(net->resolve, 0);
    g_assert_cmpstr(resolve->host, ==, "imap.x");
    g_assert_cmpstr(resolve->to_address, ==, rows[i].address);
    g_assert_cmpuint(resolve->port, ==, rows[i].port);
    g_assert_cmpuint(resolve->to_port, ==, rows[i].to_port);
  }
}

static void test_refused(void)
{
  g_autoptr(FbkNet) net = fbk_net_new();
  add_address(net, closed_port());
  g_autoptr(GError) err = NULL;
  FbkSteps steps = {0};
  g_assert_null(fbk_stream_connect(net, HOST, PORT, &steps, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_OFFLINE);
  g_assert_nonnull(strstr(err->message, HOST " refuses connections on port 143"));
  g_assert_cmpint(steps.current, ==, FBK_STEP_TCP);
}

/* A dead address and a refusing one must not keep us from a good one for longer than 3 s. */
static void test_falls_over(void)
{
  BlackHole hole;
  black_hole_open(&hole);
  g_autoptr(MockServer) server = mock_server_start((const MockStep[]){{MOCK_SEND, "hello\r\n"}, {MOCK_END}});
  g_autoptr(FbkNet) net = fbk_net_new();
  add_address(net, hole.port);
  add_address(net, closed_port());
  add_address(net, mock_server_port(server));
  g_autoptr(GError) err = NULL;
  g_autoptr(GString) line = g_string_new(NULL);
  gint64 start = g_get_monotonic_time();
  g_autoptr(FbkStream) stream = fbk_stream_connect(net, HOST, PORT, NULL, NULL, &err);
  g_assert_no_error(err);
  g_assert_cmpfloat(seconds_since(start), <, 3.0);
  g_assert_true(fbk_stream_read_line(stream, line, 100, &err));
  g_assert_cmpstr(line->str, ==, "hello");
  black_hole_close(&hole);
}

static void test_no_answer(void)
{
  BlackHole hole;
  black_hole_open(&hole);
  g_autoptr(FbkNet) net = fbk_net_new();
  net->connect_seconds = 1;
  add_address(net, hole.port);
  g_autoptr(GError) err = NULL;
  gint64 start = g_get_monotonic_time();
  g_assert_null(fbk_stream_connect(net, HOST, PORT, NULL, NULL, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_TIMEOUT);
  g_assert_cmpfloat(seconds_since(start), >=, 0.9);
  black_hole_close(&hole);
}

static void test_lines(void)
{
  static const MockStep script[] = {{MOCK_SEND, "one\r\ntwo\n\r\na\rb\r\n12345\r\n"},
                                    {MOCK_DRIBBLE, "slow\r\n", .number = 1},
                                    {MOCK_SEND, "123456\r\n"},
                                    {MOCK_END}};
  static const char *const expected[] = {"one", "two", "", "a\rb", "12345", "slow"};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkStream) stream = connect_to(server, 5);
  g_autoptr(GString) line = g_string_new("old");
  g_autoptr(GError) err = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
    g_assert_true(fbk_stream_read_line(stream, line, 5, &err));
    g_assert_cmpstr(line->str, ==, expected[i]);
  }
  g_assert_false(fbk_stream_read_line(stream, line, 5, &err)); /* one byte over the cap */
  g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
}

static void test_nul_in_line(void)
{
  static const MockStep script[] = {{MOCK_SEND, "a\0b\r\n", .len = 5}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkStream) stream = connect_to(server, 5);
  g_autoptr(GString) line = g_string_new(NULL);
  g_autoptr(GError) err = NULL;
  g_assert_false(fbk_stream_read_line(stream, line, 100, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
}

static void test_endless_line(void)
{
  static const MockStep script[] = {{MOCK_FLOOD, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkStream) stream = connect_to(server, 5);
  g_autoptr(GString) line = g_string_new(NULL);
  g_autoptr(GError) err = NULL;
  g_assert_false(fbk_stream_read_line(stream, line, FBK_STREAM_LINE_MAX, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
  g_assert_cmpuint(line->len, ==, 0);
  g_clear_pointer(&stream, fbk_stream_free);
  g_assert_true(mock_server_wait(server, 1));
  g_assert_cmpuint(mock_server_sent(server), <, 16 * MEGABYTE); /* what kernels hold, and our MiB */
}

static void test_budget(void)
{
  static const MockStep script[] = {{MOCK_FLOOD, "a line\r\n"}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkStream) stream = connect_to(server, 5);
  g_autoptr(GString) line = g_string_new(NULL);
  g_autoptr(GError) err = NULL;
  guint lines = 0;
  fbk_stream_set_budget(stream, MEGABYTE, 0);
  while (fbk_stream_read_line(stream, line, 100, &err))
    lines++;
  g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
  g_assert_cmpuint(lines, <=, MEGABYTE / 8);
  g_assert_cmpuint(lines, >, MEGABYTE / 16);
}

static void test_end_is_an_error(void)
{
  static const MockStep script[] = {{MOCK_SEND, "half a li"}, {MOCK_CLOSE}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkStream) stream = connect_to(server, 5);
  g_autoptr(GString) line = g_string_new(NULL);
  g_autoptr(GError) err = NULL, again = NULL, third = NULL;
  char byte;
  g_assert_false(fbk_stream_read_line(stream, line, 100, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
  g_assert_nonnull(strstr(err->message, "closed the connection"));
  g_assert_cmpint(fbk_stream_read(stream, &byte, 1, &again), ==, -1); /* not even what is buffered */
  g_assert_error(again, FBK_ERROR, FBK_ERR_PROTOCOL);
  g_assert_false(fbk_stream_write(stream, "x", 1, &third));
  g_assert_cmpstr(third->message, ==, err->message);
}

static void test_silence(void)
{
  static const MockStep script[] = {{MOCK_STALL}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkStream) stream = connect_to(server, 1);
  g_autoptr(GString) line = g_string_new(NULL);
  g_autoptr(GError) err = NULL;
  gint64 start = g_get_monotonic_time();
  g_assert_false(fbk_stream_read_line(stream, line, 100, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_TIMEOUT);
  g_assert_nonnull(strstr(err->message, "within 1 second"));
  g_assert_cmpfloat(seconds_since(start), >=, 0.9);
  g_assert_cmpfloat(seconds_since(start), <, 5.0);
}

/* Each byte comes in time, all of them never do. */
static void test_dribble(void)
{
  static const MockStep script[] = {
      {MOCK_DRIBBLE,
       "a line that takes ten seconds to come, at a tenth of a second for each of its bytes .........\r\n",
       .number = 100},
      {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkStream) stream = connect_to(server, 5);
  g_autoptr(GString) line = g_string_new(NULL);
  g_autoptr(GError) err = NULL;
  gint64 start = g_get_monotonic_time();
  fbk_stream_set_budget(stream, 1000, 1);
  g_assert_false(fbk_stream_read_line(stream, line, 200, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_TIMEOUT);
  g_assert_cmpfloat(seconds_since(start), <, 5.0);
}

static void test_wait(void)
{
  static const MockStep script[] = {{MOCK_EXPECT, "go"}, {MOCK_SEND, "x\r\n"}, {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkStream) stream = connect_to(server, 5);
  g_autoptr(GString) line = g_string_new(NULL);
  g_autoptr(GError) err = NULL;
  g_assert_false(fbk_stream_wait(stream, 0, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_TIMEOUT);
  g_clear_error(&err);
  g_assert_true(fbk_stream_printf(stream, &err, "%s\r\n", "go"));
  g_assert_true(fbk_stream_wait(stream, 5, &err));
  g_assert_true(fbk_stream_wait(stream, 0, &err)); /* what is buffered counts */
  g_assert_true(fbk_stream_read_line(stream, line, 10, &err));
  g_assert_cmpstr(line->str, ==, "x");
}

/* The server talks before it listens, and so do we: neither may wait for the other for ever. */
static void check_duplex(gboolean tls)
{
  const MockStep script[] = {{MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, HOST)},
                             {MOCK_SEND, "+"},
                             {MOCK_FLOOD, "0123456789abcdef", .number = 8 * MEGABYTE},
                             {MOCK_READ, .number = 12 * MEGABYTE},
                             {MOCK_SEND, "!"},
                             {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(tls ? script : script + 1);
  g_autoptr(FbkStream) stream = connect_to(server, 20);
  g_autoptr(GError) err = NULL;
  if (tls)
    g_assert_true(fbk_stream_start_tls(stream, NULL, &err));
  g_autofree char *much = g_malloc(12 * MEGABYTE);
  memset(much, 'w', 12 * MEGABYTE);
  g_assert_true(fbk_stream_write(stream, much, 12 * MEGABYTE, &err));
  g_assert_no_error(err);
  gsize total = 8 * MEGABYTE + 2, got = 0;
  while (got < total) {
    gssize some = fbk_stream_read(stream, much + got, total - got, &err);
    g_assert_no_error(err);
    got += (gsize)some;
  }
  g_assert_cmpint(much[0], ==, '+');
  for (gsize i = 1; i < total - 1; i++)
    if (much[i] != "0123456789abcdef"[(i - 1) % 16])
      g_error("byte %" G_GSIZE_FORMAT " is wrong", i);
  g_assert_cmpint(much[total - 1], ==, '!');
}

static void test_duplex_clear(void)
{
  check_duplex(FALSE);
}

static void test_duplex_tls(void)
{
  check_duplex(TRUE);
}

static void test_spill_is_bounded(void)
{
  static const MockStep script[] = {{MOCK_FLOOD, "0123456789abcdef0123456789abcdef0123456789abcdef"},
                                    {MOCK_END}};
  g_autoptr(MockServer) server = mock_server_start(script);
  g_autoptr(FbkStream) stream = connect_to(server, 20);
  g_autoptr(GError) err = NULL;
  g_autofree char *much = g_malloc0(64 * MEGABYTE);
  g_assert_false(fbk_stream_write(stream, much, 64 * MEGABYTE, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_PROTOCOL);
}

/* Cancel: somebody else pulls the cord once the client is known to be in the wait in question. */
typedef struct {
  const char *name;
  const MockStep *script;
  gboolean tls, read, write; /* what the client does after it has connected */
} CancelRow;

static const MockStep hear_then_silence[] = {{MOCK_READ, .number = 1}, {MOCK_STALL}, {MOCK_END}};
static const CancelRow cancel_rows[] = {
    {"silent-server", hear_then_silence, FALSE, TRUE, FALSE},
    {"silent-handshake", hear_then_silence, TRUE, FALSE, FALSE},
    {"server-does-not-read", hear_then_silence, FALSE, FALSE, TRUE},
};

typedef struct {
  const CancelRow *row;
  FbkStream *stream;
  GError *err;
} CancelRun;

static gpointer cancelled_client(gpointer data)
{
  CancelRun *run = data;
  g_autoptr(GString) line = g_string_new(NULL);
  if (run->row->tls) {
    fbk_stream_start_tls(run->stream, NULL, &run->err);
  } else if (run->row->read) {
    fbk_stream_printf(run->stream, NULL, "hello\r\n");
    fbk_stream_read_line(run->stream, line, 100, &run->err);
  } else {
    g_autofree char *much = g_malloc0(64 * MEGABYTE);
    fbk_stream_write(run->stream, much, 64 * MEGABYTE, &run->err);
  }
  fbk_stream_free(run->stream);
  return NULL;
}

static void test_cancel(gconstpointer data)
{
  const CancelRow *row = data;
  g_autoptr(MockServer) server = mock_server_start(row->script);
  g_autoptr(GCancellable) cord = g_cancellable_new();
  CancelRun run = {row, connect_to(server, 60), NULL};
  fbk_stream_set_cancellable(run.stream, cord);
  GThread *client = g_thread_new("client", cancelled_client, &run);
  gboolean heard = FALSE;
  while (!heard) {
    g_autofree char *text = mock_server_heard(server);
    heard = text[0] != '\0';
    g_thread_yield();
  }
  gint64 start = g_get_monotonic_time();
  g_cancellable_cancel(cord);
  g_thread_join(client);
  g_assert_cmpfloat(seconds_since(start), <, 2.0);
  g_assert_error(run.err, FBK_ERROR, FBK_ERR_CANCELLED);
  g_error_free(run.err);
}

static void report_name(gpointer data, FbkStep step, const char *detail)
{
  (void)detail;
  if (step == FBK_STEP_NAME)
    g_cancellable_cancel(data);
}

static gpointer cancel_soon(gpointer data)
{
  g_cancellable_cancel(data);
  return NULL;
}

static void test_cancel_connect(void)
{
  BlackHole hole;
  black_hole_open(&hole);
  g_autoptr(FbkNet) net = fbk_net_new();
  add_address(net, hole.port);
  g_autoptr(GCancellable) before = g_cancellable_new(), meanwhile = g_cancellable_new();
  g_autoptr(GError) err = NULL, second = NULL;
  FbkSteps steps = {.report = report_name, .data = before};
  gint64 start = g_get_monotonic_time();
  g_assert_null(fbk_stream_connect(net, HOST, PORT, &steps, before, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CANCELLED);
  GThread *other = g_thread_new("other", cancel_soon, meanwhile);
  g_assert_null(fbk_stream_connect(net, HOST, PORT, NULL, meanwhile, &second));
  g_assert_error(second, FBK_ERROR, FBK_ERR_CANCELLED);
  g_thread_join(other);
  g_assert_cmpfloat(seconds_since(start), <, 2.0);
  black_hole_close(&hole);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/net/stream/resolve-spec", test_resolve_spec);
  g_test_add_func("/net/stream/refused", test_refused);
  g_test_add_func("/net/stream/falls-over-dead-addresses", test_falls_over);
  g_test_add_func("/net/stream/no-answer", test_no_answer);
  g_test_add_func("/net/stream/lines", test_lines);
  g_test_add_func("/net/stream/nul-in-line", test_nul_in_line);
  g_test_add_func("/net/stream/endless-line", test_endless_line);
  g_test_add_func("/net/stream/budget", test_budget);
  g_test_add_func("/net/stream/end-is-an-error", test_end_is_an_error);
  g_test_add_func("/net/stream/silence", test_silence);
  g_test_add_func("/net/stream/dribble", test_dribble);
  g_test_add_func("/net/stream/wait", test_wait);
  g_test_add_func("/net/stream/duplex/clear", test_duplex_clear);
  g_test_add_func("/net/stream/duplex/tls", test_duplex_tls);
  g_test_add_func("/net/stream/spill-is-bounded", test_spill_is_bounded);
  for (gsize i = 0; i < G_N_ELEMENTS(cancel_rows); i++) {
    g_autofree char *path = g_strdup_printf("/net/stream/cancel/%s", cancel_rows[i].name);
    g_test_add_data_func(path, &cancel_rows[i], test_cancel);
  }
  g_test_add_func("/net/stream/cancel/connect", test_cancel_connect);
  return g_test_run();
}
