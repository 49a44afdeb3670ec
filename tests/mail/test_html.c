/* Tests HTML: whole layouts, what is left out, links. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/html.h"

#include <locale.h>
#include <string.h>
#include "tests/shared/layout_text.h"

static FbkDoc *read_html(const char *html)
{
  FbkDoc *doc = fbk_doc_new();
  fbk_html_to_doc(html, strlen(html), doc);
  return doc;
}

static void check_layout(const char *html, int width, const char *expected)
{
  g_autoptr(FbkDoc) doc = read_html(html);
  g_autofree char *lines = layout_text(doc, width);
  g_assert_cmpstr(lines, ==, expected);
}

static void test_paragraphs(void)
{
  check_layout("<p>One\n  two</p><p>three<br>four</p>five<div>six</div>", 40,
               "One two\n\nthree\nfour\n\nfive\nsix\n");
  check_layout("<h1>お知らせ &amp; News</h1><p>これは\nテストです。<b>太字</b>と<i>斜体</i>&nbsp;あり。", 40,
               "お知らせ & News\n\nこれはテストです。太字と斜体\u00a0あり。\n");
  check_layout(
      "<p>「とても長い文章なので、折り返しが必要になります」（注意）。次の行も禁則処理をします。", 40,
      "「とても長い文章なので、折り返しが必要に\nなります」（注意）。次の行も禁則処理をし\nます。\n");
  check_layout("<pre>\na\tb\n  <b>c</b>\n</pre>x", 40, "a       b\n  c\n\nx\n");
  check_layout("a<hr>b", 20, "a\n--------------------\nb\n");
  check_layout("x<br><br><br><br><br><br>y", 40, "x\n\n\ny\n");
  check_layout("<q>quote</q> <abbr>x</abbr><unknown>y</unknown>", 40, "“quote” xy\n");
}

static void test_lists(void)
{
  check_layout("<ul><li>One<li>Two<ul><li>Nested item that is longer than its line</ul><li><p>Three</p></ul>",
               30, "* One\n* Two\n  * Nested item that is longer\n    than its line\n\n* Three\n");
  check_layout("<ol start=9><li>nine<li>ten<li></ol>after", 30, "9. nine\n10. ten\n\nafter\n");
  check_layout("<dl><dt>Term<dd>Meaning</dl>", 30, "Term\n    Meaning\n");
}

static void test_quotes(void)
{
  check_layout(
      "Hi<blockquote><p>one two three four five</p><p>six</p><blockquote>deep</blockquote></blockquote>end",
      20, "Hi\n\n> one two three four\n> five\n>\n> six\n>\n> > deep\n\nend\n");
}

static const char timetable[] =
    "<table border=1><tr><th>氏名<th>番号<th>Score</tr><tr><td>北陸太郎<td>s2410001<td>90"
    "<tr><td colspan=2>合計<td>90<tr><td rowspan=2>A<td>b<td>c<tr><td>d<td>e</table>";

static void test_tables(void)
{
  check_layout(timetable, 40,
               "氏名      番号      Score\n北陸太郎  s2410001  90\n合計                90\n"
               "A         b         c\n          d         e\n");
  check_layout(
      "<table><tr><td>日時<td>2026年10月7日（月）17:00から18:30まで、オンラインで開催します。<tr><td>場所<td>"
      "講義室</table>",
      40, "日時  2026年10月7日（月）17:00から18:30\n      まで、オンラインで開催します。\n場所  講義室\n");
  check_layout("<table><tr><td>aaaaaaaaaa<td>bbbbbbbbbb<td>cccccccccc<tr><td>d<td>e<td>f</table>", 20,
               "aaaaaaaaaa\n  bbbbbbbbbb\n  cccccccccc\nd\n  e\n  f\n");
  check_layout(
      "<table><tr><td><table><tr><td>Logo</td></tr><tr><td><h2>Big</h2><p>Text</td><td>Side</table></table>",
      40, "Logo\n\nBig\n\nText\n\nSide\n");
  check_layout("<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>", 40, "a\nb\nc\nd\n");
}

static void test_images(void)
{
  check_layout("<img alt='JAIST logo' src=https://t.example/l.png> x <img src=https://t.example/p.gif "
               "width=1 height=1 "
               "alt=spy><img style='width:1px;height:1px' alt=spy><img src=x>",
               40, "[image: JAIST logo] x\n");
}

static void test_hidden(void)
{
  static const char *const hidden[] = {
      "<div style='display:none'>secret</div>shown",
      "<div style='DISPLAY : none !important'>secret</div>shown",
      "<div style='dis/**/play:none'>secret</div>shown",
      "<div style='font-size:0'>secret</div>shown",
      "<div style='font-size:0px'><span style='font-size:50%'>secret</span></div>shown",
      "<div style='visibility:hidden'>secret</div>shown",
      "<div style='max-height:0;overflow:hidden'>secret</div>shown",
      "<div style='opacity:0'>secret</div>shown",
      "<div style='mso-hide:all'>secret</div>shown",
      "<div hidden>secret</div>shown",
      "<div hidden><div>sec</div><div>ret</div></div>shown",
      "<template>secret</template>shown",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(hidden); i++)
    check_layout(hidden[i], 40, "[hidden text not shown]\nshown\n");
  check_layout("<style>p{}</style><script>x()</script><title>t</title><iframe>i</iframe><!-- c -->shown", 40,
               "shown\n");
  check_layout("<td style='font-size:0px'><div style='font-size:0'><b style='font-size:13px'>seen</b></div>",
               40, "seen\n");
  check_layout("<div style='visibility:hidden'><b style='visibility:visible'>seen</b></div>", 40, "seen\n");
  check_layout("<div style='display:none'>&zwnj;&nbsp;&#847;</div>shown", 40, "shown\n");
  check_layout("a<i hidden>1</i>b<i hidden>2</i>c", 40, "a[hidden text not shown]bc\n");
}

