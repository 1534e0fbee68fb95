/* SPDX-License-Identifier: MIT */
/* exifnorm: losslessly rotates JPEG and PNG images by their EXIF orientation.
 *
 * A camera stores pixels one way and writes a tag, EXIF Orientation (0x0112), that says how to
 * rotate them. exn_normalize() takes the bytes of one JPEG or PNG file, rotates the pixels
 * themselves, removes every trace of orientation and returns the bytes of a file that every reader
 * shows the same way. Browsers show a WebP as it is stored, so its pixels stay, and only its
 * orientation is removed.
 *
 * A file is unambiguous if it has no exn_reason: no orientation but a single Exif tag of value 1,
 * and no density that changes its size in browsers. The test for this is called the predicate.
 * exn_check() and exn_normalize() share it, and outputs have to pass it, too. (The warnings in
 * EXN_WARNINGS_AMBIGUOUS say something else: that readers disagree about a source.)
 *
 * Call exn_options_init() and exn_result_init(), then for each image exn_normalize() and, when done
 * with the output, exn_bytes_free(). exn_verify() reads an output back and compares it with its
 * source. exn_sniff() tells the format from the first bytes. exn_orient() rotates by an
 * orientation that is known from elsewhere; exn_map_point() and its like move labels as the pixels
 * were moved.
 *
 * The library works in memory. It opens no file, prints nothing, keeps no globals, installs no
 * signal handler and never exits. Every function may be called from any number of threads at once
 * on different objects; options and files, which are only read, may be the same.
 *
 * Every function that can fail returns an exn_status and, if the caller passes an exn_error, fills
 * it with the same status and a line for humans (lower case, no full stop). No function allocates
 * on its error path.
 *
 * Besides the statuses that its comment lists, any such function may return EXN_BAD_ARGUMENT (a
 * pointer is NULL that may not be, or a member of options is out of range), and any that takes
 * options EXN_CANCELLED. */
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

/* The version of this header. exn_version() and exn_version_number() return the library's. */
#define EXN_VERSION "0.1.0"

/* major * 1000000 + minor * 1000 + patch */
#define EXN_VERSION_NUMBER 1000

/* Enumerators keep their numbers and new ones are added at the end, so a newer library may return
 * numbers that this header does not name. The words that exn_status_word() and the others return
 * never change. */

/* How a call ended. The library's numbers stay below 100; those above are free for a program's own.
 */
typedef enum exn_status {
    EXN_OK = 0,            /* "ok" */
    EXN_NOT_AN_IMAGE = 1,  /* "not-an-image": the format is unknown */
    EXN_CORRUPT = 2,       /* "corrupt": the image's data is damaged */
    EXN_UNSUPPORTED = 3,   /* "unsupported": this kind of image cannot be processed */
    EXN_LIMIT = 4,         /* "limit": needs more than the options allow */
    EXN_REFUSED = 5,       /* "refused": an option forbids processing this image */
    EXN_MEMORY = 6,        /* "out-of-memory" */
    EXN_MISMATCH = 7,      /* "mismatch": the output does not match its source */
    EXN_INTERNAL = 8,      /* "internal": a bug in this library */
    EXN_READ = 9,          /* "read-error": exn_source.read() failed */
    EXN_WRITE = 10,        /* "write-error": a callback that receives output failed */
    EXN_BAD_ARGUMENT = 11, /* "bad-argument": the call itself is wrong; the error names the argument
                            */
    EXN_CANCELLED = 12,    /* "cancelled": exn_options.cancelled said so */
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
    EXN_OUTCOME_COPIED = 6,        /* "copied": its format is never rewritten; byte for byte */
    EXN_OUTCOME_UNSUPPORTED = 7,   /* "unsupported": the same, but its orientation is not 1 */
} exn_outcome;

/* What else is worth knowing about a file that did not fail. A set of warnings is a uint32_t of (1
 * << warning). */
typedef enum exn_warning {
    EXN_WARN_ORIENTATION_IGNORED = 0,   /* "orientation-ignored": no browser honours its value, type
                                           or place */
    EXN_WARN_ORIENTATION_AMBIGUOUS = 1, /* "orientation-ambiguous": browsers read it differently */
    EXN_WARN_LIBEXIF_DIFFERS = 2,       /* "libexif-differs": libexif reads another orientation */
    EXN_WARN_EXIF_REMOVED = 3,          /* "exif-removed": Exif not safe to edit; block removed */
    EXN_WARN_SIGNATURE_INVALID = 4,     /* "signature-invalid": C2PA kept, but it signs other bytes
                                         */
    EXN_WARN_UNSAFE_CHUNK_KEPT = 5,     /* "unsafe-chunk-kept": unknown unsafe-to-copy PNG chunk */
    EXN_WARN_CHUNK_REMOVED = 6,         /* "chunk-removed": Apple's iDOT, an index into old data */
    EXN_WARN_HARMLESS_NOISE = 7,        /* "harmless-noise": decoder warned, but no data is lost */
    EXN_WARN_DENSITY_NEUTRALIZED = 8,   /* "density-neutralized": browsers would change its size */
    EXN_WARN_THUMBNAIL_ASPECT = 9,      /* "thumbnail-aspect": its shape differs from the image's */
    EXN_WARN_THUMBNAIL_DROPPED = 10,    /* "thumbnail-dropped": could neither be rotated nor kept */
    EXN_WARN_XMP_ORIENTATION = 11,      /* "xmp-orientation": XMP differs from what is displayed */
    EXN_WARN_PROFILE_ORIENTATION = 12,  /* "profile-orientation": a PNG profile or text differs */
    EXN_WARN_XMP_REMOVED = 13,          /* "xmp-removed": XMP not safe to edit; packet removed */
    EXN_WARN_METADATA_STALE = 14, /* "metadata-stale": metadata describes the unrotated pixels */
    EXN_WARN_SECONDARY_REQUANTIZED = 15, /* "secondary-requantized": not the primary image */
    EXN_WARN_SECONDARY_DROPPED = 16,     /* "secondary-dropped": secondary images and their index */
    EXN_WARN_SCANS_MISSING = 17,         /* "scans-missing": progressive, and never becomes sharp */
    EXN_WARN_INDEX_STALE = 18,   /* "index-stale": set by the program; offsets into an archive */
    EXN_WARN_NO_END_MARKER = 19, /* "no-end-marker": set by the program; an archive's, added */
    EXN_WARN_NOT_DECODED = 20,   /* "not-decoded": kept; nothing here can decode it */
    EXN_WARN_RESOURCE_THUMBNAIL_DROPPED = 21, /* "photoshop-thumbnail-dropped": cannot be rotated */
    EXN_WARN_ALREADY_TURNED = 22, /* "already-turned": Exif sizes say that the tag is stale */
    EXN_WARN_DAMAGED = 23, /* "damaged": the picture is what decoders show of it (on_damage) */
    EXN_WARN_DEPTH_REDUCED = 24, /* "depth-reduced": more than 8 bits per sample, reduced to 8 */
    EXN_WARN_ALPHA_DROPPED = 25, /* "alpha-dropped": the output's format has no alpha */
} exn_warning;

