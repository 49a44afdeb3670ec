/* What lists and readers see of a header: subjects, addresses, ids, dates. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <string.h>

#include "mail/parse.h"

#define MARK "\xef\xbf\xbd"
#define SIZE(text) (sizeof(text) - 1)

static FbkMessage *parse(const char *bytes, gsize len)
{
  g_autoptr(GBytes) kept = g_bytes_new(bytes, len);
  return fbk_message_from_bytes(kept);
}

static FbkMessage *parse_text(const char *text)
{
  return parse(text, strlen(text));
}

static void test_subject(void)
{
  static const struct {
    const char *raw, *text;
  } rows[] = {
      {"plain", "plain"},
      {"two\n lines\n\tmore", "two lines more"},
      {"=?ISO-2022-JP?B?GyRCJCIbKEI=?=", "あ"},
      {"=?iso-2022-jp?B?GyRCLSEtahsoQhsoSTEyGyhC?=", "①㈱ｱｲ"},
      {"=?iso-2022-jp?Q?=1B$B$=22=1B(B?=", "あ"},
      {"Re: =?utf-8?q?=E3=81=82_x?= end", "Re: あ x end"},
      /* neighbours of one charset are one text: characters are split across them */
      {"=?utf-8?B?44E=?=\n =?UTF-8?B?guOBhA==?=", "あい"},
      {"=?utf-8?B?44E?= =?UTF-8?Q?=82?=", "あ"},
      {"=?utf-8?B?44GC?= =?shift_jis?B?gqA=?=", "ああ"},
      {"=?iso-2022-jp?B?GyRCJCI=?=\n =?iso-2022-jp?B?JCQbKEI=?=", "あい"},
      {"=?shift_jis?B?h0A=?=", "①"},
      {"=?utf-8*ja?B?44GC?=", "あ"},
      {"=?utf-8?B?44GC?=x=?utf-8?B?44GC?=", "あxあ"},
      {"=?x-none?Q?abc?=", "abc"},
      {"=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
      {"=?utf-8?B?abc", "=?utf-8?B?abc"},
      {"a =? b ?= c", "a =? b ?= c"},
      {"=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x"},
      {"=?utf-8?Q?a=00b?=", "a" MARK "b"},
      {"\x1b$B2q5D\x1b(B(2)", "会議(2)"},
      {"\x83\x5c\x83\x74\x83\x67\x95\x5c", "ソフト表"},
      {"\xb2\xf1\xb5\xc4\xa4\xce", "会議の"},
      {"会議", "会議"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *mail = g_strconcat("Subject: ", rows[i].raw, "\n\n", NULL);
    g_autoptr(FbkMessage) message = parse_text(mail);
    g_assert_cmpstr(message->envelope->subject, ==, rows[i].text);
    g_assert_cmpstr(((FbkHeader *)message->headers->pdata[0])->value, ==, rows[i].text);
    g_assert_cmpstr(((FbkHeader *)message->headers->pdata[0])->name, ==, "Subject");
  }
}

/* name1|address1, name2|address2 */
static char *join_addresses(const GPtrArray *addresses)
{
  GString *joined = g_string_new(NULL);
  for (guint i = 0; i < addresses->len; i++) {
    const FbkAddress *address = g_ptr_array_index(addresses, i);
    g_string_append_printf(joined, "%s%s|%s", i ? ", " : "", address->name, address->address);
  }
  return g_string_free(joined, FALSE);
}

