/* What the two files of indexing share; nobody else includes it. */
#ifndef FBK_FLOW_INDEXING_INNER_H
#define FBK_FLOW_INDEXING_INNER_H

#include "flow/home.h"
#include "store/catalog.h"

/* The account's catalogue, and the directory for the index beside it. */
FbkCatalog *fbk_indexing_catalog(const FbkHome *home, const FbkAccount *account, GError **err);

#endif
