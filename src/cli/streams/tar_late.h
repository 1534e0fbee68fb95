/* SPDX-License-Identifier: MIT */
/* Members of an archive that wait for others: label files and masks for the images of their sample
 * (tar_labels.h). The flight keeps the archive's order meanwhile. */
#ifndef EXN_CLI_STREAMS_TAR_LATE_H
#define EXN_CLI_STREAMS_TAR_LATE_H

#include "tar_archive.h"

/* A member from its head until it is reported. The job comes first: it is what comes back. */
typedef struct exn_tar_member {
    exn_job job;
    exn_item item;
    exn_tar_head head;
    int body; /* memory file of the source's bytes; -1: none */
    int product;
    uint64_t held; /* bytes of memory that are set aside for it */
    bool image, ready;
    exn_tar_role role;
    exn_tar_group *group; /* its sample; NULL: nobody asks */
    bool awaited;         /* it is an image, and the sample waits for it */
    bool waits;           /* for its images */
    bool names_masks;
    exn_tar_wanted *wanted; /* a label file has named it as a mask; NULL: none has */
    exn_format format;
    int turns; /* memory file of where its images went; -1: none */
    uint32_t mask_size[2];
} exn_tar_member;

/* A member is done, or will never be: its sample need not wait for it any more. */
void exn_tar_late_see(exn_tar_archive *t, exn_tar_member *member);

/* A worker has looked at a label file, and the answer is in the member's job. */
void exn_tar_late_take_look(exn_tar_archive *t, exn_tar_member *member);

/* A worker has looked at a YAML. */
void exn_tar_late_take_data(exn_tar_archive *t, exn_tar_member *member);

/* Waits until all YAML files so far were looked at: what label files below them mean is asked for
 * when they come. */
void exn_tar_late_await_data(exn_tar_archive *t);

/* Waits until it is known which masks the label files so far name: an image that comes may be one.
 */
void exn_tar_late_await_names(exn_tar_archive *t);

/* Gives those to workers whose images are known. */
void exn_tar_late_start(exn_tar_archive *t);

/* A step of the flight (exn_flight_step()). */
void exn_tar_late_step(exn_tar_archive *t);

/* Brings all that are in flight to their end; no sample waits for more. */
void exn_tar_late_drain(exn_tar_archive *t);

#endif
