/* SPDX-License-Identifier: MIT */
#include "previews.h"

#include <stdlib.h>
#include <string.h>

#include "flashpix.h"
#include "mend.h"
#include "metadata/embedded.h"

enum { PREVIEWS_MAX = 64 }; /* the same as for thumbnails */

/* --- Where they are --- */

/* Where a JPEG begins that fills a segment's payload, possibly after a word of the maker's:
 * previews of Samsung, HP, GoPro, BenQ and Digilife. SIZE_MAX: there is none. A JPEG is recognized
 * by SOI and the FF of its next marker. */
static size_t preview_at(const exn_segment *segment)
{
    static const exn_span words[] = {
        {(const uint8_t *)"", 0}, {(const uint8_t *)"QVGA", 5}, {(const uint8_t *)"BGTH", 4}};
    if (segment->marker < EXN_MARKER_APP2 || segment->marker > EXN_MARKER_APP0 + 5 ||
        segment->payload.size < EXN_PREVIEWS_NAME)
        return SIZE_MAX;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (exn_span_starts(segment->payload, words[i].data, words[i].size) &&
            exn_span_starts(exn_span_part(segment->payload, words[i].size, SIZE_MAX),
                            "\xFF\xD8\xFF", 3))
            return words[i].size;
    return SIZE_MAX;
}

