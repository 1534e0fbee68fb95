/* SPDX-License-Identifier: MIT */
/* What all calls on a label file have in common: their arguments, their limits, and how they end.
 */
#ifndef EXN_LABELS_LABELS_RUN_H
#define EXN_LABELS_LABELS_RUN_H

#include "cancel.h"
#include "edits.h"
#include "images.h"
#include "label.h"
#include "scales.h"

/* One call. All zeros but for result, and what edits need. */
typedef struct exn_labels_run {
    const exn_source *given;
    exn_source source; /* the given one; asks before each read */
    exn_cancel_memory memory;
    exn_cancel cancel;
    const exn_labels_options *options;
    exn_label_settings settings;
    exn_images images;
    exn_labels_result *result;
    exn_error *error;
    exn_edits edits;
    exn_account account;
    exn_buffer masks; /* names of the image that is described */
    exn_scales scales;
} exn_labels_run;

/* Checks what the caller has given; result: the caller's, may be NULL. What follows is not to be
 * done unless it returns EXN_OK, but for exn_labels_run_end(). */
exn_status exn_labels_run_begin(exn_labels_run *r, const exn_source *source,
                                const exn_labels_options *given, exn_labels_options *own,
                                exn_labels_result *caller, exn_error *error);

/* The image that has this key. */
exn_status exn_labels_run_find(exn_labels_run *r, exn_span key, exn_images_entry **entry);

/* Gives the caller the result, frees, and tells what the call returns. */
exn_status exn_labels_run_end(exn_labels_run *r, exn_status status, exn_labels_result *caller);

#endif
