/* SMTP submission: connect and sign in. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/smtp.h"

#include <string.h>
#include <glib/gi18n.h>
#include "base/err.h"
#include "base/log.h"
#include "net/sasl.h"

#define REPLY_BYTES_MAX (64 * 1024)
#define REPLY_LINES_MAX 1000
#define CHALLENGE_MAX 512

struct FbkSmtp {
  FbkStream *stream;
  guint reply_seconds; /* for one whole reply */
  guint allowed;       /* FbkAuth bits the account may use */
  guint code;          /* of the last reply */
  GPtrArray *lines;    /* its texts, without code */
  GString *line;
  /* Of the last EHLO. */
  gboolean has_starttls;
  guint auth;
  guint64 size_limit;
  GString *told;
};

static FbkSmtp *smtp_new(const FbkNet *net, const FbkServer *server, FbkStream *stream)
{
  FbkSmtp *smtp = g_new0(FbkSmtp, 1);
  smtp->stream = stream;
  smtp->reply_seconds = 2 * net->idle_seconds;
  smtp->allowed = server->auth != 0 ? server->auth : FBK_AUTH_PLAIN | FBK_AUTH_LOGIN;
  smtp->lines = g_ptr_array_new_with_free_func(g_free);
  smtp->line = g_string_new(NULL);
  smtp->told = g_string_new(NULL);
  return smtp;
}

/* "250-text", "250 text" or "250"; 0 where line is none of these. */
static guint code_of_line(const GString *line)
{
  const char *at = line->str;
  if (line->len < 3 || at[0] < '2' || at[0] > '5' || !g_ascii_isdigit(at[1]) || !g_ascii_isdigit(at[2]))
    return 0;
  if (at[3] != '\0' && at[3] != ' ' && at[3] != '-')
    return 0;
  return (guint)((at[0] - '0') * 100 + (at[1] - '0') * 10 + (at[2] - '0'));
}

/* One whole reply (RFC 5321 4.2.1) into code and lines. password: what may not stand in the log, or NULL. */
static gboolean read_reply(FbkSmtp *smtp, const FbkSecret *password, GError **err)
{
  g_ptr_array_set_size(smtp->lines, 0);
  smtp->code = 0;
  fbk_stream_set_budget(smtp->stream, REPLY_BYTES_MAX, smtp->reply_seconds);
  for (;;) {
    if (!fbk_stream_read_line(smtp->stream, smtp->line, REPLY_BYTES_MAX, err))
      return FALSE;
    guint code = code_of_line(smtp->line);
    if (code == 0 || (smtp->code != 0 && code != smtp->code) || smtp->lines->len == REPLY_LINES_MAX) {
      const char *shown = password != NULL ? fbk_sasl_loggable(smtp->line->str, password) : smtp->line->str;
      return fbk_stream_reject(smtp->stream, shown, err);
    }
    smtp->code = code;
    gboolean last = smtp->line->len == 3 || smtp->line->str[3] == ' ';
    g_ptr_array_add(smtp->lines, g_strdup(smtp->line->len > 4 ? smtp->line->str + 4 : ""));
    if (last)
      return TRUE;
  }
}

static const char *last_text(const FbkSmtp *smtp)
{
  return g_ptr_array_index(smtp->lines, smtp->lines->len - 1);
}

/* A reply that has no place at this step. */
static gboolean reject_reply(FbkSmtp *smtp, const FbkSecret *password, GError **err)
{
  const char *text = password != NULL ? fbk_sasl_loggable(last_text(smtp), password) : last_text(smtp);
  g_autofree char *line = g_strdup_printf("%u %s", smtp->code, text);
  return fbk_stream_reject(smtp->stream, line, err);
}

static gboolean refuse(FbkSmtp *smtp, GError **err)
{
  const char *host = fbk_stream_host(smtp->stream);
  fbk_log("net", "%s refused: %u %s", host, smtp->code, last_text(smtp));
  if (smtp->code < 500)
    fbk_error_set(err, FBK_ERR_REFUSED, _("%s cannot take mail at present; try again later."), host);
  else
    fbk_error_set(err, FBK_ERR_REFUSED, _("%s refuses to talk to this computer."), host);
  return FALSE;
}

static guint auth_bits(const char *words)
{
  g_auto(GStrv) names = g_strsplit_set(words, " \t=", -1);
  guint bits = 0;
  for (gsize i = 0; names[i] != NULL; i++) {
    if (g_ascii_strcasecmp(names[i], "PLAIN") == 0)
      bits |= FBK_AUTH_PLAIN;
    else if (g_ascii_strcasecmp(names[i], "LOGIN") == 0)
      bits |= FBK_AUTH_LOGIN;
  }
  return bits;
}

