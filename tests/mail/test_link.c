/* Tests verdicts on links: which rule decides, how grave it is, what the reader is told; and that hostile
 * mail neither crashes nor stalls it. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/link.h"

#include <string.h>

static FbkGuard *campus(void)
{
  FbkGuard *guard = fbk_guard_new();
  fbk_guard_add_domain(guard, "JAIST.ac.jp");
  fbk_guard_add_domain(guard, "isct.ac.jp");
  fbk_guard_add_brand(guard, "jaist", "jaist.ac.jp");
  fbk_guard_add_name(guard, "北陸先端大");
  fbk_guard_add_allowed(guard, "friends.example");
  fbk_guard_add_allowed(guard, "jaist-club.example");
  return guard;
}

typedef struct {
  const char *href, *text, *context;
  FbkLinkKind kind;
  const char *class_, *rule;
  int severity;
} Row;

static void check(const Row *rows, gsize count)
{
  g_autoptr(FbkGuard) guard = campus();
  for (gsize i = 0; i < count; i++) {
    FbkLinkInput link = {
        .kind = rows[i].kind, .context = rows[i].context, .text = rows[i].text, .href = rows[i].href};
    g_autoptr(FbkVerdict) verdict = fbk_link_judge(guard, &link);
    g_test_message("row %zu: %s", i, verdict->sentence);
    g_assert_cmpstr(fbk_link_class_name(verdict->class_), ==, rows[i].class_);
    g_assert_cmpstr(verdict->rule, ==, rows[i].rule);
    g_assert_cmpint(verdict->severity, ==, rows[i].severity);
    g_assert_cmpuint(strlen(verdict->sentence), >, 0);
  }
}

static void test_order(void)
{
  static const Row rows[] = {
      {NULL, NULL, NULL, 0, "other", "S1", 0},
      {"view-source:https://www.jaist.ac.jp/", NULL, NULL, 0, "unsafe", "S2", 3},
      {"sms:110", NULL, NULL, 0, "other", "S3", 0},
      {"https://www.jaist.ac.jp@jaist.example/", NULL, NULL, 0, "deceptive", "D1", 3},
      {"https://www.jaist.ac.jp/", NULL, NULL, FBK_LINK_KIND_REFRESH, "deceptive", "D20", 3},
      {"https://a.friends.example/", "https://www.jaist.ac.jp/", "Enter your password.", 0, "allowed", "A1",
       0},
      {"http://jaist-club.example/", NULL, NULL, 0, "insecure", "N1", 2},
      {"http://jaist-club.example/", "www.jaist.ac.jp", "Enter your password.", 0, "credential", "K2", 2},
      {"https://jaist-klub.example/", "https://isct.ac.jp/", NULL, FBK_LINK_KIND_FORM, "lookalike", "L2a", 3},
      {"https://a.example/", "https://isct.ac.jp/", "Enter your password.", 0, "mismatch", "X1", 3},
      {"https://a.example/", "https://b.example/", NULL, 0, "mismatch", "X1", 2},
      {"https://isct.ac.jp/", NULL, NULL, FBK_LINK_KIND_FORM, "credential", "K1", 2},
      {"http://isct.ac.jp/", NULL, "Enter your password.", 0, "credential", "K2", 2},
      {"https://isct.ac.jp/", NULL, "Enter your password.", 0, "institution", "I1", 0},
      {"https://isct.ac.jp/?to=https://a.example", NULL, NULL, 0, "redirect", "R1", 1},
      {"https://isct.ac.jp/?to=https://x.friends.example", NULL, NULL, 0, "institution", "I1", 0},
      {"https://a.example/?to=https://jaist-club.example/", NULL, NULL, 0, "external", "E1", 0},
      {"https://10.0.0.1/?to=https%3A//isct.ac.jp.example", NULL, NULL, 0, "lookalike", "L6", 3},
      {"https://isct.ac.jp/?to=https://jaist.example", NULL, NULL, 0, "lookalike", "L6", 3},
      {"https://sub.bit.ly/x", "https://a.example/", NULL, 0, "redirect", "R2", 1},
      {"https://bit.ly/x", "https://isct.ac.jp/", NULL, 0, "mismatch", "X1", 3},
      {"ftp://a.example/", NULL, NULL, 0, "insecure", "N1", 2},
      {"https://a.example/", NULL, NULL, 0, "external", "E1", 0},
  };
  check(rows, G_N_ELEMENTS(rows));
}

/* The three examples on the campus page about the webmail's address. */
static void test_campus_examples(void)
{
  static const Row rows[] = {
      {"https://web-mail.jaist.ac.jp/", "Webmail", NULL, 0, "institution", "I1", 0},
      {"https://zimbra.jaist.ac.jp.net/login", "https://zimbra.jaist.ac.jp.net/login", NULL,
       FBK_LINK_KIND_PLAIN, "lookalike", "L1", 3},
      {"https://jaist-ac-jp.jp/", "https://jaist-ac-jp.jp/", NULL, FBK_LINK_KIND_PLAIN, "lookalike", "L1", 3},
      {"http://web-mail.jaist.ac.jp/", "Webmail", NULL, 0, "insecure", "N1", 2},
  };
  check(rows, G_N_ELEMENTS(rows));
}

