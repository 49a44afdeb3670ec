/* Parts: what they are, and their content. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/part.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "mail/charset.h"
#include "mail/fields.h"
#include "mail/params.h"

#define CHUNK (64 * 1024)

/* A field of a part's own header, as raw bytes. */
typedef struct {
  const char *bytes;
  gsize len;
  char *owned;
} Value;

static void value_clear(Value *value)
{
  g_free(value->owned);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Value, value_clear)

/* The value read again from where the field stands. */
static void reread(Value *value, GMimeHeader *header, const FbkRaw *raw)
{
  gint64 offset = g_mime_header_get_offset(header);
  if (offset < 0)
    return;
  g_autofree char *block = g_malloc(FBK_FIELD_MAX);
  gsize len = fbk_raw_read(raw, (guint64)offset, block, FBK_FIELD_MAX);
  g_auto(FbkFields) fields;
  fbk_fields_read(&fields, block, len, 1);
  if (!fields.fields->len)
    return;
  const FbkField *field = &g_array_index(fields.fields, FbkField, 0);
  if (!fbk_field_is(field, g_mime_header_get_name(header)))
    return;
  value->owned = g_memdup2(field->value, field->value_len);
  value->bytes = value->owned;
  value->len = field->value_len;
}

/* The last field of that name: the one that GMime built its tree by. */
static Value find_value(GMimeObject *object, const char *name, const FbkRaw *raw)
{
  Value value = {.bytes = ""};
  GMimeHeaderList *list = g_mime_object_get_header_list(object);
  for (int i = list ? g_mime_header_list_get_count(list) : 0; i > 0; i--) {
    GMimeHeader *header = g_mime_header_list_get_header_at(list, i - 1);
    const char *text = header ? g_mime_header_get_raw_value(header) : NULL;
    if (!text || g_ascii_strcasecmp(g_mime_header_get_name(header), name))
      continue;
    value.bytes = text;
    value.len = strlen(text);
    if (raw)
      reread(&value, header, raw);
    break;
  }
  return value;
}

static char *find_param(const Value *value, const char *name)
{
  char *text = fbk_param_text(value->bytes, value->len, name);
  return text ? text : g_strdup("");
}

static gboolean is_readable_type(const char *type)
{
  return g_str_has_prefix(type, "text/") || !strcmp(type, "message/delivery-status") ||
         !strcmp(type, "message/disposition-notification") || !strcmp(type, "message/global-delivery-status");
}

#define OCTETS "application/octet-stream"

static char *type_of(GMimeObject *object, const Value *value)
{
  g_autofree char *written = fbk_param_main(value->bytes, value->len);
  GMimeContentType *content_type = g_mime_object_get_content_type(object);
  g_autofree char *type = content_type ? g_mime_content_type_get_mime_type(content_type) : NULL;
  /* a type that is none means text (RFC 2045 5.2); GMime calls what it cannot read octets */
  gboolean unread = !g_strcmp0(type, OCTETS) && g_ascii_strncasecmp(written, OCTETS, strlen(OCTETS));
  gboolean nonsense = unread || (*written && !strchr(written, '/'));
  if (nonsense && GMIME_IS_MESSAGE_PART(object)) /* in a multipart/digest */
    return g_strdup("message/rfc822");
  return g_ascii_strdown(type && !nonsense ? type : "text/plain", -1);
}

static void describe(FbkPart *part, const FbkRaw *raw)
{
  GMimeObject *object = part->object;
  g_auto(Value) type_value = find_value(object, "Content-Type", raw);
  g_auto(Value) disposition_value = find_value(object, "Content-Disposition", raw);
  g_auto(Value) id_value = find_value(object, "Content-ID", raw);
  part->type = type_of(object, &type_value);
  g_autofree char *charset = find_param(&type_value, "charset");
  g_autofree char *format = find_param(&type_value, "format");
  g_autofree char *delsp = find_param(&type_value, "delsp");
  g_autofree char *disposition = fbk_param_main(disposition_value.bytes, disposition_value.len);
  part->charset = g_ascii_strdown(g_strstrip(charset), -1);
  part->flowed = !g_ascii_strcasecmp(format, "flowed");
  part->delsp = part->flowed && !g_ascii_strcasecmp(delsp, "yes");

  part->name = find_param(&disposition_value, "filename");
  if (!*part->name) {
    g_free(part->name);
    part->name = find_param(&type_value, "name");
  }
  char *id = fbk_field_line(id_value.bytes, id_value.len);
  g_strdelimit(id, "<>", ' ');
  part->content_id = g_strstrip(id);
  part->attachment = !strcmp(disposition, "attachment") || *part->name ||
                     (GMIME_IS_PART(object) && !is_readable_type(part->type));
}

static GMimeDataWrapper *content_of(const FbkPart *part)
{
  return GMIME_IS_PART(part->object) ? g_mime_part_get_content(GMIME_PART(part->object)) : NULL;
}

FbkPart *fbk_part_new(GMimeObject *object, FbkPart *parent, const FbkRaw *raw)
{
  FbkPart *part = g_new0(FbkPart, 1);
  part->object = g_object_ref(object);
  part->parent = parent;
  describe(part, raw);
  GMimeDataWrapper *content = content_of(part);
  GMimeStream *stream = content ? g_mime_data_wrapper_get_stream(content) : NULL;
  part->size = stream ? (guint64)MAX(g_mime_stream_length(stream), 0) : 0;
  return part;
}

