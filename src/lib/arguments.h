/* SPDX-License-Identifier: MIT */
/* Checks what a caller passes to the library. The library works on structs of its own version; a
 * caller's, whose version may differ, are copied at the boundary. Invalid options are refused: if
 * an unknown mode was ignored, for example, a picture's tag would be stripped without rotating it.
 */
#ifndef EXN_ARGUMENTS_H
#define EXN_ARGUMENTS_H

#include "buffer.h"

/* Copies a caller's options (NULL: the defaults) into own, which is also filled in on failure.
 * Returns EXN_OK or EXN_BAD_ARGUMENT. */
exn_status exn_arguments_options(const exn_options *given, exn_options *own, exn_error *error);

/* Sets an orientation, passed as an argument of its own, in options that have been checked. Returns
 * EXN_OK or EXN_BAD_ARGUMENT. */
exn_status exn_arguments_orientation(uint32_t orientation, exn_options *own, exn_error *error);

/* Whether a caller's result can be filled in; NULL is allowed. Returns EXN_OK or EXN_BAD_ARGUMENT.
 */
exn_status exn_arguments_result(const exn_result *result, exn_error *error);

/* Copies own into a caller's result, unless exn_arguments_result() refuses that. */
void exn_arguments_give(const exn_result *own, exn_result *result);

/* Copies a result that a caller passes back into own. Returns EXN_OK or EXN_BAD_ARGUMENT. */
exn_status exn_arguments_returned(const exn_result *given, const char *name, exn_result *own,
                                  exn_error *error);

/* The same for labels. */
exn_status exn_arguments_labels_options(const exn_labels_options *given, exn_labels_options *own,
                                        exn_error *error);
exn_status exn_arguments_labels_result(const exn_labels_result *result, exn_error *error);
void exn_arguments_give_labels(const exn_labels_result *own, exn_labels_result *result);

/* Checks a file in memory; an empty one needs no address. */
exn_status exn_arguments_data(const void *data, size_t size, const char *name, exn_error *error);

/* Checks that an argument is not NULL. */
exn_status exn_arguments_given(const void *argument, const char *name, exn_error *error);

#endif
