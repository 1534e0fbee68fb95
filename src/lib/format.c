/* SPDX-License-Identifier: MIT */
#include "format.h"

#include <string.h>
#include <strings.h>

#include "heif/heif.h"
#include "jpeg/jpeg.h"
#include "jpeg/show.h"
#include "jxl/jxl.h"
#include "png/png.h"
#include "tiff/tiff.h"
#include "webp/webp.h"

/* No two signatures match the same head, so the order does not matter. */
static const exn_format_ops *const formats[] = {
    &exn_jpeg_format,      &exn_png_format,  &exn_webp_format, &exn_heif_heic_format,
    &exn_heif_avif_format, &exn_heif_format, &exn_tiff_format, &exn_jxl_format,
};

const exn_format_ops *exn_format_of(exn_span head)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (formats[i]->sniff(head))
            return formats[i];
    return NULL;
}

exn_thumbnails exn_format_thumbnails(uint64_t max_memory)
{
    return exn_jpeg_thumbnails(max_memory);
}

exn_status exn_format_write_small(const exn_raster *raster, exn_buffer *out, exn_error *error)
{
    return exn_jpeg_show_write(raster, out, error);
}

exn_format exn_sniff(const void *data, size_t size)
{
    const exn_format_ops *format = exn_format_of((exn_span){data, data ? size : 0});
    return format ? format->id : EXN_FORMAT_UNKNOWN;
}

exn_format exn_format_named(const char *path)
{
    static const struct {
        const char *ending;
        exn_format format;
    } rows[] = {
        {".jpg", EXN_FORMAT_JPEG},
        {".jpeg", EXN_FORMAT_JPEG},
        {".png", EXN_FORMAT_PNG},
        {".webp", EXN_FORMAT_WEBP},
    };
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *name = slash ? slash + 1 : path;
    const char *dot = name ? strrchr(name, '.') : NULL;
    if (!dot || strncmp(name, "._", 2) == 0)
        return EXN_FORMAT_UNKNOWN;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcasecmp(dot, rows[i].ending) == 0)
            return rows[i].format;
    return EXN_FORMAT_UNKNOWN;
}