FbkPart *fbk_part_new_text(GMimeStream *stream, FbkPart *parent)
{
  GMimePart *object = g_mime_part_new_with_type("text", "plain");
  GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
  g_mime_part_set_content(object, content);
  FbkPart *part = fbk_part_new(GMIME_OBJECT(object), parent, NULL);
  g_object_unref(content);
  g_object_unref(object);
  return part;
}

void fbk_part_free(FbkPart *part)
{
  if (!part)
    return;
  g_free(part->type);
  g_free(part->charset);
  g_free(part->name);
  g_free(part->content_id);
  g_clear_pointer(&part->children, g_ptr_array_unref);
  fbk_envelope_free(part->envelope);
  g_object_unref(part->object);
  g_free(part);
}

/* Senders forget the padding of base64, and GMime then keeps the last character back: this pushes it out, and
 * is nothing where the padding is there. */
static GMimeStream *with_padding(GMimeStream *source)
{
  GMimeStream *both = g_mime_stream_cat_new();
  GMimeStream *padding = g_mime_stream_mem_new_with_buffer("==", 2);
  g_mime_stream_cat_add_source(GMIME_STREAM_CAT(both), source);
  g_mime_stream_cat_add_source(GMIME_STREAM_CAT(both), padding);
  g_object_unref(padding);
  return both;
}

/* The part's content as a stream of decoded bytes from its beginning, or NULL when it has none. */
static GMimeStream *decoded_stream(const FbkPart *part)
{
  GMimeDataWrapper *content = content_of(part);
  GMimeStream *source = content ? g_mime_data_wrapper_get_stream(content) : NULL;
  if (!source)
    return NULL;
  g_mime_stream_reset(source);
  GMimeContentEncoding encoding = g_mime_data_wrapper_get_encoding(content);
  GMimeStream *padded =
      encoding == GMIME_CONTENT_ENCODING_BASE64 ? with_padding(source) : g_object_ref(source);
  GMimeStream *filtered = g_mime_stream_filter_new(padded);
  g_object_unref(padded);
  GMimeFilter *decoder = g_mime_filter_basic_new(encoding, FALSE);
  if (decoder) {
    g_mime_stream_filter_add(GMIME_STREAM_FILTER(filtered), decoder);
    g_object_unref(decoder);
  }
  return filtered;
}

static GByteArray *read_decoded(const FbkPart *part, gsize cap)
{
  GByteArray *bytes = g_byte_array_new();
  GMimeStream *stream = decoded_stream(part);
  g_autofree char *chunk = g_malloc(CHUNK);
  while (stream && bytes->len < cap) {
    ssize_t got = g_mime_stream_read(stream, chunk, MIN(CHUNK, cap - bytes->len));
    if (got <= 0)
      break;
    g_byte_array_append(bytes, (const guint8 *)chunk, (guint)got);
  }
  g_clear_object(&stream);
  return bytes;
}

/* CR LF and lone CR become LF, in place; a NUL would end the text early and becomes another control
 * character, which the gate shows as a mark all the same. */
static gsize unify_line_ends(char *text, gsize len)
{
  gsize kept = 0;
  for (gsize i = 0; i < len; i++) {
    if (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n')
      continue;
    text[kept++] = text[i] == '\r' ? '\n' : text[i] == '\0' ? '\x01' : text[i];
  }
  text[kept] = 0;
  return kept;
}

static gsize cut_at_character(const char *text, gsize len, gsize cap)
{
  if (len <= cap)
    return len;
  while (cap > 0 && ((guchar)text[cap] & 0xc0) == 0x80)
    cap--;
  return cap;
}

char *fbk_part_text(const FbkPart *part, const char *charset, gsize cap, gboolean *cut_out)
{
  cap = MIN(cap, G_MAXINT32);
  /* one byte more than wanted tells whether something is left */
  g_autoptr(GByteArray) bytes = read_decoded(part, cap + 1);
  gsize used = MIN(bytes->len, cap), len;
  char *text = fbk_charset_to_utf8(used ? (const char *)bytes->data : "", used,
                                   charset ? charset : part->charset, &len);
  len = unify_line_ends(text, len);
  gsize fits = cut_at_character(text, len, cap);
  text[fits] = 0;
  if (cut_out)
    *cut_out = fits < len || used < bytes->len;
  return text;
}

gboolean fbk_part_write(const FbkPart *part, int fd, GError **err)
{
  GMimeStream *stream = decoded_stream(part);
  if (!stream && part->children) {
    /* a message inside, or a whole multipart: as it stands in the mail */
    GMimeObject *object = part->object;
    if (GMIME_IS_MESSAGE_PART(object))
      object = GMIME_OBJECT(g_mime_message_part_get_message(GMIME_MESSAGE_PART(object)));
    GMimeStream *out = g_mime_stream_fs_new(fd);
    g_mime_stream_fs_set_owner(GMIME_STREAM_FS(out), FALSE);
    gboolean written = object && g_mime_object_write_to_stream(object, NULL, out) >= 0;
    int reason = errno;
    g_object_unref(out);
    if (!written)
      fbk_error_set_errno(err, reason, _("Cannot save the part"));
    return written;
  }
  g_autofree char *chunk = g_malloc(CHUNK);
  gboolean written = TRUE;
  ssize_t got;
  while (stream && written && (got = g_mime_stream_read(stream, chunk, CHUNK)) > 0)
    written = fbk_file_write_all(fd, chunk, (gsize)got, err);
  g_clear_object(&stream);
  return written;
}
