/* A password in memory: its own locked page, not dumped, not inherited by children, wiped when freed.
 *
 * Never copy what fbk_secret_peek returns into a GString, an error, a log, argv or the environment. One
 * owner at a time; not for two threads at once. */
#ifndef FBK_BASE_SECRET_H
#define FBK_BASE_SECRET_H

#include <glib.h>

#define FBK_SECRET_MAX 1024 /* bytes; longer secrets are refused */

typedef struct FbkSecret FbkSecret;

/* An empty secret. Aborts only when no page can be mapped. */
FbkSecret *fbk_secret_new(void);

/* Adds len bytes; FALSE (unchanged) past FBK_SECRET_MAX or when they hold a NUL. */
gboolean fbk_secret_append(FbkSecret *secret, const char *bytes, gsize len);

/* Removes the last UTF-8 character, if any. */
void fbk_secret_chop(FbkSecret *secret);

/* prefix (may be NULL) followed directly by password, as one new secret; NULL when too long. */
FbkSecret *fbk_secret_join(const FbkSecret *prefix, const FbkSecret *password);

/* The bytes, NUL-terminated, owned by the secret, valid until it is changed or freed. */
const char *fbk_secret_peek(const FbkSecret *secret, gsize *len_out);

gsize fbk_secret_length(const FbkSecret *secret);
void fbk_secret_clear(FbkSecret *secret);
void fbk_secret_free(FbkSecret *secret);

/* For buffers that held a secret on its way. */
void fbk_wipe(void *bytes, gsize len);

/* Once, at program start: no core files, no ptrace by others. */
void fbk_secret_harden_process(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkSecret, fbk_secret_free)

#endif
