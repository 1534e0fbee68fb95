/* SPDX-License-Identifier: MIT */
#include "move_picture.h"

#include "metadata/base64.h"

/* Rotated like any PNG, so that samples, palette and transparency stay what they are; what it says
 * of an orientation of its own does not count. It takes no more memory than what is left to the
 * whole call. A mask of a part has its part's size, which is not the image's; of a whole image any
 * other size is another image's mask. */
static exn_status rotate(exn_mover *m, exn_span png, exn_buffer *text,
                         const exn_base64_layout *layout)
{
    exn_options options;
    exn_result result;
    exn_error error;
    exn_bytes output = {0};
    exn_options_init(&options, sizeof options);
    exn_result_init(&result, sizeof result);
    options.max_memory = exn_account_left(m->edits->account);
    if (exn_sniff(png.data, png.size) != EXN_FORMAT_PNG)
        return exn_mover_fail(m, EXN_UNSUPPORTED, "a mask that is no PNG");
    exn_status status = exn_orient(png.data, png.size, exn_orientation_to_exif(m->move->o),
                                   &options, &output, &result, &error);
    if (status != EXN_OK)
        return exn_label_fail(m->error, status, &m->shape->place, "its PNG: %s", error.detail);
    if (!m->shape->is_part &&
        (result.width_in != m->move->width || result.height_in != m->move->height))
        status = exn_mover_fail(m, EXN_CORRUPT, "a mask of another size than its image");
    if (status == EXN_OK)
        status = exn_base64_encode((exn_span){output.data, output.size}, layout, text);
    exn_bytes_free(&output);
    return status;
}

/* The layout is kept: base64 in lines of 76 stays so. */
exn_status exn_move_picture(exn_mover *m)
{
    exn_buffer png = {0}, text = {0};
    exn_base64_layout layout;
    bool is_valid = false;
    exn_status status = exn_base64_decode(m->shape->coded, &layout, &png, &is_valid);
    if (status == EXN_OK && (!is_valid || png.size == 0))
        status = exn_mover_fail(m, EXN_CORRUPT, "a mask that is no base64");
    if (status == EXN_OK)
        status = rotate(m, exn_buffer_span(&png), &text, &layout);
    if (status == EXN_OK)
        status = exn_edits_put(m->edits, m->shape->coded_offset, m->shape->coded_size,
                               exn_buffer_span(&text), m->error);
    exn_buffer_free(&png);
    exn_buffer_free(&text);
    return status == EXN_OK ? EXN_OK : exn_mover_fail(m, status, "");
}
