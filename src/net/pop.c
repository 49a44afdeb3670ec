/* POP3: connect, sign in, list, retrieve. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/pop.h"

#include <string.h>
#include <glib/gi18n.h>
#include "base/err.h"
#include "base/log.h"
#include "net/sasl.h"
#include "net/unstuff.h"

#define STATUS_MAX 8192
#define CAPABILITIES_MAX 1000
#define MESSAGES_MAX 1000000
#define LIST_BYTES_MAX (G_GUINT64_CONSTANT(128) << 20)
#define MESSAGE_BYTES_MAX (G_GUINT64_CONSTANT(1) << 30)
#define UIDL_MAX 70
#define WINDOW 64                /* RETR commands in flight, where the server takes them */
#define WINDOW_BYTES (4 << 20)   /* and what they ask for, well below what a stream may hold */
#define SLOWEST_BYTES_SECOND 512 /* a message that comes slower is given up */

struct FbkPop {
  FbkStream *stream;
  guint idle_seconds;
  guint allowed; /* FbkAuth bits the account may use */
  GString *line;
  gboolean over; /* answers are outstanding that nobody will read */
  /* Of the last CAPA. */
  gboolean has_stls, has_plain, has_pipelining;
  GString *told;
};

typedef enum { ANSWER_OK, ANSWER_ERR, ANSWER_CONTINUE } Answer;

static gboolean starts(const char *line, const char *word)
{
  gsize len = strlen(word);
  return strncmp(line, word, len) == 0 && (line[len] == '\0' || line[len] == ' ');
}

/* One status line. password: what may not stand in the log, or NULL. */
static gboolean read_answer(FbkPop *pop, const FbkSecret *password, Answer *out, GError **err)
{
  fbk_stream_set_budget(pop->stream, LIST_BYTES_MAX, 2 * pop->idle_seconds);
  if (!fbk_stream_read_line(pop->stream, pop->line, STATUS_MAX, err))
    return FALSE;
  const char *line = pop->line->str;
  if (starts(line, "+OK"))
    *out = ANSWER_OK;
  else if (starts(line, "-ERR"))
    *out = ANSWER_ERR;
  else if (password != NULL && starts(line, "+"))
    *out = ANSWER_CONTINUE;
  else
    return fbk_stream_reject(pop->stream, password != NULL ? fbk_sasl_loggable(line, password) : line, err);
  return TRUE;
}

static gboolean refuse(FbkPop *pop, const char *sentence, GError **err)
{
  fbk_log("net", "%s: %s", fbk_stream_host(pop->stream), pop->line->str);
  fbk_error_set(err, FBK_ERR_REFUSED, "%s", sentence);
  return FALSE;
}

/* The next line of a multi-line answer; *end_out at its final dot. */
static gboolean read_item(FbkPop *pop, gboolean *end_out, GError **err)
{
  *end_out = FALSE;
  if (!fbk_stream_read_line(pop->stream, pop->line, STATUS_MAX, err))
    return FALSE;
  *end_out = strcmp(pop->line->str, ".") == 0;
  if (!*end_out && pop->line->str[0] == '.')
    g_string_erase(pop->line, 0, 1);
  return TRUE;
}

static gboolean offers_plain(const char *words)
{
  g_auto(GStrv) names = g_strsplit_set(words, " \t", -1);
  for (gsize i = 0; names[i] != NULL; i++)
    if (g_ascii_strcasecmp(names[i], "PLAIN") == 0)
      return TRUE;
  return FALSE;
}