static void take_capability(FbkSmtp *smtp, const char *line)
{
  gsize len = strcspn(line, " \t=");
  const char *rest = line + len + (line[len] != '\0');
  if (len == 8 && g_ascii_strncasecmp(line, "STARTTLS", len) == 0)
    smtp->has_starttls = TRUE;
  else if (len == 4 && g_ascii_strncasecmp(line, "AUTH", len) == 0)
    smtp->auth |= auth_bits(rest); /* "AUTH PLAIN LOGIN", and the old "AUTH=LOGIN" */
  else if (len == 4 && g_ascii_strncasecmp(line, "SIZE", len) == 0 &&
           !g_ascii_string_to_unsigned(rest, 10, 0, G_MAXUINT64, &smtp->size_limit, NULL))
    smtp->size_limit = 0;
}

/* What an earlier EHLO said is forgotten first. */
static gboolean say_hello(FbkSmtp *smtp, GError **err)
{
  smtp->has_starttls = FALSE;
  smtp->auth = 0;
  smtp->size_limit = 0;
  g_string_truncate(smtp->told, 0);
  if (!fbk_stream_printf(smtp->stream, err, "EHLO [127.0.0.1]\r\n") || !read_reply(smtp, NULL, err))
    return FALSE;
  if (smtp->code >= 400)
    return refuse(smtp, err);
  if (smtp->code != 250)
    return reject_reply(smtp, NULL, err);
  for (guint i = 1; i < smtp->lines->len; i++) { /* the first is the server's greeting */
    const char *line = g_ptr_array_index(smtp->lines, i);
    take_capability(smtp, line);
    g_string_append_printf(smtp->told, "%s\n", line);
  }
  return TRUE;
}

static gboolean greet(FbkSmtp *smtp, FbkSteps *steps, GError **err)
{
  fbk_steps_begin(steps, FBK_STEP_GREETING);
  if (!read_reply(smtp, NULL, err))
    return FALSE;
  if (smtp->code >= 400)
    return refuse(smtp, err);
  if (smtp->code != 220)
    return reject_reply(smtp, NULL, err);
  fbk_steps_passed(steps, _("%s speaks SMTP"), fbk_stream_host(smtp->stream));
  return TRUE;
}

static gboolean upgrade(FbkSmtp *smtp, FbkSteps *steps, GError **err)
{
  fbk_steps_begin(steps, FBK_STEP_STARTTLS);
  if (!say_hello(smtp, err))
    return FALSE;
  gboolean offered = smtp->has_starttls;
  if (offered && (!fbk_stream_printf(smtp->stream, err, "STARTTLS\r\n") || !read_reply(smtp, NULL, err)))
    return FALSE;
  if (offered && smtp->code < 400 && smtp->code != 220)
    return reject_reply(smtp, NULL, err);
  if (!offered || smtp->code != 220) {
    fbk_log("net", "%s: STARTTLS %s: %u %s", fbk_stream_host(smtp->stream),
            offered ? "refused" : "not offered", smtp->code, last_text(smtp));
    fbk_error_set(err, FBK_ERR_CERT,
                  _("%s does not let the connection be encrypted (STARTTLS); nothing was sent."),
                  fbk_stream_host(smtp->stream));
    return FALSE;
  }
  fbk_steps_passed(steps, "%s", _("offered and accepted"));
  return fbk_stream_start_tls(smtp->stream, steps, err);
}

FbkSmtp *fbk_smtp_connect(const FbkNet *net, const FbkServer *server, FbkSteps *steps,
                          GCancellable *cancellable, GError **err)
{
  FbkStream *stream = fbk_stream_connect(net, server->host, server->port, steps, cancellable, err);
  if (stream == NULL)
    return NULL;
  g_autoptr(FbkSmtp) smtp = smtp_new(net, server, stream);
  if (server->security == FBK_SECURITY_TLS) {
    if (!fbk_stream_start_tls(stream, steps, err) || !greet(smtp, steps, err))
      return NULL;
  } else if (!greet(smtp, steps, err) || !upgrade(smtp, steps, err)) {
    return NULL;
  }
  fbk_steps_begin(steps, FBK_STEP_CAPABILITY);
  if (!say_hello(smtp, err))
    return NULL;
  fbk_steps_passed(steps, "%s%s%s", smtp->auth & FBK_AUTH_PLAIN ? "AUTH PLAIN " : "",
                   smtp->auth & FBK_AUTH_LOGIN ? "AUTH LOGIN " : "", smtp->size_limit > 0 ? "SIZE" : "");
  return g_steal_pointer(&smtp);
}

/* An answer of a sign-in. Only one that blames what it was told (user or password) is AUTH: 4xx, and the
 * codes that say the command itself was not understood, leave the account's credit alone. */
