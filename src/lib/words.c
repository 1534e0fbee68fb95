/* SPDX-License-Identifier: MIT */
/* Words for machines and for people: one table for each enum of the public header, as a switch, so
 * that the compiler reports an enumerator without a word. */
#include "exifnorm.h"

/* Words are part of the report, which scripts read: docs/report.schema.json lists them. */
#define ROW(value, word)                                                                           \
    case value:                                                                                    \
        return word

const char *exn_status_word(exn_status status)
{
    switch (status) {
        ROW(EXN_OK, "ok");
        ROW(EXN_NOT_AN_IMAGE, "not-an-image");
        ROW(EXN_CORRUPT, "corrupt");
        ROW(EXN_UNSUPPORTED, "unsupported");
        ROW(EXN_LIMIT, "limit");
        ROW(EXN_REFUSED, "refused");
        ROW(EXN_MEMORY, "out-of-memory");
        ROW(EXN_MISMATCH, "mismatch");
        ROW(EXN_INTERNAL, "internal");
        ROW(EXN_READ, "read-error");
        ROW(EXN_WRITE, "write-error");
        ROW(EXN_BAD_ARGUMENT, "bad-argument");
        ROW(EXN_CANCELLED, "cancelled");
    }
    return "unknown";
}

const char *exn_status_text(exn_status status)
{
    switch (status) {
        ROW(EXN_OK, "no error");
        ROW(EXN_NOT_AN_IMAGE, "not an image");
        ROW(EXN_CORRUPT, "damaged image data");
        ROW(EXN_UNSUPPORTED, "unsupported kind of image");
        ROW(EXN_LIMIT, "limit exceeded");
        ROW(EXN_REFUSED, "refused by an option");
        ROW(EXN_MEMORY, "out of memory");
        ROW(EXN_MISMATCH, "the output does not match its source");
        ROW(EXN_INTERNAL, "internal error");
        ROW(EXN_READ, "cannot read the source");
        ROW(EXN_WRITE, "cannot write the output");
        ROW(EXN_BAD_ARGUMENT, "invalid argument");
        ROW(EXN_CANCELLED, "cancelled by the caller");
    }
    return "unknown error";
}

const char *exn_outcome_word(exn_outcome outcome)
{
    switch (outcome) {
        ROW(EXN_OUTCOME_FAILED, "failed");
        ROW(EXN_OUTCOME_UNTOUCHED, "untouched");
        ROW(EXN_OUTCOME_METADATA, "metadata");
        ROW(EXN_OUTCOME_LOSSLESS, "lossless");
        ROW(EXN_OUTCOME_LUMA_LOSSLESS, "luma-lossless");
        ROW(EXN_OUTCOME_REQUANTIZED, "requantized");
        ROW(EXN_OUTCOME_COPIED, "copied");
        ROW(EXN_OUTCOME_UNSUPPORTED, "unsupported");
    }
    return "unknown";
}

const char *exn_warning_word(exn_warning warning)
{
    switch (warning) {
        ROW(EXN_WARN_ORIENTATION_IGNORED, "orientation-ignored");
        ROW(EXN_WARN_ORIENTATION_AMBIGUOUS, "orientation-ambiguous");
        ROW(EXN_WARN_LIBEXIF_DIFFERS, "libexif-differs");
        ROW(EXN_WARN_EXIF_REMOVED, "exif-removed");
        ROW(EXN_WARN_SIGNATURE_INVALID, "signature-invalid");
        ROW(EXN_WARN_UNSAFE_CHUNK_KEPT, "unsafe-chunk-kept");
        ROW(EXN_WARN_CHUNK_REMOVED, "chunk-removed");
        ROW(EXN_WARN_HARMLESS_NOISE, "harmless-noise");
        ROW(EXN_WARN_DENSITY_NEUTRALIZED, "density-neutralized");
        ROW(EXN_WARN_THUMBNAIL_ASPECT, "thumbnail-aspect");
        ROW(EXN_WARN_THUMBNAIL_DROPPED, "thumbnail-dropped");
        ROW(EXN_WARN_XMP_ORIENTATION, "xmp-orientation");
        ROW(EXN_WARN_PROFILE_ORIENTATION, "profile-orientation");
        ROW(EXN_WARN_XMP_REMOVED, "xmp-removed");
        ROW(EXN_WARN_METADATA_STALE, "metadata-stale");
        ROW(EXN_WARN_SECONDARY_REQUANTIZED, "secondary-requantized");
        ROW(EXN_WARN_SECONDARY_DROPPED, "secondary-dropped");
        ROW(EXN_WARN_SCANS_MISSING, "scans-missing");
        ROW(EXN_WARN_INDEX_STALE, "index-stale");
        ROW(EXN_WARN_NO_END_MARKER, "no-end-marker");
        ROW(EXN_WARN_NOT_DECODED, "not-decoded");
        ROW(EXN_WARN_RESOURCE_THUMBNAIL_DROPPED, "photoshop-thumbnail-dropped");
        ROW(EXN_WARN_ALREADY_TURNED, "already-turned");
        ROW(EXN_WARN_DAMAGED, "damaged");
        ROW(EXN_WARN_DEPTH_REDUCED, "depth-reduced");
        ROW(EXN_WARN_ALPHA_DROPPED, "alpha-dropped");
    }
    return "unknown";
}