static void test_shown(void)
{
  static const Row rows[] = {
      {"https://a.example/", "see HTTPS://B.example:1/x", NULL, 0, "mismatch", "X1", 2},
      {"https://a.example/", "https://x@b.example", NULL, 0, "mismatch", "X1", 2},
      {"https://a.example/", "https://www.a.example./", NULL, 0, "external", "E1", 0},
      {"https://a.example/", "https://b_c!d/", NULL, 0, "external", "E1", 0}, /* no host: nothing shown */
      {"https://a.example/", "「https://b.example」です", NULL, 0, "mismatch", "X1", 2},
      {"https://b.example/", "https://b.example、ほか", NULL, 0, "external", "E1", 0},
      {"https://a.example/", "ｗｗｗ．b.example", NULL, 0, "mismatch", "X1", 2},
      {"https://a.example/", "www.", NULL, 0, "external", "E1", 0},
      {"https://a.example/", "www. isct.ac.jp", NULL, 0, "mismatch", "X1", 3},
      {"https://a.example/", "b.example", NULL, 0, "external", "E1", 0}, /* not a campus name: just words */
      {"https://a.example/", "X.Isct.AC.jp!", NULL, 0, "mismatch", "X1", 3},
      {"https://a.example/",
       "is\xe2\x80\x8b"
       "ct.ac.jp",
       NULL, 0, "mismatch", "X1", 3},
      {"https://a.example/", "私はisct.ac.jp.", NULL, 0, "mismatch", "X1", 3},
      {"https://a.example/", "isct.ac.jp_x", NULL, 0, "mismatch", "X1", 3},
      {"https://a.example/", "isct.ac.jp-x isct.ac.jp.x _isct.ac.jpx", NULL, 0, "external", "E1", 0},
      {"https://a.example/", "me@isct.ac.jp", NULL, 0, "external", "E1", 0},
      {"https://isct.ac.jp/", "www.jaist.ac.jp", NULL, 0, "institution", "I1", 0},
      {"https://x.github.io/", "https://y.github.io/", NULL, 0, "mismatch", "X1", 2},
      {"https://10.0.0.2/", "https://10.0.0.1/", NULL, 0, "mismatch", "X1", 2},
  };
  check(rows, G_N_ELEMENTS(rows));
}

static gboolean asks_secret(const FbkGuard *guard, const char *context)
{
  FbkLinkInput link = {.href = "https://a.example/", .context = context};
  g_autoptr(FbkVerdict) verdict = fbk_link_judge(guard, &link);
  return verdict->class_ == FBK_LINK_CREDENTIAL;
}

static void test_secrets(void)
{
  static const char *const asks[] = {
      "Your OTP? Please submit it with your passcode.",
      "Ｐａｓｓｗｏｒｄ expires today",
      "パスワードを\nログイン情報とともに送信してください",
      "Hello.\nSend us your PIN code!",
      "次の画面で暗証番号を入力。それだけです。",
      "login information: log in",
      "Never mind. Re-enter your password",
  };
  static const char *const quiet[] = {
      "login information",                        /* the word "login" belongs to the secret */
      "Confirm your visit. The password is blue", /* two sentences */
      "Never share your password, never enter it elsewhere.",
      "パスワードの入力を求めることはありません。",
      "passwordless login",
      "パスワードは青い紙です。出席を確認します。",
      "Enter the laptop raffle", /* "otp" is no part of a word */
      "v1.2password enter",
  };
  g_autoptr(FbkGuard) guard = campus();
  for (guint i = 0; i < G_N_ELEMENTS(asks); i++) {
    g_test_message("asks %u", i);
    g_assert_true(asks_secret(guard, asks[i]));
  }
  for (guint i = 0; i < G_N_ELEMENTS(quiet); i++) {
    g_test_message("quiet %u", i);
    g_assert_false(asks_secret(guard, quiet[i]));
  }
  static const Row rows[] = {
      {"https://a.example/", NULL, "北陸先端大のパスワードを入力してください", 0, "credential", "K2", 3},
      {"https://a.example/", NULL, "Enter your JAIST password", 0, "credential", "K2", 3},
      {"https://a.example/", NULL, "Enter your password for me@isct.ac.jp", 0, "credential", "K2", 3},
      {"https://a.example/", NULL, "Enter your password", 0, "credential", "K2", 2},
  };
  check(rows, G_N_ELEMENTS(rows));
}

