/* A home with one account of jaist and its mail, in a directory of its own, for the tests of the screens. */
#ifndef FUBAKO_TESTS_DESK_H
#define FUBAKO_TESTS_DESK_H

#include "flow/home.h"
#include "store/catalog.h"

#define DESK_NOON 1700000000 /* 2023-11-14 22:13:20 UTC */
#define DESK_DAY 86400

typedef struct {
  char *dir;
  FbkNet *net;
  FbkHome *home; /* given to an app, which frees it: then take it out of here */
  FbkCatalog *catalog;
  gint64 inbox;
} Desk;

/* For g_test_add: account "taro" with an empty inbox; times are UTC. And its end. */
void desk_set_up(Desk *desk, gconstpointer data);
void desk_tear_down(Desk *desk, gconstpointer data);

gint64 desk_folder(Desk *desk, const char *name, FbkRole role);

/* A row without a file, Message-ID <uid@x>. Gives its id. */
gint64 desk_row(Desk *desk, gint64 folder, guint32 uid, guint flags, gint64 date, const char *from,
                const char *subject);
/* uids first..last, each a minute older than the one before it, seen: "Mail <uid>" from "Sender". In one
 * transaction. */
void desk_rows(Desk *desk, gint64 folder, guint32 first, guint32 last);

/* The message in the Maildir of the folder and its row, as a fetch makes them. */
gint64 desk_mail(Desk *desk, gint64 folder, guint32 uid, guint flags, const char *message);

#define DESK_CASE(path, function) g_test_add(path, Desk, NULL, desk_set_up, function, desk_tear_down)

#endif
