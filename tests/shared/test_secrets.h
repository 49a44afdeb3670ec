/* For tests of secrets: a marker password that never stands in clear in the test itself, a search for it in
 * files and in memory, a person who answers from a table, and a place of their own. */
#ifndef TESTS_SHARED_TEST_SECRETS_H
#define TESTS_SHARED_TEST_SECRETS_H

#include "base/ask.h"
#include "store/account.h"

extern char *test_secrets_top;      /* a temporary directory of the test, GNUPGHOME at first */
extern char *test_secrets_accounts; /* accounts.d in it */

/* Makes and removes both; open also sets the locale, the umask and GNUPGHOME: before anything else in main.
 */
void test_secrets_open(void);
void test_secrets_close(void);

/* "MarkerSecret-" and 4711, then more. */
FbkSecret *test_secrets_marker(const char *more);
void test_secrets_assert_marker(const FbkSecret *secret, const char *more);
/* No file below directory holds the marker. */
void test_secrets_assert_clean(const char *directory);
/* The writable memory of this process, but not what the sanitizers map for themselves, holds it. */
gboolean test_secrets_in_memory(void);

typedef struct {
  const char *answers[2]; /* what follows the marker; NULL: refuses */
  char *questions[2];
  guint asked, lent;
} TestPerson;
FbkAsk test_person_ask(TestPerson *person);
void test_person_clear(TestPerson *person);

/* Account "jaist" of s2410001 at imap-da.jaist.ac.jp. */
FbkAccount *test_secrets_account(FbkSecretKeep keep, gboolean has_prefix);
void test_secrets_set(char **field, const char *value);

/* A shell script in top: its path. A command line that must succeed. */
char *test_secrets_script(const char *name, const char *text);
void test_secrets_run(const char *command);

/* Reads the account's secret on a thread, waits until what that starts has opened fifo for writing, cancels,
 * and asserts that the reading ends soon, as cancelled. */
char *test_secrets_new_fifo(void);
void test_secrets_assert_can_cancel(const FbkAccount *account, const char *fifo);

#endif
