/* Tests whole messages laid out: heads, parts, links, hostile mail. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/page.h"

#include <locale.h>
#include <string.h>
#include "tests/shared/layout_text.h"

#define HEAD                                                                                                 \
  "From: =?utf-8?B?5oOF5aCx5aSq6YOO?= <taro@jaist.ac.jp>\nTo: s2410001@jaist.ac.jp\n"                        \
  "Date: Mon, 5 Oct 2026 09:30:00 +0000\nSubject: =?utf-8?B?5ryU57+S?=\nMIME-Version: 1.0\n"
#define HEAD_LINES                                                                                           \
  "From:     情報太郎 <taro@jaist.ac.jp>\nTo:       s2410001@jaist.ac.jp\n"                              \
  "Date:     2026-10-05 (Mon) 09:30 +0000\nSubject:  演習\n\n"
#define PLAIN "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
#define HTML "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"

static FbkGuard *campus(void)
{
  FbkGuard *guard = fbk_guard_new();
  fbk_guard_add_domain(guard, "jaist.ac.jp");
  fbk_guard_add_brand(guard, "jaist", "jaist.ac.jp");
  return guard;
}

static FbkMessage *message_of(const char *text, gsize len)
{
  g_autoptr(GBytes) bytes = g_bytes_new(text, len);
  return fbk_message_from_bytes(bytes);
}

static FbkPage *page_of(const char *text, FbkReadStyle style)
{
  g_autoptr(FbkGuard) guard = campus();
  g_autoptr(FbkMessage) message = message_of(text, strlen(text));
  style.guard = guard;
  return fbk_page_make(message, &style);
}

static void check_page(const char *text, int width, const char *expected)
{
  g_autoptr(FbkPage) page = page_of(text, (FbkReadStyle){.width = width});
  g_autofree char *lines = page_text(page, width);
  g_assert_cmpstr(lines, ==, expected);
}

static void test_plain(void)
{
  static const char text[] =
      HEAD PLAIN "演習の締切は10月7日です。詳細は https://www.jaist.ac.jp/ を見てください。\n";
  check_page(text, 80,
             HEAD_LINES "演習の締切は10月7日です。詳細は https://www.jaist.ac.jp/ [1] を見てください。\n");
  check_page(text, 40,
             "From:     情報太郎 <taro@jaist.ac.jp>\nTo:       s2410001@jaist.ac.jp\n"
             "Date:     2026-10-05 (Mon) 09:30 +0000\nSubject:  演習\n\n"
             "演習の締切は10月7日です。詳細は\nhttps://www.jaist.ac.jp/ [1] を見てくだ\nさい。\n");
}

static void test_head(void)
{
  g_autoptr(FbkPage) page = page_of("From: Eve <eve@x.example>\nReply-To: mallory@y.example\n"
                                    "To: a@jaist.ac.jp, b@jaist.ac.jp\nCc: c@jaist.ac.jp\n\nbody\n",
                                    (FbkReadStyle){.width = 40});
  g_autofree char *lines = page_text(page, 40);
  g_assert_cmpstr(
      lines, ==,
      "From:     Eve <eve@x.example>\nReply-To: mallory@y.example\nTo:       a@jaist.ac.jp, b@jaist.ac.jp\n"
      "Cc:       c@jaist.ac.jp\nSubject:  (no subject)\n\nbody\n");
  g_assert_cmpuint(page->header_lines, ==, 5);
  g_assert_cmpint(page->lines[0].spans[0].style, ==, FBK_STYLE_HEADER_NAME);
  g_assert_cmpint(page->lines[0].spans[1].style, ==, FBK_STYLE_HEADER_VALUE);
}

static void test_full_headers_and_source(void)
{
  static const char text[] = "X-Odd: one\n two\nSubject: s\n\nbody\n";
  g_autoptr(FbkPage) full = page_of(text, (FbkReadStyle){.width = 40, .full_headers = TRUE});
  g_autofree char *lines = page_text(full, 40);
  g_assert_cmpstr(lines, ==, "X-Odd: one two\nSubject: s\n\nbody\n");
  g_autoptr(FbkPage) raw = page_of(text, (FbkReadStyle){.width = 40, .raw = TRUE});
  g_autofree char *source = page_text(raw, 40);
  g_assert_cmpstr(source, ==, "X-Odd: one\n two\nSubject: s\n\nbody\n");
}

static const char forged[] = HEAD HTML
    "<p>学生各位</p><p>パスワードの確認は<a href='https://zimbra.jaist-ac-jp.example/'>こちら</a>へ。"
    "<a href='https://www.jaist.ac.jp/'>本学</a></p>";

static void test_bad_link(void)
{
  check_page(forged, 80, HEAD_LINES "学生各位\n\nパスワードの確認はこちら [1 ✗ LOOKALIKE]へ。本学 [2]\n");
  g_autoptr(FbkPage) page = page_of(forged, (FbkReadStyle){.width = 80});
  g_assert_cmpuint(page->links->len, ==, 2);
  g_assert_cmpint(page->worst, ==, 0);
  const FbkLine *line = &page->lines[page->count - 1];
  g_assert_cmpstr(line->spans[1].text, ==, "こちら");
  g_assert_cmpint(line->spans[1].style, ==, FBK_STYLE_LINK_BAD);
  g_assert_cmpuint(line->spans[1].link, ==, 1);
  const FbkPageLink *good = page->links->pdata[1];
  g_assert_cmpint(good->verdict->class_, ==, FBK_LINK_INSTITUTION);
}

#define ALTERNATIVE(plain, html)                                                                             \
  HEAD "Content-Type: multipart/alternative; boundary=b\n\n--b\n" PLAIN plain "\n--b\n" HTML html "\n--b--"  \
       "\n"

static void test_alternative(void)
{
  check_page(ALTERNATIVE("Plain words.", "<p>HTML words."), 80, HEAD_LINES "Plain words.\n");
  check_page(ALTERNATIVE("  \n\n", "<p>HTML words."), 80, HEAD_LINES "HTML words.\n");
  check_page(ALTERNATIVE("This is an HTML mail; please use an HTML reader.", "<p>HTML words."), 80,
             HEAD_LINES "HTML words.\n");
}

/* The plain version is read, but what the other version would lure to is told. */
static void test_alternative_bad_link(void)
{
  static const char text[] = ALTERNATIVE(
      "See https://www.jaist.ac.jp/ please.",
      "<a href=https://www.jaist.ac.jp/>ok</a> <a href='https://jaist-login.example/'>Sign in</a>");
  check_page(text, 80,
             HEAD_LINES "See https://www.jaist.ac.jp/ [1] please.\n\n"
                        "Dangerous links in parts of this message that are not shown here:\n"
                        "[2 ✗ LOOKALIKE] Sign in: https://jaist-login.example/\n");
  g_autoptr(FbkPage) page = page_of(text, (FbkReadStyle){.width = 80});
  g_assert_cmpint(page->worst, ==, 1);
}

