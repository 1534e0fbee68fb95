/* SPDX-License-Identifier: MIT */
/* Images whose outputs have other names, such as a.jpg of a.heic: the endings of these names are
 * replaced where label files say them. */
#ifndef EXN_LABELS_RENAMES_H
#define EXN_LABELS_RENAMES_H

#include "edits.h"
#include "images.h"

/* Notes what an image is to be called: its name but for the ending. NULL: as before. Returns
 * EXN_OK, EXN_BAD_ARGUMENT, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_renames_note(exn_images *images, exn_images_entry *entry, const char *name,
                            exn_error *error);

/* Puts the edits of a name where an image is handed on. Fails with EXN_UNSUPPORTED where the name
 * does not stand there as it is, EXN_READ, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_renames_put(const exn_images *images, exn_images_entry *entry,
                           const exn_label_image *image, exn_edits *edits, exn_error *error);

/* The same of a key that is the name and the number of bytes of its file. One that is not stays. */
exn_status exn_renames_put_key(const exn_images *images, const exn_images_entry *entry,
                               const exn_label_bytes *key, exn_edits *edits, exn_error *error);

/* At the end of the file: fails with EXN_UNSUPPORTED where the name of a renamed image was not
 * replaced. */
exn_status exn_renames_check(const exn_images *images, exn_error *error);

#endif
