/* SPDX-License-Identifier: MIT */
#include "rebuild.h"

#include <stdlib.h>
#include <string.h>

#include "canvas.h"
#include "decodable.h"
#include "deflate.h"
#include "metadata/block_edit.h"
#include "metadata/irb.h"
#include "pixels.h"
#include "traces.h"

enum { EXIF_SIZE_MAX = INT32_MAX - 6 }; /* clause 5.3: a chunk's length, minus a prefix */

/* The state of producing a file. */
typedef struct job {
    const exn_png *png;
    exn_orientation o;
    bool turn;              /* false: the pixels stay as they are */
    uint32_t width, height; /* the output's */
    exn_png_frame frame;    /* the picture being written next, or written last */
    uint32_t sequence;      /* the next fcTL's or fdAT's number */
    uint64_t max_memory;
    exn_thumbnails thumbnails;
    uint32_t level; /* as exn_options has it */
    const exn_options *options;
    exn_buffer *out;
    uint32_t warnings;
} job;

/* The chunks of PNG 3rd edition and its extensions whose names say unsafe to copy although they are
 * not about where pixels are. sTER is not among them, since it describes halves. By clause 14.2 an
 * editor that changes critical chunks drops other unsafe ones. Here they are kept and reported,
 * because there may be no other copy of their data. */
static bool bears_turning(uint32_t type)
{
    static const char known[][5] = {"cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV",
                                    "cLLI", "bKGD", "hIST", "tRNS", "sPLT", "tIME", "pCAL",
                                    "dSIG", "caBX", "oFFs", "sCAL", "acTL"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (type == exn_get32be((const uint8_t *)known[i]))
            return true;
    }
    return exn_png_is_critical(type) || exn_png_is_safe_to_copy(type);
}

/* A rotation changes only the size in it (clause 11.2.1). It is written with a new CRC; the parser
 * has checked the old one. */
static exn_status put_header(job *j, exn_span header)
{
    size_t start;
    exn_status status = exn_png_chunks_put_open(j->out, EXN_PNG_IHDR, &start);
    if (status == EXN_OK)
        status = exn_png_chunks_put_span(j->out, header);
    if (status != EXN_OK)
        return status;
    exn_put32be(j->out->data + start + 8, j->width);
    exn_put32be(j->out->data + start + 12, j->height);
    return exn_png_chunks_put_close(j->out, start);
}

/* Pixels per unit along x, then along y, then the unit (clause 11.3.4.3). One that no decoder
 * accepts, because of its size or CRC, is copied as it is. */
static exn_status put_density(job *j, const exn_png_chunk *chunk)
{
    exn_span data = exn_png_chunks_data(j->png, chunk);
    if (!j->o.transpose || data.size != 9 || !exn_png_chunks_crc_valid(j->png, chunk))
        return exn_png_chunks_put_span(j->out, exn_png_chunks_whole(j->png, chunk));
    size_t start;
    exn_status status = exn_png_chunks_put_open(j->out, EXN_PNG_PHYS, &start);
    if (status == EXN_OK)
        status = exn_png_chunks_put_span(j->out, data);
    if (status != EXN_OK)
        return status;
    exn_put32be(j->out->data + start + 8, exn_get32be(data.data + 4));
    exn_put32be(j->out->data + start + 12, exn_get32be(data.data));
    return exn_png_chunks_put_close(j->out, start);
}

static exn_exif_turn turn_of(job *j)
{
    return (exn_exif_turn){j->o,          j->png->width,  j->png->height,
                           EXIF_SIZE_MAX, &j->thumbnails, &j->png->cancel};
}

/* Copies the block and edits the copy; a block that is damaged or not safe to edit is dropped.
 * Clause 11.3.4.5. Setting out->size back to start removes the whole chunk. */
static exn_status put_exif(job *j, const exn_png_chunk *chunk)
{
    exn_span data = exn_png_chunks_data(j->png, chunk);
    if (!exn_png_chunks_crc_valid(j->png, chunk)) {
        j->warnings |= 1u << EXN_WARN_EXIF_REMOVED;
        return EXN_OK;
    }
    const exn_exif_turn turn = turn_of(j);
    size_t start;
    exn_status status = exn_png_chunks_put_open(j->out, EXN_PNG_EXIF, &start);
    if (status == EXN_OK)
        status = exn_png_chunks_put_span(j->out, data);
    if (status != EXN_OK)
        return status;
    exn_exif_verdict verdict;
    status = exn_exif_edit(j->out, start + 8 + exn_block_stray_header(data), &turn, &verdict,
                           &j->warnings);
    if (status != EXN_OK)
        return status;
    if (verdict == EXN_EXIF_UNCHANGED || verdict == EXN_EXIF_EDITED)
        return exn_png_chunks_put_close(j->out, start);
    if (verdict == EXN_EXIF_UNSAFE)
        j->warnings |= 1u << EXN_WARN_EXIF_REMOVED;
    j->out->size = start;
    return EXN_OK;
}

