/* SPDX-License-Identifier: MIT */
/* Label files that know an image by how many bytes its file has. */
#ifndef EXN_LABELS_FILE_SIZES_H
#define EXN_LABELS_FILE_SIZES_H

#include "edits.h"
#include "images.h"

/* Puts the edit that gives a text the number of bytes of the image's output, if that is known and
 * the text ends with the number that the file says. A key changes only where it is the image's
 * name and that number. */
exn_status exn_file_sizes_put(const exn_images *images, const exn_images_entry *entry,
                              const exn_label_bytes *bytes, exn_edits *edits, exn_error *error);

#endif
