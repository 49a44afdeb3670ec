/* Profiles: what an institution's mail service is, as a text file: servers, ports, sign-in rules, limits,
 * notices, the guard's lists. The format is documented in fubako-profile(5). Built-in ones travel inside the
 * program; files in <config>/profiles/ are added and override by name. Immutable once read; any thread. */
#ifndef FBK_STORE_PROFILE_H
#define FBK_STORE_PROFILE_H

#include "base/ini.h"
#include "base/secret.h"
#include "mail/link.h"
#include "mail/model.h"

/* One port that the institution offers, in the order of the file: the recommended one of a protocol first. */
typedef struct {
  FbkServer *server;
  gboolean recommended;
} FbkOffer;

typedef enum {
  FBK_USER_ID,      /* the account name, never the address (J1, J6) */
  FBK_USER_AUTH_ID, /* an ID got from the portal, unlike the address (T2) */
  FBK_USER_ADDRESS  /* the mail address itself */
} FbkUserKind;

/* When a notice matters. */
typedef enum {
  FBK_NOTICE_SETUP,        /* in the wizard, at the step named by `step` */
  FBK_NOTICE_AUTH_REFUSED, /* after a refused sign-in, in order: the likely causes */
  FBK_NOTICE_COMPOSE,      /* writing to one of `domains` */
  FBK_NOTICE_POP,          /* a POP account */
  FBK_NOTICE_REMOVED,      /* an account is removed */
  FBK_NOTICE_DOCTOR,
  FBK_NOTICE_LIST /* maintainers of mailing lists */
} FbkNoticeWhen;

typedef struct {
  char *id; /* "J9" */
  FbkNoticeWhen when;
  char *step;         /* "place", "identity", "secret", "check", "done", or "" */
  char **domains;     /* may be empty */
  char *from, *until; /* ISO dates that bound when it is shown, or "" */
  char *text;         /* in the person's language */
} FbkNotice;

typedef struct {
  char *name;        /* "jaist-da" */
  char *title;       /* in the person's language */
  char *institution; /* profiles of one institution share it: "jaist" */
  char *institution_title;
  char *place; /* what the wizard's place step says, in the person's language */
  char *path;  /* of its file, or "" for a built-in one */
  char *webmail, *mail_domain;
  char *webmail_way;     /* how to get there, where the address alone does not say it (T8) */
  char *webmail_old_way; /* the same for the system before this one */
  char *contact;         /* whom to ask, in the person's language */
  char *retired;         /* ISO date the servers were switched off, or "" */
  GPtrArray *offers;     /* FbkOffer * */

  FbkUserKind user_kind;
  char *user_label, *user_hint, *user_pattern; /* pattern: GRegex, whole string; "" for none */
  char *student_pattern, *student_prefix;      /* a bare student number gets the prefix offered */
  char *address_pattern, *address_hint;

  gboolean has_prefix; /* a password prefix is joined in front of the password (J11) */
  char *prefix_label, *prefix_hint, *prefix_pattern;
  char *password_hint;

  guint poll_floor_minutes; /* 0: none */
  guint batch_limit;        /* messages moved or copied at one time; 0: none */
  guint inactive_days, remind_days;
  guint lockout_minutes; /* a locked account opens again after this long, else the contact (J16) */
  guint trash_days, junk_days;
  guint64 message_bytes; /* 0: not known */
  char *quota;           /* text for people: "8 GB (students), 20 GB (staff)" */
  char **send_charsets;
  char **rescue_patterns;           /* folder names, globs */
  char *junk_report, *junk_mistake; /* where misjudged mail is forwarded as an attachment, or "" (J24) */
  char *virus_subject;              /* what the campus puts in front of a cleaned mail's subject (J20) */
  char *virus_attachment;           /* and the name of the attachment that says what was removed */
  char *list_domain;                /* of personal mailing lists (T7), or "" */
  gint64 numbers_twice_from;        /* list numbers given between these moments were given twice; */
  gint64 numbers_twice_until;       /* seconds since 1970, 0 and 0 for never */
  GPtrArray *notices;               /* FbkNotice * */

  FbkGuard *guard;
} FbkProfile;

/* Parses one. The person's language is that of the locale ("key.ja" beats "key" in Japanese). BAD_INPUT with
 * "file:line: reason" for an unknown section or key, a bad value, a missing one. */
FbkProfile *fbk_profile_parse(const FbkIni *ini, GError **err);

/* All of them, built-in first, then those of directory (*.conf, by file name; it may be missing); FbkProfile
 * *. A file in directory takes the place of a built-in profile of the same name; two files with one name are
 * an error, as is a broken file, which is named. */
GPtrArray *fbk_profile_read_all(const char *directory, GError **err);
const FbkProfile *fbk_profile_find(const GPtrArray *profiles, const char *name);

/* The text of a built-in profile's file, or NULL. g_bytes_unref. */
GBytes *fbk_profile_shipped_text(const char *name);

/* The recommended offer of a protocol, or the one on port (0: any); NULL where there is none. */
const FbkServer *fbk_profile_server(const FbkProfile *profile, FbkProtocol protocol, guint16 port);

/* What is wrong with a user name / address for this profile: BAD_INPUT with a sentence that says where to
 * find the right value. A suggestion (g_free; suggestion_out may be NULL) is offered where there is one
 * ("s2410001" for "2410001"); else NULL. */
gboolean fbk_profile_check_user(const FbkProfile *profile, const char *user, char **suggestion_out,
                                GError **err);
gboolean fbk_profile_check_address(const FbkProfile *profile, const char *address, GError **err);
/* The two together: an auth ID that is only the part before the @ of the address is refused (T2). */
gboolean fbk_profile_check_identity(const FbkProfile *profile, const char *user, const char *address,
                                    GError **err);
/* The same for a password prefix (J11). It is half a secret: the suggestion is one too, and the sentence
 * never repeats it. TRUE where the profile has no prefix and none is given. */
gboolean fbk_profile_check_prefix(const FbkProfile *profile, const FbkSecret *prefix,
                                  FbkSecret **suggestion_out, GError **err);

/* Whether a notice is shown on this day (ISO "2026-11-24"). */
gboolean fbk_notice_is_current(const FbkNotice *notice, const char *today);
/* As written in a profile ("auth-refused"); stable, for scripts. */
const char *fbk_notice_when_name(FbkNoticeWhen when);

void fbk_profile_free(FbkProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkProfile, fbk_profile_free)

#endif
