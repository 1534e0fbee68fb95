/* SPDX-License-Identifier: MIT */
/* Goes through IN and has workers look at its images, or at what may be label files, and writes
 * nothing: what has to be known of all before anything is done, or after. */
#ifndef EXN_CLI_LABELS_SCOUT_H
#define EXN_CLI_LABELS_SCOUT_H

#include "list/list.h"
#include "looks.h"
#include "notes.h"
#include "poses.h"
#include "workers/pool.h"

/* Called in the list's order. The item is borrowed. */
typedef struct exn_scout_ops {
    bool (*may_go_on)(const void *owner);
    /* An image by its name or its first bytes, as --check sees it; NULL: images are passed by. */
    void (*image)(void *owner, const exn_item *item);
    /* A file that is named as an image, or as a mask, without a look at it; NULL: they are passed
     * by. Not with image. */
    void (*name)(void *owner, const exn_item *item);
    /* A description of a YOLO data set; NULL: they are passed by. */
    void (*data)(void *owner, const exn_item *item, const exn_labels_answer *answer);
    /* A label file, or one that could not be read: the item's error. sightings: `size` bytes of
     * what it says of each image, not yet looked at. NULL: they are passed by. */
    void (*labels)(void *owner, const exn_item *item, const exn_labels_answer *answer,
                   const void *sightings, size_t size);
} exn_scout_ops;

typedef struct exn_scout {
    const exn_cli_options *options;
    const exn_roots *roots;
    const exn_names *names; /* NULL: all that is in IN */
    exn_pool *pool;
    const exn_poses *poses; /* NULL: no data sets are known */
    bool odd;               /* what looks like labels of no known format is asked for, too */
    bool masks;             /* of label files only images with mask images are asked for */
    exn_looks *looks;       /* at large label files: those are looked at once, as if masks were not
                               set, and remembered; NULL: none are */
    uint64_t most;          /* label files that are larger are recognized, and not read; 0: none */
    const exn_notes *notes; /* of an archive: label files are those, and nothing is gone through;
                               NULL: IN is */
    const exn_scout_ops *ops;
    void *owner;
} exn_scout;

/* False: the run has to stop, since it could not go through all: a signal, no memory, no worker; or
 * may_go_on() has said so. */
bool exn_scout_run(const exn_scout *scout);

/* Whether a file may have labels, or describe a data set, by its name and first bytes: what it is
 * its whole content decides, in a worker. One that cannot be read, or opened (-1), may. */
bool exn_scout_may_be_labels(const exn_cli_options *options, const exn_item *item, int source);
bool exn_scout_may_be_data(const exn_item *item);

/* Whether a file that is no image may have labels, of which the first `size` bytes are known. */
bool exn_scout_may_hold_labels(const exn_cli_options *options, const exn_item *item,
                               const void *head, size_t size);

/* Whether it is a text by the ending of its name, and one that may be about any image. */
bool exn_scout_is_named_as_text(const char *path);

/* Whether its name is that of a packed label file, which nobody reads. */
bool exn_scout_is_packed(const char *path);

/* What a worker is asked about a file that may have labels. */
exn_labels_job exn_scout_job(const exn_cli_options *options, const exn_poses *poses,
                             const exn_item *item, uint64_t most);

#endif
