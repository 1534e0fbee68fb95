/* SPDX-License-Identifier: MIT */
/* Which items belong to one of several runs that share the work.
 *
 * The key of an item is its path up to the first dot of the base name, so that an image and its
 * labels (a.jpg, a.json, a.seg.png) stay together, as in WebDataset; and without the folders by
 * whose names data sets part images from labels (images/train/a.jpg and labels/train/a.txt,
 * JPEGImages/a.jpg and Annotations/a.xml). The key alone decides: neither the other items nor the
 * order in which they are listed have a say. */
#ifndef EXN_CLI_LIST_SHARD_H
#define EXN_CLI_LIST_SHARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"

/* FNV-1a, 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv, section 2). */
uint64_t exn_shard_hash(const void *bytes, size_t size);

/* The same of the folders of a path, up to `base`, but for those that part labels from images, and
 * for what lies between from and to. */
uint64_t exn_shard_hash_folders(const char *path, size_t base, size_t from, size_t to);

/* Whether the item of this path, relative to IN, is one of the options' shard. A mask's (--masks)
 * is that of its image. */
bool exn_shard_has(const exn_cli_options *options, const char *path);

#endif
