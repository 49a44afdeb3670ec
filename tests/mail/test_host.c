/* Tests canonical host names: what is refused, and the one form of what is not. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "mail/host.h"

#include <string.h>

static void test_canonical(void)
{
  static const struct {
    const char *written, *canonical;
  } rows[] = {
      {"WWW.Example.ORG", "www.example.org"},
      {"example.org.", "example.org"},
      {"under_score.example", "under_score.example"},
      {"intra", "intra"},
      {"b\xc3\xbc"
       "cher.example",
       "xn--bcher-kva.example"},
      {"B\xc3\x9c"
       "CHER.example",
       "xn--bcher-kva.example"},
      {"XN--BCHER-KVA.example", "xn--bcher-kva.example"},
      {"fa\xc3\x9f.example", "xn--fa-hia.example"}, /* sharp s stays itself */
      {"日本.jp", "xn--wgv71a.jp"},
      {"10.1.2.3", "10.1.2.3"},
      {"127.0.0.1.", "127.0.0.1"},
      {"[FE80::1]", "[fe80::1]"},
      {"[::1]", "[::1]"},
      {"example.1a", "example.1a"},
      {"0x.example", "0x.example"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_auto(FbkHost) host;
    fbk_host_read(rows[i].written, strlen(rows[i].written), &host);
    g_assert_cmpstr(host.name, ==, rows[i].canonical);
    g_assert_cmpuint(host.faults, ==, 0);
  }
}

static void test_faults(void)
{
  static const struct {
    const char *written;
    guint fault;
  } rows[] = {
      {"", FBK_HOST_BROKEN},
      {".", FBK_HOST_BROKEN},
      {"a..b", FBK_HOST_BROKEN},
      {".a", FBK_HOST_BROKEN},
      {"a b", FBK_HOST_BROKEN},
      {"a,b.example", FBK_HOST_BROKEN},
      {"a:b", FBK_HOST_BROKEN},
      {"1.2.3.256", FBK_HOST_BROKEN},
      {"1.2.3.4.5", FBK_HOST_BROKEN},
      {"1.2.99999999", FBK_HOST_BROKEN},
      {"4294967296", FBK_HOST_BROKEN},
      {"08.1", FBK_HOST_BROKEN},
      {"example.7", FBK_HOST_BROKEN},
      {"example.0xff", FBK_HOST_BROKEN},
      {"[1::2::3]", FBK_HOST_BROKEN},
      {"[::1", FBK_HOST_BROKEN},
      {"[]", FBK_HOST_BROKEN},
      {"[fe80::1%eth0]", FBK_HOST_PERCENT},
      {"a%2eb", FBK_HOST_PERCENT},
      {"198.51.100.7", FBK_HOST_NUMBER},
      {"0x7f.1", FBK_HOST_NUMBER}, /* loopback, but not written plainly */
      {"0177.0.0.1", FBK_HOST_NUMBER},
      {"2130706433", FBK_HOST_NUMBER},
      {"10.1", FBK_HOST_NUMBER},
      {"010.0.0.1", FBK_HOST_NUMBER},
      {"[2001:db8::2]", FBK_HOST_NUMBER},
      {"[::ffff:10.0.0.1]", FBK_HOST_NUMBER},
      {"[::]", FBK_HOST_NUMBER},
      {"ｅxample.org", FBK_HOST_MAPPED},
      {"example。org", FBK_HOST_MAPPED},
      {"example｡org", FBK_HOST_MAPPED},
      {"\xe2\x84\xaa.example", FBK_HOST_MAPPED},     /* Kelvin sign */
      {"\xc5\xbf.example", FBK_HOST_MAPPED},         /* long s */
      {"x\xc2\xb2.example", FBK_HOST_MAPPED},        /* superscript two */
      {"\xf0\x9d\x95\x92.example", FBK_HOST_MAPPED}, /* mathematical a */
      {"a\xc2\xad.example", FBK_HOST_HIDDEN},        /* soft hyphen */
      {"a\xe2\x81\xa6.example", FBK_HOST_HIDDEN},
      {"a\x01.example", FBK_HOST_HIDDEN},
      {"a\xe2\x88\x95"
       "b.example",
       FBK_HOST_IDN},                         /* division slash */
      {"\xe2\x98\x83.example", FBK_HOST_IDN}, /* a snowman is no letter */
      {"xn--zz--.example", FBK_HOST_IDN},
      {"a\xff", FBK_HOST_BROKEN},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_auto(FbkHost) host;
    fbk_host_read(rows[i].written, strlen(rows[i].written), &host);
    g_test_message("row %u", i);
    g_assert_cmpuint(host.faults & rows[i].fault, ==, rows[i].fault);
    g_assert_true(g_str_is_ascii(host.name)); /* what is shown of it cannot deceive again */
  }
}

