/* Autoconfig XML: what institutions publish becomes a profile, and what must not be read is not.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/autoconfig.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"

#define OPEN "<?xml version=\"1.0\"?>\n<clientConfig version=\"1.1\">\n<emailProvider id=\"u.ac.jp\">\n"
#define DOMAIN "<domain>u.ac.jp</domain>\n"
#define CLOSE "</emailProvider>\n</clientConfig>\n"
#define SERVER(element, type, host, port, socket, user, auth)                                                \
  "<" element " type=\"" type "\"><hostname>" host "</hostname><port>" port "</port>"                        \
  "<socketType>" socket "</socketType><username>" user "</username><authentication>" auth                    \
  "</authentication></" element ">\n"
#define IMAP(port, socket)                                                                                   \
  SERVER("incomingServer", "imap", "imap.u.ac.jp", port, socket, "%EMAILADDRESS%", "password-cleartext")
#define GOOD OPEN DOMAIN IMAP("993", "SSL") CLOSE

static FbkProfileDraft *read_text(const char *text, GPtrArray *notes, GError **err)
{
  return fbk_autoconfig_read("c.xml", text, strlen(text), notes, err);
}

static FbkProfile *parse_profile(const char *text, GError **err)
{
  g_autoptr(FbkIni) ini = fbk_ini_parse("written", text, strlen(text), err);
  return ini != NULL ? fbk_profile_parse(ini, err) : NULL;
}

/* The profile that a document becomes, by way of its text. */
static FbkProfile *profile_of(const char *text, GPtrArray *notes)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkProfileDraft) draft = read_text(text, notes, &err);
  g_assert_no_error(err);
  g_autofree char *written = fbk_profile_draft_text(draft);
  FbkProfile *profile = parse_profile(written, &err);
  g_assert_no_error(err);
  return profile;
}

static GPtrArray *new_notes(void)
{
  return g_ptr_array_new_with_free_func(g_free);
}

/* --- good documents --- */

static void test_whole(void)
{
  static const char text[] = OPEN DOMAIN
      "<domain purpose=\"mx\">bigmail.example</domain>\n<domain>alumni.u.ac.jp</domain>\n"
      "<displayName>\xe4\xbe\x8b\xe5\xa4\xa7\xe5\xad\xa6 &amp;\n <![CDATA[<Co>]]></displayName>\n" IMAP(
          "143", "STARTTLS") IMAP("993", "SSL") SERVER("incomingServer", "pop3", "POP.%EMAILDOMAIN%", "995",
                                                       "SSL", "%EMAILADDRESS%", "plain")
          SERVER("outgoingServer", "smtp", "smtp.u.ac.jp", "587", "STARTTLS", "%EMAILADDRESS%",
                 "password-cleartext") "<documentation url=\"http://u.ac.jp/old\"/><documentation "
                                       "url=\"https://u.ac.jp/mail\"/>"
                                       "</emailProvider><webMail><loginPage "
                                       "url=\"https://web.u.ac.jp/?a=1&amp;b\"/></webMail></clientConfig>";
  g_autoptr(GPtrArray) notes = new_notes();
  g_autoptr(FbkProfile) profile = profile_of(text, notes);
  g_assert_cmpstr(profile->name, ==, "u-ac-jp");
  g_assert_cmpstr(profile->title, ==, "\xe4\xbe\x8b\xe5\xa4\xa7\xe5\xad\xa6 & <Co>");
  g_assert_cmpstr(profile->mail_domain, ==, "u.ac.jp");
  g_assert_cmpstr(profile->webmail, ==, "https://web.u.ac.jp/?a=1&b");
  g_assert_cmpstr(profile->contact, ==, "https://u.ac.jp/mail");
  g_assert_cmpint(profile->user_kind, ==, FBK_USER_ADDRESS);
  g_assert_cmpuint(profile->offers->len, ==, 4);
  const FbkServer *imap = fbk_profile_server(profile, FBK_PROTOCOL_IMAP, 0);
  g_assert_cmpuint(imap->port, ==, 143); /* the document's order is its preference */
  g_assert_cmpint(imap->security, ==, FBK_SECURITY_STARTTLS);
  g_assert_cmpint(fbk_profile_server(profile, FBK_PROTOCOL_IMAP, 993)->security, ==, FBK_SECURITY_TLS);
  g_assert_cmpstr(fbk_profile_server(profile, FBK_PROTOCOL_POP, 995)->host, ==, "pop.u.ac.jp");
  g_assert_cmpint(fbk_profile_server(profile, FBK_PROTOCOL_SMTP, 587)->security, ==, FBK_SECURITY_STARTTLS);
  g_assert_cmpuint(notes->len, ==, 1); /* the page that is not https */
}

