/* SPDX-License-Identifier: MIT */
#include "compare.h"

#include "coefficients.h"
#include "judge.h"
#include "mcus.h"
#include "recode.h"
#include "turned.h"

/* Compares what blocks are located by, according to the headers. */
static exn_status compare_frames(const exn_jpeg *source, const exn_jpeg *product, exn_orientation o,
                                 exn_error *error)
{
    uint32_t width = source->width, height = source->height;
    exn_orientation_size(o, &width, &height);
    bool same = product->components == source->components && product->width == width &&
                product->height == height;
    for (uint32_t i = 0; same && i < source->components; i++) {
        uint32_t h = source->component[i].h, v = source->component[i].v;
        exn_orientation_size(o, &h, &v);
        same = product->component[i].h == h && product->component[i].v == v;
    }
    return same ? EXN_OK : exn_status_fail(error, EXN_MISMATCH, "frame header differs");
}

/* ---- the source */

static exn_status charge(const exn_jpeg *source, unsigned arrays, const exn_options *options,
                         uint64_t *blocks, exn_error *error)
{
    exn_status status = exn_mcus_charge(source, EXN_JPEG_FREE_PASSES, blocks, error);
    return status == EXN_OK ? exn_turned_check_limits(source, options, arrays, 1, error) : status;
}

exn_status exn_jpeg_compare_decode(const exn_jpeg *jpeg, const exn_options *options,
                                   uint64_t *blocks, exn_error *error)
{
    exn_coefficients read = {0};
    uint32_t warnings = 0;
    exn_status status = charge(jpeg, 1, options, blocks, error);
    if (status == EXN_OK)
        status = exn_coefficients_may_pass(jpeg)
                     ? exn_coefficients_pass(&read, jpeg, UINT32_MAX, NULL, NULL, &warnings, error)
                     : exn_coefficients_read(&read, jpeg, &warnings, error);
    exn_coefficients_close(&read);
    return status;
}

/* Rows that are being packed. */
typedef struct packing {
    exn_coefficients *to;
    exn_status status;
} packing;

static void pack_rows(void *context, uint32_t i, uint32_t y, uint32_t count,
                      exn_dct_block *const *rows)
{
    packing *p = context;
    exn_component *c = &p->to->component[i];
    if (p->status == EXN_OK && !c->packed.memory)
        p->status = exn_packed_open(&c->packed, c->blocks_x, c->blocks_y);
    for (uint32_t n = 0; n < count && y + n < c->blocks_y && p->status == EXN_OK; n++)
        p->status = exn_packed_append(&c->packed, rows[n]);
}

/* A picture of one scan is packed as it is decoded, any other once it is complete. */
static exn_status read_source(exn_coefficients *before, const exn_jpeg *source,
                              const exn_options *options, uint64_t *blocks, exn_error *error)
{
    uint32_t warnings = 0;
    packing p = {.to = before};
    exn_status status = charge(source, 2, options, blocks, error);
    if (status != EXN_OK)
        return status;
    if (!exn_coefficients_may_pass(source)) {
        status = exn_coefficients_read(before, source, &warnings, error);
        return status == EXN_OK ? exn_coefficients_pack(before, error) : status;
    }
    status = exn_coefficients_pass(before, source, UINT32_MAX, pack_rows, &p, &warnings, error);
    return p.status == EXN_OK ? status : exn_status_fail(error, p.status, "coefficients");
}

/* ---- the output */

/* Compares rows of an output's blocks, as libjpeg reads them, with the source's. */
typedef struct comparison {
    const exn_coefficients *source, *product;
    exn_orientation o;
    uint32_t exact, judged; /* a set of bits: inexact components whose judge is open */
    exn_judge judge[EXN_JPEG_MAX_COMPONENTS];
    exn_status status;
    exn_error *error;
} comparison;

static void judge_rows(comparison *c, uint32_t i, uint32_t y, uint32_t count,
                       exn_dct_block *const *rows)
{
    const exn_component *to = &c->product->component[i];
    exn_judge *judge = &c->judge[i];
    if (!(c->judged >> i & 1))
        c->status = exn_judge_open(judge, c->source, i, c->o, to, c->error);
    c->judged |= 1u << i;
    for (uint32_t n = 0; n < count && y + n < to->blocks_y && c->status == EXN_OK; n++) {
        c->status = exn_cancel_check(c->source->cancel, c->error);
        exn_judge_row(judge, rows[n]);
    }
}

