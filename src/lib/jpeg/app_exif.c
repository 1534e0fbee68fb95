/* SPDX-License-Identifier: MIT */
#include "app_exif.h"

#include "metadata/exif_tags.h"

exn_block exn_app_exif_block(const exn_segment *segment)
{
    exn_block block = {EXN_BLOCK_OTHER, {NULL, 0}, segment->payload};
    return segment->marker == EXN_MARKER_APP1 ? exn_block_of(segment->payload) : block;
}

/* Exif 2.32, 4.7.2, allows one APP1, which cannot hold more than 64 KiB. Some writers continue in
 * another one, which has the prefix but no TIFF header. */
bool exn_app_exif_goes_on(const exn_block *block)
{
    return block->kind == EXN_BLOCK_EXIF && !exn_exif_tags_has_header(block->body);
}

/* Only the next Exif segment counts: one with a header of its own begins a new block. */
bool exn_app_exif_is_continued(const exn_jpeg *jpeg, const exn_segment *segment)
{
    exn_block next = {EXN_BLOCK_OTHER, {NULL, 0}, {NULL, 0}};
    while (++segment < jpeg->segments + jpeg->count && next.kind != EXN_BLOCK_EXIF)
        next = exn_app_exif_block(segment);
    return exn_app_exif_goes_on(&next);
}

/* Judges each continuation alone, as seen by a reader that takes any APP1 for a block, and then all
 * of them together with the head. */
exn_status exn_app_exif_judge_rest(const exn_jpeg *jpeg, const exn_segment *head, exn_span body,
                                   bool *orients)
{
    exn_buffer joined = {0};
    exn_status status = EXN_OK;
    *orients = false;
    for (const exn_segment *s = head + 1; s < jpeg->segments + jpeg->count; s++) {
        exn_block block = exn_app_exif_block(s);
        if (block.kind != EXN_BLOCK_EXIF)
            continue;
        if (!exn_app_exif_goes_on(&block) || status != EXN_OK)
            break;
        *orients = *orients || exn_exif_tags_is_stray(block.body);
        if (joined.size == 0)
            status = exn_buffer_append(&joined, body.data, body.size);
        if (status == EXN_OK)
            status = exn_buffer_append(&joined, block.body.data, block.body.size);
    }
    if (status == EXN_OK && joined.size > 0)
        *orients = *orients || exn_exif_tags_is_stray(exn_buffer_span(&joined));
    exn_buffer_free(&joined);
    return status;
}
