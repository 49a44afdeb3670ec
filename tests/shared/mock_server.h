/* A hostile (or honest) server for tests: a thread that listens on 127.0.0.1, port chosen free, and plays a
 * script to each client, one client after the other, writing down every byte it hears.
 *
 * The script is a table of MockStep that ends with MOCK_END; it and its texts must outlive the server. At the
 * script's end the server goes on listening and recording until the client closes (as MOCK_SINK), so that
 * nothing said too late is missed. A step that cannot be played (the client said something else, or went away
 * while a line was expected) ends that client's script with a complaint.
 *
 *   static const MockStep script[] = {
 *       {MOCK_TLS, .cert = ...},
 *       {MOCK_SEND, "* OK ready\r\n"},
 *       {MOCK_EXPECT, "* CAPABILITY"},
 *       {MOCK_SEND, "* CAPABILITY IMAP4rev1\r\n$TAG OK done\r\n"},
 *       {MOCK_END},
 *   };
 *
 * Functions are for the test's own thread unless they take a MockPeer. */
#ifndef FBK_TESTS_MOCK_SERVER_H
#define FBK_TESTS_MOCK_SERVER_H

#include "net/net.h"
#include "tests/shared/test_certs.h"

typedef struct MockServer MockServer;
typedef struct MockPeer MockPeer; /* one client, seen from the server's thread */

typedef enum {
  MOCK_END,    /* ends the table */
  MOCK_SEND,   /* text; "$TAG" in it stands for the first word of the line expected last. len: 0 for strlen */
  MOCK_EXPECT, /* one line that matches text: a glob (* and ?), any case, a final "*" is added */
  MOCK_TLS,    /* a TLS handshake with .cert; a refused one is no complaint, but ends the script */
  MOCK_DRIBBLE, /* text, a byte each `number` milliseconds */
  MOCK_FLOOD,   /* text again and again until `number` bytes were sent (0: until the client closes) */
  MOCK_STALL,   /* neither reads nor writes until the client closes or the server is freed */
  MOCK_SINK,    /* reads and records until the client closes */
  MOCK_READ,    /* reads and records `number` bytes */
  MOCK_CLOSE,   /* the end of stream, at once; inside TLS without close_notify */
  MOCK_NOTIFY,  /* TLS close_notify, then the end of stream */
  MOCK_RUN      /* calls run(peer, data); FALSE from it ends the script */
} MockStepKind;

typedef struct {
  MockStepKind kind;
  const char *text;
  gsize len;
  guint64 number;
  const TestCert *cert;
  gboolean (*run)(MockPeer *peer, gpointer data);
  gpointer data;
} MockStep;

MockServer *mock_server_start(const MockStep *script);
guint16 mock_server_port(const MockServer *server);

/* A net that leads host (any port given in host_port) to this server and trusts the tests' CA, with limits of
 * 5 s. Caller frees. */
FbkNet *mock_server_net(const MockServer *server, const char *host, guint16 host_port);

/* Before a client comes: close the connection once `bytes` bytes of texts were sent in all (TLS's own bytes
 * do not count); with close_notify where notify. G_MAXUINT64, as at start: never. Starts anew for each
 * client. */
void mock_server_cut_after(MockServer *server, guint64 bytes, gboolean notify);

/* Waits (at most 10 s) until `clients` clients have come and gone. FALSE when they have not. */
gboolean mock_server_wait(MockServer *server, guint clients);

/* All that was heard so far, from all clients, TLS decrypted, as one text (g_free); NULs are shown as '\1'.
 */
char *mock_server_heard(MockServer *server);

/* The same, but only what came outside TLS. */
char *mock_server_heard_clear(MockServer *server);

/* What did not go by the script, or NULL (g_free). */
char *mock_server_complaint(MockServer *server);

/* Texts sent so far, in bytes, TLS's own bytes not counted. */
guint64 mock_server_sent(MockServer *server);

/* Ends the thread, whatever it is doing. */
void mock_server_free(MockServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MockServer, mock_server_free)

/* For MOCK_RUN. Lines come without CR LF, NULL when the client has gone (g_free). */
gboolean mock_peer_send(MockPeer *peer, const char *bytes, gsize len);
gboolean mock_peer_printf(MockPeer *peer, const char *format, ...) G_GNUC_PRINTF(2, 3);
char *mock_peer_read_line(MockPeer *peer);
gboolean mock_peer_read(MockPeer *peer, guint64 len); /* into the record only */
void mock_peer_complain(MockPeer *peer, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
