/* What the readers of other programs' files share; nobody else includes it. */
#ifndef FBK_STORE_CLIENT_CONFIG_INNER_H
#define FBK_STORE_CLIENT_CONFIG_INNER_H

#include "store/client_config.h"

/* A file being read. */
typedef struct {
  const char *name;
  FbkClientConfig *config;
} FbkClientReading;

/* Adds "name:line: sentence" to the notes. */
void fbk_client_note(FbkClientReading *reading, guint line, const char *sentence);
void fbk_client_note_password(FbkClientReading *reading, guint line); /* a password stands there */

/* Fields that are set stay: the first account of a file counts. value is not taken; "" and what is not clean
 * text on one line are nothing. */
void fbk_client_set(char **field, const char *value);

/* "Taro <taro@u.ac.jp>" into address and real name. */
void fbk_client_set_mailbox(FbkClientReading *reading, const char *mailbox);

/* A command of a shell's into the password command; a shell runs it only where it needs one. */
void fbk_client_set_command(FbkClientReading *reading, guint line, const char *command);

/* How a file says that a connection is secured. */
typedef enum {
  FBK_CLIENT_TLS,
  FBK_CLIENT_STARTTLS,
  FBK_CLIENT_CLEAR /* STARTTLS is demanded all the same, with a note */
} FbkClientSecurity;

/* Fills config->incoming or ->outgoing unless it is there. port 0: the standard one. What is no host or port
 * is noted and left out. */
void fbk_client_set_server(FbkClientReading *reading, guint line, FbkProtocol protocol, const char *host,
                           guint port, FbkClientSecurity security);

/* "imaps://user:password@host:port/..." as mutt and aerc write it; parts are percent-decoded. A password in
 * it is noted and dropped. */
typedef struct {
  char *scheme, *user, *host; /* lower case scheme; "" where missing */
  guint port;                 /* 0: none */
} FbkClientUrl;
gboolean fbk_client_url_read(FbkClientReading *reading, guint line, const char *text, FbkClientUrl *url_out);
void fbk_client_url_clear(FbkClientUrl *url);

/* The readers. text is valid UTF-8 without NULs; lines end with a line feed. */
void fbk_client_read_mutt(FbkClientReading *reading, const char *text);
void fbk_client_read_aerc(FbkClientReading *reading, const char *text);
void fbk_client_read_alpine(FbkClientReading *reading, const char *text);
void fbk_client_read_mbsync(FbkClientReading *reading, const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FbkClientUrl, fbk_client_url_clear)

#endif