const char *exn_reason_word(exn_reason reason)
{
    switch (reason) {
        ROW(EXN_REASON_EXIF, "exif-orientation");
        ROW(EXN_REASON_XMP, "xmp-orientation");
        ROW(EXN_REASON_RAW_PROFILE, "profile-orientation");
        ROW(EXN_REASON_DENSITY, "density");
        ROW(EXN_REASON_PROPERTY, "item-property");
        ROW(EXN_REASON_EMBEDDED, "embedded-orientation");
    }
    return "unknown";
}

const char *exn_format_word(exn_format format)
{
    switch (format) {
        ROW(EXN_FORMAT_UNKNOWN, "unknown");
        ROW(EXN_FORMAT_JPEG, "jpeg");
        ROW(EXN_FORMAT_PNG, "png");
        ROW(EXN_FORMAT_WEBP, "webp");
        ROW(EXN_FORMAT_HEIF, "heif");
        ROW(EXN_FORMAT_TIFF, "tiff");
        ROW(EXN_FORMAT_XMP, "xmp");
        ROW(EXN_FORMAT_HEIC, "heic");
        ROW(EXN_FORMAT_AVIF, "avif");
        ROW(EXN_FORMAT_JXL, "jxl");
    }
    return "unknown";
}

const char *exn_method_word(exn_method method)
{
    switch (method) {
        ROW(EXN_METHOD_NONE, "none");
        ROW(EXN_METHOD_EDIT, "edit");
        ROW(EXN_METHOD_COEFFICIENTS, "coefficients");
        ROW(EXN_METHOD_PLANES, "planes");
        ROW(EXN_METHOD_SAMPLES, "samples");
    }
    return "unknown";
}

const char *exn_place_word(exn_place place)
{
    switch (place) {
        ROW(EXN_PLACE_NONE, "none");
        ROW(EXN_PLACE_IFD0, "ifd0");
        ROW(EXN_PLACE_EXIF_IFD, "exif-ifd");
        ROW(EXN_PLACE_XMP, "xmp");
        ROW(EXN_PLACE_ITEM_PROPERTY, "item-property");
    }
    return "unknown";
}

const char *exn_labels_format_word(exn_labels_format format)
{
    switch (format) {
        ROW(EXN_LABELS_UNKNOWN, "unknown");
        ROW(EXN_LABELS_COCO, "coco");
        ROW(EXN_LABELS_VOC, "voc");
        ROW(EXN_LABELS_YOLO, "yolo");
        ROW(EXN_LABELS_LABELME, "labelme");
        ROW(EXN_LABELS_CSV, "csv");
        ROW(EXN_LABELS_GROUND_TRUTH, "ground-truth");
        ROW(EXN_LABELS_CVAT, "cvat");
        ROW(EXN_LABELS_OPEN_IMAGES, "open-images");
        ROW(EXN_LABELS_MOT, "mot");
        ROW(EXN_LABELS_VIA, "via");
        ROW(EXN_LABELS_VIA_CSV, "via-csv");
        ROW(EXN_LABELS_CREATEML, "createml");
        ROW(EXN_LABELS_LABEL_STUDIO, "label-studio");
        ROW(EXN_LABELS_IMAGEFOLDER, "imagefolder");
        ROW(EXN_LABELS_DATUMARO, "datumaro");
        ROW(EXN_LABELS_NDJSON, "ndjson");
        ROW(EXN_LABELS_FIFTYONE, "fiftyone");
        ROW(EXN_LABELS_SUPERVISELY, "supervisely");
        ROW(EXN_LABELS_LIST, "list");
        ROW(EXN_LABELS_MOT_SEQINFO, "mot-seqinfo");
    }
    return "unknown";
}

const char *exn_labels_verdict_word(exn_labels_verdict verdict)
{
    switch (verdict) {
        ROW(EXN_LABELS_VERDICT_NOT_NEEDED, "not-needed");
        ROW(EXN_LABELS_VERDICT_STORED, "stored");
        ROW(EXN_LABELS_VERDICT_DISPLAYED, "displayed");
        ROW(EXN_LABELS_VERDICT_EITHER, "either");
        ROW(EXN_LABELS_VERDICT_CONTRADICTORY, "contradictory");
    }
    return "unknown";
}

const char *exn_labels_witness_word(exn_labels_witness witness)
{
    switch (witness) {
        ROW(EXN_LABELS_WITNESS_SIZE_STORED, "size-stored");
        ROW(EXN_LABELS_WITNESS_SIZE_DISPLAYED, "size-displayed");
        ROW(EXN_LABELS_WITNESS_SIZE_OTHER, "size-other");
        ROW(EXN_LABELS_WITNESS_MASK_STORED, "mask-stored");
        ROW(EXN_LABELS_WITNESS_MASK_DISPLAYED, "mask-displayed");
        ROW(EXN_LABELS_WITNESS_MASK_OTHER, "mask-other");
        ROW(EXN_LABELS_WITNESS_EXTENT_STORED, "extent-stored");
        ROW(EXN_LABELS_WITNESS_EXTENT_DISPLAYED, "extent-displayed");
        ROW(EXN_LABELS_WITNESS_GENERATOR, "generator");
        ROW(EXN_LABELS_WITNESS_INHERITED, "inherited");
    }
    return "unknown";
}

const char *exn_version(void)
{
    return EXN_VERSION;
}

uint32_t exn_version_number(void)
{
    return EXN_VERSION_NUMBER;
}
