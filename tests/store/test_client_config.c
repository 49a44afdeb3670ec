/* Other mail programs' files: what is taken over, and what never is. SPDX-License-Identifier:
 * GPL-3.0-or-later
 */
#include "store/client_config.h"

#include <locale.h>
#include <string.h>

#include "base/err.h"

#define SECRET "hunter2-marker"

static FbkClientConfig *read_text(FbkClient client, const char *text, GError **err)
{
  return fbk_client_config_read(client, "rc", text, strlen(text), err);
}

static char *server_text(const FbkServer *server)
{
  if (server == NULL)
    return g_strdup("-");
  return g_strdup_printf("%s %s:%u %s", fbk_protocol_name(server->protocol), server->host, server->port,
                         server->security == FBK_SECURITY_TLS ? "tls" : "starttls");
}

/* What is in the file, and what must come of it; NULL: nothing. notes: how many; says: in one of them. */
typedef struct {
  FbkClient client;
  const char *text;
  const char *incoming, *outgoing, *user, *address, *real_name, *command;
  guint notes;
  const char *says;
} Row;

static const Row rows[] = {
    {FBK_CLIENT_MUTT,
     "# my mutt\nset imap_user = \"taro\"   # me\nset folder=imaps://imap.u.ac.jp/ spoolfile=+INBOX\n"
     "set smtp_url='smtp://taro@smtp.u.ac.jp:587/'\nset from=\"Taro <taro@u.ac.jp>\" realname=\"Yamada "
     "\\\"T\\\"\"\n"
     "set imap_pass=\"`pass show u`\"\n",
     "IMAP imap.u.ac.jp:993 tls", "SMTP smtp.u.ac.jp:587 starttls", "taro", "taro@u.ac.jp", "Yamada \"T\"",
     "pass show u", 0, NULL},
    {FBK_CLIENT_MUTT,
     "set my_user=taro\nset my_pass=`gpg -dq ~/p.gpg | head -1`\nset folder = "
     "\"imaps://${my_user}@imap.u.ac.jp:9\\\n"
     "93\"; set imap_pass = $my_pass\nbind index g noop # set folder=imaps://other\n",
     "IMAP imap.u.ac.jp:993 tls", NULL, "taro", NULL, NULL, "sh -c 'gpg -dq ~/p.gpg | head -1'", 0, NULL},
    {FBK_CLIENT_MUTT, "set spoolfile=imap://a%40u.ac.jp:" SECRET "@h.u.ac.jp\nset imap_pass=" SECRET "\n",
     "IMAP h.u.ac.jp:143 starttls", NULL, "a@u.ac.jp", NULL, NULL, NULL, 2, "rc:2: a password stands here"},
    {FBK_CLIENT_MUTT, "set my_p=\"" SECRET "\"\nset folder=imaps://h imap_pass=\"$my_p\"", "IMAP h:993 tls",
     NULL, NULL, NULL, NULL, NULL, 1, "rc:2: a password stands here"},
    {FBK_CLIENT_MUTT, "set folder=imaps://h\nset imap_pass=\"x`cmd`\"", "IMAP h:993 tls", NULL, NULL, NULL,
     NULL, NULL, 1, "rc:2: this password is put together"},
    {FBK_CLIENT_MUTT, "source ~/.secrets\nset folder=imaps://h\naccount-hook . 'set imap_pass=" SECRET "'",
     "IMAP h:993 tls", NULL, NULL, NULL, NULL, NULL, 2, "rc:1: \"source\" is not followed"},
    {FBK_CLIENT_MUTT, "set nossl_starttls\nset folder=imap://h", "IMAP h:143 starttls", NULL, NULL, NULL,
     NULL, NULL, 1, "rc:2: this connection is not secured"},
    {FBK_CLIENT_MUTT, "set folder=imaps://old\nunset folder\nset pop_host=pops://taro@pop.u.ac.jp",
     "POP3 pop.u.ac.jp:995 tls", NULL, "taro", NULL, NULL, NULL, 0, NULL},
    {FBK_CLIENT_MUTT, "set folder='imaps://`touch x`$y'\nset folder=imaps://h\nset imap_user=\"a\\nb\"",
     "IMAP h:993 tls", NULL, NULL, NULL, NULL, NULL, 0, NULL},
    {FBK_CLIENT_AERC,
     "; aerc\n[U]\nsource = imaps://taro%40u.ac.jp@imap.u.ac.jp\nsource-cred-cmd = pass u\n"
     "outgoing = smtp+login://taro%40u.ac.jp@smtp.u.ac.jp\nfrom = \"Yamada, T\" <taro@u.ac.jp>\n"
     "[Other]\nsource=imaps://b@elsewhere\nfrom=b@elsewhere\n",
     "IMAP imap.u.ac.jp:993 tls", "SMTP smtp.u.ac.jp:587 starttls", "taro@u.ac.jp", "taro@u.ac.jp",
     "Yamada, T", "pass u", 1, "rc:7: only the first account"},
    {FBK_CLIENT_AERC,
     "[L]\nsource=maildir://~/Mail\nfrom=l@l.example\noutgoing=smtps://l@l.example\n[U]\n"
     "source=imap+insecure://taro:" SECRET "@h:1143\n",
     "IMAP h:1143 starttls", NULL, "taro", NULL, NULL, NULL, 2, "rc:6: a password stands here"},
    {FBK_CLIENT_AERC, "[G]\nsource=imaps+xoauth2://g@h\noutgoing=/usr/sbin/sendmail\n", "IMAP h:993 tls",
     NULL, "g", NULL, NULL, NULL, 1, "token"},
    {FBK_CLIENT_MBSYNC,
     "# mbsync\nIMAPAccount u\nHost imap.u.ac.jp\nport 1993\nUser \"ta\\\"ro\"\nPassCmd \"+secret-tool "
     "lookup a b\"\n"
     "TLSType IMAPS\n\nIMAPStore r\nAccount u\n\nMaildirStore l\nPath ~/Mail/\n\nIMAPAccount v\nHost "
     "v.example\nUser v\n",
     "IMAP imap.u.ac.jp:1993 tls", NULL, "ta\"ro", NULL, NULL, "secret-tool lookup a b", 1,
     "rc:15: only the first"},
    {FBK_CLIENT_MBSYNC, "IMAPStore r\nHost h\nUser taro\nPass " SECRET "\nSSLType None\n",
     "IMAP h:143 starttls", NULL, "taro", NULL, NULL, NULL, 2, "rc:4: a password stands here"},
    {FBK_CLIENT_MBSYNC, "IMAPAccount r\nHost h\nPassCmd \"echo 'x\"\n", "IMAP h:143 starttls", NULL, NULL,
     NULL, NULL, NULL, 1, "rc:3: the quotes"},
    {FBK_CLIENT_ALPINE,
     "# Updated by Alpine\npersonal-name=Yamada Taro\nuser-domain=u.ac.jp\n"
     "smtp-server=smtp.u.ac.jp:465/ssl/user=taro,\n\tother.u.ac.jp\n"
     "inbox-path={imap.u.ac.jp:993/ssl/novalidate-cert/user=\"taro\"}INBOX\n",
     "IMAP imap.u.ac.jp:993 tls", "SMTP smtp.u.ac.jp:465 tls", "taro", "taro@u.ac.jp", "Yamada Taro", NULL, 1,
     "rc:6: certificates are not checked"},
    {FBK_CLIENT_ALPINE,
     "inbox-path=\"{pop.u.ac.jp/pop3/tls/user=taro}INBOX\"\nsmtp-server=\"\"\n"
     "customized-hdrs=From: T <t@u.ac.jp>\n",
     "POP3 pop.u.ac.jp:110 starttls", NULL, "taro", "t@u.ac.jp", "T", NULL, 0, NULL},
    {FBK_CLIENT_ALPINE, "inbox-path=INBOX\nfolder-collections=Mail {h/notls}[]\n", "IMAP h:143 starttls",
     NULL, NULL, NULL, NULL, NULL, 1, "rc:2: this connection"}};

