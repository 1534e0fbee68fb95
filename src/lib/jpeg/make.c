/* SPDX-License-Identifier: MIT */
#include "make.h"

#include <stdlib.h>
#include <string.h>

#include "libjpeg_io.h"
#include "markers.h"

enum {
    BLOCK = DCTSIZE,
    MOST_LINES = 2 * DCTSIZE, /* of an iMCU row here */
};

/* The size of a row of an iMCU row of three components. */
static size_t row_room(const exn_samples *samples)
{
    /* Whole MCUs of two blocks. */
    return ((size_t)samples->width + MOST_LINES - 1) / MOST_LINES * MOST_LINES;
}

/* libjpeg holds an iMCU row; for optimized Huffman tables it needs all coefficients of the picture.
 */
uint64_t exn_jpeg_make_memory(const exn_samples *samples)
{
    const uint64_t lines = (uint64_t)samples->height + MOST_LINES;
    return row_room(samples) * (lines * 3 * sizeof(JCOEF) + (uint64_t)MOST_LINES * 3 * 4);
}

/* Planes that already exist are neither converted nor downsampled; libjpeg from version 7 on leaves
 * them alone only if its own scaling is off. Luma's factors say how chroma is halved (T.81, B.2.2),
 * also if libjpeg is to halve it itself. Huffman tables are optimized, so that the file is no
 * larger than necessary. */
static void set_up(j_compress_ptr c, const exn_samples *samples, uint32_t quality)
{
    c->image_width = samples->width;
    c->image_height = samples->height;
    c->input_components = (int)samples->components;
    c->in_color_space = samples->components == 1 ? JCS_GRAYSCALE
                        : samples->plane         ? JCS_YCbCr
                                                 : JCS_RGB;
    jpeg_set_defaults(c);
    jpeg_set_quality(c, (int)quality, TRUE);
    c->optimize_coding = TRUE;
    c->raw_data_in = samples->plane != NULL;
#if JPEG_LIB_VERSION >= 70
    c->do_fancy_downsampling = FALSE;
#endif
    for (int i = 0; i < c->num_components; i++) {
        c->comp_info[i].h_samp_factor =
            i == 0 && samples->components == 3 ? 1 << samples->shift_x : 1;
        c->comp_info[i].v_samp_factor =
            i == 0 && samples->components == 3 ? 1 << samples->shift_y : 1;
    }
}

/* Writes a segment of prefix and data, byte by byte as libjpeg requires: so two parts need no joint
 * copy. */
static void put_segment(j_compress_ptr c, int marker, exn_span prefix, exn_span data)
{
    jpeg_write_m_header(c, marker, (unsigned)(prefix.size + data.size));
    for (size_t i = 0; i < prefix.size; i++)
        jpeg_write_m_byte(c, prefix.data[i]);
    for (size_t i = 0; i < data.size; i++)
        jpeg_write_m_byte(c, data.data[i]);
}

/* ICC.1:2010, B.4: a name, the part's number, and the number of parts. Both count from 1 in one
 * byte, so 255 parts hold 16 MB; a larger profile is left out. */
static void put_profile(j_compress_ptr c, exn_span icc)
{
    enum { NUMBER = 12, COUNT = 13, HEAD = 14 };
    uint8_t head[HEAD] = "ICC_PROFILE";
    const size_t most = EXN_JPEG_MAKE_BLOCK - HEAD, parts = (icc.size + most - 1) / most;
    for (size_t i = 0; i < parts && parts <= UINT8_MAX; i++) {
        head[NUMBER] = (uint8_t)(i + 1);
        head[COUNT] = (uint8_t)parts;
        put_segment(c, JPEG_APP0 + 2, (exn_span){head, sizeof head},
                    exn_span_part(icc, i * most, most));
    }
}

/* Exif comes first, because browsers do not look for it after XMP. */
static void put_metadata(j_compress_ptr c, const exn_samples *samples)
{
    static const uint8_t exif[6] = "Exif\0", xmp[] = "http://ns.adobe.com/xap/1.0/";
    if (samples->exif.size > 0)
        put_segment(c, JPEG_APP0 + 1, (exn_span){exif, sizeof exif}, samples->exif);
    if (samples->xmp.size > 0)
        put_segment(c, JPEG_APP0 + 1, (exn_span){xmp, sizeof xmp}, samples->xmp);
    put_profile(c, samples->icc);
}

