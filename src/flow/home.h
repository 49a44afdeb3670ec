/* The only context: where things are, profiles, accounts, settings, how to reach servers. Read-only once
 * open; any thread may read it. A new account means a new home. */
#ifndef FBK_FLOW_HOME_H
#define FBK_FLOW_HOME_H

#include "base/paths.h"
#include "net/net.h"
#include "store/account.h"
#include "store/profile.h"

typedef struct {
  int hints;           /* rows of key hints: 0, 1, 2 */
  int ambiguous_width; /* 0: as the terminal's locale says; 1; 2 */
} FbkSettings;

typedef struct {
  char *dir; /* as given to open; or NULL */
  FbkPaths *paths;
  char *accounts_dir;  /* <config>/accounts.d */
  char *mail_root;     /* <data>/mail: <account>/<folder>/, .notmuch */
  GPtrArray *profiles; /* FbkProfile * */
  GPtrArray *accounts; /* FbkAccount * */
  FbkSettings settings;
  FbkGuard *all_guard; /* every institution of the profiles: where there is no account */
  FbkGuard *no_guard;  /* for accounts by hand */
  const FbkNet *net;   /* borrowed */
  gboolean is_program; /* this process is fubako itself and may start itself as a child: set by who opens the
                          home */
} FbkHome;

/* dir: --home, or NULL for the XDG directories. net is borrowed and must outlive the home. Reads config.ini,
 * profiles and accounts; a broken file is an error that names file, line and reason, and nothing has been
 * written. Opens the log. */
FbkHome *fbk_home_open(const char *dir, const FbkNet *net, GError **err);
void fbk_home_free(FbkHome *home);

const FbkAccount *fbk_home_account(const FbkHome *home, const char *name); /* NULL name: the first; or NULL */
const FbkProfile *fbk_home_profile(const FbkHome *home, const FbkAccount *account); /* or NULL: by hand */
/* The guard of the account's profile; an empty one for an account by hand; every institution's for NULL.
 * Owned by home. */
const FbkGuard *fbk_home_guard(const FbkHome *home, const FbkAccount *account);

/* The lock (base/lock.h) of whoever signs in to the account: a fetch, a doctor. g_free */
char *fbk_home_lock_path(const FbkHome *home, const char *account);
char *fbk_home_catalog_path(const FbkHome *home, const char *account); /* g_free */
char *fbk_home_folder_path(const FbkHome *home, const char *account,
                           const char *dir); /* its Maildir; g_free */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkHome, fbk_home_free)

#endif
