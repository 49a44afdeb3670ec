/* Inline CSS that hides text. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/html_style.h"

#include <string.h>

/* A length that is nothing: "0", "0px", ".0em", but not "0.5em". -1 when value is no number. */
static int is_zero(const char *value)
{
  char *end;
  double number = g_ascii_strtod(value, &end);
  return end == value ? -1 : number <= 0.0;
}

static int pixels(const char *value)
{
  char *end;
  double number = g_ascii_strtod(value, &end);
  if (end == value || *end == '%' || g_str_has_prefix(end, "em") || number < 0 || number > 100000)
    return -1;
  return (int)number;
}

static void read_size(const char *value, FbkInlineStyle *style)
{
  int zero = is_zero(value);
  const char *unit = value + strspn(value, "0123456789.+-");
  gboolean relative = g_str_has_prefix(unit, "em") || *unit == '%' || g_str_has_prefix(unit, "smaller") ||
                      g_str_has_prefix(unit, "larger") || g_str_has_prefix(unit, "inherit");
  if (zero == 1)
    style->zero_size = 1;
  else if (!relative) /* a part of nothing is nothing */
    style->zero_size = 0;
}

static void read_declaration(const char *name, const char *value, FbkInlineStyle *style)
{
  if (strcmp(name, "display") == 0)
    style->gone |= g_str_has_prefix(value, "none");
  else if (strcmp(name, "mso-hide") == 0)
    style->gone |= g_str_has_prefix(value, "all");
  else if (strcmp(name, "opacity") == 0 || strcmp(name, "max-height") == 0 || strcmp(name, "max-width") == 0)
    style->gone |= is_zero(value) == 1;
  else if (strcmp(name, "visibility") == 0)
    style->invisible = !g_str_has_prefix(value, "visible");
  else if (strcmp(name, "font-size") == 0)
    read_size(value, style);
  else if (strcmp(name, "width") == 0)
    style->width = pixels(value);
  else if (strcmp(name, "height") == 0)
    style->height = pixels(value);
}

/* CSS comments may stand anywhere, inside a word of a declaration too. */
static char *without_comments(const char *css)
{
  GString *clean = g_string_new(NULL);
  while (*css != '\0') {
    const char *end = css[0] == '/' && css[1] == '*' ? strstr(css + 2, "*/") : NULL;
    if (end != NULL)
      css = end + 2;
    else
      g_string_append_c(clean, g_ascii_tolower(*css++));
  }
  return g_string_free(clean, FALSE);
}

FbkInlineStyle fbk_inline_style(const char *css)
{
  FbkInlineStyle style = {.invisible = -1, .zero_size = -1, .width = -1, .height = -1};
  if (css == NULL || *css == '\0')
    return style;
  g_autofree char *clean = without_comments(css);
  for (char *at = clean; at != NULL;) {
    char *next = strchr(at, ';');
    if (next != NULL)
      *next++ = '\0';
    char *colon = strchr(at, ':');
    if (colon != NULL) {
      *colon = '\0';
      read_declaration(g_strstrip(at), g_strstrip(colon + 1), &style);
    }
    at = next;
  }
  return style;
}