/* The warnings that make a source ambiguous: readers disagree about it, or it contradicts itself.
 * exn_options.strict refuses these. */
#define EXN_WARNINGS_AMBIGUOUS                                                                     \
    (1u << EXN_WARN_ORIENTATION_IGNORED | 1u << EXN_WARN_ORIENTATION_AMBIGUOUS |                   \
     1u << EXN_WARN_XMP_ORIENTATION | 1u << EXN_WARN_PROFILE_ORIENTATION |                         \
     1u << EXN_WARN_THUMBNAIL_ASPECT | 1u << EXN_WARN_SCANS_MISSING |                              \
     1u << EXN_WARN_ALREADY_TURNED | 1u << EXN_WARN_DAMAGED)

typedef enum exn_format {
    EXN_FORMAT_UNKNOWN = 0, /* "unknown" */
    EXN_FORMAT_JPEG = 1,    /* "jpeg" */
    EXN_FORMAT_PNG = 2,     /* "png" */
    EXN_FORMAT_WEBP = 3,    /* "webp" */
    EXN_FORMAT_HEIF = 4, /* "heif": neither HEIC nor AVIF. Pixels of this and the following formats
                            are never rotated */
    EXN_FORMAT_TIFF = 5, /* "tiff": TIFF and the raw formats built on it */
    EXN_FORMAT_XMP = 6,  /* "xmp": a sidecar; of exn_normalize_sidecar() only, never of
                            exn_sniff() */
    EXN_FORMAT_HEIC = 7, /* "heic": HEIF of HEVC pictures */
    EXN_FORMAT_AVIF = 8, /* "avif": HEIF of AV1 pictures */
    EXN_FORMAT_JXL = 9,  /* "jxl": JPEG XL */
} exn_format;

/* How the output was made. */
typedef enum exn_method {
    EXN_METHOD_NONE = 0,         /* "none": no output; untouched, copied, failed */
    EXN_METHOD_EDIT = 1,         /* "edit": metadata bytes edited */
    EXN_METHOD_COEFFICIENTS = 2, /* "coefficients": DCT coefficients permuted and signed */
    EXN_METHOD_PLANES = 3,       /* "planes": DCT planes moved and quantized again */
    EXN_METHOD_SAMPLES = 4,      /* "samples": PNG samples moved */
} exn_method;

/* Where the orientation that takes effect was found. */
typedef enum exn_place {
    EXN_PLACE_NONE = 0,          /* "none": there is none */
    EXN_PLACE_IFD0 = 1,          /* "ifd0" */
    EXN_PLACE_EXIF_IFD = 2,      /* "exif-ifd" */
    EXN_PLACE_XMP = 3,           /* "xmp" */
    EXN_PLACE_ITEM_PROPERTY = 4, /* "item-property": HEIF irot or imir, or JPEG XL's header */
} exn_place;

/* Why a file is not unambiguous, as found by the predicate. A set of reasons is a uint32_t of (1 <<
 * reason); if it is empty, the file is unambiguous. */
typedef enum exn_reason {
    EXN_REASON_EXIF = 0,        /* "exif-orientation": a tag 0x0112 that is not exactly one
                                   SHORT of value 1 */
    EXN_REASON_XMP = 1,         /* "xmp-orientation": tiff:Orientation other than 1 */
    EXN_REASON_RAW_PROFILE = 2, /* "profile-orientation": as above, in a PNG profile or text */
    EXN_REASON_DENSITY = 3,     /* "density": browsers would change its size */
    EXN_REASON_PROPERTY = 4,    /* "item-property": HEIF irot or imir, JPEG XL's header */
    EXN_REASON_EMBEDDED = 5,    /* "embedded-orientation": of a thumbnail, preview or MPF image */
} exn_reason;

/* How many of each this header defines. */
#define EXN_OUTCOME_COUNT 8
#define EXN_WARNING_COUNT 26
#define EXN_REASON_COUNT  6

/* What was done to the stored pixels: reverse x and/or y, then swap the axes. A set of these is a
 * uint32_t; an empty set means that nothing was done. */
typedef enum exn_transform {
    EXN_TRANSFORM_FLIP_X = 1,    /* x becomes width - 1 - x */
    EXN_TRANSFORM_FLIP_Y = 2,    /* y becomes height - 1 - y */
    EXN_TRANSFORM_TRANSPOSE = 4, /* then x and y are swapped */
} exn_transform;

/* What to do when the block grid does not allow a lossless rotation. */
typedef enum exn_edges {
    EXN_EDGES_REQUANTIZE = 0, /* move the samples and quantize them again with the same tables */
    EXN_EDGES_REFUSE = 1,     /* fail with EXN_REFUSED */
} exn_edges;

