/* SPDX-License-Identifier: MIT */
#include "looks.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

bool exn_looks_wants(uint64_t size)
{
    return size >= EXN_LOOKS_LARGE;
}

static void free_look(exn_look *look)
{
    free(look->path);
    free(look->sightings);
    free(look);
}

/* One byte more, since malloc(0) may return NULL. Without memory the file is simply read again, so
 * that is not a failure. A look that was not read completely is not kept. Only sightings count
 * against the limit: the rest of an entry is small, and there are few large files. */
void exn_looks_keep(exn_looks *looks, const char *path, const struct stat *file,
                    const exn_labels_answer *answer, const void *sightings, size_t size)
{
    if (!exn_looks_wants((uint64_t)file->st_size) || size > EXN_LOOKS_MOST - looks->size ||
        answer->unread || answer->result.format == EXN_LABELS_YOLO ||
        exn_looks_find(looks, path, file))
        return;
    exn_look *look = malloc(sizeof *look);
    if (!look)
        return;
    *look = (exn_look){.path = strdup(path),
                       .file = *file,
                       .answer = *answer,
                       .sightings = malloc(size + 1),
                       .size = size,
                       .next = looks->first};
    if (!look->path || !look->sightings) {
        free_look(look);
        return;
    }
    if (size > 0)
        memcpy(look->sightings, sightings, size);
    looks->first = look;
    looks->size += size;
}

/* Nobody can set the change time, so a restored modification time is noticed too. */
static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           exn_clock_same(&a->st_mtim, &b->st_mtim) && exn_clock_same(&a->st_ctim, &b->st_ctim);
}

/* There are few such files, so a linear search is enough. */
const exn_look *exn_looks_find(const exn_looks *looks, const char *path, const struct stat *file)
{
    for (const exn_look *look = looks->first; look; look = look->next)
        if (strcmp(look->path, path) == 0 && is_same(&look->file, file))
            return look;
    return NULL;
}

void exn_looks_free(exn_looks *looks)
{
    while (looks->first) {
        exn_look *look = looks->first;
        looks->first = look->next;
        free_look(look);
    }
    looks->size = 0;
}
