/* The table of keys: no key means two things, everywhere there is help and a way back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <string.h>

#include "base/text.h"
#include "ui/keys.h"

static const FbkContext contexts[] = {FBK_CONTEXT_FOLDERS, FBK_CONTEXT_LIST,  FBK_CONTEXT_READER,
                                      FBK_CONTEXT_LINKS,   FBK_CONTEXT_PARTS, FBK_CONTEXT_HELP,
                                      FBK_CONTEXT_SETUP};
static const FbkContext below[] = {FBK_CONTEXT_PROMPT, FBK_CONTEXT_QUESTION};

static void test_unique(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(contexts); i++) {
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    for (const FbkBinding *binding = fbk_bindings; binding->action; binding++)
      for (const FbkKey *key = binding->keys; (binding->contexts & contexts[i]) && *key; key++) {
        if (!g_hash_table_add(seen, GUINT_TO_POINTER(*key)))
          g_error("%s is bound twice in context %d", fbk_key_name(*key), contexts[i]);
        g_assert_cmpint(fbk_keys_action(contexts[i], *key), ==, binding->action);
      }
  }
}

static void test_complete(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(contexts); i++) {
    gboolean in_setup = contexts[i] == FBK_CONTEXT_SETUP;
    gboolean in_help = contexts[i] == FBK_CONTEXT_HELP;
    g_assert_cmpint(fbk_keys_action(contexts[i], '?'), ==, in_help ? FBK_ACTION_BACK : FBK_ACTION_HELP);
    g_assert_cmpint(fbk_keys_action(contexts[i], in_setup ? FBK_KEY_ESCAPE : 'q'), ==, FBK_ACTION_BACK);
    g_assert_cmpint(fbk_keys_action(contexts[i], 3), ==, in_setup ? FBK_ACTION_QUIT : FBK_ACTION_CANCEL);
    g_assert_cmpint(fbk_keys_action(contexts[i], FBK_KEY_DOWN), ==, FBK_ACTION_DOWN);
    g_assert_cmpint(fbk_keys_action(contexts[i], FBK_KEY_UNKNOWN), ==, FBK_ACTION_NONE);
  }
}

/* What is asked at the bottom can be taken and left, and the bar says how. */
static void test_prompts(void)
{
  g_autofree char *filter = fbk_keys_hints(FBK_CONTEXT_FILTER, 0, 78);
  g_assert_true(g_str_has_prefix(filter, "Enter open  Esc back  F1 help")); /* q is text there */
  g_assert_cmpint(fbk_keys_action(FBK_CONTEXT_FILTER, 'q'), ==, FBK_ACTION_NONE);
  for (gsize i = 0; i < G_N_ELEMENTS(below); i++) {
    g_autofree char *hints = fbk_keys_hints(below[i], 0, 38);
    g_assert_cmpint(fbk_keys_action(below[i], FBK_KEY_ESCAPE), ==, FBK_ACTION_CANCEL);
    g_assert_cmpstr(hints, ==, i ? "y yes  n no" : "Enter done  Esc cancel");
  }
}

/* The keys that people were promised. */
static void test_promised(void)
{
  const struct {
    FbkContext context;
    FbkKey key;
    FbkAction action;
  } rows[] = {{FBK_CONTEXT_LIST, 'j', FBK_ACTION_DOWN},
              {FBK_CONTEXT_LIST, FBK_KEY_ENTER, FBK_ACTION_OPEN},
              {FBK_CONTEXT_LIST, ' ', FBK_ACTION_READ_ON},
              {FBK_CONTEXT_LIST, FBK_KEY_TAB, FBK_ACTION_NEXT_UNREAD},
              {FBK_CONTEXT_LIST, 'S', FBK_ACTION_SEARCH},
              {FBK_CONTEXT_LIST, '$', FBK_ACTION_CHECK_MAIL},
              {FBK_CONTEXT_LIST, 'y', FBK_ACTION_FOLDERS},
              {FBK_CONTEXT_LIST, 'c', FBK_ACTION_CHANGE_FOLDER},
              {FBK_CONTEXT_LIST, 4, FBK_ACTION_HALF_DOWN},
              {FBK_CONTEXT_READER, 'v', FBK_ACTION_PARTS},
              {FBK_CONTEXT_READER, 'w', FBK_ACTION_LINKS},
              {FBK_CONTEXT_READER, '-', FBK_ACTION_PAGE_UP},
              {FBK_CONTEXT_READER, 'K', FBK_ACTION_PREVIOUS},
              {FBK_CONTEXT_READER, 'd', FBK_ACTION_NONE}, /* not in this version */
              {FBK_CONTEXT_PARTS, 's', FBK_ACTION_SAVE},
              {FBK_CONTEXT_HELP, '/', FBK_ACTION_FIND}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpint(fbk_keys_action(rows[i].context, rows[i].key), ==, rows[i].action);
}

static void test_names(void)
{
  g_assert_cmpstr(fbk_key_name(FBK_KEY_ENTER), ==, "Enter");
  g_assert_cmpstr(fbk_key_name(4), ==, "^D");
  g_assert_cmpstr(fbk_key_name(FBK_KEY_PAGE_DOWN), ==, "PgDn");
  g_assert_cmpstr(fbk_key_name(' '), ==, "Space");
  g_assert_cmpstr(fbk_key_name('j'), ==, "j");
  g_assert_cmpstr(fbk_key_name(FBK_KEY_UNKNOWN), ==, "");
  /* The bar takes a key's name up to the first blank. */
  for (const FbkBinding *binding = fbk_bindings; binding->action; binding++)
    for (const FbkKey *key = binding->keys; *key; key++) {
      g_assert_cmpstr(fbk_key_name(*key), !=, "");
      g_assert_null(strchr(fbk_key_name(*key), ' '));
    }
}

static void test_hints(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(contexts); i++)
    for (int columns = 38; columns <= 118; columns += 20) {
      g_autofree char *first = fbk_keys_hints(contexts[i], 0, columns);
      g_autofree char *second = fbk_keys_hints(contexts[i], 1, columns);
      g_assert_cmpstr(first, !=, "");
      g_assert_cmpint(fbk_text_width(first), <=, columns);
      g_assert_cmpint(fbk_text_width(second), <=, columns);
    }
  g_autofree char *list = fbk_keys_hints(FBK_CONTEXT_LIST, 0, 38);
  g_autofree char *setup = fbk_keys_hints(FBK_CONTEXT_SETUP, 0, 78);
  g_autofree char *none = fbk_keys_hints(FBK_CONTEXT_LIST, 9, 78);
  g_assert_cmpstr(list, ==, "Enter open  q back  ? help  j down");
  g_assert_nonnull(strstr(setup, "Esc back"));
  g_assert_nonnull(strstr(setup, "F1 help")); /* a ? may be typed into a field there */
  g_assert_nonnull(strstr(setup, "^C leave (nothing is saved)"));
  g_assert_cmpstr(none, ==, "");
}

int main(int argc, char **argv)
{
  setlocale(LC_ALL, "C.UTF-8");
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/keys/unique", test_unique);
  g_test_add_func("/keys/complete", test_complete);
  g_test_add_func("/keys/prompts", test_prompts);
  g_test_add_func("/keys/promised", test_promised);
  g_test_add_func("/keys/names", test_names);
  g_test_add_func("/keys/hints", test_hints);
  return g_test_run();
}
