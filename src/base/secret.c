/* Passwords in locked, unshared memory. SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* The whole struct lives inside its mapping, so that the length is as hidden as the bytes. */
struct FbkSecret {
  gsize length;
  char bytes[FBK_SECRET_MAX + 1];
};

FbkSecret *fbk_secret_new(void)
{
  G_STATIC_ASSERT(sizeof(FbkSecret) <= 4096);
  FbkSecret *secret =
      mmap(NULL, sizeof(FbkSecret), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (secret == MAP_FAILED)
    g_error("no memory for a secret");
  /* Each of these may be refused (a low RLIMIT_MEMLOCK, an old kernel); a password that could be swapped is
   * still better than a program that cannot sign in. */
  (void)mlock(secret, sizeof *secret);
  (void)madvise(secret, sizeof *secret, MADV_DONTDUMP);
  (void)madvise(secret, sizeof *secret, MADV_WIPEONFORK);
  return secret;
}

gboolean fbk_secret_append(FbkSecret *secret, const char *bytes, gsize len)
{
  if (len > FBK_SECRET_MAX - secret->length)
    return FALSE;
  if (len == 0)
    return TRUE;
  if (memchr(bytes, '\0', len) != NULL)
    return FALSE;
  memcpy(secret->bytes + secret->length, bytes, len);
  secret->length += len;
  secret->bytes[secret->length] = '\0';
  return TRUE;
}

void fbk_secret_chop(FbkSecret *secret)
{
  while (secret->length > 0) {
    secret->length--;
    guchar removed = (guchar)secret->bytes[secret->length];
    secret->bytes[secret->length] = '\0';
    if ((removed & 0xc0) != 0x80) /* not a continuation byte: the character's first byte is gone too */
      return;
  }
}

FbkSecret *fbk_secret_join(const FbkSecret *prefix, const FbkSecret *password)
{
  g_autoptr(FbkSecret) joined = fbk_secret_new();
  if (prefix != NULL && !fbk_secret_append(joined, prefix->bytes, prefix->length))
    return NULL;
  if (!fbk_secret_append(joined, password->bytes, password->length))
    return NULL;
  return g_steal_pointer(&joined);
}

const char *fbk_secret_peek(const FbkSecret *secret, gsize *len_out)
{
  if (len_out != NULL)
    *len_out = secret->length;
  return secret->bytes;
}

gsize fbk_secret_length(const FbkSecret *secret)
{
  return secret->length;
}

void fbk_secret_clear(FbkSecret *secret)
{
  fbk_wipe(secret, sizeof *secret);
}

void fbk_secret_free(FbkSecret *secret)
{
  if (secret == NULL)
    return;
  fbk_secret_clear(secret);
  munmap(secret, sizeof *secret);
}

void fbk_wipe(void *bytes, gsize len)
{
  if (len > 0)
    explicit_bzero(bytes, len);
}

void fbk_secret_harden_process(void)
{
  const struct rlimit none = {0, 0};
  (void)setrlimit(RLIMIT_CORE, &none);
  /* The leak check of the address sanitizer looks at its own process with ptrace and gives up without it. */
#ifndef __SANITIZE_ADDRESS__
  (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