/* Other data in APP2 to APP5 do not continue a preview before them. */
static bool is_other_data(exn_span payload)
{
    static const char *const names[] = {"ICC_PROFILE", "MPF",  "FPXR",  "urn:",      "Meta",
                                        "META",        "Exif", "Stim",  "_JPSJPS",   "SCALADO",
                                        "Qualcomm",    "QTI ", "RMETA", "ssuniqueid"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (exn_span_starts(payload, names[i], strlen(names[i])))
            return true;
    return exn_span_starts(exn_span_part(payload, 4, SIZE_MAX), "IJPEG", 6);
}

typedef struct preview {
    exn_flashpix_preview place;
    bool fixed; /* it may not get longer, because its length is given elsewhere */
} preview;

/* Cameras continue in segments of the same marker (APP2) or the next ones (APP3, 4, 5). Segments in
 * between do not separate them, since some of those will not be in the output. */
static void take_chain(const exn_jpeg *jpeg, size_t first, preview *p)
{
    const exn_segment *end = jpeg->segments + jpeg->count;
    uint8_t marker = jpeg->segments[first].marker;
    *p = (preview){.fixed = false};
    exn_pieces_add(&p->place.pieces, first, preview_at(&jpeg->segments[first]));
    for (const exn_segment *s = &jpeg->segments[first + 1];
         s < end && s->marker != EXN_MARKER_SOS && preview_at(s) == SIZE_MAX; s++) {
        if (s->marker < EXN_MARKER_APP2 || s->marker > EXN_MARKER_APP0 + 5 ||
            is_other_data(s->payload))
            continue;
        if ((s->marker != marker && s->marker != marker + 1) ||
            !exn_pieces_add(&p->place.pieces, (size_t)(s - jpeg->segments), 0))
            return;
        marker = s->marker;
    }
}

typedef struct list {
    preview *previews;     /* owned */
    size_t streams, count; /* those of FlashPix come first */
    bool more;             /* there are more, which are not listed */
} list;

static void close_list(list *l)
{
    free(l->previews);
    *l = (list){.count = 0};
}

/* Whether a FlashPix segment has a JPEG that is none of the previews found. It cannot be rotated,
 * so it has to be reported. */
static bool is_left(const exn_jpeg *jpeg, const list *l, size_t segment)
{
    const exn_span p = jpeg->segments[segment].payload;
    if (!memmem(p.data, p.size, "\xFF\xD8\xFF", 3))
        return false;
    for (size_t i = 0; i < l->streams; i++)
        for (size_t k = 0; k < l->previews[i].place.pieces.count; k++)
            if (l->previews[i].place.pieces.piece[k].segment == segment)
                return false;
    return true;
}

/* Most files have none, and nothing is allocated for them. A file may have thousands of such
 * segments: those beyond the limit are not examined, and l->more is set. */
static exn_status open_list(const exn_jpeg *jpeg, list *l)
{
    exn_flashpix_preview streams[EXN_FLASHPIX_PREVIEWS];
    size_t flashpix = 0, starts = 0;
    exn_status status = EXN_OK;
    *l = (list){.count = 0};
    for (size_t i = 0; i < jpeg->count; i++) {
        flashpix += exn_flashpix_is_one(&jpeg->segments[i]);
        starts += preview_at(&jpeg->segments[i]) != SIZE_MAX;
    }
    if (flashpix == 0 && starts == 0)
        return EXN_OK;
    l->previews = calloc(PREVIEWS_MAX + EXN_FLASHPIX_PREVIEWS, sizeof *l->previews);
    if (!l->previews)
        return EXN_MEMORY;
    if (flashpix > 0)
        status = exn_flashpix_find(jpeg, streams, &l->count);
    l->streams = l->count;
    for (size_t i = 0; i < l->streams && status == EXN_OK; i++)
        l->previews[i] = (preview){streams[i], true};
    for (size_t i = 0; i < jpeg->count && status == EXN_OK; i++) {
        const exn_segment *segment = &jpeg->segments[i];
        if (exn_flashpix_is_one(segment))
            l->more = l->more || is_left(jpeg, l, i);
        else if (preview_at(segment) != SIZE_MAX && l->count < PREVIEWS_MAX)
            take_chain(jpeg, i, &l->previews[l->count++]);
        else
            l->more = l->more || preview_at(segment) != SIZE_MAX;
    }
    return status;
}

/* --- What they are --- */

static bool is_padding(exn_span bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        if (bytes.data[i] != 0)
            return false;
    return true;
}

/* A JPEG joined from its pieces. */
typedef struct picture {
    exn_buffer bytes; /* owned; includes what precedes it in the first piece and follows it */
    exn_span jpeg;    /* with the padding after its EOI, but nothing else */
    bool whole;
    exn_embedded headers;
} picture;

static void close_picture(picture *p)
{
    exn_buffer_free(&p->bytes);
}

/* Keeps only the pieces that a JPEG of size bytes covers. What follows it in the last of several
 * has to be padding, or they do not belong together. */
static bool trim(const exn_jpeg *jpeg, exn_pieces *pieces, size_t size)
{
    size_t count = 0;
    exn_span last = {NULL, 0};
    while (count < pieces->count && size > 0) {
        last = exn_pieces_span(pieces, jpeg, count++);
        if (last.size >= size)
            break;
        size -= last.size;
    }
    pieces->count = count;
    return count == 1 || is_padding(exn_span_part(last, size, SIZE_MAX));
}

/* Cuts the bytes to the pieces that are left. The JPEG, which has size bytes, keeps the padding
 * after it, but nothing else that follows. */
static void settle_end(const exn_jpeg *jpeg, const preview *p, size_t size, picture *found)
{
    size_t all = 0;
    for (size_t i = 0; i < p->place.pieces.count; i++)
        all += exn_pieces_span(&p->place.pieces, jpeg, i).size;
    if (!p->fixed)
        found->jpeg.size = found->bytes.size = all;
    if (!is_padding(exn_span_part(found->jpeg, size, SIZE_MAX)))
        found->jpeg.size = size;
}

/* A picture in pieces is parsed as a copy, which takes as much memory as the preview. If it has no
 * EOI, it is whole if all of its MCUs are there, which takes a walk through its data, and only
 * padding follows. limit: bytes of memory for that walk; 0: do not try. */
static exn_status open_picture(const exn_jpeg *jpeg, preview *p, uint64_t limit, picture *found)
{
    exn_jpeg parsed = {0};
    *found = (picture){.whole = false};
    exn_status status = exn_pieces_join(&p->place.pieces, jpeg, &found->bytes);
    if (status != EXN_OK)
        return status;
    found->jpeg = exn_span_part(exn_buffer_span(&found->bytes), p->place.at,
                                p->fixed ? p->place.room : SIZE_MAX);
    exn_embedded_scan(found->jpeg, true, &found->headers);
    status = exn_segments_parse(found->jpeg, &parsed, NULL);
    parsed.cancel = jpeg->cancel;
    if (limit > 0 && status != EXN_MEMORY && !(status == EXN_OK && parsed.has_eoi))
        status = exn_mend(&parsed, limit);
    found->whole =
        status == EXN_OK && (parsed.has_eoi || (parsed.mended && is_padding(parsed.trailer)));
    const size_t size = found->whole ? found->jpeg.size - parsed.trailer.size : 0;
    if (found->whole && !p->fixed)
        found->whole = trim(jpeg, &p->place.pieces, size);
    if (found->whole)
        settle_end(jpeg, p, size, found);
    exn_segments_free(&parsed);
    return status == EXN_MEMORY ? status : EXN_OK;
}

static size_t first_scan(const exn_jpeg *jpeg)
{
    size_t i = 0;
    while (i < jpeg->count && jpeg->segments[i].marker != EXN_MARKER_SOS)
        i++;
    return i;
}

exn_status exn_previews_orient(const exn_jpeg *jpeg, bool *orient)
{
    const size_t scan = first_scan(jpeg);
    list l;
    exn_status status = open_list(jpeg, &l);
    *orient = false;
    for (size_t i = 0; i < l.count && status == EXN_OK && !*orient; i++) {
        picture found;
        if (l.previews[i].place.pieces.piece[0].segment > scan)
            continue;
        status = open_picture(jpeg, &l.previews[i], 0, &found);
        *orient = found.whole && found.headers.orients;
        close_picture(&found);
    }
    close_list(&l);
    return status;
}

/* InfiRay's head is in APP2; its samples, like DJI's, are in APP3 without a name. */
bool exn_preview_is_thermal(const exn_segment *segment)
{
    enum { NAME = 4, FEW = 1024 };
    const exn_span p = segment->payload;
    bool named = p.size >= NAME;
    for (size_t i = 0; i < NAME && named; i++)
        named = p.data[i] > ' ' && p.data[i] < 0x7F;
    return (segment->marker == EXN_MARKER_APP1 && exn_span_starts(p, "FLIR", 5)) ||
           (segment->marker == EXN_MARKER_APP2 &&
            exn_span_starts(exn_span_part(p, NAME, SIZE_MAX), "IJPEG", 6)) ||
           (segment->marker == EXN_MARKER_APP0 + 3 && p.size >= FEW && !named &&
            preview_at(segment) == SIZE_MAX);
}

/* --- Rotating them --- */

/* How to rotate a preview; false if it cannot be given the picture's aspect ratio. If no pixel of
 * the picture moves, neither do those of the preview. */
static bool choose(const exn_embedded *headers, const exn_exif_turn *turn, exn_orientation *o)
{
    if (exn_embedded_choose(headers, turn->o, turn->stored_width, turn->stored_height, 0, o))
        return true;
    *o = turn->o;
    return exn_orientation_is_identity(turn->o);
}

/* How many bytes follow the JPEG and are not part of it. */
static size_t bytes_behind(const preview *p, const picture *found)
{
    return found->bytes.size - p->place.at - found->jpeg.size;
}

/* How many bytes the JPEG may have: the last segment can be filled up. */
static size_t room_for(const preview *p, const picture *found, const exn_jpeg *jpeg)
{
    const exn_pieces *pieces = &p->place.pieces;
    if (p->fixed)
        return found->jpeg.size;
    size_t room = EXN_SEGMENT_MAX_PAYLOAD - pieces->piece[pieces->count - 1].head;
    for (size_t i = 0; i + 1 < pieces->count; i++)
        room += exn_pieces_span(pieces, jpeg, i).size;
    return room - bytes_behind(p, found);
}

/* The payload of a segment that will change, with its changes so far. Several previews, or a
 * preview and its size, may share a segment, so each has to build on the previous change. */
static exn_status change(exn_previews *previews, size_t segment, exn_buffer **payload)
{
    exn_preview_change *c = &previews->changes[segment];
    const exn_span old = previews->jpeg->segments[segment].payload;
    *payload = &c->payload;
    if (c->is_one)
        return EXN_OK;
    c->is_one = true;
    return exn_buffer_append(&c->payload, old.data, old.size);
}

/* Writes bytes back into the pieces. Each keeps its size except the last, if there are more or
 * fewer bytes. */
static exn_status put_back(exn_previews *previews, const exn_pieces *pieces, exn_span bytes)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < pieces->count && status == EXN_OK; i++) {
        const bool last = i + 1 == pieces->count;
        const exn_span old = exn_pieces_span(pieces, previews->jpeg, i);
        const exn_span part = exn_span_part(bytes, 0, last ? SIZE_MAX : old.size);
        exn_buffer *payload;
        status = change(previews, pieces->piece[i].segment, &payload);
        if (status != EXN_OK)
            break;
        payload->size = pieces->piece[i].head;
        status = exn_buffer_append(payload, part.data, part.size);
        previews->changes[pieces->piece[i].segment].gone = part.size == 0 && i > 0;
        bytes = exn_span_part(bytes, part.size, SIZE_MAX);
    }
    return status;
}

