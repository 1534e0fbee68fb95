/* SPDX-License-Identifier: MIT */
#include "mask.h"

#include <png.h>
#include <zlib.h>

#include "brush.h"
#include "decimal.h"
#include "metadata/base64.h"

/* ---- their text */

/* In a list, runs may be written as 12.0. Anything but a count of pixels is an error. */
static exn_status read_count(const exn_label_shape *shape, size_t index, uint32_t most,
                             uint32_t *value, exn_error *error)
{
    exn_decimal number;
    exn_status status = exn_measure_number(shape->numbers, index, &shape->place, &number, error);
    if (status != EXN_OK)
        return status;
    return exn_decimal_is_size(&number, value) && *value <= most ? EXN_OK : EXN_CORRUPT;
}

/* pycocotools writes letters, annotation tools write lists. */
exn_status exn_mask_runs(const exn_label_shape *shape, size_t first, exn_rle *runs,
                         exn_error *error)
{
    if (shape->coded_size)
        return exn_rle_decode(shape->coded, runs);
    exn_status status = EXN_OK;
    for (size_t i = first; i < exn_numbers_count(shape->numbers) && status == EXN_OK; i++) {
        uint32_t run;
        status = read_count(shape, i, UINT32_MAX, &run, error);
        if (status == EXN_OK)
            status = exn_rle_add(runs, run);
    }
    return status;
}

exn_status exn_mask_brush(const exn_label_shape *shape, exn_account *account, exn_buffer *bytes,
                          exn_error *error)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < exn_numbers_count(shape->numbers) && status == EXN_OK; i++) {
        uint32_t value;
        status = read_count(shape, i, UINT8_MAX, &value, error);
        const uint8_t byte = status == EXN_OK ? (uint8_t)value : 0;
        if (status == EXN_OK)
            status = exn_account_append(account, bytes, &byte, 1);
    }
    return status;
}

/* ---- deflated PNGs */

bool exn_mask_is_deflated(exn_span data)
{
    return data.size > 2 && (data.data[0] & 0x0F) == Z_DEFLATED && exn_get16be(data.data) % 31 == 0;
}

/* A few kilobytes can inflate to gigabytes. */
exn_status exn_mask_inflate(exn_span in, exn_account *account, exn_buffer *out)
{
    uint8_t piece[4096];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in.data, .avail_in = (uInt)in.size};
    int said = in.size <= UINT32_MAX ? inflateInit(&z) : Z_MEM_ERROR;
    exn_status status = said == Z_OK ? EXN_OK : EXN_MEMORY;
    while (status == EXN_OK && said == Z_OK) {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        said = inflate(&z, Z_NO_FLUSH);
        if (said == Z_OK || said == Z_STREAM_END)
            status = exn_account_append(account, out, piece, sizeof piece - z.avail_out);
    }
    inflateEnd(&z);
    if (status != EXN_OK)
        return status;
    return said == Z_STREAM_END && z.avail_in == 0 ? EXN_OK : EXN_CORRUPT;
}

/* ---- how far they extend */

/* Column by column. A run of ones that continues in the next column reaches from its top to its
 * bottom. */
static exn_status measure_runs(const exn_label_shape *shape, exn_account *account,
                               exn_measure *measure)
{
    exn_rle runs = {.account = account};
    uint32_t height = 0, width = 0;
    uint64_t at = 0;
    exn_status status = read_count(shape, 0, UINT32_MAX, &height, NULL);
    if (status == EXN_OK)
        status = read_count(shape, 1, UINT32_MAX, &width, NULL);
    if (status == EXN_OK)
        status = exn_mask_runs(shape, 2, &runs, NULL);
    for (size_t i = 0; i < exn_rle_count(&runs) && height > 0 && status == EXN_OK; i++) {
        const uint64_t end = at + exn_rle_at(&runs, i), last = end - 1;
        if (i % 2 && end > at) {
            const uint64_t first = at / height, final = last / height;
            const bool is_one = first == final;
            exn_measure_extend(measure, (double)first, is_one ? (double)(at % height) : 0,
                               (double)(final + 1),
                               is_one ? (double)(last % height + 1) : (double)height);
        }
        at = end;
    }
    if (status == EXN_OK && at != (uint64_t)width * height)
        status = EXN_CORRUPT;
    exn_rle_free(&runs);
    return status;
}

