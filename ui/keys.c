/* The one table of keys, and what is made of it. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/keys.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"

#define CONTROL(letter) ((letter) - 'A' + 1)

#define FOLDERS FBK_CONTEXT_FOLDERS
#define LIST FBK_CONTEXT_LIST
#define READER FBK_CONTEXT_READER
#define LINKS FBK_CONTEXT_LINKS
#define PARTS FBK_CONTEXT_PARTS
#define HELP FBK_CONTEXT_HELP
#define SETUP FBK_CONTEXT_SETUP
#define ALL FBK_CONTEXT_ALL
#define FILTER FBK_CONTEXT_FILTER
#define PROMPT FBK_CONTEXT_PROMPT
#define QUESTION FBK_CONTEXT_QUESTION
#define MAIL (FOLDERS | LIST | READER)
#define ROWS (FOLDERS | LIST | LINKS | PARTS)
#define MOVING (MAIL | LINKS | PARTS | HELP)

/* In each context the most important hint first: the bar shows as many as fit. */
const FbkBinding fbk_bindings[] = {
    {{FBK_KEY_ENTER}, SETUP, FBK_ACTION_OPEN, N_("next"), N_("take what is chosen, go to the next step")},
    {{FBK_KEY_ESCAPE}, SETUP, FBK_ACTION_BACK, N_("back"), N_("back to the step before, or stop the check")},
    {{FBK_KEY_ENTER, '>'},
     FOLDERS | LIST | LINKS,
     FBK_ACTION_OPEN,
     N_("open"),
     N_("open what the cursor stands on")},
    {{FBK_KEY_ENTER, 's'}, PARTS, FBK_ACTION_SAVE, N_("save"), N_("save this part to a file")},
    {{'q', '<'}, MOVING & ~HELP, FBK_ACTION_BACK, N_("back"), N_("back; at the first screen: leave")},
    {{'q', '<', '?', FBK_KEY_F1}, HELP, FBK_ACTION_BACK, N_("back"), N_("back to where you were")},
    {{FBK_KEY_F1, '?'}, SETUP, FBK_ACTION_HELP, N_("help"), N_("this help (F1 works in text fields too)")},
    {{'?', FBK_KEY_F1}, ALL & ~(SETUP | HELP | FILTER), FBK_ACTION_HELP, N_("help"), N_("this help")},
    {{FBK_KEY_ENTER}, FILTER, FBK_ACTION_OPEN, N_("open"), N_("open what the cursor stands on")},
    {{FBK_KEY_ESCAPE, CONTROL('C'), CONTROL('G')},
     FILTER,
     FBK_ACTION_CANCEL,
     N_("back"),
     N_("back to where you were")},
    {{FBK_KEY_F1}, FILTER, FBK_ACTION_HELP, N_("help"), N_("this help")},
    {{FBK_KEY_DOWN}, FILTER, FBK_ACTION_DOWN, N_("down"), N_("one down")},
    {{FBK_KEY_UP}, FILTER, FBK_ACTION_UP, N_("up"), N_("one up")},
    {{FBK_KEY_PAGE_DOWN}, FILTER, FBK_ACTION_PAGE_DOWN, NULL, N_("page down")},
    {{FBK_KEY_PAGE_UP}, FILTER, FBK_ACTION_PAGE_UP, NULL, N_("page up")},
    {{FBK_KEY_ENTER}, PROMPT, FBK_ACTION_OPEN, N_("done"), N_("take what is typed")},
    {{'y', 'Y'}, QUESTION, FBK_ACTION_OPEN, N_("yes"), N_("yes")},
    {{'n', 'N', FBK_KEY_ESCAPE}, QUESTION, FBK_ACTION_CANCEL, N_("no"), N_("no")},
    {{FBK_KEY_ESCAPE, CONTROL('C'), CONTROL('G')},
     PROMPT,
     FBK_ACTION_CANCEL,
     N_("cancel"),
     N_("close it; nothing is done")},

    {{FBK_KEY_DOWN, FBK_KEY_TAB}, SETUP, FBK_ACTION_DOWN, N_("move"), N_("next choice or field")},
    {{FBK_KEY_UP, FBK_KEY_BACK_TAB}, SETUP, FBK_ACTION_UP, NULL, N_("choice or field before")},
    {{FBK_KEY_RIGHT}, SETUP, FBK_ACTION_NEXT, N_("change"), N_("next value of a setting")},
    {{FBK_KEY_LEFT}, SETUP, FBK_ACTION_PREVIOUS, NULL, N_("value before of a setting")},
    {{FBK_KEY_PAGE_DOWN}, SETUP, FBK_ACTION_PAGE_DOWN, NULL, N_("scroll down")},
    {{FBK_KEY_PAGE_UP}, SETUP, FBK_ACTION_PAGE_UP, NULL, N_("scroll up")},
    {{CONTROL('C')}, SETUP, FBK_ACTION_QUIT, N_("leave (nothing is saved)"), N_("leave; nothing is saved")},

    {{'j', FBK_KEY_DOWN}, ROWS | HELP, FBK_ACTION_DOWN, N_("down"), N_("one down")},
    {{'k', FBK_KEY_UP}, ROWS | HELP, FBK_ACTION_UP, N_("up"), N_("one up")},
    {{' '}, LIST, FBK_ACTION_READ_ON, N_("read on"), N_("open the message")},
    {{' '},
     READER,
     FBK_ACTION_READ_ON,
     N_("read on"),
     N_("page down; at the end: to the next unread message")},
    {{' '}, HELP, FBK_ACTION_READ_ON, N_("page down"), N_("page down")},
    {{'-', FBK_KEY_PAGE_UP, CONTROL('B')}, MOVING, FBK_ACTION_PAGE_UP, NULL, N_("page up")},
    {{FBK_KEY_PAGE_DOWN, CONTROL('F')}, MOVING, FBK_ACTION_PAGE_DOWN, NULL, N_("page down")},
    {{FBK_KEY_TAB},
     LIST | READER,
     FBK_ACTION_NEXT_UNREAD,
     N_("next unread"),
     N_("next unread message, across folders")},
    {{FBK_KEY_TAB},
     FOLDERS | FILTER,
     FBK_ACTION_NEXT_UNREAD,
     N_("next unread"),
     N_("next folder that has unread mail")},
    {{'J'}, READER, FBK_ACTION_NEXT, N_("next"), N_("next message")},
    {{'K'}, READER, FBK_ACTION_PREVIOUS, N_("previous"), N_("previous message")},
    {{'w'}, READER, FBK_ACTION_LINKS, N_("links"), N_("links, numbered, with their verdicts")},
    {{'v'}, READER, FBK_ACTION_PARTS, N_("parts"), N_("parts and attachments")},
    {{'S'}, MAIL, FBK_ACTION_SEARCH, N_("search"), N_("search all mail")},
    {{'c'}, MAIL, FBK_ACTION_CHANGE_FOLDER, N_("folder"), N_("change folder: type part of its name")},
    {{'y'}, LIST | READER, FBK_ACTION_FOLDERS, N_("folders"), N_("the list of folders")},
    {{'$'}, MAIL, FBK_ACTION_CHECK_MAIL, N_("check mail"), N_("check for new mail now")},
    {{'M'}, LIST | READER, FBK_ACTION_UNREAD, N_("unread"), N_("mark as unread, or as read")},
    {{'o'}, LIST, FBK_ACTION_SORT, N_("sort"), N_("sort by date or by thread")},
    {{'J'}, LIST, FBK_ACTION_NEXT, N_("next folder"), N_("next folder")},
    {{'K'}, LIST, FBK_ACTION_PREVIOUS, NULL, N_("previous folder")},
    {{'h'}, READER, FBK_ACTION_HEADERS, N_("headers"), N_("all header fields, or the usual ones")},
    {{'R'}, READER, FBK_ACTION_RAW, N_("source"), N_("the source of the message")},
    {{'/'}, HELP, FBK_ACTION_FIND, N_("find"), N_("show only the lines with these words")},
    {{'j', FBK_KEY_DOWN, FBK_KEY_ENTER}, READER, FBK_ACTION_DOWN, NULL, N_("one line down")},
    {{'k', FBK_KEY_UP}, READER, FBK_ACTION_UP, NULL, N_("one line up")},
    {{CONTROL('D')}, MOVING, FBK_ACTION_HALF_DOWN, NULL, N_("half a page down")},
    {{CONTROL('U')}, MOVING, FBK_ACTION_HALF_UP, NULL, N_("half a page up")},
    {{FBK_KEY_HOME}, MOVING, FBK_ACTION_FIRST, NULL, N_("to the beginning")},
    {{'G', FBK_KEY_END}, MOVING, FBK_ACTION_LAST, NULL, N_("to the end")},
    {{FBK_KEY_ESCAPE, CONTROL('C'), CONTROL('G')},
     MOVING,
     FBK_ACTION_CANCEL,
     NULL,
     N_("stop what is running; if nothing is, go back")},
    {{CONTROL('L')}, ALL, FBK_ACTION_REDRAW, NULL, N_("draw the screen anew")},
    {{CONTROL('Z')}, ALL, FBK_ACTION_SUSPEND, NULL, N_("to the shell; `fg` comes back")},
    {{0}, 0, FBK_ACTION_NONE, NULL, NULL},
};

