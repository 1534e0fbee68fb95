/* SPDX-License-Identifier: MIT */
/* What an output of another format than its source is called: a.jpg of a.heic. */
#ifndef EXN_CLI_BASE_ENDING_H
#define EXN_CLI_BASE_ENDING_H

#include <exifnorm.h>
#include <stdbool.h>

/* Whether files of another format are made of what has this one, where that is asked for. */
static inline bool exn_ending_is_heif(exn_format format)
{
    return format == EXN_FORMAT_HEIC || format == EXN_FORMAT_AVIF || format == EXN_FORMAT_HEIF;
}

/* The name of the output, with or without folders: the caller frees it. NULL: out of memory. */
char *exn_ending_of(const char *name, exn_format made);

#endif
