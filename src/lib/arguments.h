/* SPDX-License-Identifier: MIT */
/* What a caller of the library may pass. Options that mean nothing are refused: passed over in
 * silence, a mode that is none would strip the tag of a picture and not rotate it. */
#ifndef EXN_ARGUMENTS_H
#define EXN_ARGUMENTS_H

#include "buffer.h"

/* Where options (NULL: the defaults) have a value that is none. Returns EXN_OK or EXN_BAD_ARGUMENT.
 */
exn_status exn_arguments_options(const exn_options *options, exn_error *error);

/* A file in memory; an empty one needs no address. */
exn_status exn_arguments_data(const void *data, size_t size, const char *name, exn_error *error);

/* What must not be NULL. */
exn_status exn_arguments_given(const void *argument, const char *name, exn_error *error);

#endif