/* How finely to quantize a JPEG component that cannot be rotated losslessly. */
typedef enum exn_quality {
    EXN_QUALITY_SAME = 0, /* with its own table, as finely as before */
    EXN_QUALITY_HIGH = 1, /* with steps about half as large: at least 3 dB less loss, more bytes */
} exn_quality;

/* What to do with the pixels of an image whose orientation is not 1. */
typedef enum exn_mode {
    EXN_MODE_BAKE = 0, /* rotate them, so that the output looks the way the source was displayed */
    EXN_MODE_DROP = 1, /* keep them as stored: labels or camera models are in the stored frame. Of
                          every format whose orientation is known, TIFF and JPEG XL among them */
} exn_mode;

/* What to do with the secondary images that a JPEG's index (MPF, GContainer) names when the file is
 * edited. */
typedef enum exn_secondary {
    EXN_SECONDARY_ROTATE = 0, /* also rotate those of the same scene and keep the index valid; fail
                                 if that is impossible. An index without images is removed */
    EXN_SECONDARY_DROP = 1,   /* remove them and their index */
} exn_secondary;

/* What to do with a JPEG that has lost data. */
typedef enum exn_on_damage {
    EXN_ON_DAMAGE_FAIL = 0,   /* fail with EXN_CORRUPT */
    EXN_ON_DAMAGE_DECODE = 1, /* rotate what libjpeg shows of it, as browsers do, and set
                                 EXN_WARN_DAMAGED; with strict, fail with EXN_REFUSED */
} exn_on_damage;

/* What to do with a WebP whose metadata has an orientation. No browser reads it; most other readers
 * rotate by it. */
typedef enum exn_webp_mode {
    EXN_WEBP_COPY = 0,     /* nothing: COPIED or UNSUPPORTED */
    EXN_WEBP_AS_SHOWN = 1, /* keep the pixels, which browsers show as they are stored, and remove
                              the orientation */
    EXN_WEBP_ROTATE = 2,   /* rotate them to what other readers show: lossless ones exactly, lossy
                              ones coded again in their own planes at about the same size, which
                              EXN_EDGES_REFUSE refuses and EXN_QUALITY_HIGH enlarges by half */
} exn_webp_mode;

/* What to do with HEIC, AVIF and other HEIF. Browsers and decoders rotate by the properties irot
 * and imir; Exif has no say here, although some readers follow it. */
typedef enum exn_heif_mode {
    EXN_HEIF_COPY = 0, /* nothing: COPIED or UNSUPPORTED; with EXN_MODE_DROP: as EXN_HEIF_DROP */
    EXN_HEIF_DROP = 1, /* keep the pictures as stored, byte for byte, and remove irot, imir and the
                          orientation in Exif and XMP */
    /* The output has another format: the primary picture, decoded by libheif, which has to be
     * installed, and rotated. Everything else in the file is left out (EXN_WARN_SECONDARY_DROPPED).
     */
    EXN_HEIF_PNG = 2,  /* every sample as decoded, with 16 bits if it has more than 8 */
    EXN_HEIF_JPEG = 3, /* coded once more, in the same planes where JPEG has them */
} exn_heif_mode;

/* The first error of a call. Owned by the caller; nothing is allocated. This struct never grows. */
typedef struct exn_error {
    exn_status status;
    int sys_errno;    /* errno where a system call failed, else 0 */
    char detail[200]; /* NUL-terminated, may be empty; printable ASCII only */
} exn_error;

/* exn_options and exn_result may gain members at their end. Each begins with the size that the
 * caller was compiled with, set by exn_options_init() and exn_result_init(), so that program and
 * library may be of different versions. Members that a smaller struct lacks take their defaults, or
 * are not reported; members that the library does not know yet must be zero, else the call fails
 * with EXN_BAD_ARGUMENT. */

/* Limits and choices. Fill with exn_options_init(), then change members. Read only during a call.
 */
typedef struct exn_options {
    size_t struct_size;      /* sizeof(exn_options), from exn_options_init() */
    uint64_t max_memory;     /* per call, in bytes, computed from the header; default 2 GiB */
    uint64_t max_pixels;     /* width x height; default 500 million */
    exn_edges edges;         /* default EXN_EDGES_REQUANTIZE */
    exn_quality quality;     /* default EXN_QUALITY_SAME */
    exn_mode mode;           /* default EXN_MODE_BAKE */
    exn_secondary secondary; /* default EXN_SECONDARY_ROTATE */
    uint32_t png_level; /* deflate level of rotated PNGs: 1 (fast) to 12 (small); default 0: chosen
                           from a sample of each image */
    bool strict;        /* refuse sources that readers disagree about; default false */
    bool decode_all; /* also decode files whose pixels are kept, and fail broken ones; default false
                      */
    bool look_whole; /* exn_check(): read to the end if nothing was found (see there); default false
                      */
    exn_on_damage on_damage; /* default EXN_ON_DAMAGE_FAIL */
    uint32_t orientation; /* 1..8: rotate the pixels by this, whatever the file says; default 0: as
                             the file says. Not with EXN_MODE_DROP */
    /* Called in the caller's thread, every few milliseconds, while metadata is read and pixels are
     * decoded and made. If it returns anything but 0, the call ends with EXN_CANCELLED and no
     * output. A caller can limit time in this way or, by counting the calls, work. Default NULL.
     * Not called inside source.read(), nor while memory for a whole picture is allocated or freed
     * (a tenth of a second for each GiB). When EXN_WEBP_ROTATE encodes, libwebp (1.2.4) calls it at
     * its own steps: for 12 megapixels the longest take 0.2 s for a lossy picture, a second for a
     * lossless one (a quarter of the call), and two seconds for one with alpha, which it codes in
     * one step. Calls on labels have their own: exn_labels_options. */
    int (*cancelled)(void *context);
    void *cancelled_context;
    exn_webp_mode webp; /* default EXN_WEBP_AS_SHOWN; EXN_WEBP_COPY for callers compiled before this
                           member existed */
    uint32_t unused;    /* padding in structs without the members below: never read */
    exn_heif_mode heif; /* default EXN_HEIF_COPY */
    uint32_t heif_quality; /* for EXN_HEIF_JPEG: libjpeg's, 1 to 100; default 0: 95 */
    /* Called in the caller's thread for a part of the input (`size` bytes of data at offset) that
     * the call will not read again: the pixels of a PNG, once they are decoded. The caller may
     * discard that part, for example with madvise(2), so that less memory is held beside the
     * output. Default NULL: the input stays as it is. */
    void (*spent)(void *context, size_t offset, size_t size);
    void *spent_context;
} exn_options;

