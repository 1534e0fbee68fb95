/* SPDX-License-Identifier: MIT */
/* Images that a text may be about without naming any of them or having the name of one: the frames
 * of a sequence, all images of a folder, or all of the run. Only asked of texts that look like
 * labels (workers/odd.h), so that users are told of them: they are never moved. */
#ifndef EXN_CLI_LABELS_SCOPES_H
#define EXN_CLI_LABELS_SCOPES_H

#include "picture.h"

/* What is kept between two calls about the same images, which must not change, but may become more.
 */
typedef struct exn_scopes exn_scopes;

/* NULL: out of memory. */
exn_scopes *exn_scopes_new(void);
void exn_scopes_free(exn_scopes *scopes);

/* One of the images that was rotated, and lies where the text at `path` belongs by its own name:
 * label_02/0001.txt is about image_02/0001/000000.png, sequence/groundtruth.txt about what lies in
 * sequence/. Without a path, any that was rotated. NULL: there is none. */
const exn_picture *exn_scopes_find(exn_scopes *scopes, exn_picture *const *images, size_t count,
                                   const char *path);

#endif
