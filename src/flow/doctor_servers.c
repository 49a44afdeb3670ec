/* Every port of every server: name, connection, certificate, features. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "flow/doctor.h"

#include <glib/gi18n.h>
#include <string.h>

#include "flow/doctor_inner.h"
#include "flow/session.h"
#include "net/dial.h"

#define AT_A_TIME 4        /* connections: a server may mind more from one place */
#define CONNECT_SECONDS 10 /* a doctor who waits longer is left by the patient */
#define DAYS_WARNED 21
#define WORDS_SHOWN 1000 /* bytes of a server's own list */

typedef struct {
  const FbkNet *net;
  FbkServerChecks *one;
  FbkSteps steps;
  GCancellable *cancellable;
} Visit;

/* --- the steps --- */

static void add_expiry(const Visit *visit)
{
  if (!visit->steps.valid_until)
    return;
  gint64 seconds = visit->steps.valid_until - g_get_real_time() / G_USEC_PER_SEC;
  int days = (int)CLAMP(seconds / (24 * 60 * 60), 0, 100000);
  if (days >= DAYS_WARNED)
    fbk_check_passed(visit->one->checks, "expiry", "%d", days);
  else
    fbk_check_warn(visit->one->checks, "expiry",
                   _("Tell the help desk, if it stays so: without a new certificate no mail program can "
                     "connect any more."),
                   "%d", days);
}

static void step_passed(gpointer data, FbkStep step, const char *detail)
{
  const Visit *visit = data;
  GPtrArray *checks = visit->one->checks;
  if (step == FBK_STEP_NAME || step == FBK_STEP_CAPABILITY) /* these two are told in full elsewhere */
    return;
  fbk_check_passed(checks, fbk_step_word(step), "%s", detail);
  if (step == FBK_STEP_CERT) {
    fbk_check_passed(checks, "host-name", _("the certificate is for %s"), visit->one->server->host);
    add_expiry(visit);
  }
}

/* What failed; a port that nobody uses is no ailment, unless somebody else's certificate answers there. */
static void add_failure(const Visit *visit, FbkStep step, const GError *failure)
{
  if (visit->one->in_use || failure->code == FBK_ERR_CERT)
    fbk_check_error(visit->one->checks, fbk_step_word(step), failure);
  else
    fbk_check_warn(visit->one->checks, fbk_step_word(step),
                   _("This port is not used at present: it only matters if you change to it."), "%s",
                   failure->message);
}

static gboolean look_up(const Visit *visit, GError **err)
{
  const FbkServer *server = visit->one->server;
  g_autoptr(GPtrArray) addresses =
      fbk_dial_resolve(visit->net, server->host, server->port, NULL, visit->cancellable, err);
  if (!addresses)
    return FALSE;
  g_autoptr(GString) told = g_string_new(NULL);
  for (guint i = 0; i < addresses->len; i++) {
    g_autofree char *address =
        g_inet_address_to_string(g_inet_socket_address_get_address(addresses->pdata[i]));
    g_string_append_printf(told, "%s%s", told->len ? ", " : "", address);
  }
  fbk_check_passed(visit->one->checks, fbk_step_word(FBK_STEP_NAME), _("%s is %s"), server->host, told->str);
  return TRUE;
}

/* --- what the server can --- */

static void append_word(GString *words, const char *word)
{
  g_autofree char *upper = g_ascii_strup(word, -1);
  g_autofree char *known = g_strdup_printf(" %s ", words->str);
  g_autofree char *sought = g_strdup_printf(" %s ", upper);
  if (!strstr(known, sought))
    g_string_append_printf(words, "%s%s", words->len ? " " : "", upper);
}

static void append_mechanisms(GString *words, const char *list)
{
  g_auto(GStrv) names = g_strsplit_set(list, " \t=", -1);
  for (guint i = 0; names[i]; i++)
    if (*names[i])
      append_word(words, names[i]);
}

