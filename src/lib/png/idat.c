/* SPDX-License-Identifier: MIT */
#include "idat.h"

#include <libdeflate.h>
#include <string.h>
#include <zlib.h>

/* The state of inflating one stream. */
typedef struct stream {
    const exn_png_frame *frame;
    exn_error *error;
    exn_png_sink *sink;
    z_stream z;
    uint64_t expected, limit; /* bytes */
    uint64_t total;           /* bytes that came out; zlib's total_out is a long */
    uint32_t adler;           /* of them */
    uint8_t tail[4]; /* the last bytes that went in: at the end, the stream's own Adler-32 */
    bool ended;
} stream;

static exn_status corrupt(const stream *s, const char *text)
{
    return exn_status_fail(s->error, EXN_CORRUPT, "%s: %s", exn_png_frames_name_of(s->frame).text,
                           text);
}

static exn_status inflate_failed(const stream *s, int result)
{
    if (result == Z_MEM_ERROR)
        return exn_status_fail(s->error, EXN_MEMORY, "decompressor");
    return corrupt(s, s->z.msg ? s->z.msg : "damaged zlib stream");
}

/* Counts what came out, and passes on what belongs to the picture. Everything counts for the
 * Adler-32 (RFC 1950, 2.2), including what follows the last row. */
static exn_status pass_on(stream *s, exn_span bytes)
{
    uint64_t wanted = s->total < s->expected ? s->expected - s->total : 0;
    if (bytes.size == 0)
        return EXN_OK;
    s->total += bytes.size;
    s->adler = libdeflate_adler32(s->adler, bytes.data, bytes.size);
    if (wanted == 0)
        return EXN_OK;
    return s->sink->take(s->sink, exn_span_part(bytes, 0, wanted), s->error);
}

/* A stream need not end with a chunk, so its last four bytes may be spread over several. */
static void keep_tail(stream *s, const uint8_t *data, size_t size)
{
    size_t kept = sizeof s->tail;
    if (size < kept) {
        memmove(s->tail, s->tail + size, kept - size);
        memcpy(s->tail + kept - size, data, size);
    } else {
        memcpy(s->tail, data + size - kept, kept);
    }
}

/* Inflates all of input, or up to the stream's end. */
static exn_status inflate_part(stream *s, exn_span input)
{
    uint8_t piece[65536];
    s->z.next_in = (Bytef *)(uintptr_t)input.data; /* zlib's pointer is not const */
    s->z.avail_in = (uInt)input.size;
    do {
        const uint8_t *from = s->z.next_in;
        s->z.next_out = piece;
        s->z.avail_out = sizeof piece;
        int result = inflate(&s->z, Z_NO_FLUSH);
        keep_tail(s, from, (size_t)(s->z.next_in - from));
        s->ended = result == Z_STREAM_END;
        exn_status status = exn_cancel_check(&s->frame->png->cancel, s->error);
        if (status == EXN_OK)
            status = pass_on(s, (exn_span){piece, sizeof piece - s->z.avail_out});
        if (status != EXN_OK || result == Z_BUF_ERROR) /* nothing left to read or write */
            return status;
        if (result != Z_OK && !s->ended)
            return inflate_failed(s, result);
        if (s->total > s->limit)
            return corrupt(s, "far more data than the image needs");
    } while (!s->ended && (s->z.avail_in > 0 || s->z.avail_out == 0));
    return EXN_OK;
}

/* Chunk borders have no meaning for the stream (clause 10.1): it may end in any chunk. */
static exn_status inflate_all(stream *s, uint32_t *warnings)
{
    const exn_png *png = s->frame->png;
    bool noise = false;
    for (size_t i = s->frame->first; i < s->frame->end; i++) {
        const exn_png_chunk *chunk = &png->chunks[i];
        if (chunk->type != s->frame->type)
            continue;
        exn_span data = exn_png_frames_data(s->frame, chunk);
        exn_status status = exn_png_chunks_need_crc(png, chunk, s->error);
        if (status == EXN_OK && s->ended)
            noise |= data.size > 0;
        else if (status == EXN_OK)
            status = inflate_part(s, data);
        if (status != EXN_OK)
            return status;
        noise |= s->z.avail_in > 0;
    }
    if (s->total < s->expected)
        return corrupt(s, "not enough image data");
    /* Every sample is there, in chunks whose CRCs are right, so no decoder misses a missing
     * checksum. */
    if (s->ended && exn_get32be(s->tail) != s->adler)
        return corrupt(s, "incorrect data check");
    if (noise || !s->ended || s->total > s->expected)
        *warnings |= 1u << EXN_WARN_HARMLESS_NOISE;
    return EXN_OK;
}

exn_status exn_png_idat_inflate(const exn_png_frame *frame, uint64_t expected, exn_png_sink *sink,
                                uint32_t *warnings, exn_error *error)
{
    stream s = {.frame = frame, .error = error, .sink = sink, .expected = expected, .adler = 1};
    /* Extra data may be as long as the picture and a little more; a bomb is stopped there. The
     * little is less for each of possibly many thousand frames. */
    s.limit = s.expected * 2 + (frame->number ? 1 << 12 : 1 << 20);
    /* A window of 15 bits whatever the stream's header says, as in browsers: some encoders
     * understate it, and the Adler-32 is checked all the same. */
    if (inflateInit2(&s.z, 15) != Z_OK)
        return exn_status_fail(error, EXN_MEMORY, "decompressor");
    inflateValidate(&s.z, 0); /* the Adler-32, at which libdeflate is several times faster */
    exn_status status = inflate_all(&s, warnings);
    inflateEnd(&s.z);
    return status;
}