/* What an earlier CAPA said is forgotten first. A server without CAPA has no abilities. */
static gboolean ask_capabilities(FbkPop *pop, GError **err)
{
  pop->has_stls = pop->has_plain = pop->has_pipelining = FALSE;
  g_string_truncate(pop->told, 0);
  Answer answer;
  if (!fbk_stream_printf(pop->stream, err, "CAPA\r\n") || !read_answer(pop, NULL, &answer, err))
    return FALSE;
  gboolean end = answer == ANSWER_ERR;
  for (guint count = 0; !end; count++) {
    if (!read_item(pop, &end, err))
      return FALSE;
    const char *line = pop->line->str;
    if (count == CAPABILITIES_MAX)
      return fbk_stream_reject(pop->stream, line, err);
    if (!end)
      g_string_append_printf(pop->told, "%s\n", line);
    if (g_ascii_strcasecmp(line, "STLS") == 0)
      pop->has_stls = TRUE;
    else if (g_ascii_strcasecmp(line, "PIPELINING") == 0)
      pop->has_pipelining = TRUE;
    else if (g_ascii_strncasecmp(line, "SASL ", 5) == 0)
      pop->has_plain = offers_plain(line + 5);
  }
  return TRUE;
}

static gboolean greet(FbkPop *pop, FbkSteps *steps, GError **err)
{
  fbk_steps_begin(steps, FBK_STEP_GREETING);
  Answer answer;
  const char *host = fbk_stream_host(pop->stream);
  if (!read_answer(pop, NULL, &answer, err))
    return FALSE;
  if (answer != ANSWER_OK) {
    g_autofree char *sentence =
        g_strdup_printf(_("%s takes no connections at present; try again later."), host);
    return refuse(pop, sentence, err);
  }
  fbk_steps_passed(steps, _("%s speaks POP3"), host);
  return TRUE;
}

static gboolean upgrade(FbkPop *pop, FbkSteps *steps, GError **err)
{
  fbk_steps_begin(steps, FBK_STEP_STARTTLS);
  if (!ask_capabilities(pop, err))
    return FALSE;
  Answer answer = ANSWER_ERR;
  if (pop->has_stls &&
      (!fbk_stream_printf(pop->stream, err, "STLS\r\n") || !read_answer(pop, NULL, &answer, err)))
    return FALSE;
  if (answer != ANSWER_OK) {
    const char *host = fbk_stream_host(pop->stream);
    fbk_log("net", "%s: STLS %s: %s", host, pop->has_stls ? "refused" : "not offered", pop->line->str);
    fbk_error_set(err, FBK_ERR_CERT,
                  _("%s does not let the connection be encrypted (STARTTLS); nothing was sent."), host);
    return FALSE;
  }
  fbk_steps_passed(steps, "%s", _("offered and accepted"));
  return fbk_stream_start_tls(pop->stream, steps, err);
}

FbkPop *fbk_pop_connect(const FbkNet *net, const FbkServer *server, FbkSteps *steps,
                        GCancellable *cancellable, GError **err)
{
  FbkStream *stream = fbk_stream_connect(net, server->host, server->port, steps, cancellable, err);
  if (stream == NULL)
    return NULL;
  g_autoptr(FbkPop) pop = g_new0(FbkPop, 1);
  pop->stream = stream;
  pop->idle_seconds = net->idle_seconds;
  pop->allowed = server->auth;
  pop->line = g_string_new(NULL);
  pop->told = g_string_new(NULL);
  if (server->security == FBK_SECURITY_TLS) {
    if (!fbk_stream_start_tls(stream, steps, err) || !greet(pop, steps, err))
      return NULL;
  } else if (!greet(pop, steps, err) || !upgrade(pop, steps, err)) {
    return NULL;
  }
  fbk_steps_begin(steps, FBK_STEP_CAPABILITY);
  if (!ask_capabilities(pop, err))
    return NULL;
  fbk_steps_passed(steps, "%s%s", pop->has_plain ? "SASL PLAIN " : "USER ",
                   pop->has_pipelining ? "PIPELINING" : "");
  return g_steal_pointer(&pop);
}

/* The answer to the password (told), or to what came before it. RFC 2449 and 3206 codes tell "wrong" from
 * "not now"; a server without them means the password. */
