/* Keeps what would cost too much, or crash it, away from GMime. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/prescan.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mail/fields.h"
#include "mail/params.h"
#include "mail/parse.h"

#define WINDOW (128 * 1024)
#define FIELDS_TOTAL_MAX 100000              /* GMime keeps some 250 bytes for each */
#define HEADERS_TOTAL_MAX (8 * 1024 * 1024)  /* of all parts; GMime keeps them in memory */
#define BETWEEN_TOTAL_MAX (16 * 1024 * 1024) /* text before, between and after parts; likewise */
#define ADDRESS_MARKS_MAX 200
#define ADDRESS_MARKS_ANYWHERE 4000

/* What encloses the bytes that are being read. */
typedef struct {
  char *boundary;  /* of a multipart, without the leading "--"; NULL otherwise */
  gboolean digest; /* its parts are messages by default */
} Level;

typedef struct {
  guint marks, anywhere;
  gboolean quoted, escaped;
} AddressCount;

typedef struct {
  GArray *levels; /* Level */
  GString *block; /* the header block being read */
  gboolean in_header;
  gboolean between; /* in a multipart, but in none of its parts */
  gboolean in_address;
  AddressCount address;
  guint parts, fields;
  guint64 headers, outside;
  FbkPrescan result;
} Scan;

static void level_clear(Level *level)
{
  g_free(level->boundary);
}

static void refuse(Scan *scan, const char *reason)
{
  if (!scan->result.reason)
    scan->result.reason = g_strdup(reason);
}

/* FALSE when the field has gone over its limit. */
static gboolean count_addresses(AddressCount *count, const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++) {
    char character = text[i];
    gboolean mark = character == ':' || character == '(';
    count->anywhere += mark;
    if (count->escaped)
      count->escaped = FALSE;
    else if (character == '\\')
      count->escaped = TRUE;
    else if (character == '"')
      count->quoted = !count->quoted;
    else
      count->marks += mark && !count->quoted;
  }
  return count->marks <= ADDRESS_MARKS_MAX && count->anywhere <= ADDRESS_MARKS_ANYWHERE;
}

gboolean fbk_prescan_addresses(const char *value, gsize len)
{
  AddressCount count = {0};
  return count_addresses(&count, value, len);
}

/* Where the value begins of a field that GMime or libnotmuch take apart as addresses; 0 for other lines. */
static gsize address_value(const char *line, gsize len)
{
  static const char *const names[] = {"to",
                                      "cc",
                                      "bcc",
                                      "from",
                                      "sender",
                                      "reply-to",
                                      "resent-to",
                                      "resent-cc",
                                      "resent-bcc",
                                      "resent-from",
                                      "resent-sender",
                                      "resent-reply-to",
                                      "mail-followup-to",
                                      "mail-reply-to",
                                      "disposition-notification-to",
                                      "return-receipt-to",
                                      "autocrypt"};
  if (!len || !strchr("tcbfsrmdaTCBFSRMDA", line[0]))
    return 0;
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    gsize size = strlen(names[i]);
    if (size >= len || g_ascii_strncasecmp(line, names[i], size))
      continue;
    while (size < len && (line[size] == ' ' || line[size] == '\t'))
      size++;
    if (size < len && line[size] == ':')
      return size + 1;
  }
  return 0;
}

/* Looks at every line of the message, header or not: what GMime takes for a header may differ from what we
 * do. */
static void watch_addresses(Scan *scan, const char *line, gsize len)
{
  gsize start = 0, indent = 0;
  while (indent < len && (line[indent] == ' ' || line[indent] == '\t'))
    indent++;
  if (!indent || !scan->in_address) {
    start = address_value(line + indent, len - indent);
    scan->in_address = start > 0;
    scan->address = (AddressCount){0};
  }
  if (scan->in_address && !count_addresses(&scan->address, line + start, len - start))
    refuse(scan,
           _("An address line of this message is built in a way that can stop a mail program, so only its "
             "source is shown."));
}

static void push_level(Scan *scan, char *boundary, gboolean digest)
{
  Level level = {.boundary = boundary, .digest = digest};
  g_array_append_val(scan->levels, level);
  if (scan->levels->len > FBK_LEVELS_MAX)
    refuse(scan, _("The parts of this message are nested too deep, so only its source is shown."));
}

