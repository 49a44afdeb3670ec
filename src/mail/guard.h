/* The inside of FbkGuard (link.h): what the rules compare hosts with, prepared once. Only for the rule files.
 */
#ifndef FBK_MAIL_GUARD_H
#define FBK_MAIL_GUARD_H

#include "mail/link.h"

typedef struct {
  char *name;        /* canonical */
  char *joined;      /* fbk_skel_join of it, what L1 looks for */
  gunichar *letters; /* of the Unicode form, for L3 */
  glong letter_count;
  guint label_count;
  glong first_label; /* its length in letters */
} FbkGuardDomain;

typedef struct {
  char *word; /* lower case */
  char *skel;
  char *domain; /* canonical where possible */
} FbkGuardBrand;

struct FbkGuard {
  GPtrArray *domains;    /* FbkGuardDomain * */
  GPtrArray *brands;     /* FbkGuardBrand * */
  GPtrArray *names;      /* char *, NFKC, lower case */
  GHashTable *allowed;   /* canonical host names */
  GHashTable *authservs; /* lower case */
};

/* host is canonical. */
gboolean fbk_guard_is_institution(const FbkGuard *guard, const char *host);
gboolean fbk_guard_is_allowed(const FbkGuard *guard, const char *host);

/* words (fbk_terms_of) has a name of the institution. with_brands: or a brand. */
gboolean fbk_guard_is_named(const FbkGuard *guard, const char *words, gboolean with_brands);

#endif
