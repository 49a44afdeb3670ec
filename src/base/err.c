/* Makes, converts and explains errors. SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"

#include <errno.h>
#include <glib/gi18n.h>

G_DEFINE_QUARK(fbk - error - quark, fbk_error)

/* EXIT STATUS, as fubako(1) prints it. Numbers are those of sysexits(3) where one fits. 10 to 16 and 20 stay
 * free: `fubako copy` answers with them.
 *
 *   0    everything asked for was done
 *   64   wrong option, wrong argument, or input that cannot be used
 *   65   over a size limit
 *   66   no such file, folder, message or account
 *   67   GnuPG could not do it
 *   68   the certificate or the TLS connection is not acceptable
 *   69   no network, or the server cannot be reached
 *   70   a defect of Fubako itself
 *   72   the server understood and said no
 *   73   it exists already, or somebody else changed or holds it
 *   74   the disk or a quota is full
 *   75   no answer in time; trying again later may help
 *   76   the server said something it may not say
 *   77   sign-in refused
 *   78   file permissions are in the way
 *   130  stopped by the person
 */
static const int exit_codes[] = {
    [FBK_ERR_CANCELLED] = 130, [FBK_ERR_OFFLINE] = 69,   [FBK_ERR_TIMEOUT] = 75,  [FBK_ERR_CERT] = 68,
    [FBK_ERR_AUTH] = 77,       [FBK_ERR_REFUSED] = 72,   [FBK_ERR_PROTOCOL] = 76, [FBK_ERR_TOO_BIG] = 65,
    [FBK_ERR_NOT_FOUND] = 66,  [FBK_ERR_EXISTS] = 73,    [FBK_ERR_CONFLICT] = 73, [FBK_ERR_DENIED] = 78,
    [FBK_ERR_NO_SPACE] = 74,   [FBK_ERR_BAD_INPUT] = 64, [FBK_ERR_CRYPTO] = 67,   [FBK_ERR_BUG] = 70,
};

static FbkErr code_of_errno(int errnum)
{
  switch (errnum) {
  case ECANCELED:
    return FBK_ERR_CANCELLED;
  case ENETDOWN:
  case ENETUNREACH:
  case EHOSTDOWN:
  case EHOSTUNREACH:
  case ECONNREFUSED:
  case ECONNRESET:
  case ECONNABORTED:
  case EPIPE:
  case ENOTCONN:
  case EADDRNOTAVAIL:
    return FBK_ERR_OFFLINE;
  case ETIMEDOUT:
    return FBK_ERR_TIMEOUT;
  case EPROTO:
    return FBK_ERR_PROTOCOL;
  case EFBIG:
  case EOVERFLOW:
    return FBK_ERR_TOO_BIG;
  case ENOENT:
    return FBK_ERR_NOT_FOUND;
  case EEXIST:
  case ENOTEMPTY:
    return FBK_ERR_EXISTS;
  case EAGAIN:
  case EBUSY:
  case ETXTBSY:
  case EDEADLK:
  case ESTALE:
    return FBK_ERR_CONFLICT;
  case EACCES:
  case EPERM:
  case EROFS:
  /* The machine is in trouble: no defect of ours, and the hint of DENIED names the disk too. */
  case EIO:
  case ENXIO:
  case ENODEV:
  case ENOMEM:
  case EMFILE:
  case ENFILE:
    return FBK_ERR_DENIED;
  case ENOSPC:
  case EDQUOT:
    return FBK_ERR_NO_SPACE;
  case EISDIR:
  case ENOTDIR:
  case ELOOP:
  case ENAMETOOLONG:
  case EILSEQ:
    return FBK_ERR_BAD_INPUT;
  default:
    return FBK_ERR_BUG;
  }
}

