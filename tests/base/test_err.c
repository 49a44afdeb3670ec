/* Errors: what the person reads, and what scripts see. SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "base/err.h"

static void test_every_code_has_an_exit_status(void)
{
  for (int code = 0; code <= FBK_ERR_BUG; code++) {
    g_autoptr(GError) err = NULL;
    fbk_error_set(&err, (FbkErr)code, "x");
    int status = fbk_error_exit_code(err);
    g_assert_cmpint(status, !=, 0);
    g_assert_cmpint(status, <=, 130);
    /* `fubako copy` has these for itself. */
    g_assert_false((status >= 10 && status <= 16) || status == 20 || status == 1);
  }
  g_assert_cmpint(fbk_error_exit_code(NULL), ==, 0);
}

static void test_scripts_can_tell_apart(void)
{
  const struct {
    FbkErr code;
    int status;
  } rows[] = {{FBK_ERR_BAD_INPUT, 64}, {FBK_ERR_NOT_FOUND, 66}, {FBK_ERR_OFFLINE, 69},
              {FBK_ERR_BUG, 70},       {FBK_ERR_EXISTS, 73},    {FBK_ERR_CONFLICT, 73},
              {FBK_ERR_NO_SPACE, 74},  {FBK_ERR_TIMEOUT, 75},   {FBK_ERR_PROTOCOL, 76},
              {FBK_ERR_AUTH, 77},      {FBK_ERR_CERT, 68},      {FBK_ERR_CANCELLED, 130}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) err = NULL;
    fbk_error_set(&err, rows[i].code, "x");
    g_assert_cmpint(fbk_error_exit_code(err), ==, rows[i].status);
  }
}

static void test_every_failure_has_a_next_step(void)
{
  for (int code = 0; code <= FBK_ERR_BUG; code++) {
    g_autoptr(GError) err = NULL;
    fbk_error_set(&err, (FbkErr)code, "x");
    if (code == FBK_ERR_CANCELLED)
      g_assert_null(fbk_error_hint(err));
    else
      g_assert_cmpuint(strlen(fbk_error_hint(err)), >, 15);
  }
  g_autoptr(GError) foreign = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, "x");
  g_assert_null(fbk_error_hint(foreign));
  g_assert_null(fbk_error_hint(NULL));
}

static void test_errno(void)
{
  const struct {
    int errnum;
    FbkErr code;
  } rows[] = {{ENOSPC, FBK_ERR_NO_SPACE},      {EDQUOT, FBK_ERR_NO_SPACE},   {ENOENT, FBK_ERR_NOT_FOUND},
              {EACCES, FBK_ERR_DENIED},        {EROFS, FBK_ERR_DENIED},      {EEXIST, FBK_ERR_EXISTS},
              {ECONNREFUSED, FBK_ERR_OFFLINE}, {ETIMEDOUT, FBK_ERR_TIMEOUT}, {ENETUNREACH, FBK_ERR_OFFLINE},
              {EISDIR, FBK_ERR_BAD_INPUT},     {EFAULT, FBK_ERR_BUG}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) err = NULL;
    fbk_error_set_errno(&err, rows[i].errnum, "Cannot write %s", "a%sb");
    g_assert_error(err, FBK_ERROR, (int)rows[i].code);
    g_assert_true(g_str_has_prefix(err->message, "Cannot write a%sb: "));
    g_assert_nonnull(strstr(err->message, g_strerror(rows[i].errnum)));
  }
  fbk_error_set_errno(NULL, ENOENT, "nobody listens");
}

static void test_foreign(void)
{
  const struct {
    GQuark domain;
    int from;
    FbkErr code;
  } rows[] = {{G_IO_ERROR, G_IO_ERROR_CANCELLED, FBK_ERR_CANCELLED},
              {G_IO_ERROR, G_IO_ERROR_TIMED_OUT, FBK_ERR_TIMEOUT},
              {G_IO_ERROR, G_IO_ERROR_NO_SPACE, FBK_ERR_NO_SPACE},
              {G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, FBK_ERR_OFFLINE},
              {G_FILE_ERROR, G_FILE_ERROR_NOENT, FBK_ERR_NOT_FOUND},
              {G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, FBK_ERR_OFFLINE},
              {G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, FBK_ERR_CERT},
              {G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, FBK_ERR_BAD_INPUT},
              {FBK_ERROR, FBK_ERR_AUTH, FBK_ERR_AUTH}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) err = NULL;
    fbk_error_take(&err, g_error_new_literal(rows[i].domain, rows[i].from, "why %s"), "Doing %d", 3);
    g_assert_error(err, FBK_ERROR, (int)rows[i].code);
    g_assert_cmpstr(err->message, ==, "Doing 3: why %s");
  }
  fbk_error_take(NULL, g_error_new_literal(G_IO_ERROR, 0, "freed"), "x");
}

static void test_cancelled(void)
{
  g_autoptr(GError) err = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_assert_false(fbk_cancelled(NULL, &err));
  g_assert_false(fbk_cancelled(cancellable, &err));
  g_assert_no_error(err);
  g_cancellable_cancel(cancellable);
  g_assert_true(fbk_cancelled(cancellable, &err));
  g_assert_error(err, FBK_ERROR, FBK_ERR_CANCELLED);
}

int main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/err/every-code-has-an-exit-status", test_every_code_has_an_exit_status);
  g_test_add_func("/base/err/scripts-can-tell-apart", test_scripts_can_tell_apart);
  g_test_add_func("/base/err/every-failure-has-a-next-step", test_every_failure_has_a_next_step);
  g_test_add_func("/base/err/errno", test_errno);
  g_test_add_func("/base/err/foreign", test_foreign);
  g_test_add_func("/base/err/cancelled", test_cancelled);
  return g_test_run();
}
