/* Seals secrets to the person's own key with GnuPG. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/pgp.h"

#include <errno.h>
#include <gpgme.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "store/pgp_wait.h"

#define LINES_MAX 4

/* What gpg said, as a sentence with the next step; its own words go to the log. */
static void set_error(GError **err, gpgme_error_t reason, const char *doing)
{
  fbk_log("pgp", "%s: %s", doing, gpgme_strerror(reason));
  switch (gpgme_err_code(reason)) {
  case GPG_ERR_CANCELED:
  case GPG_ERR_FULLY_CANCELED:
    fbk_error_set(err, FBK_ERR_CANCELLED, "%s", _("Cancelled."));
    return;
  case GPG_ERR_INV_ENGINE:
    fbk_error_set(err, FBK_ERR_CRYPTO,
                  _("GnuPG is not installed; install gpg, or choose another way to keep the password."));
    return;
  case GPG_ERR_NO_SECKEY:
    fbk_error_set(err, FBK_ERR_CRYPTO,
                  _("GnuPG does not have the secret key that the password was sealed to; import that key, or "
                    "set the password again."));
    return;
  case GPG_ERR_BAD_PASSPHRASE:
    fbk_error_set(err, FBK_ERR_CRYPTO, _("The passphrase of your GnuPG key was wrong; try again."));
    return;
  case GPG_ERR_NO_AGENT:
  case GPG_ERR_NO_PIN_ENTRY:
  case GPG_ERR_PIN_ENTRY:
  case GPG_ERR_TIMEOUT:
    fbk_error_set(err, FBK_ERR_CRYPTO,
                  _("GnuPG could not ask for your passphrase; install pinentry-curses, run export "
                    "GPG_TTY=$(tty), and try again."));
    return;
  case GPG_ERR_NO_DATA:
  case GPG_ERR_BAD_DATA:
  case GPG_ERR_DECRYPT_FAILED:
    fbk_error_set(
        err, FBK_ERR_CRYPTO,
        _("GnuPG cannot decrypt the kept password; unlock your key with gpg, or set the password again."));
    return;
  default:
    fbk_error_set(err, FBK_ERR_CRYPTO, _("GnuPG failed (%s); check that gpg works, then try again."), doing);
  }
}

/* Once for the process; GPGME wants its version asked for before anything else. */
static gboolean start_gpgme(GError **err)
{
  static gsize started;
  if (g_once_init_enter(&started)) {
    gpgme_check_version(NULL);
    gpgme_set_locale(NULL, LC_CTYPE, setlocale(LC_CTYPE, NULL));
    gpgme_set_locale(NULL, LC_MESSAGES, setlocale(LC_MESSAGES, NULL));
    g_once_init_leave(&started, 1);
  }
  gpgme_error_t reason = gpgme_engine_check_version(GPGME_PROTOCOL_OpenPGP);
  if (reason == 0)
    return TRUE;
  set_error(err, gpgme_err_make(GPG_ERR_SOURCE_GPGME, GPG_ERR_INV_ENGINE), "check");
  return FALSE;
}

static gpgme_ctx_t new_context(GError **err)
{
  gpgme_ctx_t context = NULL;
  if (!start_gpgme(err))
    return NULL;
  gpgme_error_t reason = gpgme_new(&context);
  if (reason == 0)
    reason = gpgme_set_protocol(context, GPGME_PROTOCOL_OpenPGP);
  if (reason == 0)
    return context;
  set_error(err, reason, "start");
  g_clear_pointer(&context, gpgme_release);
  return NULL;
}

/* --- the own key --- */

static gboolean is_usable(gpgme_key_t key)
{
  return key->can_encrypt && !key->revoked && !key->expired && !key->disabled && !key->invalid &&
         key->fpr != NULL;
}

static const char *identity_of(gpgme_key_t key)
{
  for (gpgme_user_id_t uid = key->uids; uid != NULL; uid = uid->next)
    if (!uid->revoked && !uid->invalid && uid->uid != NULL)
      return uid->uid;
  return key->fpr;
}

gboolean fbk_pgp_find_own_key(char **fingerprint_out, char **identity_out, GError **err)
{
  gpgme_ctx_t context = new_context(err);
  if (context == NULL)
    return FALSE;
  gboolean found = FALSE;
  gpgme_error_t reason = gpgme_op_keylist_start(context, NULL, 1);
  gpgme_key_t key = NULL;
  while (reason == 0 && !found && (reason = gpgme_op_keylist_next(context, &key)) == 0) {
    found = is_usable(key);
    if (found) {
      *fingerprint_out = g_strdup(key->fpr);
      if (identity_out != NULL)
        *identity_out = g_utf8_make_valid(identity_of(key), -1);
    }
    gpgme_key_unref(key);
  }
  gpgme_release(context);
  if (!found && (reason == 0 || gpgme_err_code(reason) == GPG_ERR_EOF))
    fbk_error_set(
        err, FBK_ERR_CRYPTO,
        _("You have no GnuPG key to encrypt to; make one with: gpg --quick-gen-key \"Your Name <address>\""));
  else if (!found)
    set_error(err, reason, "list keys");
  return found;
}

/* --- sealing --- */

/* The plaintext as GPGME reads it: line after line, never in one place. */
typedef struct {
  FbkSecret *const *lines;
  guint count, line;
  gsize offset; /* in the line; its length means the line break comes next */
} Source;

static ssize_t source_read(void *handle, void *buffer, size_t size)
{
  Source *source = handle;
  char *out = buffer;
  gsize put = 0;
  while (put < size && source->line < source->count) {
    gsize len = 0;
    FbkSecret *secret = source->lines[source->line];
    const char *bytes = secret != NULL ? fbk_secret_peek(secret, &len) : "";
    gsize part = MIN(len - source->offset, size - put);
    memcpy(out + put, bytes + source->offset, part);
    put += part;
    source->offset += part;
    if (source->offset < len || put == size)
      continue;
    out[put++] = '\n';
    source->line++;
    source->offset = 0;
  }
  return (ssize_t)put;
}

