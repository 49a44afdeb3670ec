/* Loads the rule lists from the program's resources. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/lists.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  FbkFold *folds; /* sorted by letter */
  guint fold_count;
  GHashTable *redirectors, *tenants, *closed, *words;
  gsize longest_word;
  GPtrArray *credential[3]; /* char *, longest first, NULL at the end */
} Lists;

static void each_line(const char *name, void (*take)(Lists *, char *), Lists *lists)
{
  g_autofree char *path = g_strconcat("/fubako/data/", name, NULL);
  g_autoptr(GBytes) bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert(bytes); /* the build puts it there */
  gsize len;
  const char *data = g_bytes_get_data(bytes, &len);
  g_autofree char *text = g_strndup(data, len);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    char *line = g_strchomp(lines[i]);
    if (*line && *line != '#')
      take(lists, line);
  }
}

static void take_fold(Lists *lists, char *line)
{
  g_auto(GStrv) fields = g_strsplit(line, "\t", 5);
  g_assert(g_strv_length(fields) >= 4);
  FbkFold *fold = &lists->folds[lists->fold_count++];
  fold->letter = (gunichar)strtoul(fields[0], NULL, 16);
  g_strlcpy(fold->fold, fields[1], sizeof fold->fold);
  fold->strong = strcmp(fields[2], "strong") == 0;
  fold->latin = strcmp(fields[3], "Latn") == 0;
}

static void count_fold(Lists *lists, char *line)
{
  (void)line;
  lists->fold_count++;
}

static void take_redirector(Lists *lists, char *line)
{
  g_hash_table_add(lists->redirectors, g_strdup(line));
}

static void take_tenant(Lists *lists, char *line)
{
  g_hash_table_add(lists->tenants, g_strdup(line));
}

static void take_closed(Lists *lists, char *line)
{
  g_hash_table_add(lists->closed, g_strdup(line));
}

static void take_word(Lists *lists, char *line)
{
  g_hash_table_add(lists->words, g_strdup(line));
  lists->longest_word = MAX(lists->longest_word, strlen(line));
}

static int by_letter(const void *left, const void *right)
{
  gunichar a = ((const FbkFold *)left)->letter, b = ((const FbkFold *)right)->letter;
  return a < b ? -1 : a > b;
}

static int longest_first(const void *left, const void *right)
{
  gsize a = strlen(*(char *const *)left), b = strlen(*(char *const *)right);
  return a > b ? -1 : a < b;
}

static void take_credential(Lists *lists, char *line)
{
  g_assert(line[0] >= 'A' && line[0] <= 'C' && line[1] == '\t');
  g_ptr_array_add(lists->credential[line[0] - 'A'], g_strdup(line + 2));
}

static Lists *load(void)
{
  Lists *lists = g_new0(Lists, 1); /* lives as long as the program */
  each_line("fold.tsv", count_fold, lists);
  lists->folds = g_new0(FbkFold, lists->fold_count);
  lists->fold_count = 0;
  each_line("fold.tsv", take_fold, lists);
  qsort(lists->folds, lists->fold_count, sizeof(FbkFold), by_letter);

  lists->redirectors = g_hash_table_new(g_str_hash, g_str_equal);
  lists->tenants = g_hash_table_new(g_str_hash, g_str_equal);
  lists->closed = g_hash_table_new(g_str_hash, g_str_equal);
  lists->words = g_hash_table_new(g_str_hash, g_str_equal);
  each_line("redirectors.txt", take_redirector, lists);
  each_line("tenants.txt", take_tenant, lists);
  each_line("closed-suffixes.txt", take_closed, lists);
  each_line("brand-words.txt", take_word, lists);

  for (int i = 0; i < 3; i++)
    lists->credential[i] = g_ptr_array_new();
  each_line("credential-words.txt", take_credential, lists);
  for (int i = 0; i < 3; i++) {
    GPtrArray *sort = lists->credential[i];
    qsort(sort->pdata, sort->len, sizeof(gpointer), longest_first);
    g_ptr_array_add(sort, NULL);
  }
  return lists;
}

static const Lists *shipped(void)
{
  static gsize once;
  if (g_once_init_enter(&once))
    g_once_init_leave(&once, (gsize)load());
  return (const Lists *)once;
}

const FbkFold *fbk_lists_fold(gunichar letter)
{
  const Lists *lists = shipped();
  FbkFold key = {.letter = letter};
  return bsearch(&key, lists->folds, lists->fold_count, sizeof(FbkFold), by_letter);
}

gboolean fbk_lists_covers(GHashTable *set, const char *host)
{
  while (host) {
    if (g_hash_table_contains(set, host))
      return TRUE;
    host = strchr(host, '.');
    if (host)
      host++;
  }
  return FALSE;
}

gboolean fbk_lists_redirector(const char *host)
{
  return fbk_lists_covers(shipped()->redirectors, host);
}

gboolean fbk_lists_tenant(const char *host)
{
  const char *parent = strchr(host, '.');
  return parent && fbk_lists_covers(shipped()->tenants, parent + 1);
}

gboolean fbk_lists_closed(const char *suffix)
{
  return g_hash_table_contains(shipped()->closed, suffix);
}

gboolean fbk_lists_word_chain(const char *text, gsize len)
{
  const Lists *lists = shipped();
  char word[64];
  gsize most = MIN(lists->longest_word, sizeof word - 1);
  g_autofree guint8 *reached = g_malloc0(len + 1); /* a chain ends before text[i] */
  reached[0] = 1;
  for (gsize i = 0; i < len; i++) {
    if (!reached[i])
      continue;
    for (gsize n = 1; n <= most && i + n <= len; n++) {
      memcpy(word, text + i, n);
      word[n] = '\0';
      if (g_hash_table_contains(lists->words, word))
        reached[i + n] = 1;
    }
  }
  return reached[len];
}

const char *const *fbk_lists_credential(char sort)
{
  g_assert(sort >= 'A' && sort <= 'C');
  return (const char *const *)shipped()->credential[sort - 'A']->pdata;
}
