/* SPDX-License-Identifier: MIT */
/* libheif, loaded only when a picture has to be decoded; otherwise it is needed neither for
 * building nor for running. Declared here is the part of its interface that is used, which every
 * libheif.so.1 from 1.13 on has. */
#ifndef EXN_HEIF_LIBRARY_H
#define EXN_HEIF_LIBRARY_H

#include "status.h"

typedef struct exn_libheif_error {
    int code, subcode;
    const char *message; /* never NULL */
} exn_libheif_error;

/* The beginning of struct heif_decoding_options, which libheif allocates. */
typedef struct exn_libheif_options {
    uint8_t version;
    uint8_t ignore_transformations;
} exn_libheif_options;

/* The beginning of struct heif_color_profile_nclx. */
typedef struct exn_libheif_nclx {
    uint8_t version;
    int primaries, transfer, matrix;
    uint8_t full_range;
} exn_libheif_nclx;

enum {
    EXN_LIBHEIF_UNDEFINED = 99, /* color space or chroma: as coded */
    EXN_LIBHEIF_YCBCR = 0,      /* color spaces */
    EXN_LIBHEIF_RGB = 1,
    EXN_LIBHEIF_MONOCHROME = 2,
    EXN_LIBHEIF_420 = 1, /* chroma */
    EXN_LIBHEIF_422 = 2,
    EXN_LIBHEIF_444 = 3,
    EXN_LIBHEIF_Y = 0, /* channels; Cb and Cr follow */
    EXN_LIBHEIF_R = 3, /* G and B follow */
    EXN_LIBHEIF_ALPHA = 6,
    EXN_LIBHEIF_UNSUPPORTED_FILE = 3, /* codes of errors */
    EXN_LIBHEIF_UNSUPPORTED = 4,
    EXN_LIBHEIF_MEMORY = 6,
};

/* The parameters of X: the function's type, its name after "heif_", its parameters. */
#define EXN_LIBHEIF_FUNCTIONS(X)                                                                   \
    X(exn_libheif_error, init, (void *parameters))                                                 \
    X(void, deinit, (void))                                                                        \
    X(void *, context_alloc, (void))                                                               \
    X(void, context_free, (void *context))                                                         \
    X(void, context_set_max_decoding_threads, (void *context, int most))                           \
    X(exn_libheif_error, context_read_from_memory_without_copy,                                    \
      (void *context, const void *data, size_t size, const void *options))                         \
    X(exn_libheif_error, context_get_primary_image_handle, (void *context, void **handle))         \
    X(void, image_handle_release, (const void *handle))                                            \
    X(int, image_handle_is_premultiplied_alpha, (const void *handle))                              \
    X(size_t, image_handle_get_raw_color_profile_size, (const void *handle))                       \
    X(exn_libheif_error, image_handle_get_raw_color_profile, (const void *handle, void *data))     \
    X(exn_libheif_options *, decoding_options_alloc, (void))                                       \
    X(void, decoding_options_free, (exn_libheif_options * options))                                \
    X(exn_libheif_error, decode_image,                                                             \
      (const void *handle, void **image, int color_space, int chroma,                              \
       const exn_libheif_options *options))                                                        \
    X(void, image_release, (const void *image))                                                    \
    X(int, image_get_colorspace, (const void *image))                                              \
    X(int, image_get_chroma_format, (const void *image))                                           \
    X(int, image_get_width, (const void *image, int channel))                                      \
    X(int, image_get_height, (const void *image, int channel))                                     \
    X(int, image_get_bits_per_pixel_range, (const void *image, int channel))                       \
    X(int, image_has_channel, (const void *image, int channel))                                    \
    X(const uint8_t *, image_get_plane_readonly, (const void *image, int channel, int *stride))    \
    X(exn_libheif_error, image_get_nclx_color_profile,                                             \
      (const void *image, exn_libheif_nclx **nclx))                                                \
    X(void, nclx_color_profile_free, (exn_libheif_nclx * nclx))

typedef struct exn_libheif {
    void *handle; /* from dlopen() */
#define X(type, name, parameters) type(*name) parameters;
    EXN_LIBHEIF_FUNCTIONS(X)
#undef X
} exn_libheif;

/* Fails with EXN_UNSUPPORTED and says what to install. */
exn_status exn_heif_library_open(exn_libheif *lib, exn_error *error);

void exn_heif_library_close(exn_libheif *lib);

/* Fails like libheif did. */
exn_status exn_heif_library_failed(exn_libheif_error why, exn_error *error);

#endif
