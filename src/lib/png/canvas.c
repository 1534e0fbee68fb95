/* SPDX-License-Identifier: MIT */
#include "canvas.h"

/* Width, height, x, y, four bytes each; the offset may be negative. A size of 0 means the picture's
 * own (ImageMagick, coders/png.c). */
enum { WIDTH_AT = 0, HEIGHT_AT = 4, X_AT = 8, Y_AT = 12, CANVAS_SIZE = 16 };

/* Offset and picture share the canvas, so the offset is a point in a grid that is smaller by the
 * picture. Unsigned arithmetic wraps like two's complement. */
static void turn_canvas(const exn_png *png, exn_orientation o, exn_span data, uint8_t *to)
{
    uint32_t width = exn_get32be(data.data + WIDTH_AT), height = exn_get32be(data.data + HEIGHT_AT);
    uint32_t x = exn_get32be(data.data + X_AT), y = exn_get32be(data.data + Y_AT);
    exn_orientation_point(o, (width ? width : png->width) - png->width + 1,
                          (height ? height : png->height) - png->height + 1, &x, &y);
    exn_orientation_size(o, &width, &height);
    exn_put32be(to + WIDTH_AT, width);
    exn_put32be(to + HEIGHT_AT, height);
    exn_put32be(to + X_AT, x);
    exn_put32be(to + Y_AT, y);
}

exn_status exn_png_canvas_put(const exn_png *png, const exn_png_chunk *chunk, exn_orientation o,
                              exn_buffer *out)
{
    exn_span data = exn_png_chunks_data(png, chunk);
    size_t start;
    /* A chunk with another size or a wrong CRC is not ImageMagick's. */
    if (exn_orientation_is_identity(o) || data.size != CANVAS_SIZE ||
        !exn_png_chunks_crc_valid(png, chunk))
        return exn_png_chunks_put_span(out, exn_png_chunks_whole(png, chunk));
    exn_status status = exn_png_chunks_put_open(out, chunk->type, &start);
    if (status == EXN_OK)
        status = exn_png_chunks_put_span(out, data);
    if (status != EXN_OK)
        return status;
    turn_canvas(png, o, data, out->data + start + 8);
    return exn_png_chunks_put_close(out, start);
}
