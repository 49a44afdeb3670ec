/* How the parts of the doctor write down what they found. The doctor's own thread, but for fbk_check_add,
 * which any thread may call on a list of its own. */
#ifndef FBK_FLOW_DOCTOR_INNER_H
#define FBK_FLOW_DOCTOR_INNER_H

#include "flow/doctor.h"

/* check is one of the names known to doctor.c. hint may be NULL. */
void fbk_check_passed(GPtrArray *checks, const char *check, const char *format, ...) G_GNUC_PRINTF(3, 4);
void fbk_check_warn(GPtrArray *checks, const char *check, const char *hint, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
void fbk_check_failed(GPtrArray *checks, const char *check, FbkErr code, const char *hint, const char *format,
                      ...) G_GNUC_PRINTF(5, 6);
/* From an error: its sentence and its next step. */
void fbk_check_error(GPtrArray *checks, const char *check, const GError *err);

/* The parts of fbk_doctor_here. */
void fbk_doctor_machine(FbkDoctor *doctor);
void fbk_doctor_gnupg(FbkDoctor *doctor);
void fbk_doctor_files(FbkDoctor *doctor);
void fbk_doctor_search(FbkDoctor *doctor, GCancellable *cancellable);

/* Bytes free where path is, or will be. */
#define FBK_DOCTOR_SPACE (G_GUINT64_CONSTANT(20) << 20) /* less is too little to work with */
gboolean fbk_doctor_space(const char *path, guint64 *bytes_out);

/* The first line that a program prints within a few seconds, or NULL; nothing is asked of it. g_free. */
char *fbk_doctor_first_line(const char *const *argv);

#endif
