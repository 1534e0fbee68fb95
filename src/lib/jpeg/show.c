/* SPDX-License-Identifier: MIT */
#include "show.h"

#include <stdlib.h>

#include "libjpeg_io.h"

/* Scans that are read of a progressive file: cameras and encoders write ten, and a file of
 * thousands of empty ones is there to cost time. */
enum { SCANS_MOST = 200 };

/* libjpeg scales by eighths, each of which costs less than the next: the smallest that is no
 * smaller than asked for (libjpeg.txt, "Decompression parameter selection"). */
static void choose_scale(struct jpeg_decompress_struct *d, uint32_t side)
{
    enum { WHOLE = 8 };
    const uint32_t longest = d->image_width > d->image_height ? d->image_width : d->image_height;
    d->scale_denom = WHOLE;
    for (d->scale_num = 1; d->scale_num < WHOLE; d->scale_num *= 2)
        if ((uint64_t)longest * d->scale_num >= (uint64_t)side * WHOLE)
            break;
}

/* Of all that several scans bring libjpeg holds the coefficients; of one scan some rows. */
static uint64_t memory(const struct exn_libjpeg *lib)
{
    enum { BLOCK = 64 * sizeof(JCOEF), ROWS = 64, REST = 1 << 20 };
    const struct jpeg_decompress_struct *d = &lib->object.decompress;
    uint64_t bytes = lib->file.size + REST + (uint64_t)d->image_width * d->num_components * ROWS;
    if (jpeg_has_multiple_scans((j_decompress_ptr)(uintptr_t)d))
        for (int i = 0; i < d->num_components; i++)
            bytes += (uint64_t)(d->comp_info[i].width_in_blocks + d->comp_info[i].h_samp_factor) *
                     (d->comp_info[i].height_in_blocks + d->comp_info[i].v_samp_factor) * BLOCK;
    return bytes;
}

/* Four components are Adobe's, inks by what they leave of the light: so browsers take them,
 * whatever the file says. libjpeg makes CMYK of YCCK and goes no further. */
static void mix_inks(const uint8_t *inks, uint32_t width, uint8_t *rgb)
{
    for (uint32_t x = 0; x < width; x++, inks += 4)
        for (int i = 0; i < EXN_RASTER_BYTES; i++)
            *rgb++ = (uint8_t)(inks[i] * inks[3] / 255);
}

static exn_status check(const struct exn_libjpeg *lib, const exn_options *options, exn_error *error)
{
    const struct jpeg_decompress_struct *d = &lib->object.decompress;
    exn_status status =
        exn_status_need_pixels(error, d->image_width, d->image_height, options->max_pixels);
    return status == EXN_OK ? exn_status_need_memory(error, memory(lib), options->max_memory)
                            : status;
}

/* A row of four components has no place in the raster. */
static void read_rows(struct exn_libjpeg *lib, exn_raster *raster, uint8_t *inks)
{
    struct jpeg_decompress_struct *d = &lib->object.decompress;
    const size_t stride = (size_t)raster->width * EXN_RASTER_BYTES;
    while (d->output_scanline < d->output_height) {
        uint8_t *row = raster->rgb + d->output_scanline * stride;
        JSAMPROW to = inks ? inks : row;
        if (jpeg_read_scanlines(d, &to, 1) == 1 && inks)
            mix_inks(inks, raster->width, row);
    }
}

/* What libjpeg warns of is shown as it is, as browsers do. Locals that change behind setjmp() are
 * the caller's. */
static exn_status decode(struct exn_libjpeg *lib, uint32_t side, const exn_options *options,
                         exn_raster *raster, uint8_t **inks, exn_error *error)
{
    struct jpeg_decompress_struct *d = &lib->object.decompress;
    if (setjmp(lib->escape))
        return exn_libjpeg_io_escaped(lib, error);
    jpeg_read_header(d, TRUE);
    exn_status status = check(lib, options, error);
    if (status != EXN_OK)
        return status;
    choose_scale(d, side);
    d->out_color_space = d->num_components == 4 ? JCS_CMYK : JCS_RGB;
    jpeg_start_decompress(d);
    status = exn_raster_make(raster, d->output_width, d->output_height, error);
    if (status == EXN_OK && d->out_color_space == JCS_CMYK) {
        *inks = malloc((size_t)d->output_width * 4);
        if (!*inks)
            status = exn_status_fail(error, EXN_MEMORY, "sample row");
    }
    if (status == EXN_OK)
        read_rows(lib, raster, *inks);
    return status;
}

exn_status exn_jpeg_show(exn_span file, uint32_t side, const exn_options *options,
                         exn_raster *raster, exn_error *error)
{
    const exn_cancel cancel = exn_cancel_of(options);
    uint8_t *inks = NULL;
    struct exn_libjpeg *lib;
    exn_status status = exn_libjpeg_io_decoder(&lib, file, &cancel, error);
    if (status == EXN_OK) {
        lib->most_scans = SCANS_MOST;
        status = decode(lib, side, options, raster, &inks, error);
    }
    exn_libjpeg_io_close(lib);
    free(inks);
    return status;
}

static exn_status encode(struct exn_libjpeg *lib, const exn_raster *raster, exn_error *error)
{
    enum { QUALITY = 75 };
    struct jpeg_compress_struct *c = &lib->object.compress;
    if (setjmp(lib->escape))
        return exn_libjpeg_io_escaped(lib, error);
    c->image_width = raster->width;
    c->image_height = raster->height;
    c->input_components = EXN_RASTER_BYTES;
    c->in_color_space = JCS_RGB;
    jpeg_set_defaults(c);
    jpeg_set_quality(c, QUALITY, TRUE);
    c->optimize_coding = TRUE;
    jpeg_start_compress(c, TRUE);
    while (c->next_scanline < c->image_height) {
        JSAMPROW row = raster->rgb + (size_t)c->next_scanline * raster->width * EXN_RASTER_BYTES;
        jpeg_write_scanlines(c, &row, 1);
    }
    jpeg_finish_compress(c);
    return EXN_OK;
}

exn_status exn_jpeg_show_write(const exn_raster *raster, exn_buffer *out, exn_error *error)
{
    struct exn_libjpeg *lib = exn_libjpeg_io_open();
    if (!lib)
        return exn_status_fail(error, EXN_MEMORY, "encoder");
    exn_status status = EXN_OK;
    if (setjmp(lib->escape))
        status = exn_libjpeg_io_escaped(lib, error);
    else
        jpeg_create_compress(&lib->object.compress);
    if (status == EXN_OK) {
        exn_libjpeg_io_write_to(lib, out, 0, UINT64_MAX);
        status = encode(lib, raster, error);
    }
    jpeg_destroy(&lib->object.common);
    free(lib);
    return status;
}
