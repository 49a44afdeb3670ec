/* iconv to UTF-8, never failing. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/convert.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#define WINDOW 4096 /* bytes given at once: checkers of memory look at all that is given, each time */
#define REPLACEMENT "\xef\xbf\xbd"

/* How far to step over a refused character: stepping one byte into a pair would shift all pairs behind it. */
typedef enum { STEP_ONE, STEP_SJIS, STEP_EUC, STEP_TWO, STEP_FOUR } Step;

struct FbkConverter {
  iconv_t handle;
  Step step;
};

static Step step_of(const char *name)
{
  if (!strcmp(name, "CP932"))
    return STEP_SJIS;
  if (g_str_has_prefix(name, "EUC") || !strcmp(name, "GB18030") || !strcmp(name, "CP949"))
    return STEP_EUC;
  if (g_str_has_prefix(name, "UTF-16"))
    return STEP_TWO;
  return g_str_has_prefix(name, "UTF-32") ? STEP_FOUR : STEP_ONE;
}

FbkConverter *fbk_converter_new(const char *name)
{
  iconv_t handle = iconv_open("UTF-8", name);
  if (handle == (iconv_t)-1)
    return NULL;
  FbkConverter *converter = g_new(FbkConverter, 1);
  converter->handle = handle;
  converter->step = step_of(name);
  return converter;
}

void fbk_converter_free(FbkConverter *converter)
{
  if (!converter)
    return;
  iconv_close(converter->handle);
  g_free(converter);
}

static gboolean leads_sjis_pair(guchar byte)
{
  return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
}

static gsize refused_length(Step step, const guchar *at, gsize left)
{
  gsize length = 1;
  if (step == STEP_SJIS && left > 1 && leads_sjis_pair(at[0]) && at[1] >= 0x40)
    length = 2;
  else if (step == STEP_EUC && left > 1 && at[0] >= 0x8e && at[1] >= 0xa1)
    length = at[0] == 0x8f && left > 2 && at[2] >= 0xa1 ? 3 : 2;
  else if (step == STEP_TWO)
    length = 2;
  else if (step == STEP_FOUR)
    length = 4;
  return MIN(length, left);
}

gsize fbk_converter_append(FbkConverter *converter, const char *bytes, gsize len, GString *out)
{
  char chunk[WINDOW * 2];
  char *in = (char *)bytes;
  gsize left = len, refused = 0;

  iconv(converter->handle, NULL, NULL, NULL, NULL);
  while (left > 0) {
    char *before = in, *to = chunk;
    gsize given = MIN(left, WINDOW), room = sizeof chunk;
    gboolean last = given == left;
    size_t result = iconv(converter->handle, &in, &given, &to, &room);
    int reason = errno;
    g_string_append_len(out, chunk, to - chunk);
    left -= (gsize)(in - before);
    gboolean moved = in > before || to > chunk;
    if (result != (size_t)-1 || (reason == E2BIG && moved) || (reason == EINVAL && moved && !last))
      continue;
    g_string_append(out, REPLACEMENT);
    if (reason == EINVAL && last)
      return refused;
    gsize skip = refused_length(converter->step, (const guchar *)in, left);
    in += skip;
    left -= skip;
    refused++;
  }
  char *to = chunk;
  gsize room = sizeof chunk;
  /* a stateful set may still hold a character back */
  if (iconv(converter->handle, NULL, NULL, &to, &room) != (size_t)-1)
    g_string_append_len(out, chunk, to - chunk);
  return refused;
}
