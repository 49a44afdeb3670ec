/* Placeholders for people. SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow/redact.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char *what, *placeholder;
  gsize len;
  gboolean whole;
} Rule;

struct FbkRedaction {
  GPtrArray *rules; /* Rule *, the longest first: an address before the user in it */
};

static void rule_free(gpointer data)
{
  Rule *rule = data;
  g_free(rule->what);
  g_free(rule->placeholder);
  g_free(rule);
}

static int longer_first(gconstpointer a, gconstpointer b)
{
  const Rule *first = *(const Rule *const *)a, *second = *(const Rule *const *)b;
  return (first->len < second->len) - (first->len > second->len);
}

void fbk_redaction_add(FbkRedaction *redaction, const char *what, const char *placeholder, gboolean whole)
{
  if (!what || !*what)
    return;
  Rule *rule = g_new0(Rule, 1);
  rule->what = g_strdup(what);
  rule->placeholder = g_strdup(placeholder);
  rule->len = strlen(what);
  rule->whole = whole;
  g_ptr_array_add(redaction->rules, rule);
  g_ptr_array_sort(redaction->rules, longer_first);
}

/* As it is written, and where its links lead. */
static void add_directory(FbkRedaction *redaction, const char *directory, const char *placeholder)
{
  if (!directory || strlen(directory) < 2) /* "/" is nobody's */
    return;
  fbk_redaction_add(redaction, directory, placeholder, FALSE);
  char *real = realpath(directory, NULL);
  if (real && strlen(real) > 1 && strcmp(real, directory) != 0)
    fbk_redaction_add(redaction, real, placeholder, FALSE);
  free(real);
}

static void add_account(FbkRedaction *redaction, const FbkHome *home, const FbkAccount *account)
{
  const FbkProfile *profile = fbk_home_profile(home, account);
  if (!profile || !g_str_has_prefix(account->name, profile->institution)) /* by hand it may be anything */
    fbk_redaction_add(redaction, account->name, _("<account>"), TRUE);
  fbk_redaction_add(redaction, account->address, _("<address>"), FALSE);
  fbk_redaction_add(redaction, account->user, _("<user>"), FALSE);
  fbk_redaction_add(redaction, account->real_name, _("<name>"), strlen(account->real_name) < 6);
  g_autofree char *local = g_strndup(account->address, strcspn(account->address, "@"));
  fbk_redaction_add(redaction, local, _("<user>"), strlen(local) < 3);
}

FbkRedaction *fbk_redaction_new(const FbkHome *home)
{
  FbkRedaction *redaction = g_new0(FbkRedaction, 1);
  redaction->rules = g_ptr_array_new_with_free_func(rule_free);
  for (guint i = 0; i < home->accounts->len; i++)
    add_account(redaction, home, home->accounts->pdata[i]);
  add_directory(redaction, home->dir, _("<directory>"));
  add_directory(redaction, g_get_home_dir(), "~");
  fbk_redaction_add(redaction, g_get_user_name(), _("<login>"), TRUE);
  if (!g_str_equal(g_get_real_name(), "Unknown")) /* what GLib says for none */
    fbk_redaction_add(redaction, g_get_real_name(), _("<name>"), TRUE);
  fbk_redaction_add(redaction, g_get_host_name(), _("<computer>"), TRUE);
  return redaction;
}

void fbk_redaction_free(FbkRedaction *redaction)
{
  if (!redaction)
    return;
  g_ptr_array_unref(redaction->rules);
  g_free(redaction);
}

static gboolean matches(const Rule *rule, const char *text, const char *at)
{
  if (g_ascii_strncasecmp(at, rule->what, rule->len) != 0)
    return FALSE;
  return !rule->whole || ((at == text || !g_ascii_isalnum(at[-1])) && !g_ascii_isalnum(at[rule->len]));
}

char *fbk_redact(const FbkRedaction *redaction, const char *text)
{
  if (!text)
    return NULL;
  GString *out = g_string_new(NULL);
  for (const char *at = text; *at;) {
    const Rule *found = NULL;
    for (guint i = 0; i < redaction->rules->len && !found; i++)
      if (matches(redaction->rules->pdata[i], text, at))
        found = redaction->rules->pdata[i];
    if (found) {
      g_string_append(out, found->placeholder);
      at += found->len;
    } else
      g_string_append_c(out, *at++);
  }
  return g_string_free(out, FALSE);
}
