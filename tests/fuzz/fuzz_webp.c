/* SPDX-License-Identifier: MIT */
/* A WebP's chunks and frames, without its pixels, and the edit that browsers' reading asks for: its
 * metadata loses its orientation, and every other chunk comes out as it was. */
#include "edited.h"

#include "webp/frames.h"

const unsigned exn_fuzz_choices = 8; /* an orientation that frames are moved by */

enum { STILL, EXTENDED, FRAME, MOVED, BEHIND, METADATA, EDITED };
exn_fuzz_kind exn_fuzz_kinds[] = {
    {"still picture", 0},        {"with a header of its own", 0},
    {"animation's frame", 0},    {"frame that can be moved", 0},
    {"chunk after the RIFF", 0}, {"metadata", 0},
    {"orientation edited", 0},   {NULL, 0},
};

static void check_list(const exn_webp *webp, exn_span file)
{
    uint64_t at = EXN_WEBP_HEAD;
    FACT(webp->count > 0 && webp->count <= EXN_WEBP_MAX_CHUNKS && webp->inside <= webp->count);
    FACT(webp->width > 0 && webp->height > 0);
    FACT(webp->components == 3 || webp->components == 4);
    FACT(webp->picture < webp->inside);
    for (size_t i = 0; i < webp->count; i++) {
        const exn_webp_chunk *c = &webp->chunks[i];
        FACT(c->offset >= at && c->offset <= file.size - EXN_WEBP_CHUNK_OVERHEAD);
        FACT(c->size <= file.size - c->offset - EXN_WEBP_CHUNK_OVERHEAD);
        FACT(exn_webp_chunks_data(c, file).size == c->size);
        FACT(i >= webp->inside || c->offset == at);
        at = exn_webp_chunks_end(c);
        exn_fuzz_kinds[BEHIND].count += i >= webp->inside;
        exn_fuzz_kinds[METADATA].count += exn_webp_chunks_is_metadata(c->name);
    }
    FACT(webp->extended == (webp->chunks[0].name == EXN_WEBP_VP8X) &&
         (webp->extended || !webp->flags));
}

/* Its header written again says what it said; moved there and back it lies where it was. */
static void check_frame(const exn_webp *webp, exn_webp_frame frame, exn_orientation o)
{
    uint8_t head[EXN_WEBP_FRAME_HEAD];
    exn_webp_frame there = frame;
    FACT(frame.head.size == EXN_WEBP_FRAME_HEAD && frame.x % 2 == 0 && frame.y % 2 == 0);
    const bool inside = frame.x + (uint64_t)frame.width <= webp->width &&
                        frame.y + (uint64_t)frame.height <= webp->height;
    exn_webp_frames_head(&frame, head);
    FACT(memcmp(head, frame.head.data, sizeof head) == 0);
    exn_fuzz_kinds[FRAME].count++;
    if (!exn_webp_frames_turn(webp, o, &there))
        return;
    FACT(inside);
    exn_webp turned = *webp;
    exn_orientation_size(o, &turned.width, &turned.height);
    FACT(there.x + (uint64_t)there.width <= turned.width);
    FACT(there.y + (uint64_t)there.height <= turned.height);
    FACT(exn_webp_frames_turn(&turned, exn_orientation_inverse(o), &there));
    FACT(there.x == frame.x && there.y == frame.y);
    FACT(there.width == frame.width && there.height == frame.height);
    exn_fuzz_kinds[MOVED].count++;
}

static void check_pictures(const exn_webp *webp, exn_span file, exn_orientation o)
{
    for (size_t i = 0; i < webp->inside; i++) {
        exn_webp_frame frame;
        exn_error error = {0};
        bool found = false;
        if (!exn_webp_frames_is_part(webp, i))
            continue;
        if (exn_webp_frames_of(webp, file, i, &frame, &found, &error) != EXN_OK) {
            FACT(error.status == EXN_CORRUPT);
            return;
        }
        if (found) {
            FACT(frame.data.size >= EXN_WEBP_CHUNK_OVERHEAD);
            FACT(frame.alpha.size + frame.data.size + frame.rest.size + frame.head.size <=
                 file.size);
            if (frame.head.size > 0)
                check_frame(webp, frame, o);
            else
                exn_fuzz_kinds[STILL].count++;
        }
    }
}

/* Walks both lists beside each other: but for metadata, and the flags that tell of it, the same
 * chunks with the same bytes. */
static void check_same(exn_span before, exn_span after)
{
    exn_webp a = {0}, b = {0};
    exn_window window;
    exn_error error = {0};
    exn_source source = exn_window_source_of(&before);
    exn_window_open(&window, &source);
    FACT(exn_webp_chunks_walk(&a, &window, NULL, &error) == EXN_OK);
    source = exn_window_source_of(&after);
    exn_window_open(&window, &source);
    FACT(exn_webp_chunks_walk(&b, &window, NULL, &error) == EXN_OK);
    FACT(b.riff_end <= after.size + 1);
    size_t at = 0;
    for (size_t i = 0; i < a.count; i++) {
        const uint32_t name = a.chunks[i].name;
        if (exn_webp_chunks_is_metadata(name))
            continue;
        while (at < b.count && exn_webp_chunks_is_metadata(b.chunks[at].name))
            at++;
        FACT(at < b.count && b.chunks[at].name == name);
        const exn_span was = exn_webp_chunks_data(&a.chunks[i], before),
                       is = exn_webp_chunks_data(&b.chunks[at++], after);
        const size_t flags = name == EXN_WEBP_VP8X && i == 0;
        FACT(was.size == is.size && was.size >= flags);
        FACT(was.size == flags || memcmp(was.data + flags, is.data + flags, was.size - flags) == 0);
    }
    exn_webp_chunks_free(&a);
    exn_webp_chunks_free(&b);
}

static void edit(exn_span file)
{
    fuzz_edited edited;
    if (fuzz_edit(file.data, file.size, NULL, &edited)) {
        FACT(edited.again.orientation <= 1);
        FACT(edited.again.width_in == edited.result.width_in &&
             edited.again.height_in == edited.result.height_in);
        check_same(file, (exn_span){edited.output.data, edited.output.size});
        exn_fuzz_kinds[EDITED].count++;
    }
    exn_bytes_free(&edited.output);
}

void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice)
{
    exn_webp webp = {0};
    exn_window window;
    exn_error error = {0};
    uint8_t *copy = fuzz_copy(data, size);
    exn_span file = {copy, size};
    const exn_source source = exn_window_source_of(&file);
    exn_window_open(&window, &source);
    if (exn_sniff(copy, size < 64 ? size : 64) == EXN_FORMAT_WEBP) {
        if (exn_webp_chunks_walk(&webp, &window, NULL, &error) == EXN_OK) {
            exn_fuzz_kinds[EXTENDED].count += webp.extended;
            check_list(&webp, file);
            check_pictures(&webp, file, exn_orientation_from_exif(1 + choice));
        } else {
            FACT(error.detail[0]);
        }
        edit(file);
    }
    FACT(size == 0 || memcmp(copy, data, size) == 0);
    exn_webp_chunks_free(&webp);
    free(copy);
}
