/* SPDX-License-Identifier: MIT */
#include "support/png_anim.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* --- Writing --------------------------------------------------------------------------------- */

/* All IDAT data of a file, as one. */
static void collect_stream(exn_span file, exn_buffer *stream)
{
    size_t offset = 8;
    char type[5];
    exn_span data;
    while (exn_test_png_next(file, &offset, type, &data)) {
        if (strcmp(type, "IDAT") == 0)
            exn_buffer_append(stream, data.data, data.size);
    }
}

/* The zlib stream of a picture of noise; no two seeds have the same. */
static bool make_stream(const exn_test_png *spec, uint32_t seed, exn_buffer *stream)
{
    exn_buffer file = {0};
    uint8_t *pixels = exn_test_png_pixels(spec);
    size_t size = exn_test_png_pixel_size(spec) * spec->width * spec->height;
    uint32_t values = spec->depth < 8 ? 1U << spec->depth : 256;
    if (spec->palette_size)
        values = (uint32_t)spec->palette_size / 3;
    for (size_t i = 0; pixels && i < size; i++)
        pixels[i] = (uint8_t)((pixels[i] + seed * (i % 3 + 1)) % values);
    bool good = pixels && exn_test_png_write(spec, pixels, &file);
    if (good)
        collect_stream(exn_buffer_span(&file), stream);
    free(pixels);
    exn_buffer_free(&file);
    return good;
}

static void put_control(const exn_test_frame *frame, uint32_t *sequence, exn_buffer *out)
{
    uint8_t data[26];
    exn_put32be(data, (*sequence)++);
    exn_put32be(data + 4, frame->width);
    exn_put32be(data + 8, frame->height);
    exn_put32be(data + 12, frame->x);
    exn_put32be(data + 16, frame->y);
    exn_put16be(data + 20, frame->delay);
    exn_put16be(data + 22, frame->delay_unit);
    data[24] = frame->dispose;
    data[25] = frame->blend;
    exn_test_png_chunk(out, "fcTL", data, sizeof data);
}

/* In parts of equal size; sequence is NULL for IDATs. */
static void put_stream(exn_span stream, uint32_t parts, uint32_t *sequence, exn_buffer *out)
{
    for (uint32_t i = 0; i < parts; i++) {
        size_t from = stream.size * i / parts, to = stream.size * (i + 1) / parts;
        exn_buffer data = {0};
        uint8_t number[4];
        if (sequence) {
            exn_put32be(number, (*sequence)++);
            exn_buffer_append(&data, number, sizeof number);
        }
        exn_buffer_append(&data, stream.data + from, to - from);
        exn_test_png_chunk(out, sequence ? "fdAT" : "IDAT", data.data, data.size);
        if (sequence && i == 0 && parts > 1)
            exn_test_png_chunk(out, "tEXt", "Comment\0among data", 18);
        exn_buffer_free(&data);
    }
}

static void put_head(const exn_test_anim *anim, exn_span tiff, exn_buffer *out)
{
    const exn_test_png *canvas = &anim->canvas;
    uint8_t header[13] = {0}, announcement[8];
    exn_put32be(header, canvas->width);
    exn_put32be(header + 4, canvas->height);
    header[8] = canvas->depth;
    header[9] = canvas->colour_type;
    header[12] = canvas->interlaced;
    exn_put32be(announcement, anim->count);
    exn_put32be(announcement + 4, anim->plays);
    exn_buffer_append(out, "\x89PNG\r\n\x1a\n", 8);
    exn_test_png_chunk(out, "IHDR", header, sizeof header);
    exn_test_png_chunk(out, "acTL", announcement, sizeof announcement);
    if (canvas->palette_size)
        exn_test_png_chunk(out, "PLTE", canvas->palette, canvas->palette_size);
    if (canvas->trns_size)
        exn_test_png_chunk(out, "tRNS", canvas->trns, canvas->trns_size);
    if (tiff.size)
        exn_test_png_chunk(out, "eXIf", tiff.data, tiff.size);
}

