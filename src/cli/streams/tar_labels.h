/* SPDX-License-Identifier: MIT */
/* Label files and masks among the members of an archive.
 *
 * With --labels=warn they are looked at as they pass, and when all is written those are named whose
 * images were rotated. With --labels=move a member that is one waits until its images are known:
 * those of its sample, which are members that lie side by side and have the same name up to its
 * first dot (WebDataset), and those that came before it. What names an image that comes later
 * fails, since a stream is not read twice. */
#ifndef EXN_CLI_STREAMS_TAR_LABELS_H
#define EXN_CLI_STREAMS_TAR_LABELS_H

#include "labels/notes.h"
#include "labels/turns.h"
#include "labels/warning.h"
#include "tar_aliases.h"
#include "tar_data.h"
#include "tar_head.h"
#include "tar_job.h"
#include "tar_judged.h"
#include "tar_links.h"
#include "tar_masks.h"
#include "tar_role.h"

/* The members of one sample. */
typedef struct exn_tar_group {
    char *key;
    exn_pictures pictures; /* its images, */
    size_t images;         /* and how many more there are to be */
    size_t members;        /* that hold it */
    bool is_closed;        /* no more come */
    bool is_settled;
} exn_tar_group;

typedef struct exn_tar_labels {
    const exn_cli_options *options;
    exn_survey survey;     /* its pictures are all images that were written, and links to them */
    exn_tar_aliases links; /* to images, and */
    exn_tar_links moved;   /* label files that were moved */
    exn_tar_judged judged; /* what was moved by these */
    exn_tar_masks masks;   /* that label files name */
    exn_tar_data data;     /* YAML files that say what is in labels */
    char *packed;          /* the first packed label file that was carried; NULL: none was */
    bool by_earlier;       /* something was moved by images of other samples */
    size_t checked;        /* so many of both were seen when that was compared last */
    exn_tar_group *open;
    exn_notes notes;         /* of --labels=warn */
    exn_pictures undeclared; /* likewise: members that look like masks */
} exn_tar_labels;

/* NULL: out of memory. */
exn_tar_labels *exn_tar_labels_open(const exn_cli_options *options);

/* The sample of a member; the one before it is closed where it is another one. NULL: out of memory.
 * Each call goes with one of exn_tar_labels_leave(). */
exn_tar_group *exn_tar_labels_join(exn_tar_labels *labels, const char *path);
void exn_tar_labels_leave(exn_tar_labels *labels, exn_tar_group *group);

/* No more members of the sample come, or nobody can wait for them. */
void exn_tar_labels_close_group(exn_tar_labels *labels);

/* An image of a sample is done, or has failed. False: out of memory. */
bool exn_tar_labels_see(exn_tar_group *group, const exn_item *item);

/* The same when it is written, in the archive's order; also with --labels=warn. head: whose item it
 * is. False: likewise. */
bool exn_tar_labels_pass(exn_tar_labels *labels, const exn_item *item, const exn_tar_head *head);

/* What becomes of a link before it is written: one to labels that were moved, and one that is to be
 * a mask, would be moved as what it leads to. */
void exn_tar_labels_check_link(exn_tar_labels *labels, exn_item *item, const exn_tar_head *head);

/* Whether a label file names masks, by what a look has given. */
bool exn_tar_labels_name_masks(exn_tar_labels *labels, int sightings, uint64_t size);

/* Of a packed label file, which nobody reads, when all before it are written. The item's error: an
 * image was rotated. */
void exn_tar_labels_check_packed(exn_tar_labels *labels, exn_item *item);

typedef enum exn_tar_labels_step {
    EXN_TAR_LABELS_WAIT,  /* for all members before it */
    EXN_TAR_LABELS_CARRY, /* it keeps its bytes, or the item's error says why it fails */
    EXN_TAR_LABELS_WORK,  /* the job is set up */
} exn_tar_labels_step;

/* What is to be done with a label file that was looked at, or a mask, whose sample is complete.
 * is_first: all before it are written. sightings: what the look has given. job: its answer is that
 * of the look, its source the member; *turns is set to a memory file that is the caller's, or -1.
 * wanted: a label file has named the mask; NULL: it is one by --masks. */
exn_tar_labels_step exn_tar_labels_decide(exn_tar_labels *labels, exn_tar_group *group,
                                          bool is_first, exn_item *item, int sightings,
                                          exn_job *job, int *turns);
exn_tar_labels_step exn_tar_labels_decide_mask(exn_tar_labels *labels, exn_tar_group *group,
                                               const exn_tar_wanted *wanted, bool is_first,
                                               exn_item *item, exn_job *job, uint32_t size[2]);

/* When all so far is written: whether what was moved by images before it is about none behind it.
 * False: *error says why. */
bool exn_tar_labels_check(exn_tar_labels *labels, exn_error *error);

/* Names those notes whose images were rotated, of --labels=warn, and what looks like a mask. */
void exn_tar_labels_warn(exn_tar_labels *labels, exn_report *report);

void exn_tar_labels_close(exn_tar_labels *labels);

#endif
