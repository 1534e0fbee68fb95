/* SPDX-License-Identifier: MIT */
#include "edit.h"

#include "chunks.h"
#include "metadata/block_edit.h"
#include "traces.h"

enum { METADATA_SIZE_MAX = INT32_MAX - 6 }; /* what a chunk may grow to, less a prefix */

typedef struct job {
    const exn_webp *webp;
    exn_span file;
    exn_exif_turn turn;
    exn_buffer *out;
    size_t extended; /* where the output's VP8X has its flags */
    uint8_t has;     /* of them EXIF and XMP: what the output has inside of its RIFF */
    uint32_t warnings;
} job;

static exn_status put(job *j, exn_span span)
{
    return exn_buffer_append(j->out, span.data, span.size);
}

/* Chunks begin at even offsets (RFC 9649, 2.3). */
static exn_status put_padding(job *j, size_t size)
{
    return size & 1 ? exn_buffer_append(j->out, "", 1) : EXN_OK;
}

/* The name stays; the size is known when the data is there. A chunk of which nothing is left goes.
 */
static exn_status put_metadata(job *j, const exn_webp_chunk *chunk, bool inside)
{
    const size_t start = j->out->size;
    const bool exif = chunk->name == EXN_WEBP_EXIF;
    const exn_span data = exn_webp_chunks_data(chunk, j->file);
    const size_t prefix = exif ? exn_webp_traces_prefix_size(data) : 0;
    const exn_block block = {exif ? EXN_BLOCK_EXIF : EXN_BLOCK_XMP, exn_span_part(data, 0, prefix),
                             exn_span_part(data, prefix, SIZE_MAX)};
    bool keep = true;
    exn_status status =
        put(j, exn_span_part(j->file, (size_t)chunk->offset, EXN_WEBP_CHUNK_OVERHEAD));
    if (status == EXN_OK)
        status = exn_block_edit(&block, &j->turn, j->out, &keep, &j->warnings);
    if (status == EXN_OK && !keep)
        j->out->size = start;
    if (status != EXN_OK || !keep)
        return status;
    const size_t size = j->out->size - start - EXN_WEBP_CHUNK_OVERHEAD;
    exn_put32(j->out->data + start + 4, (uint32_t)size, false);
    if (inside)
        j->has |= exif ? EXN_WEBP_FLAG_EXIF : EXN_WEBP_FLAG_XMP;
    return put_padding(j, size);
}

static exn_status put_chunk(job *j, size_t index)
{
    const exn_webp_chunk *chunk = &j->webp->chunks[index];
    if (exn_webp_chunks_is_metadata(chunk->name))
        return put_metadata(j, chunk, index < j->webp->inside);
    if (chunk->name == EXN_WEBP_C2PA)
        j->warnings |= 1u << EXN_WARN_SIGNATURE_INVALID;
    if (index == 0 && j->webp->extended)
        j->extended = j->out->size + EXN_WEBP_CHUNK_OVERHEAD;
    exn_status status = put(j, exn_span_part(j->file, (size_t)chunk->offset,
                                             EXN_WEBP_CHUNK_OVERHEAD + (size_t)chunk->size));
    return status == EXN_OK ? put_padding(j, chunk->size) : status;
}

/* RFC 9649, 2.4 and 2.7: the size of the RIFF, and the flags that announce metadata. */
static exn_status close_riff(job *j, exn_error *error)
{
    const size_t size = j->out->size - 8;
    if (size > UINT32_MAX - 1)
        return exn_status_fail(error, EXN_LIMIT, "the output has more than 4 GiB");
    exn_put32(j->out->data + 4, (uint32_t)size, false);
    if (j->extended) {
        uint8_t *flags = j->out->data + j->extended;
        *flags = (uint8_t)((*flags & ~(EXN_WEBP_FLAG_EXIF | EXN_WEBP_FLAG_XMP)) | j->has);
    }
    return EXN_OK;
}

static exn_status put_file(job *j, exn_error *error)
{
    exn_status status = exn_buffer_reserve(j->out, j->file.size + 4096);
    if (status == EXN_OK)
        status = put(j, exn_span_part(j->file, 0, EXN_WEBP_HEAD));
    for (size_t i = 0; status == EXN_OK && i < j->webp->inside; i++)
        status = put_chunk(j, i);
    if (status == EXN_OK)
        status = close_riff(j, error);
    for (size_t i = j->webp->inside; status == EXN_OK && i < j->webp->count; i++)
        status = put_chunk(j, i);
    if (status == EXN_OK)
        status = put(j, exn_span_part(j->file, (size_t)j->webp->end, SIZE_MAX));
    return status == EXN_OK ? status : exn_status_fail(error, status, "output");
}

exn_status exn_webp_edit(const exn_image *image, const exn_options *options, exn_buffer *out,
                         exn_result *result, exn_error *error)
{
    const uint64_t held = 3 * (uint64_t)image->data.size; /* with the output, where it grows */
    exn_thumbnails thumbnails = image->thumbnails;
    thumbnails.max_memory = options->max_memory > held ? options->max_memory - held : 0;
    const exn_cancel cancel = exn_cancel_of(options);
    job j = {.webp = image->state, .file = image->data, .out = out};
    j.turn = (exn_exif_turn){
        .stored_width = image->width,
        .stored_height = image->height,
        .max_size = METADATA_SIZE_MAX,
        .thumbnails = &thumbnails,
        .cancel = &cancel,
    };
    exn_status status =
        exn_status_need_memory(error, 2 * (uint64_t)image->data.size, options->max_memory);
    if (status == EXN_OK)
        status = put_file(&j, error);
    result->warnings |= j.warnings | thumbnails.warnings;
    if (status != EXN_OK)
        return status;
    result->outcome = EXN_OUTCOME_METADATA;
    result->method = EXN_METHOD_EDIT;
    result->exact_components = (1u << image->components) - 1;
    return EXN_OK;
}
