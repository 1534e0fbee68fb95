/* SPDX-License-Identifier: MIT */
/* Collects the header of a JPEG that is not in memory. */
#ifndef EXN_JPEG_COLLECT_H
#define EXN_JPEG_COLLECT_H

#include "window.h"

/* What is known of a file from its headers up to the first scan. */
typedef struct exn_jpeg_header {
    uint64_t end;      /* of the first scan header */
    bool indexed;      /* it has an MPF index, so EOI is not the file's end */
    uint64_t index_at; /* where the payload of the first MPF segment begins */
    bool to_end;       /* exn_jpeg_collect_behind() saw every segment up to EOI */
    bool previews;     /* a preview was found, which may continue in what follows */
} exn_jpeg_header;

/* Collects what the predicate needs, as a JPEG without a picture: SOI, the segments before the
 * first scan that may have an orientation, the frame header, and the scan's header. Payloads of
 * other segments are skipped without reading. out has to be empty and is the caller's. Returns
 * EXN_OK, CORRUPT, LIMIT (over limit bytes, or too many segments), MEMORY or READ. */
exn_status exn_jpeg_collect(exn_window *window, uint64_t limit, exn_jpeg_header *header,
                            exn_buffer *out, exn_error *error);

/* Appends such segments from after the first scan header, where the next one can only be found by
 * reading on. A small file is read to its end. one_scan: there should be only one, so for a large
 * file it is enough to check that the scan extends to its end. whole: if it does not, or there are
 * more scans, read up to EOI instead of stopping at 128 KiB of the file.
 *
 * Damage ends the look without an error. Returns EXN_OK, LIMIT, MEMORY or READ. */
exn_status exn_jpeg_collect_behind(exn_window *window, exn_jpeg_header *header, bool one_scan,
                                   bool whole, uint64_t limit, exn_buffer *out, exn_error *error);

#endif
