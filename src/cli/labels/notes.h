/* SPDX-License-Identifier: MIT */
/* What label files have said about images, kept until all images are known, for streams that cannot
 * be read twice. All-zero is an empty list; free by exn_notes_free(). */
#ifndef EXN_CLI_LABELS_NOTES_H
#define EXN_CLI_LABELS_NOTES_H

#include "base/error.h"
#include "workers/wire.h"

typedef struct exn_note {
    char *path;    /* owned */
    size_t number; /* in the order in which they were added */
    exn_labels_answer answer;
    exn_error error; /* why it could not be read; OK: it was */
    void *sightings; /* `size` bytes of them, not yet looked at; owned */
    size_t size;
} exn_note;

typedef struct exn_notes {
    exn_note *list;
    size_t count, room;
    uint64_t size; /* of all sightings */
} exn_notes;

/* Notes one. sightings: a file of size bytes, which is not read if error says that the label file
 * could not be read. Beyond a common limit a label file is noted as one that could not be read.
 * False: out of memory. */
bool exn_notes_add(exn_notes *notes, const char *path, const exn_labels_answer *answer,
                   const exn_error *error, int sightings, uint64_t size);

/* Call it when no more are added: sorts them by path and, if several have the same path, keeps only
 * the last one, as unpacking an archive would. */
void exn_notes_sort(exn_notes *notes);

/* If there is a sorted note for the path `target`, appends a copy of it for `path`. False: out of
 * memory. */
bool exn_notes_repeat(exn_notes *notes, size_t sorted, const char *path, const char *target);

void exn_notes_free(exn_notes *notes);

#endif
