/* SPDX-License-Identifier: MIT */
/* What a caller of the library may pass. The library works on structs of its own, of this version;
 * those of a caller, which may be of another, are copied at the edge. Options that mean nothing are
 * refused: passed over in silence, a mode that is none would strip the tag of a picture and not
 * rotate it. */
#ifndef EXN_ARGUMENTS_H
#define EXN_ARGUMENTS_H

#include "buffer.h"

/* Copies a caller's options (NULL: the defaults) into own, which is filled in also on failure.
 * Returns EXN_OK or EXN_BAD_ARGUMENT. */
exn_status exn_arguments_options(const exn_options *given, exn_options *own, exn_error *error);

/* Puts an orientation that is an argument of its own into options that were let pass. Returns
 * EXN_OK or EXN_BAD_ARGUMENT. */
exn_status exn_arguments_orientation(uint32_t orientation, exn_options *own, exn_error *error);

/* Whether a caller's result can be filled in; NULL can. Returns EXN_OK or EXN_BAD_ARGUMENT. */
exn_status exn_arguments_result(const exn_result *result, exn_error *error);

/* Copies own into a caller's result; one that exn_arguments_result() refuses is left alone. */
void exn_arguments_give(const exn_result *own, exn_result *result);

/* Copies a result that a caller hands back into own. Returns EXN_OK or EXN_BAD_ARGUMENT. */
exn_status exn_arguments_returned(const exn_result *given, const char *name, exn_result *own,
                                  exn_error *error);

/* The same for labels. */
exn_status exn_arguments_labels_options(const exn_labels_options *given, exn_labels_options *own,
                                        exn_error *error);
exn_status exn_arguments_labels_result(const exn_labels_result *result, exn_error *error);
void exn_arguments_give_labels(const exn_labels_result *own, exn_labels_result *result);

/* A file in memory; an empty one needs no address. */
exn_status exn_arguments_data(const void *data, size_t size, const char *name, exn_error *error);

/* What must not be NULL. */
exn_status exn_arguments_given(const void *argument, const char *name, exn_error *error);

#endif
