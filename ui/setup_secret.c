/* Step 4 of the setup: the password, its prefix, and where Fubako gets it later. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "ui/setup_inner.h"

/* The ways to keep a password that this computer offers, the best first. */
static guint ways(const FbkSetup *setup, FbkSecretKeep out[3])
{
  guint count = 0;
  if (setup->can_gpg)
    out[count++] = FBK_SECRET_GPG;
  out[count++] = FBK_SECRET_ASK;
  out[count++] = FBK_SECRET_COMMAND;
  return count;
}

static guint add_keep_setting(FbkSetup *setup)
{
  const char *names[4] = {NULL};
  FbkSecretKeep way[3];
  guint chosen = 0;
  guint count = ways(setup, way);
  for (guint i = 0; i < count; i++) {
    names[i] = way[i] == FBK_SECRET_GPG   ? _("a file that GnuPG encrypts to your key")
               : way[i] == FBK_SECRET_ASK ? _("asks you each time it starts")
                                          : _("a command of yours that prints it");
    if (way[i] == setup->keep)
      chosen = i;
  }
  return fbk_form_add_setting(setup->form, _("Where Fubako gets the password later"), names, chosen);
}

static FbkSecretKeep chosen_way(const FbkSetup *setup)
{
  FbkSecretKeep way[3];
  ways(setup, way);
  return way[fbk_form_chosen(setup->form, setup->keep_setting)];
}

/* The command's field is there only when it is wanted. */
void fbk_setup_follow_secret(FbkSetup *setup)
{
  guint now = fbk_form_chosen(setup->form, setup->keep_setting) + 1;
  if (now == setup->changed_by)
    return;
  if (setup->command_field) {
    g_free(setup->command);
    setup->command = g_strdup(fbk_form_text(setup->form, setup->command_field));
  }
  setup->changed_by = now;
  setup->command_field = 0;
  fbk_form_truncate(setup->form, setup->mark);
  switch (chosen_way(setup)) {
  case FBK_SECRET_COMMAND:
    setup->command_field = fbk_form_add_field(setup->form, _("The command"), setup->command);
    fbk_form_add_text(
        setup->form, FBK_LOOK_DIM,
        _("Its first line is the password, for example: pass show jaist. Leave the password above "
          "empty: the check runs the command."));
    break;
  case FBK_SECRET_GPG: {
    g_autofree char *to = g_strdup_printf(_("Encrypted to: %s"), setup->gpg_identity);
    fbk_form_add_text(setup->form, FBK_LOOK_DIM, to);
    break;
  }
  case FBK_SECRET_ASK:
    fbk_form_add_text(setup->form, FBK_LOOK_DIM, _("Nothing of it is written to the disk."));
    break;
  }
}

void fbk_setup_build_secret(FbkSetup *setup)
{
  const FbkProfile *profile = setup->profile;
  /* Found meanwhile; not under the hands of somebody who reads "asks you each time" on a form from before. */
  if (setup->gpg_identity && !setup->can_gpg) {
    setup->can_gpg = TRUE;
    setup->keep = FBK_SECRET_GPG; /* the best way, until the person chooses */
  }
  fbk_form_add_text(
      setup->form, FBK_LOOK_NORMAL,
      _("The password, for one sign-in with each server. It is shown to nobody else, and a wrong "
        "one is tried only once."));
  fbk_setup_add_notices(setup, FBK_NOTICE_SETUP, "secret");
  fbk_form_add_text(setup->form, FBK_LOOK_NORMAL, "");
  setup->prefix_field = 0;
  if (profile->has_prefix) {
    setup->prefix_field = fbk_form_add_secret(setup->form, profile->prefix_label);
    fbk_form_add_text(setup->form, FBK_LOOK_DIM, profile->prefix_hint);
  }
  setup->password_field = fbk_form_add_secret(setup->form, _("Password"));
  fbk_form_add_text(setup->form, FBK_LOOK_DIM, profile->password_hint);
  setup->keep_setting = add_keep_setting(setup);
  setup->mark = fbk_form_mark(setup->form);
  setup->command_field = 0;
  fbk_setup_follow_secret(setup);
  fbk_kept_clear(&setup->kept);
}

/* --- taking it --- */

static void refuse(FbkSetup *setup, guint field, const char *sentence)
{
  fbk_form_set_focus(setup->form, field);
  fbk_app_say(setup->head.app, "%s", sentence);
}

static void refuse_empty_prefix(FbkSetup *setup)
{
  const FbkProfile *profile = setup->profile;
  g_autofree char *sentence =
      g_strdup_printf(_("\"%s\" is empty. %s"), profile->prefix_label, profile->prefix_hint);
  refuse(setup, setup->prefix_field, sentence);
}

static void go_on(FbkSetup *setup)
{
  fbk_setup_go(setup, FBK_SETUP_CHECK);
}

static void try_again_answered(gpointer owner, gboolean yes)
{
  FbkSetup *setup = owner;
  if (yes)
    go_on(setup);
  else
    fbk_setup_go(setup, FBK_SETUP_SECRET);
}

/* The same password for the same person, after a refusal: only when something else has changed. What a
 * command will print is not known, but the same command is likely to print the same. */
