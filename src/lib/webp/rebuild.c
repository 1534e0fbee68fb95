/* SPDX-License-Identifier: MIT */
#include "rebuild.h"

#include "frames.h"
#include "metadata/block_edit.h"
#include "traces.h"

enum { METADATA_SIZE_MAX = INT32_MAX - 6 }; /* how large a chunk may become, minus a prefix */

typedef struct job {
    const exn_webp *webp;
    exn_span file;
    exn_exif_turn turn;
    bool turns; /* pictures are rotated */
    bool high;  /* and lossy ones are coded more finely */
    bool lossy; /* one of them was */
    exn_webp_budget budget;
    exn_cancel cancel;
    exn_buffer *out;
    size_t extended; /* where the output's VP8X has its flags */
    uint8_t has;     /* which of the flags EXIF and XMP apply to the output so far */
    uint32_t warnings;
} job;

/* Chunk by chunk: anything unrelated to orientation is carried over byte for byte. */
static exn_status put(job *j, exn_span span)
{
    return exn_buffer_append(j->out, span.data, span.size);
}

/* Chunks begin at even offsets (RFC 9649, 2.3). */
static exn_status put_padding(job *j, size_t size)
{
    return size & 1 ? exn_buffer_append(j->out, "", 1) : EXN_OK;
}

/* The name is kept; the size is set once the data are there. A chunk that becomes empty is dropped.
 */
static exn_status put_metadata(job *j, const exn_webp_chunk *chunk)
{
    const size_t start = j->out->size;
    const bool exif = chunk->name == EXN_WEBP_EXIF;
    const exn_span data = exn_webp_chunks_data(chunk, j->file);
    const size_t prefix = exif ? exn_block_stray_header(data) : 0;
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
    /* RIFF's numbers are little-endian. */
    exn_put32(j->out->data + start + 4, (uint32_t)size, false);
    j->has |= exif ? EXN_WEBP_FLAG_EXIF : EXN_WEBP_FLAG_XMP;
    return put_padding(j, size);
}

/* The size to code a lossy picture at: the source's or, for steps half as large, what those take.
 */
static exn_webp_coding coding_of(const job *j, const exn_webp_frame *frame)
{
    return (exn_webp_coding){.size = j->high ? frame->data.size + frame->data.size / 2
                                             : frame->data.size};
}

/* Appends the chunks of a picture, rotated. */
static exn_status put_turned(job *j, const exn_webp_frame *frame, exn_error *error)
{
    exn_webp_picture picture;
    const exn_webp_coding coding = coding_of(j, frame);
    exn_status status = exn_webp_frames_read(frame, true, &j->budget, &j->cancel, &picture, error);
    if (status == EXN_OK)
        status = exn_webp_picture_turn(&picture, j->turn.o, error);
    if (status == EXN_OK)
        status = exn_webp_picture_write(&picture, &coding, &j->cancel, j->out, error);
    j->lossy = j->lossy || !picture.lossless;
    exn_webp_picture_free(&picture);
    return status;
}

/* Appends a frame's header, its picture, and its other chunks. x and y are halved in a frame's
 * header (RFC 9649, 2.7.1.1): an odd one is refused, because moving the frame by a pixel would be
 * visible.
 *
 *   x / 2 (3)  y / 2 (3)  width - 1 (3)  height - 1 (3)  time (3)  flags (1)  chunks */
static exn_status put_frame(job *j, exn_webp_frame *frame, exn_error *error)
{
    uint8_t head[EXN_WEBP_CHUNK_OVERHEAD + EXN_WEBP_FRAME_HEAD] = "ANMF";
    exn_webp_frame turned = *frame;
    const size_t start = j->out->size;
    if (!exn_webp_frames_turn(j->webp, j->turn.o, &turned))
        return exn_status_fail(error, EXN_UNSUPPORTED,
                               "a frame would begin at an odd pixel, which WebP cannot say");
    exn_webp_frames_head(&turned, head + EXN_WEBP_CHUNK_OVERHEAD);
    exn_status status = exn_buffer_append(j->out, head, sizeof head);
    if (status == EXN_OK)
        status = put_turned(j, frame, error);
    if (status == EXN_OK)
        status = put(j, frame->rest);
    if (status != EXN_OK)
        return status;
    const size_t size = j->out->size - start - EXN_WEBP_CHUNK_OVERHEAD;
    exn_put32(j->out->data + start + 4, (uint32_t)size, false);
    return put_padding(j, size);
}

/* A frame has a header; a still picture has none. */
static exn_status put_picture(job *j, size_t index, exn_error *error)
{
    exn_webp_frame frame;
    bool found;
    exn_status status = exn_webp_frames_of(j->webp, j->file, index, &frame, &found, error);
    if (status != EXN_OK || !found)
        return status;
    return frame.head.size > 0 ? put_frame(j, &frame, error) : put_turned(j, &frame, error);
}

