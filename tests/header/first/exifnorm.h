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
 * Call exn_options_init() and exn_result_init(), then for each image exn_normalize() and, when done
 * with the output, exn_bytes_free(). exn_verify() reads an output back and compares it with its
 * source. exn_sniff() tells the format from the first bytes.
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

/* For tools that read declarations alone, cffi's cdef() for one:
 *
 *     cc -E -P -DEXN_DECLARATIONS exifnorm.h
 *
 * prints plain C without a directive or an attribute. */
#ifdef EXN_DECLARATIONS
#define EXN_API
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#if defined(__GNUC__)
#define EXN_API __attribute__((visibility("default")))
#else
#define EXN_API
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version that this header belongs to; exn_version() and exn_version_number() have that of the
 * library. */
#define EXN_VERSION "0.1.0"

/* major * 1000000 + minor * 1000 + patch */
#define EXN_VERSION_NUMBER 1000

/* Enumerators keep their numbers; new ones come at the end, and a newer library may return numbers
 * that this header does not name. The words of exn_status_word() and the others never change. */

/* How a call ended. The library's numbers stay below 100; those above are free for a program's own.
 */
typedef enum exn_status {
    EXN_OK = 0,            /* "ok" */
    EXN_NOT_AN_IMAGE = 1,  /* "not-an-image": the format is unknown */
    EXN_CORRUPT = 2,       /* "corrupt": the image's data is damaged */
    EXN_UNSUPPORTED = 3,   /* "unsupported": a kind of image that cannot be processed */
    EXN_LIMIT = 4,         /* "limit": it needs more than the options allow */
    EXN_REFUSED = 5,       /* "refused": an option says not to process such an image */
    EXN_MEMORY = 6,        /* "out-of-memory" */
    EXN_MISMATCH = 7,      /* "mismatch": the output does not match its source */
    EXN_INTERNAL = 8,      /* "internal": a bug in this library */
    EXN_READ = 9,          /* "read-error": exn_source.read() failed */
    EXN_WRITE = 10,        /* "write-error": a callback that takes an output failed */
    EXN_BAD_ARGUMENT = 11, /* "bad-argument": the call itself is wrong; the error names the argument
                            */
} exn_status;

/* What became of one file. Outcomes are not errors, but FAILED comes with a status. */
typedef enum exn_outcome {
    EXN_OUTCOME_FAILED = 0,        /* "failed": no output; the status says why */
    EXN_OUTCOME_UNTOUCHED = 1,     /* "untouched": already unambiguous; byte for byte */
    EXN_OUTCOME_METADATA = 2,      /* "metadata": metadata edited, image data byte for byte */
    EXN_OUTCOME_LOSSLESS = 3,      /* "lossless": rotated; every coefficient or sample is the
                                      source's */
    EXN_OUTCOME_LUMA_LOSSLESS = 4, /* "luma-lossless": rotated; some components exact, others
                                      requantized */
    EXN_OUTCOME_REQUANTIZED = 5,   /* "requantized": rotated; the first component requantized */
    EXN_OUTCOME_COPIED = 6,        /* "copied": not a JPEG or PNG; byte for byte */
    EXN_OUTCOME_UNSUPPORTED = 7,   /* "unsupported": likewise, but its orientation is not 1 */
} exn_outcome;

/* What is worth knowing about a file that did not fail; a set of them is a uint32_t of (1 <<
 * warning). */
