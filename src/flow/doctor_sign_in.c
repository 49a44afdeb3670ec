/* The one sign-in, and what only somebody signed in is told. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "base/file.h"
#include "base/lock.h"
#include "flow/doctor_inner.h"
#include "flow/lockout.h"
#include "flow/session.h"
#include "net/imap_quota.h"
#include "store/keep.h"

#define LOCK_WAIT 10000   /* milliseconds: a sign-in may take some seconds */
#define QUOTA_WARNED 0.9L /* of it is used */

typedef struct {
  FbkDoctor *doctor;
  FbkServerChecks *incoming;
  GCancellable *cancellable;
} Try;

static void not_tried(const Try *try, const char *reason)
{
  fbk_check_warn(try->incoming->checks, fbk_step_word(FBK_STEP_SIGN_IN), NULL, _("not tried: %s"), reason);
}

/* The lock of a sync: two processes at once could each find no mark, and both be refused. */
static FbkLock *lock_account(const Try *try, GError **err)
{
  const FbkHome *home = try->doctor->home;
  g_autofree char *path = fbk_home_lock_path(home, try->doctor->account->name);
  return fbk_file_make_dir(home->paths->state, err) ? fbk_lock_take(path, LOCK_WAIT, try->cancellable, err)
                                                    : NULL;
}

static FbkSecret *read_secret(const Try *try, const FbkAsk *ask)
{
  FbkKept kept = {NULL, NULL};
  g_autoptr(GError) failure = NULL;
  FbkSecret *password = NULL;
  if (fbk_keep_read(try->doctor->home->accounts_dir, try->doctor->account, ask, try->cancellable, &kept,
                    &failure)) {
    password = fbk_secret_join(kept.prefix, kept.password);
    if (!password)
      fbk_error_set(&failure, FBK_ERR_BAD_INPUT, _("The password is too long. Type it again."));
  }
  fbk_kept_clear(&kept);
  if (failure && (failure->code == FBK_ERR_DENIED || failure->code == FBK_ERR_CANCELLED))
    not_tried(try, failure->message);
  else if (failure)
    fbk_check_error(try->incoming->checks, fbk_step_word(FBK_STEP_SIGN_IN), failure);
  return password;
}

/* --- quota --- */

static void add_quota(const Try *try, guint64 used, guint64 limit, const char *detail)
{
  if ((long double)used >= (long double)limit * QUOTA_WARNED)
    fbk_check_warn(
        try->incoming->checks, "quota",
        _("Delete or move old mail (and empty the trash) soon: new mail is turned away when it is full."),
        "%s", detail);
  else
    fbk_check_passed(try->incoming->checks, "quota", "%s", detail);
}

static void check_quota(const Try *try, FbkImap *imap)
{
  FbkImapQuota quota;
  g_autoptr(GError) failure = NULL;
  if (!fbk_imap_has(imap, "QUOTA"))
    return;
  if (!fbk_imap_quota(imap, &quota, &failure)) {
    fbk_check_warn(try->incoming->checks, "quota", NULL, "%s", failure->message);
    return;
  }
  if (quota.has_storage) {
    g_autofree char *used = g_format_size_full(quota.storage_used, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *limit = g_format_size_full(quota.storage_limit, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *detail = g_strdup_printf(_("%s of %s used"), used, limit);
    add_quota(try, quota.storage_used, quota.storage_limit, detail);
  }
  if (quota.has_messages) {
    g_autofree char *used = g_strdup_printf("%" G_GUINT64_FORMAT, quota.messages_used);
    g_autofree char *limit = g_strdup_printf("%" G_GUINT64_FORMAT, quota.messages_limit);
    g_autofree char *detail = g_strdup_printf(_("%s of %s messages"), used, limit);
    add_quota(try, quota.messages_used, quota.messages_limit, detail);
  }
  if (!quota.has_storage && !quota.has_messages)
    fbk_check_passed(try->incoming->checks, "quota", _("not told"));
}

/* --- the sign-in --- */

static void sign_in(const Try *try, const FbkSecret *password)
{
  const FbkDoctor *doctor = try->doctor;
  g_auto(FbkSession) session = {NULL, NULL, NULL};
  FbkSteps steps = {0};
  g_autoptr(GError) failure = NULL;
  if (fbk_session_open(doctor->home->net, try->incoming->server, &steps, try->cancellable, &session,
                       &failure) &&
      fbk_session_sign_in(&session, doctor->account->user, password, &steps, &failure)) {
    fbk_check_passed(try->incoming->checks, fbk_step_word(FBK_STEP_SIGN_IN), _("the password is right"));
    if (session.imap)
      check_quota(try, session.imap);
    return;
  }
  if (g_error_matches(failure, FBK_ERROR, FBK_ERR_AUTH))
    fbk_lockout_note(doctor->home, doctor->account, try->incoming->server->host);
  fbk_check_error(try->incoming->checks, fbk_step_word(steps.current), failure);
}

static gboolean has_failed(const FbkServerChecks *one)
{
  for (guint i = 0; i < one->checks->len; i++)
    if (((const FbkCheck *)one->checks->pdata[i])->result == FBK_CHECK_FAILED)
      return TRUE;
  return FALSE;
}

void fbk_doctor_sign_in(FbkDoctor *doctor, const FbkAsk *ask, GCancellable *cancellable)
{
  if (!doctor->account)
    return;
  const Try try = {doctor, doctor->servers->pdata[0],
                   cancellable}; /* the account's incoming one stands first */
  g_autoptr(GError) failure = NULL;
  if (has_failed(try.incoming)) {
    not_tried(&try, _("the server has to be reached first"));
    return;
  }
  g_autoptr(FbkLock) lock = lock_account(&try, &failure);
  if (g_error_matches(failure, FBK_ERROR, FBK_ERR_CONFLICT)) {
    not_tried(&try, _("another Fubako is signed in at this moment"));
    return;
  }
  if (!lock) {
    fbk_check_error(try.incoming->checks, fbk_step_word(FBK_STEP_SIGN_IN), failure);
    return;
  }
  if (!fbk_lockout_check(doctor->home, doctor->account, &failure)) {
    fbk_check_failed(try.incoming->checks, fbk_step_word(FBK_STEP_SIGN_IN), FBK_ERR_AUTH,
                     _("When you know the right password, run: fubako sync --retry"), "%s", failure->message);
    return;
  }
  g_autoptr(FbkSecret) password = read_secret(&try, ask);
  if (password)
    sign_in(&try, password);
}
