/* Reads autoconfig XML with libxml2. SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/autoconfig.h"

#include <glib/gi18n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "mail/host.h"
#include "store/value.h"

#define USER_CAP 200
#define URL_CAP 900

/* One document being read. */
typedef struct {
  const char *name;
  GPtrArray *notes;
  FbkProfileDraft *draft;
  gboolean knows_user; /* the first server that is taken says what the user name is */
  char *user;
} Reading;

static gboolean complain(const Reading *reading, long line, GError **err, const char *reason)
{
  fbk_error_set(err, FBK_ERR_BAD_INPUT, "%s:%ld: %s", reading->name, MAX(line, 1), reason);
  return FALSE;
}

static void note(Reading *reading, const xmlNode *node, const char *reason)
{
  g_ptr_array_add(reading->notes,
                  g_strdup_printf("%s:%ld: %s", reading->name, MAX(xmlGetLineNo(node), 1), reason));
}

/* --- the document --- */

/* What went wrong first while libxml2 reads. */
typedef struct {
  gboolean has_doctype, is_broken;
  long line;
  char *reason;
} Watch;

static Watch *watch_of(void *context)
{
  return ((xmlParserCtxtPtr)context)->_private;
}

/* Comes before the first declaration is read: no entity is ever known. */
static void refuse_doctype(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
  (void)name, (void)external, (void)system;
  Watch *watch = watch_of(context);
  watch->has_doctype = TRUE;
  watch->line = xmlSAX2GetLineNumber(context);
  xmlStopParser(context);
}

static void G_GNUC_PRINTF(2, 3) notice_error(void *context, const char *format, ...)
{
  Watch *watch = watch_of(context);
  if (watch->has_doctype || watch->is_broken)
    return;
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  watch->is_broken = TRUE;
  watch->line = xmlSAX2GetLineNumber(context);
  watch->reason = fbk_text_gate(g_strstrip(text), -1, FBK_GATE_LINE);
}

static xmlDoc *parse(const Reading *reading, const char *bytes, gsize len, GError **err)
{
  xmlParserCtxtPtr context = xmlNewParserCtxt();
  if (context == NULL)
    g_error("out of memory");
  Watch watch = {0};
  context->_private = &watch;
  context->sax->internalSubset = refuse_doctype;
  context->sax->error = notice_error;
  context->sax->warning = NULL;
  xmlDoc *doc = xmlCtxtReadMemory(context, bytes, (int)len, NULL, NULL,
                                  XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES);
  xmlFreeParserCtxt(context);
  if (watch.has_doctype)
    complain(reading, watch.line, err,
             _("the document has a DOCTYPE, which autoconfig files do not have; it is not read further"));
  else if (watch.is_broken || doc == NULL) {
    g_autofree char *reason = g_strdup_printf(_("this is not well-formed XML (%s)"),
                                              watch.reason != NULL ? watch.reason : _("it is empty"));
    complain(reading, watch.line, err, reason);
  } else {
    g_free(watch.reason);
    return doc;
  }
  g_free(watch.reason);
  xmlFreeDoc(doc);
  return NULL;
}

