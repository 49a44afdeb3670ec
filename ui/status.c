/* The lower rows of the screen: messages, prompts, questions, hints. SPDX-License-Identifier:
 * GPL-3.0-or-later
 */
#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "mail/wrap.h"
#include "ui/app_inner.h"

#define CONTROL(letter) ((letter) - 'A' + 1) /* keys that edit a secret */
#define TEXT_ROWS_MAX 10
#define ROWS_KEPT 4 /* the title and the reader's bar are never covered */
#define DOT "*"     /* a password's character; no bullet: its width differs between terminals */

static int hint_rows(const FbkApp *app)
{
  int wanted = app->home->settings.hints;
  return fbk_canvas_rows(app->canvas) < 16 ? MIN(wanted, 1) : wanted;
}

int fbk_status_rows(const FbkApp *app)
{
  return 1 + hint_rows(app);
}

/* --- messages --- */

static void set_message(FbkApp *app, char *message, gboolean is_error)
{
  g_free(app->status.message);
  app->status.message = message;
  app->status.is_error = is_error;
  fbk_app_dirty(app);
}

void fbk_app_say(FbkApp *app, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  set_message(app, g_strdup_vprintf(format, arguments), FALSE);
  va_end(arguments);
}

/* What the system says has no full stop, and a sentence follows. */
static const char *full_stop(const char *message)
{
  const char *end = message + strlen(message);
  gunichar last = end > message ? g_utf8_get_char_validated(g_utf8_find_prev_char(message, end), -1) : '.';
  return g_unichar_ispunct(last) || last >= 0x110000 ? "" : last < 128 ? "." : "\xe3\x80\x82";
}

char *fbk_status_sentences(const GError *err, const char *next)
{
  return g_strconcat(err->message, full_stop(err->message), next ? " " : NULL, next, NULL);
}

void fbk_app_say_error(FbkApp *app, const GError *err)
{
  set_message(app, fbk_status_sentences(err, fbk_error_hint(err)), TRUE);
}

void fbk_status_forget_message(FbkApp *app)
{
  if (app->status.message)
    set_message(app, NULL, FALSE);
}

/* --- prompts --- */

static void end_prompt(FbkApp *app)
{
  FbkStatus *status = &app->status;
  status->kind = FBK_PROMPT_NONE;
  g_clear_pointer(&status->question, g_free);
  g_clear_pointer(&status->line, fbk_line_free);
  g_clear_pointer(&status->secret, fbk_secret_free);
  status->number = 0;
  status->owner = NULL;
  fbk_app_dirty(app);
}

/* A prompt that another one displaces was not answered. */
static void cancel_prompt(FbkApp *app)
{
  FbkStatus was = app->status;
  app->status.line = NULL;
  end_prompt(app);
  if (was.kind == FBK_PROMPT_LINE)
    was.answer_line(was.owner, NULL);
  else if (was.kind == FBK_PROMPT_CONFIRM)
    was.answer_confirm(was.owner, FALSE);
  else if (was.kind == FBK_PROMPT_SECRET)
    fbk_ui_ask_answer(app->ask, was.number, NULL);
  fbk_line_free(was.line);
}

void fbk_app_prompt(FbkApp *app, const char *prompt, const char *initial,
                    void (*answer)(gpointer owner, const char *text), gpointer owner)
{
  cancel_prompt(app);
  app->status.kind = FBK_PROMPT_LINE;
  app->status.question = g_strdup(prompt);
  app->status.line = fbk_line_new(initial);
  app->status.answer_line = answer;
  app->status.owner = owner;
  fbk_app_dirty(app);
}

void fbk_app_confirm(FbkApp *app, const char *question, void (*answer)(gpointer owner, gboolean yes),
                     gpointer owner)
{
  cancel_prompt(app);
  app->status.kind = FBK_PROMPT_CONFIRM;
  app->status.question = g_strdup(question);
  app->status.answer_confirm = answer;
  app->status.owner = owner;
  fbk_app_dirty(app);
}

void fbk_app_forget_prompt(FbkApp *app, gpointer owner)
{
  gboolean is_ours = app->status.kind == FBK_PROMPT_LINE || app->status.kind == FBK_PROMPT_CONFIRM;
  if (is_ours && app->status.owner == owner) {
    end_prompt(app);
    fbk_status_question_changed(app); /* one may have waited behind it */
  }
}

