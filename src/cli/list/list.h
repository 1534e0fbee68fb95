/* SPDX-License-Identifier: MIT */
/* A folder, or one file, as items in a fixed order: byte-wise by name in each folder, a
 * folder's items between its FOLDER and its FOLDER_END. Nothing is held but the folders on the way
 * down. Links to folders are not followed. */
#ifndef EXN_CLI_LIST_LIST_H
#define EXN_CLI_LIST_LIST_H

#include "base/item.h"
#include "names.h"
#include "roots.h"

typedef struct exn_list exn_list;

/* What a folder has in it that holds originals of --in-place, which is not changed itself. */
#define EXN_LIST_BACKUP_LOG ".exifnorm-backup"

/* What lies in the input folder of roots, or its file. names: the files to take; NULL: all that are
 * there. The options say which shard's items come: folders come whole, so that all shards
 * together make what one run makes. All are borrowed until exn_list_close(). NULL with errno. */
exn_list *exn_list_open(const exn_roots *roots, const exn_names *names,
                        const exn_cli_options *options);

/* The next item; false at the end. The caller frees it by exn_item_free(). A folder, IN itself
 * included, comes twice; one that cannot be read, or not to its end, comes as FOLDER, UNREADABLE,
 * what of it could be read, FOLDER_END. */
bool exn_list_next(exn_list *list, exn_item *item);

/* After a FOLDER: leaves out what it holds; its FOLDER_END comes. */
void exn_list_skip(exn_list *list);

/* How many items but folders there are, by listing once more: for people, and so only where they
 * look. It may be wrong by the time it is reached. */
uint64_t exn_list_count(const exn_roots *roots, const exn_names *names,
                        const exn_cli_options *options);

void exn_list_close(exn_list *list);

#endif
