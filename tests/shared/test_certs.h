/* Certificates made while a test runs: one CA for the process, and leaves with one fault each. Any thread. */
#ifndef FBK_TESTS_TEST_CERTS_H
#define FBK_TESTS_TEST_CERTS_H

#include <glib.h>

typedef enum {
  TEST_CERT_GOOD,                 /* EC P-256, SAN host, signed by the CA */
  TEST_CERT_WRONG_HOST,           /* SAN other.example.net */
  TEST_CERT_EXPIRED,              /* ended yesterday */
  TEST_CERT_NOT_YET,              /* begins tomorrow */
  TEST_CERT_SELF_SIGNED,          /* by itself */
  TEST_CERT_UNKNOWN_CA,           /* by a CA that the CA file does not hold */
  TEST_CERT_WEAK_KEY,             /* RSA 1024 */
  TEST_CERT_NO_SAN,               /* host only in CN */
  TEST_CERT_SHA1,                 /* signed with SHA-1 */
  TEST_CERT_NOT_CA,               /* signed by a good leaf (CA:FALSE), which comes with it */
  TEST_CERT_WILDCARD,             /* SAN *.<parent domain of host>: good */
  TEST_CERT_WILD_ALL,             /* SAN *.*.<...>: never good */
  TEST_CERT_NUL_NAME,             /* SAN host\0.evil.example */
  TEST_CERT_IP_SAN,               /* only an IP SAN 127.0.0.1 */
  TEST_CERT_CLIENT_ONLY,          /* extended key usage clientAuth only */
  TEST_CERT_MISSING_INTERMEDIATE, /* signed by an intermediate that is not sent */
  TEST_CERT_KINDS
} TestCertKind;

typedef struct {
  char *chain; /* PEM: the leaf, then what is sent with it */
  char *key;   /* PEM */
} TestCert;

/* Made once for each kind and host; lives as long as the process. */
const TestCert *test_cert(TestCertKind kind, const char *host);

/* A file that holds the CA, in a temporary directory that goes away at exit. */
const char *test_certs_cafile(void);

#endif
