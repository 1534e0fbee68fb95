/* SPDX-License-Identifier: MIT */
#include "xmp_regions.h"

enum {
    X = EXN_XMP_REGIONS_X,
    Y = EXN_XMP_REGIONS_Y,
    W = EXN_XMP_REGIONS_W,
    H = EXN_XMP_REGIONS_H,
    UNIT = EXN_XMP_REGIONS_UNIT,
};

static void output_size(const exn_xmp_turn *turn, uint32_t *width, uint32_t *height)
{
    *width = turn->width;
    *height = turn->height;
    exn_orientation_size(turn->o, width, height);
}

bool exn_xmp_regions_set_size(exn_xmp_name id, exn_span raw, const exn_xmp_turn *turn,
                              exn_xmp_edits *edits)
{
    uint32_t width, height;
    exn_xmp_number n;
    exn_xmp_text t;

    exn_xmp_text_decode(&t, raw);
    if (t.over || !exn_xmp_text_read_number(t.bytes, t.size, &n))
        return false;
    output_size(turn, &width, &height);
    exn_xmp_edits_replace_integer(edits, exn_xmp_text_strip(raw),
                                  id == EXN_XMP_NAME_WIDTH ? width : height);
    return true;
}

/* The texts of x and y, mirrored as the flips say. size is {w, h} if x and y are the corner, and
 * zero if they are the centre. */
static bool mirror(const exn_xmp_turn *turn, const uint32_t extent[2], const exn_xmp_number at[2],
                   const exn_xmp_number size[2], exn_xmp_text *const texts[2])
{
    const bool flip[2] = {turn->o.flip_x, turn->o.flip_y};

    for (int i = 0; i < 2; i++)
        if (flip[i] && !exn_xmp_text_mirror_number(extent[i], at[i], size[i], texts[i]))
            return false;
    return true;
}

/* The four numbers are replaced one by one, so that what is between them stays. */
bool exn_xmp_regions_map_rectangle(exn_span raw, const exn_xmp_turn *turn, exn_xmp_edits *edits)
{
    exn_span parts[4];
    exn_xmp_text texts[4];
    exn_xmp_number n[4];
    size_t at = 0;

    for (int i = 0; i < 4; i++) {
        while (at < raw.size && (exn_xml_is_space(raw.data[at]) || (i > 0 && raw.data[at] == ',')))
            at++;
        const size_t start = at;
        while (at < raw.size && !exn_xml_is_space(raw.data[at]) && raw.data[at] != ',')
            at++;
        parts[i] = exn_span_part(raw, start, at - start);
        exn_xmp_text_decode(&texts[i], parts[i]);
        if (texts[i].over || !exn_xmp_text_read_number(texts[i].bytes, texts[i].size, &n[i]))
            return false;
    }
    exn_xmp_text *const corner[2] = {&texts[0], &texts[1]};
    if (exn_xmp_text_strip(exn_span_part(raw, at, raw.size)).size > 0 ||
        !mirror(turn, (const uint32_t[2]){1, 1}, n, n + 2, corner))
        return false;
    const int exchange = turn->o.transpose ? 1 : 0;
    for (int i = 0; i < 4; i++)
        exn_xmp_edits_replace(edits, parts[i], texts[i ^ exchange].bytes, texts[i ^ exchange].size);
    return true;
}

static bool field_numbers(const exn_xmp_regions_group *g, int first, exn_xmp_number n[2])
{
    for (int i = 0; i < 2; i++) {
        const exn_xmp_text_field *f = &g->fields[first + i];
        if (!f->present || f->text.over ||
            !exn_xmp_text_read_number(f->text.bytes, f->text.size, &n[i]))
            return false;
    }
    return true;
}

/* MWG Guidelines 2.0, image regions: x and y are the centre; unit normalized or pixel. A circle has
 * d instead of w and h, a point neither; d has no direction and stays. Fields come in pairs, x and
 * y, w and h, so swapping axes flips one bit of the index. */
static bool map_area(exn_xmp_regions_group *g, const exn_xmp_turn *turn, exn_xmp_edits *edits)
{
    exn_xmp_text_field *const f = g->fields;
    const bool sized = f[W].present || f[H].present;
    const bool pixels = f[UNIT].present && exn_xmp_text_is(&f[UNIT].text, "pixel");
    const uint32_t extent[2] = {pixels ? turn->width : 1, pixels ? turn->height : 1};
    exn_xmp_number centre[2], size[2];

    if (g->broken || !field_numbers(g, X, centre) || (sized && !field_numbers(g, W, size)) ||
        (f[UNIT].present && !pixels && !exn_xmp_text_is(&f[UNIT].text, "normalized")))
        return false;
    exn_xmp_text *const texts[2] = {&f[X].text, &f[Y].text};
    if (!mirror(turn, extent, centre, (const exn_xmp_number[2]){{0, 0}, {0, 0}}, texts))
        return false;
    const int exchange = turn->o.transpose ? 1 : 0;
    for (int i = 0; i < (sized ? 4 : 2); i++)
        exn_xmp_edits_replace(edits, f[i].raw, f[i ^ exchange].text.bytes,
                              f[i ^ exchange].text.size);
    return true;
}

/* Regions refer to a picture of this size (MWG Guidelines 2.0, image regions). If its aspect ratio
 * is the other way round, they were drawn on the picture as displayed, against those guidelines,
 * and are mapped all the same. */
static bool map_dimensions(const exn_xmp_regions_group *g, const exn_xmp_turn *turn,
                           exn_xmp_edits *edits)
{
    const exn_xmp_text_field *const unit = &g->fields[UNIT];
    uint32_t width, height;
    exn_xmp_number n[2];

    if (g->broken || !field_numbers(g, W, n) ||
        (unit->present && !exn_xmp_text_is(&unit->text, "pixel")))
        return false;
    output_size(turn, &width, &height);
    exn_xmp_edits_replace_integer(edits, g->fields[W].raw, width);
    exn_xmp_edits_replace_integer(edits, g->fields[H].raw, height);
    if (!exn_xmp_text_scale_number(&n[0], 0) || !exn_xmp_text_scale_number(&n[1], 0))
        return false;
    return n[0].mantissa == n[1].mantissa || turn->width == turn->height ||
           (n[0].mantissa < n[1].mantissa) == (turn->width < turn->height);
}

bool exn_xmp_regions_map(exn_xmp_regions_group *g, const exn_xmp_turn *turn, exn_xmp_edits *edits)
{
    return g->name == EXN_XMP_NAME_AREA ? map_area(g, turn, edits) : map_dimensions(g, turn, edits);
}

void exn_xmp_regions_put(exn_xmp_regions_group *g, exn_xmp_name id, const exn_span *raw)
{
    const bool of_area = id <= EXN_XMP_NAME_AREA_UNIT;
    const int field =
        of_area ? X + (int)(id - EXN_XMP_NAME_AREA_X) : W + (int)(id - EXN_XMP_NAME_DIM_W);

    if (of_area == (g->name == EXN_XMP_NAME_AREA) &&
        !exn_xmp_text_put_field(&g->fields[field], raw))
        g->broken = true;
}
