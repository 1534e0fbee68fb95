/* SPDX-License-Identifier: MIT */
#include "verify.h"

#include <string.h>

#include "chunks.h"

/* What an edit may change. */
static size_t next_kept(const exn_webp *webp, size_t index)
{
    while (index < webp->count && exn_webp_chunks_is_metadata(webp->chunks[index].name))
        index++;
    return index;
}

static bool is_same(const exn_image *a, size_t i, const exn_image *b, size_t k)
{
    const exn_webp *source = a->state, *product = b->state;
    const exn_webp_chunk *x = &source->chunks[i], *y = &product->chunks[k];
    const exn_span from = exn_webp_chunks_data(x, a->data), to = exn_webp_chunks_data(y, b->data);
    if (x->name != y->name || (i < source->inside) != (k < product->inside))
        return false;
    /* Of VP8X the flags of metadata are the product's own. */
    const size_t own = i == 0 && source->extended;
    enum { METADATA = EXN_WEBP_FLAG_EXIF | EXN_WEBP_FLAG_XMP };
    return ((source->flags ^ product->flags) & ~METADATA) == 0 &&
           exn_span_equal(exn_span_part(from, own, SIZE_MAX), exn_span_part(to, own, SIZE_MAX));
}

/* By what the product has inside of its RIFF, and that ends where its size says. */
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

exn_status exn_webp_verify(const exn_image *source, const exn_image *product,
                           const exn_options *options, const exn_result *result, exn_error *error)
{
    (void)options, (void)result;
    const exn_webp *a = source->state, *b = product->state;
    size_t i = next_kept(a, 0), k = next_kept(b, 0);
    while (i < a->count && k < b->count && is_same(source, i, product, k)) {
        i = next_kept(a, i + 1);
        k = next_kept(b, k + 1);
    }
    if (i < a->count || k < b->count)
        return exn_status_fail(error, EXN_MISMATCH, "the output's chunks differ from the source's");
    if (!exn_span_equal(exn_span_part(source->data, (size_t)a->end, SIZE_MAX),
                        exn_span_part(product->data, (size_t)b->end, SIZE_MAX)))
        return exn_status_fail(error, EXN_MISMATCH, "what follows the output's chunks differs");
    if (!is_true(b))
        return exn_status_fail(error, EXN_MISMATCH, "the output's RIFF or VP8X is not true");
    return EXN_OK;
}