/* Repeats the last sample up to the end of the row's last block, so that nothing else is coded. */
static void pad(uint8_t *row, size_t width, size_t room)
{
    memset(row + width, row[width - 1], room - width);
}

static void put_rows(j_compress_ptr c, const exn_samples *samples, uint8_t *rows)
{
    JSAMPROW row = rows;
    for (uint32_t y = 0; y < samples->height; y++) {
        samples->row(samples, y, row);
        jpeg_write_scanlines(c, &row, 1);
    }
}

/* Fills lines of a plane from y on; below the picture its last row is repeated, as T.81, A.2.4,
 * recommends. The first line of an iMCU row is always inside the picture, so there is one to
 * repeat. */
static void fill(const exn_samples *samples, int plane, uint32_t y, int lines, JSAMPARRAY to,
                 size_t room)
{
    const uint32_t shift_x = plane ? samples->shift_x : 0, shift_y = plane ? samples->shift_y : 0;
    const uint32_t width = (samples->width + shift_x) >> shift_x,
                   height = (samples->height + shift_y) >> shift_y;
    for (int i = 0; i < lines; i++) {
        const uint32_t at = y + (uint32_t)i;
        if (at < height) {
            samples->plane(samples, (uint32_t)plane, at, to[i]);
            pad(to[i], width, room);
        } else {
            memcpy(to[i], to[i - 1], room);
        }
    }
}

/* One iMCU row at a time (libjpeg.txt, "Raw (downsampled) image data"). */
static void put_planes(j_compress_ptr c, const exn_samples *samples, uint8_t *rows)
{
    JSAMPROW lines[3][MOST_LINES];
    JSAMPARRAY planes[3] = {lines[0], lines[1], lines[2]};
    const size_t room = row_room(samples);
    for (int i = 0; i < 3 * MOST_LINES; i++)
        lines[i / MOST_LINES][i % MOST_LINES] = rows + (size_t)i * room;
    const uint32_t step = BLOCK << samples->shift_y;
    for (uint32_t y = 0; y < samples->height; y += step) {
        for (int plane = 0; plane < c->num_components; plane++)
            fill(samples, plane, plane ? y >> samples->shift_y : y, plane ? BLOCK : (int)step,
                 lines[plane], room);
        jpeg_write_raw_data(c, planes, step);
    }
}

/* No local variable changes after setjmp(), so none has to be volatile. */
static exn_status make(struct exn_libjpeg *lib, const exn_samples *samples, uint32_t quality,
                       uint8_t *rows, exn_error *error)
{
    j_compress_ptr c = &lib->object.compress;
    if (setjmp(lib->escape))
        return exn_libjpeg_io_escaped(lib, error);
    set_up(c, samples, quality);
    jpeg_start_compress(c, TRUE);
    put_metadata(c, samples);
    if (samples->plane)
        put_planes(c, samples, rows);
    else
        put_rows(c, samples, rows);
    jpeg_finish_compress(c);
    return EXN_OK;
}

exn_status exn_jpeg_make(const exn_samples *samples, uint32_t quality, uint64_t held,
                         uint64_t limit, const exn_cancel *cancel, exn_buffer *out,
                         exn_error *error)
{
    struct exn_libjpeg *lib;
    uint8_t *rows = malloc(row_room(samples) * 3 * MOST_LINES);
    exn_status status = exn_libjpeg_io_encoder(&lib, out, held, limit, cancel, error);
    if (status == EXN_OK)
        status = rows ? make(lib, samples, quality, rows, error) : EXN_MEMORY;
    exn_libjpeg_io_close(lib);
    free(rows);
    return status == EXN_OK ? status : exn_status_fail(error, status, "encoder");
}