void fbk_status_question_changed(FbkApp *app)
{
  FbkStatus *status = &app->status;
  g_autofree char *question = NULL;
  guint number = fbk_ui_ask_current(app->ask, &question);
  if (status->kind == FBK_PROMPT_SECRET && status->number != number)
    end_prompt(app);
  if (!number || status->kind != FBK_PROMPT_NONE)
    return; /* what the person is typing now comes first */
  status->kind = FBK_PROMPT_SECRET;
  status->question = g_steal_pointer(&question);
  status->secret = fbk_secret_new();
  status->number = number;
  fbk_app_dirty(app);
}

void fbk_status_clear(FbkApp *app)
{
  end_prompt(app);
  g_clear_pointer(&app->status.message, g_free);
}

/* --- keys --- */

static void key_in_line(FbkApp *app, FbkKey key)
{
  if (key != FBK_KEY_ENTER) {
    fbk_line_key(app->status.line, key);
    fbk_app_dirty(app);
    return;
  }
  FbkStatus was = app->status;
  app->status.line = NULL;
  end_prompt(app); /* first: the answer may ask the next thing */
  was.answer_line(was.owner, fbk_line_text(was.line));
  fbk_line_free(was.line);
}

static void key_in_secret(FbkApp *app, FbkKey key)
{
  FbkStatus *status = &app->status;
  char bytes[8];
  if (key == FBK_KEY_ENTER) {
    guint number = status->number;
    FbkSecret *secret = g_steal_pointer(&status->secret);
    end_prompt(app);
    fbk_ui_ask_answer(app->ask, number, secret);
  } else if (key == FBK_KEY_BACKSPACE)
    fbk_secret_chop(status->secret);
  else if (key == CONTROL('U'))
    fbk_secret_clear(status->secret);
  else if (fbk_key_is_text(key))
    fbk_secret_append(status->secret, bytes, (gsize)g_unichar_to_utf8(key, bytes));
  fbk_wipe(bytes, sizeof bytes);
  fbk_app_dirty(app);
}

static void key_in_confirm(FbkApp *app, FbkKey key)
{
  FbkStatus was = app->status;
  end_prompt(app);
  was.answer_confirm(was.owner, fbk_keys_action(FBK_CONTEXT_QUESTION, key) == FBK_ACTION_OPEN);
}

gboolean fbk_status_key(FbkApp *app, FbkKey key)
{
  FbkPromptKind kind = app->status.kind;
  if (kind == FBK_PROMPT_NONE)
    return FALSE;
  if (app->pasting && kind == FBK_PROMPT_CONFIRM)
    return TRUE; /* pasted text answers no question */
  if (fbk_keys_action(FBK_CONTEXT_PROMPT, key) == FBK_ACTION_CANCEL)
    cancel_prompt(app);
  else if (kind == FBK_PROMPT_LINE)
    key_in_line(app, key);
  else if (kind == FBK_PROMPT_SECRET)
    key_in_secret(app, key);
  else
    key_in_confirm(app, key);
  fbk_status_question_changed(app);
  return TRUE;
}

/* --- drawing --- */

/* utf8 wrapped upwards from the status row, over the body where it is long. Returns the last line's cells. */
static int draw_wrapped(FbkCanvas *canvas, int last_row, FbkLook look, const char *utf8)
{
  int columns = fbk_canvas_columns(canvas);
  g_autofree char *clean = fbk_text_gate(utf8, -1, FBK_GATE_LINE);
  g_autoptr(GArray) lines = fbk_wrap(clean, strlen(clean), columns - 2, columns - 2);
  int count = MIN((int)lines->len, CLAMP(last_row + 1 - ROWS_KEPT, 1, TEXT_ROWS_MAX));
  int row = last_row - count + 1;
  int cells = 0;
  for (int i = 0; i < count; i++, row++) {
    const FbkWrapLine *line = &g_array_index(lines, FbkWrapLine, i);
    gboolean is_cut = i == count - 1 && count < (int)lines->len;
    gsize len = is_cut ? strlen(clean + line->start) : line->end - line->start;
    g_autofree char *part = g_strndup(clean + line->start, len);
    g_autofree char *text = fbk_text_ellipsize(part, columns - 2);
    fbk_canvas_fill(canvas, row, 0, columns, FBK_LOOK_NORMAL);
    cells = fbk_canvas_text(canvas, row, 1, columns - 2, look, text);
  }
  return cells;
}