static void drop(exn_previews *previews, const exn_pieces *pieces)
{
    for (size_t i = 0; i < pieces->count; i++) {
        exn_preview_change *c = &previews->changes[pieces->piece[i].segment];
        c->is_one = c->gone = true;
    }
}

static uint32_t get_number(const exn_flashpix_number *number, const uint8_t *at)
{
    return number->wide ? exn_get32(at, false) : exn_get16be(at);
}

static void put_number(const exn_flashpix_number *number, uint8_t *at, uint32_t value)
{
    if (number->wide)
        exn_put32(at, value, false);
    else
        exn_put16be(at, value);
}

/* Swaps the width and height stored beside a preview; *known becomes false if they are not in their
 * place. Both are compared with the preview's own size before either is written. */
static exn_status swap_size(exn_previews *previews, const preview *p, const exn_embedded *headers,
                            bool *known)
{
    const uint32_t size[2] = {headers->width, headers->height};
    exn_status status = EXN_OK;
    *known = p->place.known || !p->place.sized;
    for (int i = 0; i < 2 && p->place.known && *known; i++) {
        const exn_flashpix_number *number = &p->place.size[i];
        const exn_span payload = previews->jpeg->segments[number->segment].payload;
        *known = get_number(number, payload.data + number->at) == size[i];
    }
    for (int i = 0; i < 2 && p->place.known && *known && status == EXN_OK; i++) {
        exn_buffer *payload;
        status = change(previews, p->place.size[i].segment, &payload);
        if (status == EXN_OK)
            put_number(&p->place.size[i], payload->data + p->place.size[i].at, size[!i]);
    }
    return status;
}

