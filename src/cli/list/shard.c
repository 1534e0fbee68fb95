/* SPDX-License-Identifier: MIT */
#include "shard.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "mask_names.h"

/* FNV-1a, 64 bits. It can never change: shards on different machines, and states of earlier
 * versions, depend on the same numbers. Not for tables of untrusted names (siphash.h). */
static uint64_t add(uint64_t hash, const void *bytes, size_t size)
{
    const uint64_t prime = 0x100000001B3;
    const unsigned char *p = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ p[i]) * prime;
    return hash;
}

uint64_t exn_shard_hash(const void *bytes, size_t size)
{
    return add(0xCBF29CE484222325, bytes, size);
}

/* The folders in which data sets (YOLO, Pascal VOC, Supervisely and the like) keep images, labels
 * and masks of the same name. Folders of other names are part of the key. */
static bool is_side(const char *name, size_t size)
{
    static const char *const sides[] = {
        "annotation",
        "annotations",
        "ann",
        "gt",
        "image",
        "images",
        "img",
        "imgs",
        "json",
        "jpegimages",
        "label",
        "labels",
        "labeltxt",
        "mask",
        "masks",
        "segmentationclass",
        "segmentationobject",
        "txt",
        "xml",
    };
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (strlen(sides[i]) == size && strncasecmp(name, sides[i], size) == 0)
            return true;
    return false;
}

/* FNV goes byte by byte, so hashing a key in parts gives the hash of the whole. */
uint64_t exn_shard_hash_folders(const char *path, size_t base, size_t from, size_t to)
{
    uint64_t hash = exn_shard_hash("", 0);
    for (size_t at = 0; at < base;) {
        const size_t size = strcspn(path + at, "/");
        if (!is_side(path + at, size) && (at < from || at >= to))
            hash = add(hash, path + at, size + 1);
        at += size + 1;
    }
    return hash;
}

/* The image's name in a mask's name ends at its first dot, too. */
bool exn_shard_has(const exn_cli_options *options, const char *path)
{
    const size_t base = exn_text_folder_size(path);
    exn_mask_name name = {.stem = base, .stem_size = SIZE_MAX};
    if (options->shards == 0)
        return true;
    exn_mask_names_match(options, path, 0, &name);
    const uint64_t folders = exn_shard_hash_folders(path, base, name.from, name.to);
    const size_t size = strcspn(path + name.stem, ".");
    return add(folders, path + name.stem, size < name.stem_size ? size : name.stem_size) %
               options->shards ==
           options->shard;
}
