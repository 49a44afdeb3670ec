/* Good and faulty certificates. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/shared/test_certs.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#define DAY (24 * 3600)

/* A key with its certificate. */
typedef struct {
  X509 *cert;
  EVP_PKEY *key;
} Signer;

typedef struct {
  const char *name; /* CN */
  const char *san;  /* NULL: none */
  gboolean is_ca, client_only;
  long from_days, to_days; /* from now */
  const EVP_MD *digest;
  guint rsa_bits; /* 0: EC P-256 */
} Recipe;

static pthread_mutex_t lock =
    PTHREAD_MUTEX_INITIALIZER; /* guards all below; one the thread sanitizer knows */
static Signer ca;
static char *directory, *cafile;
static GHashTable *made;
static long serial = 1;

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
  g_assert(extension != NULL);
  X509_add_ext(cert, extension, -1);
  X509_EXTENSION_free(extension);
}

/* A name with a NUL inside cannot be written as OpenSSL's configuration text: built by hand. */
static void add_san_with_nul(X509 *cert, const char *host)
{
  g_autofree char *tail = g_strdup_printf("%s?.evil.example", host);
  g_autofree char *name = g_strdup(tail);
  name[strlen(host)] = '\0';
  ASN1_IA5STRING *text = ASN1_IA5STRING_new();
  ASN1_STRING_set(text, name, (int)strlen(tail));
  GENERAL_NAME *general = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(general, GEN_DNS, text);
  GENERAL_NAMES *names = GENERAL_NAMES_new();
  sk_GENERAL_NAME_push(names, general);
  g_assert_cmpint(X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, 0), ==, 1);
  GENERAL_NAMES_free(names);
}

static Signer make(const Recipe *recipe, const Signer *issuer, const char *nul_host)
{
  Signer out;
  out.key = recipe->rsa_bits > 0 ? EVP_RSA_gen(recipe->rsa_bits) : EVP_EC_gen("P-256");
  out.cert = X509_new();
  X509_set_version(out.cert, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(out.cert), serial++);
  X509_gmtime_adj(X509_getm_notBefore(out.cert), recipe->from_days * DAY);
  X509_gmtime_adj(X509_getm_notAfter(out.cert), recipe->to_days * DAY);
  X509_set_pubkey(out.cert, out.key);
  X509_NAME *name = X509_get_subject_name(out.cert);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const guchar *)recipe->name, -1, -1, 0);
  X509 *above = issuer != NULL ? issuer->cert : out.cert;
  X509_set_issuer_name(out.cert, X509_get_subject_name(above));
  add_extension(out.cert, above, NID_subject_key_identifier, "hash");
  add_extension(out.cert, above, NID_authority_key_identifier, "keyid");
  add_extension(out.cert, above, NID_basic_constraints,
                recipe->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (recipe->client_only)
    add_extension(out.cert, above, NID_ext_key_usage, "clientAuth");
  if (recipe->san != NULL)
    add_extension(out.cert, above, NID_subject_alt_name, recipe->san);
  if (nul_host != NULL)
    add_san_with_nul(out.cert, nul_host);
  int signed_bytes = X509_sign(out.cert, issuer != NULL ? issuer->key : out.key, recipe->digest);
  g_assert_cmpint(signed_bytes, >, 0);
  return out;
}

static void signer_clear(Signer *signer)
{
  X509_free(signer->cert);
  EVP_PKEY_free(signer->key);
}

static char *pem(BIO *bio)
{
  char *bytes;
  long len = BIO_get_mem_data(bio, &bytes);
  char *text = g_strndup(bytes, (gsize)len);
  BIO_free(bio);
  return text;
}

static void remove_directory(void)
{
  g_remove(cafile);
  g_rmdir(directory);
  signer_clear(&ca);
  g_free(cafile);
  g_free(directory);
}

