/* Messages: the pre-scan, GMime, and our tree over its. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/parse.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "mail/charset.h"
#include "mail/envelope.h"
#include "mail/fields.h"
#include "mail/parse_mime.h"
#include "mail/part.h"
#include "mail/prescan.h"
#include "mail/raw.h"

#define HEADERS_MAX 2000

/* FbkMessage.object */
typedef struct {
  FbkRaw raw;
  GByteArray view; /* raw.bytes once more, in the shape that GMime wants; never changed or freed by GLib */
} Origin;

static void add_notice(FbkMessage *message, const char *text)
{
  for (guint i = 0; i < message->notices->len; i++)
    if (!strcmp(g_ptr_array_index(message->notices, i), text))
      return;
  g_ptr_array_add(message->notices, g_strdup(text));
}

static void header_free(FbkHeader *header)
{
  g_free(header->name);
  g_free(header->value);
  g_free(header);
}

static GMimeStream *open_stream(Origin *origin)
{
  if (origin->raw.bytes) {
    gsize len;
    origin->view.data = (guint8 *)g_bytes_get_data(origin->raw.bytes, &len);
    origin->view.len = (guint)len;
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(&origin->view);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    return stream;
  }
  int fd = fcntl(origin->raw.fd, F_DUPFD_CLOEXEC, 3);
  return fd < 0 ? NULL : g_mime_stream_fs_new_with_bounds(fd, 0, (gint64)origin->raw.size);
}

static FbkPart *take_object(FbkMessage *message, GMimeObject *object, FbkPart *parent, guint level,
                            const FbkRaw *raw);

static void add_child(FbkPart *part, FbkPart *child)
{
  if (!part->children)
    part->children = g_ptr_array_new_with_free_func((GDestroyNotify)fbk_part_free);
  if (child)
    g_ptr_array_add(part->children, child);
}

static void add_leaf(FbkMessage *message, FbkPart *part)
{
  g_ptr_array_add(message->leaves, part);
  part->number = message->leaves->len;
}

/* A multipart in which no boundary was found: its text is in front of the first part that never comes. */
static void take_prologue(FbkMessage *message, GMimeMultipart *multipart, FbkPart *part)
{
  const char *text = g_mime_multipart_get_prologue(multipart);
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text ? text : "", text ? strlen(text) : 0);
  FbkPart *child = fbk_part_new_text(stream, part);
  g_object_unref(stream);
  add_child(part, child);
  add_leaf(message, child);
}

static FbkEnvelope *envelope_inside(GMimeMessage *inside)
{
  FbkEnvelope *envelope = fbk_envelope_new();
  GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(inside));
  int count = list ? g_mime_header_list_get_count(list) : 0;
  for (int i = 0; i < count; i++) {
    GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
    const char *name = header ? g_mime_header_get_name(header) : NULL;
    const char *value = header ? g_mime_header_get_raw_value(header) : NULL;
    if (!name || !value)
      continue;
    FbkField field = {.name = name, .name_len = strlen(name), .value = value, .value_len = strlen(value)};
    while (field.value_len && strchr(" \t\r\n", *field.value)) {
      field.value++;
      field.value_len--;
    }
    fbk_envelope_take(envelope, &field);
  }
  return envelope;
}

static void take_children(FbkMessage *message, FbkPart *part, guint level, const FbkRaw *raw)
{
  GMimeObject *object = part->object;
  if (GMIME_IS_MESSAGE_PART(object)) {
    GMimeMessage *inside = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    GMimeObject *root = inside ? g_mime_message_get_mime_part(inside) : NULL;
    part->envelope = inside ? envelope_inside(inside) : fbk_envelope_new();
    add_child(part, root ? take_object(message, root, part, level + 1, raw) : NULL);
    return;
  }
  GMimeMultipart *multipart = GMIME_MULTIPART(object);
  int count = g_mime_multipart_get_count(multipart);
  if (count <= 0)
    take_prologue(message, multipart, part);
  for (int i = 0; i < count; i++) {
    GMimeObject *child = g_mime_multipart_get_part(multipart, i);
    add_child(part, child ? take_object(message, child, part, level + 1, raw) : NULL);
  }
}

/* NULL only beyond the limits, which the pre-scan should not have let through. */
static FbkPart *take_object(FbkMessage *message, GMimeObject *object, FbkPart *parent, guint level,
                            const FbkRaw *raw)
{
  gboolean container = GMIME_IS_MULTIPART(object) || GMIME_IS_MESSAGE_PART(object);
  if (message->leaves->len >= FBK_PARTS_MAX || level > FBK_LEVELS_MAX) {
    add_notice(message, _("This message has too many parts; some are not shown."));
    return NULL;
  }
  FbkPart *part = fbk_part_new(object, parent, raw);
  if (container)
    take_children(message, part, level, raw);
  else
    add_leaf(message, part);
  return part;
}

