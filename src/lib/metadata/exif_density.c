/* SPDX-License-Identifier: MIT */
/* Browsers display a picture at the size in PixelX/YDimension if that is what its resolution makes
 * of its stored size at 72 dpi. Which of several values counts depends on the browser, so there is
 * a match if any choice among them is one: every candidate in IFD0 and in every Exif IFD, including
 * nested ones. */
#include "exif_density.h"

#include <math.h>

static void add_resolution(const exn_tiff *tiff, const exn_ifd_entry *e, exn_density *d, int axis)
{
    size_t at, size;
    if (e->type != EXN_TYPE_RATIONAL || e->count != 1 || !exn_ifd_value(tiff, e, &at, &size))
        return;
    if (d->resolutions[axis] == EXN_DENSITY_MAX)
        d->over = true;
    else
        d->resolution[axis][d->resolutions[axis]++] = *e;
}

static void add_pixels(const exn_tiff *tiff, const exn_ifd_entry *e, exn_density *d, int axis)
{
    uint32_t value;
    if (!exn_ifd_number(tiff, e, &value))
        return;
    if (d->pixel_counts[axis] == EXN_DENSITY_MAX)
        d->over = true;
    else
        d->pixels[axis][d->pixel_counts[axis]++] = value;
}

static void add_entry(const exn_tiff *tiff, const exn_ifd_entry *e, exn_density *d)
{
    switch (e->tag) {
    case EXN_TAG_X_RESOLUTION:
    case EXN_TAG_Y_RESOLUTION:
        add_resolution(tiff, e, d, e->tag == EXN_TAG_Y_RESOLUTION);
        break;
    case EXN_TAG_PIXEL_X_DIMENSION:
    case EXN_TAG_PIXEL_Y_DIMENSION:
        add_pixels(tiff, e, d, e->tag == EXN_TAG_PIXEL_Y_DIMENSION);
        break;
    case EXN_TAG_RESOLUTION_UNIT:
        if (e->type == EXN_TYPE_SHORT && e->count == 1)
            d->inches = d->inches || exn_tiff_get16(tiff, e->at) == EXN_UNIT_INCH;
        break;
    default:
        break;
    }
}

void exn_exif_density_collect(const exn_tiff *tiff, const exn_ifds *ifds, exn_density *density)
{
    *density = (exn_density){.over = ifds->over};
    for (size_t i = 0; i < ifds->count; i++) {
        const exn_ifd *t = &ifds->tables[i];
        if (!t->is_read)
            continue;
        for (uint32_t k = 0; k < t->whole; k++) {
            exn_ifd_entry e = exn_ifd_entry_at(tiff, t, k);
            add_entry(tiff, &e, density);
        }
        /* Firefox reads a truncated entry's SHORT as soon as its two bytes are there. */
        size_t end = exn_ifd_end(t);
        if (t->declared > t->whole && exn_tiff_has(tiff, end, EXN_IFD_VALUE_AT + 2)) {
            exn_ifd_entry cut = exn_ifd_entry_at(tiff, t, t->whole);
            if (cut.type == EXN_TYPE_SHORT)
                add_entry(tiff, &cut, density);
        }
    }
}

/* Whether size pixels at that resolution correspond to pixels at 72 dpi. Browsers round floats, one
 * of them half up and one to even, so a value near the border between two numbers corresponds to
 * both. */
static bool comes_to(const exn_tiff *tiff, size_t offset, uint32_t size, uint32_t pixels)
{
    double numerator = exn_tiff_get32(tiff, offset), denominator = exn_tiff_get32(tiff, offset + 4);
    if (numerator == 0 || denominator == 0)
        return false;
    double natural = size * 72.0 * denominator / numerator;
    return fabs(natural - pixels) <= 0.5 + natural * 1e-6;
}

/* Exactly 72 even for a reader that divides floats, which have 24 bits. */
static bool is_72(const exn_tiff *tiff, size_t offset)
{
    uint32_t numerator = exn_tiff_get32(tiff, offset);
    uint32_t denominator = exn_tiff_get32(tiff, offset + 4);
    return numerator <= 1 << 24 && denominator <= 1 << 24 && denominator > 0 &&
           numerator == 72 * denominator;
}

bool exn_exif_density_is_near_72(const exn_tiff *tiff, size_t offset, uint32_t size)
{
    return comes_to(tiff, offset, size, size) && !is_72(tiff, offset);
}

typedef struct axis {
    bool match;   /* some pair of resolution and dimension matches */
    bool harmful; /* and one of those is not 72 dpi with the stored size */
} axis;

/* add_resolution() has made sure that the resolutions lie in the data. */
static axis judge_axis(const exn_tiff *tiff, const exn_density *d, int i, uint32_t size)
{
    axis judged = {false, false};
    for (size_t r = 0; r < d->resolutions[i]; r++) {
        size_t at = exn_tiff_get32(tiff, d->resolution[i][r].at);
        for (size_t p = 0; p < d->pixel_counts[i]; p++) {
            if (!comes_to(tiff, at, size, d->pixels[i][p]))
                continue;
            judged.match = true;
            judged.harmful = judged.harmful || d->pixels[i][p] != size || !is_72(tiff, at);
        }
    }
    return judged;
}

bool exn_exif_density_matches(const exn_tiff *tiff, const exn_density *density,
                              const uint32_t size[2])
{
    /* One of those that were not kept might match. */
    if (density->over)
        return density->pixel_counts[0] && density->pixel_counts[1];
    if (!density->inches)
        return false;
    axis x = judge_axis(tiff, density, 0, size[0]), y = judge_axis(tiff, density, 1, size[1]);
    return x.match && y.match && (x.harmful || y.harmful);
}
