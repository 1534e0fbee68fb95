/* SPDX-License-Identifier: MIT */
/* The order of chunks (PNG 3rd edition, 5.6):
 *
 *   IHDR  cICP  iCCP  sBIT  eXIf  iTXt  IDAT ...  IEND
 *
 * All but IHDR, IDAT and IEND are written only if needed. */
#include "make.h"

#include <stdlib.h>
#include <string.h>

#include "chunks.h"
#include "deflate.h"
#include "filter.h"

static size_t row_size(const exn_samples *samples)
{
    return (size_t)samples->width * samples->components * (samples->depth / 8);
}

/* The filtered rows, the stream, and the file, whose buffer may have grown to half more than it
 * needs. */
uint64_t exn_png_make_memory(const exn_samples *samples, uint32_t level)
{
    const uint64_t filtered = ((uint64_t)row_size(samples) + 1) * samples->height;
    const uint64_t stream = exn_png_deflate_bound(filtered);
    return filtered + 2 * stream + stream / 2 + exn_png_deflate_memory(level);
}

static exn_status put_chunk(exn_buffer *out, uint32_t type, exn_span head, exn_span data)
{
    size_t start;
    exn_status status = exn_png_chunks_put_open(out, type, &start);
    if (status == EXN_OK)
        status = exn_png_chunks_put_span(out, head);
    if (status == EXN_OK)
        status = exn_png_chunks_put_span(out, data);
    return status == EXN_OK ? exn_png_chunks_put_close(out, start) : status;
}

/* Clause 11.2.1: sizes, depth, color type; compression, filters and interlacing are 0. The
 * signature's unusual bytes reveal transfers that change line ends or drop the eighth bit (clause
 * 5.2). */
static exn_status put_header(exn_buffer *out, const exn_samples *samples)
{
    static const uint8_t types[] = {0, EXN_PNG_GRAY, EXN_PNG_GRAY_ALPHA, EXN_PNG_RGB,
                                    EXN_PNG_RGB_ALPHA};
    static const uint8_t signature[EXN_PNG_SIGNATURE_SIZE] = {0x89, 'P',  'N',  'G',
                                                              '\r', '\n', 0x1A, '\n'};
    uint8_t header[13] = {0};
    exn_status status = exn_buffer_append(out, signature, sizeof signature);
    exn_put32be(header, samples->width);
    exn_put32be(header + 4, samples->height);
    header[8] = (uint8_t)samples->depth;
    header[9] = types[samples->components];
    return status == EXN_OK ? put_chunk(out, EXN_PNG_IHDR, (exn_span){header, sizeof header},
                                        (exn_span){NULL, 0})
                            : status;
}

/* Clause 11.3.2.6: primaries, transfer, RGB, full range. Readers that know this chunk prefer it to
 * an ICC profile. */
static exn_status put_code_points(exn_buffer *out, const exn_samples *samples)
{
    const uint8_t points[4] = {samples->primaries, samples->transfer, 0, 1};
    return samples->primaries ? put_chunk(out, EXN_PNG_TYPE('c', 'I', 'C', 'P'),
                                          (exn_span){points, sizeof points}, (exn_span){NULL, 0})
                              : EXN_OK;
}

static exn_status deflate(exn_span bytes, uint32_t level, const exn_cancel *cancel,
                          exn_buffer *stream, exn_error *error)
{
    exn_png_filtered all = exn_png_filtered_of(bytes, cancel);
    return exn_png_deflate(&all, level, stream, error);
}

/* Clause 11.3.2.3: a name, a zero, method 0, a zlib stream. */
static exn_status put_profile(exn_buffer *out, const exn_samples *samples, const exn_cancel *cancel,
                              exn_error *error)
{
    static const uint8_t head[] = "ICC\0";
    exn_buffer stream = {0};
    if (samples->icc.size == 0)
        return EXN_OK;
    exn_status status = deflate(samples->icc, 6, cancel, &stream, error);
    if (status == EXN_OK)
        status = put_chunk(out, EXN_PNG_TYPE('i', 'C', 'C', 'P'), (exn_span){head, sizeof head},
                           exn_buffer_span(&stream));
    exn_buffer_free(&stream);
    return status;
}