static exn_status put_resources(job *j, exn_span resources, exn_buffer *edited, bool *keep)
{
    const exn_exif_turn turn = turn_of(j);
    exn_irb_edited done;
    exn_status status = exn_irb_edit(resources, &turn, edited, &done);
    j->warnings |= (done.thumbnail_dropped ? 1u << EXN_WARN_RESOURCE_THUMBNAIL_DROPPED : 0) |
                   (done.orientation_dropped ? 1u << EXN_WARN_EXIF_REMOVED : 0) |
                   (done.stale ? 1u << EXN_WARN_METADATA_STALE : 0);
    *keep = edited->size > 0 || resources.size == 0;
    return status;
}

/* Text that holds Exif or XMP is edited like a separate block; a plain orientation is removed. */
static exn_status put_text(job *j, const exn_png_chunk *chunk, exn_error *error)
{
    enum { COPIES = 8 }; /* decoded, edited, the edits, encoded, deflated */
    const exn_exif_turn turn = turn_of(j);
    exn_span data = exn_png_chunks_data(j->png, chunk);
    exn_buffer edited = {0};
    exn_png_text text;
    bool keep = true;
    exn_status status =
        exn_png_traces_open_text(&text, j->png, chunk, COPIES, j->max_memory, error);
    exn_block block = {0};
    if (status == EXN_OK && text.readable)
        block = exn_png_text_block(&text);
    if (text.kind == EXN_PNG_TEXT_ORIENTATION && text.readable)
        keep = exn_png_text_number(&text) == 1;
    else if (status == EXN_OK && text.kind == EXN_PNG_TEXT_RESOURCES && text.readable)
        status = put_resources(j, block.body, &edited, &keep);
    else if (status == EXN_OK && block.kind != EXN_BLOCK_OTHER)
        status = exn_block_edit(&block, &turn, &edited, &keep, &j->warnings);
    /* An unchanged value is copied with its original compression. */
    bool changed = edited.size > 0 && (edited.size != text.value.size ||
                                       memcmp(edited.data, text.value.data, edited.size) != 0);
    if (status == EXN_OK && changed)
        status = exn_png_text_put(&text, chunk->type, data, exn_buffer_span(&edited),
                                  &j->png->cancel, j->out);
    else if (status == EXN_OK && keep)
        status = exn_png_chunks_put_span(j->out, exn_png_chunks_whole(j->png, chunk));
    exn_png_text_close(&text);
    exn_buffer_free(&edited);
    return status;
}

/* From the extensions, clause 11.3.4: x and y position of the image on a page, four bytes each;
 * width and height of a pixel as text. ImageMagick's vpAg, which preceded caNv: width and height of
 * the page. They are swapped with the axes. */
static exn_status put_exchanged(job *j, const exn_png_chunk *chunk)
{
    exn_span data = exn_png_chunks_data(j->png, chunk);
    size_t lead = chunk->type == EXN_PNG_SCAL ? 1 : 0, first = 4, second = 4, gap = 0;
    if (chunk->type == EXN_PNG_SCAL) {
        const uint8_t *end = data.size > 1 ? memchr(data.data + 1, 0, data.size - 1) : NULL;
        first = end ? (size_t)(end - data.data) - 1 : data.size;
        gap = 1;
        second = end ? data.size - lead - first - gap : 0;
    }
    if (!j->o.transpose || data.size < lead + first + gap + second || second == 0 ||
        !exn_png_chunks_crc_valid(j->png, chunk))
        return exn_png_chunks_put_span(j->out, exn_png_chunks_whole(j->png, chunk));
    size_t start;
    exn_status status = exn_png_chunks_put_open(j->out, chunk->type, &start);
    const exn_span parts[] = {
        exn_span_part(data, 0, lead),
        exn_span_part(data, lead + first + gap, second),
        exn_span_part(data, lead + first, gap),
        exn_span_part(data, lead, first),
        exn_span_part(data, lead + first + gap + second, SIZE_MAX),
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && status == EXN_OK; i++)
        status = exn_png_chunks_put_span(j->out, parts[i]);
    return status == EXN_OK ? exn_png_chunks_put_close(j->out, start) : status;
}

