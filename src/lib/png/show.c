/* SPDX-License-Identifier: MIT */
#include "show.h"

#include <png.h>

/* What libpng holds besides the picture: an inflater, a few rows, and gamma tables, which the
 * simplified interface makes for 16 bits. */
enum { REST = 4 << 20 };

/* libpng's simplified interface converts anything to 8-bit sRGB and blends transparency with white,
 * the color of most pages; it keeps its longjmp() to itself. It decodes the whole picture or
 * nothing: PNG has no scaled decoding. */
exn_status exn_png_show(exn_span file, uint32_t side, const exn_options *options,
                        exn_raster *raster, exn_error *error)
{
    const png_color white = {255, 255, 255};
    png_image image = {.version = PNG_IMAGE_VERSION};
    (void)side;
    exn_status status = EXN_OK;
    if (!png_image_begin_read_from_memory(&image, file.data, file.size))
        return exn_status_fail(error, EXN_CORRUPT, "%s", image.message);
    image.format = PNG_FORMAT_RGB;
    status = exn_status_need_pixels(error, image.width, image.height, options->max_pixels);
    if (status == EXN_OK) /* 16 bits and alpha on the way: 8 bytes per pixel */
        status = exn_status_need_memory(error,
                                        (uint64_t)image.width * image.height * 8 + file.size + REST,
                                        options->max_memory);
    if (status == EXN_OK)
        status = exn_raster_make(raster, image.width, image.height, error);
    if (status == EXN_OK && !png_image_finish_read(&image, &white, raster->rgb, 0, NULL))
        status = exn_status_fail(error, EXN_CORRUPT, "%s", image.message);
    png_image_free(&image);
    return status;
}
