/* An IMAP session from connect to farewell. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/imap_private.h"

#include <string.h>
#include <glib/gi18n.h>
#include "base/log.h"
#include "base/text.h"

static FbkImap *session_new(FbkStream *stream, guint auth)
{
  FbkImap *imap = g_new0(FbkImap, 1);
  imap->stream = stream;
  imap->auth = auth;
  imap->guard = fbk_imap_guard_new();
  imap->parser = fbk_imap_parser_new();
  imap->line = g_string_new(NULL);
  imap->heard = g_string_new(NULL);
  imap->capabilities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return imap;
}

gboolean fbk_imap_has(const FbkImap *imap, const char *capability)
{
  g_autofree char *upper = g_ascii_strup(capability, -1);
  return g_hash_table_contains(imap->capabilities, upper);
}

char *fbk_imap_capabilities(const FbkImap *imap)
{
  GList *words = g_list_sort(g_hash_table_get_keys(imap->capabilities), (GCompareFunc)g_strcmp0);
  GString *told = g_string_new(NULL);
  for (GList *word = words; word != NULL; word = word->next)
    g_string_append_printf(told, "%s\n", (const char *)word->data);
  g_list_free(words);
  return g_string_free(told, FALSE);
}

/* --- connecting --- */

static gboolean greet(FbkImap *imap, FbkSteps *steps, GError **err)
{
  fbk_steps_begin(steps, FBK_STEP_GREETING);
  if (!fbk_imap_greeted(imap, err))
    return FALSE;
  /* In clear such a greeting leaves no way to TLS, and whoever sent it knows that (RFC 9051 11.1). Inside TLS
   * the server took us for somebody by other means: we never asked for that. */
  if (imap->status.condition == FBK_IMAP_PREAUTH)
    return fbk_imap_die_of(imap, FBK_ERR_PROTOCOL, err,
                           _("%s signs in somebody before the password was asked for: that is not safe."),
                           fbk_stream_host(imap->stream));
  g_autofree char *words =
      fbk_text_gate(imap->status.text, (gssize)MIN(strlen(imap->status.text), 200), FBK_GATE_LINE);
  fbk_steps_passed(steps, "%s", words);
  return TRUE;
}

/* All that was learnt in clear is forgotten: it may be anybody's word (RFC 9051 11.1). */
static void forget(FbkImap *imap)
{
  fbk_imap_learn(imap, NULL);
  fbk_imap_status_clear(&imap->status);
  fbk_imap_guard_free(imap->guard);
  imap->guard = fbk_imap_guard_new();
  memset(&imap->mailbox, 0, sizeof imap->mailbox);
  imap->moved = FALSE;
}

static gboolean start_tls(FbkImap *imap, FbkSteps *steps, GError **err)
{
  const char *host = fbk_stream_host(imap->stream);
  fbk_steps_begin(steps, FBK_STEP_STARTTLS);
  if (!fbk_imap_has(imap, "STARTTLS")) { /* a greeting may leave it out */
    fbk_imap_learn(imap, NULL);
    if (!fbk_imap_ask_capability(imap, err))
      return FALSE;
  }
  if (!fbk_imap_has(imap, "STARTTLS"))
    return fbk_imap_die_of(imap, FBK_ERR_CERT, err,
                           _("%s does not offer encryption (STARTTLS): nothing was sent to it."), host);
  g_autoptr(GError) refusal = NULL;
  if (!fbk_imap_run(imap, &refusal, "STARTTLS")) {
    if (!fbk_imap_alive(imap, err))
      return FALSE;
    return fbk_imap_die_of(imap, FBK_ERR_CERT, err,
                           _("%s refuses encryption (STARTTLS): nothing was sent to it."), host);
  }
  fbk_steps_passed(steps, "%s", _("offered and accepted"));
  GError *failure = NULL;
  if (!fbk_stream_start_tls(imap->stream, steps, &failure))
    return fbk_imap_die(imap, failure, err);
  forget(imap);
  return TRUE;
}

static gboolean ask_capability(FbkImap *imap, FbkSteps *steps, GError **err)
{
  fbk_steps_begin(steps, FBK_STEP_CAPABILITY);
  if (!fbk_imap_ask_capability(imap, err))
    return FALSE;
  if (!fbk_imap_has(imap, "IMAP4rev1") && !fbk_imap_has(imap, "IMAP4rev2"))
    return fbk_imap_die_of(imap, FBK_ERR_REFUSED, err, _("%s does not speak IMAP4rev1."),
                           fbk_stream_host(imap->stream));
  fbk_steps_passed(steps, "%s", fbk_imap_has(imap, "IMAP4rev1") ? "IMAP4rev1" : "IMAP4rev2");
  return TRUE;
}

