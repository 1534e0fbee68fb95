/* SPDX-License-Identifier: MIT */
/* A run over files, and an item of it in flight. Shared by the files of this folder; nobody else
 * includes it. */
#ifndef EXN_CLI_BATCH_ENTRY_H
#define EXN_CLI_BATCH_ENTRY_H

#include "labels/survey.h"
#include "list/sidecar.h"
#include "report/report.h"
#include "streams/tar_index.h"
#include "workers/flight.h"
#include "write/folders.h"
#include "write/target.h"

/* How far a file is. Anything but a file is LISTED until it is finished; the end of a folder is
 * then PLACED. */
typedef enum exn_phase {
    EXN_PHASE_LISTED,
    EXN_PHASE_AT_WORK, /* a worker has it or, for an archive, its members */
    EXN_PHASE_KNOWN,   /* an earlier run has done it, and it is only reported */
    EXN_PHASE_SEALED,  /* its output is complete and waits for its name */
    EXN_PHASE_KEPT,    /* it failed, and its source's bytes are its output, sealed or in place */
    EXN_PHASE_STAYS,   /* with --in-place: it needs no change */
    EXN_PHASE_PLACED,  /* its output has its name */
    EXN_PHASE_FAILED,  /* there is no output */
    EXN_PHASE_COUNT
} exn_phase;

/* An item from the list until it is reported. The job has to be the first member, since the pool
 * gives back a pointer to it. */
typedef struct exn_entry {
    exn_job job;
    exn_item item;
    exn_phase phase;
    exn_folders_place *place; /* where it goes; NULL: nowhere or, in a dry run, a folder that does
                         not exist yet */
    exn_target target;        /* target.replace: an existing output may be replaced */
    struct stat before;       /* of the source */
    exn_folders_left left;    /* for the end of a folder */
    uint32_t mask_width, mask_height; /* the size that a mask has to have; 0: any */
    bool tried;                       /* the state says that it was begun */
    bool again;                       /* --resume has to do it once more */
} exn_entry;

/* Items that wait until all images are done: a byte for the kind, and the path. */
typedef struct exn_batch_waiting {
    char *paths; /* owned */
    size_t size, room;
} exn_batch_waiting;

typedef struct exn_batch {
    const exn_cli_options *options;
    const exn_roots *roots;
    exn_state *state; /* NULL: none is kept */
    exn_pool *pool;
    exn_report *report;
    exn_folders folders;
    exn_flight flight;
    exn_tar_index index; /* what is known about the archives, for the indexes beside them */
    exn_item *later;     /* these indexes, which are done when all archives have their names */
    size_t laters, later_room;
    bool last; /* only these indexes are left */
    enum { EXN_NAMELESS_UNTRIED, EXN_NAMELESS_WORKS, EXN_NAMELESS_FAILS } nameless;
    bool copies; /* files from the device `copied` cannot share blocks with OUT */
    dev_t copied;
    exn_sidecars sidecars;
    exn_survey *survey;               /* of label files; its pictures are those of this run */
    exn_batch_waiting masks, waiting; /* masks, and files that may have labels (labels.c) */
    void *renamed; /* names of converted outputs, a tree for tsearch(3) (rename.c) */
    bool stop;
} exn_batch;

/* Takes an entry into another phase, which must be one that may come next. */
void exn_batch_entry_enter(exn_entry *entry, exn_phase phase);

/* The descriptor of the folder that it goes into; -1 if there is none. */
int exn_batch_entry_folder(const exn_entry *entry);

/* Closes the source, if it is open. */
void exn_batch_entry_close_source(exn_entry *entry);

/* Closes the image of a sidecar, if it is open. Sets the item's error if the image has changed
 * since a worker saw it. */
void exn_batch_entry_close_image(const exn_batch *batch, exn_entry *entry);

#endif
