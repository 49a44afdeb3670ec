/* What the IMAP tests share: a name, a password, the first steps of a script, and sessions with it. */
#ifndef FBK_TESTS_MOCK_IMAP_H
#define FBK_TESTS_MOCK_IMAP_H

#include "net/imap.h"
#include "tests/shared/mock_server.h"

#define MOCK_IMAP_HOST "imap.campus.example"
#define MOCK_IMAP_USER "s2610001"
#define MOCK_IMAP_PASSWORD "correct-horse-\"7\\"

/* A script's beginning: TLS, greeting, sign-in (tag 1). What is asked next has tag 2. */
#define MOCK_IMAP_SIGNED_IN                                                                                  \
  {MOCK_TLS, .cert = test_cert(TEST_CERT_GOOD, MOCK_IMAP_HOST)},                                             \
      {MOCK_SEND, "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n"},                               \
      {MOCK_EXPECT, "1 AUTHENTICATE PLAIN *"},                                                               \
  {                                                                                                          \
    MOCK_SEND, "1 OK [CAPABILITY IMAP4rev1 UIDPLUS] in\r\n"                                                  \
  }

/* And further: a mailbox of n messages is open. What is asked next has tag 3. */
#define MOCK_IMAP_EXAMINED(n)                                                                                \
  MOCK_IMAP_SIGNED_IN, {MOCK_EXPECT, "2 EXAMINE \"INBOX\""},                                                 \
  {                                                                                                          \
    MOCK_SEND, "* " n " EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 99] n\r\n2 OK [READ-ONLY] ok\r\n"  \
  }

/* A session by TLS or STARTTLS, not signed in. */
FbkImap *mock_imap_connect(const MockServer *server, FbkSecurity security, GCancellable *cancellable,
                           GError **err);
gboolean mock_imap_sign_in(FbkImap *imap, const char *password, GError **err);

/* By TLS, signed in; and with INBOX open. NULL with *err. */
FbkImap *mock_imap_open(const MockServer *server, GError **err);
FbkImap *mock_imap_open_inbox(const MockServer *server, GError **err);

/* A sink that keeps what comes, for up to 64 messages; the first nonsense told to it aborts the test. */
typedef struct {
  GString *bodies[64];
  gboolean done[64], absent[64];
  guint flags[64];
  guint order[64], ended; /* the messages in the order in which they ended */
  gboolean full;          /* write fails, as a full disk does */
} MockKept;
FbkImapSink mock_kept_sink(MockKept *kept);
void mock_kept_clear(MockKept *kept);

#endif
