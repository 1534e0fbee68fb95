/* SPDX-License-Identifier: MIT */
#include "notes.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/io.h"

/* The most bytes that are kept in all. */
#define MOST ((uint64_t)256 << 20)

static void free_note(exn_note *note)
{
    free(note->path);
    free(note->sightings);
}

/* With a copy of its path. The pointer holds until the next one is added. */
static exn_note *add(exn_notes *notes, const char *path, const exn_labels_answer *answer,
                     const exn_error *error)
{
    exn_note *list = exn_array_reserve(notes->list, notes->count, &notes->room, sizeof *list, 64);
    if (!list)
        return NULL;
    notes->list = list;
    exn_note *note = &notes->list[notes->count];
    *note = (exn_note){
        .path = strdup(path), .number = notes->count, .answer = *answer, .error = *error};
    notes->count += note->path != NULL;
    return note->path ? note : NULL;
}

/* Allocates that many bytes for sightings; false: there are none to keep, or the note's error.
 * Beyond the limit the label file is still noted, but not what it says. */
static bool make_room(const exn_notes *notes, exn_note *note, uint64_t size)
{
    if (note->error.status != EXN_OK || size == 0)
        return false;
    if (size > MOST - notes->size)
        exn_error_set(&note->error, EXN_LIMIT, 0,
                      "what the label files of an archive say of images is more than is kept");
    else if (!(note->sightings = malloc((size_t)size)))
        exn_error_set(&note->error, EXN_MEMORY, 0, "what it says of images");
    return note->error.status == EXN_OK;
}

bool exn_notes_add(exn_notes *notes, const char *path, const exn_labels_answer *answer,
                   const exn_error *error, int sightings, uint64_t size)
{
    exn_note *note = add(notes, path, answer, error);
    if (!note)
        return false;
    if (!make_room(notes, note, size))
        return note->error.status != EXN_MEMORY || error->status != EXN_OK;
    if (exn_io_read_at(sightings, note->sightings, (size_t)size, 0) != (ssize_t)size)
        exn_error_set(&note->error, EXN_CRASHED, 0, "its reply does not match its output");
    else
        note->size = (size_t)size;
    notes->size += note->size;
    return true;
}

/* qsort(3) is not stable, so each has a number. */
static int by_path(const void *a, const void *b)
{
    const exn_note *one = a, *other = b;
    const int order = strcmp(one->path, other->path);
    return order ? order : one->number < other->number ? -1 : 1;
}

void exn_notes_sort(exn_notes *notes)
{
    size_t kept = 0;
    if (notes->count == 0)
        return;
    qsort(notes->list, notes->count, sizeof *notes->list, by_path);
    for (size_t i = 0; i < notes->count; i++) {
        if (i + 1 < notes->count && strcmp(notes->list[i].path, notes->list[i + 1].path) == 0)
            free_note(&notes->list[i]);
        else
            notes->list[kept++] = notes->list[i];
    }
    notes->count = kept;
}

static int find_path(const void *path, const void *note)
{
    return strcmp(path, ((const exn_note *)note)->path);
}

bool exn_notes_repeat(exn_notes *notes, size_t sorted, const char *path, const char *target)
{
    const exn_note *found =
        sorted ? bsearch(target, notes->list, sorted, sizeof *found, find_path) : NULL;
    if (!found)
        return true;
    const size_t at = (size_t)(found - notes->list);
    exn_note *note = add(notes, path, &notes->list[at].answer, &notes->list[at].error);
    if (!note)
        return false;
    found = &notes->list[at];
    if (!make_room(notes, note, found->size))
        return note->error.status != EXN_MEMORY;
    memcpy(note->sightings, found->sightings, found->size);
    note->size = found->size;
    notes->size += note->size;
    return true;
}

void exn_notes_free(exn_notes *notes)
{
    for (size_t i = 0; i < notes->count; i++)
        free_note(&notes->list[i]);
    free(notes->list);
    *notes = (exn_notes){0};
}
