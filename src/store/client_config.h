/* What the configuration file of another mail program says of an account: muttrc, aerc's accounts.conf,
 * alpine's .pinerc, mbsyncrc. Small subsets are read; nothing is run, nothing else is opened, and a password
 * that stands in such a file is never taken over. Pure; any thread. */
#ifndef FBK_STORE_CLIENT_CONFIG_H
#define FBK_STORE_CLIENT_CONFIG_H

#include "mail/model.h"

#define FBK_CLIENT_CONFIG_CAP (1024 * 1024) /* bytes of a file */

typedef enum {
  FBK_CLIENT_UNKNOWN,
  FBK_CLIENT_MUTT,
  FBK_CLIENT_AERC,
  FBK_CLIENT_ALPINE,
  FBK_CLIENT_MBSYNC
} FbkClient;

/* Where the file says nothing, a field is NULL. */
typedef struct {
  FbkServer *incoming, *outgoing;
  char *user, *address, *real_name;
  char *password_command; /* as Fubako runs it: words, no shell unless it says so */
  GPtrArray *notes;       /* char *: what was not taken over and why, "name:line: ..."; no secret in it */
} FbkClientConfig;

/* By its content. */
FbkClient fbk_client_recognise(const char *bytes, gsize len);
/* "mutt", "neomutt", "aerc", "alpine", "mbsync"; UNKNOWN for anything else. */
FbkClient fbk_client_named(const char *word);

/* The first account of the file. name: of the file, for messages. BAD_INPUT where it names no server to read
 * mail from, or is not text; TOO_BIG. */
FbkClientConfig *fbk_client_config_read(FbkClient client, const char *name, const char *bytes, gsize len,
                                        GError **err);
void fbk_client_config_free(FbkClientConfig *config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkClientConfig, fbk_client_config_free)

#endif