/* Everything from offset as one plain text. */
static void take_plain(FbkMessage *message, GMimeStream *stream, gsize offset)
{
  GMimeStream *rest = g_mime_stream_substream(stream, (gint64)offset, -1);
  message->root = fbk_part_new_text(rest, NULL);
  g_object_unref(rest);
  add_leaf(message, message->root);
}

static void build_tree(FbkMessage *message, Origin *origin, const FbkFields *fields, const FbkPrescan *scan)
{
  GMimeParserOptions *options = fbk_mime_options();
  GMimeStream *stream = open_stream(origin);
  if (!stream) {
    add_notice(message,
               _("The parts of this message cannot be read now; close other messages and try again."));
    return;
  }
  GMimeParser *parser = g_mime_parser_new_with_stream(stream);
  g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
  GMimeMessage *mime = g_mime_parser_construct_message(parser, options);
  GMimeObject *root = mime ? g_mime_message_get_mime_part(mime) : NULL;
  gboolean lost_body = !fields->ended && fields->body < origin->raw.size;
  if (root && !lost_body)
    message->root = take_object(message, root, NULL, 0, scan->nuls_in_headers ? &origin->raw : NULL);
  else
    take_plain(message, stream, fields->body);
  gboolean all_shown = lost_body || (fields->fields->len == 0 && !root);
  if (scan->broken_headers && !all_shown)
    add_notice(message, _("Some header lines of this message are broken; its source shows them."));
  g_clear_object(&mime);
  g_object_unref(parser);
  g_object_unref(stream);
}

static void take_headers(FbkMessage *message, const FbkFields *fields)
{
  guint count = MIN(fields->fields->len, HEADERS_MAX);
  for (guint i = 0; i < count; i++) {
    const FbkField *field = &g_array_index(fields->fields, FbkField, i);
    FbkHeader *header = g_new(FbkHeader, 1);
    header->name = g_strndup(field->name, field->name_len);
    header->value = fbk_field_text(field->value, field->value_len);
    g_ptr_array_add(message->headers, header);
  }
  if (fields->fields->len > HEADERS_MAX)
    add_notice(message, _("This message has more than 2,000 header lines; the rest is in its source."));
}

/* Takes origin. */
static FbkMessage *read_message(Origin *origin)
{
  FbkMessage *message = g_new0(FbkMessage, 1);
  message->headers = g_ptr_array_new_with_free_func((GDestroyNotify)header_free);
  message->leaves = g_ptr_array_new();
  message->notices = g_ptr_array_new_with_free_func(g_free);
  message->object = origin;

  gsize len;
  g_autofree char *head = fbk_raw_head(&origin->raw, &len);
  g_auto(FbkFields) fields;
  fbk_fields_read(&fields, head, len, G_MAXUINT);
  message->envelope = fbk_envelope_from_fields(&fields);
  take_headers(message, &fields);

  FbkPrescan scan = fbk_prescan_raw(&origin->raw);
  if (scan.reason)
    add_notice(message, scan.reason);
  else
    build_tree(message, origin, &fields, &scan);
  g_free(scan.reason);
  return message;
}

FbkMessage *fbk_message_open(const char *path, GError **err)
{
  Origin *origin = g_new0(Origin, 1);
  if (!fbk_raw_open(&origin->raw, path, err)) {
    g_free(origin);
    return NULL;
  }
  FbkMessage *message = read_message(origin);
  message->path = g_strdup(path);
  return message;
}

FbkMessage *fbk_message_from_bytes(GBytes *bytes)
{
  Origin *origin = g_new0(Origin, 1);
  fbk_raw_from_bytes(&origin->raw, bytes);
  FbkMessage *message = read_message(origin);
  message->bytes = g_bytes_ref(bytes);
  return message;
}

void fbk_message_free(FbkMessage *message)
{
  if (!message)
    return;
  Origin *origin = message->object;
  g_ptr_array_unref(message->leaves);
  fbk_part_free(message->root);
  fbk_envelope_free(message->envelope);
  g_ptr_array_unref(message->headers);
  g_ptr_array_unref(message->notices);
  g_clear_pointer(&message->bytes, g_bytes_unref);
  fbk_raw_clear(&origin->raw);
  g_free(origin);
  g_free(message->path);
  g_free(message);
}

char *fbk_message_source(const FbkMessage *message, gsize cap, gboolean *cut_out, GError **err)
{
  const Origin *origin = message->object;
  gsize want = (gsize)MIN(cap, origin->raw.size);
  g_autofree char *bytes = g_malloc(want + 1);
  gsize got = fbk_raw_read(&origin->raw, 0, bytes, want);
  if (got < want) {
    fbk_error_set(err, FBK_ERR_NOT_FOUND, _("The message can no longer be read from the disk."));
    return NULL;
  }
  if (cut_out)
    *cut_out = origin->raw.size > want;
  return fbk_charset_to_utf8(bytes, got, NULL, NULL);
}
