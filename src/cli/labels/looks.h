/* SPDX-License-Identifier: MIT */
/* What workers have said about large label files, kept for the next question about the same file,
 * since reading one of gigabytes takes as long as everything else that is done with it. */
#ifndef EXN_CLI_LABELS_LOOKS_H
#define EXN_CLI_LABELS_LOOKS_H

#include <sys/stat.h>

#include "workers/wire.h"

/* Smaller files are not worth the memory, and no more than this is kept for all together. */
#define EXN_LOOKS_LARGE ((uint64_t)8 << 20)
#define EXN_LOOKS_MOST  ((size_t)32 << 20)

typedef struct exn_look {
    char *path;
    struct stat file;
    exn_labels_answer answer;
    void *sightings;
    size_t size;
    struct exn_look *next;
} exn_look;

/* All zeros: none. Ends with exn_looks_free(). */
typedef struct exn_looks {
    exn_look *first;
    size_t size; /* of all sightings */
} exn_looks;

/* Whether a look at a file of this size is worth keeping. */
bool exn_looks_wants(uint64_t size);

/* Keeps a look at a file that had the status `file` before and after it, if it is worth it and
 * there is memory. Not for YOLO, since there the data set decides what a file means. */
void exn_looks_keep(exn_looks *looks, const char *path, const struct stat *file,
                    const exn_labels_answer *answer, const void *sightings, size_t size);

/* The look at the file of this name, if its status shows that it has not changed; else NULL. */
const exn_look *exn_looks_find(const exn_looks *looks, const char *path, const struct stat *file);

void exn_looks_free(exn_looks *looks);

#endif
