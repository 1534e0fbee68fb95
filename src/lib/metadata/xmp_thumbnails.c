/* SPDX-License-Identifier: MIT */
#include "xmp_thumbnails.h"

#include <string.h>

#include "base64.h"
#include "xmp_text.h"

enum {
    WIDTH,
    HEIGHT = EXN_XMP_NAME_IMAGE_HEIGHT - EXN_XMP_NAME_IMAGE_WIDTH,
    DATA = EXN_XMP_NAME_IMAGE_DATA - EXN_XMP_NAME_IMAGE_WIDTH,
};

/* Edits after the mark belong to this list: if one of its pictures cannot be rotated they are
 * undone, and the whole list is removed. */
void exn_xmp_thumbnails_begin(exn_xmp_thumbnails *t, const exn_xmp_edits *edits)
{
    t->broken = t->orients = false;
    t->mark = exn_xmp_edits_mark(edits);
}

void exn_xmp_thumbnails_begin_item(exn_xmp_thumbnails *t)
{
    memset(t->fields, 0, sizeof t->fields);
}

void exn_xmp_thumbnails_put(exn_xmp_thumbnails *t, exn_xmp_name id, const exn_span *raw)
{
    exn_span *const field = &t->fields[id - EXN_XMP_NAME_IMAGE_WIDTH];

    t->broken = t->broken || !raw || field->size > 0;
    if (raw)
        *field = exn_xmp_text_strip(*raw);
}

/* Whether the size in the fields has the same aspect as the stored picture. */
static bool fits(const exn_span *fields, const exn_xmp_turn *turn)
{
    exn_xmp_text t;
    exn_xmp_number width, height;

    exn_xmp_text_decode(&t, fields[WIDTH]);
    if (!exn_xmp_text_read_number(t.bytes, t.size, &width))
        return true; /* nothing to compare */
    exn_xmp_text_decode(&t, fields[HEIGHT]);
    if (!exn_xmp_text_read_number(t.bytes, t.size, &height) || width.scale || height.scale)
        return true;
    return !((width.mantissa > height.mantissa && turn->width < turn->height) ||
             (width.mantissa < height.mantissa && turn->width > turn->height));
}

exn_span exn_xmp_thumbnails_picture(const exn_xmp_thumbnails *t)
{
    return t->fields[DATA];
}

/* Replaces the picture that `raw` holds in base64. Returns false if it cannot be rotated. If no
 * pixel moves, one without an orientation of its own stays. */
static bool turn_picture(exn_span raw, const exn_xmp_turn *turn, exn_xmp_edits *edits,
                         bool *orients)
{
    exn_thumbnails *const thumbnails = turn->thumbnails;
    const bool keep = exn_orientation_is_identity(turn->o);
    const size_t long_at = edits->long_texts.size;
    exn_base64_layout layout;
    exn_buffer jpeg = {0}, turned = {0};
    bool valid;
    /* The layout's gap points into the packet, which outlives it. */
    exn_status status = exn_base64_decode(raw, &layout, &jpeg, &valid);

    *orients = keep && status == EXN_OK && valid && thumbnails->orients(exn_buffer_span(&jpeg));
    if (status == EXN_OK && keep && !*orients) {
        exn_buffer_free(&jpeg);
        return true;
    }
    if (status == EXN_OK && valid)
        status = thumbnails->turn(thumbnails, exn_buffer_span(&jpeg), turn->o, SIZE_MAX, &turned);
    if (status == EXN_OK && valid)
        status = exn_base64_encode(exn_buffer_span(&turned), &layout, &edits->long_texts);
    exn_buffer_free(&turned);
    exn_buffer_free(&jpeg);
    if (status == EXN_MEMORY)
        edits->status = EXN_MEMORY;
    if (status != EXN_OK || !valid)
        return false;
    exn_xmp_edits_replace_long(edits, raw, long_at);
    return true;
}

void exn_xmp_thumbnails_end_item(exn_xmp_thumbnails *t, const exn_xmp_turn *turn,
                                 exn_xmp_edits *edits)
{
    const exn_span *const f = t->fields;
    const exn_span width = f[WIDTH], height = f[HEIGHT];
    const bool keep = exn_orientation_is_identity(turn->o);
    bool orients = false;

    if (f[DATA].size == 0 || (t->broken && !keep))
        return;
    const bool plain = turn->thumbnails && (keep || fits(f, turn));
    t->broken = !plain || !turn_picture(f[DATA], turn, edits, &orients) || t->broken;
    t->orients = t->orients || orients;
    /* Texts are swapped rather than numbers, so "0160" stays "0160". */
    if (turn->o.transpose && width.size > 0 && height.size > 0 && !t->broken) {
        exn_xmp_edits_replace(edits, width, height.data, height.size);
        exn_xmp_edits_replace(edits, height, width.data, width.size);
    }
}

void exn_xmp_thumbnails_end(exn_xmp_thumbnails *t, const exn_xmp_turn *turn, exn_xmp_edits *edits,
                            size_t at, size_t end)
{
    if (!t->broken || edits->status != EXN_OK ||
        (exn_orientation_is_identity(turn->o) && !t->orients))
        return;
    exn_xmp_edits_undo(edits, t->mark);
    exn_xmp_edits_blank(edits, at, end);
    t->dropped = true;
}
