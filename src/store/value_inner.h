/* What value.c and value_kind.c share; nobody else includes it. */
#ifndef FBK_STORE_VALUE_INNER_H
#define FBK_STORE_VALUE_INNER_H

#include "store/value.h"

/* One entry into its field, by the kind of spec; never LIST or OTHER. */
gboolean fbk_value_convert(const FbkIni *ini, const FbkIniEntry *entry, const FbkValueSpec *spec,
                           gpointer field, GError **err);

#endif
