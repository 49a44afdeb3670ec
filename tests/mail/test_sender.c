/* Tests verdicts on senders: forged names and addresses, trusted and untrusted check results, where answers
 * go. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/sender.h"

#include <string.h>

static FbkGuard *campus(void)
{
  FbkGuard *guard = fbk_guard_new();
  fbk_guard_add_domain(guard, "jaist.ac.jp");
  fbk_guard_add_brand(guard, "jaist", "jaist.ac.jp");
  fbk_guard_add_name(guard, "JAIST");
  fbk_guard_add_name(guard, "北陸先端大");
  fbk_guard_add_name(guard, "Advanced Institute");
  fbk_guard_add_allowed(guard, "alumni.example");
  fbk_guard_add_allowed(guard, "jaist-club.example");
  fbk_guard_add_authserv(guard, "Mx.jaist.ac.jp");
  return guard;
}

static FbkSenderVerdict *judge(const FbkSenderInput *sender)
{
  g_autoptr(FbkGuard) guard = campus();
  FbkSenderVerdict *verdict = fbk_sender_judge(guard, sender);
  g_test_message("%s", verdict->sentence);
  g_assert_true(g_utf8_validate(verdict->sentence, -1, NULL));
  return verdict;
}

static void test_from(void)
{
  static const struct {
    const char *address, *rule;
  } rows[] = {
      {NULL, "F1"},
      {"@a.example", "F1"},
      {"a@", "F1"},
      {"a@b@c.example", "F1"},
      {" a@b.example", "F1"},
      {"a\xe3\x80\x80@b.example", "F1"},
      {"<a@b.example>", "F1"},
      {"a@b..example", "F1"},
      {"a@b%2ec.example", "F1"},
      {"a@１.example", "F1"},
      {"a@[::1]", "F1"},
      {"a@127.1", "F1"},
      {"a@10.0.0.1", "F1"},
      {"a@\xe2\x80\x8b"
       "b.example",
       "F1"},
      {"a@\xff.example", "F1"},
      {"\"a,b\"@b.example", "F10"},
      {"a@B.example.", "F10"},
      {"a@日本.example", "F10"},
      {"a@jaist.example", "F2"},
      {"a@pаypal.example", "F2"},
      {"a@x.jaist-club.example", "F10"},
      {"a@JAIST.AC.JP", "F6"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    FbkSenderInput sender = {.from_address = rows[i].address};
    g_autoptr(FbkSenderVerdict) verdict = judge(&sender);
    g_test_message("row %u", i);
    g_assert_cmpstr(verdict->rule, ==, rows[i].rule);
  }
}

static void test_words(void)
{
  static const struct {
    const char *name, *address, *reply_to, *subject, *body, *class_;
    int severity;
  } rows[] = {
      {"Jaist", "a@b.example", NULL, NULL, NULL, "name-spoof", 2},
      {"J\xc2\xad"
       "AIST",
       "a@b.example", NULL, NULL, NULL, "name-spoof", 2},
      {"JAISTER", "a@b.example", NULL, NULL, NULL, "plain", 0},
      {"x@jaist.ac.jp", "a@b.example", NULL, NULL, NULL, "name-spoof", 2},
      {"jaist.ac.jp.example", "a@b.example", NULL, NULL, NULL, "name-spoof",
       2}, /* "jaist" stands alone there */
      {"元北陸先端大生", "a@b.example", NULL, NULL, NULL, "name-spoof", 2},
      {"JAIST", "a@news.alumni.example", NULL, NULL, NULL, "plain", 0},
      {NULL, "a@b.example", NULL, "The jaist mailbox", NULL, "claim-spoof", 2},
      {NULL, "a@b.example", NULL, "Quota", "of JAIST", "claim-spoof", 2},
      {NULL, "a@b.example", NULL, "quotas of JAIST", NULL, "plain", 0},
      {NULL, "a@b.example", NULL, "Quota", "of yours", "plain", 0},
      {NULL, "a@b.example", NULL, "advanced institute", "ｑｕｏｔａ", "claim-spoof", 2},
      {NULL, "a@alumni.example", "c@d.example", "JAIST quota", NULL, "reply-differs", 1},
      {NULL, "a@b.example", "a@c.b.example", NULL, NULL, "plain", 0},
      {NULL, "a@b.example", "nobody", NULL, NULL, "reply-differs", 1},
      {NULL, "a@jaist.ac.jp", "a@jaist.ac.jp.", NULL, NULL, "unverified", 0},
      {NULL, "a@jaist.ac.jp", "a@b.example, a@jaist.ac.jp", NULL, NULL, "reply-trap", 2},
      {NULL, "a@jaist.ac.jp", "nobody", NULL, NULL, "reply-trap", 2},
      {"JAIST mailbox", "a@jaist.ac.jp", NULL, "Quota of JAIST", NULL, "unverified", 0},
      {NULL, "a@b.example", NULL, "[WARNING: VIRUS REMOVED] JAIST quota", NULL, "claim-spoof", 2},
      {NULL, "a@b.example", NULL, "[WARNING: VIRUS REMOVED] x", NULL, "plain", 0},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    FbkSenderInput sender = {.from_name = rows[i].name,
                             .from_address = rows[i].address,
                             .reply_to = rows[i].reply_to,
                             .subject = rows[i].subject,
                             .body = rows[i].body};
    g_autoptr(FbkSenderVerdict) verdict = judge(&sender);
    g_test_message("row %u", i);
    g_assert_cmpstr(fbk_sender_class_name(verdict->class_), ==, rows[i].class_);
    g_assert_cmpint(verdict->severity, ==, rows[i].severity);
    g_assert_cmpint(fbk_sender_is_alarm(verdict->class_), ==, verdict->severity >= 2);
  }
}

