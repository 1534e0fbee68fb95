/* SPDX-License-Identifier: MIT */
/* Which items belong to one of several runs that share the work.
 *
 * The key of an item is its path up to the first dot of the base name, so that an image and its
 * labels (a.jpg, a.json, a.seg.png) stay together, as in WebDataset. Folders by whose names data
 * sets separate images from labels are left out of it (images/train/a.jpg and labels/train/a.txt,
 * JPEGImages/a.jpg and Annotations/a.xml). Only the key decides, not what else is listed or in
 * which order. */
#ifndef EXN_CLI_LIST_SHARD_H
#define EXN_CLI_LIST_SHARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"

/* FNV-1a, 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv, section 2). */
uint64_t exn_shard_hash(const void *bytes, size_t size);

/* The hash of a path's folders, up to `base`, without those that separate labels from images and
 * without the bytes between from and to. */
uint64_t exn_shard_hash_folders(const char *path, size_t base, size_t from, size_t to);

/* Whether the item at this path, relative to IN, is in the options' shard. A mask (--masks) is in
 * its image's. */
bool exn_shard_has(const exn_cli_options *options, const char *path);

#endif
