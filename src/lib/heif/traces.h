/* SPDX-License-Identifier: MIT */
/* What the metadata items of a HEIF say about orientation. Browsers and decoders use only irot and
 * imir, but metadata readers use Exif and XMP all the same. */
#ifndef EXN_HEIF_TRACES_H
#define EXN_HEIF_TRACES_H

#include "image.h"
#include "items.h"
#include "metadata/block.h"
#include "window.h"

/* Whether the item is Exif or XMP that can be read here. */
bool exn_heif_traces_is_metadata(const exn_heif_item *item);

/* Appends an item's bytes, from wherever they are, to out. */
exn_status exn_heif_traces_gather(const exn_heif *heif, const exn_heif_item *item,
                                  exn_window *window, exn_buffer *out, exn_error *error);

/* Splits a metadata item's bytes into what precedes the TIFF or packet, and that itself. */
exn_block exn_heif_traces_block(const exn_heif_item *item, exn_span bytes);

/* Reads every metadata item, one after another, and sets image's reasons, warnings and exif (whose
 * bytes heif->exif owns). */
exn_status exn_heif_traces_scan(exn_image *image, exn_heif *heif, exn_window *window,
                                const exn_options *options, exn_error *error);

#endif