bool exn_test_anim_write(const exn_test_anim *anim, exn_span tiff, exn_buffer *out)
{
    uint32_t sequence = 0;
    bool good = true;
    put_head(anim, tiff, out);
    for (uint32_t i = 0; good && i < anim->count + anim->hidden; i++) {
        bool is_default = i == 0;
        const exn_test_frame *frame = &anim->frames[i - (anim->hidden && !is_default)];
        exn_test_png spec = anim->canvas;
        exn_buffer stream = {0};
        if (!is_default) {
            spec.width = frame->width;
            spec.height = frame->height;
        }
        if (!is_default || !anim->hidden)
            put_control(frame, &sequence, out);
        good = make_stream(&spec, i, &stream);
        if (good)
            put_stream(exn_buffer_span(&stream), frame->parts, is_default ? NULL : &sequence, out);
        exn_buffer_free(&stream);
    }
    exn_test_png_chunk(out, "IEND", NULL, 0);
    return good;
}

/* --- Taking apart ---------------------------------------------------------------------------- */

/* One way through a file. */
typedef struct parts {
    exn_test_anim anim;
    exn_buffer default_stream;
    exn_buffer streams[EXN_TEST_ANIM_FRAMES];
    uint32_t announced, sequence;
    bool has_default, good;
} parts;

static void take_number(parts *p, exn_span data)
{
    p->good = p->good && data.size >= 4 && exn_get32be(data.data) == p->sequence++;
}

static void take_control(parts *p, exn_span data)
{
    exn_test_anim *anim = &p->anim;
    take_number(p, data);
    p->good = p->good && data.size == 26 && anim->count < EXN_TEST_ANIM_FRAMES;
    if (!p->good)
        return;
    if (anim->count == 0)
        anim->hidden = p->has_default;
    exn_test_frame *frame = &anim->frames[anim->count++];
    frame->width = exn_get32be(data.data + 4);
    frame->height = exn_get32be(data.data + 8);
    frame->x = exn_get32be(data.data + 12);
    frame->y = exn_get32be(data.data + 16);
    frame->delay = (uint16_t)exn_get16be(data.data + 20);
    frame->delay_unit = (uint16_t)exn_get16be(data.data + 22);
    frame->dispose = data.data[24];
    frame->blend = data.data[25];
    p->good = (uint64_t)frame->x + frame->width <= anim->canvas.width &&
              (uint64_t)frame->y + frame->height <= anim->canvas.height;
}

static void take_chunk(parts *p, const char *type, exn_span data)
{
    exn_test_anim *anim = &p->anim;
    uint32_t crc = (uint32_t)crc32(0, data.data - 4, (uInt)data.size + 4);
    bool shown = strstr("IHDR PLTE tRNS acTL fcTL IDAT fdAT", type) != NULL;
    p->good = p->good && (!shown || crc == exn_get32be(data.data + data.size));
    if (strcmp(type, "IHDR") == 0) {
        anim->canvas.width = exn_get32be(data.data);
        anim->canvas.height = exn_get32be(data.data + 4);
        anim->canvas.depth = data.data[8];
        anim->canvas.colour_type = data.data[9];
        anim->canvas.interlaced = data.data[12];
    } else if (strcmp(type, "PLTE") == 0) {
        p->good = p->good && data.size <= sizeof anim->canvas.palette;
        if (p->good)
            memcpy(anim->canvas.palette, data.data, anim->canvas.palette_size = data.size);
    } else if (strcmp(type, "tRNS") == 0) {
        p->good = p->good && data.size <= sizeof anim->canvas.trns;
        if (p->good)
            memcpy(anim->canvas.trns, data.data, anim->canvas.trns_size = data.size);
    } else if (strcmp(type, "acTL") == 0) {
        p->good = p->good && data.size == 8 && p->announced == 0 && !p->has_default;
        p->announced = p->good ? exn_get32be(data.data) : 0;
        anim->plays = p->good ? exn_get32be(data.data + 4) : 0;
    } else if (strcmp(type, "fcTL") == 0) {
        take_control(p, data);
    } else if (strcmp(type, "IDAT") == 0) {
        p->has_default = true;
        exn_buffer_append(&p->default_stream, data.data, data.size);
    } else if (strcmp(type, "fdAT") == 0) {
        take_number(p, data);
        p->good = p->good && anim->count > (anim->hidden ? 0 : 1);
        if (p->good) {
            anim->frames[anim->count - 1].parts++;
            exn_buffer_append(&p->streams[anim->count - 1], data.data + 4, data.size - 4);
        }
    }
}

