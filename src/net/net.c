/* What connections are told, and the steps they report. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/net.h"

#include <string.h>
#include <glib/gi18n.h>
#include "base/err.h"

static void resolve_free(gpointer data)
{
  FbkResolve *resolve = data;
  g_free(resolve->host);
  g_free(resolve->to_address);
  g_free(resolve);
}

FbkNet *fbk_net_new(void)
{
  FbkNet *net = g_new0(FbkNet, 1);
  net->resolve = g_ptr_array_new_with_free_func(resolve_free);
  net->connect_seconds = 20;
  net->idle_seconds = 60;
  return net;
}

void fbk_net_free(FbkNet *net)
{
  if (net == NULL)
    return;
  g_ptr_array_unref(net->resolve);
  g_free(net->cafile);
  g_free(net);
}

static gboolean parse_port(const char *text, gsize len, guint16 *out)
{
  g_autofree char *digits = g_strndup(text, len);
  guint64 value;
  if (!g_ascii_string_to_unsigned(digits, 10, 1, G_MAXUINT16, &value, NULL))
    return FALSE;
  *out = (guint16)value;
  return TRUE;
}

/* Splits spec at its colons; a bracketed address keeps its own. FALSE where a part is missing or empty. */
static gboolean split_resolve(const char *spec, FbkResolve *out)
{
  const char *host_end = strchr(spec, ':');
  const char *port_end = host_end != NULL ? strchr(host_end + 1, ':') : NULL;
  const char *last = strrchr(spec, ':');
  if (host_end == spec || port_end == NULL || last <= port_end + 1)
    return FALSE;
  const char *address = port_end + 1;
  gsize address_len = (gsize)(last - address);
  if (address[0] == '[') {
    if (address_len < 3 || last[-1] != ']')
      return FALSE;
    address++;
    address_len -= 2;
  } else if (memchr(address, ':', address_len) != NULL) {
    return FALSE;
  }
  if (!parse_port(host_end + 1, (gsize)(port_end - host_end - 1), &out->port) ||
      !parse_port(last + 1, strlen(last + 1), &out->to_port))
    return FALSE;
  out->host = g_ascii_strdown(spec, host_end - spec);
  out->to_address = g_strndup(address, address_len);
  return TRUE;
}

gboolean fbk_net_add_resolve(FbkNet *net, const char *spec, GError **err)
{
  FbkResolve *resolve = g_new0(FbkResolve, 1);
  if (!split_resolve(spec, resolve)) {
    resolve_free(resolve);
    fbk_error_set(err, FBK_ERR_BAD_INPUT, _("\"%s\" is not of the form HOST:PORT:ADDRESS:PORT."), spec);
    return FALSE;
  }
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string(resolve->to_address);
  if (address == NULL) {
    fbk_error_set(err, FBK_ERR_BAD_INPUT,
                  _("\"%s\" is not a numeric address; write one like 127.0.0.1 or [::1]."),
                  resolve->to_address);
    resolve_free(resolve);
    return FALSE;
  }
  g_ptr_array_add(net->resolve, resolve);
  return TRUE;
}

void fbk_steps_begin(FbkSteps *steps, FbkStep step)
{
  if (steps != NULL)
    steps->current = step;
}

void fbk_steps_passed(FbkSteps *steps, const char *format, ...)
{
  if (steps == NULL || steps->report == NULL)
    return;
  va_list args;
  va_start(args, format);
  g_autofree char *detail = g_strdup_vprintf(format, args);
  va_end(args);
  steps->report(steps->data, steps->current, detail);
}

const char *fbk_step_word(FbkStep step)
{
  static const char *const words[] = {[FBK_STEP_NAME] = "name",
                                      [FBK_STEP_TCP] = "tcp",
                                      [FBK_STEP_GREETING] = "greeting",
                                      [FBK_STEP_STARTTLS] = "starttls",
                                      [FBK_STEP_TLS] = "tls",
                                      [FBK_STEP_CERT] = "certificate",
                                      [FBK_STEP_CAPABILITY] = "capability",
                                      [FBK_STEP_SIGN_IN] = "sign-in"};
  return words[step];
}

const char *fbk_step_name(FbkStep step)
{
  switch (step) {
  case FBK_STEP_NAME:
    return _("Name");
  case FBK_STEP_TCP:
    return _("Connection");
  case FBK_STEP_GREETING:
    return _("Greeting");
  case FBK_STEP_STARTTLS:
    return _("STARTTLS");
  case FBK_STEP_TLS:
    return _("Encryption");
  case FBK_STEP_CERT:
    return _("Certificate");
  case FBK_STEP_CAPABILITY:
    return _("Features");
  case FBK_STEP_SIGN_IN:
    return _("Sign-in");
  }
  return "";
}
