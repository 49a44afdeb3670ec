/* The head of a message as blocks. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/page_head.h"

#include <glib/gi18n.h>
#include <string.h>
#include "base/text.h"

#define ADDRESS_CAP 50  /* shown of one field */
#define VALUE_CAP 65536 /* bytes of one field */
#define FIELD_INDENT "    "

enum { FROM, TO, CC, REPLY_TO, DATE, SUBJECT, FIELDS };

static const char *field_name(int field)
{
  switch (field) {
  case FROM:
    return _("From");
  case TO:
    return _("To");
  case CC:
    return _("Cc");
  case REPLY_TO:
    return _("Reply-To");
  case DATE:
    return _("Date");
  default:
    return _("Subject");
  }
}

static int names_width(void)
{
  int widest = 0;
  for (int field = 0; field < FIELDS; field++)
    widest = MAX(widest, fbk_text_width(field_name(field)));
  return widest + 2;
}

static void put_field(FbkDoc *doc, const char *first, const char *rest, const char *value)
{
  fbk_doc_block(doc, FBK_BLOCK_TEXT, 0, first, rest);
  if (doc->blocks->len > 0)
    g_array_index(doc->blocks, FbkBlock, doc->blocks->len - 1).prefix_style = FBK_STYLE_HEADER_NAME;
  g_autofree char *line = fbk_text_gate(value, (gssize)MIN(strlen(value), (gsize)VALUE_CAP), FBK_GATE_LINE);
  fbk_doc_add(doc, line, strlen(line), FBK_STYLE_HEADER_VALUE, 0);
}

static void put_usual(FbkDoc *doc, int field, const char *value)
{
  int width = names_width();
  g_autofree char *name = g_strconcat(field_name(field), ":", NULL);
  g_autofree char *spaces = g_strnfill((gsize)MAX(width - fbk_text_width(name), 1), ' ');
  g_autofree char *first = g_strconcat(name, spaces, NULL);
  g_autofree char *rest = g_strnfill((gsize)width, ' ');
  put_field(doc, first, rest, value);
}

/* The address always stands beside the name: names can be anything. */
static void append_address(GString *out, const FbkAddress *address)
{
  if (*address->name != '\0' && *address->address != '\0')
    g_string_append_printf(out, "%s <%s>", address->name, address->address);
  else
    g_string_append(out, *address->name != '\0' ? address->name : address->address);
}

static void put_addresses(FbkDoc *doc, int field, const GPtrArray *addresses)
{
  if (addresses == NULL || addresses->len == 0)
    return;
  g_autoptr(GString) value = g_string_new(NULL);
  guint shown = MIN(addresses->len, (guint)ADDRESS_CAP);
  for (guint i = 0; i < shown; i++) {
    g_string_append(value, i > 0 ? ", " : "");
    append_address(value, addresses->pdata[i]);
  }
  if (shown < addresses->len) {
    guint left = addresses->len - shown;
    g_string_append_printf(value, ngettext(" and %u more", " and %u more", left), left);
  }
  put_usual(doc, field, value->str);
}

static gboolean same_addresses(const GPtrArray *left, const GPtrArray *right)
{
  if (left->len != right->len)
    return FALSE;
  for (guint i = 0; i < left->len; i++) {
    const FbkAddress *one = left->pdata[i], *other = right->pdata[i];
    if (g_ascii_strcasecmp(one->address, other->address) != 0)
      return FALSE;
  }
  return TRUE;
}

/* Not %a of the C library: it knows Japanese only where that locale is installed. */
static const char *weekday_name(GDateTime *date)
{
  static const char *const names[] = {"",        N_("Mon"), N_("Tue"), N_("Wed"),
                                      N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun")};
  return _(names[g_date_time_get_day_of_week(date)]);
}

static void put_date(FbkDoc *doc, gint64 seconds)
{
  if (seconds == 0)
    return;
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_local(seconds);
  g_autofree char *day = date != NULL ? g_date_time_format(date, "%Y-%m-%d") : NULL;
  g_autofree char *hour = date != NULL ? g_date_time_format(date, "%H:%M %z") : NULL;
  if (day == NULL || hour == NULL)
    return;
  g_autofree char *text = g_strdup_printf("%s (%s) %s", day, weekday_name(date), hour);
  put_usual(doc, DATE, text);
}

void fbk_head_usual(FbkDoc *doc, const FbkEnvelope *envelope)
{
  put_addresses(doc, FROM, envelope->from);
  if (envelope->reply_to->len > 0 && !same_addresses(envelope->from, envelope->reply_to))
    put_addresses(doc, REPLY_TO, envelope->reply_to);
  put_addresses(doc, TO, envelope->to);
  put_addresses(doc, CC, envelope->cc);
  put_date(doc, envelope->date);
  put_usual(doc, SUBJECT, *envelope->subject != '\0' ? envelope->subject : _("(no subject)"));
}

void fbk_head_full(FbkDoc *doc, const GPtrArray *headers)
{
  for (guint i = 0; i < headers->len; i++) {
    const FbkHeader *header = headers->pdata[i];
    g_autofree char *name = g_strndup(header->name, 100);
    g_autofree char *first = g_strconcat(name, ": ", NULL);
    put_field(doc, first, FIELD_INDENT, header->value);
  }
}
