/* How fast lists are: bench_list [COUNT ...], 10,000 messages when none is given. Beside mutt and neomutt,
 * where they are installed, over an equal Maildir. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/catalog.h"
#include "tests/bench/peer.h"

#define NOON 1600000000
#define ROUNDS 15
#define PAGE 50
#define PEERS_CAP 200000 /* files that a peer's Maildir is worth */

static const char *const words[] = {"輪講の資料",     "締切のお知らせ",       "ゼミ日程変更",
                                    "Re: 研究計画書", "図書館からのお知らせ", "Fwd: CFP deadline extended",
                                    "奨学金の手続き"};

/* Message i: threads of up to 12, one in 50 unread, all generated alike for us and for the peers. */
static gboolean is_unread(guint i)
{
  return i % 50 == 7;
}

static char *id_of(guint i)
{
  return g_strdup_printf("%u@bench.example", i);
}

static char *subject_of(guint i)
{
  return g_strdup_printf("%s %u", words[i % G_N_ELEMENTS(words)], i);
}

static FbkEnvelope *envelope_of(guint i)
{
  FbkEnvelope *envelope = fbk_envelope_new();
  g_free(envelope->message_id);
  g_free(envelope->subject);
  envelope->message_id = id_of(i);
  envelope->subject = subject_of(i);
  envelope->date = NOON + (gint64)i * 60;
  if (i % 12 != 0) {
    g_free(envelope->in_reply_to);
    envelope->in_reply_to = id_of(i - 1);
  }
  g_ptr_array_add(envelope->from, fbk_address_new("北陸 花子", "hanako@bench.example"));
  return envelope;
}

static void fail(GError *err)
{
  g_printerr("bench_list: %s\n", err->message);
  exit(1);
}

static gint64 fill(const char *path, guint count)
{
  GError *err = NULL;
  gint64 inbox = 0;
  FbkFolder folder = {
      .name = (char *)"INBOX", .path = (char *)"INBOX", .role = FBK_ROLE_INBOX, .selectable = TRUE};
  g_autoptr(FbkCatalog) catalog = fbk_catalog_open(path, NULL, &err);
  gboolean good = catalog != NULL && fbk_catalog_put_folder(catalog, &folder, &inbox, &err);
  for (guint i = 0; good && i < count; i++) {
    g_autoptr(FbkEnvelope) envelope = envelope_of(i);
    g_autofree char *file = g_strdup_printf("7.%u.fubako:2,%s", i + 1, is_unread(i) ? "" : "S");
    FbkNewRow row = {.uid = i + 1,
                     .flags = is_unread(i) ? 0 : FBK_FLAG_SEEN,
                     .size = 6000,
                     .file = file,
                     .arrived = envelope->date,
                     .envelope = envelope};
    good = (i % 10000 != 0 || fbk_catalog_begin(catalog, &err)) &&
           fbk_catalog_add(catalog, inbox, &row, NULL, &err) &&
           ((i % 10000 != 9999 && i + 1 < count) || fbk_catalog_commit(catalog, &err));
  }
  if (!good)
    fail(err);
  return inbox;
}

static double milliseconds_since(gint64 start)
{
  return (double)(g_get_monotonic_time() - start) / 1000;
}

static int compare_doubles(gconstpointer a, gconstpointer b)
{
  double first = *(const double *)a, second = *(const double *)b;
  return first < second ? -1 : first > second;
}

static void take_page(FbkCatalog *catalog, gint64 folder, FbkOrder order, FbkPageWhere where, gint64 *anchor)
{
  GError *err = NULL;
  g_autoptr(FbkRows) rows = fbk_catalog_page(catalog, folder, order, where, *anchor, PAGE, &err);
  if (rows == NULL)
    fail(err);
  if (rows->count > 0)
    *anchor = rows->rows[rows->count - 1].id;
}

/* The figures of one round, in the order of peer_figures. */
static void one_round(const char *path, gint64 folder, FbkOrder order, double *out)
{
  GError *err = NULL;
  gint64 first = 0, last = 0, unread = 0;
  gint64 start = g_get_monotonic_time();
  g_autoptr(FbkCatalog) catalog = fbk_catalog_open(path, NULL, &err);
  if (catalog == NULL)
    fail(err);
  take_page(catalog, folder, order, FBK_PAGE_START, &first);
  out[PEER_FIRST] = milliseconds_since(start);
  start = g_get_monotonic_time();
  take_page(catalog, folder, order, FBK_PAGE_END, &last);
  out[PEER_LAST] = milliseconds_since(start);
  start = g_get_monotonic_time();
  gint64 next = first;
  take_page(catalog, folder, order, FBK_PAGE_AFTER, &next);
  out[PEER_NEXT_PAGE] = milliseconds_since(start);
  start = g_get_monotonic_time();
  if (!fbk_catalog_next_unread(catalog, folder, order, first, &unread, &err))
    fail(err);
  out[PEER_NEXT_UNREAD] = milliseconds_since(start);
}

