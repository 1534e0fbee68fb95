/* SPDX-License-Identifier: MIT */
#include "decodable.h"

#include "frames.h"

/* Clause 11.3.1.1: what tRNS may hold for each colour type. Decoders ignore an illegal or damaged
 * one, so it is copied as it is, and they will keep ignoring it. */
uint32_t exn_png_decodable_judge_transparency(const exn_png *png)
{
    if (!png->trns)
        return 0;
    const exn_png_chunk *trns = &png->chunks[png->trns];
    bool legal;
    if (png->colour_type == EXN_PNG_PALETTE)
        legal = trns->size <= exn_png_chunks_optional(png, png->plte).size / 3;
    else
        legal = trns->size == (png->colour_type == EXN_PNG_GRAY  ? 2
                               : png->colour_type == EXN_PNG_RGB ? 6
                                                                 : UINT32_MAX);
    return legal && exn_png_chunks_crc_valid(png, trns) ? 0 : 1u << EXN_WARN_HARMLESS_NOISE;
}

/* Nobody can decode a picture with an unknown critical chunk (clause 5.4). The parser has checked
 * the CRCs of IHDR and PLTE, and exn_png_pixels_read() checks those of IDAT. No decoder fails
 * because of any others. */
static exn_status check_critical(const exn_png *png, exn_error *error)
{
    for (size_t i = 0; i < png->count; i++) {
        uint32_t type = png->chunks[i].type;
        if (exn_png_is_critical(type) && type != EXN_PNG_IHDR && type != EXN_PNG_PLTE &&
            type != EXN_PNG_IDAT && type != EXN_PNG_IEND)
            return exn_status_fail(error, EXN_UNSUPPORTED, "unknown critical chunk %s",
                                   exn_png_chunks_type_name(type).text);
    }
    return EXN_OK;
}

exn_status exn_png_decodable_check_picture(const exn_png *png, const exn_options *options,
                                           exn_error *error)
{
    exn_status status = exn_status_need_pixels(error, png->width, png->height, options->max_pixels);
    return status == EXN_OK ? check_critical(png, error) : status;
}

/* Checks everything required before a pixel is processed, except for the streams of pixels. */
exn_status exn_png_decodable_check(const exn_png *png, const exn_options *options, exn_error *error)
{
    exn_status status = exn_png_decodable_check_picture(png, options, error);
    if (status == EXN_OK)
        status = exn_png_frames_check(png, options->max_pixels, error);
    return status;
}

/* If an animation contradicts itself, browsers show the default image, and a file that stays as it
 * is will keep being shown so. A chunk with a wrong CRC, and a file without its end, are damage. */
exn_status exn_png_decodable_forgive_animation(const exn_png *png, const exn_options *options,
                                               bool *forgiven, exn_error *error)
{
    exn_error slip = {0};
    exn_status status = exn_png_frames_check(png, options->max_pixels, &slip);
    *forgiven = status == EXN_CORRUPT && !png->open_end && exn_png_frames_intact(png);
    return status == EXN_OK || *forgiven ? EXN_OK
                                         : exn_status_fail(error, status, "%s", slip.detail);
}
