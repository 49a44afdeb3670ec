/* Reads and writes the kept secrets of accounts. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/keep.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "store/keep_command.h"
#include "store/pgp.h"

#define PREFIX_FILE_CAP 4096
#define SEALED_CAP (64 * 1024)
enum { PREFIX_LINE, PASSWORD_LINE, LINES };

static char *sealed_path(const char *directory, const FbkAccount *account)
{
  g_autofree char *file = g_strconcat(account->name, ".secret.gpg", NULL);
  return g_build_filename(directory, file, NULL);
}

/* --- asking --- */

static FbkSecret *ask_for(const FbkAsk *ask, const char *question, GCancellable *cancellable, GError **err)
{
  if (ask != NULL && ask->secret != NULL)
    return ask->secret(ask->data, question, cancellable, err);
  fbk_error_set(err, FBK_ERR_DENIED,
                _("A password is needed and nobody can be asked; keep it with a password command or GnuPG."));
  return NULL;
}

static FbkSecret *ask_for_prefix(const FbkAccount *account, const FbkAsk *ask, GCancellable *cancellable,
                                 GError **err)
{
  g_autofree char *question = g_strdup_printf(_("Password prefix of %s at %s (account %s), with its colon"),
                                              account->user, account->incoming->host, account->name);
  return ask_for(ask, question, cancellable, err);
}

static FbkSecret *ask_for_password(const FbkAccount *account, const FbkAsk *ask, GCancellable *cancellable,
                                   GError **err)
{
  g_autofree char *question =
      g_strdup_printf(account->has_prefix ? _("Password of %s at %s (account %s), without the prefix")
                                          : _("Password of %s at %s (account %s)"),
                      account->user, account->incoming->host, account->name);
  return ask_for(ask, question, cancellable, err);
}

/* --- the sealed file --- */

typedef struct {
  GBytes *sealed;
  FbkSecret *lines[LINES];
  GCancellable *cancellable;
} Opening;

static gboolean open_sealed(gpointer data, GError **err)
{
  Opening *opening = data;
  return fbk_pgp_open(opening->sealed, opening->lines, LINES, opening->cancellable, err);
}

/* pinentry may draw on the terminal. */
static gboolean open_lent(Opening *opening, const FbkAsk *ask, GError **err)
{
  if (ask != NULL && ask->lend_terminal != NULL)
    return ask->lend_terminal(ask->data, open_sealed, opening, err);
  return open_sealed(opening, err);
}

static void clear_opening(Opening *opening)
{
  g_clear_pointer(&opening->sealed, g_bytes_unref);
  for (guint i = 0; i < LINES; i++)
    g_clear_pointer(&opening->lines[i], fbk_secret_free);
}

static gboolean read_sealed(const char *path, const FbkAsk *ask, Opening *opening, GError **err)
{
  gsize len = 0;
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    fbk_error_set(err, FBK_ERR_NOT_FOUND, _("The kept password %s is not there; set the password again."),
                  path);
    return FALSE;
  }
  if (!fbk_file_check_private(path, TRUE, err))
    return FALSE;
  char *bytes = fbk_file_read(path, SEALED_CAP, &len, err);
  if (bytes == NULL)
    return FALSE;
  opening->sealed = g_bytes_new_take(bytes, len);
  return open_lent(opening, ask, err);
}

static gboolean is_same(const FbkSecret *left, const FbkSecret *right)
{
  gsize left_len = 0, right_len = 0;
  const char *left_bytes = left != NULL ? fbk_secret_peek(left, &left_len) : "";
  const char *right_bytes = right != NULL ? fbk_secret_peek(right, &right_len) : "";
  return left_len == right_len && memcmp(left_bytes, right_bytes, left_len) == 0;
}

/* A file that cannot be opened again must not take the place of one that can. */
static gboolean prove(GBytes *sealed, FbkSecret *const *lines, const FbkAsk *ask, GError **err)
{
  Opening opening = {.sealed = g_bytes_ref(sealed)};
  gboolean opened = open_lent(&opening, ask, err);
  gboolean same = opened && is_same(opening.lines[PREFIX_LINE], lines[PREFIX_LINE]) &&
                  is_same(opening.lines[PASSWORD_LINE], lines[PASSWORD_LINE]);
  clear_opening(&opening);
  if (opened && !same)
    fbk_error_set(err, FBK_ERR_CRYPTO,
                  _("GnuPG did not give the password back as it was; choose another way to keep it."));
  return same;
}

static gboolean write_sealed(const char *path, FbkSecret *const *lines, const FbkAsk *ask, GError **err)
{
  g_autofree char *fingerprint = NULL;
  if (!fbk_pgp_find_own_key(&fingerprint, NULL, err))
    return FALSE;
  g_autoptr(GBytes) sealed = fbk_pgp_seal(fingerprint, lines, LINES, err);
  if (sealed == NULL || !prove(sealed, lines, ask, err))
    return FALSE;
  gsize len = 0;
  const void *bytes = g_bytes_get_data(sealed, &len);
  return fbk_file_write(path, bytes, len, err);
}

