/* GnuPG, the person's key, and who asks for its passphrase. SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/paths.h"
#include "flow/doctor_inner.h"
#include "store/pgp.h"

#define AGENT_FILE_MAX (256 * 1024)

static gboolean is_set(const char *variable)
{
  const char *value = fbk_paths_environment(variable);
  return value && *value;
}

static gboolean needs_key(const FbkDoctor *doctor)
{
  const FbkAccount *account = doctor->account;
  return account && (account->keep == FBK_SECRET_GPG ||
                     (account->keep == FBK_SECRET_COMMAND && account->has_prefix && !*account->prefix_file));
}

/* The key's user ID names a person: it is not told. */
static gboolean check_key(FbkDoctor *doctor)
{
  g_autoptr(GError) failure = NULL;
  g_autofree char *fingerprint = NULL;
  if (fbk_pgp_find_own_key(&fingerprint, NULL, &failure)) {
    fbk_check_passed(doctor->here, "gnupg", _("there is a secret key that can keep passwords"));
    return TRUE;
  }
  if (needs_key(doctor))
    fbk_check_error(doctor->here, "gnupg", failure);
  else
    fbk_check_warn(doctor->here, "gnupg",
                   _("Nothing of this account needs one; it would let Fubako keep the password encrypted."),
                   "%s", failure->message);
  return FALSE;
}

/* What gpg-agent.conf names, or NULL. */
static char *pinentry_of_agent(void)
{
  const char *own = fbk_paths_environment("GNUPGHOME");
  g_autofree char *usual = g_build_filename(g_get_home_dir(), ".gnupg", NULL);
  g_autofree char *path = g_build_filename(own && *own ? own : usual, "gpg-agent.conf", NULL);
  g_autofree char *text = fbk_file_read(path, AGENT_FILE_MAX, NULL, NULL);
  g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    char *line = g_strstrip(lines[i]);
    if (g_str_has_prefix(line, "pinentry-program") && g_ascii_isspace(line[strlen("pinentry-program")]))
      return g_strdup(g_strstrip(line + strlen("pinentry-program")));
  }
  return NULL;
}

/* The program behind the links, as in /usr/bin/pinentry-curses; NULL when there is none. */
static char *find_pinentry(void)
{
  g_autofree char *named = pinentry_of_agent();
  g_autofree char *found = g_find_program_in_path(named ? named : "pinentry");
  if (!found)
    return NULL;
  char *real = realpath(found, NULL);
  char *program = g_strdup(real ? real : found);
  free(real);
  return program;
}

static gboolean wants_display(const char *program)
{
  static const char *const graphical[] = {"gnome", "gtk", "qt", "x11", "mac", "efl", "fltk"};
  g_autofree char *name = g_path_get_basename(program);
  for (gsize i = 0; i < G_N_ELEMENTS(graphical); i++)
    if (strstr(name, graphical[i]))
      return TRUE;
  return FALSE;
}

static void check_pinentry(FbkDoctor *doctor)
{
  g_autofree char *program = find_pinentry();
  gboolean remote = is_set("SSH_CONNECTION") || is_set("SSH_TTY");
  gboolean display = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
  if (!program)
    fbk_check_warn(doctor->here, "pinentry",
                   _("Install pinentry-curses (or ask the administrator): without it a key with a passphrase "
                     "cannot be used."),
                   _("no pinentry is installed"));
  else if (wants_display(program) && !display)
    fbk_check_warn(
        doctor->here, "pinentry",
        _("Most of these fall back to the terminal; if yours does not, put \"pinentry-program "
          "/usr/bin/pinentry-curses\" into ~/.gnupg/gpg-agent.conf and run gpgconf --kill gpg-agent."),
        _("%s needs a graphical screen, and there is none"), program);
  else if (!is_set("GPG_TTY") && (remote || !display))
    fbk_check_warn(
        doctor->here, "pinentry",
        _("Put export GPG_TTY=$(tty) into your shell's start file, so that pinentry finds this terminal."),
        _("%s is there, but GPG_TTY is not set"), program);
  else
    fbk_check_passed(doctor->here, "pinentry", "%s", program);
}

void fbk_doctor_gnupg(FbkDoctor *doctor)
{
  if (check_key(doctor))
    check_pinentry(doctor);
}