static void begin_part(Scan *scan)
{
  scan->in_header = TRUE;
  scan->between = FALSE;
  g_string_truncate(scan->block, 0);
  if (++scan->parts > FBK_PARTS_MAX)
    refuse(scan, _("This message has more than 10,000 parts, so only its source is shown."));
}

/* The field that GMime goes by: the last of that name. */
static const FbkField *find_field(const FbkFields *fields, const char *name)
{
  for (guint i = fields->fields->len; i > 0; i--) {
    const FbkField *field = &g_array_index(fields->fields, FbkField, i - 1);
    if (fbk_field_is(field, name))
      return field;
  }
  return NULL;
}

/* TRUE for an encoding that makes a message inside one opaque file; anything unclear does not. */
static gboolean is_encoded(const FbkFields *fields)
{
  const FbkField *field = find_field(fields, "Content-Transfer-Encoding");
  if (!field)
    return FALSE;
  g_autofree char *encoding = g_strstrip(fbk_field_line(field->value, field->value_len));
  return !g_ascii_strcasecmp(encoding, "base64") || !g_ascii_strcasecmp(encoding, "quoted-printable");
}

/* The type as GMime will see it, lower case. */
static char *type_of(const Scan *scan, const FbkField *field)
{
  g_autofree char *type = field ? fbk_param_main(field->value, field->value_len) : g_strdup("");
  if (strchr(type, '/'))
    return g_steal_pointer(&type);
  const Level *parent = scan->levels->len ? &g_array_index(scan->levels, Level, scan->levels->len - 1) : NULL;
  return g_strdup(parent && parent->digest ? "message/rfc822" : "text/plain");
}

static gboolean opens_message(const char *type)
{
  static const char *const inner[] = {"rfc822", "rfc2822", "news", "global"};
  for (gsize i = 0; i < G_N_ELEMENTS(inner) && g_str_has_prefix(type, "message/"); i++)
    if (strstr(type, inner[i]))
      return TRUE;
  return FALSE;
}

/* GMime and we undo backslashes differently, and mails end boundaries in spaces: compare without both. */
static void simplify_boundary(char *boundary)
{
  char *to = boundary;
  for (const char *from = boundary; *from; from++)
    if (*from != '\\')
      *to++ = *from;
  *to = 0;
  g_strchomp(boundary);
}

/* The header block is complete: what does it open? */
static void end_header(Scan *scan)
{
  g_auto(FbkFields) fields;
  fbk_fields_read(&fields, scan->block->str, scan->block->len, G_MAXUINT);
  scan->in_header = FALSE;
  scan->fields += fields.fields->len;
  scan->headers += scan->block->len;
  scan->result.broken_headers |= fields.broken > 0;
  scan->result.nuls_in_headers |= memchr(scan->block->str, 0, scan->block->len) != NULL;
  for (guint i = 0; i < fields.fields->len; i++) {
    const FbkField *field = &g_array_index(fields.fields, FbkField, i);
    if (field->value_len > FBK_FIELD_MAX)
      refuse(scan, _("A header line of this message is longer than 64 KB, so only its source is shown."));
  }
  if (scan->fields > FIELDS_TOTAL_MAX || scan->headers > HEADERS_TOTAL_MAX)
    refuse(scan, _("The headers of this message are too large, so only its source is shown."));
  if (scan->result.reason)
    return;
  const FbkField *type_field = find_field(&fields, "Content-Type");
  g_autofree char *type = type_of(scan, type_field);
  if (g_str_has_prefix(type, "multipart/")) {
    char *boundary = fbk_param_text(type_field->value, type_field->value_len, "boundary");
    if (boundary)
      simplify_boundary(boundary);
    push_level(scan, boundary, !strcmp(type, "multipart/digest"));
    scan->between = TRUE;
  } else if (opens_message(type) && !is_encoded(&fields)) {
    push_level(scan, NULL, FALSE);
    begin_part(scan);
  }
}

/* Handles a line that is the boundary of some level around us; FALSE when it is none. */
static gboolean take_boundary(Scan *scan, const char *line, gsize len)
{
  if (len < 2 || line[0] != '-' || line[1] != '-')
    return FALSE;
  if (scan->levels->len == 0)
    return FALSE;
  g_autofree char *plain = g_strndup(line, len);
  simplify_boundary(plain);
  line = plain;
  len = strlen(plain);
  for (guint i = scan->levels->len; i > 0; i--) {
    const char *boundary = g_array_index(scan->levels, Level, i - 1).boundary;
    gsize size = boundary ? strlen(boundary) : 0;
    if (!boundary || len < size + 2 || memcmp(line + 2, boundary, size))
      continue;
    gboolean closing = len == size + 4 && line[len - 1] == '-' && line[len - 2] == '-';
    if (len != size + 2 && !closing)
      continue;
    if (scan->in_header)
      end_header(scan);
    g_array_set_size(scan->levels, closing ? i - 1 : i);
    scan->between = closing;
    if (!closing)
      begin_part(scan);
    return TRUE;
  }
  return FALSE;
}

