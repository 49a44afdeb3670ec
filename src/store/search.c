/* Asks the notmuch database. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/search.h"

#include <glib/gi18n.h>
#include <notmuch.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/paths.h"

#define QUERY_CAP 65536
#define NESTING_CAP 100 /* the library's and the C library's parsers call themselves for each level */
#define TRIES 3
#define FILES_CAP 50 /* of one message */

/* MOVED: a writer has changed the database under us twice; look again. */
typedef enum { GOOD, MOVED, FAILED } Outcome;

static gboolean query_is_sane(const char *query, GError **err)
{
  int level = 0, deepest = 0;
  for (const char *at = query; *at != '\0'; at++) {
    level += *at == '(' ? 1 : *at == ')' ? -1 : 0;
    deepest = MAX(deepest, level);
  }
  if (strlen(query) > QUERY_CAP || deepest > NESTING_CAP) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("This search is too long; use fewer words."));
    return FALSE;
  }
  if (!g_utf8_validate(query, -1, NULL)) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("This search is not in UTF-8; check the terminal's settings."));
    return FALSE;
  }
  return TRUE;
}

static notmuch_database_t *open_index(const char *mail_root, GError **err)
{
  notmuch_database_t *database = NULL;
  char *words = NULL;
  g_autofree char *directory = g_build_filename(mail_root, ".notmuch", NULL);
  g_assert(g_strcmp0(fbk_paths_environment("XAPIAN_CJK_NGRAM"), "1") == 0);
  if (!g_file_test(directory, G_FILE_TEST_EXISTS)) {
    fbk_error_set(err, FBK_ERR_NOT_FOUND,
                  _("There is no search index yet; it is made while mail is fetched."));
    return NULL;
  }
  notmuch_status_t status = notmuch_database_open_with_config(mail_root, NOTMUCH_DATABASE_MODE_READ_ONLY, "",
                                                              NULL, &database, &words);
  if (status != NOTMUCH_STATUS_SUCCESS) {
    fbk_log("search", "notmuch status %d: %s", (int)status, words != NULL ? words : "");
    fbk_error_set(
        err, FBK_ERR_DENIED,
        _("The search index %s cannot be read: it is damaged, protected, or made by another version of "
          "notmuch. Mail can be read all the same; move that directory away to have the index built "
          "anew."),
        directory);
    if (database != NULL)
      notmuch_database_destroy(database);
    database = NULL;
  }
  free(words);
  return database;
}

/* What an exception meant: only notmuch's words tell. */
static Outcome exception(notmuch_database_t *database, GError **err)
{
  const char *words = notmuch_database_status_string(database);
  fbk_log("search", "notmuch: %s", words != NULL ? words : "");
  if (words != NULL && strstr(words, "parsing query") != NULL) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("This search cannot be understood; check quotes, brackets, \"and\" and \"or\"."));
    return FAILED;
  }
  return MOVED;
}

static const char *copied(FbkHits *hits, const char *text)
{
  return g_string_chunk_insert(hits->arena, text != NULL ? text : "");
}

static const char *below_root(const char *mail_root, const char *file)
{
  gsize root_len = strlen(mail_root);
  if (strncmp(file, mail_root, root_len) == 0)
    file += root_len;
  while (*file == '/')
    file++;
  return file;
}

/* NULL when the database has moved on. */
static char **take_files(FbkHits *hits, const char *mail_root, notmuch_message_t *message)
{
  notmuch_filenames_t *names = notmuch_message_get_filenames(message);
  g_autoptr(GPtrArray) files = g_ptr_array_new();
  for (; names != NULL && notmuch_filenames_valid(names) && files->len < FILES_CAP;
       notmuch_filenames_move_to_next(names))
    g_ptr_array_add(files, (char *)copied(hits, below_root(mail_root, notmuch_filenames_get(names))));
  if (names != NULL)
    notmuch_filenames_destroy(names);
  if (files->len == 0)
    return NULL;
  g_ptr_array_add(files, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&files), FALSE);
}

