/* What commands print: gated text, and JSON on one line. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/out.h"

#include <stdarg.h>
#include <stdio.h>
#include "base/text.h"

struct FbkJson {
  GString *text;
  GString *closers; /* one '}' or ']' per open level */
  gboolean first;   /* nothing stands in the innermost level yet */
};

void fbk_out(const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
}

void fbk_out_gated(const char *foreign)
{
  g_autofree char *clean = fbk_text_gate(foreign, -1, FBK_GATE_LINE);
  fputs(clean, stdout);
}

FbkJson *fbk_json_new(void)
{
  FbkJson *json = g_new0(FbkJson, 1);
  json->text = g_string_new(NULL);
  json->closers = g_string_new(NULL);
  json->first = TRUE;
  return json;
}

static void put_quoted(GString *text, const char *value)
{
  g_autofree char *clean = fbk_text_gate(value, -1, FBK_GATE_LINES);
  g_string_append_c(text, '"');
  for (const char *c = clean; *c; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_printf(text, "\\%c", *c);
    else if (*c == '\n')
      g_string_append(text, "\\n");
    else
      g_string_append_c(text, *c);
  }
  g_string_append_c(text, '"');
}

static void put_key(FbkJson *json, const char *key)
{
  if (!json->first)
    g_string_append(json->text, ", ");
  json->first = FALSE;
  if (key) {
    put_quoted(json->text, key);
    g_string_append(json->text, ": ");
  }
}

static void open_level(FbkJson *json, const char *key, char opener, char closer)
{
  put_key(json, key);
  g_string_append_c(json->text, opener);
  g_string_append_c(json->closers, closer);
  json->first = TRUE;
}

void fbk_json_object(FbkJson *json, const char *key)
{
  open_level(json, key, '{', '}');
}

void fbk_json_array(FbkJson *json, const char *key)
{
  open_level(json, key, '[', ']');
}

void fbk_json_end(FbkJson *json)
{
  g_assert(json->closers->len);
  g_string_append_c(json->text, json->closers->str[json->closers->len - 1]);
  g_string_truncate(json->closers, json->closers->len - 1);
  json->first = FALSE;
}

void fbk_json_string(FbkJson *json, const char *key, const char *value)
{
  put_key(json, key);
  if (value)
    put_quoted(json->text, value);
  else
    g_string_append(json->text, "null");
}

void fbk_json_int(FbkJson *json, const char *key, gint64 value)
{
  put_key(json, key);
  g_string_append_printf(json->text, "%" G_GINT64_FORMAT, value);
}

void fbk_json_bool(FbkJson *json, const char *key, gboolean value)
{
  put_key(json, key);
  g_string_append(json->text, value ? "true" : "false");
}

void fbk_json_print(FbkJson *json)
{
  g_assert(!json->closers->len);
  puts(json->text->str);
  g_string_free(json->text, TRUE);
  g_string_free(json->closers, TRUE);
  g_free(json);
}