FbkAction fbk_keys_action(FbkContext context, FbkKey key)
{
  for (const FbkBinding *binding = fbk_bindings; binding->action; binding++)
    for (const FbkKey *bound = binding->keys; (binding->contexts & context) && *bound; bound++)
      if (*bound == key)
        return binding->action;
  return FBK_ACTION_NONE;
}

static const char *name_of_special(FbkKey key)
{
  static const struct {
    FbkKey key;
    const char *name;
  } names[] = {{FBK_KEY_ENTER, "Enter"},         {FBK_KEY_TAB, "Tab"},
               {FBK_KEY_ESCAPE, "Esc"},          {' ', "Space"},
               {FBK_KEY_UP, "\xe2\x86\x91"},     {FBK_KEY_DOWN, "\xe2\x86\x93"},
               {FBK_KEY_LEFT, "\xe2\x86\x90"},   {FBK_KEY_RIGHT, "\xe2\x86\x92"},
               {FBK_KEY_PAGE_UP, "PgUp"},        {FBK_KEY_PAGE_DOWN, "PgDn"},
               {FBK_KEY_HOME, "Home"},           {FBK_KEY_END, "End"},
               {FBK_KEY_BACKSPACE, "Backspace"}, {FBK_KEY_DELETE, "Del"},
               {FBK_KEY_BACK_TAB, "S-Tab"},      {FBK_KEY_F1, "F1"}};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (names[i].key == key)
      return names[i].name;
  return NULL;
}