static gboolean judge(FbkPop *pop, Answer answer, const char *user, const FbkSecret *password, gboolean told,
                      GError **err)
{
  const char *host = fbk_stream_host(pop->stream), *line = pop->line->str;
  if (answer == ANSWER_OK)
    return TRUE;
  if (answer == ANSWER_CONTINUE)
    return fbk_stream_reject(pop->stream, fbk_sasl_loggable(line, password), err);
  fbk_log("net", "%s refused the sign-in: %s", host, fbk_sasl_loggable(line, password));
  static const char *const not_now[] = {"[SYS/", "[IN-USE]", "[LOGIN-DELAY]", "[UNAVAILABLE]"};
  const char *code = line + strlen("-ERR");
  code += strspn(code, " ");
  for (gsize i = 0; i < G_N_ELEMENTS(not_now); i++) {
    if (g_ascii_strncasecmp(code, not_now[i], strlen(not_now[i])) == 0) {
      fbk_error_set(err, FBK_ERR_REFUSED, _("%s cannot check the password at present; try again later."),
                    host);
      return FALSE;
    }
  }
  if (told)
    fbk_error_set(err, FBK_ERR_AUTH, _("%s does not accept this password for the user %s."), host, user);
  else
    fbk_error_set(err, FBK_ERR_REFUSED, _("%s does not accept this way of signing in."), host);
  return FALSE;
}

static gboolean sign_in_plain(FbkPop *pop, const char *user, const FbkSecret *password, GError **err)
{
  Answer answer;
  g_autoptr(FbkSecret) line = fbk_sasl_plain(user, password);
  if (!fbk_stream_printf(pop->stream, err, "AUTH PLAIN\r\n") || !read_answer(pop, password, &answer, err))
    return FALSE;
  if (answer == ANSWER_OK) /* before anything was proved */
    return fbk_stream_reject(pop->stream, fbk_sasl_loggable(pop->line->str, password), err);
  if (answer == ANSWER_ERR)
    return judge(pop, answer, user, password, FALSE, err);
  return fbk_sasl_write(pop->stream, "", line, err) && read_answer(pop, password, &answer, err) &&
         judge(pop, answer, user, password, TRUE, err);
}

static gboolean sign_in_user(FbkPop *pop, const char *user, const FbkSecret *password, GError **err)
{
  Answer answer;
  return fbk_stream_printf(pop->stream, err, "USER %s\r\n", user) &&
         read_answer(pop, password, &answer, err) && judge(pop, answer, user, password, TRUE, err) &&
         fbk_sasl_write(pop->stream, "PASS ", password, err) && read_answer(pop, password, &answer, err) &&
         judge(pop, answer, user, password, TRUE, err);
}

gboolean fbk_pop_sign_in(FbkPop *pop, const char *user, const FbkSecret *password, FbkSteps *steps,
                         GError **err)
{
  fbk_steps_begin(steps, FBK_STEP_SIGN_IN);
  if (!fbk_stream_is_tls(pop->stream)) {
    fbk_error_set(err, FBK_ERR_BUG, "%s", _("A password was about to be sent without encryption."));
    return FALSE;
  }
  if (!fbk_sasl_check_user(user, err))
    return FALSE;
  gboolean plain = pop->has_plain && (pop->allowed == 0 || (pop->allowed & FBK_AUTH_PLAIN) != 0);
  if (!(plain ? sign_in_plain(pop, user, password, err) : sign_in_user(pop, user, password, err)))
    return FALSE;
  fbk_steps_passed(steps, _("signed in as %s"), user);
  return TRUE;
}

const char *fbk_pop_capabilities(const FbkPop *pop)
{
  return pop->told->str;
}

static gboolean usable(FbkPop *pop, GError **err)
{
  if (pop->over)
    fbk_error_set(err, FBK_ERR_PROTOCOL, _("The session with %s has ended."), fbk_stream_host(pop->stream));
  return !pop->over;
}

/* "12 rest": the number into *number_out, rest returned; NULL where line is not so. */
static const char *split_item(const char *line, guint *number_out)
{
  gsize digits = strspn(line, "0123456789");
  if (digits == 0 || digits > 10 || line[digits] != ' ')
    return NULL;
  guint64 number = g_ascii_strtoull(line, NULL, 10);
  if (number == 0 || number > G_MAXUINT32)
    return NULL;
  *number_out = (guint)number;
  return line + digits + 1;
}