/* One field by our own server. */
static void test_result(void)
{
  static const struct {
    const char *value, *class_;
  } rows[] = {
      {"mx.jaist.ac.jp; dmarc=pass", "verified"},
      {"mx.jaist.ac.jp; DMARC = Pass (p=none) header.from=jaist.ac.jp", "verified"},
      {"mx.jaist.ac.jp; dkim=pass header.i=@ml.jaist.ac.jp", "verified"},
      {"mx.jaist.ac.jp; dkim/1=pass header.d=jaist.ac.jp", "verified"},
      {"mx.jaist.ac.jp; dkim=fail header.d=x.example; spf=pass smtp.mailfrom=a@jaist.ac.jp", "verified"},
      {"mx.jaist.ac.jp; dkim=pass header.d=ac.jp", "unverified"},
      {"mx.jaist.ac.jp; dkim=pass header.d=x.example; spf=fail", "auth-fail"},
      {"mx.jaist.ac.jp; spf=permerror", "auth-fail"},
      {"mx.jaist.ac.jp; spf=neutral; dkim=none", "unverified"},
      {"mx.jaist.ac.jp; none", "unverified"},
      {"mx.jaist.ac.jp", "unverified"},
      {"mx.jaist.ac.jp; dmarc=fail; dkim=pass header.d=jaist.ac.jp", "auth-fail"},
      {"mx.jaist.ac.jp; spf=fail smtp.mailfrom=\"x; dmarc=pass ;\"@b.example", "auth-fail"},
      {"mx.jaist.ac.jp; spf=softfail (x; dmarc=pass (nested))", "auth-fail"},
      {"mx.jaist.ac.jp; spf=softfail reason=\"dkim=pass header.d=jaist.ac.jp\"", "auth-fail"},
      {"(c) mx.jaist.ac.jp (c) 1 ; dmarc=pass", "verified"},
      {"mx.jaist.ac.jp evil; dmarc=pass", "unverified"},
      {"mx.jaist.ac.jp.example; dmarc=pass", "unverified"},
      {"; dmarc=pass", "unverified"},
      {"(((((", "unverified"},
      {NULL, "unverified"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    FbkTraceField field = {.is_result = TRUE, .value = rows[i].value};
    FbkSenderInput sender = {.from_address = "a@jaist.ac.jp", .trace = &field, .trace_count = 1};
    g_autoptr(FbkSenderVerdict) verdict = judge(&sender);
    g_test_message("row %u", i);
    g_assert_cmpstr(fbk_sender_class_name(verdict->class_), ==, rows[i].class_);
  }
}

/* Where the field stands decides whether it can be ours. */
static void test_trust(void)
{
  static const struct {
    FbkTraceField trace[4];
    const char *class_;
  } rows[] = {
      {{{FALSE, "a.jaist.ac.jp"}, {FALSE, "MX.jaist.ac.jp (x)"}, {TRUE, "mx.jaist.ac.jp; dmarc=pass"}},
       "verified"},
      {{{FALSE, "a.jaist.ac.jp.example"}, {TRUE, "mx.jaist.ac.jp; dmarc=pass"}}, "unverified"},
      {{{FALSE, ""}, {TRUE, "mx.jaist.ac.jp; dmarc=pass"}}, "unverified"},
      {{{TRUE, "b.example; dmarc=pass"},
        {TRUE, "mx.jaist.ac.jp; dmarc=fail"},
        {TRUE, "mx.jaist.ac.jp; dmarc=pass"}},
       "auth-fail"},
      {{{TRUE, "mx.jaist.ac.jp; none"}, {TRUE, "mx.jaist.ac.jp; dmarc=pass"}}, "unverified"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    guint count = 0;
    while (count < G_N_ELEMENTS(rows[i].trace) && rows[i].trace[count].value)
      count++;
    FbkSenderInput sender = {.from_address = "a@jaist.ac.jp", .trace = rows[i].trace, .trace_count = count};
    g_autoptr(FbkSenderVerdict) verdict = judge(&sender);
    g_test_message("row %u", i);
    g_assert_cmpstr(fbk_sender_class_name(verdict->class_), ==, rows[i].class_);
  }
}

static void test_sentences(void)
{
  FbkSenderInput spoof = {.from_name = "JAIST", .from_address = "a\x1b[2J@b.example"};
  g_autoptr(FbkSenderVerdict) named = judge(&spoof);
  g_assert_cmpstr(named->sentence, ==,
                  "The name mentions your university, but the address is a�[2J@b.example.");
  FbkSenderInput copy = {.from_address = "it@jaist-ac-jp.jp"};
  g_autoptr(FbkSenderVerdict) alike = judge(&copy);
  g_assert_cmpstr(alike->sentence, ==, "jaist-ac-jp.jp is not jaist.ac.jp; it only looks like it.");
  g_assert_cmpstr(alike->target, ==, "jaist.ac.jp");
}

static void test_hostile(void)
{
  static const char *const units[] = {"a@b.c,",       "(", "\"", ";dkim=pass ", "\xff", "\xcc\x81\xcc\xa3",
                                      "jaist quota ", "\\"};
  for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
    g_autoptr(GString) text = g_string_new("mx.jaist.ac.jp;");
    while (text->len < 1024 * 1024)
      g_string_append(text, units[i]);
    FbkTraceField field = {.is_result = TRUE, .value = text->str};
    FbkSenderInput sender = {.from_name = text->str,
                             .from_address = "a@jaist.ac.jp",
                             .reply_to = text->str,
                             .subject = text->str,
                             .body = text->str,
                             .trace = &field,
                             .trace_count = 1};
    g_autoptr(FbkSenderVerdict) ours = judge(&sender);
    g_assert_cmpint(ours->class_, !=, FBK_SENDER_VERIFIED);
    sender.from_address = "a@b.example";
    g_autoptr(FbkSenderVerdict) other = judge(&sender);
    g_assert_cmpuint(strlen(other->sentence), <, 2000);
    sender.from_address = text->str;
    g_autoptr(FbkSenderVerdict) bad = judge(&sender);
    g_assert_cmpint(bad->class_, ==, FBK_SENDER_BAD_FROM);
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/sender/from-address", test_from);
  g_test_add_func("/sender/what-name-and-text-claim", test_words);
  g_test_add_func("/sender/check-results", test_result);
  g_test_add_func("/sender/which-results-are-trusted", test_trust);
  g_test_add_func("/sender/sentences", test_sentences);
  g_test_add_func("/sender/hostile", test_hostile);
  return g_test_run();
}
