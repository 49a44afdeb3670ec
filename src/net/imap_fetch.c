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

/* Servers may send several bodies before they say that the first command is done (Dovecot does: it puts off
 * the tagged lines until it looks for changes). So a body belongs to the message whose UID stands with it,
 * and is whole when its response is; the tagged line only tells which messages did not come. */
typedef struct {
  FbkImap *imap;
  const FbkImapMessage *messages;
  guint count, window;
  const FbkImapSink *sink;
  guint asked, answered, settled; /* commands sent, tagged lines heard, messages that came or did not */
  guint64 in_flight;              /* bytes announced for what is asked and not settled */
  guint32 first_tag;
  gboolean *came; /* of each message */
  gboolean begun; /* the response in hand has a body, of messages[current] */
  guint current;
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

static gboolean cannot_be_read(FbkImap *imap, GError **err)
{
  fbk_log("imap", "%s: cannot be read: %s", fbk_stream_host(imap->stream), imap->heard->str);
  return fbk_imap_die_of(imap, FBK_ERR_PROTOCOL, err, _("%s sends a message that cannot be read."),
                         fbk_stream_host(imap->stream));
}

/* The message with this UID that is asked for and has neither come nor been told as gone. */
static gboolean find_awaited(const Pipeline *pipeline, guint32 uid, guint *index_out)
{
  for (guint i = pipeline->answered; i < pipeline->asked; i++)
    if (!pipeline->came[i] && (uid == 0 || pipeline->messages[i].uid == uid)) {
      *index_out = i;
      return TRUE;
    }
  return FALSE;
}

/* Fills the window with new commands once half of it is settled: one write for many. */
static gboolean ask_more(Pipeline *pipeline, GError **err)
{
  guint flying = pipeline->asked - pipeline->settled;
  if (pipeline->asked == pipeline->count || (flying > 0 && flying > pipeline->window / 2))
    return TRUE;
  g_autoptr(GString) commands = g_string_new(NULL);
  while (pipeline->asked < pipeline->count && pipeline->asked - pipeline->settled < pipeline->window) {
    const FbkImapMessage *message = &pipeline->messages[pipeline->asked];
    if (pipeline->asked > pipeline->settled && pipeline->in_flight + message->size > IN_FLIGHT_MAX)
      break;
    pipeline->in_flight += message->size;
    pipeline->asked++;
    g_string_append_printf(commands, "%u UID FETCH %u (UID FLAGS BODY.PEEK[])\r\n", ++pipeline->imap->tag,
                           message->uid);
  }
  if (commands->len == 0)
    return TRUE;
  renew_budget(pipeline, 0);
  return fbk_imap_write(pipeline->imap, commands->str, commands->len, err);
}

static gboolean settle(Pipeline *pipeline, guint index, GError **err)
{
  pipeline->came[index] = TRUE;
  pipeline->settled++;
  pipeline->in_flight -= pipeline->messages[index].size;
  return ask_more(pipeline, err);
}

/* Whose body it is, from what stands before it; a UID that comes after it is compared when it has come. */
static gboolean begin_body(FbkImap *imap, gpointer user, guint64 len, GError **err)
{
  Pipeline *pipeline = user;
  g_auto(FbkImapFetched) fetched = {0};
  g_autoptr(GString) so_far = g_string_new_len(imap->heard->str, (gssize)imap->heard->len);
  g_string_append_c(so_far, ')');
  if (!fbk_imap_parse_fetch(imap->parser, so_far, &fetched))
    return cannot_be_read(imap, err);
  if (pipeline->begun || fetched.bodies != 1 || !find_awaited(pipeline, fetched.uid, &pipeline->current))
    return is_wrong(pipeline, err);
  pipeline->begun = TRUE;
  renew_budget(pipeline, len);
  return TRUE;
}

static gboolean take_piece(FbkImap *imap, gpointer user, const char *bytes, gsize len, GError **err)
{
  Pipeline *pipeline = user;
  (void)imap;
  return pipeline->sink->write(pipeline->sink->data, pipeline->current, bytes, len, err);
}

static gboolean take_fetched(FbkImap *imap, gpointer user, const GString *line, GError **err)
{
  Pipeline *pipeline = user;
  const FbkImapSink *sink = pipeline->sink;
  g_auto(FbkImapFetched) fetched = {0};
  if (!fbk_imap_parse_fetch(imap->parser, line, &fetched))
    return cannot_be_read(imap, err);
  gboolean by_literal = pipeline->begun;
  pipeline->begun = FALSE;
  if (fetched.bodies == 0)
    return !by_literal || is_wrong(pipeline, err); /* somebody's flags changed meanwhile */
  if (fetched.bodies > 1 || fetched.uid == 0)
    return is_wrong(pipeline, err);
  if (by_literal ? fetched.uid != pipeline->messages[pipeline->current].uid
                 : !find_awaited(pipeline, fetched.uid, &pipeline->current))
    return is_wrong(pipeline, err);
  if (fetched.body_len > 0 && !take_piece(imap, user, fetched.body, fetched.body_len, err))
    return FALSE;
  guint flags = fetched.has_flags ? fetched.flags : pipeline->messages[pipeline->current].flags;
  return sink->done(sink->data, pipeline->current, flags, err) && settle(pipeline, pipeline->current, err);
}

/* After the tagged line of messages[answered]: what did not come by now is gone. */
static gboolean end_command(Pipeline *pipeline, GError **err)
{
  FbkImap *imap = pipeline->imap;
  guint index = pipeline->answered++;
  GError *failure = NULL;
  if (imap->status.condition != FBK_IMAP_OK)
    fbk_log("imap", "%s, UID %u: [%s] %s", fbk_stream_host(imap->stream), pipeline->messages[index].uid,
            imap->status.code, imap->status.text);
  if (imap->status.condition == FBK_IMAP_BAD)
    return fbk_imap_die_of(imap, FBK_ERR_REFUSED, err, _("%s refused the request: its words are in the log."),
                           fbk_stream_host(imap->stream));
  if (pipeline->came[index])
    return TRUE;
  if (!pipeline->sink->absent(pipeline->sink->data, index, &failure))
    return fbk_imap_die(imap, failure, err);
  return settle(pipeline, index, err);
}

gboolean fbk_imap_fetch(FbkImap *imap, const FbkImapMessage *messages, guint count, guint window,
                        const FbkImapSink *sink, GError **err)
{
  if (!fbk_imap_alive(imap, err))
    return FALSE;
  Pipeline pipeline = {.imap = imap, .messages = messages, .count = count, .sink = sink};
  pipeline.window = MAX(window, 1);
  pipeline.first_tag = imap->tag + 1;
  pipeline.came = g_new0(gboolean, count);
  const FbkImapHearer hearer = {"FETCH", take_fetched, begin_body, take_piece, &pipeline};
  gboolean fine = ask_more(&pipeline, err);
  while (fine && pipeline.answered < count)
    fine = fbk_imap_await(imap, pipeline.first_tag + pipeline.answered, &hearer, err) &&
           end_command(&pipeline, err);
  g_free(pipeline.came);
  return fine;
}
