/* One Maildir: delivery that survives a crash, names that carry flags. Worker threads; each call stands
 * alone.
 *
 * Order of a delivery: write into tmp/, fsync, rename into cur/, fsync the directory; only then may a
 * database or a server be told. A message of IMAP has the fixed unique name "<uidvalidity>.<uid>.fubako", so
 * that a delivery repeated after a crash finds itself. Only regular files count; symbolic links, FIFOs and
 * directories are ignored. */
#ifndef FBK_STORE_MAILDIR_H
#define FBK_STORE_MAILDIR_H

#include <glib.h>

typedef struct FbkMaildir FbkMaildir;
typedef struct FbkDelivery FbkDelivery; /* one message on its way in */

/* Opens dir, making cur/, new/ and tmp/ where missing (0700). */
FbkMaildir *fbk_maildir_open(const char *dir, GError **err);
const char *fbk_maildir_path(const FbkMaildir *maildir);
void fbk_maildir_free(FbkMaildir *maildir);

/* Starts a message in tmp/; unique: its name without flags, no '/' and no ':'. */
FbkDelivery *fbk_delivery_begin(FbkMaildir *maildir, const char *unique, GError **err);
gboolean fbk_delivery_write(FbkDelivery *delivery, const void *bytes, gsize len, GError **err);
/* Removes the temporary file unless it was committed. */
void fbk_delivery_free(FbkDelivery *delivery);
const char *fbk_delivery_tmp_path(const FbkDelivery *delivery);
guint64 fbk_delivery_size(const FbkDelivery *delivery);
const char *fbk_delivery_digest(const FbkDelivery *delivery); /* SHA-256 in hex of what was written so far */

/* Makes count deliveries durable with as few fsyncs as is safe: all files are synced, all are renamed to
 * "cur/<unique>:2,<flags>", then the directory is synced once. names_out[i] (g_free) is the name. On error
 * those not renamed keep their temporary files, and their names_out is NULL; calling fbk_delivery_free cleans
 * up. A file of that name with the same bytes is no error, with other bytes CONFLICT. Every delivery holds a
 * descriptor until here: at most some 200 at once. */
gboolean fbk_maildir_commit(FbkMaildir *maildir, FbkDelivery *const *deliveries, const guint *flags,
                            guint count, char **names_out, GError **err);

/* Whole path of a name as the catalogue has it; when it is not there (another program changed the flags), the
 * directory is searched for its unique part. NOT_FOUND. g_free. */
char *fbk_maildir_find(FbkMaildir *maildir, const char *name, GError **err);

/* Renames to other flags; *name_out (g_free) is the new name. Durable when it returns. */
gboolean fbk_maildir_set_flags(FbkMaildir *maildir, const char *name, guint flags, char **name_out,
                               GError **err);

/* Removes the file, whatever its flags are now; one that is gone already is no error. */
gboolean fbk_maildir_remove(FbkMaildir *maildir, const char *name, GError **err);

/* Calls each for every message in cur/ and new/, until it returns FALSE. */
gboolean fbk_maildir_scan(FbkMaildir *maildir,
                          gboolean (*each)(gpointer data, const char *name, const char *path), gpointer data,
                          GError **err);

/* Removes what crashed deliveries left in tmp/ (ours only: names ending in ".fubako", and not those that a
 * running process still writes). */
gboolean fbk_maildir_sweep(FbkMaildir *maildir, GError **err);

char *fbk_maildir_unique(const char *name); /* without ":2,..." ; g_free */
guint fbk_maildir_flags(const char *name);
char *fbk_maildir_digest(const char *path, GError **err);      /* SHA-256 hex of a file; g_free */
char *fbk_maildir_imap_name(guint32 uidvalidity, guint32 uid); /* g_free */
gboolean fbk_maildir_parse_imap_name(const char *name, guint32 *uidvalidity_out, guint32 *uid_out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkMaildir, fbk_maildir_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkDelivery, fbk_delivery_free)

#endif