const char *fbk_key_name(FbkKey key)
{
  char name[8] = "";
  const char *special = name_of_special(key);
  if (special)
    return special;
  if (key < 32)
    g_snprintf(name, sizeof name, "^%c", (char)(key + '@'));
  else if (key < FBK_KEY_BASE && g_unichar_isgraph(key))
    name[g_unichar_to_utf8(key, name)] = '\0';
  return g_intern_string(name);
}

/* "Enter open": the bar shows the key that stands first. */
static char *hint_of(const FbkBinding *binding)
{
  return g_strdup_printf("%s %s", fbk_key_name(binding->keys[0]), _(binding->hint));
}

char *fbk_keys_hints(FbkContext context, int row, int columns)
{
  g_autoptr(GString) out = g_string_new(NULL);
  int at_row = 0;
  int used = 0;
  for (const FbkBinding *binding = fbk_bindings; binding->action && at_row <= row; binding++) {
    if (!(binding->contexts & context) || !binding->hint)
      continue;
    g_autofree char *hint = hint_of(binding);
    int width = fbk_text_width(hint);
    if (used && used + 2 + width > columns) {
      at_row++;
      used = 0;
    }
    if (at_row == row)
      g_string_append_printf(out, "%s%s", used ? "  " : "", hint);
    used += width + (used ? 2 : 0);
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}
