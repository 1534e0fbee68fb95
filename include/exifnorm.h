/* SPDX-License-Identifier: MIT */
/* exifnorm: losslessly rotates JPEG and PNG images by their EXIF orientation.
 *
 * A camera stores pixels one way and writes a tag, EXIF Orientation (0x0112), that says how to
 * rotate them. exn_normalize() takes the bytes of one JPEG or PNG file, rotates the pixels
 * themselves, removes every trace of orientation and returns the bytes of a file that every reader
 * shows the same way.
 *
 * A file is unambiguous if it has no exn_reason: no orientation but a single Exif tag of value 1,
 * and no density that changes its size in browsers. The test for this is called the predicate.
 * exn_check() and exn_normalize() share it, and outputs have to pass it, too. (The warnings in
 * EXN_WARNINGS_AMBIGUOUS say something else: that readers disagree about a source.)
 *
 * Call exn_options_init(), then for each image exn_normalize() and, when done with the output,
 * exn_bytes_free(). exn_verify() reads an output back and compares it with its source. exn_sniff()
 * tells the format from the first bytes.
 *
 * The library works in memory. It opens no file, prints nothing, keeps no globals, installs no
 * signal handler and never exits. Every function may be called from any number of threads at once
 * on different objects.
 *
 * Every function that can fail returns an exn_status and, if the caller passes an exn_error, fills
 * it with the same status and a line for humans (lower case, no full stop). No function allocates
 * on its error path. */
#ifndef EXIFNORM_H
#define EXIFNORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define EXN_API __attribute__((visibility("default")))
#else
#define EXN_API
#endif

#define EXN_VERSION "0.1.0"

/* Statuses: enumerator, word for machines (report, exit rules), words for humans. */
#define EXN_STATUS_MAP(X)                                                                          \
    X(OK, "ok", "no error")                                                                        \
    X(NOT_AN_IMAGE, "not-an-image", "not an image")                                                \
    X(CORRUPT, "corrupt", "damaged image data")                                                    \
    X(UNSUPPORTED, "unsupported", "unsupported kind of image")                                     \
    X(LIMIT, "limit", "limit exceeded")                                                            \
    X(REFUSED, "refused", "refused by an option")                                                  \
    X(MEMORY, "out-of-memory", "out of memory")                                                    \
    X(MISMATCH, "mismatch", "the output does not match its source")                                \
    X(INTERNAL, "internal", "internal error")                                                      \
    X(READ, "read-error", "cannot read the source")                                                \
    X(WRITE, "write-error", "cannot write the output")                                             \
    X(EXISTS, "exists", "output exists")                                                           \
    X(INTERRUPTED, "interrupted", "interrupted by a signal")                                       \
    X(TIMEOUT, "timeout", "timed out")                                                             \
    X(CRASHED, "worker-crashed", "the worker crashed")                                             \
    X(BAD_ARGUMENT, "bad-argument", "invalid argument")

typedef enum exn_status {
#define X(name, word, text) EXN_##name,
    EXN_STATUS_MAP(X)
#undef X
} exn_status;

/* What became of one file. Outcomes are not errors, but FAILED goes with a status. */
#define EXN_OUTCOME_MAP(X)                                                                         \
    X(FAILED, "failed")               /* no output; the status says why */                         \
    X(UNTOUCHED, "untouched")         /* already unambiguous: byte for byte */                     \
    X(METADATA, "metadata")           /* metadata edited, image data byte for byte */              \
    X(LOSSLESS, "lossless")           /* rotated; every coefficient or sample is the source's */   \
    X(LUMA_LOSSLESS, "luma-lossless") /* rotated; some components exact, others requantized */     \
    X(REQUANTIZED, "requantized")     /* rotated; the first component requantized */               \
    X(COPIED, "copied")               /* not a JPEG or PNG: byte for byte */                       \
    X(UNSUPPORTED, "unsupported")     /* likewise, but its orientation is not 1 */

typedef enum exn_outcome {
#define X(name, word) EXN_OUTCOME_##name,
    EXN_OUTCOME_MAP(X)
#undef X
        EXN_OUTCOME_COUNT
} exn_outcome;