static gboolean open_session(FbkImap *imap, FbkSecurity security, FbkSteps *steps, GError **err)
{
  GError *failure = NULL;
  if (security == FBK_SECURITY_TLS && !fbk_stream_start_tls(imap->stream, steps, &failure))
    return fbk_imap_die(imap, failure, err);
  if (!greet(imap, steps, err) || (security == FBK_SECURITY_STARTTLS && !start_tls(imap, steps, err)))
    return FALSE;
  return ask_capability(imap, steps, err);
}

FbkImap *fbk_imap_connect(const FbkNet *net, const FbkServer *server, FbkSteps *steps,
                          GCancellable *cancellable, GError **err)
{
  FbkStream *stream = fbk_stream_connect(net, server->host, server->port, steps, cancellable, err);
  if (stream == NULL)
    return NULL;
  FbkImap *imap = session_new(stream, server->auth);
  if (open_session(imap, server->security, steps, err))
    return imap;
  fbk_imap_free(imap);
  return NULL;
}

/* --- while it lasts --- */

/* path as a quoted string; NULL when it has bytes that only a literal can carry. */
static char *quote(const char *path)
{
  GString *quoted = g_string_new("\"");
  for (const char *at = path; *at != '\0'; at++) {
    if ((guchar)*at >= 0x80) {
      g_string_free(quoted, TRUE);
      return NULL;
    }
    if (*at == '"' || *at == '\\')
      g_string_append_c(quoted, '\\');
    g_string_append_c(quoted, *at);
  }
  g_string_append_c(quoted, '"');
  return g_string_free(quoted, FALSE);
}

static gboolean examine_by_literal(FbkImap *imap, const char *path, GError **err)
{
  gboolean ready = FALSE;
  fbk_imap_set_budget(imap, 1024 * 1024, 120);
  if (!fbk_imap_send(imap, err, "EXAMINE {%" G_GSIZE_FORMAT "}", strlen(path)) ||
      !fbk_imap_await_ready(imap, imap->tag, &ready, err))
    return FALSE;
  if (ready) {
    g_autofree char *line = g_strconcat(path, "\r\n", NULL);
    if (!fbk_imap_write(imap, line, strlen(line), err) || !fbk_imap_await(imap, imap->tag, NULL, err))
      return FALSE;
  }
  return fbk_imap_accepted(imap, err);
}

gboolean fbk_imap_examine(FbkImap *imap, const char *path, FbkImapMailbox *out, GError **err)
{
  for (const char *at = path; *at != '\0'; at++)
    if (g_ascii_iscntrl(*at)) {
      fbk_error_set(err, FBK_ERR_BAD_INPUT, "%s", _("The folder's name holds control characters."));
      return FALSE;
    }
  if (!fbk_imap_alive(imap, err))
    return FALSE;
  imap->examined = imap->moved = FALSE;
  memset(&imap->mailbox, 0, sizeof imap->mailbox);
  g_autofree char *quoted = quote(path);
  if (!(quoted != NULL ? fbk_imap_run(imap, err, "EXAMINE %s", quoted) : examine_by_literal(imap, path, err)))
    return FALSE;
  if (imap->mailbox.uidvalidity == 0) {
    fbk_error_set(err, FBK_ERR_REFUSED, _("%s does not number this folder's mail: it cannot be fetched."),
                  fbk_stream_host(imap->stream));
    return FALSE;
  }
  imap->examined = TRUE;
  imap->moved = FALSE;
  *out = imap->mailbox;
  return TRUE;
}

gboolean fbk_imap_noop(FbkImap *imap, GError **err)
{
  return fbk_imap_run(imap, err, "NOOP");
}

guint fbk_imap_round_trips(const FbkImap *imap)
{
  return imap->round_trips;
}

void fbk_imap_set_cancellable(FbkImap *imap, GCancellable *cancellable)
{
  fbk_stream_set_cancellable(imap->stream, cancellable);
}

void fbk_imap_free(FbkImap *imap)
{
  if (imap == NULL)
    return;
  /* In clear nothing has begun that could be ended; in the middle of answers nobody would hear it. */
  if (imap->dead == NULL && fbk_stream_is_tls(imap->stream) && imap->answered == imap->tag)
    fbk_imap_send(imap, NULL, "LOGOUT");
  fbk_stream_free(imap->stream);
  fbk_imap_guard_free(imap->guard);
  fbk_imap_parser_free(imap->parser);
  g_clear_error(&imap->dead);
  g_string_free(imap->line, TRUE);
  g_string_free(imap->heard, TRUE);
  g_hash_table_unref(imap->capabilities);
  fbk_imap_status_clear(&imap->status);
  g_free(imap);
}
