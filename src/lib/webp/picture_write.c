/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <math.h>
#include <stdlib.h>
#include <webp/encode.h>

#include "chunks.h"

/* libwebp writes whole files. Its chunks are cut out of them and inserted into a file whose other
 * chunks are unchanged. */
typedef struct writing {
    const exn_cancel *cancel;
    exn_buffer file;
    exn_buffer alpha; /* the chunk of alpha, if an earlier try had it */
    bool has_alpha;
} writing;

/* 0 reports a failure to libwebp, which then returns BAD_WRITE; here that can only be memory. */
static int append(const uint8_t *data, size_t size, const WebPPicture *picture)
{
    writing *w = picture->custom_ptr;
    return exn_buffer_append(&w->file, data, size) == EXN_OK;
}

static int go_on(int percent, const WebPPicture *picture)
{
    (void)percent;
    const writing *w = picture->user_data;
    return exn_cancel_check(w->cancel, NULL) == EXN_OK;
}

/* The samples are borrowed: libwebp does not write into those it is given, as long as it may keep
 * transparent ones. */
static bool describe(WebPPicture *to, const exn_webp_picture *picture, writing *w)
{
    if (!WebPPictureInit(to))
        return false;
    to->width = (int)picture->width;
    to->height = (int)picture->height;
    to->writer = append;
    to->custom_ptr = w;
    to->progress_hook = go_on;
    to->user_data = w;
    to->use_argb = picture->lossless;
    to->argb = picture->pixels;
    to->argb_stride = to->width;
    to->colorspace = picture->alpha && !w->has_alpha ? WEBP_YUV420A : WEBP_YUV420;
    to->y = picture->planes[0];
    to->u = picture->planes[1];
    to->v = picture->planes[2];
    to->a = picture->planes[3];
    to->y_stride = to->a_stride = to->width;
    to->uv_stride = to->width / 2 + to->width % 2;
    return true;
}

/* BAD_WRITE is append()'s failure. */
static exn_status encode(const exn_webp_picture *picture, const WebPConfig *config, writing *w,
                         exn_error *error)
{
    WebPPicture to;
    w->file.size = 0;
    if (!describe(&to, picture, w))
        return exn_status_fail(error, EXN_INTERNAL,
                               "libwebp is not of the version that this was built for");
    if (WebPEncode(config, &to))
        return EXN_OK;
    if (to.error_code == VP8_ENC_ERROR_USER_ABORT)
        return exn_status_fail(error, EXN_CANCELLED, "%s", "");
    if (to.error_code == VP8_ENC_ERROR_OUT_OF_MEMORY || to.error_code == VP8_ENC_ERROR_BAD_WRITE ||
        to.error_code == VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY)
        return exn_status_fail(error, EXN_MEMORY, "WebP encoder");
    return exn_status_fail(error, EXN_INTERNAL, "WebP encoder: error %d", (int)to.error_code);
}

/* The chunk of that name in a file that libwebp has just written, with its header and padding.
 * Although the file is libwebp's own, its sizes are not trusted beyond its end. */
static exn_span find(exn_span file, uint32_t name)
{
    size_t at = EXN_WEBP_HEAD;
    while (file.size >= at + EXN_WEBP_CHUNK_OVERHEAD) {
        const size_t size = exn_get32(file.data + at + 4, false);
        const size_t whole = EXN_WEBP_CHUNK_OVERHEAD + size + (size & 1);
        if (whole > file.size - at)
            break;
        if (exn_get32be(file.data + at) == name)
            return exn_span_part(file, at, whole);
        at += whole;
    }
    return (exn_span){NULL, 0};
}

/* RFC 9649, 3.4: the bit after the sizes. The encoder clears it if every pixel is opaque, even if
 * the source had set it. */
static void say_alpha(uint8_t *chunk, bool alpha)
{
    enum { AT = EXN_WEBP_CHUNK_OVERHEAD + 4, BIT = 1 << 4 };
    chunk[AT] = (uint8_t)((chunk[AT] & ~BIT) | (alpha ? BIT : 0));
}

/* Any level gives the same pixels, so only time and size matter. */
static exn_status write_lossless(const exn_webp_picture *picture, writing *w, exn_error *error)
{
    enum { LEVEL = 6 }; /* of 0 to 9, as cwebp -z has it by default */
    WebPConfig config;
    if (!WebPConfigInit(&config) || !WebPConfigLosslessPreset(&config, LEVEL))
        return exn_status_fail(error, EXN_INTERNAL,
                               "libwebp is not of the version that this was built for");
    config.exact = 1; /* what is transparent keeps its colour */
    exn_status status = encode(picture, &config, w, error);
    const exn_span chunk = find(exn_buffer_span(&w->file), EXN_WEBP_VP8L);
    if (status == EXN_OK && w->file.data && chunk.size > 0)
        say_alpha(w->file.data + (chunk.data - w->file.data), picture->alpha);
    return status;
}

/* As a ratio, since half the size is as far off as twice the size. */
static double distance(size_t size, size_t target)
{
    return size > target ? (double)size / (double)target : (double)target / (double)size;
}

/* A quality that was tried and the size it gave, on either side of the target. */
typedef struct bound {
    double quality, size;
    bool is_tried;
} bound;

/* Interpolates between two tries by the logarithm of their sizes, but not too near to either, as
 * the relation is not linear. Beyond all tries, extrapolates by the effect that a step of quality
 * has on most photographs. */