/* A signature covers bytes that have just been changed. */
static exn_status put_other(job *j, const exn_png_chunk *chunk)
{
    if (chunk->type == EXN_PNG_CABX || chunk->type == EXN_PNG_DSIG)
        j->warnings |= 1u << EXN_WARN_SIGNATURE_INVALID;
    /* Apple's index into the old IDAT stream would mislead its decoder in the new one. */
    if (j->turn && chunk->type == EXN_PNG_IDOT) {
        j->warnings |= 1u << EXN_WARN_CHUNK_REMOVED;
        return EXN_OK;
    }
    if (j->turn && !bears_turning(chunk->type))
        j->warnings |= 1u << EXN_WARN_UNSAFE_CHUNK_KEPT;
    return exn_png_chunks_put_span(j->out, exn_png_chunks_whole(j->png, chunk));
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* The source and chunks carried over; plus the largest of what write_frame() holds in turn: rows
 * and pieces of filtered ones with the stream, or all filtered rows with the stream; or the stream
 * with the output, which has that many bytes so far and grows by half. */
static uint64_t memory_to_turn(const exn_png_frame *frame, const job *j, size_t written)
{
    exn_png_frame turned = *frame;
    exn_orientation_size(j->o, &turned.width, &turned.height);
    exn_png_grid stored = exn_png_grid_of(frame), grid = exn_png_grid_of(&turned);
    uint64_t filtered = exn_png_pixels_filtered_size(&turned);
    uint64_t stream = exn_png_deflate_bound(filtered), product = stream + written;
    uint64_t rows = exn_png_grid_size(&stored) + exn_png_pixels_codec_memory(&stored) +
                    exn_png_filtered_memory(&grid, frame->png->interlaced);
    uint64_t most = larger(stream + rows, filtered + stream + exn_png_deflate_memory(j->level));
    return 2 * (uint64_t)frame->png->data.size +
           larger(most + written, stream + product + product / 2);
}

/* The frame's data have been read. They are mostly adjacent, and are reported in one piece. */
static void tell_spent(const job *j)
{
    const exn_png *png = j->png;
    size_t from = 0, end = 0;
    for (size_t i = j->frame.first; j->options->spent && i < j->frame.end; i++) {
        const exn_png_chunk *chunk = &png->chunks[i];
        if (chunk->type != j->frame.type)
            continue;
        if (end > 0 && chunk->offset != end)
            j->options->spent(j->options->spent_context, from, end - from);
        from = chunk->offset == end ? from : chunk->offset;
        end = chunk->offset + EXN_PNG_CHUNK_OVERHEAD + chunk->size;
    }
    if (end > 0)
        j->options->spent(j->options->spent_context, from, end - from);
}

/* Writes the rotated picture as IDATs or fdATs. The worst case for every frame would be far more
 * than the reality, so each is checked with what was written before it. */
static exn_status write_frame(job *j, exn_error *error)
{
    exn_png_filtered filtered = {.rows = NULL};
    exn_buffer stream = {0};
    uint64_t need = memory_to_turn(&j->frame, j, j->frame.type == EXN_PNG_FDAT ? j->out->size : 0);
    exn_status status = exn_status_need_memory(error, need, j->max_memory);
    if (status == EXN_OK)
        status = exn_png_filtered_open(&filtered, &j->frame, j->o, &j->warnings, error);
    if (status == EXN_OK)
        tell_spent(j);
    if (status == EXN_OK)
        status = exn_png_deflate(&filtered, j->level, &stream, error);
    exn_png_filtered_close(&filtered);
    if (status == EXN_OK)
        status = exn_png_frames_put_data(&j->frame, exn_buffer_span(&stream), &j->sequence, j->out);
    exn_buffer_free(&stream);
    return status;
}

/* New data chunks replace a picture's first old one; its others are dropped. Chunks come in the
 * order of the file, so the next picture begins where the previous one ended. */
static exn_status put_pixels(job *j, size_t index, exn_error *error)
{
    if (index >= j->frame.end)
        exn_png_frames_next(&j->frame);
    return index == j->frame.first ? write_frame(j, error) : EXN_OK;
}

/* fcTL and fdAT, which have a meaning only in an animation, and IDAT. */
static bool bears_pixels(const job *j, uint32_t type)
{
    return type == EXN_PNG_IDAT || (j->png->acTL && (type == EXN_PNG_FCTL || type == EXN_PNG_FDAT));
}

/* There is no budget here, since the scan has already accepted them all. */
static exn_status drop_stray(job *j, const exn_png_chunk *chunk, bool *stray, exn_error *error)
{
    size_t inflated = 0;
    exn_status status = exn_png_traces_judge_stray(j->png, chunk, &inflated, stray, error);
    if (status == EXN_OK && *stray)
        j->warnings |= 1u << EXN_WARN_EXIF_REMOVED;
    return status;
}

/* The order is kept, and so are clause 5.6's rules about what has to precede PLTE and IDAT. */
static exn_status put_chunk(job *j, size_t index, exn_error *error)
{
    const exn_png_chunk *chunk = &j->png->chunks[index];
    bool stray;
    exn_status status = drop_stray(j, chunk, &stray, error);
    if (status != EXN_OK || stray)
        return status;
    if (j->turn && bears_pixels(j, chunk->type))
        return chunk->type == EXN_PNG_FCTL
                   ? exn_png_frames_put_control(j->png, chunk, j->o, j->sequence++, j->out)
                   : put_pixels(j, index, error);
    switch (chunk->type) {
    case EXN_PNG_IHDR:
        return put_header(j, exn_png_chunks_data(j->png, chunk));
    case EXN_PNG_IDAT:
        return exn_png_chunks_put_span(j->out, exn_png_chunks_whole(j->png, chunk));
    case EXN_PNG_IEND:
        return exn_png_chunks_put_end(j->out);
    case EXN_PNG_EXIF:
        return put_exif(j, chunk);
    case EXN_PNG_PHYS:
        return put_density(j, chunk);
    case EXN_PNG_OFFS:
    case EXN_PNG_SCAL:
    case EXN_PNG_VPAG:
        return put_exchanged(j, chunk);
    case EXN_PNG_CANV:
        return exn_png_canvas_put(j->png, chunk, j->o, j->out);
    default:
        return exn_png_text_is(chunk->type) ? put_text(j, chunk, error) : put_other(j, chunk);
    }
}

/* Byte for byte, except for chunks in it that exiftool reads. */
static exn_status put_trailer(job *j, exn_error *error)
{
    exn_status status = EXN_OK;
    size_t at = j->png->end, done = at;
    exn_png_chunk chunk;
    while (status == EXN_OK && exn_png_chunks_next_in_trailer(j->png, &at, &chunk)) {
        bool stray;
        status = drop_stray(j, &chunk, &stray, error);
        if (status == EXN_OK && exn_png_text_is(chunk.type))
            status = put_text(j, &chunk, error);
        else if (status == EXN_OK && !stray)
            status = exn_png_chunks_put_span(j->out, exn_png_chunks_whole(j->png, &chunk));
        done = at;
    }
    return status == EXN_OK
               ? exn_png_chunks_put_span(j->out, exn_span_part(j->png->data, done, SIZE_MAX))
               : status;
}

/* Most outputs are about the source's size; the rest is for headers that grow. */
static exn_status rebuild(job *j, exn_error *error)
{
    exn_status status = exn_buffer_reserve(j->out, j->png->data.size + 4096);
    if (status == EXN_OK)
        status =
            exn_png_chunks_put_span(j->out, exn_span_part(j->png->data, 0, EXN_PNG_SIGNATURE_SIZE));
    for (size_t i = 0; status == EXN_OK && i < j->png->count; i++)
        status = put_chunk(j, i, error);
    if (status == EXN_OK && j->png->open_end)
        status = exn_png_chunks_put_end(j->out);
    if (status == EXN_OK)
        status = put_trailer(j, error);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "output");
    return EXN_OK;
}

