/* SPDX-License-Identifier: MIT */
/* What label files have said of images, kept until all images are known: for where nothing can be
 * read twice. All-zero is an empty list; ends with exn_notes_free(). */
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

/* Notes one. sightings: a file of size bytes, which is not read where error says that the label
 * file was not either. What is beyond a limit on all of them is noted as one that could not be
 * read. False: out of memory. */
bool exn_notes_add(exn_notes *notes, const char *path, const exn_labels_answer *answer,
                   const exn_error *error, int sightings, uint64_t size);

/* No more are added by a look: they are in the order of their paths from here on, and of several of
 * one path the last that was added is left, as unpacking an archive leaves it. */
void exn_notes_sort(exn_notes *notes);

/* Adds what a sorted one says to the end as if `path` said it, where there is one of the path
 * `target`. False: out of memory. */
bool exn_notes_repeat(exn_notes *notes, size_t sorted, const char *path, const char *target);

void exn_notes_free(exn_notes *notes);

#endif