static FbkErr code_of_io_error(int code)
{
  switch (code) {
  case G_IO_ERROR_CANCELLED:
    return FBK_ERR_CANCELLED;
  case G_IO_ERROR_HOST_NOT_FOUND:
  case G_IO_ERROR_HOST_UNREACHABLE:
  case G_IO_ERROR_NETWORK_UNREACHABLE:
  case G_IO_ERROR_CONNECTION_REFUSED:
  case G_IO_ERROR_BROKEN_PIPE: /* the same number as CONNECTION_CLOSED */
  case G_IO_ERROR_NOT_CONNECTED:
  case G_IO_ERROR_PROXY_FAILED:
    return FBK_ERR_OFFLINE;
  case G_IO_ERROR_TIMED_OUT:
    return FBK_ERR_TIMEOUT;
  case G_IO_ERROR_MESSAGE_TOO_LARGE:
    return FBK_ERR_TOO_BIG;
  case G_IO_ERROR_NOT_FOUND:
    return FBK_ERR_NOT_FOUND;
  case G_IO_ERROR_EXISTS:
  case G_IO_ERROR_NOT_EMPTY:
    return FBK_ERR_EXISTS;
  case G_IO_ERROR_BUSY:
  case G_IO_ERROR_WRONG_ETAG:
    return FBK_ERR_CONFLICT;
  case G_IO_ERROR_PERMISSION_DENIED:
  case G_IO_ERROR_READ_ONLY:
    return FBK_ERR_DENIED;
  case G_IO_ERROR_NO_SPACE:
    return FBK_ERR_NO_SPACE;
  case G_IO_ERROR_INVALID_ARGUMENT:
  case G_IO_ERROR_INVALID_DATA:
  case G_IO_ERROR_INVALID_FILENAME:
  case G_IO_ERROR_FILENAME_TOO_LONG:
  case G_IO_ERROR_IS_DIRECTORY:
  case G_IO_ERROR_NOT_DIRECTORY:
  case G_IO_ERROR_NOT_REGULAR_FILE:
    return FBK_ERR_BAD_INPUT;
  default:
    return FBK_ERR_BUG;
  }
}

static FbkErr code_of_file_error(int code)
{
  switch (code) {
  case G_FILE_ERROR_NOENT:
    return FBK_ERR_NOT_FOUND;
  case G_FILE_ERROR_EXIST:
    return FBK_ERR_EXISTS;
  case G_FILE_ERROR_NOSPC:
    return FBK_ERR_NO_SPACE;
  case G_FILE_ERROR_ACCES:
  case G_FILE_ERROR_PERM:
  case G_FILE_ERROR_ROFS:
  case G_FILE_ERROR_IO:
  case G_FILE_ERROR_NOMEM:
  case G_FILE_ERROR_MFILE:
  case G_FILE_ERROR_NFILE:
    return FBK_ERR_DENIED;
  case G_FILE_ERROR_ISDIR:
  case G_FILE_ERROR_NOTDIR:
  case G_FILE_ERROR_LOOP:
  case G_FILE_ERROR_NAMETOOLONG:
    return FBK_ERR_BAD_INPUT;
  default:
    return FBK_ERR_BUG;
  }
}

static FbkErr code_of_foreign(const GError *foreign)
{
  if (foreign->domain == FBK_ERROR)
    return (FbkErr)foreign->code;
  if (foreign->domain == G_IO_ERROR)
    return code_of_io_error(foreign->code);
  if (foreign->domain == G_FILE_ERROR)
    return code_of_file_error(foreign->code);
  if (foreign->domain == G_RESOLVER_ERROR)
    return FBK_ERR_OFFLINE;
  if (foreign->domain == G_TLS_ERROR)
    return FBK_ERR_CERT;
  if (foreign->domain == G_SPAWN_ERROR)
    return foreign->code == G_SPAWN_ERROR_NOENT ? FBK_ERR_NOT_FOUND : FBK_ERR_DENIED;
  if (foreign->domain == G_CONVERT_ERROR || foreign->domain == G_OPTION_ERROR ||
      foreign->domain == G_KEY_FILE_ERROR || foreign->domain == G_NUMBER_PARSER_ERROR)
    return FBK_ERR_BAD_INPUT;
  return FBK_ERR_BUG;
}

