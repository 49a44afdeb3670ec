/* The mark that a password was refused, kept on disk so that no process of ours tries it again by itself
 * (J16): the campus locks accounts after failed sign-ins. Any thread; each call stands alone. */
#ifndef FBK_FLOW_LOCKOUT_H
#define FBK_FLOW_LOCKOUT_H

#include "flow/home.h"

/* FALSE with AUTH, saying when and by which host, while the account is marked. */
gboolean fbk_lockout_check(const FbkHome *home, const FbkAccount *account, GError **err);

/* Marks it: host has just refused the password. */
void fbk_lockout_note(const FbkHome *home, const FbkAccount *account, const char *host);

/* The person acted (gave the password anew). */
void fbk_lockout_clear(const FbkHome *home, const FbkAccount *account);

#endif
