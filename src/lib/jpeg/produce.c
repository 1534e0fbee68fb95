/* SPDX-License-Identifier: MIT */
#include "produce.h"

#include "jpeg_thumbnails.h"
#include "mcus.h"
#include "picture.h"
#include "read.h"
#include "secondary_rotate.h"

/* Whether the output's own index finds every picture in its new place. */
static exn_status check_index(const exn_secondaries *s, bool drop, const exn_options *options,
                              const exn_buffer *product, size_t primary_size, exn_error *error)
{
    exn_jpeg jpeg = {0};
    exn_secondaries after = {0};
    exn_status status = exn_segments_parse_header(exn_buffer_span(product), &jpeg, error);
    if (status == EXN_OK)
        status = exn_jpeg_read_to_end(&jpeg, options, error);
    if (status == EXN_OK)
        /* Read as any file would be, not by what was meant to be written. */
        status = exn_secondary_open(&after, &jpeg, false);
    bool same = after.count == (s->leave_out ? 0 : s->count) && !after.reason[0] &&
                !(drop && after.mpf_segment);
    /* Some directories also give the primary's length. */
    if (!drop && after.directory.items[0].length > 0)
        same = same && after.directory.items[0].length == primary_size;
    for (size_t i = 0; same && i < after.count; i++) {
        const exn_picture *p = &s->pictures[i], *q = &after.pictures[i];
        /* new_at counts from the end of the first picture, which was not known when the others were
         * placed. */
        same = q->at == primary_size + p->new_at && q->entry == p->entry &&
               q->size == (p->replaced ? p->product.size : p->size);
    }
    if (status == EXN_OK && !same)
        status = drop ? exn_status_fail(error, EXN_UNSUPPORTED,
                                        "multi-picture: the index cannot be removed")
                      : exn_secondary_refuse(error, EXN_UNSUPPORTED,
                                             "multi-picture: the index cannot be rewritten");
    exn_secondary_close(&after);
    exn_segments_free(&jpeg);
    return status;
}

/* A file being made. */
typedef struct producing {
    const exn_image *image;
    const exn_options *options;
    exn_buffer *out;
    exn_result *result;
    exn_error *error;
    exn_secondaries further;
    exn_app_segments_index index; /* what becomes of the index of further pictures ... */
    bool rewrites_index;          /* ... unless its bytes are left alone */
} producing;

/* Writes the first picture up to EOI. The directory, which is part of that picture, may hold its
 * length. A few rounds settle that, since only the number of digits matters. */
static exn_status write_first(producing *p, exn_turned *turned, const exn_thumbnails *thumbnails)
{
    enum { ROUNDS = 4 };
    const exn_jpeg *jpeg = p->image->state;
    const bool has_lengths = p->rewrites_index && !p->index.drop;
    size_t size = jpeg->file.size - jpeg->trailer.size;
    exn_status status = EXN_OK;
    for (int round = 0; status == EXN_OK && round < ROUNDS; round++) {
        exn_thumbnails left = *thumbnails; /* the same ones in each round */
        const exn_jpeg_picture picture = {
            .jpeg = jpeg,
            .turned = turned,
            .o = p->image->turn,
            .thumbnails = &left,
            .index = p->rewrites_index ? &p->index : NULL,
            .warnings = &p->result->warnings,
        };
        /* The size in the previous round; at first the source's, which is right unless the number
         * of digits changes. */
        if (has_lengths)
            exn_secondary_lengths(&p->further, size, &p->index.directory);
        p->out->size = 0;
        status = exn_jpeg_picture_write(&picture, p->out, p->error);
        /* The length that was written is the actual one, or none was written. */
        if (p->out->size == size || !has_lengths || !p->further.directory.items[0].length)
            break;
        size = p->out->size;
    }
    return status;
}

/* An untrue index that was to be kept still finds the same bytes if the first picture has kept its
 * size. Otherwise it is removed. */
static exn_status drop_index(producing *p, exn_turned *turned, const exn_thumbnails *thumbnails)
{
    p->index = (exn_app_segments_index){.drop = true, .directory = {.drop = true}};
    p->rewrites_index = true;
    p->result->warnings |= 1u << EXN_WARN_SECONDARY_DROPPED;
    exn_status status = exn_secondary_distrust(&p->further);
    return status == EXN_OK ? write_first(p, turned, thumbnails)
                            : exn_status_fail(p->error, status, "image list");
}

/* Writes the first picture, the trailer and the index. The MPF index is in the first picture but
 * patched last, because its offsets span everything written after it. */