/* What is worth knowing about a file that did not fail; a set of them is a uint32_t of (1 <<
 * warning). */
#define EXN_WARNING_MAP(X)                                                                         \
    X(ORIENTATION_IGNORED, "orientation-ignored") /* value, type or place no browser honours */    \
    X(ORIENTATION_AMBIGUOUS, "orientation-ambiguous") /* browsers read it differently */           \
    X(LIBEXIF_DIFFERS, "libexif-differs")             /* libexif reads another orientation */      \
    X(EXIF_REMOVED, "exif-removed")                   /* Exif not safe to edit: block removed */   \
    X(SIGNATURE_INVALID, "signature-invalid")         /* C2PA kept, but it signs other bytes */    \
    X(UNSAFE_CHUNK_KEPT, "unsafe-chunk-kept")         /* unknown unsafe-to-copy PNG chunk kept */  \
    X(CHUNK_REMOVED, "chunk-removed")                 /* Apple's iDOT: an index into old data */   \
    X(HARMLESS_NOISE, "harmless-noise")               /* decoder warned, but no data is lost */    \
    X(DENSITY_NEUTRALIZED, "density-neutralized")     /* browsers would change its size */         \
    X(THUMBNAIL_ASPECT, "thumbnail-aspect")           /* upright beside a lying image, or so */    \
    X(THUMBNAIL_DROPPED, "thumbnail-dropped")         /* could not be rotated, or not be kept */   \
    X(XMP_ORIENTATION, "xmp-orientation")             /* XMP differs from what is shown */         \
    X(PROFILE_ORIENTATION, "profile-orientation")     /* so does a PNG raw profile or text */      \
    X(XMP_REMOVED, "xmp-removed")                     /* XMP not safe to edit: packet removed */   \
    X(METADATA_STALE, "metadata-stale")               /* XMP or other data of unrotated pixels */  \
    X(SECONDARY_REQUANTIZED, "secondary-requantized") /* a secondary image, not the first one */   \
    X(SECONDARY_DROPPED, "secondary-dropped")         /* secondary images and their index */       \
    X(SCANS_MISSING, "scans-missing")                 /* progressive, and never gets sharp */      \
    X(INDEX_STALE, "index-stale")                     /* the program: offsets into an archive */   \
    X(NO_END_MARKER, "no-end-marker")                 /* the program: of an archive, now added */  \
    X(NOT_DECODED, "not-decoded")                     /* kept: nothing here decodes its kind */    \
    X(RESOURCE_THUMBNAIL_DROPPED, "photoshop-thumbnail-dropped") /* cannot be rotated */           \
    X(ALREADY_TURNED, "already-turned") /* Exif sizes say that the tag is stale */

typedef enum exn_warning {
#define X(name, word) EXN_WARN_##name,
    EXN_WARNING_MAP(X)
#undef X
        EXN_WARNING_COUNT
} exn_warning;

/* The warnings that make a source ambiguous: readers disagree about it, or it contradicts itself.
 * exn_options.strict refuses these. */
#define EXN_WARNINGS_AMBIGUOUS                                                                     \
    (1u << EXN_WARN_ORIENTATION_IGNORED | 1u << EXN_WARN_ORIENTATION_AMBIGUOUS |                   \
     1u << EXN_WARN_XMP_ORIENTATION | 1u << EXN_WARN_PROFILE_ORIENTATION |                         \
     1u << EXN_WARN_THUMBNAIL_ASPECT | 1u << EXN_WARN_SCANS_MISSING |                              \
     1u << EXN_WARN_ALREADY_TURNED)

#define EXN_FORMAT_MAP(X)                                                                          \
    X(UNKNOWN, "unknown")                                                                          \
    X(JPEG, "jpeg")                                                                                \
    X(PNG, "png")                                                                                  \
    X(WEBP, "webp") /* this and the following are read, never rewritten */                         \
    X(HEIF, "heif") /* HEIC and AVIF */                                                            \
    X(TIFF, "tiff")                                                                                \
    X(XMP, "xmp") /* a sidecar: exn_normalize_sidecar() only, exn_sniff() never says so */

