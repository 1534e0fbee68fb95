/* SPDX-License-Identifier: MIT */
/* A PNG's chunks, without its pixels: the list, texts, the frames of an animation, and what is
 * collected of a file that is not in memory. What is written of a chunk reads back as it was, and
 * the collected file says what the whole one says. */
#include "fuzz.h"

#include "png/collect.h"
#include "png/frames.h"
#include "png/text.h"
#include "window.h"

const unsigned exn_fuzz_choices = 8;

enum { MOST_PIXELS = 1 << 24 };

enum { STILL, TEXT, COMPRESSED, ANIMATION, FRAME, BROKEN_ANIMATION, TRAILER };
exn_fuzz_kind exn_fuzz_kinds[] = {
    {"chunk list", 0},        {"text", 0},
    {"compressed text", 0},   {"whole animation", 0},
    {"animation's frame", 0}, {"broken animation", 0},
    {"chunk after IEND", 0},  {NULL, 0},
};

static void check_list(const exn_png *png)
{
    size_t at = EXN_PNG_SIGNATURE_SIZE;
    FACT(png->count >= (png->open_end ? 2 : 3) && png->count <= EXN_PNG_MAX_CHUNKS);
    for (size_t i = 0; i < png->count; i++) {
        const exn_png_chunk *c = &png->chunks[i];
        FACT(c->offset == at && c->size <= png->data.size - at - EXN_PNG_CHUNK_OVERHEAD);
        FACT(exn_png_chunks_data(png, c).size == c->size);
        FACT(exn_png_chunks_whole(png, c).size == (size_t)c->size + EXN_PNG_CHUNK_OVERHEAD);
        at += (size_t)c->size + EXN_PNG_CHUNK_OVERHEAD;
    }
    FACT(at == png->end || (png->open_end && png->end == png->data.size));
    FACT(exn_png_chunks_trailer(png).size == png->data.size - png->end);
    FACT(png->chunks[0].type == EXN_PNG_TYPE('I', 'H', 'D', 'R'));
    FACT(png->open_end || png->chunks[png->count - 1].type == EXN_PNG_TYPE('I', 'E', 'N', 'D'));
    FACT(png->width > 0 && png->height > 0 && exn_png_chunks_channels(png->colour_type) > 0);
    FACT(png->idat > 0 && png->idat_count > 0 && png->idat + png->idat_count <= png->count);
    for (size_t i = 0; i < png->idat_count; i++)
        FACT(png->chunks[png->idat + i].type == EXN_PNG_TYPE('I', 'D', 'A', 'T'));
    FACT(!png->plte || png->chunks[png->plte].type == EXN_PNG_TYPE('P', 'L', 'T', 'E'));
}

/* Chunks behind IEND, for readers that go on there. */
static void check_trailer(const exn_png *png)
{
    exn_png_chunk chunk;
    size_t at = png->end, before = at;
    while (exn_png_chunks_next_in_trailer(png, &at, &chunk)) {
        FACT(chunk.offset == before && at > before && at <= png->data.size);
        exn_fuzz_kinds[TRAILER].count++;
        before = at;
    }
}

/* One chunk written anew, alone behind a signature's worth of other bytes. */
static void check_text(const exn_png *png, const exn_png_chunk *chunk)
{
    exn_png_text text, again;
    exn_error error = {0};
    exn_buffer out = {0};
    exn_span data = exn_png_chunks_data(png, chunk);
    exn_status status = exn_png_text_open(&text, chunk->type, data, NULL, &error);
    FACT(status == EXN_OK || status == EXN_LIMIT);
    if (status == EXN_OK && text.readable && text.kind != EXN_PNG_TEXT_OTHER) {
        exn_fuzz_kinds[text.compressed ? COMPRESSED : TEXT].count++;
        exn_span value = {text.value.data, text.value.size};
        exn_block block = exn_png_text_block(&text);
        FACT(block.prefix.size + block.body.size <= value.size);
        FACT(exn_png_text_number(&text) < 10000);
        FACT(exn_png_text_put(&text, chunk->type, data, value, NULL, &out) == EXN_OK);
        FACT(out.size >= EXN_PNG_CHUNK_OVERHEAD);
        exn_png_chunk written = {0, chunk->type, exn_get32be(out.data)};
        exn_png alone = {.data = {out.data, out.size}};
        FACT(out.size == (size_t)written.size + EXN_PNG_CHUNK_OVERHEAD);
        FACT(exn_png_chunks_crc_valid(&alone, &written));
        FACT(exn_png_text_open(&again, written.type, exn_png_chunks_data(&alone, &written), NULL,
                               &error) == EXN_OK);
        FACT(again.kind == text.kind && again.readable && again.compressed == text.compressed);
        FACT(again.value.size == value.size &&
             (value.size == 0 || memcmp(again.value.data, value.data, value.size) == 0));
        exn_png_text_close(&again);
    }
    exn_buffer_free(&out);
    exn_png_text_close(&text);
}

