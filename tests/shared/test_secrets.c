/* What tests of secrets share. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/shared/test_secrets.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "store/keep.h"

char *test_secrets_top, *test_secrets_accounts;

/* --- the marker --- */

static const char veiled[] = "L`sjdsRdbsdu,5600"; /* each byte with the lowest bit turned is the marker */

FbkSecret *test_secrets_marker(const char *more)
{
  FbkSecret *secret = fbk_secret_new();
  for (const char *at = veiled; *at != '\0'; at++) {
    char byte = (char)(*at ^ 1);
    g_assert_true(fbk_secret_append(secret, &byte, 1));
  }
  g_assert_true(fbk_secret_append(secret, more, strlen(more)));
  return secret;
}

static gboolean holds_marker(const char *bytes, gsize len)
{
  for (gsize i = 0; i + strlen(veiled) <= len; i++) {
    gsize match = 0;
    while (match < strlen(veiled) && bytes[i + match] == (veiled[match] ^ 1))
      match++;
    if (match == strlen(veiled))
      return TRUE;
  }
  return FALSE;
}

void test_secrets_assert_marker(const FbkSecret *secret, const char *more)
{
  g_autoptr(FbkSecret) wanted = test_secrets_marker(more);
  g_assert_nonnull(secret);
  g_assert_true(strcmp(fbk_secret_peek(secret, NULL), fbk_secret_peek(wanted, NULL)) == 0);
}

void test_secrets_assert_clean(const char *directory)
{
  g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
  for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autofree char *bytes = NULL;
    GStatBuf status;
    gsize len = 0;
    g_assert_cmpint(g_lstat(path, &status), ==, 0);
    if (S_ISDIR(status.st_mode))
      test_secrets_assert_clean(path);
    else if (S_ISREG(status.st_mode)) {
      g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
      if (holds_marker(bytes, len))
        g_error("the marker stands in %s", path);
    }
  }
}

/* The writable memory of this process, except what the sanitizers map for themselves. */
gboolean test_secrets_in_memory(void)
{
  g_autofree char *maps = NULL;
  g_assert_true(g_file_get_contents("/proc/self/maps", &maps, NULL, NULL));
  int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  g_assert_cmpint(memory, >=, 0);
  gboolean found = FALSE;
  g_auto(GStrv) lines = g_strsplit(maps, "\n", -1);
  for (char **line = lines; *line != NULL && !found; line++) {
    guint64 begin, end;
    char access[5];
    if (sscanf(*line, "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x %4s", &begin, &end, access) != 3 ||
        access[1] != 'w' || end - begin > 64 * 1024 * 1024)
      continue;
    g_autofree char *bytes = g_malloc(end - begin);
    ssize_t got = pread(memory, bytes, end - begin, (off_t)begin);
    found = got > 0 && holds_marker(bytes, (gsize)got);
    fbk_wipe(bytes, end - begin); /* the next search must not find what this one found */
    if (found)
      g_test_message("found in %s", *line);
  }
  close(memory);
  return found;
}

/* --- a person who answers from a table --- */

static FbkSecret *answer(gpointer data, const char *question, GCancellable *cancellable, GError **err)
{
  (void)cancellable;
  TestPerson *person = data;
  g_assert_cmpuint(person->asked, <, 2);
  guint turn = person->asked++;
  person->questions[turn] = g_strdup(question);
  if (person->answers[turn] != NULL)
    return test_secrets_marker(person->answers[turn]);
  fbk_error_set(err, FBK_ERR_CANCELLED, "Cancelled.");
  return NULL;
}

static gboolean lend(gpointer data, FbkAskBorrow borrow, gpointer borrow_data, GError **err)
{
  ((TestPerson *)data)->lent++;
  return borrow(borrow_data, err);
}

FbkAsk test_person_ask(TestPerson *person)
{
  return (FbkAsk){answer, lend, person};
}

