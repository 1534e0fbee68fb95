/* SPDX-License-Identifier: MIT */
/* OUT's folders, which are made and left as the list enters and leaves those of IN. A folder stays
 * open as long as something has to be written in it, which may be after the list has left it. It
 * gets its mode and times last.
 *
 * In order: exn_folders_open(); exn_folders_enter() and exn_folders_leave() for each folder, OUT
 * being the first; exn_folders_finish() when everything in it is in place; exn_folders_close(). */
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

/* A folder that the list has left. place is NULL if there is nothing to finish. */
typedef struct exn_folders_left {
    exn_folders_place *place; /* held; exn_folders_release() */
    struct stat status;       /* what it gets */
    bool made;                /* by this run; one that existed keeps its mode and times */
    bool top;                 /* it is OUT */
} exn_folders_left;

/* A folder that is visited once more, and its status before. */
typedef struct exn_folders_visit {
    struct stat before;
    bool closed; /* the owner could not write to it */
    int folder;  /* -1: nothing has to be restored */
} exn_folders_visit;

/* Begins with OUT as the innermost folder. All arguments are borrowed. */
void exn_folders_open(exn_folders *folders, const exn_cli_options *options, const exn_roots *roots,
                      exn_state *state);
void exn_folders_close(exn_folders *folders);

/* One more user of the innermost folder; NULL: it is not open. */
exn_folders_place *exn_folders_hold(const exn_folders *folders);
void exn_folders_release(exn_folders *folders, exn_folders_place *place);

/* Makes the item's folder in the innermost one, or takes one that exists, and enters it. If the
 * item has an error, or gets one, nothing goes into the folder. False: the run must stop, since it
 * has lost its place in the tree. */
bool exn_folders_enter(exn_folders *folders, exn_item *item);

/* The list leaves the innermost folder; items in it may still be in progress. */
exn_folders_left exn_folders_leave(exn_folders *folders);

/* Gives the folder its mode and times; nothing in it changes any more. False, with a line on
 * standard error: it could not be synced. */
bool exn_folders_finish(const exn_folders *folders, const exn_folders_left *left);

/* Leaves and finishes all folders that the list is in, when a run stops early. */
bool exn_folders_finish_all(exn_folders *folders);

/* Makes the folder of an item the innermost one once more. It may already have its final mode and
 * times, and gets them back by exn_folders_visited(). */
void exn_folders_visit_again(exn_folders *folders, const exn_item *item, exn_folders_visit *visit);
void exn_folders_visited(const exn_folders_visit *visit);

#endif
