/* Dot-unstuffing, whatever the pieces. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "net/unstuff.h"

static gboolean append_piece(gpointer data, const char *bytes, gsize len, GError **err)
{
  (void)err;
  g_string_append_len(data, bytes, (gssize)len);
  return TRUE;
}

/* The same message in pieces of every size, with the next answer behind it. */
static void test_pieces(void)
{
  static const char wire[] = "..a\r\nx\n.\r\ny\r\n.b\r\n.\rc\r\n.\n\r\n.\r\r\n\0\r\n..\r\n.\r\n+OK next\r\n";
  static const char text[] = ".a\r\nx\n.\r\ny\r\nb\r\n\rc\r\n\n\r\n\r\r\n\0\r\n.\r\n";
  gsize whole = sizeof wire - 1, answer = whole - strlen("+OK next\r\n");
  for (gsize piece = 1; piece <= whole; piece++) {
    g_autoptr(GString) out = g_string_new(NULL);
    FbkUnstuff unstuff = {0};
    gboolean ended = FALSE;
    gsize at = 0;
    while (!ended && at < whole) {
      gsize used, now = MIN(piece, whole - at);
      g_assert_true(fbk_unstuff(&unstuff, wire + at, now, append_piece, out, &used, &ended, NULL));
      g_assert_true(ended ? used <= now : used == now);
      at += used;
    }
    g_assert_true(ended);
    g_assert_cmpuint(at, ==, answer);
    g_assert_cmpmem(out->str, out->len, text, sizeof text - 1);
  }
}

static gboolean refuse_piece(gpointer data, const char *bytes, gsize len, GError **err)
{
  (void)data;
  (void)bytes;
  (void)len;
  g_set_error(err, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "full");
  return FALSE;
}

static void test_write_fails(void)
{
  static const char *const wires[] = {"text", "a\r\n..", "a\r\n.\rb"};
  for (gsize i = 0; i < G_N_ELEMENTS(wires); i++) {
    FbkUnstuff unstuff = {0};
    gboolean ended;
    gsize used;
    g_autoptr(GError) err = NULL;
    g_assert_false(
        fbk_unstuff(&unstuff, wires[i], strlen(wires[i]), refuse_piece, NULL, &used, &ended, &err));
    g_assert_error(err, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/net/unstuff/pieces", test_pieces);
  g_test_add_func("/net/unstuff/write-fails", test_write_fails);
  return g_test_run();
}
