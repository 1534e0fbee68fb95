/* SPDX-License-Identifier: MIT */
#include "frames.h"

#include <stdio.h>
#include <string.h>

enum {
    ACTL_SIZE = 8,
    FCTL_SIZE = 26,
    SEQUENCE_SIZE = 4, /* of the number that precedes an fdAT's data */
    /* Offsets in an fcTL (clause 11.3.6.2); the sequence number comes first. */
    FCTL_WIDTH = 4,
    FCTL_HEIGHT = 8,
    FCTL_X = 12,
    FCTL_Y = 16,
    FCTL_DELAY = 20, /* two 16-bit numbers; neither they nor what follows are about positions */
    FCTL_DISPOSE = 24,
    FCTL_BLEND = 25,
};

static void take_box(exn_png_frame *frame, const uint8_t *control)
{
    frame->width = exn_get32be(control + FCTL_WIDTH);
    frame->height = exn_get32be(control + FCTL_HEIGHT);
    frame->x = exn_get32be(control + FCTL_X);
    frame->y = exn_get32be(control + FCTL_Y);
}

/* --- Checking -------------------------------------------------------------------------------- */

/* One walk through the chunk list. */
typedef struct walk {
    const exn_png *png;
    exn_error *error;
    uint64_t pixels, limit; /* of all pictures so far */
    uint32_t announced;     /* how many frames acTL announces */
    uint32_t frames;        /* fcTLs so far */
    uint32_t sequence;      /* the next fcTL's or fdAT's number */
    bool open, empty;       /* an fcTL followed IDAT; the last fcTL has no data yet */
} walk;

static exn_status corrupt(const walk *w, const char *text)
{
    return exn_status_fail(w->error, EXN_CORRUPT, "animation: %s", text);
}

/* Browsers ignore an acTL after IDAT and show the default image; others play it. Clause 11.3.6.1.
 * The number of frames is followed by how often the animation is played, which does not matter
 * here. */
static exn_status check_announcement(walk *w, size_t index)
{
    const exn_png_chunk *chunk = &w->png->chunks[index];
    if (index != w->png->acTL)
        return corrupt(w, "more than one acTL");
    if (index > w->png->idat)
        return corrupt(w, "acTL after IDAT");
    if (chunk->size != ACTL_SIZE)
        return corrupt(w, "acTL: illegal length");
    w->announced = exn_get32be(exn_png_chunks_data(w->png, chunk).data);
    if (w->announced == 0)
        return corrupt(w, "acTL announces no frame");
    return exn_png_chunks_need_crc(w->png, chunk, w->error);
}

/* Clause 11.3.6: fcTLs and fdATs share one numbering, from 0 without gaps. */
static exn_status check_sequence(walk *w, const exn_png_chunk *chunk)
{
    uint32_t number = exn_get32be(exn_png_chunks_data(w->png, chunk).data);
    if (number != w->sequence)
        return exn_status_fail(
            w->error, EXN_CORRUPT, "animation: %s has sequence number %u, not %u",
            exn_png_chunks_type_name(chunk->type).text, (unsigned)number, (unsigned)w->sequence);
    w->sequence++;
    return exn_png_chunks_need_crc(w->png, chunk, w->error);
}

/* w->pixels never exceeds the limit, so the difference does not wrap. */
static exn_status count_pixels(walk *w, uint32_t width, uint32_t height)
{
    uint64_t pixels = (uint64_t)width * height;
    if (pixels > w->limit - w->pixels)
        return exn_status_fail(w->error, EXN_LIMIT, "the frames have more than %llu pixels in all",
                               (unsigned long long)w->limit);
    w->pixels += pixels;
    return EXN_OK;
}

/* Clause 11.3.6.2. is_default: it describes the default image, which is as large as the canvas. */
static exn_status check_box(walk *w, const uint8_t *control, bool is_default)
{
    const exn_png *png = w->png;
    exn_png_frame box;
    take_box(&box, control);
    if (box.width == 0 || box.height == 0)
        return corrupt(w, "a frame has no pixels");
    /* In this form, no two hostile numbers have to be added. */
    if (box.width > png->width || box.x > png->width - box.width || box.height > png->height ||
        box.y > png->height - box.height)
        return corrupt(w, "a frame is outside of the canvas");
    if (is_default)
        return box.width == png->width && box.height == png->height
                   ? EXN_OK
                   : corrupt(w, "the default image's frame is not the whole canvas");
    return count_pixels(w, box.width, box.height);
}

