/* FETCH and LIST answers through libetpan's parser, from memory. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/imap_parse.h"

#include <string.h>
#include <strings.h>
#include <libetpan/libetpan.h>
#include "mail/model.h"

#define BUFFER_SIZE (16 * 1024)
#define OUR_TAG 1
#define OUR_END                                                                                              \
  "\r\n1 OK done\r\n" /* what the parser waits for after untagged data; the number is OUR_TAG                \
                       */

struct FbkImapParser {
  mailimap *session; /* NULL until needed, and after a response that could not be read */
  mailstream *stream;
  const char *bytes; /* what the parser may read */
  gsize left;
};

/* --- a stream from memory --- */

static ssize_t memory_read(mailstream_low *low, void *buffer, size_t len)
{
  FbkImapParser *parser = low->data;
  if (parser->left == 0)
    return -1; /* never 0: libetpan 1.9.4 asks again for ever */
  gsize part = MIN(parser->left, len);
  memcpy(buffer, parser->bytes, part);
  parser->bytes += part;
  parser->left -= part;
  return (ssize_t)part;
}

static ssize_t memory_write(mailstream_low *low, const void *buffer, size_t len)
{
  (void)low;
  (void)buffer;
  (void)len;
  return -1;
}

static int memory_close(mailstream_low *low)
{
  (void)low;
  return 0;
}

static int memory_fd(mailstream_low *low)
{
  (void)low;
  return -1;
}

static void memory_free(mailstream_low *low)
{
  free(low); /* by malloc, in mailstream_low_new */
}

static void memory_cancel(mailstream_low *low)
{
  (void)low;
}

static mailstream_low_driver memory_driver = {
    .mailstream_read = memory_read,
    .mailstream_write = memory_write,
    .mailstream_close = memory_close,
    .mailstream_get_fd = memory_fd,
    .mailstream_free = memory_free,
    .mailstream_cancel = memory_cancel,
};

/* --- the session --- */

FbkImapParser *fbk_imap_parser_new(void)
{
  return g_new0(FbkImapParser, 1);
}

static void close_session(FbkImapParser *parser)
{
  if (parser->session == NULL)
    return;
  parser->session->imap_stream = NULL; /* else mailimap_free says LOGOUT */
  mailimap_free(parser->session);
  mailstream_close(parser->stream);
  parser->session = NULL;
  parser->stream = NULL;
}

static void open_session(FbkImapParser *parser)
{
  if (parser->session != NULL)
    return;
  mailstream_low *low = mailstream_low_new(parser, &memory_driver);
  parser->stream = low != NULL ? mailstream_new(low, BUFFER_SIZE) : NULL;
  parser->session = mailimap_new(0, NULL);
  if (parser->stream == NULL || parser->session == NULL)
    g_error("out of memory");
  parser->session->imap_stream = parser->stream;
  parser->session->imap_tag = OUR_TAG;
  parser->session->imap_state = MAILIMAP_STATE_SELECTED;
}

void fbk_imap_parser_free(FbkImapParser *parser)
{
  if (parser == NULL)
    return;
  close_session(parser);
  g_free(parser);
}

/* Only these two kinds may go further: on others (status lines, NAMESPACE) libetpan 1.9.4 can crash. */
static gboolean is_kind(const GString *line, const char *word)
{
  if (!g_str_has_prefix(line->str, "* "))
    return FALSE;
  const char *at = line->str + 2;
  gsize digits = strspn(at, "0123456789");
  if (digits > 0)
    at += digits + (at[digits] == ' ');
  return g_ascii_strncasecmp(at, word, strlen(word)) == 0 && at[strlen(word)] == ' ';
}

/* TRUE: what the line held is in session->imap_response_info. */
static gboolean parse(FbkImapParser *parser, const GString *line, const char *word)
{
  if (!is_kind(line, word))
    return FALSE;
  g_autoptr(GString) whole = g_string_new_len(line->str, (gssize)line->len);
  g_string_append(whole, OUR_END);
  open_session(parser);
  parser->bytes = whole->str;
  parser->left = whole->len;
  struct mailimap_response *response = NULL;
  gboolean parsed = mailimap_read_line(parser->session) != NULL &&
                    mailimap_parse_response(parser->session, &response) == MAILIMAP_NO_ERROR;
  if (parsed)
    mailimap_response_free(response);
  /* All of it must have been understood, or pieces of this one would be read as the next. */
  parsed = parsed && parser->left == 0 && parser->stream->read_buffer_len == 0 &&
           parser->session->imap_response_info != NULL;
  if (!parsed)
    close_session(parser);
  return parsed;
}

/* --- FETCH --- */

static guint flag_of(const struct mailimap_flag *flag)
{
  switch (flag->fl_type) {
  case MAILIMAP_FLAG_ANSWERED:
    return FBK_FLAG_ANSWERED;
  case MAILIMAP_FLAG_FLAGGED:
    return FBK_FLAG_FLAGGED;
  case MAILIMAP_FLAG_DELETED:
    return FBK_FLAG_DELETED;
  case MAILIMAP_FLAG_SEEN:
    return FBK_FLAG_SEEN;
  case MAILIMAP_FLAG_DRAFT:
    return FBK_FLAG_DRAFT;
  case MAILIMAP_FLAG_KEYWORD:
    return flag->fl_data.fl_keyword != NULL && strcasecmp(flag->fl_data.fl_keyword, "$Forwarded") == 0
               ? FBK_FLAG_FORWARDED
               : 0;
  default:
    return 0;
  }
}