void fbk_error_set(GError **err, FbkErr code, const char *format, ...)
{
  if (err == NULL)
    return;
  va_list args;
  va_start(args, format);
  g_propagate_error(err, g_error_new_valist(FBK_ERROR, (int)code, format, args));
  va_end(args);
}

void fbk_error_set_errno(GError **err, int errnum, const char *format, ...)
{
  if (err == NULL)
    return;
  va_list args;
  va_start(args, format);
  g_autofree char *doing = g_strdup_vprintf(format, args);
  va_end(args);
  fbk_error_set(err, code_of_errno(errnum), "%s: %s", doing, g_strerror(errnum));
}

void fbk_error_take(GError **err, GError *foreign, const char *format, ...)
{
  g_autoptr(GError) owned = foreign;
  if (err == NULL)
    return;
  va_list args;
  va_start(args, format);
  g_autofree char *doing = g_strdup_vprintf(format, args);
  va_end(args);
  if (owned == NULL)
    fbk_error_set(err, FBK_ERR_BUG, "%s", doing);
  else
    fbk_error_set(err, code_of_foreign(owned), "%s: %s", doing, owned->message);
}

const char *fbk_error_hint(const GError *err)
{
  if (err == NULL || err->domain != FBK_ERROR)
    return NULL;
  switch ((FbkErr)err->code) {
  case FBK_ERR_CANCELLED:
    return NULL;
  case FBK_ERR_OFFLINE:
    return _("Check the network (and the VPN, if the campus needs one), then try again; mail already "
             "fetched can be read meanwhile.");
  case FBK_ERR_TIMEOUT:
    return _("The server may be busy: wait a little, then try again.");
  case FBK_ERR_CERT:
    return _("Do not go on: ask your university's help desk before you type a password here.");
  case FBK_ERR_AUTH:
    return _("Check the user name and the password; it is not tried again by itself, so that the account "
             "does not get locked.");
  case FBK_ERR_REFUSED:
    return _(
        "Trying again will not help; the log holds the server's own words: show them to your help desk.");
  case FBK_ERR_PROTOCOL:
    return _("The connection was closed; try again, and if it comes back, report it with the log.");
  case FBK_ERR_TOO_BIG:
    return _("Make it smaller or split it, then try again.");
  case FBK_ERR_NOT_FOUND:
    return _("Check the name; it may have been moved or deleted elsewhere.");
  case FBK_ERR_EXISTS:
    return _("Choose another name; what is there was not touched.");
  case FBK_ERR_CONFLICT:
    return _("Another program is using or has changed it: close that program or reload, then try again.");
  case FBK_ERR_DENIED:
    return _("Check who owns the file or directory, its permissions, and that the disk is in order.");
  case FBK_ERR_NO_SPACE:
    return _("Free some space, then try again; nothing was lost.");
  case FBK_ERR_BAD_INPUT:
    return _("Correct it and try again.");
  case FBK_ERR_CRYPTO:
    return _("Check that gpg works and knows the key: gpg --list-secret-keys");
  case FBK_ERR_BUG:
    return _("This is a defect of Fubako: please report it with the log.");
  }
  return NULL;
}

int fbk_error_exit_code(const GError *err)
{
  if (err == NULL)
    return 0;
  return exit_codes[code_of_foreign(err)];
}

FbkErr fbk_error_code_of_exit(int status)
{
  for (gsize code = 0; code < G_N_ELEMENTS(exit_codes); code++)
    if (exit_codes[code] == status)
      return (FbkErr)code;
  return FBK_ERR_BUG;
}

gboolean fbk_cancelled(GCancellable *cancellable, GError **err)
{
  if (cancellable == NULL || !g_cancellable_is_cancelled(cancellable))
    return FALSE;
  fbk_error_set(err, FBK_ERR_CANCELLED, "%s", _("Cancelled."));
  return TRUE;
}