typedef enum exn_format {
#define X(name, word) EXN_FORMAT_##name,
    EXN_FORMAT_MAP(X)
#undef X
} exn_format;

/* How the output was made. */
#define EXN_METHOD_MAP(X)                                                                          \
    X(NONE, "none")                 /* no output: untouched, copied, failed */                     \
    X(EDIT, "edit")                 /* metadata bytes edited */                                    \
    X(COEFFICIENTS, "coefficients") /* DCT coefficients permuted and signed */                     \
    X(PLANES, "planes")             /* DCT planes moved and quantized again */                     \
    X(SAMPLES, "samples")           /* PNG samples moved */

typedef enum exn_method {
#define X(name, word) EXN_METHOD_##name,
    EXN_METHOD_MAP(X)
#undef X
} exn_method;

/* Where the orientation that counts was found. */
#define EXN_PLACE_MAP(X)                                                                           \
    X(NONE, "none")                                                                                \
    X(IFD0, "ifd0")                                                                                \
    X(EXIF_IFD, "exif-ifd")                                                                        \
    X(XMP, "xmp")                                                                                  \
    X(ITEM_PROPERTY, "item-property") /* HEIF irot, imir */

typedef enum exn_place {
#define X(name, word) EXN_PLACE_##name,
    EXN_PLACE_MAP(X)
#undef X
} exn_place;

/* Why a file is not unambiguous: what the predicate finds. A set of them is a uint32_t of (1 <<
 * reason); empty: the file is unambiguous. */
#define EXN_REASON_MAP(X)                                                                          \
    X(EXIF, "exif-orientation")           /* a 0x0112 that is not exactly one SHORT of value 1 */  \
    X(XMP, "xmp-orientation")             /* tiff:Orientation other than 1 */                      \
    X(RAW_PROFILE, "profile-orientation") /* the same inside a PNG raw profile or text */          \
    X(DENSITY, "density")                 /* browsers lay it out at another size */                \
    X(PROPERTY, "item-property")          /* HEIF irot or imir */                                  \
    X(EMBEDDED, "embedded-orientation")   /* a thumbnail, preview or MPF image has its own */

typedef enum exn_reason {
#define X(name, word) EXN_REASON_##name,
    EXN_REASON_MAP(X)
#undef X
        EXN_REASON_COUNT
} exn_reason;

/* What was done to the stored pixels: reverse x and/or y, then swap the axes. A set of these is
 * a uint32_t; empty: nothing. */
typedef enum exn_transform {
    EXN_TRANSFORM_FLIP_X = 1,
    EXN_TRANSFORM_FLIP_Y = 2,
    EXN_TRANSFORM_TRANSPOSE = 4,
} exn_transform;

/* What to do if the block grid does not allow a lossless rotation. */
typedef enum exn_edges {
    EXN_EDGES_REQUANTIZE, /* move the samples, quantize again with the same tables */
    EXN_EDGES_REFUSE,     /* fail with EXN_REFUSED */
} exn_edges;

/* How finely a JPEG component is quantized that cannot be rotated losslessly. */
typedef enum exn_quality {
    EXN_QUALITY_SAME, /* with its own table, as finely as it was */
    EXN_QUALITY_HIGH, /* with steps about half as large: at least 3 dB less loss for more bytes */
} exn_quality;

/* The first error of a call. Owned by the caller; no allocation. */
typedef struct exn_error {
    exn_status status;
    int sys_errno;    /* errno where a system call failed, else 0 */
    char detail[200]; /* NUL-terminated, may be empty; printable ASCII only */
} exn_error;

/* What to do with the pixels of an image whose orientation is not 1. */
typedef enum exn_mode {
    EXN_MODE_BAKE, /* rotate them, so that the output looks the way the source was shown */
    EXN_MODE_DROP, /* keep them as stored: labels or camera models are in the stored frame */
} exn_mode;

