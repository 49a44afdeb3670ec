/* Waits for a GPGME operation that can be cancelled. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/pgp_wait.h"

/* GPGME's own waiting looks for cancelling only when gpg says something, which it does not while pinentry is
 * open: so its descriptors are waited for here. */
typedef struct {
  GPtrArray *watches; /* Watch *, owned */
  gboolean done;
  gpgme_error_t reason;
} Wait;

typedef struct {
  Wait *wait;
  int fd;
  gushort events;
  gpgme_io_cb_t call;
  void *call_data;
} Watch;

static gpgme_error_t add_watch(void *data, int fd, int is_input, gpgme_io_cb_t call, void *call_data,
                               void **tag_out)
{
  Wait *wait = data;
  Watch *watch = g_new0(Watch, 1);
  watch->wait = wait;
  watch->fd = fd;
  watch->events = is_input ? G_IO_IN | G_IO_HUP | G_IO_ERR : G_IO_OUT | G_IO_HUP | G_IO_ERR;
  watch->call = call;
  watch->call_data = call_data;
  g_ptr_array_add(wait->watches, watch);
  *tag_out = watch;
  return 0;
}

static void remove_watch(void *tag)
{
  Watch *watch = tag;
  g_ptr_array_remove(watch->wait->watches, watch);
}

static void note_event(void *data, gpgme_event_io_t type, void *type_data)
{
  Wait *wait = data;
  if (type != GPGME_EVENT_DONE)
    return;
  gpgme_io_event_done_data_t result = type_data;
  wait->done = TRUE;
  wait->reason = result->err != 0 ? result->err : result->op_err;
}

/* Serves one descriptor: each call may add and remove watches. FALSE when cancelled. */
static gboolean serve_one(Wait *wait, const GPollFD *cancelled)
{
  guint count = wait->watches->len;
  g_autofree GPollFD *polled = g_new0(GPollFD, count + 1);
  for (guint i = 0; i < count; i++) {
    const Watch *watch = g_ptr_array_index(wait->watches, i);
    polled[i].fd = watch->fd;
    polled[i].events = watch->events;
  }
  if (cancelled != NULL)
    polled[count] = *cancelled;
  if (g_poll(polled, count + (cancelled != NULL), -1) < 0)
    return TRUE; /* a signal */
  if (cancelled != NULL && polled[count].revents != 0)
    return FALSE;
  for (guint i = 0; i < count; i++)
    if (polled[i].revents != 0) {
      const Watch *watch = g_ptr_array_index(wait->watches, i);
      watch->call(watch->call_data, watch->fd);
      return TRUE;
    }
  return TRUE;
}

gpgme_error_t fbk_pgp_decrypt(gpgme_ctx_t context, gpgme_data_t cipher, gpgme_data_t plain,
                              GCancellable *cancellable)
{
  Wait wait = {.watches = g_ptr_array_new_with_free_func(g_free)};
  struct gpgme_io_cbs calls = {
      .add = add_watch, .add_priv = &wait, .remove = remove_watch, .event = note_event, .event_priv = &wait};
  GPollFD cancelled;
  gboolean has_cancelled = cancellable != NULL && g_cancellable_make_pollfd(cancellable, &cancelled);
  gpgme_set_io_cbs(context, &calls);
  gpgme_error_t reason = gpgme_op_decrypt_start(context, cipher, plain);
  while (reason == 0 && !wait.done)
    if (wait.watches->len == 0)
      reason = gpgme_err_make(GPG_ERR_SOURCE_USER_1, GPG_ERR_EOF); /* nothing left that could end it */
    else if (!serve_one(&wait, has_cancelled ? &cancelled : NULL))
      reason = gpgme_cancel(context);
  if (reason == 0)
    reason = wait.reason;
  if (has_cancelled)
    g_cancellable_release_fd(cancellable);
  gpgme_set_io_cbs(context, NULL);
  g_ptr_array_unref(wait.watches);
  return reason;
}
