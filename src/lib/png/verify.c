/* SPDX-License-Identifier: MIT */
#include "verify.h"

#include "chunks.h"
#include "compare.h"
#include "decodable.h"

/* Compares everything that gives samples their meaning. */
static exn_status compare_headers(const exn_image *source, const exn_image *product,
                                  exn_error *error)
{
    const exn_png *a = source->state, *b = product->state;
    uint32_t width = a->width, height = a->height;
    exn_orientation_size(source->turn, &width, &height);
    const char *what = NULL;
    if (b->width != width || b->height != height)
        what = "size";
    else if (b->colour_type != a->colour_type || b->depth != a->depth)
        what = "colour type or depth";
    else if (b->interlaced != a->interlaced)
        what = "interlacing";
    else if (!exn_span_equal(exn_png_chunks_optional(a, a->plte),
                             exn_png_chunks_optional(b, b->plte)))
        what = "palette";
    else if (!exn_span_equal(exn_png_chunks_optional(a, a->trns),
                             exn_png_chunks_optional(b, b->trns)))
        what = "transparency";
    if (what)
        return exn_status_fail(error, EXN_MISMATCH, "the output's %s differs from the source's",
                               what);
    return EXN_OK;
}

/* The chunks that have to be the source's bytes if pixels stay: IDAT and those of an animation. */
static size_t next_picture_chunk(const exn_png *png, size_t index)
{
    while (++index < png->count) {
        uint32_t type = png->chunks[index].type;
        if (type == EXN_PNG_IDAT || type == EXN_PNG_ACTL || type == EXN_PNG_FCTL ||
            type == EXN_PNG_FDAT)
            break;
    }
    return index;
}

/* Pixels that were not rotated are the same bytes, so nothing has to be decoded. Compares whole
 * chunks, including CRC and sequence number. */
static bool same_picture_chunks(const exn_png *a, const exn_png *b)
{
    size_t i = next_picture_chunk(a, 0), k = next_picture_chunk(b, 0);
    while (i < a->count && k < b->count &&
           exn_span_equal(exn_png_chunks_whole(a, &a->chunks[i]),
                          exn_png_chunks_whole(b, &b->chunks[k]))) {
        i = next_picture_chunk(a, i);
        k = next_picture_chunk(b, k);
    }
    return i == a->count && k == b->count;
}

/* Compares one picture in two files: place, time, size, streams, samples. */
static exn_status compare_frames(const exn_png_frame *source, const exn_png_frame *product,
                                 exn_orientation o, exn_error *error)
{
    uint32_t width = source->width, height = source->height;
    exn_orientation_size(o, &width, &height);
    if (!exn_png_frames_same_control(source, product, o) || product->width != width ||
        product->height != height)
        return exn_status_fail(error, EXN_MISMATCH, "the output's frames differ from the source's");
    return exn_png_compare_samples(source, product, o, error);
}

static exn_status compare_pictures(const exn_png *source, const exn_png *product, exn_orientation o,
                                   exn_error *error)
{
    exn_png_frame a = exn_png_frames_default_image(source),
                  b = exn_png_frames_default_image(product);
    exn_status status;
    if (!exn_span_equal(exn_png_chunks_optional(source, source->acTL),
                        exn_png_chunks_optional(product, product->acTL)))
        return exn_status_fail(error, EXN_MISMATCH,
                               "the output's animation differs from the source's");
    /* Both have as many frames as their acTL says. */
    do {
        status = compare_frames(&a, &b, o, error);
    } while (status == EXN_OK && exn_png_frames_next(&a) && exn_png_frames_next(&b));
    return status;
}

/* No frame is larger than the default image. */
static uint64_t memory_to_compare(const exn_png *source, const exn_png *product)
{
    exn_png_frame a = exn_png_frames_default_image(source),
                  b = exn_png_frames_default_image(product);
    exn_png_grid before = exn_png_grid_of(&a), after = exn_png_grid_of(&b);
    return (uint64_t)source->data.size + product->data.size +
           exn_png_compare_memory(&before, &after, product->interlaced);
}

exn_status exn_png_verify(const exn_image *source, const exn_image *product,
                          const exn_options *options, const exn_result *result, exn_error *error)
{
    (void)result;
    const exn_png *a = source->state, *b = product->state;
    exn_status status = compare_headers(source, product, error);
    if (status != EXN_OK)
        return status;
    if (exn_orientation_is_identity(source->turn) && same_picture_chunks(a, b))
        return EXN_OK;
    status = exn_png_decodable_check(a, options, error);
    if (status == EXN_OK)
        status = exn_png_decodable_check(b, options, error);
    if (status == EXN_OK)
        status = exn_status_need_memory(error, memory_to_compare(a, b), options->max_memory);
    if (status == EXN_OK)
        status = compare_pictures(a, b, source->turn, error);
    return status;
}
