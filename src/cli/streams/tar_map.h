/* SPDX-License-Identifier: MIT */
/* Where the members of an archive are, found by their heads, and which member of an output is which
 * member of its source. Indexes beside an archive (tar_index.h) are compared with this. */
#ifndef EXN_CLI_STREAMS_TAR_MAP_H
#define EXN_CLI_STREAMS_TAR_MAP_H

#include "tar_head.h"

typedef struct exn_tar_place {
    char *name;            /* owned by the map */
    uint64_t offset, size; /* of its body, in the unpacked archive */
    exn_tar_kind kind;
} exn_tar_place;

typedef struct exn_tar_map {
    exn_tar_place *places; /* in the archive's order, which is that of their offsets */
    size_t count, room;
    uint64_t memory;
} exn_tar_map;

#define EXN_TAR_NOWHERE SIZE_MAX

/* Reads the heads of an archive, plain or packed, from its beginning. In a plain archive bodies are
 * skipped. Free the map by exn_tar_map_free() in any case. */
exn_status exn_tar_map_read(exn_tar_map *map, int fd, exn_error *error);

/* The member whose body begins there; NULL: none does. */
const exn_tar_place *exn_tar_map_find(const exn_tar_map *map, uint64_t offset);

/* Matches an output with its source, some of whose members were left out. made: the format that
 * some were converted to and renamed for (base/ending.h); UNKNOWN: none were. pairs gets, for each
 * member of the source, its index in the output or EXN_TAR_NOWHERE. False: they do not match, or in
 * more than one way. */
bool exn_tar_map_pair(const exn_tar_map *source, const exn_tar_map *output, exn_format made,
                      size_t *pairs);

void exn_tar_map_free(exn_tar_map *map);

#endif
