/* SPDX-License-Identifier: MIT */
#include "app_scan.h"

#include "app_exif.h"
#include "app_irb.h"
#include "app_jfif.h"
#include "extended_xmp.h"
#include "metadata/embedded.h"
#include "metadata/exif.h"
#include "metadata/xmp.h"
#include "previews.h"

/* What has been seen of the APP1 segments so far. Exif after the first scan does not count. */
typedef struct seen {
    bool exif, other, scan;
    uint32_t xmp_orientation;
    exn_span guid; /* that extended XMP belongs to */
} seen;

/* Follows Chromium: the first APP1 counts that begins with "Exif", a zero and any byte, and is long
 * enough for a TIFF header, whatever it contains. Firefox requires it to be the first APP1 of any
 * kind, and the byte to be zero. */
static void scan_exif(exn_image *image, const exn_block *block, seen *seen)
{
    exn_exif exif;
    exn_exif_scan(block->body, image->width, image->height, &exif);
    image->reasons |= exif.reasons;
    if (!seen->exif && block->body.size >= 8 && exn_block_is_honoured(block)) {
        seen->exif = true;
        image->orientation = exif.orientation;
        image->place = exif.place;
        image->exif = block->body;
        image->warnings |= exif.warnings;
        if (exif.orientation > 1 && (seen->other || block->prefix.data[5] != 0))
            image->warnings |= 1u << EXN_WARN_ORIENTATION_AMBIGUOUS;
    } else if (exif.orientation > 1 || exif.warnings >> EXN_WARN_ORIENTATION_IGNORED & 1) {
        image->warnings |= 1u << EXN_WARN_ORIENTATION_IGNORED;
    }
}

static exn_status scan_rest(exn_image *image, const exn_jpeg *jpeg, const exn_segment *head,
                            exn_span body)
{
    bool orients;
    exn_status status = exn_app_exif_judge_rest(jpeg, head, body, &orients);
    /* If the reason was there before, it may be the head's alone. */
    if (orients && !(image->reasons >> EXN_REASON_EXIF & 1))
        image->warnings |= 1u << EXN_WARN_ORIENTATION_IGNORED;
    if (orients)
        image->reasons |= 1u << EXN_REASON_EXIF;
    return status;
}

/* Of several packets, the first orientation is compared; of several GUIDs, the last is followed, as
 * in editing. All packets are edited. */
static exn_status scan_xmp(exn_image *image, const exn_jpeg *jpeg, exn_span packet, seen *seen)
{
    exn_xmp xmp;
    bool orients;
    exn_status status = exn_cancel_check(&jpeg->cancel, NULL);
    if (status != EXN_OK)
        return status;
    exn_xmp_scan(packet, &jpeg->cancel, &xmp);
    status = exn_embedded_scan_xmp(&xmp, &orients);
    if (orients)
        image->reasons |= 1u << EXN_REASON_EMBEDDED;
    if (xmp.needs_edit)
        image->reasons |= 1u << EXN_REASON_XMP;
    if (!seen->xmp_orientation)
        seen->xmp_orientation = xmp.orientation;
    if (xmp.extended_guid.size)
        seen->guid = xmp.extended_guid;
    return status;
}

static exn_status scan_extended(exn_image *image, const exn_jpeg *jpeg, seen *seen)
{
    exn_extended_xmp extended;
    exn_status status = exn_extended_xmp_open(&extended, jpeg, seen->guid);
    if (status == EXN_OK && extended.found)
        status = scan_xmp(image, jpeg, exn_buffer_span(&extended.packet), seen);
    if (extended.condemned.size)
        image->reasons |= 1u << EXN_REASON_XMP;
    if (!seen->xmp_orientation)
        seen->xmp_orientation = extended.orientation;
    exn_extended_xmp_close(&extended);
    return status;
}

static exn_status scan_segments(exn_image *image, const exn_jpeg *jpeg, seen *seen)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < jpeg->count && status == EXN_OK; i++) {
        exn_block block = exn_app_exif_block(&jpeg->segments[i]);
        if (block.kind == EXN_BLOCK_EXIF) {
            scan_exif(image, &block, seen);
            if (!exn_app_exif_goes_on(&block))
                status = scan_rest(image, jpeg, &jpeg->segments[i], block.body);
        } else if (block.kind == EXN_BLOCK_XMP) {
            status = scan_xmp(image, jpeg, block.body, seen);
        }
        seen->scan = seen->scan || jpeg->segments[i].marker == EXN_MARKER_SOS;
        if (!seen->scan && exn_app_jfif_orients(&jpeg->segments[i]))
            image->reasons |= 1u << EXN_REASON_EMBEDDED;
        seen->other = seen->other || jpeg->segments[i].marker == EXN_MARKER_APP1;
        /* Browsers look for no Exif after the first scan. */
        seen->exif = seen->exif || jpeg->segments[i].marker == EXN_MARKER_SOS;
    }
    return status;
}

/* Extended XMP is read after the main packets, one of which names it. The comparison comes last,
 * when everything that may have an orientation has been read. */
exn_status exn_app_scan(exn_image *image, const exn_jpeg *jpeg, exn_error *error)
{
    seen seen = {0};
    bool orient;
    exn_status status = scan_segments(image, jpeg, &seen);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "Exif");
    status = exn_previews_orient(jpeg, &orient);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "previews");
    if (orient)
        image->reasons |= 1u << EXN_REASON_EMBEDDED;
    status = scan_extended(image, jpeg, &seen);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "extended XMP");
    status = exn_app_irb_scan(image, jpeg);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "Photoshop resources");
    exn_image_compare(image, seen.xmp_orientation, EXN_WARN_XMP_ORIENTATION);
    return EXN_OK;
}
