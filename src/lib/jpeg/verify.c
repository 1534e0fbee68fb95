/* SPDX-License-Identifier: MIT */
#include "verify.h"

#include "coefficients.h"
#include "compare.h"
#include "mcus.h"
#include "read.h"
#include "secondary.h"

/* Metadata may have been edited or removed; the remaining segments must match one by one. */
static const exn_segment *next_of_coding(const exn_jpeg *jpeg, size_t *i)
{
    while (*i < jpeg->count && exn_segment_is_metadata(&jpeg->segments[*i]))
        ++*i;
    return *i < jpeg->count ? &jpeg->segments[(*i)++] : NULL;
}

/* Whether everything up to EOI except metadata is byte for byte the same, including damage. */
static bool same_coding(const exn_jpeg *a, const exn_jpeg *b)
{
    size_t i = 0, j = 0;
    const exn_segment *p, *q;
    do {
        p = next_of_coding(a, &i);
        q = next_of_coding(b, &j);
        if (p && q &&
            !exn_span_equal(exn_span_part(a->file, p->offset, p->size),
                            exn_span_part(b->file, q->offset, q->size)))
            return false;
    } while (p && q);
    return !p && !q;
}

/* If pixels stay, the output's tables, frame and scans are the source's bytes. If libjpeg also
 * finds the same frame and colour space before them, it reads the same picture from both, and
 * nothing needs to be decoded to know that. Then all components are exact. */
static bool is_kept(const exn_jpeg *source, const exn_jpeg *product, const uint32_t *said)
{
    return !source->damaged && !product->damaged && *said == (1u << source->components) - 1 &&
           same_coding(source, product) && exn_coefficients_same_header(source, product);
}

static exn_status complete_both(const exn_image *before, const exn_image *after,
                                const exn_options *options, exn_error *error)
{
    exn_status status = exn_jpeg_read_to_end(before->state, options, error);
    return status == EXN_OK ? exn_jpeg_read_to_end(after->state, options, error) : status;
}

static exn_status compare_secondary(const exn_image *before, const exn_image *after,
                                    exn_orientation o, const exn_options *options, uint64_t *blocks,
                                    exn_error *error)
{
    exn_status status = complete_both(before, after, options, error);
    if (status == EXN_OK && !exn_orientation_is_identity(o))
        return exn_jpeg_compare_pictures(before->state, after->state, o, NULL, options, blocks,
                                         error);
    const exn_jpeg *a = before->state, *b = after->state;
    if (status == EXN_OK && (!same_coding(a, b) || !exn_span_equal(a->trailer, b->trailer)))
        status = exn_status_fail(error, EXN_MISMATCH, "a secondary image differs");
    return status;
}

/* A secondary image is a file of its own: it has to pass the same predicate, and its pixels are
 * compared in the same way. blocks is one budget for all pictures of a file, so that many of them
 * cost no more than one may. */
static exn_status verify_secondary(exn_span source, exn_span product, exn_orientation o,
                                   const exn_options *options, uint64_t *blocks, exn_error *error)
{
    exn_image before = {.data = source}, after = {.data = product};
    exn_status status = exn_jpeg_read_scan(&before, options, error);
    if (status == EXN_OK)
        status = exn_jpeg_read_scan(&after, options, error);
    if (status == EXN_OK && after.reasons)
        status = exn_status_fail(error, EXN_MISMATCH, "a secondary image still needs an edit");
    for (bool again = status == EXN_OK; again;) {
        exn_result ignored = {0};
        status = compare_secondary(&before, &after, o, options, blocks, error);
        again = exn_jpeg_read_again(&status, &before, !exn_orientation_is_identity(o), options,
                                    &ignored, error);
    }
    exn_jpeg_read_close(&after);
    exn_jpeg_read_close(&before);
    return status;
}

/* Checks every picture against its source, and every byte between and after them. */
static exn_status verify_pairs(const exn_secondaries *before, const exn_secondaries *after,
                               exn_orientation o, const exn_options *options, uint64_t *blocks,
                               exn_error *error)
{
    exn_span file = before->jpeg->file, product = after->jpeg->file;
    size_t a = file.size - before->jpeg->trailer.size;
    size_t b = product.size - after->jpeg->trailer.size;
    exn_status status = EXN_OK;
    if (after->reason[0] || after->count != before->count)
        return exn_status_fail(error, EXN_MISMATCH, "the index of secondary images differs");
    for (size_t i = 0; i < before->count && status == EXN_OK; i++) {
        const exn_picture *p = &before->pictures[i], *q = &after->pictures[i];
        exn_span from = exn_span_part(file, p->at, p->size);
        exn_span to = exn_span_part(product, q->at, q->size);
        if (p->entry != q->entry || !exn_span_equal(exn_span_part(file, a, p->at - a),
                                                    exn_span_part(product, b, q->at - b)))
            return exn_status_fail(error, EXN_MISMATCH, "the index of secondary images differs");
        bool kept =
            !p->entry && !p->item && exn_span_equal(from, to); /* there was a warning about this */
        if (!kept && (!exn_orientation_is_identity(o) || !exn_span_equal(from, to)))
            status = verify_secondary(from, to, o, options, blocks, error);
        a = p->at + p->size;
        b = q->at + q->size;
    }
    if (status == EXN_OK &&
        !exn_span_equal(exn_span_part(file, a, SIZE_MAX), exn_span_part(product, b, SIZE_MAX)))
        status = exn_status_fail(error, EXN_MISMATCH, "the bytes after the image differ");
    return status;
}