/* What was found and done. It has no pointers, so it may be copied between processes. Call
 * exn_result_init() once; then it may be used for any number of calls. */
typedef struct exn_result {
    size_t struct_size; /* sizeof(exn_result), from exn_result_init(); calls never change it */
    exn_format format;
    exn_outcome outcome;
    exn_method method;
    exn_place orientation_place;
    uint32_t orientation;           /* 1..8: the one that takes effect; 0: none */
    uint32_t width_in, height_in;   /* stored size in pixels; 0 where unknown */
    uint32_t width_out, height_out; /* the output's size in pixels */
    uint32_t transform;     /* set of exn_transform: from the source's pixels to the output's */
    uint8_t sampling_in[4]; /* for each JPEG component, horizontal factor << 4 | vertical; else 0 */
    uint32_t components;    /* JPEG components or PNG channels */
    uint32_t exact_components;    /* bit i: component i was carried over exactly */
    uint32_t warnings;            /* set of exn_warning */
    uint32_t reasons;             /* set of exn_reason: why the file was not unambiguous */
    uint32_t libexif_orientation; /* what libexif reads; 0: none */
    char make[40], model[40],
        date_time[24];          /* by libexif; NUL-terminated printable ASCII, may be empty */
    uint32_t orientation_given; /* 1..8: the pixels were rotated by exn_options.orientation, not by
                                   `orientation`; 0: none was given */
    uint32_t unused;            /* padding in structs without the members below: 0 */
    exn_format format_out;      /* the output's format if it differs from `format`, else UNKNOWN */
} exn_result;

/* Bytes that the library allocated and the caller owns; free with exn_bytes_free(). This struct
 * never grows. */
typedef struct exn_bytes {
    uint8_t *data;
    size_t size;
} exn_bytes;

/* Sets the defaults. struct_size: sizeof(exn_options). NULL is allowed. */
EXN_API void exn_options_init(exn_options *options, size_t struct_size);

/* Clears a result. struct_size: sizeof(exn_result). NULL is allowed. */
EXN_API void exn_result_init(exn_result *result, size_t struct_size);

/* Detects the format from the first bytes of a file; 64 are always enough. Never fails: NULL is of
 * unknown format. */
EXN_API exn_format exn_sniff(const void *data, size_t size);

/* The format that a file's name promises by its extension, in any case: JPEG for .jpg and .jpeg,
 * PNG for .png, WEBP for .webp. UNKNOWN for NULL, for all other extensions, whose formats are never
 * rotated, and for AppleDouble files (._a.jpg), in which macOS keeps a file's attributes beside it.
 * If a file is not an image, the program fails it if its name promises one, and copies it
 * otherwise. */
EXN_API exn_format exn_format_named(const char *path);

/* Normalizes one image.
 *
 * data, size: the whole file; borrowed, not changed (options->spent may change it). options:
 * borrowed; NULL means defaults. output: the new file's bytes, owned by the caller, if the outcome
 * is METADATA, LOSSLESS, LUMA_LOSSLESS or REQUANTIZED; {NULL, 0} if it is UNTOUCHED, COPIED or
 * UNSUPPORTED (write the source's own bytes), and on failure. result: filled in as far as known,
 * also on failure; may be NULL. error: may be NULL.
 *
 * Returns EXN_OK, or NOT_AN_IMAGE, CORRUPT, UNSUPPORTED, LIMIT, REFUSED, MEMORY, INTERNAL. A failed
 * call has no output. */
EXN_API exn_status exn_normalize(const void *data, size_t size, const exn_options *options,
                                 exn_bytes *output, exn_result *result, exn_error *error);

/* Rotates one image by an orientation (an EXIF value, 1..8) that is known from elsewhere: from a
 * list, or, for a mask or depth map, from its photograph. It is exn_normalize() with
 * options->orientation set: pixels and all metadata are moved by that value, and any orientation in
 * the file itself is ignored and removed. With 1 the pixels stay as stored. PNG samples keep their
 * values, type, palette and transparency. */
EXN_API exn_status exn_orient(const void *data, size_t size, uint32_t orientation,
                              const exn_options *options, exn_bytes *output, exn_result *result,
                              exn_error *error);

/* Edits an XMP sidecar, a separate file beside an image, the way exn_normalize() edits XMP inside
 * the image: every orientation is removed, and whatever describes the image's pixels is moved with
 * them.
 *
 * image: the result of exn_normalize() or exn_check() for that image, with the same options. If it
 * is NULL, or the image was only copied, nothing is edited, and a sidecar with an orientation other
 * than 1 is UNSUPPORTED; with NULL, one that describes pixels gets the warning METADATA_STALE.
 * output: set if the outcome is METADATA; {NULL, 0} if it is COPIED or UNSUPPORTED (write the
 * source's own bytes). result: orientation is the sidecar's own; size and transform are not set.
 *
 * Returns EXN_OK, UNSUPPORTED (an orientation in it cannot be removed safely), LIMIT, REFUSED
 * (strict), MEMORY or INTERNAL. */