static void test_hidden_bad_link(void)
{
  check_page(HEAD HTML "<p>Hi</p><a href='https://jaist-login.example/'></a>", 80,
             HEAD_LINES "Hi\n\nDangerous links in parts of this message that are not shown here:\n"
                        "[1 ✗ LOOKALIKE] https://jaist-login.example/\n");
}

static void test_parts(void)
{
  static const char text[] = HEAD "Content-Type: multipart/mixed; boundary=m\n\n--m\n" PLAIN "First.\n--m\n"
                                  "Content-Type: application/pdf\nContent-Disposition: attachment; "
                                  "filename*=utf-8''%E8%B3%87%E6%96%99.pdf\n"
                                  "Content-Transfer-Encoding: base64\n\nJVBERi0xLjQK\n--m\nContent-Type: "
                                  "text/calendar\n\nBEGIN:VCALENDAR\n"
                                  "--m\n" HTML "<p>Second.\n--m\nContent-Type: message/rfc822\n\n"
                                  "From: Inner <inner@x.example>\nSubject: inside\n\nInner words.\n--m--\n";
  check_page(
      text, 40,
      HEAD_LINES
      "First.\n\n[2] 資料.pdf  application/pdf  12 B\n[3] (no name)  text/calendar  15 B\n\nSecond.\n\n"
      "----------------------------------------\nFrom:     Inner <inner@x.example>\n"
      "Subject:  inside\n\nInner words.\n\n----------------------------------------\n");
  g_autoptr(FbkPage) page = page_of(text, (FbkReadStyle){.width = 40});
  g_assert_cmpuint(page->parts->len, ==, 5);
  const FbkPagePart *pdf = page->parts->pdata[1];
  g_assert_cmpstr(pdf->name, ==, "資料.pdf");
  g_assert_true(pdf->attachment);
}

/* Terminal commands and direction controls in every place that a stranger fills; page_text asserts that none
 * is left. */
