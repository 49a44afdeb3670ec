/* Steps 1 to 3 of the setup: university, place, identity. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "base/err.h"
#include "ui/setup_inner.h"

static void add_text(FbkSetup *setup, const char *text)
{
  fbk_form_add_text(setup->form, FBK_LOOK_NORMAL, text);
}

static void add_gap(FbkSetup *setup)
{
  fbk_form_add_text(setup->form, FBK_LOOK_NORMAL, "");
}

void fbk_setup_add_notices(FbkSetup *setup, FbkNoticeWhen when, const char *step)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local();
  g_autofree char *today = g_date_time_format(now, "%Y-%m-%d");
  for (guint i = 0; i < setup->profile->notices->len; i++) {
    const FbkNotice *notice = setup->profile->notices->pdata[i];
    if (notice->when == when && (!step || g_str_equal(notice->step, step)) &&
        fbk_notice_is_current(notice, today))
      fbk_form_add_text(setup->form, FBK_LOOK_NOTICE, notice->text);
  }
}

/* --- step 1 --- */

static void build_institution(FbkSetup *setup)
{
  const FbkHome *home = fbk_app_home(setup->head.app);
  add_text(setup,
           _("Which university's mail do you read? Fubako knows its servers. Five short steps; nothing "
             "is written before the last one."));
  add_gap(setup);
  setup->address_field =
      fbk_form_add_field(setup->form, _("Type your mail address, or choose below:"), setup->address);
  add_gap(setup);
  setup->profiles = fbk_setup_institutions(home);
  for (guint i = 0; i < setup->profiles->len; i++) {
    const FbkProfile *profile = setup->profiles->pdata[i];
    guint number = fbk_form_add_choice(setup->form, profile->institution_title, profile->mail_domain);
    if (!i)
      setup->first_choice = number;
    if (setup->institution && g_str_equal(setup->institution->institution, profile->institution))
      fbk_form_set_focus(setup->form, number);
  }
  g_autofree char *directory = g_build_filename(home->paths->config, "profiles", NULL);
  g_autofree char *other = g_strdup_printf(
      _("Another server needs a profile, a small text file: run `fubako profile show jaist` to "
        "see one, write yours as %s/NAME.conf, and start Fubako again."),
      directory);
  add_gap(setup);
  fbk_form_add_text(setup->form, FBK_LOOK_DIM, other);
}

static gboolean take_institution(FbkSetup *setup)
{
  FbkApp *app = setup->head.app;
  guint focus = fbk_form_focus(setup->form);
  g_autofree char *typed = g_strstrip(g_strdup(fbk_form_text(setup->form, setup->address_field)));
  const FbkProfile *chosen = NULL;
  if (focus >= setup->first_choice && setup->first_choice)
    chosen = setup->profiles->pdata[focus - setup->first_choice];
  else if (!*typed) {
    fbk_app_say(app, _("Type your mail address, or move down to your university and press Enter."));
    return FALSE;
  } else if (!(chosen = fbk_setup_institution_of(fbk_app_home(app), typed))) {
    fbk_app_say(app, _("Fubako does not know a university with this address. Check it, or choose below."));
    return FALSE;
  }
  /* An address of another place would only be refused two steps later. */
  const FbkProfile *of_typed = fbk_setup_institution_of(fbk_app_home(app), typed);
  if (!of_typed || !g_str_equal(of_typed->institution, chosen->institution))
    *typed = '\0';
  g_free(setup->address);
  setup->address = g_steal_pointer(&typed);
  if (setup->institution != chosen)
    setup->profile = NULL;
  setup->institution = chosen;
  return TRUE;
}

/* --- step 2 --- */

static void follow_place(FbkSetup *setup)
{
  guint focus = fbk_form_focus(setup->form);
  if (setup->changed_by == focus)
    return;
  setup->changed_by = focus;
  fbk_form_truncate(setup->form, setup->mark);
  const FbkProfile *was = setup->profile;
  setup->profile = setup->profiles->pdata[focus - setup->first_choice];
  if (was != setup->profile) /* its ports are other ones */
    setup->incoming_chosen = setup->outgoing_chosen = 0;
  add_gap(setup);
  fbk_form_add_text(setup->form, FBK_LOOK_DIM, setup->profile->title);
  if (*setup->profile->retired) {
    g_autofree char *retired =
        g_strdup_printf(_("These servers were switched off on %s. Choose this only if you know that they are "
                          "there again."),
                        setup->profile->retired);
    fbk_form_add_text(setup->form, FBK_LOOK_ALARM, retired);
  }
  fbk_setup_add_notices(setup, FBK_NOTICE_SETUP, "place");
}

static void build_place(FbkSetup *setup)
{
  add_text(setup, _("Where will you read this mail? The servers differ by place."));
  add_gap(setup);
  setup->profiles = fbk_setup_places(fbk_app_home(setup->head.app), setup->institution->institution);
  for (guint i = 0; i < setup->profiles->len; i++) {
    const FbkProfile *profile = setup->profiles->pdata[i];
    const FbkServer *server = fbk_profile_server(profile, FBK_PROTOCOL_IMAP, 0);
    if (!server)
      server = fbk_profile_server(profile, FBK_PROTOCOL_POP, 0);
    guint number = fbk_form_add_choice(setup->form, profile->place, server ? server->host : "");
    if (!i)
      setup->first_choice = number;
    if (profile == setup->profile)
      fbk_form_set_focus(setup->form, number);
  }
  setup->mark = fbk_form_mark(setup->form);
  follow_place(setup);
}

