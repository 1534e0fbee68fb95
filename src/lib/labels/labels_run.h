/* SPDX-License-Identifier: MIT */
/* What all calls on a label file have in common: arguments, limits, and how they end. */
#ifndef EXN_LABELS_LABELS_RUN_H
#define EXN_LABELS_LABELS_RUN_H

#include "cancel.h"
#include "edits.h"
#include "images.h"
#include "label.h"
#include "scales.h"

/* One call. Initialize to zeros, except for result and what edits need. */
typedef struct exn_labels_run {
    const exn_source *given;
    exn_source source; /* the given source, with a cancellation check before each read */
    exn_cancel_memory memory;
    exn_cancel cancel;
    const exn_labels_options *options;
    exn_label_settings settings;
    exn_images images;
    exn_labels_result *result;
    exn_error *error;
    exn_edits edits;
    exn_account account;
    exn_buffer masks; /* names, of the image being described */
    exn_scales scales;
    bool is_in_parts; /* its pixels look like fractions of a side */
} exn_labels_run;

/* Checks the caller's arguments; result: the caller's, may be NULL. Unless it returns EXN_OK,
 * nothing else may be called but exn_labels_run_end(). */
exn_status exn_labels_run_begin(exn_labels_run *r, const exn_source *source,
                                const exn_labels_options *given, exn_labels_options *own,
                                exn_labels_result *caller, exn_error *error);

/* Finds the image that has this key. */
exn_status exn_labels_run_find(exn_labels_run *r, exn_span key, exn_images_entry **entry);

/* Copies the result to the caller, frees everything, and returns the call's status. */
exn_status exn_labels_run_end(exn_labels_run *r, exn_status status, exn_labels_result *caller);

#endif
