/* SPDX-License-Identifier: MIT */
/* The name of an output in another format than its source's: a.jpg for a.heic. */
#ifndef EXN_CLI_BASE_ENDING_H
#define EXN_CLI_BASE_ENDING_H

#include <exifnorm.h>
#include <stdbool.h>

/* Whether files of this format are converted, if the options ask for it. */
static inline bool exn_ending_is_heif(exn_format format)
{
    return format == EXN_FORMAT_HEIC || format == EXN_FORMAT_AVIF || format == EXN_FORMAT_HEIF;
}

/* The output's name for a name with or without folders. The caller frees it. NULL: out of memory.
 */
char *exn_ending_of(const char *name, exn_format made);

#endif
