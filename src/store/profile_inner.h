/* What the files of profile share; nobody else includes it. */
#ifndef FBK_STORE_PROFILE_INNER_H
#define FBK_STORE_PROFILE_INNER_H

#include "store/profile.h"
#include "store/value.h"

/* The sections that are not plain fields: servers, the guard's lists, notices. Each adds to profile. */
gboolean fbk_profile_parse_servers(const FbkIni *ini, FbkProfile *profile, GError **err);
gboolean fbk_profile_parse_guard(const FbkIni *ini, FbkProfile *profile, GError **err);
gboolean fbk_profile_parse_notices(const FbkIni *ini, FbkProfile *profile, GError **err);

/* The keys of a [notice ID]. */
extern const FbkValueSpec fbk_notice_specs[];

/* Frees the plain fields. */
void fbk_profile_clear_fields(FbkProfile *profile);

/* FbkOffer *, FbkNotice *. */
void fbk_profile_offer_free(gpointer offer);
void fbk_profile_notice_free(gpointer notice);

#endif