typedef enum exn_warning {
    EXN_WARN_ORIENTATION_IGNORED = 0,   /* "orientation-ignored": of a value or type, or in a place,
                                           that no browser honours */
    EXN_WARN_ORIENTATION_AMBIGUOUS = 1, /* "orientation-ambiguous": browsers read it differently */
    EXN_WARN_LIBEXIF_DIFFERS = 2,       /* "libexif-differs": libexif reads another orientation */
    EXN_WARN_EXIF_REMOVED = 3,          /* "exif-removed": Exif not safe to edit; block removed */
    EXN_WARN_SIGNATURE_INVALID = 4,     /* "signature-invalid": C2PA kept, but it signs other bytes
                                         */
    EXN_WARN_UNSAFE_CHUNK_KEPT = 5,     /* "unsafe-chunk-kept": unknown unsafe-to-copy PNG chunk */
    EXN_WARN_CHUNK_REMOVED = 6,         /* "chunk-removed": Apple's iDOT, an index into old data */
    EXN_WARN_HARMLESS_NOISE = 7,        /* "harmless-noise": decoder warned, but no data is lost */
    EXN_WARN_DENSITY_NEUTRALIZED = 8,   /* "density-neutralized": browsers would change its size */
    EXN_WARN_THUMBNAIL_ASPECT = 9,      /* "thumbnail-aspect": its sides disagree with the image's
                                         */
    EXN_WARN_THUMBNAIL_DROPPED = 10,    /* "thumbnail-dropped": cannot be rotated, or kept */
    EXN_WARN_XMP_ORIENTATION = 11,      /* "xmp-orientation": XMP differs from what is shown */
    EXN_WARN_PROFILE_ORIENTATION = 12,  /* "profile-orientation": so does a PNG raw profile or text
                                         */
    EXN_WARN_XMP_REMOVED = 13,          /* "xmp-removed": XMP not safe to edit; packet removed */
    EXN_WARN_METADATA_STALE = 14,       /* "metadata-stale": XMP or others describe unrotated pixels
                                         */
    EXN_WARN_SECONDARY_REQUANTIZED = 15, /* "secondary-requantized": a secondary image, not the
                                            first one */
    EXN_WARN_SECONDARY_DROPPED = 16,     /* "secondary-dropped": secondary images and their index */
    EXN_WARN_SCANS_MISSING = 17,         /* "scans-missing": progressive, and never gets sharp */
    EXN_WARN_INDEX_STALE = 18,           /* "index-stale": the program; offsets into an archive */
    EXN_WARN_NO_END_MARKER = 19, /* "no-end-marker": the program; of an archive, now added */
    EXN_WARN_NOT_DECODED = 20,   /* "not-decoded": kept; nothing here decodes its kind */
    EXN_WARN_RESOURCE_THUMBNAIL_DROPPED = 21, /* "photoshop-thumbnail-dropped": cannot be rotated */
    EXN_WARN_ALREADY_TURNED = 22, /* "already-turned": Exif sizes say that the tag is stale */
} exn_warning;

/* The warnings that make a source ambiguous: readers disagree about it, or it contradicts itself.
 * exn_options.strict refuses these. */
#define EXN_WARNINGS_AMBIGUOUS                                                                     \
    (1u << EXN_WARN_ORIENTATION_IGNORED | 1u << EXN_WARN_ORIENTATION_AMBIGUOUS |                   \
     1u << EXN_WARN_XMP_ORIENTATION | 1u << EXN_WARN_PROFILE_ORIENTATION |                         \
     1u << EXN_WARN_THUMBNAIL_ASPECT | 1u << EXN_WARN_SCANS_MISSING |                              \
     1u << EXN_WARN_ALREADY_TURNED)

typedef enum exn_format {
    EXN_FORMAT_UNKNOWN = 0, /* "unknown" */
    EXN_FORMAT_JPEG = 1,    /* "jpeg" */
    EXN_FORMAT_PNG = 2,     /* "png" */
    EXN_FORMAT_WEBP = 3,    /* "webp": this and the following are read, never rewritten */
    EXN_FORMAT_HEIF = 4,    /* "heif": HEIC and AVIF */
    EXN_FORMAT_TIFF = 5,    /* "tiff": and the raw formats that are TIFF files */
    EXN_FORMAT_XMP = 6,     /* "xmp": a sidecar; of exn_normalize_sidecar() only, never of
                               exn_sniff() */
} exn_format;

/* How the output was made. */
typedef enum exn_method {
    EXN_METHOD_NONE = 0,         /* "none": no output; untouched, copied, failed */
    EXN_METHOD_EDIT = 1,         /* "edit": metadata bytes edited */
    EXN_METHOD_COEFFICIENTS = 2, /* "coefficients": DCT coefficients permuted and signed */
    EXN_METHOD_PLANES = 3,       /* "planes": DCT planes moved and quantized again */
    EXN_METHOD_SAMPLES = 4,      /* "samples": PNG samples moved */
} exn_method;

