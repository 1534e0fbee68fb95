/* SPDX-License-Identifier: MIT */
/* Members of an archive that wait for others: label files and masks for the images of their sample
 * (tar_labels.h). The flight keeps the archive's order meanwhile. */
#ifndef EXN_CLI_STREAMS_TAR_LATE_H
#define EXN_CLI_STREAMS_TAR_LATE_H

#include "tar_archive.h"

/* A member from its head until it is reported. The job has to be the first member, since the pool
 * gives back a pointer to it. */
typedef struct exn_tar_member {
    exn_job job;
    exn_item item;
    exn_tar_head head;
    int body;      /* memory file with the source's bytes; -1: none */
    int product;   /* memory file for the worker's output; -1: none */
    uint64_t held; /* bytes of memory that it uses */
    bool image, ready;
    exn_tar_role role;
    exn_tar_group *group; /* its sample; NULL: without --labels=move */
    bool awaited;         /* it is an image that its sample waits for */
    bool waits;           /* it waits for its images */
    bool names_masks;
    exn_tar_wanted *wanted; /* the mask that a label file expects; NULL: none does */
    exn_format format;
    int turns; /* memory file with the turns of its images; -1: none */
    uint32_t mask_size[2];
} exn_tar_member;

/* A member is done, or never will be: its sample no longer waits for it. */
void exn_tar_late_see(exn_tar_archive *t, exn_tar_member *member);

/* A worker has looked at a label file, and the answer is in the member's job. */
void exn_tar_late_take_look(exn_tar_archive *t, exn_tar_member *member);

/* A worker has looked at a YAML file. */
void exn_tar_late_take_data(exn_tar_archive *t, exn_tar_member *member);

/* Waits until workers have looked at all YAML files so far, which label files need when they come.
 */
void exn_tar_late_await_data(exn_tar_archive *t);

/* Waits until it is known which masks the label files so far name, since the next image may be one.
 */
void exn_tar_late_await_names(exn_tar_archive *t);

/* Gives waiting members to workers, if their images are known. */
void exn_tar_late_start(exn_tar_archive *t);

/* A step of the flight (exn_flight_step()). */
void exn_tar_late_step(exn_tar_archive *t);

/* Finishes all members in flight; no sample waits for more members. */
void exn_tar_late_drain(exn_tar_archive *t);

#endif
