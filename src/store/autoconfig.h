/* Reads autoconfig XML (config-v1.1.xml, the clientConfig that institutions publish for mail programs) as the
 * draft of a profile. The door to libxml2: no network, no external file, no entity, and a document with a
 * DOCTYPE is refused before its first declaration is read. Pure; any thread. */
#ifndef FBK_STORE_AUTOCONFIG_H
#define FBK_STORE_AUTOCONFIG_H

#include "store/profile_write.h"

#define FBK_AUTOCONFIG_CAP (1024 * 1024) /* bytes of a document */

/* TRUE when the bytes begin as XML does (a profile never begins so). */
gboolean fbk_autoconfig_is_xml(const char *bytes, gsize len);

/* name: of the file, for messages. What the document offers and Fubako leaves out (servers that are not
 * secured, sign-ins without a password, a second host) is added to notes, one sentence each ("name:line:
 * ..."): char *, g_free. BAD_INPUT with "name:line: reason" for what is not well-formed, not clientConfig, or
 * leaves no server to read mail from; TOO_BIG. */
FbkProfileDraft *fbk_autoconfig_read(const char *name, const char *bytes, gsize len, GPtrArray *notes,
                                     GError **err);

#endif