static void test_read(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    const Row *row = &rows[i];
    g_autoptr(GError) err = NULL;
    g_test_message("%s", row->text);
    g_assert_cmpint(fbk_client_recognise(row->text, strlen(row->text)), ==, row->client);
    g_autoptr(FbkClientConfig) config = read_text(row->client, row->text, &err);
    g_assert_no_error(err);
    g_autofree char *incoming = server_text(config->incoming), *outgoing = server_text(config->outgoing);
    g_assert_cmpstr(incoming, ==, row->incoming);
    g_assert_cmpstr(outgoing, ==, row->outgoing != NULL ? row->outgoing : "-");
    g_assert_cmpstr(config->user, ==, row->user);
    g_assert_cmpstr(config->address, ==, row->address);
    g_assert_cmpstr(config->real_name, ==, row->real_name);
    g_assert_cmpstr(config->password_command, ==, row->command);
    gboolean is_said = row->says == NULL;
    for (guint k = 0; k < config->notes->len; k++) {
      g_test_message("note: %s", (const char *)config->notes->pdata[k]);
      g_assert_null(strstr(config->notes->pdata[k], SECRET));
      is_said = is_said || strstr(config->notes->pdata[k], row->says) != NULL;
    }
    g_assert_true(is_said);
    g_assert_cmpuint(config->notes->len, ==, row->notes);
  }
}