EXN_API exn_status exn_normalize_sidecar(const void *data, size_t size, const exn_result *image,
                                         const exn_options *options, exn_bytes *output,
                                         exn_result *result, exn_error *error);

/* A file that is read in parts. read() fills `to` with `size` bytes from `offset` on and returns 0
 * or an errno; offset + size never exceeds exn_source.size. This struct never grows. */
typedef struct exn_source {
    uint64_t size; /* of the file, in bytes */
    int (*read)(void *context, void *to, size_t size, uint64_t offset);
    void *context;
} exn_source;

/* Checks, without changing or decoding a file, whether it is unambiguous and if not, why
 * (result->reasons), by the same predicate as exn_normalize(). Reads marker and chunk headers and
 * the payloads that can hold an orientation, nothing else.
 *
 * After a JPEG's first scan header nothing says where the next segment is. No browser looks for
 * one, but other readers do. So up to 128 KiB of a file are read in all; if it is larger and has
 * one scan, as nearly all do, its end is read instead. With options->look_whole the whole file is
 * read up to EOI, unless the scan plainly extends to the file's end. With options->decode_all
 * images are also decoded, as exn_normalize() would.
 *
 * result: filled in as far as known, may be NULL. Its outcome is UNTOUCHED if nothing needs to be
 * done; COPIED or UNSUPPORTED for formats that are never rewritten; otherwise what exn_normalize()
 * would begin with (METADATA, or LOSSLESS for any rotation). Returns EXN_OK, NOT_AN_IMAGE, CORRUPT,
 * UNSUPPORTED, LIMIT, REFUSED (strict), MEMORY, READ or BAD_ARGUMENT. */
EXN_API exn_status exn_check(const exn_source *source, const exn_options *options,
                             exn_result *result, exn_error *error);

/* The same for a file in memory, which is borrowed. */
EXN_API exn_status exn_check_memory(const void *data, size_t size, const exn_options *options,
                                    exn_result *result, exn_error *error);

/* Reads an output of exn_normalize() back and compares it with its source. The output has to pass
 * the predicate and have the right size, JPEG coefficients, tables and factors of exact components,
 * PSNR of requantized planes (within 0.1 dB of the best that the same tables allow) and PNG
 * samples; also the right secondary images of a JPEG, and every byte between and after them. If
 * result has EXN_WARN_DAMAGED, a JPEG's source is read the way on_damage reads it; otherwise it
 * must not lack data. Where no pixel moved, options->decode_all means that exn_normalize() has
 * already checked this.
 *
 * All memory is borrowed. result: as exn_normalize() filled it in, never NULL. Returns EXN_OK,
 * EXN_MISMATCH, BAD_ARGUMENT, or why one of the two could not be read. */
EXN_API exn_status exn_verify(const void *source, size_t source_size, const void *output,
                              size_t output_size, const exn_options *options,
                              const exn_result *result, exn_error *error);

/* Makes a small picture of an image for people to look at: a JPEG with no side longer than `side`
 * pixels (1 to 4096). It is as stored, or rotated by options->orientation; the file's own
 * orientation is ignored. Large JPEGs are decoded at a fraction of their size. Transparent pixels
 * are blended with white, a damaged picture is shown as far as it can be decoded, and an animated
 * PNG is represented by its default image.
 *
 * data, size: the whole file; borrowed. output: owned by the caller; {NULL, 0} on failure. error:
 * may be NULL. Returns EXN_OK, or NOT_AN_IMAGE, CORRUPT, UNSUPPORTED (a format that is not decoded,
 * or an animated WebP), LIMIT, MEMORY, CANCELLED, BAD_ARGUMENT. */
EXN_API exn_status exn_miniature(const void *data, size_t size, uint32_t side,
                                 const exn_options *options, exn_bytes *output, exn_error *error);

/* What the numbers of a coordinate count. */
typedef enum exn_coordinates {
    EXN_COORDINATES_EDGES = 0,  /* lengths: 0 is the picture's left edge, width its right one. COCO,
                                   YOLO, polygons, crops */
    EXN_COORDINATES_PIXELS = 1, /* pixel indices: 0 is the first pixel, width - 1 the last. Masks,
                                   keypoints on pixels, boxes that include their second corner */
    EXN_COORDINATES_PIXELS_FROM_1 = 2, /* the same, counted from 1. Pascal VOC */
} exn_coordinates;

/* Leads from the frame of one picture to that of another. After a call, {result.transform,
 * result.width_in, result.height_in} leads from the source's frame to the output's. For coordinates
 * that are divided by width and height, use a picture of 1 x 1 with EDGES. This struct never grows.
 *
 * The calls below are pure. They return EXN_OK, or EXN_BAD_ARGUMENT (and change nothing) if a
 * pointer is NULL or if transform, width, height, coordinates or orientation is invalid. Numbers up
 * to 2^32 that are multiples of 2^-20, integers among them, are never rounded. In others the last
 * digit may differ after a round trip. */
typedef struct exn_map {
    uint32_t transform;     /* set of exn_transform */
    uint32_t width, height; /* of the picture that it leads from, in pixels */
} exn_map;

/* From the stored frame to the displayed one. orientation: an EXIF value, 1..8; width, height: the
 * stored size. */
EXN_API exn_status exn_map_init(exn_map *map, uint32_t orientation, uint32_t width,
                                uint32_t height);

/* The inverse map. back may be the same as map. */
EXN_API exn_status exn_map_inverse(const exn_map *map, exn_map *back);

/* The size of the picture that the map leads to. */
EXN_API exn_status exn_map_size(const exn_map *map, uint32_t *width, uint32_t *height);

/* Moves a point, which may lie outside of the picture. */
EXN_API exn_status exn_map_point(const exn_map *map, exn_coordinates coordinates, double *x,
                                 double *y);

/* Moves a box given by two corners: {x_min, y_min, x_max, y_max}. */
EXN_API exn_status exn_map_box(const exn_map *map, exn_coordinates coordinates, double box[4]);