static double next_quality(const bound *below, const bound *above, double target)
{
    static const double STEP = 0.015;
    if (below->is_tried && above->is_tried) {
        const double part = log(target / below->size) / log(above->size / below->size);
        return below->quality + (above->quality - below->quality) * fmin(fmax(part, 0.1), 0.9);
    }
    const bound *from = below->is_tried ? below : above;
    const double by = log(target / from->size) / STEP;
    return fmin(fmax(from->quality + (by < 0 ? fmin(by, -1) : fmax(by, 1)), 0), 100);
}

/* Alpha does not depend on the quality and takes longest, so only the first try codes it. */
static exn_status keep_alpha(writing *w, exn_error *error)
{
    const exn_span alpha = find(exn_buffer_span(&w->file), EXN_WEBP_ALPH);
    if (w->has_alpha)
        return EXN_OK;
    w->has_alpha = true;
    return exn_buffer_append(&w->alpha, alpha.data, alpha.size) == EXN_OK
               ? EXN_OK
               : exn_status_fail(error, EXN_MEMORY, "output");
}

/* A file does not tell which quality it was coded with, so its size is the best evidence. The
 * closest of several tries is taken. libwebp has a search of its own, with several passes in one
 * call, which cannot be cancelled for seconds and takes just as long. */
static exn_status write_of_size(const exn_webp_picture *picture, size_t target, WebPConfig *config,
                                writing *w, exn_error *error)
{
    enum { TRIES = 10, FIRST = 75 };
    static const double NEAR = 1.02;
    exn_buffer best = {0};
    float taken = FIRST;
    bound below = {.is_tried = false}, above = {.is_tried = false};
    double nearest = 0, quality = FIRST;
    exn_status status = EXN_OK;
    for (int i = 0; status == EXN_OK && i < TRIES && (i == 0 || nearest > NEAR); i++) {
        config->quality = (float)quality;
        status = encode(picture, config, w, error);
        if (status == EXN_OK)
            status = keep_alpha(w, error);
        const size_t size = find(exn_buffer_span(&w->file), EXN_WEBP_VP8).size;
        if (status != EXN_OK || size == 0)
            break;
        if (i == 0 || distance(size, target) < nearest) {
            nearest = distance(size, target);
            taken = config->quality;
            const exn_buffer spare = best;
            best = w->file;
            w->file = spare;
        }
        *(size < target ? &below : &above) = (bound){quality, (double)size, true};
        const double next = next_quality(&below, &above, (double)target);
        if (next == quality)
            break; /* the lowest or the highest there is */
        quality = next;
    }
    exn_buffer_free(&w->file);
    w->file = best;
    config->quality = taken;
    return status;
}

/* Whether what was written is read as the same picture. Alpha is coded without loss. */
static exn_status read_again(const exn_webp_picture *picture, const writing *w, bool *alike,
                             exn_error *error)
{
    const exn_span data = find(exn_buffer_span(&w->file), EXN_WEBP_VP8);
    exn_webp_picture opaque = *picture, read = {0};
    opaque.alpha = false;
    if (data.size == 0)
        return exn_status_fail(error, EXN_INTERNAL, "libwebp wrote no picture");
    exn_status status = exn_webp_picture_read(data, w->cancel, &read, error);
    *alike = status == EXN_OK && exn_webp_picture_is_like(&opaque, &read);
    exn_webp_picture_free(&read);
    return status;
}

/* What was coded so coarsely that a second time leaves little of it, as noise and hard edges can
 * be, becomes larger. */
static exn_status write_lossy(const exn_webp_picture *picture, size_t target, writing *w,
                              exn_error *error)
{
    static const float STEP = 10, MOST = 100;
    WebPConfig config;
    bool alike = false;
    if (!WebPConfigInit(&config))
        return exn_status_fail(error, EXN_INTERNAL,
                               "libwebp is not of the version that this was built for");
    config.exact = 1;
    config.alpha_filtering = 1;
    exn_status status = write_of_size(picture, target, &config, w, error);
    while (status == EXN_OK && !alike) {
        status = read_again(picture, w, &alike, error);
        if (status != EXN_OK || alike || config.quality == MOST)
            break;
        config.quality = fminf(config.quality + STEP, MOST);
        status = encode(picture, &config, w, error);
    }
    return status;
}

exn_status exn_webp_picture_write(const exn_webp_picture *picture, const exn_webp_coding *coding,
                                  const exn_cancel *cancel, exn_buffer *out, exn_error *error)
{
    writing w = {.cancel = cancel};
    exn_status status = picture->lossless ? write_lossless(picture, &w, error)
                                          : write_lossy(picture, coding->size, &w, error);
    const exn_span file = exn_buffer_span(&w.file);
    const exn_span data = find(file, picture->lossless ? EXN_WEBP_VP8L : EXN_WEBP_VP8);
    if (status == EXN_OK && data.size == 0)
        status = exn_status_fail(error, EXN_INTERNAL, "libwebp wrote no picture");
    if (status == EXN_OK)
        status = exn_buffer_append(out, w.alpha.data, w.alpha.size);
    if (status == EXN_OK)
        status = exn_buffer_append(out, data.data, data.size);
    exn_buffer_free(&w.file);
    exn_buffer_free(&w.alpha);
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "output");
}
