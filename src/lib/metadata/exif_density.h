/* SPDX-License-Identifier: MIT */
/* The density of a picture according to its Exif block, as browsers interpret it. */
#ifndef EXN_METADATA_EXIF_DENSITY_H
#define EXN_METADATA_EXIF_DENSITY_H

#include "ifd.h"

enum {
    EXN_DENSITY_MAX = 32, /* values of one tag; a real block has one */
    EXN_UNIT_INCH = 2,    /* ResolutionUnit, TIFF 6.0 section 8 */
};

/* Everything that some browser might take as the density of the picture. [0] is x, [1] is y. */
typedef struct exn_density {
    exn_ifd_entry resolution[2][EXN_DENSITY_MAX]; /* RATIONALs that can be read */
    uint32_t pixels[2][EXN_DENSITY_MAX];          /* PixelX/YDimension */
    size_t resolutions[2], pixel_counts[2];
    bool inches;
    bool over; /* there are more */
} exn_density;

void exn_exif_density_collect(const exn_tiff *tiff, const exn_ifds *ifds, exn_density *density);

/* Whether a browser may display a picture of size[0] x size[1] pixels at another size. */
bool exn_exif_density_matches(const exn_tiff *tiff, const exn_density *density,
                              const uint32_t size[2]);

/* Whether a RATIONAL at that offset makes size pixels along one axis match themselves without being
 * exactly 72. */
bool exn_exif_density_is_near_72(const exn_tiff *tiff, size_t offset, uint32_t size);

#endif
