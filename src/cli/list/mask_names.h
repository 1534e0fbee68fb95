/* SPDX-License-Identifier: MIT */
/* Mask images by their names: --masks=GLOB.
 *
 * A GLOB is about the end of a path, as many of its parts as it has itself, and the first * of its
 * last part stands for the name of the image that the mask is of, without its ending: '*_mask.png',
 * or with a folder. One that ends with a slash is a folder with all that is in it, at any depth. */
#ifndef EXN_CLI_LIST_MASK_NAMES_H
#define EXN_CLI_LIST_MASK_NAMES_H

#include "options.h"

typedef struct exn_mask_name {
    size_t from, to; /* bytes of the path: folders that the GLOB names, with their last slash */
    size_t stem, stem_size; /* likewise: what stands for the image's name */
} exn_mask_name;

/* Whether a path is one of a mask; else name is left alone. least: the shortest that stem_size may
 * be; where there are several, the shortest of these is found. */
bool exn_mask_names_match(const exn_cli_options *options, const char *path, size_t least,
                          exn_mask_name *name);

/* The same of one GLOB. */
bool exn_mask_names_fits(const char *glob, const char *path, exn_mask_name *name);

/* Whether a path ends as a GLOB of that many bytes says, part by part. */
bool exn_mask_names_ends_as(const char *glob, size_t size, const char *path);

#endif