static exn_status check_control(walk *w, size_t index)
{
    const exn_png_chunk *chunk = &w->png->chunks[index];
    bool is_default = index < w->png->idat;
    if (chunk->size != FCTL_SIZE)
        return corrupt(w, "fcTL: illegal length");
    exn_status status = check_sequence(w, chunk);
    if (status != EXN_OK)
        return status;
    if (is_default && w->frames > 0)
        return corrupt(w, "more than one fcTL before IDAT");
    if (w->empty)
        return corrupt(w, "a frame has no fdAT");
    const uint8_t *control = exn_png_chunks_data(w->png, chunk).data;
    if (control[FCTL_DISPOSE] > 2 || control[FCTL_BLEND] > 1)
        return corrupt(w, "fcTL: unknown dispose or blend operation");
    /* Counted rather than announced: an acTL with a wrong number does not make an animation. */
    if (w->frames == EXN_PNG_MAX_FRAMES)
        return exn_status_fail(w->error, EXN_LIMIT, "more than %d frames", EXN_PNG_MAX_FRAMES);
    w->frames++;
    w->open = w->empty = !is_default;
    return check_box(w, control, is_default);
}

static exn_status check_data(walk *w, const exn_png_chunk *chunk)
{
    if (!w->open)
        return corrupt(w, "fdAT without an fcTL after IDAT");
    if (chunk->size < SEQUENCE_SIZE)
        return corrupt(w, "fdAT: illegal length");
    w->empty = false;
    return check_sequence(w, chunk);
}

static exn_status check_end(const walk *w)
{
    if (w->empty)
        return corrupt(w, "the last frame has no fdAT");
    if (w->frames != w->announced)
        return exn_status_fail(w->error, EXN_CORRUPT, "animation: %u frames, but acTL announces %u",
                               (unsigned)w->frames, (unsigned)w->announced);
    return EXN_OK;
}

exn_status exn_png_frames_check(const exn_png *png, uint64_t max_pixels, exn_error *error)
{
    walk w = {.png = png, .error = error};
    w.limit = max_pixels > UINT64_MAX / EXN_PNG_ANIMATION_FACTOR
                  ? UINT64_MAX
                  : max_pixels * EXN_PNG_ANIMATION_FACTOR;
    if (!png->acTL)
        return EXN_OK;
    /* The default image is decoded even if it is not a frame of the animation. */
    exn_status status = count_pixels(&w, png->width, png->height);
    for (size_t i = 1; i < png->count && status == EXN_OK; i++) {
        uint32_t type = png->chunks[i].type;
        if (type == EXN_PNG_ACTL)
            status = check_announcement(&w, i);
        else if (type == EXN_PNG_FCTL)
            status = check_control(&w, i);
        else if (type == EXN_PNG_FDAT)
            status = check_data(&w, &png->chunks[i]);
    }
    return status == EXN_OK ? check_end(&w) : status;
}

bool exn_png_frames_intact(const exn_png *png)
{
    for (size_t i = 1; i < png->count; i++) {
        uint32_t type = png->chunks[i].type;
        if ((type == EXN_PNG_ACTL || type == EXN_PNG_FCTL || type == EXN_PNG_FDAT) &&
            !exn_png_chunks_crc_valid(png, &png->chunks[i]))
            return false;
    }
    return true;
}

/* --- Walking --------------------------------------------------------------------------------- */

/* Index of the first chunk of this type from index on and before end, or end. */
static size_t find(const exn_png *png, uint32_t type, size_t index, size_t end)
{
    while (index < end && png->chunks[index].type != type)
        index++;
    return index;
}

exn_png_frame exn_png_frames_default_image(const exn_png *png)
{
    exn_png_frame frame = {
        .png = png, .type = EXN_PNG_IDAT, .width = png->width, .height = png->height};
    frame.first = png->idat;
    frame.end = png->idat + png->idat_count;
    size_t control = find(png, EXN_PNG_FCTL, 1, png->idat);
    if (png->acTL && control < png->idat)
        frame.control = control;
    return frame;
}

/* An fcTL is followed by its picture's data, up to the next fcTL; exn_png_frames_check() has made
 * sure that there are some. */
bool exn_png_frames_next(exn_png_frame *frame)
{
    const exn_png *png = frame->png;
    size_t control = png->acTL ? find(png, EXN_PNG_FCTL, frame->end, png->count) : png->count;
    if (control == png->count)
        return false;
    frame->number++;
    frame->control = control;
    frame->type = EXN_PNG_FDAT;
    frame->end = find(png, EXN_PNG_FCTL, control + 1, png->count);
    frame->first = find(png, EXN_PNG_FDAT, control + 1, frame->end);
    take_box(frame, exn_png_chunks_data(png, &png->chunks[control]).data);
    return true;
}

