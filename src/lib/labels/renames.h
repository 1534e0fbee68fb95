/* SPDX-License-Identifier: MIT */
/* Renames images whose outputs have other names, such as a.jpg for a.heic, by replacing the
 * extensions of these names in label files. */
#ifndef EXN_LABELS_RENAMES_H
#define EXN_LABELS_RENAMES_H

#include "edits.h"
#include "images.h"

/* Notes an image's new name, which differs only in its extension. NULL: unchanged. Returns EXN_OK,
 * EXN_BAD_ARGUMENT, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_renames_note(exn_images *images, exn_images_entry *entry, const char *name,
                            exn_error *error);

/* Puts the edits of a name when an image is handed on. Fails with EXN_UNSUPPORTED if the name is
 * not in that place of the file, EXN_READ, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_renames_put(const exn_images *images, exn_images_entry *entry,
                           const exn_label_image *image, exn_edits *edits, exn_error *error);

/* The same for a key that is the name and its file's size in bytes. Any other key is kept. */
exn_status exn_renames_put_key(const exn_images *images, const exn_images_entry *entry,
                               const exn_label_bytes *key, exn_edits *edits, exn_error *error);

/* Called at the end of the file: fails with EXN_UNSUPPORTED if the name of a renamed image was not
 * replaced. */
exn_status exn_renames_check(const exn_images *images, exn_error *error);

#endif