static gboolean is_named(const xmlNode *node, const char *name)
{
  return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* The first child element of this name at or after node, or NULL. */
static xmlNode *find(xmlNode *node, const char *name)
{
  while (node != NULL && !is_named(node, name))
    node = node->next;
  return node;
}

/* Text of the first child element, without blanks around; "" when there is none. */
static char *text_of(const xmlNode *node)
{
  xmlChar *content = node != NULL ? xmlNodeGetContent(node) : NULL;
  char *text = g_strdup(content != NULL ? (const char *)content : "");
  xmlFree(content);
  return g_strstrip(text);
}

static char *attribute_of(const xmlNode *node, const char *name)
{
  xmlChar *value = node != NULL ? xmlGetNoNsProp(node, (const xmlChar *)name) : NULL;
  char *text = g_strdup(value != NULL ? (const char *)value : "");
  xmlFree(value);
  return g_strstrip(text);
}

static char *replaced(const char *text, const char *placeholder, const char *with)
{
  g_auto(GStrv) parts = g_strsplit(text, placeholder, -1);
  return g_strjoinv(with, parts);
}

/* A host as it is compared, or NULL. */
static char *host_of(const char *text)
{
  g_auto(FbkHost) host = {0};
  fbk_host_read(text, strlen(text), &host);
  gboolean is_good = !(host.faults & (FBK_HOST_INVALID | FBK_HOST_HIDDEN)) && fbk_value_is_host(host.name);
  return is_good ? g_strdup(host.name) : NULL;
}

/* --- the user name --- */

static char *pattern_of(const char *user, const char *domain)
{
  g_autofree char *quoted = g_regex_escape_string(user, -1);
  g_autofree char *quoted_domain = g_regex_escape_string(domain, -1);
  g_autofree char *with_domain = replaced(quoted, "%EMAILDOMAIN%", quoted_domain);
  g_autofree char *with_address = replaced(with_domain, "%EMAILADDRESS%", "[^@\\s]+@[^@\\s]+");
  return replaced(with_address, "%EMAILLOCALPART%", "[^@\\s]+");
}

/* What the placeholders say of the user name. */
static void take_user(Reading *reading, const xmlNode *server, char *user)
{
  FbkProfileDraft *draft = reading->draft;
  if (reading->knows_user) {
    if (strcmp(user, reading->user) != 0)
      note(reading, server,
           _("this server wants the user name in another form; Fubako uses the first form for all servers"));
    g_free(user);
    return;
  }
  reading->knows_user = TRUE;
  reading->user = user;
  if (strcmp(user, "%EMAILADDRESS%") == 0 || strcmp(user, "%EMAILLOCALPART%@%EMAILDOMAIN%") == 0) {
    draft->user_kind = FBK_USER_ADDRESS;
    draft->user_hint = g_strdup(_("Your whole mail address."));
  } else if (strcmp(user, "%EMAILLOCALPART%") == 0) {
    draft->user_kind = FBK_USER_ID;
    draft->user_hint = g_strdup(_("The part of your mail address before the @."));
    draft->user_pattern = pattern_of(user, draft->mail_domain);
  } else if (strstr(user, "%EMAIL") != NULL) {
    draft->user_kind =
        strchr(user, '@') != NULL || strstr(user, "%EMAILADDRESS%") != NULL ? FBK_USER_ADDRESS : FBK_USER_ID;
    g_autofree char *with_domain = replaced(user, "%EMAILDOMAIN%", draft->mail_domain);
    g_autofree char *with_address = replaced(with_domain, "%EMAILADDRESS%", "taro@example.ac.jp");
    g_autofree char *example = replaced(with_address, "%EMAILLOCALPART%", "taro");
    draft->user_hint =
        g_strdup_printf(_("For the address taro@%s it would be %s."), draft->mail_domain, example);
    if (draft->user_kind == FBK_USER_ID)
      draft->user_pattern = pattern_of(user, draft->mail_domain);
  } else
    draft->user_hint = g_strdup(_("The user name that your institution gave you."));
}

/* --- servers --- */

static const struct {
  const char *element, *type;
  FbkProtocol protocol;
} types[] = {{"incomingServer", "imap", FBK_PROTOCOL_IMAP},
             {"incomingServer", "pop3", FBK_PROTOCOL_POP},
             {"outgoingServer", "smtp", FBK_PROTOCOL_SMTP}};

/* Why a server cannot be used, or NULL. Its kind of socket and protocol come out. */
static const char *why_not(const xmlNode *node, FbkProtocol *protocol_out, FbkSecurity *security_out)
{
  g_autofree char *type = attribute_of(node, "type");
  g_autofree char *socket_type = text_of(find(node->children, "socketType"));
  gboolean is_known = FALSE, has_password = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(types) && !is_known; i++)
    if (is_named(node, types[i].element) && g_ascii_strcasecmp(type, types[i].type) == 0) {
      *protocol_out = types[i].protocol;
      is_known = TRUE;
    }
  if (!is_known)
    return _("left out: Fubako speaks IMAP, POP3 and SMTP only");
  if (g_ascii_strcasecmp(socket_type, "SSL") == 0)
    *security_out = FBK_SECURITY_TLS;
  else if (g_ascii_strcasecmp(socket_type, "STARTTLS") == 0)
    *security_out = FBK_SECURITY_STARTTLS;
  else if (g_ascii_strcasecmp(socket_type, "plain") == 0)
    return _("left out: this server is not secured (socketType plain), and the password would go in clear");
  else
    return _("left out: socketType is neither SSL nor STARTTLS");
  xmlNode *way = find(node->children, "authentication");
  for (; way != NULL && !has_password; way = find(way->next, "authentication")) {
    g_autofree char *word = text_of(way);
    has_password = strcmp(word, "password-cleartext") == 0 || strcmp(word, "plain") == 0;
  }
  return has_password ? NULL : _("left out: Fubako signs in with a password (password-cleartext) only");
}

