/* SPDX-License-Identifier: MIT */
#include "move_picture.h"

#include <zlib.h>

#include "decimal_short.h"
#include "mask.h"
#include "metadata/base64.h"

/* Rotated like any PNG, so samples, palette and transparency are preserved; an orientation of its
 * own is ignored. It takes no more memory than the call has left. A partial mask has its own size,
 * which is not the image's; a mask of the whole image with any other size belongs to another image.
 */
static exn_status rotate(exn_mover *m, exn_span png, exn_bytes *output, exn_result *result)
{
    exn_options options;
    exn_error error;
    exn_options_init(&options, sizeof options);
    exn_result_init(result, sizeof *result);
    options.max_memory = exn_account_left(m->edits->account);
    if (exn_sniff(png.data, png.size) != EXN_FORMAT_PNG)
        return exn_mover_fail(m, EXN_UNSUPPORTED, "a mask that is no PNG");
    exn_status status = exn_orient(png.data, png.size, exn_orientation_to_exif(m->move->o),
                                   &options, output, result, &error);
    if (status != EXN_OK)
        return exn_label_fail(m->error, status, &m->shape->place, "its PNG: %s", error.detail);
    return !m->shape->is_part && m->shape->kind == EXN_LABEL_PICTURE &&
                   (result->width_in != m->move->width || result->height_in != m->move->height)
               ? exn_mover_fail(m, EXN_CORRUPT, "a mask of another size than its image")
               : EXN_OK;
}

static exn_status inflate_all(exn_mover *m, exn_span in, exn_buffer *out)
{
    exn_status status = exn_mask_inflate(in, m->edits->account, out);
    if (status == EXN_OK)
        return EXN_OK;
    return exn_mover_fail(
        m, status, status == EXN_CORRUPT ? "a bitmap that is damaged" : "its bitmap, inflated");
}

static exn_status deflate_all(exn_mover *m, const exn_bytes *in, exn_buffer *out)
{
    uLongf size = compressBound((uLong)in->size);
    exn_status status = exn_account_reserve(m->edits->account, out, size);
    if (status == EXN_OK && compress(out->data, &size, in->data, (uLong)in->size) != Z_OK)
        status = EXN_MEMORY;
    out->size = status == EXN_OK ? size : 0;
    return status == EXN_OK ? EXN_OK : exn_mover_fail(m, status, "its bitmap, deflated");
}

/* On a mirrored axis it begins where its far end was, by its own width or height. */
static exn_status move_origin(exn_mover *m, const exn_result *bitmap)
{
    const exn_orientation o = m->move->o;
    const uint32_t lengths[2] = {bitmap->width_in, bitmap->height_in},
                   sides[2] = {m->move->width, m->move->height};
    exn_status status = EXN_OK;
    for (size_t i = 0; i < 2 && status == EXN_OK; i++) {
        const size_t slot = o.transpose ? 1 - i : i;
        const exn_decimal_short length = {lengths[i], 0};
        char text[EXN_DECIMAL_SHORT_SIZE];
        if (!(i ? o.flip_y : o.flip_x)) {
            status = exn_mover_copy(m, slot, i);
            continue;
        }
        const size_t size = exn_decimal_short_mirror(
            sides[i], exn_numbers_short(m->shape->numbers, i), &length, EXN_DECIMAL_SAME, text);
        status = size > 0 ? exn_mover_put(m, slot, (exn_span){(const uint8_t *)text, size})
                          : exn_mover_fail(m, EXN_LIMIT, "a number has too many digits");
    }
    return status;
}

/* Deflated again if it was. */
static exn_status rewrite(exn_mover *m, exn_span data, const exn_base64_layout *layout,
                          exn_buffer *text)
{
    const bool is_packed = m->shape->kind == EXN_LABEL_BITMAP && exn_mask_is_deflated(data);
    exn_buffer png = {0}, packed = {0};
    exn_bytes output = {0};
    exn_result result;
    exn_status status = is_packed ? inflate_all(m, data, &png) : EXN_OK;
    if (status == EXN_OK)
        status = rotate(m, is_packed ? exn_buffer_span(&png) : data, &output, &result);
    if (status == EXN_OK && is_packed)
        status = deflate_all(m, &output, &packed);
    if (status == EXN_OK)
        status = exn_base64_encode(is_packed ? exn_buffer_span(&packed)
                                             : (exn_span){output.data, output.size},
                                   layout, text);
    if (status == EXN_OK && m->shape->kind == EXN_LABEL_BITMAP)
        status = move_origin(m, &result);
    exn_account_free(m->edits->account, &png);
    exn_account_free(m->edits->account, &packed);
    exn_bytes_free(&output);
    return status;
}

/* The layout is kept: base64 in lines of 76 characters stays so. */
exn_status exn_move_picture(exn_mover *m)
{
    exn_buffer data = {0}, text = {0};
    exn_base64_layout layout;
    bool is_valid = false;
    exn_status status = exn_base64_decode(m->shape->coded, &layout, &data, &is_valid);
    if (status == EXN_OK && (!is_valid || data.size == 0))
        status = exn_mover_fail(m, EXN_CORRUPT, "a mask that is no base64");
    if (status == EXN_OK)
        status = rewrite(m, exn_buffer_span(&data), &layout, &text);
    if (status == EXN_OK)
        status = exn_edits_put(m->edits, m->shape->coded_offset, m->shape->coded_size,
                               exn_buffer_span(&text), m->error);
    exn_buffer_free(&data);
    exn_buffer_free(&text);
    return status == EXN_OK ? EXN_OK : exn_mover_fail(m, status, "");
}