static gboolean check_lines(FbkSecret *const *lines, guint count, GError **err)
{
  for (guint i = 0; i < count; i++)
    if (lines[i] != NULL && strpbrk(fbk_secret_peek(lines[i], NULL), "\r\n") != NULL) {
      fbk_error_set(err, FBK_ERR_BAD_INPUT, _("A password cannot hold a line break; type it again."));
      return FALSE;
    }
  return TRUE;
}

static GBytes *seal_with(gpgme_ctx_t context, gpgme_key_t key, Source *source, GError **err)
{
  struct gpgme_data_cbs calls = {.read = source_read};
  gpgme_data_t plain = NULL, sealed = NULL;
  gpgme_key_t keys[] = {key, NULL};
  GBytes *result = NULL;
  gpgme_error_t reason = gpgme_data_new_from_cbs(&plain, &calls, source);
  if (reason == 0)
    reason = gpgme_data_set_flag(plain, "sensitive", "1");
  if (reason == 0)
    reason = gpgme_data_new(&sealed);
  /* It is the person's own key, whatever its owner-trust says; encrypt-to in gpg.conf does not apply. */
  if (reason == 0)
    reason = gpgme_op_encrypt(context, keys, GPGME_ENCRYPT_ALWAYS_TRUST | GPGME_ENCRYPT_NO_ENCRYPT_TO, plain,
                              sealed);
  if (reason == 0) {
    size_t len = 0;
    char *bytes = gpgme_data_release_and_get_mem(g_steal_pointer(&sealed), &len);
    result = g_bytes_new(bytes, len);
    gpgme_free(bytes);
  } else
    set_error(err, reason, "encrypt");
  if (plain != NULL)
    gpgme_data_release(plain);
  if (sealed != NULL)
    gpgme_data_release(sealed);
  return result;
}

GBytes *fbk_pgp_seal(const char *fingerprint, FbkSecret *const *lines, guint count, GError **err)
{
  if (!check_lines(lines, count, err))
    return NULL;
  gpgme_ctx_t context = new_context(err);
  if (context == NULL)
    return NULL;
  GBytes *sealed = NULL;
  gpgme_key_t key = NULL;
  gpgme_error_t reason = gpgme_get_key(context, fingerprint, &key, 0);
  if (reason == 0) {
    Source source = {.lines = lines, .count = count};
    sealed = seal_with(context, key, &source, err);
    gpgme_key_unref(key);
  } else
    set_error(err, reason, "find key");
  gpgme_release(context);
  return sealed;
}

/* --- opening --- */

/* The plaintext as GPGME writes it, sorted into lines. */
typedef struct {
  FbkSecret *lines[LINES_MAX];
  guint count, line;
} Sink;

static ssize_t sink_write(void *handle, const void *buffer, size_t size)
{
  Sink *sink = handle;
  const char *bytes = buffer, *end = bytes + size;
  while (bytes < end) {
    const char *newline = memchr(bytes, '\n', (gsize)(end - bytes));
    gsize part = (gsize)((newline != NULL ? newline : end) - bytes);
    if (sink->line >= sink->count || !fbk_secret_append(sink->lines[sink->line], bytes, part)) {
      errno = EFBIG;
      return -1;
    }
    if (newline != NULL)
      sink->line++;
    bytes += part + (newline != NULL);
  }
  return (ssize_t)size;
}

static gpgme_error_t decrypt(gpgme_ctx_t context, GBytes *sealed, Sink *sink, GCancellable *cancellable)
{
  struct gpgme_data_cbs calls = {.write = sink_write};
  gpgme_data_t cipher = NULL, plain = NULL;
  gsize len = 0;
  const char *bytes = g_bytes_get_data(sealed, &len);
  gpgme_error_t reason = gpgme_data_new_from_mem(&cipher, bytes, len, 0);
  if (reason == 0)
    reason = gpgme_data_new_from_cbs(&plain, &calls, sink);
  if (reason == 0)
    reason = gpgme_data_set_flag(plain, "sensitive", "1");
  if (reason == 0)
    reason = fbk_pgp_decrypt(context, cipher, plain, cancellable);
  if (plain != NULL)
    gpgme_data_release(plain);
  if (cipher != NULL)
    gpgme_data_release(cipher);
  return reason;
}

gboolean fbk_pgp_open(GBytes *sealed, FbkSecret **lines, guint count, GCancellable *cancellable, GError **err)
{
  g_assert(count <= LINES_MAX);
  gpgme_ctx_t context = fbk_cancelled(cancellable, err) ? NULL : new_context(err);
  if (context == NULL)
    return FALSE;
  Sink sink = {.count = count};
  for (guint i = 0; i < count; i++)
    sink.lines[i] = fbk_secret_new();
  gpgme_error_t reason = decrypt(context, sealed, &sink, cancellable);
  gpgme_release(context);
  gboolean opened = FALSE;
  if (fbk_cancelled(cancellable, err))
    opened = FALSE;
  else if (gpgme_err_code(reason) == GPG_ERR_EFBIG || (reason == 0 && sink.line != count))
    fbk_error_set(err, FBK_ERR_CRYPTO,
                  _("The encrypted file holds something else than a password; set the password again."));
  else if (reason != 0)
    set_error(err, reason, "decrypt");
  else
    opened = TRUE;
  for (guint i = 0; i < count; i++) {
    if (opened)
      lines[i] = sink.lines[i];
    else
      fbk_secret_free(sink.lines[i]);
  }
  return opened;
}
