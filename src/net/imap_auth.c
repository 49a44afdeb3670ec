/* Signing in, once. Passwords go from FbkSecret to the stream and nowhere else.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/imap_private.h"

#include <string.h>
#include <glib/gi18n.h>
#include "base/log.h"
#include "net/sasl.h"

#define SIGN_IN_BUDGET (256 * 1024)
#define SIGN_IN_SECONDS 60

typedef struct {
  FbkImap *imap;
  const char *user;
  const FbkSecret *password;
} SignIn;

/* --- pieces of a line with a secret --- */

static gboolean too_long(GError **err)
{
  fbk_error_set(err, FBK_ERR_BAD_INPUT, "%s", _("The user name or the password is too long."));
  return FALSE;
}

/* before (may be "") and secret in one line and one write. */
static gboolean send_secret(FbkImap *imap, const char *before, const FbkSecret *secret, GError **err)
{
  GError *failure = NULL;
  imap->round_trips++;
  return fbk_sasl_write(imap->stream, before, secret, &failure) ? TRUE : fbk_imap_die(imap, failure, err);
}

/* --- AUTHENTICATE --- */

/* Waits for "+"; when the tagged line comes instead, its refusal is what *err says later. */
static gboolean challenge(SignIn *in, gboolean *ready_out, GError **err)
{
  return fbk_imap_await_ready(in->imap, in->imap->tag, ready_out, err);
}

static gboolean authenticate_plain(SignIn *in, GError **err)
{
  g_autoptr(FbkSecret) answer = fbk_sasl_plain(in->user, in->password);
  if (answer == NULL)
    return too_long(err);
  if (fbk_imap_has(in->imap, "SASL-IR")) {
    g_autofree char *before = g_strdup_printf("%u AUTHENTICATE PLAIN ", in->imap->tag + 1);
    in->imap->tag++;
    return send_secret(in->imap, before, answer, err) && fbk_imap_await(in->imap, in->imap->tag, NULL, err);
  }
  gboolean ready = FALSE;
  if (!fbk_imap_send(in->imap, err, "AUTHENTICATE PLAIN") || !challenge(in, &ready, err))
    return FALSE;
  return !ready ||
         (send_secret(in->imap, "", answer, err) && fbk_imap_await(in->imap, in->imap->tag, NULL, err));
}

static gboolean authenticate_login(SignIn *in, GError **err)
{
  gsize len;
  const char *bytes = fbk_secret_peek(in->password, &len);
  g_autoptr(FbkSecret) user = fbk_sasl_base64(in->user, strlen(in->user));
  g_autoptr(FbkSecret) password = fbk_sasl_base64(bytes, len);
  gboolean ready = FALSE;
  if (user == NULL || password == NULL)
    return too_long(err);
  if (!fbk_imap_send(in->imap, err, "AUTHENTICATE LOGIN") || !challenge(in, &ready, err))
    return FALSE;
  if (!ready)
    return TRUE;
  if (!send_secret(in->imap, "", user, err) || !challenge(in, &ready, err))
    return FALSE;
  return !ready ||
         (send_secret(in->imap, "", password, err) && fbk_imap_await(in->imap, in->imap->tag, NULL, err));
}

/* --- LOGIN --- */

static gboolean is_printable_ascii(const char *bytes, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isprint(bytes[i]))
      return FALSE;
  return TRUE;
}

static gboolean append_quoted(FbkSecret *line, const char *bytes, gsize len)
{
  gboolean fits = fbk_secret_append(line, "\"", 1);
  for (gsize i = 0; i < len && fits; i++)
    fits = ((bytes[i] != '"' && bytes[i] != '\\') || fbk_secret_append(line, "\\", 1)) &&
           fbk_secret_append(line, bytes + i, 1);
  return fits && fbk_secret_append(line, "\"", 1);
}

static gboolean login_quoted(SignIn *in, const char *password, gsize len, GError **err)
{
  g_autoptr(FbkSecret) line = fbk_secret_new();
  g_autofree char *before = g_strdup_printf("%u LOGIN ", in->imap->tag + 1);
  if (!append_quoted(line, in->user, strlen(in->user)) || !fbk_secret_append(line, " ", 1) ||
      !append_quoted(line, password, len))
    return too_long(err);
  in->imap->tag++;
  return send_secret(in->imap, before, line, err) && fbk_imap_await(in->imap, in->imap->tag, NULL, err);
}

