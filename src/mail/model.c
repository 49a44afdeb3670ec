/* The nouns of mail: making, copying and freeing them. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/model.h"

#include <glib/gi18n.h>
#include <string.h>

FbkServer *fbk_server_new(FbkProtocol protocol, const char *host, guint16 port, FbkSecurity security)
{
  FbkServer *server = g_new0(FbkServer, 1);
  server->protocol = protocol;
  server->host = g_strdup(host);
  server->port = port;
  server->security = security;
  return server;
}

FbkServer *fbk_server_copy(const FbkServer *server)
{
  FbkServer *copy = fbk_server_new(server->protocol, server->host, server->port, server->security);
  copy->auth = server->auth;
  return copy;
}

void fbk_server_free(FbkServer *server)
{
  if (!server)
    return;
  g_free(server->host);
  g_free(server);
}

guint16 fbk_server_standard_port(FbkProtocol protocol, FbkSecurity security)
{
  static const guint16 ports[3][2] = {{993, 143}, {995, 110}, {465, 587}};
  return ports[protocol][security == FBK_SECURITY_STARTTLS];
}

const char *fbk_protocol_name(FbkProtocol protocol)
{
  static const char *const names[] = {"IMAP", "POP3", "SMTP"};
  return names[protocol];
}

FbkFolder *fbk_folder_copy(const FbkFolder *folder)
{
  FbkFolder *copy = g_new0(FbkFolder, 1);
  *copy = *folder;
  copy->name = g_strdup(folder->name);
  copy->path = g_strdup(folder->path);
  copy->dir = g_strdup(folder->dir);
  return copy;
}

void fbk_folder_free(FbkFolder *folder)
{
  if (!folder)
    return;
  g_free(folder->name);
  g_free(folder->path);
  g_free(folder->dir);
  g_free(folder);
}

const char *fbk_role_name(FbkRole role)
{
  static const char *const names[] = {"",         N_("Inbox"), N_("Drafts"),   N_("Sent"),   N_("Archive"),
                                      N_("Junk"), N_("Trash"), N_("All mail"), N_("Starred")};
  return *names[role] ? _(names[role]) : "";
}

FbkAddress *fbk_address_new(const char *name, const char *address)
{
  FbkAddress *made = g_new0(FbkAddress, 1);
  made->name = g_strdup(name ? name : "");
  made->address = g_strdup(address ? address : "");
  return made;
}

void fbk_address_free(FbkAddress *address)
{
  if (!address)
    return;
  g_free(address->name);
  g_free(address->address);
  g_free(address);
}

static GPtrArray *no_addresses(void)
{
  return g_ptr_array_new_with_free_func((GDestroyNotify)fbk_address_free);
}

FbkEnvelope *fbk_envelope_new(void)
{
  FbkEnvelope *envelope = g_new0(FbkEnvelope, 1);
  envelope->message_id = g_strdup("");
  envelope->in_reply_to = g_strdup("");
  envelope->references = g_new0(char *, 1);
  envelope->subject = g_strdup("");
  envelope->from = no_addresses();
  envelope->to = no_addresses();
  envelope->cc = no_addresses();
  envelope->reply_to = no_addresses();
  return envelope;
}

void fbk_envelope_free(FbkEnvelope *envelope)
{
  if (!envelope)
    return;
  g_free(envelope->message_id);
  g_free(envelope->in_reply_to);
  g_strfreev(envelope->references);
  g_free(envelope->subject);
  g_ptr_array_unref(envelope->from);
  g_ptr_array_unref(envelope->to);
  g_ptr_array_unref(envelope->cc);
  g_ptr_array_unref(envelope->reply_to);
  g_free(envelope);
}

FbkRows *fbk_rows_new(guint capacity)
{
  FbkRows *rows = g_new0(FbkRows, 1);
  rows->rows = g_new0(FbkRow, MAX(capacity, 1));
  rows->arena = g_string_chunk_new(4096);
  return rows;
}

void fbk_rows_free(FbkRows *rows)
{
  if (!rows)
    return;
  g_free(rows->rows);
  g_string_chunk_free(rows->arena);
  g_free(rows);
}

/* Letters in ASCII order, as the Maildir convention wants them. */
static const struct {
  char letter;
  guint flag;
} maildir_flags[] = {{'D', FBK_FLAG_DRAFT},    {'F', FBK_FLAG_FLAGGED}, {'P', FBK_FLAG_FORWARDED},
                     {'R', FBK_FLAG_ANSWERED}, {'S', FBK_FLAG_SEEN},    {'T', FBK_FLAG_DELETED}};

void fbk_flags_to_maildir(guint flags, char *out)
{
  for (gsize i = 0; i < G_N_ELEMENTS(maildir_flags); i++)
    if (flags & maildir_flags[i].flag)
      *out++ = maildir_flags[i].letter;
  *out = 0;
}

guint fbk_flags_from_maildir(const char *letters)
{
  guint flags = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(maildir_flags); i++)
    if (strchr(letters, maildir_flags[i].letter))
      flags |= maildir_flags[i].flag;
  return flags;
}