/* How much there is in blocks, without their means. However coarse the tables, hardly more is lost:
 * a coefficient that becomes 0 loses itself, and any other less than that (T.81, A.3.4); a quarter
 * more where colors are halved, or a block is cut. Against another picture of noise it is twice as
 * much, and somewhat less if either is blurred. */
typedef struct busy {
    uint32_t *sums; /* of samples of the current line of blocks, for each component */
    uint64_t squares;
} busy;

static void add_row(busy *b, const exn_samples *samples, const uint8_t *row)
{
    const uint32_t components = samples->components;
    for (uint32_t x = 0; x < samples->width; x++)
        for (uint32_t i = 0; i < components; i++) {
            const uint32_t value = row[x * (size_t)components + i];
            b->sums[x / MOST_LINES * components + i] += value;
            b->squares += value * value;
        }
}

/* Takes the means of a line of blocks away. */
static void end_line(busy *b, const exn_samples *samples, uint32_t lines)
{
    for (uint32_t x = 0; x < samples->width; x += MOST_LINES) {
        const uint32_t columns =
            samples->width - x < MOST_LINES ? samples->width - x : (uint32_t)MOST_LINES;
        for (uint32_t i = 0; i < samples->components; i++) {
            uint32_t *sum = &b->sums[x / MOST_LINES * samples->components + i];
            b->squares -= (uint64_t)*sum * *sum / (lines * columns);
            *sum = 0;
        }
    }
}

/* rows: two of them. Uses the integer DCT, whose results are the same on every machine. */
static exn_status compare(struct exn_libjpeg *lib, const exn_samples *samples, uint8_t *rows,
                          uint64_t *sum, busy *b, exn_error *error)
{
    j_decompress_ptr d = &lib->object.decompress;
    const size_t size = (size_t)samples->width * samples->components;
    if (setjmp(lib->escape))
        return exn_libjpeg_io_escaped(lib, error);
    jpeg_read_header(d, TRUE);
    if (d->image_width != samples->width || d->image_height != samples->height ||
        d->num_components != (int)samples->components)
        return exn_status_fail(error, EXN_MISMATCH, "the output has other samples");
    d->dct_method = JDCT_ISLOW;
    if (samples->plane)
        d->out_color_space = JCS_YCbCr;
    jpeg_start_decompress(d);
    while (d->output_scanline < d->output_height) {
        JSAMPROW row = rows + size;
        samples->row(samples, d->output_scanline, rows);
        jpeg_read_scanlines(d, &row, 1);
        for (size_t i = 0; i < size; i++) {
            const int difference = rows[i] - row[i];
            *sum += (uint64_t)(difference * difference);
        }
        add_row(b, samples, rows);
        if (d->output_scanline % MOST_LINES == 0 || d->output_scanline == d->output_height)
            end_line(b, samples, (d->output_scanline - 1) % MOST_LINES + 1);
    }
    return EXN_OK;
}

/* The limit is there to find a wrong rotation, wrong colors or damage, which nearly always are far
 * worse. The quality is the caller's choice, and of noise it may leave little. */
exn_status exn_jpeg_make_compare(const exn_samples *samples, exn_span jpeg,
                                 const exn_cancel *cancel, exn_error *error)
{
    enum { WORST = 650 }; /* 255^2 / 100: 20 dB */
    const uint64_t count = (uint64_t)samples->width * samples->height * samples->components;
    struct exn_libjpeg *lib;
    uint8_t *rows = malloc(2 * (size_t)samples->width * samples->components + 1);
    busy b = {.sums = calloc(row_room(samples) / MOST_LINES * samples->components, sizeof *b.sums)};
    uint64_t sum = 0;
    exn_status status = exn_libjpeg_io_decoder(&lib, jpeg, cancel, error);
    if (status == EXN_OK)
        status = rows && b.sums ? compare(lib, samples, rows, &sum, &b, error) : EXN_MEMORY;
    exn_libjpeg_io_close(lib);
    free(b.sums);
    free(rows);
    if (status == EXN_OK && sum > WORST * count + b.squares + b.squares / 4)
        return exn_status_fail(error, EXN_MISMATCH, "the output's pixels differ");
    return status == EXN_OK ? status : exn_status_fail(error, status, "comparison");
}
