/* SPDX-License-Identifier: MIT */
#include "block_edit.h"

/* The copy in out is edited in place; if a block is not kept, the caller removes it again. */
static exn_status edit_exif(const exn_block *block, const exn_exif_turn *turn, exn_buffer *out,
                            bool *keep, uint32_t *warnings)
{
    size_t start = out->size;
    exn_exif_verdict verdict;
    exn_status status = exn_buffer_append(out, block->body.data, block->body.size);
    if (status == EXN_OK)
        status = exn_exif_edit(out, start, turn, &verdict, warnings);
    if (status != EXN_OK)
        return status;
    *keep = verdict == EXN_EXIF_UNCHANGED || verdict == EXN_EXIF_EDITED;
    if (verdict == EXN_EXIF_UNSAFE)
        *warnings |= 1u << EXN_WARN_EXIF_REMOVED;
    return EXN_OK;
}

static exn_status edit_xmp(const exn_block *block, const exn_exif_turn *turn, exn_buffer *out,
                           bool *keep, uint32_t *warnings)
{
    const size_t before = block->prefix.size, /* max_size is for what follows "Exif\0\0" */
        head = before > EXN_BLOCK_EXIF_PREFIX ? before - EXN_BLOCK_EXIF_PREFIX : 0;
    const exn_xmp_turn xmp = {.o = turn->o,
                              .width = turn->stored_width,
                              .height = turn->stored_height,
                              .max_size = turn->max_size - head,
                              .thumbnails = turn->thumbnails,
                              .cancel = turn->cancel};
    exn_xmp_edited edited;
    exn_status status = exn_xmp_edit(block->body, &xmp, out, &edited);
    if (status != EXN_OK)
        return status;
    if (edited.stale)
        *warnings |= 1u << EXN_WARN_METADATA_STALE;
    if (edited.thumbnails_dropped)
        *warnings |= 1u << EXN_WARN_THUMBNAIL_DROPPED;
    if (edited.verdict == EXN_XMP_UNSAFE)
        *warnings |= 1u << EXN_WARN_XMP_REMOVED;
    *keep = edited.verdict != EXN_XMP_UNSAFE;
    if (edited.verdict == EXN_XMP_UNCHANGED)
        return exn_buffer_append(out, block->body.data, block->body.size);
    return EXN_OK;
}

exn_status exn_block_edit(const exn_block *block, const exn_exif_turn *turn, exn_buffer *out,
                          bool *keep, uint32_t *warnings)
{
    size_t start = out->size;
    *keep = true;
    exn_status status = exn_buffer_append(out, block->prefix.data, block->prefix.size);
    if (status == EXN_OK && block->kind == EXN_BLOCK_EXIF)
        status = edit_exif(block, turn, out, keep, warnings);
    else if (status == EXN_OK && block->kind == EXN_BLOCK_XMP)
        status = edit_xmp(block, turn, out, keep, warnings);
    else if (status == EXN_OK)
        status = exn_buffer_append(out, block->body.data, block->body.size);
    if (!*keep)
        out->size = start;
    return status;
}
