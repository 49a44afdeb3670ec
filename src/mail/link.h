/* One verdict for each link of a message: where it really goes, and whether it only looks like the campus.
 * Pure functions; any thread once fbk_guard is made. The rules and their names (S1, D1, L2a ...) are set down
 * in doc/link-rules.md; every class has a severity and one sentence for the reader. */
#ifndef FBK_MAIL_LINK_H
#define FBK_MAIL_LINK_H

#include <glib.h>

/* What counts as the reader's institution: the [guard] part of profiles, and the reader's own allow-list. */
typedef struct FbkGuard FbkGuard;

FbkGuard *fbk_guard_new(void); /* no institution: only rules that need none */
/* Each takes one item; host names in any case. brand: word and the domain that it stands for. */
void fbk_guard_add_domain(FbkGuard *guard, const char *domain);
void fbk_guard_add_brand(FbkGuard *guard, const char *word, const char *domain);
void fbk_guard_add_name(FbkGuard *guard, const char *name);
void fbk_guard_add_allowed(FbkGuard *guard, const char *host);
void fbk_guard_add_authserv(FbkGuard *guard, const char *id);
/* Everything that from has. */
void fbk_guard_add_all(FbkGuard *guard, const FbkGuard *from);
void fbk_guard_free(FbkGuard *guard);

typedef enum {
  FBK_LINK_OTHER,
  FBK_LINK_MAIL,
  FBK_LINK_ALLOWED,
  FBK_LINK_INSTITUTION,
  FBK_LINK_EXTERNAL,
  FBK_LINK_REDIRECT,
  /* alarms from here on */
  FBK_LINK_INSECURE,
  FBK_LINK_CREDENTIAL,
  FBK_LINK_MISMATCH,
  FBK_LINK_LOOKALIKE,
  FBK_LINK_DECEPTIVE,
  FBK_LINK_UNSAFE
} FbkLinkClass;

typedef enum {
  FBK_LINK_KIND_A,
  FBK_LINK_KIND_PLAIN,
  FBK_LINK_KIND_IMG,
  FBK_LINK_KIND_SVG,
  FBK_LINK_KIND_FORM,
  FBK_LINK_KIND_REFRESH
} FbkLinkKind;

/* A link as it stands in a message. Strings may be NULL for "". */
typedef struct {
  FbkLinkKind kind;
  const char *base;    /* the document's first <base href> */
  const char *context; /* the words around it; 32 KiB are looked at */
  const char *text;    /* what the reader sees */
  const char *href;    /* raw, after HTML character references */
} FbkLinkInput;

typedef struct {
  FbkLinkClass class_;
  char rule[5];   /* "L2a" */
  int severity;   /* 0 quiet, 1 note, 2 warning, 3 danger */
  char *host;     /* canonical, "" where there is none */
  char *target;   /* the institution domain imitated, or "" */
  char *shown;    /* the host that the text shows, or "" */
  char *sentence; /* translated, for the reader */
} FbkVerdict;

FbkVerdict *fbk_link_judge(const FbkGuard *guard, const FbkLinkInput *link);
void fbk_verdict_free(FbkVerdict *verdict);

gboolean fbk_link_is_alarm(FbkLinkClass class_);
const char *fbk_link_class_name(FbkLinkClass class_); /* "lookalike", stable, for scripts */
const char *
fbk_link_class_word(FbkLinkClass class_);         /* translated, upper case, "LOOKALIKE", for the screen */
const char *fbk_link_kind_name(FbkLinkKind kind); /* "a" "plain" "img" "svg" "form" "refresh" */
gboolean fbk_link_kind_parse(const char *name, FbkLinkKind *kind_out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkGuard, fbk_guard_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkVerdict, fbk_verdict_free)

#endif
