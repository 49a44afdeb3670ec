/* Password lines of SASL. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/sasl.h"

#include <string.h>
#include <glib/gi18n.h>
#include "base/err.h"

#define USER_MAX 255

/* base64 that grows in a secret, a few bytes at a time, so that no copy is left anywhere. */
typedef struct {
  FbkSecret *out;
  gint state, save;
  gboolean fits;
} Encoder;

static void encode(Encoder *encoder, const char *bytes, gsize len)
{
  char piece[48 * 4 / 3 + 8];
  while (len > 0 && encoder->fits) {
    gsize now = MIN(len, 48);
    gsize made =
        g_base64_encode_step((const guchar *)bytes, now, FALSE, piece, &encoder->state, &encoder->save);
    encoder->fits = fbk_secret_append(encoder->out, piece, made);
    bytes += now;
    len -= now;
  }
  fbk_wipe(piece, sizeof piece);
}

static FbkSecret *encode_end(Encoder *encoder)
{
  char piece[8];
  gsize made = g_base64_encode_close(FALSE, piece, &encoder->state, &encoder->save);
  encoder->fits = encoder->fits && fbk_secret_append(encoder->out, piece, made);
  fbk_wipe(piece, sizeof piece);
  FbkSecret *out = encoder->out;
  gboolean fits = encoder->fits;
  fbk_wipe(encoder, sizeof *encoder);
  if (fits)
    return out;
  fbk_secret_free(out);
  return NULL;
}

gboolean fbk_sasl_check_user(const char *user, GError **err)
{
  gsize len = strlen(user);
  gboolean fine = len > 0 && len <= USER_MAX;
  for (gsize i = 0; i < len && fine; i++)
    fine = !g_ascii_iscntrl(user[i]);
  if (!fine)
    fbk_error_set(err, FBK_ERR_BAD_INPUT, "%s",
                  _("The user name is empty, too long, or holds characters that no server takes."));
  return fine;
}

FbkSecret *fbk_sasl_plain(const char *user, const FbkSecret *password)
{
  if (!fbk_sasl_check_user(user, NULL))
    return NULL;
  Encoder encoder = {.out = fbk_secret_new(), .fits = TRUE};
  gsize len;
  const char *bytes = fbk_secret_peek(password, &len);
  encode(&encoder, "", 1);
  encode(&encoder, user, strlen(user) + 1);
  encode(&encoder, bytes, len);
  return encode_end(&encoder);
}

FbkSecret *fbk_sasl_base64(const char *bytes, gsize len)
{
  Encoder encoder = {.out = fbk_secret_new(), .fits = TRUE};
  encode(&encoder, bytes, len);
  return encode_end(&encoder);
}

gboolean fbk_sasl_write(FbkStream *stream, const char *prefix, const FbkSecret *secret, GError **err)
{
  if (!fbk_stream_is_tls(stream)) {
    fbk_error_set(err, FBK_ERR_BUG, "%s", _("A password was about to be sent without encryption."));
    return FALSE;
  }
  g_autoptr(FbkSecret) line = fbk_secret_new();
  gsize len = 0;
  const char *bytes = secret != NULL ? fbk_secret_peek(secret, &len) : "";
  gboolean fits = secret != NULL && strpbrk(bytes, "\r\n") == NULL &&
                  fbk_secret_append(line, prefix, strlen(prefix)) && fbk_secret_append(line, bytes, len) &&
                  fbk_secret_append(line, "\r\n", 2);
  if (!fits) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, "%s",
                  _("The password cannot be sent: it is too long or holds a line end."));
    return FALSE;
  }
  bytes = fbk_secret_peek(line, &len);
  return fbk_stream_write(stream, bytes, len, err);
}

const char *fbk_sasl_loggable(const char *answer, const FbkSecret *password)
{
  gsize len;
  const char *bytes = fbk_secret_peek(password, &len);
  g_autoptr(FbkSecret) coded = fbk_sasl_base64(bytes, len);
  gsize whole = len / 3 * 4; /* what follows depends on what stood behind the password */
  gboolean echoed = len > 0 && strstr(answer, bytes) != NULL;
  if (!echoed && coded != NULL && whole > 0) {
    g_autoptr(FbkSecret) start = fbk_secret_new();
    echoed = fbk_secret_append(start, fbk_secret_peek(coded, NULL), whole) &&
             strstr(answer, fbk_secret_peek(start, NULL)) != NULL;
  }
  return echoed ? "(withheld: the server sent the password back)" : answer;
}