/* What to do with secondary images that an index in a JPEG names (MPF, GContainer), in a file that
 * is edited. */
typedef enum exn_secondary {
    EXN_SECONDARY_TURN, /* rotate those of the same scene too and keep the index valid; fail if that
                           is impossible. An index without images is removed */
    EXN_SECONDARY_DROP, /* leave them out, and their index with them */
} exn_secondary;

/* Limits and choices. Fill with exn_options_init(), then change members. Read only during a call.
 */
typedef struct exn_options {
    uint64_t max_memory;     /* for one call, in bytes, computed from the header; default 2 GiB */
    uint64_t max_pixels;     /* width x height; default 500 million */
    exn_edges edges;         /* default EXN_EDGES_REQUANTIZE */
    exn_quality quality;     /* default EXN_QUALITY_SAME */
    exn_mode mode;           /* default EXN_MODE_BAKE */
    exn_secondary secondary; /* default EXN_SECONDARY_TURN */
    uint32_t png_level; /* of deflate, for rotated PNGs: 1 (quick) to 12 (small); default 0: chosen
                           by a sample of each image */
    bool strict;        /* refuse sources that readers disagree about; default false */
    bool decode_all; /* also decode files whose pixels are kept, and fail broken ones; default false
                      */
    bool look_whole; /* exn_check(): read on to the end if nothing was found (see there); default
                        false */
} exn_options;

/* What was found and done. Fixed size, no pointers: it may be copied between processes. */
typedef struct exn_result {
    exn_format format;
    exn_outcome outcome;
    exn_method method;
    exn_place orientation_place;
    uint32_t orientation;           /* 1..8: the one that counts; 0: none */
    uint32_t width_in, height_in;   /* stored size in pixels; 0 where unknown */
    uint32_t width_out, height_out; /* the output's size in pixels */
    uint32_t transform;     /* set of exn_transform: from the source's pixels to the output's */
    uint8_t sampling_in[4]; /* of each JPEG component: horizontal factor << 4 | vertical; else 0 */
    uint32_t components;    /* JPEG components or PNG channels */
    uint32_t exact_components;    /* bit i: component i carried over exactly */
    uint32_t warnings;            /* set of exn_warning */
    uint32_t reasons;             /* set of exn_reason: why the file was not unambiguous */
    uint32_t libexif_orientation; /* what libexif reads; 0: nothing */
    char make[40], model[40],
        date_time[24]; /* by libexif; NUL-terminated printable ASCII, may be empty */
} exn_result;

/* Bytes that the library allocated and the caller owns; free with exn_bytes_free(). */
typedef struct exn_bytes {
    uint8_t *data;
    size_t size;
} exn_bytes;

/* Fills in the defaults; NULL is allowed. */
EXN_API void exn_options_init(exn_options *options);

/* Tells the format from the first bytes of a file; 64 are always enough. Never fails: NULL has an
 * unknown format. */
EXN_API exn_format exn_sniff(const void *data, size_t size);

/* Normalizes one image.
 *
 * data, size: the whole file; borrowed, not changed. options: borrowed; NULL means defaults.
 * product: set to the new file's bytes, owned by the caller, if the outcome is METADATA, LOSSLESS,
 * LUMA_LOSSLESS or REQUANTIZED; {NULL, 0} if it is UNTOUCHED, COPIED or UNSUPPORTED (write the
 * source's own bytes) and on failure. result: filled in as far as known, also on
 * failure; may be NULL. error: may be NULL.
 *
 * Returns EXN_OK, or NOT_AN_IMAGE, CORRUPT, UNSUPPORTED, LIMIT, REFUSED, MEMORY, INTERNAL. A
 * failure gives no output. BAD_ARGUMENT, here and below: a pointer is NULL that may not be, or a
 * member of options is out of range. */
EXN_API exn_status exn_normalize(const void *data, size_t size, const exn_options *options,
                                 exn_bytes *product, exn_result *result, exn_error *error);

