/* SPDX-License-Identifier: MIT */
/* The text of a DALI index (wds2idx; fn.readers.webdataset): a line with the version and
 * the number of samples, then a line for each sample, with the extension, offset and size of each
 * of its files and, in v1.2 (and the v1.0 of other tools), its name. Offsets are those of bodies.
 */
#ifndef EXN_CLI_STREAMS_INDEX_DALI_H
#define EXN_CLI_STREAMS_INDEX_DALI_H

#include <stdio.h>

#include "tar_map.h"

/* Whether a text begins as such an index does, whatever its version. */
bool exn_index_dali_begins(const char *text, size_t size);

typedef struct exn_index_maps {
    const exn_tar_map *source, *output;
    const size_t *pairs; /* exn_tar_map_pair(); NULL: only check that the index fits the source */
} exn_index_maps;

/* Writes the output's index: the numbers change, and files that were left out are removed. False,
 * with the error: it does not fit the source, or no sample is left. */
bool exn_index_dali_edit(const char *text, size_t size, const exn_index_maps *maps, FILE *to,
                         exn_error *error);

#endif