/* Clause 11.3.2.4: how many bits of each sample are the source's. A HEIF of 10 bits becomes a PNG
 * of 16: samples are scaled to the full range (clause 12.4), and this says how many bits are
 * significant. */
static exn_status put_bits(exn_buffer *out, const exn_samples *samples)
{
    const uint8_t bits[4] = {(uint8_t)samples->bits, (uint8_t)samples->bits, (uint8_t)samples->bits,
                             (uint8_t)samples->bits};
    return samples->bits < samples->depth
               ? put_chunk(out, EXN_PNG_TYPE('s', 'B', 'I', 'T'),
                           (exn_span){bits, samples->components}, (exn_span){NULL, 0})
               : EXN_OK;
}

/* XMP specification, part 3, 1.1.5: an iTXt with this keyword, not compressed, without a language.
 */
static exn_status put_metadata(exn_buffer *out, const exn_samples *samples)
{
    static const uint8_t keyword[] = "XML:com.adobe.xmp\0\0\0\0";
    exn_status status = EXN_OK;
    if (samples->exif.size > 0)
        status = put_chunk(out, EXN_PNG_EXIF, samples->exif, (exn_span){NULL, 0});
    if (status == EXN_OK && samples->xmp.size > 0)
        status = put_chunk(out, EXN_PNG_ITXT, (exn_span){keyword, sizeof keyword}, samples->xmp);
    return status;
}

/* rows: two of them, and a spare one. calloc() has zeroed the first one, as clause 9.2 requires
 * above the picture. The two then swap places, so that no row is copied. */
static exn_status filter_rows(const exn_samples *samples, uint8_t *rows, const exn_cancel *cancel,
                              exn_buffer *filtered, exn_error *error)
{
    const size_t size = row_size(samples), step = samples->components * (samples->depth / 8);
    uint8_t *above = rows, *row = rows + size, *spare = rows + 2 * size;
    for (uint32_t y = 0; y < samples->height; y++) {
        if (exn_cancel_check(cancel, error) != EXN_OK)
            return EXN_CANCELLED;
        samples->row(samples, y, row);
        exn_png_filter_apply(row, above, size, step, filtered->data + filtered->size, spare);
        filtered->size += size + 1;
        uint8_t *last = above;
        above = row;
        row = last;
    }
    return EXN_OK;
}

/* IDAT's borders do not have to follow rows (clause 11.2.3). With pieces of a megabyte, a reader
 * that checks CRCs can begin before it has everything. */
static exn_status put_pixels(exn_buffer *out, const exn_samples *samples, uint32_t level,
                             const exn_cancel *cancel, exn_error *error)
{
    enum { PIECE = 1 << 20 };
    const size_t size = row_size(samples);
    exn_buffer filtered = {0}, stream = {0};
    uint8_t *rows = calloc(3, size);
    exn_status status =
        rows ? exn_buffer_reserve(&filtered, (size + 1) * samples->height) : EXN_MEMORY;
    if (status == EXN_OK)
        status = filter_rows(samples, rows, cancel, &filtered, error);
    free(rows);
    if (status == EXN_OK)
        status = deflate(exn_buffer_span(&filtered), level, cancel, &stream, error);
    exn_buffer_free(&filtered);
    for (size_t done = 0; status == EXN_OK && done < stream.size; done += PIECE)
        status = put_chunk(out, EXN_PNG_IDAT, exn_span_part(exn_buffer_span(&stream), done, PIECE),
                           (exn_span){NULL, 0});
    exn_buffer_free(&stream);
    return status;
}

/* In the order of clause 5.6: color information precedes the pixels, and so does Exif, because
 * browsers expect it there. */
exn_status exn_png_make(const exn_samples *samples, uint32_t level, const exn_cancel *cancel,
                        exn_buffer *out, exn_error *error)
{
    exn_status status = put_header(out, samples);
    if (status == EXN_OK)
        status = put_code_points(out, samples);
    if (status == EXN_OK)
        status = put_profile(out, samples, cancel, error);
    if (status == EXN_OK)
        status = put_bits(out, samples);
    if (status == EXN_OK)
        status = put_metadata(out, samples);
    if (status == EXN_OK)
        status = put_pixels(out, samples, level, cancel, error);
    if (status == EXN_OK)
        status = exn_png_chunks_put_end(out);
    return status == EXN_OK ? status : exn_status_fail(error, status, "output");
}