/* Moves a box given by a corner and a size: {x_min, y_min, width, height}. Valid for EDGES and for
 * PIXELS, where a box's size is its number of pixels. */
EXN_API exn_status exn_map_rectangle(const exn_map *map, double rectangle[4]);

/* The same as an affine matrix, for many points at once: x becomes matrix[0] * x + matrix[1] * y +
 * matrix[2], and y becomes matrix[3] * x + matrix[4] * y + matrix[5]. */
EXN_API exn_status exn_map_matrix(const exn_map *map, exn_coordinates coordinates,
                                  int64_t matrix[6]);

/* ---- labels: files that say where things are in images */

/* Receives an output piece by piece. write() returns 0 or an errno. This struct never grows. */
typedef struct exn_sink {
    int (*write)(void *context, const void *data, size_t size);
    void *context;
} exn_sink;

typedef enum exn_labels_format {
    EXN_LABELS_UNKNOWN = 0,      /* "unknown" */
    EXN_LABELS_COCO = 1,         /* "coco": detection, segmentation, keypoints, panoptic; kwcoco */
    EXN_LABELS_VOC = 2,          /* "voc": Pascal VOC's XML */
    EXN_LABELS_YOLO = 3,         /* "yolo": boxes, polygons, oriented boxes, poses */
    EXN_LABELS_LABELME = 4,      /* "labelme" */
    EXN_LABELS_CSV = 5,          /* "csv": corners, found by the names in the first line */
    EXN_LABELS_GROUND_TRUTH = 6, /* "ground-truth": SageMaker's manifests, JSON Lines */
    EXN_LABELS_CVAT = 7,         /* "cvat": CVAT for images 1.1 */
    EXN_LABELS_OPEN_IMAGES = 8,  /* "open-images": its tables of boxes, masks and relationships */
    EXN_LABELS_MOT = 9,  /* "mot": gt.txt and det.txt of the MOT Challenge; recognized by name only,
                            so exn_labels_sniff() never returns it */
    EXN_LABELS_VIA = 10, /* "via": VGG Image Annotator 2, JSON */
    EXN_LABELS_VIA_CSV = 11,      /* "via-csv" */
    EXN_LABELS_CREATEML = 12,     /* "createml": needs exn_labels_options.createml */
    EXN_LABELS_LABEL_STUDIO = 13, /* "label-studio": its JSON and JSON_MIN */
    EXN_LABELS_IMAGEFOLDER = 14,  /* "imagefolder": Hugging Face's metadata.jsonl */
    EXN_LABELS_DATUMARO = 15,     /* "datumaro": its JSON */
    EXN_LABELS_NDJSON = 16,       /* "ndjson": Ultralytics' JSON Lines */
    EXN_LABELS_FIFTYONE = 17,     /* "fiftyone": samples.json */
    EXN_LABELS_SUPERVISELY = 18,  /* "supervisely": a JSON for each image; it has no name in it */
    EXN_LABELS_LIST = 19,         /* "list": a path of an image a line; nothing is drawn on them */
    EXN_LABELS_MOT_SEQINFO = 20,  /* "mot-seqinfo": the size of a sequence's images; likewise */
} exn_labels_format;

/* The pixels that labels are drawn on. */
typedef enum exn_labels_frame {
    EXN_LABELS_STORED = 0,    /* as stored in the image file */
    EXN_LABELS_DISPLAYED = 1, /* rotated as its orientation says */
} exn_labels_frame;

/* Whether the lines of YOLO files are poses: kpt_shape in data.yaml. */
typedef enum exn_labels_yolo {
    EXN_LABELS_YOLO_UNKNOWN = 0,  /* lines that could be a pose or a polygon are not moved */
    EXN_LABELS_YOLO_NO_POSES = 1, /* boxes, polygons, oriented boxes */
    EXN_LABELS_YOLO_POSES = 2,    /* a box and keypoints */
} exn_labels_yolo;

/* Mask images: labels that are images of their own, such as COCO's panoptic PNGs and what -ref in a
 * Ground Truth manifest leads to. A label file only names them; whoever moves it has to rotate them
 * too, or the two no longer match:
 *
 *   1. exn_labels_scan() names them with their image, as the file has them:
 *      exn_labels_image.mask_files. COCO's names are relative to a folder beside the label file,
 *      usually called like it without ".json". Open Images' masks may be smaller than their image,
 *      so their size is no witness.
 *   2. exn_check() tells a mask's size. Put into mask_width and mask_height (or masks_differ) of a
 *      copy of the image, it is a witness for exn_labels_judge().
 *   3. exn_labels_mask_orientation() says how to rotate it. Unless that is 1, exn_orient() does so,
 *      with EXN_EDGES_REFUSE, so that no value in a mask ever changes. PNGs keep their indices,
 *      palettes and 16 bits.
 *   4. exn_labels_move() with EXN_LABELS_MASKS_ROTATED moves what the label file itself holds. If
 *      it or any of the masks fails, none of them is usable without the others.
 *
 * Steps 2 and 3 also work for masks that the caller has found beside their images by name. */
typedef enum exn_labels_masks {
    EXN_LABELS_MASKS_KEPT = 0, /* nobody rotates them: the labels of their images are not moved */
    EXN_LABELS_MASKS_ROTATED = 1, /* the caller rotates them */
} exn_labels_masks;

/* What x and y of a CreateML box are. Apple's tools mean its center, some exporters a corner, and
 * the file does not say. */
typedef enum exn_labels_createml {
    EXN_LABELS_CREATEML_UNKNOWN = 0, /* boxes are not moved */
    EXN_LABELS_CREATEML_CENTER = 1,
    EXN_LABELS_CREATEML_CORNER = 2, /* the top left one */
} exn_labels_createml;

/* What addresses of images begin with, such as "s3://bucket/photos/". */
typedef struct exn_labels_prefix {
    const char *from;
    const char *to; /* what to replace it with in the output; NULL: keep it */
} exn_labels_prefix;
struct exn_labels_image;

