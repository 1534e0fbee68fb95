/* SPDX-License-Identifier: MIT */
#include "show.h"

#include <stdlib.h>
#include <string.h>

#include "libjpeg_io.h"
#include "make.h"

/* How many scans to read of a progressive file. Cameras and encoders write ten; a file of thousands
 * of empty ones only exists to waste time. */
enum { SCANS_MOST = 200 };

/* libjpeg scales by eighths, smaller ones being faster. Chooses the smallest that is no smaller
 * than requested (libjpeg.txt, "Decompression parameter selection"). */
static void choose_scale(struct jpeg_decompress_struct *d, uint32_t side)
{
    enum { WHOLE = 8 };
    const uint32_t longest = d->image_width > d->image_height ? d->image_width : d->image_height;
    d->scale_denom = WHOLE;
    for (d->scale_num = 1; d->scale_num < WHOLE; d->scale_num *= 2)
        if ((uint64_t)longest * d->scale_num >= (uint64_t)side * WHOLE)
            break;
}

/* With several scans libjpeg holds all coefficients, with one scan a few rows. */
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

/* Four components are Adobe's inks, stored as the light that they leave. Browsers assume that
 * whatever the file says. libjpeg converts YCCK to CMYK and no further. */
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

/* A row of four components does not fit into the raster. */
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

/* Pictures that libjpeg warns about are shown as they are, as browsers do. Locals that change after
 * setjmp() belong to the caller. */
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

static void copy_row(const exn_samples *samples, uint32_t y, uint8_t *to)
{
    const exn_raster *raster = samples->context;
    const size_t stride = (size_t)raster->width * EXN_RASTER_BYTES;
    memcpy(to, raster->rgb + y * stride, stride);
}

/* Chroma is halved both ways, libjpeg's default. */
exn_status exn_jpeg_show_write(const exn_raster *raster, exn_buffer *out, exn_error *error)
{
    enum { QUALITY = 75 };
    const exn_samples samples = {.width = raster->width,
                                 .height = raster->height,
                                 .components = EXN_RASTER_BYTES,
                                 .depth = 8,
                                 .bits = 8,
                                 .row = copy_row,
                                 .shift_x = 1,
                                 .shift_y = 1,
                                 .context = raster};
    return exn_jpeg_make(&samples, QUALITY, 0, UINT64_MAX, NULL, out, error);
}
