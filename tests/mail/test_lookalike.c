/* Tests look-alike hosts: what imitates the institution, and what only resembles it. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "mail/lookalike.h"

#include "mail/host.h"

#include <string.h>

static FbkGuard *campus(void)
{
  FbkGuard *guard = fbk_guard_new();
  fbk_guard_add_domain(guard, "jaist.ac.jp");
  fbk_guard_add_brand(guard, "jaist", "jaist.ac.jp");
  fbk_guard_add_domain(guard, "Isct.ac.jp");
  fbk_guard_add_brand(guard, "ISCT", "isct.ac.jp");
  fbk_guard_add_domain(guard, "hakoniwa.test");
  fbk_guard_add_brand(guard, "hakoniwa", "hakoniwa.test");
  return guard;
}

typedef struct {
  const char *host, *rule, *target; /* rule "" for none */
} Row;

static void check(const Row *rows, gsize count)
{
  g_autoptr(FbkGuard) guard = campus();
  for (gsize i = 0; i < count; i++) {
    g_autofree char *host = fbk_host_valid(rows[i].host, strlen(rows[i].host));
    FbkLookalike found;
    g_test_message("row %zu", i);
    g_assert_nonnull(host);
    gboolean alike = fbk_lookalike_find(guard, host, &found);
    g_assert_cmpstr(found.rule, ==, rows[i].rule);
    g_assert_cmpint(alike, ==, *rows[i].rule != '\0');
    g_assert_cmpstr(found.target, ==, rows[i].target);
  }
}

/* The campus mail page's own examples, b) and c). */
static void test_campus_examples(void)
{
  static const Row rows[] = {{"zimbra.jaist.ac.jp.net", "L1", "jaist.ac.jp"},
                             {"jaist-ac-jp.jp", "L1", "jaist.ac.jp"},
                             {"zimbra.jaist.ac.jp", "", ""}};
  check(rows, G_N_ELEMENTS(rows));
}

static void test_whole_domain(void)
{
  static const Row rows[] = {{"jaist.ac.jp", "", ""},
                             {"xjaist.ac.jp", "L1", "jaist.ac.jp"},
                             {"j4ist.ac.jp", "L1", "jaist.ac.jp"},
                             {"ja.ist-a.c_jp.example", "L1", "jaist.ac.jp"},
                             {"jаist.ac.jp", "L1", "jaist.ac.jp"}, /* Cyrillic a */
                             {"jaíst-ac-jp.example", "L1", "jaist.ac.jp"},
                             {"haκoniwa-test.org", "L1", "hakoniwa.test"}, /* Greek kappa */
                             {"isctacjp.example", "L1", "isct.ac.jp"},
                             {"jaist.ac.example", "L2a", "jaist.ac.jp"}};
  check(rows, G_N_ELEMENTS(rows));
}

static void test_brand(void)
{
  static const Row rows[] = {
      {"jaist.example", "L2a", "jaist.ac.jp"},
      {"ja1st.example", "L2a", "jaist.ac.jp"},
      {"2026jaist01.example", "L2a", "jaist.ac.jp"},
      {"help-ja-ist-x.example", "L2a", "jaist.ac.jp"},
      {"is.ct.example", "", ""}, /* neighbours within one label only */
      {"isct.blog.example", "L2a", "isct.ac.jp"},
      {"isct.blog.ac.jp", "", ""}, /* a laboratory of a checked registrant */
      {"isct.ac.uk", "L2a", "isct.ac.jp"},
      {"isct.webex.com", "", ""}, /* a tenant's name */
      {"webex.isct.com", "L2a", "isct.ac.jp"},
      {"hakoniwa", "", ""}, /* no registrable domain */
      {"securejaist2mail.example", "L2b", "jaist.ac.jp"},
      {"hakoniwaloginportal.example", "L2b", "hakoniwa.test"},
      {"h-a-k-o-n-i-w-a.example", "L2b", "hakoniwa.test"},
      {"hakoniwaya.example", "", ""},
      {"isctools.example", "", ""},
      {"misct.example", "", ""},
      {"10.0.0.1", "", ""},
  };
  check(rows, G_N_ELEMENTS(rows));
}

static void test_slip(void)
{
  static const Row rows[] = {
      {"jaust.ac.jp", "L3", "jaist.ac.jp"},
      {"ajist.ac.jp", "L3", "jaist.ac.jp"}, /* swapped */
      {"www.jaistt.ac.jp", "L3", "jaist.ac.jp"},
      {"jaist.ac.jo", "L2a", "jaist.ac.jp"},
      {"jaistac.jp", "L1", "jaist.ac.jp"},
      {"hakoniwa.tset", "L2a", "hakoniwa.test"},
      {"hakoniw.test", "L3", "hakoniwa.test"},
      {"hako.niwa.test", "L1", "hakoniwa.test"},
      {"hako.niw.test", "", ""}, /* two slips */
      {"naist.ac.jp", "", ""},   /* only the first letter: a neighbour of the same name's shape */
      {"aist.ac.jp", "", ""},
      {"isc.ac.jp", "", ""}, /* too short a name to guess at */
      {"jäust.ac.jp", "L3", "jaist.ac.jp"},
  };
  check(rows, G_N_ELEMENTS(rows));
}

static void test_alphabets(void)
{
  static const Row rows[] = {
      {"pаypal.example", "L4", ""},        /* Cyrillic a among Latin */
      {"ελlas.example", "L4", ""},         /* Greek and Latin */
      {"漢字かなカナabc.example", "", ""}, /* written together every day */
      {"한국漢abc.example", "", ""},
      {"ㄅㄆ漢abc.example", "", ""},
      {"ㄅひ.example", "L4", ""},
      {"ひ한.example", "L4", ""},
      {"жук.example", "", ""},     /* letters without doubles */
      {"сурос.example", "L5", ""}, /* nothing but doubles */
      {"сурос.рф", "", ""},        /* at home */
      {"ce-сa.example", "L4", ""},
      {"café.example", "", ""},
      {"æon.example", "", ""}, /* doubles, but of the same alphabet */
  };
  check(rows, G_N_ELEMENTS(rows));
}

static void test_skel(void)
{
  static const struct {
    const char *label, *fold, *skel;
  } rows[] = {{"corn0vvs", "corn0vvs", "comows"},
              {"r-n", "r-n", "r-n"},
              {"1i1", "1i1", "lll"},
              {"ⅿ", "ⅿ", "ⅿ"},
              {"añb́", "anb", "anb"},
              {"æ", "ae", "ae"},
              {"日本", "日本", "日本"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *fold = fbk_fold(rows[i].label);
    g_autofree char *skel = fbk_skel(rows[i].label);
    g_assert_cmpstr(fold, ==, rows[i].fold);
    g_assert_cmpstr(skel, ==, rows[i].skel);
  }
  g_autofree char *joined = fbk_skel_join("a-b_c.r.n1");
  g_assert_cmpstr(joined, ==, "abcrnl"); /* rn is one letter only inside a label */
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/lookalike/campus-examples", test_campus_examples);
  g_test_add_func("/lookalike/whole-domain", test_whole_domain);
  g_test_add_func("/lookalike/brand", test_brand);
  g_test_add_func("/lookalike/slip-of-the-finger", test_slip);
  g_test_add_func("/lookalike/alphabets", test_alphabets);
  g_test_add_func("/lookalike/skel", test_skel);
  return g_test_run();
}
