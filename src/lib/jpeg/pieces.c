/* SPDX-License-Identifier: MIT */
#include "pieces.h"

bool exn_pieces_add(exn_pieces *pieces, size_t segment, size_t head)
{
    if (pieces->count == EXN_PIECES_MAX)
        return false;
    pieces->piece[pieces->count].segment = segment;
    pieces->piece[pieces->count++].head = head;
    return true;
}

exn_span exn_pieces_span(const exn_pieces *pieces, const exn_jpeg *jpeg, size_t number)
{
    return exn_span_part(jpeg->segments[pieces->piece[number].segment].payload,
                         pieces->piece[number].head, SIZE_MAX);
}

exn_status exn_pieces_join(const exn_pieces *pieces, const exn_jpeg *jpeg, exn_buffer *out)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < pieces->count && status == EXN_OK; i++) {
        const exn_span part = exn_pieces_span(pieces, jpeg, i);
        status = exn_buffer_append(out, part.data, part.size);
    }
    return status;
}
