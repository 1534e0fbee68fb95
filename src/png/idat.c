#include "idat.h"

#include <zlib.h>

#define SATURATED (UINT64_MAX / 8)

static uint64_t rows_size(const exn_png *png, uint64_t width, uint64_t height)
{
    uint64_t bits = (uint64_t)exn_png_channels(png->colour_type) * png->depth;
    uint64_t row = 1 + (width * bits + 7) / 8;
    if (width == 0 || height == 0)
        return 0;
    return row > SATURATED / 8 / height ? SATURATED / 8 : row * height;
}

uint64_t exn_png_filtered_size(const exn_png_frame *frame)
{
    const exn_png *png = frame->png;
    /* Clause 8.2: first column and row, and the steps between them, of the seven passes. */
    static const struct {
        uint8_t x, y, step_x, step_y;
    } passes[7] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                   {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
    if (!png->interlaced)
        return rows_size(png, frame->width, frame->height);
    uint64_t total = 0;
    for (int i = 0; i < 7; i++) {
        uint64_t width = (frame->width + (uint64_t)passes[i].step_x - 1 - passes[i].x);
        uint64_t height = (frame->height + (uint64_t)passes[i].step_y - 1 - passes[i].y);
        total += rows_size(png, width / passes[i].step_x, height / passes[i].step_y);
    }
    return total;
}

/* What one inflating knows. */
typedef struct stream {
    const exn_png_frame *frame;
    exn_error *error;
    z_stream z;
    uint64_t expected, limit; /* bytes */
    uint64_t total;           /* bytes that came out; total_out of zlib is a long */
    bool ended;
} stream;

static exn_status corrupt(const stream *s, const char *text)
{
    return exn_fail(s->error, EXN_CORRUPT, "%s: %s", exn_png_frame_name_of(s->frame).text, text);
}

static exn_status inflate_failed(const stream *s, int result)
{
    if (result == Z_MEM_ERROR)
        return exn_fail(s->error, EXN_MEMORY, "no memory to inflate");
    return corrupt(s, s->z.msg ? s->z.msg : "damaged zlib stream");
}

/* Inflates what input holds, or up to the stream's end. */
static exn_status inflate_part(stream *s, exn_span input)
{
    uint8_t sink[32768];
    s->z.next_in = (Bytef *)(uintptr_t)input.data; /* zlib's pointer is not const */
    s->z.avail_in = (uInt)input.size;
    do {
        s->z.next_out = sink;
        s->z.avail_out = sizeof sink;
        int result = inflate(&s->z, Z_NO_FLUSH);
        s->total += sizeof sink - s->z.avail_out;
        s->ended = result == Z_STREAM_END;
        if (result == Z_BUF_ERROR) /* nothing left to read or write: not an error here */
            return EXN_OK;
        if (result != Z_OK && !s->ended)
            return inflate_failed(s, result);
        if (s->total > s->limit)
            return corrupt(s, "far more data than the picture has");
    } while (!s->ended && (s->z.avail_in > 0 || s->z.avail_out == 0));
    return EXN_OK;
}

/* Chunk borders mean nothing to the stream (clause 10.1): it may end in any of them. */
static exn_status inflate_all(stream *s, uint32_t *warnings)
{
    const exn_png *png = s->frame->png;
    bool noise = false;
    for (size_t i = s->frame->first; i < s->frame->end; i++) {
        const exn_png_chunk *chunk = &png->chunks[i];
        if (chunk->type != s->frame->type)
            continue;
        exn_span data = exn_png_frame_data(s->frame, chunk);
        exn_status status = exn_png_need_crc(png, chunk, s->error);
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
    if (!s->ended)
        return corrupt(s, "zlib stream without its end");
    if (noise || s->total > s->expected)
        *warnings |= 1u << EXN_WARN_HARMLESS_NOISE;
    return EXN_OK;
}

exn_status exn_png_check_stream(const exn_png_frame *frame, uint32_t *warnings, exn_error *error)
{
    stream s = {.frame = frame, .error = error, .expected = exn_png_filtered_size(frame)};
    /* Noise may be as long as the picture and a bit; a bomb is stopped there. The bit is less for
     * each of many thousand frames. */
    s.limit = s.expected * 2 + (frame->number ? 1 << 12 : 1 << 20);
    /* 15 bits of window whatever the stream's header says, as browsers do: encoders that understate
     * it exist, and the Adler-32 still holds. */
    if (inflateInit2(&s.z, 15) != Z_OK)
        return exn_fail(error, EXN_MEMORY, "no memory to inflate");
    exn_status status = inflate_all(&s, warnings);
    inflateEnd(&s.z);
    return status;
}
