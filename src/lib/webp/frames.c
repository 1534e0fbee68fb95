/* SPDX-License-Identifier: MIT */
#include "frames.h"

#include <string.h>

static uint32_t get24(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
}

static void put24(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
    p[2] = (uint8_t)(value >> 16);
}

/* Nothing outside the RIFF is a picture. In an animation every ANMF is one, and decoders ignore a
 * VP8 chunk beside them. */
bool exn_webp_frames_is_part(const exn_webp *webp, size_t index)
{
    const uint32_t name = webp->chunks[index].name;
    if (index >= webp->inside)
        return false;
    if (webp->flags & EXN_WEBP_FLAG_ANIMATION)
        return name == EXN_WEBP_ANMF;
    return index == webp->picture || (name == EXN_WEBP_ALPH && index < webp->picture);
}

/* A chunk with its header but without its padding. */
static exn_span whole(const exn_webp_chunk *chunk, exn_span file)
{
    return exn_span_part(file, (size_t)chunk->offset,
                         EXN_WEBP_CHUNK_OVERHEAD + (size_t)chunk->size);
}

/* Removes the next chunk from a frame's data. Chunks are padded to an even size (RFC 9649, 2.3),
 * but a frame's last one may lack the padding. */
static bool next(exn_span *data, uint32_t *name, exn_span *chunk)
{
    if (data->size < EXN_WEBP_CHUNK_OVERHEAD)
        return false;
    const size_t size = exn_get32(data->data + 4, false);
    if (size > data->size - EXN_WEBP_CHUNK_OVERHEAD)
        return false;
    *name = exn_get32be(data->data);
    *chunk = exn_span_part(*data, 0, EXN_WEBP_CHUNK_OVERHEAD + size);
    *data = exn_span_part(*data, EXN_WEBP_CHUNK_OVERHEAD + size + (size & 1), SIZE_MAX);
    return true;
}

/* RFC 9649, 2.7.1.1: x / 2, y / 2, width - 1, height - 1 and a time of 24 bits each, flags; then
 * the chunks of a picture, and others. Only ALPH may precede the picture. */
static exn_status take_frame(exn_span data, exn_webp_frame *frame, exn_error *error)
{
    uint32_t name;
    exn_span chunk, rest = exn_span_part(data, EXN_WEBP_FRAME_HEAD, SIZE_MAX);
    if (data.size < EXN_WEBP_FRAME_HEAD)
        return exn_status_fail(error, EXN_CORRUPT, "a frame without a header");
    frame->head = exn_span_part(data, 0, EXN_WEBP_FRAME_HEAD);
    frame->x = 2 * get24(data.data);
    frame->y = 2 * get24(data.data + 3);
    frame->width = get24(data.data + 6) + 1;
    frame->height = get24(data.data + 9) + 1;
    while (frame->data.size == 0 && next(&rest, &name, &chunk)) {
        if (name == EXN_WEBP_VP8 || name == EXN_WEBP_VP8L)
            frame->data = chunk;
        else if (name == EXN_WEBP_ALPH && frame->alpha.size == 0)
            frame->alpha = chunk;
        else
            return exn_status_fail(error, EXN_CORRUPT, "a frame does not begin with its picture");
    }
    frame->rest = rest;
    return frame->data.size > 0 ? EXN_OK
                                : exn_status_fail(error, EXN_CORRUPT, "a frame without a picture");
}

/* An ALPH chunk is returned together with its picture, not by itself. */
exn_status exn_webp_frames_of(const exn_webp *webp, exn_span file, size_t index,
                              exn_webp_frame *frame, bool *found, exn_error *error)
{
    const exn_webp_chunk *chunk = &webp->chunks[index];
    *frame = (exn_webp_frame){.width = webp->width, .height = webp->height};
    *found = chunk->name != EXN_WEBP_ALPH;
    if (!*found)
        return EXN_OK;
    if (chunk->name == EXN_WEBP_ANMF)
        return take_frame(exn_webp_chunks_data(chunk, file), frame, error);
    frame->data = whole(chunk, file);
    for (size_t i = 0; i < index && frame->alpha.size == 0; i++)
        if (webp->chunks[i].name == EXN_WEBP_ALPH)
            frame->alpha = whole(&webp->chunks[i], file);
    return EXN_OK;
}

/* Each frame is within the limits of an image, but a hostile file could have thousands of them, so
 * there is also a limit for all together. */
