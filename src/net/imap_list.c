/* Folders: LIST, their names, and what they are for. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/imap_private.h"

#include <string.h>
#include <glib/gi18n.h>
#include "base/log.h"
#include "mail/utf7.h"

#define FOLDERS_MAX 20000
#define PATH_MAX_BYTES 4096
#define LIST_BUDGET (16 * 1024 * 1024)
#define LIST_SECONDS 300

typedef struct {
  GPtrArray *folders;
  GHashTable *paths; /* borrowed from folders: a server may name one twice */
  guint skipped;
} Listing;

/* RFC 6154, and what XLIST called them before. */
static const struct {
  const char *flag;
  FbkRole role;
} flags[] = {
    {"Drafts", FBK_ROLE_DRAFTS}, {"Sent", FBK_ROLE_SENT},       {"Archive", FBK_ROLE_ARCHIVE},
    {"Junk", FBK_ROLE_JUNK},     {"Trash", FBK_ROLE_TRASH},     {"All", FBK_ROLE_ALL},
    {"AllMail", FBK_ROLE_ALL},   {"Flagged", FBK_ROLE_FLAGGED}, {"Starred", FBK_ROLE_FLAGGED},
    {"Spam", FBK_ROLE_JUNK},
};

/* Names that servers and clients give these folders where no flag tells; folded. */
static const struct {
  const char *name;
  FbkRole role;
} names[] = {
    {"drafts", FBK_ROLE_DRAFTS},
    {"draft", FBK_ROLE_DRAFTS},
    {"下書き", FBK_ROLE_DRAFTS},
    {"sent", FBK_ROLE_SENT},
    {"sent items", FBK_ROLE_SENT},
    {"sent messages", FBK_ROLE_SENT},
    {"sent mail", FBK_ROLE_SENT},
    {"送信済み", FBK_ROLE_SENT},
    {"送信済みアイテム", FBK_ROLE_SENT},
    {"送信済みメール", FBK_ROLE_SENT},
    {"送信済みトレイ", FBK_ROLE_SENT},
    {"送信控え", FBK_ROLE_SENT},
    {"trash", FBK_ROLE_TRASH},
    {"deleted items", FBK_ROLE_TRASH},
    {"deleted messages", FBK_ROLE_TRASH},
    {"ゴミ箱", FBK_ROLE_TRASH},
    {"ごみ箱", FBK_ROLE_TRASH},
    {"削除済みアイテム", FBK_ROLE_TRASH},
    {"junk", FBK_ROLE_JUNK},
    {"spam", FBK_ROLE_JUNK},
    {"junk e-mail", FBK_ROLE_JUNK},
    {"junk email", FBK_ROLE_JUNK},
    {"bulk mail", FBK_ROLE_JUNK},
    {"迷惑メール", FBK_ROLE_JUNK},
    {"archive", FBK_ROLE_ARCHIVE},
    {"archives", FBK_ROLE_ARCHIVE},
    {"アーカイブ", FBK_ROLE_ARCHIVE},
};

static gboolean has_flag(const FbkImapListed *listed, const char *flag)
{
  for (guint i = 0; i < listed->flags->len; i++)
    if (g_ascii_strcasecmp(g_ptr_array_index(listed->flags, i), flag) == 0)
      return TRUE;
  return FALSE;
}

static FbkRole role_by_flag(const FbkImapListed *listed)
{
  for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
    if (has_flag(listed, flags[i].flag))
      return flags[i].role;
  return FBK_ROLE_NONE;
}

