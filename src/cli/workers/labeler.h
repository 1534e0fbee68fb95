/* SPDX-License-Identifier: MIT */
/* The work on label files, on the workers' side of the wall: it knows bytes and no names. What it
 * answers has a name only where a label file has written one, and that is text to the parent. */
#ifndef EXN_CLI_WORKERS_LABELER_H
#define EXN_CLI_WORKERS_LABELER_H

#include "options.h"
#include "wire.h"

/* A file of which nobody has read more than this when it is recognized is none of labels. */
#define EXN_LABELER_SNIFF ((uint64_t)64 << 20)

/* The first bytes, by which the parent keeps archives and videos from a worker (scout.c). */
#define EXN_LABELER_GLANCE ((size_t)64)

/* Where output goes: to a descriptor, or to bytes that go with the answer, where it fits. */
typedef struct exn_labeler_output {
    int fd;         /* -1: none is held */
    bool with;      /* it goes with the answer */
    exn_bytes body; /* what does; the caller's to free */
} exn_labeler_output;

/* Looks at a file; what is not recognized has format UNKNOWN and no error. */
void exn_labeler_look(const exn_source *source, const exn_labels_job *job,
                      const exn_cli_options *cli, exn_labeler_output *output, exn_answer *answer);

/* turns: the descriptor that they are in, where there are more than one. Without an output nothing
 * is written (a dry run). */
void exn_labeler_move(const exn_source *source, const exn_labels_job *job,
                      const exn_cli_options *cli, int turns, exn_labeler_output *output,
                      exn_answer *answer);

/* wanted: the descriptor of the images that are asked for. */
void exn_labeler_boxes(const exn_source *source, const exn_labels_job *job,
                       const exn_cli_options *cli, int wanted, exn_labeler_output *output,
                       exn_answer *answer);

#endif
