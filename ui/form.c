/* Forms: what stands in them, focus and values. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/form.h"

#include "ui/form_inner.h"

static void free_item(gpointer data)
{
  FbkFormItem *item = data;
  g_free(item->text);
  g_free(item->detail);
  g_strfreev(item->values);
  fbk_line_free(item->line);
  fbk_secret_free(item->secret);
  g_free(item);
}

FbkForm *fbk_form_new(void)
{
  FbkForm *form = g_new0(FbkForm, 1);
  form->items = g_ptr_array_new_with_free_func(free_item);
  return form;
}

void fbk_form_free(FbkForm *form)
{
  if (!form)
    return;
  g_ptr_array_unref(form->items);
  g_free(form);
}

static FbkFormItem *item_at(const FbkForm *form, guint number)
{
  g_assert(number >= 1 && number <= form->items->len);
  return form->items->pdata[number - 1];
}

static gboolean can_focus(const FbkForm *form, guint number)
{
  return item_at(form, number)->kind != FBK_ITEM_TEXT;
}

static FbkFormItem *add(FbkForm *form, FbkItemKind kind, const char *text)
{
  FbkFormItem *item = g_new0(FbkFormItem, 1);
  item->kind = kind;
  item->text = g_strdup(text);
  g_ptr_array_add(form->items, item);
  if (kind != FBK_ITEM_TEXT && !form->focus)
    form->focus = form->items->len;
  return item;
}

void fbk_form_add_text(FbkForm *form, FbkLook look, const char *utf8)
{
  add(form, FBK_ITEM_TEXT, utf8)->look = look;
}

guint fbk_form_add_choice(FbkForm *form, const char *label, const char *detail)
{
  add(form, FBK_ITEM_CHOICE, label)->detail = g_strdup(detail);
  return form->items->len;
}

guint fbk_form_add_field(FbkForm *form, const char *label, const char *initial)
{
  add(form, FBK_ITEM_FIELD, label)->line = fbk_line_new(initial);
  return form->items->len;
}

guint fbk_form_add_secret(FbkForm *form, const char *label)
{
  add(form, FBK_ITEM_SECRET, label)->secret = fbk_secret_new();
  return form->items->len;
}

guint fbk_form_add_setting(FbkForm *form, const char *label, const char *const *values, guint chosen)
{
  FbkFormItem *item = add(form, FBK_ITEM_SETTING, label);
  item->values = g_strdupv((char **)values);
  item->chosen = chosen < g_strv_length(item->values) ? chosen : 0;
  return form->items->len;
}

guint fbk_form_mark(const FbkForm *form)
{
  return form->items->len;
}

void fbk_form_truncate(FbkForm *form, guint mark)
{
  if (mark < form->items->len)
    g_ptr_array_set_size(form->items, (gint)mark);
  if (form->focus > form->items->len)
    form->focus = 0;
}

/* --- focus and values --- */

guint fbk_form_focus(const FbkForm *form)
{
  return form->focus;
}

void fbk_form_set_focus(FbkForm *form, guint number)
{
  g_assert(can_focus(form, number));
  form->focus = number;
  form->is_scrolled = FALSE;
}

/* The next one that can have the focus, in direction 1 or -1; 0: none. */
static guint neighbour(const FbkForm *form, int direction)
{
  for (int i = (int)form->focus + direction; i >= 1 && i <= (int)form->items->len; i += direction)
    if (can_focus(form, (guint)i))
      return (guint)i;
  return 0;
}

gboolean fbk_form_is_last(const FbkForm *form)
{
  return !neighbour(form, 1);
}

const char *fbk_form_text(const FbkForm *form, guint number)
{
  return fbk_line_text(item_at(form, number)->line);
}

void fbk_form_set_text(FbkForm *form, guint number, const char *text)
{
  fbk_line_set(item_at(form, number)->line, text);
}

guint fbk_form_chosen(const FbkForm *form, guint number)
{
  return item_at(form, number)->chosen;
}

FbkSecret *fbk_form_take_secret(FbkForm *form, guint number)
{
  FbkFormItem *item = item_at(form, number);
  FbkSecret *secret = item->secret;
  item->secret = fbk_secret_new();
  return secret;
}

void fbk_form_give_secret(FbkForm *form, guint number, FbkSecret *secret)
{
  FbkFormItem *item = item_at(form, number);
  fbk_secret_free(item->secret);
  item->secret = secret;
}

gboolean fbk_form_has_secret(const FbkForm *form, guint number)
{
  return fbk_secret_length(item_at(form, number)->secret) > 0;
}

/* --- keys --- */

static gboolean type_secret(FbkSecret *secret, FbkKey key)
{
  char bytes[8];
  if (key == FBK_KEY_BACKSPACE)
    fbk_secret_chop(secret);
  else if (key == ('U' - 'A' + 1))
    fbk_secret_clear(secret);
  else if (fbk_key_is_text(key))
    fbk_secret_append(secret, bytes, (gsize)g_unichar_to_utf8(key, bytes));
  else
    return FALSE;
  fbk_wipe(bytes, sizeof bytes);
  return TRUE;
}

gboolean fbk_form_type(FbkForm *form, FbkKey key)
{
  if (!form->focus)
    return FALSE;
  FbkFormItem *item = item_at(form, form->focus);
  gboolean typed = item->kind == FBK_ITEM_FIELD    ? fbk_line_key(item->line, key)
                   : item->kind == FBK_ITEM_SECRET ? type_secret(item->secret, key)
                                                   : FALSE;
  if (typed)
    form->is_scrolled = FALSE;
  return typed;
}

static gboolean turn(FbkForm *form, int direction)
{
  FbkFormItem *item = form->focus ? item_at(form, form->focus) : NULL;
  if (!item || item->kind != FBK_ITEM_SETTING)
    return FALSE;
  guint count = g_strv_length(item->values);
  item->chosen = (item->chosen + count + (guint)direction) % count;
  return TRUE;
}

static void scroll_by(FbkForm *form, int rows)
{
  form->is_scrolled = TRUE;
  form->scroll = CLAMP(form->scroll + rows, 0, MAX(0, form->total - form->rows));
}

static gboolean move_focus(FbkForm *form, int direction)
{
  guint next = neighbour(form, direction);
  if (next)
    fbk_form_set_focus(form, next);
  else /* nothing more to stand on, but perhaps to read */
    scroll_by(form, direction);
  return TRUE;
}

gboolean fbk_form_act(FbkForm *form, FbkAction action)
{
  switch (action) {
  case FBK_ACTION_DOWN:
    return move_focus(form, 1);
  case FBK_ACTION_UP:
    return move_focus(form, -1);
  case FBK_ACTION_NEXT:
    return turn(form, 1);
  case FBK_ACTION_PREVIOUS:
    return turn(form, -1);
  case FBK_ACTION_PAGE_DOWN:
    scroll_by(form, MAX(1, form->rows - 1));
    return TRUE;
  case FBK_ACTION_PAGE_UP:
    scroll_by(form, -MAX(1, form->rows - 1));
    return TRUE;
  default:
    return FALSE;
  }
}

void fbk_form_show_end(FbkForm *form)
{
  form->is_scrolled = TRUE;
  form->scroll = G_MAXINT / 2; /* drawing knows where the end is */
}