static FbkRole role_by_name(const FbkFolder *folder)
{
  const char *leaf = folder->name;
  if (folder->delimiter != '\0') {
    const char *cut = strrchr(folder->name, folder->delimiter);
    /* Deep down such a name is the person's own ("projects/2019/sent"): only beside or under the inbox. */
    if (cut != NULL && strchr(folder->name, folder->delimiter) != cut)
      return FBK_ROLE_NONE;
    if (cut != NULL && !(cut - folder->name == 5 && g_ascii_strncasecmp(folder->name, "INBOX", 5) == 0))
      return FBK_ROLE_NONE;
    leaf = cut != NULL ? cut + 1 : leaf;
  }
  g_autofree char *normal = g_utf8_normalize(leaf, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *folded = normal != NULL ? g_utf8_casefold(normal, -1) : NULL;
  for (guint i = 0; folded != NULL && i < G_N_ELEMENTS(names); i++)
    if (strcmp(folded, names[i].name) == 0)
      return names[i].role;
  return FBK_ROLE_NONE;
}

/* Controls of ASCII and of Latin-1 alike: no folder needs them, and no terminal must see them. */
static gboolean has_controls(const char *utf8)
{
  for (const char *at = utf8; *at != '\0'; at = g_utf8_next_char(at))
    if (g_unichar_iscntrl(g_utf8_get_char(at)))
      return TRUE;
  return FALSE;
}

/* The name as people read it; where the server's bytes are not what RFC 3501 wants, the bytes themselves. */
static char *readable(const char *path)
{
  char *name = fbk_utf7_decode(path);
  return name != NULL ? name : g_utf8_make_valid(path, -1);
}

static gboolean take_folder(FbkImap *imap, gpointer user, const GString *line, GError **err)
{
  Listing *listing = user;
  g_auto(FbkImapListed) listed = {0};
  if (listing->folders->len >= FOLDERS_MAX)
    return fbk_imap_die_of(imap, FBK_ERR_TOO_BIG, err, _("%s lists more than %d folders."),
                           fbk_stream_host(imap->stream), FOLDERS_MAX);
  if (!fbk_imap_parse_list(imap->parser, line, &listed)) {
    listing->skipped++;
    return TRUE;
  }
  g_autofree char *name = readable(listed.name);
  if (*name == '\0' || strlen(listed.name) > PATH_MAX_BYTES || has_controls(name) ||
      g_hash_table_contains(listing->paths, listed.name)) {
    listing->skipped++;
    return TRUE;
  }
  FbkFolder *folder = g_new0(FbkFolder, 1);
  folder->name = g_steal_pointer(&name);
  folder->path = g_steal_pointer(&listed.name);
  folder->delimiter = g_ascii_isprint(listed.delimiter) ? listed.delimiter : '\0';
  folder->selectable = !has_flag(&listed, "Noselect") && !has_flag(&listed, "NonExistent");
  folder->role = g_ascii_strcasecmp(folder->path, "INBOX") == 0 ? FBK_ROLE_INBOX : role_by_flag(&listed);
  g_ptr_array_add(listing->folders, folder);
  g_hash_table_add(listing->paths, folder->path);
  return TRUE;
}

/* Each role goes to one folder: by flag where any has it, else by name; the first one wins. */
static void settle_roles(GPtrArray *folders)
{
  gboolean taken[FBK_ROLE_FLAGGED + 1] = {FALSE};
  for (guint i = 0; i < folders->len; i++) {
    FbkFolder *folder = g_ptr_array_index(folders, i);
    if (!folder->selectable || taken[folder->role])
      folder->role = FBK_ROLE_NONE;
    taken[folder->role] = folder->role != FBK_ROLE_NONE;
  }
  for (guint i = 0; i < folders->len; i++) {
    FbkFolder *folder = g_ptr_array_index(folders, i);
    if (folder->role != FBK_ROLE_NONE || !folder->selectable)
      continue;
    FbkRole role = role_by_name(folder);
    if (role != FBK_ROLE_NONE && !taken[role]) {
      folder->role = role;
      taken[role] = TRUE;
    }
  }
}

static void put_inbox_first(GPtrArray *folders)
{
  for (guint i = 1; i < folders->len; i++) {
    FbkFolder *folder = g_ptr_array_index(folders, i);
    if (folder->role != FBK_ROLE_INBOX)
      continue;
    memmove(folders->pdata + 1, folders->pdata, i * sizeof *folders->pdata);
    folders->pdata[0] = folder;
  }
}

static gboolean ask(FbkImap *imap, Listing *listing, GError **err)
{
  const FbkImapHearer hearer = {.word = "LIST", .data = take_folder, .user = listing};
  /* Asked for, the flags come from every server that has them; a plain LIST may leave them out. */
  gboolean extended = fbk_imap_has(imap, "LIST-EXTENDED") && fbk_imap_has(imap, "SPECIAL-USE");
  fbk_imap_set_budget(imap, LIST_BUDGET, LIST_SECONDS);
  return fbk_imap_send(imap, err, "LIST \"\" \"*\"%s", extended ? " RETURN (SPECIAL-USE)" : "") &&
         fbk_imap_await(imap, imap->tag, &hearer, err) && fbk_imap_accepted(imap, err);
}

GPtrArray *fbk_imap_list(FbkImap *imap, GError **err)
{
  g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func((GDestroyNotify)fbk_folder_free);
  g_autoptr(GHashTable) paths = g_hash_table_new(g_str_hash, g_str_equal);
  Listing listing = {folders, paths, 0};
  if (!ask(imap, &listing, err))
    return NULL;
  if (listing.skipped > 0)
    fbk_log("imap", "%s: %u folders passed over, for their names or their answers cannot be used",
            fbk_stream_host(imap->stream), listing.skipped);
  settle_roles(folders);
  put_inbox_first(folders);
  return g_steal_pointer(&folders);
}
