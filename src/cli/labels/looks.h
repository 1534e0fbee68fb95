/* SPDX-License-Identifier: MIT */
/* What workers have said of large label files, for whoever asks once more about the same file: to
 * read one of gigabytes takes as long as all else that is done with it. */
#ifndef EXN_CLI_LABELS_LOOKS_H
#define EXN_CLI_LABELS_LOOKS_H

#include <sys/stat.h>

#include "workers/wire.h"

/* Of smaller files it is not worth the memory, and of all together no more than this is kept. */
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

/* Whether a file of this size is worth it. */
bool exn_looks_wants(uint64_t size);

/* Keeps a look at a file that was as `file` says before and after it, if it is worth it and there
 * is memory. Not of YOLO, whose files mean what their data set says. */
void exn_looks_keep(exn_looks *looks, const char *path, const struct stat *file,
                    const exn_labels_answer *answer, const void *sightings, size_t size);

/* The look at the file of this name, if it is the same still, by all that tells; else NULL. */
const exn_look *exn_looks_find(const exn_looks *looks, const char *path, const struct stat *file);

void exn_looks_free(exn_looks *looks);

#endif
