/* SPDX-License-Identifier: MIT */
#include "shard.h"

#include <string.h>

/* FNV-1a, 64 bits. Fixed for ever: shards on different machines, and states of earlier versions,
 * depend on the same numbers. Not for tables with names from others (siphash.h). */
uint64_t exn_shard_hash(const void *bytes, size_t size)
{
    const uint64_t basis = 0xCBF29CE484222325, prime = 0x100000001B3;
    const unsigned char *p = bytes;
    uint64_t hash = basis;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ p[i]) * prime;
    return hash;
}

/* Up to the first dot of the last part, so that what belongs together (a.jpg, a.jpg.xmp, a.json)
 * falls to one shard. */
bool exn_shard_has(unsigned shard, unsigned shards, const char *path)
{
    if (shards == 0)
        return true;
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash + 1 - path) : 0;
    size_t key = folder + strcspn(path + folder, ".");
    return exn_shard_hash(path, key) % shards == shard;
}