/* Rotates a preview by o and puts it back. *done becomes false if that is impossible; then nothing
 * changes. One of fixed size is padded with zeros after its EOI, so that what follows keeps its
 * place. */
static exn_status rotate(exn_previews *previews, const preview *p, const picture *found,
                         const exn_exif_turn *turn, exn_orientation o, bool *done)
{
    const size_t room = room_for(p, found, previews->jpeg), before = p->place.at;
    const size_t behind = bytes_behind(p, found);
    exn_buffer made = {0};
    *done = false;
    exn_status status = exn_buffer_append(&made, found->bytes.data, before);
    if (status == EXN_OK) {
        exn_status turned = turn->thumbnails->turn(turn->thumbnails, found->jpeg, o, room, &made);
        *done = turned == EXN_OK && made.size - before <= room;
        status = turned == EXN_MEMORY ? turned : EXN_OK;
    }
    if (*done && p->fixed) {
        const size_t padding = before + found->jpeg.size - made.size;
        status = exn_buffer_reserve(&made, padding);
        if (status == EXN_OK) {
            memset(made.data + made.size, 0, padding);
            made.size += padding;
        }
    }
    if (*done && status == EXN_OK)
        status = exn_buffer_append(&made, found->bytes.data + found->bytes.size - behind, behind);
    if (*done && status == EXN_OK)
        status = put_back(previews, &p->place.pieces, exn_buffer_span(&made));
    exn_buffer_free(&made);
    return status;
}

