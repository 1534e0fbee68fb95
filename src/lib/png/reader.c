/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include <png.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    IHDR_SIZE = 13,
    HEAD_SIZE = EXN_PNG_SIGNATURE_SIZE + EXN_PNG_CHUNK_OVERHEAD + IHDR_SIZE,
    UNIT = alignof(max_align_t), /* before each block: its size */
};

/* libpng keeps a pointer to it, so it is allocated and never moves. */
struct exn_png_reader {
    const exn_png_frame *frame;
    exn_png_grid grid;
    png_structp png;
    png_infop info;
    uint64_t held, limit; /* bytes that libpng holds and may hold */
    /* over: it requested more than the limit, which is a different failure than running out of
     * memory. */
    bool over, out_of_memory, warned;
    bool forgiving, cut_off; /* about what follows the last row; reading failed there */
    uint64_t rows;           /* how many were requested, in all passes */
    int passes;
    char message[100];
    /* What is left to read of the current part: a head, data of the file, a CRC. */
    exn_span parts[3];
    uint8_t head[HEAD_SIZE], crc[4];
    enum { HEADER, PALETTE, DATA, END } stage;
    size_t chunk; /* the next data chunk */
};

/* --- The file that libpng sees --- */

static void put_crc(uint8_t *to, const uint8_t *type, exn_span data)
{
    uint32_t crc = (uint32_t)crc32(crc32(0, type, 4), data.data, (uInt)data.size);
    exn_put32be(to, crc);
}

/* The signature and the picture's own IHDR: the file's, with the picture's size. The CRC is of the
 * new bytes, since a frame's size differs. */
static void put_header(exn_png_reader *r)
{
    const exn_png *png = r->frame->png;
    uint8_t *chunk = r->head + EXN_PNG_SIGNATURE_SIZE, *data = chunk + 8;
    memcpy(r->head, png->data.data, EXN_PNG_SIGNATURE_SIZE);
    memcpy(chunk, exn_png_chunks_whole(png, &png->chunks[0]).data, 8 + IHDR_SIZE);
    exn_put32be(data, r->frame->width);
    exn_put32be(data + 4, r->frame->height);
    put_crc(data + IHDR_SIZE, chunk + 4, (exn_span){data, IHDR_SIZE});
    r->parts[0] = (exn_span){r->head, HEAD_SIZE};
}

/* An IDAT as it is, including its CRC; an fdAT without its sequence number. */
static void put_data(exn_png_reader *r, const exn_png_chunk *chunk)
{
    const exn_png *png = r->frame->png;
    if (chunk->type == EXN_PNG_IDAT) {
        r->parts[0] = exn_png_chunks_whole(png, chunk);
        return;
    }
    exn_span data = exn_png_frames_data(r->frame, chunk);
    exn_put32be(r->head, (uint32_t)data.size);
    memcpy(r->head + 4, "IDAT", 4);
    put_crc(r->crc, r->head + 4, data);
    r->parts[0] = (exn_span){r->head, 8};
    r->parts[1] = data;
    r->parts[2] = (exn_span){r->crc, sizeof r->crc};
}

/* Whether there was another part. Critical chunks only: an ancillary one, sound or not, does not
 * affect raw samples, so libpng need not judge it. Only indexed colour needs PLTE (clause 11.2.2).
 */
static bool next_part(exn_png_reader *r)
{
    static const uint8_t end[] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82};
    const exn_png *png = r->frame->png;
    switch (r->stage) {
    case HEADER:
        put_header(r);
        r->stage = png->colour_type == EXN_PNG_PALETTE ? PALETTE : DATA;
        return true;
    case PALETTE:
        r->parts[0] = exn_png_chunks_whole(png, &png->chunks[png->plte]);
        r->stage = DATA;
        return true;
    case DATA:
        while (r->chunk < r->frame->end && png->chunks[r->chunk].type != r->frame->type)
            r->chunk++;
        if (r->chunk < r->frame->end) {
            put_data(r, &png->chunks[r->chunk++]);
            return true;
        }
        r->parts[0] = (exn_span){end, sizeof end};
        r->stage = END;
        return true;
    default:
        return false;
    }
}

/* libpng requests the bytes of a stream, and does not know how they are spread over parts. */
static void on_read(png_structp png, png_bytep to, size_t size)
{
    exn_png_reader *r = png_get_io_ptr(png);
    size_t part = 0;
    while (size > 0) {
        if (part == 3) {
            part = 0;
            if (!next_part(r))
                png_error(png, "the data ends early");
        }
        exn_span *from = &r->parts[part];
        size_t count = from->size < size ? from->size : size;
        if (count > 0)
            memcpy(to, from->data, count);
        *from = exn_span_part(*from, count, SIZE_MAX);
        to += count;
        size -= count;
        part += from->size == 0;
    }
}

/* --- What libpng calls --- */

/* libpng requires that it does not return. A message may quote the file, so only printable
 * characters are kept. */
static _Noreturn void on_error(png_structp png, png_const_charp message)
{
    exn_png_reader *r = png_get_error_ptr(png);
    exn_status_copy_printable(r->message, sizeof r->message, message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)message;
    ((exn_png_reader *)png_get_error_ptr(png))->warned = true;
}