/* whole: the line with its end; long lines come cut, their rest is only counted. */
static void take_line(Scan *scan, const char *line, gsize size)
{
  gsize len = size;
  if (len && line[len - 1] == '\n')
    len--;
  if (len && line[len - 1] == '\r')
    len--;
  watch_addresses(scan, line, len);
  if (take_boundary(scan, line, len))
    return;
  if (scan->in_header) {
    if (len == 0) {
      end_header(scan);
      return;
    }
    g_string_append_len(scan->block, line, (gssize)size);
    if (scan->block->len > FBK_HEADER_MAX)
      refuse(scan, _("The header of this message is longer than 256 KB, so only its source is shown."));
  } else if (scan->between) {
    scan->outside += size;
    if (scan->outside > BETWEEN_TOTAL_MAX)
      refuse(scan, _("Most of this message stands outside its parts, so only its source is shown."));
  }
}

static gboolean needs_look(const Scan *scan, const char *line)
{
  return scan->in_header || scan->between || scan->in_address || strchr("- \ttcbfsrmdaTCBFSRMDA", line[0]);
}

static void scan_windows(Scan *scan, const FbkRaw *raw)
{
  g_autofree char *window = g_malloc(WINDOW);
  guint64 offset = 0;
  gsize kept = 0;
  gboolean in_line = FALSE; /* the window begins inside a line that was longer than it */
  while (!scan->result.reason) {
    gsize got = fbk_raw_read(raw, offset, window + kept, WINDOW - kept);
    offset += got;
    gsize len = kept + got, done = 0;
    while (done < len && !scan->result.reason) {
      const char *stop = memchr(window + done, '\n', len - done);
      gsize size = stop ? (gsize)(stop + 1 - (window + done)) : len - done;
      if (!stop && done > 0 && got > 0)
        break; /* the rest of the line comes with the next read */
      if (in_line)
        scan->outside += scan->between ? size : 0;
      else if (needs_look(scan, window + done))
        take_line(scan, window + done, size);
      in_line = !stop;
      done += size;
    }
    if (got == 0)
      break;
    kept = len - done;
    memmove(window, window + done, kept);
  }
}

FbkPrescan fbk_prescan_raw(const FbkRaw *raw)
{
  Scan scan = {.levels = g_array_new(FALSE, FALSE, sizeof(Level)), .block = g_string_new(NULL)};
  g_array_set_clear_func(scan.levels, (GDestroyNotify)level_clear);
  begin_part(&scan);
  scan_windows(&scan, raw);
  if (scan.in_header && !scan.result.reason)
    end_header(&scan);
  g_array_unref(scan.levels);
  g_string_free(scan.block, TRUE);
  return scan.result;
}

static gboolean answer(FbkRaw *raw, char **reason_out)
{
  FbkPrescan result = fbk_prescan_raw(raw);
  /* only we read it with other line ends; libnotmuch would see one endless header line */
  if (raw->mended && !result.reason)
    result.reason = g_strdup(_("The lines of this message end in a way that the search cannot read."));
  gboolean safe = !result.reason;
  if (reason_out)
    *reason_out = result.reason;
  else
    g_free(result.reason);
  fbk_raw_clear(raw);
  return safe;
}

gboolean fbk_prescan_bytes(const char *bytes, gsize len, char **reason_out)
{
  g_autoptr(GBytes) view = g_bytes_new_static(bytes, len);
  FbkRaw raw;
  fbk_raw_from_bytes(&raw, view);
  return answer(&raw, reason_out);
}

gboolean fbk_prescan_file(const char *path, char **reason_out)
{
  FbkRaw raw;
  g_autoptr(GError) error = NULL;
  if (fbk_raw_open(&raw, path, &error))
    return answer(&raw, reason_out);
  if (reason_out)
    *reason_out = g_strdup(error->message);
  return FALSE;
}
