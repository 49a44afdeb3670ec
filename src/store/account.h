/* Accounts: one file each, <config>/accounts.d/<name>.ini, mode 0600, never a password in it. Values are
 * immutable once read; any thread. */
#ifndef FBK_STORE_ACCOUNT_H
#define FBK_STORE_ACCOUNT_H

#include "mail/model.h"

typedef enum {
  FBK_SECRET_ASK,     /* asked each time the program starts */
  FBK_SECRET_COMMAND, /* first line of an argv's output */
  FBK_SECRET_GPG      /* encrypted file beside the account, to the person's own key */
} FbkSecretKeep;

typedef struct {
  char *name;    /* [a-z0-9-]{1,32}, also the directory of its mail */
  char *profile; /* "" by hand */
  char *user, *address, *real_name;
  FbkServer *incoming, *outgoing; /* outgoing may be NULL */
  FbkSecretKeep keep;
  char *secret_command; /* as written: split like a shell would, run without one */
  char *prefix_file;    /* with COMMAND: a file of mode 600 whose first line is the prefix; "" for none */
  gboolean has_prefix;  /* the stored secret has two parts */
  guint poll_minutes;
} FbkAccount;

FbkAccount *fbk_account_new(void); /* all empty */
FbkAccount *fbk_account_copy(const FbkAccount *account);
void fbk_account_free(FbkAccount *account);

/* "jaist" out of an address, a user or a profile: a valid name that no file in directory has yet. g_free it.
 */
char *fbk_account_make_name(const char *directory, const char *wanted);
gboolean fbk_account_name_is_valid(const char *name);

/* Reads one; DENIED when others can write or read it, BAD_INPUT with file and line. */
FbkAccount *fbk_account_read(const char *path, GError **err);
/* All in directory, sorted by name; FbkAccount *. None when it does not exist; one broken file is an error.
 */
GPtrArray *fbk_account_read_all(const char *directory, GError **err);
/* Durable, 0600. EXISTS unless replace. */
gboolean fbk_account_write(const char *directory, const FbkAccount *account, gboolean replace, GError **err);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkAccount, fbk_account_free)

#endif