static void test_users(void)
{
  static const struct {
    const char *user;
    FbkUserKind kind;
    const char *right, *wrong;
  } rows[] = {{"%EMAILADDRESS%", FBK_USER_ADDRESS, "taro@u.ac.jp", "taro"},
              {"%EMAILLOCALPART%@%EMAILDOMAIN%", FBK_USER_ADDRESS, "taro@u.ac.jp", "taro"},
              {"%EMAILLOCALPART%", FBK_USER_ID, "taro", "taro@u.ac.jp"},
              {"U+\\%EMAILLOCALPART%", FBK_USER_ID, "U+\\taro", "taro"},
              {"%EMAILLOCALPART%.%EMAILDOMAIN%", FBK_USER_ID, "taro.u.ac.jp", "taro.uxac.jp"},
              {"%EMAILLOCALPART%@mail.u.ac.jp", FBK_USER_ADDRESS, "taro@mail.u.ac.jp", "taro"},
              {"", FBK_USER_ID, "anything", "a@b.jp"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GPtrArray) notes = new_notes();
    g_autofree char *text = g_strconcat(
        OPEN DOMAIN
        "<incomingServer type=\"imap\"><hostname>imap.u.ac.jp</hostname><port>993</port>"
        "<socketType>SSL</socketType><authentication>password-cleartext</authentication><username>",
        rows[i].user, "</username></incomingServer>" CLOSE, NULL);
    g_autoptr(FbkProfile) profile = profile_of(text, notes);
    g_test_message("%s", rows[i].user);
    g_assert_cmpint(profile->user_kind, ==, rows[i].kind);
    g_assert_true(fbk_profile_check_user(profile, rows[i].right, NULL, NULL));
    g_assert_false(fbk_profile_check_user(profile, rows[i].wrong, NULL, NULL));
    g_assert_cmpstr(profile->user_hint, !=, "");
  }
}

/* What Fubako cannot or will not use is left out with its line; the rest is taken. */
static void test_left_out(void)
{
  static const struct {
    const char *server, *says;
  } rows[] = {
      {IMAP("143", "plain"), "c.xml:5: left out: this server is not secured"},
      {IMAP("143", "fast"), "c.xml:5: left out: socketType"},
      {SERVER("incomingServer", "imap", "imap.u.ac.jp", "143", "SSL", "x", "OAuth2"), "password-cleartext"},
      {SERVER("incomingServer", "exchange", "ex.u.ac.jp", "443", "SSL", "x", "password-cleartext"), "IMAP"},
      {SERVER("incomingServer", "smtp", "imap.u.ac.jp", "465", "SSL", "x", "password-cleartext"), "IMAP"},
      {SERVER("incomingServer", "imap", "two.u.ac.jp", "993", "SSL", "x", "password-cleartext"), "one host"},
      {SERVER("outgoingServer", "smtp", "smtp.u.ac.jp", "465", "SSL", "other", "password-cleartext"),
       "another form"},
      {"<domain>ac.jp</domain>", "c.xml:5: this domain is shared"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GPtrArray) notes = new_notes();
    g_autofree char *text = g_strconcat(OPEN DOMAIN, rows[i].server, IMAP("993", "SSL") CLOSE, NULL);
    if (strstr(rows[i].says, "one host") != NULL || strstr(rows[i].says, "another") != NULL) {
      g_free(text);
      text = g_strconcat(OPEN DOMAIN IMAP("993", "SSL"), rows[i].server, CLOSE, NULL);
    }
    g_autoptr(FbkProfile) profile = profile_of(text, notes);
    g_assert_cmpuint(notes->len, ==, 1);
    g_test_message("%s", (const char *)notes->pdata[0]);
    g_assert_nonnull(strstr(notes->pdata[0], rows[i].says));
    g_assert_cmpstr(fbk_profile_server(profile, FBK_PROTOCOL_IMAP, 993)->host, ==, "imap.u.ac.jp");
    g_assert_null(fbk_profile_server(profile, FBK_PROTOCOL_IMAP, 143));
  }
}