void test_person_clear(TestPerson *person)
{
  g_free(person->questions[0]);
  g_free(person->questions[1]);
}

void test_secrets_set(char **field, const char *value)
{
  g_free(*field);
  *field = g_strdup(value);
}

FbkAccount *test_secrets_account(FbkSecretKeep keep, gboolean has_prefix)
{
  FbkAccount *account = fbk_account_new();
  test_secrets_set(&account->name, "jaist");
  test_secrets_set(&account->user, "s2410001");
  account->incoming = fbk_server_new(FBK_PROTOCOL_IMAP, "imap-da.jaist.ac.jp", 993, FBK_SECURITY_TLS);
  account->keep = keep;
  account->has_prefix = has_prefix;
  return account;
}

/* A script in test_secrets_top; its path. */
char *test_secrets_script(const char *name, const char *text)
{
  char *path = g_build_filename(test_secrets_top, name, NULL);
  g_autofree char *whole = g_strconcat("#!/bin/sh\n", text, NULL);
  g_assert_true(g_file_set_contents(path, whole, -1, NULL));
  g_assert_cmpint(g_chmod(path, 0700), ==, 0);
  return path;
}

void test_secrets_run(const char *command)
{
  g_autoptr(GError) err = NULL;
  int status = 0;
  g_autofree char *errors = NULL;
  g_assert_true(g_spawn_command_line_sync(command, NULL, &errors, &status, &err));
  if (!g_spawn_check_wait_status(status, NULL))
    g_error("%s: %s", command, errors);
}

/* --- cancelling, from another thread --- */

typedef struct {
  const FbkAccount *account;
  GCancellable *cancellable;
  GError *err;
} Waiting;

static gpointer read_on_thread(gpointer data)
{
  Waiting *waiting = data;
  TestPerson person = {0};
  FbkAsk ask = test_person_ask(&person);
  FbkKept kept;
  gboolean good = fbk_keep_read(test_secrets_accounts, waiting->account, &ask, waiting->cancellable, &kept,
                                &waiting->err);
  return GINT_TO_POINTER(good);
}

/* Starts the reading, waits until the FIFO is opened by what it starts, cancels, and sees it end. */
void test_secrets_assert_can_cancel(const FbkAccount *account, const char *fifo)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  Waiting waiting = {account, cancellable, NULL};
  GThread *thread = g_thread_new("keep", read_on_thread, &waiting);
  int started = open(fifo, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint(started, >=, 0);
  gint64 begun = g_get_monotonic_time();
  g_cancellable_cancel(cancellable);
  g_assert_false(GPOINTER_TO_INT(g_thread_join(thread)));
  g_assert_cmpint(g_get_monotonic_time() - begun, <, 20 * G_USEC_PER_SEC);
  g_assert_error(waiting.err, FBK_ERROR, FBK_ERR_CANCELLED);
  g_error_free(waiting.err);
  close(started);
}

char *test_secrets_new_fifo(void)
{
  char *fifo = g_build_filename(test_secrets_top, "started", NULL);
  (void)g_unlink(fifo);
  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  return fifo;
}

/* --- the place --- */

void test_secrets_open(void)
{
  g_setenv("LANGUAGE", "en", TRUE);
  setlocale(LC_ALL, "C.UTF-8");
  umask(077);
  test_secrets_top = g_dir_make_tmp("fubako-keep-XXXXXX", NULL);
  test_secrets_accounts = g_build_filename(test_secrets_top, "accounts.d", NULL);
  g_setenv("GNUPGHOME", test_secrets_top, TRUE);
  g_assert_cmpint(g_mkdir(test_secrets_accounts, 0700), ==, 0);
}

void test_secrets_close(void)
{
  g_autofree char *clean = g_strdup_printf("rm -rf '%s'", test_secrets_top);
  test_secrets_run(clean);
  g_clear_pointer(&test_secrets_top, g_free);
  g_clear_pointer(&test_secrets_accounts, g_free);
}
