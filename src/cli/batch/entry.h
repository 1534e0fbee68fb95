/* SPDX-License-Identifier: MIT */
/* A run over files, and an item of it in flight. What the files of this folder share; nobody else
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

/* Where a file is on its way. Anything but a file is LISTED until it
 * is finished, and the end of a folder is PLACED then. */
typedef enum exn_phase {
    EXN_PHASE_LISTED,
    EXN_PHASE_AT_WORK, /* at a worker, or, of an archive, its members are */
    EXN_PHASE_KNOWN,   /* it was done by a run before and is only reported */
    EXN_PHASE_SEALED,  /* its output is whole and waits for its name */
    EXN_PHASE_KEPT,    /* it failed, and its source's bytes are its output, sealed or in place */
    EXN_PHASE_STAYS,   /* with --in-place: there is nothing to do to it */
    EXN_PHASE_PLACED,  /* its output has its name */
    EXN_PHASE_FAILED,  /* there is no output */
    EXN_PHASE_COUNT
} exn_phase;

/* An item from the list until it is reported. The job comes first: it is what comes back. */
typedef struct exn_entry {
    exn_job job;
    exn_item item;
    exn_phase phase;
    exn_folders_place *place; /* where it goes; NULL: nowhere, or, of a dry run, a folder that is
                         not there yet */
    exn_target target;        /* its replace: what has the output's name may go */
    struct stat before;       /* of the source */
    exn_folders_left left;    /* of the end of a folder */
    uint32_t mask_width, mask_height; /* of a mask: what it has to have; 0: any */
    int look;                         /* what a label file says of images; -1: it is not open */
    bool tried;                       /* the state says that it is begun */
    bool again;                       /* a run that goes on is to do it once more */
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
    exn_tar_index index; /* what is known of the archives, for the indexes beside them, */
    exn_item *later;     /* which come when all archives have their names */
    size_t laters, later_room;
    bool last;    /* all is done but for these */
    bool copies;  /* no blocks are shared with files from this device */
    dev_t copied; /* the device */
    exn_sidecars sidecars;
    exn_survey *survey;               /* of label files; its pictures are those of this run */
    exn_batch_waiting masks, waiting; /* what may be label files (labels.c) */
    void *renamed; /* names of outputs that are not their sources', for tsearch(3) (rename.c) */
    bool stop;
} exn_batch;

/* Takes an entry into another phase, which must be one that may come next. */
void exn_batch_entry_enter(exn_entry *entry, exn_phase phase);

/* The descriptor of the folder that it goes to; -1: there is none. */
int exn_batch_entry_folder(const exn_entry *entry);

/* Closes the source, if it is open. */
void exn_batch_entry_close_source(exn_entry *entry);

/* Closes the image of a sidecar, if it is open: that must still be what a worker has seen. */
void exn_batch_entry_close_image(const exn_batch *batch, exn_entry *entry);

#endif