/* Checks what follows EOI if the further pictures were left out, or none was touched. */
static exn_status verify_trailer(exn_secondaries *before, const exn_secondaries *after, bool drop,
                                 exn_error *error)
{
    exn_buffer trailer = {0};
    exn_status status = exn_secondary_append_trailer(before, drop, &trailer);
    if (status != EXN_OK)
        exn_status_fail(error, status, "trailer");
    else if (drop && (after->count || after->mpf_segment || after->reason[0]))
        status = exn_status_fail(error, EXN_MISMATCH, "an index of secondary images was left");
    else if (!exn_span_equal(exn_buffer_span(&trailer), after->jpeg->trailer))
        status = exn_status_fail(error, EXN_MISMATCH, "the bytes after the image differ");
    exn_buffer_free(&trailer);
    return status;
}

/* Checks the further pictures and all other bytes after EOI. */
static exn_status verify_rest(const exn_image *source, const exn_image *product,
                              const exn_options *options, const exn_result *result,
                              uint64_t *blocks, exn_error *error)
{
    bool drop = result->warnings >> EXN_WARN_SECONDARY_DROPPED & 1;
    bool turning = !exn_orientation_is_identity(source->turn);
    exn_secondaries before = {0}, after = {0};
    exn_status status = exn_secondary_open(&before, source->state, turning);
    if (status == EXN_OK)
        status = exn_secondary_open(&after, product->state, false);
    if (status == EXN_OK && drop && (before.untrue || before.count == 0) && !before.distrusted)
        status = exn_secondary_distrust(&before);
    /* An untrue index was removed, but its pictures were found without it and rotated. */
    bool by_content =
        before.distrusted && before.count > 0 && after.count > 0 && !after.mpf_segment;
    if (status != EXN_OK)
        exn_status_fail(error, status, "image list");
    else if (!by_content && (drop || before.reason[0]))
        status = verify_trailer(&before, &after, drop, error);
    else
        status = verify_pairs(&before, &after, source->turn, options, blocks, error);
    exn_secondary_close(&after);
    exn_secondary_close(&before);
    return status;
}

static exn_status verify_once(const exn_image *source, const exn_image *product,
                              const exn_options *options, const exn_result *result,
                              exn_error *error)
{
    uint64_t blocks = EXN_JPEG_BLOCKS;
    const uint32_t *said = &result->exact_components;
    exn_status status = complete_both(source, product, options, error);
    const bool kept = status == EXN_OK && exn_orientation_is_identity(source->turn) &&
                      is_kept(source->state, product->state, said);
    /* When exn_normalize() decodes everything, it has already found any damage. */
    if (kept && !options->decode_all)
        status = exn_jpeg_compare_decode(source->state, options, &blocks, error);
    else if (status == EXN_OK && !kept)
        status = exn_jpeg_compare_pictures(source->state, product->state, source->turn, said,
                                           options, &blocks, error);
    return status == EXN_OK ? verify_rest(source, product, options, result, &blocks, error)
                            : status;
}

exn_status exn_jpeg_verify(const exn_image *source, const exn_image *product,
                           const exn_options *options, const exn_result *result, exn_error *error)
{
    const bool keep = exn_orientation_is_identity(source->turn);
    const bool damaged = result->warnings >> EXN_WARN_DAMAGED & 1;
    exn_options as_said = *options;
    /* The output is judged the way it was made, according to its report. */
    as_said.on_damage = damaged ? EXN_ON_DAMAGE_DECODE : EXN_ON_DAMAGE_FAIL;
    as_said.strict = false;
    for (;;) {
        exn_result ignored = {0};
        exn_error cause = {0};
        exn_status status = verify_once(source, product, &as_said, result, &cause);
        exn_status other = status;
        bool again = exn_jpeg_read_again(&status, source, true, &as_said, &ignored, &cause);
        /* If pixels stay, so do stray bytes and damage. */
        if (keep)
            again = exn_jpeg_read_again(&other, product, true, &as_said, &ignored, NULL) || again;
        if (!again)
            return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "%s", cause.detail);
    }
}
