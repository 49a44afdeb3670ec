/* Folder names in modified UTF-7. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/utf7.h"

static const struct {
  const char *path, *name; /* NULL: not well-formed */
} rows[] = {
    {"", ""},
    {"INBOX", "INBOX"},
    {"a&-b", "a&b"},
    {"&-&-", "&&"},
    {"&ZeVnLIqe-", "日本語"},
    {"&U,BTFw-", "台北"}, /* RFC 3501 5.1.3 */
    {"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"},
    {"&kAFP4W4IMH8-", "送信済み"},
    {"&2ELft5HOW7Y-", "𠮷野家"}, /* a pair of surrogates */
    {"&AOkA6Q-x", "ééx"},
    {"&AEE-", "A"}, /* needless, but some servers do it */
    {"&", NULL},
    {"a&b", NULL},
    {"&ZeVnLIqe", NULL},  /* not ended */
    {"&AAA-", NULL},      /* U+0000 */
    {"&2EI-", NULL},      /* half a pair */
    {"&37fYQg-", NULL},   /* a pair the wrong way round */
    {"&AOl-", NULL},      /* padding that is not zero */
    {"&AOkA-", NULL},     /* half a letter */
    {"&ZeVn/Iqe-", NULL}, /* "/" belongs to another base64 */
    {"\xe6\x97\xa5", NULL},
    {"a\tb", NULL},
};

static void test_decode(void)
{
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *name = fbk_utf7_decode(rows[i].path);
    g_assert_cmpstr(name, ==, rows[i].name);
    g_assert_true(name == NULL || g_utf8_validate(name, -1, NULL));
  }
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/utf7/decode", test_decode);
  return g_test_run();
}
