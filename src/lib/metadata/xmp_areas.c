/* SPDX-License-Identifier: MIT */
#include "xmp_areas.h"

#include <string.h>

#include "xmp_text.h"

/* Values wait until the packet's end, because they depend on each other. */
void exn_xmp_areas_take(exn_xmp_areas *areas, exn_xmp_plain id, const exn_span *raw)
{
    if (!raw || areas->raw[id].data)
        areas->broken = true;
    else
        areas->raw[id] = exn_xmp_text_strip(*raw);
}

/* A rational as XMP writes it (part 1, 8.2.2.4), or a decimal. */
static bool is_ratio(exn_span raw)
{
    for (size_t i = 0; i < raw.size; i++)
        if (!exn_xmp_text_is_digit((char)raw.data[i]) && raw.data[i] != '/' && raw.data[i] != '.')
            return false;
    return raw.size > 0 && raw.size <= EXN_XMP_NUMBER_MAX;
}

static void set_text(exn_xmp_text *t, exn_span raw)
{
    *t = (exn_xmp_text){.size = raw.size};
    memcpy(t->bytes, raw.data, raw.size);
}

/* Resolutions belong to axes. Their texts are swapped as they are, so the numbers need not be
 * understood. */
static bool exchange_pair(const exn_xmp_areas *areas, exn_xmp_plain x, exn_xmp_text *texts)
{
    const exn_span *const raw = &areas->raw[x];

    if (!raw[0].data && !raw[1].data)
        return true;
    if (!raw[0].data || !raw[1].data || !is_ratio(raw[0]) || !is_ratio(raw[1]))
        return false;
    set_text(&texts[x], raw[1]);
    set_text(&texts[x + 1], raw[0]);
    return true;
}

static bool read_raw(exn_span raw, exn_xmp_number *n)
{
    exn_xmp_text t;

    exn_xmp_text_decode(&t, raw);
    return !t.over && exn_xmp_text_read_number(t.bytes, t.size, n);
}

/* Camera Raw: the crop's edges as fractions of the stored picture's sides. With an angle they are
 * the corners of a slanted box, which change roles, so that is not mapped. */
static bool map_crop(const exn_xmp_areas *areas, exn_orientation o, exn_xmp_text *texts)
{
    const exn_span *const raw = areas->raw;
    exn_xmp_number edges[4], angle = {0};
    unsigned present = 0;
    const bool flip[2] = {o.flip_x, o.flip_y};

    for (int i = 0; i < 4; i++)
        present += raw[EXN_XMP_CROP_LEFT + i].data != NULL;
    if (raw[EXN_XMP_CROP_ANGLE].data &&
        (!read_raw(raw[EXN_XMP_CROP_ANGLE], &angle) || angle.mantissa))
        return false;
    if (present == 0)
        return true;
    for (int i = 0; i < 4; i++)
        if (present < 4 || !read_raw(raw[EXN_XMP_CROP_LEFT + i], &edges[i]))
            return false;
    for (int axis = 0; axis < 2; axis++) {
        exn_xmp_text *const to = &texts[EXN_XMP_CROP_LEFT + (axis ^ (int)o.transpose)];
        /* Edges are ordered left, top, right, bottom, so those of one axis are two apart. A flip
         * makes the far one the near one. */
        for (int far = 0; far < 2; far++) {
            const int from = axis + 2 * (far ^ (int)flip[axis]);
            if (!flip[axis])
                exn_xmp_text_write_number(edges[from], &to[2 * far]);
            else if (!exn_xmp_text_mirror_number(1, edges[from], (exn_xmp_number){0, 0},
                                                 &to[2 * far]))
                return false;
        }
    }
    return true;
}

/* The texts that replace what was taken; size 0: unchanged. */
static bool map_texts(const exn_xmp_areas *areas, exn_orientation o,
                      exn_xmp_text texts[EXN_XMP_PLAIN_COUNT])
{
    for (int i = 0; i < EXN_XMP_PLAIN_COUNT; i++)
        texts[i].size = 0;
    if (areas->broken)
        return false;
    if (o.transpose && (!exchange_pair(areas, EXN_XMP_X_RESOLUTION, texts) ||
                        !exchange_pair(areas, EXN_XMP_FOCAL_X, texts)))
        return false;
    return map_crop(areas, o, texts);
}

bool exn_xmp_areas_map(const exn_xmp_areas *areas, const exn_xmp_turn *turn, exn_xmp_edits *edits)
{
    exn_xmp_text texts[EXN_XMP_PLAIN_COUNT];

    if (!map_texts(areas, turn->o, texts))
        return false;
    for (int i = 0; i < EXN_XMP_PLAIN_COUNT; i++)
        if (texts[i].size > 0)
            exn_xmp_edits_replace(edits, areas->raw[i], texts[i].bytes, texts[i].size);
    return true;
}

/* --- The subject --- */

void exn_xmp_areas_take_subject(exn_xmp_areas_subject *s, const exn_span *raw)
{
    if (!raw || s->count == sizeof s->values / sizeof *s->values)
        s->broken = true;
    else
        s->values[s->count++] = exn_xmp_text_strip(*raw);
}

static bool read_subject(const exn_xmp_areas_subject *s, const exn_xmp_turn *turn, uint32_t n[4])
{
    const uint32_t limit[2] = {turn->width, turn->height};

    if (s->broken || s->count < 2)
        return false;
    for (size_t i = 0; i < s->count; i++) {
        exn_xmp_number value;
        if (!read_raw(s->values[i], &value) || value.scale > 0 || value.mantissa < 0 ||
            value.mantissa > INT32_MAX || (i < 2 && value.mantissa >= limit[i]))
            return false;
        n[i] = (uint32_t)value.mantissa;
    }
    return true;
}

bool exn_xmp_areas_map_subject(const exn_xmp_areas_subject *s, const exn_xmp_turn *turn,
                               exn_xmp_edits *edits)
{
    uint32_t n[4];

    if (!read_subject(s, turn, n))
        return false;
    exn_orientation_point(turn->o, turn->width, turn->height, &n[0], &n[1]);
    if (s->count == 4 && turn->o.transpose) {
        const uint32_t first = n[2];
        n[2] = n[3];
        n[3] = first;
    }
    for (size_t i = 0; i < s->count; i++)
        exn_xmp_edits_replace_integer(edits, s->values[i], n[i]);
    return true;
}