static gboolean was_refused(const FbkSetup *setup)
{
  if (setup->keep == FBK_SECRET_COMMAND)
    return setup->refused && g_str_equal(setup->user, setup->refused_user) &&
           !g_strcmp0(setup->command, setup->refused_command);
  g_autoptr(FbkSecret) now = fbk_secret_join(setup->kept.prefix, setup->kept.password);
  gsize len = 0, refused_len = 0;
  const char *bytes = now ? fbk_secret_peek(now, &len) : "";
  const char *refused = setup->refused ? fbk_secret_peek(setup->refused, &refused_len) : "";
  return setup->refused && len == refused_len && !memcmp(bytes, refused, len) &&
         g_str_equal(setup->user, setup->refused_user);
}

/* The person goes on typing where it was wrong, and need not type the rest again. */
static void give_back(FbkSetup *setup)
{
  if (setup->step != FBK_SETUP_SECRET || !setup->kept.password)
    return;
  if (setup->kept.prefix)
    fbk_form_give_secret(setup->form, setup->prefix_field, g_steal_pointer(&setup->kept.prefix));
  fbk_form_give_secret(setup->form, setup->password_field, g_steal_pointer(&setup->kept.password));
}

static void prefix_suggested(gpointer owner, gboolean yes)
{
  FbkSetup *setup = owner;
  FbkSecret *suggestion = NULL;
  if (yes && setup->kept.prefix &&
      !fbk_profile_check_prefix(setup->profile, setup->kept.prefix, &suggestion, NULL) && suggestion) {
    fbk_secret_free(setup->kept.prefix);
    setup->kept.prefix = g_steal_pointer(&suggestion);
    go_on(setup);
  } else
    give_back(setup);
  fbk_secret_free(suggestion);
}

static gboolean take_prefix(FbkSetup *setup)
{
  g_autoptr(FbkSecret) suggestion = NULL;
  g_autoptr(GError) err = NULL;
  if (!setup->kept.prefix || fbk_profile_check_prefix(setup->profile, setup->kept.prefix, &suggestion, &err))
    return TRUE;
  if (suggestion) {
    g_autofree char *question =
        g_strdup_printf(_("%s: %s Put it right? (y/n)"), setup->profile->prefix_label, err->message);
    fbk_app_confirm(setup->head.app, question, prefix_suggested, setup);
  } else {
    g_autofree char *sentence = g_strdup_printf("%s: %s", setup->profile->prefix_label, err->message);
    give_back(setup);
    refuse(setup, setup->prefix_field, sentence);
  }
  return FALSE;
}

gboolean fbk_setup_take_secret(FbkSetup *setup)
{
  setup->keep = chosen_way(setup);
  if (setup->command_field) {
    g_free(setup->command);
    setup->command = g_strstrip(g_strdup(fbk_form_text(setup->form, setup->command_field)));
  }
  if (setup->keep == FBK_SECRET_COMMAND && !*setup->command)
    refuse(setup, setup->command_field,
           _("Type the command that prints the password, or choose another way."));
  else if (setup->prefix_field && !fbk_form_has_secret(setup->form, setup->prefix_field))
    refuse_empty_prefix(setup);
  else if (setup->keep != FBK_SECRET_COMMAND && !fbk_form_has_secret(setup->form, setup->password_field))
    refuse(setup, setup->password_field, _("Type the password: the check signs in with it."));
  else {
    fbk_kept_clear(&setup->kept);
    setup->kept.prefix = setup->prefix_field ? fbk_form_take_secret(setup->form, setup->prefix_field) : NULL;
    setup->kept.password = fbk_form_take_secret(setup->form, setup->password_field);
    if (!take_prefix(setup))
      return FALSE;
    if (!was_refused(setup))
      return TRUE;
    fbk_app_confirm(
        setup->head.app,
        _("This password was refused a moment ago, and refusals lock the account. Have you switched "
          "something on meanwhile, so that it may be accepted now? (y/n)"),
        try_again_answered, setup);
  }
  return FALSE;
}

/* --- is there GnuPG? --- */

typedef struct {
  gboolean can;
  char *identity;
} Look;

static void free_look(gpointer data)
{
  Look *look = data;
  g_free(look->identity);
  g_free(look);
}

static gboolean look_run(FbkJob *job, gpointer data, GError **err)
{
  (void)job;
  (void)err;
  Look *look = data;
  look->can = fbk_keep_can_gpg(&look->identity);
  return TRUE;
}

static void look_done(gpointer owner, gpointer data, const GError *err)
{
  FbkSetup *setup = owner;
  Look *look = data;
  if (err)
    return;
  if (!look->can || !look->identity)
    return;
  setup->gpg_identity = g_steal_pointer(&look->identity);
  gboolean is_typing = setup->step == FBK_SETUP_SECRET &&
                       (setup->kept.password || fbk_form_has_secret(setup->form, setup->password_field) ||
                        (setup->prefix_field && fbk_form_has_secret(setup->form, setup->prefix_field)));
  if (setup->step == FBK_SETUP_SECRET && !is_typing)
    fbk_setup_go(setup, FBK_SETUP_SECRET);
}

void fbk_setup_look_for_gpg(FbkSetup *setup)
{
  fbk_worker_post(fbk_app_network(setup->head.app), setup->head.scope, look_run, look_done, g_new0(Look, 1),
                  free_look);
}
