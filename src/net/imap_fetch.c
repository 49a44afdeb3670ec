/* Messages: what there is, and their bodies in a pipeline. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/imap_private.h"

#include <string.h>
#include <glib/gi18n.h>
#include "base/log.h"

#define SURVEY_MAX 5000
#define SURVEY_BYTES_EACH 512
#define SLACK (1024 * 1024)
#define IN_FLIGHT_MAX (8 * 1024 * 1024) /* announced bytes asked for and not yet here */
#define SLOWEST 1024                    /* bytes a second that a link may be slow */
#define FLAGS_ROOM 8192                 /* what a FETCH answer may hold beside its body, for the budget */

/* --- survey --- */

typedef struct {
  GArray *out;
  guint32 first, last;
} Survey;

static gboolean take_message(FbkImap *imap, gpointer user, const GString *line, GError **err)
{
  Survey *survey = user;
  g_auto(FbkImapFetched) fetched = {0};
  if (!fbk_imap_parse_fetch(imap->parser, line, &fetched)) {
    fbk_log("imap", "%s: cannot be read: %s", fbk_stream_host(imap->stream), line->str);
    return TRUE; /* a gap in the survey; whoever needs it whole counts */
  }
  if (fetched.uid == 0 || !fetched.has_size || fetched.sequence < survey->first ||
      fetched.sequence > survey->last)
    return TRUE; /* somebody's flags changed meanwhile */
  if (survey->out->len > survey->last - survey->first)
    return fbk_imap_die_of(imap, FBK_ERR_PROTOCOL, err, _("%s sends more than it was asked for."),
                           fbk_stream_host(imap->stream));
  FbkImapMessage message = {fetched.uid, fetched.flags, fetched.size};
  g_array_append_val(survey->out, message);
  return TRUE;
}

static int by_uid(gconstpointer a, gconstpointer b)
{
  guint32 one = ((const FbkImapMessage *)a)->uid;
  guint32 other = ((const FbkImapMessage *)b)->uid;
  return (one > other) - (one < other);
}

static void sort_and_unite(GArray *messages)
{
  guint kept = 0;
  g_array_sort(messages, by_uid);
  for (guint i = 0; i < messages->len; i++) {
    FbkImapMessage *message = &g_array_index(messages, FbkImapMessage, i);
    if (kept == 0 || g_array_index(messages, FbkImapMessage, kept - 1).uid != message->uid)
      g_array_index(messages, FbkImapMessage, kept++) = *message;
  }
  g_array_set_size(messages, kept);
}

gboolean fbk_imap_survey(FbkImap *imap, guint32 first, guint32 last, GArray *out, gboolean *moved_out,
                         GError **err)
{
  g_assert(first >= 1 && last >= first && last - first < SURVEY_MAX);
  g_array_set_size(out, 0);
  if (!fbk_imap_alive(imap, err))
    return FALSE;
  /* Numbers past the end are an error to servers; EXPUNGE may have brought the end down to us. */
  last = MIN(last, imap->mailbox.exists);
  gboolean asked = first <= last;
  if (asked) {
    Survey survey = {out, first, last};
    const FbkImapHearer hearer = {.word = "FETCH", .data = take_message, .user = &survey};
    guint count = last - first + 1;
    fbk_imap_set_budget(imap, (guint64)count * SURVEY_BYTES_EACH + SLACK, 120 + count / 20);
    if (!fbk_imap_send(imap, err, "FETCH %u:%u (UID FLAGS RFC822.SIZE)", first, last) ||
        !fbk_imap_await(imap, imap->tag, &hearer, err) || !fbk_imap_accepted(imap, err))
      return FALSE;
  }
  sort_and_unite(out);
  *moved_out = imap->moved || !asked;
  imap->moved = FALSE;
  return TRUE;
}

/* --- bodies --- */

typedef struct {
  FbkImap *imap;
  const FbkImapMessage *messages;
  guint count, window;
  const FbkImapSink *sink;
  guint asked, answered; /* how many messages, from the first */
  guint64 in_flight;     /* bytes announced for those between */
  guint32 first_tag;
  /* of the message whose answer is being heard */
  guint flags;
  guint bodies; /* literals begun */
  gboolean has_body;
} Pipeline;

/* Restarts clock and budget: for what is in flight, and a literal of extra bytes that has been announced. */
static void renew_budget(Pipeline *pipeline, guint64 extra)
{
  guint64 bytes = 2 * pipeline->in_flight + extra;
  guint64 room = SLACK + (guint64)(pipeline->asked - pipeline->answered) * FLAGS_ROOM;
  fbk_imap_set_budget(pipeline->imap, bytes + room, (guint)MIN(120 + bytes / SLOWEST, G_MAXINT32));
}

static gboolean is_wrong(Pipeline *pipeline, GError **err)
{
  return fbk_imap_die_of(pipeline->imap, FBK_ERR_PROTOCOL, err,
                         _("%s sends another message than the one asked for."),
                         fbk_stream_host(pipeline->imap->stream));
}