static void test_mail(void)
{
  static const Row rows[] = {
      {"mailto:x@jaist.ac.jp", "x@jaist.ac.jp", NULL, 0, "mail", "M1", 0},
      {"mailto:x@ml.jaist.ac.jp", "Write to x@jaist.ac.jp.", NULL, 0, "mail", "M1", 0},
      {"mailto:x@a.example?cc=y@jaist.ac.jp", "y@jaist.ac.jp", NULL, 0, "mail", "M1", 0},
      {"mailto:x@a.example", "x@jaist.ac.jp", NULL, 0, "mismatch", "X2", 3},
      {"mailto:x@a.example", "x@b.example", NULL, 0, "mismatch", "X2", 2},
      {"mailto:", "x@b.example", NULL, 0, "mismatch", "X2", 2},
      {"mailto:x@a.example?bcc=y@jaist.example", NULL, NULL, 0, "lookalike", "L2a", 3},
      {"mailto:x@jaist-club.example", NULL, NULL, 0, "mail", "M1", 0},
      {"mailto:x@jaist.ac.jp", NULL, "Reply with your password.", 0, "credential", "K2", 2},
      {"mailto:x@a.example", "a @ b", NULL, 0, "mail", "M1", 0},
  };
  check(rows, G_N_ELEMENTS(rows));
}

static void test_sentences(void)
{
  g_autoptr(FbkGuard) guard = campus();
  static const struct {
    const char *href, *text, *sentence;
  } rows[] = {
      {"https://jaist-login.example/", NULL,
       "jaist-login.example is not jaist.ac.jp; it only looks like it."},
      {"https://a.example/?https://jaist.example", NULL,
       "jaist.example is not jaist.ac.jp; it only looks like it."},
      {"https://pаypal.example/", NULL,
       "xn--pypal-4ve.example imitates ordinary letters with another alphabet."},
      {"https://a.example/", "www.jaist.ac.jp",
       "The text shows www.jaist.ac.jp but the link goes to a.example."},
      {"javascript:1", NULL,
       "This is not a web address but a command or a file (\"javascript:\"); it is never opened."},
      {"https://%6aaist.ac.jp/", NULL,
       "The address is written so as to hide where it goes: the real host is jaist.ac.jp. (the host is "
       "written with "
       "percent codes)"},
      {"mailto:a@b.example,c@d.example", NULL, "Opens a new message to a@b.example, c@d.example."},
      {"mailto:a%0A%1b%5b31m@b.example", NULL, "Opens a new message to a �[31m@b.example."},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    FbkLinkInput link = {.text = rows[i].text, .href = rows[i].href};
    g_autoptr(FbkVerdict) verdict = fbk_link_judge(guard, &link);
    g_assert_cmpstr(verdict->sentence, ==, rows[i].sentence);
  }
}

/* Without an institution, what needs none still holds. */
static void test_no_institution(void)
{
  static const struct {
    const char *href, *text, *rule;
  } rows[] = {{"https://jaist-ac-jp.example/", NULL, "E1"},
              {"https://pаypal.example/", NULL, "L4"},
              {"https://a.example/", "www.b.example", "X1"},
              {"https://1.1/", NULL, "D6"},
              {"https://a.example/", "jaist.ac.jp", "E1"}};
  g_autoptr(FbkGuard) guard = fbk_guard_new();
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    FbkLinkInput link = {.text = rows[i].text, .href = rows[i].href};
    g_autoptr(FbkVerdict) verdict = fbk_link_judge(guard, &link);
    g_assert_cmpstr(verdict->rule, ==, rows[i].rule);
  }
}

static void test_names(void)
{
  for (int class_ = FBK_LINK_OTHER; class_ <= FBK_LINK_UNSAFE; class_++) {
    g_assert_nonnull(fbk_link_class_name((FbkLinkClass)class_));
    g_assert_nonnull(fbk_link_class_word((FbkLinkClass)class_));
  }
  g_assert_false(fbk_link_is_alarm(FBK_LINK_REDIRECT));
  g_assert_true(fbk_link_is_alarm(FBK_LINK_INSECURE));
  for (int kind = FBK_LINK_KIND_A; kind <= FBK_LINK_KIND_REFRESH; kind++) {
    FbkLinkKind back;
    g_assert_true(fbk_link_kind_parse(fbk_link_kind_name((FbkLinkKind)kind), &back));
    g_assert_cmpint(back, ==, kind);
  }
  FbkLinkKind none;
  g_assert_false(fbk_link_kind_parse("iframe", &none));
}

