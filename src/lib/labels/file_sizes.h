/* SPDX-License-Identifier: MIT */
/* Label files that identify an image by its file's size in bytes. */
#ifndef EXN_LABELS_FILE_SIZES_H
#define EXN_LABELS_FILE_SIZES_H

#include "edits.h"
#include "images.h"

/* Puts the edit that writes the size of the image's output file, if it is known and the text ends
 * with the number that the file says. A key is changed only if it is the image's name followed by
 * that number. */
exn_status exn_file_sizes_put(const exn_images *images, const exn_images_entry *entry,
                              const exn_label_bytes *bytes, exn_edits *edits, exn_error *error);

#endif