exn_span exn_png_frames_data(const exn_png_frame *frame, const exn_png_chunk *chunk)
{
    size_t lead = frame->type == EXN_PNG_FDAT ? SEQUENCE_SIZE : 0;
    return exn_span_part(exn_png_chunks_data(frame->png, chunk), lead, SIZE_MAX);
}

exn_png_frame_name exn_png_frames_name_of(const exn_png_frame *frame)
{
    exn_png_frame_name name = {"IDAT"};
    if (frame->type == EXN_PNG_FDAT)
        snprintf(name.text, sizeof name.text, "fdAT of image %u", (unsigned)frame->number);
    return name;
}

/* --- Writing --------------------------------------------------------------------------------- */

/* The flips are relative to the stored canvas (../orientation.h): a box ends up as far from the
 * right as it was from the left. The box lies inside the canvas, so nothing becomes negative.
 * Delay, disposal and blending are copied. */
exn_status exn_png_frames_put_control(const exn_png *png, const exn_png_chunk *chunk,
                                      exn_orientation o, uint32_t sequence, exn_buffer *out)
{
    exn_span data = exn_png_chunks_data(png, chunk);
    exn_png_frame box;
    size_t start;
    take_box(&box, data.data);
    uint32_t u = o.flip_x ? png->width - box.x - box.width : box.x;
    uint32_t v = o.flip_y ? png->height - box.y - box.height : box.y;
    exn_orientation_size(o, &box.width, &box.height);
    exn_status status = exn_png_chunks_put_open(out, EXN_PNG_FCTL, &start);
    if (status == EXN_OK)
        status = exn_png_chunks_put_span(out, data);
    if (status != EXN_OK)
        return status;
    uint8_t *control = out->data + start + 8;
    exn_put32be(control, sequence);
    exn_put32be(control + FCTL_WIDTH, box.width);
    exn_put32be(control + FCTL_HEIGHT, box.height);
    exn_put32be(control + FCTL_X, o.transpose ? v : u);
    exn_put32be(control + FCTL_Y, o.transpose ? u : v);
    return exn_png_chunks_put_close(out, start);
}

/* Large enough for negligible overhead, small enough for readers that show rows as they arrive. */
exn_status exn_png_frames_put_data(const exn_png_frame *frame, exn_span stream, uint32_t *sequence,
                                   exn_buffer *out)
{
    enum { DATA_SIZE = 1 << 16 };
    exn_status status = EXN_OK;
    for (size_t at = 0; at < stream.size && status == EXN_OK; at += DATA_SIZE) {
        size_t start;
        uint8_t number[SEQUENCE_SIZE];
        status = exn_png_chunks_put_open(out, frame->type, &start);
        if (status == EXN_OK && frame->type == EXN_PNG_FDAT) {
            exn_put32be(number, (*sequence)++);
            status = exn_buffer_append(out, number, sizeof number);
        }
        if (status == EXN_OK)
            status = exn_png_chunks_put_span(out, exn_span_part(stream, at, DATA_SIZE));
        if (status == EXN_OK)
            status = exn_png_chunks_put_close(out, start);
    }
    return status;
}

/* --- Comparing ------------------------------------------------------------------------------- */

bool exn_png_frames_same_control(const exn_png_frame *source, const exn_png_frame *product,
                                 exn_orientation o)
{
    if (!source->control || !product->control)
        return !source->control && !product->control;
    exn_span before = exn_png_chunks_optional(source->png, source->control);
    exn_span after = exn_png_chunks_optional(product->png, product->control);
    exn_png_frame box, turned;
    take_box(&box, before.data);
    take_box(&turned, after.data);
    /* Two opposite corner pixels remain the box's corners, whichever they become. */
    uint32_t x = box.x, y = box.y, u = x + box.width - 1, v = y + box.height - 1;
    exn_orientation_point(o, source->png->width, source->png->height, &x, &y);
    exn_orientation_point(o, source->png->width, source->png->height, &u, &v);
    uint32_t left = x < u ? x : u, right = x < u ? u : x;
    uint32_t top = y < v ? y : v, bottom = y < v ? v : y;
    return turned.x == left && turned.y == top && turned.x + turned.width - 1 == right &&
           turned.y + turned.height - 1 == bottom &&
           memcmp(before.data + FCTL_DELAY, after.data + FCTL_DELAY, FCTL_SIZE - FCTL_DELAY) == 0;
}