static const FbkDocLink *link_at(const FbkDoc *doc, guint n)
{
  g_assert_cmpuint(doc->links->len, >, n);
  return doc->links->pdata[n];
}

static void test_links(void)
{
  static const struct {
    const char *html;
    FbkLinkKind kind;
    const char *text, *href, *lines;
  } cases[] = {
      {"Go <a href=' https://a.example/?x=1&amp;y=2'> <b>here</b>\n now</a>.", FBK_LINK_KIND_A, "here now",
       " https://a.example/?x=1&y=2", "Go here now [1].\n"},
      {"<a href=https://i.example/><img src=cid:x alt=Shop></a>", FBK_LINK_KIND_IMG, "Shop",
       "https://i.example/", "[image: Shop] [1]\n"},
      {"<a href=https://i.example/><img src=x></a>", FBK_LINK_KIND_IMG, "", "https://i.example/",
       "[image] [1]\n"},
      {"<a href=https://i.example/><img src=x alt=Shop> open</a>", FBK_LINK_KIND_A, "Shop open",
       "https://i.example/", "[image: Shop] open [1]\n"},
      {"<a href='https://q.example/\">x'>quote</a>", FBK_LINK_KIND_A, "quote", "https://q.example/\">x",
       "quote [1]\n"},
      {"<svg><rect/><a xlink:href='https://s.example/'><text>図</text></a></svg>", FBK_LINK_KIND_SVG, "図",
       "https://s.example/", "図 [1]\n"},
      {"<form action='https://f.example/'>Password <input type=password><input type=submit value=OK></form>",
       FBK_LINK_KIND_FORM, "", "https://f.example/", "Password [____] [OK]\n[form] [1]\n"},
      {"<button formaction='https://f.example/'>Send</button>", FBK_LINK_KIND_FORM, "", "https://f.example/",
       "Send [1]\n"},
      {"<map><area href=https://m.example/ alt=Map></map>", FBK_LINK_KIND_A, "Map", "https://m.example/",
       "Map [1]\n"},
      {"<a href='java\nscript:x()'>run</a>", FBK_LINK_KIND_A, "run", "java\nscript:x()", "run [1]\n"},
      {"<div><a href=https://b.example/><div>Block</div></a></div><p>after", FBK_LINK_KIND_A, "Block",
       "https://b.example/", "Block [1]\n\nafter\n"},
      {"<a href=https://h.example/ style=display:none>unseen</a>x", FBK_LINK_KIND_A, "", "https://h.example/",
       "[hidden text not shown]x\n"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(FbkDoc) doc = read_html(cases[i].html);
    const FbkDocLink *link = link_at(doc, 0);
    g_assert_cmpint(link->kind, ==, cases[i].kind);
    g_assert_cmpstr(link->href, ==, cases[i].href);
    g_assert_cmpstr(link->text->str, ==, cases[i].text);
    check_layout(cases[i].html, 40, cases[i].lines);
  }
}

static void test_refresh_and_base(void)
{
  g_autoptr(FbkDoc) doc =
      read_html("<head><meta http-equiv=Refresh content=\"0; URL='https://r.example/'\">"
                "<base href=https://one.example/><base href=https://two.example/></head>"
                "<p>Your password expires.</p><p>Please <a href=/x>sign in</a> today</p>");
  const FbkDocLink *refresh = link_at(doc, 0), *anchor = link_at(doc, 1);
  g_assert_cmpint(refresh->kind, ==, FBK_LINK_KIND_REFRESH);
  g_assert_cmpstr(refresh->href, ==, "https://r.example/");
  g_assert_cmpstr(anchor->base, ==, "https://one.example/");
  g_autofree char *context = fbk_doc_context(doc, anchor);
  g_assert_cmpstr(context, ==, "Please sign in today");
}

/* What a browser makes of it, browsers being what senders try. */
static void test_broken(void)
{
  check_layout("<p>shown<!-- never closed <b> more", 40, "shown more\n");
  check_layout("<!-->a<!--->b<!--[if mso]>x<![endif]-->c<![endif]-->d<!doctype x>e<?php x ?>f</>g", 40,
               "abcdefg\n");
  check_layout("a < b && c > d &lt;tag&gt; &notanentity; &#x3042;", 40,
               "a < b && c > d <tag> ¬anentity; あ\n");
  check_layout("<a href=\"x>y\" title='>'>ok</a>", 40, "ok [1]\n");
  check_layout("<b><i>x</b>y</i>z<div><table><tr><td>in</div>cell</table>", 40, "xyz\nincell\n");
  check_layout("<p>text <b", 40, "text\n");
  check_layout("<td>no table</td>", 40, "no table\n");
}

static void test_control_characters(void)
{
  g_autoptr(FbkDoc) doc =
      read_html("<p>\x1b[31m&#27;]0;x&#7;&#x202e;abc\xe2\x80\xae\xc2\x9b</p><img alt='&#27;[2J\x07'>"
                "<pre>\x1b[2J&#27;\r&#13;\x08</pre><a href='http://\x1b.example/'>\x1bx</a>"
                "<table><tr><td>\x1b<td>&#x200f;<tr><td>a<td>b</table>");
  g_autofree char *lines = layout_text(doc, 40); /* asserts that none is left */
  g_assert_nonnull(strstr(lines, "abc"));
}

static char *repeated(const char *unit, gsize count, const char *tail)
{
  GString *text = g_string_new(NULL);
  for (gsize i = 0; i < count; i++)
    g_string_append(text, unit);
  g_string_append(text, tail);
  return g_string_free(text, FALSE);
}

/* Each takes a small part of a second; quadratic ones take minutes. */
static void test_bombs(void)
{
  static const struct {
    const char *unit;
    gsize count;
    const char *tail, *shown; /* what the reader still sees */
  } bombs[] = {
      {"<div>", 1000000, "bottom", "bottom"},
      {"<p>", 1000000, "bottom", "bottom"},
      {"<table><tr><td>", 20000, "bottom", "bottom"},
      {"<b><p>", 300000, "bottom", "bottom"},
      {"<blockquote>", 1000, "bottom", "bottom"},
      {"<svg><a>", 200000, "bottom", "bottom"},
      {"</b></div>", 200000, "bottom", "bottom"},
      {"<!--", 500000, ">bottom", "bottom"},
      {"<title>", 300000, "bottom", "bottom"},
      {"<a href='", 100000, "'>bottom</a>", ""},
      {"&amp;", 400000, "", "&&&"},
      {"&CounterClockwiseContourIntegral;", 50000, "", "∳∳"},
      {"<", 1000000, "", "<<<"},
      {"<select><option>", 100000, "bottom", "bottom"},
      {"<b>\u0301</b>", 10000, "bottom", "bottom"},
      {"<style>p{color:red}</style>", 200000, "visible", "visible"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(bombs); i++) {
    g_autofree char *html = repeated(bombs[i].unit, bombs[i].count, bombs[i].tail);
    gint64 start = g_get_monotonic_time();
    g_autoptr(FbkDoc) doc = read_html(html);
    g_autofree char *lines = layout_text(doc, 80);
    g_assert_nonnull(strstr(lines, bombs[i].shown));
    g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
  }
}

static void test_attribute_bombs(void)
{
  g_autofree char *value = g_strnfill(9 * 1024 * 1024, 'x');
  g_autofree char *html = g_strdup_printf("<p>before <a href='https://a.example/%s'>link</a> after", value);
  check_layout(html, 40, "before link [1] after\n");
  g_autoptr(GString) many = g_string_new("<p ");
  for (guint i = 0; i < 300000; i++)
    g_string_append_printf(many, "a%u=1 ", i);
  g_string_append(many, ">text");
  check_layout(many->str, 40, "text\n");
  check_layout("<table><tr><td colspan=1000000000>a<td rowspan=1000000000>b<tr><td>c<td>d</table>", 40,
               "a\nb\nc\nd\n");
  check_layout("<table><tr><td colspan=-5 rowspan=x>a<td>b<tr><td>c<td>d</table>", 40, "a  b\nc  d\n");
  check_layout("<ol start=99999999999999999999><li>x</ol>", 40, "99999. x\n");
}

/* A bad link does not hide below the depth that is shown as it is meant. */
static void test_deep_links(void)
{
  g_autofree char *html =
      repeated("<div>", 5000, "<a href=https://deep.example/>deep</a> <a href=https://x.example/>x</a>");
  g_autoptr(FbkDoc) doc = read_html(html);
  g_assert_cmpuint(doc->links->len, ==, 2);
  g_assert_cmpstr(link_at(doc, 0)->href, ==, "https://deep.example/");
  g_autofree char *lines = layout_text(doc, 80);
  g_assert_nonnull(strstr(lines, "deep [1] x [2]"));
  g_assert_nonnull(strstr(lines, "too deeply nested"));
}

static void test_many_links(void)
{
  g_autofree char *html = repeated("<a href=https://m.example/>m</a> ", 100000, "end");
  g_autoptr(FbkDoc) doc = read_html(html);
  g_assert_cmpuint(doc->links->len, ==, FBK_DOC_LINK_MAX);
  g_assert_true(doc->links_cut);
  g_assert_false(doc->cut);
}

int main(int argc, char **argv)
{
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/html/paragraphs", test_paragraphs);
  g_test_add_func("/html/lists", test_lists);
  g_test_add_func("/html/quotes", test_quotes);
  g_test_add_func("/html/tables", test_tables);
  g_test_add_func("/html/images", test_images);
  g_test_add_func("/html/hidden", test_hidden);
  g_test_add_func("/html/links", test_links);
  g_test_add_func("/html/refresh-and-base", test_refresh_and_base);
  g_test_add_func("/html/broken", test_broken);
  g_test_add_func("/html/control-characters", test_control_characters);
  g_test_add_func("/html/bombs", test_bombs);
  g_test_add_func("/html/attribute-bombs", test_attribute_bombs);
  g_test_add_func("/html/deep-links", test_deep_links);
  g_test_add_func("/html/many-links", test_many_links);
  return g_test_run();
}
