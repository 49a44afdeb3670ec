/* What may reach GMime and libnotmuch, and what may not. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/parse.h"

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"

static void repeat(GString *text, const char *unit, gsize count)
{
  for (gsize i = 0; i < count; i++)
    g_string_append(text, unit);
}

/* before + unit * count + after */
typedef struct {
  const char *before, *unit;
  gsize count;
  const char *after;
  gboolean safe;
} Row;

static void check(const char *bytes, gsize len, gboolean safe)
{
  g_autofree char *reason = NULL;
  gboolean answer = fbk_prescan_bytes(bytes, len, &reason);
  if (answer != safe)
    g_test_message("%.60s", bytes);
  g_assert_cmpint(answer, ==, safe);
  g_assert_cmpint(reason == NULL, ==, safe);
}

static void check_rows(const Row *rows, gsize count)
{
  for (gsize i = 0; i < count; i++) {
    g_autoptr(GString) mail = g_string_new(rows[i].before);
    repeat(mail, rows[i].unit, rows[i].count);
    g_string_append(mail, rows[i].after);
    check(mail->str, mail->len, rows[i].safe);
  }
}

static void test_sizes(void)
{
  static const Row rows[] = {
      {"", "", 0, "", TRUE},
      {"S: a\n\nbody\n", "", 0, "", TRUE},
      {"X: ", "y", 65000, "\n\nb", TRUE},
      {"X: ", "y", 66000, "\n\nb", FALSE},
      {"X: a", "\n y", 23000, "\n\nb", FALSE}, /* folded is still one field */
      {"", "X: 45678901234567890123456789012\n", 7900, "\nb", TRUE},
      {"", "X: 45678901234567890123456789012\n", 8200, "\nb", FALSE},
      {"X: ", "y", 3000000, "", FALSE},
      {"\n", "y", 3000000, "", TRUE}, /* one long line of body is harmless */
      {MIXED "--b\nX: ", "y", 66000, "\n\nx\n--b--\n", FALSE},
      {MIXED "--b\nContent-Type: message/rfc822\n\nX: ", "y", 66000, "\n\nx\n--b--\n", FALSE},
      {MIXED, "--b\na:\na:\na:\na:\na:\na:\na:\na:\na:\na:\na:\n\nx\n", 9990, "", FALSE}, /* fields in all */
      {MIXED, "text before the first part\n", 700000, "--b\n\nx\n--b--", FALSE},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_parts(void)
{
  static const Row rows[] = {
      {MIXED, "--b\n\nx\n", 9990, "--b--\n", TRUE},
      {MIXED, "--b\n\nx\n", 10001, "--b--\n", FALSE},
      {MIXED, "--b\n", 10001, "", FALSE}, /* without an empty line between */
      {MIXED "--b\n\n", "--other\n", 20000, "--b--\n", TRUE},
      {MIXED "--b\n\n", "-- \n", 20000, "--b--\n", TRUE},
      {"Content-Type: multipart/mixed; boundary=\"b\n\n", "--b\r\n\r\nx\r\n", 10001, "", FALSE},
      {"Content-Type: multipart/mixed; boundary*0=a;\n boundary*1=b\n\n", "--ab\n\nx\n", 10001, "", FALSE},
      {"Content-type : Multipart/Mixed (c) ; x=y; BOUNDARY = b\n\n", "--b \t\n\nx\n", 10001, "", FALSE},
      {"Content-Type: multipart/mixed; boundary=\"a\\b \"\n\n", "--ab \n\nx\n", 10001, "", FALSE},
      {"Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n", 10001, "",
       FALSE},
      {"Content-Type: multipart/mixed; boundary=\"=?utf-8?Q?b?=\"\n\n", "--b\n\nx\n", 10001, "", FALSE},
      {"From x\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n", 10001, "", FALSE},
      {"", "Content-Type: message/rfc822\n\n", 99, "x", TRUE},
      {"", "Content-Type: message/rfc822\n\n", 102, "x", FALSE},
      {"", "Content-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\n\n", 102, "x", FALSE},
      /* encoded, it is one file for GMime */
      {"", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n", 102, "x", TRUE},
      {"", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64 (x)\n\n", 102, "x", FALSE},
      {"Content-Type: multipart/digest; boundary=b\n\n", "--b\n\nS: a\n\nx\n", 4900, "--b--", TRUE},
      {"Content-Type: multipart/digest; boundary=b\n\n", "--b\n\nS: a\n\nx\n", 5100, "--b--", FALSE},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_depth(void)
{
  static const guint depths[] = {1, 99, 100, 101, 5000};
  for (gsize i = 0; i < G_N_ELEMENTS(depths); i++) {
    g_autoptr(GString) mail = g_string_new(NULL);
    for (guint depth = 0; depth < depths[i]; depth++)
      g_string_append_printf(mail, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", depth, depth);
    g_string_append(mail, "\nx\n");
    check(mail->str, mail->len, depths[i] <= 100);
  }
}

/* A level ends with its boundary: many messages side by side are not deep. */
static void test_levels_end(void)
{
  g_autoptr(GString) mail = g_string_new(MIXED);
  for (int i = 0; i < 500; i++)
    g_string_append(mail, "--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; "
                          "boundary=c\n\n--c\n\nx\n--c--\n");
  check(mail->str, mail->len, TRUE);
}

static void test_addresses(void)
{
  static const Row rows[] = {
      {"To: ", "g:", 200, "\n\nx", TRUE},
      {"To: ", "g:", 201, "\n\nx", FALSE},
      {"To: ", "(", 201, "\n\nx", FALSE},
      {"reply-to : a,", "\n g:", 201, "\n\nx", FALSE},
      {"Subject: ", ":(", 20000, "\n\nx", TRUE},
      {"To: ", "\"Tanaka (JAIST): staff\" <a@b>,", 1500, "a@b\n\nx", TRUE},
      /* the quote is in a comment, so it hides nothing from GMime */
      {"To: (\")", "g:", 20000, "(\")\n\nx", FALSE},
      {"To: ", "a@b,", 16000, "a@b\n\nx", TRUE},
      {"To: ", ";", 60000, "\n\nx", TRUE},
      {MIXED "--b\nContent-Type: message/rfc822\n\nCc: ", "g:", 300, "\n\nx\n--b--\n", FALSE},
      {"Subject: a\n\nFrom: ", "g:", 300, "\n", FALSE}, /* a body that GMime could come to read as a header */
      {MIXED "--b\nContent-Type: message/rfc822\n\n To: ", "g:", 300, "\n\nx\n--b--\n", FALSE},
      {"Subject: a\n\nFormula: ", "g:", 300, "\n", TRUE},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

/* Files: the same answers, whatever the place of the pieces in the reading window; no FIFO, link or
 * directory. */
static void test_files(void)
{
  g_autofree char *dir = g_dir_make_tmp("fubako-prescan-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(dir, "mail", NULL);
  static const gsize pads[] = {0, 130900, 130975, 131000, 131060, 131066, 131072, 200000};
  for (gsize i = 0; i < G_N_ELEMENTS(pads); i++) {
    for (int wrong = 0; wrong < 2; wrong++) {
      g_autoptr(GString) mail = g_string_new("Subject: a\n" MIXED "--b\n\n");
      repeat(mail, "y", pads[i]);
      g_string_append(mail, "\n--b\nContent-Type: message/rfc822\n\nTo: ");
      repeat(mail, "g:", wrong ? 201 : 100);
      g_string_append(mail, "\n\nx\n--b--\n");
      g_assert_true(g_file_set_contents(path, mail->str, (gssize)mail->len, NULL));
      g_autofree char *reason = NULL;
      g_assert_cmpint(fbk_prescan_file(path, &reason), ==, !wrong);
    }
  }
  g_autofree char *link = g_build_filename(dir, "link", NULL), *fifo = g_build_filename(dir, "fifo", NULL);
  g_assert_no_errno(symlink(path, link));
  g_assert_no_errno(mkfifo(fifo, 0600));
  const char *const refused[] = {link, fifo, dir, "/nonexistent/mail"};
  for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_autofree char *reason = NULL;
    g_assert_false(fbk_prescan_file(refused[i], &reason));
    g_assert_nonnull(reason);
  }
  g_unlink(fifo);
  g_unlink(link);
  g_unlink(path);
  g_rmdir(dir);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/mail/prescan/sizes", test_sizes);
  g_test_add_func("/mail/prescan/parts", test_parts);
  g_test_add_func("/mail/prescan/depth", test_depth);
  g_test_add_func("/mail/prescan/levels-end", test_levels_end);
  g_test_add_func("/mail/prescan/addresses", test_addresses);
  g_test_add_func("/mail/prescan/files", test_files);
  return g_test_run();
}