static void clear_hit(gpointer data)
{
  g_free(((FbkHit *)data)->files); /* the strings are in the arena */
}

/* message-id, from and subject are values that the database keeps by themselves; others would cost a read of
 * the file. */
static Outcome take_hit(FbkHits *hits, const char *mail_root, notmuch_message_t *message)
{
  const char *message_id = notmuch_message_get_header(message, "message-id");
  const char *from = notmuch_message_get_header(message, "from");
  const char *subject = notmuch_message_get_header(message, "subject");
  if (message_id == NULL || from == NULL || subject == NULL)
    return MOVED;
  char **files = take_files(hits, mail_root, message);
  if (files == NULL)
    return MOVED;
  FbkHit hit = {.message_id = copied(hits, message_id),
                .from = copied(hits, from),
                .subject = copied(hits, subject),
                .file = files[0],
                .files = files,
                .date = (gint64)notmuch_message_get_date(message)};
  g_array_append_val(hits->hits, hit);
  return GOOD;
}

/* All are counted (a step is cheap), those of the page are copied out. */
static Outcome walk(FbkHits *hits, const char *mail_root, notmuch_messages_t *messages, guint offset,
                    guint limit, GCancellable *cancellable, GError **err)
{
  for (; notmuch_messages_valid(messages); notmuch_messages_move_to_next(messages)) {
    if (fbk_cancelled(cancellable, err))
      return FAILED;
    guint at = hits->total++;
    if (at < offset || at - offset >= limit)
      continue;
    notmuch_message_t *message = notmuch_messages_get(messages);
    Outcome outcome = message != NULL ? take_hit(hits, mail_root, message) : MOVED;
    if (message != NULL)
      notmuch_message_destroy(message);
    if (outcome != GOOD)
      return outcome;
  }
  return GOOD;
}

static Outcome search_once(FbkHits *hits, notmuch_database_t *database, const char *query, guint offset,
                           guint limit, GCancellable *cancellable, GError **err)
{
  notmuch_messages_t *messages = NULL;
  notmuch_query_t *asked = notmuch_query_create(database, query);
  if (asked == NULL)
    return MOVED;
  notmuch_query_set_sort(asked, NOTMUCH_SORT_NEWEST_FIRST);
  notmuch_query_set_omit_excluded(asked, NOTMUCH_EXCLUDE_FALSE);
  notmuch_status_t status = notmuch_query_search_messages(asked, &messages);
  Outcome outcome = status == NOTMUCH_STATUS_SUCCESS ? walk(hits, notmuch_database_get_path(database),
                                                            messages, offset, limit, cancellable, err)
                                                     : exception(database, err);
  notmuch_query_destroy(asked);
  return outcome;
}

static FbkHits *hits_new(void)
{
  FbkHits *hits = g_new0(FbkHits, 1);
  hits->hits = g_array_new(FALSE, FALSE, sizeof(FbkHit));
  g_array_set_clear_func(hits->hits, clear_hit);
  hits->arena = g_string_chunk_new(4096);
  return hits;
}

FbkHits *fbk_search(const char *mail_root, const char *query, guint offset, guint limit,
                    GCancellable *cancellable, GError **err)
{
  if (!query_is_sane(query, err))
    return NULL;
  for (int i = 0; i < TRIES; i++) {
    if (fbk_cancelled(cancellable, err))
      return NULL;
    notmuch_database_t *database = open_index(mail_root, err);
    if (database == NULL)
      return NULL;
    g_autoptr(FbkHits) hits = hits_new();
    Outcome outcome = search_once(hits, database, query, offset, limit, cancellable, err);
    notmuch_database_destroy(database);
    if (outcome == GOOD)
      return g_steal_pointer(&hits);
    if (outcome == FAILED)
      return NULL;
  }
  fbk_error_set(err, FBK_ERR_CONFLICT, _("The search index is being changed or is damaged; try again."));
  return NULL;
}

void fbk_hits_free(FbkHits *hits)
{
  if (hits == NULL)
    return;
  g_array_unref(hits->hits);
  g_string_chunk_free(hits->arena);
  g_free(hits);
}