static void measure(const char *path, gint64 folder, FbkOrder order, double *medians)
{
  double rounds[PEER_FIGURES][ROUNDS];
  for (guint i = 0; i < ROUNDS; i++) {
    double figures[PEER_FIGURES];
    one_round(path, folder, order, figures);
    for (guint k = 0; k < PEER_FIGURES; k++)
      rounds[k][i] = figures[k];
  }
  for (guint k = 0; k < PEER_FIGURES; k++) {
    qsort(rounds[k], ROUNDS, sizeof(double), compare_doubles);
    medians[k] = rounds[k][ROUNDS / 2];
  }
}

/* The same mails as files; FALSE when the disk says no. */
static gboolean make_maildir(const char *dir, guint count)
{
  static const char *const parts[] = {"cur", "new", "tmp"};
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
    g_autofree char *part = g_build_filename(dir, parts[i], NULL);
    if (g_mkdir_with_parents(part, 0700) != 0)
      return FALSE;
  }
  for (guint i = 0; i < count; i++) {
    g_autofree char *path = g_strdup_printf("%s/cur/7.%u.fubako:2,%s", dir, i + 1, is_unread(i) ? "" : "S");
    g_autofree char *subject = subject_of(i), *parent = i % 12 != 0 ? id_of(i - 1) : NULL;
    g_autofree char *word = g_base64_encode((const guchar *)subject, strlen(subject));
    g_autoptr(GDateTime) sent = g_date_time_new_from_unix_utc(NOON + (gint64)i * 60);
    g_autofree char *date = g_date_time_format(sent, "%d %b %Y %H:%M:%S +0000");
    FILE *file = fopen(path, "w");
    if (file == NULL)
      return FALSE;
    fprintf(file,
            "From: hanako@bench.example\nDate: %s\nMessage-ID: <%u@bench.example>\nSubject: =?UTF-8?B?%s?=\n",
            date, i, word);
    if (parent != NULL)
      fprintf(file, "In-Reply-To: <%s>\n", parent);
    fprintf(file, "\nbody\n");
    if (fclose(file) != 0)
      return FALSE;
  }
  return TRUE;
}

static void print_peer(const char *program, const char *maildir, const double ours[2][PEER_FIGURES])
{
  double theirs[PEER_FIGURES];
  for (FbkOrder order = FBK_ORDER_DATE; order <= FBK_ORDER_THREAD; order++) {
    if (!peer_measure(program, maildir, order == FBK_ORDER_THREAD, theirs)) {
      printf("  %s did not answer on its terminal; skipped\n", program);
      return;
    }
    printf("  %-8s %-8s", program, order == FBK_ORDER_DATE ? "date" : "threads");
    for (guint i = 0; i < PEER_FIGURES; i++)
      printf(" %9.2f (%5.1fx)", theirs[i], theirs[i] / MAX(ours[order][i], 0.001));
    printf("\n");
  }
}

static void bench(const char *dir, guint count)
{
  static const char *const peers[] = {"mutt", "neomutt"};
  g_autofree char *path = g_build_filename(dir, "catalog.db", NULL),
                  *maildir = g_build_filename(dir, "mail", NULL);
  double ours[2][PEER_FIGURES];
  gint64 start = g_get_monotonic_time();
  gint64 inbox = fill(path, count);
  printf("%u messages (catalogue filled in %.1f s); milliseconds, median of %d\n", count,
         milliseconds_since(start) / 1000, ROUNDS);
  printf("  %-17s %18s %18s %18s %18s\n", "", "first page", "last page", "next page", "next unread");
  printf("  (of fubako the store alone, from opening; of the others the program, from its start or a key)\n");
  for (FbkOrder order = FBK_ORDER_DATE; order <= FBK_ORDER_THREAD; order++) {
    measure(path, inbox, order, ours[order]);
    printf("  %-8s %-8s", "fubako", order == FBK_ORDER_DATE ? "date" : "threads");
    for (guint i = 0; i < PEER_FIGURES; i++)
      printf(" %9.2f         ", ours[order][i]);
    printf("\n");
  }
  gboolean made = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(peers); i++) {
    g_autofree char *program = g_find_program_in_path(peers[i]);
    if (program == NULL)
      printf("  %s is not installed; skipped\n", peers[i]);
    else if (count > PEERS_CAP)
      printf("  %s is skipped above %d messages\n", peers[i], PEERS_CAP);
    else if (made || (made = make_maildir(maildir, count)))
      print_peer(peers[i], maildir, ours);
  }
}

int main(int argc, char **argv)
{
  static const char *const usual[] = {"10000"};
  guint counts = argc > 1 ? (guint)argc - 1 : 1;
  for (guint i = 0; i < counts; i++) {
    guint64 count;
    if (!g_ascii_string_to_unsigned(argc > 1 ? argv[i + 1] : usual[i], 10, PAGE * 4, 10000000, &count,
                                    NULL)) {
      g_printerr("usage: bench_list [COUNT ...], each from %d to 10000000\n", PAGE * 4);
      return 64;
    }
    g_autofree char *dir = g_dir_make_tmp("fubako-bench-XXXXXX", NULL);
    if (dir == NULL)
      return 74;
    bench(dir, (guint)count);
    fflush(stdout);
    peer_remove_all(dir);
  }
  return 0;
}
