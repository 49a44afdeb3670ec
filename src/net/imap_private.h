/* Inside net/imap*: how commands go out and answers come in, one whole response at a time. The session's own
 * thread only. Every failure here ends the session: `dead` is set, and every later call fails with it. */
#ifndef FBK_NET_IMAP_PRIVATE_H
#define FBK_NET_IMAP_PRIVATE_H

#include "net/imap.h"
#include "net/imap_guard.h"
#include "net/imap_parse.h"
#include "base/err.h"

typedef enum { FBK_IMAP_OK, FBK_IMAP_NO, FBK_IMAP_BAD, FBK_IMAP_BYE, FBK_IMAP_PREAUTH } FbkImapCondition;

/* What stands in a status line. Our own reading: libetpan never sees a response code. */
typedef struct {
  FbkImapCondition condition;
  char *code; /* upper-case name and the rest ("UIDNEXT 7"), "" when there is none */
  char *text;
} FbkImapStatus;

/* What a command wants to hear while it waits for its tagged line. Each may be NULL; FALSE (with *err) ends
 * the session. */
typedef struct {
  const char *word; /* "LIST" or "FETCH": the responses that it wants; all others are passed over */
  /* One such response, its literals within. */
  gboolean (*data)(FbkImap *imap, gpointer user, const GString *line, GError **err);
  /* A literal of BODY[] goes here and not into the line, which keeps an empty string in its place. */
  gboolean (*body)(FbkImap *imap, gpointer user, guint64 len, GError **err);
  gboolean (*piece)(FbkImap *imap, gpointer user, const char *bytes, gsize len, GError **err);
  gpointer user;
} FbkImapHearer;

struct FbkImap {
  FbkStream *stream;
  FbkImapGuard *guard;
  FbkImapParser *parser;
  GError *dead;
  guint auth;               /* FbkAuth bits of the server's entry */
  GString *line, *heard;    /* the line in hand; the whole response, lines joined by CR LF */
  GHashTable *capabilities; /* upper case; of what is known since TLS */
  guint32 tag;              /* of the command sent last */
  guint32 answered;         /* tag of the command answered last */
  FbkImapStatus status;     /* of the tagged line heard last, or of the greeting */
  FbkImapMailbox mailbox;
  gboolean examined; /* a mailbox is open: its UIDVALIDITY may not change */
  gboolean moved;    /* EXPUNGE has come since the last survey */
  guint alerts;
  guint round_trips;
};

/* FALSE, with a copy of what killed it, when the session is over. */
gboolean fbk_imap_alive(const FbkImap *imap, GError **err);

/* Ends the session with failure (taken over), or with a sentence. Always FALSE. */
gboolean fbk_imap_die(FbkImap *imap, GError *failure, GError **err);
gboolean fbk_imap_die_of(FbkImap *imap, FbkErr code, GError **err, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* How much may arrive, and in how many seconds, for what is asked next. */
void fbk_imap_set_budget(FbkImap *imap, guint64 bytes, guint seconds);

/* Writes a new tag and the command's line. Or many lines at once, whose tags the caller drew himself. */
gboolean fbk_imap_send(FbkImap *imap, GError **err, const char *format, ...) G_GNUC_PRINTF(3, 4);
gboolean fbk_imap_write(FbkImap *imap, const void *bytes, gsize len, GError **err);

/* Hears until the tagged line of `tag`, whatever it says: imap->status. A tag that is not the next one due
 * ends the session. hearer may be NULL. */
gboolean fbk_imap_await(FbkImap *imap, guint32 tag, const FbkImapHearer *hearer, GError **err);

/* Send and await, with a budget of 1 MiB and 120 s; FALSE also for NO and BAD, which do not end the session
 * (REFUSED; NOT_FOUND by code). */
gboolean fbk_imap_run(FbkImap *imap, GError **err, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Hears until "+" (TRUE in *ready_out) or the tagged line (FALSE). */
gboolean fbk_imap_await_ready(FbkImap *imap, guint32 tag, gboolean *ready_out, GError **err);

/* The first line of all: a status, in imap->status. */
gboolean fbk_imap_greeted(FbkImap *imap, GError **err);

/* *err from imap->status when that is NO or BAD; TRUE for OK. */
gboolean fbk_imap_accepted(FbkImap *imap, GError **err);

/* Whether the last status carries this response code. */
gboolean fbk_imap_code_is(const FbkImap *imap, const char *name);

/* Takes the words of a CAPABILITY answer in place of what was known; NULL forgets all. */
void fbk_imap_learn(FbkImap *imap, const char *words);

/* Asks CAPABILITY unless the last status line brought it along. */
gboolean fbk_imap_ask_capability(FbkImap *imap, GError **err);

void fbk_imap_status_clear(FbkImapStatus *status);

#endif
