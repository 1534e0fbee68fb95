/* SPDX-License-Identifier: MIT */
#include "verify.h"

#include <string.h>

#include "frames.h"

/* The next chunk that has to be the same byte for byte: neither metadata, nor a picture that was
 * rotated. */
static size_t next_kept(const exn_webp *webp, size_t index, bool turned)
{
    while (index < webp->count && (exn_webp_chunks_is_metadata(webp->chunks[index].name) ||
                                   (turned && exn_webp_frames_is_part(webp, index))))
        index++;
    return index;
}

/* VP8X's metadata flags are the output's own, and its sides have been compared as those of the
 * images. Reserved bytes, and any extra ones in a longer VP8X, have to stay. */
static bool is_same_head(const exn_webp *source, const exn_webp *product, exn_span from,
                         exn_span to)
{
    enum { METADATA = EXN_WEBP_FLAG_EXIF | EXN_WEBP_FLAG_XMP, SIDES = 4 };
    return ((source->flags ^ product->flags) & ~METADATA) == 0 && to.size == from.size &&
           memcmp(from.data + 1, to.data + 1, SIDES - 1) == 0 &&
           exn_span_equal(exn_span_part(from, EXN_WEBP_VP8X_SIZE, SIZE_MAX),
                          exn_span_part(to, EXN_WEBP_VP8X_SIZE, SIZE_MAX));
}

/* They have to be in the same order, and on the same side of the RIFF's end. */
static bool is_same(const exn_image *a, size_t i, const exn_image *b, size_t k)
{
    const exn_webp *source = a->state, *product = b->state;
    const exn_webp_chunk *x = &source->chunks[i], *y = &product->chunks[k];
    const exn_span from = exn_webp_chunks_data(x, a->data), to = exn_webp_chunks_data(y, b->data);
    if (x->name != y->name || (i < source->inside) != (k < product->inside))
        return false;
    return i == 0 && source->extended ? is_same_head(source, product, from, to)
                                      : exn_span_equal(from, to);
}

/* Whether the flags match what the output has inside its RIFF, and that ends where its size says.
 * The source's may be wrong; what is written has to be right. */
static bool is_true(const exn_webp *webp)
{
    uint8_t has = 0;
    if (webp->riff_end != exn_webp_chunks_end(&webp->chunks[webp->inside - 1]))
        return false;
    for (size_t i = 0; i < webp->inside; i++)
        if (exn_webp_chunks_is_metadata(webp->chunks[i].name))
            has |= webp->chunks[i].name == EXN_WEBP_EXIF ? EXN_WEBP_FLAG_EXIF : EXN_WEBP_FLAG_XMP;
    return !webp->extended || (webp->flags & (EXN_WEBP_FLAG_EXIF | EXN_WEBP_FLAG_XMP)) == has;
}

/* Finds the next picture from *index on and advances *index past it. An ALPH chunk is only part of
 * a picture, so the search continues. */
static exn_status next_frame(const exn_image *image, size_t *index, exn_webp_frame *frame,
                             bool *found, exn_error *error)
{
    const exn_webp *webp = image->state;
    exn_status status = EXN_OK;
    for (*found = false; status == EXN_OK && !*found && *index < webp->inside; ++*index)
        if (exn_webp_frames_is_part(webp, *index))
            status = exn_webp_frames_of(webp, image->data, *index, frame, found, error);
    return status;
}

/* Compares place, size, time and other chunks of a frame. The source's header is rotated like in
 * the writer, and compared byte for byte. */
static bool is_same_frame(const exn_image *source, const exn_webp_frame *a, const exn_webp_frame *b)
{
    uint8_t head[EXN_WEBP_FRAME_HEAD];
    exn_webp_frame turned = *a;
    if (a->head.size == 0 || b->head.size == 0)
        return a->head.size == b->head.size;
    if (!exn_webp_frames_turn(source->state, source->turn, &turned))
        return false;
    exn_webp_frames_head(&turned, head);
    return memcmp(head, b->head.data, sizeof head) == 0 && exn_span_equal(a->rest, b->rest);
}

/* Compares with libwebp's decoder, which is also that of browsers. */
static exn_status compare_frames(const exn_image *source, const exn_webp_frame *a,
                                 const exn_webp_frame *b, exn_webp_budget *budget,
                                 const exn_cancel *cancel, exn_error *error)
{
    exn_webp_picture before = {0}, after = {0};
    if (!is_same_frame(source, a, b))
        return exn_status_fail(error, EXN_MISMATCH, "the output's frames differ from the source's");
    exn_webp_frame turned = *b;
    exn_status status = exn_webp_frames_read(a, true, budget, cancel, &before, error);
    if (status == EXN_OK)
        status = exn_webp_picture_turn(&before, source->turn, error);
    if (status == EXN_OK)
        status = exn_webp_frames_read(&turned, false, budget, cancel, &after, error);
    if (status == EXN_OK && !exn_webp_picture_is_like(&before, &after))
        status = exn_status_fail(error, EXN_MISMATCH, "the output's pixels differ");
    exn_webp_picture_free(&before);
    exn_webp_picture_free(&after);
    return status;
}

static exn_status compare_pictures(const exn_image *source, const exn_image *product,
                                   const exn_options *options, exn_error *error)
{
    const exn_cancel cancel = exn_cancel_of(options);
    exn_webp_budget budget =
        exn_webp_frames_budget(options, (uint64_t)source->data.size + product->data.size);
    /* Each picture is read twice: before and after. */
    budget.pixels *= 2;
    size_t i = 0, k = 0;
    for (;;) {
        exn_webp_frame a = {0}, b = {0};
        bool more, other;
        exn_status status = next_frame(source, &i, &a, &more, error);
        if (status == EXN_OK)
            status = next_frame(product, &k, &b, &other, error);
        if (status == EXN_OK && more != other)
            status = exn_status_fail(error, EXN_MISMATCH, "the output has other frames");
        if (status != EXN_OK || !more)
            return status;
        status = compare_frames(source, &a, &b, &budget, &cancel, error);
        if (status != EXN_OK)
            return status;
    }
}

/* First what had to stay, which is cheap, then the pixels. */
exn_status exn_webp_verify(const exn_image *source, const exn_image *product,
                           const exn_options *options, const exn_result *result, exn_error *error)
{
    (void)result;
    const exn_webp *a = source->state, *b = product->state;
    const bool turned = !exn_orientation_is_identity(source->turn);
    size_t i = next_kept(a, 0, turned), k = next_kept(b, 0, turned);
    while (i < a->count && k < b->count && is_same(source, i, product, k)) {
        i = next_kept(a, i + 1, turned);
        k = next_kept(b, k + 1, turned);
    }
    if (i < a->count || k < b->count)
        return exn_status_fail(error, EXN_MISMATCH, "the output's chunks differ from the source's");
    if (!exn_span_equal(exn_span_part(source->data, (size_t)a->end, SIZE_MAX),
                        exn_span_part(product->data, (size_t)b->end, SIZE_MAX)))
        return exn_status_fail(error, EXN_MISMATCH, "what follows the output's chunks differs");
    if (!is_true(b))
        return exn_status_fail(error, EXN_MISMATCH,
                               "the output's RIFF size or VP8X header is wrong");
    return turned ? compare_pictures(source, product, options, error) : EXN_OK;
}