static void compare_rows(void *context, uint32_t i, uint32_t y, uint32_t count,
                         exn_dct_block *const *rows)
{
    comparison *c = context;
    if (c->status == EXN_OK && c->exact >> i & 1)
        c->status =
            exn_component_compare_rows(&c->source->component[i], rows, y, count, c->o, c->error);
    else if (c->status == EXN_OK)
        judge_rows(c, i, y, count, rows);
}

/* Compares colours, sizes and tables. */
static exn_status compare_headers(const comparison *c, exn_quality quality)
{
    exn_status status = EXN_OK;
    if (!exn_coefficients_same_colours(c->source, c->product))
        status = exn_status_fail(c->error, EXN_MISMATCH, "colour space differs");
    for (uint32_t i = 0; i < c->source->components && status == EXN_OK; i++)
        status = exn_component_compare(&c->source->component[i], &c->product->component[i], c->o,
                                       c->exact >> i & 1, quality, c->error);
    return status;
}

/* Called when all rows have been seen. */
static exn_status sum_up(const comparison *c, exn_quality quality)
{
    exn_status status = compare_headers(c, quality);
    for (uint32_t i = 0; i < c->source->components && status == EXN_OK; i++)
        if (!(c->exact >> i & 1))
            status = exn_judge_verdict(&c->judge[i], i, c->error);
    return status;
}

/* Compares arrays that are held. */
static void compare_held(comparison *c)
{
    for (uint32_t i = 0; i < c->product->components; i++) {
        const exn_component *to = &c->product->component[i];
        for (uint32_t y = 0; y < to->blocks_y && c->status == EXN_OK; y++)
            compare_rows(c, i, y, 1, &to->rows[y]);
    }
}

static exn_status decode_output(comparison *c, exn_coefficients *after, const exn_jpeg *product,
                                exn_quality quality)
{
    uint32_t warnings = 0;
    exn_status status;
    if (exn_coefficients_may_pass(product)) {
        status =
            exn_coefficients_pass(after, product, UINT32_MAX, compare_rows, c, &warnings, c->error);
    } else {
        status = exn_coefficients_read(after, product, &warnings, c->error);
        if (status == EXN_OK)
            compare_held(c);
    }
    if (c->status != EXN_OK)
        return c->status;
    if (status == EXN_OK)
        status = sum_up(c, quality);
    return status;
}

/* If everything should be exact, it is encoded with libjpeg and compared as bytes. Only if those
 * differ is the output decoded, to find out what differs, if anything. */
static exn_status is_recoded(comparison *c, exn_coefficients *after, const exn_jpeg *product,
                             exn_quality quality, bool *same)
{
    *same = false;
    if (c->exact != (1u << c->source->components) - 1 || !exn_coefficients_may_pass(product) ||
        exn_coefficients_begin(after, product, NULL) != EXN_OK)
        return EXN_OK;
    comparison quiet = *c;
    quiet.error = NULL;
    return compare_headers(&quiet, quality) == EXN_OK
               ? exn_recode_compare(c->source, after, c->o, same, c->error)
               : EXN_OK;
}

static exn_status compare_output(const exn_coefficients *before, const exn_jpeg *product,
                                 exn_orientation o, uint32_t exact, exn_quality quality,
                                 exn_error *error)
{
    exn_coefficients after = {0};
    comparison c = {.source = before, .product = &after, .o = o, .exact = exact, .error = error};
    bool same;
    exn_status status = is_recoded(&c, &after, product, quality, &same);
    if (status == EXN_OK && !same) {
        exn_coefficients_close(&after);
        status = decode_output(&c, &after, product, quality);
    }
    for (uint32_t i = 0; i < before->components; i++)
        if (c.judged >> i & 1)
            exn_judge_close(&c.judge[i]);
    exn_coefficients_close(&after);
    return status;
}

exn_status exn_jpeg_compare_pictures(const exn_jpeg *source, const exn_jpeg *product,
                                     exn_orientation o, const uint32_t *said,
                                     const exn_options *options, uint64_t *blocks, exn_error *error)
{
    exn_coefficients before = {0};
    uint32_t exact = 0;
    exn_status status = compare_frames(source, product, o, error);
    if (status == EXN_OK)
        status = read_source(&before, source, options, blocks, error);
    if (status == EXN_OK) {
        /* Computed again from the source, because what the result says is a claim to be tested. */
        exact = exn_component_exact_set(&before, source, o);
        if (said && *said != exact)
            status = exn_status_fail(error, EXN_MISMATCH, "other components are exact");
    }
    if (status == EXN_OK)
        status = compare_output(&before, product, o, exact, options->quality, error);
    exn_coefficients_close(&before);
    return status;
}