/* The sentence names where the link would really lead. */
static void test_guess(void)
{
  static const struct {
    const char *written, *guess;
  } rows[] = {{"ja%69st.example", "jaist.example"},
              {"ｊaist.example", "jaist.example"},
              {"0x7f000001", "127.0.0.1"},
              {"3325256711", "198.51.100.7"},
              {"ja\xe2\x80\x8bist.example", "jaist.example"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_auto(FbkHost) host;
    fbk_host_read(rows[i].written, strlen(rows[i].written), &host);
    if (host.faults & FBK_HOST_HIDDEN) {
      g_autofree char *valid = fbk_host_valid(rows[i].written, strlen(rows[i].written));
      g_assert_cmpstr(valid, ==, rows[i].guess);
    } else {
      g_assert_cmpstr(host.name, ==, rows[i].guess);
    }
  }
}

static void test_lengths(void)
{
  char label[80] = "", name[600] = "";
  memset(label, 'a', 63);
  g_autofree char *longest = g_strconcat(label, ".example", NULL);
  g_autofree char *good = fbk_host_valid(longest, strlen(longest));
  g_assert_cmpstr(good, ==, longest);
  g_autofree char *over = g_strconcat("a", longest, NULL);
  g_assert_null(fbk_host_valid(over, strlen(over)));
  for (int i = 0; i < 127; i++)
    g_strlcat(name, "a.", sizeof name);
  g_strlcpy(name + 252, "a", 2);
  g_assert_cmpuint(strlen(name), ==, 253);
  g_autofree char *most = fbk_host_valid(name, strlen(name));
  g_assert_nonnull(most);
  g_strlcat(name, "b", sizeof name);
  g_assert_null(fbk_host_valid(name, strlen(name)));
}

static void test_domains(void)
{
  static const struct {
    const char *host, *registrable, *suffix;
  } rows[] = {{"www.lib.jaist.ac.jp", "jaist.ac.jp", "ac.jp"},
              {"a.b.github.io", "b.github.io", "github.io"}, /* the private section counts */
              {"a.example", "a.example", "example"},
              {"example", "example", NULL},
              {"github.io", "github.io", NULL},
              {"10.0.0.1", "10.0.0.1", NULL},
              {"[::1]", "[::1]", NULL}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_assert_cmpstr(fbk_host_registrable(rows[i].host), ==, rows[i].registrable);
    g_assert_cmpstr(fbk_host_suffix(rows[i].host), ==, rows[i].suffix);
  }
  g_assert_true(fbk_host_under("a.example.org", "example.org"));
  g_assert_true(fbk_host_under("example.org", "example.org"));
  g_assert_false(fbk_host_under("notexample.org", "example.org"));
  g_assert_false(fbk_host_under("example.org", "a.example.org"));
  g_autofree char *letters = fbk_host_unicode("www.xn--bcher-kva.example");
  g_assert_cmpstr(letters, ==, "www.bücher.example");
}

static void test_hostile(void)
{
  static const char *const units[] = {"a.",   "ж",           "xn--a.", "%", "[", "\xcc\x81\xcc\xa3",
                                      "\xff", "\xe2\x80\x8b"};
  for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
    g_autoptr(GString) text = g_string_new("a");
    while (text->len < 1024 * 1024)
      g_string_append(text, units[i]);
    g_auto(FbkHost) host;
    fbk_host_read(text->str, text->len, &host);
    g_assert_cmpuint(host.faults, !=, 0);
    g_assert_cmpuint(strlen(host.name), <=, 253);
    g_free(fbk_host_valid(text->str, text->len));
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/host/one-form-of-each-name", test_canonical);
  g_test_add_func("/host/what-is-wrong-with-a-name", test_faults);
  g_test_add_func("/host/guess-of-the-real-host", test_guess);
  g_test_add_func("/host/lengths", test_lengths);
  g_test_add_func("/host/registrable-domains", test_domains);
  g_test_add_func("/host/hostile", test_hostile);
  return g_test_run();
}