/* --- reading --- */

static gboolean read_gpg(const char *directory, const FbkAccount *account, const FbkAsk *ask,
                         GCancellable *cancellable, FbkKept *out, GError **err)
{
  g_autofree char *path = sealed_path(directory, account);
  Opening opening = {.cancellable = cancellable};
  gboolean good = read_sealed(path, ask, &opening, err);
  if (good && account->has_prefix)
    out->prefix = g_steal_pointer(&opening.lines[PREFIX_LINE]);
  if (good)
    out->password = g_steal_pointer(&opening.lines[PASSWORD_LINE]);
  clear_opening(&opening);
  return good;
}

FbkSecret *fbk_keep_read_prefix_file(const char *path, GError **err)
{
  gsize len = 0;
  if (!fbk_file_check_private(path, TRUE, err))
    return NULL;
  char *bytes = fbk_file_read(path, PREFIX_FILE_CAP, &len, err);
  if (bytes == NULL)
    return NULL;
  g_autoptr(FbkSecret) prefix = fbk_secret_new();
  gboolean taken = fbk_secret_append(prefix, bytes, strcspn(bytes, "\r\n"));
  fbk_wipe(bytes, len);
  g_free(bytes);
  if (!taken)
    fbk_error_set(err, FBK_ERR_TOO_BIG, _("The first line of %s is too long for a password prefix."), path);
  return taken ? g_steal_pointer(&prefix) : NULL;
}

/* The command prints the password; a prefix comes from its own file or the sealed one, or is asked for. */
static gboolean read_command(const char *directory, const FbkAccount *account, const FbkAsk *ask,
                             GCancellable *cancellable, FbkKept *out, GError **err)
{
  g_autofree char *path = sealed_path(directory, account);
  out->password = fbk_secret_new();
  if (!fbk_keep_command(account->secret_command, FBK_KEEP_COMMAND_SECONDS, ask, cancellable, out->password,
                        err))
    return FALSE;
  if (!account->has_prefix)
    return TRUE;
  if (*account->prefix_file != '\0')
    return (out->prefix = fbk_keep_read_prefix_file(account->prefix_file, err)) != NULL;
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return (out->prefix = ask_for_prefix(account, ask, cancellable, err)) != NULL;
  Opening opening = {.cancellable = cancellable};
  if (read_sealed(path, ask, &opening, err))
    out->prefix = g_steal_pointer(&opening.lines[PREFIX_LINE]);
  clear_opening(&opening);
  return out->prefix != NULL;
}

static gboolean read_asking(const FbkAccount *account, const FbkAsk *ask, GCancellable *cancellable,
                            FbkKept *out, GError **err)
{
  if (account->has_prefix && (out->prefix = ask_for_prefix(account, ask, cancellable, err)) == NULL)
    return FALSE;
  return (out->password = ask_for_password(account, ask, cancellable, err)) != NULL;
}

gboolean fbk_keep_read(const char *directory, const FbkAccount *account, const FbkAsk *ask,
                       GCancellable *cancellable, FbkKept *out, GError **err)
{
  gboolean good = FALSE;
  *out = (FbkKept){NULL, NULL};
  if (fbk_cancelled(cancellable, err))
    return FALSE;
  switch (account->keep) {
  case FBK_SECRET_ASK:
    good = read_asking(account, ask, cancellable, out, err);
    break;
  case FBK_SECRET_COMMAND:
    good = read_command(directory, account, ask, cancellable, out, err);
    break;
  case FBK_SECRET_GPG:
    good = read_gpg(directory, account, ask, cancellable, out, err);
    break;
  }
  if (!good)
    fbk_kept_clear(out);
  return good;
}

/* --- writing --- */

gboolean fbk_keep_write(const char *directory, const FbkAccount *account, const FbkKept *kept,
                        const FbkAsk *ask, GError **err)
{
  g_autofree char *path = sealed_path(directory, account);
  FbkSecret *lines[LINES] = {NULL, NULL};
  if (account->has_prefix)
    lines[PREFIX_LINE] = kept->prefix;
  if (account->keep == FBK_SECRET_GPG)
    lines[PASSWORD_LINE] = kept->password;
  else if (account->keep == FBK_SECRET_ASK || lines[PREFIX_LINE] == NULL)
    return TRUE;
  return fbk_file_make_dir(directory, err) && write_sealed(path, lines, ask, err);
}

void fbk_keep_forget(const char *directory, const FbkAccount *account)
{
  g_autofree char *path = sealed_path(directory, account);
  if (g_unlink(path) == 0)
    (void)fbk_file_sync_dir(directory, NULL);
}

gboolean fbk_keep_can_gpg(char **identity_out)
{
  g_autofree char *fingerprint = NULL;
  return fbk_pgp_find_own_key(&fingerprint, identity_out, NULL);
}

void fbk_kept_clear(FbkKept *kept)
{
  g_clear_pointer(&kept->prefix, fbk_secret_free);
  g_clear_pointer(&kept->password, fbk_secret_free);
}
