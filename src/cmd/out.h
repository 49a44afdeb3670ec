/* What commands print: text for people (foreign strings through the gate) and JSON for programs. Main thread.
 */
#ifndef FBK_CMD_OUT_H
#define FBK_CMD_OUT_H

#include <glib.h>

/* printf to stdout for our own words; foreign strings go in through fbk_out_gated. */
void fbk_out(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* One foreign string, one line, gated. */
void fbk_out_gated(const char *foreign);

/* A JSON value under construction; strings are gated (line breaks stay) and made valid UTF-8. key is NULL
 * inside arrays. Printed on one line, so that several make NDJSON. */
typedef struct FbkJson FbkJson;
FbkJson *fbk_json_new(void);
void fbk_json_object(FbkJson *json, const char *key);
void fbk_json_array(FbkJson *json, const char *key);
void fbk_json_end(FbkJson *json); /* of the innermost object or array */
void fbk_json_string(FbkJson *json, const char *key, const char *value); /* NULL: null */
void fbk_json_int(FbkJson *json, const char *key, gint64 value);
void fbk_json_bool(FbkJson *json, const char *key, gboolean value);
/* Prints and frees it. */
void fbk_json_print(FbkJson *json);

#endif
