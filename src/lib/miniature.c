/* SPDX-License-Identifier: MIT */
/* The call of the public header that makes small pictures. */
#include "arguments.h"
#include "cancel.h"
#include "format.h"

enum { SIDE_MOST = 4096 }; /* anything larger is not a small picture */

static exn_status check_side(uint32_t side, exn_error *error)
{
    if (side > 0 && side <= SIDE_MOST)
        return EXN_OK;
    return exn_status_fail(error, EXN_BAD_ARGUMENT, "side is %u, 1 to %u expected", side,
                           (unsigned)SIDE_MOST);
}

/* Rotated once it is small, when that costs nothing. Only the caller's orientation is used, if any;
 * the file's own is ignored. */
static exn_status make(exn_span file, uint32_t side, const exn_options *options, exn_buffer *out,
                       exn_error *error)
{
    exn_raster raster = {0};
    const exn_format_ops *format = exn_format_of(file);
    if (!format)
        return exn_status_fail(error, EXN_NOT_AN_IMAGE, "%s", "");
    if (!format->show)
        return exn_status_fail(error, EXN_UNSUPPORTED, "%s", "");
    exn_status status = format->show(file, side, options, &raster, error);
    if (status == EXN_OK)
        status = exn_raster_shrink(&raster, side, error);
    if (status == EXN_OK)
        status = exn_raster_turn(&raster, exn_orientation_from_exif(options->orientation), error);
    if (status == EXN_OK)
        status = exn_format_write_small(&raster, out, error);
    exn_raster_free(&raster);
    return status;
}

/* Each argument is checked before any of them is used, and output is also set (to nothing) on
 * failure, so a caller may free it in any case. */
exn_status exn_miniature(const void *data, size_t size, uint32_t side, const exn_options *options,
                         exn_bytes *output, exn_error *error)
{
    exn_options own;
    exn_cancel_memory memory;
    exn_buffer out = {0};
    if (error)
        *error = (exn_error){0};
    exn_status status = exn_arguments_options(options, &own, error);
    exn_cancel_remember(&memory, &own);
    if (status == EXN_OK)
        status = check_side(side, error);
    if (status == EXN_OK)
        status = exn_arguments_data(data, size, "data", error);
    if (status == EXN_OK)
        status = exn_arguments_given(output, "output", error);
    if (status == EXN_OK)
        status = make((exn_span){data, size}, side, &own, &out, error);
    status = exn_cancel_settle(&memory, status, error);
    if (status != EXN_OK)
        exn_buffer_free(&out);
    if (output)
        *output = (exn_bytes){out.data, out.size};
    return status;
}