/* P3: trusting "ac.jp" would be trusting every university's links. */
static void test_shared_domain(void)
{
  g_autoptr(GPtrArray) notes = new_notes();
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkProfileDraft) draft = read_text(
      OPEN DOMAIN "<domain>ac.jp</domain><domain>com</domain>" IMAP("993", "SSL") CLOSE, notes, &err);
  g_assert_no_error(err);
  g_assert_cmpuint(draft->domains->len, ==, 1);
  g_assert_cmpstr(draft->domains->pdata[0], ==, "u.ac.jp");
}

/* --- bad documents --- */

static void test_refused(void)
{
  static const struct {
    const char *text, *says;
  } rows[] = {{"", "c.xml:1: this is not well-formed XML"},
              {"<", "c.xml:1: this is not well-formed XML"},
              {"<clientConfig>\n<a>\n</b>\n</clientConfig>", "c.xml:3: this is not well-formed XML"},
              {"<clientConfig>\n&nothing;</clientConfig>", "c.xml:2: this is not well-formed XML"},
              {OPEN DOMAIN "<displayName>\x80</displayName>" CLOSE, "c.xml:5: this is not well-formed XML"},
              {"<html/>", "c.xml:1: this is not an autoconfig file"},
              {"<clientConfig/>", "c.xml:1: clientConfig has no emailProvider"},
              {OPEN IMAP("993", "SSL") CLOSE, "c.xml:3: emailProvider has no domain"},
              {OPEN "<domain>a b</domain>" CLOSE, "c.xml:4: this is not a domain name"},
              {OPEN DOMAIN CLOSE, "c.xml:3: no server is left"},
              {OPEN DOMAIN IMAP("143", "plain") CLOSE, "c.xml:5: left out: this server is not secured"},
              {OPEN DOMAIN IMAP("0", "SSL") CLOSE, "c.xml:5: the server has no port"},
              {OPEN DOMAIN IMAP("65536", "SSL") CLOSE, "c.xml:5: the server has no port"},
              {OPEN DOMAIN IMAP("99e", "SSL") CLOSE, "c.xml:5: the server has no port"},
              {OPEN DOMAIN SERVER("incomingServer", "imap", "a/b", "993", "SSL", "x", "plain") CLOSE,
               "c.xml:5: the server has no hostname"},
              {"<?xml version=\"1.0\"?>\n<!DOCTYPE clientConfig>\n<clientConfig/>",
               "c.xml:2: the document has a DOCTYPE"},
              {"<!DOCTYPE a [<!ENTITY a \"b\"><!ENTITY c \"&a;&a;\">\n]><clientConfig>&c;</clientConfig>",
               "c.xml:1: the document has a DOCTYPE"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GPtrArray) notes = new_notes();
    g_autoptr(GError) err = NULL;
    g_assert_null(read_text(rows[i].text, notes, &err));
    g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
    g_test_message("%s", err->message);
    g_assert_nonnull(strstr(err->message, rows[i].says));
  }
}