/* Fill with exn_labels_options_init(), then change members. */
typedef struct exn_labels_options {
    size_t struct_size;  /* sizeof(exn_labels_options), from exn_labels_options_init() */
    uint64_t max_memory; /* per call, in bytes; default 2 GiB */
    exn_labels_frame
        frame;            /* exn_labels_move(): the frame that the labels are in; default STORED */
    exn_labels_yolo yolo; /* default EXN_LABELS_YOLO_UNKNOWN */
    uint32_t keypoints, keypoint_numbers; /* of poses: how many, and the numbers of each: 2 or 3 */
    /* As in exn_options: called for each part of the source that is read, and for each of its rows
     * or shapes. By then a sink may have received something. */
    int (*cancelled)(void *context);
    void *cancelled_context;
    exn_labels_masks masks; /* default EXN_LABELS_MASKS_KEPT */
    /* For Ground Truth manifests, which give images and masks by address. Each address has to begin
     * with one of these, else the call ends with CORRUPT; the first match counts. Callbacks get the
     * rest of the address as the name, and in the output `to` replaces the prefix, except for
     * images that failed. UTF-8, borrowed. Default none: names are whole addresses and are kept. */
    const exn_labels_prefix *prefixes;
    size_t prefix_count;
    /* exn_labels_move(), if the images of one file have different frames: called instead of using
     * `frame` for each image, right after lookup, with its context. Default NULL. */
    exn_labels_frame (*frame_of)(void *context, const struct exn_labels_image *image);
    /* exn_labels_move(): the size in bytes of an image's output file, which VIA makes part of the
     * image's key. Called after lookup, with its context. 0: not known, so what the label file says
     * is kept. Default NULL. */
    uint64_t (*output_size)(void *context, const struct exn_labels_image *image);
    exn_labels_createml createml; /* default EXN_LABELS_CREATEML_UNKNOWN */
    /* exn_labels_move(): the name that the label file is to give an image whose output is named
     * differently, such as a.jpg for a.heic: image->name with another extension of ASCII letters
     * and digits. Called after lookup, with its context, but not for names that are stems; the
     * string is borrowed until the next call. NULL: keep the name. Default NULL. */
    const char *(*output_name)(void *context, const struct exn_labels_image *image);
} exn_labels_options;

/* What a label file says about one image. Owned by the library, valid during a callback. */
typedef struct exn_labels_image {
    size_t struct_size; /* the library's */
    const char
        *name; /* as in the file, with or without folders; NUL-terminated. Empty if it names none */
    bool has_size;
    uint32_t width, height; /* from its size fields; 0 where one is not a size. Both 0: unknown */
    bool masks_differ;
    uint32_t mask_width, mask_height; /* of its masks; 0: there are none, or they differ */
    uint64_t shapes;
    uint64_t refused; /* how many of them cannot be moved */
    bool has_extent;  /* it has shapes in pixels, which extend (in edges) to: */
    double left, top, right, bottom;
    const char *const *mask_files; /* names of its mask images, as in the file; one may be listed
                                      twice, or for two images */
    size_t mask_file_count;
    const char *other_name; /* another name to look for if no image has the first one, for example
                               without its subset's folder; empty: none */
    bool is_stem;           /* name lacks the extension of the image's file */
} exn_labels_image;

/* Call exn_labels_result_init() once; then it may be used for any number of calls. */
typedef struct exn_labels_result {
    size_t struct_size; /* sizeof(exn_labels_result), from exn_labels_result_init() */
    exn_labels_format format;
    bool is_label_studio; /* Label Studio's COCO export, which mixes frames: sizes are stored, boxes
                             displayed, and polygons of images with orientation 5 to 8 in neither */
    uint64_t images, shapes; /* in the file; images: those with shapes */
    /* Set by exn_labels_move(): */
    uint64_t images_moved; /* whose labels now fit the output */
    uint64_t images_kept;  /* whose labels were kept because the image was: it failed, or its format
                              is not rewritten */
    uint64_t shapes_moved; /* whose numbers changed */
    uint64_t shapes_outside; /* among images_moved: not entirely inside their image, and moved all
                                the same */
    uint64_t sizes_set;      /* images whose size fields changed */
    uint64_t edits;          /* 0: the output is the source, byte for byte */
} exn_labels_result;

/* Called for each image of a label file, with shapes or without. */
typedef void (*exn_labels_visit)(void *context, const exn_labels_image *image);

/* Returns what exn_normalize() or exn_check() reported for that image; borrowed until the next
 * call. NULL: there is no such image, which fails the move. If the image has an other_name, lookup
 * is first called with that as its name. */
typedef const exn_result *(*exn_labels_lookup)(void *context, const exn_labels_image *image);

EXN_API void exn_labels_options_init(exn_labels_options *options, size_t struct_size);
EXN_API void exn_labels_result_init(exn_labels_result *result, size_t struct_size);

/* Detects the format of a label file from its content, of which it reads at most one MiB. Never
 * fails. */
EXN_API exn_labels_format exn_labels_sniff(const exn_source *source);

/* Reads a label file and reports what it says about each image, to be compared with the images by
 * exn_labels_judge(). Memory grows only with the number of images.
 *
 * options: NULL means defaults. visit, result and error may be NULL. Returns EXN_OK, or CORRUPT
 * (the error names the place), UNSUPPORTED (a file whose labels cannot be told apart by image, such
 * as those of a video), LIMIT, MEMORY, READ, BAD_ARGUMENT. */
EXN_API exn_status exn_labels_scan(const exn_source *source, exn_labels_format format,
                                   const exn_labels_options *options, exn_labels_visit visit,
                                   void *context, exn_labels_result *result, exn_error *error);

