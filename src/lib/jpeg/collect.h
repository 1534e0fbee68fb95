/* SPDX-License-Identifier: MIT */
/* The header of a JPEG that is not in memory. */
#ifndef EXN_JPEG_COLLECT_H
#define EXN_JPEG_COLLECT_H

#include "window.h"

/* What is known of a file by its headers up to the first scan. */
typedef struct exn_jpeg_header {
    uint64_t end;      /* of the first scan header */
    bool indexed;      /* by MPF, so that EOI is not the file's end */
    uint64_t index_at; /* where the payload of the first such segment begins */
    bool to_end;       /* exn_jpeg_collect_behind() saw every segment up to EOI */
    bool previews;     /* one was found, which may go on in what follows */
} exn_jpeg_header;

/* Collects what the predicate needs, as a JPEG without a picture: SOI, the segments that may speak
 * of an orientation and the frame header before the first scan, that scan's header. Payloads of
 * other segments are skipped unread. out (empty at the start) is the caller's. Returns EXN_OK,
 * CORRUPT, LIMIT (over limit bytes, or too many segments), MEMORY or READ. */
exn_status exn_jpeg_collect(exn_window *window, uint64_t limit, exn_jpeg_header *header,
                            exn_buffer *out, exn_error *error);

/* Appends such segments as stand after the first scan header, where nothing but reading on finds
 * the next one. A small file is read to its end. one_scan: there is to be no other, so that a large
 * file need only be asked whether the scan goes on to its end. whole: where it does not, and where
 * there are scans, read to EOI, and not only until 128 KiB of the file have been read.
 *
 * Damage ends the look and is nothing to complain of. Returns EXN_OK, LIMIT, MEMORY or READ. */
exn_status exn_jpeg_collect_behind(exn_window *window, exn_jpeg_header *header, bool one_scan,
                                   bool whole, uint64_t limit, exn_buffer *out, exn_error *error);

#endif
