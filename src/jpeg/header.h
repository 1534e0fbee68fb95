/* Floor 2: the header of a JPEG that is not in memory. */
#ifndef EXN_JPEG_HEADER_H
#define EXN_JPEG_HEADER_H

#include "../source.h"

/* Collects what the predicate needs, as a JPEG without a picture: SOI, the APP1 segments and the frame header before the first
 * scan, that scan's header, EOI. Payloads of other segments are skipped unread. out (empty at the start) is the caller's.
 * Returns EXN_OK, CORRUPT, LIMIT (over limit bytes, or too many segments), MEMORY or READ. */
exn_status exn_jpeg_collect(const exn_source *source, uint64_t limit, exn_buffer *out,
                            exn_error *error);

#endif
