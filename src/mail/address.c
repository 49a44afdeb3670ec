/* Address fields, by GMime's parser behind our own word decoder. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/envelope.h"

#include <string.h>

#include "mail/parse_mime.h"
#include "mail/prescan.h"
#include "mail/words.h"

#define TEXT_MAX 1000 /* of a field that is no list of addresses */

/* GMime decodes encoded words with the C library, which refuses real Japanese ones, and stumbles over
 * specials inside them. So each word travels through its parser as an atom that stands for it. */
static char *hide_words(const char *line, GPtrArray *words)
{
  GString *hidden = g_string_new(NULL);
  gboolean none_ahead = FALSE;
  for (const char *at = line; *at;) {
    gsize size = fbk_word_length(at, &none_ahead);
    if (size) {
      g_string_append_printf(hidden, "={%u}=", words->len);
      g_ptr_array_add(words, g_strndup(at, size));
      at += size;
    } else {
      gsize plain = 1 + strcspn(at + 1, "=");
      g_string_append_len(hidden, at, (gssize)plain);
      at += plain;
    }
  }
  return g_string_free(hidden, FALSE);
}

static char *unhide_words(const char *text, const GPtrArray *words)
{
  GString *shown = g_string_new(NULL);
  for (const char *at = text; *at;) {
    char *end = NULL;
    gboolean atom = at[0] == '=' && at[1] == '{' && g_ascii_isdigit(at[2]);
    guint64 number = atom ? g_ascii_strtoull(at + 2, &end, 10) : 0;
    if (atom && number < words->len && end[0] == '}' && end[1] == '=') {
      g_string_append(shown, g_ptr_array_index(words, number));
      at = end + 2;
    } else {
      g_string_append_c(shown, *at++);
    }
  }
  return g_string_free(shown, FALSE);
}

static char *seen_name(const char *name, const GPtrArray *words)
{
  g_autofree char *raw = unhide_words(name ? name : "", words);
  return g_strstrip(fbk_words_decode(raw));
}

/* Groups inside groups are flattened; the pre-scan keeps their depth under 200. */
static void take_list(GPtrArray *addresses, InternetAddressList *list, const GPtrArray *words)
{
  int count = internet_address_list_length(list);
  for (int i = 0; i < count; i++) {
    InternetAddress *address = internet_address_list_get_address(list, i);
    if (!address)
      continue;
    g_autofree char *name = seen_name(internet_address_get_name(address), words);
    g_autofree char *plain = NULL;
    if (INTERNET_ADDRESS_IS_MAILBOX(address)) {
      const char *written = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
      plain = unhide_words(written ? written : "", words);
    }
    g_ptr_array_add(addresses, fbk_address_new(name, plain));
    if (INTERNET_ADDRESS_IS_GROUP(address)) {
      InternetAddressList *members = internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address));
      if (members)
        take_list(addresses, members, words);
    }
  }
}

static void take_text(GPtrArray *addresses, const char *line)
{
  g_autofree char *short_line = g_strndup(line, TEXT_MAX);
  g_autofree char *valid = g_utf8_make_valid(short_line, -1);
  g_autofree char *name = g_strstrip(fbk_words_decode(valid));
  if (*name)
    g_ptr_array_add(addresses, fbk_address_new(name, ""));
}

void fbk_addresses_take(GPtrArray *addresses, const char *value, gsize len)
{
  /* what is cut off ends at an address */
  gsize used = MIN(len, FBK_FIELD_MAX);
  while (used < len && used > 0 && value[used] != ',')
    used--;
  g_autofree char *line = fbk_field_line(value, used ? used : len);
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *hidden = hide_words(line, words);
  guint before = addresses->len;
  if (fbk_prescan_addresses(hidden, strlen(hidden))) {
    InternetAddressList *list = internet_address_list_parse(fbk_mime_options(), hidden);
    if (list) {
      take_list(addresses, list, words);
      g_object_unref(list);
    }
  }
  if (addresses->len == before)
    take_text(addresses, line);
}
