/* SPDX-License-Identifier: MIT */
/* OUT's folders, made and left as the list enters and leaves those of IN. A folder is open as long
 * as something is to be written in it, which may be after the list has left it; its mode and times
 * come last.
 *
 * In order: exn_folders_open(); exn_folders_enter() and exn_folders_leave() of each folder, OUT
 * being the first; exn_folders_finish() when all in it is in place; exn_folders_close(). */
#ifndef EXN_CLI_WRITE_FOLDERS_H
#define EXN_CLI_WRITE_FOLDERS_H

#include "base/item.h"
#include "list/roots.h"
#include "state.h"

/* An output folder, open as long as it has users. */
typedef struct exn_folders_place {
    int folder;
    size_t users;
} exn_folders_place;

typedef struct exn_folders_level exn_folders_level;

typedef struct exn_folders {
    const exn_cli_options *options;
    const exn_roots *roots;
    exn_state *state;          /* NULL: none is kept */
    exn_folders_level *levels; /* from OUT, [0], down to where the list is */
    size_t depth, room;
    exn_folders_place *place; /* the innermost; NULL: it is not open */
    size_t places;            /* open ones */
} exn_folders;

/* A folder that the list has left. place is NULL where there is nothing to finish. */
typedef struct exn_folders_left {
    exn_folders_place *place; /* its user; exn_folders_release() */
    struct stat status;       /* what it gets */
    bool made;                /* by this run; one that existed keeps its mode and times */
    bool top;                 /* it is OUT */
} exn_folders_left;

/* A folder that is visited once more, and what it was like before. */
typedef struct exn_folders_visit {
    struct stat before;
    bool closed; /* the owner could not write to it */
    int folder;  /* -1: nothing is to be put back */
} exn_folders_visit;

/* All are borrowed; OUT is the innermost folder. */
void exn_folders_open(exn_folders *folders, const exn_cli_options *options, const exn_roots *roots,
                      exn_state *state);
void exn_folders_close(exn_folders *folders);

/* One more user of the innermost folder; NULL: it is not open. */
exn_folders_place *exn_folders_hold(const exn_folders *folders);
void exn_folders_release(exn_folders *folders, exn_folders_place *place);

/* Makes the item's folder in the innermost one, or takes one that is there, and goes into it; where
 * the item has an error, or gets one, nothing goes into it. False: the run must stop, since it is
 * no longer known where it is. */
bool exn_folders_enter(exn_folders *folders, exn_item *item);

/* The list leaves the innermost folder; what is in it may still be worked on. */
exn_folders_left exn_folders_leave(exn_folders *folders);

/* Nothing in it changes any more. False, with a line on standard error: it could not be made
 * durable. */
bool exn_folders_finish(const exn_folders *folders, const exn_folders_left *left);

/* Leaves and finishes all that the list is in, where a run stops early. */
bool exn_folders_finish_all(exn_folders *folders);

/* Makes the folder of an item the innermost one once more. It may have its last mode and times
 * already, and has them again after exn_folders_visited(). */
void exn_folders_visit_again(exn_folders *folders, const exn_item *item, exn_folders_visit *visit);
void exn_folders_visited(const exn_folders_visit *visit);

#endif