/* Where the orientation that counts was found. */
typedef enum exn_place {
    EXN_PLACE_NONE = 0,          /* "none": there is none */
    EXN_PLACE_IFD0 = 1,          /* "ifd0" */
    EXN_PLACE_EXIF_IFD = 2,      /* "exif-ifd" */
    EXN_PLACE_XMP = 3,           /* "xmp" */
    EXN_PLACE_ITEM_PROPERTY = 4, /* "item-property": HEIF irot, imir */
} exn_place;

/* Why a file is not unambiguous: what the predicate finds. A set of them is a uint32_t of (1 <<
 * reason); empty: the file is unambiguous. */
typedef enum exn_reason {
    EXN_REASON_EXIF = 0,        /* "exif-orientation": a 0x0112 that is not exactly one SHORT of
                                   value 1 */
    EXN_REASON_XMP = 1,         /* "xmp-orientation": tiff:Orientation other than 1 */
    EXN_REASON_RAW_PROFILE = 2, /* "profile-orientation": the same inside a PNG raw profile or text
                                 */
    EXN_REASON_DENSITY = 3,     /* "density": browsers lay it out at another size */
    EXN_REASON_PROPERTY = 4,    /* "item-property": HEIF irot or imir */
    EXN_REASON_EMBEDDED = 5,    /* "embedded-orientation": a thumbnail, preview or MPF image has its
                                   own */
} exn_reason;

/* How many of each this header names. */
#define EXN_OUTCOME_COUNT 8
#define EXN_WARNING_COUNT 23
#define EXN_REASON_COUNT  6

/* What was done to the stored pixels: reverse x and/or y, then swap the axes. A set of these is
 * a uint32_t; empty: nothing. */
typedef enum exn_transform {
    EXN_TRANSFORM_FLIP_X = 1,    /* x becomes width - 1 - x */
    EXN_TRANSFORM_FLIP_Y = 2,    /* y becomes height - 1 - y */
    EXN_TRANSFORM_TRANSPOSE = 4, /* and then x and y are swapped */
} exn_transform;

/* What to do if the block grid does not allow a lossless rotation. */
typedef enum exn_edges {
    EXN_EDGES_REQUANTIZE = 0, /* move the samples, quantize again with the same tables */
    EXN_EDGES_REFUSE = 1,     /* fail with EXN_REFUSED */
} exn_edges;

/* How finely a JPEG component is quantized that cannot be rotated losslessly. */
typedef enum exn_quality {
    EXN_QUALITY_SAME = 0, /* with its own table, as finely as it was */
    EXN_QUALITY_HIGH = 1, /* with steps about half as large: at least 3 dB less loss for more bytes
                           */
} exn_quality;

/* What to do with the pixels of an image whose orientation is not 1. */
typedef enum exn_mode {
    EXN_MODE_BAKE = 0, /* rotate them, so that the output looks the way the source was shown */
    EXN_MODE_DROP = 1, /* keep them as stored: labels or camera models are in the stored frame */
} exn_mode;

/* What to do with secondary images that an index in a JPEG names (MPF, GContainer), in a file that
 * is edited. */
typedef enum exn_secondary {
    EXN_SECONDARY_ROTATE = 0, /* rotate those of the same scene too and keep the index valid; fail
                                 if that is impossible. An index without images is removed */
    EXN_SECONDARY_DROP = 1,   /* leave them out, and their index with them */
} exn_secondary;

/* The first error of a call. Owned by the caller; no allocation. This struct never grows. */
typedef struct exn_error {
    exn_status status;
    int sys_errno;    /* errno where a system call failed, else 0 */
    char detail[200]; /* NUL-terminated, may be empty; printable ASCII only */
} exn_error;

/* exn_options and exn_result may get more members, at their end. Each begins with the size that the
 * caller was compiled with, which exn_options_init() and exn_result_init() note, so that program
 * and library may be of different versions: what a smaller struct does not have has its default or
 * is not reported; of what the library does not know yet, zeros are taken and anything else is a
 * BAD_ARGUMENT. */

/* Limits and choices. Fill with exn_options_init(), then change members. Read only during a call.
 */
