/* The one table of keys: what each does, where, in words. It feeds the dispatch, the hint bar, the help and
 * the man page. Constant; any thread. */
#ifndef FBK_UI_KEYS_H
#define FBK_UI_KEYS_H

#include "ui/term.h"

/* Where a key holds: a set. */
typedef enum {
  FBK_CONTEXT_FOLDERS = 1 << 0,
  FBK_CONTEXT_LIST = 1 << 1,
  FBK_CONTEXT_READER = 1 << 2,
  FBK_CONTEXT_LINKS = 1 << 3,
  FBK_CONTEXT_PARTS = 1 << 4,
  FBK_CONTEXT_HELP = 1 << 5,
  FBK_CONTEXT_SETUP = 1 << 6,
  FBK_CONTEXT_FILTER = 1 << 7,    /* the folders, while part of a name is typed */
  FBK_CONTEXT_ALL = (1 << 8) - 1, /* every screen */
  FBK_CONTEXT_PROMPT = 1 << 8,    /* a line is being typed at the bottom */
  FBK_CONTEXT_QUESTION = 1 << 9   /* y or n */
} FbkContext;

typedef enum {
  FBK_ACTION_NONE,
  FBK_ACTION_UP,
  FBK_ACTION_DOWN,
  FBK_ACTION_HALF_DOWN,
  FBK_ACTION_HALF_UP,
  FBK_ACTION_PAGE_DOWN,
  FBK_ACTION_PAGE_UP,
  FBK_ACTION_FIRST,
  FBK_ACTION_LAST,
  FBK_ACTION_OPEN,
  FBK_ACTION_BACK,
  FBK_ACTION_READ_ON,       /* Space: page down, opens if closed */
  FBK_ACTION_NEXT_UNREAD,   /* Tab, across folders */
  FBK_ACTION_NEXT,          /* J: folder in the list, message in the reader */
  FBK_ACTION_PREVIOUS,      /* K */
  FBK_ACTION_FOLDERS,       /* y */
  FBK_ACTION_CHANGE_FOLDER, /* c */
  FBK_ACTION_SEARCH,        /* S: all mail */
  FBK_ACTION_SORT,          /* o: by date, by thread */
  FBK_ACTION_PARTS,         /* v */
  FBK_ACTION_LINKS,         /* w */
  FBK_ACTION_HEADERS,       /* h */
  FBK_ACTION_RAW,           /* R: the source */
  FBK_ACTION_SAVE,          /* s in the parts view */
  FBK_ACTION_CHECK_MAIL,    /* $ */
  FBK_ACTION_UNREAD,        /* M: toggle unread */
  FBK_ACTION_HELP,
  FBK_ACTION_CANCEL,  /* Esc ^C ^G */
  FBK_ACTION_FIND,    /* / in the help */
  FBK_ACTION_REDRAW,  /* ^L */
  FBK_ACTION_SUSPEND, /* ^Z */
  FBK_ACTION_QUIT
} FbkAction;

typedef struct {
  FbkKey keys[5]; /* 0-terminated */
  guint contexts; /* FbkContext bits */
  FbkAction action;
  const char *hint; /* N_(): one word for the bar, or NULL where it is not shown there */
  const char *help; /* N_(): what it does, a short phrase */
} FbkBinding;

extern const FbkBinding fbk_bindings[]; /* ends with action NONE */

/* What key does in this context, or NONE. */
FbkAction fbk_keys_action(FbkContext context, FbkKey key);

/* The key's name as people know it ("Enter", "^D", "PgDn", "j"), static or interned. */
const char *fbk_key_name(FbkKey key);

/* The hint bar for context in at most `rows` rows of `columns` cells: row n's text; g_free. Most important
 * first. */
char *fbk_keys_hints(FbkContext context, int row, int columns);

#endif