char *fbk_doctor_mechanisms(FbkProtocol protocol, const char *capabilities)
{
  static const char *const marks[] = {
      [FBK_PROTOCOL_IMAP] = "AUTH=", [FBK_PROTOCOL_POP] = "SASL ", [FBK_PROTOCOL_SMTP] = "AUTH"};
  const char *mark = marks[protocol];
  g_auto(GStrv) lines = g_strsplit(capabilities, "\n", -1);
  g_autoptr(GString) words = g_string_new(NULL);
  gboolean user = FALSE, login = protocol == FBK_PROTOCOL_IMAP;
  for (guint i = 0; lines[i]; i++) {
    gsize len = strlen(mark);
    const char *rest = g_ascii_strncasecmp(lines[i], mark, len) ? NULL : lines[i] + len;
    if (rest && (protocol != FBK_PROTOCOL_SMTP || *rest == ' ' || *rest == '='))
      append_mechanisms(words, rest);
    user = user || (protocol == FBK_PROTOCOL_POP && !g_ascii_strcasecmp(lines[i], "USER"));
    login = login && g_ascii_strcasecmp(lines[i], "LOGINDISABLED");
  }
  /* A POP3 server without CAPA knows USER and PASS, and nothing else (RFC 1939). */
  if (user || (protocol == FBK_PROTOCOL_POP && !*capabilities))
    append_word(words, "USER");
  if (login)
    append_word(words, "LOGIN");
  return g_string_free(g_steal_pointer(&words), FALSE);
}

static void add_mechanisms(const Visit *visit, const char *capabilities)
{
  const FbkServer *server = visit->one->server;
  g_autofree char *mechanisms = fbk_doctor_mechanisms(server->protocol, capabilities);
  g_auto(GStrv) words = g_strsplit(mechanisms, " ", -1);
  gboolean usable = FALSE;
  for (guint i = 0; words[i] && !usable; i++)
    usable = g_str_equal(words[i], "USER") ||
             (g_str_equal(words[i], "PLAIN") && (!server->auth || (server->auth & FBK_AUTH_PLAIN))) ||
             (g_str_equal(words[i], "LOGIN") && (!server->auth || (server->auth & FBK_AUTH_LOGIN)));
  if (usable) {
    fbk_check_passed(visit->one->checks, "mechanisms", "%.*s", WORDS_SHOWN, mechanisms);
    return;
  }
  g_autoptr(GError) failure = NULL;
  fbk_error_set(&failure, FBK_ERR_REFUSED,
                _("%s offers no way to sign in that this account may use (%.200s)."), server->host,
                *mechanisms ? mechanisms : "-");
  fbk_check_error(visit->one->checks, "mechanisms", failure);
}

static void add_features(const Visit *visit, const FbkSession *session)
{
  GPtrArray *checks = visit->one->checks;
  g_autofree char *capabilities = fbk_session_capabilities(session);
  g_autofree char *shown = g_strndup(capabilities, WORDS_SHOWN);
  g_auto(GStrv) lines = g_strsplit(g_strchomp(shown), "\n", -1);
  g_autofree char *told = g_strjoinv(", ", lines);
  fbk_check_passed(checks, fbk_step_word(FBK_STEP_CAPABILITY), "%s", *told ? told : _("not told"));
  add_mechanisms(visit, capabilities);
  if (!session->smtp)
    return;
  guint64 limit = fbk_smtp_size_limit(session->smtp);
  g_autofree char *size = limit ? g_format_size_full(limit, G_FORMAT_SIZE_IEC_UNITS) : NULL;
  fbk_check_passed(checks, "size", "%s", size ? size : _("not told"));
}

/* --- all of them --- */

static void visit_server(gpointer data, gpointer unused)
{
  (void)unused;
  Visit *visit = data;
  g_autoptr(GError) failure = NULL;
  g_auto(FbkSession) session = {NULL, NULL, NULL};
  visit->steps = (FbkSteps){.report = step_passed, .data = visit};
  if (look_up(visit, &failure) &&
      fbk_session_open(visit->net, visit->one->server, &visit->steps, visit->cancellable, &session, &failure))
    add_features(visit, &session);
  else
    add_failure(visit, visit->steps.current, failure);
  visit->one->clock_behind = visit->steps.clock_behind;
}

void fbk_doctor_servers(FbkDoctor *doctor, GCancellable *cancellable)
{
  FbkNet net = *doctor->home->net; /* shares what it points to */
  net.connect_seconds = MIN(net.connect_seconds, CONNECT_SECONDS);
  g_autofree Visit *visits = g_new0(Visit, doctor->servers->len);
  GThreadPool *pool = g_thread_pool_new(visit_server, NULL, AT_A_TIME, FALSE, NULL);
  for (guint i = 0; i < doctor->servers->len; i++) {
    visits[i] = (Visit){.net = &net, .one = doctor->servers->pdata[i], .cancellable = cancellable};
    g_thread_pool_push(pool, &visits[i], NULL);
  }
  g_thread_pool_free(pool, FALSE, TRUE); /* waits for all */
}
