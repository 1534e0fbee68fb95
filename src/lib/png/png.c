/* SPDX-License-Identifier: MIT */
/* The PNG entry in the table of formats: reading. traces.h finds orientations, rebuild.h writes the
 * new file, verify.h reads it back. */
#include "png.h"

#include <stdlib.h>

#include "collect.h"
#include "decodable.h"
#include "pixels.h"
#include "rebuild.h"
#include "show.h"
#include "traces.h"
#include "verify.h"

static bool sniff(exn_span head)
{
    return exn_span_starts(head, "\x89PNG\r\n\x1a\n", EXN_PNG_SIGNATURE_SIZE);
}

static exn_status scan(exn_image *image, const exn_options *options, exn_error *error)
{
    exn_png *png = calloc(1, sizeof *png);
    if (!png)
        return exn_status_fail(error, EXN_MEMORY, "chunk list");
    /* close_image() frees it from here on, whatever fails. */
    image->state = png;
    exn_status status = exn_png_chunks_parse(png, image->data, error);
    png->cancel = exn_cancel_of(options);
    image->width = png->width;
    image->height = png->height;
    image->components = exn_png_chunks_channels(png->colour_type);
    if (status != EXN_OK)
        return status;
    if (png->open_end || png->bad_end || png->stray_palette || png->stray_data)
        image->warnings |= 1u << EXN_WARN_HARMLESS_NOISE;
    /* Only decoding tells whether pixels are missing there. */
    image->is_doubtful = png->open_end || png->stray_data;
    return exn_png_traces_scan(image, png, options, error);
}

static exn_status look(exn_image *image, const exn_source *source, const exn_options *options,
                       exn_error *error)
{
    exn_status status = exn_png_collect(source, options->max_memory, &image->header, error);
    image->data = exn_buffer_span(&image->header);
    return status == EXN_OK ? scan(image, options, error) : status;
}

/* Also after a failed scan, with as much of the list as there is. */
static void close_image(exn_image *image)
{
    exn_png *png = image->state;
    if (png)
        exn_png_chunks_free(png);
    free(png);
    image->state = NULL;
}

/* Keeps no rows, so that a large picture takes little memory. */
static exn_status decode(const exn_image *image, const exn_options *options, exn_result *result,
                         exn_error *error)
{
    const exn_png *png = image->state;
    exn_png_frame frame = exn_png_frames_default_image(png);
    exn_png_grid grid = exn_png_grid_of(&frame); /* no frame has a larger one */
    uint64_t need = image->data.size + exn_png_pixels_codec_memory(&grid);
    bool forgiven = false;
    exn_status status = exn_png_decodable_check_picture(png, options, error);
    if (status == EXN_OK)
        status = exn_png_decodable_forgive_animation(png, options, &forgiven, error);
    if (status == EXN_OK)
        status = exn_status_need_memory(error, need, options->max_memory);
    if (status != EXN_OK)
        return status;
    result->warnings |=
        exn_png_decodable_judge_transparency(png) | (forgiven ? 1u << EXN_WARN_HARMLESS_NOISE : 0);
    do {
        status = exn_png_pixels_read(&frame, NULL, &result->warnings, error);
    } while (status == EXN_OK && !forgiven && exn_png_frames_next(&frame));
    return status;
}

const exn_format_ops exn_png_format = {
    .id = EXN_FORMAT_PNG,
    .sniff = sniff,
    .scan = scan,
    .look = look,
    .produce = exn_png_rebuild,
    .decode = decode,
    .verify = exn_png_verify,
    .show = exn_png_show,
    .close = close_image,
};