static void take_apart(exn_span file, parts *p)
{
    size_t offset = 8;
    char type[5] = "";
    exn_span data;
    while (p->good && exn_test_png_next(file, &offset, type, &data))
        take_chunk(p, type, data);
    p->good =
        p->good && strcmp(type, "IEND") == 0 && p->announced > 0 && p->anim.count == p->announced;
}

/* --- Playing --------------------------------------------------------------------------------- */

/* One file with the stream for its picture, through libpng. */
static bool decode(const exn_test_png *spec, exn_span stream, uint8_t **samples)
{
    exn_buffer file = {0};
    exn_test_png read;
    uint8_t header[13] = {0};
    exn_put32be(header, spec->width);
    exn_put32be(header + 4, spec->height);
    header[8] = spec->depth;
    header[9] = spec->colour_type;
    header[12] = spec->interlaced;
    exn_buffer_append(&file, "\x89PNG\r\n\x1a\n", 8);
    exn_test_png_chunk(&file, "IHDR", header, sizeof header);
    if (spec->palette_size)
        exn_test_png_chunk(&file, "PLTE", spec->palette, spec->palette_size);
    exn_test_png_chunk(&file, "IDAT", stream.data, stream.size);
    exn_test_png_chunk(&file, "IEND", NULL, 0);
    bool good = exn_test_png_read(exn_buffer_span(&file), &read, samples);
    exn_buffer_free(&file);
    return good;
}

/* A sample that tRNS names is exact, whatever its depth (clause 11.3.1.1). */
static bool is_transparent(const exn_test_png *spec, const uint32_t *samples, size_t count)
{
    if (spec->trns_size != 2 * count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (samples[i] != exn_get16be(spec->trns + 2 * i))
            return false;
    }
    return true;
}

/* One pixel as RGBA, 16 bits each, red first. */
static uint64_t to_rgba(const exn_test_png *spec, const uint8_t *p)
{
    static const uint8_t channels[7] = {1, 0, 3, 1, 2, 0, 4};
    size_t count = channels[spec->colour_type];
    uint64_t rgba[4] = {0, 0, 0, 0xffff};
    uint32_t samples[4] = {0}, most = (1U << spec->depth) - 1;
    if (spec->colour_type == 3) {
        for (int i = 0; i < 3; i++)
            rgba[i] = spec->palette[3 * p[0] + i] * 257U;
        if (p[0] < spec->trns_size)
            rgba[3] = spec->trns[p[0]] * 257U;
        return rgba[0] << 48 | rgba[1] << 32 | rgba[2] << 16 | rgba[3];
    }
    for (size_t i = 0; i < count; i++)
        samples[i] = spec->depth == 16 ? exn_get16be(p + 2 * i) : p[i];
    bool has_alpha = count % 2 == 0;
    for (size_t i = 0; i < 3; i++)
        rgba[i] = (uint64_t)samples[count < 3 ? 0 : i] * 0xffff / most;
    if (has_alpha)
        rgba[3] = (uint64_t)samples[count - 1] * 0xffff / most;
    else if (is_transparent(spec, samples, count))
        rgba[3] = 0;
    return rgba[0] << 48 | rgba[1] << 32 | rgba[2] << 16 | rgba[3];
}

static uint64_t *decode_rgba(const exn_test_png *spec, exn_span stream)
{
    uint8_t *samples = NULL;
    size_t count = (size_t)spec->width * spec->height;
    uint64_t *rgba = decode(spec, stream, &samples) ? malloc(count * sizeof *rgba) : NULL;
    for (size_t i = 0; rgba && i < count; i++)
        rgba[i] = to_rgba(spec, samples + i * exn_test_png_pixel_size(spec));
    free(samples);
    return rgba;
}