static gboolean read_server(Reading *reading, const xmlNode *node, GError **err)
{
  FbkProtocol protocol = FBK_PROTOCOL_IMAP;
  FbkSecurity security = FBK_SECURITY_TLS;
  guint port = 0;
  const char *reason = why_not(node, &protocol, &security);
  if (reason != NULL) {
    note(reading, node, reason);
    return TRUE;
  }
  g_autofree char *port_text = text_of(find(node->children, "port"));
  g_autofree char *written = text_of(find(node->children, "hostname"));
  g_autofree char *filled = replaced(written, "%EMAILDOMAIN%", reading->draft->mail_domain);
  g_autofree char *host = host_of(filled);
  g_autofree char *user = text_of(find(node->children, "username"));
  if (host == NULL)
    return complain(reading, xmlGetLineNo(node), err, _("the server has no hostname that is a host name"));
  if (!fbk_value_number(port_text, 1, 65535, &port))
    return complain(reading, xmlGetLineNo(node), err, _("the server has no port from 1 to 65535"));
  if (strlen(user) > USER_CAP)
    return complain(reading, xmlGetLineNo(node), err, _("the user name is too long"));
  if (fbk_profile_draft_add(reading->draft, fbk_server_new(protocol, host, (guint16)port, security)))
    take_user(reading, node, g_steal_pointer(&user));
  else
    note(reading, node, _("left out: a profile has one host for each protocol, and the first is taken"));
  return TRUE;
}

static gboolean read_servers(Reading *reading, const xmlNode *provider, GError **err)
{
  gboolean reads_mail = FALSE;
  for (const xmlNode *node = provider->children; node != NULL; node = node->next)
    if ((is_named(node, "incomingServer") || is_named(node, "outgoingServer")) &&
        !read_server(reading, node, err))
      return FALSE;
  for (guint i = 0; i < reading->draft->servers->len; i++)
    reads_mail |= ((FbkServer *)reading->draft->servers->pdata[i])->protocol != FBK_PROTOCOL_SMTP;
  if (reads_mail)
    return TRUE;
  /* What was left out is the reason, so it belongs into the sentence. */
  const char *first = reading->notes->len > 0 ? g_ptr_array_index(reading->notes, 0) : NULL;
  g_autofree char *reason = g_strdup_printf("%s%s%s", _("no server is left to read mail from"),
                                            first != NULL ? "\n" : "", first != NULL ? first : "");
  return complain(reading, xmlGetLineNo(provider), err, reason);
}

/* --- the rest --- */

static gboolean read_domains(Reading *reading, const xmlNode *provider, GError **err)
{
  FbkProfileDraft *draft = reading->draft;
  for (xmlNode *node = find(provider->children, "domain"); node != NULL; node = find(node->next, "domain")) {
    g_autofree char *purpose = attribute_of(node, "purpose");
    g_autofree char *written = text_of(node);
    g_autofree char *domain = host_of(written);
    if (strcmp(purpose, "mx") == 0) /* where mail is delivered, often a big provider's */
      continue;
    if (domain == NULL)
      return complain(reading, xmlGetLineNo(node), err, _("this is not a domain name"));
    if (draft->mail_domain == NULL)
      draft->mail_domain = g_strdup(domain);
    /* Trusting "ac.jp" would be trusting every university. */
    if (fbk_host_suffix(domain) == NULL)
      note(reading, node, _("this domain is shared by many owners; links into it are judged as foreign"));
    else
      g_ptr_array_add(draft->domains, g_steal_pointer(&domain));
  }
  return draft->mail_domain != NULL ||
         complain(reading, xmlGetLineNo(provider), err, _("emailProvider has no domain"));
}

