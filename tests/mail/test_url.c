/* Tests the reading of addresses: sorts, schemes, hosts, ways to hide, addresses inside.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/url.h"

#include "mail/mailto.h"
#include "mail/percent.h"

#include <string.h>

static void test_sorts(void)
{
  static const struct {
    const char *href, *base;
    FbkUrlSort sort;
    const char *scheme;
  } rows[] = {
      {"", "", FBK_URL_NONE, ""},
      {" \t\r\n", "", FBK_URL_NONE, ""},
      {"  #top", "https://a.example/", FBK_URL_NONE, ""},
      {"page.html", "", FBK_URL_NONE, ""},
      {"page.html", "ftp://a.example/", FBK_URL_NONE, ""},
      {"page.html", "https:///x", FBK_URL_NONE, ""},
      {"page.html", " HTTPS://a.example", FBK_URL_WEB, "https"},
      {"?q", "http://a.example/b", FBK_URL_WEB, "http"},
      {"HTTPS://a.example", "", FBK_URL_WEB, "https"},
      {"ftp://a.example", "", FBK_URL_WEB, "ftp"},
      {"MAILTO:a@b.example", "", FBK_URL_MAIL, "mailto"},
      {"Tel:+81", "", FBK_URL_OTHER, "tel"},
      {"geo:1,2", "", FBK_URL_OTHER, "geo"},
      {"about:blank", "", FBK_URL_UNSAFE, "about"},
      {"blob:https://a.example/1", "", FBK_URL_UNSAFE, "blob"},
      {"\x0c java\nscript:1", "", FBK_URL_UNSAFE, "javascript"},
      {"localhost:80/", "", FBK_URL_UNSAFE, "localhost"},
      {"1a:b", "", FBK_URL_NONE, ""}, /* a scheme begins with a letter */
      {"\\\\a.example", "", FBK_URL_WEB, ""},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_auto(FbkUrl) url;
    fbk_url_read(rows[i].href, rows[i].base, &url);
    g_test_message("row %u", i);
    g_assert_cmpint(url.sort, ==, rows[i].sort);
    g_assert_cmpstr(url.scheme, ==, rows[i].scheme);
  }
}