/* Other bytes than ASCII need literals, each of which the server invites with "+". */
static gboolean login_literal(SignIn *in, gsize len, GError **err)
{
  gboolean ready = FALSE;
  g_autofree char *user = g_strdup_printf("%s {%" G_GSIZE_FORMAT "}\r\n", in->user, len);
  if (!fbk_imap_send(in->imap, err, "LOGIN {%" G_GSIZE_FORMAT "}", strlen(in->user)) ||
      !challenge(in, &ready, err))
    return FALSE;
  if (!ready)
    return TRUE;
  if (!fbk_imap_write(in->imap, user, strlen(user), err) || !challenge(in, &ready, err))
    return FALSE;
  return !ready ||
         (send_secret(in->imap, "", in->password, err) && fbk_imap_await(in->imap, in->imap->tag, NULL, err));
}

static gboolean login(SignIn *in, GError **err)
{
  gsize len;
  const char *password = fbk_secret_peek(in->password, &len);
  if (is_printable_ascii(in->user, strlen(in->user)) && is_printable_ascii(password, len))
    return login_quoted(in, password, len, err);
  return login_literal(in, len, err);
}

/* --- the one try --- */

static gboolean may_use(const FbkImap *imap, guint mechanism, const char *capability)
{
  return (imap->auth == 0 || (imap->auth & mechanism) != 0) && fbk_imap_has(imap, capability);
}

static gboolean try_once(SignIn *in, GError **err)
{
  if (may_use(in->imap, FBK_AUTH_PLAIN, "AUTH=PLAIN"))
    return authenticate_plain(in, err);
  if (may_use(in->imap, FBK_AUTH_LOGIN, "AUTH=LOGIN"))
    return authenticate_login(in, err);
  if (!fbk_imap_has(in->imap, "LOGINDISABLED"))
    return login(in, err);
  return fbk_imap_die_of(in->imap, FBK_ERR_REFUSED, err,
                         _("%s does not accept passwords: it may want another way to sign in."),
                         fbk_stream_host(in->imap->stream));
}

/* NO means the password, unless the server says that it does not. */
static FbkErr refusal_code(const FbkImap *imap)
{
  static const char *const not_now[] = {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"};
  static const char *const not_so[] = {"CONTACTADMIN", "PRIVACYREQUIRED", "EXPIRED", "AUTHORIZATIONFAILED"};
  for (guint i = 0; i < G_N_ELEMENTS(not_now); i++)
    if (fbk_imap_code_is(imap, not_now[i]))
      return FBK_ERR_OFFLINE;
  for (guint i = 0; i < G_N_ELEMENTS(not_so); i++)
    if (fbk_imap_code_is(imap, not_so[i]))
      return FBK_ERR_REFUSED;
  return imap->status.condition == FBK_IMAP_NO ? FBK_ERR_AUTH : FBK_ERR_REFUSED;
}

static gboolean refused(FbkImap *imap, const FbkSecret *password, GError **err)
{
  const char *host = fbk_stream_host(imap->stream);
  fbk_log("imap", "%s does not sign us in: [%s] %s", host, fbk_sasl_loggable(imap->status.code, password),
          fbk_sasl_loggable(imap->status.text, password));
  FbkErr code = refusal_code(imap);
  switch (code) {
  case FBK_ERR_AUTH:
    return fbk_imap_die_of(imap, code, err, _("%s did not accept the user name or the password."), host);
  case FBK_ERR_OFFLINE:
    return fbk_imap_die_of(imap, code, err, _("%s cannot sign anybody in now: try again later."), host);
  default:
    return fbk_imap_die_of(
        imap, code, err, _("%s refuses to sign this user in: ask your help desk (its words are in the log)."),
        host);
  }
}

gboolean fbk_imap_sign_in(FbkImap *imap, const char *user, const FbkSecret *password, FbkSteps *steps,
                          GError **err)
{
  g_assert(fbk_stream_is_tls(imap->stream) || imap->dead != NULL);
  SignIn in = {imap, user, password};
  fbk_steps_begin(steps, FBK_STEP_SIGN_IN);
  if (!fbk_imap_alive(imap, err) || !fbk_sasl_check_user(user, err))
    return FALSE;
  fbk_imap_set_budget(imap, SIGN_IN_BUDGET, SIGN_IN_SECONDS);
  if (!try_once(&in, err))
    return FALSE;
  if (imap->status.condition != FBK_IMAP_OK)
    return refused(imap, password, err);
  /* What a server can may change with who is signed in (RFC 3501 6.2.3); many say so in the same line. */
  if (!fbk_imap_code_is(imap, "CAPABILITY")) {
    fbk_imap_learn(imap, NULL);
    if (!fbk_imap_ask_capability(imap, err))
      return FALSE;
  }
  fbk_steps_passed(steps, "%s", user);
  return TRUE;
}
