/* SPDX-License-Identifier: MIT */
/* Each piece is a deflate stream of its own (RFC 1951), marked by its last block. To join pieces,
 * all but the last lose that mark, and an empty stored block pads each to a byte:
 *
 *   last block, BFINAL 1 -> 0 | 000 | zeros up to a byte | 00 00 FF FF | next piece
 *
 * libdeflate does not tell where its last block begins, but zlib's inflate() does, block by block.
 */
#include "pieces.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    WINDOW = 1 << 15,
    /* Bits of z_stream.data_type, as documented in zlib.h. */
    UNUSED_BITS = 7,
    IN_LAST_BLOCK = 64,
    AFTER_BLOCK = 128,
    STORED_HEADER = 3, /* bits: BFINAL and BTYPE (RFC 1951, 3.2.3) */
};

/* Reads a piece again; positions are bits from its first one. */
typedef struct reader {
    z_stream z;
    size_t last_block, end;
    uint8_t samples[WINDOW];
} reader;

/* Advances to the end of the next block, or until the buffer for samples is full. */
static bool step(reader *r)
{
    r->z.next_out = r->samples;
    r->z.avail_out = sizeof r->samples;
    if (inflate(&r->z, Z_BLOCK) != Z_OK)
        return false;
    if (!(r->z.data_type & AFTER_BLOCK))
        return true;
    r->end = (size_t)r->z.total_in * 8 - (unsigned)(r->z.data_type & UNUSED_BITS);
    if (!(r->z.data_type & IN_LAST_BLOCK))
        r->last_block = r->end;
    return true;
}

/* Returns false if out of memory; libdeflate's stream cannot fail otherwise. */
static bool find_last_block(reader *r, const uint8_t *piece, size_t size)
{
    memset(&r->z, 0, sizeof r->z);
    r->last_block = r->end = 0;
    if (inflateInit2(&r->z, -15) != Z_OK)
        return false;
    r->z.next_in = (Bytef *)piece; /* zlib is built without ZLIB_CONST */
    r->z.avail_in = (uInt)size;
    bool well = true;
    while (well && !(r->z.data_type & IN_LAST_BLOCK && r->z.data_type & AFTER_BLOCK))
        well = step(r);
    inflateEnd(&r->z);
    return well;
}

/* The piece is what `to` holds from start on. */
static exn_status join(reader *r, size_t start, exn_buffer *to)
{
    static const uint8_t empty[] = {0x00, 0x00, 0xFF, 0xFF}; /* LEN 0 and its complement */
    uint8_t *piece = to->data + start;
    if (!find_last_block(r, piece, to->size - start))
        return EXN_MEMORY;
    piece[r->last_block / 8] &= (uint8_t) ~(1U << r->last_block % 8);
    /* The bits after the end are zeros, with which libdeflate has padded. */
    if (r->end % 8 == 0 || r->end % 8 + STORED_HEADER > 8) {
        static const uint8_t zero = 0;
        exn_status status = exn_buffer_append(to, &zero, 1);
        if (status != EXN_OK)
            return status;
    }
    return exn_buffer_append(to, empty, sizeof empty);
}

typedef struct writer {
    struct libdeflate_compressor *compressor;
    reader *reader;
    exn_buffer *to;
} writer;

static exn_status put_piece(writer *w, exn_span samples, bool last)
{
    exn_buffer *to = w->to;
    size_t start = to->size;
    exn_status status =
        exn_buffer_reserve(to, libdeflate_deflate_compress_bound(w->compressor, samples.size));
    if (status != EXN_OK)
        return status;
    to->size += libdeflate_deflate_compress(w->compressor, samples.data, samples.size,
                                            to->data + start, to->capacity - start);
    if (to->size == start)
        return EXN_MEMORY;
    return last ? EXN_OK : join(w->reader, start, to);
}

static exn_status put_pieces(writer *w, exn_span from, size_t piece, const exn_cancel *cancel)
{
    static const uint8_t head[] = {0x78, 0x9C}; /* RFC 1950: 32 KiB window, default level */
    uint8_t check[4];
    exn_status status = exn_buffer_append(w->to, head, sizeof head);
    for (size_t at = 0; at < from.size && status == EXN_OK; at += piece) {
        status = exn_cancel_check(cancel, NULL);
        if (status == EXN_OK)
            status = put_piece(w, exn_span_part(from, at, piece), from.size - at <= piece);
    }
    if (status != EXN_OK)
        return status;
    exn_put32be(check, libdeflate_adler32(1, from.data, from.size));
    return exn_buffer_append(w->to, check, sizeof check);
}

static exn_status put_whole(writer *w, exn_span from)
{
    exn_status status =
        exn_buffer_reserve(w->to, libdeflate_zlib_compress_bound(w->compressor, from.size));
    size_t size = status != EXN_OK ? 0
                                   : libdeflate_zlib_compress(w->compressor, from.data, from.size,
                                                              w->to->data + w->to->size,
                                                              w->to->capacity - w->to->size);
    w->to->size += size;
    return size ? EXN_OK : EXN_MEMORY;
}

exn_status exn_png_pieces_put(int level, exn_span from, const exn_cancel *cancel, exn_buffer *to)
{
    const size_t piece = level < 10 ? EXN_PNG_PIECE : EXN_PNG_PIECE_OPTIMAL;
    const bool is_whole = from.size <= piece;
    writer w = {libdeflate_alloc_compressor(level), is_whole ? NULL : malloc(sizeof *w.reader), to};
    exn_status status = EXN_MEMORY;
    if (w.compressor && is_whole)
        status = put_whole(&w, from);
    else if (w.compressor && w.reader)
        status = put_pieces(&w, from, piece, cancel);
    libdeflate_free_compressor(w.compressor);
    free(w.reader);
    return status;
}
