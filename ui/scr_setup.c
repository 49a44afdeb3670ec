/* The setup: five steps to an account, nothing written before the last. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "ui/line.h"
#include "ui/setup_inner.h"

static char *title(FbkScreen *screen)
{
  static const char *const names[FBK_SETUP_STEPS] = {
      [FBK_SETUP_INSTITUTION] = N_("your university"),
      [FBK_SETUP_PLACE] = N_("where you read"),
      [FBK_SETUP_IDENTITY] = N_("who you are"),
      [FBK_SETUP_SECRET] = N_("password"),
      [FBK_SETUP_CHECK] = N_("check"),
  };
  const FbkSetup *setup = (const FbkSetup *)screen;
  return g_strdup_printf(_("Fubako setup, step %d of %d: %s"), (int)setup->step + 1, FBK_SETUP_STEPS,
                         _(names[setup->step]));
}

static void draw(FbkScreen *screen, FbkCanvas *canvas, int top, int rows)
{
  fbk_form_draw(((FbkSetup *)screen)->form, canvas, top, rows);
}

void fbk_setup_go(FbkSetup *setup, FbkSetupStep step)
{
  setup->step = step;
  fbk_setup_build(setup);
  fbk_app_dirty(setup->head.app);
}

/* From field to field, and from the last one to the next step. */
static void enter(FbkSetup *setup)
{
  guint focus = fbk_form_focus(setup->form);
  gboolean in_fields = setup->step == FBK_SETUP_IDENTITY || setup->step == FBK_SETUP_SECRET;
  if (setup->step == FBK_SETUP_CHECK)
    fbk_setup_run(setup);
  else if (in_fields && focus && !fbk_form_is_last(setup->form))
    fbk_form_act(setup->form, FBK_ACTION_DOWN);
  else if (fbk_setup_take(setup))
    fbk_setup_go(setup, setup->step + 1);
}

static void leave(gpointer owner, gboolean yes)
{
  FbkSetup *setup = owner;
  if (yes)
    fbk_app_quit(setup->head.app);
}

static void ask_to_leave(FbkSetup *setup)
{
  fbk_app_confirm(setup->head.app, _("Leave the setup? Nothing is saved. (y/n)"), leave, setup);
}

static void back(FbkSetup *setup)
{
  if (fbk_setup_stop(setup))
    return;
  if (setup->step == FBK_SETUP_IDENTITY)
    fbk_setup_keep_identity(setup);
  if (setup->step > FBK_SETUP_INSTITUTION)
    fbk_setup_go(setup, setup->step - 1);
  else
    ask_to_leave(setup);
}

static gboolean act(FbkScreen *screen, FbkAction action)
{
  FbkSetup *setup = (FbkSetup *)screen;
  if (action == FBK_ACTION_OPEN)
    enter(setup);
  else if (action == FBK_ACTION_BACK)
    back(setup);
  else if (action == FBK_ACTION_QUIT)
    ask_to_leave(setup);
  else if (setup->state == FBK_CHECK_RUNNING && (action == FBK_ACTION_NEXT || action == FBK_ACTION_PREVIOUS))
    fbk_app_say(screen->app, _("The check is running. Esc stops it."));
  else if (!fbk_form_act(setup->form, action))
    return FALSE;
  else
    fbk_setup_follow(setup);
  return TRUE;
}

/* Who types on a choice of the first step means the address. */
static void find_field(FbkSetup *setup, FbkKey key)
{
  guint focus = fbk_form_focus(setup->form);
  if (setup->step == FBK_SETUP_INSTITUTION && focus != setup->address_field && fbk_key_is_text(key) &&
      fbk_keys_action(FBK_CONTEXT_SETUP, key) == FBK_ACTION_NONE)
    fbk_form_set_focus(setup->form, setup->address_field);
}

static gboolean type(FbkScreen *screen, FbkKey key)
{
  FbkSetup *setup = (FbkSetup *)screen;
  find_field(setup, key);
  return setup->state != FBK_CHECK_RUNNING && fbk_form_type(setup->form, key);
}

static void free_setup(FbkScreen *screen)
{
  FbkSetup *setup = (FbkSetup *)screen;
  fbk_setup_feed_close(setup);
  fbk_scope_close(screen->scope);
  fbk_form_free(setup->form);
  g_clear_pointer(&setup->profiles, g_ptr_array_unref);
  g_clear_pointer(&setup->incoming, g_ptr_array_unref);
  g_clear_pointer(&setup->outgoing, g_ptr_array_unref);
  g_free(setup->user);
  g_free(setup->address);
  g_free(setup->name);
  g_free(setup->command);
  g_free(setup->gpg_identity);
  g_free(setup->section);
  g_free(setup->refused_user);
  g_free(setup->refused_command);
  fbk_secret_free(setup->refused);
  fbk_kept_clear(&setup->kept);
  g_free(setup);
}

static const FbkScreenType setup_type = {FBK_CONTEXT_SETUP, title, draw, act, type, NULL, free_setup};

FbkScreen *fbk_scr_setup_new(FbkApp *app)
{
  FbkSetup *setup = g_new0(FbkSetup, 1);
  setup->head = (FbkScreen){&setup_type, app, NULL};
  setup->head.scope = fbk_scope_new(setup, NULL);
  setup->user = g_strdup("");
  setup->address = g_strdup("");
  setup->name = g_strdup("");
  setup->command = g_strdup("");
  setup->keep = FBK_SECRET_ASK;
  fbk_setup_look_for_gpg(setup);
  fbk_setup_build(setup);
  return &setup->head;
}