static void test_cap(void)
{
  g_autoptr(GPtrArray) notes = new_notes();
  g_autoptr(GError) err = NULL;
  g_autofree char *filler = g_strnfill(FBK_AUTOCONFIG_CAP - strlen(GOOD), ' ');
  g_autofree char *just = g_strconcat(GOOD, filler, NULL), *over = g_strconcat(just, " ", NULL);
  g_autoptr(FbkProfileDraft) draft = read_text(just, notes, &err);
  g_assert_no_error(err);
  g_assert_nonnull(draft);
  g_assert_null(read_text(over, notes, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_TOO_BIG);
}

/* Every place at which a document may be cut, and every byte that may be wrong: an answer, whatever it is. */
static void test_damaged(void)
{
  for (gsize i = 0; i < strlen(GOOD); i++) {
    g_autoptr(GPtrArray) notes = new_notes();
    g_autoptr(GError) err = NULL;
    g_autoptr(FbkProfileDraft) cut = fbk_autoconfig_read("c.xml", GOOD, i, notes, &err);
    g_assert_true(cut == NULL || i == strlen(GOOD) - 1);
    for (const char *wrong = "<&\"\x01\xff"; *wrong != '\0'; wrong++) {
      g_autofree char *text = g_strdup(GOOD);
      text[i] = *wrong;
      g_autoptr(FbkProfileDraft) draft = read_text(text, notes, NULL);
      g_autofree char *written = draft != NULL ? fbk_profile_draft_text(draft) : NULL;
      g_autoptr(FbkProfile) profile = written != NULL ? parse_profile(written, NULL) : NULL;
      g_assert_true(draft == NULL || profile != NULL);
    }
  }
}

static void test_deep(void)
{
  g_autoptr(GString) text = g_string_new("<clientConfig>");
  g_autoptr(GPtrArray) notes = new_notes();
  g_autoptr(GError) err = NULL;
  for (guint i = 0; i < 100000; i++)
    g_string_append(text, "<a>");
  g_assert_null(read_text(text->str, notes, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
}

/* --- out again --- */

static void test_P3_round_trip(void)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(GPtrArray) shipped = fbk_profile_read_all(NULL, &err);
  g_assert_no_error(err);
  for (guint i = 0; i < shipped->len; i++) {
    const FbkProfile *profile = shipped->pdata[i];
    g_autofree char *xml = fbk_profile_autoconfig(profile);
    g_autoptr(GPtrArray) notes = new_notes();
    g_assert_true(fbk_autoconfig_is_xml(xml, strlen(xml)));
    g_autoptr(FbkProfile) back = profile_of(xml, notes);
    g_assert_cmpuint(notes->len, ==, 0);
    g_assert_cmpuint(back->offers->len, ==, profile->offers->len);
    for (guint k = 0; k < back->offers->len; k++) {
      const FbkServer *left = ((FbkOffer *)back->offers->pdata[k])->server;
      const FbkServer *right = ((FbkOffer *)profile->offers->pdata[k])->server;
      g_assert_cmpint(left->protocol, ==, right->protocol);
      g_assert_cmpstr(left->host, ==, right->host);
      g_assert_cmpuint(left->port, ==, right->port);
      g_assert_cmpint(left->security, ==, right->security);
    }
    g_assert_cmpstr(back->title, ==, profile->title);
    g_assert_cmpstr(back->webmail, ==, profile->webmail);
    g_assert_cmpstr(back->mail_domain, ==, profile->mail_domain);
  }
}

static void test_escaped(void)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(FbkProfile) profile = parse_profile(
      "[profile]\nname = u\ntitle = <b> & \"it's\" ]]>\nmail-domain = u.ac.jp\nwebmail = "
      "https://u/?a=\"><x/>&b='\n[imap]\nhost = i.u.ac.jp\nport = 993 tls\n[identity]\nuser = id\n",
      &err);
  g_assert_no_error(err);
  g_autofree char *xml = fbk_profile_autoconfig(profile);
  g_autoptr(GPtrArray) notes = new_notes();
  g_autoptr(FbkProfile) back = profile_of(xml, notes);
  g_assert_cmpstr(back->title, ==, profile->title);
  g_assert_cmpstr(back->webmail, ==, profile->webmail);
}

/* --- into the person's directory --- */

#define OWN                                                                                                  \
  "[profile]\nname = %s\ntitle = %s\nmail-domain = u.ac.jp\n[imap]\nhost = i.u.ac.jp\nport = 993 tls\n"      \
  "[identity]\nuser = id\n"

static gboolean save(const char *directory, const char *name, const char *title, gboolean replace,
                     GError **err)
{
  g_autofree char *text = g_strdup_printf(OWN, name, title);
  g_autoptr(GPtrArray) known = fbk_profile_read_all(directory, err);
  g_assert_nonnull(known);
  g_autoptr(FbkProfile) profile =
      fbk_profile_save(directory, known, "f.conf", text, strlen(text), replace, err);
  return profile != NULL;
}

static const char *title_of(const char *directory, const char *name, GPtrArray **keep)
{
  g_clear_pointer(keep, g_ptr_array_unref);
  *keep = fbk_profile_read_all(directory, NULL);
  g_assert_nonnull(*keep);
  const FbkProfile *profile = fbk_profile_find(*keep, name);
  return profile != NULL ? profile->title : NULL;
}

static void test_save(void)
{
  g_autofree char *top = g_dir_make_tmp("fubako-XXXXXX", NULL);
  g_autofree char *directory = g_build_filename(top, "profiles", NULL);
  g_autofree char *path = g_build_filename(directory, "mine.conf", NULL);
  g_autofree char *other = g_build_filename(directory, "other.conf", NULL);
  g_autoptr(GError) err = NULL;
  g_autoptr(GPtrArray) keep = NULL;
  GStatBuf status;
  g_assert_false(save(directory, "Not A Name", "x", TRUE, &err));
  g_assert_true(g_str_has_prefix(err->message, "f.conf:2: "));
  g_assert_false(g_file_test(directory, G_FILE_TEST_EXISTS));
  g_clear_error(&err);
  g_assert_true(save(directory, "mine", "One", FALSE, &err));
  g_assert_cmpint(g_stat(path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  g_assert_false(save(directory, "mine", "Two", FALSE, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_EXISTS);
  g_clear_error(&err);
  g_assert_cmpstr(title_of(directory, "mine", &keep), ==, "One");
  g_assert_true(save(directory, "mine", "Two", TRUE, &err));
  g_assert_cmpstr(title_of(directory, "mine", &keep), ==, "Two");
  /* In a file of another name: it is replaced there, and no second one of its name comes to be. */
  g_assert_cmpint(g_rename(path, other), ==, 0);
  g_assert_true(save(directory, "mine", "Three", TRUE, &err));
  g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
  g_assert_cmpstr(title_of(directory, "mine", &keep), ==, "Three");
  /* A file that holds something else is never lost. */
  g_assert_false(save(directory, "other", "Four", TRUE, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_EXISTS);
  g_clear_error(&err);
  g_assert_cmpstr(title_of(directory, "mine", &keep), ==, "Three");
  /* A built-in one gives way only when told to: it says where the campus password goes. */
  g_assert_false(save(directory, "jaist", "Five", FALSE, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_EXISTS);
  g_clear_error(&err);
  g_assert_cmpstr(title_of(directory, "jaist", &keep), !=, "Five");
  g_assert_true(save(directory, "jaist", "Five", TRUE, &err));
  g_assert_cmpstr(title_of(directory, "jaist", &keep), ==, "Five");
  g_autofree char *jaist = g_build_filename(directory, "jaist.conf", NULL);
  g_unlink(jaist);
  g_unlink(other);
  g_rmdir(directory);
  g_rmdir(top);
}

static void test_names(void)
{
  static const char *const rows[][2] = {
      {"u.ac.jp", "u-ac-jp"},
      {"  Example University! ", "example-university"},
      {"\xe4\xbe\x8b", "imported"},
      {"../../etc/passwd", "etc-passwd"},
      {"a23456789-a23456789-a23456789-a-z", "a23456789-a23456789-a23456789-a"},
      {"", "imported"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *name = fbk_profile_make_name(rows[i][0]);
    g_assert_cmpstr(name, ==, rows[i][1]);
  }
}

int main(int argc, char **argv)
{
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/autoconfig/P3/whole", test_whole);
  g_test_add_func("/autoconfig/P3/users", test_users);
  g_test_add_func("/autoconfig/P3/left-out", test_left_out);
  g_test_add_func("/autoconfig/P3/shared-domain", test_shared_domain);
  g_test_add_func("/autoconfig/P3/refused", test_refused);
  g_test_add_func("/autoconfig/cap", test_cap);
  g_test_add_func("/autoconfig/damaged", test_damaged);
  g_test_add_func("/autoconfig/deep", test_deep);
  g_test_add_func("/autoconfig/P3/round-trip", test_P3_round_trip);
  g_test_add_func("/autoconfig/escaped", test_escaped);
  g_test_add_func("/autoconfig/P3/save", test_save);
  g_test_add_func("/autoconfig/names", test_names);
  return g_test_run();
}