/* Edits an XMP sidecar, a separate file beside an image, as exn_normalize() edits the XMP in the
 * image: every orientation is removed, and what describes the image's pixels is moved with them.
 *
 * image: the result of exn_normalize() or exn_check() for that image, with the same options. NULL,
 * or an image of a format that is never rewritten: nothing is edited, and a sidecar with an
 * orientation other than 1 is UNSUPPORTED; with NULL one that describes pixels has the warning
 * METADATA_STALE. product: set if the outcome is METADATA; {NULL, 0} if it is COPIED or
 * UNSUPPORTED (write the source's own bytes). result: orientation is what the sidecar says; it has
 * no size, and no transform.
 *
 * Returns EXN_OK, UNSUPPORTED (an orientation in it cannot be removed safely), LIMIT, REFUSED
 * (strict), MEMORY or INTERNAL. */
EXN_API exn_status exn_normalize_sidecar(const void *data, size_t size, const exn_result *image,
                                         const exn_options *options, exn_bytes *product,
                                         exn_result *result, exn_error *error);

/* A file that is read in parts. read() fills to with size bytes from offset on and returns 0, or an
 * errno; offset + size never exceeds `size`. */
typedef struct exn_source {
    uint64_t size; /* of the file, in bytes */
    int (*read)(void *context, void *to, size_t size, uint64_t offset);
    void *context;
} exn_source;

/* Checks a file without changing or decoding it: whether it is unambiguous, and if not, why
 * (result->reasons), by the predicate that exn_normalize() uses. Reads marker and chunk headers
 * and the payloads that can hold an orientation, nothing else.
 *
 * After a JPEG's first scan header nothing says where the next segment is, and no browser looks
 * for one, but other readers do. Up to 128 KiB of a file are read in all; of a larger one with one
 * scan, as nearly all have, the end is read instead. With options->look_whole the whole file is
 * read up to EOI, unless the scan plainly extends to the file's end.
 *
 * result: filled in as far as known, may be NULL; outcome is UNTOUCHED if nothing has to be done,
 * else what exn_normalize() would begin with (METADATA; LOSSLESS stands for any rotation), COPIED
 * or UNSUPPORTED for formats that are never rewritten. Returns EXN_OK, NOT_AN_IMAGE, CORRUPT,
 * UNSUPPORTED, LIMIT, REFUSED (strict), MEMORY, READ or BAD_ARGUMENT. */
EXN_API exn_status exn_check(const exn_source *source, const exn_options *options,
                             exn_result *result, exn_error *error);

/* Reads an output of exn_normalize() back and compares it with its source: it passes the
 * predicate, and the size, JPEG coefficients, tables and factors of exact components, the PSNR of
 * requantized planes (within 0.1 dB of the best that the same tables allow) and PNG samples are
 * right; so are the secondary images of a JPEG, and every byte between and after them.
 *
 * All memory is borrowed. result: as exn_normalize() filled it in, never NULL. Returns EXN_OK,
 * EXN_MISMATCH, BAD_ARGUMENT, or why one could not be read. */
EXN_API exn_status exn_verify(const void *source, size_t source_size, const void *product,
                              size_t product_size, const exn_options *options,
                              const exn_result *result, exn_error *error);

/* Frees what exn_normalize() allocated and sets bytes to {NULL, 0}. NULL is allowed, and so is NULL
 * data. */
EXN_API void exn_bytes_free(exn_bytes *bytes);

/* Words for machines ("not-an-image") and for humans ("not an image"). Static strings, never NULL.
 */
EXN_API const char *exn_status_word(exn_status status);
EXN_API const char *exn_status_text(exn_status status);
EXN_API const char *exn_outcome_word(exn_outcome outcome);
EXN_API const char *exn_warning_word(exn_warning warning);
EXN_API const char *exn_reason_word(exn_reason reason);
EXN_API const char *exn_format_word(exn_format format);
EXN_API const char *exn_method_word(exn_method method);
EXN_API const char *exn_place_word(exn_place place);

/* The library's version, EXN_VERSION of its build. */
EXN_API const char *exn_version(void);

#ifdef __cplusplus
}
#endif
#endif