static gboolean begin_body(FbkImap *imap, gpointer user, guint64 len, GError **err)
{
  Pipeline *pipeline = user;
  (void)imap;
  if (pipeline->bodies++ > 0)
    return is_wrong(pipeline, err);
  renew_budget(pipeline, len);
  return TRUE;
}

static gboolean take_piece(FbkImap *imap, gpointer user, const char *bytes, gsize len, GError **err)
{
  Pipeline *pipeline = user;
  (void)imap;
  return pipeline->sink->write(pipeline->sink->data, pipeline->answered, bytes, len, err);
}

/* A body must say whose it is; without one, the flags may be of any message. */
static gboolean take_fetched(FbkImap *imap, gpointer user, const GString *line, GError **err)
{
  Pipeline *pipeline = user;
  g_auto(FbkImapFetched) fetched = {0};
  if (!fbk_imap_parse_fetch(imap->parser, line, &fetched)) {
    fbk_log("imap", "%s: cannot be read: %s", fbk_stream_host(imap->stream), line->str);
    return fbk_imap_die_of(imap, FBK_ERR_PROTOCOL, err, _("%s sends a message that cannot be read."),
                           fbk_stream_host(imap->stream));
  }
  gboolean is_ours = fetched.uid == pipeline->messages[pipeline->answered].uid;
  if (is_ours && fetched.has_flags)
    pipeline->flags = fetched.flags;
  if (fetched.bodies == 0)
    return pipeline->bodies == 0 || pipeline->has_body || is_wrong(pipeline, err);
  if (!is_ours || fetched.bodies > 1 || pipeline->has_body)
    return is_wrong(pipeline, err);
  pipeline->has_body = TRUE;
  return fetched.body_len == 0 || take_piece(imap, user, fetched.body, fetched.body_len, err);
}

/* Fills the window with new commands once half of it is answered: one write for many. */
static gboolean ask_more(Pipeline *pipeline, GError **err)
{
  guint flying = pipeline->asked - pipeline->answered;
  if (pipeline->asked == pipeline->count || (flying > 0 && flying > pipeline->window / 2))
    return TRUE;
  g_autoptr(GString) commands = g_string_new(NULL);
  while (pipeline->asked < pipeline->count && pipeline->asked - pipeline->answered < pipeline->window) {
    const FbkImapMessage *message = &pipeline->messages[pipeline->asked];
    if (pipeline->asked > pipeline->answered && pipeline->in_flight + message->size > IN_FLIGHT_MAX)
      break;
    pipeline->in_flight += message->size;
    pipeline->asked++;
    g_string_append_printf(commands, "%u UID FETCH %u (UID FLAGS BODY.PEEK[])\r\n", ++pipeline->imap->tag,
                           message->uid);
  }
  renew_budget(pipeline, 0);
  return commands->len == 0 || fbk_imap_write(pipeline->imap, commands->str, commands->len, err);
}

/* Tells the sink how the message ended. */
static gboolean settle(Pipeline *pipeline, GError **err)
{
  FbkImap *imap = pipeline->imap;
  const FbkImapSink *sink = pipeline->sink;
  guint index = pipeline->answered;
  GError *failure = NULL;
  gboolean fine;
  if (imap->status.condition == FBK_IMAP_BAD)
    return fbk_imap_die_of(imap, FBK_ERR_REFUSED, err, _("%s refused the request: its words are in the log."),
                           fbk_stream_host(imap->stream));
  if (imap->status.condition == FBK_IMAP_OK && pipeline->has_body)
    fine = sink->done(sink->data, index, pipeline->flags, &failure);
  else
    fine = sink->absent(sink->data, index, &failure);
  return fine ? TRUE : fbk_imap_die(imap, failure, err);
}

gboolean fbk_imap_fetch(FbkImap *imap, const FbkImapMessage *messages, guint count, guint window,
                        const FbkImapSink *sink, GError **err)
{
  Pipeline pipeline = {.imap = imap, .messages = messages, .count = count, .sink = sink};
  pipeline.window = MAX(window, 1);
  pipeline.first_tag = imap->tag + 1;
  const FbkImapHearer hearer = {"FETCH", take_fetched, begin_body, take_piece, &pipeline};
  while (pipeline.answered < count) {
    pipeline.flags = messages[pipeline.answered].flags;
    pipeline.bodies = 0;
    pipeline.has_body = FALSE;
    if (!fbk_imap_alive(imap, err) || !ask_more(&pipeline, err) ||
        !fbk_imap_await(imap, pipeline.first_tag + pipeline.answered, &hearer, err) ||
        !settle(&pipeline, err))
      return FALSE;
    pipeline.in_flight -= messages[pipeline.answered].size;
    pipeline.answered++;
  }
  return fbk_imap_alive(imap, err);
}
