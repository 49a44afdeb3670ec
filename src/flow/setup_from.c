/* Pre-fills a setup from another mail program's file. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/setup_from.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "mail/host.h"
#include "store/profile_write.h"

static const char *const words[] = {"imap", "pop", "smtp"};

static FbkClientConfig *read_config(const char *path, const char *format, GError **err)
{
  FbkClient client = format ? fbk_client_named(format) : FBK_CLIENT_UNKNOWN;
  if (format && client == FBK_CLIENT_UNKNOWN) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("--from-format is mutt, neomutt, aerc, alpine or mbsync, not \"%s\"."), format);
    return NULL;
  }
  /* It may name a command that is going to be run. */
  if (!g_str_equal(path, "-") && !fbk_file_check_private(path, FALSE, err))
    return NULL;
  gsize len = 0;
  g_autofree char *text = fbk_file_read(path, FBK_CLIENT_CONFIG_CAP, &len, err);
  if (!text)
    return NULL;
  if (client == FBK_CLIENT_UNKNOWN)
    client = fbk_client_recognise(text, len);
  if (client == FBK_CLIENT_UNKNOWN) {
    fbk_error_set(
        err, FBK_ERR_BAD_INPUT,
        _("%s does not look like a file of mutt, aerc, alpine or mbsync. --from-format says which it "
          "is; `fubako profile import` reads profiles."),
        path);
    return NULL;
  }
  return fbk_client_config_read(client, path, text, len, err);
}

/* --- the profile --- */

static gboolean has_host(const FbkProfile *profile, const FbkServer *server)
{
  const FbkServer *offered = fbk_profile_server(profile, server->protocol, 0);
  return offered && !g_ascii_strcasecmp(offered->host, server->host);
}

static const FbkProfile *profile_with(const FbkHome *home, const FbkServer *server)
{
  for (guint i = 0; i < home->profiles->len; i++)
    if (has_host(home->profiles->pdata[i], server))
      return home->profiles->pdata[i];
  return NULL;
}

/* A name that no profile has, from the domain. */
static char *free_name(const FbkHome *home, const char *domain)
{
  g_autofree char *name = fbk_profile_make_name(domain);
  g_autofree char *stem = g_strndup(name, 28);
  for (guint number = 2; fbk_profile_find(home->profiles, name); number++) {
    g_free(name);
    name = g_strdup_printf("%s-%u", stem, number);
  }
  return g_steal_pointer(&name);
}

static FbkProfile *parse(const char *path, const char *text, GError **err)
{
  g_autoptr(FbkIni) ini = fbk_ini_parse(path, text, strlen(text), err);
  return ini ? fbk_profile_parse(ini, err) : NULL;
}

/* Its guard stays empty: the domain may be one that everybody has an address of. */
static gboolean make_by_hand(const FbkHome *home, const char *path, FbkSetupFrom *from, GError **err)
{
  const FbkClientConfig *config = from->config;
  g_autoptr(FbkProfileDraft) draft = fbk_profile_draft_new();
  const char *at = config->address ? strrchr(config->address, '@') : NULL;
  draft->mail_domain = g_strdup(at ? at + 1 : fbk_host_registrable(config->incoming->host));
  draft->name = free_name(home, draft->mail_domain);
  draft->title = g_strdup(draft->mail_domain);
  draft->user_kind = config->user && strchr(config->user, '@') ? FBK_USER_ADDRESS : FBK_USER_ID;
  fbk_profile_draft_add(draft, fbk_server_copy(config->incoming));
  if (config->outgoing)
    fbk_profile_draft_add(draft, fbk_server_copy(config->outgoing));
  from->by_hand_text = fbk_profile_draft_text(draft);
  from->by_hand = parse(path, from->by_hand_text, err);
  from->profile = from->by_hand;
  return from->by_hand != NULL;
}

/* "imap:143" where the profile has that; else what it recommends, with a note. */
static char *choice(const char *path, const FbkSetupFrom *from, const FbkServer *server)
{
  if (!server)
    return NULL;
  const FbkServer *offered = fbk_profile_server(from->profile, server->protocol, server->port);
  if (offered && has_host(from->profile, server))
    return g_strdup_printf("%s:%u", words[server->protocol], server->port);
  g_ptr_array_add(from->config->notes,
                  g_strdup_printf(_("%s: %s:%u is not what profile '%s' offers; its own server is used"),
                                  path, server->host, server->port, from->profile->name));
  return NULL;
}

FbkSetupFrom *fbk_setup_from_file(const FbkHome *home, const char *path, const char *format,
                                  const FbkProfile *profile, GError **err)
{
  g_autoptr(FbkSetupFrom) from = g_new0(FbkSetupFrom, 1);
  from->config = read_config(path, format, err);
  if (!from->config)
    return NULL;
  from->profile = profile ? profile : profile_with(home, from->config->incoming);
  if (!from->profile && !make_by_hand(home, path, from, err))
    return NULL;
  from->incoming = choice(path, from, from->config->incoming);
  from->outgoing = choice(path, from, from->config->outgoing);
  return g_steal_pointer(&from);
}

/* --- keeping it --- */

gboolean fbk_setup_from_keep(const FbkHome *home, FbkSetupFrom *from, GError **err)
{
  if (!from->by_hand)
    return TRUE;
  g_autofree char *directory = g_build_filename(home->paths->config, "profiles", NULL);
  g_autoptr(FbkProfile) saved = fbk_profile_save(directory, home->profiles, from->by_hand->name,
                                                 from->by_hand_text, strlen(from->by_hand_text), FALSE, err);
  if (saved)
    from->kept_path = g_strdup(saved->path);
  return saved != NULL;
}

void fbk_setup_from_forget(FbkSetupFrom *from)
{
  if (from->kept_path)
    g_unlink(from->kept_path);
  g_clear_pointer(&from->kept_path, g_free);
}

void fbk_setup_from_free(FbkSetupFrom *from)
{
  if (!from)
    return;
  fbk_client_config_free(from->config);
  fbk_profile_free(from->by_hand);
  g_free(from->by_hand_text);
  g_free(from->incoming);
  g_free(from->outgoing);
  g_free(from->kept_path);
  g_free(from);
}
