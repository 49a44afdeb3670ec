/* The nouns of mail that every room shares: flags, roles, servers, folders, envelopes. Plain values; no
 * handles. A value that was handed over is not changed any more, and may be read on any thread. */
#ifndef FBK_MAIL_MODEL_H
#define FBK_MAIL_MODEL_H

#include <glib.h>

/* Message flags, as in IMAP (RFC 9051 2.3.2) and Maildir file names. */
typedef enum {
  FBK_FLAG_SEEN = 1 << 0,     /* S */
  FBK_FLAG_ANSWERED = 1 << 1, /* R */
  FBK_FLAG_FLAGGED = 1 << 2,  /* F */
  FBK_FLAG_DELETED = 1 << 3,  /* T */
  FBK_FLAG_DRAFT = 1 << 4,    /* D */
  FBK_FLAG_FORWARDED = 1 << 5 /* P, $Forwarded */
} FbkFlags;

/* SPECIAL-USE (RFC 6154) and the inbox. */
typedef enum {
  FBK_ROLE_NONE,
  FBK_ROLE_INBOX,
  FBK_ROLE_DRAFTS,
  FBK_ROLE_SENT,
  FBK_ROLE_ARCHIVE,
  FBK_ROLE_JUNK,
  FBK_ROLE_TRASH,
  FBK_ROLE_ALL,
  FBK_ROLE_FLAGGED
} FbkRole;

typedef enum { FBK_PROTOCOL_IMAP, FBK_PROTOCOL_POP, FBK_PROTOCOL_SMTP } FbkProtocol;

/* There is no clear-text value on purpose. */
typedef enum { FBK_SECURITY_TLS, FBK_SECURITY_STARTTLS } FbkSecurity;

/* Which SASL mechanisms may carry the password, a bit set; always inside TLS. */
typedef enum { FBK_AUTH_PLAIN = 1 << 0, FBK_AUTH_LOGIN = 1 << 1 } FbkAuth;

/* One place to connect to. */
typedef struct {
  FbkProtocol protocol;
  char *host;
  guint16 port;
  FbkSecurity security;
  guint auth; /* FbkAuth bits; 0: whatever the server offers of them */
} FbkServer;

/* A folder as a server or the catalogue knows it. */
typedef struct {
  gint64 id;      /* of the catalogue; 0 when only seen on the server */
  char *name;     /* UTF-8, for people; levels are divided by `delimiter` */
  char *path;     /* the server's own bytes (modified UTF-7, RFC 3501 5.1.3) */
  char *dir;      /* directory name of its Maildir; never contains '/' */
  char delimiter; /* 0: flat */
  FbkRole role;
  gboolean selectable;
  guint total, unread; /* of the catalogue */
} FbkFolder;

typedef struct {
  char *name;    /* decoded display name, "" when absent */
  char *address; /* local@domain as written, "" when a group or broken */
} FbkAddress;

/* What the header says of a message, decoded to UTF-8. Strings are never NULL; arrays may be empty. Not
 * yet cleaned for the terminal: the canvas and the printers do that. */
typedef struct {
  char *message_id;  /* without <>, "" when absent */
  char *in_reply_to; /* first id, without <> */
  char **references; /* NULL-terminated ids without <>, oldest first, at most 100 (the first and the last
                        ones) */
  char *subject;
  gint64 date;                          /* seconds since 1970 UTC; 0 when there is no usable Date */
  GPtrArray *from, *to, *cc, *reply_to; /* FbkAddress * */
} FbkEnvelope;

/* A row of a message list. Strings live in the page's arena. */
typedef struct {
  gint64 id; /* catalogue row */
  gint64 folder_id;
  guint32 uid;
  guint flags; /* FbkFlags */
  gint64 date;
  guint64 size;
  const char *subject, *from_name, *from_address;
  const char *message_id;
  const char *file; /* base name in the folder's Maildir, flags included; "" when the body is not kept here */
  gint64 thread;
  guint depth; /* indentation in its thread, 0 for the first */
  gboolean has_attachment;
} FbkRow;

/* A page of a list: immutable once made. */
typedef struct {
  FbkRow *rows;
  guint count;
  gboolean more_before, more_after; /* rows stand beyond the first / the last one */
  GStringChunk *arena;
} FbkRows;

FbkServer *fbk_server_new(FbkProtocol protocol, const char *host, guint16 port, FbkSecurity security);
FbkServer *fbk_server_copy(const FbkServer *server);
void fbk_server_free(FbkServer *server);
guint16 fbk_server_standard_port(FbkProtocol protocol, FbkSecurity security); /* 993 143 995 110 465 587 */
const char *fbk_protocol_name(FbkProtocol protocol);                          /* "IMAP" "POP3" "SMTP" */

FbkFolder *fbk_folder_copy(const FbkFolder *folder);
void fbk_folder_free(FbkFolder *folder);
const char *fbk_role_name(FbkRole role); /* translated ("Inbox", "Sent") or "" */

FbkAddress *fbk_address_new(const char *name, const char *address);
void fbk_address_free(FbkAddress *address);

FbkEnvelope *fbk_envelope_new(void); /* all empty */
void fbk_envelope_free(FbkEnvelope *envelope);

FbkRows *fbk_rows_new(guint capacity); /* count 0, an arena, room for capacity rows */
void fbk_rows_free(FbkRows *rows);

/* Maildir's flag letters ("FRS") in ASCII order for flags, into out (at least 8 bytes); and back. Unknown
 * letters are ignored. */
void fbk_flags_to_maildir(guint flags, char *out);
guint fbk_flags_from_maildir(const char *letters);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkServer, fbk_server_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkFolder, fbk_folder_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkEnvelope, fbk_envelope_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkRows, fbk_rows_free)

#endif