typedef struct exn_options {
    size_t struct_size;      /* sizeof(exn_options), from exn_options_init() */
    uint64_t max_memory;     /* for one call, in bytes, computed from the header; default 2 GiB */
    uint64_t max_pixels;     /* width x height; default 500 million */
    exn_edges edges;         /* default EXN_EDGES_REQUANTIZE */
    exn_quality quality;     /* default EXN_QUALITY_SAME */
    exn_mode mode;           /* default EXN_MODE_BAKE */
    exn_secondary secondary; /* default EXN_SECONDARY_ROTATE */
    uint32_t png_level; /* of deflate, for rotated PNGs: 1 (quick) to 12 (small); default 0: chosen
                           by a sample of each image */
    bool strict;        /* refuse sources that readers disagree about; default false */
    bool decode_all; /* also decode files whose pixels are kept, and fail broken ones; default false
                      */
    bool look_whole; /* exn_check(): read on to the end if nothing was found (see there); default
                        false */
} exn_options;

/* What was found and done. No pointers: it may be copied between processes. Call exn_result_init()
 * once; then it may be used for any number of calls. */
typedef struct exn_result {
    size_t struct_size; /* sizeof(exn_result), from exn_result_init(); calls leave it alone */
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

/* Bytes that the library allocated and the caller owns; free with exn_bytes_free(). This struct
 * never grows. */
typedef struct exn_bytes {
    uint8_t *data;
    size_t size;
} exn_bytes;

/* Fills in the defaults. struct_size: sizeof(exn_options). NULL is allowed. */
EXN_API void exn_options_init(exn_options *options, size_t struct_size);

/* Empties a result. struct_size: sizeof(exn_result). NULL is allowed. */
EXN_API void exn_result_init(exn_result *result, size_t struct_size);

/* Tells the format from the first bytes of a file; 64 are always enough. Never fails: NULL has an
 * unknown format. */
EXN_API exn_format exn_sniff(const void *data, size_t size);

/* Normalizes one image.
 *
 * data, size: the whole file; borrowed, not changed. options: borrowed; NULL means defaults.
 * output: set to the new file's bytes, owned by the caller, if the outcome is METADATA, LOSSLESS,
 * LUMA_LOSSLESS or REQUANTIZED; {NULL, 0} if it is UNTOUCHED, COPIED or UNSUPPORTED (write the
 * source's own bytes) and on failure. result: filled in as far as known, also on
 * failure; may be NULL. error: may be NULL.
 *
 * Returns EXN_OK, or NOT_AN_IMAGE, CORRUPT, UNSUPPORTED, LIMIT, REFUSED, MEMORY, INTERNAL. A
 * failure gives no output. BAD_ARGUMENT, here and below: a pointer is NULL that may not be, or a
 * member of options is out of range. */
EXN_API exn_status exn_normalize(const void *data, size_t size, const exn_options *options,
                                 exn_bytes *output, exn_result *result, exn_error *error);

/* Edits an XMP sidecar, a separate file beside an image, as exn_normalize() edits the XMP in the
 * image: every orientation is removed, and what describes the image's pixels is moved with them.
 *
 * image: the result of exn_normalize() or exn_check() for that image, with the same options. NULL,
 * or an image of a format that is never rewritten: nothing is edited, and a sidecar with an
 * orientation other than 1 is UNSUPPORTED; with NULL one that describes pixels has the warning
 * METADATA_STALE. output: set if the outcome is METADATA; {NULL, 0} if it is COPIED or
 * UNSUPPORTED (write the source's own bytes). result: orientation is what the sidecar says; it has
 * no size, and no transform.
 *
 * Returns EXN_OK, UNSUPPORTED (an orientation in it cannot be removed safely), LIMIT, REFUSED
 * (strict), MEMORY or INTERNAL. */
EXN_API exn_status exn_normalize_sidecar(const void *data, size_t size, const exn_result *image,
                                         const exn_options *options, exn_bytes *output,
                                         exn_result *result, exn_error *error);

/* A file that is read in parts. read() fills to with size bytes from offset on and returns 0, or an
 * errno; offset + size never exceeds `size`. This struct never grows. */
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
EXN_API exn_status exn_verify(const void *source, size_t source_size, const void *output,
                              size_t output_size, const exn_options *options,
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

/* The library's version: EXN_VERSION and EXN_VERSION_NUMBER of its build. */
EXN_API const char *exn_version(void);
EXN_API uint32_t exn_version_number(void);

#ifdef __cplusplus
}
#endif
#endif