/* RFC 9649, 2.7: swaps width - 1 and height - 1. */
static void exchange_sides(uint8_t *extended)
{
    enum { WIDTH = 4, HEIGHT = 7, BYTES = 3 };
    for (int i = 0; i < BYTES; i++) {
        const uint8_t byte = extended[WIDTH + i];
        extended[WIDTH + i] = extended[HEIGHT + i];
        extended[HEIGHT + i] = byte;
    }
}

/* A signature (C2PA) covers bytes that have changed: it is kept and reported. The VP8X is carried
 * over too, with its sides swapped if axes are; its flags are set at the end, when it is known
 * which metadata is left. */
static exn_status put_chunk(job *j, size_t index, exn_error *error)
{
    const exn_webp_chunk *chunk = &j->webp->chunks[index];
    const bool head = index == 0 && j->webp->extended;
    if (exn_webp_chunks_is_metadata(chunk->name))
        return put_metadata(j, chunk);
    if (j->turns && exn_webp_frames_is_part(j->webp, index))
        return put_picture(j, index, error);
    if (chunk->name == EXN_WEBP_C2PA)
        j->warnings |= 1u << EXN_WARN_SIGNATURE_INVALID;
    if (head)
        j->extended = j->out->size + EXN_WEBP_CHUNK_OVERHEAD;
    exn_status status = put(j, exn_span_part(j->file, (size_t)chunk->offset,
                                             EXN_WEBP_CHUNK_OVERHEAD + (size_t)chunk->size));
    if (status == EXN_OK && head && j->turn.o.transpose)
        exchange_sides(j->out->data + j->extended);
    return status == EXN_OK ? put_padding(j, chunk->size) : status;
}

/* RFC 9649, 2.4 and 2.7: sets the size of the RIFF, and the flags that announce metadata in it.
 * Readers differ about a flag without its chunk, or a chunk without its flag. */
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

/* What follows the RIFF is carried over, but metadata in it is edited as well, because some readers
 * use it. */
static exn_status put_file(job *j, exn_error *error)
{
    exn_status status = exn_buffer_reserve(j->out, j->file.size + 4096);
    if (status == EXN_OK)
        status = put(j, exn_span_part(j->file, 0, EXN_WEBP_HEAD));
    for (size_t i = 0; status == EXN_OK && i < j->webp->inside; i++)
        status = put_chunk(j, i, error);
    if (status == EXN_OK)
        status = close_riff(j, error);
    for (size_t i = j->webp->inside; status == EXN_OK && i < j->webp->count; i++)
        status = put_chunk(j, i, error);
    if (status == EXN_OK)
        status = put(j, exn_span_part(j->file, (size_t)j->webp->end, SIZE_MAX));
    return status == EXN_OK ? status : exn_status_fail(error, status, "output");
}

/* Reports what became of the pixels. Alpha is always exact; in a lossy picture the other components
 * count as one. */
static void tell(const job *j, const exn_image *image, exn_result *result)
{
    enum { ALPHA = 1 << 3 };
    const uint32_t all = (1u << image->components) - 1;
    result->outcome = !j->turns  ? EXN_OUTCOME_METADATA
                      : j->lossy ? EXN_OUTCOME_REQUANTIZED
                                 : EXN_OUTCOME_LOSSLESS;
    result->method = !j->turns  ? EXN_METHOD_EDIT
                     : j->lossy ? EXN_METHOD_PLANES
                                : EXN_METHOD_SAMPLES;
    result->exact_components = j->turns && j->lossy ? all & ALPHA : all;
}

exn_status exn_webp_rebuild(const exn_image *image, const exn_options *options, exn_buffer *out,
                            exn_result *result, exn_error *error)
{
    const uint64_t held = 3 * (uint64_t)image->data.size; /* including the output while it grows */
    exn_thumbnails thumbnails = exn_image_thumbnails(image, options, held);
    job j = {.webp = image->state, .file = image->data, .out = out};
    j.turns = !exn_orientation_is_identity(image->turn);
    j.high = options->quality == EXN_QUALITY_HIGH;
    j.budget = exn_webp_frames_budget(options, held);
    j.cancel = exn_cancel_of(options);
    j.turn = (exn_exif_turn){
        .o = image->turn,
        .stored_width = image->width,
        .stored_height = image->height,
        .max_size = METADATA_SIZE_MAX,
        .thumbnails = &thumbnails,
        .cancel = &j.cancel,
    };
    exn_status status =
        exn_status_need_memory(error, 2 * (uint64_t)image->data.size, options->max_memory);
    if (status == EXN_OK)
        status = put_file(&j, error);
    if (status == EXN_OK && j.lossy && options->edges == EXN_EDGES_REFUSE)
        status = exn_status_fail(error, EXN_REFUSED, "a lossy WebP cannot be rotated losslessly");
    result->warnings |= j.warnings | thumbnails.warnings;
    if (status == EXN_OK)
        tell(&j, image, result);
    return status;
}