/* How far one shape extends. This struct never grows. */
typedef struct exn_labels_box {
    /* The image it is on: its index, from 0, in the order in which exn_labels_scan() reports
     * images. */
    uint64_t image;
    double left, top, right, bottom; /* in edges */
    double degrees;                  /* how far the box is then rotated in pixels, clockwise */
    bool is_part;         /* the numbers are fractions of the image's sides, 0 to 1; else pixels */
    bool is_about_center; /* rotated about its center; else about its top left corner */
    bool has_extent; /* false: only the image above is known. The shape is a mask in a file of its
                        own, or could not be read or moved */
} exn_labels_box;

/* Receives a box, which is valid until the callback returns. */
typedef void (*exn_labels_visit_box)(void *context, const exn_labels_box *box);

/* Reads a label file as exn_labels_scan() does and reports a box for each shape, in the file's
 * order, for displaying labels whatever their format. For a mask inside the label file it is the
 * box around its painted pixels. images: receives their number; may be NULL. Returns what
 * exn_labels_scan() returns; if it fails, some boxes may already have been reported. */
EXN_API exn_status exn_labels_boxes(const exn_source *source, exn_labels_format format,
                                    const exn_labels_options *options, exn_labels_visit_box visit,
                                    void *context, uint64_t *images, exn_error *error);

/* Writes a label file for the outputs of its images. Shapes are moved from options->frame to the
 * frame of the output's pixels, and size fields are set to the output's. If the file holds a copy
 * of the picture (labelme's imageData), it is removed once shapes have moved. Numbers are replaced
 * in place, by exact decimal arithmetic and in the form they had; every other byte is the source's.
 * Coordinates outside of an image are moved like others. The source is read twice.
 *
 * On failure the sink may have received anything. Returns what exn_labels_scan() returns, and
 * WRITE; also UNSUPPORTED for a shape that cannot be moved on an image that is to be; also CORRUPT
 * for a size that fits neither frame, a mask of another size, and an image that lookup does not
 * know. */
EXN_API exn_status exn_labels_move(const exn_source *source, exn_labels_format format,
                                   const exn_labels_options *options, exn_labels_lookup lookup,
                                   void *context, const exn_sink *sink, exn_labels_result *result,
                                   exn_error *error);

/* The EXIF value by which exn_orient() brings a mask from `frame` to the frame of its image's
 * output; 1: it stays as it is, byte for byte. image: what exn_normalize() or exn_check() reported
 * for the image; if it failed, or is not rewritten, its masks stay. Returns EXN_OK, or
 * BAD_ARGUMENT. */
EXN_API exn_status exn_labels_mask_orientation(const exn_result *image, exn_labels_frame frame,
                                               uint32_t *orientation, exn_error *error);

/* The frame that the labels of an image are in. */
typedef enum exn_labels_verdict {
    EXN_LABELS_VERDICT_NOT_NEEDED = 0,    /* "not-needed": no shapes, or nothing to rotate */
    EXN_LABELS_VERDICT_STORED = 1,        /* "stored" */
    EXN_LABELS_VERDICT_DISPLAYED = 2,     /* "displayed" */
    EXN_LABELS_VERDICT_EITHER = 3,        /* "either": no evidence */
    EXN_LABELS_VERDICT_CONTRADICTORY = 4, /* "contradictory": witnesses disagree, or a size is that
                                             of neither frame */
} exn_labels_verdict;

/* The evidence. A set of witnesses is a uint32_t of (1 << witness). */
typedef enum exn_labels_witness {
    EXN_LABELS_WITNESS_SIZE_STORED = 0,      /* "size-stored": size fields */
    EXN_LABELS_WITNESS_SIZE_DISPLAYED = 1,   /* "size-displayed" */
    EXN_LABELS_WITNESS_SIZE_OTHER = 2,       /* "size-other": fits neither frame */
    EXN_LABELS_WITNESS_MASK_STORED = 3,      /* "mask-stored": the size of masks */
    EXN_LABELS_WITNESS_MASK_DISPLAYED = 4,   /* "mask-displayed" */
    EXN_LABELS_WITNESS_MASK_OTHER = 5,       /* "mask-other" */
    EXN_LABELS_WITNESS_EXTENT_STORED = 6,    /* "extent-stored": shapes reach where only this frame
                                                has pixels */
    EXN_LABELS_WITNESS_EXTENT_DISPLAYED = 7, /* "extent-displayed" */
    EXN_LABELS_WITNESS_GENERATOR = 8,        /* "generator": a tool that mixes frames */
    EXN_LABELS_WITNESS_INHERITED = 9,        /* "inherited": from other images of the same set */
} exn_labels_witness;

/* This struct never grows. */
typedef struct exn_labels_judgement {
    exn_labels_verdict verdict;
    uint32_t witnesses; /* set of exn_labels_witness */
} exn_labels_judgement;

/* Judges the frame of an image's labels by what a scan reported (image, and result for the whole
 * file) and what exn_normalize() or exn_check() reported (source). One witness decides unless
 * another contradicts it. Only images of orientation 5 to 8 whose sides differ have witnesses of
 * their own. Returns EXN_OK, or BAD_ARGUMENT. */
EXN_API exn_status exn_labels_judge(const exn_labels_image *image, const exn_labels_result *result,
                                    const exn_result *source, exn_labels_judgement *judgement,
                                    exn_error *error);

/* Replaces EITHER by the verdict of the other images in a set of labels made the same way, such as
 * one COCO file or one folder of VOC files: if at least three were decided by their own witnesses,
 * all alike, and none is contradictory. */
EXN_API void exn_labels_inherit(exn_labels_judgement *judgements, size_t count);

EXN_API const char *exn_labels_format_word(exn_labels_format format);
EXN_API const char *exn_labels_verdict_word(exn_labels_verdict verdict);
EXN_API const char *exn_labels_witness_word(exn_labels_witness witness);

/* Frees what the library allocated and sets bytes to {NULL, 0}. NULL is allowed, and so is NULL
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
