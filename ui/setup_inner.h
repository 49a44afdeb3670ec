/* What the files of the setup screen share. */
#ifndef FBK_UI_SETUP_INNER_H
#define FBK_UI_SETUP_INNER_H

#include "flow/setup.h"
#include "ui/form.h"
#include "ui/scr.h"

typedef enum {
  FBK_SETUP_INSTITUTION,
  FBK_SETUP_PLACE,
  FBK_SETUP_IDENTITY,
  FBK_SETUP_SECRET,
  FBK_SETUP_CHECK,
  FBK_SETUP_STEPS
} FbkSetupStep;

typedef enum {
  FBK_CHECK_READY,
  FBK_CHECK_RUNNING, /* the probe, or the saving */
  FBK_CHECK_REFUSED, /* the password was refused: Enter goes back to it */
  FBK_CHECK_FAILED   /* something else: Enter tries again */
} FbkCheckState;

/* Lines of a running check on their way to the screen; outlives it. UI thread, but for the count. */
typedef struct FbkSetupFeed FbkSetupFeed;

typedef struct {
  FbkScreen head;
  FbkSetupStep step;
  FbkForm *form;
  guint mark;       /* items of the form that stay; what follows changes with the choice */
  guint changed_by; /* the choice or setting that what follows was made for */

  /* Numbers in the form of the step. */
  guint first_choice, address_field, user_field, name_field;
  guint prefix_field, password_field, keep_setting, command_field;
  guint incoming_setting, outgoing_setting;

  /* What was decided. Profiles are the home's. */
  GPtrArray *profiles; /* of this step's choices */
  const FbkProfile *institution, *profile;
  char *user, *address, *name;
  FbkSecretKeep keep;
  char *command;
  FbkKept kept;
  GPtrArray *incoming, *outgoing; /* const FbkServer *, of the profile's offers */
  guint incoming_chosen, outgoing_chosen;

  gboolean can_gpg;
  char *gpg_identity;

  FbkCheckState state;
  FbkSetupFeed *feed;
  char *section;                        /* the server whose lines are being added */
  FbkSecret *refused;                   /* prefix and password as the server refused them, and for whom */
  char *refused_user, *refused_command; /* the command: NULL where it was typed */
} FbkSetup;

/* setup_steps.c: builds the step's form, and takes it: TRUE when the next step may come. */
void fbk_setup_build(FbkSetup *setup);
gboolean fbk_setup_take(FbkSetup *setup);
void fbk_setup_follow(FbkSetup *setup);        /* the choice or setting in focus may have changed */
void fbk_setup_keep_identity(FbkSetup *setup); /* what was typed at step 3, unchecked */
void fbk_setup_go(FbkSetup *setup, FbkSetupStep step);

/* setup_secret.c: the same of step 4, and its job that looks for GnuPG. */
void fbk_setup_build_secret(FbkSetup *setup);
gboolean fbk_setup_take_secret(FbkSetup *setup);
void fbk_setup_follow_secret(FbkSetup *setup);
void fbk_setup_look_for_gpg(FbkSetup *setup);

/* setup_check.c: the same of step 5. */
void fbk_setup_build_check(FbkSetup *setup);
void fbk_setup_follow_check(FbkSetup *setup);
void fbk_setup_run(FbkSetup *setup);      /* Enter */
gboolean fbk_setup_stop(FbkSetup *setup); /* Esc: TRUE when something ran */
void fbk_setup_feed_close(FbkSetup *setup);

/* The profile's notices for a step, as paragraphs. */
void fbk_setup_add_notices(FbkSetup *setup, FbkNoticeWhen when, const char *step);

#endif