static void take_flags(FbkImapFetched *out, const struct mailimap_msg_att_dynamic *dynamic)
{
  out->has_flags = TRUE;
  out->flags = 0;
  if (dynamic == NULL || dynamic->att_list == NULL)
    return;
  for (clistiter *at = clist_begin(dynamic->att_list); at != NULL; at = clist_next(at)) {
    const struct mailimap_flag_fetch *flag = clist_content(at);
    if (flag->fl_type == MAILIMAP_FLAG_FETCH_OTHER && flag->fl_flag != NULL)
      out->flags |= flag_of(flag->fl_flag);
  }
}

static void take_body(FbkImapFetched *out, const struct mailimap_msg_att_body_section *section)
{
  if (section == NULL || section->sec_body_part == NULL)
    return;
  if (section->sec_section != NULL && section->sec_section->sec_spec != NULL)
    return; /* a part of a message: nobody asked */
  out->bodies++;
  g_free(out->body);
  out->body_len = section->sec_length;
  out->body = g_malloc(out->body_len + 1);
  memcpy(out->body, section->sec_body_part, out->body_len);
  out->body[out->body_len] = '\0';
}

static void take_static(FbkImapFetched *out, const struct mailimap_msg_att_static *item)
{
  if (item == NULL)
    return;
  switch (item->att_type) {
  case MAILIMAP_MSG_ATT_UID:
    out->uid = item->att_data.att_uid;
    break;
  case MAILIMAP_MSG_ATT_RFC822_SIZE:
    out->size = item->att_data.att_rfc822_size;
    out->has_size = TRUE;
    break;
  case MAILIMAP_MSG_ATT_BODY_SECTION:
    take_body(out, item->att_data.att_body_section);
    break;
  default:
    break;
  }
}

gboolean fbk_imap_parse_fetch(FbkImapParser *parser, const GString *line, FbkImapFetched *out)
{
  memset(out, 0, sizeof *out);
  if (!parse(parser, line, "FETCH"))
    return FALSE;
  clist *list = parser->session->imap_response_info->rsp_fetch_list;
  if (list == NULL || clist_count(list) != 1)
    return FALSE;
  const struct mailimap_msg_att *message = clist_content(clist_begin(list));
  out->sequence = message->att_number;
  for (clistiter *at = clist_begin(message->att_list); at != NULL; at = clist_next(at)) {
    const struct mailimap_msg_att_item *item = clist_content(at);
    if (item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC)
      take_flags(out, item->att_data.att_dyn);
    else if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC)
      take_static(out, item->att_data.att_static);
  }
  return TRUE;
}

void fbk_imap_fetched_clear(FbkImapFetched *fetched)
{
  g_clear_pointer(&fetched->body, g_free);
}

/* --- LIST --- */

static void take_mailbox_flags(GPtrArray *out, const struct mailimap_mbx_list_flags *flags)
{
  if (flags == NULL)
    return;
  if (flags->mbf_type == MAILIMAP_MBX_LIST_FLAGS_SFLAG &&
      flags->mbf_sflag == MAILIMAP_MBX_LIST_SFLAG_NOSELECT)
    g_ptr_array_add(out, g_strdup("Noselect"));
  if (flags->mbf_oflags == NULL)
    return;
  for (clistiter *at = clist_begin(flags->mbf_oflags); at != NULL; at = clist_next(at)) {
    const struct mailimap_mbx_list_oflag *flag = clist_content(at);
    if (flag->of_type == MAILIMAP_MBX_LIST_OFLAG_FLAG_EXT && flag->of_flag_ext != NULL)
      g_ptr_array_add(out, g_strdup(flag->of_flag_ext));
  }
}

gboolean fbk_imap_parse_list(FbkImapParser *parser, const GString *line, FbkImapListed *out)
{
  memset(out, 0, sizeof *out);
  if (!parse(parser, line, "LIST"))
    return FALSE;
  clist *list = parser->session->imap_response_info->rsp_mailbox_list;
  if (list == NULL || clist_count(list) != 1)
    return FALSE;
  const struct mailimap_mailbox_list *mailbox = clist_content(clist_begin(list));
  if (mailbox->mb_name == NULL)
    return FALSE;
  out->flags = g_ptr_array_new_with_free_func(g_free);
  take_mailbox_flags(out->flags, mailbox->mb_flag);
  out->delimiter = mailbox->mb_delimiter;
  out->name = g_strdup(mailbox->mb_name);
  return TRUE;
}

void fbk_imap_listed_clear(FbkImapListed *listed)
{
  g_clear_pointer(&listed->flags, g_ptr_array_unref);
  g_clear_pointer(&listed->name, g_free);
}