/* Removes a preview that has an orientation and can neither be rotated nor cleaned. */
static exn_status remove_preview(exn_previews *previews, const preview *p, picture *found)
{
    if (!p->fixed) {
        drop(previews, &p->place.pieces);
        return EXN_OK;
    }
    memset(found->bytes.data + p->place.at, 0, found->jpeg.size);
    return put_back(previews, &p->place.pieces, exn_buffer_span(&found->bytes));
}

static exn_status edit(exn_previews *previews, const preview *p, picture *found,
                       const exn_exif_turn *turn, uint32_t *warnings)
{
    const bool keep = exn_orientation_is_identity(turn->o), orients = found->headers.orients;
    const exn_orientation none = exn_orientation_from_exif(1);
    exn_orientation o;
    exn_status status = EXN_OK;
    bool done = false, known = true;
    if (found->whole && turn->thumbnails && choose(&found->headers, turn, &o)) {
        status = rotate(previews, p, found, turn, o, &done);
        if (status == EXN_OK && done && o.transpose)
            status = swap_size(previews, p, &found->headers, &known);
    }
    if (!known || (!keep && !done))
        *warnings |= 1u << EXN_WARN_METADATA_STALE;
    if (done || status != EXN_OK || !found->whole || !orients)
        return status;
    if (turn->thumbnails)
        status = rotate(previews, p, found, turn, none, &done);
    if (status == EXN_OK && !done) {
        *warnings |= 1u << EXN_WARN_THUMBNAIL_DROPPED;
        status = remove_preview(previews, p, found);
    }
    return status;
}

exn_status exn_previews_open(exn_previews *previews, const exn_jpeg *jpeg,
                             const exn_exif_turn *turn, uint32_t *warnings)
{
    const bool keep = exn_orientation_is_identity(turn->o);
    const uint64_t limit = !keep && turn->thumbnails ? turn->thumbnails->max_memory : 0;
    list l;
    *previews = (exn_previews){jpeg, NULL};
    exn_status status = open_list(jpeg, &l);
    if (status == EXN_OK && l.count > 0) {
        previews->changes = calloc(jpeg->count, sizeof *previews->changes);
        status = previews->changes ? EXN_OK : EXN_MEMORY;
    }
    for (size_t i = 0; i < l.count && status == EXN_OK; i++) {
        picture found;
        status = open_picture(jpeg, &l.previews[i], limit, &found);
        if (status == EXN_OK && (!keep || (found.whole && found.headers.orients)))
            status = edit(previews, &l.previews[i], &found, turn, warnings);
        close_picture(&found);
    }
    if (!keep && l.more)
        *warnings |= 1u << EXN_WARN_METADATA_STALE;
    close_list(&l);
    return status;
}

exn_status exn_previews_append(const exn_previews *previews, const exn_segment *segment,
                               exn_buffer *out, bool *is_one)
{
    *is_one = false;
    if (!previews->changes)
        return EXN_OK;
    const exn_preview_change *c = &previews->changes[segment - previews->jpeg->segments];
    *is_one = c->is_one;
    return c->is_one && !c->gone
               ? exn_segment_append(out, segment->marker, exn_buffer_span(&c->payload))
               : EXN_OK;
}

void exn_previews_close(exn_previews *previews)
{
    for (size_t i = 0; previews->changes && i < previews->jpeg->count; i++)
        exn_buffer_free(&previews->changes[i].payload);
    free(previews->changes);
    previews->changes = NULL;
}
