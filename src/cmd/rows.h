/* Tables of rows to be judged: TAB-separated files whose first line names the columns, and the institutions
 * that they speak of, from a configuration file. Main thread. */
#ifndef FBK_CMD_ROWS_H
#define FBK_CMD_ROWS_H

#include "cmd/cmd.h"
#include "mail/link.h"

typedef struct {
  char **columns;
  GPtrArray *rows; /* char **, fields as written; NULL-terminated */
} FbkTable;

/* Reads at most 64 MiB; "-" is standard input. BAD_INPUT when it is not UTF-8 or a column of needed is
 * missing. */
FbkTable *fbk_table_read(const char *path, const char *const *needed, GError **err);
void fbk_table_free(FbkTable *table);

/* The field of a row, unescaped (\t \n \r \\ \u{HEX}); "" for "-" alone and for missing columns. g_free it.
 */
char *fbk_table_field(const FbkTable *table, guint row, const char *column);

/* Section name -> FbkGuard, from an ini with domain, brand (word:domain), name, allow, authserv, ";" between
 * values. */
GHashTable *fbk_guards_read(const char *path, GError **err);

/* Judges one row and prints what came of it; FALSE with *err for a row that cannot be judged. */
typedef gboolean (*FbkTableJudge)(FbkCmd *cmd, const FbkTable *table, guint row, GHashTable *guards,
                                  GError **err);

/* Every row of the file at path, institutions from profiles; a bad row is told and the others are still
 * judged. */
int fbk_table_judge(FbkCmd *cmd, const char *path, const char *profiles, const char *const *needed,
                    FbkTableJudge judge);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkTable, fbk_table_free)

#endif