static void draw_secret(const FbkApp *app, FbkCanvas *canvas, int row)
{
  int columns = fbk_canvas_columns(canvas);
  g_autofree char *question = g_strconcat(app->status.question, ":", NULL);
  draw_wrapped(canvas, row - 1, FBK_LOOK_NOTICE, question);
  const char *typed = fbk_secret_peek(app->status.secret, NULL);
  int dots = MIN((int)g_utf8_strlen(typed, -1), columns - 4);
  fbk_canvas_fill(canvas, row, 0, columns, FBK_LOOK_NORMAL);
  fbk_canvas_fill(canvas, row, 1, columns - 2, FBK_LOOK_INPUT);
  for (int i = 0; i < dots; i++)
    fbk_canvas_text(canvas, row, 1 + i, 1, FBK_LOOK_INPUT, DOT);
  fbk_canvas_cursor(canvas, row, 1 + dots);
}

static void draw_line(const FbkApp *app, FbkCanvas *canvas, int row)
{
  int columns = fbk_canvas_columns(canvas);
  int used = draw_wrapped(canvas, row, FBK_LOOK_NOTICE, app->status.question) + 2;
  if (used > columns / 2) { /* the answer needs a row of its own */
    draw_wrapped(canvas, row - 1, FBK_LOOK_NOTICE, app->status.question);
    fbk_canvas_fill(canvas, row, 0, columns, FBK_LOOK_NORMAL);
    used = 1;
  }
  fbk_line_draw(app->status.line, canvas, row, used, columns - used - 1, TRUE);
}

/* Of the keys that work now. */
static FbkContext context_of_hints(const FbkApp *app)
{
  const FbkScreen *screen = app->screens->pdata[app->screens->len - 1];
  return app->status.kind == FBK_PROMPT_NONE      ? screen->type->context
         : app->status.kind == FBK_PROMPT_CONFIRM ? FBK_CONTEXT_QUESTION
                                                  : FBK_CONTEXT_PROMPT;
}

static void draw_hints(const FbkApp *app, FbkCanvas *canvas)
{
  FbkContext context = context_of_hints(app);
  int columns = fbk_canvas_columns(canvas);
  int rows = hint_rows(app);
  for (int i = 0; i < rows; i++) {
    int row = fbk_canvas_rows(canvas) - rows + i;
    g_autofree char *hints = fbk_keys_hints(context, i, columns - 2);
    g_auto(GStrv) words = g_strsplit(hints, "  ", -1);
    fbk_canvas_text(canvas, row, 1, columns - 2, FBK_LOOK_NORMAL, hints);
    int column = 1;
    for (char **word = words; *word; word++) {
      g_autofree char *key = g_strndup(*word, strcspn(*word, " "));
      fbk_canvas_paint(canvas, row, column, fbk_text_width(key), FBK_LOOK_KEY);
      column += fbk_text_width(*word) + 2;
    }
  }
}

void fbk_status_draw(FbkApp *app, FbkCanvas *canvas)
{
  const FbkStatus *status = &app->status;
  int row = fbk_canvas_rows(canvas) - fbk_status_rows(app);
  g_autofree char *doing = fbk_workers_doing(app);
  draw_hints(app, canvas);
  if (status->kind == FBK_PROMPT_LINE)
    draw_line(app, canvas, row);
  else if (status->kind == FBK_PROMPT_SECRET)
    draw_secret(app, canvas, row);
  else if (status->kind == FBK_PROMPT_CONFIRM) {
    int used = draw_wrapped(canvas, row, FBK_LOOK_NOTICE, status->question);
    fbk_canvas_cursor(canvas, row, used + 2);
  } else if (status->message)
    draw_wrapped(canvas, row, status->is_error ? FBK_LOOK_ALARM : FBK_LOOK_NOTICE, status->message);
  else if (doing)
    fbk_canvas_text(canvas, row, 1, fbk_canvas_columns(canvas) - 2, FBK_LOOK_DIM, doing);
  else if (app->has_terminal && fbk_term_is_narrow())
    fbk_canvas_text(canvas, row, 1, fbk_canvas_columns(canvas) - 2, FBK_LOOK_NOTICE,
                    _("To read Japanese: LANG=C.UTF-8 fubako"));
}
