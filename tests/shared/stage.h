/* A temporary directory for one test, removed with all that is in it. */
#ifndef FBK_TESTS_STAGE_H
#define FBK_TESTS_STAGE_H

/* The new directory's path; freed by the caller (g_free) after fbk_stage_free. */
char *fbk_stage_new(void);

/* Removes the directory and everything below it, without following links. */
void fbk_stage_free(const char *dir);

#endif