static void test_control_characters(void)
{
#define EVIL "\x1b[31m\x07\xe2\x80\xae\xc2\x9bx\x08"
  static const char text[] =
      "From: =?utf-8?Q?a=1B[2J=E2=80=AE?= <a\x1b@x.example>\nTo: " EVIL
      "@x.example\nSubject: =?utf-8?Q?=1B]0;t=07s?= " EVIL "\nX-" EVIL ": " EVIL
      "\nContent-Type: multipart/mixed; boundary=m\n\n--m\n" PLAIN EVIL " https://" EVIL
      ".example/\n--m\n" HTML "<p>" EVIL "&#27;<a href='https://a.example/" EVIL "'>" EVIL "</a>\n--m\n"
      "Content-Type: application/x-" EVIL "; name=\"" EVIL ".exe\"\n\nx\n--m--\n";
  for (int mode = 0; mode < 3; mode++) {
    g_autoptr(FbkPage) page =
        page_of(text, (FbkReadStyle){.width = 60, .full_headers = mode == 1, .raw = mode == 2});
    g_autofree char *lines = page_text(page, 60);
    g_assert_nonnull(strstr(lines, "x"));
    for (guint i = 0; i < page->links->len; i++) {
      const FbkPageLink *link = page->links->pdata[i];
      g_assert_null(strpbrk(link->text, "\x1b\x07\x08"));
      g_assert_null(strpbrk(link->href, "\x1b\x07\x08"));
    }
  }
}

static void test_nul(void)
{
  static const char text[] = "Subject: s\nContent-Type: text/plain; charset=utf-8\n\nbefore\0after\n";
  g_autoptr(FbkGuard) guard = campus();
  g_autoptr(FbkMessage) message = message_of(text, sizeof text - 1);
  g_autoptr(FbkPage) page = fbk_page_make(message, &(FbkReadStyle){.width = 40, .guard = guard});
  g_autofree char *lines = page_text(page, 40);
  g_assert_nonnull(strstr(lines, "before\xef\xbf\xbd"
                                 "after"));
}

static void test_tiny(void)
{
  static const char *const texts[] = {
      "", "\n", "x", "From", "From: \n\n", "Content-Type: multipart/mixed\n\n", "\n\nx"};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(FbkPage) page = page_of(texts[i], (FbkReadStyle){.width = 1});
    g_autofree char *lines = page_text(page, 20);
    g_assert_cmpint(page->worst, ==, -1);
    g_assert_nonnull(lines);
  }
}

static void test_too_long(void)
{
  g_autoptr(GString) text = g_string_new(HEAD PLAIN);
  while (text->len < 11 * 1024 * 1024)
    g_string_append(text, "one more line\n");
  g_autoptr(FbkPage) page = page_of(text->str, (FbkReadStyle){.width = 40});
  g_autofree char *lines = page_text(page, 40);
  g_assert_nonnull(strstr(lines, "The rest of this message is not shown"));
  g_assert_cmpuint(page->count, <=, 200000);
}

static void test_links_only(void)
{
  g_autoptr(FbkGuard) guard = campus();
  g_autoptr(FbkMessage) message = message_of(forged, strlen(forged));
  g_autoptr(GPtrArray) links = fbk_page_links(message, guard);
  g_assert_cmpuint(links->len, ==, 2);
  const FbkPageLink *bad = links->pdata[0];
  g_assert_cmpint(bad->verdict->class_, ==, FBK_LINK_LOOKALIKE);
  g_assert_cmpstr(bad->raw_href, ==, "https://zimbra.jaist-ac-jp.example/");
}

int main(int argc, char **argv)
{
  g_setenv("TZ", "UTC", TRUE);
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/page/plain", test_plain);
  g_test_add_func("/page/head", test_head);
  g_test_add_func("/page/full-headers-and-source", test_full_headers_and_source);
  g_test_add_func("/page/bad-link", test_bad_link);
  g_test_add_func("/page/alternative", test_alternative);
  g_test_add_func("/page/alternative-bad-link", test_alternative_bad_link);
  g_test_add_func("/page/hidden-bad-link", test_hidden_bad_link);
  g_test_add_func("/page/parts", test_parts);
  g_test_add_func("/page/control-characters", test_control_characters);
  g_test_add_func("/page/nul", test_nul);
  g_test_add_func("/page/tiny", test_tiny);
  g_test_add_func("/page/too-long", test_too_long);
  g_test_add_func("/page/links-only", test_links_only);
  return g_test_run();
}