/* held never exceeds limit, so the difference does not wrap. The block's size is stored before it
 * for on_free(), which gets only the pointer. */
static png_voidp on_malloc(png_structp png, png_alloc_size_t size)
{
    exn_png_reader *r = png_get_mem_ptr(png);
    r->over = r->over || size > r->limit || r->held > r->limit - size;
    uint8_t *block = r->over || size > SIZE_MAX - UNIT ? NULL : malloc(UNIT + size);
    if (!block) {
        r->out_of_memory = true;
        return NULL;
    }
    memcpy(block, &size, sizeof size);
    r->held += size;
    return block + UNIT;
}

static void on_free(png_structp png, png_voidp data)
{
    exn_png_reader *r = png_get_mem_ptr(png);
    png_alloc_size_t size;
    if (!data)
        return;
    uint8_t *block = (uint8_t *)data - UNIT;
    memcpy(&size, block, sizeof size);
    r->held -= size;
    free(block);
}

/* --- The seam: each of these catches libpng's longjmp --- */

static exn_status failed(const exn_png_reader *r, exn_error *error)
{
    if (r->over)
        return exn_status_fail(error, EXN_LIMIT, "libpng needs more memory than is allowed");
    if (r->out_of_memory)
        return exn_status_fail(error, EXN_MEMORY, "libpng");
    return exn_status_fail(error, EXN_CORRUPT, "%s: libpng: %s",
                           exn_png_frames_name_of(r->frame).text, r->message);
}

static exn_status start(exn_png_reader *r, exn_error *error)
{
    if (setjmp(png_jmpbuf(r->png)))
        return failed(r, error);
    png_set_read_fn(r->png, r, on_read);
    /* Sizes were compared with the call's limits before. */
    png_set_user_limits(r->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    /* Mistakes that libpng forgives are warnings, as in browsers. */
    png_set_benign_errors(r->png, 1);
    png_set_check_for_invalid_index(r->png, 0);
    png_set_option(r->png, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON); /* see idat.c */
    png_read_info(r->png, r->info);
    r->passes = png_set_interlace_handling(r->png);
    png_read_update_info(r->png, r->info);
    /* Rows are written into memory of this size, so libpng and the caller have to agree on it. */
    if (png_get_rowbytes(r->png, r->info) != r->grid.stride)
        png_error(r->png, "unexpected row length");
    return EXN_OK;
}

exn_status exn_png_reader_open(exn_png_reader **reader, const exn_png_frame *frame,
                               uint64_t max_memory, exn_error *error)
{
    exn_png_reader *r = calloc(1, sizeof *r);
    *reader = NULL;
    if (!r)
        return exn_status_fail(error, EXN_MEMORY, "libpng reader");
    r->frame = frame;
    r->grid = exn_png_grid_of(frame);
    r->limit = max_memory;
    r->chunk = frame->first;
    r->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, r, on_error, on_warning, r, on_malloc,
                                      on_free);
    r->info = r->png ? png_create_info_struct(r->png) : NULL;
    exn_status status = r->info ? start(r, error) : exn_status_fail(error, EXN_MEMORY, "libpng");
    if (status == EXN_OK)
        *reader = r;
    else
        exn_png_reader_close(r);
    return status;
}

exn_status exn_png_reader_next(exn_png_reader *r, uint8_t *row, exn_error *error)
{
    if (exn_cancel_check(&r->frame->png->cancel, error) != EXN_OK)
        return EXN_CANCELLED;
    r->rows++;
    if (setjmp(png_jmpbuf(r->png))) {
        /* For the last row, libpng first returns the row and then reads on to the end of the
         * stream. */
        bool whole = r->rows == (uint64_t)r->frame->height * (unsigned)r->passes;
        r->cut_off = r->forgiving && whole && !r->over && !r->out_of_memory;
        return r->cut_off ? EXN_OK : failed(r, error);
    }
    png_read_row(r->png, row, NULL);
    return EXN_OK;
}

void exn_png_reader_forgive(exn_png_reader *r)
{
    r->forgiving = true;
}

/* For an interlaced picture, libpng returns every row in every pass and fills in that pass's
 * pixels, so the rows of one pass must be kept for the next. */
exn_status exn_png_reader_all(exn_png_reader *r, uint8_t *rows, exn_error *error)
{
    exn_status status = EXN_OK;
    for (int pass = 0; pass < r->passes; pass++)
        for (uint32_t y = 0; status == EXN_OK && y < r->frame->height; y++)
            status = exn_png_reader_next(r, rows + y * r->grid.stride, error);
    return status;
}

/* Reads on to IEND, because only then the end of the zlib stream and its checksum are checked. */
exn_status exn_png_reader_finish(exn_png_reader *r, bool *warned, exn_error *error)
{
    *warned = r->warned;
    if (r->cut_off)
        return EXN_OK;
    if (setjmp(png_jmpbuf(r->png)))
        return failed(r, error);
    png_read_end(r->png, NULL);
    *warned = r->warned;
    return EXN_OK;
}

void exn_png_reader_close(exn_png_reader *r)
{
    if (!r)
        return;
    /* This frees through on_free(), which counts in r, so r is freed last. */
    png_destroy_read_struct(&r->png, &r->info, NULL);
    free(r);
}
