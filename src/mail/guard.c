/* Keeps what counts as the reader's institution. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/guard.h"

#include "mail/host.h"
#include "mail/lists.h"
#include "mail/lookalike.h"
#include "mail/terms.h"

#include <string.h>

static void domain_free(gpointer data)
{
  FbkGuardDomain *domain = data;
  g_free(domain->name);
  g_free(domain->joined);
  g_free(domain->letters);
  g_free(domain);
}

static void brand_free(gpointer data)
{
  FbkGuardBrand *brand = data;
  g_free(brand->word);
  g_free(brand->skel);
  g_free(brand->domain);
  g_free(brand);
}

/* Canonical where that is possible; what is not a host matches nothing and does no harm. */
static char *canonical(const char *host)
{
  g_autofree char *trimmed = g_strstrip(g_strdup(host));
  char *name = fbk_host_valid(trimmed, strlen(trimmed));
  return name ? name : g_ascii_strdown(trimmed, -1);
}

FbkGuard *fbk_guard_new(void)
{
  FbkGuard *guard = g_new0(FbkGuard, 1);
  guard->domains = g_ptr_array_new_with_free_func(domain_free);
  guard->brands = g_ptr_array_new_with_free_func(brand_free);
  guard->names = g_ptr_array_new_with_free_func(g_free);
  guard->allowed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  guard->authservs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return guard;
}

void fbk_guard_free(FbkGuard *guard)
{
  if (!guard)
    return;
  g_ptr_array_unref(guard->domains);
  g_ptr_array_unref(guard->brands);
  g_ptr_array_unref(guard->names);
  g_hash_table_unref(guard->allowed);
  g_hash_table_unref(guard->authservs);
  g_free(guard);
}

void fbk_guard_add_domain(FbkGuard *guard, const char *name)
{
  g_autofree char *host = canonical(name);
  if (!*host)
    return;
  FbkGuardDomain *domain = g_new0(FbkGuardDomain, 1);
  domain->joined = fbk_skel_join(host);
  g_autofree char *letters = fbk_host_unicode(host);
  domain->letters = g_utf8_to_ucs4_fast(letters, -1, &domain->letter_count);
  domain->label_count = 1;
  for (glong i = 0; i < domain->letter_count; i++) {
    if (domain->letters[i] != '.')
      continue;
    if (domain->label_count++ == 1)
      domain->first_label = i;
  }
  if (domain->label_count == 1)
    domain->first_label = domain->letter_count;
  domain->name = g_steal_pointer(&host);
  g_ptr_array_add(guard->domains, domain);
}

void fbk_guard_add_brand(FbkGuard *guard, const char *word, const char *domain)
{
  g_autofree char *lower = fbk_terms_of(word);
  if (!*lower)
    return;
  FbkGuardBrand *brand = g_new0(FbkGuardBrand, 1);
  brand->skel = fbk_skel(lower);
  brand->domain = canonical(domain);
  brand->word = g_steal_pointer(&lower);
  g_ptr_array_add(guard->brands, brand);
}

void fbk_guard_add_name(FbkGuard *guard, const char *name)
{
  g_autofree char *words = fbk_terms_of(name);
  if (*words)
    g_ptr_array_add(guard->names, g_steal_pointer(&words));
}

void fbk_guard_add_allowed(FbkGuard *guard, const char *host)
{
  g_autofree char *name = canonical(host);
  if (*name)
    g_hash_table_add(guard->allowed, g_steal_pointer(&name));
}

void fbk_guard_add_authserv(FbkGuard *guard, const char *id)
{
  g_autofree char *lower = g_strstrip(g_ascii_strdown(id, -1));
  if (*lower)
    g_hash_table_add(guard->authservs, g_steal_pointer(&lower));
}

static void add_keys(FbkGuard *guard, GHashTable *from, void (*add)(FbkGuard *, const char *))
{
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, from);
  while (g_hash_table_iter_next(&iter, &key, NULL))
    add(guard, key);
}

void fbk_guard_add_all(FbkGuard *guard, const FbkGuard *from)
{
  for (guint i = 0; i < from->domains->len; i++)
    if (!fbk_guard_is_institution(guard, ((FbkGuardDomain *)from->domains->pdata[i])->name))
      fbk_guard_add_domain(guard, ((FbkGuardDomain *)from->domains->pdata[i])->name);
  for (guint i = 0; i < from->brands->len; i++) {
    const FbkGuardBrand *brand = from->brands->pdata[i];
    fbk_guard_add_brand(guard, brand->word, brand->domain);
  }
  for (guint i = 0; i < from->names->len; i++)
    fbk_guard_add_name(guard, from->names->pdata[i]);
  add_keys(guard, from->allowed, fbk_guard_add_allowed);
  add_keys(guard, from->authservs, fbk_guard_add_authserv);
}

gboolean fbk_guard_is_institution(const FbkGuard *guard, const char *host)
{
  for (guint i = 0; i < guard->domains->len; i++) {
    const FbkGuardDomain *domain = guard->domains->pdata[i];
    if (fbk_host_under(host, domain->name))
      return TRUE;
  }
  return FALSE;
}

gboolean fbk_guard_is_allowed(const FbkGuard *guard, const char *host)
{
  return g_hash_table_size(guard->allowed) > 0 && fbk_lists_covers(guard->allowed, host);
}

gboolean fbk_guard_is_named(const FbkGuard *guard, const char *words, gboolean with_brands)
{
  for (guint i = 0; i < guard->names->len; i++)
    if (fbk_terms_have(words, guard->names->pdata[i]))
      return TRUE;
  for (guint i = 0; with_brands && i < guard->brands->len; i++) {
    const FbkGuardBrand *brand = guard->brands->pdata[i];
    if (fbk_terms_have(words, brand->word))
      return TRUE;
  }
  return FALSE;
}