/* LIST's lines into out, and by number into index. Some servers add words after the size. */
static gboolean read_sizes(FbkPop *pop, GPtrArray *out, GHashTable *index, GError **err)
{
  for (;;) {
    gboolean end;
    if (!read_item(pop, &end, err) || end)
      return end;
    guint number;
    const char *size = split_item(pop->line->str, &number);
    if (size == NULL || !g_ascii_isdigit(size[0]) || g_hash_table_contains(index, GUINT_TO_POINTER(number)))
      return fbk_stream_reject(pop->stream, pop->line->str, err);
    if (out->len == MESSAGES_MAX) {
      pop->over = TRUE;
      fbk_error_set(err, FBK_ERR_TOO_BIG, _("%s holds more than %u messages."), fbk_stream_host(pop->stream),
                    (guint)MESSAGES_MAX);
      return FALSE;
    }
    FbkPopMessage *message = g_new0(FbkPopMessage, 1);
    message->number = number;
    message->size = g_ascii_strtoull(size, NULL, 10);
    g_ptr_array_add(out, message);
    g_hash_table_insert(index, GUINT_TO_POINTER(number), message);
  }
}

static gboolean is_uidl(const char *text)
{
  gsize len = strlen(text);
  for (gsize i = 0; i < len; i++)
    if (text[i] < 0x21 || text[i] > 0x7e)
      return FALSE;
  return len >= 1 && len <= UIDL_MAX;
}

static gboolean refuse_identity(FbkPop *pop, guint number, GError **err)
{
  g_autofree char *sentence = g_strdup_printf(
      _("%s gives message %u no usable identity (UIDL), so that new mail cannot be told from old."),
      fbk_stream_host(pop->stream), number);
  pop->over = TRUE;
  return refuse(pop, sentence, err);
}

static gboolean read_identities(FbkPop *pop, GPtrArray *messages, GHashTable *index, GError **err)
{
  for (gboolean end = FALSE; !end;) {
    if (!read_item(pop, &end, err))
      return FALSE;
    if (end)
      break;
    guint number;
    const char *uidl = split_item(pop->line->str, &number);
    FbkPopMessage *message = uidl != NULL ? g_hash_table_lookup(index, GUINT_TO_POINTER(number)) : NULL;
    if (message == NULL || message->uidl != NULL)
      return fbk_stream_reject(pop->stream, pop->line->str, err);
    if (!is_uidl(uidl))
      return refuse_identity(pop, number, err);
    message->uidl = g_strdup(uidl);
  }
  for (guint i = 0; i < messages->len; i++) {
    const FbkPopMessage *message = g_ptr_array_index(messages, i);
    if (message->uidl == NULL)
      return refuse_identity(pop, message->number, err);
  }
  return TRUE;
}

/* Sends command and reads its first line; a "-ERR" becomes REFUSED with sentence. */
static gboolean begin_list(FbkPop *pop, const char *command, const char *sentence, GError **err)
{
  Answer answer;
  if (!fbk_stream_printf(pop->stream, err, "%s\r\n", command) || !read_answer(pop, NULL, &answer, err))
    return FALSE;
  if (answer != ANSWER_OK)
    return refuse(pop, sentence, err);
  fbk_stream_set_budget(pop->stream, LIST_BYTES_MAX, 10 * pop->idle_seconds);
  return TRUE;
}

GPtrArray *fbk_pop_list(FbkPop *pop, GError **err)
{
  if (!usable(pop, err))
    return NULL;
  const char *host = fbk_stream_host(pop->stream);
  g_autofree char *no_list = g_strdup_printf(_("%s does not list its messages."), host);
  g_autofree char *no_uidl = g_strdup_printf(
      _("%s cannot name its messages (UIDL), so that new mail cannot be told from old."), host);
  g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)fbk_pop_message_free);
  g_autoptr(GHashTable) index = g_hash_table_new(NULL, NULL);
  if (!begin_list(pop, "LIST", no_list, err) || !read_sizes(pop, out, index, err) ||
      !begin_list(pop, "UIDL", no_uidl, err) || !read_identities(pop, out, index, err))
    return NULL;
  return g_steal_pointer(&out);
}