exn_webp_budget exn_webp_frames_budget(const exn_options *options, uint64_t held)
{
    enum { PICTURES = 4 }; /* times the pixels allowed in each; more makes no useful animation */
    const uint64_t most = UINT64_MAX / PICTURES;
    return (exn_webp_budget){
        .max_memory = options->max_memory,
        .held = held,
        .max_pixels = options->max_pixels,
        .pixels = (options->max_pixels < most ? options->max_pixels : most) * PICTURES,
    };
}

/* Charges a picture to the budget before it is read: its headers tell the cost. */
static exn_status charge(exn_webp_budget *budget, const exn_webp_picture *head, bool write,
                         exn_error *error)
{
    const uint64_t pixels = (uint64_t)head->width * head->height;
    exn_status status =
        exn_status_need_pixels(error, head->width, head->height, budget->max_pixels);
    if (status == EXN_OK && pixels > budget->pixels)
        status = exn_status_fail(error, EXN_LIMIT, "its frames have too many pixels together");
    if (status == EXN_OK)
        status = exn_status_need_memory(error,
                                        budget->held + exn_webp_picture_memory_to_read(head) +
                                            (write ? exn_webp_picture_memory_to_write(head) : 0),
                                        budget->max_memory);
    budget->pixels -= status == EXN_OK ? pixels : 0;
    return status;
}

exn_status exn_webp_frames_read(const exn_webp_frame *frame, bool write, exn_webp_budget *budget,
                                const exn_cancel *cancel, exn_webp_picture *picture,
                                exn_error *error)
{
    exn_buffer both = {0};
    exn_span data = frame->data;
    exn_status status = EXN_OK;
    *picture = (exn_webp_picture){0};
    /* The two chunks need not be adjacent, but libwebp requires that. */
    if (frame->alpha.size > 0) {
        status = exn_buffer_append(&both, frame->alpha.data, frame->alpha.size);
        if (status == EXN_OK && frame->alpha.size & 1)
            status = exn_buffer_append(&both, "", 1);
        if (status == EXN_OK)
            status = exn_buffer_append(&both, frame->data.data, frame->data.size);
        data = exn_buffer_span(&both);
    }
    if (status != EXN_OK)
        status = exn_status_fail(error, status, "picture");
    if (status == EXN_OK)
        status = exn_webp_picture_head(data, picture, error);
    /* RFC 9649, 2.7.1.1: the frame's size is the picture's. */
    if (status == EXN_OK && (picture->width != frame->width || picture->height != frame->height))
        status = exn_status_fail(error, EXN_CORRUPT, "a frame of %ux%u holds a picture of %ux%u",
                                 frame->width, frame->height, picture->width, picture->height);
    if (status == EXN_OK)
        status = charge(budget, picture, write, error);
    if (status == EXN_OK)
        status = exn_webp_picture_read(data, cancel, picture, error);
    exn_buffer_free(&both);
    return status;
}

/* A frame that extends beyond its canvas cannot be rotated. x and y are halved in the file, so only
 * even ones can be expressed: with an odd canvas or an odd side, a reversed one may be odd. */
bool exn_webp_frames_turn(const exn_webp *webp, exn_orientation o, exn_webp_frame *frame)
{
    const uint64_t right = (uint64_t)frame->x + frame->width,
                   bottom = (uint64_t)frame->y + frame->height;
    if (right > webp->width || bottom > webp->height)
        return false;
    const uint32_t u = o.flip_x ? (uint32_t)(webp->width - right) : frame->x;
    const uint32_t v = o.flip_y ? (uint32_t)(webp->height - bottom) : frame->y;
    frame->x = o.transpose ? v : u;
    frame->y = o.transpose ? u : v;
    exn_orientation_size(o, &frame->width, &frame->height);
    return frame->x % 2 == 0 && frame->y % 2 == 0;
}

/* Time, blending and disposal in the header stay as they are. */
void exn_webp_frames_head(const exn_webp_frame *frame, uint8_t head[EXN_WEBP_FRAME_HEAD])
{
    memcpy(head, frame->head.data, EXN_WEBP_FRAME_HEAD);
    put24(head, frame->x / 2);
    put24(head + 3, frame->y / 2);
    put24(head + 6, frame->width - 1);
    put24(head + 9, frame->height - 1);
}