static char *repeated(const char *start, const char *unit, gsize size)
{
  GString *text = g_string_new(start);
  while (text->len < size)
    g_string_append(text, unit);
  return g_string_free(text, FALSE);
}

/* A megabyte of anything in any field: a verdict, soon. A hang is caught by the suite's own time limit. */
static void test_hostile(void)
{
  static const struct {
    const char *start, *unit;
  } rows[] = {
      {"https://", "@"},
      {"https://", "a."},
      {"https://a.example/", "http://ж.x/"},
      {"https://", "[:"},
      {"mailto:", "a@b.c,"},
      {"mailto:?", "to=a@b.c&"},
      {"", "\xff\xfe"},
      {"", "\xcc\x81\xcc\xa3"},
      {"https://a", "\xcc\x81\xcc\xa3"},
      {"", "jaist.ac.jp."},
      {"", "a@b "},
      {"", "http:/"},
      {"", "otp enter\n"},
      {"", "\xef\xb7\xba"},
      {"https://a.example/", "%00%0a%ff"},
      {"https:", "\\"},
      {"", "\t"},
      {"https://www.jaist.ac.jp/", "https://"},
  };
  g_autoptr(FbkGuard) guard = campus();
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = repeated(rows[i].start, rows[i].unit, 1024 * 1024);
    FbkLinkInput link = {.base = text, .context = text, .text = text, .href = text};
    g_autoptr(FbkVerdict) verdict = fbk_link_judge(guard, &link);
    g_assert_true(g_utf8_validate(verdict->sentence, -1, NULL));
    g_assert_cmpuint(strlen(verdict->sentence), <, 2000);
    g_assert_cmpstr(fbk_link_class_name(verdict->class_), !=, "institution");
  }
}

/* Whatever bytes come, the verdict is a sentence in UTF-8. */
static void test_random(void)
{
  static const char *const pieces[] = {"https://",
                                       "http:",
                                       "//",
                                       "/",
                                       "\\",
                                       "@",
                                       ":",
                                       "?",
                                       "#",
                                       "[",
                                       "]",
                                       ".",
                                       "%",
                                       "%2e",
                                       "jaist",
                                       "ac.jp",
                                       "xn--",
                                       "mailto:",
                                       ",",
                                       "&to=",
                                       "\t",
                                       "\n",
                                       "\xe2\x80\xae",
                                       "\xff",
                                       "а",
                                       "。",
                                       "0x",
                                       "127",
                                       "1",
                                       "www.",
                                       "-",
                                       "_",
                                       " ",
                                       "ß",
                                       "\xcc\x81",
                                       "漢"};
  g_autoptr(FbkGuard) guard = campus();
  for (guint round = 0; round < 20000; round++) {
    g_autoptr(GString) href = g_string_new(NULL), text = g_string_new(NULL);
    for (gint n = g_test_rand_int_range(0, 12); n > 0; n--)
      g_string_append(href, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
    for (gint n = g_test_rand_int_range(0, 8); n > 0; n--)
      g_string_append(text, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
    FbkLinkInput link = {.base = text->str, .context = text->str, .text = text->str, .href = href->str};
    g_autoptr(FbkVerdict) verdict = fbk_link_judge(guard, &link);
    g_assert_true(g_utf8_validate(verdict->sentence, -1, NULL));
    g_assert_true(g_str_is_ascii(verdict->host));
  }
}

static void test_many(void)
{
  g_autoptr(FbkGuard) guard = campus();
  guint alarms = 0;
  for (guint i = 0; i < 100000; i++) {
    g_autofree char *href =
        g_strdup_printf("https://%s%u.example/?u=https%%3A%%2F%%2Fb%u.example", i % 2 ? "jaist" : "h", i, i);
    FbkLinkInput link = {
        .text = "www.example.org", .context = "A paragraph of some length. Enter.", .href = href};
    g_autoptr(FbkVerdict) verdict = fbk_link_judge(guard, &link);
    alarms += verdict->class_ == FBK_LINK_LOOKALIKE;
  }
  g_assert_cmpuint(alarms, ==, 50000);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/link/order-of-the-rules", test_order);
  g_test_add_func("/link/campus-examples", test_campus_examples);
  g_test_add_func("/link/what-the-text-shows", test_shown);
  g_test_add_func("/link/asked-for-secrets", test_secrets);
  g_test_add_func("/link/mail-addresses", test_mail);
  g_test_add_func("/link/sentences", test_sentences);
  g_test_add_func("/link/no-institution", test_no_institution);
  g_test_add_func("/link/names", test_names);
  g_test_add_func("/link/hostile-megabytes", test_hostile);
  g_test_add_func("/link/hostile-random", test_random);
  g_test_add_func("/link/hundred-thousand", test_many);
  return g_test_run();
}