static void test_refused(void)
{
  static const struct {
    FbkClient client;
    const char *text, *says;
  } bad[] = {{FBK_CLIENT_MUTT, "", "names no server"},
             {FBK_CLIENT_MUTT, "set folder=~/Mail\n", "names no server"},
             {FBK_CLIENT_MUTT, "set folder=\"imaps://a b/\"\n", "rc:1: this is not a host name"},
             {FBK_CLIENT_MUTT, "set folder=imaps://h:99999\n", "names no server"},
             {FBK_CLIENT_AERC, "[a]\nsource=notmuch://x\n", "names no server"},
             {FBK_CLIENT_MBSYNC, "IMAPAccount x\nHost -bad-\n", "rc:2: this is not a host name"},
             {FBK_CLIENT_ALPINE, "inbox-path={h:port}\n", "rc:1: this is not a host name"}};
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) err = NULL;
    g_assert_null(read_text(bad[i].client, bad[i].text, &err));
    g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
    g_test_message("%s", err->message);
    g_assert_nonnull(strstr(err->message, bad[i].says));
  }
  g_autoptr(GError) err = NULL;
  g_assert_null(fbk_client_config_read(FBK_CLIENT_MUTT, "rc", "a\0b", 3, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_BAD_INPUT);
  g_clear_error(&err);
  g_autofree char *large = g_strnfill(FBK_CLIENT_CONFIG_CAP + 1, '\n');
  g_assert_null(fbk_client_config_read(FBK_CLIENT_MUTT, "rc", large, FBK_CLIENT_CONFIG_CAP + 1, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_TOO_BIG);
}

static void test_recognise(void)
{
  static const char *const unknown[] = {"", "hello\n", "[profile]\nname = x\n", "<clientConfig>",
                                        "\xff\xfe\n\n"};
  for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++)
    g_assert_cmpint(fbk_client_recognise(unknown[i], strlen(unknown[i])), ==, FBK_CLIENT_UNKNOWN);
  g_assert_cmpint(fbk_client_named("NeoMutt"), ==, FBK_CLIENT_MUTT);
  g_assert_cmpint(fbk_client_named("mbsync"), ==, FBK_CLIENT_MBSYNC);
  g_assert_cmpint(fbk_client_named("outlook"), ==, FBK_CLIENT_UNKNOWN);
}

/* Variables that double themselves, and files of nothing but quotes: an end, and bounded memory. */
static void test_bombs(void)
{
  static const char *const pieces[] = {"set a=$a$a$a$a$a$a$ax\n",
                                       "\"",
                                       "'",
                                       "`",
                                       "\\\n",
                                       "set ",
                                       "${",
                                       "set \\",
                                       "{",
                                       "imap_pass=`",
                                       "[",
                                       "IMAPAccount \"",
                                       "set imap_pass=a\n",
                                       "source x\n",
                                       "\xe6",
                                       "a=b,\n\t"};
  for (FbkClient client = FBK_CLIENT_MUTT; client <= FBK_CLIENT_MBSYNC; client++)
    for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
      g_autoptr(GString) text = g_string_new("set folder=imaps://h\n");
      while (text->len + strlen(pieces[i]) < 200000)
        g_string_append(text, pieces[i]);
      g_autoptr(FbkClientConfig) config = read_text(client, text->str, NULL);
      g_assert_true(config == NULL || config->notes->len <= 50);
    }
}

/* Every row cut at every byte, and with a wrong byte there: an answer, whatever it is. */
static void test_damaged(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    for (gsize at = 0; at < strlen(rows[i].text); at++) {
      g_autoptr(FbkClientConfig) cut = fbk_client_config_read(rows[i].client, "rc", rows[i].text, at, NULL);
      g_assert_true(cut == NULL || cut->incoming != NULL);
      for (const char *wrong = "\"'`\\\n=$#\xff"; *wrong != '\0'; wrong++) {
        g_autofree char *text = g_strdup(rows[i].text);
        text[at] = *wrong;
        g_autoptr(FbkClientConfig) config = read_text(rows[i].client, text, NULL);
        g_assert_true(config == NULL || config->incoming != NULL);
      }
    }
}

int main(int argc, char **argv)
{
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/client-config/P3/read", test_read);
  g_test_add_func("/client-config/P3/refused", test_refused);
  g_test_add_func("/client-config/recognise", test_recognise);
  g_test_add_func("/client-config/bombs", test_bombs);
  g_test_add_func("/client-config/damaged", test_damaged);
  return g_test_run();
}