static void test_hosts(void)
{
  static const struct {
    const char *href, *base, *host, *fault, *after;
  } rows[] = {
      {"https://A.example:8443/p?q#f", "", "a.example", "", "/p?q#f"},
      {"https://a.example?u=@b", "", "a.example", "", "?u=@b"},
      {"https://a.example:/", "", "a.example", "", "/"},
      {"https://[fe80::1]:443/", "", "[fe80::1]", "", "/"},
      {"b/c", "http://a.example:80/x", "a.example", "", "b/c"},
      {"//c.example/d", "https://a.example/", "c.example", "", "/d"},
      {"/a@b", "https://a.example/", "a.example", "", "/a@b"},
      {"https://a.example/x\ty", "", "a.example", "", "/xy"},
      {"https://u@a.example/", "", "a.example", "D1", "/"},
      {"https://a.example@b.example:1/", "", "b.example", "D1", "/"},
      {"x", "https://u@a.example/", "a.example", "D1", "x"},
      {"https:/\\a.example/", "", "a.example", "D2", "/"},
      {"https://a.example\\b", "", "a.example", "D2", "\\b"},
      {"a\\b", "https://a.example/", "a.example", "D2", "a\\b"},
      {"https://a.example/?\\", "", "a.example", "", "/?\\"},
      {"https://a.exa\rmple/", "", "a.example", "D3", "/"},
      {"h\nttps://a.example/", "", "a.example", "D3", "/"},
      {"https://a\xe2\x81\xa0.example/", "", "a.example", "D4", "/"},
      {"https://a.exampl%65/", "", "a.example", "D5", "/"},
      {"https://127.1/", "", "127.0.0.1", "D6", "/"},
      {"https://a．example/", "", "a.example", "D7", "/"},
      {"https:a.example", "", "a.example", "D11", ""},
      {"https:/a.example/", "", "a.example", "D11", "/"},
      {"https:////a.example/", "", "a.example", "D11", "/"},
      {"///a.example/", "https://b.example/", "a.example", "D11", "/"},
      {"/\\a.example", "", "a.example", "D2", ""},
      {"//a.example/x", "", "a.example", "D11", "/x"},
      {"https://a.example/\xe2\x80\x8f", "", "a.example", "D14", "/\xe2\x80\x8f"},
      {"https://a.example:65536/", "", "a.example", "D15", "/"},
      {"https://a.example:8a/", "", "a.example", "D15", "/"},
      {"https://a.example:99999999999999999999/", "", "a.example", "D15", "/"},
      {"https://a.example:00443/", "", "a.example", "", "/"},
      {"https://?x", "", "", "D15", "?x"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_auto(FbkUrl) url;
    fbk_url_read(rows[i].href, rows[i].base, &url);
    g_test_message("row %u", i);
    g_assert_cmpint(url.sort, ==, FBK_URL_WEB);
    g_assert_cmpstr(url.fault, ==, rows[i].fault);
    g_assert_cmpstr(url.after, ==, rows[i].after);
    if (!(url.host.faults & FBK_HOST_HIDDEN))
      g_assert_cmpstr(url.host.name, ==, rows[i].host);
  }
}

static void test_inner(void)
{
  static const struct {
    const char *href, *hosts;
  } rows[] = {
      {"https://a.example/", ""},
      {"https://a.example/http://b.example/http://c.example", "b.example c.example"},
      {"https://a.example/?u=HTTPS%3a%2F%2Fb.example%2Fx", "b.example"},
      {"https://a.example/?u=https%253A%252F%252Fb.example", ""}, /* decoded only once */
      {"https://a.example/#https://u:p@b.example:80;", "b.example"},
      {"https://a.example/?https://b.example%22", "b.example"},
      {"https://a.example/?ftp://b.example", ""},
      {"https://a.example/?xhttp://b.example&", "b.example"},
      {"https://a.example/?http:///b.example", ""},
      {"https://a.example/?http://b%2520c.example", ""},
      {"https://a.example/?http://b.%E2%80%8Bexample%00/", "b.example"},
      {"https://a.example/?http://[::1]:80/", "[::1]"},
      {"https://a.example/?http://%ff/", ""},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_auto(FbkUrl) url;
    fbk_url_read(rows[i].href, "", &url);
    g_autoptr(GPtrArray) hosts = fbk_url_inner_hosts(&url);
    g_ptr_array_add(hosts, NULL);
    g_autofree char *joined = g_strjoinv(" ", (char **)hosts->pdata);
    g_test_message("row %u", i);
    g_assert_cmpstr(joined, ==, rows[i].hosts);
  }
}

static void test_percent(void)
{
  static const struct {
    const char *text, *decoded;
  } rows[] = {{"a%20b", "a b"}, {"%41%zz%4", "A%zz%4"},        {"%", "%"},
              {"%00", "\x01"},  {"%E3%81%82", "\xe3\x81\x82"}, {"%e3", "\xef\xbf\xbd"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *decoded = fbk_percent_decode(rows[i].text, strlen(rows[i].text));
    g_assert_cmpstr(decoded, ==, rows[i].decoded);
  }
}

static void test_mailto(void)
{
  static const struct {
    const char *text, *domains;
  } rows[] = {
      {"", ""},
      {"a@B.example", "b.example"},
      {"a@b.example,c@d.example", "b.example d.example"},
      {"a%40b.example?subject=x@y&CC=c@d.example,e@f.example&bcc=%20g@h.example",
       "b.example d.example f.example h.example"},
      {"a@x@b.example", "b.example"},
      {"root", ""},
      {"a@b..example", ""},
      {"a@c.example%2Cb@d.example", "c.example d.example"},
      {"?to=a@b.example&to", "b.example"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_auto(FbkMailto) mailto = {0};
    fbk_mailto_read(rows[i].text, &mailto);
    g_ptr_array_add(mailto.domains, NULL);
    g_autofree char *joined = g_strjoinv(" ", (char **)mailto.domains->pdata);
    g_assert_cmpstr(joined, ==, rows[i].domains);
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/url/sorts", test_sorts);
  g_test_add_func("/url/hosts-and-ways-to-hide-them", test_hosts);
  g_test_add_func("/url/addresses-inside", test_inner);
  g_test_add_func("/url/percent", test_percent);
  g_test_add_func("/url/mailto", test_mailto);
  return g_test_run();
}
