/* The catalogues that lists are read from, one handle per account, opened when first asked for. Made on the
 * UI thread; everything else on the disk worker alone, which frees them as its last act. */
#ifndef FBK_UI_CATALOGS_H
#define FBK_UI_CATALOGS_H

#include "flow/home.h"
#include "store/catalog.h"

typedef struct FbkCatalogs FbkCatalogs;

FbkCatalogs *fbk_catalogs_new(void);
void fbk_catalogs_free(gpointer catalogs);

/* The account's, owned by catalogs. An account that was never fetched has an empty one. */
FbkCatalog *fbk_catalogs_get(FbkCatalogs *catalogs, const FbkHome *home, const char *account, GError **err);
/* After a failure: the next get opens it anew. */
void fbk_catalogs_forget(FbkCatalogs *catalogs, const FbkHome *home, const char *account);

#endif