/* The commands and the answers of one fbk_pop_retrieve. */
typedef struct {
  FbkPop *pop;
  FbkPopMessage *const *messages;
  guint count, asked, answered; /* asked >= answered */
  guint64 in_flight;            /* bytes that are asked for and have not come, by the server's word */
  const FbkPopSink *sink;
} Retrieval;

/* Keeps the window full, in few writes: nothing until half of it is empty. */
static gboolean ask_ahead(Retrieval *run, GError **err)
{
  guint window = run->pop->has_pipelining ? WINDOW : 1;
  if (run->asked - run->answered > window / 2)
    return TRUE;
  g_autoptr(GString) commands = g_string_new(NULL);
  while (run->asked < run->count && run->asked - run->answered < window) {
    const FbkPopMessage *message = run->messages[run->asked];
    if (run->asked > run->answered &&
        (message->size > WINDOW_BYTES || run->in_flight > WINDOW_BYTES - message->size))
      break;
    g_string_append_printf(commands, "RETR %u\r\n", message->number);
    run->in_flight += MIN(message->size, WINDOW_BYTES);
    run->asked++;
  }
  return commands->len == 0 || fbk_stream_write(run->pop->stream, commands->str, commands->len, err);
}

static gboolean write_piece(gpointer data, const char *bytes, gsize len, GError **err)
{
  Retrieval *run = data;
  return run->sink->write(run->sink->data, run->answered, bytes, len, err);
}

/* The size is the server's word and may be a lie: the message is taken as it comes, within the budget. */
static gboolean take_message(Retrieval *run, GError **err)
{
  FbkPop *pop = run->pop;
  const FbkPopMessage *message = run->messages[run->answered];
  Answer answer;
  if (!read_answer(pop, NULL, &answer, err))
    return FALSE;
  if (answer != ANSWER_OK) {
    fbk_log("net", "%s: message %u of %u: %s", fbk_stream_host(pop->stream), run->answered + 1, run->count,
            pop->line->str);
    run->in_flight -= MIN(message->size, WINDOW_BYTES);
    return run->sink->absent(run->sink->data, run->answered, err);
  }
  guint seconds =
      10 * pop->idle_seconds + (guint)(MIN(message->size, MESSAGE_BYTES_MAX) / SLOWEST_BYTES_SECOND);
  fbk_stream_set_budget(pop->stream, MESSAGE_BYTES_MAX, seconds);
  FbkUnstuff unstuff = {0};
  gboolean ended = FALSE;
  while (!ended) {
    const char *bytes;
    gsize len, used;
    if (!fbk_stream_peek(pop->stream, &bytes, &len, err) ||
        !fbk_unstuff(&unstuff, bytes, len, write_piece, run, &used, &ended, err))
      return FALSE;
    fbk_stream_skip(pop->stream, used);
  }
  run->in_flight -= MIN(message->size, WINDOW_BYTES);
  return run->sink->done(run->sink->data, run->answered, err);
}

gboolean fbk_pop_retrieve(FbkPop *pop, FbkPopMessage *const *messages, guint count, const FbkPopSink *sink,
                          GError **err)
{
  if (!usable(pop, err))
    return FALSE;
  Retrieval run = {.pop = pop, .messages = messages, .count = count, .sink = sink};
  pop->over = TRUE; /* until all that is asked for has come */
  for (; run.answered < count; run.answered++)
    if (!ask_ahead(&run, err) || !take_message(&run, err))
      return FALSE;
  pop->over = FALSE;
  return TRUE;
}

void fbk_pop_message_free(FbkPopMessage *message)
{
  if (message == NULL)
    return;
  g_free(message->uidl);
  g_free(message);
}

void fbk_pop_free(FbkPop *pop)
{
  if (pop == NULL)
    return;
  fbk_stream_set_budget(pop->stream, STATUS_MAX, 1); /* a goodbye must not hold anybody up */
  if (!pop->over && fbk_stream_printf(pop->stream, NULL, "QUIT\r\n"))
    fbk_stream_read_line(pop->stream, pop->line, STATUS_MAX, NULL);
  fbk_stream_free(pop->stream);
  g_string_free(pop->line, TRUE);
  g_string_free(pop->told, TRUE);
  g_free(pop);
}
