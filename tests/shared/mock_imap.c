/* Sessions with a scripted IMAP server. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/shared/mock_imap.h"

#include <string.h>
#include "base/err.h"

FbkImap *mock_imap_connect(const MockServer *server, FbkSecurity security, GCancellable *cancellable,
                           GError **err)
{
  guint16 port = security == FBK_SECURITY_TLS ? 993 : 143;
  g_autoptr(FbkNet) net = mock_server_net(server, MOCK_IMAP_HOST, port);
  g_autoptr(FbkServer) entry = fbk_server_new(FBK_PROTOCOL_IMAP, MOCK_IMAP_HOST, port, security);
  return fbk_imap_connect(net, entry, NULL, cancellable, err);
}

gboolean mock_imap_sign_in(FbkImap *imap, const char *password, GError **err)
{
  g_autoptr(FbkSecret) secret = fbk_secret_new();
  g_assert_true(fbk_secret_append(secret, password, strlen(password)));
  return fbk_imap_sign_in(imap, MOCK_IMAP_USER, secret, NULL, err);
}

FbkImap *mock_imap_open(const MockServer *server, GError **err)
{
  g_autoptr(FbkImap) imap = mock_imap_connect(server, FBK_SECURITY_TLS, NULL, err);
  if (imap == NULL || !mock_imap_sign_in(imap, MOCK_IMAP_PASSWORD, err))
    return NULL;
  return g_steal_pointer(&imap);
}

FbkImap *mock_imap_open_inbox(const MockServer *server, GError **err)
{
  g_autoptr(FbkImap) imap = mock_imap_open(server, err);
  FbkImapMailbox mailbox;
  if (imap == NULL || !fbk_imap_examine(imap, "INBOX", &mailbox, err))
    return NULL;
  return g_steal_pointer(&imap);
}

static gboolean keep_piece(gpointer data, guint index, const char *bytes, gsize len, GError **err)
{
  MockKept *kept = data;
  g_assert_cmpuint(index, <, G_N_ELEMENTS(kept->bodies));
  g_assert_false(kept->done[index] || kept->absent[index]);
  if (kept->full) {
    fbk_error_set(err, FBK_ERR_NO_SPACE, "full");
    return FALSE;
  }
  if (kept->bodies[index] == NULL)
    kept->bodies[index] = g_string_new(NULL);
  g_string_append_len(kept->bodies[index], bytes, (gssize)len);
  return TRUE;
}

static gboolean keep_done(gpointer data, guint index, guint flags, GError **err)
{
  MockKept *kept = data;
  (void)err;
  g_assert_cmpuint(index, <, G_N_ELEMENTS(kept->bodies));
  g_assert_false(kept->done[index] || kept->absent[index]);
  kept->done[index] = TRUE;
  kept->flags[index] = flags;
  kept->order[kept->ended++] = index;
  if (kept->bodies[index] == NULL)
    kept->bodies[index] = g_string_new(NULL);
  return TRUE;
}

static gboolean keep_absent(gpointer data, guint index, GError **err)
{
  MockKept *kept = data;
  (void)err;
  g_assert_cmpuint(index, <, G_N_ELEMENTS(kept->bodies));
  g_assert_false(kept->done[index] || kept->absent[index]);
  kept->absent[index] = TRUE;
  kept->order[kept->ended++] = index;
  return TRUE;
}

FbkImapSink mock_kept_sink(MockKept *kept)
{
  return (FbkImapSink){keep_piece, keep_done, keep_absent, kept};
}

void mock_kept_clear(MockKept *kept)
{
  for (guint i = 0; i < G_N_ELEMENTS(kept->bodies); i++)
    if (kept->bodies[i] != NULL)
      g_string_free(kept->bodies[i], TRUE);
  memset(kept, 0, sizeof *kept);
}