static exn_status check_turnable(const job *j, const exn_options *options, exn_error *error)
{
    exn_png_frame frame = exn_png_frames_default_image(j->png);
    exn_status status = exn_png_decodable_check(j->png, options, error);
    if (status == EXN_OK)
        status = exn_status_need_memory(error, memory_to_turn(&frame, j, 0), options->max_memory);
    return status;
}

exn_status exn_png_rebuild(const exn_image *image, const exn_options *options, exn_buffer *out,
                           exn_result *result, exn_error *error)
{
    const exn_png *png = image->state;
    const uint64_t held = 3 * (uint64_t)png->data.size; /* including the output while it grows */
    job j = {.png = png, .out = out, .width = png->width, .height = png->height};
    j.o = image->turn;
    j.max_memory = options->max_memory;
    j.thumbnails = exn_image_thumbnails(image, options, held);
    j.level = options->png_level;
    j.options = options;
    j.frame = exn_png_frames_default_image(png);
    exn_orientation_size(j.o, &j.width, &j.height);
    /* Without a rotation no pixel is examined, and the IDATs may be as broken as before. */
    j.turn = !exn_orientation_is_identity(j.o);
    exn_status status;
    if (j.turn)
        j.warnings |= exn_png_decodable_judge_transparency(png);
    if (j.turn)
        status = check_turnable(&j, options, error);
    else
        status = exn_status_need_memory(error, 2 * (uint64_t)png->data.size, options->max_memory);
    if (status == EXN_OK)
        status = rebuild(&j, error);
    result->warnings |= j.warnings | j.thumbnails.warnings;
    if (status != EXN_OK)
        return status;
    result->outcome = j.turn ? EXN_OUTCOME_LOSSLESS : EXN_OUTCOME_METADATA;
    result->method = j.turn ? EXN_METHOD_SAMPLES : EXN_METHOD_EDIT;
    result->exact_components = (1u << image->components) - 1;
    return EXN_OK;
}
