/* Messages to trees, envelopes and text. SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "mail/parse.h"

#define MARK "\xef\xbf\xbd"
#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"
#define SIZE(text) (sizeof(text) - 1)

static FbkMessage *parse(const char *bytes, gsize len)
{
  g_autoptr(GBytes) kept = g_bytes_new(bytes, len);
  return fbk_message_from_bytes(kept);
}

static FbkMessage *parse_text(const char *text)
{
  return parse(text, strlen(text));
}

static void describe(const FbkPart *part, GString *out)
{
  g_string_append(out, part->type);
  if (!part->children)
    return;
  g_string_append_c(out, '(');
  for (guint i = 0; i < part->children->len; i++) {
    const FbkPart *child = g_ptr_array_index(part->children, i);
    g_assert_true(child->parent == part);
    if (i)
      g_string_append_c(out, ' ');
    describe(child, out);
  }
  g_string_append_c(out, ')');
}

static void assert_tree(const FbkMessage *message, const char *wanted)
{
  g_autoptr(GString) tree = g_string_new(NULL);
  g_assert_nonnull(message->root);
  describe(message->root, tree);
  g_assert_cmpstr(tree->str, ==, wanted);
  for (guint i = 0; i < message->leaves->len; i++)
    g_assert_cmpuint(((FbkPart *)g_ptr_array_index(message->leaves, i))->number, ==, i + 1);
}

static FbkPart *leaf(const FbkMessage *message, guint number)
{
  g_assert_cmpuint(message->leaves->len, >=, number);
  return g_ptr_array_index(message->leaves, number - 1);
}

static void assert_text(const FbkMessage *message, guint number, const char *wanted)
{
  gboolean cut;
  g_autofree char *text = fbk_part_text(leaf(message, number), NULL, 100000, &cut);
  g_assert_cmpstr(text, ==, wanted);
  g_assert_false(cut);
}

static void test_tree(void)
{
  g_autoptr(FbkMessage) message = parse_text(
      "From: a@b\nContent-Type: multipart/mixed; boundary=m\n\nno part\n--m\n"
      "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nplain\n--a\nContent-Type: TEXT/HTML; "
      "charset=\"UTF-8\"\nContent-ID: <body@x>\n\n<b>html</b>\n--a--\n--m\nContent-Type: message/rfc822\n\n"
      "Subject: =?utf-8?B?44GC?=\nFrom: c@d\n\ninner\n--m\nContent-Type: application/pdf\n"
      "Content-Transfer-Encoding: base64\n\nJVBERg==\n--m--\nafter\n");
  assert_tree(message,
              "multipart/mixed(multipart/alternative(text/plain text/html) message/rfc822(text/plain) "
              "application/pdf)");
  assert_text(message, 1, "plain");
  assert_text(message, 2, "<b>html</b>");
  assert_text(message, 3, "inner");
  g_assert_cmpstr(leaf(message, 2)->charset, ==, "utf-8");
  g_assert_cmpstr(leaf(message, 2)->content_id, ==, "body@x");
  g_assert_cmpuint(leaf(message, 4)->size, ==, 8);
  g_assert_false(leaf(message, 1)->attachment);
  g_assert_false(leaf(message, 2)->attachment);
  g_assert_true(leaf(message, 4)->attachment);
  g_assert_false(message->root->attachment);
  const FbkPart *inside = leaf(message, 3)->parent;
  g_assert_cmpstr(inside->envelope->subject, ==, "あ");
  g_assert_cmpstr(((FbkAddress *)inside->envelope->from->pdata[0])->address, ==, "c@d");
  g_assert_cmpuint(inside->number, ==, 0);
  g_assert_cmpuint(message->notices->len, ==, 0);
}

/* Whatever is broken about the frame, what was written can be read. */
static void test_broken_frames(void)
{
  static const struct {
    const char *mail;
    const char *tree, *subject, *text;
  } rows[] = {
      {"", "text/plain", "", ""},
      {"x", "text/plain", "", "x"},
      {"\n", "text/plain", "", ""},
      {"\nbody\n", "text/plain", "", "body\n"},
      {"Subject: a", "text/plain", "a", ""},
      {"Subject: a\n", "text/plain", "a", ""},
      {"Subject: a\nno colon here\nmore\n", "text/plain", "a", "no colon here\nmore\n"},
      {"Hi all,\n\nNote: this\n", "text/plain", "", "Hi all,\n\nNote: this\n"},
      {"From mbox Mon\nSubject: a\n\nb\n", "text/plain", "a", "b\n"},
      {">From mbox Mon\nSubject: a\n\nb\n", "text/plain", "a", "b\n"},
      {"Subject : a\nno colon\nTo: b\n\nc", "text/plain", "a", "c"},
      {"Subject: a\r\n\r\nb\r\nc\rd\r\n", "text/plain", "a", "b\nc\nd\n"},
      {"Subject: a\rTo: b\r\rline\rmore\r", "text/plain", "a", "line\nmore\n"},
      {"Subject: a\nTo: b\r\n\nb\r\n", "text/plain", "a", "b\n"},
      {"Subject: a\nSubject: b\n\nc", "text/plain", "a", "c"},
      {"Content-Type: multipart/mixed\n\nfoo\n--x\nbar\n", "multipart/mixed(text/plain)", "",
       "foo\n--x\nbar\n"},
      {"Content-Type: multipart/mixed; boundary=q\n\nfoo\n", "multipart/mixed(text/plain)", "", "foo\n"},
      {MIXED "--b\n\nfoo\n", "multipart/mixed(text/plain)", "", "foo\n"},
      {MIXED "--b\n\nfoo\n--bc\n--b--\n", "multipart/mixed(text/plain)", "", "foo\n--bc"},
      {"Content-Type: multipart/mixed; boundary=\".*[+\"\n\n--.*[+\n\nfoo\n--.*[+--\n",
       "multipart/mixed(text/plain)", "", "foo"},
      {"Content-Type: nonsense\n\nfoo", "text/plain", "", "foo"},
      {"Content-Type: text/plain; charset=x-none\n\nfoo", "text/plain", "", "foo"},
      {"Content-Type: text/plain\nContent-Type: text/html\n\nfoo", "text/html", "", "foo"},
      {"Content-Type: text\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nfoo\n--b--\n",
       "multipart/mixed(text/plain)", "", "foo"},
      {"Content-Type: multipart/digest; boundary=b\n\n--b\nContent-Type: x\n\nSubject: a\n\nfoo\n--b--\n",
       "multipart/digest(message/rfc822(text/plain))", "", "foo"},
      {"Content-Transfer-Encoding: base64\n\nZm*9v\nIGJh!!cg==\n", "text/plain", "", "foo bar"},
      {"Content-Transfer-Encoding: base64\n\nZm9vIGJhcg", "text/plain", "", "foo bar"},
      {"Content-Transfer-Encoding: quoted-printable\n\na=\n=3D=ZZ=\n", "text/plain", "", "a==ZZ"},
      {"Content-Transfer-Encoding: x-none\n\nfoo", "text/plain", "", "foo"},
      {"Content-Type: message/partial; id=a; number=1\n\nfoo", "message/partial", "", "foo"},
      {"Content-Type: message/external-body; access-type=x\n\nfoo", "message/external-body", "", "foo"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(FbkMessage) message = parse_text(rows[i].mail);
    assert_tree(message, rows[i].tree);
    g_assert_cmpstr(message->envelope->subject, ==, rows[i].subject);
    assert_text(message, 1, rows[i].text);
  }
}

static void test_file_names(void)
{
  static const struct {
    const char *fields, *name;
  } rows[] = {
      {"Content-Disposition: attachment; filename=a.pdf", "a.pdf"},
      {"Content-Disposition: attachment; filename=\"a \\\"b\\\".pdf\"", "a \"b\".pdf"},
      {"Content-Disposition: attachment; filename=two words.pdf ; x=y", "two words.pdf"},
      {"Content-Type: application/pdf; name=\"=?ISO-2022-JP?B?GyRCO3FOQS0hGyhCLnBkZg==?=\"", "資料①.pdf"},
      {"Content-Disposition: attachment;\n filename*0*=ISO-2022-JP''%1B%24B%3BqNA;\n "
       "filename*1*=%2D%21%1B%28B.pdf",
       "資料①.pdf"},
      {"Content-Disposition: attachment; filename*1=b.pdf; filename*0=a", "ab.pdf"},
      {"Content-Disposition: attachment; filename*1*=%82.pdf; filename*0*=utf-8'ja'%E3%81", "あ.pdf"},
      {"Content-Disposition: attachment; filename=x.pdf; filename*=UTF-8''%E8%B3%87.pdf", "資.pdf"},
      {"Content-Disposition: attachment; filename*=shift_jis''%95%5C.pdf", "表.pdf"},
      {"Content-Disposition: attachment; filename=\"\x95\x5c\x8e\x91.pdf\"", "表資.pdf"},
      {"Content-Disposition: attachment; filename=\"\x1b$B;qNA\x1b(B.pdf\"", "資料.pdf"},
      {"Content-Disposition: attachment; filename=\"資料.pdf\"", "資料.pdf"},
      {"Content-Disposition: attachment; filename=\"../../etc/passwd\"", "../../etc/passwd"},
      {"Content-Disposition: attachment; filename=\"C:\\dir\\a.txt\"", "C:\\dir\\a.txt"},
      {"Content-Disposition: attachment; filename=\"\"\nContent-Type: text/plain; name=b", "b"},
      {"Content-Disposition: attachment; filename", ""},
      {"Content-Disposition: attachment; filename=\"open", "open"},
      {"Content-Disposition: attachment (c; filename=no); (d) filename=yes", "yes"},
      {"Content-Disposition: attachment; filename*=%E3%81%82", "あ"},
      {"Content-Disposition: attachment; filename*=utf-8''a%00b", "a" MARK "b"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *mail = g_strconcat(MIXED "--b\n", rows[i].fields, "\n\nx\n--b--\n", NULL);
    g_autoptr(FbkMessage) message = parse_text(mail);
    g_assert_cmpstr(leaf(message, 1)->name, ==, rows[i].name);
    g_assert_true(leaf(message, 1)->attachment);
  }
}

static void test_nuls(void)
{
  static const char mail[] =
      "Subject: a\0b\n" MIXED "--b\nContent-Disposition: attachment; filename=\"a\0b.txt\"\n"
      "Content-Type: text/plain; charset=utf-8\n\nc\0d\n--b--\n";
  g_autoptr(FbkMessage) message = parse(mail, SIZE(mail));
  g_assert_cmpstr(message->envelope->subject, ==, "a" MARK "b");
  g_assert_cmpstr(leaf(message, 1)->name, ==, "a" MARK "b.txt");
  assert_text(message, 1, "c\1d");
}

static void test_flowed(void)
{
  g_autoptr(FbkMessage) message = parse_text("Content-Type: text/plain; format=Flowed; DelSp=yes\n\nb");
  g_assert_true(leaf(message, 1)->flowed);
  g_assert_true(leaf(message, 1)->delsp);
}

static void test_text_cut_and_override(void)
{
  g_autoptr(FbkMessage) message =
      parse_text("Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B$\"$$\x1b(B");
  for (gsize cap = 0; cap < 20; cap++) {
    gboolean cut;
    g_autofree char *text = fbk_part_text(leaf(message, 1), NULL, cap, &cut);
    g_assert_cmpuint(strlen(text), <=, cap);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_cmpint(cut, ==, cap < 10);
  }
  g_autoptr(FbkMessage) greek = parse_text("Content-Type: text/plain; charset=iso-8859-1\n\n\xe1");
  g_autofree char *text = fbk_part_text(leaf(greek, 1), "iso-8859-7", 100, NULL);
  g_assert_cmpstr(text, ==, "α");
}

/* The file's path is in *path_out; both are the caller's to remove. */
static char *write_mail(const char *bytes, gsize len, char **path_out)
{
  char *dir = g_dir_make_tmp("fubako-parse-XXXXXX", NULL);
  *path_out = g_build_filename(dir, "mail", NULL);
  g_assert_true(g_file_set_contents(*path_out, bytes, (gssize)len, NULL));
  return dir;
}

static void test_part_write(void)
{
  static const char mail[] =
      MIXED "--b\nContent-Transfer-Encoding: base64\nContent-Type: application/x\n\nAAECAwQ=\n"
            "--b\nContent-Type: message/rfc822\n\nSubject: in\n\nbody\n--b--\n";
  g_autofree char *path = NULL, *dir = write_mail(mail, SIZE(mail), &path);
  g_autofree char *saved = g_build_filename(dir, "saved", NULL);
  g_autoptr(FbkMessage) message = fbk_message_open(path, NULL);
  const FbkPart *parts[] = {leaf(message, 1), leaf(message, 2)->parent};
  const char *const wanted[] = {"\0\1\2\3\4", "Subject: in\n\nbody"};
  const gsize sizes[] = {5, 17};
  for (int i = 0; i < 2; i++) {
    g_autofree char *content = NULL;
    gsize len;
    int fd = open(saved, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    g_assert_true(fbk_part_write(parts[i], fd, NULL));
    close(fd);
    g_assert_true(g_file_get_contents(saved, &content, &len, NULL));
    g_assert_cmpmem(content, len, wanted[i], sizes[i]);
  }
  int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  for (int i = 0; i < 2 && full >= 0; i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(fbk_part_write(parts[i], full, &error));
    g_assert_error(error, FBK_ERROR, FBK_ERR_NO_SPACE);
  }
  close(full);
  g_unlink(saved);
  g_unlink(path);
  g_rmdir(dir);
}

static void test_open_refuses(void)
{
  g_autofree char *path = NULL, *dir = write_mail("S: a\n\n", 6, &path);
  g_autofree char *link = g_build_filename(dir, "link", NULL), *fifo = g_build_filename(dir, "fifo", NULL);
  g_autofree char *gone = g_build_filename(dir, "gone", NULL);
  g_assert_no_errno(symlink(path, link));
  g_assert_no_errno(mkfifo(fifo, 0600));
  const struct {
    const char *path;
    FbkErr code;
  } rows[] = {{gone, FBK_ERR_NOT_FOUND},
              {dir, FBK_ERR_BAD_INPUT},
              {link, FBK_ERR_BAD_INPUT},
              {fifo, FBK_ERR_BAD_INPUT}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL, second = NULL;
    g_assert_null(fbk_message_open(rows[i].path, &error));
    g_assert_error(error, FBK_ERROR, (int)rows[i].code);
    g_assert_null(fbk_envelope_read(rows[i].path, NULL, &second));
    g_assert_error(second, FBK_ERROR, (int)rows[i].code);
  }
  g_unlink(fifo);
  g_unlink(link);
  g_unlink(path);
  g_rmdir(dir);
}

/* Text that stands where a header should be is not shown, so a notice says where it is; where everything can
 * be read, nothing is said. */
static void test_broken_header_notice(void)
{
  static const struct {
    const char *mail;
    guint notices;
  } rows[] = {
      {"Subject: a\nno colon\nTo: b\n\nc", 1},
      {MIXED "--b\nno empty line\n--b--\n", 1},
      {"Content-Type: message/rfc822\n\nSubject: a\nno colon", 1},
      {"Content-Type: message/rfc822\n\n", 0},
      {"Subject: a\nno colon, and no empty line", 0},
      {"just text", 0},
      {"From mbox\nSubject: a\n\nb", 0},
      {MIXED "--b\n\nx\n--b--\n", 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(FbkMessage) message = parse_text(rows[i].mail);
    g_assert_nonnull(message->root);
    g_assert_cmpuint(message->notices->len, ==, rows[i].notices);
  }
}

/* name1|address1, name2|address2 */
static char *join_addresses(const GPtrArray *addresses)
{
  GString *joined = g_string_new(NULL);
  for (guint i = 0; i < addresses->len; i++) {
    const FbkAddress *address = g_ptr_array_index(addresses, i);
    g_string_append_printf(joined, "%s%s|%s", i ? ", " : "", address->name, address->address);
  }
  return g_string_free(joined, FALSE);
}

/* What the pre-scan refuses still has its envelope, its headers, a sentence and its source. */
static void test_refused(void)
{
  g_autoptr(GString) mail = g_string_new("From: =?utf-8?B?44GC?= <a@b>\nSubject: bomb\nTo: ");
  for (int i = 0; i < 30000; i++)
    g_string_append(mail, "g:");
  g_string_append(mail, "\nCc: c@d\n" MIXED);
  for (int i = 0; i < 20000; i++)
    g_string_append(mail, "--b\n\nx\n");
  g_autofree char *path = NULL, *dir = write_mail(mail->str, mail->len, &path);
  g_autoptr(FbkMessage) message = fbk_message_open(path, NULL);
  gboolean mixed, cut;
  g_autoptr(FbkEnvelope) envelope = fbk_envelope_read(path, &mixed, NULL);
  g_assert_null(message->root);
  g_assert_cmpuint(message->leaves->len, ==, 0);
  g_assert_cmpuint(message->notices->len, ==, 1);
  g_assert_cmpuint(message->headers->len, ==, 5);
  g_assert_true(mixed);
  const FbkEnvelope *both[] = {message->envelope, envelope};
  for (int i = 0; i < 2; i++) {
    g_autofree char *from = join_addresses(both[i]->from), *cc = join_addresses(both[i]->cc);
    g_assert_cmpstr(from, ==, "あ|a@b");
    g_assert_cmpstr(both[i]->subject, ==, "bomb");
    g_assert_cmpstr(cc, ==, "|c@d");
    g_assert_cmpuint(both[i]->to->len, ==, 1);
  }
  g_autofree char *source = fbk_message_source(message, 20, &cut, NULL);
  g_assert_cmpstr(source, ==, "From: =?utf-8?B?44GC");
  g_assert_true(cut);
  g_unlink(path);
  g_rmdir(dir);
}

static long peak_kilobytes(void)
{
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/* 100 MB of attachment are listed, and the text beside it is read, without taking it into memory. */
static void test_large_attachment(void)
{
  static const char head[] = MIXED "--b\n\nhello\n--b\nContent-Type: application/zip\n\n";
  g_autofree char *path = NULL, *dir = write_mail(head, SIZE(head), &path);
  int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
  g_autofree char *block = g_malloc(1024 * 1024);
  memset(block, 'A', 1024 * 1024);
  for (int i = 0; i < 100; i++)
    g_assert_cmpint(write(fd, block, 1024 * 1024), ==, 1024 * 1024);
  g_assert_cmpint(write(fd, "\n--b--\n", 7), ==, 7);
  close(fd);
  long before = peak_kilobytes();
  g_autoptr(FbkMessage) message = fbk_message_open(path, NULL);
  assert_text(message, 1, "hello");
  g_assert_cmpuint(leaf(message, 2)->size, ==, 100 * 1024 * 1024);
  g_assert_cmpint(peak_kilobytes() - before, <, 20 * 1024);
  g_unlink(path);
  g_rmdir(dir);
}

/* Fields beyond 2,000 are left out with a notice. */
static void test_many_headers(void)
{
  g_autoptr(GString) mail = g_string_new(NULL);
  for (int i = 0; i < 2500; i++)
    g_string_append_printf(mail, "X-%d: y\n", i);
  g_string_append(mail, "Subject: last\n\nb");
  g_autoptr(FbkMessage) message = parse_text(mail->str);
  g_assert_cmpuint(message->headers->len, ==, 2000);
  g_assert_cmpuint(message->notices->len, ==, 1);
  g_assert_cmpstr(message->envelope->subject, ==, "last");
  assert_text(message, 1, "b");
}

/* Each byte of a whole mail cut away from its end, and many bytes changed: never a crash, always UTF-8. */
static void test_cut_and_changed(void)
{
  static const char mail[] =
      "From: =?ISO-2022-JP?B?GyRCOzNFRBsoQg==?= <a@b>\nTo: lab: c@d, \"e (f)\" <g@h>;\nSubject: "
      "\x1b$B2q5D\x1b(B\n"
      "Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: text/plain; "
      "charset=iso-2022-jp\n\n\x1b$B$\"\n"
      "--b\nContent-Type: message/rfc822\n\nSubject: in\nContent-Type: multipart/digest; "
      "boundary=c\n\n--c\n\nS: a\n\nb\n"
      "--c--\n--b\nContent-Disposition: attachment; filename*0*=utf-8''%E3; filename*1*=%81%82\n"
      "Content-Transfer-Encoding: quoted-printable\n\n=E3=81=\n--b--\n";
  g_autoptr(GRand) dice = g_rand_new_with_seed(1);
  for (gsize round = 0; round < SIZE(mail) + 2000; round++) {
    g_autofree char *copy = g_memdup2(mail, SIZE(mail));
    for (int i = 0; i < 4 && round >= SIZE(mail); i++)
      copy[g_rand_int_range(dice, 0, SIZE(mail))] = "\n\0:;=?\"(<\x1b-\xff"[g_rand_int_range(dice, 0, 12)];
    g_autoptr(FbkMessage) message = parse(copy, MIN(round, SIZE(mail)));
    g_assert_true(g_utf8_validate(message->envelope->subject, -1, NULL));
    g_assert_nonnull(message->root);
    for (guint i = 0; i < message->leaves->len; i++) {
      g_autofree char *text = fbk_part_text(leaf(message, i + 1), NULL, 1000, NULL);
      g_assert_true(g_utf8_validate(text, -1, NULL));
      g_assert_true(g_utf8_validate(leaf(message, i + 1)->name, -1, NULL));
    }
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/mail/parse/tree", test_tree);
  g_test_add_func("/mail/parse/broken-frames", test_broken_frames);
  g_test_add_func("/mail/parse/broken-header-notice", test_broken_header_notice);
  g_test_add_func("/mail/parse/file-names", test_file_names);
  g_test_add_func("/mail/parse/nuls", test_nuls);
  g_test_add_func("/mail/parse/flowed", test_flowed);
  g_test_add_func("/mail/parse/text-cut-and-override", test_text_cut_and_override);
  g_test_add_func("/mail/parse/part-write", test_part_write);
  g_test_add_func("/mail/parse/open-refuses", test_open_refuses);
  g_test_add_func("/mail/parse/refused", test_refused);
  g_test_add_func("/mail/parse/many-headers", test_many_headers);
  g_test_add_func("/mail/parse/large-attachment", test_large_attachment);
  g_test_add_func("/mail/parse/cut-and-changed", test_cut_and_changed);
  return g_test_run();
}