static exn_status write_file(producing *p, exn_turned *turned, const exn_thumbnails *thumbnails)
{
    const exn_jpeg *jpeg = p->image->state;
    exn_status status = write_first(p, turned, thumbnails);
    if (status == EXN_OK && !p->rewrites_index && p->further.indexed &&
        p->out->size != jpeg->file.size - jpeg->trailer.size)
        status = drop_index(p, turned, thumbnails);
    const bool drop = p->rewrites_index && p->index.drop;
    const size_t size = p->out->size;
    if (status != EXN_OK)
        return status;
    status = exn_secondary_append_trailer(&p->further, p->further.leave_out, p->out);
    if (status != EXN_OK)
        return exn_status_fail(p->error, status, "output");
    if (!p->rewrites_index)
        return EXN_OK;
    if (!drop && !exn_secondary_patch(&p->further, p->out, p->index.mpf_at, size))
        return exn_secondary_refuse(p->error, EXN_UNSUPPORTED, "multi-picture: larger than 4 GiB");
    return check_index(&p->further, drop, p->options, p->out, size, p->error);
}

/* Rotates the first picture and writes the file. The cost of decoding is charged before any memory
 * is allocated for it. */
static exn_status rotate_and_write(producing *p, exn_allowance *left)
{
    const exn_jpeg *jpeg = p->image->state;
    exn_turned turned = {0};
    exn_status status = exn_mcus_charge(jpeg, EXN_JPEG_FREE_PASSES, left->blocks, p->error);
    if (status == EXN_OK)
        status =
            exn_turned_open(&turned, jpeg, p->image->turn, &left->options, p->result, p->error);
    if (status == EXN_OK)
        status = write_file(p, &turned, exn_allowance_thumbnails(left, jpeg, &turned));
    exn_turned_close(&turned);
    return status;
}

/* The same if no pixel moves. */
static exn_status edit_and_write(producing *p, exn_allowance *left)
{
    const exn_jpeg *jpeg = p->image->state;
    exn_status status =
        exn_status_need_memory(p->error, 2 * (uint64_t)jpeg->file.size, left->options.max_memory);
    p->result->outcome = EXN_OUTCOME_METADATA;
    p->result->method = EXN_METHOD_EDIT;
    /* Nothing was decoded, so every component is exact. */
    p->result->exact_components = (1u << p->image->components) - 1;
    return status == EXN_OK ? write_file(p, NULL, exn_allowance_thumbnails(left, jpeg, NULL))
                            : status;
}

static exn_status produce_once(const exn_image *image, const exn_options *options, exn_buffer *out,
                               exn_result *result, exn_error *error)
{
    producing p = {image, options, out, result, error, {0}, {0}, false};
    const bool keep = exn_orientation_is_identity(image->turn);
    bool keep_index = false;
    uint64_t blocks = EXN_JPEG_BLOCKS;
    exn_thumbnails thumbnails = exn_jpeg_thumbnails(0);
    thumbnails.cancel = exn_cancel_of(options);
    exn_allowance left = {*options, &blocks, &thumbnails};
    exn_status status = exn_jpeg_read_to_end(image->state, options, error);
    if (status == EXN_OK)
        status = exn_jpeg_read_check_scans(image, options, error);
    if (status != EXN_OK)
        return status;
    /* An index is also read if pixels stay, because its offsets span metadata that may shrink or
     * grow. */
    status = exn_secondary_open(&p.further, image->state, !keep);
    if (status != EXN_OK)
        exn_status_fail(error, status, "image list");
    else
        status = exn_secondary_rotate(image, &p.further, &left, &p.index, &keep_index,
                                      &result->warnings, error);
    p.rewrites_index = p.further.indexed && !keep_index;
    /* The limits apply to the whole file, and the new further pictures are held until it is
     * written. */
    for (size_t i = 0; status == EXN_OK && i < p.further.count; i++)
        exn_allowance_take(&left.options.max_memory, p.further.pictures[i].product.capacity);
    if (status == EXN_OK)
        status = keep ? edit_and_write(&p, &left) : rotate_and_write(&p, &left);
    exn_secondary_close(&p.further);
    return status;
}

exn_status exn_jpeg_produce(const exn_image *image, const exn_options *options, exn_buffer *out,
                            exn_result *result, exn_error *error)
{
    const bool mend = !exn_orientation_is_identity(image->turn);
    exn_status status;
    /* Damage, and stray bytes that are not damage, are found by decoding. Then everything is done
     * again with the file as decoders take it. */
    do {
        out->size = 0;
        status = produce_once(image, options, out, result, error);
    } while (exn_jpeg_read_again(&status, image, mend, options, result, error));
    return status;
}
