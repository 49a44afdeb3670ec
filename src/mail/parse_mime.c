/* GMime's start and options. SPDX-License-Identifier: GPL-3.0-or-later */
#include "mail/parse_mime.h"

static gpointer start(gpointer unused G_GNUC_UNUSED)
{
  static const char *fallbacks[] = {"utf-8", "cp932", NULL};
  g_mime_init();
  GMimeParserOptions *options = g_mime_parser_options_new();
  g_mime_parser_options_set_fallback_charsets(options, fallbacks);
  g_mime_parser_options_set_allow_addresses_without_domain(options, TRUE);
  g_mime_parser_options_set_address_compliance_mode(options, GMIME_RFC_COMPLIANCE_LOOSE);
  g_mime_parser_options_set_parameter_compliance_mode(options, GMIME_RFC_COMPLIANCE_LOOSE);
  return options;
}

GMimeParserOptions *fbk_mime_options(void)
{
  static GOnce once = G_ONCE_INIT;
  return g_once(&once, start, NULL);
}
