/* SPDX-License-Identifier: MIT */
#include "exif.h"

#include "exif_picture.h"

/* A thumbnail whose stored aspect ratio is not the picture's was made by other rules than the
 * picture: either it or the orientation is stale. */
static void scan_thumbnails(const exn_tiff *tiff, const exn_ifds *ifds, uint32_t width,
                            uint32_t height, exn_exif *found)
{
    for (size_t i = 0; i < ifds->count; i++) {
        exn_thumbnail thumbnail;
        if (!exn_exif_picture_find(tiff, ifds, i, &thumbnail))
            continue;
        if (ifds->tables[i].kind == EXN_IFD_CHAINED &&
            !exn_embedded_fits(&thumbnail.picture, width, height))
            found->warnings |= 1U << EXN_WARN_THUMBNAIL_ASPECT;
        if (thumbnail.picture.orients)
            found->reasons |= 1U << EXN_REASON_EMBEDDED;
    }
}

void exn_exif_scan(exn_span bytes, uint32_t width, uint32_t height, exn_exif *found)
{
    exn_tiff tiff;
    exn_ifds ifds;
    if (exn_exif_tags_scan(bytes, width, height, &tiff, &ifds, found))
        scan_thumbnails(&tiff, &ifds, width, height, found);
}
