/* SPDX-License-Identifier: MIT */
/* What the lines of a state (state.h) say, by path: a table of hashes, since paths are long and
 * many. */
#ifndef EXN_CLI_WRITE_STATE_INDEX_H
#define EXN_CLI_WRITE_STATE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/siphash.h"

/* What the lines say of one path. */
typedef struct exn_state_past {
    uint64_t key;       /* the path's hash; 0: an empty slot */
    uint64_t done;      /* where its done line begins, if that is its last one; else 0 */
    uint64_t tried;     /* where its try line begins, if nothing has ended that; else 0 */
    uint64_t begun;     /* where its last try line begins */
    uint64_t size, put; /* of the outputs that were, and were about to be, under its name */
    bool has_size, has_put;
    bool direct; /* what was put grew under its own name */
    bool folder; /* it is a folder that was made */
} exn_state_past;

typedef struct exn_state_index {
    exn_siphash_key key;
    exn_state_past *slots; /* open addressing; a power of two of them */
    size_t room, used;
    uint64_t *stale; /* try lines that a later one of the same path has hidden */
    size_t stales;
} exn_state_index;

/* Takes in one line that begins at offset. False: out of memory. What it does not know it passes
 * over: then an output is not known to be ours and is kept. */
bool exn_state_index_learn(exn_state_index *index, char *line, uint64_t offset);

/* NULL: no line has the path. */
const exn_state_past *exn_state_index_find(const exn_state_index *index, const char *path);

/* Whether a file may be the output that was about to be put in place. */
bool exn_state_index_is_put(const exn_state_past *past, const struct stat *output);

void exn_state_index_free(exn_state_index *index);

#endif
