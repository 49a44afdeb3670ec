/* Tests plain text: addresses, quotes, flowed paragraphs. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/plain.h"

#include <locale.h>
#include <string.h>
#include "tests/shared/layout_text.h"

static char *laid_out(const char *text, gboolean flowed, gboolean delsp, int width)
{
  g_autoptr(FbkDoc) doc = fbk_doc_new();
  fbk_plain_to_doc(text, strlen(text), flowed, delsp, doc);
  return layout_text(doc, width);
}

static void test_addresses(void)
{
  static const struct {
    const char *text, *addresses; /* joined with " " */
  } cases[] = {
      {"no address here", ""},
      {"https://www.jaist.ac.jp/", "https://www.jaist.ac.jp/"},
      {"see http://a.example/x, and https://b.example.", "http://a.example/x https://b.example"},
      {"(https://a.example/x_(y))", "https://a.example/x_(y)"},
      {"(see https://a.example/x)", "https://a.example/x"},
      {"<https://a.example/x?a=b&c=d#e>", "https://a.example/x?a=b&c=d#e"},
      {"\"https://a.example/\"", "https://a.example/"},
      {"詳細はhttps://www.jaist.ac.jp/をご覧ください。", "https://www.jaist.ac.jp/"},
      {"詳細はhttps://www.jaist.ac.jpをご覧ください。", "https://www.jaist.ac.jp"},
      {"「https://a.example/」（https://b.example/）、", "https://a.example/ https://b.example/"},
      {"【https://a.example/】。https://b.example/。", "https://a.example/ https://b.example/"},
      {"https://日本語.jp/x です", "https://日本語.jp/x"},
      {"https://j\xd0\xb0ist.ac.jp/", "https://j\xd0\xb0ist.ac.jp/"},
      {"HTTPS://A.EXAMPLE/", "HTTPS://A.EXAMPLE/"},
      {"www.jaist.ac.jp.", "www.jaist.ac.jp"},
      {"awww.nothing xmailto:a@b.example", ""},
      {"mailto:a@b.example; ftp://c.example/d!", "mailto:a@b.example ftp://c.example/d"},
      {"https:// http://", ""},
      {"https://user@evil.example/", "https://user@evil.example/"},
      {"https://a.example/x'y*", "https://a.example/x'y"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GString) found = g_string_new(NULL);
    gsize len = strlen(cases[i].text), start, end;
    for (gsize at = 0; fbk_plain_find_address(cases[i].text, len, at, &start, &end); at = end) {
      g_string_append(found, found->len > 0 ? " " : "");
      g_string_append_len(found, cases[i].text + start, (gssize)(end - start));
    }
    g_assert_cmpstr(found->str, ==, cases[i].addresses);
  }
}

static void test_links(void)
{
  g_autoptr(FbkDoc) doc = fbk_doc_new();
  static const char text[] = "ログインは www.jaist-login.example へ。\nPassword: https://a.example/ now\n";
  fbk_plain_to_doc(text, strlen(text), FALSE, FALSE, doc);
  g_assert_cmpuint(doc->links->len, ==, 2);
  const FbkDocLink *bare = doc->links->pdata[0], *full = doc->links->pdata[1];
  g_assert_cmpint(bare->kind, ==, FBK_LINK_KIND_PLAIN);
  g_assert_cmpstr(bare->href, ==, "https://www.jaist-login.example");
  g_assert_cmpstr(bare->text->str, ==, "www.jaist-login.example");
  g_assert_cmpstr(full->text->str, ==, full->href);
  g_autofree char *context = fbk_doc_context(doc, full);
  g_assert_cmpstr(context, ==, "Password: https://a.example/ now");
}

static void test_layout(void)
{
  static const char text[] = "学生各位\n\n"
                             "履修登録の締切は10月7日（月）17:00です。システム（https://portal.jaist.ac.jp/"
                             "）から手続きしてください。\n"
                             "  - indented item that is longer than forty columns\n"
                             ">> 前回の引用は、もう少し長い文章なので折り返されます。はい。\n"
                             "> > reply\n> one\tb\n-- \n情報太郎\n";
  g_autofree char *narrow = laid_out(text, FALSE, FALSE, 40);
  g_assert_cmpstr(narrow, ==,
                  "学生各位\n"
                  "\n"
                  "履修登録の締切は10月7日（月）17:00です。\n"
                  "システム（https://portal.jaist.ac.jp/\n"
                  "[1]）から手続きしてください。\n"
                  "  - indented item that is longer than\n"
                  "forty columns\n"
                  "> > 前回の引用は、もう少し長い文章なので\n"
                  "> > 折り返されます。はい。\n"
                  "> > reply\n"
                  "> one     b\n"
                  "--\n"
                  "情報太郎\n");
  g_autofree char *wide = laid_out(text, FALSE, FALSE, 80);
  g_assert_cmpstr(wide, ==,
                  "学生各位\n"
                  "\n"
                  "履修登録の締切は10月7日（月）17:00です。システム（https://portal.jaist.ac.jp/\n"
                  "[1]）から手続きしてください。\n"
                  "  - indented item that is longer than forty columns\n"
                  "> > 前回の引用は、もう少し長い文章なので折り返されます。はい。\n"
                  "> > reply\n"
                  "> one     b\n"
                  "--\n"
                  "情報太郎\n");
}

static void test_flowed(void)
{
  static const char text[] =
      "This is a \nparagraph that \nflows.\n stuffed\n> quoted \n> text\n>> deeper\n-- \nname \n";
  g_autofree char *lines = laid_out(text, TRUE, FALSE, 40);
  g_assert_cmpstr(lines, ==,
                  "This is a paragraph that flows.\nstuffed\n> quoted text\n> > deeper\n--\nname\n");
  g_autofree char *joined = laid_out("日本語の \n文章 \nです\n", TRUE, TRUE, 40);
  g_assert_cmpstr(joined, ==, "日本語の文章です\n");
}

static void test_hostile(void)
{
  static const char text[] = "a\x1b[31mred\x1b]0;t\x07 \xc2\x9b"
                             "2J \xe2\x80\xae"
                             "evil \xff\xfe end\rx\n";
  g_autofree char *lines = laid_out(text, FALSE, FALSE, 80);
  g_assert_nonnull(strstr(lines, "red"));
  g_assert_nonnull(strstr(lines, "end"));
  g_autoptr(GString) deep = g_string_new(NULL);
  for (int i = 0; i < 100000; i++)
    g_string_append_c(deep, '>');
  g_autofree char *quoted = laid_out(deep->str, FALSE, FALSE, 20);
  g_assert_true(g_str_has_prefix(quoted, "> > > > >>>>"));
}

static void test_huge(void)
{
  g_autoptr(GString) text = g_string_new(NULL);
  while (text->len < 11 * 1024 * 1024)
    g_string_append(text, "\n");
  g_autoptr(FbkDoc) doc = fbk_doc_new();
  fbk_plain_to_doc(text->str, text->len, FALSE, FALSE, doc);
  g_assert_true(doc->cut);
  g_assert_cmpuint(doc->blocks->len, <=, FBK_DOC_BLOCK_MAX);
}

int main(int argc, char **argv)
{
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/plain/addresses", test_addresses);
  g_test_add_func("/plain/links", test_links);
  g_test_add_func("/plain/layout", test_layout);
  g_test_add_func("/plain/flowed", test_flowed);
  g_test_add_func("/plain/hostile", test_hostile);
  g_test_add_func("/plain/huge", test_huge);
  return g_test_run();
}