/* Clause 13.16: the source over the canvas, neither of them premultiplied. */
static uint64_t blend_over(uint64_t source, uint64_t canvas)
{
    uint64_t a = source & 0xffff, b = (canvas & 0xffff) * (0xffff - a);
    uint64_t alpha = a * 0xffff + b, result = alpha / 0xffff;
    if (alpha == 0)
        return 0;
    for (int shift = 16; shift < 64; shift += 16) {
        uint64_t s = source >> shift & 0xffff, c = canvas >> shift & 0xffff;
        result |= (s * a * 0xffff + c * b) / alpha << shift;
    }
    return result;
}

static void draw(uint64_t *canvas, uint32_t stride, const exn_test_frame *f, const uint64_t *rgba)
{
    for (uint32_t y = 0; y < f->height; y++) {
        for (uint32_t x = 0; x < f->width; x++) {
            uint64_t *to = &canvas[(size_t)(f->y + y) * stride + f->x + x];
            uint64_t pixel = rgba[(size_t)y * f->width + x];
            *to = f->blend ? blend_over(pixel, *to) : pixel;
        }
    }
}

/* Clause 11.3.6.2: what the frame leaves for the next; before is the canvas it was drawn on. The
 * first frame has nothing to go back to, so that its PREVIOUS means BACKGROUND. */
static void dispose(uint64_t *canvas, const uint64_t *before, uint32_t stride,
                    const exn_test_frame *f, bool first)
{
    if (f->dispose == 0)
        return;
    for (uint32_t y = f->y; y < f->y + f->height; y++) {
        for (uint32_t x = f->x; x < f->x + f->width; x++) {
            size_t at = (size_t)y * stride + x;
            canvas[at] = f->dispose == 1 || first ? 0 : before[at];
        }
    }
}

static bool compose(const parts *p, exn_test_play *play)
{
    const exn_test_anim *anim = &p->anim;
    uint32_t width = anim->canvas.width;
    size_t pixels = (size_t)width * anim->canvas.height, size = pixels * sizeof(uint64_t);
    uint64_t *canvas = calloc(pixels, sizeof *canvas), *before = calloc(pixels, sizeof *before);
    bool good = canvas && before && play->canvases;
    for (uint32_t i = 0; good && i < anim->count; i++) {
        const exn_test_frame *frame = &anim->frames[i];
        exn_test_png spec = anim->canvas;
        spec.width = frame->width;
        spec.height = frame->height;
        bool is_default = i == 0 && !anim->hidden;
        const exn_buffer *stream = is_default ? &p->default_stream : &p->streams[i];
        uint64_t *rgba = decode_rgba(&spec, exn_buffer_span(stream));
        good = rgba != NULL;
        if (good) {
            memcpy(before, canvas, size);
            draw(canvas, width, frame, rgba);
            memcpy(play->canvases + i * pixels, canvas, size);
            dispose(canvas, before, width, frame, i == 0);
        }
        free(rgba);
    }
    free(canvas);
    free(before);
    return good;
}

bool exn_test_anim_play(exn_span file, exn_test_play *play)
{
    parts p = {.good = true};
    *play = (exn_test_play){0};
    take_apart(file, &p);
    if (p.good) {
        size_t pixels = (size_t)p.anim.canvas.width * p.anim.canvas.height;
        play->anim = p.anim;
        play->canvases = calloc(pixels * p.anim.count, sizeof *play->canvases);
        play->default_image = decode_rgba(&p.anim.canvas, exn_buffer_span(&p.default_stream));
        p.good = play->default_image && compose(&p, play);
    }
    exn_buffer_free(&p.default_stream);
    for (size_t i = 0; i < EXN_TEST_ANIM_FRAMES; i++)
        exn_buffer_free(&p.streams[i]);
    return p.good;
}

void exn_test_play_free(exn_test_play *play)
{
    free(play->canvases);
    free(play->default_image);
    *play = (exn_test_play){0};
}
