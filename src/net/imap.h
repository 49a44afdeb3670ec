/* IMAP4rev1 (RFC 3501) for reading over FbkStream: every byte passes the guard, and libetpan's parser reads
 * the LIST and FETCH answers, one at a time. Greeting, status lines, STARTTLS, sign-in and the FETCH pipeline
 * are our own. No libetpan type leaves net/imap_parse.c.
 *
 * One thread owns a session. Any PARSE, PROTOCOL, BYE or stream error ends it: every later call fails, and it
 * can only be freed. Referrals are ignored, alerts are logged. Nothing here changes a mailbox (EXAMINE,
 * BODY.PEEK). */
#ifndef FBK_NET_IMAP_H
#define FBK_NET_IMAP_H

#include "net/stream.h"

typedef struct FbkImap FbkImap;

/* Connects by server's security: TLS at once, or STARTTLS, which must be offered and after which all that was
 * learnt is forgotten; a PREAUTH greeting in clear is refused. Steps up to CAPABILITY. */
FbkImap *fbk_imap_connect(const FbkNet *net, const FbkServer *server, FbkSteps *steps,
                          GCancellable *cancellable, GError **err);

/* One try: AUTHENTICATE PLAIN or LOGIN where offered, else the LOGIN command with literals or quoted strings.
 * AUTH on refusal (NO), OFFLINE or REFUSED where the response code says that it is not about the password;
 * the server's words are in the log, and the session is over. Capabilities are learnt anew afterwards. */
gboolean fbk_imap_sign_in(FbkImap *imap, const char *user, const FbkSecret *password, FbkSteps *steps,
                          GError **err);

gboolean fbk_imap_has(const FbkImap *imap, const char *capability); /* after sign-in; any case */
char *fbk_imap_capabilities(const FbkImap *imap); /* one a line, sorted; the server's words; g_free */

/* Every folder, with role (SPECIAL-USE, else well-known names), UTF-8 name and server path; FbkFolder * with
 * id 0 and dir NULL. At most 20,000. INBOX first. */
GPtrArray *fbk_imap_list(FbkImap *imap, GError **err);

typedef struct {
  guint32 uidvalidity, uidnext, exists;
} FbkImapMailbox;

/* EXAMINE. NOT_FOUND and REFUSED leave the session as it was; a UIDVALIDITY that changes later ends it
 * (CONFLICT). path is the server's own bytes; control characters are refused. */
gboolean fbk_imap_examine(FbkImap *imap, const char *path, FbkImapMailbox *out, GError **err);

typedef struct {
  guint32 uid;
  guint flags; /* FbkFlags */
  guint64 size;
} FbkImapMessage;

/* UID, flags and size of the messages with sequence numbers first..last (1-based, at most 5,000 of them) into
 * out, ascending by UID, each UID once. *moved_out: EXPUNGE arrived meanwhile, so sequence numbers shifted:
 * ask again. */
gboolean fbk_imap_survey(FbkImap *imap, guint32 first, guint32 last, GArray *out, gboolean *moved_out,
                         GError **err);

/* Bodies, byte for byte, one tagged command each, up to `window` in flight (bounded also by bytes: sizes come
 * from the survey). They come one after the other, as a rule in the order of uids. write gets pieces as they
 * arrive (none for an empty message); done comes once for each message that came whole, absent once for each
 * that the server did not send (gone meanwhile). Returning FALSE (with *err) ends the session. A literal
 * longer than FBK_IMAP_BODY_MAX is TOO_BIG for that session. */
#define FBK_IMAP_BODY_MAX (G_GUINT64_CONSTANT(1) << 30)
typedef struct {
  gboolean (*write)(gpointer data, guint index, const char *bytes, gsize len, GError **err);
  gboolean (*done)(gpointer data, guint index, guint flags, GError **err);
  gboolean (*absent)(gpointer data, guint index, GError **err);
  gpointer data;
} FbkImapSink;
gboolean fbk_imap_fetch(FbkImap *imap, const FbkImapMessage *messages, guint count, guint window,
                        const FbkImapSink *sink, GError **err);

/* NOOP: is it still there? */
gboolean fbk_imap_noop(FbkImap *imap, GError **err);

guint fbk_imap_round_trips(const FbkImap *imap); /* commands whose answer was waited for, so far */
void fbk_imap_set_cancellable(FbkImap *imap, GCancellable *cancellable);
void fbk_imap_free(FbkImap *imap); /* LOGOUT is sent when the session is sound, and not waited for */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkImap, fbk_imap_free)

#endif
