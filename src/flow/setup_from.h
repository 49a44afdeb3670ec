/* A setup pre-filled from another mail program's configuration file: what it says of the account, the profile
 * that has its server, or else a profile by hand. Nothing is written before fbk_setup_from_keep. Blocks on
 * the disk. */
#ifndef FBK_FLOW_SETUP_FROM_H
#define FBK_FLOW_SETUP_FROM_H

#include "flow/home.h"
#include "store/client_config.h"

typedef struct {
  FbkClientConfig *config;
  const FbkProfile *profile; /* of home, or by_hand; never NULL */
  FbkProfile *by_hand;       /* NULL where home has one with this server */
  char *by_hand_text;
  char *incoming, *outgoing; /* "imap:993", "smtp:465": what the file says and the profile offers, or NULL */
  char *kept_path;           /* of the profile by hand, once it is written */
} FbkSetupFrom;

/* format: as fbk_client_named knows it, or NULL for what the content looks like. profile: the one that is
 * used whatever the file says, or NULL. What the profile does not offer is noted in config->notes. */
FbkSetupFrom *fbk_setup_from_file(const FbkHome *home, const char *path, const char *format,
                                  const FbkProfile *profile, GError **err);

/* Writes the profile by hand, where it is one, among the person's own; and takes it away again. */
gboolean fbk_setup_from_keep(const FbkHome *home, FbkSetupFrom *from, GError **err);
void fbk_setup_from_forget(FbkSetupFrom *from);

void fbk_setup_from_free(FbkSetupFrom *from);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FbkSetupFrom, fbk_setup_from_free)

#endif