static bool is_text(uint32_t type)
{
    return type == EXN_PNG_TYPE('t', 'E', 'X', 't') || type == EXN_PNG_TYPE('z', 'T', 'X', 't') ||
           type == EXN_PNG_TYPE('i', 'T', 'X', 't');
}

/* A frame's control turned and read again is what exn_png_frames_same_control() expects, and only
 * that. */
static void check_control(const exn_png_frame *frame, exn_orientation o)
{
    exn_buffer out = {0};
    const exn_png *png = frame->png;
    FACT(exn_png_frames_put_control(png, &png->chunks[frame->control], o, 7, &out) == EXN_OK);
    FACT(out.size == 26 + EXN_PNG_CHUNK_OVERHEAD && exn_get32be(out.data + 8) == 7);
    uint32_t width = exn_get32be(out.data + 12), height = exn_get32be(out.data + 16);
    uint32_t canvas_width = png->width, canvas_height = png->height;
    exn_orientation_size(o, &canvas_width, &canvas_height);
    FACT(width == (o.transpose ? frame->height : frame->width));
    FACT(height == (o.transpose ? frame->width : frame->height));
    FACT((uint64_t)exn_get32be(out.data + 20) + width <= canvas_width);
    FACT((uint64_t)exn_get32be(out.data + 24) + height <= canvas_height);
    exn_buffer_free(&out);
}

static void check_frames(const exn_png *png, exn_orientation o)
{
    exn_error error = {0};
    exn_status status = exn_png_frames_check(png, MOST_PIXELS, &error);
    if (status != EXN_OK) {
        FACT((status == EXN_CORRUPT || status == EXN_LIMIT) && error.detail[0]);
        exn_fuzz_kinds[BROKEN_ANIMATION].count++;
        return;
    }
    exn_fuzz_kinds[ANIMATION].count += png->acTL > 0;
    exn_png_frame frame = exn_png_frames_default_image(png);
    uint32_t number = 0;
    do {
        FACT(frame.number == number++ && number <= EXN_PNG_MAX_FRAMES + 1);
        FACT(frame.width > 0 && frame.height > 0);
        FACT((uint64_t)frame.x + frame.width <= png->width &&
             (uint64_t)frame.y + frame.height <= png->height);
        FACT(frame.first > 0 && frame.first < frame.end && frame.end <= png->count);
        if (frame.control)
            check_control(&frame, o);
        exn_fuzz_kinds[FRAME].count += frame.number > 0;
    } while (exn_png_frames_next(&frame));
}

static void check_collected(const exn_png *png, exn_span data)
{
    exn_source source = exn_window_source_of(&data);
    exn_buffer out = {0};
    exn_error error = {0};
    exn_png head = {0};
    FACT(exn_png_collect(&source, (uint64_t)1 << 30, &out, &error) == EXN_OK);
    FACT(exn_png_chunks_parse(&head, (exn_span){out.data, out.size}, &error) == EXN_OK);
    check_list(&head);
    FACT(head.open_end == png->open_end && head.bad_end == png->bad_end);
    FACT(head.width == png->width && head.height == png->height && head.depth == png->depth);
    FACT(head.colour_type == png->colour_type && head.interlaced == png->interlaced);
    size_t texts = 0, collected = 0;
    for (size_t i = 0; i < png->count; i++)
        texts += is_text(png->chunks[i].type);
    for (size_t i = 0; i < head.count; i++)
        collected += is_text(head.chunks[i].type);
    FACT(collected == texts);
    exn_png_chunks_free(&head);
    exn_buffer_free(&out);
}

void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice)
{
    exn_png png = {0};
    exn_error error = {0};
    uint8_t *copy = fuzz_copy(data, size);
    exn_span bytes = {copy, size};
    if (exn_png_chunks_parse(&png, bytes, &error) == EXN_OK) {
        exn_fuzz_kinds[STILL].count++;
        check_list(&png);
        check_trailer(&png);
        for (size_t i = 0; i < png.count; i++)
            if (is_text(png.chunks[i].type))
                check_text(&png, &png.chunks[i]);
        check_frames(&png, exn_orientation_from_exif(1 + choice));
        check_collected(&png, bytes);
    } else {
        FACT(error.detail[0]);
    }
    FACT(size == 0 || memcmp(copy, data, size) == 0);
    exn_png_chunks_free(&png);
    free(copy);
}