/* --- step 3 --- */

static void build_identity(FbkSetup *setup)
{
  const FbkProfile *profile = setup->profile;
  const char *real_name = *setup->name ? setup->name : g_get_real_name();
  add_text(setup,
           _("Who are you there? The servers ask for the first, the readers of your mail see the others."));
  add_gap(setup);
  setup->user_field = fbk_form_add_field(setup->form, profile->user_label, setup->user);
  fbk_form_add_text(setup->form, FBK_LOOK_DIM, profile->user_hint);
  setup->address_field = fbk_form_add_field(setup->form, _("Mail address"), setup->address);
  fbk_form_add_text(setup->form, FBK_LOOK_DIM, profile->address_hint);
  setup->name_field = fbk_form_add_field(setup->form, _("Your name, as others shall see it"),
                                         g_str_equal(real_name, "Unknown") ? "" : real_name);
  add_gap(setup);
  fbk_setup_add_notices(setup, FBK_NOTICE_SETUP, "identity");
}

/* A user ID that the profile can put right is offered, and taken with y. */
static void user_suggested(gpointer owner, gboolean yes)
{
  FbkSetup *setup = owner;
  g_autofree char *suggestion = NULL;
  if (yes && setup->step == FBK_SETUP_IDENTITY &&
      !fbk_profile_check_user(setup->profile, setup->user, &suggestion, NULL) && suggestion)
    fbk_form_set_text(setup->form, setup->user_field, suggestion);
  fbk_app_dirty(setup->head.app);
}

/* Names the field, unless the sentence does. g_free. */
static char *sentence_of(const char *label, const GError *err)
{
  return strstr(err->message, label) ? g_strdup(err->message)
                                     : g_strdup_printf("%s: %s", label, err->message);
}

static void refuse(FbkSetup *setup, guint field, const char *label, const GError *err)
{
  g_autofree char *sentence = sentence_of(label, err);
  fbk_form_set_focus(setup->form, field);
  fbk_app_say(setup->head.app, "%s", sentence);
}

void fbk_setup_keep_identity(FbkSetup *setup)
{
  g_free(setup->user);
  g_free(setup->address);
  g_free(setup->name);
  setup->user = g_strstrip(g_strdup(fbk_form_text(setup->form, setup->user_field)));
  setup->address = g_strstrip(g_strdup(fbk_form_text(setup->form, setup->address_field)));
  setup->name = g_strstrip(g_strdup(fbk_form_text(setup->form, setup->name_field)));
}

static gboolean take_identity(FbkSetup *setup)
{
  const FbkProfile *profile = setup->profile;
  g_autofree char *suggestion = NULL;
  g_autoptr(GError) err = NULL;
  fbk_setup_keep_identity(setup);
  if (!fbk_profile_check_user(profile, setup->user, &suggestion, &err)) {
    refuse(setup, setup->user_field, profile->user_label, err);
    if (suggestion) {
      g_autofree char *question =
          g_strdup_printf(_("%s: %s Take \"%s\"? (y/n)"), profile->user_label, err->message, suggestion);
      fbk_app_confirm(setup->head.app, question, user_suggested, setup);
    }
  } else if (!fbk_profile_check_address(profile, setup->address, &err))
    refuse(setup, setup->address_field, _("Mail address"), err);
  else if (!fbk_profile_check_identity(profile, setup->user, setup->address, &err))
    refuse(setup, setup->user_field, profile->user_label, err);
  return !err;
}

/* --- all steps --- */

static void (*const builders[FBK_SETUP_STEPS])(FbkSetup *) = {
    [FBK_SETUP_INSTITUTION] = build_institution, [FBK_SETUP_PLACE] = build_place,
    [FBK_SETUP_IDENTITY] = build_identity,       [FBK_SETUP_SECRET] = fbk_setup_build_secret,
    [FBK_SETUP_CHECK] = fbk_setup_build_check,
};

void fbk_setup_build(FbkSetup *setup)
{
  fbk_form_free(setup->form);
  setup->form = fbk_form_new();
  g_clear_pointer(&setup->profiles, g_ptr_array_unref);
  setup->first_choice = setup->changed_by = setup->mark = 0;
  setup->state = FBK_CHECK_READY;
  builders[setup->step](setup);
}

gboolean fbk_setup_take(FbkSetup *setup)
{
  switch (setup->step) {
  case FBK_SETUP_INSTITUTION:
    return take_institution(setup);
  case FBK_SETUP_PLACE:
    return TRUE; /* the profile followed the cursor */
  case FBK_SETUP_IDENTITY:
    return take_identity(setup);
  case FBK_SETUP_SECRET:
    return fbk_setup_take_secret(setup);
  default:
    return FALSE;
  }
}

void fbk_setup_follow(FbkSetup *setup)
{
  if (setup->step == FBK_SETUP_PLACE)
    follow_place(setup);
  else if (setup->step == FBK_SETUP_SECRET)
    fbk_setup_follow_secret(setup);
  else if (setup->step == FBK_SETUP_CHECK)
    fbk_setup_follow_check(setup);
}