static gboolean judge(FbkSmtp *smtp, const char *user, const FbkSecret *password, gboolean told, GError **err)
{
  if (smtp->code == 235)
    return TRUE;
  if (smtp->code < 400)
    return reject_reply(smtp, password, err);
  const char *host = fbk_stream_host(smtp->stream);
  fbk_log("net", "%s refused the sign-in: %u %s", host, smtp->code,
          fbk_sasl_loggable(last_text(smtp), password));
  if (smtp->code < 500)
    fbk_error_set(err, FBK_ERR_REFUSED, _("%s cannot check the password at present; try again later."), host);
  else if (!told || smtp->code <= 504 || smtp->code == 538)
    fbk_error_set(err, FBK_ERR_REFUSED, _("%s does not accept this way of signing in."), host);
  else
    fbk_error_set(err, FBK_ERR_AUTH, _("%s does not accept this password for the user %s."), host, user);
  return FALSE;
}

/* A "334" whose text is a challenge of sane size; anything else is judged as a refusal or rejected. */
static gboolean expect_challenge(FbkSmtp *smtp, const char *user, const FbkSecret *password, gboolean told,
                                 GError **err)
{
  if (!read_reply(smtp, password, err))
    return FALSE;
  if (smtp->code >= 400)
    return judge(smtp, user, password, told, err);
  const char *text = last_text(smtp);
  gsize len = strlen(text);
  if (smtp->code != 334 || smtp->lines->len != 1 || len > CHALLENGE_MAX ||
      strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= ") != len)
    return reject_reply(smtp, password, err);
  return TRUE;
}

static gboolean sign_in_plain(FbkSmtp *smtp, const char *user, const FbkSecret *password, GError **err)
{
  g_autoptr(FbkSecret) answer = fbk_sasl_plain(user, password);
  return fbk_sasl_write(smtp->stream, "AUTH PLAIN ", answer, err) && read_reply(smtp, password, err) &&
         judge(smtp, user, password, TRUE, err);
}

static gboolean sign_in_login(FbkSmtp *smtp, const char *user, const FbkSecret *password, GError **err)
{
  gsize len;
  const char *bytes = fbk_secret_peek(password, &len);
  g_autoptr(FbkSecret) first = fbk_sasl_base64(user, strlen(user));
  g_autoptr(FbkSecret) second = fbk_sasl_base64(bytes, len);
  return fbk_stream_printf(smtp->stream, err, "AUTH LOGIN\r\n") &&
         expect_challenge(smtp, user, password, FALSE, err) && fbk_sasl_write(smtp->stream, "", first, err) &&
         expect_challenge(smtp, user, password, TRUE, err) && fbk_sasl_write(smtp->stream, "", second, err) &&
         read_reply(smtp, password, err) && judge(smtp, user, password, TRUE, err);
}

gboolean fbk_smtp_sign_in(FbkSmtp *smtp, const char *user, const FbkSecret *password, FbkSteps *steps,
                          GError **err)
{
  fbk_steps_begin(steps, FBK_STEP_SIGN_IN);
  if (!fbk_stream_is_tls(smtp->stream)) {
    fbk_error_set(err, FBK_ERR_BUG, "%s", _("A password was about to be sent without encryption."));
    return FALSE;
  }
  if (!fbk_sasl_check_user(user, err))
    return FALSE;
  guint usable = smtp->auth & smtp->allowed;
  if (usable == 0) {
    fbk_error_set(err, FBK_ERR_REFUSED, _("%s offers no way of signing in that can be used here."),
                  fbk_stream_host(smtp->stream));
    return FALSE;
  }
  gboolean plain = (usable & FBK_AUTH_PLAIN) != 0;
  if (!(plain ? sign_in_plain(smtp, user, password, err) : sign_in_login(smtp, user, password, err)))
    return FALSE;
  fbk_steps_passed(steps, _("signed in as %s"), user);
  return TRUE;
}

const char *fbk_smtp_capabilities(const FbkSmtp *smtp)
{
  return smtp->told->str;
}

guint64 fbk_smtp_size_limit(const FbkSmtp *smtp)
{
  return smtp->size_limit;
}

void fbk_smtp_free(FbkSmtp *smtp)
{
  if (smtp == NULL)
    return;
  fbk_stream_set_budget(smtp->stream, 0, 1); /* a goodbye must not hold anybody up */
  fbk_stream_printf(smtp->stream, NULL, "QUIT\r\n");
  fbk_stream_free(smtp->stream);
  g_ptr_array_unref(smtp->lines);
  g_string_free(smtp->line, TRUE);
  g_string_free(smtp->told, TRUE);
  g_free(smtp);
}
