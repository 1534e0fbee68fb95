/* SPDX-License-Identifier: MIT */
/* Mask images by their names: --masks=GLOB.
 *
 * A GLOB is matched against the end of a path, with as many parts as it has itself. The first * in
 * its last part stands for the name of the image that the mask belongs to, without its ending:
 * '*_mask.png', also with folders. A GLOB that ends with a slash is a folder and everything in it,
 * at any depth. */
#ifndef EXN_CLI_LIST_MASK_NAMES_H
#define EXN_CLI_LIST_MASK_NAMES_H

#include "options.h"

typedef struct exn_mask_name {
    size_t from, to; /* offsets in the path: folders that the GLOB names, with their last slash */
    size_t stem, stem_size; /* likewise: the part that is the image's name */
} exn_mask_name;

/* Whether a path is that of a mask; if not, name is left alone. stem_size is the smallest possible
 * that is not below least. */
bool exn_mask_names_match(const exn_cli_options *options, const char *path, size_t least,
                          exn_mask_name *name);

/* The same for one GLOB. */
bool exn_mask_names_fits(const char *glob, const char *path, exn_mask_name *name);

/* Whether the last parts of a path match a GLOB of that many bytes, part by part. */
bool exn_mask_names_ends_as(const char *glob, size_t size, const char *path);

#endif