static void ca_once(void)
{
  if (cafile != NULL)
    return;
  Recipe recipe = {
      .name = "Fubako test CA", .is_ca = TRUE, .from_days = -2, .to_days = 30, .digest = EVP_sha256()};
  ca = make(&recipe, NULL, NULL);
  directory = g_dir_make_tmp("fubako-certs-XXXXXX", NULL);
  cafile = g_build_filename(directory, "ca.pem", NULL);
  BIO *bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, ca.cert);
  g_autofree char *text = pem(bio);
  g_assert_true(g_file_set_contents(cafile, text, -1, NULL));
  atexit(remove_directory);
}

const char *test_certs_cafile(void)
{
  pthread_mutex_lock(&lock);
  ca_once();
  pthread_mutex_unlock(&lock);
  return cafile;
}

static Recipe recipe_of(TestCertKind kind, const char *host, const char *san)
{
  Recipe recipe = {.name = host, .san = san, .from_days = -2, .to_days = 30, .digest = EVP_sha256()};
  if (kind == TEST_CERT_EXPIRED)
    recipe.to_days = -1;
  if (kind == TEST_CERT_NOT_YET)
    recipe.from_days = 1;
  if (kind == TEST_CERT_WEAK_KEY)
    recipe.rsa_bits = 1024;
  if (kind == TEST_CERT_SHA1)
    recipe.digest = EVP_sha1();
  if (kind == TEST_CERT_NO_SAN || kind == TEST_CERT_NUL_NAME)
    recipe.san = NULL;
  recipe.client_only = kind == TEST_CERT_CLIENT_ONLY;
  return recipe;
}

static char *san_of(TestCertKind kind, const char *host)
{
  const char *dot = strchr(host, '.');
  switch (kind) {
  case TEST_CERT_WRONG_HOST:
    return g_strdup("DNS:other.example.net");
  case TEST_CERT_WILDCARD:
    return g_strdup_printf("DNS:*%s", dot);
  case TEST_CERT_WILD_ALL:
    return g_strdup_printf("DNS:*.*%s", strchr(dot + 1, '.'));
  case TEST_CERT_IP_SAN:
    return g_strdup("IP:127.0.0.1");
  default:
    return g_strdup_printf("DNS:%s", host);
  }
}

static TestCert *cert_make(TestCertKind kind, const char *host)
{
  g_autofree char *san = san_of(kind, host);
  Recipe recipe = recipe_of(kind, host, san);
  Recipe between = {.name = "Between", .from_days = -2, .to_days = 30, .digest = EVP_sha256()};
  Signer middle = {NULL, NULL};
  const Signer *issuer = &ca;
  if (kind == TEST_CERT_SELF_SIGNED)
    issuer = NULL;
  if (kind == TEST_CERT_UNKNOWN_CA || kind == TEST_CERT_NOT_CA || kind == TEST_CERT_MISSING_INTERMEDIATE) {
    between.is_ca = kind != TEST_CERT_NOT_CA;
    between.name = kind == TEST_CERT_UNKNOWN_CA ? "Nobody's CA" : "Between";
    middle = make(&between, kind == TEST_CERT_UNKNOWN_CA ? NULL : &ca, NULL);
    issuer = &middle;
  }
  Signer leaf = make(&recipe, issuer, kind == TEST_CERT_NUL_NAME ? host : NULL);
  BIO *chain = BIO_new(BIO_s_mem()), *key = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(chain, leaf.cert);
  if (kind == TEST_CERT_NOT_CA)
    PEM_write_bio_X509(chain, middle.cert);
  PEM_write_bio_PrivateKey(key, leaf.key, NULL, NULL, 0, NULL, NULL);
  signer_clear(&leaf);
  signer_clear(&middle);
  TestCert *out = g_new(TestCert, 1);
  out->chain = pem(chain);
  out->key = pem(key);
  return out;
}

const TestCert *test_cert(TestCertKind kind, const char *host)
{
  pthread_mutex_lock(&lock);
  ca_once();
  if (made == NULL)
    made = g_hash_table_new(g_str_hash, g_str_equal);
  g_autofree char *key = g_strdup_printf("%d %s", kind, host);
  TestCert *cert = g_hash_table_lookup(made, key);
  if (cert == NULL) {
    cert = cert_make(kind, host);
    g_hash_table_insert(made, g_steal_pointer(&key), cert);
  }
  pthread_mutex_unlock(&lock);
  return cert;
}