static gboolean is_page(const char *url)
{
  gboolean is_good = g_str_has_prefix(url, "https://") && url[8] != '\0' && strlen(url) <= URL_CAP;
  for (const char *at = url; is_good && *at != '\0'; at++)
    is_good = g_ascii_isgraph(*at);
  return is_good;
}

/* The https page that an element at or after node names, or NULL. */
static char *page_of(Reading *reading, xmlNode *node, const char *element)
{
  for (node = find(node, element); node != NULL; node = find(node->next, element)) {
    g_autofree char *url = attribute_of(node, "url");
    if (is_page(url))
      return g_steal_pointer(&url);
    note(reading, node, _("left out: the address of a page begins with https://"));
  }
  return NULL;
}

static void read_words(Reading *reading, const xmlNode *root, const xmlNode *provider)
{
  FbkProfileDraft *draft = reading->draft;
  g_autofree char *id = attribute_of(provider, "id");
  g_autofree char *title = text_of(find(provider->children, "displayName"));
  const xmlNode *webmail = find(provider->children, "webMail");
  if (webmail == NULL)
    webmail = find(root->children, "webMail");
  draft->name = fbk_profile_make_name(*id != '\0' ? id : draft->mail_domain);
  draft->title =
      *title != '\0' ? replaced(title, "%EMAILDOMAIN%", draft->mail_domain) : g_strdup(draft->mail_domain);
  draft->contact = page_of(reading, provider->children, "documentation");
  draft->webmail = webmail != NULL ? page_of(reading, webmail->children, "loginPage") : NULL;
}

static gboolean read_document(Reading *reading, xmlDoc *doc, GError **err)
{
  const xmlNode *root = xmlDocGetRootElement(doc);
  if (root == NULL || !is_named(root, "clientConfig"))
    return complain(reading, root != NULL ? xmlGetLineNo(root) : 1, err,
                    _("this is not an autoconfig file: it does not begin with <clientConfig>"));
  const xmlNode *provider = find(root->children, "emailProvider");
  if (provider == NULL)
    return complain(reading, xmlGetLineNo(root), err, _("clientConfig has no emailProvider"));
  const xmlNode *second = find(provider->next, "emailProvider");
  if (second != NULL)
    note(reading, second, _("left out: one emailProvider is read, the first"));
  if (!read_domains(reading, provider, err) || !read_servers(reading, provider, err))
    return FALSE;
  read_words(reading, root, provider);
  return TRUE;
}

gboolean fbk_autoconfig_is_xml(const char *bytes, gsize len)
{
  if (len >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
    return TRUE; /* UTF-16, which a profile cannot be */
  gsize at = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  while (at < len && g_ascii_isspace(bytes[at]))
    at++;
  return at < len && bytes[at] == '<';
}

FbkProfileDraft *fbk_autoconfig_read(const char *name, const char *bytes, gsize len, GPtrArray *notes,
                                     GError **err)
{
  if (len > FBK_AUTOCONFIG_CAP) {
    fbk_error_set(err, FBK_ERR_TOO_BIG, _("%s is larger than the limit of %d bytes."), name,
                  FBK_AUTOCONFIG_CAP);
    return NULL;
  }
  g_autoptr(FbkProfileDraft) draft = fbk_profile_draft_new();
  Reading reading = {name, notes, draft, FALSE, NULL};
  xmlDoc *doc = parse(&reading, bytes, len, err);
  gboolean is_good = doc != NULL && read_document(&reading, doc, err);
  xmlFreeDoc(doc);
  g_free(reading.user);
  return is_good ? g_steal_pointer(&draft) : NULL;
}
