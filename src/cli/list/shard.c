/* SPDX-License-Identifier: MIT */
#include "shard.h"

#include <string.h>
#include <strings.h>

/* FNV-1a, 64 bits. Fixed for ever: shards on different machines, and states of earlier versions,
 * depend on the same numbers. Not for tables with names from others (siphash.h). */
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

/* The folders in which data sets keep images, labels and masks of one name: of YOLO, Pascal VOC,
 * Supervisely and the like. A folder of another name is part of the key. */
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

/* FNV goes byte by byte, so that a key in parts has the hash of the whole. */
bool exn_shard_has(unsigned shard, unsigned shards, const char *path)
{
    if (shards == 0)
        return true;
    uint64_t hash = exn_shard_hash("", 0);
    const char *part = path;
    for (const char *slash; (slash = strchr(part, '/')); part = slash + 1)
        if (!is_side(part, (size_t)(slash - part)))
            hash = add(hash, part, (size_t)(slash + 1 - part));
    return add(hash, part, strcspn(part, ".")) % shards == shard;
}
