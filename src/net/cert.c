/* Explains certificates. SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/cert.h"

#include <openssl/evp.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <glib/gi18n.h>
#include "base/err.h"

#define NAMES_SHOWN 3
#define NAME_BYTES 64

/* A stranger wrote this: printable ASCII only, short. */
static char *clean(const guchar *bytes, gsize len)
{
  GString *out = g_string_new(NULL);
  for (gsize i = 0; i < len && i < NAME_BYTES; i++)
    g_string_append_c(out, g_ascii_isprint((gchar)bytes[i]) ? (gchar)bytes[i] : '?');
  if (len > NAME_BYTES)
    g_string_append(out, "...");
  return g_string_free(out, FALSE);
}

char *fbk_cert_fingerprint(X509 *certificate)
{
  guchar digest[EVP_MAX_MD_SIZE];
  guint len = 0;
  GString *out = g_string_new(NULL);
  if (X509_digest(certificate, EVP_sha256(), digest, &len) == 1) {
    for (guint i = 0; i < len; i++)
      g_string_append_printf(out, "%s%02X", i > 0 ? ":" : "", digest[i]);
  }
  return g_string_free(out, FALSE);
}

char *fbk_cert_names(X509 *certificate)
{
  GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
  GString *out = g_string_new(NULL);
  gint shown = 0;
  for (int i = 0; i < sk_GENERAL_NAME_num(names) && shown <= NAMES_SHOWN; i++) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_DNS)
      continue;
    if (shown++ == NAMES_SHOWN) {
      g_string_append(out, ", ...");
      break;
    }
    g_autofree char *text =
        clean(ASN1_STRING_get0_data(name->d.dNSName), (gsize)MAX(ASN1_STRING_length(name->d.dNSName), 0));
    g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", text);
  }
  GENERAL_NAMES_free(names);
  return g_string_free(out, out->len == 0);
}

static char *name_entry(const X509_NAME *name, int nid)
{
  int at = X509_NAME_get_index_by_NID(name, nid, -1);
  if (at < 0)
    return NULL;
  const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
  return clean(ASN1_STRING_get0_data(value), (gsize)MAX(ASN1_STRING_length(value), 0));
}

char *fbk_cert_issuer(X509 *certificate)
{
  const X509_NAME *name = X509_get_issuer_name(certificate);
  char *text = name_entry(name, NID_organizationName);
  if (text == NULL)
    text = name_entry(name, NID_commonName);
  return text != NULL ? text : g_strdup("?");
}

static char *day(const ASN1_TIME *time)
{
  struct tm when;
  if (ASN1_TIME_to_tm(time, &when) != 1)
    return g_strdup("?");
  return g_strdup_printf("%04d-%02d-%02d", when.tm_year + 1900, when.tm_mon + 1, when.tm_mday);
}

char *fbk_cert_ends_on(X509 *certificate)
{
  return day(X509_get0_notAfter(certificate));
}

gint64 fbk_cert_valid_until(X509 *certificate)
{
  struct tm when;
  return ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &when) == 1 ? (gint64)timegm(&when) : 0;
}

static void explain_host(X509 *leaf, const char *host, GError **err)
{
  g_autofree char *names = leaf != NULL ? fbk_cert_names(leaf) : NULL;
  if (names != NULL)
    fbk_error_set(err, FBK_ERR_CERT,
                  _("The certificate is not for %s but for %s: this may not be the right server."), host,
                  names);
  else
    fbk_error_set(
        err, FBK_ERR_CERT,
        _("The certificate names no server in the way it must (subjectAltName): this may not be %s."), host);
}

static void explain_key(X509 *bad, const char *host, GError **err)
{
  EVP_PKEY *key = bad != NULL ? X509_get0_pubkey(bad) : NULL;
  fbk_error_set(err, FBK_ERR_CERT,
                _("The certificate of %s rests on a key that is too weak to be safe (%d bits)."), host,
                key != NULL ? EVP_PKEY_get_bits(key) : 0);
}

static void explain_digest(X509 *bad, const char *host, GError **err)
{
  int nid = bad != NULL ? X509_get_signature_nid(bad) : NID_undef;
  fbk_error_set(err, FBK_ERR_CERT, _("The certificate of %s is signed in a way that is no longer safe (%s)."),
                host, nid != NID_undef ? OBJ_nid2ln(nid) : "?");
}

static void explain_dates(long fault, X509 *bad, const char *host, GError **err)
{
  gboolean expired = fault == X509_V_ERR_CERT_HAS_EXPIRED;
  g_autofree char *date =
      bad == NULL ? g_strdup("?") : day(expired ? X509_get0_notAfter(bad) : X509_get0_notBefore(bad));
  if (expired)
    fbk_error_set(err, FBK_ERR_CERT, _("The certificate of %s expired on %s."), host, date);
  else
    fbk_error_set(err, FBK_ERR_CERT,
                  _("The certificate of %s is not valid before %s: check the clock of this computer."), host,
                  date);
}

static void explain_issuer(X509 *bad, const char *host, GError **err)
{
  g_autofree char *issuer = bad != NULL ? fbk_cert_issuer(bad) : g_strdup("?");
  fbk_error_set(err, FBK_ERR_CERT,
                _("The certificate of %s comes from an authority that this computer does not know (%s)."),
                host, issuer);
}

void fbk_cert_explain(long fault, X509 *bad, X509 *leaf, const char *host, GError **err)
{
  switch (fault) {
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH:
    explain_host(leaf, host, err);
    break;
  case X509_V_ERR_CERT_HAS_EXPIRED:
  case X509_V_ERR_CERT_NOT_YET_VALID:
    explain_dates(fault, bad, host, err);
    break;
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    fbk_error_set(err, FBK_ERR_CERT,
                  _("The certificate of %s is signed only by itself: anybody can make one like it."), host);
    break;
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
  case X509_V_ERR_CERT_UNTRUSTED:
    explain_issuer(bad, host, err);
    break;
  case X509_V_ERR_EE_KEY_TOO_SMALL:
  case X509_V_ERR_CA_KEY_TOO_SMALL:
    explain_key(bad, host, err);
    break;
  case X509_V_ERR_CA_MD_TOO_WEAK:
    explain_digest(bad, host, err);
    break;
  case X509_V_ERR_INVALID_CA:
  case X509_V_ERR_PATH_LENGTH_EXCEEDED:
  case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    fbk_error_set(err, FBK_ERR_CERT,
                  _("The certificate of %s is signed by a certificate that may not sign others."), host);
    break;
  case X509_V_ERR_INVALID_PURPOSE:
    fbk_error_set(err, FBK_ERR_CERT, _("The certificate of %s was not made for a server."), host);
    break;
  case X509_V_ERR_CERT_REVOKED:
    fbk_error_set(err, FBK_ERR_CERT, _("The certificate of %s was revoked by its authority."), host);
    break;
  case X509_V_ERR_CERT_SIGNATURE_FAILURE:
  case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
    fbk_error_set(err, FBK_ERR_CERT,
                  _("The certificate of %s has a false signature: it was forged or damaged."), host);
    break;
  default:
    fbk_error_set(err, FBK_ERR_CERT, _("The certificate of %s cannot be accepted: %s."), host,
                  X509_verify_cert_error_string(fault));
  }
}
