/* SPDX-License-Identifier: MIT */
#include "show.h"

#include <webp/decode.h>

/* libwebp scales while it decodes, but holds a lossless picture entirely. */
static exn_status check(const WebPBitstreamFeatures *found, const exn_options *options,
                        exn_error *error)
{
    enum { PIXEL = 8, REST = 4 << 20 };
    if (found->has_animation)
        return exn_status_fail(error, EXN_UNSUPPORTED, "an animation");
    exn_status status = exn_status_need_pixels(error, (uint32_t)found->width,
                                               (uint32_t)found->height, options->max_pixels);
    if (status == EXN_OK)
        status = exn_status_need_memory(
            error, (uint64_t)found->width * (uint64_t)found->height * PIXEL + REST,
            options->max_memory);
    return status;
}

/* Twice the requested size: the final step averages pixels in the same way for all formats. */
static void choose_scale(WebPDecoderConfig *config, uint32_t side)
{
    const int width = config->input.width, height = config->input.height,
              longest = width > height ? width : height, most = 2 * (int)side;
    config->options.use_scaling = longest > most;
    if (longest <= most)
        return;
    config->options.scaled_width = (int)((int64_t)width * most / longest);
    config->options.scaled_height = (int)((int64_t)height * most / longest);
    config->options.scaled_width += config->options.scaled_width == 0;
    config->options.scaled_height += config->options.scaled_height == 0;
}

/* Blends with white, like a PNG. */
static void lay_on_white(const uint8_t *rgba, size_t pixels, uint8_t *rgb)
{
    for (size_t i = 0; i < pixels; i++, rgba += 4)
        for (int k = 0; k < EXN_RASTER_BYTES; k++)
            *rgb++ = (uint8_t)((rgba[k] * rgba[3] + 255 * (255 - rgba[3]) + 127) / 255);
}

exn_status exn_webp_show(exn_span file, uint32_t side, const exn_options *options,
                         exn_raster *raster, exn_error *error)
{
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config))
        return exn_status_fail(error, EXN_INTERNAL,
                               "libwebp is not of the version that this was built for");
    if (WebPGetFeatures(file.data, file.size, &config.input) != VP8_STATUS_OK)
        return exn_status_fail(error, EXN_CORRUPT, "its headers");
    exn_status status = check(&config.input, options, error);
    if (status != EXN_OK)
        return status;
    choose_scale(&config, side);
    config.output.colorspace = MODE_RGBA;
    if (WebPDecode(file.data, file.size, &config) != VP8_STATUS_OK)
        status = exn_status_fail(error, EXN_CORRUPT, "its picture");
    if (status == EXN_OK)
        status = exn_raster_make(raster, (uint32_t)config.output.width,
                                 (uint32_t)config.output.height, error);
    for (uint32_t y = 0; status == EXN_OK && y < raster->height; y++)
        lay_on_white(config.output.u.RGBA.rgba + (size_t)y * (size_t)config.output.u.RGBA.stride,
                     raster->width, raster->rgb + (size_t)y * raster->width * EXN_RASTER_BYTES);
    WebPFreeDecBuffer(&config.output);
    return status;
}