/* Of RGBA pixels, those with any alpha are painted; if none is transparent, those that are not
 * black. */
static void measure_pixels(const uint8_t *pixels, uint32_t width, uint32_t height,
                           exn_measure *measure)
{
    const uint64_t count = (uint64_t)width * height;
    bool has_alpha = false;
    for (uint64_t i = 0; i < count && !has_alpha; i++)
        has_alpha = pixels[4 * i + 3] == 0;
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++, pixels += 4)
            if (has_alpha ? pixels[3] : pixels[0] | pixels[1] | pixels[2])
                exn_measure_extend(measure, x, y, x + 1.0, y + 1.0);
}

static exn_status measure_brush(const exn_label_shape *shape, uint32_t width, uint32_t height,
                                exn_account *account, exn_measure *measure)
{
    exn_buffer bytes = {0}, pixels = {0};
    exn_status status = exn_mask_brush(shape, account, &bytes, NULL);
    if (status == EXN_OK)
        status = exn_brush_decode(exn_buffer_span(&bytes), width, height, account, &pixels);
    if (status == EXN_OK)
        measure_pixels(pixels.data, width, height, measure);
    exn_account_free(account, &bytes);
    exn_account_free(account, &pixels);
    return status;
}

/* libpng's simplified interface keeps its longjmp() to itself. It takes 8 bytes per pixel, because
 * 16-bit samples are expanded on the way. No picture may be larger than what the call may still
 * take. */
static exn_status measure_png(exn_span png, exn_account *account, exn_measure *measure)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    exn_buffer pixels = {0};
    if (!png_image_begin_read_from_memory(&image, png.data, png.size))
        return EXN_CORRUPT;
    image.format = PNG_FORMAT_RGBA;
    exn_status status =
        exn_account_reserve(account, &pixels, (size_t)8 * image.width * image.height);
    if (status == EXN_OK && !png_image_finish_read(&image, NULL, pixels.data, 0, NULL))
        status = EXN_CORRUPT;
    if (status == EXN_OK)
        measure_pixels(pixels.data, image.width, image.height, measure);
    png_image_free(&image);
    exn_account_free(account, &pixels);
    return status;
}

/* A bitmap's numbers say where it begins. */
static exn_status measure_picture(const exn_label_shape *shape, exn_account *account,
                                  exn_measure *measure)
{
    exn_buffer data = {0}, png = {0};
    exn_base64_layout layout;
    bool is_valid = false;
    double x = 0, y = 0;
    exn_status status = exn_base64_decode(shape->coded, &layout, &data, &is_valid);
    if (status == EXN_OK && !is_valid)
        status = EXN_CORRUPT;
    const bool is_packed = status == EXN_OK && exn_mask_is_deflated(exn_buffer_span(&data));
    if (status == EXN_OK && is_packed)
        status = exn_mask_inflate(exn_buffer_span(&data), account, &png);
    if (status == EXN_OK)
        status = measure_png(exn_buffer_span(is_packed ? &png : &data), account, measure);
    if (status == EXN_OK && shape->kind == EXN_LABEL_BITMAP &&
        !(exn_decimal_read_value(exn_numbers_text(shape->numbers, 0), &x) &&
          exn_decimal_read_value(exn_numbers_text(shape->numbers, 1), &y)))
        status = EXN_CORRUPT;
    measure->left += x;
    measure->right += x;
    measure->top += y;
    measure->bottom += y;
    exn_buffer_free(&data);
    exn_account_free(account, &png);
    return status;
}

exn_status exn_mask_measure(const exn_label_shape *shape, uint32_t width, uint32_t height,
                            exn_account *account, exn_measure *measure)
{
    exn_status status = EXN_OK;
    exn_measure_init(measure);
    if (shape->refusal)
        return EXN_OK;
    if (shape->kind == EXN_LABEL_RUNS)
        status = measure_runs(shape, account, measure);
    else if (shape->kind == EXN_LABEL_BRUSH)
        status = measure_brush(shape, width, height, account, measure);
    else if (shape->kind == EXN_LABEL_PICTURE || shape->kind == EXN_LABEL_BITMAP)
        status = measure_picture(shape, account, measure);
    measure->is_any = measure->is_any && status == EXN_OK;
    return status == EXN_MEMORY ? EXN_MEMORY : EXN_OK;
}