static void test_addresses(void)
{
  static const struct {
    const char *raw, *seen;
  } rows[] = {
      {"a@b", "|a@b"},
      {"<a@b>", "|a@b"},
      {"A B <a@b>, \"C, D\" <c@d>", "A B|a@b, C, D|c@d"},
      {"a@b (Taro)", "Taro|a@b"},
      {"root", "|root"},
      {"=?ISO-2022-JP?B?GyRCOzNFRBsoQiAbJEItIRsoQg==?= <a@b>", "山田 ①|a@b"},
      {"\"=?utf-8?B?44GC?=\" <a@b>", "あ|a@b"},
      {"=?utf-8?B?44GC?=<a@b>", "あ|a@b"},
      {"=?utf-8?Q?Doe,_<x@y>?= <a@b>", "Doe, <x@y>|a@b"},
      {"=?utf-8?B?44E=?= =?utf-8?B?gg==?= <a@b>", "あ|a@b"},
      {"\x1b$B;3ED\x1b(B <a@b>", "山田|a@b"},
      {"\x95\x5c\x8e\xa6 <a@b>", "表示|a@b"},
      {"\"\x95\x5c\x8e\xa6\" <a@b>", "表示|a@b"},
      {"山田 <a@b>", "山田|a@b"},
      {"undisclosed-recipients:;", "undisclosed-recipients|"},
      {"lab: a@b, c@d;, e@f", "lab|, |a@b, |c@d, |e@f"},
      {"<@x,@y:a@b>", "|a@b"},
      {"={0}= <a@b>", "={0}=|a@b"},
      {"", ""},
      {"<>", "<>|"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *mail = g_strconcat("From: ", rows[i].raw, "\n\n", NULL);
    g_autoptr(FbkMessage) message = parse_text(mail);
    g_autofree char *seen = join_addresses(message->envelope->from);
    g_assert_cmpstr(seen, ==, rows[i].seen);
  }
}

/* Two From fields are both seen (a forger hopes that one is not), and NULs do not hide the rest. */
static void test_forged_addresses(void)
{
  static const char mail[] = "From: a@b\nTo: x\0y <c@d>\nFROM : e@f\nCc: g@h\nReply-To: i@j\n\nb";
  g_autoptr(FbkMessage) message = parse(mail, SIZE(mail));
  g_autofree char *from = join_addresses(message->envelope->from),
                  *to = join_addresses(message->envelope->to);
  g_autofree char *cc = join_addresses(message->envelope->cc),
                  *reply = join_addresses(message->envelope->reply_to);
  g_assert_cmpstr(from, ==, "|a@b, |e@f");
  g_assert_cmpstr(to, ==, "x" MARK "y|c@d");
  g_assert_cmpstr(cc, ==, "|g@h");
  g_assert_cmpstr(reply, ==, "|i@j");
}

static void test_ids_and_dates(void)
{
  g_autoptr(FbkMessage) message = parse_text(
      "Message-ID: junk <a@b> <z@z>\nIn-Reply-To: Your mail of Monday <c@d>\nReferences: <e@f>\n <g@h> "
      "<broken <i@j>\nDate: Tue, 5 Sep 2017 10:00:00 +0900 (JST)\n\n");
  g_assert_cmpstr(message->envelope->message_id, ==, "a@b");
  g_assert_cmpstr(message->envelope->in_reply_to, ==, "c@d");
  g_autofree char *references = g_strjoinv(" ", message->envelope->references);
  g_assert_cmpstr(references, ==, "e@f g@h i@j");
  g_assert_cmpint(message->envelope->date, ==, 1504573200);

  static const char *const no_dates[] = {"",
                                         "yesterday",
                                         "Mon, 1 Jan 99999 00:00:00 +0000",
                                         "1 Jan 1601 00:00:00 +0000",
                                         "Thu, 5 Sep 2999 10:00:00 +0900",
                                         "32 Foo 2017",
                                         "99999999999999999999"};
  for (gsize i = 0; i < G_N_ELEMENTS(no_dates); i++) {
    g_autofree char *mail = g_strconcat("Message-ID: bare@id\nDate: ", no_dates[i], "\n\n", NULL);
    g_autoptr(FbkMessage) other = parse_text(mail);
    g_assert_cmpint(other->envelope->date, ==, 0);
    g_assert_cmpstr(other->envelope->message_id, ==, "bare@id");
  }
}

static void test_many_references(void)
{
  g_autoptr(GString) mail = g_string_new("References:");
  for (int i = 0; i < 1000; i++)
    g_string_append_printf(mail, "\n <%d@x>", i);
  g_string_append(mail, "\n\n");
  g_autoptr(FbkMessage) message = parse_text(mail->str);
  char **ids = message->envelope->references;
  g_assert_cmpuint(g_strv_length(ids), ==, 100);
  g_assert_cmpstr(ids[0], ==, "0@x");
  g_assert_cmpstr(ids[49], ==, "49@x");
  g_assert_cmpstr(ids[50], ==, "950@x");
  g_assert_cmpstr(ids[99], ==, "999@x");
}

/* A long list of recipients is cut at a recipient. */
static void test_many_recipients(void)
{
  g_autoptr(GString) mail = g_string_new("To: first@x");
  for (int i = 0; i < 20000; i++)
    g_string_append_printf(mail, ",\n user%05d@example.ac.jp", i);
  g_string_append(mail, "\nSubject: never seen\n\nb");
  g_autoptr(FbkMessage) message = parse_text(mail->str);
  const GPtrArray *to = message->envelope->to;
  g_assert_null(message->root);
  g_assert_cmpuint(to->len, >, 1000);
  const FbkAddress *last = g_ptr_array_index(to, to->len - 1);
  g_assert_true(g_str_has_suffix(last->address, "@example.ac.jp"));
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/mail/envelope/subject", test_subject);
  g_test_add_func("/mail/envelope/addresses", test_addresses);
  g_test_add_func("/mail/envelope/forged-addresses", test_forged_addresses);
  g_test_add_func("/mail/envelope/ids-and-dates", test_ids_and_dates);
  g_test_add_func("/mail/envelope/many-references", test_many_references);
  g_test_add_func("/mail/envelope/many-recipients", test_many_recipients);
  return g_test_run();
}
