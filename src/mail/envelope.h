/* Header fields to an envelope. Private to mail. Any thread. */
#ifndef FBK_MAIL_ENVELOPE_H
#define FBK_MAIL_ENVELOPE_H

#include "mail/fields.h"
#include "mail/model.h"

/* Takes one field into envelope: of Subject, Date, Message-ID, In-Reply-To and References the first counts,
 * addresses of several fields of one name are all kept. */
void fbk_envelope_take(FbkEnvelope *envelope, const FbkField *field);
FbkEnvelope *fbk_envelope_from_fields(const FbkFields *fields);

/* Appends what an address field holds (RFC 5322 3.4): groups as a name without address, then their members.
 * What cannot be read as addresses is one FbkAddress with the text as its name. */
void fbk_addresses_take(GPtrArray *addresses, const char *value, gsize len);

#endif
