/* SPDX-License-Identifier: MIT */
/* A folder, or one file, as items in a fixed order: byte-wise by name in each folder, a
 * folder's items between its FOLDER and its FOLDER_END. Only the folders on the way down are held
 * in memory. Links to folders are not followed. */
#ifndef EXN_CLI_LIST_LIST_H
#define EXN_CLI_LIST_LIST_H

#include "base/item.h"
#include "names.h"
#include "roots.h"

typedef struct exn_list exn_list;

/* A folder with a file of this name holds originals of --in-place, so --in-place leaves it alone.
 */
#define EXN_LIST_BACKUP_LOG ".exifnorm-backup"

/* Lists the input folder of roots, or its one file. names: the files to take; NULL: all that are
 * there. The options say which shard's items come. Every shard gets all folders, so that all shards
 * together make what one run makes. The arguments are borrowed until exn_list_close(). NULL with
 * errno. */
exn_list *exn_list_open(const exn_roots *roots, const exn_names *names,
                        const exn_cli_options *options);

/* The next item; false at the end. The caller frees it by exn_item_free(). A folder, IN itself
 * included, comes twice; one that cannot be read completely comes as FOLDER, UNREADABLE, the items
 * that could be read, FOLDER_END. */
bool exn_list_next(exn_list *list, exn_item *item);

/* After a FOLDER: leaves out what it holds; its FOLDER_END still comes. */
void exn_list_skip(exn_list *list);

/* How many items there are, without folders. Lists everything once more, so call it only where
 * somebody sees the number. It may have changed by the time the run gets there. */
uint64_t exn_list_count(const exn_roots *roots, const exn_names *names,
                        const exn_cli_options *options);

void exn_list_close(exn_list *list);

#endif
