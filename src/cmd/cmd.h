/* The command table and what every command gets. A command is one function that parses its own options, does
 * its work through flow, prints through out.h, and returns the exit code. It never prompts when stdin is not
 * a terminal or --json is given. */
#ifndef FBK_CMD_CMD_H
#define FBK_CMD_CMD_H

#include <glib.h>
#include "base/ask.h"
#include "flow/home.h"

/* What the global options said; one per process. */
typedef struct {
  char *home_dir; /* --home */
  char **resolve; /* --resolve, repeated */
  char *cafile;   /* --cafile */
  gboolean json;  /* --json */
  FbkNet *net;    /* made from the above by fbk_cmd_home */
} FbkCmd;

typedef struct {
  const char *name;
  int (*run)(FbkCmd *cmd, int argc, char **argv); /* argv[0] is the command's name */
  const char *summary;                            /* N_() */
} FbkCommand;

extern const FbkCommand fbk_commands[]; /* ends with a NULL name */

/* Parses own options (and the global ones again) out of argv. arguments: "FILE|-"; about: what it does, with
 * examples. FALSE after printing the error (exit 64) or the help (exit 0) into *exit_out. */
gboolean fbk_cmd_parse(FbkCmd *cmd, const GOptionEntry *own, const char *arguments, const char *about,
                       int *argc, char ***argv, int *exit_out);

/* The same for what stands before the command's name: stops at the first word that is no option. */
gboolean fbk_cmd_parse_global(FbkCmd *cmd, int *argc, char ***argv, int *exit_out);
void fbk_cmd_clear(FbkCmd *cmd);

/* Opens the home as the options say; NULL after printing the error, exit code in *exit_out. */
FbkHome *fbk_cmd_home(FbkCmd *cmd, int *exit_out);

/* Prints err as "fubako: sentence" and its hint to stderr, or as {"error": ...} with --json; returns its exit
 * code. */
int fbk_cmd_fail(const FbkCmd *cmd, const GError *err);
/* The same with a hint of its own; NULL: the sentence says all. */
int fbk_cmd_fail_with(const FbkCmd *cmd, const GError *err, const char *hint);

/* Says that this account (NULL: any) does not exist. */
int fbk_cmd_no_account(const FbkCmd *cmd, const char *name);

#define FBK_CMD_LIMIT_MAX 100000
gboolean fbk_cmd_check_limit(const FbkCmd *cmd, int limit, int *exit_out);

/* Asks on the terminal; with no terminal (or --json) every question is DENIED with what option would answer
 * it. */
const FbkAsk *fbk_cmd_ask(const FbkCmd *cmd);

int fbk_cmd_setup(FbkCmd *cmd, int argc, char **argv);
int fbk_cmd_sync(FbkCmd *cmd, int argc, char **argv);
int fbk_cmd_index(FbkCmd *cmd, int argc, char **argv);
int fbk_cmd_folders(FbkCmd *cmd, int argc, char **argv);
int fbk_cmd_list(FbkCmd *cmd, int argc, char **argv);
int fbk_cmd_search(FbkCmd *cmd, int argc, char **argv);
int fbk_cmd_show(FbkCmd *cmd, int argc, char **argv);
int fbk_cmd_links(FbkCmd *cmd, int argc, char **argv);
int fbk_cmd_senders(FbkCmd *cmd, int argc, char **argv);
int fbk_cmd_doctor(FbkCmd *cmd, int argc, char **argv);
int fbk_cmd_profile(FbkCmd *cmd, int argc, char **argv);

#endif
